// Files that hold the public keys of npm registries. Separate from what becomes of the keys (npm-keys.ts). A key is known
// by its content, and the name that a document gives it must follow from that.
//
//   document = { keys: [ entry ] }
//   entry    = { keyid, keytype, scheme, key: base64 of DER, expires: time | null }          a registry's answer
//            | { keyId, keyUsage, publicKey: { rawBytes, keyDetails, validFor: {start, end?} } }   as TUF hands it out
//   key id   = "SHA256:" and the base64 of a SHA-256, without padding: of the key as SSH writes it (RFC 5656 section
//              3.1), which is what the public registry does, or of its DER SubjectPublicKeyInfo

import { createHash, createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { strictBase64 } from "../core/digest.ts";
import { spkiDigest } from "../core/ed25519.ts";
import { UserError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import { memberOf, timeOf } from "./json-members.ts";
import type { EvidenceFile } from "./scheme.ts";

/** What a key may sign, where that is said. */
export type KeyUsage = "npm:signatures" | "npm:attestations";

/** A key by itself. */
export interface BareKey {
  /** The notations of its id; the first is the usual one. */
  readonly ids: readonly [string, ...string[]];
  readonly object: KeyObject;
  /** SHA-256 of its DER SubjectPublicKeyInfo, lower-case hex. */
  readonly spki: string;
}

/** What one place says of a key. */
export interface KeyTerms {
  /** For every use, when absent. */
  readonly usage?: KeyUsage;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface FoundKey extends BareKey, KeyTerms {}

/** Uncompressed point behind the algorithm: the one form of a P-256 key that programs write (RFC 5480 section 2). */
const SPKI_BYTES = 91;
const POINT_BYTES = 65;
/** Real documents have two. */
const MAX_KEYS = 64;
const MAX_BYTES = 1 << 20;

/** SSH's `string` (RFC 4251 section 5). */
function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** The key with its names, or why it is not used. */
export function keyOf(object: KeyObject): BareKey | string {
  const { namedCurve } = object.asymmetricKeyDetails ?? {};
  if (object.asymmetricKeyType !== "ec" || namedCurve !== "prime256v1") return "its key is not one of the curve P-256";
  const der = object.export({ type: "spki", format: "der" });
  if (der.length !== SPKI_BYTES) return "its key is not written in the usual form";
  const point = der.subarray(-POINT_BYTES);
  const ssh = Buffer.concat([sshString("ecdsa-sha2-nistp256"), sshString("nistp256"), sshString(point)]);
  const id = (bytes: Buffer): string => `SHA256:${createHash("sha256").update(bytes).digest("base64").slice(0, -1)}`;
  return { ids: [id(ssh), id(der)], object, spki: spkiDigest(der) };
}

function keyOfDer(base64: Json | undefined): BareKey | string {
  const der = typeof base64 === "string" ? strictBase64(base64) : undefined;
  if (der === undefined) return "its key is no base64";
  try {
    const object = createPublicKey({ key: der, format: "der", type: "spki" });
    // Bytes that a reader leaves out have no place in a key.
    if (object.export({ type: "spki", format: "der" }).equals(der)) return keyOf(object);
  } catch (error) {
    return `its key cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
  return "its key is not written in the usual form";
}

/** Padding may stand behind an id. */
export function sameId(id: string, { ids }: Pick<BareKey, "ids">): boolean {
  return ids.includes(id.replace(/=$/, ""));
}

const USAGES: readonly string[] = ["npm:signatures", "npm:attestations"] satisfies readonly KeyUsage[];

/** One entry of a document, or why it cannot be used. `wrong` says that it must not be believed at all. */
function readEntry(entry: Json): FoundKey | { readonly reason: string; readonly wrong: boolean } {
  const unusable = (reason: string): { reason: string; wrong: boolean } => ({ reason, wrong: false });
  const wrong = (reason: string): { reason: string; wrong: boolean } => ({ reason, wrong: true });
  const published = memberOf(entry, "publicKey");
  const isTuf = published !== undefined;
  const id = memberOf(entry, isTuf ? "keyId" : "keyid");
  if (typeof id !== "string") return wrong("holds a key without an id");
  const [kind, known] = isTuf
    ? [memberOf(published, "keyDetails"), "PKIX_ECDSA_P256_SHA_256"]
    : [memberOf(entry, "keytype"), "ecdsa-sha2-nistp256"];
  const scheme = memberOf(entry, "scheme") ?? kind;
  if (kind !== known || scheme !== kind) return unusable(`the key ${id} is of a kind that is not known here`);
  const key = keyOfDer(memberOf(isTuf ? published : entry, isTuf ? "rawBytes" : "key"));
  if (typeof key === "string") return wrong(`the key ${id} cannot be used: ${key}`);
  if (!sameId(id, key)) return wrong(`the key ${id} has a content with another id: ${key.ids[0]}`);
  const usage = memberOf(entry, "keyUsage");
  if (usage !== undefined && (typeof usage !== "string" || !USAGES.includes(usage)))
    return unusable(`the key ${id} is for a use that is not known here`);
  const period = memberOf(published, "validFor");
  const [start, end] = [memberOf(period, "start"), isTuf ? memberOf(period, "end") : memberOf(entry, "expires")];
  const [notBefore, notAfter] = [start, end].map((time) => (time === undefined ? undefined : timeOf(time)));
  if (notBefore === null || notAfter === null) return wrong(`the key ${id} has a date that is none`);
  return {
    ...key,
    ...(usage === undefined ? {} : { usage: usage as KeyUsage }),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter }),
  };
}

function isDocument({ bytes }: EvidenceFile): boolean {
  return /^(?:\xef\xbb\xbf)?\s*\{/.test(Buffer.from(bytes.subarray(0, 200)).toString("latin1"));
}

export interface FileKeys {
  readonly keys: readonly FoundKey[];
  /** Why others of the file are not used. */
  readonly unusable: readonly string[];
}

/** @throws UserError `key-malformed` */
function readDocument({ source, bytes }: EvidenceFile): FileKeys {
  const bad = (what: string): UserError =>
    new UserError("key-malformed", `${source}: ${what}`, {
      hint: "give the registry's own list of keys, or a PEM public key",
    });
  if (bytes.length > MAX_BYTES) throw bad(`has ${bytes.length} bytes, at most ${MAX_BYTES} are read`);
  let value: Json;
  try {
    value = parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes), { source }).value;
  } catch (error) {
    throw bad(`not a list of keys: ${error instanceof Error ? error.message : String(error)}`);
  }
  const entries = memberOf(value, "keys");
  if (!Array.isArray(entries)) throw bad("holds no list of keys");
  if (entries.length > MAX_KEYS) throw bad(`holds ${entries.length} keys, at most ${MAX_KEYS} are read`);
  const read = (entries as readonly Json[]).map(readEntry);
  const wrong = read.find((entry) => "reason" in entry && entry.wrong);
  if (wrong !== undefined && "reason" in wrong) throw bad(wrong.reason);
  const keys = read.flatMap((entry) => ("reason" in entry ? [] : [entry]));
  const unusable = read.flatMap((entry) => ("reason" in entry ? [entry.reason] : []));
  if (keys.length === 0) throw bad(unusable[0] ?? "holds no key of a registry");
  return { keys, unusable };
}

const BLOCK = /-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]{1,8192}-----END PUBLIC KEY-----/g;

/** PEM keys of other curves and kinds belong to other schemes. @throws UserError `key-malformed` */
function readPem({ source, bytes }: EvidenceFile): FileKeys {
  const blocks = Buffer.from(bytes).toString("latin1").match(BLOCK) ?? [];
  const keys = blocks.slice(0, MAX_KEYS).map((pem) => {
    try {
      return keyOf(createPublicKey(pem));
    } catch (error) {
      throw new UserError("key-malformed", `${source}: holds a public key that cannot be read`, { cause: error });
    }
  });
  return { keys: keys.flatMap((key) => (typeof key === "string" ? [] : [key])), unusable: [] };
}

/** @throws UserError `key-malformed` */
export function readKeyFile(file: EvidenceFile): FileKeys {
  return isDocument(file) ? readDocument(file) : readPem(file);
}
