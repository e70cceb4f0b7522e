// The signature algorithms of CMS (RFC 5754, 4056, 8419): which of them an AlgorithmIdentifier names, and whether a
// signature is good. Nothing is guessed: parameters must say what the rest of the message says.

import { constants, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Algorithm } from "../core/digest.ts";
import { isAnybodysKey } from "../core/ed25519.ts";
import { context, DerError, expect, oidOf, smallIntegerOf, TAG } from "./x509-der.ts";
import type { Element } from "./x509-der.ts";

/** Hash functions by OID: those that are used, and those that are known to be weak. */
const HASHES: Readonly<Record<string, Algorithm>> = {
  "1.2.840.113549.2.5": "md5",
  "1.3.14.3.2.26": "sha1",
  "2.16.840.1.101.3.4.2.1": "sha256",
  "2.16.840.1.101.3.4.2.2": "sha384",
  "2.16.840.1.101.3.4.2.3": "sha512",
};

type Padding = "pkcs1" | "pss" | "ecdsa" | "ed25519";

/** Signature algorithms by OID. `undefined`: the hash is named elsewhere. */
const SIGNATURES: Readonly<Record<string, readonly [Padding, Algorithm | undefined]>> = {
  "1.2.840.113549.1.1.1": ["pkcs1", undefined],
  "1.2.840.113549.1.1.4": ["pkcs1", "md5"],
  "1.2.840.113549.1.1.5": ["pkcs1", "sha1"],
  "1.2.840.113549.1.1.10": ["pss", undefined],
  "1.2.840.113549.1.1.11": ["pkcs1", "sha256"],
  "1.2.840.113549.1.1.12": ["pkcs1", "sha384"],
  "1.2.840.113549.1.1.13": ["pkcs1", "sha512"],
  "1.2.840.10045.4.1": ["ecdsa", "sha1"],
  "1.2.840.10045.4.3.2": ["ecdsa", "sha256"],
  "1.2.840.10045.4.3.3": ["ecdsa", "sha384"],
  "1.2.840.10045.4.3.4": ["ecdsa", "sha512"],
  "1.3.101.112": ["ed25519", "sha512"],
};

const MGF1 = "1.2.840.113549.1.1.8";
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];
const WEAK: readonly Algorithm[] = ["md5", "sha1"];

/** A form that is not checked here. */
export class UnsupportedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnsupportedError";
  }
}

export interface SignatureAlgorithm {
  readonly padding: Padding;
  readonly hash: Algorithm;
  /** Bytes, for `pss`. */
  readonly saltLength: number;
}

/** The hash that a digest AlgorithmIdentifier names. @throws UnsupportedError, DerError */
export function hashOf(identifier: Element | undefined): Algorithm {
  const { oid } = identified(identifier, true);
  const hash = Object.hasOwn(HASHES, oid) ? HASHES[oid] : undefined;
  if (hash === undefined) throw new UnsupportedError(`it uses the hash algorithm ${oid}, which is not known here`);
  return hash;
}

/**
 * The algorithm that an AlgorithmIdentifier names, in a message that is hashed with `hash`.
 * @throws UnsupportedError, DerError
 */
export function signatureAlgorithmOf(identifier: Element | undefined, hash: Algorithm): SignatureAlgorithm {
  const { oid, parameters } = identified(identifier, false);
  const known = Object.hasOwn(SIGNATURES, oid) ? SIGNATURES[oid] : undefined;
  if (known === undefined)
    throw new UnsupportedError(`it uses the signature algorithm ${oid}, which is not known here`);
  const [padding, named] = known;
  if (padding === "pss") return { padding, hash, saltLength: saltLengthOf(parameters, hash) };
  refuseParameters(parameters, padding === "pkcs1");
  if (named !== undefined && named !== hash) throw new DerError("its two hash algorithms differ");
  return { padding, hash, saltLength: 0 };
}

/** `SEQUENCE { OID, parameters? }`. */
function identified(
  identifier: Element | undefined,
  isHash: boolean,
): { readonly oid: string; readonly parameters: Element | undefined } {
  const [id, parameters, ...behind] = expect(identifier, TAG.sequence, "algorithm").parts;
  const oid = oidOf(id, "algorithm");
  if (behind.length > 0) throw new DerError("its algorithm has too many parts");
  if (isHash) refuseParameters(parameters, true);
  return { oid, parameters };
}

/** Absent, or NULL where that is usual (RFC 5754 sections 2 and 3). */
function refuseParameters(parameters: Element | undefined, orNull: boolean): void {
  if (parameters === undefined) return;
  if (!orNull || parameters.tag !== 0x05 || parameters.content.length > 0) {
    throw new DerError("its algorithm has parameters that it must not have");
  }
}

/**
 * RFC 4055 section 3.1: `SEQUENCE { [0] hash DEFAULT SHA-1, [1] mask DEFAULT MGF1 with SHA-1, [2] salt length DEFAULT
 * 20, [3] trailer DEFAULT 1 }`. The mask must use the same hash (section 3.1 recommends it; nobody does otherwise).
 */
