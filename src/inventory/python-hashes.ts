// Hashes of distributions as Python lockfiles write them: lists of `sha256:HEX`, and PEP 751's tables by algorithm.
// Separate from core/integrity.ts, which reads SRI: no Python installer takes base64.

import { parseDigest } from "../core/digest.ts";
import type { Digest } from "../core/digest.ts";
import { sortDigests } from "../core/integrity.ts";
import type { Json } from "../core/json.ts";
import { isJsonObject } from "../core/json-value.ts";

export interface Hashes {
  /** Sorted, no two equal. */
  readonly digests: readonly Digest[];
  /** What is none, as written, or what stands there instead of a text. */
  readonly malformed: readonly string[];
}

export const NO_HASHES: Hashes = { digests: [], malformed: [] };

/** `algorithm:hex`; old lockfiles of Poetry leave the algorithm out. */
const HASH = /^(?:[A-Za-z0-9_-]{1,30}:)?[0-9A-Fa-f]{1,256}$/;

/** The digests of a list of texts; of one text; of nothing. */
export function readHashes(value: Json | undefined): Hashes {
  if (value === undefined) return NO_HASHES;
  return collect((Array.isArray(value) ? (value as readonly Json[]) : [value]).map(hashText));
}

/** PEP 751 `hashes`: a table from algorithm to hex. */
export function readHashTable(value: Json | undefined): Hashes {
  if (value === undefined) return NO_HASHES;
  if (!isJsonObject(value)) return collect([hashText(value)]);
  return collect(Object.entries(value).map(([algorithm, hex]) => `${algorithm}:${hashText(hex)}`));
}

function hashText(value: Json): string {
  if (typeof value === "string") return value;
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value === "object" ? "a table" : `${value}`;
}

function collect(texts: readonly string[]): Hashes {
  const found = new Map<string, Digest>();
  const malformed: string[] = [];
  for (const text of texts) {
    const digest = HASH.test(text) ? parseDigest(text) : undefined;
    if (digest === undefined) malformed.push(text.slice(0, 150));
    else found.set(`${digest.algorithm}:${digest.hex}`, digest);
  }
  return { digests: sortDigests([...found.values()]), malformed };
}

/** Of several lists as one. */
export function joinHashes(lists: readonly Hashes[]): Hashes {
  const found = new Map(
    lists.flatMap((list) => list.digests.map((digest) => [`${digest.algorithm}:${digest.hex}`, digest])),
  );
  return { digests: sortDigests([...found.values()]), malformed: lists.flatMap((list) => list.malformed) };
}
