// The strict profile of zip archives: for each of its rules on structure and data, an archive that breaks this one.

import { test } from "node:test";
import assert from "node:assert/strict";
import { crc32, deflateRawSync } from "node:zlib";
import { readZipBytes, testRefused } from "./support/archive-files.ts";
import type { RefusedRow as Row } from "./support/archive-files.ts";
import { extraField, forgeZip, numbers, UTF8 } from "./support/zip-forge.ts";
import type { Fields, ForgedEnd, ForgedEntry } from "./support/zip-forge.ts";

const TEXT = "some text, some text, some text";
const ONE: ForgedEntry = { name: "a", content: TEXT };
const PLAIN = forgeZip([ONE]);
const END = Buffer.from("PK\x05\x06", "latin1");
const DEFLATED = deflateRawSync(Buffer.from(TEXT));

const withByte = (bytes: Uint8Array, at: number, value: number): Uint8Array =>
  Uint8Array.from(bytes).fill(value, at, at + 1);
const one = (change: Partial<ForgedEntry>, end?: ForgedEnd): Buffer => forgeZip([{ ...ONE, ...change }], end);
const both = (fields: Fields): Buffer => one({ both: fields });
const local = (fields: Fields): Buffer => one({ local: fields });
const central = (fields: Fields): Buffer => one({ central: fields });
const ended = (end: ForgedEnd): Buffer => forgeZip([ONE], end);
const unicodePath = (name: string, crc = crc32("a"), version = 1): Buffer =>
  extraField(0x7075, Buffer.concat([Buffer.of(version), numbers([crc, 4]), Buffer.from(name)]));
const names = (...list: readonly string[]): Buffer => forgeZip(list.map((name) => ({ name })));
const fields12 = (crc: number, compressedSize: number, size: number): Buffer =>
  numbers([crc, 4], [compressedSize, 4], [size, 4]);
const CRC = crc32(TEXT);
const UNKNOWN_IN_HEADER = { crc: 0, compressedSize: 0, size: 0 };

const STRUCTURE: readonly Row[] = [
  ["nothing at all", Buffer.alloc(0), /no end record/],
  ["text", Buffer.from("no zip archive, but long enough for one"), /no end record/],
  ["a byte before the first entry", Buffer.concat([Buffer.of(0), PLAIN]), /does not end where the end record begins/],
  [
    "a script before it, with offsets that count it",
    one({ before: Buffer.from("#!/bin/sh\n") }),
    /does not begin where/,
  ],
  ["a byte behind the end record", Buffer.concat([PLAIN, Buffer.of(0)]), /0 bytes of comment, and 1 are there/],
  ["a comment that is longer than the end record says", ended({ comment: "abc", commentLength: 2 }), /2 bytes of/],
  ["a comment that is shorter than the end record says", ended({ comment: "abc", commentLength: 4 }), /4 bytes of/],
  ["another archive behind it", Buffer.concat([PLAIN, forgeZip([{ name: "b" }])]), /does not end where/],
  [
    "another archive in its comment",
    ended({ comment: forgeZip([{ name: "b" }]) }),
    /does not end where the end record/,
  ],
  ["a cut end record in its comment", ended({ comment: Buffer.concat([END, Buffer.alloc(10)]) }), /is cut off/],
  ["bytes between the entries and the directory", ended({ beforeDirectory: Buffer.alloc(3) }), /reaches|stands behind/],
  ["bytes between the directory and the end record", ended({ beforeEnd: Buffer.alloc(3) }), /does not end where/],
  ["a directory that begins earlier than it says", ended({ directoryStart: 10 }), /does not end where/],
  ["a directory that is longer than it says", ended({ directorySize: 10 }), /does not end where/],
  ["a count that is too low", forgeZip([ONE, { name: "b" }], { count: 1 }), /more than its end record counts/],
  ["a count that is too high", ended({ count: 2 }), /less than its end record counts/],
  ["two counts", ended({ countHere: 0 }), /two counts/],
  ["a central header without its signature", central({ signature: "\x01\x03" }), /central directory is broken/],
  ["a local header without its signature", local({ signature: "\x03\x05" }), /has no local header/],
  [
    "a local entry that is not in the directory",
    forgeZip([{ ...ONE, without: "central" }, { name: "b" }]),
    /does not begin/,
  ],
  [
    "a local entry between others that is not in the directory",
    forgeZip([ONE, { name: "b", without: "central" }, { name: "c" }]),
    /stands behind the data of a/,
  ],
  [
    "a local entry at the end that is not in the directory",
    forgeZip([ONE, { name: "b", without: "central" }]),
    /behind the data/,
  ],
  ["nothing but an entry that is not in the directory", one({ without: "central" }), /stands before its central dir/],
  [
    "two entries that share a local header",
    forgeZip([ONE, { name: "b", without: "local", central: { offset: 0 } }]),
    /cut off/,
  ],
  ["an entry that begins elsewhere", central({ offset: 1 }), /does not begin where/],
  [
    "an entry that begins in another",
    forgeZip([ONE, { name: "b", central: { offset: 40 } }]),
    /cut off|reaches|stands/,
  ],
  ["an entry that reaches into the directory", both({ compressedSize: DEFLATED.length + 30 }), /reaches into/],
  ["a local header that reaches into the directory", withByte(PLAIN, 28, 200), /cut off/],
];

