// What the manifest beside a Python lockfile says: the project's name, and what it asks for. pyproject.toml by PEP 621
// (`[project]`), PEP 735 (`[dependency-groups]`), and the older tables of Poetry and PDM.

import { UserError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { poetryRequirements } from "./python-poetry.ts";
import { normalName } from "./python-names.ts";
import { parseRequirement } from "./python-requirement.ts";
import type { Requirement } from "./python-requirement.ts";
import { beside, readOptional } from "./python-text.ts";
import type { SourceInput } from "./source.ts";
import { parseToml } from "./toml.ts";

export interface Project {
  readonly name?: string;
  readonly version?: string;
  readonly requiresPython?: string;
  readonly dependencies: readonly Wanted[];
  /** By normalised name. */
  readonly extras: ReadonlyMap<string, readonly Wanted[]>;
  readonly groups: ReadonlyMap<string, readonly Wanted[]>;
  /** Groups that a group includes (PEP 735). */
  readonly includes: ReadonlyMap<string, readonly string[]>;
}

/** A requirement, and whether only an extra asks for it. */
export interface Wanted extends Requirement {
  readonly optional?: true;
}

/**
 * The manifest beside a lockfile; undefined where there is none.
 * @throws UserError `source-malformed` for one that cannot be read
 */
export function readProject({ tree, path }: SourceInput): Project | undefined {
  const place = beside(path, "pyproject.toml");
  if (tree.entry(place)?.type !== "file") return undefined;
  const text = readOptional(tree, place);
  return text === undefined ? undefined : projectOf(parseToml(text, tree.shown(place)).value);
}

/** The same, where a manifest that cannot be read is no reason to read nothing: `trouble` says why. */
export function tryProject(input: SourceInput): { readonly project?: Project; readonly trouble?: string } {
  try {
    const project = readProject(input);
    return project === undefined ? {} : { project };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { trouble: error.message };
  }
}

function projectOf(document: JsonObject): Project {
  const project = objectMember(document, "project") ?? {};
  const tool = objectMember(document, "tool") ?? {};
  const poetry = objectMember(tool, "poetry") ?? {};
  const { groups, includes } = groupsOf(document, tool, poetry);
  const name = textMember(project, "name") ?? textMember(poetry, "name");
  const version = textMember(project, "version") ?? textMember(poetry, "version");
  const requiresPython = textMember(project, "requires-python");
  const extras = new Map<string, readonly Wanted[]>();
  for (const [extra, list] of entriesOf(project, "optional-dependencies")) extras.set(normalName(extra), listed(list));
  for (const [extra, list] of entriesOf(poetry, "extras")) extras.set(normalName(extra), listed(list));
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    dependencies: [
      ...listed(member(project, "dependencies")),
      ...poetryRequirements(objectMember(poetry, "dependencies") ?? {}),
    ],
    extras,
    groups,
    includes,
  };
}

function entriesOf(object: JsonObject, name: string): readonly [string, Json][] {
  return Object.entries(objectMember(object, name) ?? {});
}

/** Items that are no requirements (PDM allows `-e file:///…`) ask for nothing that has a name. */
function listed(value: Json | undefined): readonly Wanted[] {
  const items = Array.isArray(value) ? (value as readonly Json[]) : [];
  return items.flatMap((item) => (typeof item === "string" ? (parseRequirement(item) ?? []) : []));
}

function groupsOf(document: JsonObject, tool: JsonObject, poetry: JsonObject): Pick<Project, "groups" | "includes"> {
  const groups = new Map<string, readonly Wanted[]>();
  const includes = new Map<string, readonly string[]>();
  const add = (name: string, wanted: readonly Wanted[]): void => {
    groups.set(normalName(name), [...(groups.get(normalName(name)) ?? []), ...wanted]);
  };
  for (const [name, list] of entriesOf(document, "dependency-groups")) {
    add(name, listed(list));
    const items = Array.isArray(list) ? (list as readonly Json[]) : [];
    const included = items.flatMap((item) => (isJsonObject(item) ? (textMember(item, "include-group") ?? []) : []));
    if (included.length > 0) includes.set(normalName(name), included.map(normalName));
  }
  for (const [name, list] of entriesOf(objectMember(tool, "pdm") ?? {}, "dev-dependencies")) add(name, listed(list));
  add("dev", listed(member(objectMember(tool, "uv") ?? {}, "dev-dependencies")));
  add("dev", poetryRequirements(objectMember(poetry, "dev-dependencies") ?? {}));
  for (const [name, group] of entriesOf(poetry, "group")) {
    if (isJsonObject(group)) add(name, poetryRequirements(objectMember(group, "dependencies") ?? {}));
  }
  return { groups, includes };
}
