// Policies as they lie on disk: which are found, what their paths are called, what is refused.

import { test } from "node:test";
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadPolicy } from "../src/policy/load.ts";
import { A, B, AS_ROOT, NOW, POSIX, load, makeWorld, signer, sources, write } from "./support/policy-world.ts";

test("load: without any policy there is an empty one", async (t) => {
  const { policySigners, ...policy } = await loadPolicy({ ...makeWorld(t), now: NOW });
  assert.deepEqual(policySigners(), { signers: [], keyNames: new Map() });
  assert.deepEqual(policy, {
    signers: [],
    artifacts: [],
    rules: new Map(),
    waivers: [],
    keyNames: new Map(),
    sources: [],
    findings: [],
  });
});

test("load: the user's policy and all project policies upward are found, and called by short paths", async (t) => {
  const world = makeWorld(t);
  write(join(world.userDir, "boltseal.json"), signer(A));
  write(join(world.home, "boltseal.json"), signer(B));
  assert.deepEqual(sources(await load(world)), [
    "user ~/.config/boltseal/boltseal.json: the user's policy",
    "project ../boltseal.json: -",
  ]);
  write(join(world.cwd, "boltseal.json"), signer(B));
  const policy = await load(world);
  assert.deepEqual(sources(policy), [
    "user ~/.config/boltseal/boltseal.json: the user's policy",
    "project boltseal.json: -",
    "project ../boltseal.json: -",
  ]);
  assert.deepEqual(
    policy.signers.map((found) => found.pins[0]?.identity),
    [A],
  );
  const deep = join(world.cwd, "a/b");
  mkdirSync(deep, { recursive: true });
  assert.equal((await load(world, { cwd: deep })).sources[1]?.path, "../../boltseal.json");
});

test("load: a policy in a subdirectory does not hide the demands of one above it", async (t) => {
  const world = makeWorld(t);
  const demanding = { version: 1, artifacts: { "*.tgz": { threshold: 2 } } };
  write(join(world.cwd, "boltseal.json"), demanding);
  const below = join(world.cwd, "component");
  mkdirSync(below);
  write(join(below, "boltseal.json"), { version: 1, rules: { "signature-surrounded": "reject" } });
  const policy = await load(world, { cwd: below });
  assert.deepEqual(
    policy.artifacts.map((rule) => [rule.match, rule.threshold, rule.definedIn]),
    [["*.tgz", 2, "../boltseal.json"]],
  );
  assert.equal(policy.rules.get("signature-surrounded"), "reject");
});

test("load: no path of the machine reaches the report", async (t) => {
  const world = makeWorld(t);
  const elsewhere = join(world.home, "../elsewhere");
  write(join(elsewhere, "boltseal.json"), signer(A));
  chmodSync(elsewhere, 0o755);
  write(join(world.home, "boltseal.json"), { ...signer(B), waivers: [] });
  const policy = await load({ ...world, userDir: elsewhere });
  assert.deepEqual(
    policy.sources.map((source) => source.path),
    ["<user>/boltseal.json", "../boltseal.json"],
  );
  assert.ok(!JSON.stringify([policy.sources, policy.findings, policy.signers]).includes(dirname(world.home)));
});

test("load: the machine's policy is called by its own path and wins over the user's", AS_ROOT, async (t) => {
  const world = makeWorld(t);
  const path = write(join(world.machineDir, "boltseal.json"), signer(A));
  write(join(world.userDir, "boltseal.json"), signer(B));
  const policy = await load(world);
  assert.equal(sources(policy)[0], `machine ${path}: the machine's policy`);
  assert.deepEqual(
    policy.signers.map((found) => found.pins[0]?.identity),
    [A],
  );
  chmodSync(path, 0o664);
  await assert.rejects(load(world), { code: "policy-malformed", message: /writable by its group or by everybody/ });
});

