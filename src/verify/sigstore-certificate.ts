// Who a Fulcio certificate speaks of: its names and Fulcio's extensions, read from the certificate's own bytes. The
// library drops the eighth bit of every byte of a name; here each must be ASCII or UTF-8, and nothing is a pattern.

import { X509Certificate as NodeCertificate } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { X509Certificate } from "@sigstore/core";
import { MalformedBundleError, UnsupportedBundleError } from "./sigstore-shape.ts";

/** Fulcio's arc; docs/oid-info.md of sigstore/fulcio. */
const FULCIO = "1.3.6.1.4.1.57264.1";
const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
/** Extensions that may be critical, because they are looked at here or by the library: key usage, names, constraints, purposes. */
const UNDERSTOOD: readonly string[] = ["2.5.29.15", SUBJECT_ALTERNATIVE_NAME, "2.5.29.19", "2.5.29.37"];
/** id-kp-codeSigning, RFC 5280 section 4.2.1.12. */
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

/** What the authority that issued the certificate vouches for. */
export interface CertificateFacts {
  /** Subject alternative name: URI, e-mail address or Fulcio's user name. */
  readonly san: string;
  /** OIDC issuer. */
  readonly issuer: string;
  readonly repositoryId?: string;
  readonly ownerId?: string;
  /** URI of the workflow that signed. */
  readonly builder?: string;
  /** URI and commit of the source repository that it was started for. */
  readonly repository?: string;
  readonly commit?: string;
  /** URI of the top-level configuration of the build, which may call the workflow that signed. */
  readonly buildConfig?: string;
}

/** The certificate that a bundle's signature is checked with. */
export interface Leaf {
  readonly certificate: X509Certificate;
  readonly key: KeyObject;
  readonly facts: CertificateFacts;
}

interface Parsed {
  readonly certificate: X509Certificate;
  readonly node: NodeCertificate;
}

