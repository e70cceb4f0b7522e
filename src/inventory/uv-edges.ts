// The edges of uv.lock: `{ name, version?, source?, extra?, marker? }`, where version and source are stated when more
// than one package has the name (forks).

import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import type { Edge, Parts } from "./python-graph.ts";
import type { Entry } from "./python-ledger.ts";
import { normalName } from "./python-names.ts";
import { tableList, textList } from "./python-tables.ts";

export interface UvPackage {
  readonly table: JsonObject;
  readonly entry: Entry;
}

/** Keys of the packages that an edge can mean. */
export type UvIndex = (edge: JsonObject) => readonly string[];

/** No lockfile has more forks of one package; a million edges to a thousand of them would not fit into memory. */
const MAX_FORKS = 50;

/** The root package has the key `""`. */
export function createUvIndex(packages: readonly UvPackage[], root: UvPackage | undefined): UvIndex {
  const index = new Map<string, string[]>();
  for (const found of packages) {
    const { table, entry } = found;
    const key = found === root ? "" : entry.key;
    for (const name of namesOf(entry.name, entry.version, objectMember(table, "source"))) {
      const known = index.get(name);
      if (known === undefined) index.set(name, [key]);
      else if (known.length <= MAX_FORKS) known.push(key);
    }
  }
  return (edge) => {
    const name = textMember(edge, "name");
    if (name === undefined) return [];
    const wanted = nameOf(name, textMember(edge, "version"), objectMember(edge, "source"));
    const found = index.get(wanted) ?? [];
    return found.length > MAX_FORKS ? [] : found;
  };
}

/** All ways in which an edge can name a package. */
function namesOf(name: string, version: string | undefined, source: JsonObject | undefined): ReadonlySet<string> {
  const sources = [undefined, source];
  return new Set([undefined, version].flatMap((stated) => sources.map((from) => nameOf(name, stated, from))));
}

function nameOf(name: string, version: string | undefined, source: JsonObject | undefined): string {
  return JSON.stringify([normalName(name), version ?? null, source === undefined ? null : JSON.stringify(source)]);
}

/** The edges of a package: its own, those of its extras and groups. */
export function partsOfPackage({ table }: UvPackage, index: UvIndex): Parts {
  const unread = ["optional-dependencies", "dev-dependencies"].some((name) => !isJsonObject(member(table, name) ?? {}));
  return new Map([
    ["", [...edgesOf(table, "dependencies", index), ...(unread ? [UNREAD] : [])]],
    ...partsBelow(table, "optional-dependencies", "extra", index),
    ...partsBelow(table, "dev-dependencies", "group", index),
  ]);
}

/** What a script, or a workspace without a project at its root, asks for. */
export function manifestParts(manifest: JsonObject, index: UvIndex): Parts {
  return new Map([
    ["", edgesOf(manifest, "requirements", index)],
    ...partsBelow(manifest, "dependency-groups", "group", index),
  ]);
}

function partsBelow(
  table: JsonObject,
  name: string,
  prefix: "extra" | "group",
  index: UvIndex,
): readonly (readonly [string, readonly Edge[]])[] {
  const below = objectMember(table, name) ?? {};
  return Object.keys(below).map((part) => [`${prefix}:${normalName(part)}`, edgesOf(below, part, index)] as const);
}

/** What stands where edges should, and is none. */
const UNREAD: Edge = { to: [], parts: [], missing: "something that is no table" };

function edgesOf(table: JsonObject, name: string, index: UvIndex): readonly Edge[] {
  let unread = false;
  const items = tableList(table, name, () => (unread = true));
  const edges = items.map((item): Edge => {
    const to = index(item);
    const marker = textMember(item, "marker");
    // Requirements of the manifest say `extras`, edges `extra`.
    const extras = [...textList(member(item, "extra")), ...textList(member(item, "extras"))];
    return {
      to,
      parts: extras.map((extra) => `extra:${normalName(extra)}`),
      ...(marker === undefined ? {} : { marker }),
      ...(to.length > 0 ? {} : { missing: wantedName(item) }),
    };
  });
  return unread ? [...edges, UNREAD] : edges;
}

function wantedName(item: JsonObject): string {
  const name = textMember(item, "name");
  const version = textMember(item, "version");
  if (name === undefined) return "something without a name";
  return version === undefined ? name : `${name}@${version}`;
}
