// `boltseal verify`: which files are read, in which order. What they mean is decided next door:
// evidence.ts opens them, lists.ts and pins.ts compare, levels.ts weighs.

import { closeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ALGORITHMS, parseDigests } from "../core/digest.ts";
import type { Algorithm } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import type { HashRequest } from "../core/hash-set.ts";
import { verdict } from "../core/report.ts";
import type { Finding, Report, Skipped, Subject } from "../core/report.ts";
import { RULES } from "../core/rules.ts";
import type { RuleId } from "../core/rules.ts";
import { createAtomicFile, listDirectory, openRegularFile, readSmallFile, readStart, sameFile } from "../io/files.ts";
import type { AtomicFile } from "../io/files.ts";
import { hashFile } from "../io/hash.ts";
import { rulesFor, undefinedSigners } from "../policy/demands.ts";
import { readKeyFiles } from "../policy/keys.ts";
import type { Policy } from "../policy/types.ts";
import { settle } from "../policy/waivers.ts";
import { algorithmsFor, claimsAbout, computedDigest, present } from "./artifact.ts";
import type { NamedEvidence, ReadArtifact } from "./artifact.ts";
import { lookUp } from "./checksum-lookup.ts";
import { discover, findKeys } from "./discovery.ts";
import type { FoundEvidence } from "./discovery.ts";
import { carriesSignature, readEmbedded, readList, readNamedSignatures, requestsOf, START_BYTES } from "./evidence.ts";
import type { List, Signature } from "./evidence.ts";
import { findingsAbout } from "./levels.ts";
import type { Demand, Demands } from "./levels.ts";
import { algorithmsOf } from "./pins.ts";
import type { DigestPin } from "./pins.ts";
import type { EvidenceFile, Trust } from "./scheme.ts";
import { createSignatureReader } from "./signed.ts";
import type { SignatureReader } from "./signed.ts";

/** Limits on evidence files, bytes. */
const MAX_SIGNATURE = 1 << 20;
const MAX_LIST = 32 << 20;
const MAX_KEYS = 32 << 20;

export interface VerifyRequest {
  readonly artifacts: readonly string[];
  readonly signatures: readonly string[];
  readonly keys: readonly string[];
  /** Full fingerprints, lower-case hex. */
  readonly fingerprints: readonly string[];
  readonly checksums: readonly string[];
  readonly digests: readonly string[];
  /** Name that lists and policies know the one artifact by. */
  readonly as?: string;
  /** The clock that signatures and keys are judged by. */
  readonly at: Date;
  /** The real clock, which waivers end by. */
  readonly now: Date;
  /** `--at` was given: say so in the report. */
  readonly clockSet: boolean;
  readonly allowIntegrityOnly: boolean;
  readonly allowRenamed: boolean;
  readonly all: boolean;
  readonly threshold?: number;
  /** Where the verified bytes of the one artifact go. */
  readonly output?: string;
  readonly policy: Policy;
  readonly onProgress?: (path: string, done: number, total: number) => void;
}

/** What is known before any artifact is read. */
interface Setting extends NamedEvidence {
  readonly request: VerifyRequest;
  readonly reader: SignatureReader;
  readonly trust: Trust;
  /** Evidence that a flag named could not be read. */
  readonly incomplete: boolean;
  readonly findings: Finding[];
  readonly skipped: Skipped[];
}

/**
 * Verifies each artifact against the evidence that was named, or found beside it when none was.
 * What cannot be read becomes a finding, and everything else is still checked.
 * @throws UserError for unusable flags and keys, and for an output that cannot be written
 */
export async function verifyArtifacts(request: VerifyRequest): Promise<Report> {
  refuseOverwriting(request);
  const setting = await prepare(request);
  const subjects: Subject[] = [];
  const output = request.output === undefined ? undefined : createAtomicFile(request.output, 0o600);
  try {
    const results = await readArtifacts(setting, output);
    const read = results.filter((result) => "size" in result);
    for (const result of results) {
      if ("size" in result) await judgeArtifact(setting, result, read, subjects);
      else subjects.push({ id: result.path, kind: "file", digests: [], evidence: [] });
    }
    addRemarks(setting);
    const findings = settle([...request.policy.findings, ...setting.findings], request.policy, request.now);
    const { skipped } = setting;
    const report: Report = {
      command: "verify",
      demands: ["signature", "checksum", "pin"],
      subjects,
      findings,
      skipped,
      policy: request.policy.sources,
    };
    if (verdict(report) === "verified") output?.commit();
    return report;
  } finally {
    output?.discard();
  }
}

