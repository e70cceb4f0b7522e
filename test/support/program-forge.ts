// Programs as small as their formats allow: headers, and around given bytes the tables that readers look at. Every
// number can be set to what no linker would write.

import { Buffer } from "node:buffer";

/** What is put into a program. */
export interface ForgedSection {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Default: where it lies, above the base. */
  readonly address?: number;
  /** Stated in place of what is true. */
  readonly stated?: { readonly at?: bigint; readonly size?: bigint; readonly type?: number; readonly flags?: number };
}

/** Writes numbers one behind another. */
export function createWriter(little: boolean): {
  u(size: 1 | 2 | 4 | 8, ...values: (number | bigint)[]): void;
  bytes(): Buffer;
  raw(bytes: Uint8Array): void;
  length(): number;
} {
  const parts: Buffer[] = [];
  let total = 0;
  const push = (bytes: Buffer): void => {
    parts.push(bytes);
    total += bytes.length;
  };
  return {
    u(size, ...values) {
      for (const value of values) {
        const bytes = Buffer.alloc(8);
        bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
        const cut = bytes.subarray(0, size);
        push(little ? cut : Buffer.from(cut.toReversed()));
      }
    },
    raw: (bytes) => push(Buffer.from(bytes)),
    bytes: () => Buffer.concat(parts),
    length: () => total,
  };
}

/** Where programs are seen. */
export const BASE = 0x400000;
/** Behind all headers of the tests. */
export const START = 0x200;

/** The bodies of sections at multiples of 16 from `START`, and where each lies. */
export function layOut(sections: readonly ForgedSection[]): {
  readonly body: Buffer;
  readonly places: readonly number[];
} {
  const places: number[] = [];
  let body = Buffer.alloc(0);
  for (const { bytes } of sections) {
    places.push(START + body.length);
    body = Buffer.concat([body, bytes, Buffer.alloc((16 - (bytes.length % 16)) % 16)]);
  }
  return { body, places };
}

export interface PeForge {
  /** PE32+, for 64 bit. */
  readonly plus?: boolean;
  readonly machine?: number;
  readonly sections?: readonly ForgedSection[];
  readonly count?: number;
}

/** `.data` can be written, all else only read. */
export function forgePe({ plus = true, machine = 0x8664, sections = [], count }: PeForge = {}): Buffer {
  const { body, places } = layOut(sections);
  const file = createWriter(true);
  file.raw(Buffer.from("MZ", "latin1"));
  file.raw(Buffer.alloc(0x3c - 2));
  file.u(4, 0x40);
  file.raw(Buffer.from("PE\0\0", "latin1"));
  const optionalSize = plus ? 112 : 96;
  file.u(2, machine, count ?? sections.length);
  file.u(4, 0, 0, 0);
  file.u(2, optionalSize, 0x22);
  const optional = createWriter(true);
  optional.u(2, plus ? 0x20b : 0x10b);
  optional.raw(Buffer.alloc(plus ? 22 : 26));
  optional.u(plus ? 8 : 4, BASE);
  file.raw(Buffer.concat([optional.bytes(), Buffer.alloc(optionalSize - optional.length())]));
  sections.forEach(({ name, bytes, address, stated = {} }, index) => {
    const at = places[index] ?? 0;
    file.raw(Buffer.concat([Buffer.from(name, "latin1"), Buffer.alloc(8)]).subarray(0, 8));
    const raw = Math.ceil(bytes.length / 16) * 16;
    file.u(4, bytes.length, address === undefined ? at : address - BASE, stated.size ?? raw, stated.at ?? at, 0, 0, 0);
    file.u(4, stated.flags ?? (name === ".data" ? 0xc000_0040 : 0x4000_0040));
  });
  file.raw(Buffer.alloc(START - file.length()));
  file.raw(body);
  return file.bytes();
}

export interface MachOForge {
  readonly wide?: boolean;
  readonly little?: boolean;
  readonly cpu?: number;
  readonly sections?: readonly ForgedSection[];
  readonly header?: {
    readonly ncmds?: number;
    readonly sizeofcmds?: number;
    readonly cmdsize?: number;
    readonly nsects?: number;
  };
}

/** One segment `__DATA` that can be read and written, with all sections. */
export function forgeMachO(options: MachOForge = {}): Buffer {
  const { wide = true, little = true, cpu = 0x0100_000c, sections = [], header = {} } = options;
  const word = wide ? 8 : 4;
  const { body, places } = layOut(sections);
  const segment = createWriter(little);
  const size = (wide ? 72 : 56) + sections.length * (wide ? 80 : 68);
  segment.u(4, wide ? 0x19 : 1, header.cmdsize ?? size);
  segment.raw(Buffer.concat([Buffer.from("__DATA"), Buffer.alloc(10)]));
  segment.u(word, BASE + START, body.length, START, body.length);
  segment.u(4, 3, 3, header.nsects ?? sections.length, 0);
  sections.forEach(({ name, bytes, address, stated = {} }, index) => {
    const at = places[index] ?? 0;
    segment.raw(Buffer.concat([Buffer.from(name, "latin1"), Buffer.alloc(16)]).subarray(0, 16));
    segment.raw(Buffer.concat([Buffer.from("__DATA"), Buffer.alloc(10)]));
    segment.u(word, address ?? BASE + at, stated.size ?? bytes.length);
    segment.u(4, stated.at ?? at, 4, 0, 0, 0, 0, 0, ...(wide ? [0] : []));
  });
  const file = createWriter(little);
  file.u(
    4,
    wide ? 0xfeedfacf : 0xfeedface,
    cpu,
    0,
    2,
    header.ncmds ?? 1,
    header.sizeofcmds ?? size,
    0,
    ...(wide ? [0] : []),
  );
  file.raw(segment.bytes());
  if (file.length() > START) throw new Error("too many sections for this forge");
  file.raw(Buffer.alloc(START - file.length()));
  file.raw(body);
  return file.bytes();
}

export interface FatForge {
  readonly wide?: boolean;
  /** Stated in place of the true number. */
  readonly count?: number;
}

export function forgeFat(
  images: readonly Uint8Array[],
  { wide = false, count = images.length }: FatForge = {},
): Buffer {
  const file = createWriter(false);
  file.u(4, wide ? 0xcafebabf : 0xcafebabe, count);
  let at = 0x400;
  for (const image of images) {
    file.u(4, 0, 0);
    file.u(wide ? 8 : 4, at, image.length);
    file.u(4, 0, ...(wide ? [0] : []));
    at += Math.ceil(image.length / 16) * 16;
  }
  if (file.length() > 0x400) throw new Error("too many images for this forge");
  file.raw(Buffer.alloc(0x400 - file.length()));
  for (const image of images) {
    file.raw(image);
    file.raw(Buffer.alloc((16 - (image.length % 16)) % 16));
  }
  return file.bytes();
}

/** Where the first section of a forged program is seen. */
export const FIRST_ADDRESS = BASE + START;
