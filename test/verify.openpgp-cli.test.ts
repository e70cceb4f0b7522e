// Signatures through the program: exit status, verdict and the rule that decided, for one signature of each state.

import { test } from "node:test";
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./support/project.ts";
import { bareEnvironment, runBoltseal } from "./support/run.ts";

/** Signature, exit status, verdict, state of the evidence, and the findings about signature and key. */
const ROWS: readonly (readonly [
  signature: string,
  exit: 0 | 1 | 2,
  states: readonly string[],
  findings: readonly string[],
])[] = [
  ["acme.sig", 0, ["verified"], []],
  ["bob.asc", 0, ["verified"], []],
  ["brainpool.sig", 0, ["verified"], []],
  ["expired.sig", 0, ["verified"], ["warn key-expired"]],
  ["good-and-bad.sig", 0, ["verified", "invalid"], ["warn signature-invalid"]],
  ["good-and-revoked.sig", 0, ["verified", "revoked"], ["warn signature-revoked"]],
  ["weak-and-good.sig", 0, ["weak", "verified"], ["warn signature-weak"]],
  ["text-around.asc", 0, ["verified"], ["warn signature-surrounded"]],
  ["other-file.sig", 1, ["invalid"], ["reject signature-invalid"]],
  ["revoked.sig", 1, ["revoked"], ["reject signature-revoked"]],
  ["short.sig", 1, ["weak"], ["reject signature-weak"]],
  ["sha1.sig", 1, ["weak"], ["reject signature-weak"]],
  ["expired-signature.sig", 1, ["expired"], ["reject signature-expired"]],
  ["mallory.sig", 1, ["untrusted-signer"], ["reject signature-untrusted"]],
  ["inline.gpg", 1, ["malformed"], ["reject signature-malformed"]],
];

const VERDICTS = { 0: "verified", 1: "rejected", 2: "unknown" } as const;

interface JsonReport {
  readonly verdict: string;
  readonly subjects: readonly { readonly evidence: readonly { readonly state: string }[] }[];
  readonly findings: readonly { readonly rule: string; readonly level: string }[];
}

for (const [signature, exit, states, findings] of ROWS) {
  test(`boltseal verify --signature ${signature}: ${VERDICTS[exit]}`, async () => {
    const top = mkdtempSync(join(tmpdir(), "boltseal-verify-"));
    try {
      const cwd = join(top, "work");
      mkdirSync(cwd);
      for (const name of ["tool.tgz", "keys.gpg", signature])
        cpSync(join(ROOT, "fixtures/verify/signatures", name), join(cwd, name));
      const args = [
        "verify",
        "tool.tgz",
        "--signature",
        signature,
        "--key",
        "keys.gpg",
        "--at",
        "2026-10-01",
        "--json",
      ];
      const result = await runBoltseal(args, { cwd, env: bareEnvironment(join(top, "home")) });
      const report = JSON.parse(result.stdout) as JsonReport;
      const about = report.findings.filter(({ rule }) => /^(?:signature|key)-/.test(rule));
      assert.deepEqual([result.exit, report.verdict], [exit, VERDICTS[exit]]);
      assert.deepEqual(
        report.subjects.flatMap(({ evidence }) => evidence.map(({ state }) => state)),
        states,
      );
      assert.deepEqual(
        about.map(({ rule, level }) => `${level} ${rule}`),
        findings,
      );
    } finally {
      rmSync(top, { recursive: true });
    }
  });
}
