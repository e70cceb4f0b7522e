// What an artifact holds inside that has to do with trust: signatures that are part of it, and what it says it is.
// Reads the open file by position, so it belongs to the job; that these are the bytes that were hashed is checked.

import { readSync } from "node:fs";
import { UserError } from "../core/errors.ts";
import type { HashRequest, HashResult } from "../core/hash-set.ts";
import { readSignatureBlock } from "../core/mcpb-block.ts";
import type { SignatureBlock } from "../core/mcpb-block.ts";
import { packageKindOf } from "../inventory/package-kind.ts";
import type { PackageKind } from "../inventory/package-kind.ts";
import type { PackageAnswer } from "../inventory/package.ts";
import type { ArchiveAnswer, ArchiveEntry } from "../io/archive.ts";
import { kindOf } from "../io/archive-kind.ts";
import type { FileKind } from "../io/archive-kind.ts";
import { readError } from "../io/files.ts";
import type { OpenFile } from "../io/files.ts";
import type { Claim, Problem } from "./claim.ts";
import type { Signature } from "./evidence.ts";
import { cms } from "./cms.ts";
import type { SignatureReader } from "./signed.ts";
import { settledAs } from "./settled.ts";

export interface Inspection {
  /** What the first bytes say that the file is. */
  readonly fileKind: FileKind | undefined;
  /** Signatures that the artifact carries. */
  readonly signatures: readonly Signature[];
  /** What can be said of them before any hash is known: there is none, or half of one. */
  readonly claims: readonly Claim[];
  /** Hashes of the bytes that `package` and `problems` read, to compare with. */
  readonly needs: readonly HashRequest[];
  package(): Promise<PackageAnswer>;
  /** Of a bundle: what is wrong with archive and manifest. */
  problems(): Promise<readonly Problem[]>;
  /** Call when all is read. @throws UserError `input-changed` when other bytes were read than hashed */
  refuseOtherBytes(results: readonly HashResult[]): void;
}

interface Inside {
  /** Lower-case hex of what was read; absent when the reading ended early, which proves nothing good. */
  readonly sha256?: string;
  readonly package: PackageAnswer;
  readonly problems: readonly Problem[];
}

export interface InspectionOptions {
  readonly path: string;
  readonly name: string;
  readonly reader: SignatureReader;
}

/** @throws UserError `input-unreadable` */
export async function createInspection(file: OpenFile, options: InspectionOptions): Promise<Inspection> {
  const { path, name, reader } = options;
  const read = (offset: number, length: number): Uint8Array => readAt(file, path, offset, length);
  const fileKind = kindOf(read(0, Math.min(512, file.size)));
  // Any zip may be a bundle, and what is called one must be: of other files no end is read.
  const mayBeBundle = fileKind === "zip" || packageKindOf(name) === "mcpb" || packageKindOf(path) === "mcpb";
  const block: SignatureBlock = mayBeBundle ? readSignatureBlock(file.size, read) : { kind: "none" };
  // What is called a bundle stays one when --as gives it a name that says nothing.
  const named = packageKindOf(name) ?? (packageKindOf(path) === "mcpb" ? "mcpb" : undefined);
  const kind = block.kind === "none" ? named : "mcpb";
  const end = block.kind === "signed" ? block.end : file.size;
  let inside: Promise<Inside> | undefined;
  const look = (): Promise<Inside> => (inside ??= inTurn(() => lookInside(file, options, kind, block)));
  let seen: Inside | undefined;
  return {
    fileKind,
    ...(await embedded(block, kind, options, reader)),
    needs: [{ algorithm: "sha256", ...(end === file.size ? {} : { end }) }],
    package: async () => (seen = await look()).package,
    problems: async () => (kind === "mcpb" ? (seen = await look()).problems : []),
    refuseOtherBytes([result]) {
      if (seen?.sha256 === undefined || result === undefined) return;
      if (Buffer.from(result.digest).toString("hex") !== seen.sha256)
        throw new UserError("input-changed", `${path}: the file changed while it was being read`);
    },
  };
}

