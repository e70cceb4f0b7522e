// Subresource Integrity strings as lockfiles have them: every digest of every algorithm, and an answer for what is none.
// Separate from digest.ts, which reads what people write and throws.

import { ALGORITHMS, algorithmNamed, strictBase64 } from "./digest.ts";
import type { Digest } from "./digest.ts";
import { byCodeUnits } from "./order.ts";

export interface Integrity {
  /** Sorted by algorithm, then value; no two are equal. */
  readonly digests: readonly Digest[];
  /** Parts that are no digests, as written. */
  readonly malformed: readonly string[];
}

/** Longer strings are no integrity. */
const MAX_LENGTH = 20_000;

/**
 * One hash. Capitals are none: npm takes no notice of an algorithm that is written so, and then compares nothing.
 * Source: ssri, lib/index.js, `SRI_REGEX`.
 */
const HASH = /^(sha(?:1|224|256|384|512)|md5)-(.+)$/;

/** The parts of `sha1-… sha512-…?options`; options have no meaning yet (W3C SRI, `option-expression`). */
export function parseIntegrity(text: string): Integrity {
  if (text.length > MAX_LENGTH) return { digests: [], malformed: [text.slice(0, 100)] };
  const found = new Map<string, Digest>();
  const malformed: string[] = [];
  for (const part of text.split(/\s+/).filter((word) => word !== "")) {
    const [word = ""] = part.split("?", 1);
    const digest = digestOf(word);
    if (digest === undefined) malformed.push(part);
    else found.set(`${digest.algorithm}:${digest.hex}`, digest);
  }
  return { digests: sortDigests([...found.values()]), malformed };
}

function digestOf(word: string): Digest | undefined {
  const [, tag = "", value = ""] = HASH.exec(word) ?? [];
  const [algorithm, bytes] = [algorithmNamed(tag), strictBase64(value)];
  if (algorithm === undefined || bytes?.length !== ALGORITHMS[algorithm].bytes) return undefined;
  return { algorithm, hex: bytes.toString("hex"), from: "declared" };
}

/** By algorithm name, then value. */
export function sortDigests(digests: readonly Digest[]): readonly Digest[] {
  return digests.toSorted((a, b) => byCodeUnits(a.algorithm, b.algorithm) || byCodeUnits(a.hex, b.hex));
}
