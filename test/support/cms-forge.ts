// CMS signatures and certificates that no tool makes: written from RFC 5652 and RFC 5280 with a DER writer of its own,
// so that each part can be left out, doubled or replaced.

import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { KeyObject, SignKeyObjectInput } from "node:crypto";
import { readDer } from "../../src/verify/x509-der.ts";
import type { Element } from "../../src/verify/x509-der.ts";

export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const digits = content.length.toString(16);
  const length = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  const header = content.length < 128 ? [content.length] : [0x80 + length.length, ...length];
  return Buffer.concat([Buffer.from([tag, ...header]), content]);
}

export const seq = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Buffer => der(0x31, ...parts);
export const context = (number: number, ...parts: readonly Uint8Array[]): Buffer => der(0xa0 + number, ...parts);
export const octets = (bytes: Uint8Array): Buffer => der(0x04, bytes);
export const bits = (bytes: Uint8Array): Buffer => der(0x03, Buffer.from([0]), bytes);
export const NULL = der(0x05);
export const TRUE = der(0x01, Buffer.from([0xff]));

/** At least 0. */
export function int(value: number | Uint8Array): Buffer {
  if (typeof value !== "number") return der(0x02, value);
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  return der(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0), bytes);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const septets = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) septets.unshift((left % 128) + 128);
    return septets;
  });
  return der(0x06, Buffer.from(bytes));
}

/** UTCTime. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return der(0x17, Buffer.from(digits.slice(2), "latin1"));
}

export function name(commonName: string): Buffer {
  return seq(set(seq(oid("2.5.4.3"), der(0x0c, Buffer.from(commonName)))));
}

export const OID = {
  data: "1.2.840.113549.1.7.1",
  signedData: "1.2.840.113549.1.7.2",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
  timestamp: "1.2.840.113549.1.9.16.2.14",
  md5: "1.2.840.113549.2.5",
  sha1: "1.3.14.3.2.26",
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
  ed25519: "1.3.101.112",
  ecdsaSha256: "1.2.840.10045.4.3.2",
  rsa: "1.2.840.113549.1.1.1",
  pss: "1.2.840.113549.1.1.10",
  mgf1: "1.2.840.113549.1.1.8",
  codeSigning: "1.3.6.1.5.5.7.3.3",
} as const;

export interface Keys {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const ed25519Keys = (): Keys => generateKeyPairSync("ed25519");

export function spkiOf({ publicKey }: Keys): Buffer {
  return publicKey.export({ format: "der", type: "spki" });
}

export interface CertificateParts {
  readonly subject: string;
  readonly keys: Keys;
  /** Itself, when absent. Ed25519. */
  readonly issuer?: { readonly subject: string; readonly keys: Keys };
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly extensions?: readonly Uint8Array[];
  readonly serial?: Uint8Array;
  /** SubjectPublicKeyInfo in another form than the usual. */
  readonly spki?: Uint8Array;
}

export function extension(id: string, value: Uint8Array, critical = false): Buffer {
  return seq(oid(id), ...(critical ? [TRUE] : []), octets(value));
}

export const EXTENSIONS = {
  authority: extension("2.5.29.19", seq(TRUE), true),
  authorityOver: (pathLength: number): Buffer => extension("2.5.29.19", seq(TRUE, int(pathLength)), true),
  // The sixth bit from the left: keyCertSign.
  certSign: extension("2.5.29.15", der(0x03, Buffer.from([2, 4])), true),
  digitalSignature: extension("2.5.29.15", der(0x03, Buffer.from([7, 0x80])), true),
  codeSigning: extension("2.5.29.37", seq(oid(OID.codeSigning))),
  timeStamping: extension("2.5.29.37", seq(oid("1.3.6.1.5.5.7.3.8")), true),
} as const;

