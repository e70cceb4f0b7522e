// The human format: what a person reads, line by line.

import { test } from "node:test";
import assert from "node:assert/strict";
import { type Report, subjectVerdict } from "../src/core/report.ts";
import { human } from "../src/output/human.ts";
import {
  ENDINGS,
  FINGERPRINT,
  LISTED,
  POLICY,
  SHA256,
  SIGNED,
  findingOf,
  plain,
  reportOf,
  subjectOf,
} from "./support/reports.ts";

const HINT = "if the publisher changed keys, compare the new fingerprint with one obtained another way";
const WAIVED = { by: "boltseal.json", reason: "the key is being replaced", expires: "2027-01-01T00:00:00Z" };

function lines(report: Report): readonly string[] {
  const text = human.render(report, { version: "1.2.3", paint: plain });
  assert.ok(text.endsWith("\n") && !text.endsWith("\n\n"));
  return text.slice(0, -1).split("\n");
}

const CASES: readonly { name: string; report: Report; expected: readonly string[] }[] = [
  {
    name: "a rejected subject: the worst finding first, values aligned, the hint last",
    report: reportOf({
      subjects: [subjectOf("installer.sh"), subjectOf("a.zip", LISTED), subjectOf("b.zip", LISTED)],
      findings: [
        findingOf("key-expired", "installer.sh"),
        findingOf("signature-untrusted", "installer.sh", {
          level: "reject",
          expected: `openpgp ${FINGERPRINT} (acme-release)`,
          actual: "openpgp 90b2",
          hint: HINT,
        }),
      ],
    }),
    expected: [
      "rejected  installer.sh: the signature is not by a trusted signer   [signature-untrusted]",
      `  expected  openpgp ${FINGERPRINT} (acme-release)`,
      "  actual    openpgp 90b2",
      `  hint: ${HINT}`,
      "  warning: the key has expired since it signed   [key-expired]",
      "verified  a.zip",
      "  checksum: listed in a signed list",
      `    digest    sha256:${SHA256.hex}`,
      "    from      SHA256SUMS",
      "verified  b.zip",
      "  checksum: listed in a signed list",
      `    digest    sha256:${SHA256.hex}`,
      "    from      SHA256SUMS",
      "",
      "1 of 3 artifacts rejected",
    ],
  },
  {
    name: "verified evidence: what it is, whole fingerprint, signer's name, claimed time, source",
    report: reportOf({ subjects: [subjectOf("tool.tar.gz", SIGNED)] }),
    expected: [
      "verified  tool.tar.gz",
      "  signature: signed by a trusted signer",
      `    signer    openpgp ${FINGERPRINT} (acme-release)`,
      "    signed    2026-03-01T09:00:00Z, by the signer's own clock",
      "    from      tool.tar.gz.asc",
      "",
      "1 artifact verified",
    ],
  },
  {
    name: "a waived finding stays visible and keeps its reason; its hint is not needed",
    report: reportOf({
      subjects: [subjectOf("tool.tar.gz", LISTED)],
      findings: [
        findingOf("signature-expired", "tool.tar.gz", { waived: WAIVED, hint: HINT }),
        findingOf("renamed", "tool.tar.gz", {
          waived: { by: "--allow-renamed", reason: "asked for on the command line" },
        }),
      ],
    }),
    expected: [
      "verified  tool.tar.gz",
      "  checksum: listed in a signed list",
      `    digest    sha256:${SHA256.hex}`,
      "    from      SHA256SUMS",
      "  waived: the signature has expired, or its key had expired at signing   [signature-expired]",
      "    waived until 2027-01-01T00:00:00Z: the key is being replaced (by boltseal.json)",
      "  waived: the digest is listed under another name   [renamed]",
      "    waived for this run: asked for on the command line (by --allow-renamed)",
      "",
      "1 artifact verified, 2 findings waived",
    ],
  },
  {
    name: "unknown without a finding: all evidence is shown, with its state",
    report: reportOf({
      demands: ["signature"],
      subjects: [
        subjectOf("tool.tar.gz", { ...SIGNED, state: "untrusted-signer", proves: "signed by somebody" }, LISTED),
      ],
    }),
    expected: [
      "unknown   tool.tar.gz: no good evidence (signature) speaks for it",
      "  checksum: listed in a signed list",
      `    digest    sha256:${SHA256.hex}`,
      "    from      SHA256SUMS",
      "  signature (untrusted-signer): signed by somebody",
      `    signer    openpgp ${FINGERPRINT} (acme-release)`,
      "    signed    2026-03-01T09:00:00Z, by the signer's own clock",
      "    from      tool.tar.gz.asc",
      "",
      "1 artifact could not be judged",
    ],
  },
  {
    name: "a finding tells the place in a file, and the way through an archive",
    report: reportOf({
      subjects: [subjectOf("tool.zip")],
      findings: [
        findingOf("checksum-ambiguous", "tool.zip", { file: "SHA256SUMS", line: 3, path: ["outer.zip", "inner.tar"] }),
      ],
    }),
    expected: [
      "rejected  tool.zip: the checksum list names this file with several digests   [checksum-ambiguous]",
      "  at        SHA256SUMS:3",
      "  path      outer.zip > inner.tar",
      "",
      "1 artifact rejected",
    ],
  },
  {
    name: "a file that the message names already is not named again",
    report: reportOf({
      subjects: [subjectOf("tool.zip")],
      findings: [
        findingOf("renamed", "tool.zip", { message: "SUMS lists it under another name", file: "SUMS" }),
        findingOf("integrity-only", "tool.zip", { message: "nobody signed the list", file: "SUMS" }),
      ],
    }),
    expected: [
      "unknown   tool.zip: nobody signed the list   [integrity-only]",
      "  at        SUMS",
      "  unknown: SUMS lists it under another name   [renamed]",
      "",
      "1 artifact could not be judged",
    ],
  },
  {
    name: "a hint that several findings give is shown once, below the blocks",
    report: reportOf({
      subjects: [subjectOf("a.zip"), subjectOf("b.zip")],
      findings: [
        findingOf("evidence-missing", "a.zip", { hint: "pass --checksums" }),
        findingOf("evidence-missing", "b.zip", { hint: "pass --checksums" }),
        findingOf("input-changed", "b.zip", { hint: "wait" }),
      ],
    }),
    expected: [
      "unknown   a.zip: nothing vouches for this file   [evidence-missing]",
      "unknown   b.zip: nothing vouches for this file   [evidence-missing]",
      "  unknown: the file changed while it was being read   [input-changed]",
      "    hint: wait",
      "",
      "hint: pass --checksums",
      "",
      "2 of 2 artifacts could not be judged",
    ],
  },
  {
    name: "findings about other files, skipped files and policies have sections of their own",
    report: reportOf({
      subjects: [subjectOf("a.zip", LISTED)],
      findings: [findingOf("policy-untrusted", "boltseal.json", { hint: "run boltseal trust boltseal.json" })],
      skipped: [{ path: "a.zip.crt", reason: "certificates are never discovered" }],
      policy: [POLICY, { ...POLICY, path: "mine.json", level: "flag", vouched: "named by --policy", ignored: [] }],
    }),
    expected: [
      "verified  a.zip",
      "  checksum: listed in a signed list",
      `    digest    sha256:${SHA256.hex}`,
      "    from      SHA256SUMS",
      "warning   boltseal.json: parts of a project policy were ignored because nobody vouched for it   [policy-untrusted]",
      "  hint: run boltseal trust boltseal.json",
      "",
      "skipped   a.zip.crt: certificates are never discovered",
      "",
      "policy    boltseal.json   [project]",
      `  sha256    ${POLICY.sha256}`,
      "  because   nobody vouched for it: it may add demands, never grants",
      "  ignored   signers.acme-release",
      "  ignored   waivers",
      "policy    mine.json   [flag]",
      `  sha256    ${POLICY.sha256}`,
      "  because   named by --policy",
      "",
      "1 artifact verified, 1 warning",
    ],
  },
];

for (const { name, report, expected } of CASES) {
  test(`human: ${name}`, () => assert.deepEqual(lines(report), expected));
}

test("human: each artifact starts a line with its own verdict", () => {
  for (const { name, report } of ENDINGS) {
    const shown = lines(report);
    for (const subject of report.subjects) {
      const head = `${subjectVerdict(report, subject).padEnd(8)}  ${subject.id}`;
      assert.equal(shown.filter((line) => line === head || line.startsWith(`${head}: `)).length, 1, name);
    }
  }
});

test("human: colour is all that paint adds", () => {
  for (const { name, report } of ENDINGS) {
    const painted = human.render(report, {
      version: "1.2.3",
      paint: (style, text) => `\u001b<${style}>${text}\u001b</>`,
    });
    const stripped = painted.replaceAll(/\u001b<\/?[a-z]*>/g, "");
    assert.notEqual(painted, stripped, name);
    assert.equal(stripped, human.render(report, { version: "1.2.3", paint: plain }), name);
  }
});
