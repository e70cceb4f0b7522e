// The structure of a Sigstore bundle, asked before the library sees it: that takes the first of two contents, decodes
// base64 as it comes, and trips over what is missing. Nothing here looks at cryptography.
//
// sigstore_bundle.proto of sigstore/protobuf-specs, as protobuf's JSON (camel case, bytes in base64, 64-bit numbers as
// text). What is not listed is ignored, as protobuf does; `null` is absent.
//
//   bundle       = { mediaType, verificationMaterial, messageSignature | dsseEnvelope }
//   material     = { publicKey: {hint} | x509CertificateChain: {certificates: [{rawBytes}]} | certificate: {rawBytes},
//                    tlogEntries: [entry], timestampVerificationData?: {rfc3161Timestamps: [{signedTimestamp}]} }
//   entry        = { logIndex, logId: {keyId}, kindVersion: {kind, version}, integratedTime?, canonicalizedBody,
//                    inclusionPromise?: {signedEntryTimestamp},
//                    inclusionProof?: {logIndex, treeSize, rootHash, hashes: [bytes], checkpoint: {envelope}} }
//   message      = { messageDigest: {algorithm, digest}, signature }
//   dsse         = { payload, payloadType, signatures: [{sig}] }     exactly one

import { strictBase64 } from "../core/digest.ts";
import { member } from "./json-member.ts";

/** Why a bundle cannot be read. The message is a clause about the bundle, with the path of the member. */
export class MalformedBundleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MalformedBundleError";
  }
}

/** It may well be right, and cannot be checked here. */
export class UnsupportedBundleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnsupportedBundleError";
  }
}

const MEDIA_TYPES: readonly string[] = [
  "application/vnd.dev.sigstore.bundle+json;version=0.1",
  "application/vnd.dev.sigstore.bundle+json;version=0.2",
  "application/vnd.dev.sigstore.bundle+json;version=0.3",
  "application/vnd.dev.sigstore.bundle.v0.3+json",
];

/** Real ones have one entry, one timestamp and three certificates. */
const MAX_ENTRIES = 4;
const MAX_CERTIFICATES = 8;
/** Bytes. Fulcio's certificates have 2,000, timestamps that bring their chain 7,000; reading costs the square of the depth. */
const MAX_DER = 10_000;
/** A tree of 2^63 entries has proofs of this length. */
const MAX_HASHES = 63;

type Members = Readonly<Record<string, unknown>>;

function objectAt(value: unknown, path: string): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new MalformedBundleError(`its ${path} is no object`);
  return value as Members;
}

function listAt(value: unknown, path: string, most: number): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new MalformedBundleError(`its ${path} is no list`);
  if (value.length > most) throw new MalformedBundleError(`its ${path} has ${value.length} items, at most ${most}`);
  return value as readonly unknown[];
}

function textAt(value: unknown, path: string): string {
  if (typeof value !== "string") throw new MalformedBundleError(`its ${path} is no text`);
  return value;
}

function bytesAt(value: unknown, path: string, most = Number.POSITIVE_INFINITY): Buffer {
  const bytes = strictBase64(textAt(value, path));
  if (bytes === undefined) throw new MalformedBundleError(`its ${path} is no base64`);
  if (bytes.length > most) throw new MalformedBundleError(`its ${path} has ${bytes.length} bytes, at most ${most}`);
  return bytes;
}

/** A number from 0 to 2^63 - 1, as protobuf writes it (text) or as number. */
function checkCount(value: unknown, path: string): void {
  const text = typeof value === "number" ? String(value) : textAt(value, path);
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) > 0x7fff_ffff_ffff_ffffn)
    throw new MalformedBundleError(`its ${path} is no whole number from 0`);
}

/** The one of these members that is there. */
function onlyOf(value: Members, names: readonly string[], path: string): string {
  const [first, ...others] = names.filter((name) => member(value, name) !== undefined);
  if (first === undefined) throw new MalformedBundleError(`its ${path} has none of ${names.join(", ")}`);
  if (others.length > 0) throw new MalformedBundleError(`its ${path} has both ${first} and ${others.join(" and ")}`);
  return first;
}

