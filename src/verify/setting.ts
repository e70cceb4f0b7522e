// What is known before any artifact is read: whom flags and policies trust, and the evidence that flags name.
// Reads files, so it belongs to the job.

import { dirname, join } from "node:path";
import { UserError } from "../core/errors.ts";
import type { Finding, Skipped } from "../core/report.ts";
import { RULES } from "../core/rules.ts";
import { fileTypeOf, listDirectory, readSmallFile } from "../io/files.ts";
import { readKeyFiles } from "../policy/keys.ts";
import type { Locks } from "../policy/lock.ts";
import type { RecordedLock } from "../policy/lock-write.ts";
import { refuseForeignWriters } from "../policy/policy-files.ts";
import type { Policy } from "../policy/types.ts";
import { judgeNamed } from "./artifact.ts";
import type { NamedEvidence } from "./artifact.ts";
import { cms } from "./cms.ts";
import { findKeys } from "./discovery.ts";
import type { Folder } from "./discovery.ts";
import { readList, readNamedSignatures } from "./evidence.ts";
import type { List, Signature } from "./evidence.ts";
import type { VerifyFlags } from "./flags.ts";
import type { Obtained, ObtainOptions } from "./obtain.ts";
import type { EvidenceFile, Trust } from "./scheme.ts";
import { sigstore } from "./sigstore.ts";
import { createSignatureReader, trustNobody } from "./signed.ts";
import type { SignatureReader } from "./signed.ts";

/** Limits on evidence files, bytes. */
const MAX_SIGNATURE = 16 << 20;
const MAX_LIST = 16 << 20;
const MAX_KEYS = 16 << 20;
const MAX_SERVER_JSON = 1 << 20;
/** Of a key file that nobody named. */
const MAX_FOUND_KEYS = 2 << 20;

export interface VerifyRequest extends VerifyFlags {
  readonly policy: Policy;
  readonly locks: Locks;
  /** Words of the command line behind `verify`, quoted for a shell, to show how what a lock refuses is accepted. */
  readonly words: readonly string[];
  /** How to download, and where npm's configuration is. */
  readonly network: Pick<ObtainOptions, "connection" | "npm">;
  /** Where keys of transparency logs and registries are kept that were fetched; the file need not be there. */
  readonly refreshedRoots: string;
  /** What `from` brought: the package that was asked for, and what its registry states. */
  readonly origin?: Pick<Obtained, "shown" | "package">;
  /** What was written into the lock. */
  readonly onRecorded?: (lock: RecordedLock) => void;
  /** Bytes read so far, and in all, of an artifact. */
  readonly onProgress?: (path: string, done: number, total: number) => void;
}

export interface Setting {
  readonly request: VerifyRequest;
  readonly reader: SignatureReader;
  readonly trust: Trust;
  readonly named: NamedEvidence;
  readonly serverJson: EvidenceFile | undefined;
  /** There is but one artifact. */
  readonly alone: boolean;
  /** Runs one after the other what must not run side by side. */
  oneByOne<T>(action: () => Promise<T>): Promise<T>;
  /** Likewise for evidence that lies beside artifacts, of which several share a list: the first reads it, for all. */
  discovering<T>(action: () => Promise<T>): Promise<T>;
  /** Folders of artifacts, by path. */
  readonly folders: Map<string, Folder>;
  /** Evidence that a flag named could not be read. */
  readonly incomplete: boolean;
  readonly findings: Finding[];
  readonly skipped: Skipped[];
}

function readFile(path: string, limit: number, mayBeEmpty = false): EvidenceFile {
  return { source: path, bytes: readSmallFile(path, limit, { mayBeEmpty }) };
}

/** A file that cannot be read, as a finding. Other errors (a bad key, a full disk) end the run. */
export function unreadable(error: unknown, subject: string): Finding {
  if (!(error instanceof UserError) || !error.code.startsWith("input-")) throw error;
  const rule = error.code === "input-changed" ? "input-changed" : "input-unreadable";
  const prefix = `${subject}: `;
  const message = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
  return {
    rule,
    level: RULES[rule].level,
    subject,
    message,
    file: subject,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

/**
 * @param paths artifacts that are files
 * @throws UserError for keys, authorities and trusted roots that cannot be read or used
 */
export async function prepare(request: VerifyRequest, paths: readonly string[], alone: boolean): Promise<Setting> {
  const findings: Finding[] = [];
  const skipped: Skipped[] = [];
  const folders = new Map<string, Folder>();
  const trust = await readTrust(request, discoverKeys(request, paths, { folders, skipped }));
  const reader = createSignatureReader(trust);
  // Named and useless, they are an error, whether or not a signature needs them.
  if (request.authorities.length > 0) await reader.verifierFor(cms);
  if (request.trustedRoot !== undefined) await reader.verifierFor(sigstore);
  // What cannot be read becomes a finding, and the rest is still checked.
  const attempt = <T>(path: string, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      findings.push(unreadable(error, path));
      return undefined;
    }
  };
  const signatures: Signature[] = [];
  for (const { path, flag } of request.signatures) {
    const file = attempt(path, () => readFile(path, MAX_SIGNATURE));
    if (file !== undefined) signatures.push(...(await readNamedSignatures(reader, file, flag)));
  }
  const lists: List[] = [];
  for (const path of request.checksums) {
    // An empty list was read well enough: it names nothing.
    const file = attempt(path, () => readFile(path, MAX_LIST, true));
    if (file !== undefined) lists.push(await readList(reader, file, [], { named: true, forOne: false }));
  }
  const { serverJson: serverPath } = request;
  const serverJson =
    serverPath === undefined ? undefined : attempt(serverPath, () => readFile(serverPath, MAX_SERVER_JSON));
  const named = await judgeNamed(signatures, lists);
  return {
    ...{ request, reader, trust, named, serverJson, folders, findings, skipped },
    alone,
    oneByOne: createQueue(),
    discovering: createQueue(),
    incomplete: findings.length > 0,
  };
}

/** Runs actions one after the other, each when the one before has ended, however it ended. */
function createQueue(): Setting["oneByOne"] {
  let last: Promise<unknown> = Promise.resolve();
  return (action) => {
    const mine = last.then(action, action);
    last = mine;
    return mine;
  };
}

/** A public key as projects publish it, in place of a file's name: minisign and signify, or an SSH key line. */
const INLINE_KEY = /^(?:RW[A-Za-z0-9+/]{54}|(?:ssh|ecdsa|sk)-[a-z0-9@.-]+ AAAA[A-Za-z0-9+/]+={0,2}(?: .*)?)$/;

/** What is meant as a key and is none: with a typing error, or the whole text of a key file. */
const LIKE_A_KEY = /^(?:RW[A-Za-z0-9+/=]{30,}\s*$|untrusted comment:|(?:ssh|ecdsa|sk)-\S+ |-----BEGIN )/;

function readKey(word: string): EvidenceFile {
  // Never a file of that name, which others could put there.
  if (INLINE_KEY.test(word)) return { source: "--key", bytes: Buffer.from(`${word}\n`) };
  try {
    return readFile(word, MAX_KEYS);
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "input-missing" || !LIKE_A_KEY.test(word)) throw error;
    throw new UserError("input-missing", `--key ${word}: neither a key nor a file`, {
      hint: "give the whole key in one line: 56 characters that start with RW, or type and base64 of a .pub file",
    });
  }
}

