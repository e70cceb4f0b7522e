// Locks and subjects for the tests of locks, short to write.

import { readLock } from "../../src/policy/lock-read.ts";
import type { LockEntries } from "../../src/policy/lock-read.ts";
import type { ConsultedLock, LockEntry, LockSubject, LockedSigner } from "../../src/core/lock.ts";

export const [ONE, TWO, THREE] = ["1", "2", "3"].map((digit) => digit.repeat(64)) as [string, string, string];

export const ALICE = `openpgp ${"A".repeat(40)}`;
export const BOB = `openpgp ${"B".repeat(40)}`;
export const CAROL = "ssh SHA256:carol";
export const T1 = "2026-01-01T00:00:00Z";
export const T2 = "2026-02-01T00:00:00Z";
export const T3 = "2026-03-01T00:00:00Z";

/** A signer by notation and identity; the scheme is the notation. */
export function by(signer: string, time?: string): LockedSigner {
  return { scheme: signer.split(" ")[0] ?? "", signer, ...(time === undefined ? {} : { time }) };
}

export function fileOf(sha256: string, ...signers: readonly LockedSigner[]): object {
  return { sha256, signers };
}

/** An entry with files by name. */
export function entryOf(files: object, version?: string): object {
  return { ...(version === undefined ? {} : { version }), files };
}

export function lockText(accepted: object): string {
  return `${JSON.stringify({ version: 1, accepted }, null, 2)}\n`;
}

export function lockOf(accepted: object): LockEntries {
  return readLock(Buffer.from(lockText(accepted)), "boltseal.lock");
}

/** The only entry of a lock. */
export function onlyEntry(key: string, files: object, version?: string): LockEntry {
  const entry = lockOf({ [key]: entryOf(files, version) }).get(key);
  if (entry === undefined) throw new Error("the entry is gone");
  return entry;
}

export function consulted(entries: readonly LockEntry[], changes: Partial<ConsultedLock> = {}): ConsultedLock {
  return { source: "boltseal.lock", trusted: true, isTarget: true, isNamed: false, entries, ...changes };
}

export function subjectOf(name: string, sha256: string, ...signers: readonly LockedSigner[]): LockSubject {
  return { name, sha256, signers };
}
