// `boltseal verify`: what is read, in which order. setting.ts reads what flags name, reading.ts one artifact;
// what it all means is decided next door: evidence.ts opens, lists.ts and pins.ts compare, levels.ts weighs.

import { basename, sep } from "node:path";
import type { Algorithm, Digest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { verdict } from "../core/report.ts";
import type { LockSubject } from "../core/lock.ts";
import type { Evidence, Finding, Report, Skipped, Subject } from "../core/report.ts";
import { RULES } from "../core/rules.ts";
import type { RuleId } from "../core/rules.ts";
import { createAtomicFile } from "../io/files.ts";
import type { AtomicFile } from "../io/files.ts";
import { undefinedSigners } from "../policy/demands.ts";
import { consultLocks } from "../policy/lock.ts";
import type { AcceptedSubject } from "../policy/lock-write.ts";
import { lockKeysOf } from "../policy/lock-keys.ts";
import { settle } from "../policy/waivers.ts";
import { claimsAbout } from "./artifact.ts";
import type { ReadArtifact } from "./artifact.ts";
import type { Claim } from "./claim.ts";
import { isEvidence } from "./evidence.ts";
import type { NamedFile } from "./flags.ts";
import { findingsAbout } from "./levels.ts";
import type { Demand, Demands } from "./levels.ts";
import { acceptedFindings, lockFindings, pinFor } from "./lock.ts";
import { expandOperands } from "./operands.ts";
import type { Operand, Operands } from "./operands.ts";
import { pinClaim } from "./pins.ts";
import { readArtifact, rulesOn } from "./reading.ts";
import { prepare, readFile, unreadable } from "./setting.ts";
import type { Setting, VerifyRequest } from "./setting.ts";

export type { VerifyRequest } from "./setting.ts";

/** Of a file that may be evidence about others (bytes). */
const MAX_ASIDE = 32 << 20;
/** Files that are read side by side. */
const LANES = 4;

/**
 * Verifies each artifact against the evidence that was named, or found beside it when none was.
 * What cannot be read becomes a finding, and everything else is still checked.
 * @throws UserError for unusable flags and keys, and for an output that cannot be written
 */
export async function verifyArtifacts(request: VerifyRequest): Promise<Report> {
  const { from } = request;
  return from === undefined ? verifyHere(request) : verifyDownload(request, from);
}

/** Downloads into a folder that is gone when this ends. Paths in it appear in the report as names. */
async function verifyDownload(request: VerifyRequest, from: string): Promise<Report> {
  const { obtain } = await import("./obtain.ts");
  const { onProgress } = request;
  const obtained = await obtain(from, {
    ...request.network,
    ...(onProgress === undefined
      ? {}
      : { onProgress: (path: string, done: number, total = done) => onProgress(basename(path), done, total) }),
  });
  try {
    const { artifact, files, folder, package: found } = obtained;
    const evidence = files.flatMap((path): NamedFile[] => {
      if (found === undefined) return [];
      return [{ path, flag: basename(path) === "npm-signature.json" ? "npm-signature" : "attestations" }];
    });
    const report = await verifyHere({
      ...request,
      artifacts: [artifact],
      signatures: [...request.signatures, ...evidence],
      origin: { shown: obtained.shown, ...(found === undefined ? {} : { package: found }) },
    });
    const shown = withoutFolder({ ...report, skipped: [...obtained.skipped, ...report.skipped] }, folder);
    return { ...shown, skipped: inOrder(shown.skipped) };
  } finally {
    obtained.discard();
  }
}

/** The report, with names in place of the paths of a folder that nobody will find. */
function withoutFolder(report: Report, folder: string): Report {
  const shorten = (value: unknown): unknown => {
    if (typeof value === "string") return value.replaceAll(folder + sep, "");
    if (Array.isArray(value)) return value.map(shorten);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, shorten(member)]));
  };
  return shorten(report) as Report;
}