function checkProof(proof: unknown, path: string): void {
  checkCount(member(proof, "logIndex") ?? "0", `${path}.logIndex`);
  checkCount(member(proof, "treeSize"), `${path}.treeSize`);
  bytesAt(member(proof, "rootHash"), `${path}.rootHash`);
  for (const hash of listAt(member(proof, "hashes"), `${path}.hashes`, MAX_HASHES)) {
    if (bytesAt(hash, `${path}.hashes`).length !== 32)
      throw new MalformedBundleError(`its ${path}.hashes has an item that is not 32 bytes long`);
  }
  // Early bundles of version 0.1 have proofs without one, which prove nothing and are left out.
  const checkpoint = member(proof, "checkpoint");
  if (checkpoint !== undefined) textAt(member(checkpoint, "envelope"), `${path}.checkpoint.envelope`);
}

function checkEntry(entry: unknown, path: string): void {
  checkCount(member(entry, "logIndex") ?? "0", `${path}.logIndex`);
  bytesAt(member(member(entry, "logId"), "keyId"), `${path}.logId.keyId`);
  textAt(member(member(entry, "kindVersion"), "kind"), `${path}.kindVersion.kind`);
  textAt(member(member(entry, "kindVersion"), "version"), `${path}.kindVersion.version`);
  checkCount(member(entry, "integratedTime") ?? "0", `${path}.integratedTime`);
  bytesAt(member(entry, "canonicalizedBody"), `${path}.canonicalizedBody`);
  const promise = member(entry, "inclusionPromise");
  if (promise !== undefined)
    bytesAt(member(promise, "signedEntryTimestamp"), `${path}.inclusionPromise.signedEntryTimestamp`);
  const proof = member(entry, "inclusionProof");
  if (proof !== undefined) checkProof(proof, `${path}.inclusionProof`);
}

function checkMaterial(material: Members): void {
  const path = "verificationMaterial";
  const kind = onlyOf(material, ["certificate", "x509CertificateChain", "publicKey"], path);
  if (kind === "publicKey") textAt(member(member(material, kind), "hint") ?? "", `${path}.publicKey.hint`);
  else if (kind === "certificate")
    bytesAt(member(member(material, kind), "rawBytes"), `${path}.certificate.rawBytes`, MAX_DER);
  else {
    const chain = listAt(member(member(material, kind), "certificates"), `${path}.${kind}`, MAX_CERTIFICATES);
    if (chain.length === 0) throw new MalformedBundleError("its certificate chain is empty");
    chain.forEach((certificate, index) => {
      bytesAt(member(certificate, "rawBytes"), `${path}.${kind}.certificates[${index}].rawBytes`, MAX_DER);
    });
  }
  listAt(member(material, "tlogEntries"), `${path}.tlogEntries`, MAX_ENTRIES).forEach((entry, index) => {
    checkEntry(entry, `${path}.tlogEntries[${index}]`);
  });
  const timestamps = member(member(material, "timestampVerificationData"), "rfc3161Timestamps");
  listAt(timestamps, `${path}.timestampVerificationData.rfc3161Timestamps`, MAX_ENTRIES).forEach((timestamp) => {
    bytesAt(member(timestamp, "signedTimestamp"), `${path}.timestampVerificationData`, MAX_DER);
  });
}

function checkContent(bundle: Members): void {
  const kind = onlyOf(bundle, ["messageSignature", "dsseEnvelope"], "top level");
  const content = objectAt(member(bundle, kind), kind);
  if (kind === "messageSignature") {
    bytesAt(member(content, "signature"), `${kind}.signature`);
    const digest = member(content, "messageDigest");
    textAt(member(digest, "algorithm"), `${kind}.messageDigest.algorithm`);
    bytesAt(member(digest, "digest"), `${kind}.messageDigest.digest`);
    return;
  }
  bytesAt(member(content, "payload"), `${kind}.payload`);
  textAt(member(content, "payloadType"), `${kind}.payloadType`);
  const signatures = listAt(member(content, "signatures"), `${kind}.signatures`, 1);
  if (signatures.length === 0) throw new MalformedBundleError("it holds no signature");
  bytesAt(member(signatures[0], "sig"), `${kind}.signatures[0].sig`);
}

/** @throws MalformedBundleError, UnsupportedBundleError for a version that is not known */
export function checkShape(value: unknown): void {
  const bundle = objectAt(value, "top level");
  const mediaType = textAt(member(bundle, "mediaType"), "mediaType");
  if (!MEDIA_TYPES.includes(mediaType)) {
    if (/^application\/vnd\.dev\.sigstore\.bundle[.+]/.test(mediaType))
      throw new UnsupportedBundleError(`it is a Sigstore bundle of a version that is not known here (${mediaType})`);
    throw new MalformedBundleError("it is no Sigstore bundle");
  }
  checkMaterial(objectAt(member(bundle, "verificationMaterial"), "verificationMaterial"));
  checkContent(bundle);
}
