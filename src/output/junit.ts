// The `junit` format: one test suite, one test case a subject, in the dialect that CI servers read.
// XML 1.0 (fifth edition, section 2.2) forbids most control characters even as references; `printable`
// leaves none of them.

import { printable } from "../core/printable.ts";
import { type Finding, type Report, exitCode, verdict } from "../core/report.ts";
import type { Format, RenderContext } from "./format.ts";
import { arrange, decides } from "./arrangement.ts";
import { LEVEL_WORDS, UNVOUCHED, placeText, summary, unproven, waiverText } from "./wording.ts";

export const junit = { render } satisfies Format;

interface TestCase {
  readonly name: string;
  /** `failure`: rejected. `error`: could not be judged. */
  readonly problem?: { readonly element: "failure" | "error"; readonly type: string; readonly message: string };
  /** Lines of what was found, worst first; unescaped. */
  readonly lines: readonly string[];
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

function escape(text: string): string {
  return printable(text).replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? "");
}

function render(report: Report, context: RenderContext): string {
  const cases = testCases(report);
  const failures = cases.filter((c) => c.problem?.element === "failure").length;
  const errors = cases.filter((c) => c.problem?.element === "error").length;
  const counts = `tests="${cases.length}" failures="${failures}" errors="${errors}"`;
  const name = `name="${escape(`boltseal ${report.command}`)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${name} ${counts}>`,
    `  <testsuite ${name} ${counts} skipped="0">`,
    ...properties(report, context),
    ...cases.flatMap((c) => testCase(c, report.command)),
    ...output("    ", suiteOutput(report)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function properties(report: Report, context: RenderContext): readonly string[] {
  const end = verdict(report);
  const values = {
    version: context.version,
    verdict: end,
    exitCode: String(exitCode(end)),
    summary: summary(report, arrange(report)),
  };
  return [
    "    <properties>",
    ...Object.entries(values).map(([key, value]) => `      <property name="${key}" value="${escape(value)}"/>`),
    "    </properties>",
  ];
}

function testCases(report: Report): readonly TestCase[] {
  const { subjects, others } = arrange(report);
  const judged = subjects.map((one): TestCase => {
    const lines = one.findings.flatMap((f) => findingLines(f));
    if (one.worst !== undefined) return { name: one.subject.id, problem: problemOf(one.worst), lines };
    if (one.verdict !== "unknown") return { name: one.subject.id, lines };
    return {
      name: one.subject.id,
      problem: { element: "error", type: "evidence-missing", message: unproven(report) },
      lines,
    };
  });
  // A finding about no subject that decides the verdict must turn the suite red as well.
  const further = others
    .filter(decides)
    .map((f): TestCase => ({ name: f.subject, problem: problemOf(f), lines: findingLines(f) }));
  if (judged.length > 0) return [...judged, ...further];
  // Many CI servers take a suite without a test case for a green one.
  const nothing = { element: "error", type: "evidence-missing", message: "nothing was checked" } as const;
  return [{ name: "nothing was checked", problem: nothing, lines: [] }, ...further];
}

function problemOf(finding: Finding): NonNullable<TestCase["problem"]> {
  const element = finding.level === "reject" ? "failure" : "error";
  return { element, type: finding.rule, message: finding.message };
}

function findingLines(finding: Finding): readonly string[] {
  const { expected, actual, path, hint, waived } = finding;
  const word = waived === undefined ? LEVEL_WORDS[finding.level] : "waived";
  const place = placeText(finding);
  return [
    `${word}: ${finding.message} (${finding.rule})`,
    ...(expected === undefined ? [] : [`  expected  ${expected}`]),
    ...(actual === undefined ? [] : [`  actual    ${actual}`]),
    ...(place === undefined ? [] : [`  at        ${place}`]),
    ...(path === undefined ? [] : [`  path      ${path.join(" > ")}`]),
    ...(waived === undefined ? [] : [`  ${waiverText(waived)}`]),
    ...(hint === undefined || waived !== undefined ? [] : [`  hint: ${hint}`]),
  ];
}

function testCase({ name, problem, lines }: TestCase, command: string): readonly string[] {
  const open = `    <testcase classname="${escape(`boltseal.${command}`)}" name="${escape(name)}"`;
  if (problem === undefined) {
    return lines.length === 0 ? [`${open}/>`] : [`${open}>`, ...output("      ", lines), "    </testcase>"];
  }
  const { element, type, message } = problem;
  const body = lines.map(escape).join("\n");
  const shown = `      <${element} type="${escape(type)}" message="${escape(message)}">${body}</${element}>`;
  return [`${open}>`, shown, "    </testcase>"];
}

function suiteOutput(report: Report): readonly string[] {
  const others = arrange(report).others.filter((f) => !decides(f));
  return [
    ...others.flatMap((f) => [`about ${f.subject}`, ...findingLines(f)]),
    ...report.skipped.map(({ path, reason }) => `skipped ${path}: ${reason}`),
    ...report.policy.map((p) => `policy ${p.path} (${p.level}, sha256 ${p.sha256}): ${p.vouched ?? UNVOUCHED}`),
    ...report.policy.flatMap((p) => p.ignored.map((demand) => `ignored ${demand} of ${p.path}`)),
  ];
}

function output(indent: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${indent}<system-out>${lines.map(escape).join("\n")}</system-out>`];
}
