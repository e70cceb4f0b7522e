// Documents in which a registry's signatures stand. Nobody signed the document itself: what it states of the package
// is compared with the package, and never believed.
//
//   document  = signature | [ signature ] | dist | ours | manifest
//   signature = { keyid, sig }                                       sig: base64 of DER (SEC 1 section C.8)
//   dist      = { integrity?, signatures: [ signature ], … }         `dist` of a version in a packument
//   ours      = { name, version, integrity?, signatures: [ signature ], publishedAt? }
//   manifest  = { name, version, dist, time?: { VERSION: published }, … }    `npm view NAME@VERSION --json`

import { parseDigest, strictBase64 } from "../core/digest.ts";
import { parseJson } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import { memberOf, timeOf } from "./json-members.ts";

export interface RegistrySignature {
  readonly keyid: string;
  readonly bytes: Buffer;
}

export interface SignatureDocument {
  readonly signatures: readonly (RegistrySignature | { readonly refused: string })[];
  /** Where the document states them. */
  readonly name?: string;
  readonly version?: string;
  /** SHA-512, lower-case hex. */
  readonly sha512?: string;
  /** When the registry took the package in, as the document claims. */
  readonly publishedAt?: Date;
}

type Refusal = { readonly refused: string };

/** Of what a registry says of a package with very many versions, some hundred thousand. */
const MAX_BYTES = 2 << 20;
/** One for each key; registries have one or two. */
const MAX_SIGNATURES = 16;
/** UTF-16 units of a key id; an ECDSA signature of P-256 has 72 bytes at most. */
const MAX_TEXT = 500;

function readSignature(value: Json): RegistrySignature | Refusal {
  const [keyid, sig] = [memberOf(value, "keyid"), memberOf(value, "sig")];
  if (typeof keyid !== "string" || keyid === "") return { refused: "it names no key" };
  if (keyid.length > MAX_TEXT) return { refused: "the name of its key is too long" };
  const bytes = typeof sig === "string" && sig.length <= MAX_TEXT ? strictBase64(sig) : undefined;
  return bytes === undefined ? { refused: "its signature is no base64" } : { keyid, bytes };
}

/** @param bytes attacker-controlled */
export function readSignatureDocument(bytes: Uint8Array): SignatureDocument | Refusal {
  if (bytes.length > MAX_BYTES) return { refused: `it has ${bytes.length} bytes, at most ${MAX_BYTES} are read` };
  let value: Json;
  try {
    value = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), { source: "document" }).value;
  } catch (error) {
    return { refused: `it cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  const dist = memberOf(value, "dist") ?? value;
  const list = Array.isArray(value) ? (value as readonly Json[]) : memberOf(dist, "signatures");
  const signatures = list ?? (memberOf(value, "sig") === undefined ? [] : [value]);
  if (!Array.isArray(signatures)) return { refused: "its signatures are no list" };
  if (signatures.length === 0) return { refused: "it holds no signature of a registry" };
  if (signatures.length > MAX_SIGNATURES)
    return { refused: `it holds ${signatures.length} signatures, at most ${MAX_SIGNATURES} are read` };
  const stated = readStated(value, dist);
  return "refused" in stated ? stated : { ...stated, signatures: (signatures as readonly Json[]).map(readSignature) };
}

type Stated = Omit<SignatureDocument, "signatures">;

function readStated(value: Json, dist: Json): Stated | Refusal {
  const [name, version] = [memberOf(value, "name"), memberOf(value, "version")];
  if ((name !== undefined && typeof name !== "string") || (version !== undefined && typeof version !== "string"))
    return { refused: "the name or version that it states is no text" };
  const integrity = memberOf(dist, "integrity");
  const sha512 = integrity === undefined ? undefined : sha512Of(integrity);
  if (sha512 === null) return { refused: "it states no SHA-512 of the package" };
  const published =
    memberOf(value, "publishedAt") ?? (version === undefined ? undefined : memberOf(memberOf(value, "time"), version));
  const publishedAt = published === undefined ? undefined : timeOf(published);
  if (publishedAt === null) return { refused: "the time of publication that it states is none" };
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(sha512 === undefined ? {} : { sha512 }),
    ...(publishedAt === undefined ? {} : { publishedAt }),
  };
}

/** The one SHA-512 of an SRI text, or null. */
function sha512Of(integrity: Json): string | null {
  if (typeof integrity !== "string" || integrity.length > 4096) return null;
  const digests = integrity
    .trim()
    .split(/\s+/)
    .map((part) => parseDigest(part));
  const [first, ...others] = digests.flatMap((digest) => (digest?.algorithm === "sha512" ? [digest.hex] : []));
  return first === undefined || others.length > 0 ? null : first;
}
