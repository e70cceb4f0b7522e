// The locks in force and one artifact of a run: what they say of it, and what of it is to be recorded. The comparison
// itself is in lock.ts.

import { basename } from "node:path";
import { UserError } from "../core/errors.ts";
import type { LockSubject } from "../core/lock.ts";
import type { Evidence, Finding } from "../core/report.ts";
import { consultLocks } from "../policy/lock.ts";
import { lockKeyHint, lockKeysOf } from "../policy/lock-keys.ts";
import type { AcceptedSubject } from "../policy/lock-write.ts";
import type { ReadArtifact } from "./artifact.ts";
import type { Claim } from "./claim.ts";
import { acceptedFindings, lockFindings, pinFor } from "./lock.ts";
import { among, pinClaim } from "./pins.ts";
import { rulesOn } from "./reading.ts";
import type { Setting } from "./setting.ts";

/** The subject in the terms of a lock: what it is, and everybody who answers for it. */
function lockSubject({ request }: Setting, artifact: ReadArtifact, evidence: readonly Evidence[]): LockSubject {
  const sha256 = among(artifact.digests)("sha256")?.hex;
  return {
    name: request.as ?? basename(artifact.path),
    ...(artifact.package === undefined ? {} : { version: artifact.package.version }),
    ...(sha256 === undefined ? {} : { sha256 }),
    signers: evidence.flatMap(({ scheme, signer, time, state }) =>
      signer === undefined || state !== "verified" ? [] : [{ scheme, signer, ...(time === undefined ? {} : { time }) }],
    ),
  };
}

function lockKeysFor({ request }: Setting, artifact: ReadArtifact): readonly string[] {
  return lockKeysOf(artifact.package, rulesOn(request, artifact.path));
}

/** @throws UserError `usage` for a digest that a lock does not hold */
export function toAccept(setting: Setting, artifact: ReadArtifact, evidence: readonly Evidence[]): AcceptedSubject {
  const { sha256, ...subject } = lockSubject(setting, artifact, evidence);
  if (sha256 === undefined)
    throw new UserError("usage", `${artifact.path}: a lock holds SHA-256, and only another digest was given`);
  const { origin } = setting.request;
  return {
    ...subject,
    sha256,
    keys: lockKeysFor(setting, artifact),
    ...(origin === undefined ? {} : { source: origin.shown }),
  };
}

/** What the locks in force say: other than what was accepted last, or exactly that. */
export function compareWithLocks(
  setting: Setting,
  artifact: ReadArtifact,
  evidence: readonly Evidence[],
): { readonly claims: readonly Claim[]; readonly findings: readonly Finding[] } {
  const { locks, words, lock } = setting.request;
  if (locks.files.length === 0) return { claims: [], findings: [] };
  const subject = lockSubject(setting, artifact, evidence);
  const keys = lockKeysFor(setting, artifact);
  const consulted = consultLocks(locks, keys);
  const complaints = lockFindings(consulted, subject, { subject: artifact.path, words });
  // What has no key cannot be accepted as it stands.
  const findings =
    keys.length > 0 ? complaints : complaints.map((one) => ({ ...one, hint: lockKeyHint(subject.name) }));
  const pin = pinFor(consulted, subject);
  return {
    claims: pin === undefined ? [] : [pinClaim(pin, among(artifact.digests))],
    findings: lock ? acceptedFindings(findings) : findings,
  };
}
