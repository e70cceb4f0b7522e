// Versions of packages, and several files under one key, against what was accepted last.

import { test } from "node:test";
import assert from "node:assert/strict";
import type { LockedSigner } from "../src/core/lock.ts";
import { ALICE, CAROL, ONE, T1, T2, T3, TWO, by, fileOf, onlyEntry, subjectOf } from "./support/locks.ts";
import { NPM, RULE, rulesOf } from "./support/lock-rules.ts";

const VERSIONS: readonly (readonly [
  string,
  before: string,
  now: string | undefined,
  LockedSigner[],
  readonly string[],
])[] = [
  ["a higher version by the same signer", "1.2.0", "1.10.0", [by(CAROL)], []],
  ["a lower version by the same signer", "1.10.0", "1.2.0", [by(CAROL)], ["evidence-older"]],
  ["a lower version that was signed anew", "1.2.0", "1.1.9", [by(CAROL), by(ALICE, T3)], ["evidence-older"]],
  ["the same version with other bytes", "1.2.0", "1.2.0", [by(CAROL)], ["lock-digest"]],
  ["the same version, written otherwise, with other bytes", "1.2.0", "1.2", [by(CAROL)], ["lock-digest"]],
  ["a version whose order is not known", "1.2.0", "latest", [by(CAROL)], ["lock-digest"]],
  ["a package that states no version now", "1.2.0", undefined, [by(CAROL)], ["lock-digest"]],
  ["a higher version that nobody signed", "1.2.0", "2.0.0", [], ["lock-signer-lost", "lock-digest"]],
];

for (const [name, before, version, now, expected] of VERSIONS) {
  test(`lock: ${name}: ${expected.length === 0 ? "passes" : expected.join(" and ")}`, () => {
    const entry = onlyEntry(NPM, { "acme-1.tgz": fileOf(ONE, by(CAROL)) }, before);
    const subject = { ...subjectOf("acme-2.tgz", TWO, ...now), ...(version === undefined ? {} : { version }) };
    assert.deepEqual(rulesOf(entry, subject), expected);
  });
}

test("lock: a version that nobody signed last time either shows nothing", () => {
  const entry = onlyEntry(NPM, { "acme.tgz": fileOf(ONE) }, "1.0.0");
  assert.deepEqual(rulesOf(entry, { ...subjectOf("acme.tgz", TWO, by(ALICE, T3)), version: "2.0.0" }), ["lock-digest"]);
});

/** Several files under one key. */
const PLATFORMS = {
  "acme-1.2-linux.tgz": fileOf(ONE, by(ALICE, T1), by(CAROL)),
  "acme-1.2-mac.tgz": fileOf(TWO, by(ALICE, T2)),
};

const FILES: readonly (readonly [
  string,
  key: string,
  name: string,
  sha256: string,
  LockedSigner[],
  readonly string[],
])[] = [
  ["each platform's file of a rule", RULE, "acme-1.2-mac.tgz", TWO, [by(ALICE, T2)], []],
  ["a newer file of one platform", RULE, "acme-1.3-mac.tgz", "4".repeat(64), [by(ALICE, T3)], []],
  [
    "a newer file of one platform, older than the other's",
    RULE,
    "acme-1.3-linux.tgz",
    "4".repeat(64),
    [by(ALICE, "2026-01-15"), by(CAROL)],
    [],
  ],
  [
    "an older file of one platform, newer than the other's",
    RULE,
    "acme-1.1-mac.tgz",
    "4".repeat(64),
    [by(ALICE, "2026-01-15")],
    ["evidence-older"],
  ],
  [
    "one platform's file in the place of another's",
    RULE,
    "acme-1.2-mac.tgz",
    ONE,
    [by(ALICE, T1), by(CAROL)],
    ["evidence-older"],
  ],
  ["a file of a rule for a new platform", RULE, "acme-1.2-bsd.tgz", "4".repeat(64), [by(ALICE, T3)], ["lock-absent"]],
  ["the locked bytes of a rule under another name", RULE, "tool.tgz", ONE, [by(ALICE, T1), by(CAROL)], ["lock-absent"]],
  ["the locked bytes of a package under another name", NPM, "tool.tgz", ONE, [by(ALICE, T1), by(CAROL)], []],
  [
    "a package's file of a new platform, with what the others have",
    NPM,
    "acme-1.3-bsd.tgz",
    "4".repeat(64),
    [by(ALICE, T3), by(CAROL)],
    [],
  ],
  [
    "a package's file of a new platform, older than one other",
    NPM,
    "acme-1.3-bsd.tgz",
    "4".repeat(64),
    [by(ALICE, "2026-01-15"), by(CAROL)],
    ["evidence-older"],
  ],
  [
    "a package's file of a new platform, without one signer",
    NPM,
    "acme-1.3-bsd.tgz",
    "4".repeat(64),
    [by(ALICE, T3)],
    ["lock-signer-lost"],
  ],
];

for (const [name, key, fileName, sha256, now, expected] of FILES) {
  test(`lock: ${name}: ${expected.length === 0 ? "passes" : expected.join(" and ")}`, () => {
    assert.deepEqual(rulesOf(onlyEntry(key, PLATFORMS), subjectOf(fileName, sha256, ...now)), expected);
  });
}
