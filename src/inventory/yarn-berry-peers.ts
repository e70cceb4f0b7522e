// Peers in a yarn lockfile: a package finds them where it is needed, and the lockfile has it once for all of these
// places. So it needs whatever any of those who need it find under the name.

import type { LockGraph } from "./lock-graph.ts";
import type { LockNode } from "./lock-node.ts";
import { yamlMap } from "./yaml-node.ts";
import type { BerryEntry } from "./yarn-berry-package.ts";

/** Pairs of who needs a package and what that expects: some thousands in large projects. */
const MAX_PAIRS = 2_000_000;

/** Adds the edges of peers; `found` has what each node finds under which name. */
export function connectPeers(
  graph: LockGraph,
  nodes: ReadonlyMap<BerryEntry, LockNode>,
  found: ReadonlyMap<LockNode, ReadonlyMap<string, LockNode>>,
): void {
  const peers = new Map<LockNode, readonly string[]>();
  for (const [{ members }, node] of nodes) {
    const names = [...(yamlMap(members.get("peerDependencies"))?.keys() ?? [])];
    if (names.length > 0) peers.set(node, names);
  }
  let pairs = 0;
  for (const targets of found.values()) {
    for (const target of new Set(targets.values())) {
      for (const name of peers.get(target) ?? []) {
        pairs += 1;
        if (pairs > MAX_PAIRS) {
          graph.setUnknown();
          return;
        }
        const peer = targets.get(name);
        if (peer !== undefined && peer !== target) graph.connect(target, peer, "peer");
      }
    }
  }
}
