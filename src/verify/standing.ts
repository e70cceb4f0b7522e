// Whether a signer counts whose signature is cryptographically good: what flags and policies say about the key or
// identity. The same for every scheme; OpenPGP, whose keys have dates and subkeys of their own, asks more.

import { iso } from "../core/time.ts";
import type { Pin, Signer } from "../core/signer.ts";
import { ed25519Spki } from "../core/ed25519.ts";
import type { Judgement, Trust } from "./scheme.ts";

/** Why a signature by this key counts: a flag chose the key, a policy pins it, or both. */
export interface Standing {
  readonly flagged: boolean;
  readonly signer?: Signer;
  readonly pin?: Pin;
}

/**
 * What flags and policies say about a key; undefined when neither names it. Of several pins on the same key, one
 * that revokes it wins, then the one that `prefers` names.
 * @param names whether a pin names this key or identity
 * @param flagged a flag chose it
 */
export function standingFor(
  trust: Pick<Trust, "signers">,
  names: (pin: Pin) => boolean,
  flagged: boolean,
  prefers: (pin: Pin) => boolean = () => false,
): Standing | undefined {
  const pinned = trust.signers.flatMap((signer) => signer.pins.filter(names).map((pin) => ({ signer, pin })));
  const decisive =
    pinned.find(({ pin }) => pin.revoked !== undefined) ?? pinned.find(({ pin }) => prefers(pin)) ?? pinned[0];
  return decisive === undefined && !flagged ? undefined : { flagged, ...decisive };
}

/** `Judgement.key` of the key that a pin names; undefined where it names none by its bytes, or not by these alone. */
function keyOfPin({ scheme, identity }: Pin): string | undefined {
  switch (scheme) {
    case "x509":
      return identity;
    case "minisign":
    case "signify":
      // Algorithm and key number stand before it.
      return ed25519Spki(Buffer.from(identity, "base64").subarray(10));
    case "ssh": {
      const [type = "", base64 = ""] = identity.split(" ");
      if (type !== "ssh-ed25519" && type !== "sk-ssh-ed25519@openssh.com") return undefined;
      // Two lengths and the type stand before it (RFC 8709 section 4).
      const start = 4 + type.length + 4;
      return ed25519Spki(Buffer.from(base64, "base64").subarray(start, start + 32));
    }
    default:
      return undefined;
  }
}

/**
 * What is to be said of a key that a policy revoked, in whatever scheme it did: a key that was stolen was stolen for all.
 * @param key `Judgement.key`
 */
export function revocationOf(
  { signers }: Pick<Trust, "signers">,
  key: string | undefined,
): Pick<Judgement, "state" | "reason" | "hint"> | undefined {
  if (key === undefined) return undefined;
  const pins = signers.flatMap((signer) => signer.pins);
  const why = pins.find((pin) => pin.revoked !== undefined && keyOfPin(pin) === key)?.revoked;
  return why === undefined ? undefined : revokedBecause(why);
}

function revokedBecause(why: string): Pick<Judgement, "state" | "reason" | "hint"> {
  const hint = "look for a release signed by the publisher's current key";
  return { state: "revoked", reason: `the policy revoked its key: ${why}`, hint };
}

/** A signature whose cryptography is good. */
export interface GoodSignature {
  /** Scheme and full identity of the signer, as messages show it: `minisign RWQ…`. One signer, one text. */
  readonly signer: string;
  readonly names: (pin: Pin) => boolean;
  readonly flagged: boolean;
  /**
   * The user asked what this signer says, and chose nobody by that (`--npm-signature`): it counts, and is not one of
   * those whom --key and the like demand.
   */
  readonly asked?: boolean;
  /** SHA-256 of the key's SubjectPublicKeyInfo (`Judgement.key`). */
  readonly key?: string;
  /** When it was made, by whoever `timeBy` names or the signer itself; a date that is no time is `invalid`. */
  readonly time?: Date;
  readonly timeBy?: string;
  /** Why its cryptography is out of date: only a pin's allowWeak excuses it. */
  readonly weak?: string;
  /** What to do when nobody named the signer. */
  readonly hint: string;
  /** What it proves; `the signer answers for exactly these bytes` when absent. */
  readonly proves?: string;
}

/** Clocks differ: a signature may be this much newer than ours (milliseconds). */
const CLOCK_SKEW = 5 * 60_000;

/** What remains to be asked when the cryptography is good: is the signer ours, was it so at that time. */
export function judgeSigner(trust: Trust, good: GoodSignature): Judgement {
  const { names, flagged, signer, key, time, timeBy } = good;
  const standing = standingFor(trust, names, flagged) ?? (good.asked === true ? { flagged: false } : undefined);
  const about = {
    fits: true as const,
    signer,
    ...(key === undefined ? {} : { key }),
    ...(time === undefined || Number.isNaN(time.getTime()) ? {} : { time: iso(time) }),
    ...(timeBy === undefined ? {} : { timeBy }),
  };
  if (standing === undefined) {
    const reason = "it is by a signer that neither a flag nor a policy names";
    return { ...about, state: "untrusted-signer", reason, hint: good.hint };
  }
  // One key is never two people: the first signer that pins it is its person.
  const person = trust.signers.find(({ pins }) => pins.some(names))?.name ?? signer;
  const name = standing.signer?.name;
  const known = {
    ...about,
    person,
    ...(standing.flagged ? { flagged: true as const } : {}),
    ...(name === undefined ? {} : { name }),
  };
  return { ...known, ...(revocationOf(trust, key) ?? judgeStanding(trust, standing, good)) };
}

function judgeStanding(trust: Trust, { pin }: Standing, { time, weak, proves }: GoodSignature): Judgement {
  if (pin?.revoked !== undefined) return revokedBecause(pin.revoked);
  const allowed =
    pin?.allowWeak !== undefined && Date.parse(pin.allowWeak.expires) > trust.now.getTime() ? pin.allowWeak : undefined;
  if (weak !== undefined && allowed === undefined) return { state: "weak", reason: weak };
  return (
    (time === undefined ? undefined : badTime(trust, time)) ??
    outsideWindow(pin, time ?? trust.at, time === undefined ? "is judged as of" : "claims") ?? {
      state: "verified",
      reason: proves ?? "the signer answers for exactly these bytes",
      ...(weak === undefined || allowed === undefined ? {} : { allowedWeak: allowed }),
    }
  );
}

function badTime({ at }: Trust, time: Date): Judgement | undefined {
  if (time.getTime() <= at.getTime() + CLOCK_SKEW) return undefined;
  // Written so that a date that is no time comes here too.
  const claim = Number.isNaN(time.getTime()) ? "no time that can be read" : iso(time);
  const reason = `it claims to be made at ${claim}, after the time of this check (${iso(at)})`;
  return { state: "invalid", reason, hint: "check this computer's clock, and --at" };
}

/** A signature without a time is judged as of the time of the check. */
function outsideWindow(pin: Pin | undefined, time: Date, verb: string): Judgement | undefined {
  if (pin?.notBefore !== undefined && time.getTime() < Date.parse(pin.notBefore)) {
    const reason = `it ${verb} a time before ${pin.notBefore}, from which on the policy trusts its key`;
    return { state: "untrusted-signer", reason };
  }
  if (pin?.notAfter !== undefined && time.getTime() > Date.parse(pin.notAfter)) {
    const reason = `it ${verb} a time after ${pin.notAfter}, up to which the policy trusts its key`;
    return { state: "untrusted-signer", reason };
  }
  return undefined;
}
