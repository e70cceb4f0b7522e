// Ed25519 public keys (RFC 8032) as node:crypto takes them, and how a key of any kind is told from every other. In core,
// because minisign, signify and SSH carry them as 32 bare bytes, and policies pin them so.

import { createHash, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

/** A public key that node:crypto can use, and what tells it from every other in any scheme. */
export interface VerifyingKey {
  readonly object: KeyObject;
  /** SHA-256 of its SubjectPublicKeyInfo (DER), lower-case hex. */
  readonly spki: string;
}

/** RFC 8410 section 4: SubjectPublicKeyInfo of an Ed25519 key, up to the key itself. */
const SPKI_START = Buffer.from("302a300506032b6570032100", "hex");

/**
 * The y coordinates of all points of small order, with every way to write them. Under such a key one signature is
 * good for many messages or for all, so it belongs to nobody (RFC 8032 section 5.1.7 leaves the check to us).
 */
const SMALL_ORDER: ReadonlySet<string> = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]);

/** Whether anybody can sign for this key. @param raw 32 bytes */
export function isSmallOrder(raw: Uint8Array): boolean {
  const y = Buffer.from(raw);
  y.writeUInt8(y.readUInt8(31) & 0x7f, 31);
  return SMALL_ORDER.has(y.toString("hex"));
}

/** Whether it is an Ed25519 key that anybody can sign for. */
export function isAnybodysKey(key: KeyObject): boolean {
  const raw = key.asymmetricKeyType === "ed25519" ? key.export({ format: "jwk" }).x : undefined;
  return raw !== undefined && isSmallOrder(Buffer.from(raw, "base64url"));
}

/** @param raw 32 bytes, not of small order */
export function ed25519Key(raw: Uint8Array): VerifyingKey {
  const der = Buffer.concat([SPKI_START, raw]);
  return { object: createPublicKey({ key: der, format: "der", type: "spki" }), spki: spkiDigest(der) };
}

/** `VerifyingKey.spki` of a key that verifies nothing here. @param raw 32 bytes */
export function ed25519Spki(raw: Uint8Array): string {
  return spkiDigest(Buffer.concat([SPKI_START, raw]));
}

/** `VerifyingKey.spki` of a SubjectPublicKeyInfo. */
export function spkiDigest(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex");
}
