// Digests that the user or a policy states for an artifact, compared with the computed ones.

import { ALGORITHMS, formatDigest, isWeak } from "../core/digest.ts";
import type { Algorithm, Digest } from "../core/digest.ts";
import type { Claim } from "./claim.ts";

/** Looks up a digest that was computed in the one read. */
export type Computed = (algorithm: Algorithm) => Digest | undefined;

export interface DigestPin {
  readonly digests: readonly Digest[];
  /** A policy may pin several files under one pattern: one digest must match. A flag means one file: each algorithm must. */
  readonly anyOf: boolean;
  /** Flag or policy file that states them. */
  readonly source: string;
}

/** Algorithms that must be computed to compare these digests. */
export function algorithmsOf(digests: readonly Digest[]): readonly Algorithm[] {
  return [...new Set(digests.map((d) => d.algorithm))].filter(
    (name) => ALGORITHMS[name].node !== null && !isWeak(name),
  );
}

export function pinClaim(pin: DigestPin, computed: Computed): Claim {
  const { source, digests } = pin;
  const base = { named: true, remarks: [] };
  const evidence = { kind: "pin", scheme: "digest", source, proves: "nothing" } as const;
  const weak = digests.find(({ algorithm }) => isWeak(algorithm));
  const usable = digests.filter(({ algorithm }) => !isWeak(algorithm) && computed(algorithm) !== undefined);
  const [first] = usable;
  if (first === undefined) {
    const named = [...new Set(digests.map(({ algorithm }) => algorithm))].join(", ");
    const message = `${source} states a digest by ${named}, which ${weak === undefined ? "cannot be computed here" : "proves nothing"}`;
    return weak === undefined
      ? { ...base, rule: "checksum-unsupported", evidence: { ...evidence, state: "unsupported" }, message }
      : { ...base, rule: "checksum-weak", evidence: { ...evidence, state: "weak" }, message };
  }
  const matches = usable.filter(({ algorithm, hex }) => computed(algorithm)?.hex === hex);
  const open =
    pin.anyOf && matches.length > 0 ? [] : usable.filter((d) => !matches.some((m) => m.algorithm === d.algorithm));
  const [match] = matches;
  if (match === undefined || open.length > 0) {
    const algorithm = open[0]?.algorithm ?? first.algorithm;
    const expected = open.filter((digest) => digest.algorithm === algorithm);
    const actual = computed(algorithm);
    return {
      ...base,
      rule: "digest-mismatch",
      evidence: { ...evidence, state: "mismatch" },
      message: `the bytes are not those that ${source} states`,
      expected: expected.map(formatDigest).join(" or "),
      ...(actual === undefined ? {} : { actual: formatDigest(actual) }),
    };
  }
  const proves = "the bytes are exactly those that were pinned";
  return { ...base, evidence: { ...evidence, state: "verified", digest: match, proves }, message: "" };
}
