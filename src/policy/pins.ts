// How each scheme writes the identity of a signer in a policy. Every notation is full and exact: what is short or a
// pattern is refused with the way to write it. Keys are read and written anew, so that one key has one text.

import { strictBase64 } from "../core/digest.ts";
import { ed25519Spki } from "../core/ed25519.ts";
import type { Pin, PinScheme } from "../core/signer.ts";
import { malformed, textOf } from "./place.ts";
import type { Place } from "./place.ts";
import { sshEd25519, sshIdentity } from "./pin-ssh.ts";

/** Members of a pin that only some schemes have. */
type Extra = "issuer" | "repositoryId" | "ownerId" | "namespace";

export interface PinNotation {
  /** Member that holds the identity where a pin is an object. */
  readonly member: string;
  /** The identity in the scheme's notation (core/signer.ts). @throws UserError `policy-malformed` */
  identity(place: Place): string;
  /** Further members, and how they are read. */
  readonly extras: Readonly<Partial<Record<Extra, (place: Place) => string>>>;
  /** Of those the ones without which the identity means nothing. */
  readonly required: readonly Extra[];
  /** Its cryptography can be out of date, so that allowWeak has a meaning. */
  readonly canBeWeak: boolean;
  /** Where the key comes from that signatures are checked with, as a clause; undefined: from a key file. */
  readonly keyFrom: string | undefined;
  /** Equal for pins of the same key, whatever their schemes: one key speaks for one person. */
  material(pin: Pin): string;
  /** The identity for people, where they write it otherwise. */
  shown?(identity: string): string;
}

/** Every scheme that a policy can pin. Add one here, in core/signer.ts and in schemas/policy.schema.json. */
export const PINS = {
  openpgp: {
    ...notation("fingerprint", fingerprintOf),
    canBeWeak: true,
    keyFrom: undefined,
    material: ({ identity }) => `openpgp ${identity}`,
    shown: (identity) => identity.toUpperCase(),
  },
  minisign: { ...notation("key", edKeyOf), material: edMaterial },
  signify: { ...notation("key", edKeyOf), material: edMaterial },
  ssh: {
    ...notation("key", (place) => sshIdentity(place, exactTextOf(place))),
    extras: { namespace: exactTextOf },
    canBeWeak: true,
    material(pin) {
      const raw = sshEd25519(pin.identity);
      return raw === undefined ? `ssh ${pin.identity}` : ed25519Material(raw);
    },
  },
  sigstore: {
    ...notation("identity", (place) => refusePattern(place, exactTextOf(place))),
    extras: { issuer: issuerOf, repositoryId: idOf, ownerId: idOf },
    required: ["issuer"],
    keyFrom: "the key is made for each signature",
    // Without the ids, which one of two pins may leave out.
    material: ({ identity, issuer }) => `sigstore ${issuer} ${identity}`,
  },
  x509: {
    ...notation("fingerprint", certificateDigestOf),
    canBeWeak: true,
    keyFrom: "the certificate comes with the signature",
    material: ({ identity }) => `key ${identity}`,
  },
  npm: {
    ...notation("keyId", keyIdOf),
    keyFrom: "the key is one of the registry's",
    material: ({ identity }) => `key ${Buffer.from(identity.slice("SHA256:".length), "base64").toString("hex")}`,
  },
} as const satisfies Record<PinScheme, PinNotation>;

/** In the order of the table. */
export const PIN_SCHEMES = Object.keys(PINS) as PinScheme[];

/** What most notations have in common. */
function notation(
  member: string,
  identity: (place: Place) => string,
): Pick<PinNotation, "member" | "identity" | "extras" | "required" | "canBeWeak" | "keyFrom"> {
  return { member, identity, extras: {}, required: [], canBeWeak: false, keyFrom: "the pin is the key" };
}

/** Text without white space around it, and without control characters: nothing that looks like another text. */
function exactTextOf(place: Place): string {
  const text = textOf(place);
  if (text !== text.trim() || /[\0-\x1f\x7f-\x9f]/.test(text))
    throw malformed(place, "holds control characters, or white space around it", "identities compare exactly");
  return text;
}

