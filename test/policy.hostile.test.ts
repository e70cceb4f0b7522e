// A project policy that comes with what is being checked: it adds demands and grants nothing.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { RULES, stricter } from "../src/core/rules.ts";
import type { Rule, RuleId } from "../src/core/rules.ts";
import { policySignersOf, weigh } from "../src/policy/authority.ts";
import type { WeighedFile } from "../src/policy/authority.ts";
import { A, B, C, SHA256, SOMEBODY, SOURCES, file } from "./support/weighed-files.ts";

/** Everything that a hostile repository could wish for. */
const HOSTILE = {
  signers: { "acme-release": { openpgp: [C], keys: ["keys/evil.asc"] }, "evil-team": { openpgp: [B] } },
  artifacts: {
    "acme-*.tgz": { signers: ["acme-release"], threshold: 1, evidence: ["signature"], digests: [`sha256:${SHA256}`] },
    "evil-*.tgz": { digests: [`sha256:${SHA256}`] },
    "other-*.tgz": { signers: ["evil-team"] },
  },
  rules: { "clock-set": "reject" },
  waivers: [{ rule: "signature-untrusted", subject: "acme-*", reason: "trust me", expires: "2027-01-01" }],
  policySigners: ["evil-team"],
};

test("policy: a project that nobody vouched for adds its demands and nothing else", () => {
  const policy = weigh([file("user", { signers: { "acme-release": { openpgp: [A] } } }), file("project", HOSTILE)]);
  assert.deepEqual(
    policy.signers.map(({ name, pins, keyFiles, definedIn }) => ({ name, pins, keyFiles, definedIn })),
    [{ name: "acme-release", pins: [{ scheme: "openpgp", identity: A }], keyFiles: [], definedIn: SOURCES.user }],
  );
  assert.deepEqual([...policy.keyNames], []);
  assert.deepEqual(policy.waivers, []);
  assert.deepEqual([...policy.rules], [["clock-set", "reject"]]);
  assert.deepEqual(
    policy.artifacts.map(({ match, signers, threshold, evidence, digests }) => [
      match,
      signers,
      threshold,
      evidence,
      digests,
    ]),
    [
      ["acme-*.tgz", ["acme-release"], 1, ["signature"], []],
      ["other-*.tgz", ["evil-team"], 1, [], []],
    ],
  );
  const ignored = [
    "signer acme-release",
    "signer evil-team",
    "key file keys/evil.asc",
    "digests of acme-*.tgz",
    "digests of evil-*.tgz",
    "waiver of signature-untrusted for acme-*",
    "policy signer evil-team",
  ];
  const source = { sha256: "0".repeat(64), ignored: [] };
  assert.deepEqual(policy.sources, [
    { ...source, path: SOURCES.user, level: "user", vouched: "somebody" },
    { ...source, path: SOURCES.project, level: "project", ignored },
  ]);
  assert.deepEqual(policy.findings, [
    {
      rule: "policy-untrusted",
      level: "warn",
      subject: "boltseal.json",
      message: `nobody vouched for this policy; ignored: ${ignored.join(", ")}`,
      hint: "boltseal trust boltseal.json",
      file: "boltseal.json",
    },
  ]);
});

test("policy: a project that lowers a rule is refused, vouched for or not", () => {
  assert.throws(() => file("project", { ...HOSTILE, rules: { "digest-mismatch": "note" } }), {
    code: "policy-malformed",
  });
});

test("policy: the same project counts in full when somebody vouched for it", () => {
  const policy = weigh([file("project", HOSTILE, SOMEBODY)]);
  assert.deepEqual(
    policy.signers.map((signer) => signer.name),
    ["acme-release", "evil-team"],
  );
  assert.deepEqual([...policy.keyNames], [["/project/keys/evil.asc", "keys/evil.asc"]]);
  assert.deepEqual(
    policy.artifacts.map((rule) => rule.digests.length),
    [1, 1, 0],
  );
  assert.equal(policy.waivers.length, 1);
  assert.deepEqual(policy.sources[0]?.ignored, []);
  assert.deepEqual(policy.findings, []);
});

const signerNames = ["acme", "beta", "gamma"] as const;
const ruleIds = Object.keys(RULES) as RuleId[];
const waivableIds = ruleIds.filter((id) => (RULES[id] as Rule).waivable);

/** Any members that a policy may have. */
const anyMembers = fc.record({
  signers: fc
    .uniqueArray(fc.constantFrom(...signerNames), { maxLength: 3 })
    .map((names) =>
      Object.fromEntries(
        names.map((name) => [name, { openpgp: [name.charCodeAt(0).toString(16).repeat(20)], keys: [`${name}.asc`] }]),
      ),
    ),
  artifacts: fc.dictionary(
    fc.constantFrom("*", "a-*", "b-*"),
    fc.oneof(
      fc.integer({ min: 1, max: 9 }).map((threshold) => ({ threshold })),
      fc
        .uniqueArray(fc.constantFrom(...signerNames), { minLength: 1 })
        .map((signers) => ({ signers, digests: [`sha256:${SHA256}`] })),
      fc.constant({ digests: [`sha256:${SHA256}`] }),
    ),
  ),
  rules: fc
    .uniqueArray(fc.constantFrom(...ruleIds), { maxLength: 4 })
    .map((ids) => Object.fromEntries(ids.map((id) => [id, "reject"]))),
  waivers: fc.array(
    fc.constantFrom(...waivableIds).map((rule) => ({ rule, subject: "a-*", reason: "why", expires: "2027-01-01" })),
    { maxLength: 2 },
  ),
  policySigners: fc.uniqueArray(fc.constantFrom(...signerNames), { maxLength: 2 }),
});

test("policy: a project that nobody vouched for takes no demand away and grants nothing, whatever it holds", () => {
  fc.assert(
    fc.property(anyMembers, anyMembers, (own, projects) => {
      const user = file("user", own);
      const [before, after] = [weigh([user]), weigh([user, file("project", projects)])];
      assert.deepEqual(after.signers, before.signers);
      assert.deepEqual([...after.keyNames], [...before.keyNames]);
      assert.deepEqual(after.waivers, before.waivers);
      assert.deepEqual(after.artifacts.slice(0, before.artifacts.length), before.artifacts);
      for (const rule of after.artifacts.slice(before.artifacts.length)) assert.deepEqual(rule.digests, []);
      for (const [rule, level] of before.rules)
        assert.equal(stricter(after.rules.get(rule) ?? "note", level), after.rules.get(rule));
      assert.deepEqual(policySignersOfAny([user, file("project", projects)]), policySignersOfAny([user]));
    }),
  );
});

/** The names, or the refusal: a name may well be undefined here. */
function policySignersOfAny(files: readonly WeighedFile[]): unknown {
  try {
    return policySignersOf(files).signers;
  } catch (error) {
    return String(error);
  }
}
