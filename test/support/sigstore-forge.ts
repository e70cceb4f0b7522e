// Bundles of the private Sigstore, good in every part, with a handle on each part so that a test can spoil exactly one.

import { sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { certificate, oid, sequence, tlv, utf8 } from "./sigstore-der.ts";
import type { CertificateFields, Extension } from "./sigstore-der.ts";
import { curveKey, pem, sctExtension, sha256, SIGNED_AT, spki, timestampToken } from "./sigstore-instance.ts";
import type { Authority, Instance, KeyPair, Log } from "./sigstore-instance.ts";

export const SAN = "https://forge.example/acme/server/.github/workflows/release.yml@refs/tags/v1.0.0";
export const ISSUER = "https://token.forge.example";
export const FULCIO = "1.3.6.1.4.1.57264.1";
/** Fulcio's extensions that come with a run of a workflow, by their last arc. */
export const FACTS: Readonly<Record<string, string>> = {
  8: ISSUER,
  9: SAN,
  12: "https://forge.example/acme/server",
  13: "8f2b1c0d8f2b1c0d8f2b1c0d8f2b1c0d8f2b1c0d",
  15: "4242",
  17: "77",
};

export const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
/** A general name: 1 an e-mail address, 6 a URI. */
export const generalName = (kind: number, text: string): Buffer => tlv(0x80 | kind, Buffer.from(text, "latin1"));

export interface LeafOptions {
  readonly keys?: KeyPair;
  readonly names?: readonly Buffer[];
  readonly facts?: Readonly<Record<string, string>>;
  readonly purpose?: string;
  readonly more?: readonly Extension[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** Who signs the timestamp of the certificate; null for none. */
  readonly ct?: Log | null;
  /** Whose name it bears as issuer, and who signs. */
  readonly issuer?: Authority;
}

const MINUTE = 60_000;

/** A certificate as Fulcio issues it. */
export function forgeLeaf(instance: Instance, options: LeafOptions & { readonly keys: KeyPair }): Buffer {
  const { names = [generalName(6, SAN)], facts = FACTS, purpose = CODE_SIGNING, more = [], ct = instance.ct } = options;
  const { issuer = instance.fulcio } = options;
  const extensions: readonly Extension[] = [
    { oid: "2.5.29.37", value: sequence(oid(purpose)) },
    { oid: "2.5.29.17", critical: true, value: sequence(...names) },
    ...Object.entries(facts).map(([arc, text]) => ({ oid: `${FULCIO}.${arc}`, value: utf8(text) })),
    ...more,
  ];
  const fields: CertificateFields = {
    serial: Buffer.from("5a5a5a", "hex"),
    issuer: issuer.subject,
    subject: sequence(),
    notBefore: options.notBefore ?? new Date(SIGNED_AT.getTime() - MINUTE),
    notAfter: options.notAfter ?? new Date(SIGNED_AT.getTime() + 9 * MINUTE),
    key: options.keys.publicKey,
    extensions,
  };
  const scts = ct === null ? [] : [sctExtension(fields, instance, ct, SIGNED_AT)];
  return certificate({ ...fields, extensions: [...extensions, ...scts] }, issuer.keys.privateKey);
}

export type EntryKind = "hashedrekord 0.0.1" | "hashedrekord 0.0.2" | "dsse 0.0.1" | "dsse 0.0.2" | "intoto 0.0.2";

export interface ForgeOptions {
  readonly artifact: Uint8Array;
  /** A statement, which is signed in a DSSE envelope; without it the artifact itself is signed. */
  readonly statement?: unknown;
  readonly payloadType?: string;
  /** Media type: `0.1`, `0.2`, `0.3` or `v0.3`. Default `v0.3`. */
  readonly version?: string;
  readonly kind?: EntryKind;
  readonly leaf?: LeafOptions;
  /** Signs with this key, and no certificate. */
  readonly managed?: KeyPair;
  readonly hint?: string;
  /** Hash of the signature. Default sha256; null for Ed25519. */
  readonly hash?: string | null;
  /** What the log was told instead of the truth. */
  readonly logged?: { readonly key?: Buffer; readonly digest?: Buffer; readonly signature?: Buffer };
  readonly integratedTime?: Date;
  /** Times that the authority gives; default one for Rekor 2, none for Rekor 1. */
  readonly timestamps?: readonly Date[];
  /** Lines of other witnesses on the checkpoint. */
  readonly cosignatures?: readonly string[];
}

/** A bundle as JSON, for tests to spoil. */
export interface BundleJson {
  mediaType: string;
  verificationMaterial: {
    certificate?: { rawBytes: string };
    x509CertificateChain?: { certificates: { rawBytes: string }[] };
    publicKey?: { hint: string };
    tlogEntries: EntryJson[];
    timestampVerificationData?: { rfc3161Timestamps: { signedTimestamp: string }[] };
  };
  messageSignature?: { messageDigest: { algorithm: string; digest: string }; signature: string };
  dsseEnvelope?: { payload: string; payloadType: string; signatures: { sig: string }[] };
}

export interface EntryJson {
  logIndex: string;
  logId: { keyId: string };
  kindVersion: { kind: string; version: string };
  integratedTime?: string;
  inclusionPromise?: { signedEntryTimestamp: string };
  inclusionProof?: ProofJson;
  canonicalizedBody: string;
}

export interface ProofJson {
  logIndex: string;
  treeSize: string;
  rootHash: string;
  hashes: string[];
  checkpoint: { envelope: string };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const pemOf = (der: Buffer): string =>
  ["-----BEGIN CERTIFICATE-----", ...(base64(der).match(/.{1,64}/g) ?? []), "-----END CERTIFICATE-----", ""].join("\n");

/** A statement about a file, as a builder makes it. */
export function forgeStatement(artifact: Uint8Array, more: object = {}): object {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "install.sh", digest: { sha256: sha256(artifact).toString("hex") } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: { runDetails: { builder: { id: "https://builder.example/hosted" } } },
    ...more,
  };
}

export function preAuthEncoding(type: string, payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
}

export function forgeBundle(instance: Instance, options: ForgeOptions): BundleJson {
  const { statement, payloadType = "application/vnd.in-toto+json", version = "v0.3", hash = "sha256" } = options;
  const keys = options.managed ?? options.leaf?.keys ?? curveKey();
  const leaf = options.managed === undefined ? forgeLeaf(instance, { ...options.leaf, keys }) : undefined;
  const payload = Buffer.isBuffer(statement) ? statement : Buffer.from(JSON.stringify(statement ?? null));
  const signed = statement === undefined ? options.artifact : preAuthEncoding(payloadType, payload);
  const signature = sign(hash, signed, keys.privateKey);
  const kind = options.kind ?? (statement === undefined ? "hashedrekord 0.0.1" : "dsse 0.0.1");
  const facts = { leaf, key: keys.publicKey, signature, payload, payloadType, signed };
  const entry = forgeEntry(instance, options, kind, facts);
  const times = options.timestamps ?? (isRekor2(kind) ? [SIGNED_AT] : []);
  const rfc3161Timestamps = times.map((time) => ({
    signedTimestamp: base64(timestampToken(instance.tsa, signature, time)),
  }));
  const material =
    leaf === undefined
      ? { publicKey: { hint: options.hint ?? base64(sha256(spki(keys.publicKey))) } }
      : version.endsWith("0.3")
        ? { certificate: { rawBytes: base64(leaf) } }
        : { x509CertificateChain: { certificates: [{ rawBytes: base64(leaf) }] } };
  const digest = { algorithm: "SHA2_256", digest: base64(sha256(options.artifact)) };
  return {
    mediaType: version.startsWith("v")
      ? `application/vnd.dev.sigstore.bundle.${version}+json`
      : `application/vnd.dev.sigstore.bundle+json;version=${version}`,
    verificationMaterial: {
      ...material,
      tlogEntries: [entry],
      ...(rfc3161Timestamps.length === 0 ? {} : { timestampVerificationData: { rfc3161Timestamps } }),
    },
    ...(statement === undefined
      ? { messageSignature: { messageDigest: digest, signature: base64(signature) } }
      : { dsseEnvelope: { payload: base64(payload), payloadType, signatures: [{ sig: base64(signature) }] } }),
  };
}

function isRekor2(kind: EntryKind): boolean {
  return kind === "hashedrekord 0.0.2" || kind === "dsse 0.0.2";
}

interface EntryFacts {
  readonly leaf: Buffer | undefined;
  readonly key: KeyObject;
  readonly signature: Buffer;
  readonly payload: Buffer;
  readonly payloadType: string;
  readonly signed: Uint8Array;
}

/** What the log writes down, by kind (types of sigstore/rekor and rekor-tiles). */
function entryBody(kind: EntryKind, facts: EntryFacts, { logged = {} }: ForgeOptions): object {
  const certificateOrKey = logged.key ?? facts.leaf;
  const written = base64(Buffer.from(certificateOrKey === undefined ? pem(facts.key) : pemOf(certificateOrKey)));
  const verifier =
    certificateOrKey === undefined
      ? { publicKey: { rawBytes: base64(spki(facts.key)) }, keyDetails: "PKIX_ECDSA_P256_SHA_256" }
      : { x509Certificate: { rawBytes: base64(certificateOrKey) }, keyDetails: "PKIX_ECDSA_P256_SHA_256" };
  const signature = base64(logged.signature ?? facts.signature);
  const overAll = logged.digest ?? sha256(facts.signed);
  const overPayload = logged.digest ?? sha256(facts.payload);
  const hashed = (digest: Buffer): object => ({ algorithm: "SHA2_256", digest: base64(digest) });
  const value = (digest: Buffer): object => ({ algorithm: "sha256", value: digest.toString("hex") });
  const twice = (text: string): string => base64(Buffer.from(text));
  const bodies: Readonly<Record<EntryKind, object>> = {
    "hashedrekord 0.0.1": {
      data: { hash: value(overAll) },
      signature: { content: signature, publicKey: { content: written } },
    },
    "hashedrekord 0.0.2": { hashedRekordV002: { data: hashed(overAll), signature: { content: signature, verifier } } },
    "dsse 0.0.1": { payloadHash: value(overPayload), signatures: [{ signature, verifier: written }] },
    "dsse 0.0.2": { dsseV002: { payloadHash: hashed(overPayload), signatures: [{ content: signature, verifier }] } },
    "intoto 0.0.2": {
      content: {
        envelope: { payloadType: facts.payloadType, signatures: [{ sig: twice(signature), publicKey: written }] },
        payloadHash: value(overPayload),
      },
    },
  };
  return bodies[kind];
}

const hashLeaf = (leaf: Uint8Array): Buffer => sha256(Buffer.from([0]), leaf);
const hashNode = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.from([1]), left, right);

/** The second entry of a log with three (RFC 6962 section 2.1.1). */
function inclusionProof(log: Log, body: Buffer, cosignatures: readonly string[]): ProofJson {
  const [before, after] = [hashLeaf(Buffer.from("before")), hashLeaf(Buffer.from("after"))];
  const rootHash = base64(hashNode(hashNode(before, hashLeaf(body)), after));
  const note = `${log.origin}\n3\n${rootHash}\n`;
  const own = `\u{2014} ${log.origin} ${base64(Buffer.concat([log.id.subarray(0, 4), signNote(log, note)]))}`;
  const envelope = `${note}\n${[...cosignatures, own].join("\n")}\n`;
  return { logIndex: "1", treeSize: "3", rootHash, hashes: [before, after].map(base64), checkpoint: { envelope } };
}

export function signNote({ keys }: Log, note: string): Buffer {
  const edwards = keys.publicKey.asymmetricKeyType === "ed25519";
  return sign(edwards ? null : "sha256", Buffer.from(note), keys.privateKey);
}

function forgeEntry(instance: Instance, options: ForgeOptions, kind: EntryKind, facts: EntryFacts): EntryJson {
  const [type = "", version = ""] = kind.split(" ");
  const log = isRekor2(kind) ? instance.rekor2 : instance.rekor1;
  const spec = entryBody(kind, facts, options);
  const body = Buffer.from(JSON.stringify({ apiVersion: version, kind: type, spec }));
  const time = Math.floor((options.integratedTime ?? SIGNED_AT).getTime() / 1000);
  const promised = { body: base64(body), integratedTime: time, logID: log.id.toString("hex"), logIndex: 1001 };
  const promise = base64(sign("sha256", Buffer.from(JSON.stringify(promised)), instance.rekor1.keys.privateKey));
  return {
    logIndex: "1001",
    logId: { keyId: base64(log.id) },
    kindVersion: { kind: type, version },
    ...(isRekor2(kind) ? {} : { integratedTime: String(time), inclusionPromise: { signedEntryTimestamp: promise } }),
    inclusionProof: inclusionProof(log, body, options.cosignatures ?? []),
    canonicalizedBody: base64(body),
  };
}
