// One OpenPGP signature over known bytes: is the cryptography good, is the key ours, what was true of
// the key. The library answers with English sentences, so each question is asked on its own and the
// state never depends on a text; `verified` is given only when the library's own full check agrees.

import type { Config, PublicKey, Signature, SignaturePacket, Subkey } from "openpgp";
import type { HashResult } from "../core/hash-set.ts";
import { HASHES, isTooShort, isWeakHash, weakness } from "./openpgp-algorithms.ts";
import { isRevoked, KEY_ORIGINS, keyIdOf, personOf, revokedIn, standingOf } from "./openpgp-keys.ts";
import type { KeyCopy, KeyRing, OpenPgp, Standing } from "./openpgp-keys.ts";
import type { Judgement, Remark, Trust } from "./scheme.ts";

/** Clocks differ: a signature may be this much newer than ours (milliseconds). */
const CLOCK_SKEW = 5 * 60_000;

/** A signature packet that can be judged once the hash is there. */
export interface ReadySignature {
  readonly raw: Uint8Array;
  readonly packet: SignaturePacket;
  readonly text: boolean;
}

interface Case {
  readonly openpgp: OpenPgp;
  readonly config: Config;
  readonly ring: KeyRing;
  readonly trust: Trust;
  readonly signature: ReadySignature;
  readonly hash: HashResult;
  /** Copies of one key, of the most trusted origin that has any: together they are the key. */
  readonly copies: readonly [KeyCopy, ...KeyCopy[]];
  readonly copy: KeyCopy;
  readonly fingerprint: string;
}

function iso(time: Date): string {
  return time.toISOString().replace(".000Z", "Z");
}

/** Keys whose id the signature names, and whose fingerprint, where it names that too. */
function candidates(ring: KeyRing, packet: SignaturePacket): readonly (readonly [KeyCopy, string])[] {
  const id = packet.issuerKeyID.toHex();
  const issuer = packet.issuerFingerprint === null ? undefined : Buffer.from(packet.issuerFingerprint).toString("hex");
  return ring.copies.flatMap((copy) => {
    const match = copy.fingerprints.find(
      (f) => f !== "" && keyIdOf(f) === id && (issuer === undefined || issuer === f),
    );
    return match === undefined ? [] : [[copy, match] as const];
  });
}

/** The copies of each key that may have signed, of the best origin only: a stale copy from elsewhere cannot overrule it. */
function keysOf(
  ring: KeyRing,
  packet: SignaturePacket,
): readonly (readonly [readonly [KeyCopy, ...KeyCopy[]], string])[] {
  const keys = new Map<string, { copies: [KeyCopy, ...KeyCopy[]]; fingerprint: string }>();
  for (const [copy, fingerprint] of candidates(ring, packet)) {
    const primary = copy.fingerprints[0] ?? "";
    const known = keys.get(primary);
    const rank = known === undefined ? 0 : KEY_ORIGINS.indexOf(copy.from) - KEY_ORIGINS.indexOf(known.copies[0].from);
    if (known === undefined || rank < 0) keys.set(primary, { copies: [copy], fingerprint });
    else if (rank === 0) known.copies.push(copy);
  }
  return [...keys.values()].map(({ copies, fingerprint }) => [copies, fingerprint]);
}

/** Judges with each key that may have signed. A revocation that any copy of it knows of counts. */
export async function judgeSignature(
  openpgp: OpenPgp,
  config: Config,
  ring: KeyRing,
  trust: Trust,
  signature: ReadySignature,
  hash: HashResult,
): Promise<Judgement> {
  const { packet } = signature;
  const time = packet.created === null ? {} : { time: iso(packet.created) };
  const judgements: Judgement[] = [];
  for (const [copies, fingerprint] of keysOf(ring, packet)) {
    const [copy] = copies;
    const judgement = await judgeWith({ openpgp, config, ring, trust, signature, hash, copies, copy, fingerprint });
    judgements.push({ ...time, signer: nameKey(copy, fingerprint), ...judgement });
  }
  const best = ["revoked", "verified"]
    .map((state) => judgements.find((j) => j.state === state))
    .find((j) => j !== undefined);
  return best ?? judgements[0] ?? { ...time, ...unknownSigner(packet) };
}

/** The primary key's fingerprint, which publishers publish, and the subkey's where one signed. */
function nameKey(copy: KeyCopy, fingerprint: string): string {
  const primary = `openpgp ${(copy.fingerprints[0] ?? "").toUpperCase()}`;
  return copy.fingerprints[0] === fingerprint ? primary : `${primary} subkey ${fingerprint.toUpperCase()}`;
}

