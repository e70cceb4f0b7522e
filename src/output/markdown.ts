// The `markdown` format: for a comment on a pull request or the summary page of a CI run.
// All text from outside stands in code spans, where GitHub Flavored Markdown knows no links, images,
// mentions, issue references or HTML (section 6.1). What could end a span or split a table's cell is
// escaped as `\u{…}` inside it, so that safety does not hang on how a parser counts backticks.

import { printable } from "../core/printable.ts";
import { formatDigest } from "../core/digest.ts";
import { type Evidence, type Finding, type PolicySource, type Report, verdict } from "../core/report.ts";
import type { Format } from "./format.ts";
import { type JudgedSubject, arrange } from "./arrangement.ts";
import { LEVEL_WORDS, UNVOUCHED, isGood, placeText, summary, unproven, waiverText } from "./wording.ts";

export const markdown = { render } satisfies Format;

/** Backtick: ends the span. `|`: ends a cell. `<`: HTML for sloppy renderers. `$`: GitHub's math begins with $ and a backtick. */
const MARKUP = /[`|<$]/g;

function code(text: string): string {
  const safe = printable(text).replace(MARKUP, (mark) => `\\u{${mark.charCodeAt(0).toString(16)}}`);
  return safe === "" ? "(empty)" : `\`${safe}\``;
}

function render(report: Report): string {
  const arrangement = arrange(report);
  const { subjects, others } = arrangement;
  const sections = [
    [`## boltseal ${code(report.command)}: ${verdict(report)}`],
    [summary(report, arrangement)],
    subjects.length === 0 ? [] : subjectTable(subjects, report),
    ...subjects.filter((judged) => judged.findings.length > 0).map((judged) => findingSection(judged)),
    section(
      "other findings",
      others.flatMap((f) => findingItem(f, `${code(f.subject)}: `)),
    ),
    section(
      "evidence",
      subjects.flatMap((judged) => evidenceItems(judged)),
    ),
    section(
      "skipped",
      report.skipped.map(({ path, reason }) => `- ${code(path)}: ${code(reason)}`),
    ),
    section("policy", report.policy.flatMap(policyItems)),
  ];
  const shown = sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n"));
  return `${shown.join("\n\n")}\n`;
}

function section(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`### ${title}`, "", ...items];
}

function subjectTable(subjects: readonly JudgedSubject[], report: Report): readonly string[] {
  const rows = subjects.map((judged) => {
    const { subject } = judged;
    const sha256 = subject.digests.find((d) => d.algorithm === "sha256" && d.from === "computed");
    const cells = [
      judged.verdict,
      code(subject.id),
      because(judged, report),
      sha256 === undefined ? "" : code(sha256.hex),
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return ["| verdict | subject | because | sha256 |", "| --- | --- | --- | --- |", ...rows];
}

function because({ subject, verdict: end, worst }: JudgedSubject, report: Report): string {
  if (worst !== undefined) return code(worst.rule);
  if (!isGood(end)) return unproven(report);
  if (subject.contents !== undefined) return code(subject.contents);
  return subject.evidence
    .filter((e) => e.state === "verified")
    .map((e) => (e.signer === undefined ? e.kind : `${e.kind} by ${signer(e)}`))
    .join(", ");
}

function signer({ signer: identity, name }: Evidence): string {
  return [...(identity === undefined ? [] : [code(identity)]), ...(name === undefined ? [] : [`(${code(name)})`])].join(
    " ",
  );
}

function findingSection({ subject, findings }: JudgedSubject): readonly string[] {
  return [`### ${code(subject.id)}`, "", ...findings.flatMap((finding) => findingItem(finding, ""))];
}

function findingItem(finding: Finding, prefix: string): readonly string[] {
  const { rule, message, expected, actual, path, hint, waived } = finding;
  const word = waived === undefined ? LEVEL_WORDS[finding.level] : "waived";
  const place = placeText(finding);
  return [
    `- **${word}** ${prefix}${code(message)} (${code(rule)})`,
    ...(expected === undefined ? [] : [`  - expected ${code(expected)}`]),
    ...(actual === undefined ? [] : [`  - actual ${code(actual)}`]),
    ...(place === undefined ? [] : [`  - at ${code(place)}`]),
    ...(path === undefined ? [] : [`  - path ${path.map(code).join(" › ")}`]),
    ...(waived === undefined ? [] : [`  - ${code(waiverText(waived))}`]),
    ...(hint === undefined || waived !== undefined ? [] : [`  - hint: ${code(hint)}`]),
  ];
}

function evidenceItems({ subject }: JudgedSubject): readonly string[] {
  return subject.evidence
    .filter((e) => e.state === "verified")
    .flatMap((e) => [
      `- ${code(subject.id)}: ${e.kind}, ${code(e.proves)}`,
      ...(e.signer === undefined && e.name === undefined ? [] : [`  - signer ${signer(e)}`]),
      ...(e.time === undefined
        ? []
        : [`  - signed ${code(e.time)}, by ${e.timeBy === undefined ? "the signer's own clock" : code(e.timeBy)}`]),
      ...(e.digest === undefined ? [] : [`  - digest ${code(formatDigest(e.digest))}`]),
      ...(e.source === undefined ? [] : [`  - from ${code(e.source)}`]),
    ]);
}

function policyItems(source: PolicySource): readonly string[] {
  const vouched = source.vouched === undefined ? UNVOUCHED : code(source.vouched);
  return [
    `- ${code(source.path)} (${source.level}): ${vouched}`,
    `  - sha256 ${code(source.sha256)}`,
    ...source.ignored.map((demand) => `  - ignored ${code(demand)}`),
  ];
}
