// Which packages of an npm lockfile come inside the archive of another one. npm decides it by the lists of those that
// bundle, and takes no notice of what an entry says of itself; neither may a reader, or `inBundle` would hide an address.
//
// Bundled is what the list of the package above names, what lies below a bundled package, and what a bundled package
// asks for and finds beside itself.
//
// Source: @npmcli/arborist lib/node.js, `getBundler`; for version 1, lib/arborist/load-virtual.js, `#assignBundles`.

import { member } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { nameOf } from "./npm-component.ts";
import { isSet, requestsOf } from "./npm-node.ts";
import type { Graph, NpmNode } from "./npm-node.ts";

export interface Bundler {
  readonly key: string;
  readonly name: string;
}

/** The outermost bundler of each node that has one, by keys. What the project bundles npm gets by its address. */
export function bundlersOf(graph: Graph): ReadonlyMap<string, Bundler> {
  const hosts = graph.nodes.filter(({ place, meta }) => place.kind === "package" && bundledNames(meta).length > 0);
  const bundlers = new Map<string, Bundler>();
  if (hosts.length === 0) return bundlers;
  const below = childrenOf(graph);
  for (const host of hosts.toSorted((a, b) => a.key.length - b.key.length)) {
    if (bundlers.has(host.key)) continue;
    const bundler = { key: host.key, name: nameOf(host) };
    const names = new Set(bundledNames(host.meta));
    const open = (below.get(host.key) ?? []).filter(({ place }) => place.kind === "package" && names.has(place.name));
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (bundlers.has(node.key)) continue;
      bundlers.set(node.key, bundler);
      for (const child of below.get(node.key) ?? []) open.push(child);
      const find = graph.finderIn(node.key);
      for (const name of requestsOf(node.meta, false).flatMap((requests) => requests.names)) {
        const found = find(name);
        if (found?.place.kind === "package" && found.place.host === host.key) open.push(found);
      }
    }
  }
  return bundlers;
}

/** What lies in the node_modules of each place. */
function childrenOf({ nodes }: Graph): ReadonlyMap<string, readonly NpmNode[]> {
  const below = new Map<string, NpmNode[]>();
  for (const node of nodes) {
    if (node.place.kind !== "package") continue;
    const list = below.get(node.place.host);
    if (list === undefined) below.set(node.place.host, [node]);
    else list.push(node);
  }
  return below;
}

/** npm reads this spelling and a list, of a lockfile. */
export function bundledNames(meta: JsonObject): readonly unknown[] {
  const list = member(meta, "bundleDependencies");
  return Array.isArray(list) ? list : [];
}

/**
 * The same of a lockfile of version 1, which does not record who bundles: the nearest package above that is not bundled
 * itself.
 */
export function formerBundlersOf(graph: Graph): ReadonlyMap<string, Bundler> {
  const bundlers = new Map<string, Bundler>();
  for (const { key, meta, place } of graph.nodes) {
    if (place.kind !== "package" || !isSet(meta, "inBundle")) continue;
    let host = graph.byPlace.get(place.host);
    while (host?.place.kind === "package" && isSet(host.meta, "inBundle")) host = graph.byPlace.get(host.place.host);
    if (host?.place.kind === "package") bundlers.set(key, { key: host.key, name: nameOf(host) });
  }
  return bundlers;
}
