// One header block of a tar archive: ustar (POSIX.1-1988) and GNU tar's older variant of it. Where programs read the
// same bytes differently (a prefix in GNU's variant, text behind a NUL, numbers with junk), the header is refused.

import { malformed, unsupported } from "./archive.ts";

export const BLOCK_BYTES = 512;

/** What follows a header. `extended`, `global`: records of pax for the next entry or all; `long-…`: GNU's long names. */
export type HeaderType = keyof typeof TYPES;

const TYPES = {
  file: "0",
  link: "1",
  symlink: "2",
  "character-device": "3",
  "block-device": "4",
  directory: "5",
  fifo: "6",
  extended: "x",
  global: "g",
  "long-name": "L",
  "long-link": "K",
} as const;

export interface TarHeader {
  readonly type: HeaderType;
  /** As it stands in the header, joined with the prefix. Where a longer one replaces it, it may be cut anywhere. */
  readonly rawName: Buffer;
  readonly rawLinkName: Buffer;
  /** Bytes of data behind the header, without padding. */
  readonly size: number;
  readonly mode: number;
}

/** User, group, time, and the two numbers of a device. */
const UNUSED_NUMBERS = [
  [108, 116],
  [116, 124],
  [136, 148],
  [329, 337],
  [337, 345],
] as const;

const POSIX_MAGIC = "ustar\x0000";
const GNU_MAGIC = "ustar  \0";
const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;
const PREFIX_AT = 345;
const PREFIX_BYTES = 155;
/** Within the prefix. */
const TIMES_AT = 131;

export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/**
 * name 100, mode 8, uid 8, gid 8, size 12, mtime 12, checksum 8, type 1, link name 100, magic and version 8,
 * user 32, group 32, devices 16, prefix 155, unused 12 (bytes).
 * @throws ArchiveRefusal
 */
export function readTarHeader(block: Buffer): TarHeader {
  refuseChecksum(block);
  const magic = block.toString("latin1", 257, 265);
  if (magic !== POSIX_MAGIC && magic !== GNU_MAGIC) throw unsupported("a header is neither of ustar nor of GNU tar");
  const type = typeOf(block.readUInt8(156));
  // Nobody needs these, but some programs take a header with a number that they cannot read for the archive's end.
  for (const [from, to] of UNUSED_NUMBERS) readOptional(block.subarray(from, to), "number");
  const base = readText(block.subarray(0, 100));
  const prefix = readPrefix(block, magic);
  return {
    type,
    rawName: prefix.length === 0 ? base : Buffer.concat([prefix, Buffer.from("/"), base]),
    rawLinkName: readText(block.subarray(157, 257)),
    size: readNumber(block.subarray(124, 136), "size"),
    mode: readOptional(block.subarray(100, 108), "mode"),
  };
}

/** The sum of all bytes, those of the checksum taken for spaces. */
function refuseChecksum(block: Buffer): void {
  const field = block.subarray(CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_BYTES);
  const sum = (bytes: Buffer): number => bytes.reduce((total, byte) => total + byte, 0);
  const expected = sum(block) - sum(field) + 0x20 * CHECKSUM_BYTES;
  if (readNumber(field, "checksum") !== expected) throw malformed("the checksum of a header is wrong");
}

function typeOf(flag: number): HeaderType {
  const letter = flag === 0 ? TYPES.file : String.fromCharCode(flag);
  for (const [type, known] of Object.entries(TYPES)) if (known === letter) return type as HeaderType;
  throw unsupported(`an entry is of a type that is not known (0x${flag.toString(16)})`);
}

/**
 * GNU tar keeps other things in the place of the prefix, and some programs take those for one. Tarballs of npm have
 * two times (12 each) at its end, where it is not longer than 130 bytes.
 */
function readPrefix(block: Buffer, magic: string): Buffer {
  const field = block.subarray(PREFIX_AT, PREFIX_AT + PREFIX_BYTES);
  const behind = block.subarray(PREFIX_AT + PREFIX_BYTES);
  const times = /^[0-7 \0]*$/.test(field.toString("latin1", TIMES_AT)) && field[TIMES_AT - 1] === 0;
  if (magic === POSIX_MAGIC && isZero(behind)) return readText(times ? field.subarray(0, TIMES_AT) : field);
  if (!isZero(field) || !isZero(behind)) throw unsupported("a header has fields that only one program knows");
  return Buffer.alloc(0);
}

/** Up to the first NUL or the end of the field, copied; behind a NUL there is nothing else. */
function readText(field: Buffer): Buffer {
  const end = field.indexOf(0);
  if (end >= 0 && !isZero(field.subarray(end))) throw malformed("text of a header goes on behind its end");
  return Buffer.from(end < 0 ? field : field.subarray(0, end));
}

/** 0 where there is none. */
function readOptional(field: Buffer, what: string): number {
  return isZero(field) ? 0 : readNumber(field, what);
}

/**
 * number = *space 1*octal-digit *(space / NUL)   ; POSIX
 *        / %x80 *octet                           ; GNU: base 256, most significant byte first
 */
function readNumber(field: Buffer, what: string): number {
  if (field[0] === 0x80) {
    const value = field.subarray(1).reduce((total, byte) => total * 256 + byte, 0);
    if (!Number.isSafeInteger(value)) throw malformed(`a ${what} in a header is no number`);
    return value;
  }
  const [, digits] = /^ *([0-7]+)[ \0]*$/.exec(field.toString("latin1")) ?? [];
  if (digits === undefined) throw malformed(`a ${what} in a header is no number`);
  return Number.parseInt(digits, 8);
}
