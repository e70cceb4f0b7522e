// The edges of pylock.toml: `dependencies` name another entry by as many of its members as are needed to tell it from
// the others (PEP 751, packages.dependencies); where they are absent, PDM's own list of requirements.

import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";
import type { JsonObject } from "../core/json-value.ts";
import { edgeOf } from "./python-edges.ts";
import type { RequirementIndex } from "./python-edges.ts";
import type { Edge } from "./python-graph.ts";
import type { Entry } from "./python-ledger.ts";
import { normalName } from "./python-names.ts";
import { parseRequirement } from "./python-requirement.ts";

interface Row {
  readonly table: JsonObject;
  readonly entry: Entry;
}

/** Nothing is locked in more forks than this. */
const MAX_FORKS = 20;

/** A function from a package to its edges; undefined where the lockfile says nothing of them. */
export function createPylockEdges(
  rows: readonly Row[],
  root: Row | undefined,
  index: RequirementIndex,
): (table: JsonObject) => readonly Edge[] | undefined {
  const byName = new Map<string, Row[]>();
  for (const row of rows) {
    const name = normalName(row.entry.name);
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [row]);
    else if (known.length <= MAX_FORKS) known.push(row);
  }
  return (table) => {
    const stated = member(table, "dependencies");
    if (Array.isArray(stated)) return (stated as readonly Json[]).map((item) => statedEdge(item, byName, root));
    const tool = objectMember(objectMember(table, "tool") ?? {}, "pdm");
    const list = member(tool ?? {}, "dependencies");
    if (stated !== undefined || !Array.isArray(list)) return undefined;
    const requirements = (list as readonly Json[]).map((item) =>
      typeof item === "string" ? parseRequirement(item) : undefined,
    );
    if (requirements.includes(undefined)) return undefined;
    return requirements.flatMap((requirement) => (requirement === undefined ? [] : [edgeOf(requirement, index)]));
  };
}

function statedEdge(item: Json, byName: ReadonlyMap<string, readonly Row[]>, root: Row | undefined): Edge {
  const name = isJsonObject(item) ? textMember(item, "name") : undefined;
  if (!isJsonObject(item) || name === undefined) return { to: [], parts: [], missing: "something without a name" };
  const named = byName.get(normalName(name)) ?? [];
  const found = named.length > MAX_FORKS ? [] : named.filter(({ table }) => agrees(item, table));
  const to = found.map((row) => (row === root ? "" : row.entry.key));
  return { to, parts: [], ...(to.length === 0 ? { missing: name } : {}) };
}

/** All that the edge states is what the package states. */
function agrees(edge: JsonObject, table: JsonObject): boolean {
  return Object.entries(edge).every(
    ([key, value]) => key === "name" || JSON.stringify(value) === JSON.stringify(member(table, key)),
  );
}
