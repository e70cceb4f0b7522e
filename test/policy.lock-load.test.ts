// Locks as they lie on disk: which are in force, who vouches for them, which one --lock writes.

import { test } from "node:test";
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadPolicy } from "../src/policy/load.ts";
import { consultLocks, loadLocks } from "../src/policy/lock.ts";
import type { Locks } from "../src/policy/lock.ts";
import { trustFile } from "../src/policy/trust-store.ts";
import { ALICE, ONE, T1, by, entryOf, fileOf, lockText } from "./support/locks.ts";
import { AS_ROOT, NOW, POSIX, makeWorld } from "./support/policy-world.ts";
import type { World } from "./support/policy-world.ts";

const KEY = "rule:acme-*";

/** Writes a lock of one entry; the name of its file tells locks apart. */
function writeLock(path: string, file = "acme.tgz"): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, lockText({ [KEY]: entryOf({ [file]: fileOf(ONE, by(ALICE, T1)) }) }));
  chmodSync(path, 0o644);
  return path;
}

async function load(world: World, changes: { flag?: string; cwd?: string; record?: boolean } = {}): Promise<Locks> {
  const places = { ...world, now: NOW };
  const policy = await loadPolicy(places);
  return await loadLocks({ ...places, record: false, ...changes }, policy);
}

function inForce({ files }: Locks): readonly string[] {
  return files.map(({ level, shown, vouching }) => `${level} ${shown}: ${"by" in vouching ? vouching.by : "-"}`);
}

test("locks: without any there is none in force, and --lock makes one in the working directory", async (t) => {
  const world = makeWorld(t);
  const locks = await load(world);
  assert.deepEqual([locks.files, locks.sources, locks.findings], [[], [], []]);
  assert.deepEqual(locks.target, { path: join(world.cwd, "boltseal.lock"), shown: "boltseal.lock", file: undefined });
  assert.deepEqual(consultLocks(locks, [KEY]), []);
});

test("locks: the user's and all upward are found, and the nearest of the project is written", async (t) => {
  const world = makeWorld(t);
  writeLock(join(world.userDir, "boltseal.lock"));
  writeLock(join(world.home, "boltseal.lock"));
  const deep = join(world.cwd, "deep");
  mkdirSync(deep);
  const above = await load(world, { cwd: deep });
  assert.deepEqual(inForce(above), [
    "user ~/.config/boltseal/boltseal.lock: the user's lock",
    "project ../../boltseal.lock: -",
  ]);
  assert.equal(above.target.shown, "../../boltseal.lock");
  writeLock(join(world.cwd, "boltseal.lock"));
  const locks = await load(world, { cwd: deep });
  assert.equal(inForce(locks).length, 3);
  assert.equal(locks.target.shown, "../boltseal.lock");
  assert.equal(locks.target.file?.path, join(world.cwd, "boltseal.lock"));
});

test("locks: one that a flag names is trusted, and no project's is looked for", async (t) => {
  const world = makeWorld(t);
  writeLock(join(world.cwd, "boltseal.lock"));
  writeLock(join(world.cwd, "ci.lock"), "acme-ci.tgz");
  writeLock(join(world.userDir, "boltseal.lock"));
  const locks = await load(world, { flag: "ci.lock" });
  assert.deepEqual(inForce(locks), [
    "flag ci.lock: named with --lock-file",
    "user ~/.config/boltseal/boltseal.lock: the user's lock",
  ]);
  assert.deepEqual(
    consultLocks(locks, [KEY, "pkg:npm/a"]).map(({ source, trusted, entries, isTarget, isNamed }) => [
      source,
      trusted,
      entries.length,
      isTarget,
      isNamed,
    ]),
    [
      ["ci.lock", true, 1, true, true],
      ["~/.config/boltseal/boltseal.lock", true, 1, false, true],
    ],
  );
});

test("locks: one that a flag names must be there, unless it is to be written", async (t) => {
  const world = makeWorld(t);
  await assert.rejects(load(world, { flag: "ci.lock" }), { code: "input-missing", message: /^ci\.lock: / });
  const locks = await load(world, { flag: "ci.lock", record: true });
  assert.deepEqual(locks.target, { path: join(world.cwd, "ci.lock"), shown: "ci.lock", file: undefined });
  assert.deepEqual(locks.files, []);
});

