// What the content of an archive's file is, told while the archive is read: its hashes, and its kind by its first bytes.
// Separate, because most callers keep a few small files and never ask.

import { createHash } from "node:crypto";
import type { Digest } from "../core/digest.ts";
import { kindOf } from "./archive-kind.ts";
import type { FileKind } from "./archive-kind.ts";

/** Algorithms that the contents of an archive may be hashed with. */
export type ContentAlgorithm = "sha256" | "sha384" | "sha512";

export interface FileContent {
  /** Computed, one for each algorithm that was asked for, in that order. */
  readonly digests: readonly Digest[];
  readonly kind?: FileKind;
}

/** Enough for every kind (see `kindOf`). */
const HEAD_BYTES = 512;

export interface Examination {
  /** The bytes may change afterwards. */
  update(chunk: Uint8Array): void;
  finish(): FileContent;
}

export function examineContent(algorithms: readonly ContentAlgorithm[]): Examination {
  const hashes = algorithms.map((algorithm) => ({ algorithm, hash: createHash(algorithm) }));
  const head = Buffer.alloc(HEAD_BYTES);
  let seen = 0;
  return {
    update(chunk) {
      if (seen < HEAD_BYTES) {
        head.set(chunk.subarray(0, HEAD_BYTES - seen), seen);
        seen += Math.min(chunk.length, HEAD_BYTES - seen);
      }
      for (const { hash } of hashes) hash.update(chunk);
    },
    finish() {
      const kind = kindOf(head.subarray(0, seen));
      const digests = hashes.map(({ algorithm, hash }) => ({
        algorithm,
        hex: hash.digest("hex"),
        from: "computed" as const,
      }));
      return { digests, ...(kind === undefined ? {} : { kind }) };
    },
  };
}
