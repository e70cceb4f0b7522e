// Whether somebody answers for a project's policy or lock: the user, who trusted exactly this file, or one of
// the policy signers, who signed exactly these bytes. Anything short of that is distrust.

import { UserError } from "../core/errors.ts";
import type { signersOf } from "../verify/signed.ts";
import type { Vouching } from "./authority.ts";
import { readKeyFiles } from "./keys.ts";
import { isSymbolicLink, MAX_POLICY_BYTES, readNamedFile, realPathOf } from "./policy-files.ts";
import type { FileName } from "./policy-files.ts";
import type { TrustStore } from "./trust-store.ts";
import type { Policy } from "./types.ts";

/** A project's file that was read. */
export interface Candidate extends FileName {
  readonly kind: "policy" | "lock";
  readonly bytes: Uint8Array;
  /** SHA-256 of `bytes`, lower-case hex. */
  readonly sha256: string;
}

type Judgement = Awaited<ReturnType<typeof signersOf>>[number];

const WEAK = "its cryptography is weak, and allowWeak does not reach as far as policies and locks";

/** Detached signatures are looked for under these names beside the file; what they are is told by content. */
const SIGNATURE_SUFFIXES = [".asc", ".sig", ".minisig", ".sigstore.json"] as const;

/**
 * @param policySigners who may sign policies and locks of projects, and where their keys are
 * @throws UserError when a signature or a key file is there and cannot be read
 */
export async function vouchingFor(
  candidate: Candidate,
  store: TrustStore,
  policySigners: Pick<Policy, "signers" | "keyNames">,
  now: Date,
): Promise<Vouching> {
  const byUser = vouchedByUser(candidate, store);
  if ("by" in byUser || policySigners.signers.length === 0) return byUser;
  const bySigner = await vouchedBySigner(candidate, policySigners, now);
  if ("by" in bySigner) return bySigner;
  const because = `${byUser.distrust.because}, and ${bySigner.distrust.because}`;
  return { distrust: { ...byUser.distrust, because } };
}

function vouchedByUser(candidate: Candidate, store: TrustStore): Vouching {
  const trusted = store.get(realPathOf(candidate));
  if (trusted === undefined) return { distrust: { because: `nobody vouched for this ${candidate.kind}` } };
  // Trusted for the directory that it lies in, not for one that links to it.
  if (isSymbolicLink(candidate)) {
    return { distrust: { because: `this ${candidate.kind} is a symbolic link to one that is trusted elsewhere` } };
  }
  if (trusted === candidate.sha256) return { by: "trusted with boltseal trust" };
  const because = `this ${candidate.kind} has changed since it was trusted`;
  return { distrust: { because, expected: `sha256:${trusted}`, actual: `sha256:${candidate.sha256}` } };
}

async function vouchedBySigner(
  candidate: Candidate,
  policySigners: Pick<Policy, "signers" | "keyNames">,
  now: Date,
): Promise<Vouching> {
  const signatures = SIGNATURE_SUFFIXES.flatMap((suffix) => readIfThere(candidate, suffix));
  if (signatures.length === 0) return { distrust: { because: "no signature of a policy signer lies beside it" } };
  const verify = await import("../verify/signed.ts");
  const judgements = await verify.signersOf(candidate.bytes, signatures, {
    ...verify.trustNobody(now, now),
    policyKeys: readKeyFiles(policySigners),
    signers: policySigners.signers,
  });
  const names = new Set(policySigners.signers.map((signer) => signer.name));
  const good = judgements.find((judgement) => isGood(judgement, names));
  if (good !== undefined) return { by: `signed by ${good.name}` };
  const reasons = judgements.map(({ allowedWeak, reason }) => (allowedWeak === undefined ? reason : WEAK));
  return { distrust: { because: `no signature beside it vouches for it (${reasons.join("; ")})` } };
}

/** An exception for weak cryptography is made for old releases; a forged policy would forge everything. */
function isGood({ state, name, allowedWeak }: Judgement, names: ReadonlySet<string>): boolean {
  return state === "verified" && allowedWeak === undefined && name !== undefined && names.has(name);
}

/** A missing signature is no error: it leaves the policy without grants, as a bad one does. */
function readIfThere(candidate: Candidate, suffix: string): Parameters<typeof signersOf>[1] {
  const file = { path: candidate.path + suffix, shown: candidate.shown + suffix };
  try {
    return [{ source: file.shown, bytes: readNamedFile(file, MAX_POLICY_BYTES) }];
  } catch (error) {
    if (error instanceof UserError && error.code === "input-missing") return [];
    throw error;
  }
}
