// What the policies in force ask for and allow, after reading and weighing them.

import type { Finding, Level, PolicySource } from "../core/report.ts";
import type { RuleId } from "../core/rules.ts";
import type { Signer } from "../core/signer.ts";
import type { Digest } from "../core/digest.ts";

/** What is demanded of artifacts whose name matches. Every rule that matches must hold. */
export interface ArtifactRule {
  /** Glob over the artifact's file name (core/glob.ts). */
  readonly match: string;
  /** Names of signers; each signature that counts must be by one of them. Empty: by any trusted signer. */
  readonly signers: readonly string[];
  /** How many different people must have signed. 0: no signature demanded. */
  readonly threshold: number;
  /** Evidence kinds that must be there and good. */
  readonly evidence: readonly ("signature" | "checksum")[];
  /** Pinned digests: a pin verifies, another digest is a mismatch. Empty from a policy that nobody vouched for. */
  readonly digests: readonly Digest[];
  readonly definedIn: string;
}

/** A finding that somebody decided to live with, for a while and for a reason. */
export interface PolicyWaiver {
  readonly rule: RuleId;
  /** Glob over subjects; never one that matches everything. */
  readonly subject: string;
  readonly reason: string;
  /** ISO 8601, at most a year ahead. */
  readonly expires: string;
  readonly definedIn: string;
}

export interface Policy {
  readonly signers: readonly Signer[];
  readonly artifacts: readonly ArtifactRule[];
  /** Levels that rules were raised to. */
  readonly rules: ReadonlyMap<RuleId, Level>;
  readonly waivers: readonly PolicyWaiver[];
  /** Every policy that was found, in order of authority, for the report. */
  readonly sources: readonly PolicySource[];
  /** What is wrong with the policies themselves (policy-untrusted, policy-shadowed). */
  readonly findings: readonly Finding[];
}
