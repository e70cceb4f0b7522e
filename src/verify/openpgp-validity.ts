// Whether a signature counts whose cryptography is good and whose key is trusted: revocation, strength, time,
// and what was true of the key. Each question is asked on its own, so that the state never depends on a text.

import type { Config, PublicKey, Subkey } from "openpgp";
import { HASHES, isWeakHash, weakness } from "./openpgp-algorithms.ts";
import { lenientConfig, withHash } from "./openpgp-case.ts";
import type { Case } from "./openpgp-case.ts";
import { isRevoked, revokedIn } from "./openpgp-keys.ts";
import type { Judgement, Remark } from "./scheme.ts";
import { iso } from "../core/time.ts";
import type { Standing } from "./standing.ts";

/** Clocks differ: a signature may be this much newer than ours (milliseconds). */
const CLOCK_SKEW = 5 * 60_000;

/** The last of the questions, in the order in which an answer is final. `standing` says why the key is trusted. */
export async function judgeKey(
  c: Case,
  key: PublicKey,
  issuer: PublicKey | Subkey,
  standing: Standing,
): Promise<Judgement> {
  const { pin } = standing;
  const hint = "look for a release signed by the publisher's current key";
  if (pin?.revoked !== undefined)
    return { state: "revoked", reason: `the policy revoked its key: ${pin.revoked}`, hint };
  if (await isRevoked(key, c.fingerprint, lenientConfig(c)))
    return { state: "revoked", reason: "its key is revoked", hint };
  const knowing = revokedIn(c.ring, c.copy.fingerprints[0] ?? "", c.fingerprint);
  if (knowing !== undefined)
    return { state: "revoked", reason: `${knowing.source} holds a revocation of its key`, hint };
  const allowed =
    pin?.allowWeak !== undefined && Date.parse(pin.allowWeak.expires) > c.trust.now.getTime()
      ? pin.allowWeak
      : undefined;
  const weak = weakSignature(c, key, issuer);
  if (weak !== undefined && allowed === undefined) return { state: "weak", reason: weak };
  const untimely = badTime(c, standing);
  if (untimely !== undefined) return untimely;
  return judgeValidity(c, key, issuer, { weak, allowed });
}

