// What a good bundle proves, in words: what the authority vouches for in the certificate is a fact, what stands in the
// statement alone is the signer's claim.

import type { CertificateFacts } from "./sigstore-certificate.ts";
import { claimedBuilder, isProvenance } from "./sigstore-statement.ts";
import type { Statement } from "./sigstore-statement.ts";

/** A clause for `Judgement.reason`. */
export function provenBy(statement: Statement | undefined, facts: CertificateFacts | undefined): string {
  if (statement === undefined) return "the signer answers for exactly these bytes";
  if (!isProvenance(statement)) return `the signer states ${statement.predicateType} of exactly these bytes`;
  const claim = claimedBuilder(statement);
  const claimed = claim === undefined ? "" : `; the signer claims the builder ${claim}`;
  const { builder, repository, commit } = facts ?? {};
  if (builder === undefined && repository === undefined)
    return `the signer says how exactly these bytes were built${claimed}`;
  const by = builder === undefined ? "" : ` by ${builder}`;
  const from = repository === undefined ? "" : ` from ${repository}`;
  const at = commit === undefined ? "" : ` at ${commit}`;
  return `exactly these bytes were signed${by}${from}${at}, as the certificate states${claimed}`;
}
