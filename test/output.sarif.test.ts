// The sarif format: what SARIF 2.1.0 and GitHub code scanning demand, and what a viewer must not be led to.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Finding, Report } from "../src/core/report.ts";
import { sarif } from "../src/output/sarif.ts";
import { relativeUri } from "../src/output/uri.ts";
import {
  ENDINGS,
  RULE_IDS,
  SIGNED,
  findingOf,
  hostileReport,
  hostileText,
  plain,
  reportOf,
  subjectOf,
} from "./support/reports.ts";

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId: string };
      readonly region: { readonly startLine: number };
    };
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly kind: string; readonly status: string; readonly justification: string }[];
  readonly properties: Finding;
}

interface Run {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly version: string;
      readonly rules: readonly {
        readonly id: string;
        readonly shortDescription: { readonly text: string };
        readonly fullDescription: { readonly text: string };
        readonly help: { readonly text: string };
        readonly defaultConfiguration: { readonly level: string };
      }[];
    };
  };
  readonly automationDetails: { readonly id: string };
  readonly originalUriBaseIds: Readonly<Record<string, unknown>>;
  readonly invocations: readonly {
    readonly executionSuccessful: boolean;
    readonly exitCode: number;
    readonly toolExecutionNotifications: readonly { readonly message: { readonly text: string } }[];
  }[];
  readonly results: readonly Result[];
  readonly properties: Report & { readonly verdict: string };
}

function runOf(report: Report): Run {
  const text = sarif.render(report, { version: "1.2.3", paint: plain });
  const log = JSON.parse(text) as { version: string; $schema: string; runs: readonly Run[] };
  assert.equal(log.version, "2.1.0");
  assert.match(log.$schema, /sarif-schema-2\.1\.0\.json$/);
  const [run, ...others] = log.runs;
  assert.ok(run !== undefined && others.length === 0);
  return run;
}

function resultsOf(...findings: readonly Finding[]): readonly Result[] {
  return runOf(reportOf({ subjects: [subjectOf("tool.zip", SIGNED)], findings })).results;
}

function onlyResult(finding: Finding): Result {
  const [result, ...others] = resultsOf(finding);
  assert.ok(result !== undefined && others.length === 0);
  return result;
}

test("sarif: every rule is described, and every result points at its own", () => {
  const run = runOf(reportOf({ subjects: [subjectOf("a")], findings: RULE_IDS.map((rule) => findingOf(rule, "a")) }));
  const { rules } = run.tool.driver;
  assert.deepEqual(
    rules.map((rule) => rule.id),
    RULE_IDS,
  );
  for (const rule of rules) {
    assert.ok(rule.shortDescription.text !== "" && rule.fullDescription.text !== "" && rule.help.text !== "");
  }
  assert.equal(run.results.length, RULE_IDS.length);
  for (const result of run.results) {
    assert.equal(rules[result.ruleIndex]?.id, result.ruleId);
    assert.equal(rules[result.ruleIndex]?.defaultConfiguration.level, result.level);
  }
});

const LEVEL_CASES = [
  ["reject", "error"],
  ["unknown", "error"],
  ["warn", "warning"],
  ["note", "note"],
] as const;

for (const [level, expected] of LEVEL_CASES) {
  test(`sarif: a finding of level ${level} is of level ${expected}`, () => {
    assert.equal(onlyResult(findingOf("renamed", "tool.zip", { level })).level, expected);
  });
}

test("sarif: verified evidence has no result", () => {
  assert.deepEqual(resultsOf(), []);
});

test("sarif: a subject that nothing speaks for has a result although it has no finding", () => {
  const { results } = runOf(reportOf({ subjects: [subjectOf("tool.zip")] }));
  assert.deepEqual(
    results.map(({ ruleId, level }) => ({ ruleId, level })),
    [{ ruleId: "evidence-missing", level: "error" }],
  );
});

