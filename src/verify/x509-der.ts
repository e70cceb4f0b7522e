// DER, the encoding of certificates and CMS, read strictly and within limits. There is one way to write each value
// (X.690 section 10), and any other is refused: two programs could read it in two ways.
//
//   element = tag, length, content            tag numbers below 31 alone, in one byte
//   length  = 1 byte below 128, or 0x80 + count and that many bytes, as few as possible; never indefinite
//   content = elements, where the tag says "constructed"; else bytes, which are never looked into

import type { PublicKeyInput } from "node:crypto";

/** What is wrong, as a clause. */
export class DerError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "DerError";
  }
}

export interface Element {
  /** The first byte, with class and "constructed". */
  readonly tag: number;
  /** Tag, length and content. */
  readonly raw: Uint8Array;
  readonly content: Uint8Array;
  /** Of a constructed element; else empty. */
  readonly parts: readonly Element[];
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** `[n]`, constructed. */
export function context(number: number): number {
  return 0xa0 + number;
}

/** Certificates and signatures need about fifteen levels. */
const MAX_DEPTH = 32;
/** A signature with a chain and a timestamp has about a thousand elements. */
const MAX_ELEMENTS = 50_000;

/** The one element that the bytes hold, and nothing after it. @throws DerError */
export function readDer(bytes: Uint8Array): Element {
  const elements = readElements(bytes, 0, { left: MAX_ELEMENTS });
  const [only] = elements;
  if (only === undefined || elements.length !== 1) throw new DerError("bytes stand behind its end");
  return only;
}

function readElements(bytes: Uint8Array, depth: number, budget: { left: number }): readonly Element[] {
  if (depth > MAX_DEPTH) throw new DerError(`it is nested deeper than ${MAX_DEPTH} levels`);
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length;) {
    if (--budget.left < 0) throw new DerError(`it has more than ${MAX_ELEMENTS} elements`);
    const { tag, start, end } = readHeader(bytes, at);
    const content = bytes.subarray(start, end);
    const parts = (tag & 0x20) === 0 ? [] : readElements(content, depth + 1, budget);
    elements.push({ tag, raw: bytes.subarray(at, end), content, parts });
    at = end;
  }
  return elements;
}

function readHeader(bytes: Uint8Array, at: number): { tag: number; start: number; end: number } {
  const tag = bytes[at] ?? 0;
  const first = bytes[at + 1];
  if ((tag & 0x1f) === 0x1f) throw new DerError("it has a tag of several bytes");
  // Of the universal types exactly SEQUENCE and SET are constructed (X.690 sections 8 and 10.2).
  const isSeries = tag === TAG.sequence || tag === TAG.set;
  if (tag === 0 || (tag < 0x40 && ((tag & 0x20) !== 0) !== isSeries))
    throw new DerError("it has a tag that is not DER");
  if (tag === 0x10 || tag === 0x11) throw new DerError("it has a tag that is not DER");
  if (first === undefined) throw new DerError("it is cut off");
  if (first === 0x80) throw new DerError("it has an indefinite length");
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (count > 4) throw new DerError("it has an impossible length");
  const start = at + 2 + count;
  if (start > bytes.length) throw new DerError("it is cut off");
  let length = first;
  if (count > 0) {
    length = bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
    if (length < (count === 1 ? 128 : 256 ** (count - 1))) throw new DerError("it has a length that is not DER");
  }
  if (start + length > bytes.length) throw new DerError("it is cut off");
  return { tag, start, end: start + length };
}

/** The element, if it is there and has the tag. @throws DerError that names `what` */
export function expect(element: Element | undefined, tag: number, what: string): Element {
  if (element?.tag !== tag) throw new DerError(`its ${what} is missing, or not what it should be`);
  return element;
}

/** Dotted numbers. @throws DerError */
export function oidOf(element: Element | undefined, what: string): string {
  const { content } = expect(element, TAG.oid, what);
  const arcs: bigint[] = [];
  let arc = 0n;
  let fresh = true;
  for (const byte of content) {
    if (content.length > 32 || (fresh && byte === 0x80)) throw new DerError(`its ${what} is not DER`);
    arc = arc * 128n + BigInt(byte & 0x7f);
    fresh = (byte & 0x80) === 0;
    if (fresh) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const [first, ...rest] = arcs;
  if (first === undefined || !fresh) throw new DerError(`its ${what} is not DER`);
  const top = first < 80n ? first / 40n : 2n;
  return [top, first - top * 40n, ...rest].join(".");
}

/** An INTEGER's content, as few bytes as possible. @throws DerError */
export function integerOf(element: Element | undefined, what: string): Uint8Array {
  const { content } = expect(element, TAG.integer, what);
  const [first = 0, second] = content;
  const padded = second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80));
  if (content.length === 0 || padded) throw new DerError(`its ${what} is not DER`);
  return content;
}

/** An INTEGER from 0 to 32,767. @throws DerError */
export function smallIntegerOf(element: Element | undefined, what: string): number {
  const bytes = integerOf(element, what);
  if (bytes.length > 2 || (bytes[0] ?? 0) >= 0x80) throw new DerError(`its ${what} is out of range`);
  return Buffer.from(bytes).readUIntBE(0, bytes.length);
}

/** @throws DerError */
export function booleanOf(element: Element | undefined, what: string): boolean {
  const { content } = expect(element, TAG.boolean, what);
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw new DerError(`its ${what} is not DER`);
  return content[0] === 0xff;
}

const TIMES: Readonly<Record<number, RegExp>> = {
  [TAG.utcTime]: /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()Z$/,
  [TAG.generalizedTime]: /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{0,8}[1-9])?Z$/,
};

/**
 * UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 and RFC 5652 section 11.3 write them: with seconds, in UTC.
 * Fractions, which RFC 3161 has, are cut off. @throws DerError
 */
export function timeOf(element: Element | undefined, what: string): Date {
  const text = Buffer.from(element?.content ?? []).toString("latin1");
  const [, year = "", month = "", day, hour, minute, second, fraction = ""] =
    TIMES[element?.tag ?? 0]?.exec(text) ?? [];
  const century = year.length === 2 ? (Number(year) < 50 ? "20" : "19") : "";
  const iso = `${century}${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = new Date(iso);
  // The 30th of February, or hour 24, would come back as another time.
  if (year === "" || Number.isNaN(time.getTime()) || time.toISOString() !== iso || fraction.length > 10) {
    throw new DerError(`its ${what} is no time that can be read`);
  }
  return time;
}

/** A BIT STRING of whole bytes. @throws DerError */
export function bytesOfBits(element: Element | undefined, what: string): Uint8Array {
  const { content } = expect(element, TAG.bitString, what);
  if (content[0] !== 0) throw new DerError(`its ${what} is not of whole bytes`);
  return content.subarray(1);
}

/** A SubjectPublicKeyInfo, for node:crypto. */
export function spkiInput(der: Uint8Array): PublicKeyInput {
  return { key: Buffer.from(der), format: "der", type: "spki" };
}
