// Several locks in force at once, the command that accepts what they refuse, and digests as pins.

import { test } from "node:test";
import assert from "node:assert/strict";
import type { ConsultedLock } from "../src/core/lock.ts";
import { acceptedFindings, lockFindings, pinFor } from "../src/verify/lock.ts";
import { ALICE, BOB, ONE, T1, T2, T3, TWO, by, consulted, fileOf, onlyEntry, subjectOf } from "./support/locks.ts";

const CONTEXT = { subject: "acme.tgz", words: ["--key", "k.pub", "--", "acme.tgz"] };
const KEY = "rule:acme*";
const KNOWS = [onlyEntry(KEY, { "acme.tgz": fileOf(ONE, by(ALICE, T2)) })];
const KNOWS_OLDER = [onlyEntry(KEY, { "acme.tgz": fileOf(TWO, by(ALICE, T1)) })];
const KNOWS_OTHER = [onlyEntry(KEY, { "acme-server.tgz": fileOf(TWO, by(BOB, T1)) })];
const GOOD = subjectOf("acme.tgz", ONE, by(ALICE, T2));
const MACHINE = { source: "/etc/boltseal/boltseal.lock", isTarget: false, isNamed: true } as const;
const UNTRUSTED = { trusted: false } as const;

const LOCKS: readonly (readonly [string, readonly ConsultedLock[], readonly string[]])[] = [
  ["no lock", [], []],
  ["a lock that knows it", [consulted(KNOWS)], []],
  ["a lock that knows nothing", [consulted([])], ["lock-absent boltseal.lock"]],
  ["a lock that knows another file under its rule", [consulted(KNOWS_OTHER)], ["lock-absent boltseal.lock"]],
  ["a lock that knows it by the second of two keys", [consulted([...KNOWS_OTHER, ...KNOWS])], []],
  ["two locks of which one knows it", [consulted([], MACHINE), consulted(KNOWS)], []],
  ["two locks that know nothing", [consulted([], MACHINE), consulted([])], ["lock-absent boltseal.lock"]],
  ["two locks, of which one knows the release before", [consulted(KNOWS_OLDER, MACHINE), consulted(KNOWS)], []],
  ["an untrusted lock that knows it", [consulted(KNOWS, UNTRUSTED)], []],
  ["an untrusted lock that knows nothing", [consulted([], UNTRUSTED)], ["lock-absent boltseal.lock"]],
  [
    "an untrusted lock beside a trusted one that does not know it",
    [consulted([], MACHINE), consulted(KNOWS, UNTRUSTED)],
    ["lock-absent /etc/boltseal/boltseal.lock"],
  ],
  [
    "a trusted lock that knows it beside an untrusted one that does not",
    [consulted(KNOWS, MACHINE), consulted([], UNTRUSTED)],
    [],
  ],
];

for (const [name, locks, expected] of LOCKS) {
  test(`locks: ${name}: ${expected.length === 0 ? "nothing to say" : expected.join(" and ")}`, () => {
    assert.deepEqual(
      lockFindings(locks, GOOD, CONTEXT).map(({ rule, file }) => `${rule} ${file}`),
      expected,
    );
  });
}

test("locks: every lock demands, one that nobody vouched for too", () => {
  const demands = [onlyEntry(KEY, { "acme.tgz": fileOf(TWO, by(ALICE, T3), by(BOB)) })];
  for (const changes of [{}, UNTRUSTED]) {
    const findings = lockFindings([consulted(KNOWS, MACHINE), consulted(demands, changes)], GOOD, CONTEXT);
    assert.deepEqual(
      findings.map(({ rule, file }) => `${rule} ${file}`),
      ["lock-signer-lost boltseal.lock", "evidence-older boltseal.lock"],
    );
  }
});

