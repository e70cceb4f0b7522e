// OpenPGP public keys: which key signed, whether we trust it, and what was true of it at signing.
// Key files are indexed by fingerprint without the library, so that a keyring of thousands costs
// nothing; only the keys that a signature names are parsed.

import { createHash } from "node:crypto";
import type { Config, PublicKey, SignaturePacket } from "openpgp";
import { UserError } from "../core/errors.ts";
import type { Pin } from "../core/signer.ts";
import { looksLike } from "./looks.ts";
import { isArmored, MalformedError, readArmor, readPackets, TAG } from "./openpgp-packets.ts";
import type { Packet } from "./openpgp-packets.ts";
import type { EvidenceFile, Remark, Trust } from "./scheme.ts";
import { standingFor } from "./standing.ts";
import type { Standing } from "./standing.ts";

export type OpenPgp = typeof import("openpgp");

/** The keyring of a whole distribution has some ten thousand. */
const MAX_PACKETS = 200_000;

/** One copy of one key. Copies of the same key in several files are all asked: one may know of a revocation. */
export interface KeyCopy {
  readonly source: string;
  /** Primary key first, then subkeys; lower-case hex, 40 (v4) or 64 (v6) digits. */
  readonly fingerprints: readonly string[];
  readonly bytes: Uint8Array;
  readonly from: KeyOrigin;
}

/** Who brought a key file, the most trusted first. */
export const KEY_ORIGINS = ["flag", "policy", "found"] as const;
export type KeyOrigin = (typeof KEY_ORIGINS)[number];

/** Sections 5.5.4.2 and 5.5.4.3. Undefined for versions that are not supported. */
function fingerprintOf(body: Uint8Array): string | undefined {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  if (body[0] === 4 && body.length < 65536) {
    return createHash("sha1")
      .update(Buffer.from([0x99]))
      .update(length.subarray(2))
      .update(body)
      .digest("hex");
  }
  if (body[0] === 6)
    return createHash("sha256")
      .update(Buffer.from([0x9b]))
      .update(length)
      .update(body)
      .digest("hex");
  return undefined;
}

/** Section 5.2.1.11 and 5.2.1.12. */
const KEY_REVOCATION = 0x20;
const SUBKEY_REVOCATION = 0x28;

/** Section 5.5.4: the low 64 bits of a v4 fingerprint, the high 64 bits of a v6 fingerprint. */
export function keyIdOf(fingerprint: string): string {
  return fingerprint.length === 40 ? fingerprint.slice(-16) : fingerprint.slice(0, 16);
}

function armoredKeys(file: EvidenceFile): readonly Uint8Array[] {
  const { blocks } = readArmor(file.bytes);
  if (blocks.some((block) => block.type === "PRIVATE KEY BLOCK")) throw privateKey(file);
  return blocks.filter((block) => block.type === "PUBLIC KEY BLOCK").map((block) => block.bytes);
}

function privateKey(file: EvidenceFile): UserError {
  return new UserError("key-malformed", `${file.source}: holds a private key`, {
    hint: "give the public key: gpg --export FINGERPRINT > key.gpg",
  });
}

/**
 * The keys of one file.
 * @throws UserError `key-malformed` when the file is no key file or holds no public key
 */
