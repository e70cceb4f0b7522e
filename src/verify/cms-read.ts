// CMS SignedData (RFC 5652) with one signer, taken apart. Anything that another reader could see in another way, such
// as a second signer or content inside, is refused before any cryptography.
//
//   ContentInfo = SEQUENCE { OID signedData, [0] SignedData }
//   SignedData  = SEQUENCE { version, SET OF AlgorithmIdentifier, SEQUENCE { OID, [0] OCTET STRING? },
//                 [0] certificates?, [1] crls?, SET OF SignerInfo }
//   SignerInfo  = SEQUENCE { version, SEQUENCE { Name, INTEGER } | [0] key identifier, AlgorithmIdentifier,
//                 [0] signed attributes, AlgorithmIdentifier, OCTET STRING, [1] unsigned attributes? }
//   Attribute   = SEQUENCE { OID, SET OF value }

import type { Algorithm } from "../core/digest.ts";
import { certificateOf } from "./x509-certificate.ts";
import type { Certificate } from "./x509-certificate.ts";
import { context, DerError, expect, integerOf, oidOf, smallIntegerOf, TAG, timeOf } from "./x509-der.ts";
import type { Element } from "./x509-der.ts";
import { hashOf, signatureAlgorithmOf, UnsupportedError } from "./x509-signature.ts";
import type { SignatureAlgorithm } from "./x509-signature.ts";

export interface SignedData {
  /** OID of what is signed. */
  readonly contentType: string;
  /** What the message carries inside; undefined for a detached signature. */
  readonly content: Uint8Array | undefined;
  readonly certificates: readonly Certificate[];
  /** The hash of the content, and what it must be. */
  readonly hash: Algorithm;
  readonly messageDigest: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  /** What the signature is over: the signed attributes as a SET (section 5.4). */
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
  /** The signer's own claim. */
  readonly signingTime?: Date;
  /** SHA-256 of the signer's certificate, lower-case hex, where the signer states it (RFC 5035). */
  readonly certificateDigest?: string;
  /** RFC 3161; not signed by the signer. */
  readonly timestamp?: Element;
  /** Whether this is the certificate that the signer names. */
  isSigner(certificate: Certificate): boolean;
}

const SIGNED_DATA = "1.2.840.113549.1.7.2";
export const DATA = "1.2.840.113549.1.7.1";
const ATTRIBUTES = {
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
  timestamp: "1.2.840.113549.1.9.16.2.14",
} as const;

/** Chains are short; more is an attempt to keep us busy. */
const MAX_CERTIFICATES = 64;
const MAX_ATTRIBUTES = 64;

/** @throws DerError when it is not well formed, UnsupportedError when it cannot be checked */
export function readSignedData(message: Element): SignedData {
  const [type, wrapped, ...behind] = expect(message, TAG.sequence, "CMS message").parts;
  if (oidOf(type, "content type") !== SIGNED_DATA) throw new DerError("it is a CMS message, but not a signature");
  const [body, ...more] = expect(wrapped, context(0), "signed data").parts;
  if (behind.length + more.length > 0) throw new DerError("its signed data is followed by something else");
  const [version, hashes, encapsulated, ...rest] = expect(body, TAG.sequence, "signed data").parts;
  if (![1, 3, 4, 5].includes(smallIntegerOf(version, "version")))
    throw new UnsupportedError("its version is not known here");
  const certificates = rest[0]?.tag === context(0) ? rest.shift() : undefined;
  if (rest[0]?.tag === context(1)) rest.shift();
  const [signers, ...last] = rest;
  const [signer, ...others] = expect(signers, TAG.set, "signer").parts;
  if (last.length > 0) throw new DerError("its signers are followed by something else");
  if (signer === undefined) throw new DerError("it holds no signature");
  if (others.length > 0) throw new DerError(`it holds ${others.length + 1} signatures, one is expected`);
  const { contentType, content } = contentOf(expect(encapsulated, TAG.sequence, "content"));
  const info = signerOf(signer, contentType);
  const named = expect(hashes, TAG.set, "hash algorithms").parts;
  // Section 5.1: the list is there so that a reader can hash in one pass.
  if (!named.some((identifier) => namesHash(identifier, info.hash)))
    throw new DerError("its hash algorithm is not in its list");
  return { ...info, contentType, content, certificates: certificatesOf(certificates) };
}

function namesHash(identifier: Element, hash: Algorithm): boolean {
  try {
    return hashOf(identifier) === hash;
  } catch (error) {
    if (error instanceof UnsupportedError) return false;
    throw error;
  }
}

function contentOf({ parts: [type, wrapped, ...behind] }: Element): Pick<SignedData, "contentType" | "content"> {
  const contentType = oidOf(type, "content type");
  if (behind.length > 0) throw new DerError("its content is followed by something else");
  if (wrapped === undefined) return { contentType, content: undefined };
  const [content, ...more] = expect(wrapped, context(0), "content").parts;
  if (more.length > 0) throw new DerError("its content has several parts");
  return { contentType, content: expect(content, TAG.octetString, "content").content };
}

/** Section 10.2.3: certificates, and attribute certificates and other kinds, which sign nothing here. */
function certificatesOf(set: Element | undefined): readonly Certificate[] {
  const parts = set?.parts ?? [];
  if (parts.some(({ tag }) => ![TAG.sequence, context(0), context(1), context(2), context(3)].includes(tag)))
    throw new DerError("one of its certificates is none");
  const found = parts.filter(({ tag }) => tag === TAG.sequence);
  if (found.length > MAX_CERTIFICATES) throw new DerError(`it holds more than ${MAX_CERTIFICATES} certificates`);
  return found.map(certificateOf);
}

