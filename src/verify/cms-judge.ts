// One CMS signature over known bytes: do they have the signed digest, did the certificate's key sign that, and is the
// certificate one that somebody chose.

import { getHashes } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { HashRequest, HashResult } from "../core/hash-set.ts";
import { timestampOf } from "./cms-timestamp.ts";
import type { Timestamp } from "./cms-timestamp.ts";
import { DATA, readSignedData } from "./cms-read.ts";
import type { SignedData } from "./cms-read.ts";
import type { Judgement, PendingSignature, Remark, Trust } from "./scheme.ts";
import { iso } from "../core/time.ts";
import { judgeSigner } from "./standing.ts";
import { backingOf } from "./x509.ts";
import type { Backing, TrustStore } from "./x509.ts";
import { keyDigest, publicKeyOf } from "./x509-certificate.ts";
import type { Certificate } from "./x509-certificate.ts";
import { dateProblem } from "./x509-chain.ts";
import { DerError, readDer } from "./x509-der.ts";
import { isGood, UnsupportedError, unsupportedKey, weakness } from "./x509-signature.ts";
import { settledAs } from "./settled.ts";

/** One way to take the signed bytes out of the file. The first that has the signed digest counts. */
export interface SignedRange {
  readonly request: Pick<HashRequest, "end" | "patch">;
  /** What there is to say when it is this one. */
  readonly remark?: Remark;
}

/** A signature with a chain and a timestamp has ten thousand bytes. */
const MAX_CMS_BYTES = 1 << 20;

const OBTAIN = "obtain the detached signature again (openssl cms -sign -binary -outform DER)";

/** The signature that DER holds, waiting for the hash of the ranges. Never throws on hostile input. */
export function openSignature(
  der: Uint8Array,
  ranges: readonly [SignedRange, ...SignedRange[]],
  trust: Trust,
  store: TrustStore,
): PendingSignature {
  if (der.length > MAX_CMS_BYTES) return settledAs("malformed", `it has more than ${MAX_CMS_BYTES} bytes`);
  let signed: SignedData;
  try {
    signed = readSignedData(readDer(der));
  } catch (error) {
    if (error instanceof UnsupportedError) return settledAs("unsupported", error.message);
    if (error instanceof DerError) return settledAs("malformed", error.message, OBTAIN);
    throw error;
  }
  if (signed.content !== undefined)
    return settledAs("malformed", "it carries its own content, so it is not a detached signature", OBTAIN);
  if (signed.contentType !== DATA)
    return settledAs("unsupported", `it is over content of the type ${signed.contentType}, not over a file`);
  if (!getHashes().includes(signed.hash)) return settledAs("weak", `it uses the hash ${signed.hash}`);
  return {
    needs: ranges.map(({ request }) => ({ algorithm: signed.hash, ...request })),
    judge: async (hashes) => judge(signed, ranges, hashes, trust, store),
  };
}

function judge(
  signed: SignedData,
  ranges: readonly SignedRange[],
  hashes: readonly HashResult[],
  trust: Trust,
  store: TrustStore,
): Judgement {
  if (hashes.length !== ranges.length) throw new Error("a signature was judged without the hashes that it asked for");
  const claimed = signed.signingTime === undefined ? {} : { time: iso(signed.signingTime) };
  const range = ranges[hashes.findIndex(({ digest }) => Buffer.from(digest).equals(signed.messageDigest))];
  if (range === undefined) return { ...claimed, state: "invalid", reason: "it is not valid for these bytes" };
  const leaf = [...signed.certificates, ...store.certificates].find(signed.isSigner);
  if (leaf === undefined) {
    const hint = "pass the signer's certificate with --key, after comparing its SHA-256 over another channel";
    return { ...claimed, state: "untrusted-signer", reason: "it does not hold its signer's certificate", hint };
  }
  const about = { ...claimed, signer: signerText(leaf) };
  const key = publicKeyOf(leaf);
  if (key === undefined)
    return { ...about, state: "unsupported", reason: "its key is of a kind that is not known here" };
  const unsupported = unsupportedKey(signed.algorithm, key);
  if (unsupported !== undefined) return { ...about, state: "unsupported", reason: unsupported };
  if (!isGood(signed.algorithm, key, signed.signedBytes, signed.signature))
    return { ...about, state: "invalid", reason: "its signature is not by the key of its certificate" };
  if (signed.certificateDigest !== undefined && signed.certificateDigest !== leaf.sha256)
    return { ...about, state: "invalid", reason: "its signer states another certificate than the one it holds" };
  return withRemark(judgeCertificate({ signed, leaf, key, trust, store }), range.remark);
}

