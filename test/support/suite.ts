// The contract of a conformance suite.

export interface SuiteResult {
  readonly passed: number;
  /** One text a failed vector: what was run, what was expected, what came out. */
  readonly failures: readonly string[];
}

/** Runs all vectors of a folder. */
export type Suite = (folder: string) => Promise<SuiteResult>;
