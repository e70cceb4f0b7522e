// What an SBOM was made from, as properties of the document.

import { INPUT_PROPERTY } from "../core/bom-properties.ts";
import type { BomProperty } from "../core/bom-properties.ts";
import { formatDigest } from "../core/digest.ts";
import type { Inventory } from "../core/inventory.ts";

/** The files that it was made from. Only their names: the folders are those of a machine. */
export function inputProperties(inventories: readonly Inventory[]): readonly BomProperty[] {
  return inventories.flatMap(({ path, digest, size }) => {
    if (digest === undefined) return [];
    const name = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
    return [{ name: INPUT_PROPERTY, value: `${formatDigest(digest)} ${size ?? "-"} ${name}` }];
  });
}
