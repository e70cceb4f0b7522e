// SSH public keys: RFC 4253 section 6.6 (RSA), RFC 5656 section 3.1 (ECDSA), RFC 8709 section 4 (Ed25519), and
// OpenSSH's PROTOCOL.u2f for the keys of hardware tokens, which add an application.

import { createHash, createPublicKey } from "node:crypto";
import type { JsonWebKey } from "node:crypto";
import { ed25519Key, isSmallOrder, spkiDigest } from "../core/ed25519.ts";
import type { VerifyingKey } from "../core/ed25519.ts";
import { readWire, WireError } from "./ssh-wire.ts";
import type { WireReader } from "./ssh-wire.ts";

export type Curve = keyof typeof CURVES;

/** Name for JWK, bytes of a coordinate, and the hash that belongs to it (RFC 5656 section 6.2.1). */
export const CURVES = {
  nistp256: { jwk: "P-256", bytes: 32, hash: "sha256" },
  nistp384: { jwk: "P-384", bytes: 48, hash: "sha384" },
  nistp521: { jwk: "P-521", bytes: 66, hash: "sha512" },
} as const;

export type KeyMaterial =
  | { readonly kind: "rsa"; readonly modulus: Buffer; readonly exponent: Buffer }
  | { readonly kind: "ecdsa"; readonly curve: Curve; readonly point: Buffer }
  | { readonly kind: "ed25519"; readonly raw: Buffer };

export interface SshKey {
  readonly type: string;
  /** Type and base64, as pins and key files write it: `ssh-ed25519 AAAA…`. */
  readonly identity: string;
  /** SHA-256 of the serialised key: what `ssh-keygen -l` prints in base64. */
  readonly fingerprint: Buffer;
  /** Undefined: a kind of key that cannot be checked here. */
  readonly material: KeyMaterial | undefined;
  /** Of a hardware token's key: what it is for, nearly always `ssh:`. */
  readonly application?: string;
}

type Reader = (wire: WireReader) => Pick<SshKey, "application"> & { readonly material: KeyMaterial };

/** How the fields behind the type are read. Add a type here, and its signatures in ssh-signature.ts. */
const READERS: Readonly<Record<string, Reader>> = {
  "ssh-rsa": (wire) => ({ material: rsa(wire) }),
  "ssh-ed25519": (wire) => ({ material: ed25519(wire) }),
  "ecdsa-sha2-nistp256": (wire) => ({ material: ecdsa(wire, "nistp256") }),
  "ecdsa-sha2-nistp384": (wire) => ({ material: ecdsa(wire, "nistp384") }),
  "ecdsa-sha2-nistp521": (wire) => ({ material: ecdsa(wire, "nistp521") }),
  "sk-ssh-ed25519@openssh.com": (wire) => ({ material: ed25519(wire), application: wire.text() }),
  "sk-ecdsa-sha2-nistp256@openssh.com": (wire) => ({ material: ecdsa(wire, "nistp256"), application: wire.text() }),
};

/** What OpenSSH takes, and more than anybody uses: a larger number only costs time. */
const MAX_RSA_BYTES = 2048;

function rsa(wire: WireReader): KeyMaterial {
  const exponent = wire.positive();
  const modulus = wire.positive();
  if (modulus.length > MAX_RSA_BYTES) throw new WireError("its RSA key is larger than 16384 bits");
  // With 1 everything is its own signature; even exponents cannot be undone.
  if (exponent.length > 8 || (exponent.length === 1 && exponent[0] === 1) || ((exponent.at(-1) ?? 0) & 1) === 0)
    throw new WireError("the exponent of its RSA key is none that can be used");
  return { kind: "rsa", modulus, exponent };
}

function ecdsa(wire: WireReader, curve: Curve): KeyMaterial {
  if (wire.text() !== curve) throw new WireError("the public key names two curves");
  const point = wire.string();
  if (point.length !== 1 + 2 * CURVES[curve].bytes || point[0] !== 4)
    throw new WireError("the public key is no uncompressed point");
  return { kind: "ecdsa", curve, point };
}

function ed25519(wire: WireReader): KeyMaterial {
  const raw = wire.string();
  if (raw.length !== 32) throw new WireError("the public key has the wrong size");
  if (isSmallOrder(raw)) throw new WireError("the public key is one that anybody can sign for");
  return { kind: "ed25519", raw };
}

/** @throws WireError for bytes that are no key; of unknown types only the name is looked at */
export function readSshKey(blob: Uint8Array): SshKey {
  const wire = readWire(blob, "the public key");
  const type = wire.text();
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  const fields = read?.(wire);
  if (fields !== undefined) wire.end();
  return {
    type,
    identity: `${type} ${Buffer.from(blob).toString("base64")}`,
    fingerprint: createHash("sha256").update(blob).digest(),
    material: undefined,
    ...fields,
  };
}

/** For node:crypto. @throws WireError where the numbers are no key: a point that is not on its curve */
export function verifyingKey(material: KeyMaterial): VerifyingKey {
  if (material.kind === "ed25519") return ed25519Key(material.raw);
  try {
    const object = createPublicKey({ key: jwkOf(material), format: "jwk" });
    return { object, spki: spkiDigest(object.export({ format: "der", type: "spki" })) };
  } catch (error) {
    throw new WireError(`its public key cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function jwkOf(material: Exclude<KeyMaterial, { kind: "ed25519" }>): JsonWebKey {
  if (material.kind === "rsa") {
    return { kty: "RSA", n: material.modulus.toString("base64url"), e: material.exponent.toString("base64url") };
  }
  const { jwk, bytes } = CURVES[material.curve];
  const [x, y] = [material.point.subarray(1, 1 + bytes), material.point.subarray(1 + bytes)];
  return { kty: "EC", crv: jwk, x: x.toString("base64url"), y: y.toString("base64url") };
}

/** Bits of a number without leading zero bytes. */
export function bitLength(number: Uint8Array): number {
  return number.length === 0 ? 0 : number.length * 8 - (Math.clz32(number[0] ?? 0) - 24);
}