function refuseOverwriting({ output, artifacts, signatures, keys, checksums }: VerifyRequest): void {
  if (output === undefined) return;
  const inputs = [...artifacts, ...signatures, ...keys, ...checksums];
  const overwritten = inputs.find((input) => input === output || sameFile(input, output));
  if (overwritten !== undefined) throw new UserError("usage", `--output ${output} would overwrite ${overwritten}`);
}

function readFile(path: string, limit: number, mayBeEmpty = false): EvidenceFile {
  return { source: path, bytes: readSmallFile(path, limit, { mayBeEmpty }) };
}

/** A file that cannot be read, as a finding. Other errors (a bad key, a full disk) end the run. */
function unreadable(error: unknown, subject: string): Finding {
  if (!(error instanceof UserError) || !error.code.startsWith("input-")) throw error;
  const rule = error.code === "input-changed" ? "input-changed" : "input-unreadable";
  const prefix = `${subject}: `;
  const message = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
  return {
    rule,
    level: RULES[rule].level,
    subject,
    message,
    file: subject,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  };
}

async function prepare(request: VerifyRequest): Promise<Setting> {
  const findings: Finding[] = [];
  const skipped: Skipped[] = [];
  const trust: Trust = {
    at: request.at,
    keys: request.keys.map((path) => readFile(path, MAX_KEYS)),
    fingerprints: request.fingerprints,
    foundKeys: [...readKeyFiles(request.policy), ...discoverKeys(request, skipped)],
    signers: request.policy.signers,
  };
  const reader = createSignatureReader(trust);
  // What cannot be read becomes a finding, and the rest is still checked.
  const readAll = (paths: readonly string[], read: (path: string) => EvidenceFile): readonly EvidenceFile[] =>
    paths.flatMap((path) => {
      try {
        return [read(path)];
      } catch (error) {
        findings.push(unreadable(error, path));
        return [];
      }
    });
  const signatures: Signature[] = [];
  for (const file of readAll(request.signatures, (path) => readFile(path, MAX_SIGNATURE))) {
    signatures.push(...(await readNamedSignatures(reader, file)));
  }
  const lists: List[] = [];
  // An empty list was read well enough: it names nothing.
  for (const file of readAll(request.checksums, (path) => readFile(path, MAX_LIST, true))) {
    lists.push(await readList(reader, file, [], { named: true, forOne: false }));
  }
  return { request, reader, trust, signatures, lists, incomplete: findings.length > 0, findings, skipped };
}

function addRemarks({ findings, reader, request }: Setting): void {
  const add = (rule: RuleId, subject: string, message: string): void =>
    void findings.push({ rule, level: RULES[rule].level, subject, message });
  for (const { rule, message, file } of reader.remarks()) add(rule, file ?? "", message);
  if (!request.clockSet) return;
  for (const subject of request.artifacts)
    add("clock-set", subject, `judged as of ${request.at.toISOString().replace(".000Z", "Z")}`);
}

/** A file that nobody named. When it cannot be read it is left out, and said to be. */
function readFound(path: string, limit: number, skipped: Skipped[]): EvidenceFile | undefined {
  try {
    return readFile(path, limit);
  } catch (error) {
    skipped.push({ path, reason: unreadable(error, path).message });
    return undefined;
  }
}

/** Keys beside the artifacts count only where a full fingerprint or a pin chose them before. */
function discoverKeys(request: VerifyRequest, skipped: Skipped[]): readonly EvidenceFile[] {
  if (request.fingerprints.length === 0 && request.policy.signers.length === 0) return [];
  const folders = new Set(request.artifacts.map((artifact) => dirname(artifact)));
  return [...folders].flatMap((folder) =>
    findKeys(listDirectory(folder)).flatMap((name) => readFound(join(folder, name), MAX_KEYS, skipped) ?? []),
  );
}

/** A flag names evidence, so none is looked for. */
function namesEvidence({ signatures, checksums, digests }: VerifyRequest): boolean {
  return signatures.length + checksums.length + digests.length > 0;
}

/** Evidence beside one artifact, where no flag named any. What cannot be read is named under `skipped`. */
async function discoverBeside({ request, reader, skipped }: Setting, artifact: string): Promise<FoundEvidence> {
  if (namesEvidence(request)) return { signatures: [], lists: [] };
  const folder = dirname(artifact);
  const read = (name: string): EvidenceFile | undefined => readFound(join(folder, name), MAX_LIST, skipped);
  const skip = (name: string, reason: string): void => void skipped.push({ path: join(folder, name), reason });
  return discover(basename(artifact), { names: listDirectory(folder), read, skip }, reader);
}

// --- One artifact --------------------------------------------------------------------------------

