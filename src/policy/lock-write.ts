// Recording in a lock what was verified: the only place that writes one. Entries of other subjects stay as they are.

import { UserError } from "../core/errors.ts";
import { PACKAGE_KEY, lockedIdentity, seriesOf } from "../core/lock.ts";
import type { LockEntry, LockSubject, LockedFile, LockedSigner } from "../core/lock.ts";
import { iso } from "../core/time.ts";
import { realParentPath } from "../io/paths.ts";
import { MAX_SIGNERS, formatLock, isLockedName, readLock } from "./lock-read.ts";
import type { LockEntries } from "./lock-read.ts";
import { noLockKey } from "./lock-keys.ts";
import { MAX_LOCK_BYTES } from "./lock.ts";
import type { Locks } from "./lock.ts";
import { isNameTaken, readNamedFile, sha256Of, writeNamedFile } from "./policy-files.ts";
import { readTrustStore, rememberFile } from "./trust-store.ts";

/** A subject that verified in this run. */
export interface AcceptedSubject extends LockSubject {
  /** `lockKeysOf`; it is recorded under the first. */
  readonly keys: readonly string[];
  readonly sha256: string;
  /** Where it was fetched from: `npm:NAME@VERSION`, or a URL, of which userinfo, query and fragment are left out. */
  readonly source?: string;
}

export interface RecordedLock {
  /** As messages show it. */
  readonly path: string;
  /** SHA-256 of the lock as it is now, lower-case hex. */
  readonly sha256: string;
  /** False when it was all there already, so that nothing was written. */
  readonly changed: boolean;
  /** False: it was not vouched for before, so somebody must read it and run `boltseal trust`. */
  readonly vouched: boolean;
}

/**
 * Writes the target of `locks` anew, with the subjects in it. Call it only with `--lock`, and only with subjects that
 * verified. A lock that the user had vouched for, or that is new, is vouched for as it is now.
 * @throws UserError `usage` for subjects that a lock cannot hold, `input-changed` when the lock is not the one that
 *   was read, `output-failed`
 */
export function recordInLock(
  { target, userDir }: Pick<Locks, "target" | "userDir">,
  accepted: readonly AcceptedSubject[],
): RecordedLock {
  if (accepted.length === 0) throw new Error("there is nothing to record");
  const { file } = target;
  const before = file?.entries ?? new Map<string, LockEntry>();
  const text = formatLock(withAccepted(before, accepted));
  const vouched = file === undefined || isInStore(target.path, file.sha256, userDir);
  if (file !== undefined && text === formatLock(before)) {
    return { path: target.shown, sha256: file.sha256, changed: false, vouched: vouched || "by" in file.vouching };
  }
  if (Buffer.byteLength(text) > MAX_LOCK_BYTES) {
    throw new UserError("output-failed", `${target.shown}: would be larger than ${MAX_LOCK_BYTES} bytes`);
  }
  // What cannot be read again must not be written.
  readLock(Buffer.from(text), target.shown);
  refuseOtherFile({ target });
  writeNamedFile(target, text, 0o644);
  const sha256 = sha256Of(Buffer.from(text));
  if (vouched) rememberFile(userDir, realParentPath(target.path), sha256);
  return { path: target.shown, sha256, changed: true, vouched };
}

function isInStore(path: string, sha256: string, userDir: string): boolean {
  return readTrustStore(userDir).get(realParentPath(path)) === sha256;
}

/** What is written over, and vouched for, is what was read. */
function refuseOtherFile({ target }: Pick<Locks, "target">): void {
  const now = isNameTaken(target) ? sha256Of(readNamedFile(target, MAX_LOCK_BYTES)) : undefined;
  if (now === target.file?.sha256) return;
  throw new UserError("input-changed", `${target.shown}: changed while it was in use, and is left as it is`, {
    hint: "run the command again",
  });
}

function withAccepted(before: LockEntries, accepted: readonly AcceptedSubject[]): LockEntries {
  const byKey = new Map<string, AcceptedSubject[]>();
  for (const subject of accepted) {
    const [key] = subject.keys;
    if (key === undefined) throw noLockKey(subject.name);
    if (!isLockedName(subject.name)) throw new UserError("usage", `${subject.name}: a lock cannot hold this file name`);
    byKey.set(key, [...(byKey.get(key) ?? []), subject]);
  }
  const entries = new Map(before);
  for (const [key, subjects] of byKey) entries.set(key, mergeEntry(key, before.get(key), subjects));
  return entries;
}

/**
 * Of a package the files of one version stay together; of a rule each file replaces those of its series, and what is
 * accepted in one run stands side by side.
 */
function mergeEntry(key: string, before: LockEntry | undefined, subjects: readonly AcceptedSubject[]): LockEntry {
  const version = key.startsWith(PACKAGE_KEY) ? oneVersion(key, subjects) : undefined;
  const series = new Set(subjects.map(({ name }) => seriesOf(name)));
  const stays = (name: string): boolean =>
    key.startsWith(PACKAGE_KEY) ? before?.version === version : !series.has(seriesOf(name));
  const files = new Map([...(before?.files ?? [])].filter(([name]) => stays(name)));
  const added = new Map<string, string>();
  for (const subject of subjects) {
    const { name, sha256 } = subject;
    if ((added.get(name) ?? sha256) !== sha256) {
      throw new UserError("usage", `${name}: two different files of this name were checked, and a lock holds one`);
    }
    added.set(name, sha256);
    files.set(name, lockedFile(subject));
  }
  return { key, ...(version === undefined ? {} : { version }), files, line: before?.line ?? 1 };
}

function oneVersion(key: string, subjects: readonly AcceptedSubject[]): string | undefined {
  const versions = new Set(subjects.map((subject) => subject.version));
  if (versions.size <= 1) return subjects[0]?.version;
  throw new UserError("usage", `several versions of ${key} were checked, and a lock holds one`, {
    hint: "record the one that you use",
  });
}

function lockedFile({ name, sha256, signers, source }: AcceptedSubject): LockedFile {
  const merged = mergeSigners(signers);
  if (merged.length > MAX_SIGNERS) throw new UserError("usage", `${name}: has more than ${MAX_SIGNERS} signers`);
  const shown = source === undefined ? undefined : withoutSecrets(source);
  return { sha256, signers: merged, ...(shown === undefined ? {} : { source: shown }) };
}

/** Each once, with the newest of its times. */
function mergeSigners(signers: readonly LockedSigner[]): readonly LockedSigner[] {
  const merged = new Map<string, LockedSigner>();
  for (const { scheme, signer, time } of signers) {
    const identity = lockedIdentity({ scheme, signer });
    const stable = { scheme, signer: identity.slice(scheme.length + 2) };
    const at = Math.max(timeOf(merged.get(identity)?.time), timeOf(time));
    merged.set(identity, at === -Infinity ? stable : { ...stable, time: iso(new Date(at)) });
  }
  return [...merged.values()];
}

function timeOf(text: string | undefined): number {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? -Infinity : time;
}

function withoutSecrets(source: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) return source;
  if (!URL.canParse(source)) return "a URL that cannot be read";
  const { protocol, host, pathname } = new URL(source);
  return `${protocol}//${host}${pathname}`;
}
