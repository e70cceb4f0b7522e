// Just enough DER (X.690) to write certificates and timestamps that no tool would make.

import { sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

export function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts);
  if (value.length < 0x80) return Buffer.concat([Buffer.from([tag, value.length]), value]);
  const digits = value.length.toString(16);
  const size = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, value]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Buffer => tlv(0x31, ...parts);
export const octets = (...parts: readonly Uint8Array[]): Buffer => tlv(0x04, ...parts);
export const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text));
export const boolean = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 0xff : 0]));
export const bits = (bytes: Uint8Array, unused = 0): Buffer => tlv(0x03, Buffer.from([unused]), bytes);
/** Context-specific and constructed: `[n]`. */
export const context = (n: number, ...parts: readonly Uint8Array[]): Buffer => tlv(0xa0 | n, ...parts);

/** A positive integer of big-endian bytes. */
export function integer(value: number | Uint8Array): Buffer {
  const bytes = typeof value === "number" ? Buffer.from([value]) : Buffer.from(value);
  return tlv(0x02, (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.from([0]), bytes]));
}

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const digits = (value: number): number[] => {
    const result = [value & 0x7f];
    for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128))
      result.unshift(0x80 | (left & 0x7f));
    return result;
  };
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(digits)]));
}

const stamp = (time: Date): string => `${time.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`;
export const utcTime = (time: Date): Buffer => tlv(0x17, Buffer.from(stamp(time).slice(2)));
export const generalizedTime = (time: Date): Buffer => tlv(0x18, Buffer.from(stamp(time)));

export const name = (commonName: string): Buffer => sequence(set(sequence(oid("2.5.4.3"), utf8(commonName))));

export const SHA256 = "2.16.840.1.101.3.4.2.1";
const ECDSA_SHA256 = "1.2.840.10045.4.3.2";
export const ecdsaSha256 = (): Buffer => sequence(oid(ECDSA_SHA256));

export interface Extension {
  readonly oid: string;
  readonly critical?: boolean;
  /** DER, or whatever the extension holds. */
  readonly value: Uint8Array;
}

export interface CertificateFields {
  readonly serial: Uint8Array;
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly key: KeyObject;
  readonly extensions: readonly Extension[];
}

/** What is signed in a certificate (RFC 5280 section 4.1). */
export function tbsCertificate(fields: CertificateFields): Buffer {
  const extensions = fields.extensions.map(({ oid: type, critical, value }) =>
    sequence(oid(type), ...(critical === true ? [boolean(true)] : []), octets(value)),
  );
  return sequence(
    context(0, integer(2)),
    integer(fields.serial),
    ecdsaSha256(),
    fields.issuer,
    sequence(utcTime(fields.notBefore), utcTime(fields.notAfter)),
    fields.subject,
    fields.key.export({ type: "spki", format: "der" }),
    context(3, sequence(...extensions)),
  );
}

/** @param key of the issuer, on P-256 */
export function certificate(fields: CertificateFields, key: KeyObject): Buffer {
  const tbs = tbsCertificate(fields);
  return sequence(tbs, ecdsaSha256(), bits(sign("sha256", tbs, key)));
}
