// What every command returns, and the one function that turns it into a verdict.
// Pure data: nothing here reads, prints or exits.

import type { Digest } from "./digest.ts";
import type { RuleId } from "./rules.ts";

/** `reject` and `unknown` decide the verdict; `warn` and `note` are shown only. */
export type Level = "reject" | "unknown" | "warn" | "note";

/** `complete` stands for `verified` in commands that judge nothing (sbom, diff, seal). */
export type Verdict = "verified" | "complete" | "rejected" | "unknown";

/**
 * What a piece of evidence is: a signature over the bytes, a signed statement about how they were built, an entry of a
 * checksum list, a digest that the user or a policy pinned.
 */
export type EvidenceKind = "signature" | "provenance" | "checksum" | "pin";

/** What became of one piece of evidence. Only `verified` counts for a verdict. */
export type State =
  | "verified"
  | "integrity-only"
  | "unsigned"
  | "not-listed"
  | "ambiguous"
  | "mismatch"
  | "invalid"
  | "untrusted-signer"
  | "revoked"
  | "expired"
  | "weak"
  | "unsupported"
  | "malformed";

/** Why an unwelcome finding does not count: a waiver of a policy, or an `--allow-…` flag. */
export interface Waiver {
  /** The policy file, or the flag, that waives. */
  readonly by: string;
  readonly reason: string;
  /** ISO 8601 time; absent for a flag, which holds for one run. */
  readonly expires?: string;
}

/** One reason not to trust a subject. */
export interface Finding {
  readonly rule: RuleId;
  readonly level: Level;
  /** `Subject.id`, or the path of the file that the finding is about. */
  readonly subject: string;
  /** Lower case, no full stop, without the subject's name. May hold text from outside: escape on output. */
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly hint?: string;
  /** File that the finding points at, relative to the working directory where it lies below it. */
  readonly file?: string;
  /** 1-based line in `file`. */
  readonly line?: number;
  /** Path through a dependency graph or archive, outermost first. */
  readonly path?: readonly string[];
  readonly waived?: Waiver;
}

/** What was found about a subject, and what it proves. */
export interface Evidence {
  readonly kind: EvidenceKind;
  /** `openpgp`, `checksum-list`, `digest`, … */
  readonly scheme: string;
  readonly state: State;
  /** One clause in words: what this evidence says about the subject. */
  readonly proves: string;
  /** File that the evidence came from, as it was named or found. */
  readonly source?: string;
  /** Scheme and full identity of the signer (`openpgp 5F3C…`), never a short id where the long one is known. */
  readonly signer?: string;
  /** Name that a policy gives this signer. */
  readonly name?: string;
  readonly digest?: Digest;
  /** ISO 8601, UTC: when it was signed. */
  readonly time?: string;
  /** Who says so (`a transparency log`); absent where it is the signer's own claim. */
  readonly timeBy?: string;
}

/** What kind of thing was checked: a file, a digest of one that is not here, or a source of an inventory. */
export type SubjectKind = "file" | "digest" | "source";

/** One thing that was checked. */
export interface Subject {
  readonly id: string;
  readonly kind: SubjectKind;
  /** Bytes; absent when the subject could not be read. */
  readonly size?: number;
  readonly digests: readonly Digest[];
  readonly evidence: readonly Evidence[];
  /** What it holds, as a clause: `107 components, all with a digest`. */
  readonly contents?: string;
}

/** Something that was looked at and left out, and why. Nothing is skipped silently. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** One policy file that was found, and what it may do here. */
export interface PolicySource {
  readonly path: string;
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256: string;
  readonly level: "flag" | "machine" | "user" | "project";
  /** Why its grants count; absent when nobody vouched for it. */
  readonly vouched?: string;
  /** What it asked for and was not given because nobody vouched for it. */
  readonly ignored: readonly string[];
}

export interface Report {
  readonly command: string;
  /** Evidence kinds of which each subject needs one in state `verified`. Empty: the command judges nothing (`complete`). */
  readonly demands: readonly EvidenceKind[];
  readonly subjects: readonly Subject[];
  readonly findings: readonly Finding[];
  readonly skipped: readonly Skipped[];
  readonly policy: readonly PolicySource[];
}

/** True for a finding that still counts. */
function counts(finding: Finding, level: Level): boolean {
  return finding.level === level && finding.waived === undefined;
}

/** True when the subject carries positive evidence of a kind that the command demands. */
function hasEvidence(report: Pick<Report, "demands">, subject: Subject): boolean {
  return subject.evidence.some((e) => e.state === "verified" && report.demands.includes(e.kind));
}

/**
 * The verdict of a report. Absence of findings is not enough: without a subject, or with a subject
 * that no demanded evidence speaks for, the answer is `unknown`.
 */
export function verdict(report: Report): Verdict {
  if (report.findings.some((f) => counts(f, "reject"))) return "rejected";
  if (report.findings.some((f) => counts(f, "unknown"))) return "unknown";
  if (report.subjects.length === 0) return "unknown";
  if (report.demands.length === 0) return "complete";
  return report.subjects.every((s) => hasEvidence(report, s)) ? "verified" : "unknown";
}

/** Whether a finding counts for a subject. Findings about components count for the source that holds them. */
function isAbout(report: Report, subject: Subject, finding: Finding): boolean {
  if (finding.subject === subject.id) return true;
  return subject.kind === "source" && (report.subjects.length === 1 || finding.file === subject.id);
}

/** The verdict on one subject: that of a report that holds it and the findings about it alone. */
export function subjectVerdict(report: Report, subject: Subject): Verdict {
  const findings = report.findings.filter((finding) => isAbout(report, subject, finding));
  return verdict({ ...report, subjects: [subject], findings });
}

/** Process exit status of a verdict: 0 verified or complete, 1 rejected, 2 could not tell. */
export function exitCode(of: Verdict): 0 | 1 | 2 {
  if (of === "verified" || of === "complete") return 0;
  return of === "rejected" ? 1 : 2;
}
