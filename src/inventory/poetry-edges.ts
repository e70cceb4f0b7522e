// The edges of a package of poetry.lock: what it needs, and what each of its extras adds.

import { isJsonObject, member, objectMember } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";
import type { JsonObject } from "../core/json-value.ts";
import { edgeOf } from "./python-edges.ts";
import type { RequirementIndex } from "./python-edges.ts";
import type { Edge, Parts } from "./python-graph.ts";
import { normalName } from "./python-names.ts";
import { poetryRequirements } from "./python-poetry.ts";
import type { PoetryRequirement } from "./python-poetry.ts";
import { parseRequirement } from "./python-requirement.ts";
import { textList } from "./python-tables.ts";

/** Dependencies that are optional belong to the extras that list them. */
export function poetryEdges(table: JsonObject, index: RequirementIndex): Parts {
  const needed = poetryRequirements(objectMember(table, "dependencies") ?? {});
  const optional = new Map<string, PoetryRequirement[]>();
  for (const requirement of needed) {
    if (requirement.optional !== true) continue;
    const name = normalName(requirement.name);
    const known = optional.get(name);
    if (known === undefined) optional.set(name, [requirement]);
    else known.push(requirement);
  }
  const unread = ["dependencies", "extras"].some((name) => !isJsonObject(member(table, name) ?? {}));
  const parts = new Map<string, readonly Edge[]>([
    [
      "",
      [
        ...needed
          .filter((requirement) => requirement.optional !== true)
          .map((requirement) => edgeOf(requirement, index)),
        ...(unread ? [{ to: [], parts: [], missing: "something that is no table" }] : []),
      ],
    ],
  ]);
  for (const [extra, list] of extrasOf(table)) {
    parts.set(
      `extra:${normalName(extra)}`,
      textList(list).flatMap((text) => extraEdges(text, optional, index)),
    );
  }
  return parts;
}

function extrasOf(table: JsonObject): readonly [string, Json][] {
  const extras = member(table, "extras");
  return isJsonObject(extras) ? Object.entries(extras) : [];
}

/** An item of an extra is `name (>=1.0)`; the table of dependencies knows its extras and markers. */
function extraEdges(
  text: string,
  optional: ReadonlyMap<string, readonly PoetryRequirement[]>,
  index: RequirementIndex,
): readonly Edge[] {
  const named = parseRequirement(text);
  if (named === undefined) return [];
  // More than a few entries of one name are an attack: each extra could name them all again.
  const known = (optional.get(normalName(named.name)) ?? []).slice(0, 20);
  return (known.length === 0 ? [named] : known).map((requirement) => edgeOf(inExtra(requirement), index));
}

/** Poetry marks what an extra needs with `extra == "x"`, which holds where the extra is asked for. */
function inExtra(requirement: PoetryRequirement): PoetryRequirement {
  const { marker, ...rest } = requirement;
  return marker === undefined || /^extra == "[^"]*"$/.test(marker) ? rest : requirement;
}
