// OpenPGP framing (RFC 9580): ASCII armor, cleartext-signed text, packets. Ours, and stricter than the
// library's, because it must account for every byte: a second block, text around a block or a packet
// that is no signature is where two programs come to see two different things.
//
//   armor      = "-----BEGIN PGP " type "-----" *(name ": " value) blank *base64 ["=" crc24] "-----END PGP " type "-----"
//   cleartext  = "-----BEGIN PGP SIGNED MESSAGE-----" *("Hash: " names) blank *line armored-signature
//   packet     = tag length body        (sections 4.2.1, 4.2.2; no partial and no indeterminate lengths)

import { strictBase64 } from "../core/digest.ts";

/** The bytes are not what they claim to be. `message` is a clause. */
export class MalformedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MalformedError";
  }
}

export interface ArmorBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface Armored {
  readonly blocks: readonly ArmorBlock[];
  /** Non-blank text stands before, between or after the blocks. */
  readonly surrounded: boolean;
}

const BEGIN = /^-----BEGIN PGP ([A-Z ,/0-9]+)-----$/;
/** Section 6.2.2; anything else in the header of a signature is a forgery attempt or a bug. */
const ARMOR_HEADERS = /^(?:Version|Comment|MessageID|Hash|Charset): ?[^\x00-\x08\x0a-\x1f]*$/;
const BOM = [0xef, 0xbb, 0xbf];

/** Bytes without a UTF-8 byte order mark. */
export function withoutBom(bytes: Uint8Array): Uint8Array {
  return BOM.every((byte, i) => bytes[i] === byte) ? bytes.subarray(3) : bytes;
}

/** A loop: a regular expression takes quadratic time on a long run of blanks that does not end the line. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && " \t\r".includes(line.charAt(end - 1))) end--;
  return line.slice(0, end);
}

/** Lines without their ends (LF or CR LF) and trailing blanks, as latin1 so that no byte is lost. */
function armorLines(bytes: Uint8Array): string[] {
  return Buffer.from(withoutBom(bytes)).toString("latin1").split("\n").map(withoutTrailingBlanks);
}

/** True for text with a line that begins an armor block. Packets start with a byte of 0x80 or more. */
export function isArmored(bytes: Uint8Array): boolean {
  const text = Buffer.from(withoutBom(bytes));
  const at = text.indexOf("-----BEGIN PGP ");
  return (text[0] ?? 0) < 0x80 && (at === 0 || text.includes("\n-----BEGIN PGP "));
}

/**
 * All armor blocks of a file.
 * @throws MalformedError for a block without end, with a foreign header, bad base64 or a wrong checksum
 */
export function readArmor(bytes: Uint8Array): Armored {
  const blocks: ArmorBlock[] = [];
  let surrounded = false;
  const lines = armorLines(bytes);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const type = BEGIN.exec(line)?.[1];
    if (type === undefined) {
      surrounded ||= line !== "";
      continue;
    }
    const end = lines.indexOf(`-----END PGP ${type}-----`, i + 1);
    if (end === -1) throw new MalformedError(`the armor block "${type}" has no end`);
    blocks.push({ type, bytes: readArmorBody(lines.slice(i + 1, end)) });
    i = end;
  }
  return { blocks, surrounded };
}

function readArmorBody(lines: readonly string[]): Uint8Array {
  const blank = lines.indexOf("");
  if (blank === -1) throw new MalformedError("the armor has no blank line behind its headers");
  const foreign = lines.slice(0, blank).find((line) => !ARMOR_HEADERS.test(line));
  if (foreign !== undefined) throw new MalformedError(`the armor header "${foreign}" is not allowed`);
  const body = lines.slice(blank + 1);
  while (body.at(-1) === "") body.pop();
  const last = body.at(-1) ?? "";
  const checksum = /^=[A-Za-z0-9+/]{4}$/.test(last) ? body.pop()?.slice(1) : undefined;
  const bytes = strictBase64(body.join(""));
  if (bytes === undefined || bytes.length === 0) throw new MalformedError("the armor does not hold base64");
  if (checksum !== undefined && strictBase64(checksum)?.readUIntBE(0, 3) !== crc24(bytes)) {
    throw new MalformedError("the armor checksum is wrong");
  }
  return bytes;
}

/** RFC 9580 section 6.1. */
function crc24(bytes: Uint8Array): number {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x800000 ? 0x1864cfb : 0);
  }
  return crc & 0xffffff;
}

export interface CleartextMessage {
  /** The text as it was signed: dash escapes and trailing blanks removed, lines joined by CR LF. */
  readonly signedText: Uint8Array;
  /** The signature packets. */
  readonly signature: Uint8Array;
}

const SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----";

/** True when the first line begins a cleartext-signed message. */
export function isCleartext(bytes: Uint8Array): boolean {
  return Buffer.from(withoutBom(bytes)).subarray(0, SIGNED.length).toString("latin1") === SIGNED;
}

const LF = 0x0a;
/** Of a signed text. Signed lists are not that long, and in memory they are there several times. */
const MAX_TEXT_LINES = 100_000;
const MAX_TEXT_BYTES = 8 << 20;

/** @throws MalformedError */
function refuseLongText(bytes: Uint8Array): void {
  if (bytes.length > MAX_TEXT_BYTES) throw new MalformedError(`the signed text has more than ${MAX_TEXT_BYTES} bytes`);
  let lines = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    lines += 1;
    if (lines > MAX_TEXT_LINES) throw new MalformedError(`the signed text has more than ${MAX_TEXT_LINES} lines`);
  }
}

/**
 * Section 7: the framework for text that stays readable. Nothing but blanks may stand outside of it.
 * @throws MalformedError
 */
