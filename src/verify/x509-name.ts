// Distinguished names of certificates as one line of text, so that no value can pass for another attribute.

import { oidOf } from "./x509-der.ts";
import type { Element } from "./x509-der.ts";

/** RFC 4519 and RFC 2985; others are shown by their number. */
const SHORT: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.5": "serialNumber",
  "2.5.4.6": "C",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "1.2.840.113549.1.9.1": "emailAddress",
};

const MAX_TEXT = 500;

/** `C=US, O=Acme, CN=Release`: in the order of the certificate, with RFC 4514's escapes. @throws DerError */
export function nameText(name: Element): string {
  const text = name.parts
    .map(({ parts }) =>
      parts
        .map(({ parts: [type, value] }) => `${attributeName(oidOf(type, "name"))}=${escape(valueText(value))}`)
        .join("+"),
    )
    .join(", ");
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

function attributeName(oid: string): string {
  return Object.hasOwn(SHORT, oid) ? (SHORT[oid] ?? oid) : oid;
}

/** X.680's string types; what is none, or not well formed, as hex. */
function valueText(value: Element | undefined): string {
  const bytes = Buffer.from(value?.content ?? []);
  // BMPString; UTF8String; PrintableString, TeletexString, IA5String.
  if (value?.tag === 0x1e && bytes.length % 2 === 0) return Buffer.from(bytes).swap16().toString("utf16le");
  if (value?.tag === 0x0c) return bytes.toString("utf8");
  if (value?.tag === 0x13 || value?.tag === 0x14 || value?.tag === 0x16) return bytes.toString("latin1");
  return `#${bytes.toString("hex")}`;
}

function escape(text: string): string {
  return text.replace(/[,+"\\<>;=()]/g, "\\$&");
}
