// Digests that the user or a policy states for an artifact, compared with the computed ones.

import { ALGORITHMS, formatDigest, isWeak } from "../core/digest.ts";
import type { Algorithm, Digest } from "../core/digest.ts";
import type { Claim } from "./claim.ts";

/** Looks up a digest that was computed in the one read. */
export type Computed = (algorithm: Algorithm) => Digest | undefined;

export function among(digests: readonly Digest[]): Computed {
  return (algorithm) => digests.find((digest) => digest.algorithm === algorithm);
}

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

/** A digest that somebody states for the artifact and nobody signed: a server.json, a package registry. */
export interface StatedDigest {
  readonly digest: Digest;
  /** Who states it, as messages call it. */
  readonly source: string;
  /** The user accepts the word of this source (--allow-integrity-only). */
  readonly accepted: boolean;
}

/** What a stated digest is worth: another one is a mismatch, the same proves integrity and no origin. */
export function statedClaim({ digest, source, accepted }: StatedDigest, computed: Computed): Claim {
  const actual = computed(digest.algorithm);
  const evidence = { kind: "checksum", scheme: "stated-digest", source, digest } as const;
  const base = { named: true, remarks: [], file: source };
  if (actual === undefined) {
    const message = `${source} states a digest by ${digest.algorithm}, which cannot be compared`;
    return {
      ...base,
      rule: "checksum-unsupported",
      evidence: { ...evidence, state: "unsupported", proves: "nothing" },
      message,
    };
  }
  if (actual.hex !== digest.hex) {
    return {
      ...base,
      rule: "digest-mismatch",
      evidence: { ...evidence, state: "mismatch", proves: "nothing" },
      message: `the bytes are not those that ${source} states`,
      expected: formatDigest(digest),
      actual: formatDigest(actual),
    };
  }
  const message = `the digest agrees with ${source}, which nobody signed`;
  if (accepted) {
    const waiver = { by: "--allow-integrity-only", reason: "the user trusts the channel that it came over" };
    const proves = "the digest is the one that a source states which the user chose to trust";
    return {
      ...base,
      evidence: { ...evidence, state: "verified", proves },
      message,
      waived: { rule: "integrity-only", message, waiver },
    };
  }
  return {
    ...base,
    rule: "integrity-only",
    evidence: {
      ...evidence,
      state: "integrity-only",
      proves: "the file is the one that is described; nobody answers for the description",
    },
    message,
    hint: "pass a signature or attestation, or accept the description as it is with --allow-integrity-only",
  };
}