test("sarif: that nothing was checked is an error of the run", () => {
  const [invocation] = runOf(reportOf({})).invocations;
  assert.equal(invocation?.executionSuccessful, false);
  assert.deepEqual(
    invocation?.toolExecutionNotifications.map((n) => n.message.text),
    ["nothing was checked"],
  );
});

test("sarif: a waived finding is a suppressed result of its own level", () => {
  const waived = { by: "boltseal.json", reason: "known", expires: "2027-01-01T00:00:00Z" };
  const result = onlyResult(findingOf("signature-expired", "tool.zip", { waived }));
  assert.equal(result.level, "error");
  assert.deepEqual(result.suppressions, [
    { kind: "external", status: "accepted", justification: "known (by boltseal.json, until 2027-01-01T00:00:00Z)" },
  ]);
  assert.equal(onlyResult(findingOf("signature-expired", "tool.zip")).suppressions, undefined);
});

const LOCATIONS = [
  ["the file that the finding names", { file: "dist/SHA256SUMS", line: 7 }, "dist/SHA256SUMS", 7],
  ["the subject when no file is named, on line 1", {}, "tool.zip", 1],
] as const;

for (const [name, parts, uri, startLine] of LOCATIONS) {
  test(`sarif: the location is ${name}`, () => {
    const { locations } = onlyResult(findingOf("checksum-ambiguous", "tool.zip", parts));
    const artifactLocation = { uri, uriBaseId: "%SRCROOT%" };
    assert.deepEqual(locations, [{ physicalLocation: { artifactLocation, region: { startLine } } }]);
  });
}

const MESSAGES = [
  [
    "subject, message and both values",
    { message: "differs", expected: "a", actual: "b" },
    "tool.zip: differs (expected a, actual b)",
  ],
  ["a link is no link", { message: "[x](https://evil.example)" }, "tool.zip: \\[x\\](https://evil.example)"],
  ["an escaped bracket stays escaped", { message: "\\[x](1)" }, "tool.zip: \\\\\\[x\\](1)"],
  ["braces are no placeholder", { message: "{0}" }, "tool.zip: {{0}}"],
] as const;

for (const [name, parts, text] of MESSAGES) {
  test(`sarif: message: ${name}`, () => {
    const result = onlyResult(findingOf("digest-mismatch", "tool.zip", parts));
    assert.equal(result.message.text, text);
    assert.equal(result.properties.message, parts.message);
  });
}

/** The fingerprints of findings, in the order of the results. */
function fingerprints(...findings: readonly Finding[]): readonly string[] {
  return resultsOf(...findings).map((result) => {
    const { primaryLocationLineHash, ...ours } = result.partialFingerprints;
    assert.deepEqual(Object.values(ours), [primaryLocationLineHash]);
    return primaryLocationLineHash ?? "";
  });
}

test("sarif: a fingerprint stays when message, level, line or values change", () => {
  const before = findingOf("renamed", "tool.zip", { file: "SUMS", line: 1 });
  const after = findingOf("renamed", "tool.zip", {
    file: "SUMS",
    line: 9,
    message: "other words",
    level: "reject",
    actual: "x",
  });
  assert.deepEqual(fingerprints(before), fingerprints(after));
});

test("sarif: a fingerprint differs by rule, subject and file", () => {
  const findings = [
    findingOf("renamed", "tool.zip"),
    findingOf("renamed", "tool.zip", { file: "SUMS" }),
    findingOf("renamed", "SUMS"),
    findingOf("integrity-only", "tool.zip"),
  ];
  assert.equal(new Set(findings.flatMap((finding) => fingerprints(finding))).size, findings.length);
});

test("sarif: findings that agree in rule, subject and file have different fingerprints", () => {
  const [first, second] = fingerprints(
    findingOf("signature-untrusted", "tool.zip", { message: "a" }),
    findingOf("signature-untrusted", "tool.zip", { message: "b" }),
  );
  assert.equal(first?.replace(/:1$/, ":2"), second);
});

