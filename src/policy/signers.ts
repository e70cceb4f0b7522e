// The `signers` section of a policy: names, and the exact keys that speak for them.

import { dirname, isAbsolute, join, resolve } from "node:path";
import type { AllowWeak, Pin, Signer } from "../core/signer.ts";
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
  const pinned: (readonly [Place, string])[] = [];
  const signers = [...membersOf(section)].map(([name, place]): Signer => {
    if (!NAME.test(name)) throw malformed(place, "cannot be a signer's name", NAME_HINT);
    const members = membersOf(place, ["openpgp", "keys"]);
    const pins = someItemsOf(requiredMember(place, members, "openpgp")).map((item) => {
      const pin = readPin(item);
      pinned.push([item, pin.identity]);
      return pin;
    });
    const keys = members.get("keys");
    const keyFiles = keys === undefined ? [] : readKeyFiles(keys, directory);
    for (const [written, path] of keyFiles) {
      keyNames.set(path, isAbsolute(written) ? written : join(dirname(source), written));
    }
    return { name, pins, keyFiles: keyFiles.map(([, path]) => path), definedIn: source };
  });
  // One key under two names would let one person count as two.
  refuseTwice(pinned);
  return { signers, keyNames };
}

function readKeyFiles(place: Place, directory: string): readonly (readonly [written: string, path: string])[] {
  const items = someItemsOf(place).map((item) => [item, textOf(item)] as const);
  refuseTwice(items);
  return items.map(([item, written]) => {
    if (written.includes("\0")) throw malformed(item, "a path cannot hold a NUL character");
    return [written, resolve(directory, written)];
  });
}

function readPin(place: Place): Pin {
  if (typeof place.value === "string") return { scheme: "openpgp", identity: fingerprintOf(place) };
  const members = membersOf(place, ["fingerprint", "notBefore", "notAfter", "revoked", "allowWeak"]);
  const identity = fingerprintOf(requiredMember(place, members, "fingerprint"));
  const [notBefore, notAfter] = [timeIn(members, "notBefore"), timeIn(members, "notAfter")];
  if (notBefore !== undefined && notAfter !== undefined && Date.parse(notBefore) > Date.parse(notAfter)) {
    throw malformed(place, "notAfter is earlier than notBefore");
  }
  const revoked = members.get("revoked");
  const allowWeak = members.get("allowWeak");
  return {
    scheme: "openpgp",
    identity,
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

/** A full OpenPGP fingerprint (RFC 9580 section 5.5.4): 40 hex digits for version 4, 64 for version 6. */
function fingerprintOf(place: Place): string {
  const text = textOf(place);
  const hex = text.replaceAll(" ", "").toLowerCase();
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hex)) return hex;
  const hint = "gpg --show-keys --with-fingerprint FILE prints the full fingerprint: 40 or 64 hex digits";
  if (/^(?:0x)?[0-9a-f]{1,39}$/.test(hex)) {
    throw malformed(
      place,
      `${JSON.stringify(text)} is a short key id, and anybody can make a key with the same one`,
      hint,
    );
  }
  throw malformed(place, `not a fingerprint: ${JSON.stringify(text)}`, hint);
}
