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
  readonly evidence: readonly ("signature" | "checksum" | "provenance")[];
  /** Pinned digests: a pin verifies, another digest is a mismatch. Empty from a policy that nobody vouched for. */
  readonly digests: readonly Digest[];
  readonly definedIn: string;
  /** 1-based line in `definedIn`. */
  readonly line: number;
}

/** A finding that somebody decided to live with, for a while and for a reason. */
export interface PolicyWaiver {
  readonly rule: RuleId;
  /** Glob over subjects; never one that matches everything. */
  readonly subject: string;
  readonly reason: string;
  /** ISO 8601, at most 366 days ahead of when it was read. */
  readonly expires: string;
  readonly definedIn: string;
  /** 1-based line in `definedIn`. */
  readonly line: number;
}

/** One policy file after reading, before anybody asked whether it may grant anything. */
export interface PolicyDocument {
  /** Path as the report shows it; equal to `definedIn` of everything below. */
  readonly source: string;
  readonly signers: readonly Signer[];
  readonly artifacts: readonly ArtifactRule[];
  readonly rules: ReadonlyMap<RuleId, Level>;
  readonly waivers: readonly PolicyWaiver[];
  /** Signers who may vouch for project policies. */
  readonly policySigners: readonly string[];
  /** How messages call the key files of `signers`, by the path that opens them. */
  readonly keyNames: ReadonlyMap<string, string>;
  /** 1-based line of each member, by JSON Pointer (RFC 6901). */
  readonly lines: ReadonlyMap<string, number>;
}

export interface Policy {
  /** Of trusted policies alone. A key that any of them revokes is revoked here. */
  readonly signers: readonly Signer[];
  readonly artifacts: readonly ArtifactRule[];
  /** Levels that rules were raised to. */
  readonly rules: ReadonlyMap<RuleId, Level>;
  readonly waivers: readonly PolicyWaiver[];
  /** How messages call the key files of `signers`, by the path that opens them (`Signer.keyFiles`). */
  readonly keyNames: ReadonlyMap<string, string>;
  /** Every policy that was found, in order of authority, for the report. */
  readonly sources: readonly PolicySource[];
  /** What is wrong with the policies themselves (policy-untrusted, policy-shadowed). */
  readonly findings: readonly Finding[];
}