const URIS = [
  ["a plain path", "dist/a.zip", "dist/a.zip"],
  ["dot segments", "./dist/x/../a.zip", "dist/a.zip"],
  ["doubled slashes", "dist//a.zip", "dist/a.zip"],
  ["an absolute path by its base name", "/home/ci/work/a.zip", "a.zip"],
  ["a path that leaves the directory by its base name", "../other/a.zip", "a.zip"],
  ["a path that leaves the directory in the middle", "x/../../other/a.zip", "a.zip"],
  ["a path of a Windows drive by its base name", "C:\\Users\\ci\\a.zip", "a.zip"],
  ["a path of a Windows server by its base name", "\\\\server\\share\\a.zip", "a.zip"],
  ["a drive with slashes", "C:/Users/ci/a.zip", "a.zip"],
  ["a colon starts no scheme", "https://evil.example/a", "https%3A/evil.example/a"],
  ["a colon in a name", "javascript:alert(1)", "javascript%3Aalert(1)"],
  ["white space, percent, question mark and number sign", "a b%20?#.zip", "a%20b%2520%3F%23.zip"],
  ["encoded dot segments are names", "%2e%2e/a", "%252e%252e/a"],
  ["letters outside ASCII", "é.zip", "%C3%A9.zip"],
  ["a lone surrogate", "a\ud800", "a%EF%BF%BD"],
  ["a backslash in a relative path", "a\\b", "a%5Cb"],
  ["the root has no name", "/", "unnamed"],
  ["the empty text has no name", "", "unnamed"],
  ["the directory above has no name", "..", "unnamed"],
] as const;

for (const [name, path, uri] of URIS) {
  test(`uri: ${name}`, () => assert.equal(relativeUri(path), uri));
}

test("uri: always a relative reference below the base, in characters of RFC 3986", () => {
  fc.assert(
    fc.property(hostileText, (path) => {
      const uri = relativeUri(path);
      assert.match(uri, /^(?:[A-Za-z0-9\-._~!'()*]|%[0-9A-F]{2})(?:[A-Za-z0-9\-._~!'()*/]|%[0-9A-F]{2})*$/);
      const base = "https://base.example/a/b/";
      assert.ok(new URL(uri, base).href.startsWith(base), uri);
    }),
  );
});

test("sarif: any report is usable by code scanning, and its red agrees with the verdict", () => {
  fc.assert(
    fc.property(hostileReport(), (report) => {
      const run = runOf(report);
      const [invocation] = run.invocations;
      assert.equal(run.automationDetails.id, `boltseal/${report.command}/`);
      for (const { locations, message, partialFingerprints, properties } of run.results) {
        assert.equal(locations.length, 1);
        assert.ok((locations[0]?.physicalLocation.region.startLine ?? 0) >= 1);
        assert.ok(message.text.length > 0);
        assert.match(partialFingerprints["primaryLocationLineHash"] ?? "", /^[0-9a-f]{64}:\d+$/);
        if (report.findings.length > 0) assert.ok(typeof properties.message === "string");
      }
      const prints = run.results.map((r) => r.partialFingerprints["primaryLocationLineHash"]);
      assert.equal(new Set(prints).size, prints.length);
      const red = run.results.some((r) => r.level === "error" && r.suppressions === undefined);
      const bad = run.properties.verdict === "rejected" || run.properties.verdict === "unknown";
      assert.equal(red || invocation?.executionSuccessful === false, bad);
    }),
  );
});

test("sarif: a run that could not tell is no successful one", () => {
  for (const { name, report, verdict, exit } of ENDINGS) {
    const [invocation] = runOf(report).invocations;
    assert.equal(invocation?.executionSuccessful, verdict !== "unknown", name);
    assert.equal(invocation?.exitCode, exit, name);
  }
});
