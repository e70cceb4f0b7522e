// Any file that no other reader knows: it is its own and only component, and all that is known of it is its bytes.
// The hashing of one file for other readers is here too, so that all of them state the same digests.

import { fstatSync } from "node:fs";
import { basename } from "node:path";
import type { Digest } from "../core/digest.ts";
import type { HashRequest } from "../core/hash-set.ts";
import type { Facts, Inventory } from "../core/inventory.ts";
import { kindOf } from "../io/archive-kind.ts";
import type { FileKind } from "../io/archive-kind.ts";
import { readFully } from "../io/archive-stream.ts";
import { hashFile } from "../io/hash.ts";
import { fileFacts } from "./package-files.ts";
import type { ReadSource, Tree, TreeFile } from "./source.ts";

/** What is known of one file as a whole. */
export interface WholeFile {
  /** SHA-256, SHA-512, computed. */
  readonly digests: readonly Digest[];
  /** Bytes. */
  readonly size: number;
  readonly kind?: FileKind;
  /** SHA-256 (lower-case hex) of the bytes before `end`, where that was asked for; else of the whole file. */
  readonly sha256ToEnd: string;
}

/**
 * Hashes an open file of any size in one pass.
 * @param shown how messages call it
 * @param end also hash the bytes before this offset
 * @throws UserError `input-unreadable`, `input-changed`
 */
export async function examineWholeFile(file: TreeFile, shown: string, end?: number): Promise<WholeFile> {
  const head = Buffer.alloc(Math.min(512, file.size));
  await readFully(file, head, 0, shown);
  const requests: HashRequest[] = [{ algorithm: "sha256" }, { algorithm: "sha512" }];
  if (end !== undefined && end !== file.size) requests.push({ algorithm: "sha256", end });
  const { size, digests } = await hashFile({ ...file, stats: fstatSync(file.fd) }, requests, { path: shown });
  const [sha256 = "", sha512 = "", toEnd = sha256] = digests.map(({ digest }) => Buffer.from(digest).toString("hex"));
  const kind = kindOf(head);
  return {
    digests: [
      { algorithm: "sha256", hex: sha256, from: "computed" },
      { algorithm: "sha512", hex: sha512, from: "computed" },
    ],
    size,
    sha256ToEnd: toEnd,
    ...(kind === undefined ? {} : { kind }),
  };
}

/** The name of the file itself, without its folders. */
export function fileNameOf(path: string): string {
  return basename(path);
}

function factsOf(tree: Tree, path: string, { digests, size, kind }: WholeFile): Facts {
  const mode = tree.entry(path)?.mode ?? 0;
  const content = { digests, ...(kind === undefined ? {} : { kind }) };
  return fileFacts([{ path: fileNameOf(tree.shown(path)), size, mode, content }]);
}

/** @throws UserError for a file that cannot be read */
export const readFile: ReadSource = async ({ tree, path }) => {
  const shown = tree.shown(path);
  const whole = await tree.open(path, (file) => examineWholeFile(file, shown));
  const [digest] = whole.digests;
  const inventory: Inventory = {
    path: shown,
    ...(digest === undefined ? {} : { digest }),
    size: whole.size,
    root: {
      key: "",
      kind: "file",
      name: fileNameOf(shown),
      digests: whole.digests,
      scope: "runtime",
      origin: { kind: "file", path: fileNameOf(shown) },
      facts: factsOf(tree, path, whole),
    },
    components: [],
    completeness: "unknown",
    remarks: [],
    skipped: [],
  };
  return inventory;
};
