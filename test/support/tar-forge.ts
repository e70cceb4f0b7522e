// Tar archives with any field set to anything, written from POSIX.1 and GNU tar's documentation without our reader.

import { gzipSync } from "node:zlib";

export interface ForgedMember {
  readonly name: string | Uint8Array;
  readonly content?: string | Uint8Array;
  /** Type flag; `5` for a name with a slash at its end, else `0`. */
  readonly type?: string;
  readonly mode?: string;
  readonly user?: string;
  readonly time?: string;
  /** As text of 12 bytes at most, or all 12 bytes. */
  readonly size?: string | Uint8Array;
  readonly linkName?: string;
  readonly magic?: string;
  readonly prefix?: string;
  /** What stands behind the prefix (12 bytes at most). */
  readonly behind?: string;
  /** In place of the true checksum. */
  readonly checksum?: string;
  /** What the data is padded with. */
  readonly padding?: number;
}

export const GNU = "ustar  \0";

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");

function pad(content: Uint8Array, value = 0): Buffer {
  return Buffer.concat([content, Buffer.alloc((512 - (content.length % 512)) % 512, value)]);
}

/** Header, data and padding of one member. */
export function forgeMember(member: ForgedMember): Buffer {
  const name = Buffer.from(member.name);
  const content = Buffer.from(member.content ?? "");
  const block = Buffer.alloc(512);
  const put = (text: string | Uint8Array, at: number): void => {
    block.set(typeof text === "string" ? Buffer.from(text, "latin1") : text, at);
  };
  block.set(name.subarray(0, 100), 0);
  put(member.mode ?? "0000644\0", 100);
  put(member.user ?? "0000000\0", 108);
  put("0000000\0", 116);
  put(member.size ?? `${octal(content.length, 11)}\0`, 124);
  put(member.time ?? "14500000000\0", 136);
  put("        ", 148);
  put(member.type ?? (name.at(-1) === 0x2f ? "5" : "0"), 156);
  put(Buffer.from(member.linkName ?? ""), 157);
  put(member.magic ?? "ustar\x0000", 257);
  put(member.prefix ?? "", 345);
  put(member.behind ?? "", 500);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(member.checksum ?? `${octal(sum, 6)}\0 `, 148);
  return Buffer.concat([block, pad(content, member.padding)]);
}

/** One record of pax, with its true length. */
export function record(keyword: string, value: string): string {
  const rest = Buffer.byteLength(` ${keyword}=${value}\n`);
  let length = rest;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${keyword}=${value}\n`;
}

/** A header of pax for the next member. */
export function extended(...records: readonly string[]): ForgedMember {
  return { name: "PaxHeader/x", type: "x", content: records.join("") };
}

/** A long name of GNU tar for the next member, or the target of a link (`K`). */
export function longName(name: string, type: "L" | "K" = "L"): ForgedMember {
  return { name: "././@LongLink", type, content: `${name}\0`, magic: GNU };
}

/** The end of every archive. */
export const END = Buffer.alloc(1024);

export function forgeTar(members: readonly ForgedMember[], end: Uint8Array = END): Buffer {
  return Buffer.concat([...members.map(forgeMember), end]);
}

export function forgeTarball(members: readonly ForgedMember[], end: Uint8Array = END): Buffer {
  return gzipSync(forgeTar(members, end));
}
