// What the user asks of `verify`, parsed: one member for each flag that has to do with trust.

import type { CertificateIdentity } from "./scheme.ts";

/** Flags that name evidence, with the schemes that they may hold. `signature` takes all of them. */
export const EVIDENCE_FLAGS = {
  signature: undefined,
  bundle: ["sigstore"],
  attestations: ["npm-attestations", "pypi", "sigstore"],
  "npm-signature": ["npm"],
} as const satisfies Record<string, readonly string[] | undefined>;

export interface NamedFile {
  readonly path: string;
  readonly flag: keyof typeof EVIDENCE_FLAGS;
}

export interface VerifyFlags {
  /** Files, folders, or digests (`sha256:HEX`) of files that are not here. */
  readonly artifacts: readonly string[];
  /** Evidence files, and the flag that named each: it may demand a kind. */
  readonly signatures: readonly NamedFile[];
  readonly keys: readonly string[];
  /** Full fingerprints, lower-case hex. */
  readonly fingerprints: readonly string[];
  readonly identities: readonly CertificateIdentity[];
  /** Files of certificate authorities. */
  readonly authorities: readonly string[];
  readonly trustedRoot?: string;
  /** Of SSH signatures. */
  readonly namespace: string;
  readonly checksums: readonly string[];
  readonly digests: readonly string[];
  readonly serverJson?: string;
  /** Name that lists and policies know the one artifact by. */
  readonly as?: string;
  /** The clock that signatures and keys are judged by. */
  readonly at: Date;
  /** The real clock, which waivers end by. */
  readonly now: Date;
  /** `--at` was given: say so in the report. */
  readonly clockSet: boolean;
  readonly allowIntegrityOnly: boolean;
  readonly allowRenamed: boolean;
  readonly all: boolean;
  readonly threshold?: number;
  /** Where the artifact is to be downloaded from: an https URL, or `npm:NAME@VERSION`. */
  readonly from?: string;
  /** Record what was verified in the lock. */
  readonly lock: boolean;
  readonly lockFile?: string;
  /** Where the verified bytes of the one artifact go. */
  readonly output?: string;
}