test("locks: a project's counts in full only as it was vouched for, and says so otherwise", async (t) => {
  const world = makeWorld(t);
  const path = writeLock(join(world.cwd, "boltseal.lock"));
  const consulted = async (): Promise<unknown> =>
    consultLocks(await load(world), [KEY]).map(({ trusted, isNamed }) => [trusted, isNamed]);
  const before = await load(world);
  assert.deepEqual(before.findings, [
    {
      rule: "lock-untrusted",
      level: "note",
      subject: "boltseal.lock",
      message: "nobody vouched for this lock, so it adds demands and proves nothing",
      hint: "boltseal trust boltseal.lock",
      file: "boltseal.lock",
    },
  ]);
  assert.deepEqual(before.sources, [
    { path: "boltseal.lock", sha256: before.files[0]?.sha256, level: "project", ignored: ["digests"] },
  ]);
  assert.deepEqual(await consulted(), [[false, false]]);

  const { sha256 } = trustFile(world.userDir, path);
  const trusted = await load(world);
  assert.deepEqual([trusted.findings, await consulted()], [[], [[true, false]]]);
  assert.deepEqual(trusted.sources, [
    { path: "boltseal.lock", sha256, level: "project", vouched: "trusted with boltseal trust", ignored: [] },
  ]);

  writeFileSync(path, `${readFileSync(path, "utf8")} `);
  const [finding] = (await load(world)).findings;
  assert.equal(finding?.message, "this lock has changed since it was trusted, so it adds demands and proves nothing");
  assert.deepEqual([finding?.expected, await consulted()], [`sha256:${sha256}`, [[false, false]]]);
});

test("locks: a link to a trusted lock is not trusted, and the same file twice is one lock", async (t) => {
  const world = makeWorld(t);
  const mine = writeLock(join(world.home, "mine/boltseal.lock"));
  trustFile(world.userDir, mine);
  symlinkSync(mine, join(world.cwd, "boltseal.lock"));
  const linked = await load(world);
  assert.match(linked.findings[0]?.message ?? "", /^this lock is a symbolic link to one that is trusted elsewhere/);
  symlinkSync(mine, join(world.home, "boltseal.lock"));
  assert.equal((await load(world)).files.length, 1);
});

test("locks: the working directory may be the user's folder, and its lock the one that is written", async (t) => {
  const world = makeWorld(t);
  writeLock(join(world.userDir, "boltseal.lock"));
  const locks = await load(world, { cwd: world.userDir });
  assert.deepEqual(inForce(locks), ["user ~/.config/boltseal/boltseal.lock: the user's lock"]);
  assert.equal(locks.target.file, locks.files[0]);
});

test("locks: one that is there and cannot be read is an error, wherever it is", async (t) => {
  for (const place of ["cwd", "home", "userDir"] as const) {
    const world = makeWorld(t);
    const path = join(world[place], "boltseal.lock");
    writeFileSync(path, "{}", { mode: 0o644 });
    await assert.rejects(load(world), { code: "policy-malformed", message: /"version" is missing/ });
    writeFileSync(path, "");
    await assert.rejects(load(world), { code: "input-empty" });
  }
  const world = makeWorld(t);
  mkdirSync(join(world.cwd, "boltseal.lock"));
  await assert.rejects(load(world), { code: "input-not-a-file" });
});

test("locks: the user's that others can write is an error", POSIX, async (t) => {
  const world = makeWorld(t);
  chmodSync(writeLock(join(world.userDir, "boltseal.lock")), 0o666);
  await assert.rejects(load(world), { code: "policy-malformed", message: /boltseal\.lock: is writable/ });
});

test("locks: the machine's comes first and is trusted", AS_ROOT, async (t) => {
  const world = makeWorld(t);
  writeLock(join(world.machineDir, "boltseal.lock"));
  writeLock(join(world.cwd, "boltseal.lock"));
  const locks = await load(world);
  assert.equal(inForce(locks)[0], `machine ${join(world.machineDir, "boltseal.lock")}: the machine's lock`);
  assert.equal(locks.target.shown, "boltseal.lock");
});

test("locks: no path of the machine reaches the report", async (t) => {
  const world = makeWorld(t);
  writeLock(join(world.cwd, "boltseal.lock"));
  writeLock(join(world.userDir, "boltseal.lock"));
  const { sources, findings } = await load(world);
  assert.equal(JSON.stringify({ sources, findings }).includes(world.home), false);
});
