// OpenPGP packets made by hand (RFC 9580), so that a test can make what no program makes: signatures and keys
// that are cryptographically right and break a rule. The keys come from seeds and sign nothing but test data.
// Ed25519 only: version 4 keys in the form of GnuPG (algorithm 22), version 6 keys in that of RFC 9580 (27).

import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";

export interface ForgedKey {
  readonly version: 4 | 6;
  /** The packet body. */
  readonly body: Buffer;
  /** Lower-case hex. */
  readonly fingerprint: string;
  readonly algorithm: 22 | 27;
  /** The algorithm-specific part of a signature over a digest. */
  sign(digest: Uint8Array): Buffer;
}

/** Seconds since 1970. */
export const BORN = Date.UTC(2026, 0, 1) / 1000;
export const SIGNED = Date.UTC(2026, 1, 1, 12) / 1000;

export function u16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 255]);
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Section 4.2.1, with a five-octet length where one octet is too short. */
export function packet(tag: number, body: Uint8Array): Buffer {
  const length = body.length < 192 ? Buffer.from([body.length]) : Buffer.concat([Buffer.from([255]), u32(body.length)]);
  return Buffer.concat([Buffer.from([0xc0 | tag]), length, body]);
}

/** Section 5.2.3.7. */
export function subpacket(type: number, body: Uint8Array, { critical = false } = {}): Buffer {
  const length = body.length + 1;
  const size = length < 192 ? Buffer.from([length]) : Buffer.concat([Buffer.from([255]), u32(length)]);
  return Buffer.concat([size, Buffer.from([type | (critical ? 0x80 : 0)]), body]);
}

/** Section 3.2: bit count, then the number without leading zeros. */
function mpi(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const number = bytes.subarray(start === -1 ? bytes.length : start);
  return Buffer.concat([u16(number.length * 8 - (number.length === 0 ? 0 : Math.clz32(number[0] ?? 0) - 24)), number]);
}

const ED25519_OID = Buffer.from("2b06010401da470f01", "hex");
/** RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS #8, and ends a public key in SPKI. */
const PKCS8 = Buffer.from("302e020100300506032b657004220420", "hex");

/** The key of a seed: the same number gives the same key. @param born seconds since 1970 */
export function forgeKey(seed: number, fields: { born?: number; version?: 4 | 6 } = {}): ForgedKey {
  const { born = BORN, version = 4 } = fields;
  const secret = createHash("sha256").update(`test-only-${seed}`).digest();
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, secret]), format: "der", type: "pkcs8" });
  const point = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  const algorithm = version === 4 ? 22 : 27;
  const material =
    version === 4
      ? Buffer.concat([Buffer.from([9]), ED25519_OID, mpi(Buffer.concat([Buffer.from([0x40]), point]))])
      : Buffer.concat([u32(32), point]);
  const body = Buffer.concat([Buffer.from([version]), u32(born), Buffer.from([algorithm]), material]);
  const signRaw = (digest: Uint8Array): Buffer => sign(null, digest, key);
  return {
    version,
    body,
    algorithm,
    fingerprint: createHash(version === 4 ? "sha1" : "sha256")
      .update(framed(version, body))
      .digest("hex"),
    sign: (digest) => {
      const raw = signRaw(digest);
      return version === 4 ? Buffer.concat([mpi(raw.subarray(0, 32)), mpi(raw.subarray(32))]) : raw;
    },
  };
}

/** Section 5.2.4: a key as it goes into a hash. */
export function framed(version: 4 | 6, body: Uint8Array): Buffer {
  return version === 4
    ? Buffer.concat([Buffer.from([0x99]), u16(body.length), body])
    : Buffer.concat([Buffer.from([0x9b]), u32(body.length), body]);
}

export const created = (seconds: number): Buffer => subpacket(2, u32(seconds));
export const issuerFingerprint = (key: ForgedKey): Buffer =>
  subpacket(33, Buffer.concat([Buffer.from([key.version]), Buffer.from(key.fingerprint, "hex")]));
export const issuerKeyId = (key: ForgedKey): Buffer => subpacket(16, Buffer.from(key.fingerprint.slice(-16), "hex"));
export const keyFlags = (flags: number): Buffer => subpacket(27, Buffer.from([flags]), { critical: true });

export interface SignatureFields {
  /** Section 5.2.1; default 0x00, over a file. */
  readonly type?: number;
  /** Section 9.5; default 8, SHA-256. */
  readonly hash?: number;
  /** node:crypto's name of `hash`. */
  readonly hashName?: string;
  readonly version?: number;
  /** The whole of the hashed area; default: creation time and issuer fingerprint. */
  readonly hashed?: readonly Buffer[];
  readonly unhashed?: readonly Buffer[];
  /** Version 6; default as many bytes as SHA-256 needs. */
  readonly salt?: Buffer;
}

/** The body of a signature packet by the key over `data`. */
export function forgeSignatureBody(key: ForgedKey, data: Uint8Array, fields: SignatureFields = {}): Buffer {
  const { type = 0, hash = 8, hashName = "sha256", version = key.version, unhashed = [] } = fields;
  const { hashed = [created(SIGNED), issuerFingerprint(key)], salt = Buffer.alloc(16, 7) } = fields;
  const size = version === 6 ? u32 : u16;
  const area = (parts: readonly Buffer[]): Buffer => Buffer.concat([size(Buffer.concat(parts).length), ...parts]);
  const head = Buffer.concat([Buffer.from([version, type, key.algorithm, hash]), area(hashed)]);
  const trailer = Buffer.concat([Buffer.from([version, 0xff]), u32(head.length)]);
  const digest = createHash(hashName)
    .update(Buffer.concat([version === 6 ? salt : Buffer.alloc(0), data, head, trailer]))
    .digest();
  const salted = version === 6 ? Buffer.concat([Buffer.from([salt.length]), salt]) : Buffer.alloc(0);
  return Buffer.concat([head, area(unhashed), digest.subarray(0, 2), salted, key.sign(digest)]);
}

/** A signature packet by the key over `data`. */
export function forgeSignature(key: ForgedKey, data: Uint8Array, fields: SignatureFields = {}): Buffer {
  return packet(2, forgeSignatureBody(key, data, fields));
}
