// The junit format: red where the verdict is bad, and always well-formed XML 1.0.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { type Report, verdict } from "../src/core/report.ts";
import { junit } from "../src/output/junit.ts";
import { ENDINGS, LISTED, POLICY, findingOf, hostileReport, plain, reportOf, subjectOf } from "./support/reports.ts";
import { tool } from "./support/tools.ts";

function render(report: Report): string {
  return junit.render(report, { version: "1.2.3", paint: plain });
}

test("junit: a case a subject, with failure, error and warnings in their places", () => {
  const report = reportOf({
    subjects: [
      subjectOf("bad.zip"),
      subjectOf("odd.zip"),
      subjectOf("good.zip", LISTED),
      subjectOf("best.zip", LISTED),
    ],
    findings: [
      findingOf("policy-untrusted", "boltseal.json"),
      findingOf("key-expired", "good.zip"),
      findingOf("evidence-missing", "odd.zip", { hint: "pass --checksums" }),
      findingOf("digest-mismatch", "bad.zip", { expected: "<a>", actual: "b" }),
    ],
    skipped: [{ path: "x.crt", reason: "never discovered" }],
    policy: [{ ...POLICY, ignored: ["waivers"] }],
  });
  assert.deepEqual(render(report).split("\n"), [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="boltseal verify" tests="4" failures="1" errors="1">',
    '  <testsuite name="boltseal verify" tests="4" failures="1" errors="1" skipped="0">',
    "    <properties>",
    '      <property name="version" value="1.2.3"/>',
    '      <property name="verdict" value="rejected"/>',
    '      <property name="exitCode" value="1"/>',
    '      <property name="summary" value="1 of 4 artifacts rejected, 1 could not be judged"/>',
    "    </properties>",
    '    <testcase classname="boltseal.verify" name="bad.zip">',
    '      <failure type="digest-mismatch" message="the bytes differ from the stated digest">' +
      "rejected: the bytes differ from the stated digest (digest-mismatch)",
    "  expected  &lt;a&gt;",
    "  actual    b</failure>",
    "    </testcase>",
    '    <testcase classname="boltseal.verify" name="odd.zip">',
    '      <error type="evidence-missing" message="nothing vouches for this file">' +
      "unknown: nothing vouches for this file (evidence-missing)",
    "  hint: pass --checksums</error>",
    "    </testcase>",
    '    <testcase classname="boltseal.verify" name="good.zip">',
    "      <system-out>warning: the key has expired since it signed (key-expired)</system-out>",
    "    </testcase>",
    '    <testcase classname="boltseal.verify" name="best.zip"/>',
    "    <system-out>about boltseal.json",
    "warning: parts of a project policy were ignored because nobody vouched for it (policy-untrusted)",
    "skipped x.crt: never discovered",
    `policy boltseal.json (project, sha256 ${POLICY.sha256}): nobody vouched for it: it may add demands, never grants`,
    "ignored waivers of boltseal.json</system-out>",
    "  </testsuite>",
    "</testsuites>",
    "",
  ]);
});

test("junit: a suite without subjects is red", () => {
  assert.match(render(reportOf({})), /tests="1" failures="0" errors="1"/);
  assert.match(render(reportOf({})), /<error type="evidence-missing" message="nothing was checked">/);
});

test("junit: a subject that nothing speaks for is an error", () => {
  assert.match(
    render(reportOf({ subjects: [subjectOf("a")] })),
    /<error type="evidence-missing" message="no good evidence/,
  );
});

test("junit: a waived finding is no failure, and is shown with its reason", () => {
  const waived = { by: "boltseal.json", reason: "known", expires: "2027-01-01T00:00:00Z" };
  const finding = findingOf("signature-expired", "a", { waived });
  const text = render(reportOf({ subjects: [subjectOf("a", LISTED)], findings: [finding] }));
  assert.match(text, /failures="0" errors="0"/);
  assert.match(text, /waived until 2027-01-01T00:00:00Z: known \(by boltseal\.json\)/);
});

/** Char of XML 1.0, section 2.2. */
const ILLEGAL = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;
const ENTITY = "&(?:amp|lt|gt|quot|apos);";
const TOKEN = new RegExp(
  `<(?<open>[a-z-]+)(?<attributes>(?: [A-Za-z]+="(?:[^<>&"\\n\\t]|${ENTITY})*")*)(?<empty>/?)>|</(?<close>[a-z-]+)>|(?<text>(?:[^<>&]|${ENTITY})+)`,
  "uy",
);

/** Names of all elements, in order. Fails on what is not the well-formed XML that we write. */
function elements(xml: string): readonly string[] {
  assert.doesNotMatch(xml, ILLEGAL);
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  assert.ok(xml.startsWith(declaration));
  const names: string[] = [];
  const open: string[] = [];
  TOKEN.lastIndex = declaration.length;
  while (TOKEN.lastIndex < xml.length) {
    const at = TOKEN.lastIndex;
    const groups = TOKEN.exec(xml)?.groups;
    assert.ok(groups !== undefined, `not well-formed at ${xml.slice(at, at + 60)}`);
    if (groups["open"] !== undefined) {
      const attributes = [...(groups["attributes"] ?? "").matchAll(/ ([A-Za-z]+)="/g)].map((match) => match[1]);
      assert.equal(new Set(attributes).size, attributes.length);
      names.push(groups["open"]);
      if (groups["empty"] === "") open.push(groups["open"]);
    } else if (groups["close"] === undefined) {
      assert.ok(open.length > 0 || groups["text"]?.trim() === "", "text outside the root");
    } else {
      assert.equal(open.pop(), groups["close"]);
    }
  }
  assert.deepEqual(open, []);
  return names;
}

test("junit: any report is well-formed, counts what it holds, and is red exactly when the verdict is bad", () => {
  fc.assert(
    fc.property(hostileReport(), (report) => {
      const xml = render(report);
      const names = elements(xml);
      const of = (name: string) => names.filter((one) => one === name).length;
      const counts = `tests="${of("testcase")}" failures="${of("failure")}" errors="${of("error")}"`;
      assert.equal(xml.split(counts).length, 3);
      const end = verdict(report);
      assert.equal(of("failure") > 0, end === "rejected");
      assert.equal(of("failure") + of("error") > 0, end === "rejected" || end === "unknown");
      assert.ok(of("testcase") >= Math.max(1, report.subjects.length));
    }),
  );
});

const xmllint = tool("xmllint");

test("junit: xmllint finds the reports well-formed", { skip: xmllint.skip }, () => {
  const reports = [...ENDINGS.map(({ report }) => report), ...fc.sample(hostileReport(), 20)];
  for (const report of reports) {
    execFileSync(xmllint.path, ["--noout", "--nonet", "-"], {
      input: render(report),
      stdio: ["pipe", "ignore", "pipe"],
    });
  }
});
