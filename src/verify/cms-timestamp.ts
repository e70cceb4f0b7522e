// A timestamp that a signature carries (RFC 3161): who else says when it was made. It counts only when its authority's
// certificate leads to one that --ca-file names; any other is as if it were not there.

import { createHash } from "node:crypto";
import { ALGORITHMS } from "../core/digest.ts";
import type { Algorithm } from "../core/digest.ts";
import { readSignedData } from "./cms-read.ts";
import type { SignedData } from "./cms-read.ts";
import type { Trust } from "./scheme.ts";
import type { TrustStore } from "./x509.ts";
import { publicKeyOf } from "./x509-certificate.ts";
import { findAuthorities } from "./x509-chain.ts";
import { context, DerError, expect, readDer, smallIntegerOf, TAG, timeOf } from "./x509-der.ts";
import { hashOf, isGood, UnsupportedError, unsupportedKey, weakness } from "./x509-signature.ts";

export interface Timestamp {
  readonly time: Date;
  /** The authority, for messages. */
  readonly by: string;
}

const TST_INFO = "1.2.840.113549.1.9.16.1.4";

/** The time that a trusted authority gives the signature, or undefined. */
export function timestampOf(signed: SignedData, trust: Trust, store: TrustStore): Timestamp | undefined {
  if (signed.timestamp === undefined || store.authorities.size === 0) return undefined;
  try {
    return readTimestamp(signed.timestamp, signed.signature, trust, store);
  } catch (error) {
    // Whoever passes the file on can add or spoil a timestamp: it may help a signature, and never harm it.
    if (error instanceof DerError || error instanceof UnsupportedError) return undefined;
    throw error;
  }
}

function readTimestamp(
  token: NonNullable<SignedData["timestamp"]>,
  stamped: Uint8Array,
  trust: Trust,
  store: TrustStore,
): Timestamp | undefined {
  const signed = readSignedData(token);
  const { content, certificates, hash, algorithm } = signed;
  if (signed.contentType !== TST_INFO || content === undefined) return undefined;
  if (!Buffer.from(signed.messageDigest).equals(digestOf(hash, content))) return undefined;
  const leaf = [...certificates, ...store.certificates].find(signed.isSigner);
  const key = leaf === undefined ? undefined : publicKeyOf(leaf);
  if (leaf === undefined || key === undefined) return undefined;
  if (unsupportedKey(algorithm, key) !== undefined || weakness(hash, key) !== undefined) return undefined;
  if (!isGood(algorithm, key, signed.signedBytes, signed.signature)) return undefined;
  const time = statedTime(content, stamped);
  // One that is to come says nothing of now.
  if (time === undefined || time.getTime() > trust.at.getTime()) return undefined;
  const { authorities, weak } = findAuthorities(leaf, {
    pool: [...store.certificates, ...certificates],
    isAuthority: ({ sha256 }) => store.authorities.has(sha256),
    purpose: "timeStamping",
    // Valid then and now: an old key of the authority may be in anybody's hands.
    times: [time, trust.at],
  });
  if (authorities.length === 0 || weak !== undefined) return undefined;
  return { time, by: `x509 ${leaf.sha256} (${leaf.subjectText})` };
}

function digestOf(hash: Algorithm, bytes: Uint8Array): Buffer {
  return createHash(hash).update(bytes).digest();
}

/**
 * Section 2.4.2: `SEQUENCE { version 1, OID policy, SEQUENCE { AlgorithmIdentifier, OCTET STRING }, INTEGER serial,
 * GeneralizedTime, …, [1] extensions? }`, if it is about these bytes. @throws DerError, UnsupportedError
 */
function statedTime(content: Uint8Array, stamped: Uint8Array): Date | undefined {
  const [version, , imprint, , time, ...rest] = expect(readDer(content), TAG.sequence, "timestamp").parts;
  if (smallIntegerOf(version, "timestamp's version") !== 1) return undefined;
  const [identifier, digest] = expect(imprint, TAG.sequence, "timestamp's imprint").parts;
  const hash = hashOf(identifier);
  if (ALGORITHMS[hash].strength === 0 || rest.some(({ tag }) => tag === context(1))) return undefined;
  if (!Buffer.from(expect(digest, TAG.octetString, "timestamp's imprint").content).equals(digestOf(hash, stamped)))
    return undefined;
  return timeOf(expect(time, TAG.generalizedTime, "timestamp's time"), "timestamp's time");
}
