// A whole Sigstore of its own for tests: a certificate authority with a certificate transparency log, two transparency
// logs (Rekor 1 and 2) and a timestamp authority. Keys are new in every run; every time is written down.

import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { certificate, name, oid, sequence, SHA256 } from "./sigstore-der.ts";
import { bits, boolean, context, ecdsaSha256, generalizedTime, integer, octets, set } from "./sigstore-der.ts";
import { tbsCertificate } from "./sigstore-der.ts";
import type { CertificateFields, Extension } from "./sigstore-der.ts";

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const sha256 = (...parts: readonly (Uint8Array | string)[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
export const spki = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });
export const pem = (key: KeyObject): string => key.export({ type: "spki", format: "pem" }).toString();
export const curveKey = (namedCurve = "P-256"): KeyPair => generateKeyPairSync("ec", { namedCurve });
export const edwardsKey = (): KeyPair => generateKeyPairSync("ed25519");

/** When everything is signed. */
export const SIGNED_AT = new Date("2026-03-01T12:00:00Z");
/** When the keys of the instance come into use, and the last second of their certificates. */
export const BEGIN = new Date("2026-01-01T00:00:00Z");
const END = new Date("2046-01-01T00:00:00Z");

export interface Authority {
  readonly keys: KeyPair;
  readonly subject: Buffer;
  readonly serial: Buffer;
  /** DER, leaf or intermediate first. */
  readonly chain: readonly Buffer[];
}

export interface Log {
  readonly keys: KeyPair;
  /** The name in checkpoints, and the host of its address. */
  readonly origin: string;
  readonly id: Buffer;
}

export interface Instance {
  readonly fulcio: Authority;
  readonly ct: Log;
  readonly rekor1: Log;
  readonly rekor2: Log;
  readonly tsa: Authority;
}

const CA: readonly Extension[] = [
  { oid: "2.5.29.15", critical: true, value: bits(Buffer.from([0x06]), 1) },
  { oid: "2.5.29.19", critical: true, value: sequence(boolean(true)) },
];
const TIME_STAMPING: readonly Extension[] = [
  { oid: "2.5.29.37", critical: true, value: sequence(oid("1.3.6.1.5.5.7.3.8")) },
];

function authority(title: string, extensions: readonly Extension[]): Authority {
  const [root, keys] = [curveKey(), curveKey()];
  const [issuer, subject] = [name(`test-only ${title} root`), name(`test-only ${title}`)];
  const period = { notBefore: BEGIN, notAfter: END };
  const serial = Buffer.from("11223344", "hex");
  const own: CertificateFields = { ...period, serial, issuer, subject, key: keys.publicKey, extensions };
  const above: CertificateFields = {
    ...own,
    serial: Buffer.from([1]),
    subject: issuer,
    key: root.publicKey,
    extensions: CA,
  };
  const chain = [certificate(own, root.privateKey), certificate(above, root.privateKey)];
  return { keys, subject, serial, chain };
}

function log(origin: string, keys: KeyPair): Log {
  const raw = spki(keys.publicKey);
  // Rekor 2 names its key as signed notes do (C2SP signed-note): name, line feed, kind 1, raw Ed25519 key.
  const note = sha256(`${origin}\n`, Buffer.from([1]), raw.subarray(-32));
  return { keys, origin, id: keys.publicKey.asymmetricKeyType === "ed25519" ? note : sha256(raw) };
}

export function createInstance(): Instance {
  return {
    fulcio: authority("certificate authority", CA),
    ct: log("ct.example", curveKey()),
    rekor1: log("rekor.example", curveKey()),
    rekor2: log("log2026.rekor.example", edwardsKey()),
    tsa: authority("timestamp authority", TIME_STAMPING),
  };
}

function logRoot({ keys, origin, id }: Log): object {
  const keyDetails = keys.publicKey.asymmetricKeyType === "ed25519" ? "PKIX_ED25519" : "PKIX_ECDSA_P256_SHA_256";
  const rawBytes = spki(keys.publicKey).toString("base64");
  const publicKey = { rawBytes, keyDetails, validFor: { start: BEGIN.toISOString() } };
  return {
    baseUrl: `https://${origin}`,
    hashAlgorithm: "SHA2_256",
    publicKey,
    logId: { keyId: id.toString("base64") },
  };
}