const DISAGREEMENT: readonly Row[] = [
  ["name", local({ name: "b" }), /two names/],
  ["longer name", local({ name: "aa" }), /two names/],
  ["case of the name", local({ name: "A" }), /two names/],
  ["method", central({ method: 0, size: DEFLATED.length }), /headers of a differ/],
  ["flags", local({ flags: UTF8 | 2 }), /headers of a differ/],
  ["flag of UTF-8", local({ flags: 0 }), /headers of a differ/],
  ["flag of a descriptor", local({ flags: UTF8 | 8 }), /headers of a differ/],
  ["CRC", local({ crc: 1 }), /headers of a differ/],
  ["CRC, which is 0 without a descriptor", local({ crc: 0 }), /headers of a differ/],
  ["compressed size", local({ compressedSize: 1 }), /headers of a differ/],
  ["size", local({ size: 1 }), /headers of a differ/],
  ["size, beside a descriptor", one({ local: { size: 1 }, descriptor: true }), /headers of a differ/],
  ["Unicode path, in the local header", local({ extra: unicodePath("b") }), /another name/],
];

const DATA: readonly Row[] = [
  ["the CRC is another's", both({ crc: 1 }), /does not have the CRC/],
  ["the size is too small", both({ size: 10 }), /longer than its header says/],
  ["the size is too large", both({ size: 40 }), /shorter than its header says/],
  ["the size is 0", both({ size: 0 }), /longer than its header says/],
  ["a stored file has two sizes", both({ method: 0, size: 5 }), /two sizes/],
  ["the deflate stream is broken", one({ data: Buffer.of(7, 1, 2) }), /is broken/],
  ["the deflate stream is cut", one({ data: DEFLATED.subarray(0, -1) }), /is broken/],
  ["there is no deflate stream", one({ data: Buffer.alloc(0) }), /is broken/],
  [
    "bytes stand behind the deflate stream",
    one({ data: Buffer.concat([DEFLATED, Buffer.of(0)]) }),
    /behind the end of/,
  ],
  ["a second deflate stream follows", one({ data: Buffer.concat([DEFLATED, DEFLATED]) }), /behind the end of/],
  ["a folder has content", forgeZip([{ name: "b/", content: "x" }]), /the folder b has content/],
];

const DESCRIPTORS: readonly Row[] = [
  ["missing", one({ descriptor: Buffer.alloc(0) }), /not its descriptor/],
  ["of another CRC", one({ descriptor: fields12(1, DEFLATED.length, TEXT.length) }), /not its descriptor/],
  ["of another compressed size", one({ descriptor: fields12(CRC, 1, TEXT.length) }), /not its descriptor/],
  ["of another size", one({ descriptor: fields12(CRC, DEFLATED.length, 1) }), /not its descriptor/],
  [
    "of 13 bytes",
    one({ descriptor: Buffer.concat([fields12(CRC, DEFLATED.length, TEXT.length), Buffer.of(0)]) }),
    /not its/,
  ],
  [
    "with another signature",
    one({ descriptor: Buffer.concat([END, fields12(CRC, DEFLATED.length, TEXT.length)]) }),
    /not its/,
  ],
  [
    "where the flag says that there is none",
    one({ descriptor: true, both: { flags: UTF8 } }),
    /stands behind the data/,
  ],
];

