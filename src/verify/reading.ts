// One artifact, opened and read once: every digest and every signature that may speak of it comes from that pass.
// Reads files, so it belongs to the job.

import { closeSync } from "node:fs";
import { basename, dirname } from "node:path";
import { ALGORITHMS, parseDigests } from "../core/digest.ts";
import type { Algorithm, Digest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import type { HashRequest, HashResult } from "../core/hash-set.ts";
import type { PackageAnswer } from "../inventory/package.ts";
import { openRegularFile } from "../io/files.ts";
import type { AtomicFile, OpenFile } from "../io/files.ts";
import { hashFile } from "../io/hash.ts";
import { rulesFor } from "../policy/demands.ts";
import type { ArtifactRule } from "../policy/types.ts";
import { algorithmsFor, computedDigest, present } from "./artifact.ts";
import type { ReadArtifact } from "./artifact.ts";
import { lookUp } from "./checksum-lookup.ts";
import { discover } from "./discovery.ts";
import type { FoundEvidence } from "./discovery.ts";
import { requestsOf } from "./evidence.ts";
import type { Signature } from "./evidence.ts";
import type { Claim, Problem } from "./claim.ts";
import { createInspection } from "./inspection.ts";
import type { Inspection } from "./inspection.ts";
import { nameOf } from "./operands.ts";
import type { Operand } from "./operands.ts";
import { algorithmsOf, among, statedClaim } from "./pins.ts";
import type { DigestPin } from "./pins.ts";
import type { SignedFile } from "./scheme.ts";
import { folderAt } from "./setting.ts";
import type { Setting } from "./setting.ts";

/** Rules for the file's own name, and for the one that --as gives it: another name takes no demand away. */
export function rulesOn({ policy, as }: Setting["request"], path: string): readonly ArtifactRule[] {
  return [...new Set([basename(path), as ?? basename(path)].flatMap((name) => rulesFor(policy, name)))];
}

function pinsFor({ request }: Setting, path: string): readonly DigestPin[] {
  const flags = request.digests.map((text) => ({ digests: parseDigests(text), anyOf: false, source: "--digest" }));
  const rules = rulesOn(request, path).filter((rule) => rule.digests.length > 0);
  return [...flags, ...rules.map(({ digests, definedIn }) => ({ digests, anyOf: true, source: definedIn }))];
}

/** Evidence beside one artifact, where no flag named any. */
async function discoverBeside(setting: Setting, artifact: string): Promise<FoundEvidence> {
  const { signatures, checksums, digests } = setting.request;
  if (signatures.length + checksums.length + digests.length > 0) return { signatures: [], lists: [] };
  return setting.discovering(() => discover(basename(artifact), folderAt(setting, dirname(artifact)), setting.reader));
}

/** What must be hashed for whom: each part takes its results out of those of the one pass. */
interface Plan {
  readonly requests: readonly HashRequest[];
  add(
    requests: readonly HashRequest[],
  ): (results: readonly (HashResult | undefined)[]) => readonly (HashResult | undefined)[];
}

function createPlan(): Plan {
  const requests: HashRequest[] = [];
  return {
    requests,
    add(more) {
      const from = requests.length;
      const to = requests.push(...more);
      return (results) => results.slice(from, to);
    },
  };
}

/** Everything that has to do with the bytes, prepared before they are read. */
async function planReading(setting: Setting, path: string, found: FoundEvidence, embedded: readonly Signature[]) {
  const { request, named } = setting;
  const name = request.as ?? basename(path);
  const lists = [...named.lists, ...found.lists].map((list) => {
    const alone = setting.alone || list.forOne;
    return { list, lookup: lookUp(list.list, { path: request.as ?? path, name, alone }) };
  });
  const pins = pinsFor(setting, path);
  const algorithms: readonly Algorithm[] = [
    ...new Set<Algorithm>([
      "sha256",
      ...pins.flatMap((pin) => algorithmsOf(pin.digests)),
      ...algorithmsOf(statedBy(request)),
      ...lists.flatMap(({ list, lookup }) => algorithmsFor(list, lookup)),
    ]),
  ];
  const plan = createPlan();
  const plain = plan.add(algorithms.map((algorithm) => ({ algorithm: ALGORITHMS[algorithm].node ?? "" })));
  const own = [...found.signatures, ...embedded];
  const flags = requestsOf(named.signatures);
  const beside = requestsOf(own);
  const ofFlags = plan.add(flags.requests);
  const ofOwn = plan.add(beside.requests);
  return {
    plan,
    /** The artifact, from the results of the pass. */
    async finish(results: readonly (HashResult | undefined)[], signed: SignedFile) {
      const judgements = await beside.judge(ofOwn(results), signed);
      const digests = plain(results).flatMap((result, index) => {
        const algorithm = algorithms[index];
        return result === undefined || algorithm === undefined ? [] : [computedDigest(algorithm, result)];
      });
      return {
        ...{ path, lists, pins, digests },
        judgements: await flags.judge(ofFlags(results), signed),
        own: own.map((signature, index) => ({ signature, judgement: present(judgements[index]) })),
      };
    },
  };
}

/**
 * @throws UserError `input-…` when the file cannot be read, or changed meanwhile; `output-failed`
 */
export async function readArtifact(
  setting: Setting,
  operand: Operand,
  output: AtomicFile | undefined,
): Promise<ReadArtifact> {
  if (operand.kind === "unreadable") throw new UserError("input-not-a-file", `${operand.path}: ${operand.reason}`);
  return operand.kind === "digest"
    ? readDigest(setting, operand.path, operand.digest)
    : readOpenFile(setting, operand.path, output);
}

/** What can be said of a digest alone. */
async function readDigest(setting: Setting, path: string, digest: Digest): Promise<ReadArtifact> {
  const { plan, finish } = await planReading(setting, path, { signatures: [], lists: [] }, []);
  const result = { digest: Buffer.from(digest.hex, "hex"), binary: false };
  const isPlain = (request: HashRequest): boolean =>
    request.algorithm === ALGORITHMS[digest.algorithm].node && Object.keys(request).length === 1;
  const signed: SignedFile = {
    name: setting.request.as ?? "",
    package: async () => ({ reason: "only a digest was given" }),
  };
  const read = await finish(
    plan.requests.map((request) => (isPlain(request) ? result : undefined)),
    signed,
  );
  return { ...read, kind: "digest", digests: [{ ...digest, from: "declared" }], claims: [], problems: [] };
}

async function readOpenFile(setting: Setting, path: string, output: AtomicFile | undefined): Promise<ReadArtifact> {
  const { request } = setting;
  const file = openRegularFile(path);
  try {
    if (file.size === 0) throw new UserError("input-empty", `${path}: the file is empty`);
    const found = await discoverBeside(setting, path);
    const name = nameOf({ kind: "file", path }, request.as);
    const inspection = await createInspection(file, { path, name, reader: setting.reader });
    const { plan, finish } = await planReading(setting, path, found, inspection.signatures);
    const ofInspection = plan.add(inspection.needs);
    const signed: SignedFile = { name, package: inspection.package };
    const readOnce = async () => {
      const { digests, size } = await hashOnce(setting, file, path, plan.requests, output);
      return { artifact: await finish(digests, signed), size, ofInspection: ofInspection(digests).map(present) };
    };
    // Until they are judged: two files whose bytes are kept would not fit into our memory together.
    const keeps = file.size > KEPT_TOGETHER && plan.requests.some(({ algorithm }) => algorithm === "identity");
    const read = keeps ? await setting.oneByOne(readOnce) : await readOnce();
    const inside = await compareInside(setting, inspection, name, read.artifact.digests);
    inspection.refuseOtherBytes(read.ofInspection);
    return { ...read.artifact, kind: "file", size: read.size, ...inside };
  } finally {
    closeSync(file.fd);
  }
}

/** What the artifact is inside, held against what was asked for. */
async function compareInside(
  { request, serverJson }: Setting,
  inspection: Inspection,
  name: string,
  digests: readonly Digest[],
): Promise<Pick<ReadArtifact, "claims" | "problems" | "package">> {
  const computed = among(digests);
  const claims: Claim[] = [...inspection.claims];
  const problems: Problem[] = [...(await inspection.problems())];
  if (serverJson !== undefined) {
    const { checkServerJson } = await import("./server-json.ts");
    const sha256 = present(computed("sha256")).hex;
    const facts = { name, kind: inspection.fileKind, package: await inspection.package(), sha256 };
    const { digest, findings } = checkServerJson(serverJson, facts);
    problems.push(...findings.map((finding) => ({ ...finding, file: serverJson.source })));
    if (digest !== undefined)
      claims.push(statedClaim({ digest, source: serverJson.source, accepted: request.allowIntegrityOnly }, computed));
  }
  const asked = request.origin?.package;
  if (asked !== undefined) {
    problems.push(...packageProblems(asked, await inspection.package()));
    for (const digest of statedBy(request))
      claims.push(statedClaim({ digest, source: "the package registry", accepted: false }, computed));
  }
  if (request.locks.files.length === 0 && !request.lock) return { claims, problems };
  const found = await inspection.package();
  return { claims, problems, ...("package" in found ? { package: found.package } : {}) };
}

/** Digests that the registry of a downloaded package states. */
function statedBy({ origin }: Setting["request"]): readonly Digest[] {
  const integrity = origin?.package?.integrity;
  return integrity === undefined ? [] : parseDigests(integrity);
}

function packageProblems(asked: { name: string; version: string }, found: PackageAnswer): readonly Problem[] {
  const expected = `${asked.name}@${asked.version}`;
  if ("reason" in found)
    return [{ rule: "package-mismatch", message: `what it is cannot be read: ${found.reason}`, expected }];
  const actual = `${found.package.name}@${found.package.version}`;
  if (found.package.ecosystem === "npm" && actual === expected) return [];
  return [{ rule: "package-mismatch", message: "the package inside is another one", expected, actual }];
}

/** Bytes that are kept for a signature are kept for one file at a time. */
const KEPT_TOGETHER = 16 << 20;

async function hashOnce(
  setting: Setting,
  file: OpenFile,
  path: string,
  requests: readonly HashRequest[],
  output: AtomicFile | undefined,
) {
  const { onProgress } = setting.request;
  return hashFile(file, requests, {
    path,
    spread: setting.alone ? "hashes" : "files",
    ...(output === undefined ? {} : { copyTo: output.fd }),
    ...(onProgress === undefined ? {} : { onProgress: (done, total) => onProgress(path, done, total) }),
  });
}
