// One entry of a lock compared with one subject, in short.

import assert from "node:assert/strict";
import type { LockEntry, LockSubject } from "../../src/core/lock.ts";
import { compareWithLock } from "../../src/verify/lock.ts";
import { consulted } from "./locks.ts";

export const CONTEXT = { subject: "downloads/acme", words: ["acme.tgz"] };
export const NPM = "pkg:npm/%40acme/server";
export const RULE = "rule:acme*";

/** The rules of the findings of one entry, each of which says about what, where, and how to accept it. */
export function rulesOf(entry: LockEntry | undefined, subject: LockSubject): readonly string[] {
  const findings = compareWithLock(entry, subject, consulted([]), CONTEXT);
  for (const finding of findings) {
    assert.equal(finding.subject, "downloads/acme");
    assert.equal(finding.hint, "to accept it: boltseal verify --lock acme.tgz");
    assert.equal(finding.file, "boltseal.lock");
  }
  return findings.map(({ rule }) => rule);
}
