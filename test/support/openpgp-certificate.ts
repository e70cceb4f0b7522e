// Public keys put together from forged packets: user ids, subkeys, bindings, revocations, each of which may be
// left out, be made by the wrong key, or break a rule.

import {
  BORN,
  created,
  forgeSignature,
  forgeSignatureBody,
  framed,
  issuerFingerprint,
  keyFlags,
  packet,
  subpacket,
  u32,
} from "./openpgp-forge.ts";
import type { ForgedKey, SignatureFields } from "./openpgp-forge.ts";

/** Section 5.2.3.29. */
export const FLAGS = { certify: 1, sign: 2, encrypt: 4 } as const;

export interface CertificateFields {
  /** Key flags of the primary key; default: certify and sign. Undefined: no such subpacket. */
  readonly flags?: number | undefined;
  /** Seconds since 1970 of the self-signature; default: when the key was born. */
  readonly certified?: number;
  /** Seconds after its birth at which the key expires. */
  readonly expires?: number;
  /** Packets between the primary key and its user id, where revocations stand. */
  readonly direct?: readonly Buffer[];
  /** Packets behind the user id: subkeys with their bindings. */
  readonly subkeys?: readonly Buffer[];
  /** Who makes the self-signature; default the key itself. */
  readonly certifier?: ForgedKey;
}

/** A whole public key: primary key, user id or direct-key signature (version 6), subkeys. */
export function certificate(key: ForgedKey, fields: CertificateFields = {}): Buffer {
  const { certified = BORN, expires, direct = [], subkeys = [], certifier = key } = fields;
  const flags = "flags" in fields ? fields.flags : FLAGS.certify | FLAGS.sign;
  const hashed = [
    created(certified),
    issuerFingerprint(certifier),
    ...(flags === undefined ? [] : [keyFlags(flags)]),
    ...(expires === undefined ? [] : [subpacket(9, u32(expires))]),
  ];
  const userId = Buffer.from("test-only-forged <forged@boltseal.example>");
  const framedKey = framed(key.version, key.body);
  const ownership =
    key.version === 6
      ? [forgeSignature(certifier, framedKey, { type: 0x1f, hashed })]
      : [
          packet(13, userId),
          forgeSignature(certifier, Buffer.concat([framedKey, Buffer.from([0xb4]), u32(userId.length), userId]), {
            type: 0x13,
            hashed,
          }),
        ];
  return Buffer.concat([packet(6, key.body), ...direct, ...ownership, ...subkeys]);
}

export interface BindingFields {
  /** Who makes the binding; default the primary key. */
  readonly binder?: ForgedKey;
  readonly flags?: number;
  readonly bound?: number;
  /** Who makes the back-signature (section 5.2.1.9); default the subkey, undefined: there is none. */
  readonly back?: ForgedKey | undefined;
  /** The primary key that the back-signature is over; default the one that binds. */
  readonly backOver?: ForgedKey;
}

function framedPair(primary: ForgedKey, subkey: ForgedKey): Buffer {
  return Buffer.concat([framed(primary.version, primary.body), framed(subkey.version, subkey.body)]);
}

/** A signing subkey and its binding to the primary key. */
export function boundSubkey(primary: ForgedKey, subkey: ForgedKey, fields: BindingFields = {}): Buffer {
  const { binder = primary, flags = FLAGS.sign, bound = BORN, backOver = primary } = fields;
  const back = "back" in fields ? fields.back : subkey;
  const hashed = [
    created(bound),
    issuerFingerprint(binder),
    keyFlags(flags),
    ...(back === undefined ? [] : [backSignature(backOver, subkey, back, bound)]),
  ];
  const binding = forgeSignature(binder, framedPair(primary, subkey), { type: 0x18, hashed });
  return Buffer.concat([packet(14, subkey.body), binding]);
}

function backSignature(primary: ForgedKey, subkey: ForgedKey, back: ForgedKey, time: number): Buffer {
  const hashed = [created(time), issuerFingerprint(back)];
  const body = forgeSignatureBody(back, framedPair(primary, subkey), { type: 0x19, hashed });
  return subpacket(32, body);
}

export interface RevocationFields extends SignatureFields {
  readonly by?: ForgedKey;
  /** Section 5.2.3.31: 0 no reason, 1 superseded, 2 compromised, 3 retired. */
  readonly reason?: number;
  readonly time?: number;
}

/** A revocation of the primary key, or of a subkey. */
export function revocation(primary: ForgedKey, subkey?: ForgedKey, fields: RevocationFields = {}): Buffer {
  const { by = primary, reason = 2, time = BORN + 90 * 86400, ...signature } = fields;
  const hashed = [created(time), issuerFingerprint(by), subpacket(29, Buffer.from([reason]))];
  const data = subkey === undefined ? framed(primary.version, primary.body) : framedPair(primary, subkey);
  return forgeSignature(by, data, { type: subkey === undefined ? 0x20 : 0x28, hashed, ...signature });
}

/** ASCII armor without a checksum. */
export function armored(type: "SIGNATURE" | "PUBLIC KEY BLOCK" | "PRIVATE KEY BLOCK", bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PGP ${type}-----\n\n${lines.join("\n")}\n-----END PGP ${type}-----\n`;
}
