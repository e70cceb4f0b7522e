// What the user asks of `verify`, parsed: one member for each flag that has to do with trust.

export interface VerifyFlags {
  readonly artifacts: readonly string[];
  readonly signatures: readonly string[];
  readonly keys: readonly string[];
  /** Full fingerprints, lower-case hex. */
  readonly fingerprints: readonly string[];
  readonly checksums: readonly string[];
  readonly digests: readonly string[];
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
  /** Where the verified bytes of the one artifact go. */
  readonly output?: string;
}