const COMMANDS: readonly (readonly [string, Partial<ConsultedLock>, string])[] = [
  ["the lock that --lock writes", {}, "--lock"],
  ["the lock that a flag named", { isNamed: true, source: "ci/acme.lock" }, "--lock --lock-file ci/acme.lock"],
  ["the machine's lock", MACHINE, "--lock --lock-file /etc/boltseal/boltseal.lock"],
  [
    "the user's lock",
    { ...MACHINE, source: "~/.config/boltseal/boltseal.lock" },
    "--lock --lock-file ~/.config/boltseal/boltseal.lock",
  ],
  [
    "a lock in a folder with blanks",
    { ...MACHINE, source: "my locks/it's.lock" },
    "--lock --lock-file 'my locks/it'\\''s.lock'",
  ],
  [
    "a lock in a folder that a shell would run",
    { ...MACHINE, source: "$(id)/boltseal.lock" },
    "--lock --lock-file '$(id)/boltseal.lock'",
  ],
  [
    "a lock below the user's folder with blanks",
    { ...MACHINE, source: "~/my locks/boltseal.lock" },
    "--lock --lock-file ~/'my locks/boltseal.lock'",
  ],
  ["a lock whose name starts with a dash", { ...MACHINE, source: "-x.lock" }, "--lock --lock-file '-x.lock'"],
];

for (const [name, changes, words] of COMMANDS) {
  test(`locks: the hint records in ${name}`, () => {
    const [finding] = lockFindings([consulted(KNOWS, changes)], subjectOf("acme.tgz", TWO, by(ALICE, T1)), CONTEXT);
    assert.equal(finding?.hint, `to accept it: boltseal verify ${words} --key k.pub -- acme.tgz`);
  });
}

test("locks: where --lock will make a new lock, the hint names none", () => {
  const [finding] = lockFindings([consulted([], MACHINE)], GOOD, CONTEXT);
  assert.equal(finding?.hint, "to accept it: boltseal verify --lock --key k.pub -- acme.tgz");
});

test("locks: an untrusted target cannot stand in for the trusted lock that lacks the subject", () => {
  const [finding] = lockFindings([consulted([], MACHINE), consulted([], UNTRUSTED)], GOOD, CONTEXT);
  assert.equal(
    finding?.hint,
    "to accept it: boltseal verify --lock --lock-file /etc/boltseal/boltseal.lock --key k.pub -- acme.tgz",
  );
});

test("locks: what is accepted stays in the report as waived", () => {
  const findings = lockFindings([consulted([])], GOOD, CONTEXT);
  assert.deepEqual(
    acceptedFindings(findings).map(({ rule, waived }) => [rule, waived?.by]),
    [["lock-absent", "--lock"]],
  );
});

const PINS: readonly (readonly [string, readonly ConsultedLock[], sha256: string, source: string | undefined])[] = [
  ["the locked digest of a trusted lock", [consulted(KNOWS)], ONE, "boltseal.lock"],
  ["another digest", [consulted(KNOWS)], TWO, undefined],
  ["the locked digest of an untrusted lock", [consulted(KNOWS, UNTRUSTED)], ONE, undefined],
  ["a digest of another file", [consulted(KNOWS_OTHER)], TWO, undefined],
  [
    "the digest of the trusted one of two locks",
    [consulted(KNOWS, UNTRUSTED), consulted(KNOWS, MACHINE)],
    ONE,
    MACHINE.source,
  ],
  ["no lock", [], ONE, undefined],
];

for (const [name, locks, sha256, source] of PINS) {
  test(`locks: ${name} is ${source === undefined ? "no pin" : "a pin"}`, () => {
    const pin = pinFor(locks, subjectOf("acme.tgz", sha256));
    const digest = { algorithm: "sha256", hex: sha256, from: "declared" };
    assert.deepEqual(pin, source === undefined ? undefined : { digests: [digest], anyOf: true, source });
  });
}

test("locks: a lock full of signers and files is compared in a moment, and answers briefly", () => {
  const signers = Array.from({ length: 20 }, (_, index) => by(`ssh SHA256:${index}`, T3));
  const files = Array.from({ length: 2000 }, (_, index) => [`acme-${index}.tgz`, fileOf(TWO, ...signers)] as const);
  const entry = onlyEntry("rule:acme-*", Object.fromEntries(files));
  const findings = lockFindings([consulted([entry], UNTRUSTED)], subjectOf("acme-0.tgz", ONE), CONTEXT);
  assert.equal(findings.length, 21);
  assert.equal(JSON.stringify(findings).length < 20_000, true);
});
