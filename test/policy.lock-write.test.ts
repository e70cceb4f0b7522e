// Recording in a lock: what stays, what goes, and what a lock cannot hold.

import { test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { readLock } from "../src/policy/lock-read.ts";
import type { AcceptedSubject } from "../src/policy/lock-write.ts";
import { readTrustStore } from "../src/policy/trust-store.ts";
import { ALICE, BOB, ONE, T1, T2, THREE, TWO, by, entryOf, fileOf, lockText } from "./support/locks.ts";
import { NPM, RULE, accept, loadFor, lockIn, record, withLock } from "./support/lock-world.ts";
import { makeWorld } from "./support/policy-world.ts";
import type { World } from "./support/policy-world.ts";

/** Key, version and digests by file name. */
function shown(world: World): unknown {
  const entries = readLock(readFileSync(lockIn(world)), "boltseal.lock");
  return Object.fromEntries(
    [...entries.values()].map(({ key, version, files }) => [
      key,
      [version, Object.fromEntries([...files].map(([name, { sha256 }]) => [name, sha256]))],
    ]),
  );
}

test("lock: a new one is written, vouched for, and in force from then on", async (t) => {
  const world = makeWorld(t);
  const source = "https://user:secret@dl.acme.example/acme-1.0.tgz?token=secret#x";
  const recorded = await record(
    world,
    accept(NPM, "acme-1.0.tgz", ONE, {
      version: "1.0.0",
      source,
      signers: [by(`${ALICE} subkey 77`, T1), by(ALICE, T2), by(BOB)],
    }),
  );
  const file = { sha256: ONE, signers: [by(ALICE, T2), by(BOB)], source: "https://dl.acme.example/acme-1.0.tgz" };
  assert.equal(
    readFileSync(lockIn(world), "utf8"),
    lockText({ [NPM]: { version: "1.0.0", files: { "acme-1.0.tgz": file } } }),
  );
  assert.deepEqual([recorded.path, recorded.changed, recorded.vouched], ["boltseal.lock", true, true]);
  const after = await loadFor(world);
  assert.deepEqual([after.findings, after.files[0]?.sha256], [[], recorded.sha256]);
});

test("lock: other entries stay as they are, byte for byte", async (t) => {
  const other = {
    "pkg:npm/zebra": entryOf({ z: fileOf(TWO, by(BOB, T1)) }, "9.0.0"),
    "rule:b*": entryOf({ "b.tgz": fileOf(THREE) }),
  };
  const world = withLock(t, other);
  await record(world, accept(NPM, "acme.tgz", ONE));
  const text = readFileSync(lockIn(world), "utf8");
  assert.equal(text, lockText({ [NPM]: entryOf({ "acme.tgz": fileOf(ONE, by(ALICE, T1)) }), ...other }));
  assert.equal(text.endsWith("}\n"), true);
});

test("lock: recording the same again writes nothing", async (t) => {
  const world = makeWorld(t);
  await record(world, accept(NPM, "acme.tgz", ONE));
  const before = statSync(lockIn(world)).ino;
  const recorded = await record(world, accept(NPM, "acme.tgz", ONE));
  assert.deepEqual([recorded.changed, recorded.vouched, statSync(lockIn(world)).ino], [false, true, before]);
});

interface Merge {
  readonly name: string;
  readonly key: string;
  readonly before: object;
  readonly accepted: readonly (readonly [name: string, sha256: string, version?: string])[];
  readonly after: unknown;
}

const BOTH = { "acme-1.0-linux.tgz": fileOf(ONE), "acme-1.0-mac.tgz": fileOf(TWO) };

const MERGES: readonly Merge[] = [
  {
    name: "a new version of a package replaces all files of the old one",
    key: NPM,
    before: entryOf(BOTH, "1.0.0"),
    accepted: [["acme-1.1-linux.tgz", THREE, "1.1.0"]],
    after: ["1.1.0", { "acme-1.1-linux.tgz": THREE }],
  },
  {
    name: "another file of the same version stands beside the first",
    key: NPM,
    before: entryOf({ "acme-1.0-linux.tgz": fileOf(ONE) }, "1.0.0"),
    accepted: [["acme-1.0-mac.tgz", TWO, "1.0.0"]],
    after: ["1.0.0", { "acme-1.0-linux.tgz": ONE, "acme-1.0-mac.tgz": TWO }],
  },
  {
    name: "other bytes of the same version and file replace the first",
    key: NPM,
    before: entryOf(BOTH, "1.0.0"),
    accepted: [["acme-1.0-mac.tgz", THREE, "1.0.0"]],
    after: ["1.0.0", { "acme-1.0-linux.tgz": ONE, "acme-1.0-mac.tgz": THREE }],
  },
  {
    name: "a package that states no version any more",
    key: NPM,
    before: entryOf(BOTH, "1.0.0"),
    accepted: [["acme.tgz", THREE]],
    after: [undefined, { "acme.tgz": THREE }],
  },
  {
    name: "a release of one platform replaces the one before, and no other platform's",
    key: RULE,
    before: entryOf(BOTH),
    accepted: [["acme-1.1-mac.tgz", THREE]],
    after: [undefined, { "acme-1.0-linux.tgz": ONE, "acme-1.1-mac.tgz": THREE }],
  },
  {
    name: "a file without version in its name keeps its place",
    key: RULE,
    before: entryOf({ "acme-linux.tgz": fileOf(ONE) }),
    accepted: [["acme-linux.tgz", TWO]],
    after: [undefined, { "acme-linux.tgz": TWO }],
  },
  {
    name: "files of one series that are checked together stand side by side",
    key: RULE,
    before: entryOf(BOTH),
    accepted: [
      ["acme-1.1-mac.tgz", ONE],
      ["acme-1.2-mac.tgz", THREE],
    ],
    after: [undefined, { "acme-1.0-linux.tgz": ONE, "acme-1.1-mac.tgz": ONE, "acme-1.2-mac.tgz": THREE }],
  },
  {
    name: "a rule keeps no version",
    key: RULE,
    before: entryOf(BOTH),
    accepted: [
      ["acme-1.1-mac.tgz", THREE, "1.1.0"],
      ["acme-2.0-bsd.tgz", TWO, "2.0.0"],
    ],
    after: [undefined, { "acme-1.0-linux.tgz": ONE, "acme-1.1-mac.tgz": THREE, "acme-2.0-bsd.tgz": TWO }],
  },
];

for (const { name, key, before, accepted, after } of MERGES) {
  test(`lock: ${name}`, async (t) => {
    const world = withLock(t, { [key]: before });
    const subjects = accepted.map(([file, sha256, version]) =>
      accept(key, file, sha256, version === undefined ? {} : { version }),
    );
    await record(world, ...subjects);
    assert.deepEqual(shown(world), { [key]: after });
  });
}

const REFUSED: readonly (readonly [string, readonly AcceptedSubject[], RegExp])[] = [
  [
    "a subject without a key",
    [accept(NPM, "acme-1.0.tgz", ONE, { keys: [] })],
    /^acme-1\.0\.tgz: a lock has no key for it/,
  ],
  [
    "two versions of a package",
    [accept(NPM, "a", ONE, { version: "1.0.0" }), accept(NPM, "b", TWO, { version: "2.0.0" })],
    /^several versions of pkg:npm\/acme/,
  ],
  ["two files of one name", [accept(RULE, "a", ONE), accept(RULE, "a", TWO)], /^a: two different files of this name/],
  [
    "a file name that JSON cannot keep",
    [accept(RULE, "__proto__", ONE)],
    /^__proto__: a lock cannot hold this file name/,
  ],
  ["a file name that is too long", [accept(RULE, "a".repeat(256), ONE)], /a lock cannot hold this file name/],
  [
    "more signers than a lock holds",
    [accept(RULE, "a", ONE, { signers: Array.from({ length: 101 }, (_, i) => by(`ssh ${i}`)) })],
    /^a: has more than 100 signers/,
  ],
  ["a version that is blank", [accept(NPM, "a", ONE, { version: " " })], /version: must not be empty/],
  ["a key that a lock cannot read again", [accept("pkg:npm/a@1", "a", ONE)], /is no key of a lock/],
];

for (const [name, accepted, message] of REFUSED) {
  test(`lock: ${name} is refused, and nothing is written`, async (t) => {
    const world = makeWorld(t);
    await assert.rejects(record(world, ...accepted), (error) => error instanceof Error && message.test(error.message));
    assert.equal(existsSync(lockIn(world)), false);
    assert.equal(readTrustStore(world.userDir).size, 0);
  });
}

test("lock: the same bytes twice under one name are one file", async (t) => {
  const world = makeWorld(t);
  await record(world, accept(RULE, "a", ONE), accept(RULE, "a", ONE));
  assert.deepEqual(shown(world), { [RULE]: [undefined, { a: ONE }] });
});
