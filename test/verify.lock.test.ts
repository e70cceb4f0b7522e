// What is checked now against what was accepted last: what passes, and which rule refuses the rest.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { LockedSigner } from "../src/core/lock.ts";
import { compareWithLock, lockFindings, pinFor } from "../src/verify/lock.ts";
import {
  ALICE,
  BOB,
  CAROL,
  ONE,
  T1,
  T2,
  T3,
  TWO,
  by,
  consulted,
  fileOf,
  onlyEntry,
  subjectOf,
} from "./support/locks.ts";
import { CONTEXT, NPM, RULE, rulesOf } from "./support/lock-rules.ts";

interface Case {
  readonly name: string;
  readonly locked: readonly LockedSigner[];
  readonly now: readonly LockedSigner[];
  readonly same?: true;
  readonly expected: readonly string[];
}

/** One file of a rule, `acme.tgz`: other bytes now, unless `same`. */
const SIGNERS: readonly Case[] = [
  {
    name: "the locked bytes with the locked signer",
    locked: [by(ALICE, T2)],
    now: [by(ALICE, T2)],
    same: true,
    expected: [],
  },
  {
    name: "the locked bytes with an older signature of the same signer",
    locked: [by(ALICE, T2)],
    now: [by(ALICE, T1)],
    same: true,
    expected: [],
  },
  {
    name: "the locked bytes with a signer more",
    locked: [by(ALICE, T2)],
    now: [by(ALICE, T2), by(BOB, T1)],
    same: true,
    expected: [],
  },
  {
    name: "the locked bytes without signature",
    locked: [by(ALICE, T2)],
    now: [],
    same: true,
    expected: ["lock-signer-lost"],
  },
  {
    name: "the locked bytes by somebody else",
    locked: [by(ALICE, T2)],
    now: [by(BOB, T3)],
    same: true,
    expected: ["lock-signer-lost"],
  },
  {
    name: "the locked bytes with one of two signers",
    locked: [by(ALICE, T2), by(CAROL)],
    now: [by(ALICE, T2)],
    same: true,
    expected: ["lock-signer-lost"],
  },
  { name: "locked bytes that nobody signed", locked: [], now: [], same: true, expected: [] },
  { name: "a newer release", locked: [by(ALICE, T1)], now: [by(ALICE, T2)], expected: [] },
  {
    name: "a newer release, signed by a subkey",
    locked: [by(ALICE, T1)],
    now: [by(`${ALICE} subkey CC`, T2)],
    expected: [],
  },
  { name: "an older release", locked: [by(ALICE, T2)], now: [by(ALICE, T1)], expected: ["evidence-older"] },
  {
    name: "other bytes signed in the same second",
    locked: [by(ALICE, T2)],
    now: [by(ALICE, T2)],
    expected: ["lock-digest"],
  },
  {
    name: "an older release of which one signer signed anew",
    locked: [by(ALICE, T2), by(BOB, T2)],
    now: [by(ALICE, T3), by(BOB, T1)],
    expected: ["evidence-older"],
  },
  {
    name: "a newer release whose second signer has no time",
    locked: [by(ALICE, T1), by(CAROL)],
    now: [by(ALICE, T2), by(CAROL)],
    expected: [],
  },
  { name: "other bytes by a signer without time", locked: [by(CAROL)], now: [by(CAROL)], expected: ["lock-digest"] },
  {
    name: "a newer signature of somebody whom the lock does not know",
    locked: [by(CAROL)],
    now: [by(CAROL), by(ALICE, T3)],
    expected: ["lock-digest"],
  },
  {
    name: "a time that is no longer stated",
    locked: [by(ALICE, T1), by(BOB, T1)],
    now: [by(ALICE), by(BOB, T2)],
    expected: ["evidence-older"],
  },
  {
    name: "a time that is stated for the first time",
    locked: [by(ALICE)],
    now: [by(ALICE, T3)],
    expected: ["lock-digest"],
  },
  {
    name: "a signer who changed keys",
    locked: [by(ALICE, T1)],
    now: [by(BOB, T2)],
    expected: ["lock-signer-lost", "lock-digest"],
  },
  {
    name: "a newer release that one of two no longer signs",
    locked: [by(ALICE, T1), by(BOB, T1)],
    now: [by(ALICE, T2)],
    expected: ["lock-signer-lost"],
  },
  {
    name: "a newer release without signature",
    locked: [by(ALICE, T1)],
    now: [],
    expected: ["lock-signer-lost", "lock-digest"],
  },
  { name: "other bytes where nobody ever signed", locked: [], now: [by(ALICE, T3)], expected: ["lock-digest"] },
  {
    name: "a signer of the same name in another scheme",
    locked: [by(ALICE, T1)],
    now: [{ ...by(ALICE, T2), scheme: "checksum-list" }],
    expected: ["lock-signer-lost", "lock-digest"],
  },
  {
    name: "two signatures of one signer, the newer one last",
    locked: [by(ALICE, T2)],
    now: [by(ALICE, T1), by(ALICE, T3)],
    expected: [],
  },
  {
    name: "a time that cannot be read",
    locked: [by(ALICE, T1)],
    now: [by(ALICE, "soon")],
    expected: ["evidence-older"],
  },
];

