// Keys that signatures of bundles are checked with: which of them are good enough, how their signatures are checked,
// and how a key is named. Nothing of Sigstore's own.

import { createPublicKey, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { isAnybodysKey, spkiDigest } from "../core/ed25519.ts";

/** SHA-256 of the key's DER SubjectPublicKeyInfo, lower-case hex: how flags and policies name it. */
export function fingerprintOf(key: KeyObject): string {
  return spkiDigest(spkiOf(key));
}

export function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

export function pemOf(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

/** Curves by the hashes that signatures over them use; the first is Sigstore's own choice (its algorithm registry). */
const CURVES: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ["sha256"],
  secp384r1: ["sha384", "sha256"],
  secp521r1: ["sha512", "sha256"],
};

/** Why signatures of this key are not looked at, or undefined. */
export function keyProblem(
  key: KeyObject,
): { readonly state: "weak" | "unsupported"; readonly reason: string } | undefined {
  const { namedCurve, modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  const kind = key.asymmetricKeyType ?? "";
  // With the exponent 1 everything is its own signature.
  if (isAnybodysKey(key) || (kind === "rsa" && publicExponent < 3n))
    return { state: "weak", reason: "it is by a key that anybody can sign for" };
  if (kind === "ed25519" || (kind === "ec" && namedCurve !== undefined && Object.hasOwn(CURVES, namedCurve)))
    return undefined;
  if (kind !== "rsa") return { state: "unsupported", reason: `it is by a key of the kind ${namedCurve ?? kind}` };
  return modulusLength < 2048 ? { state: "weak", reason: `it is by an RSA key of ${modulusLength} bits` } : undefined;
}

/** A signature over bytes in memory. The hash is not written down anywhere, so each that fits the key is tried. */
export function verifyBytes(bytes: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  if (keyProblem(key) !== undefined) return false;
  const curve = key.asymmetricKeyDetails?.namedCurve ?? "";
  const hashes = key.asymmetricKeyType === "ed25519" ? [null] : (CURVES[curve] ?? ["sha256"]);
  return hashes.some((hash) => verify(hash, bytes, key, signature));
}

/** One PEM block of SubjectPublicKeyInfo, or undefined when it is none. */
export function publicKeyOf(pem: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: pem, format: "pem" });
  } catch {
    // Said by the caller, who knows where the text came from.
    return undefined;
  }
}
