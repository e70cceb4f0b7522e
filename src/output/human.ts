// The `human` format: one block a subject, and the most important line last.

import { printable } from "../core/printable.ts";
import { formatDigest } from "../core/digest.ts";
import { type Evidence, type Finding, type PolicySource, type Report, type Verdict, verdict } from "../core/report.ts";
import type { Format, Paint, RenderContext, Style } from "./format.ts";
import { type JudgedSubject, arrange, arrangedFindings } from "./arrangement.ts";
import { LEVEL_WORDS, UNVOUCHED, placeText, summary, unproven, waiverText } from "./wording.ts";

const STYLES: Readonly<Record<Verdict, Style>> = {
  verified: "good",
  complete: "good",
  rejected: "bad",
  unknown: "unsure",
};

/** Width of the first column: `verified`, `rejected`, `expected`. */
const COLUMN = 8;

/** What the blocks share. */
interface Page {
  readonly report: Report;
  readonly paint: Paint;
  /** Hints that several findings give: printed once, below the blocks. */
  readonly sharedHints: ReadonlySet<string>;
}

export const human = { render } satisfies Format;

function render(report: Report, { paint }: RenderContext): string {
  const arrangement = arrange(report);
  const page = { report, paint, sharedHints: repeatedHints(arrangedFindings(arrangement)) };
  const sections = [
    [
      ...arrangement.subjects.flatMap((judged) => subjectBlock(judged, page)),
      ...arrangement.others.flatMap((finding) => otherBlock(finding, page)),
    ],
    report.skipped.map(
      ({ path, reason }) => `${head("skipped", "quiet", paint)}${printable(path)}: ${printable(reason)}`,
    ),
    report.policy.flatMap((source) => policyBlock(source, paint)),
    [...page.sharedHints].map((hint) => `hint: ${printable(hint)}`),
    [paint(STYLES[verdict(report)], summary(report, arrangement))],
  ];
  const shown = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${shown.join("\n\n")}\n`;
}

function repeatedHints(findings: readonly Finding[]): ReadonlySet<string> {
  const once = new Set<string>();
  const again = new Set<string>();
  for (const { hint, waived } of findings) {
    if (hint !== undefined && waived === undefined) (once.has(hint) ? again : once).add(hint);
  }
  return again;
}

/** The word at the start of a block, padded to its column. */
function head(word: string, style: Style, paint: Paint): string {
  return `${paint(style, word.padEnd(COLUMN))}  `;
}

/** `label     value`, indented. */
function row(indent: string, label: string, value: string): string {
  return `${indent}${label.padEnd(COLUMN)}  ${printable(value)}`;
}

function ruleTag(finding: Finding, paint: Paint): string {
  return `   ${paint("quiet", `[${finding.rule}]`)}`;
}

function subjectBlock(judged: JudgedSubject, page: Page): readonly string[] {
  const { report, paint } = page;
  const { subject, worst } = judged;
  const first = `${head(judged.verdict, STYLES[judged.verdict], paint)}${paint("strong", printable(subject.id))}`;
  const contents = subject.contents === undefined ? [] : [`  ${printable(subject.contents)}`];
  const good = subject.evidence.filter((e) => e.state === "verified").flatMap((e) => evidenceBlock(e));
  const rest = judged.findings.filter((f) => f !== worst).flatMap((f) => findingBlock(f, page));
  if (worst !== undefined) {
    const line = `${first}: ${printable(worst.message)}${ruleTag(worst, paint)}`;
    return [line, ...details(worst, "  ", page), ...contents, ...good, ...rest];
  }
  if (judged.verdict === "unknown") {
    // No finding explains the verdict, so all evidence is shown.
    const bad = subject.evidence.filter((e) => e.state !== "verified").flatMap((e) => evidenceBlock(e));
    return [`${first}: ${unproven(report)}`, ...contents, ...good, ...bad, ...rest];
  }
  return [first, ...contents, ...good, ...rest];
}

/** A finding about something that is no subject: the report's policies, a key file. */
function otherBlock(finding: Finding, page: Page): readonly string[] {
  const { paint } = page;
  const word = finding.waived === undefined ? LEVEL_WORDS[finding.level] : "waived";
  const text = `${paint("strong", printable(finding.subject))}: ${printable(finding.message)}`;
  return [
    `${head(word, findingStyle(finding), paint)}${text}${ruleTag(finding, paint)}`,
    ...details(finding, "  ", page),
  ];
}

/** A further finding of a subject, below the first line. */
function findingBlock(finding: Finding, page: Page): readonly string[] {
  const { paint } = page;
  const word = finding.waived === undefined ? LEVEL_WORDS[finding.level] : "waived";
  const line = `  ${paint(findingStyle(finding), word)}: ${printable(finding.message)}${ruleTag(finding, paint)}`;
  return [line, ...details(finding, "    ", page)];
}

function findingStyle(finding: Finding): Style {
  if (finding.waived !== undefined || finding.level === "note") return "quiet";
  return finding.level === "reject" ? "bad" : "unsure";
}

function details(finding: Finding, indent: string, page: Page): readonly string[] {
  const { expected, actual, hint, path, waived } = finding;
  const place = placeText(finding);
  return [
    ...(expected === undefined ? [] : [row(indent, "expected", expected)]),
    ...(actual === undefined ? [] : [row(indent, "actual", actual)]),
    ...(place === undefined ? [] : [row(indent, "at", place)]),
    ...(path === undefined ? [] : [row(indent, "path", path.join(" > "))]),
    ...(waived === undefined ? [] : [`${indent}${printable(waiverText(waived))}`]),
    ...(hint === undefined || waived !== undefined || page.sharedHints.has(hint)
      ? []
      : [`${indent}hint: ${printable(hint)}`]),
  ];
}

function evidenceBlock(evidence: Evidence): readonly string[] {
  const { kind, state, proves, signer, name, time, timeBy, digest, source } = evidence;
  const what = state === "verified" ? kind : `${kind} (${state})`;
  const by = [...(signer === undefined ? [] : [signer]), ...(name === undefined ? [] : [`(${name})`])].join(" ");
  return [
    `  ${what}: ${printable(proves)}`,
    ...(by === "" ? [] : [row("    ", "signer", by)]),
    ...(time === undefined ? [] : [row("    ", "signed", `${time}, by ${timeBy ?? "the signer's own clock"}`)]),
    ...(digest === undefined ? [] : [row("    ", "digest", formatDigest(digest))]),
    ...(source === undefined ? [] : [row("    ", "from", source)]),
  ];
}

function policyBlock(source: PolicySource, paint: Paint): readonly string[] {
  return [
    `${head("policy", "quiet", paint)}${printable(source.path)}   ${paint("quiet", `[${source.level}]`)}`,
    row("  ", "sha256", source.sha256),
    row("  ", "because", source.vouched ?? UNVOUCHED),
    ...source.ignored.map((demand) => row("  ", "ignored", demand)),
  ];
}
