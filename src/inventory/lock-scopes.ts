// Walks over the graph of a lockfile: why each node is there, and the way to it. Separate from the graph because it is
// all that loops over edges, which somebody else chose: every walk here takes each edge once.

import type { Scope } from "../core/inventory.ts";
import { nodeName, SCOPES } from "./lock-node.ts";
import type { LockNode } from "./lock-node.ts";

/** The strongest of all ways from the root, for each node that can be reached; a way is as weak as its weakest edge. */
export function scopesOf(root: LockNode): ReadonlyMap<LockNode, Scope> {
  const scopes = new Map<LockNode, Scope>([[root, "runtime"]]);
  const waiting: LockNode[][] = [[root], [], [], []];
  for (const [rank, scope] of SCOPES.entries()) {
    const open = waiting[rank] ?? [];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      // Reached by a stronger way before this one was looked at.
      if (scopes.get(node) !== scope) continue;
      for (const [target, edge] of node.edges) {
        const through = Math.max(rank, SCOPES.indexOf(edge));
        const known = scopes.get(target);
        if (known !== undefined && SCOPES.indexOf(known) <= through) continue;
        scopes.set(target, SCOPES[through] ?? "peer");
        waiting[through]?.push(target);
      }
    }
  }
  return scopes;
}

/** Ways of so many steps are told in full, and for so many nodes. */
const MAX_STEPS = 50;
const MAX_PATHS = 1000;

/** A shortest way from the root to each node, by their names, outermost first; of a long one the last steps. */
export function tracePaths(root: LockNode, nodes: readonly LockNode[]): ReadonlyMap<LockNode, readonly string[]> {
  const paths = new Map<LockNode, readonly string[]>();
  if (nodes.length === 0) return paths;
  const parents = new Map<LockNode, LockNode | undefined>([[root, undefined]]);
  // A map is walked in the order of its insertions, those made on the way included: a queue.
  for (const [node] of parents) {
    for (const target of node.edges.keys()) if (!parents.has(target)) parents.set(target, node);
  }
  for (const node of nodes.slice(0, MAX_PATHS)) {
    const steps: string[] = [];
    for (let at: LockNode | undefined = node; at !== undefined && steps.length < MAX_STEPS; at = parents.get(at)) {
      steps.push(nodeName(at));
    }
    paths.set(node, steps.toReversed());
  }
  return paths;
}