/** @throws MalformedBundleError */
function readNode(der: Buffer): NodeCertificate {
  try {
    return new NodeCertificate(der);
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(error: unknown): MalformedBundleError {
  const reason = error instanceof Error ? error.message : String(error);
  return new MalformedBundleError(`its certificate cannot be read: ${reason}`);
}

/** @throws MalformedBundleError */
function parseCertificate(der: Buffer): Parsed {
  const node = readNode(der);
  let certificate: X509Certificate;
  let written: Buffer;
  try {
    certificate = X509Certificate.parse(Buffer.from(der));
    written = certificate.root.toDER();
  } catch (error) {
    throw unreadable(error);
  }
  // Two programs read it, the library and OpenSSL: every byte stands where DER puts it, and none follows.
  if (!written.equals(der) || !node.raw.equals(der)) throw new MalformedBundleError("its certificate is not DER");
  return { certificate, node };
}

/**
 * The certificate of the signature, first of the chain. The others of the chain prove nothing, since authorities are
 * taken from the trusted root alone; one that is its own issuer must not be there (Sigstore bundle format).
 * @throws MalformedBundleError, UnsupportedBundleError
 */
export function readLeaf(chain: readonly Buffer[]): Leaf {
  const [first, ...others] = chain;
  if (first === undefined) throw new MalformedBundleError("its certificate chain is empty");
  if (others.map(readNode).some(({ subject, issuer }) => subject === issuer))
    throw new MalformedBundleError("its certificate chain brings its own root");
  const { certificate, node } = parseCertificate(first);
  if (node.ca) throw new MalformedBundleError("its certificate is one of an authority");
  if (!node.keyUsage?.includes(CODE_SIGNING)) throw new MalformedBundleError("its certificate is not for signing code");
  const extensions = extensionsOf(certificate);
  for (const [oid, { critical }] of extensions) {
    if (critical && !UNDERSTOOD.includes(oid))
      throw new UnsupportedBundleError(`its certificate has a critical extension that is not known here (${oid})`);
  }
  return { certificate, key: node.publicKey, facts: factsOf(extensions) };
}

interface Extension {
  readonly critical: boolean;
  /** The octets of extnValue, and what they hold when that is DER. */
  readonly octets: Buffer;
  readonly inner: X509Certificate["root"] | undefined;
}

/** By object identifier. RFC 5280 section 4.2: none appears twice. */
function extensionsOf(certificate: X509Certificate): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  try {
    for (const { subs } of certificate.extensions) {
      const oid = subs[0]?.toOID() ?? "";
      const value = subs.at(-1);
      if (extensions.has(oid) || value === undefined)
        throw new MalformedBundleError(`its certificate has the extension ${oid} twice`);
      const critical = subs.length === 3 && subs[1]?.toBoolean() === true;
      extensions.set(oid, {
        critical,
        octets: value.value,
        inner: value.subs.length === 1 ? value.subs[0] : undefined,
      });
    }
  } catch (error) {
    if (error instanceof MalformedBundleError) throw error;
    throw new MalformedBundleError("an extension of its certificate cannot be read");
  }
  return extensions;
}

function factsOf(extensions: ReadonlyMap<string, Extension>): CertificateFacts {
  // 1.8 is a UTF8String; 1.1, of older certificates, holds the bare text. Programs differ in which they read.
  const old = extensions.get(`${FULCIO}.1`);
  const issuers = [utf8String(extensions, "8"), old === undefined ? undefined : decode(old.octets)];
  const [issuer, other = issuer] = issuers.filter((text) => text !== undefined);
  if (issuer !== other) throw new MalformedBundleError("its certificate names two OIDC issuers");
  if (issuer === undefined) throw new MalformedBundleError("its certificate names no OIDC issuer");
  const facts = {
    builder: utf8String(extensions, "9"),
    repository: utf8String(extensions, "12"),
    commit: utf8String(extensions, "13"),
    repositoryId: utf8String(extensions, "15"),
    ownerId: utf8String(extensions, "17"),
    buildConfig: utf8String(extensions, "18"),
  };
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  return { san: nameOf(extensions), issuer, ...(known as Partial<Record<keyof typeof facts, string>>) };
}

const UTF8_STRING = 12;

function utf8String(extensions: ReadonlyMap<string, Extension>, arc: string): string | undefined {
  const extension = extensions.get(`${FULCIO}.${arc}`);
  if (extension === undefined) return undefined;
  const { inner } = extension;
  if (inner === undefined || !inner.tag.isUniversal() || inner.tag.number !== UTF8_STRING)
    throw new MalformedBundleError(`its certificate's extension ${FULCIO}.${arc} is no text`);
  return decode(inner.value);
}

/** RFC 5280 section 4.2.1.6: rfc822Name [1] and URI [6] are ASCII; otherName [0] of Fulcio's type 1.7 holds a UTF8String. */
function nameOf(extensions: ReadonlyMap<string, Extension>): string {
  const names = extensions.get(SUBJECT_ALTERNATIVE_NAME)?.inner?.subs ?? [];
  const [name] = names;
  // With several names it would depend on the reader which one counts.
  if (name === undefined || names.length > 1)
    throw new MalformedBundleError(`its certificate has ${names.length} subject alternative names, not one`);
  if (name.tag.isContextSpecific(1) || name.tag.isContextSpecific(6)) {
    if (!/^[\x21-\x7e]+$/.test(name.value.toString("latin1")))
      throw new MalformedBundleError("its certificate's subject alternative name is not ASCII");
    return name.value.toString("latin1");
  }
  const [type, wrapped] = name.subs;
  const inner = wrapped?.subs[0];
  const isUserName = name.tag.isContextSpecific(0) && type?.tag.isOID() === true && type.toOID() === `${FULCIO}.7`;
  if (!isUserName || inner === undefined || inner.tag.number !== UTF8_STRING)
    throw new UnsupportedBundleError("its certificate's subject alternative name is of a kind that is not known here");
  return decode(inner.value);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new MalformedBundleError("a text of its certificate is not UTF-8");
  }
}
