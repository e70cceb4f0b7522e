// One bundle over known bytes: is every part of it good by the library, by whose logs and authorities, and since when.
// The library's errors carry codes; what it does not ask is asked around it. Whose signature counts is asked elsewhere.

import type { KeyObject } from "node:crypto";
import type { Bundle } from "@sigstore/bundle";
import { toSignedEntity, VerificationError, Verifier } from "@sigstore/verify";
import type { SignedEntity, TrustMaterial } from "@sigstore/verify";
import type { Judgement } from "./scheme.ts";
import type { Leaf } from "./sigstore-certificate.ts";
import type { Answer } from "./sigstore-content.ts";
import { spkiOf } from "./sigstore-key.ts";
import { loggedKeyOf, withKnownCheckpoints } from "./sigstore-log.ts";
import { MalformedBundleError, UnsupportedBundleError } from "./sigstore-shape.ts";
import { iso } from "../core/time.ts";

/** Sigstore's keys, ready for use. */
export interface Material {
  readonly trust: TrustMaterial;
  /** As of when they are known to be current; undefined where the user chose them. */
  readonly date: Date | undefined;
}

/** What a bundle's signature is checked with. */
export type SigningKey =
  | { readonly kind: "certificate"; readonly leaf: Leaf; readonly der: Buffer }
  | { readonly kind: "key"; readonly key: KeyObject; readonly notBefore?: Date; readonly notAfter?: Date };

/** When a log or an authority saw the signature. */
export interface TrustedTime {
  readonly time: Date;
  readonly by: "a transparency log" | "a timestamp authority";
}

/** The trusted times of a good signature, earliest first; or what is wrong. */
export type Outcome = { readonly times: readonly [TrustedTime, ...TrustedTime[]] } | { readonly wrong: Judgement };

function wrong(state: Judgement["state"], reason: string, hint?: string): Outcome {
  return { wrong: { state, reason, ...(hint === undefined ? {} : { hint }) } };
}

/** Never throws on a hostile bundle. */
export function judgeCryptography(bundle: Bundle, signer: SigningKey, material: Material, answer: Answer): Outcome {
  if (answer.mismatch !== undefined) return wrong("invalid", answer.mismatch);
  try {
    const parts = partsOf(bundle, material, answer);
    const stranger = strangerIn(bundle, signer, parts, material.trust);
    if (stranger !== undefined) return notKnown(stranger, parts.times, material);
    if (answer.unsupported !== undefined) return wrong("unsupported", answer.unsupported);
    checkLoggedKeys(bundle, signer);
    const [first, ...others] = parts.times.toSorted((a, b) => a.time.getTime() - b.time.getTime());
    if (first === undefined) return wrong("invalid", "nobody that is trusted says when it was made");
    const verifier = new Verifier(trustFor(signer, material.trust, [first, ...others]));
    verifier.verify(parts.entity);
    return { times: [first, ...others] };
  } catch (error) {
    return outcomeOf(error);
  }
}

interface Parts {
  readonly entity: SignedEntity;
  /** Not yet checked. */
  readonly times: readonly TrustedTime[];
}

/** The bundle as the library takes it, with our own content. @throws whatever the library throws for what it cannot read */
function partsOf(bundle: Bundle, material: Material, { content }: Answer): Parts {
  const tlogEntries = withKnownCheckpoints(bundle.verificationMaterial.tlogEntries, material.trust.tlogs);
  const known = { ...bundle, verificationMaterial: { ...bundle.verificationMaterial, tlogEntries } } as Bundle;
  const entity: SignedEntity = { ...toSignedEntity(known), signature: content };
  const times = entity.timestamps.flatMap((timestamp): readonly TrustedTime[] => {
    if (timestamp.$case === "timestamp-authority") {
      // RFC 3161 section 2.4.2: granted, perhaps with modifications. The library does not ask.
      if (![0n, 1n].includes(timestamp.timestamp.status))
        throw new MalformedBundleError("its timestamp was not granted");
      return [{ time: timestamp.timestamp.signingTime, by: "a timestamp authority" }];
    }
    // Only a promise signs the time; an inclusion proof says nothing about it.
    if (timestamp.tlogEntry.inclusionPromise === undefined) return [];
    return [{ time: new Date(Number(timestamp.tlogEntry.integratedTime) * 1000), by: "a transparency log" }];
  });
  return { entity, times };
}

