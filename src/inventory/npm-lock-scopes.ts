// Whether the marks of an npm lockfile (`dev`, `optional`, `peer`) are those that its edges give. npm believes the marks:
// one alone would make what runs look like what is only developed with.
//
// Source: @npmcli/arborist lib/calc-dep-flags.js.

import type { Component, Scope } from "../core/inventory.ts";
import type { Edges } from "./npm-edges.ts";
import { walkScopes } from "./npm-installed.ts";
import type { Reports } from "./npm-lock-reports.ts";
import type { EdgeKind, NpmNode } from "./npm-node.ts";

export interface Reached {
  /** Of the project. */
  readonly root: Edges;
  /** Of all nodes, in the order of the components. */
  readonly edges: ReadonlyMap<NpmNode, Edges>;
  /** What the project has without asking. */
  readonly links: readonly string[];
  /** Lockfiles of version 1 do not tell what a folder only develops with. */
  readonly isV1: boolean;
}

/** From the strongest to the weakest. */
const SCOPES: readonly Scope[] = ["runtime", "optional", "development", "peer"];
/** npm can be told to install none of them, so that a way over one may not count. */
const PEERS: readonly EdgeKind[] = ["peer", "optional-peer"];

/** The components, with the scope of the strongest way to each where its marks are weaker than that. */
export function withScopes(
  components: readonly Component[],
  { root, edges, links, isV1 }: Reached,
  reports: Reports,
): readonly Component[] {
  if (components.every(({ scope }) => scope === "runtime")) return components;
  const nodes = new Map([...edges].map(([node, own]) => [node.key, { node, own }]));
  const workspaces = links.map((key) => ({ key, kind: "runtime" as const }));
  const reached = walkScopes((place) => {
    const { node, own = root } = nodes.get(place) ?? {};
    if (node === undefined) return [...waysOf(root), ...workspaces];
    return isV1 && node.place.kind === "folder" ? [] : waysOf(own);
  });
  return components.map((component) => {
    const { key, scope } = component;
    const way = reached.get(key);
    if (way === undefined || way === "development" || SCOPES.indexOf(way) >= SCOPES.indexOf(scope)) return component;
    const node = nodes.get(key)?.node;
    // Some versions of npm mark as a peer what is asked for otherwise, too.
    if (node !== undefined && scope !== "peer") {
      const message = `it is marked as ${scope === "optional" ? "optional" : "for development"}, and ${way === "optional" ? "an optional part of the project" : "the project"} needs it to run`;
      reports.add(node, "component-malformed", message, { level: "warn" });
    }
    return { ...component, scope: way };
  });
}

function waysOf({ dependsOn, kinds }: Edges): readonly { readonly key: string; readonly kind: EdgeKind }[] {
  return dependsOn.flatMap((key, i) => {
    const kind = kinds[i] ?? "runtime";
    return PEERS.includes(kind) ? [] : [{ key, kind }];
  });
}
