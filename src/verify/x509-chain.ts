// Chains of certificates (RFC 5280 section 6, the part that is needed): from a signer up to authorities that somebody
// named. The system's own authorities are never used. Where a rule is not understood, the chain does not count.

import { isIssuedBy, publicKeyOf } from "./x509-certificate.ts";
import type { Certificate } from "./x509-certificate.ts";
import { isWeaklySigned, weakKey } from "./x509-signature.ts";
import type { State } from "../core/report.ts";
import { iso } from "../core/time.ts";

/** What the signer's certificate must be for: extended key usage (RFC 5280 section 4.2.1.12). */
export const PURPOSES = {
  codeSigning: "1.3.6.1.5.5.7.3.3",
  timeStamping: "1.3.6.1.5.5.7.3.8",
} as const;

export interface ChainQuestion {
  /** Certificates that may stand in between, and authorities. Attacker-controlled, most of them. */
  readonly pool: readonly Certificate[];
  readonly isAuthority: (certificate: Certificate) => boolean;
  readonly purpose: keyof typeof PURPOSES;
  /** Every certificate must be valid at each of these times. */
  readonly times: readonly Date[];
}

/** Why a chain does not count. */
export interface ChainProblem {
  readonly state: State;
  readonly reason: string;
}

export interface ChainAnswer {
  /** The named authorities that good chains lead to. */
  readonly authorities: readonly Certificate[];
  /** The named authorities that any chain of signatures leads to, whatever else is wrong with it. */
  readonly reached: readonly Certificate[];
  /** Why a chain that leads to a named authority does not count; of several the first. */
  readonly problem?: ChainProblem;
  /** Why every good chain could be forged. */
  readonly weak?: string;
}

const MAX_CHAIN = 8;
/** Signatures of issuers that are checked for one signer: names can be made to fit in very many ways. */
const MAX_CHECKS = 64;

/** All chains from `leaf` to certificates that `isAuthority` names. */
export function findAuthorities(leaf: Certificate, question: ChainQuestion): ChainAnswer {
  const good: { authority: Certificate; weak: string | undefined }[] = [];
  const problems: ChainProblem[] = [];
  const reached: Certificate[] = [];
  const bySubject = new Map<string, Certificate[]>();
  for (const certificate of question.pool) {
    const same = bySubject.get(certificate.subject);
    if (same === undefined) bySubject.set(certificate.subject, [certificate]);
    else if (!same.some(({ sha256 }) => sha256 === certificate.sha256)) same.push(certificate);
  }
  let checks = 0;
  const climb = (chain: readonly [Certificate, ...Certificate[]]): void => {
    const child = chain.at(-1) ?? leaf;
    if (chain.length >= MAX_CHAIN) return;
    for (const issuer of bySubject.get(child.issuer) ?? []) {
      if (chain.some(({ sha256 }) => sha256 === issuer.sha256) || !mayIssue(issuer, child)) continue;
      if (++checks > MAX_CHECKS) return;
      if (!isIssuedBy(child, issuer)) continue;
      const longer = [...chain, issuer] as const satisfies readonly Certificate[];
      if (question.isAuthority(issuer)) {
        reached.push(issuer);
        const problem = chainProblem([leaf, ...longer.slice(1)], question);
        if (problem === undefined) good.push({ authority: issuer, weak: weakLink(longer) });
        else problems.push(problem);
      }
      climb([leaf, ...longer.slice(1)]);
    }
  };
  climb([leaf]);
  const strong = good.filter(({ weak }) => weak === undefined);
  const counted = strong.length > 0 ? strong : good;
  const [weak, problem] = [counted[0]?.weak, problems[0]];
  return {
    authorities: counted.map(({ authority }) => authority),
    reached,
    ...(problem === undefined || good.length > 0 ? {} : { problem }),
    ...(weak === undefined ? {} : { weak }),
  };
}

/** Key identifiers, where both have one, must agree (section 4.2.1.1). */
function mayIssue(issuer: Certificate, child: Certificate): boolean {
  const { keyIdentifier } = issuer.extensions;
  const { issuerKeyIdentifier } = child.extensions;
  return keyIdentifier === undefined || issuerKeyIdentifier === undefined || keyIdentifier === issuerKeyIdentifier;
}

