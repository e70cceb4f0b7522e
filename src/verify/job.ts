// `boltseal verify`: which files are read, in which order. What they mean is decided next door:
// evidence.ts opens them, lists.ts and pins.ts compare, levels.ts weighs.

import { closeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ALGORITHMS, parseDigests } from "../core/digest.ts";
import type { Algorithm, Digest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import type { HashRequest, HashResult } from "../core/hash-set.ts";
import { verdict } from "../core/report.ts";
import type { Finding, Report, Skipped, Subject } from "../core/report.ts";
import { RULES } from "../core/rules.ts";
import { createAtomicFile, listDirectory, openRegularFile, readSmallFile, sameFile } from "../io/files.ts";
import type { AtomicFile } from "../io/files.ts";
import { hashFile } from "../io/hash.ts";
import { rulesFor, undefinedSigners } from "../policy/artifacts.ts";
import { readKeyFiles } from "../policy/keys.ts";
import type { Policy } from "../policy/types.ts";
import { settle } from "../policy/waivers.ts";
import { lookUp } from "./checksums.ts";
import type { Lookup } from "./checksums.ts";
import { signatureClaim } from "./claim.ts";
import type { Claim } from "./claim.ts";
import { findSidecars, findSignatures } from "./discovery.ts";
import type { Sidecars } from "./discovery.ts";
import { fits, judgeList, judgeOver, readList, readNamedSignatures, readSignatures, requestsOf } from "./evidence.ts";
import type { List, Signature } from "./evidence.ts";
import { findingsAbout } from "./levels.ts";
import type { Demand, Demands } from "./levels.ts";
import { listClaims } from "./lists.ts";
import type { JudgedList } from "./lists.ts";
import { algorithmsOf, pinClaim } from "./pins.ts";
import type { DigestPin } from "./pins.ts";
import type { EvidenceFile, Judgement, Trust } from "./scheme.ts";
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
  /** The clock for expiry. */
  readonly at: Date;
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
interface Setting {
  readonly request: VerifyRequest;
  readonly reader: SignatureReader;
  readonly trust: Trust;
  /** Named by flag: each may be over any artifact or any list. */
  readonly signatures: readonly Signature[];
  readonly lists: readonly List[];
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
    for (const result of results) await judgeArtifact(setting, result, results, subjects);
    addRemarks(setting);
    const findings = settle([...request.policy.findings, ...setting.findings], request.policy, request.at);
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

function readFile(path: string, limit: number): EvidenceFile {
  return { source: path, bytes: readSmallFile(path, limit) };
}

function unreadable(error: unknown, subject: string): Finding {
  if (!(error instanceof UserError)) throw error;
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
  const trust: Trust = {
    at: request.at,
    keys: request.keys.map((path) => readFile(path, MAX_KEYS)),
    fingerprints: request.fingerprints,
    foundKeys: [...readKeyFiles(request.policy), ...discoverKeys(request)],
    signers: request.policy.signers,
  };
  const reader = createSignatureReader(trust);
  const named = async <T>(
    paths: readonly string[],
    limit: number,
    open: (file: EvidenceFile) => Promise<readonly T[]>,
  ): Promise<T[]> => {
    const opened: T[] = [];
    for (const path of paths) {
      let file: EvidenceFile;
      try {
        file = readFile(path, limit);
      } catch (error) {
        findings.push(unreadable(error, path));
        continue;
      }
      opened.push(...(await open(file)));
    }
    return opened;
  };
  const signatures = await named(request.signatures, MAX_SIGNATURE, (file) => readNamedSignatures(reader, file));
  const lists = await named(request.checksums, MAX_LIST, async (file) => [await readList(reader, file, true, [])]);
  return { request, reader, trust, signatures, lists, findings, skipped: [] };
}

function addRemarks({ findings, reader, request }: Setting): void {
  const [first] = request.artifacts;
  for (const { rule, message } of reader.remarks())
    findings.push({ rule, level: RULES[rule].level, subject: first ?? "", message });
  if (request.clockSet) {
    const message = `judged as of ${request.at.toISOString()}`;
    for (const subject of request.artifacts)
      findings.push({ rule: "clock-set", level: RULES["clock-set"].level, subject, message });
  }
}

// --- Discovery -----------------------------------------------------------------------------------

function namesEvidence({ signatures, checksums, digests }: VerifyRequest): boolean {
  return signatures.length + checksums.length + digests.length > 0;
}

function sidecarsOf(artifact: string): { folder: string; names: readonly string[]; found: Sidecars } {
  const folder = dirname(artifact);
  const names = listDirectory(folder);
  return { folder, names, found: findSidecars(basename(artifact), names) };
}

/** Keys beside the artifacts count only where a full fingerprint or a pin chose them before. */
function discoverKeys(request: VerifyRequest): readonly EvidenceFile[] {
  if (request.fingerprints.length === 0 && request.policy.signers.length === 0) return [];
  const folders = new Set(request.artifacts.map((artifact) => dirname(artifact)));
  return [...folders].flatMap((folder) => {
    const { keys } = findSidecars("", listDirectory(folder));
    return keys.flatMap((name) => tryRead(join(folder, name), MAX_KEYS) ?? []);
  });
}

/** A file that nobody named: when it cannot be read, it is as if it were not there. */
function tryRead(path: string, limit: number): EvidenceFile | undefined {
  try {
    return readFile(path, limit);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

interface Found {
  readonly signatures: readonly Signature[];
  readonly lists: readonly List[];
}

/** Evidence beside one artifact. A file that holds none, or cannot be read, is named under `skipped`. */
async function discover(setting: Setting, artifact: string): Promise<Found> {
  if (namesEvidence(setting.request)) return { signatures: [], lists: [] };
  const { folder, names, found } = sidecarsOf(artifact);
  const at = (name: string): string => join(folder, name);
  const read = (name: string): EvidenceFile | undefined => {
    try {
      return readFile(at(name), MAX_LIST);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      setting.skipped.push({ path: at(name), reason: error.message.replace(`${at(name)}: `, "") });
      return undefined;
    }
  };
  const signatures: Signature[] = [];
  const lists: List[] = [];
  for (const name of [...found.own, ...found.lists]) {
    const file = read(name);
    if (file === undefined) continue;
    const isSidecar = found.own.includes(name);
    const opened = isSidecar ? await readSignatures(setting.reader, file, false) : undefined;
    const usable = opened?.filter(({ scheme }) => scheme !== "unknown") ?? [];
    signatures.push(...usable);
    if (usable.length > 0) continue;
    const over = findSignatures(name, names).flatMap((signature) => read(signature) ?? []);
    const list = await readList(setting.reader, file, false, over);
    if (list.list.entries.length > 0 || list.embedded.some(({ judgement }) => judgement.state === "verified"))
      lists.push(list);
    else if (isSidecar || !names.includes(name.replace(/\.[a-z]+$/, "")))
      setting.skipped.push({ path: at(name), reason: "holds no signature and no checksum that can be read" });
  }
  return { signatures, lists };
}

// --- One artifact --------------------------------------------------------------------------------

interface ReadArtifact {
  readonly path: string;
  readonly name: string;
  readonly size: number;
  readonly digests: readonly Digest[];
  /** Verdicts of `Setting.signatures` over this artifact, in their order. */
  readonly judgements: readonly Judgement[];
  readonly own: readonly { readonly signature: Signature; readonly judgement: Judgement }[];
  readonly lists: readonly { readonly list: List; readonly lookup: Lookup }[];
  readonly pins: readonly DigestPin[];
}

async function readArtifacts(setting: Setting, output: AtomicFile | undefined): Promise<readonly ReadArtifact[]> {
  const results: ReadArtifact[] = [];
  for (const path of new Set(setting.request.artifacts)) {
    try {
      results.push(await readArtifact(setting, path, output));
    } catch (error) {
      if (error instanceof UserError && error.code === "output-failed") throw error;
      setting.findings.push(unreadable(error, path));
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
    const found = await discover(setting, path);
    const alone = request.artifacts.length === 1;
    const lists = [...setting.lists, ...found.lists].map((list) => ({
      list,
      lookup: lookUp(list.list, { path: request.as ?? path, name, alone: alone || !list.named }),
    }));
    const pins = pinsFor(request, name);
    const algorithms = new Set<Algorithm>([
      "sha256",
      ...pins.flatMap((pin) => algorithmsOf(pin.digests)),
      ...lists.flatMap(({ list, lookup }) => neededFor(list, lookup)),
    ]);
    const named = requestsOf(setting.signatures);
    const own = requestsOf(found.signatures);
    const plain = [...algorithms].map((algorithm): HashRequest => ({ algorithm: ALGORITHMS[algorithm].node ?? "" }));
    const onProgress = request.onProgress;
    const { size, digests } = await hashFile(file, [...plain, ...named.requests, ...own.requests], {
      path,
      ...(output === undefined ? {} : { copyTo: output.fd }),
      ...(onProgress === undefined ? {} : { onProgress: (done, total) => onProgress(path, done, total) }),
    });
    const afterPlain = plain.length + named.requests.length;
    const judgements = await named.judge(digests.slice(plain.length, afterPlain));
    const ownJudgements = await own.judge(digests.slice(afterPlain));
    return {
      path,
      name,
      size,
      digests: [...algorithms].map((algorithm, index) => computedDigest(algorithm, digests[index])),
      judgements,
      own: found.signatures.map((signature, index) => ({ signature, judgement: present(ownJudgements[index]) })),
      lists,
      pins,
    };
  } finally {
    closeSync(file.fd);
  }
}

/** Algorithms by which the list names the artifact, or any, when it may be listed under another name. */
function neededFor(list: List, lookup: Lookup): readonly Algorithm[] {
  if (lookup.state === "listed") return algorithmsOf(lookup.entries.map((entry) => entry.digest));
  return lookup.state === "not-listed" ? algorithmsOf(list.list.entries.map((entry) => entry.digest)) : [];
}

function computedDigest(algorithm: Algorithm, result: HashResult | undefined): Digest {
  return { algorithm, hex: Buffer.from(present(result).digest).toString("hex"), from: "computed" };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a result is missing");
  return value;
}

function demandsOn({ request, trust }: Setting, name: string): Demands {
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
  return { all: request.all, each, namesSigners: namedKeys || rules.some((rule) => rule.threshold > 0) };
}

async function judgeArtifact(
  setting: Setting,
  artifact: ReadArtifact,
  all: readonly ReadArtifact[],
  subjects: Subject[],
): Promise<void> {
  const { request } = setting;
  const claims = [
    ...(await namedSignatureClaims(setting, artifact, all)),
    ...artifact.own.map(({ signature, judgement }) => signatureClaim(signature, judgement)),
    ...(await checksumClaims(setting, artifact)),
    ...artifact.pins.map((pin) =>
      pinClaim(pin, (algorithm) => artifact.digests.find((d) => d.algorithm === algorithm)),
    ),
  ];
  const id = artifact.path;
  subjects.push({
    id,
    kind: "file",
    size: artifact.size,
    digests: artifact.digests,
    evidence: claims.map((claim) => claim.evidence),
  });
  setting.findings.push(
    ...findingsAbout(id, claims, demandsOn(setting, artifact.name)),
    ...undefinedSigners(request.policy, artifact.name, id),
  );
}

/**
 * Signatures that a flag named, as far as they speak of this artifact: those that fit it, and those
 * that fit nothing at all, since the user counted on them.
 */
async function namedSignatureClaims(
  { signatures, lists }: Setting,
  artifact: ReadArtifact,
  all: readonly ReadArtifact[],
): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  for (const [index, signature] of signatures.entries()) {
    const judgement = present(artifact.judgements[index]);
    const others = all.filter((other) => other !== artifact).map((other) => present(other.judgements[index]));
    const overLists = await Promise.all(lists.map((list) => judgeOver(signature.pending, list.bytes)));
    if (fits(judgement) || ![...others, ...overLists].some(fits)) claims.push(signatureClaim(signature, judgement));
  }
  return claims;
}

async function checksumClaims({ signatures, request }: Setting, artifact: ReadArtifact): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  for (const { list, lookup } of artifact.lists) {
    const over: JudgedList["signatures"][number][] = [];
    for (const signature of list.named ? signatures : []) {
      const judgement = await judgeOver(signature.pending, list.bytes);
      const { scheme, source, named, remarks } = signature;
      if (fits(judgement))
        over.push({
          scheme,
          source,
          named,
          judgement: { ...judgement, remarks: [...remarks, ...(judgement.remarks ?? [])] },
        });
    }
    const judged = await judgeList(list, over);
    const computed = (algorithm: Algorithm): Digest | undefined =>
      artifact.digests.find((d) => d.algorithm === algorithm);
    claims.push(
      ...listClaims(judged, lookup, computed, {
        integrityOnly: request.allowIntegrityOnly,
        renamed: request.allowRenamed,
      }),
    );
  }
  return claims;
}
