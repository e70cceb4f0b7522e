// `boltseal verify`: what is read, in which order. setting.ts reads what flags name, reading.ts one artifact;
// what it all means is decided next door: evidence.ts opens, lists.ts and pins.ts compare, levels.ts weighs.

import { basename } from "node:path";
import { verdict } from "../core/report.ts";
import type { Finding, Report, Subject } from "../core/report.ts";
import { RULES } from "../core/rules.ts";
import type { RuleId } from "../core/rules.ts";
import { iso } from "../core/time.ts";
import { createAtomicFile } from "../io/files.ts";
import type { AtomicFile } from "../io/files.ts";
import { undefinedSigners } from "../policy/demands.ts";
import type { AcceptedSubject } from "../policy/lock-write.ts";
import { settle } from "../policy/waivers.ts";
import { claimsAbout } from "./artifact.ts";
import type { ReadArtifact } from "./artifact.ts";
import { findingsAbout } from "./levels.ts";
import type { Demand, Demands } from "./levels.ts";
import { compareWithLocks, toAccept } from "./locking.ts";
import { expandOperands, refuseManyFor, sortAsides } from "./operands.ts";
import type { Operand } from "./operands.ts";
import { readArtifact, rulesOn } from "./reading.ts";
import { inOrder, prepare, unreadable } from "./setting.ts";
import type { Setting, VerifyRequest } from "./setting.ts";

export type { VerifyRequest } from "./setting.ts";

/** Files that are read side by side. */
const LANES = 4;

/**
 * Verifies each artifact against the evidence that was named, or found beside it when none was.
 * What cannot be read becomes a finding, and everything else is still checked.
 * @throws UserError for unusable flags and keys, and for an output that cannot be written
 */
export async function verifyArtifacts(request: VerifyRequest): Promise<Report> {
  const { from } = request;
  if (from === undefined) return verifyHere(request);
  const { verifyDownload } = await import("./download.ts");
  return verifyDownload(request, from, verifyHere);
}

async function verifyHere(request: VerifyRequest): Promise<Report> {
  const { operands, asides } = sortAsides(expandOperands(request.artifacts), request);
  refuseManyFor(request, operands);
  const paths = operands.flatMap((operand) => (operand.kind === "file" ? [operand.path] : []));
  const setting = await prepare(request, paths, operands.length === 1);
  for (const path of asides) setting.skipped.push({ path, reason: "is evidence, not an artifact" });
  const output = request.output === undefined ? undefined : createAtomicFile(request.output, 0o600);
  try {
    const results = await readArtifacts(setting, operands, output);
    const read = results.flatMap((result) => ("digests" in result ? [result] : []));
    const accepted: AcceptedSubject[] = [];
    const subjects = results.map((result): Subject => {
      if (!("digests" in result)) return { id: result.path, kind: "file", digests: [], evidence: [] };
      const judged = judgeArtifact(setting, result, read);
      if (request.lock) accepted.push(toAccept(setting, result, judged.evidence));
      return judged;
    });
    addRemarks(setting, operands);
    const findings = settle(
      [...request.policy.findings, ...request.locks.findings, ...setting.findings],
      request.policy,
      request.now,
    );
    const skipped = inOrder(setting.skipped);
    const report: Report = {
      command: "verify",
      demands: ["signature", "provenance", "checksum", "pin"],
      subjects,
      findings,
      skipped,
      policy: [...request.policy.sources, ...request.locks.sources],
    };
    if (verdict(report) !== "verified") return report;
    if (request.lock) {
      const { recordInLock } = await import("../policy/lock-write.ts");
      request.onRecorded?.(recordInLock(request.locks, accepted));
    }
    output?.commit();
    return report;
  } finally {
    output?.discard();
  }
}

function addRemarks({ findings, reader, request }: Setting, operands: readonly Operand[]): void {
  const add = (rule: RuleId, subject: string, message: string): void =>
    void findings.push({ rule, level: RULES[rule].level, subject, message });
  for (const { rule, message, file } of reader.remarks()) add(rule, file ?? "", message);
  if (!request.clockSet) return;
  for (const { path } of operands) add("clock-set", path, `judged as of ${iso(request.at)}`);
}

/** Each artifact once, several side by side, in the order given; of one that cannot be read only its path, and a finding. */
async function readArtifacts(
  setting: Setting,
  operands: readonly Operand[],
  output: AtomicFile | undefined,
): Promise<readonly (ReadArtifact | { readonly path: string })[]> {
  const results = new Array<ReadArtifact | { readonly path: string }>(operands.length);
  const waiting = operands.entries();
  const lane = async (): Promise<void> => {
    for (const [index, operand] of waiting) {
      try {
        results[index] = await readArtifact(setting, operand, output);
      } catch (error) {
        setting.findings.push(unreadable(error, operand.path));
        results[index] = { path: operand.path };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, operands.length) }, lane));
  return results;
}

function demandsOn({ request, trust, incomplete }: Setting, path: string): Demands {
  const rules = rulesOn(request, path);
  const each: Demand[] = rules.map(({ threshold, signers, evidence, definedIn }) => ({
    ...{ threshold, signers, evidence },
    flaggedOnly: false,
    policyOnly: threshold > 0,
    by: definedIn,
  }));
  const keys = { "--key": trust.keys, "--fingerprint": trust.fingerprints, "--ca-file": trust.authorities };
  const [naming] = Object.entries(keys).find(([, values]) => values.length > 0) ?? [];
  const namesIdentity = trust.identities.length > 0;
  const flaggedOnly = naming !== undefined || namesIdentity;
  const demand = { threshold: 1, signers: [], evidence: [], flaggedOnly };
  // Whoever names an identity asks for it: no key that is named beside it stands in.
  if (namesIdentity) each.push({ ...demand, identityOnly: true, by: "--certificate-identity" });
  if (request.threshold !== undefined) each.push({ ...demand, threshold: request.threshold, by: "--threshold" });
  else if (naming !== undefined && !namesIdentity) each.push({ ...demand, by: naming });
  const namesSigners = flaggedOnly || rules.some((rule) => rule.threshold > 0);
  return { all: request.all, each, incomplete, namesSigners };
}

function withoutHint(finding: Finding): Finding {
  const { hint: _hint, ...rest } = finding;
  return rest;
}

/** @param all every artifact of the run, this one included: a signature may be meant for another */
function judgeArtifact(setting: Setting, artifact: ReadArtifact, all: readonly ReadArtifact[]): Subject {
  const { request, findings, named } = setting;
  const { path: id, kind, size, digests, problems } = artifact;
  const allow = { integrityOnly: request.allowIntegrityOnly, renamed: request.allowRenamed };
  const proven = claimsAbout(artifact, all, named, allow);
  const locked = compareWithLocks(
    setting,
    artifact,
    proven.map(({ evidence }) => evidence),
  );
  const claims = [...proven, ...locked.claims];
  const others: readonly Finding[] = [
    ...problems.map((problem) => ({ level: RULES[problem.rule].level, subject: id, ...problem })),
    ...findingsAbout(id, claims, demandsOn(setting, id)),
    ...[...new Set([basename(id), request.as ?? basename(id)])].flatMap((name) =>
      undefinedSigners(request.policy, name, id),
    ),
  ];
  // Only where nothing else speaks against it does accepting it help.
  const isBlocked = others.some(({ level, waived }) => waived === undefined && level !== "warn" && level !== "note");
  findings.push(...others, ...(isBlocked ? locked.findings.map(withoutHint) : locked.findings));
  const evidence = claims.map((claim) => claim.evidence);
  return { id, kind, ...(size === undefined ? {} : { size }), digests, evidence };
}