function authorityRoot({ chain }: Authority): object {
  const certificates = chain.map((der) => ({ rawBytes: der.toString("base64") }));
  return { certChain: { certificates }, validFor: { start: BEGIN.toISOString() } };
}

/** trusted_root.json of the instance, to be changed at will. */
export function trustedRoot({ fulcio, ct, rekor1, rekor2, tsa }: Instance): TrustedRootJson {
  return JSON.parse(
    JSON.stringify({
      mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
      tlogs: [logRoot(rekor1), logRoot(rekor2)],
      ctlogs: [logRoot(ct)],
      certificateAuthorities: [authorityRoot(fulcio)],
      timestampAuthorities: [authorityRoot(tsa)],
    }),
  ) as TrustedRootJson;
}

interface Period {
  start?: string;
  end?: string;
}
interface LogJson {
  baseUrl: string;
  publicKey: { rawBytes: string; validFor?: Period };
  logId: { keyId: string };
}
interface AuthorityJson {
  certChain: { certificates: { rawBytes: string }[] };
  validFor?: Period;
}
export interface TrustedRootJson {
  mediaType: string;
  tlogs: LogJson[];
  ctlogs: LogJson[];
  certificateAuthorities: AuthorityJson[];
  timestampAuthorities: AuthorityJson[];
}

const SCT = "1.3.6.1.4.1.11129.2.4.2";

/** The extension that holds one signed certificate timestamp over a certificate without it (RFC 6962 section 3.2). */
export function sctExtension(
  fields: CertificateFields,
  { fulcio }: Instance,
  { keys, id }: Log,
  time: Date,
): Extension {
  const number = (value: number | bigint, bytes: number): Buffer =>
    Buffer.from(value.toString(16).padStart(bytes * 2, "0"), "hex");
  const issuerKey = fulcio.keys.publicKey;
  const tbs = tbsCertificate(fields);
  const when = number(BigInt(time.getTime()), 8);
  const head = Buffer.concat([Buffer.from([0, 0]), when, number(1, 2), sha256(spki(issuerKey))]);
  const signature = sign("sha256", Buffer.concat([head, number(tbs.length, 3), tbs, number(0, 2)]), keys.privateKey);
  const sct = Buffer.concat([
    Buffer.from([0]),
    id,
    when,
    number(0, 2),
    Buffer.from([4, 3]),
    number(signature.length, 2),
  ]);
  const whole = Buffer.concat([sct, signature]);
  const list = Buffer.concat([number(whole.length + 2, 2), number(whole.length, 2), whole]);
  return { oid: SCT, value: octets(list) };
}

/** An RFC 3161 response over `data`. */
export function timestampToken(tsa: Authority, data: Uint8Array, time: Date, status = 0): Buffer {
  const digestAlgorithm = sequence(oid(SHA256));
  const imprint = sequence(digestAlgorithm, octets(sha256(data)));
  const info = sequence(integer(1), oid("1.2.3.4"), imprint, integer(7), generalizedTime(time));
  const type = "1.2.840.113549.1.9.16.1.4";
  const attributes = [
    sequence(oid("1.2.840.113549.1.9.3"), set(oid(type))),
    sequence(oid("1.2.840.113549.1.9.4"), set(octets(sha256(info)))),
  ];
  const signature = sign("sha256", set(...attributes), tsa.keys.privateKey);
  const issuer = name("test-only timestamp authority root");
  const signer = sequence(
    integer(1),
    sequence(issuer, integer(tsa.serial)),
    digestAlgorithm,
    context(0, ...attributes),
    ecdsaSha256(),
    octets(signature),
  );
  const signed = sequence(integer(3), set(digestAlgorithm), sequence(oid(type), context(0, octets(info))), set(signer));
  return sequence(sequence(integer(status)), sequence(oid("1.2.840.113549.1.7.2"), context(0, signed)));
}
