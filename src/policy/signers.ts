// The `signers` section of a policy: names, and the exact keys that speak for them.

import { dirname, isAbsolute, join, resolve } from "node:path";
import type { AllowWeak, Pin, PinScheme, Signer } from "../core/signer.ts";
import { PINS, PIN_SCHEMES } from "./pins.ts";
import type { PinNotation } from "./pins.ts";
import { malformed, membersOf, refuseTwice, requiredMember, someItemsOf, textOf, timeOf } from "./place.ts";
import type { Place } from "./place.ts";

/** ASCII only, so that two names that look the same are the same. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/;

/** @throws UserError `policy-malformed` */
export function signerNameOf(place: Place): string {
  const text = textOf(place);
  if (!NAME.test(text)) throw malformed(place, `${JSON.stringify(text)} cannot be a signer's name`, NAME_HINT);
  return text;
}

const NAME_HINT = "up to 100 letters, digits and . _ @ + -, a letter or digit first";

export interface SignersSection {
  readonly signers: readonly Signer[];
  /** How messages call each key file, by the path that opens it. */
  readonly keyNames: ReadonlyMap<string, string>;
}

/**
 * @param directory absolute; key files are named relative to it
 * @throws UserError `policy-malformed`
 */
export function readSigners(section: Place, directory: string): SignersSection {
  const { source } = section.document;
  const keyNames = new Map<string, string>();
  const owners = new Map<string, PinOwner>();
  const signers = [...membersOf(section)].map(([name, place]): Signer => {
    if (!NAME.test(name)) throw malformed(place, "cannot be a signer's name", NAME_HINT);
    const members = membersOf(place, [...PIN_SCHEMES, "keys"]);
    const pins = readPins(members);
    if (pins.length === 0) throw malformed(place, "pins no key", `name one under ${PIN_SCHEMES.join(", ")}`);
    refuseTwice(pins.map(([item, pin]) => [item, textOfPin(pin)]));
    for (const [item, pin] of pins) refuseSharedKey(owners, name, item, pin);
    const keys = members.get("keys");
    const keyFiles = keys === undefined ? [] : readKeyFiles(keys, directory);
    for (const [written, path] of keyFiles) {
      keyNames.set(path, isAbsolute(written) ? written : join(dirname(source), written));
    }
    return { name, pins: pins.map(([, pin]) => pin), keyFiles: keyFiles.map(([, path]) => path), definedIn: source };
  });
  return { signers, keyNames };
}

function readPins(members: ReadonlyMap<string, Place>): readonly (readonly [Place, Pin])[] {
  return PIN_SCHEMES.flatMap((scheme) => {
    const place = members.get(scheme);
    return place === undefined ? [] : someItemsOf(place).map((item) => [item, readPin(scheme, item)] as const);
  });
}

/** A pin in full. Under one name a key may stand for several purposes, and an identity for several repositories. */
function textOfPin({ identity, issuer, repositoryId, ownerId, namespace, scheme }: Pin): string {
  const about = [issuer, repositoryId, ownerId, namespace].filter((text) => text !== undefined);
  return [identity, ...about, ...(scheme === "signify" ? ["(signify)"] : [])].join(" ");
}

/** Who pinned a key first, and where. */
interface PinOwner {
  readonly name: string;
  readonly place: Place;
  readonly identity: string;
}

/** One key under two names would let one person count as two, in whatever schemes it is pinned. */
function refuseSharedKey(owners: Map<string, PinOwner>, name: string, place: Place, pin: Pin): void {
  const key = materialOf(pin);
  const owner = owners.get(key);
  if (owner === undefined) owners.set(key, { name, place, identity: pin.identity });
  else if (owner.name !== name) {
    const what =
      owner.identity === pin.identity
        ? `${JSON.stringify(pin.identity)} appears twice`
        : `is the same key as ${owner.place.name}`;
    throw malformed(place, what, "one person would count as two: let each signer have keys of its own");
  }
}

/** Equal for pins of the same key, whatever their schemes. */
export function materialOf(pin: Pin): string {
  return PINS[pin.scheme].material(pin);
}

function readKeyFiles(place: Place, directory: string): readonly (readonly [written: string, path: string])[] {
  const items = someItemsOf(place).map((item) => [item, textOf(item)] as const);
  refuseTwice(items);
  return items.map(([item, written]) => {
    if (written.includes("\0")) throw malformed(item, "a path cannot hold a NUL character");
    return [written, resolve(directory, written)];
  });
}

/** The identity alone, or an object that says more of it. */
function readPin(scheme: PinScheme, place: Place): Pin {
  const notation: PinNotation = PINS[scheme];
  const { member, extras, required, canBeWeak } = notation;
  if (typeof place.value === "string" && required.length === 0) return { scheme, identity: notation.identity(place) };
  const known = [
    member,
    ...Object.keys(extras),
    "notBefore",
    "notAfter",
    "revoked",
    ...(canBeWeak ? ["allowWeak"] : []),
  ];
  const members = membersOf(place, known);
  for (const name of required) requiredMember(place, members, name);
  const identity = notation.identity(requiredMember(place, members, member));
  const [notBefore, notAfter] = [timeIn(members, "notBefore"), timeIn(members, "notAfter")];
  if (notBefore !== undefined && notAfter !== undefined && Date.parse(notBefore) > Date.parse(notAfter)) {
    throw malformed(place, "notAfter is earlier than notBefore");
  }
  const revoked = members.get("revoked");
  const allowWeak = members.get("allowWeak");
  const more = Object.entries(extras).flatMap(([name, read]) => {
    const extra = members.get(name);
    return extra === undefined ? [] : [[name, read(extra)] as const];
  });
  return {
    scheme,
    identity,
    ...Object.fromEntries(more),
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter }),
    ...(revoked === undefined ? {} : { revoked: textOf(revoked) }),
    ...(allowWeak === undefined ? {} : { allowWeak: readAllowWeak(allowWeak) }),
  };
}

function timeIn(members: ReadonlyMap<string, Place>, key: string): string | undefined {
  const place = members.get(key);
  return place === undefined ? undefined : timeOf(place);
}

function readAllowWeak(place: Place): AllowWeak {
  const members = membersOf(place, ["reason", "expires"]);
  return {
    reason: textOf(requiredMember(place, members, "reason")),
    expires: timeOf(requiredMember(place, members, "expires")),
  };
}