/** One signer, one text. The subject is what the certificate says. */
function signerText({ sha256, subjectText }: Certificate): string {
  return `x509 ${sha256} (${subjectText})`;
}

function withRemark(judgement: Judgement, remark: Remark | undefined): Judgement {
  return remark === undefined ? judgement : { ...judgement, remarks: [remark] };
}

interface Case {
  readonly signed: SignedData;
  readonly leaf: Certificate;
  readonly key: KeyObject;
  readonly trust: Trust;
  readonly store: TrustStore;
}

/** The cryptography is good: does the certificate count, and does it count at that time. */
function judgeCertificate({ signed, leaf, key, trust, store }: Case): Judgement {
  const timestamp = timestampOf(signed, trust, store);
  const at = timestamp?.time ?? trust.at;
  const backing = backingOf(leaf, signed.certificates, trust, store, [at]);
  const time = timestamp?.time ?? signed.signingTime;
  const weak = weakness(signed.hash, key) ?? backing.weak;
  const signer = backing.by === "key" && !backing.proven ? `x509 key ${leaf.spkiSha256}` : signerText(leaf);
  const judgement = judgeSigner(trust, {
    signer,
    names: backing.names,
    flagged: backing.flagged,
    key: keyDigest(key),
    hint: `compare the SHA-256 of the certificate over another channel, and name it: --fingerprint ${leaf.sha256}`,
    ...(time === undefined ? {} : { time }),
    ...(timestamp === undefined ? {} : { timeBy: timestamp.by }),
    ...(weak === undefined ? {} : { weak }),
  });
  if (judgement.state === "untrusted-signer" && backing.problem !== undefined) {
    const { hint, ...known } = judgement;
    const pinHelps = backing.problem.state === "untrusted-signer" && hint !== undefined;
    return { ...known, ...backing.problem, ...(pinHelps ? { hint } : {}) };
  }
  if (judgement.state !== "verified") return judgement;
  const problem = certificateProblem({ signed, leaf, trust, backing, timestamp });
  return { ...judgement, ...personOf(judgement, backing, leaf), ...problem };
}

/** Somebody whom only an authority names is one person under all certificates of the same subject. */
function personOf({ name }: Judgement, { by }: Backing, { issuer, subject }: Certificate): Pick<Judgement, "person"> {
  return name === undefined && by === "authority" ? { person: `x509 ${issuer} ${subject}` } : {};
}

/** What is wrong with the signer's own certificate, whoever stands behind it. */
function certificateProblem(of: {
  readonly signed: SignedData;
  readonly leaf: Certificate;
  readonly trust: Trust;
  readonly backing: Backing;
  readonly timestamp: Timestamp | undefined;
}): Pick<Judgement, "state" | "reason"> | undefined {
  const { signed, leaf, trust, timestamp } = of;
  const { notUnderstood } = leaf.extensions;
  if (notUnderstood !== undefined) return { state: "unsupported", reason: notUnderstood };
  const problem = dateProblem(leaf, [timestamp?.time ?? trust.at]);
  if (problem?.state === "expired" && timestamp === undefined) {
    const claim = signed.signingTime === undefined ? "" : `, and that it was signed before is the signer's own claim`;
    return { ...problem, reason: `${problem.reason}${claim}` };
  }
  if (problem !== undefined) return problem;
  const { signingTime } = signed;
  if (signingTime !== undefined && dateProblem(leaf, [signingTime]) !== undefined)
    return {
      state: "expired",
      reason: `it claims to be made at ${iso(signingTime)}, when the certificate of its signer was not valid`,
    };
  return undefined;
}
