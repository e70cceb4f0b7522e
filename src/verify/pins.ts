// Digests that the user or a policy states for an artifact, compared with the computed ones.

import { ALGORITHMS, formatDigest, isWeak, strongest } from "../core/digest.ts";
import type { Algorithm, Digest } from "../core/digest.ts";
import type { Claim } from "./claim.ts";

/** Looks up a digest that was computed in the one read. */
export type Computed = (algorithm: Algorithm) => Digest | undefined;

export interface DigestPin {
  /** Any one of the strongest algorithm may match. */
  readonly digests: readonly Digest[];
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
  const declared = strongest(pin.digests);
  const algorithm = declared[0]?.algorithm;
  if (algorithm === undefined) throw new Error("a pin without digests");
  const base = { named: true, remarks: [] };
  const evidence = { kind: "pin", scheme: "digest", source: pin.source, proves: "nothing" } as const;
  if (isWeak(algorithm)) {
    return {
      ...base,
      rule: "checksum-weak",
      evidence: { ...evidence, state: "weak" },
      message: `${pin.source} states a digest by ${algorithm}, which proves nothing`,
    };
  }
  const actual = computed(algorithm);
  if (actual === undefined) {
    return {
      ...base,
      rule: "checksum-unsupported",
      evidence: { ...evidence, state: "unsupported" },
      message: `${pin.source} states a digest by ${algorithm}, which cannot be computed here`,
    };
  }
  const match = declared.find((digest) => digest.hex === actual.hex);
  if (match === undefined) {
    const expected = declared.map(formatDigest).join(" or ");
    return {
      ...base,
      rule: "digest-mismatch",
      evidence: { ...evidence, state: "mismatch" },
      message: `the bytes are not those that ${pin.source} states`,
      expected,
      actual: formatDigest(actual),
    };
  }
  return {
    ...base,
    evidence: { ...evidence, state: "verified", digest: match, proves: "the bytes are exactly those that were pinned" },
    message: "",
  };
}