function unknownSigner(packet: SignaturePacket): Judgement {
  const known = packet.issuerFingerprint;
  const signer =
    known === null
      ? `openpgp key id ${packet.issuerKeyID.toHex().toUpperCase()}`
      : `openpgp ${Buffer.from(known).toString("hex").toUpperCase()}`;
  return {
    state: "untrusted-signer",
    reason: "it is by a key that was not given",
    signer,
    hint: "obtain the publisher's key over another channel, compare its full fingerprint, and pass it with --key",
  };
}

/** The key with all that its copies know: the newest self-signatures count. */
async function mergedKey(c: Case): Promise<PublicKey> {
  const copies = await Promise.all(
    c.copies.map(({ bytes }) => c.openpgp.readKey({ binaryKey: bytes, config: c.config })),
  );
  let [key] = copies;
  if (key === undefined) throw new Error("a key without copies");
  // Without a date: otherwise the library leaves out what is of no use by the real clock.
  const noDate = null as unknown as Date;
  for (const other of copies.slice(1)) key = await key.update(other, noDate, c.config);
  return key.toPublic();
}

async function judgeWith(c: Case): Promise<Judgement> {
  let key: PublicKey;
  try {
    key = await mergedKey(c);
  } catch (error) {
    return { state: "unsupported", reason: `its key in ${c.copy.source} cannot be read: ${text(error)}` };
  }
  const issuer = [key, ...key.subkeys].find((candidate) => candidate.getFingerprint() === c.fingerprint);
  // Fingerprints are over the very bytes of the file. The library writes a key anew to hash it, and so takes one whose
  // numbers are written in an odd way for the key that it resembles.
  if (issuer === undefined || key.getFingerprint() !== c.copy.fingerprints[0])
    return { state: "unsupported", reason: `its key in ${c.copy.source} cannot be used` };
  const bad = await badCryptography(c, issuer);
  if (bad !== undefined) return bad;
  const standing = c.copies
    .map((copy) => standingOf(copy, c.fingerprint, c.trust))
    .find((found) => found !== undefined);
  if (standing === undefined) {
    const reason = "it is by a key that neither a flag nor a policy names";
    return { ...unknownSigner(c.signature.packet), reason, fits: true };
  }
  const judgement = await judgeKey(c, key, issuer, standing);
  const name = standing.signer?.name;
  return {
    fits: true,
    person: personOf(c.copy, c.trust),
    ...(standing.flagged ? { flagged: true as const } : {}),
    ...(name === undefined ? {} : { name }),
    ...judgement,
  };
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A fresh signature that carries the hash; the library then hashes nothing itself (and fails if it tried). */
async function withHash(c: Case): Promise<{ signature: Signature; packet: SignaturePacket }> {
  const signature = await c.openpgp.readSignature({ binarySignature: c.signature.raw, config: c.config });
  const [packet] = signature.packets;
  if (packet === undefined) throw new Error("the signature packet is gone");
  Object.assign(packet, { hashed: Promise.resolve(new Uint8Array(c.hash.digest)) });
  return { signature, packet };
}

/** Asks only whether the signature is cryptographically right: no dates, no algorithm rules, every part known. */
async function badCryptography(c: Case, issuer: PublicKey | Subkey): Promise<Judgement | undefined> {
  const { packet } = await withHash(c);
  const hash = packet.hashAlgorithm ?? 0;
  if (isTooShort(packet.publicKeyAlgorithm ?? 0, hash))
    return { state: "weak", reason: `it uses the hash ${HASHES[hash] ?? ""}, which must not be used with EdDSA` };
  const unknown =
    [...packet.unknownSubpackets, ...packet.rawNotations].some((part) => part.critical) ||
    packet.revocationKeyClass !== null;
  Object.assign(packet, { unknownSubpackets: [], rawNotations: [], revocationKeyClass: null });
  const noDate = null as unknown as Date;
  try {
    await packet.verify(
      issuer.keyPacket,
      packet.signatureType ?? c.openpgp.enums.signature.binary,
      {},
      noDate,
      true,
      lenientConfig(c),
    );
  } catch {
    // Whatever the reason, the signature is not known to be good: the strictest state.
    return { state: "invalid", reason: "it is not valid for these bytes" };
  }
  return unknown ? { state: "unsupported", reason: "it holds a critical part that is not known here" } : undefined;
}

function lenientConfig(c: Case): Config {
  const none = {
    rejectHashAlgorithms: new Set<never>(),
    rejectMessageHashAlgorithms: new Set<never>(),
    rejectPublicKeyAlgorithms: new Set<never>(),
    rejectCurves: new Set<never>(),
  };
  return { ...c.config, ...none, minRSABits: 0 };
}

async function judgeKey(c: Case, key: PublicKey, issuer: PublicKey | Subkey, standing: Standing): Promise<Judgement> {
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