test("load: a policy named by flag replaces the project's, counts in full, and keeps the name it was given", async (t) => {
  const world = makeWorld(t);
  write(join(world.userDir, "boltseal.json"), {});
  write(join(world.cwd, "boltseal.json"), { rules: { "clock-set": "reject" } });
  write(join(world.cwd, "ci/policy.json"), signer(B));
  const policy = await load(world, { flag: "./ci/policy.json" });
  assert.deepEqual(sources(policy), [
    "flag ./ci/policy.json: named with --policy",
    "user ~/.config/boltseal/boltseal.json: the user's policy",
  ]);
  assert.equal(policy.signers.length, 1);
  assert.equal(policy.rules.size, 0);
  await assert.rejects(load(world, { flag: "absent.json" }), {
    code: "input-missing",
    message: "absent.json: no such file",
  });
});

test("load: one file is one policy, however it is reached", async (t) => {
  const world = makeWorld(t);
  const path = write(join(world.userDir, "boltseal.json"), signer(A));
  assert.deepEqual(sources(await load(world, { cwd: world.userDir })), [
    "user ~/.config/boltseal/boltseal.json: the user's policy",
  ]);
  symlinkSync(path, join(world.cwd, "boltseal.json"));
  assert.equal((await load(world)).sources.length, 1);
  const named = await load(world, { flag: path });
  assert.deepEqual(sources(named), [`flag ${path}: named with --policy`]);
  assert.deepEqual(named.findings, []);
});

const REFUSED = [
  {
    name: "a directory",
    make: (path: string) => mkdirSync(path),
    error: { code: "input-not-a-file", message: /^boltseal\.json: is a directory/ },
  },
  {
    name: "a dangling link",
    make: (path: string) => symlinkSync("nowhere", path),
    error: { code: "input-missing", message: /^boltseal\.json: no such file/ },
  },
  {
    name: "an empty file",
    make: (path: string) => writeFileSync(path, ""),
    error: { code: "input-empty", message: /^boltseal\.json: / },
  },
  {
    name: "no JSON",
    make: (path: string) => writeFileSync(path, "rules:"),
    error: { code: "json-malformed", message: /^boltseal\.json:1:1: / },
  },
  {
    name: "a policy with an unknown demand",
    make: (path: string) => writeFileSync(path, '{"version":1,\n"demands":{}}'),
    error: { code: "policy-malformed", message: /^boltseal\.json:2: demands: unknown key/ },
  },
  {
    name: "a file over the limit",
    make: (path: string) => {
      writeFileSync(path, '{"version":1}');
      truncateSync(path, 1024 * 1024 + 1);
    },
    error: { code: "input-too-large", message: /^boltseal\.json: / },
  },
] as const;

for (const { name, make, error } of REFUSED) {
  test(`load: ${name} in a policy's place is an error, for the project, the user and the flag`, async (t) => {
    const world = makeWorld(t);
    make(join(world.cwd, "boltseal.json"));
    await assert.rejects(load(world), error);
    await assert.rejects(load(world, { flag: "boltseal.json" }), error);
    const user = { ...world, userDir: world.cwd, cwd: world.home };
    await assert.rejects(load(user), { code: error.code });
  });
}

test(
  "load: a policy that cannot be read is an error",
  { skip: process.getuid?.() === 0 ? "root reads everything" : false },
  async (t) => {
    const world = makeWorld(t);
    chmodSync(write(join(world.cwd, "boltseal.json"), {}), 0o000);
    await assert.rejects(load(world), { code: "input-unreadable" });
  },
);

test("load: a user's policy that others can write, or replace, is an error", POSIX, async (t) => {
  const world = makeWorld(t);
  const path = write(join(world.userDir, "boltseal.json"), signer(A));
  for (const mode of [0o664, 0o646]) {
    chmodSync(path, mode);
    await assert.rejects(load(world), {
      code: "policy-malformed",
      message: /^~\/\.config\/boltseal\/boltseal\.json: is writable/,
    });
  }
  chmodSync(path, 0o600);
  chmodSync(world.userDir, 0o775);
  await assert.rejects(load(world), { code: "policy-malformed", message: /^~\/\.config\/boltseal: is writable/ });
  chmodSync(world.userDir, 0o700);
  assert.equal((await load(world)).signers.length, 1);
});
