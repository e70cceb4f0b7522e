// What each node of an npm lockfile depends on, as Node and npm find it, and what is asked for and not there.

import { objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { isLink, isSet, requestsOf, targetOf } from "./npm-node.ts";
import type { EdgeKind, Graph, NpmNode } from "./npm-node.ts";

export interface Edges {
  /** Keys; `""` is the root. */
  readonly dependsOn: readonly string[];
  /** Why each of them is asked for. */
  readonly kinds: readonly EdgeKind[];
  /** Asked for and not there, without what may be absent. */
  readonly missing: readonly { readonly name: string; readonly kind: EdgeKind }[];
}

/** What may be absent: nobody installs it, or not on every machine. */
const MAY_BE_ABSENT: readonly EdgeKind[] = ["optional", "optional-peer"];

/** The edges of a node, or of the root (`place` is `""`), whose `meta` may be that of its package.json. */
export function edgesOf(graph: Graph, place: string, meta: JsonObject, isTop: boolean): Edges {
  const requests = requestsOf(meta, isTop);
  if (requests.length === 0) return NO_EDGES;
  const find = graph.finderIn(place);
  const dependsOn: string[] = [];
  const kinds: EdgeKind[] = [];
  const missing: { name: string; kind: EdgeKind }[] = [];
  for (const { names, kind } of requests) {
    for (const name of names) {
      const found = find(name);
      if (found !== undefined) {
        dependsOn.push(found.key);
        kinds.push(kind);
      } else if (!MAY_BE_ABSENT.includes(kind)) missing.push({ name, kind });
    }
  }
  return { dependsOn, kinds, missing };
}

export const NO_EDGES: Edges = { dependsOn: [], kinds: [], missing: [] };

/** The edge of a link. A place without an entry is missing; so is one that cannot be told. */
export function linkEdges(graph: Graph, link: NpmNode): Edges {
  const target = targetOf(link);
  if (target === "") return linkTo("");
  const found = target === undefined ? undefined : graph.byPlace.get(target);
  if (found !== undefined && found !== link) return linkTo(found.key);
  return { ...NO_EDGES, missing: [{ name: target ?? "a folder outside of the project", kind: "runtime" }] };
}

function linkTo(key: string): Edges {
  return { dependsOn: [key], kinds: ["runtime"], missing: [] };
}

/**
 * The packages that the root must have asked for where nothing says what it did: those directly in its node_modules
 * that nothing else depends on.
 */
export function orphansOf(graph: Graph, wanted: ReadonlySet<string>): readonly string[] {
  return graph.nodes
    .filter(
      ({ place, key, meta }) =>
        place.kind === "package" && place.host === "" && !wanted.has(key) && !isSet(meta, "extraneous"),
    )
    .map(({ key }) => key);
}

/** The links in the root's node_modules that lead to workspaces: the root has them without asking by name. */
export function workspaceLinks(graph: Graph, workspaces: ReadonlySet<string>): readonly string[] {
  if (workspaces.size === 0) return [];
  return graph.nodes
    .filter(
      (node) =>
        isLink(node.meta) &&
        node.place.kind === "package" &&
        node.place.host === "" &&
        workspaces.has(targetOf(node) ?? ""),
    )
    .map(({ key }) => key);
}

/** The range that the root asks for by this name, as written. */
export function requestOf(meta: JsonObject, name: string): string | undefined {
  for (const section of ["devDependencies", "optionalDependencies", "dependencies", "peerDependencies"]) {
    const text = textMember(objectMember(meta, section) ?? {}, name);
    if (text !== undefined) return text;
  }
  return undefined;
}
