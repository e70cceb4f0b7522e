// The order in which every format shows a report: subjects as the report has them, each with its
// findings, then the findings about anything else. Separate because five formats must agree on it.

import { byCodeUnits } from "../core/order.ts";
import { type Finding, type Report, type Subject, type Verdict, subjectVerdict } from "../core/report.ts";
import { byLevel } from "../core/rules.ts";

export interface JudgedSubject {
  readonly subject: Subject;
  readonly verdict: Verdict;
  /** Findings about this subject, worst first. */
  readonly findings: readonly Finding[];
  /** The finding that decides the verdict. Undefined when nothing is wrong, or when good evidence is what is missing. */
  readonly worst: Finding | undefined;
}

export interface Arrangement {
  readonly subjects: readonly JudgedSubject[];
  /** Findings about policies and other things that are no subject of the report. */
  readonly others: readonly Finding[];
}

/** True for a finding that decides a verdict. */
export function decides(finding: Finding): boolean {
  return finding.waived === undefined && (finding.level === "reject" || finding.level === "unknown");
}

export function arrange(report: Report): Arrangement {
  const about = new Map<string, Finding[]>();
  for (const finding of report.findings.toSorted(byWeight)) {
    const same = about.get(finding.subject);
    if (same === undefined) about.set(finding.subject, [finding]);
    else same.push(finding);
  }
  const subjects = report.subjects.map((subject) => {
    const findings = about.get(subject.id) ?? [];
    // Of a source all findings are asked, because those about its components count; of others only their own.
    const verdict = subjectVerdict(subject.kind === "source" ? report : { ...report, findings }, subject);
    return { subject, verdict, findings, worst: findings.find(decides) };
  });
  const known = new Set(report.subjects.map((subject) => subject.id));
  const others = [...about.keys()].filter((id) => !known.has(id)).toSorted(byCodeUnits);
  return { subjects, others: others.flatMap((id) => about.get(id) ?? []) };
}

/** All findings in the order of the arrangement. A finding about two subjects of the same name appears once. */
export function arrangedFindings({ subjects, others }: Arrangement): readonly Finding[] {
  return [...new Set([...subjects.flatMap((judged) => judged.findings), ...others])];
}

/** Worst level first, then rule, then message; the rest only makes the order independent of the input's. */
function byWeight(a: Finding, b: Finding): number {
  return (
    byLevel(a.level, b.level) ||
    byCodeUnits(a.rule, b.rule) ||
    byCodeUnits(a.message, b.message) ||
    byCodeUnits(a.file ?? "", b.file ?? "") ||
    (a.line ?? 0) - (b.line ?? 0) ||
    byCodeUnits(JSON.stringify(a), JSON.stringify(b))
  );
}
