// The entry to inventory/: from a path to what it holds.

import type { Inventory } from "../core/inventory.ts";
import { SOURCES } from "./sources.ts";
import type { SourceKind } from "./sources.ts";
import type { Tree } from "./source.ts";

/** Reads one source of a tree with the reader of that kind. */
export async function readSource(kind: SourceKind, tree: Tree, path: string): Promise<Inventory> {
  const read = await SOURCES[kind].load();
  return read({ tree, path });
}
