// Packages on the disk as components: what their own files say of them, and, where no lockfile does, their edges and
// scopes. Nothing here is compared with a lockfile.

import type { Component, Facts, Scope } from "../core/inventory.ts";
import { member, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { isNpmName } from "../core/package-version.ts";
import { npmPurl } from "../core/purl.ts";
import type { DiskNode } from "./npm-disk.ts";
import { commandFiles, manifestFacts, manifestStatements } from "./npm-manifest.ts";
import type { Draft } from "./npm-manifest.ts";
import { requestsOf } from "./npm-node.ts";
import type { EdgeKind, Graph, NpmNode } from "./npm-node.ts";
import { parsePlace } from "./npm-place.ts";
import { installScripts } from "./npm-scripts.ts";

/** What the manifest says, as facts. A folder is built where it lies, a package of a node_modules was built before. */
export function diskFacts({ manifest, bindingGyp, kind, name }: DiskNode): Facts {
  if (manifest === undefined) return {};
  const facts = manifestFacts(manifest, textMember(manifest, "name") ?? name);
  return { ...facts, installScripts: installScripts(manifest, { bindingGyp, built: kind === "folder" }) };
}

/** Files that are run by name: targets of `bin`. */
export function diskCommands({ manifest }: DiskNode): readonly string[] {
  return manifest === undefined ? [] : commandFiles(manifest);
}

/** The component of something on the disk that no lockfile tells of. */
export function installedComponent(
  node: DiskNode,
  around: Pick<Component, "scope" | "dependsOn">,
  why: string,
): Component {
  const { key, kind, manifest, target } = node;
  const name = textMember(manifest ?? {}, "name") || node.name;
  const version = textMember(manifest ?? {}, "version") || undefined;
  const facts: Draft<Facts> = { ...diskFacts(node) };
  if (kind === "package" && name !== node.name) facts.alias = node.name;
  if (kind === "link") facts.linked = true;
  const statements = manifest === undefined ? undefined : manifestStatements(manifest);
  const local = kind === "link" || kind === "folder";
  const path = kind === "link" ? target : key;
  const component: Draft<Component> = {
    key,
    kind: kind === "loose" ? "file" : "library",
    name,
    digests: [],
    undigested: local ? "a folder, not an archive" : why,
    scope: around.scope,
    origin: local ? { kind: "directory", ...(path === undefined ? {} : { path }) } : { kind: "unknown" },
    facts,
    location: key,
  };
  if (version !== undefined) component.version = version;
  if (kind !== "loose" && isNpmName(name) && (version === undefined || /^[0-9A-Za-z.+-]{1,256}$/.test(version))) {
    component.purl = npmPurl(name, version);
  }
  if (around.dependsOn !== undefined) component.dependsOn = around.dependsOn;
  if (statements !== undefined) component.statements = statements;
  return component;
}

/** What lies on the disk in the form of a lockfile's nodes, for the walk by which Node finds a package. */
export function graphNodes(nodes: readonly DiskNode[]): readonly NpmNode[] {
  return nodes
    .filter(({ kind }) => kind !== "loose")
    .map(({ key, manifest, target, kind }) => {
      const link = { link: true, ...(target === undefined ? {} : { resolved: target }) };
      return { key, place: parsePlace(key), meta: kind === "link" ? link : (manifest ?? {}), trail: [key] };
    });
}

/** The weakest comes last. An edge that may be absent leads to what is optional. */
const SCOPES: readonly Scope[] = ["runtime", "optional", "development", "peer"];
const SCOPE_OF: Readonly<Record<EdgeKind, Scope>> = {
  runtime: "runtime",
  optional: "optional",
  development: "development",
  peer: "runtime",
  "optional-peer": "peer",
};

/**
 * Why each package is there, by its key: the strongest of all ways from the root, a way being as weak as its weakest
 * edge. What is not in the answer is not asked for.
 * @param edgesOf what a place asks for and finds
 */
export function walkScopes(
  edgesOf: (place: string) => readonly { readonly key: string; readonly kind: EdgeKind }[],
): ReadonlyMap<string, Scope> {
  const ranks = new Map<string, number>([["", 0]]);
  const waiting: string[][] = SCOPES.map((_, rank) => (rank === 0 ? [""] : []));
  for (const [rank, open] of waiting.entries()) {
    for (let place = open.pop(); place !== undefined; place = open.pop()) {
      // Reached by a stronger way before this one was looked at.
      if (ranks.get(place) !== rank) continue;
      for (const { key, kind } of edgesOf(place)) {
        const through = Math.max(rank, SCOPES.indexOf(SCOPE_OF[kind]));
        if ((ranks.get(key) ?? SCOPES.length) <= through) continue;
        ranks.set(key, through);
        waiting[through]?.push(key);
      }
    }
  }
  return new Map([...ranks].map(([key, rank]) => [key, SCOPES[rank] ?? "peer"]));
}

/** What a manifest asks for and finds from its place, and what it needs and does not find. */
export function installedEdges(
  graph: Graph,
  { place, manifest, isTop }: { readonly place: string; readonly manifest: JsonObject; readonly isTop: boolean },
): {
  readonly found: readonly { readonly key: string; readonly kind: EdgeKind }[];
  readonly missing: readonly string[];
} {
  const find = graph.finderIn(place);
  const found: { key: string; kind: EdgeKind }[] = [];
  const missing: string[] = [];
  for (const { names, kind } of requestsOf(manifest, isTop)) {
    for (const name of names) {
      const node = find(name);
      if (node !== undefined) found.push({ key: node.key, kind });
      else if (kind === "runtime") missing.push(name);
    }
  }
  return { found, missing };
}

/** True when the package above bundles this one. */
export function isBundled(name: string, above: JsonObject | undefined): boolean {
  const list = member(above ?? {}, "bundleDependencies") ?? member(above ?? {}, "bundledDependencies");
  return list === true || (Array.isArray(list) && list.includes(name));
}