const UNSUPPORTED: readonly Row[] = [
  ["encryption", both({ flags: UTF8 | 1 }), /is encrypted/],
  ["strong encryption", both({ flags: UTF8 | 0x41 }), /is encrypted/],
  ["encrypted headers", both({ flags: UTF8 | 0x2000 }), /is encrypted/],
  ["a flag of patched data", both({ flags: UTF8 | 0x20 }), /flags that are not known/],
  ["a flag that is not in use", both({ flags: UTF8 | 0x80 }), /flags that are not known/],
  ["method Deflate64", both({ method: 9 }), /method 9/],
  ["method LZMA", both({ method: 14 }), /method 14/],
  ["method Zstandard", both({ method: 93 }), /method 93/],
  ["a version that is not known", central({ needed: 64 }), /needs a version that is not known/],
  ["several disks", ended({ disk: 1 }), /one part of several/],
  ["a directory on another disk", ended({ directoryDisk: 1 }), /one part of several/],
  ["an entry on another disk", central({ disk: 1 }), /one part of several/],
  ["Zip64 for the count", ended({ count: 0xffff }), /Zip64/],
  ["Zip64 for the size of the directory", ended({ directorySize: 0xffffffff }), /Zip64/],
  ["Zip64 for the place of the directory", ended({ directoryStart: 0xffffffff }), /Zip64/],
  ["Zip64 for a size", central({ size: 0xffffffff }), /Zip64/],
  ["Zip64 for a compressed size", central({ compressedSize: 0xffffffff }), /Zip64/],
  ["Zip64 for a place", central({ offset: 0xffffffff }), /Zip64/],
  ["a field of Zip64", central({ extra: extraField(1, Buffer.alloc(16)) }), /Zip64/],
  ["a field of Zip64 in a local header", local({ extra: extraField(1, Buffer.alloc(16)) }), /Zip64/],
  [
    "a record of Zip64 that nothing points to",
    ended({ beforeEnd: Buffer.from(`PK\x06\x07${"\0".repeat(16)}`) }),
    /Zip64/,
  ],
  ["a record of Zip64 in the comment of an entry", central({ comment: `PK\x06\x07${"\0".repeat(16)}` }), /Zip64/],
  ["a field with a link's target", both({ extra: extraField(0x756e, Buffer.alloc(14)) }), /not known \(0x756e\)/],
  ["a field with other attributes", local({ extra: extraField(0x6c78, Buffer.alloc(8)) }), /not known \(0x6c78\)/],
  ["a name that is not marked as UTF-8", one({ name: "\u00e9", both: { flags: 0 } }), /not marked as UTF-8/],
  [
    "a stored file whose size only the descriptor says",
    one({ both: { method: 0 }, local: UNKNOWN_IN_HEADER, descriptor: true }),
    /only what stands behind it says/,
  ],
  ["a name of 5,000 bytes", names(`${"x/".repeat(2500)}x`), /longer than 4096 bytes/],
];

testRefused(readZipBytes, "malformed", "a zip archive with", STRUCTURE);
testRefused(readZipBytes, "malformed", "a zip archive whose headers differ in the", DISAGREEMENT);
testRefused(readZipBytes, "malformed", "a zip archive with an entry of which", DATA);
testRefused(readZipBytes, "malformed", "a zip archive with a descriptor", DESCRIPTORS);
testRefused(readZipBytes, "unsupported", "a zip archive with", UNSUPPORTED);

test("what the tables break is whole", async () => {
  assert.ok((await readZipBytes(PLAIN)).ok);
  assert.ok((await readZipBytes(one({ local: UNKNOWN_IN_HEADER, descriptor: true }))).ok);
  assert.ok((await readZipBytes(one({ both: { extra: unicodePath("a") } }))).ok);
});
