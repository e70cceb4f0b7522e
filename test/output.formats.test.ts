// What holds for every output format: the verdict is the report's, the same report gives the same bytes,
// and no text from outside reaches a terminal, a CI runner or a reader as anything but text.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Report, exitCode, verdict } from "../src/core/report.ts";
import { FORMATS, type FormatName } from "../src/output/formats.ts";
import type { Format } from "../src/output/format.ts";
import { ENDINGS, hostileReport, plain } from "./support/reports.ts";

const NAMES = Object.keys(FORMATS) as FormatName[];
const formats = new Map<FormatName, Format>();
for (const name of NAMES) formats.set(name, await FORMATS[name]());

function render(name: FormatName, report: Report): string {
  const format = formats.get(name);
  assert.ok(format !== undefined);
  return format.render(report, { version: "1.2.3", paint: plain });
}

/** Verdict and exit code as a reader of the format finds them; the exit code where the format states it. */
const READERS: Readonly<Record<FormatName, (text: string) => { verdict: string; exit?: number }>> = {
  human: (text) => ({ verdict: verdictOfSummary(text.trimEnd().split("\n").at(-1) ?? "") }),
  json: (text) => {
    const { verdict: end, exitCode: exit } = JSON.parse(text) as { verdict: string; exitCode: number };
    return { verdict: end, exit };
  },
  sarif: (text) => {
    const { runs } = JSON.parse(text) as {
      runs: { invocations: { exitCode: number }[]; properties: { verdict: string } }[];
    };
    const [run] = runs;
    return { verdict: run?.properties.verdict ?? "", exit: run?.invocations[0]?.exitCode ?? -1 };
  },
  markdown: (text) => ({ verdict: /^## boltseal `[^`]*`: (\w+)\n/.exec(text)?.[1] ?? "" }),
  junit: (text) => ({
    verdict: /<property name="verdict" value="(\w+)"\/>/.exec(text)?.[1] ?? "",
    exit: Number(/<property name="exitCode" value="(\d)"\/>/.exec(text)?.[1] ?? -1),
  }),
};

function verdictOfSummary(line: string): string {
  if (line.includes("rejected")) return "rejected";
  if (line.includes("could not be judged") || line === "nothing was checked") return "unknown";
  return (
    /^\d+ (?:artifacts?|digests?|sources?|subjects?) (verified|complete)(?:, \d+ (?:findings? waived|warnings?))*$/.exec(
      line,
    )?.[1] ?? line
  );
}

for (const ending of ENDINGS) {
  test(`formats: all agree on the verdict: ${ending.name}`, () => {
    assert.equal(verdict(ending.report), ending.verdict);
    assert.equal(exitCode(ending.verdict), ending.exit);
    for (const name of NAMES) {
      const found = READERS[name](render(name, ending.report));
      assert.equal(found.verdict, ending.verdict, name);
      if (found.exit !== undefined) assert.equal(found.exit, ending.exit, name);
    }
    assert.equal(render("human", ending.report).trimEnd().split("\n").at(-1), ending.summary);
    assert.equal(render("markdown", ending.report).split("\n")[2], ending.summary);
  });
}

for (const name of NAMES) {
  test(`formats: ${name}: the verdict of any report survives`, () => {
    fc.assert(
      fc.property(hostileReport(), (hostile) => {
        const report = { ...hostile, command: "verify" };
        const found = READERS[name](render(name, report));
        assert.equal(found.verdict, verdict(report));
        if (found.exit !== undefined) assert.equal(found.exit, exitCode(verdict(report)));
      }),
    );
  });

  test(`formats: ${name}: no unsafe code point and no CI command comes through`, () => {
    fc.assert(
      fc.property(hostileReport(), (report) => {
        const text = render(name, report);
        assert.ok(text.endsWith("\n"));
        assert.doesNotMatch(text.replaceAll("\n", ""), NEVER_RAW);
        assert.doesNotMatch(text, /^\s*::/m);
        assert.doesNotMatch(text, /##[A-Za-z]*\[/);
      }),
      { numRuns: 300 },
    );
  });

  test(`formats: ${name}: the same report gives the same bytes, and is left as it was`, () => {
    fc.assert(
      fc.property(hostileReport(), (report) => {
        const before = JSON.stringify(report);
        assert.equal(render(name, report), render(name, structuredClone(report)));
        assert.equal(JSON.stringify(report), before);
      }),
    );
  });

  test(`formats: ${name}: every finding, skipped file and policy of a report is in it`, () => {
    const about = {
      rule: "renamed",
      level: "unknown",
      subject: "s-1",
      message: "m-1",
      expected: "e-1",
      actual: "a-1",
    } as const;
    const report: Report = {
      command: "verify",
      demands: ["signature"],
      subjects: [{ id: "s-1", kind: "file", digests: [], evidence: [] }],
      findings: [
        { ...about, hint: "h-1", file: "f-1", path: ["p-1"] },
        { ...about, subject: "s-2", message: "m-2", level: "warn" },
        { ...about, message: "m-3", waived: { by: "b-3", reason: "r-3" } },
      ],
      skipped: [{ path: "k-4", reason: "r-4" }],
      policy: [{ path: "k-5", sha256: "ab".repeat(32), level: "user", vouched: "v-5", ignored: ["i-5"] }],
    };
    const text = render(name, report);
    const marks = ["s-1", "m-1", "e-1", "a-1", "h-1", "f-1", "p-1", "s-2", "m-2", "m-3", "b-3", "r-3"];
    for (const mark of [...marks, "k-4", "r-4", "k-5", "ab".repeat(32), "v-5", "i-5"])
      assert.ok(text.includes(mark), mark);
  });
}

const NEVER_RAW = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;