function weakSignature(c: Case, key: PublicKey, issuer: PublicKey | Subkey): string | undefined {
  const hash = c.signature.packet.hashAlgorithm ?? 0;
  if (isWeakHash(hash)) return `it uses the hash ${HASHES[hash] ?? ""}`;
  if (c.signature.text && c.hash.binary)
    return "it is a text-mode signature over a file that is not text, so not every byte is protected";
  for (const part of [issuer, key]) {
    const reason = weakness(part.keyPacket.algorithm, part.getAlgorithmInfo());
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function badTime(c: Case, { pin }: Standing): Judgement | undefined {
  const { packet } = c.signature;
  const created = packet.created ?? new Date(Number.NaN);
  const { at } = c.trust;
  if (!(created.getTime() <= at.getTime() + CLOCK_SKEW)) {
    return {
      state: "invalid",
      reason: `it claims to be made at ${iso(created)}, after the time of this check (${iso(at)})`,
      hint: "check this computer's clock, and --at",
    };
  }
  const expires = packet.getExpirationTime();
  if (expires instanceof Date && expires.getTime() <= at.getTime())
    return { state: "expired", reason: `it expired at ${iso(expires)}` };
  if (pin?.notBefore !== undefined && created.getTime() < Date.parse(pin.notBefore)) {
    return {
      state: "untrusted-signer",
      reason: `it claims a time before ${pin.notBefore}, from which on the policy trusts its key`,
    };
  }
  if (pin?.notAfter !== undefined && created.getTime() > Date.parse(pin.notAfter)) {
    return {
      state: "untrusted-signer",
      reason: `it claims a time after ${pin.notAfter}, up to which the policy trusts its key`,
    };
  }
  return undefined;
}

interface WeakCase {
  readonly weak: string | undefined;
  readonly allowed: { readonly reason: string; readonly expires: string } | undefined;
}

/** Whether the key could sign when it says it did: bound, flagged for signing, not expired. */
async function judgeValidity(
  c: Case,
  key: PublicKey,
  issuer: PublicKey | Subkey,
  { weak, allowed }: WeakCase,
): Promise<Judgement> {
  const created = c.signature.packet.created ?? new Date(Number.NaN);
  const valid = async (date: Date | null, rules: Config): Promise<boolean> => {
    try {
      await key.getSigningKey(issuer.getKeyID(), date, undefined, rules);
      return true;
    } catch {
      return false; // The library gives no code; the caller decides what "not valid" means.
    }
  };
  if (created < key.keyPacket.created || created < issuer.keyPacket.created)
    return { state: "invalid", reason: "it claims to be older than its key" };
  const unbound: Judgement = {
    state: "invalid",
    reason: "its key is not bound to a valid owner, or not made for signing files",
  };
  const lenient = { ...lenientConfig(c), rejectCurves: c.config.rejectCurves };
  const strong = await valid(null, c.config);
  if (!strong && !(await valid(null, lenient))) return unbound;
  if (!strong && allowed === undefined)
    return { state: "weak", reason: "its key holds together only by SHA-1 or other broken cryptography" };
  const excused = weak === undefined && strong ? undefined : allowed;
  const config = excused === undefined ? c.config : lenient;
  const expiries = [
    await key.getExpirationTime(undefined, config),
    issuer === key ? Infinity : await (issuer as Subkey).getExpirationTime(null as unknown as Date, config),
  ];
  if (expiries.includes(null)) return unbound;
  const expiry = Math.min(...expiries.map(Number));
  if (created.getTime() >= expiry)
    return { state: "expired", reason: `its key had expired at ${iso(new Date(expiry))}, before it was made` };
  const refreshed = !(await valid(created, config));
  if (refreshed && expiry <= c.trust.at.getTime())
    return { state: "expired", reason: `its key was renewed after it signed, and expired at ${iso(new Date(expiry))}` };
  if (!(await libraryAgrees(c, key, { ...config, allowInsecureVerificationWithReformattedKeys: refreshed }))) {
    return { state: "invalid", reason: "its key was not valid for signing at the time that it claims" };
  }
  const remarks: Remark[] = [];
  if (refreshed)
    remarks.push({
      rule: "key-refreshed",
      message: `the key's self-signature is newer than the signature (${iso(created)})`,
    });
  if (expiry <= c.trust.at.getTime())
    remarks.push({
      rule: "key-expired",
      message: `its key expired at ${iso(new Date(expiry))}, after it signed by its own clock`,
    });
  if (c.signature.text)
    remarks.push({
      rule: "signature-text-mode",
      message: "it is a text-mode signature: files that differ in line ends alone match it too",
    });
  return {
    state: "verified",
    reason: c.signature.text
      ? "the signer answers for this text, whatever its line ends"
      : "the signer answers for exactly these bytes",
    remarks,
    ...(excused === undefined ? {} : { allowedWeak: excused }),
  };
}

/** The library's own full check, as of now: every rule that it has must agree. */
async function libraryAgrees(c: Case, key: PublicKey, config: Config): Promise<boolean> {
  const message = await c.openpgp.createMessage({ binary: new Uint8Array() });
  const { signature } = await withHash(c);
  const date = new Date(c.trust.at.getTime() + CLOCK_SKEW);
  const { signatures } = await c.openpgp.verify({
    message,
    signature,
    verificationKeys: key,
    format: "binary",
    date,
    config,
  });
  const [only] = signatures;
  if (signatures.length !== 1 || only === undefined) return false;
  try {
    return await only.verified;
  } catch {
    return false; // A reason in English only; the parts were judged above, this is the last gate.
  }
}
