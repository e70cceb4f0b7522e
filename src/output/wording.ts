// The words that formats for people share: the summary line, the words for levels, and the sentence
// for a subject that nothing speaks for.

import {
  type Finding,
  type Level,
  type Report,
  type SubjectKind,
  type Verdict,
  type Waiver,
  verdict,
} from "../core/report.ts";
import { type Arrangement, decides } from "./arrangement.ts";

export const LEVEL_WORDS: Readonly<Record<Level, string>> = {
  reject: "rejected",
  unknown: "unknown",
  warn: "warning",
  note: "note",
};

const NOUNS: Readonly<Record<SubjectKind, readonly [one: string, many: string]>> = {
  file: ["artifact", "artifacts"],
  digest: ["digest", "digests"],
  source: ["source", "sources"],
};

/** `1 artifact`, `3 findings`. */
function count(number: number, [one, many]: readonly [string, string]): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** One line that says how it ended. Holds no text from outside. */
export function summary(report: Report, arrangement: Arrangement): string {
  const { subjects, others } = arrangement;
  const end = verdict(report);
  const blocking = count(others.filter(decides).length, ["finding", "findings"]);
  if (subjects.length === 0) {
    return end === "rejected" ? `rejected: ${blocking}, and nothing was checked` : "nothing was checked";
  }
  const rejected = subjects.filter((judged) => judged.verdict === "rejected").length;
  const unknown = subjects.filter((judged) => judged.verdict === "unknown").length;
  // What a source holds is a component, and findings about components are about the source too.
  const isAbout = subjects.every(({ subject }) => subject.kind === "source");
  const elsewhere = isAbout ? blocking : `${blocking} about something other than the ${nounsOf(report)[1]}`;
  if (end === "rejected") {
    if (rejected === 0) return `rejected: ${elsewhere}`;
    return `${share(rejected, report)} rejected${unknown === 0 ? "" : `, ${unknown} could not be judged`}`;
  }
  if (end === "unknown") {
    return unknown === 0 ? `could not be judged: ${elsewhere}` : `${share(unknown, report)} could not be judged`;
  }
  return [`${count(subjects.length, nounsOf(report))} ${end}`, ...asides(report)].join(", ");
}

function nounsOf(report: Report): readonly [string, string] {
  const kinds = new Set(report.subjects.map((subject) => subject.kind));
  const [kind] = kinds;
  return kind !== undefined && kinds.size === 1 ? NOUNS[kind] : ["subject", "subjects"];
}

/** `1 of 3 artifacts`, or `1 artifact` when there is no other. */
function share(part: number, report: Report): string {
  const total = count(report.subjects.length, nounsOf(report));
  return report.subjects.length === 1 ? total : `${part} of ${total}`;
}

function asides(report: Report): readonly string[] {
  const waived = report.findings.filter((f) => f.waived !== undefined && f.level !== "note").length;
  const warnings = report.findings.filter((f) => f.waived === undefined && f.level === "warn").length;
  return [
    ...(waived === 0 ? [] : [`${count(waived, ["finding", "findings"])} waived`]),
    ...(warnings === 0 ? [] : [count(warnings, ["warning", "warnings"])]),
  ];
}

/** What a policy that nobody vouched for may do. */
export const UNVOUCHED = "nobody vouched for it: it may add demands, never grants";

/** Why a subject without a deciding finding is `unknown`. */
export function unproven(report: Pick<Report, "demands">): string {
  if (report.demands.length === 0) return "findings about what it holds decide";
  return `no good evidence (${report.demands.join(" or ")}) speaks for it`;
}

/** `waived until 2027-01-01: reason (by FILE)`. Holds text from outside, unescaped. */
export function waiverText(waiver: Waiver): string {
  const period = waiver.expires === undefined ? "for this run" : `until ${waiver.expires}`;
  return `waived ${period}: ${waiver.reason} (by ${waiver.by})`;
}

/** `FILE:LINE`, or undefined when the place says no more than the subject and the message do. Unescaped. */
export function placeText(finding: Finding): string | undefined {
  const { file, line, subject, message } = finding;
  if (line !== undefined) return `${file ?? subject}:${line}`;
  return file === undefined || file === subject || message.includes(file) ? undefined : file;
}

/** Whether a verdict is good news. */
export function isGood(of: Verdict): boolean {
  return of === "verified" || of === "complete";
}