function indexKeys(file: EvidenceFile, from: KeyOrigin): readonly KeyCopy[] {
  const keys: { packets: Packet[] }[] = [];
  try {
    for (const bytes of isArmored(file.bytes) ? armoredKeys(file) : [file.bytes]) {
      for (const packet of readPackets(bytes, MAX_PACKETS)) {
        if (packet.tag === TAG.secretKey) throw privateKey(file);
        if (packet.tag === TAG.publicKey) keys.push({ packets: [] });
        const current = keys.at(-1);
        if (current !== undefined) current.packets.push(packet);
        else if (packet.tag !== TAG.marker) throw new MalformedError("it does not start with a public key");
      }
    }
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    const hint = looksLike(file.bytes);
    throw new UserError("key-malformed", `${file.source}: not an OpenPGP key file: ${error.message}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  if (keys.length === 0) {
    const hint = looksLike(file.bytes);
    throw new UserError(
      "key-malformed",
      `${file.source}: holds no OpenPGP public key`,
      hint === undefined ? {} : { hint },
    );
  }
  return keys.map(({ packets }) => ({
    source: file.source,
    from,
    bytes: Buffer.concat(packets.map((packet) => packet.raw)),
    fingerprints: packets
      .filter((packet) => packet.tag === TAG.publicKey || packet.tag === TAG.publicSubkey)
      .map((packet) => fingerprintOf(packet.body) ?? ""),
  }));
}

export interface KeyRing {
  readonly copies: readonly KeyCopy[];
  readonly remarks: readonly Remark[];
}

/**
 * All keys that a signature may be checked with.
 * @throws UserError `key-malformed` for a file that the user named
 */
export function readKeyRing(trust: Trust): KeyRing {
  const copies = trust.keys.flatMap((file) => indexKeys(file, "flag"));
  const remarks: Remark[] = [];
  const others = [
    ...trust.policyKeys.map((file) => [file, "policy"] as const),
    ...trust.foundKeys.map((file) => [file, "found"] as const),
  ];
  for (const [file, from] of others) {
    try {
      copies.push(...indexKeys(file, from));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      remarks.push({ rule: "key-unusable", message: error.message.replace(`${file.source}: `, ""), file: file.source });
    }
  }
  for (const copy of copies) {
    if (copy.fingerprints[0] === "") {
      remarks.push({
        rule: "key-unusable",
        message: "holds a key of a version that is not supported",
        file: copy.source,
      });
    }
  }
  return { copies: copies.filter((copy) => copy.fingerprints[0] !== ""), remarks };
}

/**
 * Whether the user or a policy in force chose this key; undefined when neither did. A fingerprint may be the
 * primary key's or that of the very key that signed; another subkey of the same key is not what was pinned.
 */
export function standingOf(copy: KeyCopy, signingFingerprint: string, trust: Trust): Standing | undefined {
  const names = (fingerprint: string): boolean =>
    fingerprint === copy.fingerprints[0] || fingerprint === signingFingerprint;
  const flagged = trust.fingerprints.length > 0 ? trust.fingerprints.some(names) : copy.from === "flag";
  return standingFor(
    trust,
    (pin) => pin.scheme === "openpgp" && names(pin.identity),
    flagged,
    (pin) => pin.identity === signingFingerprint,
  );
}

/** The person behind a key: the first signer that pins any part of it, so that one key is never two people. */
export function personOf(copy: KeyCopy, trust: Trust): string {
  const isPart = (pin: Pin): boolean => pin.scheme === "openpgp" && copy.fingerprints.includes(pin.identity);
  const signer = trust.signers.find(({ pins }) => pins.some(isPart));
  return signer?.name ?? `openpgp ${(copy.fingerprints[0] ?? "").toUpperCase()}`;
}

/**
 * True when the primary key or the signing subkey is revoked, for whatever reason and from whatever
 * date: a signing time is the signer's claim, so whoever holds a retired key can sign for the past.
 * The revocation's own hash may be old (SHA-1): believing it errs on the safe side.
 */
export async function isRevoked(key: PublicKey, signingFingerprint: string, lenient: Config): Promise<boolean> {
  const noDate = null as unknown as Date;
  if (await key.isRevoked(undefined, undefined, noDate, lenient)) return true;
  for (const subkey of key.subkeys) {
    if (subkey.getFingerprint() !== signingFingerprint) continue;
    const none = null as unknown as SignaturePacket;
    const itself = null as unknown as Parameters<typeof subkey.isRevoked>[1];
    if (await subkey.isRevoked(none, itself, noDate, lenient)) return true;
  }
  return false;
}

/**
 * The copy of the key that carries a revocation of the primary key or of the signing subkey, by whomever and
 * of whatever form. The library leaves out those that it cannot check, such as one by a revoker whom the owner
 * had named (section 5.2.3.23); whoever adds one to a file that we read can also just destroy the file.
 */
export function revokedIn(ring: KeyRing, primary: string, signingFingerprint: string): KeyCopy | undefined {
  return ring.copies.find((copy) => {
    let current = "";
    return (
      copy.fingerprints[0] === primary &&
      readPackets(copy.bytes, MAX_PACKETS).some(({ tag, body }) => {
        if (tag === TAG.publicKey || tag === TAG.publicSubkey) current = fingerprintOf(body) ?? "";
        if (tag !== TAG.signature) return false;
        // Section 5.2.2: in version 3 the type stands behind the length of what is hashed.
        const type = body[(body[0] ?? 0) < 4 ? 2 : 1];
        return type === KEY_REVOCATION || (type === SUBKEY_REVOCATION && current === signingFingerprint);
      })
    );
  });
}
