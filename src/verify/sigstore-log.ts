// Entries of transparency logs (Rekor v1 and v2) as far as the library does not look at them: which kinds can be
// compared with a bundle, whose key the log has recorded, and whose signatures on a checkpoint may speak for it.

import { X509Certificate as NodeCertificate } from "node:crypto";
import type { Bundle, TransparencyLogEntry } from "@sigstore/bundle";
import type { TrustMaterial } from "@sigstore/verify";
import { strictBase64 } from "../core/digest.ts";
import { parseJson } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import { member } from "./json-member.ts";
import { publicKeyOf, spkiOf } from "./sigstore-key.ts";
import { MalformedBundleError, UnsupportedBundleError } from "./sigstore-shape.ts";

/** The members that lead to what the entry was signed with, by kind and version. `0` is the first of a list. */
const SIGNED_WITH: Readonly<Record<string, readonly string[]>> = {
  "hashedrekord 0.0.1": ["spec", "signature", "publicKey", "content"],
  "dsse 0.0.1": ["spec", "signatures", "0", "verifier"],
  "intoto 0.0.2": ["spec", "content", "envelope", "signatures", "0", "publicKey"],
  "hashedrekord 0.0.2": ["spec", "hashedRekordV002", "signature", "verifier"],
  "dsse 0.0.2": ["spec", "dsseV002", "signatures", "0", "verifier"],
};

/** What a log has recorded as the key of the signature: DER of a certificate, or of a SubjectPublicKeyInfo. */
export interface LoggedKey {
  readonly kind: "certificate" | "key";
  readonly der: Buffer;
}

/** @throws MalformedBundleError, UnsupportedBundleError for a kind of entry that cannot be compared */
export function loggedKeyOf(entry: TransparencyLogEntry): LoggedKey {
  const { kind, version } = entry.kindVersion ?? { kind: "", version: "" };
  const path = Object.hasOwn(SIGNED_WITH, `${kind} ${version}`) ? SIGNED_WITH[`${kind} ${version}`] : undefined;
  if (path === undefined)
    throw new UnsupportedBundleError(`its log entry is of the kind ${kind} ${version}, which is not known here`);
  let body: Json;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(entry.canonicalizedBody);
    body = parseJson(text, { source: "log entry" }).value;
  } catch (error) {
    throw new MalformedBundleError(`its log entry cannot be read: ${error instanceof Error ? error.message : ""}`);
  }
  let found: unknown = body;
  for (const step of path) found = member(found, step);
  const key = typeof found === "string" ? keyOfPem(found) : keyOfVerifier(found);
  if (key === undefined) throw new MalformedBundleError("its log entry does not say with which key it was signed");
  return key;
}

/** Version 1: base64 of PEM. */
function keyOfPem(base64: string): LoggedKey | undefined {
  const pem = strictBase64(base64)?.toString("latin1").trim();
  if (pem?.startsWith("-----BEGIN CERTIFICATE-----") === true) return certificate(pem);
  const key = pem?.startsWith("-----BEGIN PUBLIC KEY-----") === true ? publicKeyOf(pem) : undefined;
  return key === undefined ? undefined : { kind: "key", der: spkiOf(key) };
}

/** Version 2: base64 of DER (rekor/v2/verifier.proto). */
function keyOfVerifier(verifier: unknown): LoggedKey | undefined {
  const raw = (name: string): Buffer | undefined => {
    const base64 = member(member(verifier, name), "rawBytes");
    return typeof base64 === "string" ? strictBase64(base64) : undefined;
  };
  const [leaf, key] = [raw("x509Certificate"), raw("publicKey")];
  if (leaf !== undefined) return certificate(leaf);
  return key === undefined ? undefined : { kind: "key", der: key };
}

function certificate(bytes: string | Buffer): LoggedKey | undefined {
  try {
    return { kind: "certificate", der: new NodeCertificate(bytes).raw };
  } catch {
    // Said by the caller.
    return undefined;
  }
}

/** `— NAME BASE64`, C2SP signed-note. */
const SIGNATURE_LINE = /^\u{2014} ([^\s]+) ([^\s]+)$/u;
const MAX_LINES = 64;

/**
 * The entries with checkpoints (a proof without one proves nothing) that keep only signatures which may be by a log of the trusted root: the library takes
 * the name before a signature for a regular expression. Cosignatures of witnesses are left out, which is right as long
 * as no trusted root holds keys of witnesses.
 * @throws MalformedBundleError
 */
export function withKnownCheckpoints(
  entries: Bundle["verificationMaterial"]["tlogEntries"],
  logs: TrustMaterial["tlogs"],
): typeof entries {
  return entries.map((entry) => {
    const checkpoint = entry.inclusionProof?.checkpoint;
    if (entry.inclusionProof === undefined) return entry;
    if (checkpoint === undefined) return { ...entry, inclusionProof: undefined };
    const envelope = knownSignatures(checkpoint.envelope, logs);
    return { ...entry, inclusionProof: { ...entry.inclusionProof, checkpoint: { envelope } } };
  }) as typeof entries;
}

function knownSignatures(envelope: string, logs: TrustMaterial["tlogs"]): string {
  const end = envelope.indexOf("\n\n");
  const lines = envelope.slice(end + 2).split("\n");
  if (end === -1 || lines.pop() !== "" || lines.length === 0 || lines.length > MAX_LINES)
    throw new MalformedBundleError("the checkpoint of its log entry is no signed note");
  const known = lines.filter((line) => {
    const [, name, signature] = SIGNATURE_LINE.exec(line) ?? [];
    if (name === undefined || strictBase64(signature ?? "") === undefined)
      throw new MalformedBundleError("a signature of its log's checkpoint cannot be read");
    return logs.some(({ baseURL }) => baseURL.includes(name));
  });
  return [envelope.slice(0, end + 1), ...known].join("\n").concat("\n");
}