/** Who vouches for the bundle and is not in the trusted root, or undefined. */
function strangerIn(bundle: Bundle, signer: SigningKey, { entity }: Parts, trust: TrustMaterial): string | undefined {
  const logs = bundle.verificationMaterial.tlogEntries.map(({ logId }) => logId?.keyId ?? Buffer.alloc(0));
  const log = logs.find((id) => !trust.tlogs.some(({ logID }) => logID.equals(id)));
  if (log !== undefined) return `it is in the log ${log.toString("base64")}`;
  const subjects = trust.certificateAuthorities.flatMap(({ certChain }) => certChain.map(({ subject }) => subject));
  if (signer.kind === "certificate" && !subjects.some((subject) => subject.equals(signer.leaf.certificate.issuer)))
    return "its certificate is by an authority";
  const stranger = entity.timestamps.some(
    (timestamp) =>
      timestamp.$case === "timestamp-authority" &&
      !trust.timestampAuthorities.some(
        ({ certChain: [leaf] }) =>
          leaf?.serialNumber.equals(timestamp.timestamp.signerSerialNumber) === true &&
          leaf.issuer.equals(timestamp.timestamp.signerIssuer),
      ),
  );
  return stranger ? "its timestamp is by an authority" : undefined;
}

/** Keys that came with the program may be older than the bundle; then nobody did anything wrong. */
function notKnown(stranger: string, times: readonly TrustedTime[], { date }: Material): Outcome {
  const reason = `${stranger} that is not among the trusted ones`;
  if (date !== undefined && times.some(({ time }) => time > date))
    return wrong(
      "unsupported",
      `${reason}, which are of ${iso(date).slice(0, 10)}`,
      "fetch newer ones: --refresh-trust",
    );
  return wrong("untrusted-signer", reason, "name the keys of another Sigstore instance with --trusted-root");
}

/** The log must have recorded the very certificate or key: else whoever watches the log never sees it. */
function checkLoggedKeys(bundle: Bundle, signer: SigningKey): void {
  for (const entry of bundle.verificationMaterial.tlogEntries) {
    const logged = loggedKeyOf(entry);
    const own = signer.kind === "certificate" ? signer.der : spkiOf(signer.key);
    if (!logged.der.equals(own))
      throw new VerificationError({ code: "TLOG_BODY_ERROR", message: "its log entry is about another key" });
  }
}

/** The trust material for this bundle: logs whose keys were in use then, and the one key that was chosen for it. */
function trustFor(signer: SigningKey, trust: TrustMaterial, times: readonly TrustedTime[]): TrustMaterial {
  // The library asks this for promises alone, which sign a time.
  const inUse = ({ validFor: { start, end } }: TrustMaterial["tlogs"][number]): boolean =>
    times.some(({ time }) => start <= time && time <= end);
  return {
    ...trust,
    tlogs: trust.tlogs.filter(inUse),
    publicKey() {
      if (signer.kind !== "key") throw new MalformedBundleError("it has a certificate and asks for a key");
      const { key, notBefore, notAfter } = signer;
      return {
        publicKey: key,
        validFor: (time) =>
          (notBefore === undefined || notBefore <= time) && (notAfter === undefined || time <= notAfter),
      };
    },
  };
}

/** What went wrong, by the library's own codes (verify/dist/error.d.ts); its texts are English and only shown. */
const REASONS: Readonly<Record<string, string>> = {
  TLOG_ERROR: "it is in no transparency log",
  TLOG_INCLUSION_PROOF_ERROR: "the proof that it is in the log is wrong",
  TLOG_INCLUSION_PROMISE_ERROR: "the log's promise to include it is wrong",
  TLOG_MISSING_INCLUSION_ERROR: "nothing shows that it is in the log",
  TLOG_BODY_ERROR: "its log entry is about something else",
  CERTIFICATE_ERROR: "its certificate is not good for the time at which it was made",
  PUBLIC_KEY_ERROR: "its key was not valid at the time at which it was made",
  SIGNATURE_ERROR: "it is not valid for these bytes",
  TIMESTAMP_ERROR: "its timestamp is wrong",
};

function outcomeOf(error: unknown): Outcome {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof MalformedBundleError) return wrong("malformed", text);
  if (error instanceof UnsupportedBundleError) return wrong("unsupported", text);
  // Whatever the library trips over is something that is not as it must be.
  if (!(error instanceof VerificationError)) return wrong("malformed", `it cannot be read: ${text}`);
  const reason = Object.hasOwn(REASONS, error.code) ? REASONS[error.code] : undefined;
  return wrong(
    "invalid",
    reason === undefined ? text : error.code === "SIGNATURE_ERROR" ? reason : `${reason} (${text})`,
  );
}
