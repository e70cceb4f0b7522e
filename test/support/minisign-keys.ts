// Keys of minisign and signify in the notations that tests need, without our own parser.

import { createHash, createPublicKey } from "node:crypto";
import type { Pin, Signer } from "../../src/core/signer.ts";
import type { EvidenceFile } from "../../src/verify/scheme.ts";

/** The 56 characters of a key file with one key. */
export function bareKey({ bytes }: EvidenceFile): string {
  return /^RW\S+$/m.exec(Buffer.from(bytes).toString())?.[0] ?? "";
}

/** SHA-256 of the SubjectPublicKeyInfo, by the JSON form of the key. */
export function spkiOf(bare: string): string {
  const x = Buffer.from(bare, "base64").subarray(10).toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  return createHash("sha256")
    .update(key.export({ format: "der", type: "spki" }))
    .digest("hex");
}

/** A policy's signer with pins of any scheme. */
export function pinned(name: string, ...pins: readonly Pin[]): Signer {
  return { name, pins, keyFiles: [], definedIn: "boltseal.json" };
}
