// Who may grant what: policies of every level weighed against one another.

import { test } from "node:test";
import assert from "node:assert/strict";
import { rulesFor, undefinedSigners } from "../src/policy/demands.ts";
import { policySignersOf, weigh } from "../src/policy/authority.ts";
import { foreignWriter } from "../src/policy/policy-files.ts";
import type { WeighedFile } from "../src/policy/authority.ts";
import type { Vouching } from "../src/policy/authority.ts";
import { A, B, C, SOMEBODY, SOURCES, file } from "./support/weighed-files.ts";

test("policy: a project that only demands is not complained about", () => {
  const policy = weigh([file("project", { rules: { "clock-set": "reject" }, artifacts: { "*": { threshold: 2 } } })]);
  assert.deepEqual(policy.findings, []);
  assert.deepEqual(
    policy.artifacts.map((rule) => rule.threshold),
    [2],
  );
  assert.equal(policy.sources[0]?.vouched, undefined);
});

test("policy: a policy that changed since it was trusted says so, even when nothing is ignored", () => {
  const changed: Vouching = {
    distrust: { because: "this policy has changed since it was trusted", expected: "sha256:1", actual: "sha256:2" },
  };
  const [finding] = weigh([file("project", {}, changed)]).findings;
  assert.equal(finding?.message, "this policy has changed since it was trusted; ignored: nothing");
  assert.deepEqual([finding?.expected, finding?.actual], ["sha256:1", "sha256:2"]);
});

test("policy: authority is a matter of level, not of the order of reading", () => {
  const files = [
    file("project", { signers: { acme: { openpgp: [C] } } }, SOMEBODY),
    file("user", { signers: { acme: { openpgp: [B] } } }),
    file("machine", { signers: { acme: { openpgp: [A] } } }),
  ];
  for (const ordered of [files, files.toReversed()]) {
    const policy = weigh(ordered);
    assert.deepEqual(
      policy.signers.map((signer) => [signer.definedIn, signer.pins[0]?.identity]),
      [[SOURCES.machine, A]],
    );
    assert.deepEqual(
      policy.sources.map((source) => source.level),
      ["machine", "user", "project"],
    );
    const message = `the signer "acme" is already defined in ${SOURCES.machine}, and that definition counts`;
    const shadowed = { rule: "policy-shadowed", level: "note", message, line: 4 } as const;
    assert.deepEqual(policy.findings, [
      { ...shadowed, subject: SOURCES.user, file: SOURCES.user },
      { ...shadowed, subject: SOURCES.project, file: SOURCES.project },
    ]);
  }
  assert.equal(
    weigh([...files, file("flag", { signers: { acme: { openpgp: [C] } } })]).signers[0]?.definedIn,
    SOURCES.flag,
  );
});

test("policy: a key that any trusted policy revokes is revoked, whoever defines its signer", () => {
  const lower = { signers: { acme: { openpgp: [{ fingerprint: A, revoked: "stolen" }] } } };
  const higher = file("machine", { signers: { acme: { openpgp: [A, B] } } });
  const revoked = (files: readonly WeighedFile[]): unknown => weigh(files).signers[0]?.pins.map((pin) => pin.revoked);
  assert.deepEqual(revoked([higher, file("user", lower)]), ["stolen", undefined]);
  assert.deepEqual(revoked([higher, file("project", lower, SOMEBODY)]), ["stolen", undefined]);
  assert.deepEqual(revoked([higher, file("project", lower)]), [undefined, undefined]);
});

test("policy: of several levels for a rule the strictest counts, from whichever policy", () => {
  const policy = weigh([
    file("user", { rules: { "clock-set": "unknown", "checksum-junk": "warn" } }),
    file("machine", { rules: { "clock-set": "reject" } }),
    file("project", { rules: { "clock-set": "warn", "checksum-junk": "unknown" } }),
  ]);
  assert.deepEqual(
    new Map(policy.rules),
    new Map([
      ["clock-set", "reject"],
      ["checksum-junk", "unknown"],
    ]),
  );
});