function saltLengthOf(parameters: Element | undefined, hash: Algorithm): number {
  const { parts } = expect(parameters, TAG.sequence, "RSASSA-PSS parameters");
  const [tags, allowed] = [parts.map(({ tag }) => tag), [0, 1, 2, 3].map(context)];
  if (tags.some((tag, index) => !allowed.includes(tag) || tag <= (tags[index - 1] ?? 0))) {
    throw new DerError("its RSASSA-PSS parameters are out of order");
  }
  const field = (number: number): Element | undefined => parts.find(({ tag }) => tag === context(number));
  const single = (number: number): Element | undefined => {
    const inner = field(number)?.parts ?? [];
    if (inner.length > 1) throw new DerError("its RSASSA-PSS parameters have too many parts");
    return inner[0];
  };
  const inner = field(0) === undefined ? "sha1" : hashOf(single(0));
  if (inner !== hash) throw new DerError("its two hash algorithms differ");
  const mask = field(1) === undefined ? "sha1" : maskHashOf(single(1));
  if (mask !== hash) throw new UnsupportedError("its RSASSA-PSS mask uses another hash");
  if (field(3) !== undefined && smallIntegerOf(single(3), "RSASSA-PSS trailer") !== 1) {
    throw new UnsupportedError("its RSASSA-PSS trailer is not known here");
  }
  return field(2) === undefined ? 20 : smallIntegerOf(single(2), "RSASSA-PSS salt length");
}

function maskHashOf(mask: Element | undefined): Algorithm {
  const { oid, parameters } = identified(mask, false);
  if (oid !== MGF1) throw new UnsupportedError("its RSASSA-PSS mask is not known here");
  return hashOf(parameters);
}

/** Why the algorithm or the key is not checked here, or undefined. */
export function unsupportedKey({ padding }: SignatureAlgorithm, key: KeyObject): string | undefined {
  const curve = key.asymmetricKeyDetails?.namedCurve ?? "without a name";
  if (padding === "ecdsa" && key.asymmetricKeyType === "ec" && !CURVES.includes(curve)) {
    return `its key is on the curve ${curve}, which is not checked here`;
  }
  return undefined;
}

const KEY_TYPES: Readonly<Record<Padding, readonly string[]>> = {
  pkcs1: ["rsa"],
  pss: ["rsa", "rsa-pss"],
  ecdsa: ["ec"],
  ed25519: ["ed25519"],
};

/** Whether the signature is good. */
export function isGood(
  { padding, hash, saltLength }: SignatureAlgorithm,
  key: KeyObject,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (!KEY_TYPES[padding].includes(key.asymmetricKeyType ?? "")) return false;
  try {
    if (padding === "ed25519") return verify(null, data, key, signature);
    if (padding === "pss")
      return verify(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, signature);
    if (padding === "pkcs1") return verify(hash, data, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
    return verify(hash, data, { key, dsaEncoding: "der" }, signature);
  } catch {
    // A key or signature that the library cannot even try: not known to be good is the strictest answer.
    return false;
  }
}

/** Why the signature could be forged, or undefined. */
export function weakness(hash: Algorithm, key: KeyObject): string | undefined {
  if (WEAK.includes(hash)) return `it uses the hash ${hash}`;
  return weakKey(key);
}

/** Why the key could be found out, or undefined. */
export function weakKey(key: KeyObject): string | undefined {
  const { modulusLength, publicExponent, namedCurve = "" } = key.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined && modulusLength < 2048) return `its RSA key has ${modulusLength} bits`;
  if (publicExponent !== undefined && publicExponent < 3n) return "its RSA key has an exponent that proves nothing";
  if (isAnybodysKey(key)) return "its key is one that anybody can sign for";
  // The names of curves say how many bits they have; one without a name, or with a short number, is none to rely on.
  if (key.asymmetricKeyType === "ec" && Number(/[0-9]{3}/.exec(namedCurve)?.[0] ?? 0) < 224)
    return `its key is on the curve ${namedCurve === "" ? "without a name" : namedCurve}, which is too weak`;
  return undefined;
}

/** Issuers' signatures with a hash that nobody can forge: ours, SHA-224, SHA-512/t, SHA-3 and Ed448 (RFC 8017, 9688, 8410). */
const STRONG_SIGNATURES: readonly string[] = [
  ...Object.entries(SIGNATURES).flatMap(([oid, [, hash]]) => (hash !== undefined && !WEAK.includes(hash) ? [oid] : [])),
  ...["14", "15", "16"].map((last) => `1.2.840.113549.1.1.${last}`),
  "1.2.840.10045.4.3.1",
  ...["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"].map(
    (last) => `2.16.840.1.101.3.4.3.${last}`,
  ),
  "1.3.101.113",
];
const PSS = "1.2.840.113549.1.1.10";

/** What an issuer signed with, as a certificate says it. */
export interface IssuerAlgorithm {
  /** OID. */
  readonly signedWith: string;
  readonly signedWithParameters?: Element;
}

/** Whether a certificate's signature by its issuer is by a weak algorithm, or one that is not known. */
export function isWeaklySigned({ signedWith, signedWithParameters }: IssuerAlgorithm): boolean {
  if (signedWith !== PSS) return !STRONG_SIGNATURES.includes(signedWith);
  // The parameters name the hash: SHA-1 where they are left out.
  return !(["sha256", "sha384", "sha512"] as const).some((hash) => {
    try {
      saltLengthOf(signedWithParameters, hash);
      return true;
    } catch (error) {
      if (error instanceof DerError || error instanceof UnsupportedError) return false;
      throw error;
    }
  });
}
