// A certificate (RFC 5280), read by ourselves: its names, dates and extensions as the strict reader of DER sees them.
// Keys and the signatures of issuers are left to node:crypto, which must read the same bytes.
//
//   Certificate    = SEQUENCE { TBSCertificate, AlgorithmIdentifier, BIT STRING }
//   TBSCertificate = SEQUENCE { [0] version, INTEGER serial, AlgorithmIdentifier, Name issuer,
//                    SEQUENCE { notBefore, notAfter }, Name subject, SubjectPublicKeyInfo,
//                    [1] id?, [2] id?, [3] { SEQUENCE OF SEQUENCE { OID, BOOLEAN critical?, OCTET STRING } }? }

import { createHash, createPublicKey, X509Certificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { booleanOf, bytesOfBits, context, DerError, expect, integerOf, oidOf } from "./x509-der.ts";
import { readDer, smallIntegerOf, spkiInput, TAG, timeOf } from "./x509-der.ts";
import type { Element } from "./x509-der.ts";
import { nameText } from "./x509-name.ts";

/** What a certificate says. Nothing of it is believed before a pin or an issuer stands behind it. */
export interface Certificate {
  readonly der: Uint8Array;
  /** SHA-256 of the certificate, and of its SubjectPublicKeyInfo: lower-case hex. */
  readonly sha256: string;
  readonly spkiSha256: string;
  /** Names as DER, in lower-case hex: they are compared byte for byte. */
  readonly issuer: string;
  readonly subject: string;
  /** The subject to be read, on one line. */
  readonly subjectText: string;
  readonly serial: string;
  readonly spki: Uint8Array;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** OID of the algorithm that the issuer signed with. */
  readonly signedWith: string;
  readonly signedWithParameters?: Element;
  readonly extensions: Extensions;
}

export interface Extensions {
  /** basicConstraints says CA:TRUE. */
  readonly isAuthority: boolean;
  /** How many authorities may stand between it and the signer. */
  readonly pathLength?: number;
  /** Names of the bits that are set; absent where the extension is. */
  readonly keyUsage?: readonly KeyUsage[];
  /** OIDs; absent where the extension is. */
  readonly purposes?: readonly string[];
  readonly purposesCritical?: boolean;
  /** Lower-case hex. */
  readonly keyIdentifier?: string;
  readonly issuerKeyIdentifier?: string;
  /** A limit that is not understood here: why the certificate cannot be relied on. */
  readonly notUnderstood?: string;
}

const KEY_USAGES = ["digitalSignature", "nonRepudiation", "", "", "", "keyCertSign", "cRLSign"] as const;
export type KeyUsage = Exclude<(typeof KEY_USAGES)[number], "">;

/** @throws DerError when it is no certificate */
export function readCertificate(der: Uint8Array): Certificate {
  return certificateOf(readDer(der));
}

/** @throws DerError when it is no certificate */
export function certificateOf(element: Element): Certificate {
  const [tbs, outer, signature, ...behind] = expect(element, TAG.sequence, "certificate").parts;
  const fields = [...expect(tbs, TAG.sequence, "certificate's content").parts];
  const version = fields[0]?.tag === context(0) ? smallIntegerOf(fields.shift()?.parts[0], "certificate's version") : 0;
  const [serial, inner, issuer, validity, subject, spki, ...optional] = fields;
  bytesOfBits(signature, "certificate's signature");
  const algorithm = expect(inner, TAG.sequence, "certificate's algorithm");
  // Section 4.1.1.2.
  if (
    behind.length > 0 ||
    !Buffer.from(algorithm.raw).equals(expect(outer, TAG.sequence, "certificate's algorithm").raw)
  )
    throw new DerError("a certificate names two algorithms");
  const dates = expect(validity, TAG.sequence, "certificate's validity").parts;
  const key = expect(spki, TAG.sequence, "certificate's key").raw;
  refuseUnlikeLibrary(element.raw);
  return {
    der: element.raw,
    sha256: sha256(element.raw),
    spkiSha256: sha256(key),
    issuer: hex(expect(issuer, TAG.sequence, "certificate's issuer").raw),
    subject: hex(expect(subject, TAG.sequence, "certificate's subject").raw),
    subjectText: nameText(expect(subject, TAG.sequence, "certificate's subject")),
    serial: hex(integerOf(serial, "certificate's serial number")),
    spki: key,
    notBefore: timeOf(dates[0], "certificate's first day"),
    notAfter: timeOf(dates[1], "certificate's last day"),
    signedWith: oidOf(algorithm.parts[0], "certificate's algorithm"),
    ...(algorithm.parts[1] === undefined ? {} : { signedWithParameters: algorithm.parts[1] }),
    extensions: extensionsOf(optional, version),
  };
}

/** Two readers must see the same bytes as a certificate. @throws DerError */
function refuseUnlikeLibrary(der: Uint8Array): void {
  let raw: Buffer | undefined;
  try {
    ({ raw } = new X509Certificate(der));
  } catch {
    // The library's reasons differ between versions.
    raw = undefined;
  }
  if (raw?.equals(der) !== true) throw new DerError("a certificate is not well formed");
}

const OIDS = {
  keyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  issuerKeyIdentifier: "2.5.29.35",
  purposes: "2.5.29.37",
} as const;
const READ: readonly string[] = Object.values(OIDS);
/** Other names of subject and issuer, and policies: they limit nothing that is asked here. */
const HARMLESS = ["2.5.29.17", "2.5.29.18", "2.5.29.32"];
const NAME_CONSTRAINTS = "2.5.29.30";

interface Extension {
  readonly critical: boolean;
  readonly value: Element;
}

/** Section 4.2: only version 3 has them, each at most once. */
function extensionsOf(optional: readonly Element[], version: number): Extensions {
  const found = new Map<string, Extension>();
  const list = optional.filter(({ tag }) => tag === context(3));
  if (list.length > 1 || (list.length === 1 && version !== 2))
    throw new DerError("a certificate has misplaced extensions");
  for (const extension of list[0]?.parts[0]?.parts ?? []) {
    const [id, ...rest] = extension.parts;
    const oid = oidOf(id, "certificate's extension");
    if (found.has(oid)) throw new DerError("a certificate has an extension twice");
    const critical = rest.length === 2 && booleanOf(rest[0], "certificate's extension");
    const value = expect(rest.at(-1), TAG.octetString, "certificate's extension").content;
    found.set(oid, { critical, value: READ.includes(oid) ? readDer(value) : extension });
  }
  const unknown = [...found].find(
    ([oid, { critical }]) => oid === NAME_CONSTRAINTS || (critical && !READ.includes(oid) && !HARMLESS.includes(oid)),
  );
  return {
    ...basicConstraints(found.get(OIDS.basicConstraints)?.value),
    ...usages(found.get(OIDS.keyUsage)?.value, found.get(OIDS.purposes)),
    ...identifiers(found.get(OIDS.keyIdentifier)?.value, found.get(OIDS.issuerKeyIdentifier)?.value),
    ...(unknown === undefined
      ? {}
      : {
          notUnderstood: `a certificate has the extension ${unknown[0]}, which limits it in a way that is not understood here`,
        }),
  };
}

/** Section 4.2.1.9: `SEQUENCE { BOOLEAN cA DEFAULT FALSE, INTEGER pathLen? }`. */
function basicConstraints(value: Element | undefined): Pick<Extensions, "isAuthority" | "pathLength"> {
  if (value === undefined) return { isAuthority: false };
  const [first, ...rest] = expect(value, TAG.sequence, "certificate's constraints").parts;
  const isAuthority = first !== undefined && booleanOf(first, "certificate's constraints");
  return rest.length === 0
    ? { isAuthority }
    : { isAuthority, pathLength: smallIntegerOf(rest[0], "certificate's constraints") };
}

/** Sections 4.2.1.3 (BIT STRING, first bit first) and 4.2.1.12 (SEQUENCE OF OID). */
function usages(keyUsage: Element | undefined, purposes: Extension | undefined): Partial<Extensions> {
  const [, bits = 0] = keyUsage === undefined ? [] : expect(keyUsage, TAG.bitString, "certificate's key usage").content;
  const parts = purposes === undefined ? [] : expect(purposes.value, TAG.sequence, "certificate's purposes").parts;
  return {
    ...(keyUsage === undefined
      ? {}
      : { keyUsage: KEY_USAGES.filter((name, bit): name is KeyUsage => name !== "" && ((bits << bit) & 0x80) !== 0) }),
    ...(purposes === undefined
      ? {}
      : { purposes: parts.map((part) => oidOf(part, "certificate's purposes")), purposesCritical: purposes.critical }),
  };
}

/** Sections 4.2.1.2 (OCTET STRING) and 4.2.1.1 (`SEQUENCE { [0] keyIdentifier?, … }`). */
function identifiers(own: Element | undefined, issuers: Element | undefined): Partial<Extensions> {
  const issuer = issuers?.parts.find(({ tag }) => tag === 0x80);
  return {
    ...(own === undefined
      ? {}
      : { keyIdentifier: hex(expect(own, TAG.octetString, "certificate's key identifier").content) }),
    ...(issuer === undefined ? {} : { issuerKeyIdentifier: hex(issuer.content) }),
  };
}

/** The certificate's key; undefined for a kind of key that node:crypto does not know. */
export function publicKeyOf({ spki }: Pick<Certificate, "spki">): KeyObject | undefined {
  try {
    return createPublicKey(spkiInput(spki));
  } catch {
    // The library has codes for this that differ between versions: whatever it is, the key cannot be used.
    return undefined;
  }
}

/**
 * SHA-256 of the key as a SubjectPublicKeyInfo in its usual form, lower-case hex: certificates may write one key in
 * several ways (a point in short form, parameters left out).
 */
export function keyDigest(key: KeyObject): string {
  const usual =
    key.asymmetricKeyType === "ec" ? createPublicKey({ key: key.export({ format: "jwk" }), format: "jwk" }) : key;
  return sha256(usual.export({ format: "der", type: "spki" }));
}

/** Whether the issuer's key made the signature on the certificate. */
export function isIssuedBy(child: Certificate, issuer: Certificate): boolean {
  const key = publicKeyOf(issuer);
  if (key === undefined) return false;
  try {
    const certificate = new X509Certificate(child.der);
    return certificate.raw.equals(child.der) && certificate.verify(key);
  } catch {
    // Not a certificate for the library, or signed with what it does not know: not known to be issued by this key.
    return false;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
