// The markdown format: what a reviewer reads, and that no outside text stands outside a code span.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Report } from "../src/core/report.ts";
import { markdown } from "../src/output/markdown.ts";
import {
  FINGERPRINT,
  LISTED,
  POLICY,
  SHA256,
  SIGNED,
  findingOf,
  hostileReport,
  reportOf,
  subjectOf,
} from "./support/reports.ts";

function lines(report: Report): readonly string[] {
  const text = markdown.render(report);
  assert.ok(text.endsWith("\n") && !text.endsWith("\n\n"));
  return text.slice(0, -1).split("\n");
}

test("markdown: verdict, table, findings by subject, evidence, skipped files and policies", () => {
  const report = reportOf({
    subjects: [subjectOf("tool.zip", SIGNED), subjectOf("other.zip", LISTED)],
    findings: [
      findingOf("policy-untrusted", "boltseal.json"),
      findingOf("digest-mismatch", "other.zip", {
        expected: "sha256:aa",
        actual: "sha256:bb",
        file: "SHA256SUMS",
        line: 2,
        path: ["a", "b"],
        hint: "download it again",
      }),
      findingOf("renamed", "tool.zip", { waived: { by: "--allow-renamed", reason: "asked for" } }),
    ],
    skipped: [{ path: "tool.crt", reason: "never discovered" }],
    policy: [{ ...POLICY, ignored: ["waivers"] }],
  });
  assert.deepEqual(lines(report), [
    "## boltseal `verify`: rejected",
    "",
    "1 of 2 artifacts rejected",
    "",
    "| verdict | subject | because | sha256 |",
    "| --- | --- | --- | --- |",
    `| verified | \`tool.zip\` | signature by \`openpgp ${FINGERPRINT}\` (\`acme-release\`) | \`${SHA256.hex}\` |`,
    `| rejected | \`other.zip\` | \`digest-mismatch\` | \`${SHA256.hex}\` |`,
    "",
    "### `tool.zip`",
    "",
    "- **waived** `the digest is listed under another name` (`renamed`)",
    "  - `waived for this run: asked for (by --allow-renamed)`",
    "",
    "### `other.zip`",
    "",
    "- **rejected** `the bytes differ from the stated digest` (`digest-mismatch`)",
    "  - expected `sha256:aa`",
    "  - actual `sha256:bb`",
    "  - at `SHA256SUMS:2`",
    "  - path `a` › `b`",
    "  - hint: `download it again`",
    "",
    "### other findings",
    "",
    "- **warning** `boltseal.json`: `parts of a project policy were ignored because nobody vouched for it` (`policy-untrusted`)",
    "",
    "### evidence",
    "",
    "- `tool.zip`: signature, `signed by a trusted signer`",
    `  - signer \`openpgp ${FINGERPRINT}\` (\`acme-release\`)`,
    "  - signed `2026-03-01T09:00:00Z`, by the signer's own clock",
    "  - from `tool.tar.gz.asc`",
    "- `other.zip`: checksum, `listed in a signed list`",
    `  - digest \`sha256:${SHA256.hex}\``,
    "  - from `SHA256SUMS`",
    "",
    "### skipped",
    "",
    "- `tool.crt`: `never discovered`",
    "",
    "### policy",
    "",
    "- `boltseal.json` (project): nobody vouched for it: it may add demands, never grants",
    `  - sha256 \`${POLICY.sha256}\``,
    "  - ignored `waivers`",
  ]);
});

const NAMES = [
  ["a backtick cannot end the code span", "a`b", "`a\\u{60}b`"],
  ["a vertical bar cannot split the cell", "a|b", "`a\\u{7c}b`"],
  ["markup stays text", "<b>@x #1 [y](z)", "`\\u{3c}b>@x #1 [y](z)`"],
  ["a dollar sign starts no formula", "$`x`$", "`\\u{24}\\u{60}x\\u{60}\\u{24}`"],
  ["a line end does not end the row", "a\nb", "`a\\u{a}b`"],
  ["no name leaves no open code span", "", "(empty)"],
] as const;

for (const [name, id, cell] of NAMES) {
  test(`markdown: ${name}`, () => {
    const row = lines(reportOf({ subjects: [subjectOf(id, LISTED)] })).find((line) => line.startsWith("| verified"));
    assert.equal(row, `| verified | ${cell} | checksum | \`${SHA256.hex}\` |`);
  });
}

test("markdown: outside its code spans a report holds nothing but our own words", () => {
  fc.assert(
    fc.property(hostileReport(), (report) => {
      for (const line of lines(report)) {
        assert.ok(!line.includes("<") && !line.includes("$"), line);
        assert.equal(line.split("`").length % 2, 1, `an open code span: ${line}`);
        assert.ok(!line.includes("``"), `a longer code fence: ${line}`);
        const ours = line.replaceAll(/`[^`]+`/g, "X");
        assert.match(ours, /^(?:#{2,3} )?(?: *- )?[A-Za-z0-9 ,.:;()|*'›-]*$/, line);
        assert.doesNotMatch(ours, /https?:|www\.|@|\[/);
        if (line.startsWith("|")) assert.equal(line.split("|").length, 6, line);
      }
    }),
  );
});
