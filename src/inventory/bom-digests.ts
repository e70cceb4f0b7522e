// Digests in SBOMs: an algorithm by its name in the format, and hex. What is none is a remark, what is one that no
// program here computes is kept as text, and nothing is lost.

import { shownIdentifier } from "../core/bom-problem.ts";
import { algorithmNamed } from "../core/digest.ts";
import type { Digest } from "../core/digest.ts";
import type { Distribution } from "../core/inventory.ts";
import { sortDigests } from "../core/integrity.ts";
import { isJsonObject, itemsOf, textMember } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";

export interface BomDigests {
  readonly digests: readonly Digest[];
  /** `Streebog-256:HEX`: of algorithms that are not known to core/digest.ts. */
  readonly others: readonly string[];
  /** What is wrong, as clauses. */
  readonly malformed: readonly string[];
}

interface HashForm {
  /** Names of the two members. */
  readonly algorithm: string;
  readonly value: string;
  /** Digits of hex by the names of algorithms. */
  readonly digits: ReadonlyMap<string, number>;
}

/** Algorithms by their names in SBOMs, which are case-sensitive there. */
const SPDX_NAMES: ReadonlyMap<string, string> = new Map([
  ["SHA1", "sha1"],
  ["SHA224", "sha224"],
  ["SHA256", "sha256"],
  ["SHA384", "sha384"],
  ["SHA512", "sha512"],
]);

/** The digests of a list of hashes. No two are equal. */
export function readDigests(list: Json | undefined, form: HashForm): BomDigests {
  const digests = new Map<string, Digest>();
  const others = new Set<string>();
  const malformed: string[] = [];
  if (list !== undefined && !Array.isArray(list)) malformed.push("its hashes are no list");
  for (const item of itemsOf(list)) {
    const algorithm = isJsonObject(item) ? textMember(item, form.algorithm) : undefined;
    const value = isJsonObject(item) ? textMember(item, form.value) : undefined;
    const digits = algorithm === undefined ? undefined : form.digits.get(algorithm);
    if (algorithm === undefined || value === undefined) malformed.push("a hash has no algorithm or no value");
    else if (digits === undefined)
      malformed.push(`a hash names the algorithm ${shownIdentifier(algorithm).slice(0, 50)}, which is none`);
    else if (value.length !== digits || !/^[0-9a-f]+$/i.test(value)) {
      malformed.push(`a digest by ${algorithm} has ${digits} digits of hex, not ${value.length} characters`);
    } else {
      const known = algorithmNamed(SPDX_NAMES.get(algorithm) ?? algorithm);
      const hex = value.toLowerCase();
      if (known === undefined) others.add(`${algorithm}:${hex}`);
      else digests.set(`${known}:${hex}`, { algorithm: known, hex, from: "declared" });
    }
  }
  return { digests: sortDigests([...digests.values()]), others: [...others], malformed: [...new Set(malformed)] };
}

/** True when an algorithm is there twice: digests of several files, one of which the component is. */
export function isAmbiguous(digests: readonly Digest[]): boolean {
  return new Set(digests.map(({ algorithm }) => algorithm)).size < digests.length;
}

/**
 * One distribution, or one for each of several alternatives: a requirement's hashes of all its wheels. What has several
 * digests is no one file, so its address is that of an index.
 */
export function splitAlternatives(distribution: Distribution): readonly Distribution[] {
  if (!isAmbiguous(distribution.digests)) return [distribution];
  return distribution.digests.map((digest) => ({ digests: [digest] }));
}