type Signer = Omit<SignedData, "contentType" | "content" | "certificates">;

function signerOf(signer: Element, contentType: string): Signer {
  const [version, sid, digest, attributes, identifier, signature, unsigned, ...behind] = expect(
    signer,
    TAG.sequence,
    "signer",
  ).parts;
  const isSigner = signerMatch(sid, smallIntegerOf(version, "signer's version"));
  const hash = hashOf(digest);
  if (attributes?.tag === TAG.sequence)
    throw new UnsupportedError("it has no signed attributes, which is not checked here");
  const signed = attributesOf(expect(attributes, context(0), "signed attributes"));
  if (behind.length > 0 || (unsigned !== undefined && unsigned.tag !== context(1)))
    throw new DerError("its signature is followed by something else");
  // Section 11.1: the signed content type is the message's own.
  if (oidOf(signed.single(ATTRIBUTES.contentType), "signed content type") !== contentType)
    throw new DerError("its two content types differ");
  const time = signed.optional(ATTRIBUTES.signingTime);
  const certificate = signed.optional(ATTRIBUTES.signingCertificateV2);
  const certificateDigest = certificate === undefined ? undefined : statedCertificate(certificate);
  const timestamp = unsigned === undefined ? undefined : attributesOf(unsigned).first(ATTRIBUTES.timestamp);
  return {
    hash,
    messageDigest: expect(signed.single(ATTRIBUTES.messageDigest), TAG.octetString, "message digest").content,
    algorithm: signatureAlgorithmOf(identifier, hash),
    signedBytes: asSet(attributes),
    signature: expect(signature, TAG.octetString, "signature").content,
    isSigner,
    ...(time === undefined ? {} : { signingTime: timeOf(time, "signing time") }),
    ...(certificateDigest === undefined ? {} : { certificateDigest }),
    ...(timestamp === undefined ? {} : { timestamp }),
  };
}

/** Section 5.3: version 1 names issuer and serial number, version 3 a key identifier. */
function signerMatch(sid: Element | undefined, version: number): SignedData["isSigner"] {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
  if (sid?.tag === 0x80) {
    if (version !== 3) throw new DerError("its signer's version does not fit what it names");
    const identifier = hex(sid.content);
    return ({ extensions }) => extensions.keyIdentifier === identifier;
  }
  const [issuer, serial, ...behind] = expect(sid, TAG.sequence, "signer's name").parts;
  if (version !== 1 || behind.length > 0) throw new DerError("its signer's version does not fit what it names");
  const named = `${hex(expect(issuer, TAG.sequence, "signer's issuer").raw)} ${hex(integerOf(serial, "signer's serial number"))}`;
  return (certificate) => `${certificate.issuer} ${certificate.serial}` === named;
}

interface Attributes {
  /** The value of an attribute that must be there once. */
  single(oid: string): Element;
  /** The value of an attribute that may be there once. */
  optional(oid: string): Element | undefined;
  /** The first value of an attribute that may be there several times. */
  first(oid: string): Element | undefined;
}

function attributesOf(set: Element): Attributes {
  if (set.parts.length > MAX_ATTRIBUTES) throw new DerError(`it has more than ${MAX_ATTRIBUTES} attributes`);
  const attributes = set.parts.map(({ tag, parts: [type, values, ...behind] }) => {
    if (tag !== TAG.sequence || behind.length > 0) throw new DerError("one of its attributes is not well formed");
    return { oid: oidOf(type, "attribute"), values: expect(values, TAG.set, "attribute's value").parts };
  });
  const all = (oid: string): readonly (readonly Element[])[] =>
    attributes.filter((attribute) => attribute.oid === oid).map(({ values }) => values);
  const optional = (oid: string): Element | undefined => {
    const [values, ...more] = all(oid);
    // Sections 11.1 to 11.3: one attribute, with one value.
    if (more.length > 0 || (values !== undefined && values.length !== 1))
      throw new DerError(`it has the attribute ${oid} more than once`);
    return values?.[0];
  };
  return {
    optional,
    single(oid) {
      const value = optional(oid);
      if (value === undefined) throw new DerError(`it lacks the attribute ${oid}`);
      return value;
    },
    first: (oid) => all(oid)[0]?.[0],
  };
}

/** RFC 5035 section 4: `SEQUENCE { SEQUENCE OF SEQUENCE { AlgorithmIdentifier DEFAULT SHA-256, OCTET STRING, … }, … }`. */
function statedCertificate(value: Element): string | undefined {
  const parts = [...(value.parts[0]?.parts[0]?.parts ?? [])];
  const isSha256 = parts[0]?.tag !== TAG.sequence || namesHash(parts[0], "sha256");
  if (parts[0]?.tag === TAG.sequence) parts.shift();
  const digest = expect(parts[0], TAG.octetString, "statement about its certificate").content;
  return isSha256 ? Buffer.from(digest).toString("hex") : undefined;
}

/** Section 5.4: the attributes are signed with the tag of a SET in place of `[0]`. */
function asSet({ raw }: Pick<Element, "raw"> = { raw: new Uint8Array() }): Uint8Array {
  const set = Uint8Array.from(raw);
  set[0] = TAG.set;
  return set;
}