function readAt(file: OpenFile, path: string, offset: number, length: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  let done = 0;
  try {
    while (done < length) {
      const count = readSync(file.fd, bytes, done, length - done, offset + done);
      if (count === 0) throw new UserError("input-changed", `${path}: the file changed while it was being read`);
      done += count;
    }
  } catch (error) {
    throw readError(path, error);
  }
  return bytes;
}

async function embedded(
  block: SignatureBlock,
  kind: PackageKind | undefined,
  { path }: InspectionOptions,
  reader: SignatureReader,
): Promise<Pick<Inspection, "signatures" | "claims">> {
  if (block.kind === "none") return { signatures: [], claims: kind === "mcpb" ? [unsigned(path)] : [] };
  const { openMcpb } = await import("./mcpb.ts");
  const pending =
    block.kind === "malformed"
      ? [settledAs("malformed", block.reason)]
      : openMcpb(block, await reader.verifierFor(cms), path);
  const signatures = pending.map((one) => ({ scheme: "mcpb", source: path, named: false, pending: one, remarks: [] }));
  return { signatures, claims: [] };
}

function unsigned(path: string): Claim {
  const evidence = { kind: "signature", scheme: "mcpb", state: "unsigned", proves: "nothing", source: path } as const;
  const hint = "ask the publisher for a signed bundle, a detached signature or a signed checksum list";
  return {
    evidence,
    rule: "bundle-unsigned",
    message: "the bundle carries no signature",
    hint,
    named: false,
    remarks: [],
  };
}

let turn: Promise<unknown> = Promise.resolve();

/** One archive after the other: what is kept of several, and their documents as trees, would not fit into our memory. */
function inTurn<T>(look: () => Promise<T>): Promise<T> {
  const mine = turn.then(look, look);
  turn = mine;
  return mine;
}

async function lookInside(
  file: OpenFile,
  { path, name }: InspectionOptions,
  kind: PackageKind | undefined,
  block: SignatureBlock,
): Promise<Inside> {
  if (kind === undefined) return { package: { reason: "its name is not that of a package" }, problems: [] };
  const { packageOf, wantedOf } = await import("../inventory/package.ts");
  const wanted = wantedOf(kind);
  const answer = await readArchive(file, { path, kind, block, wanted });
  if (!answer.ok) {
    const rule = answer.kind === "malformed" ? "bundle-malformed" : "bundle-unsupported";
    const refused = { reason: answer.reason, ...(answer.kind === "malformed" ? { malformed: true as const } : {}) };
    return { package: refused, problems: [{ rule, message: `the archive: ${answer.reason}` }] };
  }
  const found = packageOf(kind, answer, name);
  const problems = kind === "mcpb" ? await manifestProblems(answer) : [];
  return { sha256: answer.sha256, package: found, problems };
}

async function readArchive(
  file: OpenFile,
  options: { path: string; kind: PackageKind; block: SignatureBlock; wanted: (name: string) => number | undefined },
): Promise<ArchiveAnswer<ArchiveEntry>> {
  const { path, kind, block, wanted } = options;
  if (kind === "npm" || kind === "sdist") {
    const { readTarball } = await import("../io/tar.ts");
    return readTarball(file, { path, wanted, onlyFiles: kind === "npm" });
  }
  const { readZip } = await import("../io/zip.ts");
  if (block.kind !== "signed") return readZip(file, { path, wanted });
  return readZip(file, { path, wanted, end: block.end, commentLength: file.size - block.end });
}

async function manifestProblems(answer: ArchiveAnswer<ArchiveEntry> & { ok: true }): Promise<readonly Problem[]> {
  const { checkManifest } = await import("../inventory/mcpb-manifest.ts");
  const found = checkManifest(answer);
  if (found.state === "valid") return [];
  if (found.state === "unsupported") return [{ rule: "bundle-unsupported", message: found.reason }];
  return found.problems.map(({ pointer, message }) => ({
    rule: "manifest-invalid",
    message: `manifest.json: ${pointer === "" ? "it" : pointer} ${message}`,
    ...(pointer === "" ? {} : { actual: pointer }),
  }));
}
