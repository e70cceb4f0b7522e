// What the readers of ELF, PE and Mach-O have in common: bytes by position, numbers in either byte order, and the few
// parts of a program that are looked for. Nothing is read whole, and every number in a program is its author's.

import { readSync } from "node:fs";
import { readError } from "../io/files.ts";
import type { TreeFile } from "./source.ts";

/** Bytes that are read by position: a file, or one program inside of a fat one. */
export interface ImageBytes {
  readonly size: number;
  /** At most `length` bytes from `at`; fewer at the end, none for a position that is outside. */
  read(at: number, length: number): Buffer;
  /** The part from `at`, at most `length` bytes long. */
  part(at: number, length: number): ImageBytes;
}

/** No single read is longer (bytes), whatever a program asks for. */
const MAX_READ = 64 << 20;

/** @param shown how messages call the file */
export function createImageBytes(file: TreeFile, shown: string): ImageBytes {
  return window(file, shown, 0, file.size);
}

function window(file: TreeFile, shown: string, start: number, size: number): ImageBytes {
  // False for NaN too.
  const isInside = (at: number): boolean => at >= 0 && at < size;
  return {
    size,
    read(at, length) {
      if (!isInside(at) || !(length > 0)) return Buffer.alloc(0);
      const bytes = Buffer.alloc(Math.min(length, size - at, MAX_READ));
      let done = 0;
      for (let count = 1; count > 0 && done < bytes.length; done += count) {
        try {
          count = readSync(file.fd, bytes, done, bytes.length - done, start + at + done);
        } catch (error) {
          throw readError(shown, error);
        }
      }
      return bytes.subarray(0, done);
    },
    part(at, length) {
      if (!isInside(at) || !(length > 0)) return window(file, shown, start, 0);
      return window(file, shown, start + at, Math.min(length, size - at));
    },
  };
}

/** Numbers at offsets of a piece of a program; 0 behind its end. */
export interface Fields {
  u8(at: number): number;
  u16(at: number): number;
  u32(at: number): number;
  /** 64 bits; `Infinity` for what no file is long enough for (2^53 and more). */
  u64(at: number): number;
}

export function fieldsOf(bytes: Buffer, littleEndian: boolean): Fields {
  const has = (at: number, length: number): boolean => at >= 0 && at + length <= bytes.length;
  return {
    u8: (at) => bytes[at] ?? 0,
    u16: (at) => (has(at, 2) ? (littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)) : 0),
    u32: (at) => (has(at, 4) ? (littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at)) : 0),
    u64(at) {
      if (!has(at, 8)) return 0;
      const value = littleEndian ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
      return value > BigInt(Number.MAX_SAFE_INTEGER) ? Infinity : Number(value);
    },
  };
}

/** Text up to the first NUL. */
export function nameAt(bytes: Buffer, at: number, length: number): string {
  const text = bytes.toString("latin1", at, at + length);
  const end = text.indexOf("\0");
  return end === -1 ? text : text.slice(0, end);
}

/** A run of bytes of the file, and the address at which the program sees it. */
export interface Mapping {
  readonly address: number;
  /** Position in the image's bytes. */
  readonly at: number;
  /** Bytes in the file; what lies only in memory is left out. */
  readonly size: number;
}

/** One architecture of a program. */
export interface BinaryImage {
  readonly bytes: ImageBytes;
  /** In the vocabulary of npm's `cpu`; absent for processors that have no name there. */
  readonly cpu?: string;
  /** In that of npm's `os`, where the format belongs to one. */
  readonly os?: string;
  /** Sections that tools write what they built into, by the names of this format. */
  readonly goBuildInfo: readonly Mapping[];
  readonly auditable: readonly Mapping[];
  /** All that is loaded, to follow addresses. */
  readonly mapped: readonly Mapping[];
  /** The first data that can be written: where Go's linker puts its information when there is no section for it. */
  readonly data?: Mapping;
  /** What is impossible about its tables, as clauses. */
  readonly problems: readonly string[];
}

/** The bytes at an address, to the end of what is mapped there; undefined where nothing is. */
export function locate({ mapped }: BinaryImage, address: number): Mapping | undefined {
  const found = mapped.find((each) => address >= each.address && address < each.address + each.size);
  if (found === undefined) return undefined;
  const skip = address - found.address;
  return { address, at: found.at + skip, size: found.size - skip };
}