async function verifyHere(request: VerifyRequest): Promise<Report> {
  const expanded = expandOperands(request.artifacts);
  const { operands, asides } = sortAsides(expanded, request);
  refuseManyFor(request, operands);
  const paths = operands.flatMap((operand) => (operand.kind === "file" ? [operand.path] : []));
  const setting = await prepare(request, paths, operands.length === 1);
  for (const { path } of asides) setting.skipped.push({ path, reason: "is evidence, not an artifact" });
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

/** Each once, in an order that does not tell which of several files or answers came first. */
function inOrder(skipped: readonly Skipped[]): readonly Skipped[] {
  const entries = skipped.map((entry) => [`${entry.path}\0${entry.reason}`, entry] as const);
  return [...new Map(entries.toSorted(([a], [b]) => (a < b ? -1 : 1))).values()];
}

/** Files of a folder that are evidence by name and content stand aside; what only has such a name is checked. */
function sortAsides({ operands, asides }: Operands, request: VerifyRequest): Operands {
  const named = new Set([...request.signatures.map(({ path }) => path), ...request.checksums, ...request.keys]);
  const kept = asides.filter(({ path }) => named.has(path) || holdsEvidence(path));
  const others = asides.filter((aside) => !kept.includes(aside));
  return {
    operands: [...operands, ...others.map(({ path }): Operand => ({ kind: "file", path }))],
    asides: kept,
  };
}

function holdsEvidence(path: string): boolean {
  try {
    return isEvidence(readFile(path, MAX_ASIDE).bytes);
  } catch (error) {
    // Not evidence that can be read: it is then read as an artifact, which says why.
    if (error instanceof UserError && error.code.startsWith("input-")) return false;
    throw error;
  }
}

/** A folder may hold more than the one artifact that these flags speak of. @throws UserError `usage` */
function refuseManyFor(request: VerifyRequest, operands: readonly Operand[]): void {
  if (operands.length === 0) throw new UserError("usage", "there is nothing but evidence, and no artifact to check");
  if (request.output !== undefined && operands.some(({ kind }) => kind === "digest"))
    throw new UserError("usage", "--output writes the bytes that were verified, and a digest has none");
  if (request.serverJson !== undefined && operands.some(({ kind }) => kind === "digest"))
    throw new UserError(
      "usage",
      "--server-json is compared with what is inside the file, and a digest has nothing inside",
    );
  if (operands.length === 1) return;
  const given = {
    as: request.as,
    output: request.output,
    "server-json": request.serverJson,
    digest: request.digests[0],
  };
  for (const [option, value] of Object.entries(given)) {
    if (value !== undefined)
      throw new UserError("usage", `--${option} speaks of one artifact, and ${operands.length} were given`);
  }
}

function addRemarks({ findings, reader, request }: Setting, operands: readonly Operand[]): void {
  const add = (rule: RuleId, subject: string, message: string): void =>
    void findings.push({ rule, level: RULES[rule].level, subject, message });
  for (const { rule, message, file } of reader.remarks()) add(rule, file ?? "", message);
  if (!request.clockSet) return;
  for (const { path } of operands)
    add("clock-set", path, `judged as of ${request.at.toISOString().replace(".000Z", "Z")}`);
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
  const flags = {
    "--key": trust.keys,
    "--fingerprint": trust.fingerprints,
    "--certificate-identity": trust.identities,
    "--ca-file": trust.authorities,
  };
  const [naming] = Object.entries(flags).find(([, values]) => values.length > 0) ?? [];
  if (naming !== undefined || request.threshold !== undefined) {
    const by = request.threshold === undefined ? (naming ?? "") : "--threshold";
    each.push({ threshold: request.threshold ?? 1, signers: [], evidence: [], flaggedOnly: naming !== undefined, by });
  }
  const namesSigners = naming !== undefined || rules.some((rule) => rule.threshold > 0);
  return { all: request.all, each, incomplete, namesSigners };
}

/** The subject in the terms of a lock: what it is, and everybody who answers for it. */
function lockSubject({ request }: Setting, artifact: ReadArtifact, evidence: readonly Evidence[]): LockSubject {
  const sha256 = artifact.digests.find(({ algorithm }) => algorithm === "sha256")?.hex;
  return {
    name: request.as ?? basename(artifact.path),
    ...(artifact.package === undefined ? {} : { version: artifact.package.version }),
    ...(sha256 === undefined ? {} : { sha256 }),
    signers: evidence.flatMap(({ scheme, signer, time, state }) =>
      signer === undefined || state !== "verified" ? [] : [{ scheme, signer, ...(time === undefined ? {} : { time }) }],
    ),
  };
}

function lockKeysFor({ request }: Setting, artifact: ReadArtifact): readonly string[] {
  return lockKeysOf(artifact.package, rulesOn(request, artifact.path));
}

/** @throws UserError `usage` for a digest that a lock does not hold */
function toAccept(setting: Setting, artifact: ReadArtifact, evidence: readonly Evidence[]): AcceptedSubject {
  const { sha256, ...subject } = lockSubject(setting, artifact, evidence);
  if (sha256 === undefined)
    throw new UserError("usage", `${artifact.path}: a lock holds SHA-256, and only another digest was given`);
  const { origin } = setting.request;
  return {
    ...subject,
    sha256,
    keys: lockKeysFor(setting, artifact),
    ...(origin === undefined ? {} : { source: origin.shown }),
  };
}

/** What the locks in force say: other than what was accepted last, or exactly that. */
function compareWithLocks(
  setting: Setting,
  artifact: ReadArtifact,
  evidence: readonly Evidence[],
): { readonly claims: readonly Claim[]; readonly findings: readonly Finding[] } {
  const { locks, words, lock } = setting.request;
  if (locks.files.length === 0) return { claims: [], findings: [] };
  const subject = lockSubject(setting, artifact, evidence);
  const consulted = consultLocks(locks, lockKeysFor(setting, artifact));
  const findings = lockFindings(consulted, subject, { subject: artifact.path, words });
  const pin = pinFor(consulted, subject);
  const computed = (algorithm: Algorithm): Digest | undefined =>
    artifact.digests.find((digest) => digest.algorithm === algorithm);
  return {
    claims: pin === undefined ? [] : [pinClaim(pin, computed)],
    findings: lock ? acceptedFindings(findings) : findings,
  };
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
  findings.push(
    ...problems.map((problem) => ({ level: RULES[problem.rule].level, subject: id, ...problem })),
    ...findingsAbout(id, claims, demandsOn(setting, id)),
    ...locked.findings,
  );
  for (const name of new Set([basename(id), request.as ?? basename(id)])) {
    findings.push(...undefinedSigners(request.policy, name, id));
  }
  const evidence = claims.map((claim) => claim.evidence);
  return { id, kind, ...(size === undefined ? {} : { size }), digests, evidence };
}