/** A full OpenPGP fingerprint (RFC 9580 section 5.5.4): 40 hex digits for version 4, 64 for version 6. */
function fingerprintOf(place: Place): string {
  const text = textOf(place);
  const hex = text.replaceAll(" ", "").toLowerCase();
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hex)) return hex;
  const hint = "gpg --show-keys --with-fingerprint FILE prints the full fingerprint: 40 or 64 hex digits";
  if (/^(?:0x)?[0-9a-f]{1,39}$/.test(hex)) {
    throw malformed(place, `${quoted(text)} is a short key id, and anybody can make a key with the same one`, hint);
  }
  throw malformed(place, `not a fingerprint: ${quoted(text)}`, hint);
}

/** `Ed`, eight bytes of key number, 32 bytes of key: what minisign and signify publish, in base64. */
function edKeyOf(place: Place): string {
  const text = exactTextOf(place);
  const bytes = strictBase64(text);
  if (bytes?.length === 42 && bytes.toString("latin1", 0, 2) === "Ed") return bytes.toString("base64");
  const hint = "write the second line of the public key file: 56 characters that start with RW";
  if (/^(?:0x)?[0-9a-f]{8,16}$/i.test(text)) {
    throw malformed(place, `${quoted(text)} is a key number, and anybody can make a key with the same one`, hint);
  }
  // What a secret key file holds must not be repeated in a message.
  if (bytes !== undefined && bytes.length > 74)
    throw malformed(
      place,
      "is a secret key: nothing here needs one, and a file that others can read is no place for it",
      hint,
    );
  throw malformed(place, `not a public key: ${quoted(text)}`, hint);
}

function edMaterial({ identity }: Pin): string {
  return ed25519Material(Buffer.from(identity, "base64").subarray(10));
}

/** As `x509` pins the same key: by the SHA-256 of its SubjectPublicKeyInfo. */
function ed25519Material(raw: Uint8Array): string {
  return `key ${ed25519Spki(raw)}`;
}

/** OpenSSL prints it with colons, and in capitals. */
function certificateDigestOf(place: Place): string {
  const text = exactTextOf(place);
  const hex = text.replaceAll(/[: ]/g, "").toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  const hint = "openssl x509 -noout -fingerprint -sha256 -in FILE prints it: 64 hex digits";
  if (/^[0-9a-f]{40}$/.test(hex)) throw malformed(place, `${quoted(text)} is a SHA-1, which can be forged`, hint);
  throw malformed(place, `not the SHA-256 of a certificate or public key: ${quoted(text)}`, hint);
}

/** With or without padding; kept without, as registries write it. */
function keyIdOf(place: Place): string {
  const text = exactTextOf(place);
  const [, base64] = /^SHA256:([A-Za-z0-9+/]{43})=?$/.exec(text) ?? [];
  if (base64 !== undefined && strictBase64(`${base64}=`)?.length === 32) return `SHA256:${base64}`;
  throw malformed(place, `not a key id: ${quoted(text)}`, "registries publish it as keyid: SHA256: and 43 characters");
}

function issuerOf(place: Place): string {
  const text = refusePattern(place, exactTextOf(place));
  if (/^https?:\/\/[^\s/]+\S*$/.test(text)) return text;
  throw malformed(place, `not the URL of an issuer: ${quoted(text)}`, "write it as the certificate has it: https://…");
}

/** Numbers that a forge gives: they survive a rename, and JSON numbers would lose their last digits. */
function idOf(place: Place): string {
  const text = textOf(place);
  if (/^[1-9][0-9]{0,19}$/.test(text)) return text;
  throw malformed(place, `not an id: ${quoted(text)}`, "an id has digits alone, in quotes");
}

/** What would never match, because it was meant to match many. */
function refusePattern(place: Place, text: string): string {
  if (!/[*\\]|^\^|\$$|\.\+/.test(text)) return text;
  throw malformed(place, `${quoted(text)} looks like a pattern`, "identities compare exactly: write each in full");
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
