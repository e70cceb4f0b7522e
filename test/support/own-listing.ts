// What boltseal says is in a lockfile: its readers, and the SBOM that the built program writes.

import { dirname, basename } from "node:path";
import type { Inventory } from "../../src/core/inventory.ts";
import { formatDigest } from "../../src/core/digest.ts";
import type { Digest } from "../../src/core/digest.ts";
import { createDiskTree } from "../../src/inventory/disk-tree.ts";
import { SOURCES } from "../../src/inventory/sources.ts";
import type { SourceKind } from "../../src/inventory/sources.ts";
import type { Listed, Listing } from "./listing.ts";

/** Reads a lockfile with its reader alone. */
export async function readLockfile(kind: SourceKind, path: string): Promise<Inventory> {
  const read = await SOURCES[kind].load();
  return read({ tree: createDiskTree(dirname(path), ""), path: basename(path) });
}

/** The components of an inventory by key, without those that are parts of the project itself. */
export function inventoryListing({ root, components }: Inventory): Listing {
  const packages = new Map<string, Listed>();
  const edges = new Set<string>();
  for (const { key, name, version = "", digests, distributions = [], origin, dependsOn = [] } of [
    root,
    ...components,
  ]) {
    const all = [digests, ...distributions.map((one) => one.digests)].flat();
    if (origin.kind !== "workspace") packages.set(key, { name, version, digests: digestTexts(all) });
    for (const to of dependsOn) edges.add(`${key} -> ${to}`);
  }
  packages.delete("");
  return { packages, edges };
}

function digestTexts(digests: readonly Digest[]): readonly string[] {
  return [...new Set(digests.map(formatDigest))].toSorted();
}
