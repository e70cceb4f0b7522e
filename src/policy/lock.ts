// Finds and reads every lock that applies, and asks who vouches for each. A lock of a project that nobody vouched for
// adds demands and grants nothing, exactly as a policy does (authority.ts).

import { dirname, resolve } from "node:path";
import type { ConsultedLock } from "../core/lock.ts";
import type { Finding, PolicySource } from "../core/report.ts";
import { RULES } from "../core/rules.ts";
import type { Vouching } from "./authority.ts";
import { findFiles } from "./find.ts";
import type { FoundFile, SearchPlaces } from "./find.ts";
import type { LoadedPolicy } from "./load.ts";
import type { LockEntries } from "./lock-read.ts";
import { isNameTaken, readNamedFile, realPathOf, refuseForeignWriters, sha256Of } from "./policy-files.ts";
import type { FileName } from "./policy-files.ts";

/** The name of a lock, everywhere. */
const LOCK_NAME = "boltseal.lock";

/** Bytes: ten thousand entries, and what reading them takes stays below 300 MB. */
export const MAX_LOCK_BYTES = 4 * 1024 * 1024;

/** `flag` is the file of `--lock-file`. */
export interface LockLocations extends SearchPlaces {
  /** `--lock`: what is verified will be recorded, so the file need not be there. */
  readonly record: boolean;
  /** The real clock: what signatures of locks are measured by. */
  readonly now: Date;
}

/** A lock in force. */
export interface LockFile extends FoundFile {
  /** Of the file, lower-case hex. */
  readonly sha256: string;
  readonly vouching: Vouching;
  readonly entries: LockEntries;
}

export interface Locks {
  /** In order of authority; empty when no lock is in force. */
  readonly files: readonly LockFile[];
  /** What `--lock` writes: the flag's, the nearest of the project, or a new one in the working directory. */
  readonly target: FileName & { readonly file: LockFile | undefined };
  readonly userDir: string;
  /** For the report, beside those of the policies. */
  readonly sources: readonly PolicySource[];
  /** `lock-untrusted`. */
  readonly findings: readonly Finding[];
}

const VOUCHED_BY_PLACE = {
  flag: "named with --lock-file",
  machine: "the machine's lock",
  user: "the user's lock",
} as const;

/**
 * The locks in force (docs/lock.md).
 * @param policy its policy signers may vouch for locks of the project
 * @throws UserError for a lock, trust store or signature that is there and cannot be read or understood
 */
export async function loadLocks(locations: LockLocations, policy: Pick<LoadedPolicy, "policySigners">): Promise<Locks> {
  const { cwd, flag, userDir, record } = locations;
  const found = findFiles(LOCK_NAME, locations).filter((file) => file.level !== "flag" || !record || isNameTaken(file));
  const files: LockFile[] = [];
  const byRealPath = new Map<string, LockFile>();
  for (const file of found) {
    if (file.level === "machine" || file.level === "user") {
      refuseForeignWriters([file, { path: dirname(file.path), shown: dirname(file.shown) }], file.level);
    }
    const realPath = realPathOf(file);
    if (byRealPath.has(realPath)) continue;
    const read = await readAndVouch(file, locations, policy);
    byRealPath.set(realPath, read);
    files.push(read);
  }
  const near = found.find(({ level }) => level === (flag === undefined ? "project" : "flag"));
  const shown = flag ?? LOCK_NAME;
  const target = near ?? { path: resolve(cwd, shown), shown };
  const file = near === undefined ? undefined : byRealPath.get(realPathOf(near));
  return {
    files,
    target: { path: target.path, shown: target.shown, file },
    userDir,
    sources: files.map(sourceOf),
    findings: files.flatMap(untrustedFinding),
  };
}

async function readAndVouch(
  found: FoundFile,
  { now, userDir }: LockLocations,
  policy: Pick<LoadedPolicy, "policySigners">,
): Promise<LockFile> {
  const { level, path, shown } = found;
  const bytes = readNamedFile(found, MAX_LOCK_BYTES);
  const { readLock } = await import("./lock-read.ts");
  const file = { level, path, shown, sha256: sha256Of(bytes), entries: readLock(bytes, shown) };
  if (level !== "project") return { ...file, vouching: { by: VOUCHED_BY_PLACE[level] } };
  const { readTrustStore } = await import("./trust-store.ts");
  const { vouchingFor } = await import("./vouching.ts");
  const candidate = { kind: "lock", path, shown, bytes, sha256: file.sha256 } as const;
  return { ...file, vouching: await vouchingFor(candidate, readTrustStore(userDir), policy.policySigners(), now) };
}

function sourceOf({ shown, sha256, level, vouching }: LockFile): PolicySource {
  const source = { path: shown, sha256, level };
  return "by" in vouching ? { ...source, vouched: vouching.by, ignored: [] } : { ...source, ignored: ["digests"] };
}

function untrustedFinding({ shown, vouching }: LockFile): readonly Finding[] {
  if ("by" in vouching) return [];
  const { because, ...values } = vouching.distrust;
  return [
    {
      rule: "lock-untrusted",
      level: RULES["lock-untrusted"].level,
      subject: shown,
      message: `${because}, so it adds demands and proves nothing`,
      ...values,
      hint: `boltseal trust ${shown}`,
      file: shown,
    },
  ];
}

/** What each lock in force knows under these keys (lock-keys.ts). Empty when no lock is in force. */
export function consultLocks({ files, target }: Locks, keys: readonly string[]): readonly ConsultedLock[] {
  return files.map((file) => ({
    source: file.shown,
    trusted: "by" in file.vouching,
    entries: keys.flatMap((key) => file.entries.get(key) ?? []),
    isTarget: file === target.file,
    isNamed: file !== target.file || file.level === "flag",
  }));
}
