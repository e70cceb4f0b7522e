// An OpenPGP key as every other scheme writes it, so that one key in two schemes is seen to be one person.
//
//   SubjectPublicKeyInfo = SEQUENCE { SEQUENCE { OID, parameters }, BIT STRING }      RFC 5280 section 4.1.2.7
//   parameters           = NULL for RSA (RFC 3279), OID of the curve for ECDSA (RFC 5480), none for EdDSA (RFC 8410)

import type { PublicKey } from "openpgp";
import { spkiDigest } from "../core/ed25519.ts";

const [INTEGER, BIT_STRING, OBJECT_ID, SEQUENCE] = [0x02, 0x03, 0x06, 0x30];
const NULL = Buffer.from("0500", "hex");
const RSA = oid("2a864886f70d010101");
const EC = oid("2a8648ce3d0201");
const ED25519 = oid("2b6570");
const ED448 = oid("2b6571");

/** Number of bytes that stand before an Ed25519 key in its older form: 0x40 (RFC 9580 section 5.5.5.5). */
const LEGACY_PREFIX = 1;

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length.toString(16);
  const bytes = Buffer.from(size.length % 2 === 0 ? size : `0${size}`, "hex");
  const length = content.length < 0x80 ? bytes : Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
  return Buffer.concat([Buffer.from([tag]), length, content]);
}

function oid(hex: string): Buffer {
  return der(OBJECT_ID, Buffer.from(hex, "hex"));
}

/** A number without sign, big-endian, with or without zeros before it. */
function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const short = start === -1 ? Buffer.from([0]) : Buffer.from(bytes.subarray(start));
  return der(INTEGER, (short[0] ?? 0) < 0x80 ? short : Buffer.concat([Buffer.from([0]), short]));
}

function spki(algorithm: readonly Uint8Array[], key: Uint8Array): string {
  return spkiDigest(der(SEQUENCE, der(SEQUENCE, ...algorithm), der(BIT_STRING, Buffer.from([0]), key)));
}

/** The numbers of a key by their names in the library; which are there, its algorithm says. */
interface Params {
  readonly n?: Uint8Array;
  readonly e?: Uint8Array;
  readonly A?: Uint8Array;
  readonly Q?: Uint8Array;
  readonly oid?: { readonly oid: Uint8Array };
}

/** SHA-256 of the key's SubjectPublicKeyInfo (`Judgement.key`); undefined for keys that no other scheme has. */
export function spkiOf({
  algorithm,
  publicParams,
}: Pick<PublicKey["keyPacket"], "algorithm" | "publicParams">): string | undefined {
  const { n, e, A, Q, oid: curve } = publicParams as Params;
  const id: number = algorithm;
  // RFC 9580 section 9.1.
  switch (id) {
    case 1:
    case 3:
      return n && e && spki([RSA, NULL], der(SEQUENCE, integer(n), integer(e)));
    case 19:
      return Q && curve && spki([EC, der(OBJECT_ID, curve.oid)], Q);
    case 22:
      return Q && spki([ED25519], Q.subarray(LEGACY_PREFIX));
    case 27:
      return A && spki([ED25519], A);
    case 28:
      return A && spki([ED448], A);
    default:
      return undefined;
  }
}
