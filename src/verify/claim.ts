// A claim: one piece of evidence about one artifact, with what a finding about it would say.
// Claims are what the schemes, lists and pins produce; levels.ts weighs them against what is demanded.

import type { Evidence, State, Waiver } from "../core/report.ts";
import type { RuleId } from "../core/rules.ts";
import type { Judgement, Remark } from "./scheme.ts";

export interface Claim {
  readonly evidence: Evidence;
  /** The rule that the state stands for; absent for `verified`. */
  readonly rule?: RuleId;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly hint?: string;
  readonly file?: string;
  readonly line?: number;
  /** A flag named the evidence, so the user counts on it. */
  readonly named: boolean;
  /** A trusted signature is there, although the evidence is not good for another reason. */
  readonly signed?: true;
  /** Who answers for the bytes, when the state is `verified` and somebody signed; one value per person. */
  readonly person?: string;
  /** SHA-256 of that person's public key, where it is known: one key under two names is one person. */
  readonly key?: string;
  /** That person's key is one that --key or --fingerprint chose. */
  readonly flagged?: true;
  /** A rule that would have stood against this evidence, had not a flag or the policy waived it. */
  readonly waived?: { readonly rule: RuleId; readonly message: string; readonly waiver: Waiver };
  readonly remarks: readonly Remark[];
}

/** Something wrong with an artifact itself, whoever signed it. */
export interface Problem {
  readonly rule: RuleId;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly hint?: string;
  readonly file?: string;
  /** Where the rule's own level is too strict. */
  readonly level?: "unknown";
}

const SIGNATURE_RULES: Readonly<Partial<Record<State, RuleId>>> = {
  invalid: "signature-invalid",
  malformed: "signature-malformed",
  "untrusted-signer": "signature-untrusted",
  revoked: "signature-revoked",
  expired: "signature-expired",
  weak: "signature-weak",
  unsupported: "signature-unsupported",
  unsigned: "bundle-unsigned",
  mismatch: "digest-mismatch",
};

/** The rule of a signature's state. @throws Error for states that no scheme may give */
export function signatureRule(state: State): RuleId | undefined {
  if (state === "verified") return undefined;
  const rule = SIGNATURE_RULES[state];
  if (rule === undefined) throw new Error(`a signature cannot be in state ${state}`);
  return rule;
}

export interface SignatureSource {
  readonly scheme: string;
  /** File that holds the signature. */
  readonly source: string;
  readonly named: boolean;
}

/**
 * A judged signature as a claim about an artifact. `over` is set when the signature is over a
 * checksum list: it then proves nothing about the artifact by itself, and must not be `verified`.
 */
export function signatureClaim(from: SignatureSource, judgement: Judgement, over?: string): Claim {
  const { state, reason, signer, name, time, timeBy, hint, person, key, flagged, remarks, allowedWeak } = judgement;
  if (over !== undefined && state === "verified")
    throw new Error("a signature over a list is no claim about the artifact");
  const rule = signatureRule(state);
  return {
    evidence: {
      kind: judgement.kind ?? "signature",
      scheme: from.scheme,
      state,
      proves: state === "verified" ? reason : "nothing",
      source: from.source,
      ...(signer === undefined ? {} : { signer }),
      ...(name === undefined ? {} : { name }),
      ...(time === undefined ? {} : { time }),
      ...(timeBy === undefined ? {} : { timeBy }),
    },
    message: `signature ${from.source}${over === undefined ? "" : ` over ${over}`}: ${reason}`,
    file: from.source,
    named: from.named,
    ...(rule === undefined ? {} : { rule }),
    ...(rule === undefined || signer === undefined ? {} : { actual: signer }),
    ...(hint === undefined ? {} : { hint }),
    ...(state === "verified" && person !== undefined ? { person } : {}),
    ...(state === "verified" && key !== undefined ? { key } : {}),
    ...(flagged === undefined ? {} : { flagged }),
    ...(allowedWeak === undefined ? {} : { waived: weakWaiver(from, allowedWeak) }),
    remarks: remarks ?? [],
  };
}

function weakWaiver(from: SignatureSource, allowed: { reason: string; expires: string }): NonNullable<Claim["waived"]> {
  const message = `signature ${from.source}: its key or hash is too weak`;
  return {
    rule: "signature-weak",
    message,
    waiver: { by: "allowWeak", reason: allowed.reason, expires: allowed.expires },
  };
}
