// The trust store: what the user vouched for, how it is kept, and what a damaged store does.

import { test } from "node:test";
import assert from "node:assert/strict";
import { chmodSync, cpSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { forgetFile, readTrustStore, trustFile } from "../src/policy/trust-store.ts";
import { A, POSIX, load, makeWorld, signer, sources, write } from "./support/policy-world.ts";

test("trust: a trusted project counts in full until one byte changes, and again after it was forgotten not at all", async (t) => {
  const world = makeWorld(t);
  const path = write(join(world.cwd, "boltseal.json"), signer(A));
  const before = await load(world);
  assert.deepEqual(
    [before.signers.length, before.findings[0]?.message],
    [0, "nobody vouched for this policy; ignored: signer acme"],
  );

  const { sha256 } = trustFile(world.userDir, path);
  const trusted = await load(world);
  assert.deepEqual([trusted.signers.length, trusted.findings], [1, []]);
  assert.deepEqual(sources(trusted), ["project boltseal.json: trusted with boltseal trust"]);
  assert.equal(trusted.sources[0]?.sha256, sha256);

  writeFileSync(path, `${readFileSync(path, "utf8")} `);
  const changed = await load(world);
  assert.equal(changed.signers.length, 0);
  assert.equal(changed.findings[0]?.message, "this policy has changed since it was trusted; ignored: signer acme");
  assert.equal(changed.findings[0]?.expected, `sha256:${sha256}`);
  assert.equal(changed.findings[0]?.actual, `sha256:${changed.sources[0]?.sha256}`);

  trustFile(world.userDir, path);
  assert.equal((await load(world)).signers.length, 1);
  assert.equal(forgetFile(world.userDir, path), true);
  assert.equal(forgetFile(world.userDir, path), false);
  assert.equal((await load(world)).signers.length, 0);
});

test("trust: trust is for one place: a copy or a link elsewhere has none", async (t) => {
  const world = makeWorld(t);
  const path = write(join(world.home, "mine/boltseal.json"), signer(A));
  trustFile(world.userDir, path);
  assert.equal((await load(world, { cwd: dirname(path) })).signers.length, 1);
  cpSync(path, join(world.cwd, "boltseal.json"));
  assert.equal((await load(world)).signers.length, 0);
  rmSync(join(world.cwd, "boltseal.json"));
  symlinkSync(path, join(world.cwd, "boltseal.json"));
  const linked = await load(world);
  assert.equal(linked.signers.length, 0);
  assert.match(linked.findings[0]?.message ?? "", /^this policy is a symbolic link to one that is trusted elsewhere; /);
  assert.throws(() => trustFile(world.userDir, join(world.cwd, "boltseal.json")), {
    code: "usage",
    message: /is a symbolic link$/,
  });
});

test("trust: a folder reached through a link is the same folder", async (t) => {
  const world = makeWorld(t);
  write(join(world.cwd, "boltseal.json"), signer(A));
  const link = join(world.home, "link");
  symlinkSync(world.cwd, link);
  trustFile(world.userDir, join(link, "boltseal.json"));
  assert.equal((await load(world)).signers.length, 1);
  assert.equal((await load(world, { cwd: link })).signers.length, 1);
  assert.equal(forgetFile(world.userDir, join(link, "boltseal.json")), true);
});

test("trust: a file that is gone can be forgotten", (t) => {
  const world = makeWorld(t);
  const path = write(join(world.cwd, "boltseal.json"), {});
  trustFile(world.userDir, path);
  rmSync(path);
  assert.equal(forgetFile(world.userDir, path), true);
  trustFile(world.userDir, write(path, {}));
  rmSync(world.cwd, { recursive: true });
  assert.equal(forgetFile(world.userDir, path), true);
  assert.equal(readTrustStore(world.userDir).size, 0);
});

test("trust: the store is sorted, for the user alone, and in a folder for the user alone", POSIX, (t) => {
  const world = makeWorld(t);
  rmSync(join(world.home, ".config"), { recursive: true });
  const [second, first] = [write(join(world.cwd, "b.json"), {}), write(join(world.cwd, "a.json"), {})];
  const trusted = [trustFile(world.userDir, second), trustFile(world.userDir, first)];
  const store = join(world.userDir, "trusted.json");
  assert.equal(statSync(store).mode & 0o777, 0o600);
  assert.equal(statSync(world.userDir).mode & 0o777, 0o700);
  const files = Object.fromEntries(trusted.toReversed().map(({ path, sha256 }) => [path, { sha256 }]));
  assert.equal(readFileSync(store, "utf8"), `${JSON.stringify({ version: 1, files }, null, 2)}\n`);
  chmodSync(world.userDir, 0o770);
  assert.throws(() => trustFile(world.userDir, first), {
    code: "policy-malformed",
    message: /^the user's boltseal folder: is writable/,
  });
});

const HEX = "0".repeat(64);
const STORES = [
  { name: "an empty file", text: "", code: "input-empty" },
  { name: "half a store", text: '{"version":1,"files":{', code: "json-malformed" },
  { name: "a comment", text: '{"version":1,"files":{}} // mine', code: "json-malformed" },
  {
    name: "a path twice",
    text: `{"version":1,"files":{"/a":{"sha256":"${HEX}"},"/a":{"sha256":"${HEX}"}}}`,
    code: "json-malformed",
  },
  { name: "another version", text: '{"version":2,"files":{}}', code: "policy-malformed" },
  { name: "no files", text: '{"version":1}', code: "policy-malformed" },
  { name: "an unknown key", text: '{"version":1,"files":{},"all":true}', code: "policy-malformed" },
  {
    name: "a relative path",
    text: `{"version":1,"files":{"boltseal.json":{"sha256":"${HEX}"}}}`,
    code: "policy-malformed",
  },
  { name: "a digest that is none", text: '{"version":1,"files":{"/a":{"sha256":"any"}}}', code: "policy-malformed" },
  { name: "a list of files", text: '{"version":1,"files":["/a"]}', code: "policy-malformed" },
] as const;

for (const { name, text, code } of STORES) {
  test(`trust: a store with ${name} is an error, not an empty store`, async (t) => {
    const world = makeWorld(t);
    writeFileSync(join(world.userDir, "trusted.json"), text, { mode: 0o600 });
    const path = write(join(world.cwd, "boltseal.json"), signer(A));
    await assert.rejects(load(world), { code });
    assert.throws(() => trustFile(world.userDir, path), { code });
    assert.throws(() => forgetFile(world.userDir, path), { code });
    assert.equal(readFileSync(join(world.userDir, "trusted.json"), "utf8"), text);
  });
}

test("trust: a store that others can write is an error", POSIX, async (t) => {
  const world = makeWorld(t);
  trustFile(world.userDir, write(join(world.cwd, "boltseal.json"), signer(A)));
  chmodSync(join(world.userDir, "trusted.json"), 0o620);
  await assert.rejects(load(world), {
    code: "policy-malformed",
    message: /^trusted\.json in the user's boltseal folder: is writable/,
  });
});
