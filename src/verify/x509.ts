// Certificates and keys that somebody named, and whether the signer of a CMS signature is among them: by pin, by a
// file that a flag names, or by an authority. The system's own authorities are never asked.

import { createPublicKey } from "node:crypto";
import { spkiDigest } from "../core/ed25519.ts";
import { UserError } from "../core/errors.ts";
import type { Pin } from "../core/signer.ts";
import { looksLike } from "./looks.ts";
import type { EvidenceFile, Remark, Trust } from "./scheme.ts";
import { isIssuedBy, readCertificate } from "./x509-certificate.ts";
import type { Certificate } from "./x509-certificate.ts";
import { findAuthorities } from "./x509-chain.ts";
import type { ChainProblem } from "./x509-chain.ts";
import { DerError, readDer, spkiInput } from "./x509-der.ts";
import { readPem } from "./x509-pem.ts";

/** The files of a `Trust`, read. */
export interface TrustStore {
  /** Certificates of all files, the most trusted first: they may stand in chains. */
  readonly certificates: readonly Certificate[];
  /** SHA-256 of certificates that --key names, and of keys that it names alone. */
  readonly named: ReadonlySet<string>;
  /** SHA-256 of certificates of --ca-file. */
  readonly authorities: ReadonlySet<string>;
  readonly remarks: readonly Remark[];
}

/** @throws UserError `key-malformed` for a file that the user named */
export function readTrustStore(trust: Trust): TrustStore {
  const keys = trust.keys.map(readKeyFile);
  const authorities = trust.authorities.map(readKeyFile);
  for (const [index, { certificates }] of authorities.entries()) {
    const { source = "" } = trust.authorities[index] ?? {};
    if (certificates.length === 0) throw new UserError("key-malformed", `${source}: holds no certificate`);
  }
  const remarks: Remark[] = [];
  const others = [...trust.policyKeys, ...trust.foundKeys].flatMap((file) => {
    try {
      return readKeyFile(file).certificates;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      remarks.push({ rule: "key-unusable", message: error.message.replace(`${file.source}: `, ""), file: file.source });
      return [];
    }
  });
  const own = authorities.flatMap(({ certificates }) => certificates);
  return {
    certificates: [...own, ...keys.flatMap(({ certificates }) => certificates), ...others],
    named: new Set(keys.flatMap(({ certificates, bare }) => [...certificates.map(({ sha256 }) => sha256), ...bare])),
    authorities: new Set(own.map(({ sha256 }) => sha256)),
    remarks,
  };
}

interface KeyFile {
  readonly certificates: readonly Certificate[];
  /** SHA-256 of each SubjectPublicKeyInfo that stands alone. */
  readonly bare: readonly string[];
}

/** Certificates (PEM or DER) and public keys (PEM). @throws UserError `key-malformed` */
function readKeyFile({ source, bytes }: EvidenceFile): KeyFile {
  try {
    if (bytes[0] === 0x30) return { certificates: [readCertificate(bytes)], bare: [] };
    const { blocks } = readPem(bytes);
    if (blocks.some(({ label }) => label.endsWith("PRIVATE KEY"))) throw new DerError("it holds a private key");
    const certificates = blocks
      .filter(({ label }) => label === "CERTIFICATE")
      .map((block) => readCertificate(block.bytes));
    const bare = blocks.filter(({ label }) => label === "PUBLIC KEY").map((block) => checkedDigest(block.bytes));
    if (certificates.length + bare.length === 0) throw new DerError("it holds neither");
    return { certificates, bare };
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    const hint = looksLike(bytes);
    throw new UserError("key-malformed", `${source}: not a certificate or public key: ${error.message}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** @throws DerError when node:crypto does not take it for a key */
function checkedDigest(der: Uint8Array): string {
  readDer(der);
  try {
    createPublicKey(spkiInput(der));
  } catch (error) {
    throw new DerError(`its public key cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  return spkiDigest(der);
}

/** What is known of a signer's certificate: who stands behind it. */
export interface Backing {
  /** The very certificate is pinned or named, its key is, or an authority is; undefined: nobody is. */
  readonly by: "certificate" | "key" | "authority" | undefined;
  readonly names: (pin: Pin) => boolean;
  readonly flagged: boolean;
  /** Subject and dates are the issuer's word, or the key's own, and not only the word of whoever made the file. */
  readonly proven: boolean;
  readonly problem?: ChainProblem;
  readonly weak?: string;
}

/**
 * Who stands behind a certificate.
 * @param carried certificates that the signature brought along; attacker-controlled
 * @param times at each of which a chain must be valid
 */
export function backingOf(
  leaf: Certificate,
  carried: readonly Certificate[],
  trust: Trust,
  store: TrustStore,
  times: readonly Date[],
): Backing {
  const identities = ({ sha256, spkiSha256 }: Certificate): readonly string[] => [sha256, spkiSha256];
  const pinned = trust.signers.flatMap(({ pins }) => pins.filter(({ scheme }) => scheme === "x509"));
  const isPinned = (identity: string): boolean => pinned.some((pin) => pin.identity === identity);
  // Fingerprints narrow what files name: with them, no certificate counts because of its file alone.
  const isFlagged = (identity: string): boolean =>
    trust.fingerprints.length > 0 ? trust.fingerprints.includes(identity) : store.named.has(identity);
  const isChosen = (identity: string): boolean => isPinned(identity) || isFlagged(identity);
  const isFlaggedAuthority = (certificate: Certificate): boolean =>
    trust.fingerprints.length > 0
      ? identities(certificate).some((identity) => trust.fingerprints.includes(identity))
      : store.authorities.has(certificate.sha256);

  const direct = isChosen(leaf.sha256) ? "certificate" : isChosen(leaf.spkiSha256) ? "key" : undefined;
  const found = findAuthorities(leaf, {
    pool: [...store.certificates, ...carried],
    isAuthority: (certificate) => isFlaggedAuthority(certificate) || identities(certificate).some(isPinned),
    purpose: "codeSigning",
    times,
  });
  const { problem, weak } = found;
  // Who is named already needs no authority, and gains nothing by one whose word could be forged.
  const authorities = direct !== undefined && weak !== undefined ? [] : found.authorities;
  const answering = new Set([leaf, ...authorities].flatMap(identities));
  // A policy that gave an authority up is heard through every chain.
  const heard = new Set([leaf, ...found.reached].flatMap(identities));
  const by = direct ?? (authorities.length > 0 ? "authority" : undefined);
  return {
    by,
    names: ({ scheme, identity, revoked }) =>
      scheme === "x509" && (revoked === undefined ? answering : heard).has(identity),
    flagged: identities(leaf).some(isFlagged) || authorities.some(isFlaggedAuthority),
    proven: by === "certificate" || authorities.length > 0 || isIssuedBy(leaf, leaf),
    ...(by === undefined && problem !== undefined ? { problem } : {}),
    ...(by === "authority" && weak !== undefined ? { weak } : {}),
  };
}
