// Policy signers: whose signature beside a project's policy vouches for it.

import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { chmodSync, cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readKeyFiles } from "../src/policy/keys.ts";
import { signersOf, trustNobody } from "../src/verify/signed.ts";
import { ROOT } from "./support/project.ts";
import { NOW, load, makeWorld, write } from "./support/policy-world.ts";
import type { World } from "./support/policy-world.ts";

const SIGNED = join(ROOT, "fixtures/policy/signed");

/** A user who lets a team sign policies, and a project's policy without its signatures. */
function makeSignedWorld(t: TestContext): World {
  const world = makeWorld(t);
  cpSync(join(SIGNED, "user"), world.userDir, { recursive: true });
  for (const path of [world.userDir, join(world.userDir, "boltseal.json")]) chmodSync(path, 0o700);
  cpSync(join(SIGNED, "project/boltseal.json"), join(world.cwd, "boltseal.json"));
  return world;
}

/** Puts a signature of the fixture beside the project's policy. */
function sign(world: World, from: string, to: string): void {
  cpSync(join(SIGNED, "project", from), join(world.cwd, to));
}

const SIGNATURES = [
  {
    name: "an armored signature of a policy signer",
    files: [["boltseal.json.asc", "boltseal.json.asc"]],
    vouched: true,
  },
  { name: "a binary signature of a policy signer", files: [["boltseal.json.sig", "boltseal.json.sig"]], vouched: true },
  {
    name: "a policy signer's beside a stranger's",
    files: [
      ["stranger.asc", "boltseal.json.asc"],
      ["boltseal.json.sig", "boltseal.json.sig"],
    ],
    vouched: true,
  },
  { name: "a stranger's signature", files: [["stranger.asc", "boltseal.json.asc"]], vouched: false },
  { name: "no signature", files: [], vouched: false },
  { name: "a signature under another name", files: [["boltseal.json.asc", "boltseal.json.gpg"]], vouched: false },
  { name: "a file that is no signature", files: [["boltseal.json", "boltseal.json.asc"]], vouched: false },
] as const;

for (const { name, files, vouched } of SIGNATURES) {
  test(`policy signers: ${name} ${vouched ? "vouches" : "does not vouch"} for a project's policy`, async (t) => {
    const world = makeSignedWorld(t);
    for (const [from, to] of files) sign(world, from, to);
    const policy = await load(world);
    assert.equal(policy.sources[1]?.vouched, vouched ? "signed by platform-team" : undefined);
    assert.deepEqual(
      policy.signers.map((found) => found.name),
      vouched ? ["platform-team", "acme-release"] : ["platform-team"],
    );
    assert.equal(policy.findings.length, vouched ? 0 : 1);
  });
}

test("policy signers: a policy that was changed after signing is not vouched for", async (t) => {
  const world = makeSignedWorld(t);
  sign(world, "boltseal.json.asc", "boltseal.json.asc");
  const path = join(world.cwd, "boltseal.json");
  writeFileSync(path, readFileSync(path, "utf8").replace("0000 1111", "0000 1112"));
  const policy = await load(world);
  assert.deepEqual(
    policy.signers.map((found) => found.name),
    ["platform-team"],
  );
  assert.match(
    policy.findings[0]?.message ?? "",
    /^nobody vouched for this policy, and no signature beside it vouches for it \(/,
  );
});

test("policy signers: a signature that cannot be read is an error", async (t) => {
  const world = makeSignedWorld(t);
  mkdirSync(join(world.cwd, "boltseal.json.asc"));
  await assert.rejects(load(world), { code: "input-not-a-file", message: /^boltseal\.json\.asc: is a directory/ });
});

test("policy signers: a key file that is missing is an error that names it", async (t) => {
  const world = makeSignedWorld(t);
  sign(world, "boltseal.json.asc", "boltseal.json.asc");
  renameSync(join(world.userDir, "keys/platform.asc"), join(world.userDir, "keys/gone.asc"));
  await assert.rejects(load(world), {
    code: "input-missing",
    message: "~/.config/boltseal/keys/platform.asc: no such file",
  });
});

/** Lets the owner of one key, pinned with the given members, sign policies. */
function allowPolicySigner(world: World, key: string, pin: object): void {
  const signers = { "platform-team": { openpgp: [pin], keys: [`keys/${key}.asc`] } };
  write(join(world.userDir, "boltseal.json"), { signers, policySigners: ["platform-team"] });
}

const PLATFORM = "12C86508722B646C7996E96A5483C577A3EA285D";

for (const [name, pin] of [
  ["revoked", { revoked: "stolen" }],
  ["over", { notAfter: "2024-12-31" }],
] as const) {
  test(`policy signers: a key that the user's policy calls ${name} vouches for nothing`, async (t) => {
    const world = makeSignedWorld(t);
    sign(world, "boltseal.json.asc", "boltseal.json.asc");
    allowPolicySigner(world, "platform", { fingerprint: PLATFORM });
    assert.equal((await load(world)).sources[1]?.vouched, "signed by platform-team");
    allowPolicySigner(world, "platform", { fingerprint: PLATFORM, ...pin });
    assert.equal((await load(world)).sources[1]?.vouched, undefined);
  });
}

test("policy signers: a key that is let pass although it is weak vouches for nothing", async (t) => {
  const world = makeSignedWorld(t);
  sign(world, "weak.asc", "boltseal.json.asc");
  const allowWeak = { reason: "old releases", expires: "2030-01-01" };
  allowPolicySigner(world, "weak", { fingerprint: "A2DF057FE4DF8425ECFF4A1D94D21A110C571FED", allowWeak });
  const policy = await load(world);
  const [signature, bytes] = ["weak.asc", "boltseal.json"].map((name) => readFileSync(join(SIGNED, "project", name)));
  assert.ok(signature !== undefined && bytes !== undefined);
  const policyKeys = readKeyFiles(policy);
  const trust = { ...trustNobody(NOW, NOW), policyKeys, signers: policy.signers };
  const [judgement] = await signersOf(bytes, [{ source: "weak.asc", bytes: signature }], trust);
  assert.deepEqual([judgement?.state, judgement?.allowedWeak?.reason], ["verified", "old releases"]);
  assert.equal(policy.sources[1]?.vouched, undefined);
  assert.match(policy.findings[0]?.message ?? "", /allowWeak does not reach as far as policies/);
});

test("policy signers: in a project's own policy they vouch for nothing", async (t) => {
  const world = makeSignedWorld(t);
  const user = join(world.userDir, "boltseal.json");
  cpSync(user, join(world.cwd, "boltseal.json"));
  rmSync(user);
  sign(world, "boltseal.json.asc", "boltseal.json.asc");
  assert.equal((await load(world)).signers.length, 0);
});

test("keys: each key file is read once and named as messages may show it", async (t) => {
  const world = makeSignedWorld(t);
  const policy = await load(world);
  assert.deepEqual(readKeyFiles(policy), [
    {
      source: "~/.config/boltseal/keys/platform.asc",
      bytes: readFileSync(join(SIGNED, "user/keys/platform.asc")),
    },
  ]);
});
