// Bytes that are deep, many-fold, or claim to be: what hostile files are made of. Written without our own code.

import { closeSync, ftruncateSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { END, forgeMember } from "./tar-forge.ts";

export interface Hostile {
  readonly name: string;
  /** Writes the files into a folder, and returns the words behind `verify`. */
  readonly make: (folder: string) => readonly string[];
}

export const MIB = 1 << 20;
/** The most that is read of an evidence file, and of a found one. */
export const MAX_EVIDENCE = 16 * MIB;

export function write(folder: string, name: string, content: string | Uint8Array): string {
  writeFileSync(join(folder, name), content);
  return name;
}

/** A file of zero bytes. */
export function zeros(folder: string, name: string, size: number): string {
  const fd = openSync(join(folder, name), "w");
  ftruncateSync(fd, size);
  closeSync(fd);
  return name;
}

/** A text again and again, to a size in bytes. */
export const many = (text: string | Uint8Array, size = MAX_EVIDENCE): Buffer => Buffer.alloc(size, text);

/** As `many`, with whole repetitions only, between a head and a tail. */
export function list(head: string, item: string, tail: string, size = MAX_EVIDENCE): string {
  const count = Math.floor((size - head.length - tail.length + 1) / (item.length + 1));
  return head + Array.from({ length: count }, () => item).join(",") + tail;
}

/** DER, one value in the other. */
export function nestedDer(depth: number): Buffer {
  const heads: Buffer[] = [];
  let length = 0;
  for (let level = 0; level < depth; level++) {
    const size =
      length < 0x80
        ? [length]
        : length < 0x1_0000
          ? [0x82, length >> 8, length & 0xff]
          : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
    const head = Buffer.from([0x30, ...size]);
    heads.push(head);
    length += head.length;
  }
  return Buffer.concat(heads.toReversed());
}

export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

export function derOfMany(): Buffer {
  const content = Buffer.alloc(MAX_EVIDENCE - 16, Uint8Array.of(5, 0));
  const head = Buffer.from([0x30, 0x84, 0, 0, 0, 0]);
  head.writeUInt32BE(content.length, 2);
  return Buffer.concat([head, content]);
}

/** A bundle with a signature block around anything. */
export function mcpb(zip: Uint8Array, cms: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(cms.length);
  return Buffer.concat([zip, Buffer.from("MCPB_SIG_V1"), length, cms, Buffer.from("MCPB_SIG_END")]);
}

/** Zeros, compressed by deflate once and once more, as a stream that inflates to `size` bytes. */
export function bomb(size: number): Buffer {
  // A stored empty block ends on a byte; pieces up to there can be put one behind another.
  const piece = deflateRawSync(Buffer.alloc(64 * MIB), { level: 9, finishFlush: 3 });
  const pieces = Array.from({ length: size / (64 * MIB) }, () => piece);
  return Buffer.concat([...pieces, Buffer.from([3, 0])]);
}

/** A gzip member around deflated data; its trailer is wrong, which is seen at the end alone. */
export function gzipOf(deflated: Uint8Array): Buffer {
  return Buffer.concat([gzipSync("").subarray(0, 10), deflated, Buffer.alloc(8)]);
}

/** A package of empty files with these names. */
export function emptyFiles(names: readonly string[]): Buffer {
  const empty = forgeMember({ name: "" }).subarray(0, 512);
  const rest = empty.reduce((sum, byte, at) => (at >= 148 && at < 156 ? sum + 0x20 : sum + byte), 0);
  const blocks = names.map((name) => {
    const block = Buffer.from(empty);
    const sum = Buffer.from(name).reduce((total, byte) => total + byte, rest);
    block.write(name, 0, "latin1");
    block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
    return block;
  });
  return gzipSync(Buffer.concat([...blocks, END]), { level: 1 });
}

export const numbered = (count: number, before: string): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${before}${index}`);

export function unarmor(text: Uint8Array): Buffer {
  const [, body = ""] = /\n\n([^]*?)\n(?:=|-----END)/.exec(Buffer.from(text).toString()) ?? [];
  return Buffer.from(body, "base64");
}
