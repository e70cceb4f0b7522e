// The nodes of an npm lockfile of any version in one form, that of version 3, and how one finds another: by Node's walk
// up the folders. Separate from what is said of each, so that an installed tree is walked by the same rules.

import { isJsonObject, member, objectMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { parsePlace, placeAbove, placeOfPath } from "./npm-place.ts";
import type { Place } from "./npm-place.ts";

export interface NpmNode {
  /** Of the component: its place, or `//` and a number where that is no place. */
  readonly key: string;
  readonly place: Place;
  readonly meta: JsonObject;
  /** Keys that lead to it in the document. */
  readonly trail: readonly string[];
  /** Said of it before anything was read: a clause. */
  readonly problem?: string;
}

/** What a dependency is asked for as. */
export type EdgeKind = "runtime" | "optional" | "development" | "peer" | "optional-peer";

export interface Graph {
  readonly nodes: readonly NpmNode[];
  /** By place. The root is not in it. */
  readonly byPlace: ReadonlyMap<string, NpmNode>;
  /** What `import` finds by a name in the place; the place itself is looked up once. */
  finderIn(place: string): (name: string) => NpmNode | undefined;
}

/** A place with a node_modules of its own. */
interface Host {
  readonly place: string;
  readonly modules: Map<string, NpmNode>;
  /** The next one above: not looked for yet while undefined, none when null. */
  above: Host | null | undefined;
}

/** Walking up costs one step for each host above, of which a place has no more than folders (see `parsePlace`). */
export function buildGraph(nodes: readonly NpmNode[]): Graph {
  const hosts = new Map<string, Host>();
  const byPlace = new Map<string, NpmNode>();
  for (const node of nodes) {
    const { place } = node;
    if (place.kind === "malformed") continue;
    byPlace.set(node.key, node);
    if (place.kind === "folder") continue;
    const host = hosts.get(place.host);
    if (host !== undefined) host.modules.set(place.name, node);
    else hosts.set(place.host, { place: place.host, modules: new Map([[place.name, node]]), above: undefined });
  }
  // A part of a long place is only taken out of it, and looked up, where it may be a host.
  const lengths = new Set([...hosts.keys()].map((place) => place.length));
  const hostAbove = (place: string): Host | null => {
    for (let above = placeAbove(place); above !== undefined; above = placeAbove(above)) {
      const host = lengths.has(above.length) ? hosts.get(above) : undefined;
      if (host !== undefined) return host;
    }
    return null;
  };
  const next = (host: Host): Host | null => {
    if (host.above === undefined) host.above = hostAbove(host.place);
    return host.above;
  };
  return {
    nodes,
    byPlace,
    finderIn(place) {
      const start = hosts.get(place) ?? hostAbove(place);
      return (name) => {
        for (let host = start; host !== null; host = next(host)) {
          const found = host.modules.get(name);
          if (found !== undefined) return found;
        }
        return undefined;
      };
    },
  };
}

/** The nodes of `packages` (lockfile versions 2 and 3), without the root. */
export function nodesOfPackages(packages: JsonObject): readonly NpmNode[] {
  const nodes: NpmNode[] = [];
  let index = 0;
  for (const key of Object.keys(packages)) {
    index += 1;
    if (key === "") continue;
    const place = parsePlace(key);
    const meta = packages[key];
    const wrong = isJsonObject(meta) ? undefined : "its entry is no object";
    nodes.push({
      key: place.kind === "malformed" ? `//${index}` : key,
      place,
      meta: isJsonObject(meta) ? meta : {},
      trail: ["packages", key],
      ...(wrong === undefined ? {} : { problem: wrong }),
    });
  }
  return nodes;
}

/**
 * Nodes whose place is that of another one but for capitals: npm has one package for both, whatever the file system does.
 * Source: @npmcli/arborist lib/case-insensitive-map.js.
 */
export function sameButForCapitals({ byPlace }: Graph): readonly NpmNode[] {
  const lower = new Set<string>();
  return [...byPlace.values()].filter(({ key }) => {
    if (!/[A-Z]/.test(key)) return false;
    const folded = key.toLowerCase();
    const taken = byPlace.has(folded) || lower.has(folded);
    lower.add(folded);
    return taken;
  });
}

/** Where a link leads: `""` for the root, undefined for what is no link or leads to a place that has no key. */
export function targetOf({ meta }: NpmNode): string | undefined {
  const resolved = member(meta, "resolved");
  return isLink(meta) && typeof resolved === "string" ? placeOfPath(resolved) : undefined;
}

export function isLink(meta: JsonObject): boolean {
  return isSet(meta, "link");
}

/** A flag as npm takes it: whatever JavaScript takes for true. */
export function isSet(meta: JsonObject, flag: string): boolean {
  return Boolean(member(meta, flag));
}

/** Names that are asked for in one way. */
export interface Requests {
  readonly kind: EdgeKind;
  readonly names: readonly string[];
}

/**
 * What a node asks for, each name once; of several kinds the last one that npm reads counts. Development dependencies
 * are installed for the project and its folders only.
 * Source: @npmcli/arborist lib/node.js, `_loadDeps`.
 */
export function requestsOf(meta: JsonObject, isTop: boolean): readonly Requests[] {
  const runtime = Object.keys(objectMember(meta, "dependencies") ?? {});
  const optional = objectMember(meta, "optionalDependencies");
  const peers = objectMember(meta, "peerDependencies");
  const development = isTop ? objectMember(meta, "devDependencies") : undefined;
  // Nearly every package asks in one way only.
  if (optional === undefined && peers === undefined && development === undefined) {
    return runtime.length === 0 ? [] : [{ kind: "runtime", names: runtime }];
  }
  const kinds = new Map<string, EdgeKind>();
  const about = objectMember(meta, "peerDependenciesMeta") ?? {};
  for (const name of Object.keys(peers ?? {})) {
    const said = objectMember(about, name);
    kinds.set(name, said !== undefined && isSet(said, "optional") ? "optional-peer" : "peer");
  }
  for (const name of runtime) kinds.set(name, "runtime");
  for (const name of Object.keys(optional ?? {})) kinds.set(name, "optional");
  for (const name of Object.keys(development ?? {})) kinds.set(name, "development");
  return [...kinds].map(([name, kind]) => ({ kind, names: [name] }));
}
