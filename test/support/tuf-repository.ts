// A TUF repository in memory, as Sigstore's is laid out: roots that sign one another, a timestamp, a snapshot, targets,
// and a delegation that holds the keys of a registry.

import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { canonicalJson } from "../../src/core/json.ts";
import type { Json } from "../../src/core/json.ts";

export const REPOSITORY = "https://tuf.example";
const ROLE = "registry.example";
export const TARGETS = { trustedRoot: "trusted_root.json", registryKeys: `${ROLE}/keys.json` };

interface Key {
  readonly id: string;
  readonly json: Json;
  readonly privateKey: KeyObject;
}

const hex = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** TUF's own form of a key, and its name: the digest of that form. */
export function createKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
  const json = { keytype: "ed25519", scheme: "ed25519", keyval: { public: raw } };
  return { id: hex(Buffer.from(canonicalJson(json))), json, privateKey };
}

export interface RepositoryOptions {
  readonly key: Key;
  /** Version of the newest root. Default 1. */
  readonly rootVersion?: number;
  readonly version?: number;
  readonly expires?: string;
  readonly trustedRoot: Uint8Array;
  readonly registryKeys: Uint8Array;
  /** Signs all but the roots. */
  readonly signer?: Key;
}

function signed(body: Record<string, Json>, key: Key): Buffer {
  const signature = sign(null, Buffer.from(canonicalJson(body)), key.privateKey).toString("hex");
  return Buffer.from(JSON.stringify({ signed: body, signatures: [{ keyid: key.id, sig: signature }] }));
}

/** Root metadata of a version. */
export function rootOf(
  { key, expires = "2040-01-01T00:00:00Z" }: Pick<RepositoryOptions, "key" | "expires">,
  version: number,
): Buffer {
  const role = { keyids: [key.id], threshold: 1 };
  const roles = { root: role, timestamp: role, snapshot: role, targets: role };
  const common = { _type: "root", spec_version: "1.0", version, expires, consistent_snapshot: true };
  return signed({ ...common, keys: { [key.id]: key.json }, roles }, key);
}

/** Every file of the repository, by URL. */
export function createRepository(options: RepositoryOptions): Map<string, Buffer> {
  const { key, rootVersion = 1, version = 1, expires = "2040-01-01T00:00:00Z", signer = key } = options;
  const common = { spec_version: "1.0", version, expires };
  const about = (bytes: Uint8Array): Json => ({ length: bytes.length, hashes: { sha256: hex(bytes) } });
  const role = { name: ROLE, keyids: [key.id], threshold: 1, terminating: true, paths: [`${ROLE}/*`] };
  const delegations = { keys: { [key.id]: key.json }, roles: [role] };
  const own = { [TARGETS.trustedRoot]: about(options.trustedRoot) };
  const targets = signed({ ...common, _type: "targets", targets: own, delegations }, signer);
  const theirs = { [TARGETS.registryKeys]: about(options.registryKeys) };
  const delegated = signed({ ...common, _type: "targets", targets: theirs }, signer);
  const meta = { "targets.json": { version }, [`${ROLE}.json`]: { version } };
  const snapshot = signed({ ...common, _type: "snapshot", meta }, signer);
  const timestamp = signed({ ...common, _type: "timestamp", meta: { "snapshot.json": { version } } }, signer);
  const files = new Map<string, Buffer>([
    ["timestamp.json", timestamp],
    [`${version}.snapshot.json`, snapshot],
    [`${version}.targets.json`, targets],
    [`${version}.${ROLE}.json`, delegated],
    [`targets/${hex(options.trustedRoot)}.trusted_root.json`, Buffer.from(options.trustedRoot)],
    [`targets/${ROLE}/${hex(options.registryKeys)}.keys.json`, Buffer.from(options.registryKeys)],
  ]);
  for (let root = 2; root <= rootVersion; root++) files.set(`${root}.root.json`, rootOf(options, root));
  return new Map([...files].map(([path, bytes]) => [`${REPOSITORY}/${path}`, bytes]));
}