test("policy: every rule that matches a file's name applies, and a signer nobody defines is a finding", () => {
  const policy = weigh([
    file("user", { signers: { acme: { openpgp: [A] } }, artifacts: { "acme-?.tgz": { signers: ["acme"] } } }),
    file("project", {
      artifacts: { "*.tgz": { signers: ["acme", "ghost"], threshold: 2 }, "*.zip": { signers: ["ghost"] } },
    }),
  ]);
  const matches = (name: string): unknown => rulesFor(policy, name).map((rule) => rule.match);
  assert.deepEqual(matches("acme-1.tgz"), ["acme-?.tgz", "*.tgz"]);
  assert.deepEqual(matches("downloads/acme-1.tgz"), ["acme-?.tgz", "*.tgz"]);
  assert.deepEqual(matches("acme-10.tgz"), ["*.tgz"]);
  assert.deepEqual(matches("acme-1.tgz.asc"), []);
  assert.deepEqual(undefinedSigners(policy, "acme-1.tgz", "downloads/acme-1.tgz"), [
    {
      rule: "signer-undefined",
      level: "unknown",
      subject: "downloads/acme-1.tgz",
      message: 'the rule for "*.tgz" names the signer "ghost", which no trusted policy defines',
      file: "boltseal.json",
      line: 4,
    },
  ]);
  assert.deepEqual(undefinedSigners(policy, "acme-1.exe", "acme-1.exe"), []);
});

test("policy: only the machine's and the user's policy say who signs policies", () => {
  const signers = { "platform-team": { openpgp: [A], keys: ["platform.asc"] }, acme: { openpgp: [B] } };
  const names = (...files: readonly WeighedFile[]): unknown =>
    policySignersOf(files).signers.map((signer) => signer.name);
  assert.deepEqual(names(file("user", { signers, policySigners: ["platform-team"] })), ["platform-team"]);
  assert.deepEqual(names(file("machine", { policySigners: ["acme"] }), file("user", { signers })), ["acme"]);
  assert.deepEqual(names(file("user", { signers })), []);
  assert.deepEqual(names(file("flag", { signers, policySigners: ["acme"] })), []);
  assert.deepEqual(names(file("project", { signers, policySigners: ["acme"] }, SOMEBODY)), []);
  assert.throws(
    () => names(file("user", { policySigners: ["platform-team"] }), file("project", { signers }, SOMEBODY)),
    {
      code: "policy-malformed",
      message: /^~\/\.config\/boltseal\/boltseal\.json:4: policySigners\[0\]: .*"platform-team"/,
    },
  );
});

const OWNERS = [
  { name: "root's file that root alone can write", level: "machine", uid: 0, mode: 0o100644, trusted: true },
  { name: "root's file that its group can write", level: "machine", uid: 0, mode: 0o100664, trusted: false },
  { name: "root's file that everybody can write", level: "machine", uid: 0, mode: 0o100646, trusted: false },
  { name: "a machine's file that belongs to a user", level: "machine", uid: 1000, mode: 0o100644, trusted: false },
  { name: "a sticky directory that everybody can write", level: "machine", uid: 0, mode: 0o041777, trusted: false },
  { name: "the user's own file", level: "user", uid: 1000, mode: 0o100600, trusted: true },
  { name: "somebody else's file", level: "user", uid: 1001, mode: 0o100600, trusted: false },
  { name: "the user's file that everybody can read", level: "user", uid: 1000, mode: 0o100644, trusted: true },
  { name: "the user's file that its group can write", level: "user", uid: 1000, mode: 0o100620, trusted: false },
  { name: "the user's file that everybody can write", level: "user", uid: 1000, mode: 0o100602, trusted: false },
] as const;

for (const { name, level, uid, mode, trusted } of OWNERS) {
  test(`policy: ${name} is ${trusted ? "trusted" : "refused"}`, () => {
    const own = uid === 0 || uid === 1000;
    assert.equal(foreignWriter({ uid, own, mode }, level) === undefined, trusted);
  });
}
