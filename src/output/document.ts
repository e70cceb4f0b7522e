// A report as plain data in the published shape (schemas/report.schema.json): what `json` prints and
// what `sarif` carries in its property bags. Members are named one by one, so that a field added to
// the report reaches the output only together with the schema.

import type { Digest } from "../core/digest.ts";
import { type Evidence, type Finding, type PolicySource, type Report, exitCode, verdict } from "../core/report.ts";
import { type JudgedSubject, arrange, arrangedFindings } from "./arrangement.ts";

/** Raised when a member changes its meaning or goes away; new members do not raise it. */
const SCHEMA_VERSION = 1;

export function reportDocument(report: Report, version: string) {
  const arrangement = arrange(report);
  const end = verdict(report);
  return {
    schemaVersion: SCHEMA_VERSION,
    tool: { name: "boltseal", version },
    command: report.command,
    verdict: end,
    exitCode: exitCode(end),
    demands: report.demands,
    subjects: arrangement.subjects.map(subjectDocument),
    findings: arrangedFindings(arrangement).map(findingDocument),
    skipped: report.skipped.map(({ path, reason }) => ({ path, reason })),
    policy: report.policy.map(policyDocument),
  };
}

function subjectDocument({ subject, verdict: end }: JudgedSubject) {
  return {
    id: subject.id,
    kind: subject.kind,
    size: subject.size,
    verdict: end,
    contents: subject.contents,
    digests: subject.digests.map(digestDocument),
    evidence: subject.evidence.map(evidenceDocument),
  };
}

function digestDocument({ algorithm, hex, from }: Digest) {
  return { algorithm, hex, from };
}

function evidenceDocument(evidence: Evidence) {
  const { kind, scheme, state, proves, source, signer, name, digest, time, timeBy } = evidence;
  return {
    kind,
    scheme,
    state,
    proves,
    source,
    signer,
    name,
    digest: digest === undefined ? undefined : digestDocument(digest),
    time,
    timeBy,
  };
}

export function findingDocument(finding: Finding) {
  const { rule, level, subject, message, expected, actual, hint, file, line, path, waived } = finding;
  return {
    rule,
    level,
    subject,
    message,
    expected,
    actual,
    hint,
    file,
    line,
    path,
    waived: waived === undefined ? undefined : { by: waived.by, reason: waived.reason, expires: waived.expires },
  };
}

function policyDocument({ path, sha256, level, vouched, ignored }: PolicySource) {
  return { path, sha256, level, vouched, ignored };
}