for (const { name, locked, now, same, expected } of SIGNERS) {
  const words = expected.length === 0 ? "passes" : expected.join(" and ");
  test(`lock: ${name}: ${words}`, () => {
    const subject = subjectOf("acme.tgz", same === true ? ONE : TWO, ...now);
    assert.deepEqual(rulesOf(onlyEntry(RULE, { "acme.tgz": fileOf(ONE, ...locked) }), subject), expected);
    const asPackage = onlyEntry(NPM, { "acme.tgz": fileOf(ONE, ...locked) });
    assert.deepEqual(
      rulesOf(asPackage, { ...subject, name: "download" }),
      expected,
      "as a package of another file name",
    );
  });
}

test("lock: a subject of which only another digest is known has other bytes", () => {
  const entry = onlyEntry(RULE, { "acme.tgz": fileOf(ONE, by(ALICE, T1)) });
  assert.deepEqual(rulesOf(entry, { name: "acme.tgz", signers: [by(ALICE, T1)] }), ["lock-digest"]);
  assert.deepEqual(pinFor([consulted([entry])], { name: "acme.tgz", signers: [] }), undefined);
});

test("lock: each finding says what was expected and what is there", () => {
  const entry = onlyEntry(NPM, { "acme.tgz": fileOf(ONE, by(ALICE, T2), by(BOB, T2)) }, "1.2.0");
  const subject = { ...subjectOf("acme.tgz", TWO, by(ALICE, T1)), version: "1.1.0" };
  const shown = compareWithLock(entry, subject, consulted([]), CONTEXT).map(
    ({ rule, level, line, message, expected, actual }) => ({
      rule,
      level,
      line,
      message,
      expected,
      actual,
    }),
  );
  assert.deepEqual(shown, [
    {
      rule: "lock-signer-lost",
      level: "reject",
      line: 4,
      message: `${BOB} answered for what boltseal.lock holds, and does not answer for this`,
      expected: BOB,
      actual: ALICE,
    },
    {
      rule: "evidence-older",
      level: "reject",
      line: 4,
      message: `${ALICE} signed before what was accepted last`,
      expected: `${T2} or later`,
      actual: T1,
    },
    {
      rule: "evidence-older",
      level: "reject",
      line: 4,
      message: "version 1.1.0 is lower than what was accepted last",
      expected: "1.2.0 or higher",
      actual: "1.1.0",
    },
  ]);
});

test("lock: only the very bytes with every signer pass without anything newer, whatever else is made up", () => {
  const signer = fc.record({
    signer: fc.constantFrom(ALICE, BOB, CAROL),
    time: fc.constantFrom(T1, T2, T3, undefined),
  });
  const signers = fc.uniqueArray(signer, { selector: ({ signer: text }) => text, maxLength: 3 });
  fc.assert(
    fc.property(signers, signers, fc.boolean(), (locked, now, same) => {
      const [before, after] = [locked, now].map((list) => list.map(({ signer: text, time }) => by(text, time)));
      const entry = onlyEntry(RULE, { "acme.tgz": fileOf(ONE, ...(before ?? [])) });
      const findings = lockFindings(
        [consulted([entry])],
        subjectOf("acme.tgz", same ? ONE : TWO, ...(after ?? [])),
        CONTEXT,
      );
      const timeNow = new Map(now.map(({ signer: text, time }) => [text, time]));
      const isThere = locked.every(({ signer: text }) => timeNow.has(text));
      const later = locked.some(({ signer: text, time }) => time !== undefined && (timeNow.get(text) ?? "") > time);
      const earlier = locked.some(({ signer: text, time }) => time !== undefined && (timeNow.get(text) ?? "") < time);
      assert.equal(findings.length === 0, isThere && (same || (later && !earlier)));
    }),
  );
});