async function readTrust(request: VerifyRequest, foundKeys: readonly EvidenceFile[]): Promise<Trust> {
  const { at, now, fingerprints, identities, namespace, trustedRoot, policy } = request;
  const readRoots =
    trustedRoot === undefined ? await rootsAtHand(request.refreshedRoots) : () => readFile(trustedRoot, MAX_KEYS);
  let roots: EvidenceFile | undefined;
  return {
    ...trustNobody(at, now),
    ...{ fingerprints, identities, namespace, foundKeys },
    keys: request.keys.map(readKey),
    authorities: request.authorities.map((path) => readFile(path, MAX_KEYS)),
    // For the first scheme that is met, and for all of them.
    get trustedRoot() {
      return (roots ??= readRoots());
    },
    // Whoever asks what the registry signed believes it as far as that goes.
    registryKeys: request.signatures.some(({ flag }) => flag === "npm-signature") ? "trusted" : "known",
    policyKeys: readKeyFiles(policy),
    signers: policy.signers,
  };
}

/** Beside the built program. */
const EMBEDDED_ROOTS = join(import.meta.dirname, "trust-roots.json");

/** Reads the newer of the keys that came with the program and those that were fetched since. */
export async function rootsAtHand(refreshed: string): Promise<() => EvidenceFile> {
  const embedded = (): EvidenceFile => ({
    source: "the keys that came with boltseal",
    bytes: readSmallFile(EMBEDDED_ROOTS, MAX_KEYS),
  });
  if (fileTypeOf(refreshed) === undefined) return embedded;
  // Who compares the two reads JSON, which most runs never load.
  const { loadTrustRoots } = await import("./sigstore-roots.ts");
  const files = [refreshed, dirname(refreshed)].map((path) => ({ path, shown: path }));
  return () => {
    refuseForeignWriters(files, "user");
    return loadTrustRoots(embedded(), readFile(refreshed, MAX_KEYS));
  };
}

/** A file that nobody named. When it cannot be read it is left out, and said to be. */
function readFound(path: string, limit: number, skipped: Skipped[]): EvidenceFile | undefined {
  try {
    return readFile(path, limit);
  } catch (error) {
    skipped.push({ path, reason: unreadable(error, path).message });
    return undefined;
  }
}

/** A folder that artifacts lie in, read when it is first asked for. */
export function folderAt({ folders, skipped }: Pick<Setting, "folders" | "skipped">, path: string): Folder {
  const known = folders.get(path);
  if (known !== undefined) return known;
  const at = (name: string): string => join(path, name);
  let names: readonly string[] = [];
  try {
    names = listDirectory(path);
  } catch (error) {
    skipped.push({ path, reason: unreadable(error, path).message });
  }
  const folder: Folder = {
    names,
    lists: new Map(),
    path: at,
    read: (name, limit) => readFound(at(name), limit, skipped),
    skip: (name, reason) => void skipped.push({ path: at(name), reason }),
  };
  folders.set(path, folder);
  return folder;
}

/** Keys beside the artifacts count only where a full fingerprint or a pin chose them before. */
function discoverKeys(
  request: VerifyRequest,
  paths: readonly string[],
  shared: Pick<Setting, "folders" | "skipped">,
): readonly EvidenceFile[] {
  if (request.fingerprints.length === 0 && request.policy.signers.length === 0) return [];
  const folders = new Set(paths.map((artifact) => dirname(artifact)));
  return [...folders].flatMap((path) => {
    const folder = folderAt(shared, path);
    return findKeys(folder.names).flatMap((name) => folder.read(name, MAX_FOUND_KEYS) ?? []);
  });
}

/** Each once, in an order that does not tell which of several files or answers came first. */
export function inOrder(skipped: readonly Skipped[]): readonly Skipped[] {
  const entries = skipped.map((entry) => [`${entry.path}\0${entry.reason}`, entry] as const);
  return [...new Map(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))).values()];
}
