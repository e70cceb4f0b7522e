// Sigstore bundles as signatures over a file: the entry to all that needs Sigstore's library, in a chunk of its own.
// Other schemes that carry bundles (npm's and PyPI's attestations) use `openBundle` too; load it by `import()`.

import { bundleFromJSON } from "@sigstore/bundle";
import type { Bundle } from "@sigstore/bundle";
import type { HashResult } from "../core/hash-set.ts";
import type { Judgement, PendingSignature, SignedFile } from "./scheme.ts";
import type { CertificateFacts } from "./sigstore-certificate.ts";
import { contentOf } from "./sigstore-content.ts";
import type { Content } from "./sigstore-content.ts";
import { keyProblem } from "./sigstore-key.ts";
import { judgeCryptography } from "./sigstore-judge.ts";
import type { Material, TrustedTime } from "./sigstore-judge.ts";
import { materialOf } from "./sigstore-material.ts";
import { factsOf, keyOf, signerOf } from "./sigstore-signer.ts";
import type { Signer, SignerRequest } from "./sigstore-signer.ts";
import { checkShape, MalformedBundleError, UnsupportedBundleError } from "./sigstore-shape.ts";
import { answersForFile, isProvenance, subjectOf } from "./sigstore-statement.ts";
import type { Statement, StatementSubject } from "./sigstore-statement.ts";
import { provenBy } from "./sigstore-wording.ts";
import { iso } from "../core/time.ts";
import { judgeSigner } from "./standing.ts";
import { settled, settledAs } from "./settled.ts";

export type { CertificateFacts } from "./sigstore-certificate.ts";
export { problemOfTrustedRoot } from "./sigstore-material.ts";
export type { HintedKey } from "./sigstore-signer.ts";
export type { Statement, StatementSubject } from "./sigstore-statement.ts";

export interface BundleRequest extends SignerRequest {
  /** Parsed JSON, by core/json.ts. Attacker-controlled. */
  readonly bundle: unknown;
  /** Predicate types that a statement may have; else it is `unsupported`. Default: provenance, release and publication of a file. */
  readonly predicateTypes?: readonly string[];
  /** What it proves when all is good, as a clause; by default what statement and certificate say. */
  readonly proves?: string;
  /**
   * Further demands on a statement whose signature is good and of which `subject` has the digest of the file. An answer
   * says why it is not what was asked for. `certificate` is what the authority vouches for; absent where a key signed.
   */
  readonly accepts?: (
    statement: Statement,
    file: SignedFile,
    subject: StatementSubject,
    certificate: CertificateFacts | undefined,
  ) => Promise<{ readonly state: Judgement["state"]; readonly reason: string } | undefined>;
}

/**
 * One bundle. Its subjects are compared with the file by digest alone: at least one of SHA-256, SHA-384 and SHA-512 is
 * equal, and none of them differs. Nothing here throws on a hostile bundle; the answer is then a signature without
 * needs that says `malformed`, `unsupported` or `untrusted-signer`.
 */
export async function openBundle(request: BundleRequest): Promise<PendingSignature> {
  try {
    const material = materialOf(request.trust.trustedRoot);
    if (typeof material === "string") return settledAs("unsupported", material);
    checkShape(request.bundle);
    const bundle = bundleOf(request.bundle);
    if (bundle.verificationMaterial.tlogEntries.length === 0)
      return settledAs("unsupported", "it is in no transparency log, so nobody could see that it was made");
    const found = signerOf(request, bundle);
    if ("state" in found) return settled(found);
    const content = contentOf(bundle, keyOf(found.key));
    const problem = keyProblem(keyOf(found.key));
    if (problem !== undefined) return settledAs(problem.state, problem.reason);
    const opened: OpenedBundle = { request, bundle, material, signer: found, content };
    return { needs: content.needs, judge: (hashes, file) => judgeBundle(opened, hashes, file) };
  } catch (error) {
    return refusal(error);
  }
}

interface OpenedBundle {
  readonly request: BundleRequest;
  readonly bundle: Bundle;
  readonly material: Material;
  readonly signer: Signer;
  readonly content: Content;
}

function refusal(error: unknown): PendingSignature {
  if (error instanceof UnsupportedBundleError) return settledAs("unsupported", error.message);
  const text = error instanceof Error ? error.message : String(error);
  return settledAs("malformed", error instanceof MalformedBundleError ? text : `it cannot be read: ${text}`);
}

/** @throws MalformedBundleError */
function bundleOf(value: unknown): Bundle {
  try {
    return bundleFromJSON(value);
  } catch (error) {
    throw new MalformedBundleError(`it is no bundle: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Clocks differ (milliseconds). */
const CLOCK_SKEW = 5 * 60_000;

async function judgeBundle(opened: OpenedBundle, hashes: readonly HashResult[], file: SignedFile): Promise<Judgement> {
  const { request, bundle, material, signer, content } = opened;
  const answer = content.answer(hashes);
  const outcome = judgeCryptography(bundle, signer.key, material, answer);
  // Nobody vouches for what stands in a certificate that is not good.
  if ("wrong" in outcome) return outcome.wrong;
  const named = { signer: signer.naming.signer };
  const late = outcome.times.find(({ time }) => time.getTime() > request.trust.at.getTime() + CLOCK_SKEW);
  if (late !== undefined) {
    const reason = `${late.by} saw it at ${iso(late.time)}, after the time of this check (${iso(request.trust.at)})`;
    return { ...named, state: "invalid", reason, hint: "check this computer's clock, and --at" };
  }
  const { statement } = content;
  if (statement !== undefined) {
    const refused = await judgeStatement(opened, statement, answer.digests, file);
    if (refused !== undefined) return { ...named, ...refused };
  }
  return judgeNamed(opened, outcome.times[0], statement);
}

/** Why the statement does not count for the file, or undefined. */
async function judgeStatement(
  { request, signer }: OpenedBundle,
  statement: Statement,
  digests: Parameters<typeof subjectOf>[1],
  file: SignedFile,
): Promise<Judgement | undefined> {
  const subject = subjectOf(statement, digests, file.name);
  if (typeof subject === "string") return { state: "invalid", reason: subject };
  // A report of a failed test is a statement about the file, too, and no reason to run it.
  const { predicateType } = statement;
  if (!(request.predicateTypes?.includes(predicateType) ?? answersForFile(predicateType))) {
    const reason = `it states ${predicateType} of these bytes, which does not say that the signer answers for them`;
    return { state: "unsupported", reason, fits: true };
  }
  const refused = await request.accepts?.(statement, file, subject, factsOf(signer));
  return refused === undefined ? undefined : { ...refused, fits: true };
}

/** The cryptography is good, and the bundle speaks of the file: is the signer one that counts. */
function judgeNamed(
  { request, signer }: OpenedBundle,
  { time, by }: TrustedTime,
  statement: Statement | undefined,
): Judgement {
  const facts = factsOf(signer);
  const judgement = judgeSigner(request.trust, {
    ...signer.naming,
    time,
    timeBy: by,
    proves: request.proves ?? provenBy(statement, facts),
  });
  return statement !== undefined && isProvenance(statement) ? { ...judgement, kind: "provenance" } : judgement;
}