export function readCleartext(bytes: Uint8Array): CleartextMessage {
  refuseLongText(bytes);
  const lines = armorLines(bytes);
  const signatureAt = lines.indexOf("-----BEGIN PGP SIGNATURE-----");
  if (lines[0] !== SIGNED || signatureAt === -1) throw new MalformedError("the signed text has no signature");
  const blank = lines.indexOf("");
  if (blank === -1 || blank > signatureAt)
    throw new MalformedError("the signed text has no blank line behind its headers");
  const foreign = lines.slice(1, blank).find((line) => !/^Hash: ?[A-Za-z0-9, -]+$/.test(line));
  if (foreign !== undefined) throw new MalformedError(`the header "${foreign}" of the signed text is not allowed`);
  const text = lines.slice(blank + 1, signatureAt).map((line) => {
    // Section 7.1: a line that starts with a dash must be escaped, so a bare one is a forged border.
    if (line.startsWith("-") && !line.startsWith("- "))
      throw new MalformedError("a line of the signed text starts with an unescaped dash");
    return line.startsWith("- ") ? line.slice(2) : line;
  });
  const tail = readArmor(Buffer.from(lines.slice(signatureAt).join("\n"), "latin1"));
  const [block] = tail.blocks;
  if (tail.surrounded || tail.blocks.length !== 1 || block?.type !== "SIGNATURE") {
    throw new MalformedError("there is something behind the signed text's signature");
  }
  return {
    signedText: Buffer.from(text.map(withoutTrailingBlanks).join("\r\n"), "latin1"),
    signature: block.bytes,
  };
}

export interface Packet {
  readonly tag: number;
  readonly body: Uint8Array;
  /** Header and body. */
  readonly raw: Uint8Array;
}

/** Packet types (section 5) that matter to us. */
export const TAG = { signature: 2, secretKey: 5, publicKey: 6, marker: 10, publicSubkey: 14, padding: 21 } as const;

/**
 * All packets of a file; every byte belongs to one.
 * @param most an object is made for each, and the smallest takes two bytes
 * @throws MalformedError
 */
export function readPackets(bytes: Uint8Array, most: number): readonly Packet[] {
  const packets: Packet[] = [];
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at < view.length) {
    if (packets.length === most) throw new MalformedError(`there are more than ${most} packets`);
    const { tag, start, length } = readHeader(view, at);
    if (length > view.length - start) throw new MalformedError("a packet is longer than the file");
    packets.push({ tag, body: view.subarray(start, start + length), raw: view.subarray(at, start + length) });
    at = start + length;
  }
  return packets;
}

function readHeader(view: Buffer, at: number): { tag: number; start: number; length: number } {
  const need = (count: number): void => {
    if (at + count > view.length) throw new MalformedError("a packet header is cut off");
  };
  need(2);
  const first = view.readUInt8(at);
  if ((first & 0x80) === 0) throw new MalformedError("there are bytes that belong to no packet");
  if ((first & 0x40) === 0) {
    // Legacy format: the two low bits give the size of the length.
    const size = [1, 2, 4][first & 3];
    if (size === undefined) throw new MalformedError("a packet of indeterminate length is not allowed");
    need(1 + size);
    return { tag: (first >> 2) & 15, start: at + 1 + size, length: view.readUIntBE(at + 1, size) };
  }
  const tag = first & 63;
  const octet = view.readUInt8(at + 1);
  if (octet < 192) return { tag, start: at + 2, length: octet };
  if (octet < 224) {
    need(3);
    return { tag, start: at + 3, length: ((octet - 192) << 8) + view.readUInt8(at + 2) + 192 };
  }
  if (octet < 255) throw new MalformedError("a packet in parts is not allowed");
  need(6);
  return { tag, start: at + 6, length: view.readUInt32BE(at + 2) };
}

/** Sections 5.2.3.11 and 5.2.3.18: when a signature was made, and how long it lasts, in four octets each. */
const TIMES: readonly number[] = [2, 3];

/**
 * Sections 5.2.3 and 5.2.3.7: the subpackets of a version 4 or 6 signature fill their two areas exactly. The
 * library reads on where one is longer than its area, and would then see other fields than other programs; and
 * it takes times of any size, some of which are none.
 * @param body of a signature packet
 * @throws MalformedError
 */
export function checkSubpacketAreas(body: Uint8Array): void {
  const view = Buffer.from(body.buffer, body.byteOffset, body.length);
  const size = view[0] === 6 ? 4 : 2;
  let at = 4;
  for (const area of ["signed", "unsigned"]) {
    const end = at + size <= view.length ? at + size + view.readUIntBE(at, size) : Infinity;
    at += size;
    while (at < end && end <= view.length) {
      const { type, next } = readSubpacketHeader(view, at);
      if (area === "signed" && TIMES.includes(type) && next - at !== 6)
        throw new MalformedError("it holds a time that is none");
      at = next;
    }
    if (at !== end) throw new MalformedError(`its ${area} subpackets do not fill their place`);
  }
}

/** `next` is where the next one begins; Infinity when that is not known. */
function readSubpacketHeader(view: Buffer, at: number): { readonly type: number; readonly next: number } {
  const octet = view[at] ?? 0;
  const width = octet < 192 ? 1 : octet < 255 ? 2 : 5;
  if (at + width > view.length) return { type: 0, next: Infinity };
  const length =
    width === 1 ? octet : width === 2 ? ((octet - 192) << 8) + view.readUInt8(at + 1) + 192 : view.readUInt32BE(at + 1);
  return { type: (view[at + width] ?? 0) & 0x7f, next: length === 0 ? Infinity : at + width + length };
}
