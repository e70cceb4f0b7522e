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
import { createAtomicFile, listDirectory, openRegularFile, readSmallFile } from "../io/files.ts";
import type { AtomicFile } from "../io/files.ts";
import { hashFile } from "../io/hash.ts";
import { rulesFor, undefinedSigners } from "../policy/demands.ts";
import { readKeyFiles } from "../policy/keys.ts";
import type { ArtifactRule, Policy } from "../policy/types.ts";
import { settle } from "../policy/waivers.ts";
import { algorithmsFor, claimsAbout, computedDigest, judgeNamed, present } from "./artifact.ts";
import type { NamedEvidence, ReadArtifact } from "./artifact.ts";
import { lookUp } from "./checksum-lookup.ts";
import { discover, findKeys } from "./discovery.ts";
import type { Folder, FoundEvidence } from "./discovery.ts";
import { readList, readNamedSignatures, requestsOf } from "./evidence.ts";
import type { List, Signature } from "./evidence.ts";
import type { VerifyFlags } from "./flags.ts";
import { findingsAbout } from "./levels.ts";
import type { Demand, Demands } from "./levels.ts";
import { algorithmsOf } from "./pins.ts";
import type { DigestPin } from "./pins.ts";
import type { EvidenceFile, SignedFile, Trust } from "./scheme.ts";
import { createSignatureReader, trustNobody } from "./signed.ts";
import type { SignatureReader } from "./signed.ts";

/** Limits on evidence files, bytes. */
const MAX_SIGNATURE = 1 << 20;
const MAX_LIST = 32 << 20;
const MAX_KEYS = 16 << 20;
/** Of a key file that nobody named. */
const MAX_FOUND_KEYS = 2 << 20;

export interface VerifyRequest extends VerifyFlags {
  readonly policy: Policy;
  /** Bytes read so far, and in all, of an artifact. */
  readonly onProgress?: (path: string, done: number, total: number) => void;
}