/** Each artifact once, in the order given; of one that cannot be read only its path, and a finding. */
async function readArtifacts(
  setting: Setting,
  output: AtomicFile | undefined,
): Promise<readonly (ReadArtifact | { readonly path: string })[]> {
  const results: (ReadArtifact | { readonly path: string })[] = [];
  for (const path of new Set(setting.request.artifacts)) {
    try {
      results.push(await readArtifact(setting, path, output));
    } catch (error) {
      setting.findings.push(unreadable(error, path));
      results.push({ path });
    }
  }
  return results;
}

function pinsFor({ digests, policy }: VerifyRequest, name: string): readonly DigestPin[] {
  const flags = digests.map((text) => ({ digests: parseDigests(text), source: "--digest" }));
  const rules = rulesFor(policy, name).filter((rule) => rule.digests.length > 0);
  return [...flags, ...rules.map((rule) => ({ digests: rule.digests, source: rule.definedIn }))];
}

/** Opens and reads one artifact once, for every digest and every signature that may speak of it. */
async function readArtifact(setting: Setting, path: string, output: AtomicFile | undefined): Promise<ReadArtifact> {
  const { request } = setting;
  const name = request.as ?? basename(path);
  const file = openRegularFile(path);
  try {
    if (file.size === 0) throw new UserError("input-empty", `${path}: the file is empty`);
    const found = await discoverBeside(setting, path);
    const lists = [...setting.lists, ...found.lists].map((list) => {
      const alone = request.artifacts.length === 1 || list.forOne;
      return { list, lookup: lookUp(list.list, { path: request.as ?? path, name, alone }) };
    });
    const pins = pinsFor(request, name);
    const algorithms: readonly Algorithm[] = [
      ...new Set<Algorithm>([
        "sha256",
        ...pins.flatMap((pin) => algorithmsOf(pin.digests)),
        ...lists.flatMap(({ list, lookup }) => algorithmsFor(list, lookup)),
      ]),
    ];
    const plain = algorithms.map((algorithm): HashRequest => ({ algorithm: ALGORITHMS[algorithm].node ?? "" }));
    const named = requestsOf(setting.signatures);
    const own = requestsOf(found.signatures);
    const mayCarry = file.size <= MAX_LIST && !namesEvidence(request);
    const onProgress = request.onProgress;
    const read = await hashFile(file, [...plain, ...named.requests, ...own.requests], {
      path,
      keep: mayCarry && carriesSignature(readStart(file, path, START_BYTES)),
      ...(output === undefined ? {} : { copyTo: output.fd }),
      ...(onProgress === undefined ? {} : { onProgress: (done, total) => onProgress(path, done, total) }),
    });
    const ownFrom = plain.length + named.requests.length;
    const ownJudgements = await own.judge(read.digests.slice(ownFrom));
    return {
      path,
      name,
      size: read.size,
      digests: algorithms.map((algorithm, index) => computedDigest(algorithm, read.digests[index])),
      judgements: await named.judge(read.digests.slice(plain.length, ownFrom)),
      own: [
        ...found.signatures.map((signature, index) => ({ signature, judgement: present(ownJudgements[index]) })),
        ...(read.bytes === undefined ? [] : await readEmbedded(setting.reader, { source: path, bytes: read.bytes })),
      ],
      lists,
      pins,
    };
  } finally {
    closeSync(file.fd);
  }
}

function demandsOn({ request, trust, incomplete }: Setting, name: string): Demands {
  const rules = rulesFor(request.policy, name);
  const each: Demand[] = rules.map(({ threshold, signers, evidence, definedIn }) => ({
    threshold,
    signers,
    evidence,
    by: definedIn,
  }));
  const namedKeys = trust.keys.length + trust.fingerprints.length > 0;
  if (request.threshold !== undefined)
    each.push({ threshold: request.threshold, signers: [], evidence: [], by: "--threshold" });
  else if (namedKeys)
    each.push({ threshold: 1, signers: [], evidence: [], by: trust.keys.length > 0 ? "--key" : "--fingerprint" });
  return { all: request.all, each, incomplete, namesSigners: namedKeys || rules.some((rule) => rule.threshold > 0) };
}

async function judgeArtifact(
  setting: Setting,
  artifact: ReadArtifact,
  all: readonly ReadArtifact[],
  subjects: Subject[],
): Promise<void> {
  const { request, findings } = setting;
  const { path: id, name, size, digests } = artifact;
  const allow = { integrityOnly: request.allowIntegrityOnly, renamed: request.allowRenamed };
  const claims = await claimsAbout(artifact, all, setting, allow);
  subjects.push({ id, kind: "file", size, digests, evidence: claims.map((claim) => claim.evidence) });
  findings.push(...findingsAbout(id, claims, demandsOn(setting, name)), ...undefinedSigners(request.policy, name, id));
}
