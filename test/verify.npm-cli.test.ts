// Evidence of package registries through the program, over real tarballs: exit status, verdict and the rule that decided.

import { test } from "node:test";
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { ISSUER, keys, provenance, publish, roots, SAN } from "./support/npm-attestation.ts";
import { keyEntry } from "./support/npm-registry.ts";
import { ROOT } from "./support/project.ts";
import { bareEnvironment, runBoltseal } from "./support/run.ts";

const FIXTURES = join(ROOT, "fixtures/verify/npm");
const TARBALL = "acme-server-1.2.3.tgz";

interface JsonReport {
  readonly verdict: string;
  readonly subjects: readonly { readonly evidence: readonly { readonly state: string; readonly kind: string }[] }[];
  readonly findings: readonly { readonly rule: string; readonly level: string }[];
}

/** Attestations over the fixture's tarball, made anew: of `registry.json` one, of `both.json` two. */
function writeAttestations(folder: string): void {
  const sha512 = createHash("sha512")
    .update(readFileSync(join(FIXTURES, TARBALL)))
    .digest("hex");
  const more = { subject: [{ name: "pkg:npm/%40acme/server@1.2.3", digest: { sha512 } }] };
  const write = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value));
  write("registry.json", { attestations: [publish(more)] });
  write("both.json", { attestations: [publish(more), provenance(more)] });
  write("unknown.json", { attestations: [publish(more), { predicateType: "https://npm.example/x", bundle: {} }] });
  write("new-keys.json", { keys: [keyEntry(keys)] });
  const { trustedRoot } = JSON.parse(Buffer.from(roots().bytes).toString()) as { readonly trustedRoot: unknown };
  write("trusted_root.json", trustedRoot);
}

const ROOTS = ["--trusted-root", "trusted_root.json"];
const BUILDER = ["--certificate-identity", SAN, "--certificate-oidc-issuer", ISSUER];

/** Arguments, exit status, states of the evidence, and the rules of findings that are more than a note. */
const ROWS: readonly (readonly [args: readonly string[], exit: 0 | 1 | 2, states: string, rules: string])[] = [
  [["--npm-signature", "signature.json", "--key", "keys.json"], 0, "verified", ""],
  [["--npm-signature", "dist.json", "--key", "keys.json"], 0, "untrusted-signer verified", "warn signature-untrusted"],
  [["--npm-signature", "signature.json", "--key", "keys-expired.json"], 0, "verified", "warn key-expired"],
  [["--npm-signature", "bare.json", "--key", "keys-expired.json"], 1, "expired", "reject signature-expired"],
  [
    ["--npm-signature", "signature.json", "--key", "stranger.json"],
    1,
    "untrusted-signer",
    "reject signature-untrusted",
  ],
  [["--npm-signature", "signature.json"], 2, "untrusted-signer", "unknown signature-untrusted"],
  [["--npm-signature", "other.json", "--key", "keys.json"], 1, "mismatch", "reject digest-mismatch"],
  [["--attestations", "registry.json", ...ROOTS, "--key", "new-keys.json"], 0, "verified", ""],
  [["--attestations", "both.json", ...ROOTS, ...BUILDER], 0, "untrusted-signer verified", "warn signature-untrusted"],
  [["--attestations", "both.json", ...ROOTS, ...BUILDER, "--key", "new-keys.json"], 0, "verified verified", ""],
  [["--attestations", "both.json", ...ROOTS], 2, "untrusted-signer untrusted-signer", "unknown signature-untrusted"],
  [
    ["--attestations", "unknown.json", ...ROOTS, "--key", "new-keys.json"],
    0,
    "verified unsupported",
    "warn signature-unsupported",
  ],
];

const VERDICTS = { 0: "verified", 1: "rejected", 2: "unknown" } as const;

for (const [args, exit, states, rules] of ROWS) {
  test(`boltseal verify ${args.join(" ")}: ${VERDICTS[exit]}`, async () => {
    const { report, status } = await verify(TARBALL, args);
    assert.deepEqual([status, report.verdict], [exit, VERDICTS[exit]]);
    assert.equal(statesIn(report), states);
    const found = report.findings.filter(({ level }) => level !== "note").map(({ level, rule }) => `${level} ${rule}`);
    assert.equal(found.filter((finding) => !finding.endsWith("threshold-unmet"))[0] ?? "", rules);
  });
}

test("a tarball that calls itself otherwise, or in two ways, verifies by no name", async () => {
  const other = await verify("other.tgz", ["--npm-signature", "other.json", "--key", "keys.json"]);
  assert.deepEqual([other.status, statesIn(other.report)], [1, "invalid"]);
  const twice = await verify("twice.tgz", ["--npm-signature", "twice.json", "--key", "keys.json"]);
  assert.deepEqual([twice.status, statesIn(twice.report)], [1, "malformed"]);
});

function statesIn(report: JsonReport): string {
  return report.subjects.flatMap(({ evidence }) => evidence.map(({ state }) => state)).join(" ");
}

async function verify(file: string, args: readonly string[]): Promise<{ status: number; report: JsonReport }> {
  const top = mkdtempSync(join(tmpdir(), "boltseal-npm-"));
  try {
    const cwd = join(top, "work");
    mkdirSync(cwd);
    cpSync(FIXTURES, cwd, { recursive: true });
    writeAttestations(cwd);
    const line = ["verify", file, ...args, "--at", "2026-10-01", "--json"];
    const { stdout, stderr, exit } = await runBoltseal(line, { cwd, env: bareEnvironment(join(top, "home")) });
    assert.notEqual(stdout, "", stderr);
    return { status: exit, report: JSON.parse(stdout) as JsonReport };
  } finally {
    rmSync(top, { recursive: true });
  }
}
