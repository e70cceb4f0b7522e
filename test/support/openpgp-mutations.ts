// Random damage to the files of a signature, the same for the same seed: bits, bytes, pieces and whole packets.

/** Numbers in [0, 1), the same for the same seed (the generator "mulberry32"). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws from a random source. */
export interface Dice {
  below(limit: number): number;
  pick<T>(values: readonly T[]): T;
}

export function createDice(random: () => number): Dice {
  const below = (limit: number): number => Math.floor(random() * limit);
  return {
    below,
    pick: (values) => {
      const value = values[below(values.length)];
      if (value === undefined) throw new Error("nothing to pick from");
      return value;
    },
  };
}

type Mutation = (bytes: Buffer, dice: Dice, other: Buffer) => Buffer;

/** A piece of up to 40 bytes. */
function piece(bytes: Buffer, dice: Dice): readonly [start: number, end: number] {
  const start = dice.below(bytes.length);
  return [start, Math.min(bytes.length, start + 1 + dice.below(40))];
}

function replaced(bytes: Buffer, start: number, end: number, by: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(end)]);
}

/** Where packets begin and end, as far as they can be followed; short and two-octet lengths. */
export function packets(bytes: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let at = 0; at + 6 < bytes.length;) {
    const first = bytes.readUInt8(at);
    const octet = bytes.readUInt8(at + 1);
    const legacy = (first & 0x40) === 0;
    const size =
      legacy && (first & 3) === 1
        ? 3 + bytes.readUInt16BE(at + 1)
        : legacy || octet < 192
          ? 2 + octet
          : 3 + ((octet - 192) << 8) + bytes.readUInt8(at + 2) + 192;
    found.push(bytes.subarray(at, at + size));
    at += size;
  }
  return found;
}

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "a bit changed": (bytes, dice) => {
    const at = dice.below(bytes.length);
    return replaced(bytes, at, at + 1, Buffer.from([(bytes[at] ?? 0) ^ (1 << dice.below(8))]));
  },
  "a byte changed": (bytes, dice) => {
    const at = dice.below(bytes.length);
    return replaced(bytes, at, at + 1, Buffer.from([dice.below(256)]));
  },
  "a byte near the start changed": (bytes, dice) => {
    const at = dice.below(Math.min(16, bytes.length));
    return replaced(bytes, at, at + 1, Buffer.from([dice.below(256)]));
  },
  "a byte inserted": (bytes, dice) => {
    const at = dice.below(bytes.length + 1);
    return replaced(bytes, at, at, Buffer.from([dice.pick([0, 10, 13, 32, 255, dice.below(256)])]));
  },
  "a piece removed": (bytes, dice) => replaced(bytes, ...piece(bytes, dice), Buffer.alloc(0)),
  "a piece repeated": (bytes, dice) => {
    const [start, end] = piece(bytes, dice);
    return replaced(bytes, end, end, bytes.subarray(start, end));
  },
  "a piece of another file put in": (bytes, dice, other) => {
    const [start, end] = piece(bytes, dice);
    const from = dice.below(other.length);
    return replaced(bytes, start, end, other.subarray(from, from + end - start));
  },
  "cut off": (bytes, dice) => bytes.subarray(0, dice.below(bytes.length)),
  "another file behind it": (bytes, _, other) => Buffer.concat([bytes, other]),
  "another file before it": (bytes, _, other) => Buffer.concat([other, bytes]),
  "another file in its place": (_bytes, _, other) => other,
  "packets mixed": (bytes, dice, other) => {
    const all = [...packets(bytes), ...packets(other)];
    const count = 1 + dice.below(all.length + 1);
    return all.length === 0 ? bytes : Buffer.concat(Array.from({ length: count }, () => dice.pick(all)));
  },
  "a packet left out": (bytes, dice) => {
    const all = packets(bytes);
    const out = dice.below(all.length);
    return Buffer.concat(all.filter((_, index) => index !== out));
  },
};

/** A damaged copy, and what was done to it. `other` is a file of the same kind. */
export function mutate(
  bytes: Uint8Array,
  dice: Dice,
  other: Uint8Array,
): { readonly what: string; readonly bytes: Buffer } {
  const [what, mutation] = dice.pick(Object.entries(MUTATIONS));
  return { what, bytes: mutation(Buffer.from(bytes), dice, Buffer.from(other)) };
}
