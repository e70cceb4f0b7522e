// The contract of a signature scheme. The bytes that were signed are read once, by somebody else:
// a scheme first says which hashes it needs, and judges when it gets them.

import type { HashRequest, HashResult } from "../core/hash-set.ts";
import type { PackageName } from "../core/package-name.ts";
import type { State } from "../core/report.ts";
import type { RuleId } from "../core/rules.ts";
import type { Signer } from "../core/signer.ts";

/** A small file that was read whole: a signature, a key, a checksum list. Attacker-controlled. */
export interface EvidenceFile {
  /** How messages name it. */
  readonly source: string;
  readonly bytes: Uint8Array;
}

/** Whose signatures count, and as of when. */
export interface Trust {
  /** The clock that signatures and keys are judged by. */
  readonly at: Date;
  /** The real clock, which exceptions of a policy end by. */
  readonly now: Date;
  /**
   * Keys that the user named by flag, of any scheme: each key in them is trusted, unless `fingerprints` narrows
   * them. A scheme reads those whose content it recognises; that somebody reads each is checked elsewhere.
   */
  readonly keys: readonly EvidenceFile[];
  /** Full fingerprints that the user named by flag, lower-case hex: of an OpenPGP key, or SHA-256 of a key or certificate. */
  readonly fingerprints: readonly string[];
  /** Identities that certificates of short life must carry, named by flag. */
  readonly identities: readonly CertificateIdentity[];
  /** Certificates of authorities that the user named by flag (PEM or DER). */
  readonly authorities: readonly EvidenceFile[];
  /** Sigstore's keys, where the user named them; else those that came with the program, or newer ones that were fetched. */
  readonly trustedRoot: EvidenceFile | undefined;
  /**
   * What the keys of the public package registry, which come in `trustedRoot`, are worth: `known` to check with, so
   * that flags and pins can choose them by name, or `trusted` because the user asked for what that registry gives out.
   */
  readonly registryKeys: "known" | "trusted";
  /** Namespace that SSH signatures must be made for, where no pin says another. */
  readonly namespace: string;
  /** Keys that policies name: used only where a fingerprint or a pin names them. */
  readonly policyKeys: readonly EvidenceFile[];
  /** Keys found beside the artifact: likewise, and only where nobody named a copy of the same key. */
  readonly foundKeys: readonly EvidenceFile[];
  /** Signers of the policies in force. */
  readonly signers: readonly Signer[];
}

/** Compared exactly, both. */
export interface CertificateIdentity {
  /** Subject alternative name. */
  readonly san: string;
  /** OIDC issuer. */
  readonly issuer: string;
}

/** Something worth saying that decides nothing by itself. */
export interface Remark {
  readonly rule: RuleId;
  readonly message: string;
  /** The file that it is about, when that is not the artifact. */
  readonly file?: string;
}

/** What a scheme says about one signature over given bytes. */
export interface Judgement {
  readonly state: State;
  /** Why it is in this state, as a clause for a message; for `verified`, what it proves about the bytes. */
  readonly reason: string;
  /** Scheme and full identity of the signer, where known. */
  readonly signer?: string;
  /** The signer's name in the policy. */
  readonly name?: string;
  /** The cryptography shows that the signature was made over these very bytes, whatever else is wrong with it. */
  readonly fits?: true;
  /** The key is one that --key or --fingerprint chose, and not only a policy. */
  readonly flagged?: true;
  /** One value per person: signatures of the same person count once towards a threshold. */
  readonly person?: string;
  /**
   * SHA-256 of the public key itself (DER SubjectPublicKeyInfo), lower-case hex, where the scheme knows it: one key
   * under two names, or in two schemes, is one person. Not for keys that live for one signature.
   */
  readonly key?: string;
  /** ISO 8601 signing time. */
  readonly time?: string;
  /** Who says so; the signer, when absent. */
  readonly timeBy?: string;
  /** What the signature says about the bytes beyond that they are the signer's: provenance of a build. */
  readonly kind?: "provenance";
  readonly hint?: string;
  readonly remarks?: readonly Remark[];
  /** Set where the state is `verified` only because a pin's allowWeak is in force. */
  readonly allowedWeak?: { readonly reason: string; readonly expires: string };
}

/** The file whose bytes were hashed: what signatures that name a file or package are compared with. */
export interface SignedFile {
  /** Last part of its path, or the name that --as gives it. */
  readonly name: string;
  /**
   * Read on first use, and bound to the bytes that were hashed. `reason` says why a package cannot be read; with
   * `malformed`, programs may read it differently.
   */
  package(): Promise<{ readonly package: PackageName } | { readonly reason: string; readonly malformed?: true }>;
}

/** One signature that waits for hashes of the signed bytes. */
export interface PendingSignature {
  /** Empty when the answer does not depend on the bytes (unsupported, malformed). */
  readonly needs: readonly HashRequest[];
  /** Judges against the hashes that `needs` asked for, in their order. Never throws on hostile input. */
  judge(hashes: readonly HashResult[], file: SignedFile): Promise<Judgement>;
}

/** All signatures of one file. */
export interface OpenedFile {
  readonly signatures: readonly PendingSignature[];
  readonly remarks: readonly Remark[];
  /** Text that the file itself carries and signs (a cleartext-signed message): the only bytes of it that may be used. */
  readonly signedText?: Uint8Array;
}

/** A scheme that has read its keys. */
export interface Verifier {
  open(file: EvidenceFile): Promise<OpenedFile>;
  /** Keys that could not be used, and the like. */
  readonly remarks: readonly Remark[];
}

export interface Scheme {
  readonly name: string;
  /** Whether the bytes look like a signature of this scheme, told from their start alone. */
  recognises(bytes: Uint8Array): boolean;
  /** Whether the bytes look like public keys of this scheme, told from their start alone. */
  recognisesKey(bytes: Uint8Array): boolean;
  /** Reads the keys. @throws UserError `key-malformed` for a named key file that holds no usable public key */
  verifier(trust: Trust): Promise<Verifier>;
}
