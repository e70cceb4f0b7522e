// What the operands of `verify` stand for: files, folders, digests. Reads folders, so it belongs to the job.

import { basename, join } from "node:path";
import { parseDigests } from "../core/digest.ts";
import type { Digest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { fileTypeOf, listDirectory, readSmallFile } from "../io/files.ts";
import { isEvidenceName } from "./discovery.ts";
import { isEvidence } from "./evidence.ts";
import type { VerifyFlags } from "./flags.ts";

/** One thing to check. */
export type Operand =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "digest"; readonly path: string; readonly digest: Digest }
  /** Stands in a folder that is to be checked, and is nothing that can be read: its presence is not passed over. */
  | { readonly kind: "unreadable"; readonly path: string; readonly reason: string };

export interface Operands {
  readonly operands: readonly Operand[];
  /** Paths of files that lie in a folder of artifacts as evidence about others. */
  readonly asides: readonly string[];
}

/** A folder deeper than this is no collection of artifacts. */
const MAX_DEPTH = 32;
const MAX_FILES = 100_000;

/** As the bundle conformance protocol of Sigstore has it: a digest only where no file is called so. */
const DIGEST = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/i;

/**
 * Operands in the order given, each once; a folder stands for all files below it, sorted by name.
 * @throws UserError `input-unreadable`, `input-too-large`
 */
export function expandOperands(words: readonly string[]): Operands {
  const operands = new Map<string, Operand>();
  const asides: string[] = [];
  for (const word of words) {
    const type = fileTypeOf(word);
    if (type === undefined && DIGEST.test(word)) {
      const [digest] = parseDigests(word);
      if (digest !== undefined) operands.set(word, { kind: "digest", path: word, digest });
    } else if (type === "directory") {
      const before = operands.size + asides.length;
      walk(word, 0, operands, asides);
      if (operands.size + asides.length === before)
        operands.set(word, { kind: "unreadable", path: word, reason: "the folder holds no file" });
    } else operands.set(word, { kind: "file", path: word });
  }
  return { operands: [...operands.values()], asides };
}

function walk(folder: string, depth: number, operands: Map<string, Operand>, asides: string[]): void {
  if (depth > MAX_DEPTH) throw new UserError("input-unreadable", `${folder}: folders lie too deep in one another`);
  const sorted = listDirectory(folder).toSorted();
  const names = new Set(sorted);
  for (const name of sorted) {
    const path = join(folder, name);
    const type = fileTypeOf(path, { followLinks: false });
    if (type === "directory") walk(path, depth + 1, operands, asides);
    else if (type !== "file")
      operands.set(path, {
        kind: "unreadable",
        path,
        reason: `is a ${type ?? "file that is gone"}, and is not followed`,
      });
    else if (isEvidenceName(name, names)) asides.push(path);
    else operands.set(path, { kind: "file", path });
    if (operands.size + asides.length > MAX_FILES)
      throw new UserError("input-too-large", `${folder}: holds more than ${MAX_FILES} files`);
  }
}

/** The name that lists and policies know an operand by. */
export function nameOf(operand: Operand, as: string | undefined): string {
  return as ?? basename(operand.path);
}

/** Of a file that may be evidence about others (bytes). */
const MAX_ASIDE = 16 << 20;

/** Files of a folder that are evidence by name and content stand aside; what only has such a name is checked. */
export function sortAsides({ operands, asides }: Operands, request: VerifyFlags): Operands {
  const named = new Set([...request.signatures.map(({ path }) => path), ...request.checksums, ...request.keys]);
  const kept = new Set(asides.filter((path) => named.has(path) || holdsEvidence(path)));
  const others = asides.filter((path) => !kept.has(path));
  return {
    operands: [...operands, ...others.map((path): Operand => ({ kind: "file", path }))],
    asides: [...kept],
  };
}

function holdsEvidence(path: string): boolean {
  try {
    return isEvidence(readSmallFile(path, MAX_ASIDE));
  } catch (error) {
    // Not evidence that can be read: it is then read as an artifact, which says why.
    if (error instanceof UserError && error.code.startsWith("input-")) return false;
    throw error;
  }
}

/** A folder may hold more than the one artifact that these flags speak of. @throws UserError `usage` */
export function refuseManyFor(request: VerifyFlags, operands: readonly Operand[]): void {
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
