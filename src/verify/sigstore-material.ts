// Sigstore's keys in the library's own form. Read once a file: several bundles are judged with the same keys.

import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toTrustMaterial } from "@sigstore/verify";
import type { EvidenceFile } from "./scheme.ts";
import type { Material } from "./sigstore-judge.ts";
import { readTrustRoots } from "./sigstore-roots.ts";
import { MalformedBundleError } from "./sigstore-shape.ts";

/** By the bytes of the file, which are read once. */
const materials = new WeakMap<Uint8Array, Material | string>();

/** Sigstore's keys of a file, or why there are none. */
export function materialOf(file: EvidenceFile | undefined): Material | string {
  if (file === undefined) return "Sigstore's own keys are not at hand";
  const known = materials.get(file.bytes);
  if (known !== undefined) return known;
  const material = readMaterial(file);
  materials.set(file.bytes, material);
  return material;
}

function readMaterial(file: EvidenceFile): Material | string {
  try {
    const { trustedRoot, date } = readTrustRoots(file);
    const trust = toTrustMaterial(TrustedRoot.fromJSON(trustedRoot), () => {
      throw new MalformedBundleError("it asks for a key that nobody chose");
    });
    return { trust, date };
  } catch (error) {
    return `Sigstore's own keys cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Why the file cannot be used as a trusted root, or undefined. As data, because the caller says it in words of its own. */
export function problemOfTrustedRoot(file: EvidenceFile): string | undefined {
  const material = materialOf(file);
  return typeof material === "string" ? material : undefined;
}
