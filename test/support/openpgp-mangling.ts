// Every way to change a file a little, and which bytes of a signature packet say what: what of it is signed, and
// what anybody may change without being noticed. Written from RFC 9580 without our own parser.

/** A changed file, and how it differs. */
export interface Mutant {
  readonly at: number;
  readonly value: number;
  readonly bytes: Uint8Array;
}

/** The byte with its lowest or its highest bit changed, and the two extremes. */
export function fewValues(byte: number): readonly number[] {
  return [...new Set([byte ^ 1, byte ^ 0x80, 0, 255])].filter((value) => value !== byte);
}

/** As `fewValues`, with what is white space or a border in text. */
export function textValues(byte: number): readonly number[] {
  return [...new Set([...fewValues(byte), 0x09, 0x0a, 0x0d, 0x20, 0x2d, 0x3d, 0x41])].filter((value) => value !== byte);
}

/** All 255 other values. */
export function allValues(byte: number): readonly number[] {
  return Array.from({ length: 256 }, (_, value) => value).filter((value) => value !== byte);
}

/** One byte changed, at every position. */
export function* changes(
  bytes: Uint8Array,
  values: (byte: number, at: number) => readonly number[],
): Generator<Mutant> {
  for (const [at, byte] of bytes.entries()) {
    for (const value of values(byte, at)) {
      const changed = Uint8Array.from(bytes);
      changed[at] = value;
      yield { at, value, bytes: changed };
    }
  }
}

/** The piece inserted at every position, the end included. */
export function* insertions(bytes: Uint8Array, piece: Uint8Array): Generator<Omit<Mutant, "value">> {
  for (let at = 0; at <= bytes.length; at++) {
    yield { at, bytes: Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]) };
  }
}

/** Every true beginning of the file. */
export function* truncations(bytes: Uint8Array): Generator<Uint8Array> {
  for (let length = 0; length < bytes.length; length++) yield bytes.subarray(0, length);
}

export type Part =
  | "packet header"
  | "fixed fields"
  | "signed subpackets"
  | "length of the unsigned subpackets"
  | "length of an unsigned subpacket"
  | "type of an unsigned subpacket"
  | "unsigned subpacket"
  | "start of the digest"
  | "salt"
  | "bit count"
  | "number";

/**
 * What each byte of a file with one signature packet is part of. Section 5.2.3; only short lengths, which is what
 * the fixtures have. The numbers of algorithms without multi-precision integers are one part.
 */
export function partsOf(file: Uint8Array): readonly Part[] {
  const view = Buffer.from(file);
  const parts: Part[] = [];
  const mark = (count: number, part: Part): void => void parts.push(...Array.from({ length: count }, () => part));
  const newFormat = (view.readUInt8(0) & 0x40) !== 0;
  mark(newFormat || (view.readUInt8(0) & 3) === 0 ? 2 : 3, "packet header");
  const start = parts.length;
  const [version, algorithm] = [view.readUInt8(start), view.readUInt8(start + 2)];
  const wide = version === 6 ? 4 : 2;
  mark(4, "fixed fields");
  mark(wide + view.readUIntBE(parts.length, wide), "signed subpackets");
  const end = parts.length + wide + view.readUIntBE(parts.length, wide);
  mark(wide, "length of the unsigned subpackets");
  while (parts.length < end) {
    const length = view.readUInt8(parts.length);
    mark(1, "length of an unsigned subpacket");
    mark(1, "type of an unsigned subpacket");
    mark(length - 1, "unsigned subpacket");
  }
  mark(2, "start of the digest");
  if (version === 6) mark(1 + view.readUInt8(parts.length), "salt");
  const numbers = algorithm === 27 ? 0 : view.length - parts.length;
  for (const stop = parts.length + numbers; parts.length < stop;) {
    const bits = view.readUInt16BE(parts.length);
    mark(2, "bit count");
    mark(Math.ceil(bits / 8), "number");
  }
  mark(view.length - parts.length, "number");
  return parts;
}

/** What an armored file says apart from its armor: the packets. Checks nothing. */
export function unarmored(text: Uint8Array): Buffer {
  const body = /\n\s*\n([^=-]+=?=?)\n/.exec(Buffer.from(text).toString("latin1"))?.[1] ?? "";
  return Buffer.from(body, "base64");
}

/** Numbers as runs, to be read: `3 7-9 12`. */
export function ranges(numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && number === run[1] + 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(" ");
}
