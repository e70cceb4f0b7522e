// The files of an installed package that matter by themselves, told by their first bytes. Every file is opened: a name
// proves nothing. Nothing of a node_modules inside is looked at here, and no link is followed.

import { createHash } from "node:crypto";
import { readSync } from "node:fs";
import { UserError } from "../core/errors.ts";
import type { Facts } from "../core/inventory.ts";
import { kindOf } from "../io/archive-kind.ts";
import { readError } from "../io/files.ts";
import { fileFacts, isExecutable, isNative } from "./package-files.ts";
import type { ObservedFile } from "./package-files.ts";
import type { Tree, TreeEntry, TreeFile } from "./source.ts";

export interface FolderFiles {
  readonly facts: Pick<Facts, "nativeFiles" | "executables">;
  /** What was left out, as clauses. */
  readonly gaps: readonly string[];
}

/** Files of one package that are looked at, and that are recorded. */
const MAX_FILES = 50_000;
const MAX_RECORDED = 500;
/** Bytes; of larger files no digest is computed. */
const MAX_HASHED = 2 ** 30;
const HEAD = 512;

/**
 * @param path the package's folder in the tree
 * @param commands files that its commands run, as its manifest writes them
 */
export async function examineFiles(tree: Tree, path: string, commands: readonly string[]): Promise<FolderFiles> {
  const runs = new Set(commands.map((file) => file.replace(/^(?:\.\/)+/, "")));
  const found: ObservedFile[] = [];
  const gaps: string[] = [];
  let [seen, unreadable] = [0, 0];
  for (const { below, entry } of filesBelow(tree, path)) {
    seen += 1;
    if (seen > MAX_FILES || found.length >= MAX_RECORDED) break;
    try {
      const file = await observe(tree, `${path}/${below}`, { below, entry, runs });
      if (file !== undefined) found.push(file);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      unreadable += 1;
    }
  }
  if (seen > MAX_FILES) gaps.push(`only its first ${MAX_FILES} files were looked at`);
  else if (found.length >= MAX_RECORDED) gaps.push(`only its first ${MAX_RECORDED} programs were recorded`);
  if (unreadable > 0)
    gaps.push(unreadable === 1 ? "one of its files cannot be read" : `${unreadable} of its files cannot be read`);
  return { facts: fileFacts(found, (file) => runs.has(file)), gaps };
}

/** The regular files of a folder, depth first, by name. Links lead elsewhere, and what they lead to is not its own. */
function* filesBelow(tree: Tree, path: string): Generator<{ readonly below: string; readonly entry: TreeEntry }> {
  const open: string[] = [""];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const entry of tree.list(folder === "" ? path : `${path}/${folder}`)) {
      // A tree refuses such names.
      if (/[\\\0]/.test(entry.name)) continue;
      const below = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.type === "file") yield { below, entry };
      else if (entry.type === "directory" && below !== "node_modules") open.push(below);
    }
  }
}

interface Candidate {
  readonly below: string;
  readonly entry: TreeEntry;
  readonly runs: ReadonlySet<string>;
}

/** The file when it is native or is to be run; undefined for all others. */
function observe(tree: Tree, path: string, { below, entry, runs }: Candidate): Promise<ObservedFile | undefined> {
  if (entry.size === 0) return Promise.resolve(undefined);
  return tree.open(path, async (file) => {
    const kind = kindOf(readAt(file, Buffer.alloc(HEAD), 0, path));
    const content = { ...(kind === undefined ? {} : { kind }), digests: [] };
    if (!isNative({ content }) && !isExecutable({ mode: entry.mode, content }) && !runs.has(below)) return undefined;
    const digests =
      file.size > MAX_HASHED ? [] : [{ algorithm: "sha256", hex: sha256Of(file, path), from: "computed" } as const];
    return await Promise.resolve({ path: below, size: file.size, mode: entry.mode, content: { ...content, digests } });
  });
}

function readAt({ fd }: TreeFile, into: Buffer, position: number, path: string): Buffer {
  try {
    return into.subarray(0, readSync(fd, into, 0, into.length, position));
  } catch (error) {
    throw readError(path, error);
  }
}

function sha256Of(file: TreeFile, path: string): string {
  const hash = createHash("sha256");
  const buffer = Buffer.alloc(Math.min(2 ** 20, Math.max(1, file.size)));
  // The size at opening bounds it: a file that grows as fast as it is read would never end.
  for (let position = 0; position < file.size;) {
    const chunk = readAt(file, buffer, position, path);
    if (chunk.length === 0) break;
    hash.update(chunk);
    position += chunk.length;
  }
  return hash.digest("hex");
}