/** A certificate with an Ed25519 signature. */
export function makeCertificate(parts: CertificateParts): Buffer {
  const { subject, keys, issuer = { subject, keys }, extensions = [] } = parts;
  const { notBefore = new Date("2026-01-01"), notAfter = new Date("2045-01-01") } = parts;
  const algorithm = seq(oid(OID.ed25519));
  const tbs = seq(
    context(0, int(2)),
    int(parts.serial ?? Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name(issuer.subject),
    seq(time(notBefore), time(notAfter)),
    name(subject),
    parts.spki ?? spkiOf(keys),
    ...(extensions.length === 0 ? [] : [context(3, seq(...extensions))]),
  );
  return seq(tbs, algorithm, bits(sign(null, tbs, issuer.keys.privateKey)));
}

/** Every part of a message, in the form in which it stands there. */
export interface MessageParts {
  readonly contentInfoType: Buffer;
  readonly version: Buffer;
  readonly hashes: readonly Uint8Array[];
  readonly contentType: Buffer;
  readonly content: readonly Uint8Array[];
  readonly certificates: readonly Uint8Array[];
  readonly signerVersion: Buffer;
  readonly sid: Buffer;
  readonly digestAlgorithm: Buffer;
  readonly attributes: readonly Uint8Array[];
  readonly signatureAlgorithm: Buffer;
  /** Over the attributes as a SET. */
  readonly sign: (bytes: Buffer) => Uint8Array;
  readonly unsigned: readonly Uint8Array[];
  readonly behindSigner: readonly Uint8Array[];
  readonly otherSigners: readonly Uint8Array[];
  readonly behindSigners: readonly Uint8Array[];
  readonly behind: readonly Uint8Array[];
}

export function attribute(id: string, ...values: readonly Uint8Array[]): Buffer {
  return seq(oid(id), set(...values));
}

export interface Signing {
  readonly document: Uint8Array;
  readonly certificate: Buffer;
  readonly keys: Keys;
  readonly issuer: string;
  readonly serial: Uint8Array;
  readonly at?: Date;
}

/** The parts of a good Ed25519 signature (RFC 8419). */
export function goodParts({ document, certificate, keys, issuer, serial, at }: Signing): MessageParts {
  const none: readonly Uint8Array[] = [];
  return {
    contentInfoType: oid(OID.signedData),
    version: int(1),
    hashes: [seq(oid(OID.sha512))],
    contentType: oid(OID.data),
    content: none,
    certificates: [certificate],
    signerVersion: int(1),
    sid: seq(name(issuer), int(serial)),
    digestAlgorithm: seq(oid(OID.sha512)),
    attributes: [
      attribute(OID.contentType, oid(OID.data)),
      attribute(OID.signingTime, time(at ?? new Date("2026-02-01T12:00:00Z"))),
      attribute(OID.messageDigest, octets(createHash("sha512").update(document).digest())),
    ],
    signatureAlgorithm: seq(oid(OID.ed25519)),
    sign: (bytes) => sign(null, bytes, keys.privateKey),
    ...{ unsigned: none, behindSigner: none, otherSigners: none, behindSigners: none, behind: none },
  };
}

export function makeMessage(parts: MessageParts): Buffer {
  const signature = parts.sign(set(...parts.attributes));
  const info = seq(
    parts.signerVersion,
    parts.sid,
    parts.digestAlgorithm,
    context(0, ...parts.attributes),
    parts.signatureAlgorithm,
    octets(signature),
    ...(parts.unsigned.length === 0 ? [] : [context(1, ...parts.unsigned)]),
    ...parts.behindSigner,
  );
  const signedData = seq(
    parts.version,
    set(...parts.hashes),
    seq(parts.contentType, ...parts.content),
    ...(parts.certificates.length === 0 ? [] : [context(0, ...parts.certificates)]),
    set(info, ...parts.otherSigners),
    ...parts.behindSigners,
  );
  return seq(parts.contentInfoType, context(0, signedData), ...parts.behind);
}

/** Signs with RSASSA-PSS or another padding of node:crypto. */
export function signer(hash: string, input: SignKeyObjectInput): MessageParts["sign"] {
  return (bytes) => sign(hash, bytes, input);
}

/** The message with these unsigned attributes; it has none before. */
export function withUnsigned(message: Uint8Array, ...attributes: readonly Uint8Array[]): Buffer {
  const [type, wrapped] = readDer(message).parts;
  const fields = wrapped?.parts[0]?.parts ?? [];
  const signerFields = fields.at(-1)?.parts[0]?.parts ?? [];
  const raw = (parts: readonly Element[]): readonly Uint8Array[] => parts.map((part) => part.raw);
  const info = seq(...raw(signerFields), context(1, ...attributes));
  return seq(...raw(type === undefined ? [] : [type]), context(0, seq(...raw(fields.slice(0, -1)), set(info))));
}