/** What is known before any artifact is read. */
interface Setting {
  readonly request: VerifyRequest;
  readonly reader: SignatureReader;
  readonly trust: Trust;
  readonly named: NamedEvidence;
  /** Folders of artifacts, by path. */
  readonly folders: Map<string, Folder>;
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
  const setting = await prepare(request);
  const subjects: Subject[] = [];
  const output = request.output === undefined ? undefined : createAtomicFile(request.output, 0o600);
  try {
    const results = await readArtifacts(setting, output);
    const read = results.filter((result) => "size" in result);
    for (const result of results) {
      if ("size" in result) judgeArtifact(setting, result, read, subjects);
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
  const folders = new Map<string, Folder>();
  const trust: Trust = {
    ...trustNobody(request.at, request.now),
    keys: request.keys.map((path) => readFile(path, MAX_KEYS)),
    fingerprints: request.fingerprints,
    policyKeys: readKeyFiles(request.policy),
    foundKeys: discoverKeys(request, { folders, skipped }),
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
  const named = await judgeNamed(signatures, lists);
  return { request, reader, trust, named, folders, incomplete: findings.length > 0, findings, skipped };
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

/** A folder that artifacts lie in, read when it is first asked for. */
function folderAt({ folders, skipped }: Pick<Setting, "folders" | "skipped">, path: string): Folder {
  const known = folders.get(path);
  if (known !== undefined) return known;
  const at = (name: string): string => join(path, name);
  let names: readonly string[] = [];
  try {
    names = listDirectory(path);
  } catch (error) {
    skipped.push({ path, reason: unreadable(error, path).message });
  }
  const folder: Folder = {
    names,
    lists: new Map(),
    path: at,
    read: (name, limit) => readFound(at(name), limit, skipped),
    skip: (name, reason) => void skipped.push({ path: at(name), reason }),
  };
  folders.set(path, folder);
  return folder;
}

/** Keys beside the artifacts count only where a full fingerprint or a pin chose them before. */
function discoverKeys(request: VerifyRequest, shared: Pick<Setting, "folders" | "skipped">): readonly EvidenceFile[] {
  if (request.fingerprints.length === 0 && request.policy.signers.length === 0) return [];
  const paths = new Set(request.artifacts.map((artifact) => dirname(artifact)));
  return [...paths].flatMap((path) => {
    const folder = folderAt(shared, path);
    return findKeys(folder.names).flatMap((name) => folder.read(name, MAX_FOUND_KEYS) ?? []);
  });
}

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

function pinsFor(request: VerifyRequest, path: string): readonly DigestPin[] {
  const flags = request.digests.map((text) => ({ digests: parseDigests(text), anyOf: false, source: "--digest" }));
  const rules = rulesOn(request, path).filter((rule) => rule.digests.length > 0);
  return [...flags, ...rules.map(({ digests, definedIn }) => ({ digests, anyOf: true, source: definedIn }))];
}

/** Evidence beside one artifact, where no flag named any. */
async function discoverBeside(setting: Setting, artifact: string): Promise<FoundEvidence> {
  const { signatures, checksums, digests } = setting.request;
  if (signatures.length + checksums.length + digests.length > 0) return { signatures: [], lists: [] };
  return discover(basename(artifact), folderAt(setting, dirname(artifact)), setting.reader);
}

/** Opens and reads one artifact once, for every digest and every signature that may speak of it. */
async function readArtifact(setting: Setting, path: string, output: AtomicFile | undefined): Promise<ReadArtifact> {
  const { request, named } = setting;
  const file = openRegularFile(path);
  try {
    if (file.size === 0) throw new UserError("input-empty", `${path}: the file is empty`);
    const name = request.as ?? basename(path);
    const found = await discoverBeside(setting, path);
    const lists = [...named.lists, ...found.lists].map((list) => {
      const alone = request.artifacts.length === 1 || list.forOne;
      return { list, lookup: lookUp(list.list, { path: request.as ?? path, name, alone }) };
    });
    const pins = pinsFor(request, path);
    const algorithms: readonly Algorithm[] = [
      ...new Set<Algorithm>([
        "sha256",
        ...pins.flatMap((pin) => algorithmsOf(pin.digests)),
        ...lists.flatMap(({ list, lookup }) => algorithmsFor(list, lookup)),
      ]),
    ];
    const plain = algorithms.map((algorithm): HashRequest => ({ algorithm: ALGORITHMS[algorithm].node ?? "" }));
    const flags = requestsOf(named.signatures);
    const own = requestsOf(found.signatures);
    const onProgress = request.onProgress;
    const read = await hashFile(file, [...plain, ...flags.requests, ...own.requests], {
      path,
      ...(output === undefined ? {} : { copyTo: output.fd }),
      ...(onProgress === undefined ? {} : { onProgress: (done, total) => onProgress(path, done, total) }),
    });
    const ownFrom = plain.length + flags.requests.length;
    const signed: SignedFile = { name, package: async () => ({ reason: "it is no package that can be read here" }) };
    const judgements = await own.judge(read.digests.slice(ownFrom), signed);
    return {
      path,
      size: read.size,
      digests: algorithms.map((algorithm, index) => computedDigest(algorithm, read.digests[index])),
      judgements: await flags.judge(read.digests.slice(plain.length, ownFrom), signed),
      own: found.signatures.map((signature, index) => ({ signature, judgement: present(judgements[index]) })),
      lists,
      pins,
    };
  } finally {
    closeSync(file.fd);
  }
}

/** Rules for the file's own name, and for the one that --as gives it: another name takes no demand away. */
function rulesOn({ policy, as }: VerifyRequest, path: string): readonly ArtifactRule[] {
  return [...new Set([basename(path), as ?? basename(path)].flatMap((name) => rulesFor(policy, name)))];
}

function demandsOn({ request, trust, incomplete }: Setting, path: string): Demands {
  const rules = rulesOn(request, path);
  const each: Demand[] = rules.map(({ threshold, signers, evidence, definedIn }) => ({
    ...{ threshold, signers, evidence },
    flaggedOnly: false,
    by: definedIn,
  }));
  const keysNamed = trust.keys.length + trust.fingerprints.length > 0;
  if (keysNamed || request.threshold !== undefined) {
    const by = request.threshold === undefined ? (trust.keys.length > 0 ? "--key" : "--fingerprint") : "--threshold";
    each.push({ threshold: request.threshold ?? 1, signers: [], evidence: [], flaggedOnly: keysNamed, by });
  }
  return { all: request.all, each, incomplete, namesSigners: keysNamed || rules.some((rule) => rule.threshold > 0) };
}

function judgeArtifact(
  setting: Setting,
  artifact: ReadArtifact,
  all: readonly ReadArtifact[],
  subjects: Subject[],
): void {
  const { request, findings, named } = setting;
  const { path: id, size, digests } = artifact;
  const allow = { integrityOnly: request.allowIntegrityOnly, renamed: request.allowRenamed };
  const claims = claimsAbout(artifact, all, named, allow);
  subjects.push({ id, kind: "file", size, digests, evidence: claims.map((claim) => claim.evidence) });
  findings.push(...findingsAbout(id, claims, demandsOn(setting, id)));
  for (const name of new Set([basename(id), request.as ?? basename(id)])) {
    findings.push(...undefinedSigners(request.policy, name, id));
  }
}