/** A chain of certificates of which each is signed by the next. */
type Chain = readonly [leaf: Certificate, ...issuers: Certificate[]];

function chainProblem(chain: Chain, { purpose, times }: ChainQuestion): ChainProblem | undefined {
  const [leaf, ...issuers] = chain;
  const notUnderstood = chain.find(({ extensions }) => extensions.notUnderstood !== undefined)?.extensions
    .notUnderstood;
  if (notUnderstood !== undefined) return { state: "unsupported", reason: notUnderstood };
  return (
    issuerProblem(issuers) ??
    purposeProblem(leaf, issuers, purpose) ??
    chain.map((certificate) => dateProblem(certificate, times)).find((found) => found !== undefined)
  );
}

function untrusted(reason: string): ChainProblem {
  return { state: "untrusted-signer", reason };
}

/** Sections 4.2.1.9 and 4.2.1.3, for all that issue: from the signer's issuer upwards. */
function issuerProblem(issuers: readonly Certificate[]): ChainProblem | undefined {
  let between = 0;
  for (const { extensions, subject, issuer, subjectText } of issuers) {
    if (!extensions.isAuthority) return untrusted(`its certificate is issued by ${subjectText}, which is no authority`);
    if (extensions.keyUsage === undefined)
      return untrusted(
        `its certificate is issued by ${subjectText}, which does not say that its key is for certificates`,
      );
    if (!extensions.keyUsage.includes("keyCertSign"))
      return untrusted(`its certificate is issued by ${subjectText}, whose key is not for certificates`);
    if (extensions.pathLength !== undefined && between > extensions.pathLength)
      return untrusted(`its certificate has more authorities above it than ${subjectText} allows`);
    if (subject !== issuer) between++;
  }
  return undefined;
}

/** The signer must be for this purpose by name; an issuer that is for some purposes only, too. */
function purposeProblem(
  { extensions }: Certificate,
  issuers: readonly Certificate[],
  purpose: keyof typeof PURPOSES,
): ChainProblem | undefined {
  const { keyUsage, purposes, purposesCritical } = extensions;
  if (keyUsage !== undefined && !keyUsage.includes("digitalSignature") && !keyUsage.includes("nonRepudiation"))
    return untrusted("its certificate is not for signatures");
  if (purposes?.includes(PURPOSES[purpose]) !== true)
    return untrusted(`its certificate is not for ${purpose} (extended key usage)`);
  // RFC 3161 section 2.3: a timestamp authority's certificate is for nothing else.
  if (purpose === "timeStamping" && (purposes.length !== 1 || purposesCritical !== true))
    return untrusted("its certificate is not for timestamps alone");
  const limited = issuers.find(
    (issuer) => issuer.extensions.purposes?.some((oid) => oid === PURPOSES[purpose] || oid === ANY_PURPOSE) === false,
  );
  return limited === undefined ? undefined : untrusted(`${limited.subjectText} is not for ${purpose}`);
}

const ANY_PURPOSE = "2.5.29.37.0";

/** Why a certificate is not valid at one of the times, or undefined. */
export function dateProblem(
  { notBefore, notAfter, subjectText }: Certificate,
  times: readonly Date[],
): ChainProblem | undefined {
  for (const time of times) {
    if (time.getTime() < notBefore.getTime())
      return { state: "invalid", reason: `the certificate of ${subjectText} is not valid before ${iso(notBefore)}` };
    if (time.getTime() > notAfter.getTime())
      return { state: "expired", reason: `the certificate of ${subjectText} expired at ${iso(notAfter)}` };
  }
  return undefined;
}

/** What in a chain could be forged. The authority is named, so its own signature proves nothing and is not asked. */
function weakLink(chain: readonly Certificate[]): string | undefined {
  const signed = chain.slice(0, -1).find(isWeaklySigned);
  if (signed !== undefined) return `the certificate of ${signed.subjectText} is signed with a weak hash`;
  for (const certificate of chain.slice(1)) {
    const key = publicKeyOf(certificate);
    const weak = key === undefined ? "its key cannot be used" : weakKey(key);
    if (weak !== undefined) return `the authority ${certificate.subjectText}: ${weak}`;
  }
  return undefined;
}
