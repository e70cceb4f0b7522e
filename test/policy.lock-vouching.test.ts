// Whether a lock is vouched for after it was written, and what is never written over; and locks that were signed.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { recordInLock } from "../src/policy/lock-write.ts";
import { ONE, TWO, entryOf, fileOf, lockText } from "./support/locks.ts";
import { NPM, RULE, accept, loadFor, lockIn, record, withLock } from "./support/lock-world.ts";
import { edKey } from "./support/pins.ts";
import { POSIX, makeWorld, write } from "./support/policy-world.ts";

test("lock: one that nobody vouched for is written and still not vouched for", async (t) => {
  const world = makeWorld(t);
  writeFileSync(lockIn(world), lockText({ [RULE]: entryOf({ "evil.tgz": fileOf(TWO) }) }));
  const recorded = await record(world, accept(NPM, "acme.tgz", ONE));
  assert.deepEqual([recorded.changed, recorded.vouched], [true, false]);
  assert.equal((await loadFor(world)).findings[0]?.rule, "lock-untrusted");
});

test("lock: one that changed since it was vouched for is not vouched for by writing it", async (t) => {
  const world = withLock(t, {});
  writeFileSync(lockIn(world), lockText({ [RULE]: entryOf({ "evil.tgz": fileOf(TWO) }) }));
  assert.equal((await record(world, accept(NPM, "acme.tgz", ONE))).vouched, false);
  assert.equal((await loadFor(world)).findings[0]?.rule, "lock-untrusted");
});

test("lock: naming one with a flag is no word for what it holds", async (t) => {
  const world = makeWorld(t);
  writeFileSync(lockIn(world), lockText({}));
  const named = await loadFor(world, "boltseal.lock");
  assert.equal(recordInLock(named, [accept(NPM, "acme.tgz", ONE)]).vouched, false);
  assert.equal((await loadFor(world)).findings[0]?.rule, "lock-untrusted");
});

test("lock: one that changes between reading and writing is left as it is, and not vouched for", async (t) => {
  const world = withLock(t, {});
  const locks = await loadFor(world);
  const evil = lockText({ [RULE]: entryOf({ "evil.tgz": fileOf(TWO) }) });
  writeFileSync(lockIn(world), evil);
  assert.throws(() => recordInLock(locks, [accept(NPM, "acme.tgz", ONE)]), { code: "input-changed" });
  assert.equal(readFileSync(lockIn(world), "utf8"), evil);
  assert.equal((await loadFor(world)).findings[0]?.rule, "lock-untrusted");
});

test("lock: one that appears before a new one is written is left as it is", async (t) => {
  const world = makeWorld(t);
  const locks = await loadFor(world);
  writeFileSync(lockIn(world), lockText({}));
  assert.throws(() => recordInLock(locks, [accept(NPM, "acme.tgz", ONE)]), { code: "input-changed" });
});

test("lock: a symbolic link is not written over", async (t) => {
  const world = makeWorld(t);
  const elsewhere = join(world.home, "elsewhere.lock");
  writeFileSync(elsewhere, lockText({}));
  symlinkSync(elsewhere, lockIn(world));
  await assert.rejects(record(world, accept(NPM, "acme.tgz", ONE)), {
    code: "output-failed",
    message: /^boltseal\.lock: is a symbolic link/,
  });
  assert.equal(readFileSync(elsewhere, "utf8"), lockText({}));
});

test("lock: it is a file like others, to be committed", POSIX, async (t) => {
  const world = makeWorld(t);
  await record(world, accept(NPM, "acme.tgz", ONE));
  assert.equal(statSync(lockIn(world)).mode & 0o600, 0o600);
  assert.equal(statSync(lockIn(world)).mode & 0o022, 0);
});

test("lock: recording nothing is a mistake of the program", async (t) => {
  const locks = await loadFor(makeWorld(t));
  assert.throws(() => recordInLock(locks, []), /there is nothing to record/);
});

/** A key of minisign, and signatures by it over the BLAKE2b of a file. */
function makeMinisign(): { readonly key: string; sign(bytes: Uint8Array): string } {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const number = "0102030405060708";
  return {
    key: edKey(publicKey.export({ format: "der", type: "spki" }).subarray(-32), number),
    sign(bytes) {
      const signature = sign(null, createHash("blake2b512").update(bytes).digest(), privateKey);
      const line = Buffer.concat([Buffer.from("ED"), Buffer.from(number, "hex"), signature]).toString("base64");
      const global = sign(null, Buffer.concat([signature, Buffer.from("for tests")]), privateKey).toString("base64");
      return `untrusted comment: test-only\n${line}\ntrusted comment: for tests\n${global}\n`;
    },
  };
}

test("lock: one that a policy signer signed with minisign counts, until it is written anew", async (t) => {
  const world = makeWorld(t);
  const { key, sign: signBytes } = makeMinisign();
  write(join(world.userDir, "boltseal.json"), { signers: { team: { minisign: [key] } }, policySigners: ["team"] });
  writeFileSync(lockIn(world), lockText({ [RULE]: entryOf({ "acme-1.tgz": fileOf(ONE) }) }));
  writeFileSync(`${lockIn(world)}.minisig`, signBytes(readFileSync(lockIn(world))));
  const signed = await loadFor(world);
  assert.deepEqual([signed.findings, signed.sources[0]?.vouched], [[], "signed by team"]);

  assert.equal((await record(world, accept(NPM, "acme.tgz", TWO))).vouched, false);
  const [finding] = (await loadFor(world)).findings;
  assert.equal(finding?.rule, "lock-untrusted");
  assert.match(finding?.message ?? "", /^nobody vouched for this lock, and no signature beside it vouches for it/);
});

test("lock: a policy signer whose key is revoked vouches for nothing", async (t) => {
  const world = makeWorld(t);
  const { key, sign: signBytes } = makeMinisign();
  write(join(world.userDir, "boltseal.json"), {
    signers: { team: { minisign: [key] } },
    policySigners: ["team"],
  });
  writeFileSync(lockIn(world), lockText({}));
  writeFileSync(`${lockIn(world)}.minisig`, signBytes(readFileSync(lockIn(world))));
  assert.equal((await loadFor(world)).sources[0]?.vouched, "signed by team");
  write(join(world.userDir, "boltseal.json"), {
    signers: { team: { minisign: [{ key, revoked: "stolen" }] } },
    policySigners: ["team"],
  });
  assert.equal((await loadFor(world)).sources[0]?.vouched, undefined);
});
