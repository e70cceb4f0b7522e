// docs/formats.md: its example agrees with the schema, and its jq commands do what they say.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Report } from "../src/core/report.ts";
import { FORMATS } from "../src/output/formats.ts";
import { json } from "../src/output/json.ts";
import { sarif } from "../src/output/sarif.ts";
import { ROOT } from "./support/project.ts";
import {
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
import { tool } from "./support/tools.ts";

const page = readFileSync(join(ROOT, "docs/formats.md"), "utf8");
const context = { version: "1.2.3", paint: plain };
const jq = tool("jq");

test("docs/formats.md has a heading for every format", () => {
  const headings = [...page.matchAll(/^## (.*)$/gm)].map((match) => match[1]);
  for (const name of Object.keys(FORMATS)) assert.ok(headings.includes(name), name);
});

test("the report in docs/formats.md agrees with the schema", () => {
  const ajv = new Ajv2020({ strict: true });
  addFormats.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(join(ROOT, "schemas/report.schema.json"), "utf8")) as object);
  const [, example] = /^```json\n([\s\S]*?)^```$/m.exec(page) ?? [];
  assert.ok(validate(JSON.parse(example ?? "")), JSON.stringify(validate.errors));
});

const waived = { by: "boltseal.json", reason: "known", expires: "2027-01-01T00:00:00Z" };
const verified = reportOf({
  subjects: [subjectOf("tool.zip", SIGNED), subjectOf("other.zip", LISTED)],
  findings: [findingOf("signature-expired", "other.zip", { waived })],
  policy: [POLICY],
});
const rejected = reportOf({ subjects: [subjectOf("tool.zip")], findings: [findingOf("digest-mismatch", "tool.zip")] });

const incomplete = reportOf({
  command: "sbom",
  subjects: [{ id: "package-lock.json", kind: "source", digests: [], evidence: [] }],
  findings: [findingOf("inventory-incomplete", "a@1.0.0", { message: "it asks for b", path: ["node_modules/a"] })],
});

/** By the words of the comment above the command: what it prints for a report. */
const COMMANDS: readonly (readonly [comment: string, report: Report, status: number, output: string])[] = [
  ["Succeeds for verified", verified, 0, "true\n"],
  ["Succeeds for verified", rejected, 1, "false\n"],
  ["Succeeds for verified", reportOf({}), 1, "false\n"],
  ["Every subject", verified, 0, `verified\ttool.zip\t${SHA256.hex}\nverified\tother.zip\t${SHA256.hex}\n`],
  ["Who signed what", verified, 0, `tool.zip\topenpgp ${FINGERPRINT}\t2026-03-01T09:00:00Z\n`],
  ["What counts against", verified, 0, ""],
  ["What counts against", rejected, 0, "tool.zip: digest-mismatch\n"],
  ["Waivers", verified, 0, "signature-expired\tother.zip\t2027-01-01T00:00:00Z\tknown\n"],
  ["What an", incomplete, 0, "a@1.0.0\tnode_modules/a\tit asks for b\n"],
  ["Policies", verified, 0, "boltseal.json: signers.acme-release, waivers\n"],
];

/** Runs jq with a filter of the page over text. */
function runJq(args: readonly string[], input: string): { status: number; output: string } {
  try {
    return { status: 0, output: execFileSync(jq.path, args, { input, encoding: "utf8" }) };
  } catch (error) {
    const { status, stdout } = error as { status: number; stdout: string };
    return { status, output: stdout };
  }
}

/** The words of a command line of the page: options and one quoted filter. */
function argumentsOf(line: string): readonly string[] {
  const [, options, filter] = /^jq ((?:-[\w-]+ )*)'([^']*)' report/.exec(line) ?? [];
  assert.ok(filter !== undefined, line);
  return [...(options ?? "").split(" ").filter((option) => option !== ""), filter];
}

for (const [comment, report, status, output] of COMMANDS) {
  const name = `docs/formats.md: jq: "${comment}…" ends in ${status} and prints ${JSON.stringify(output)}`;
  test(name, { skip: jq.skip }, () => {
    const line = page.split("\n").findIndex((text) => text.startsWith(`# ${comment}`));
    const found = runJq(argumentsOf(page.split("\n")[line + 1] ?? ""), json.render(report, context));
    assert.deepEqual(found, { status, output });
  });
}

test("docs/formats.md: every jq command has been tried", () => {
  const commented = [...page.matchAll(/^# (.*)\njq /gm)].map((match) => match[1] ?? "");
  assert.ok(commented.length > 0);
  assert.deepEqual(
    commented.filter((text) => !COMMANDS.some(([comment]) => text.startsWith(comment))),
    [],
  );
});

test("docs/formats.md: jq: suppressed results can be dropped", { skip: jq.skip }, () => {
  const line = page.split("\n").find((text) => text.trimStart().startsWith("jq 'del(")) ?? "";
  const { output } = runJq(argumentsOf(line.trimStart()), sarif.render(verified, context));
  const { runs } = JSON.parse(output) as { runs: { results: unknown[] }[] };
  assert.deepEqual(runs[0]?.results, []);
});
