// The strict profile of tarballs: for each of its rules, an archive that breaks this one.

import { test } from "node:test";
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { RATIO_FROM } from "../src/io/archive.ts";
import { MAX_TAR_NAMES } from "../src/io/tar.ts";
import { MAX_EXTENDED_BYTES } from "../src/io/tar-extended.ts";
import { readTarballBytes, testRefused } from "./support/archive-files.ts";
import type { RefusedRow as Row } from "./support/archive-files.ts";
import { END, extended, forgeTar, forgeTarball, GNU, longName, record } from "./support/tar-forge.ts";
import type { ForgedMember } from "./support/tar-forge.ts";

const ONE: ForgedMember = { name: "a", content: "x" };
const TARBALL = forgeTarball([ONE]);
const EVIL = forgeTarball([{ name: "a", content: "evil" }]);

const one = (change: Partial<ForgedMember>): Buffer => forgeTarball([{ ...ONE, ...change }]);
const many = (...members: readonly ForgedMember[]): Buffer => forgeTarball(members);
const names = (...list: readonly string[]): Buffer => forgeTarball(list.map((name) => ({ name })));
const before = (...headers: readonly ForgedMember[]): Buffer => forgeTarball([...headers, ONE]);
const records = (...list: readonly string[]): Buffer => before(extended(...list));
const end = (bytes: Uint8Array): Buffer => forgeTarball([ONE], bytes);
const withByte = (at: number, value: number): Uint8Array => Uint8Array.from(TARBALL).fill(value, at, at + 1);
const global = (content: string): ForgedMember => ({ name: "g", type: "g", content });

const GZIP: readonly Row[] = [
  ["nothing", Buffer.alloc(0), /gzip header is cut off/],
  ["no gzip data", forgeTar([ONE]), /not compressed by gzip/],
  ["a zip archive", Buffer.from(`PK\x03\x04${"\0".repeat(30)}`), /not compressed by gzip/],
  ["a header that is cut", TARBALL.subarray(0, 9), /gzip header is cut off/],
  ["a header whose name does not end", Buffer.from("\x1f\x8b\b\b\0\0\0\0\0\0aaaa", "latin1"), /gzip header is cut off/],
  ["a header and nothing else", TARBALL.subarray(0, 12), /gzip data is cut off/],
  [
    "a header with a wrong CRC",
    Buffer.concat([
      TARBALL.subarray(0, 3),
      Buffer.of(2),
      TARBALL.subarray(4, 10),
      Buffer.alloc(2),
      TARBALL.subarray(10),
    ]),
    /CRC of its gzip header/,
  ],
  ["a second member", Buffer.concat([TARBALL, EVIL]), /behind the end of compressed data/],
  ["an empty member behind it", Buffer.concat([TARBALL, gzipSync("")]), /behind the end of compressed data/],
  [
    "a member before it",
    Buffer.concat([gzipSync(forgeTar([ONE], Buffer.alloc(0))), gzipSync(END)]),
    /behind the end of/,
  ],
  ["a byte behind it", Buffer.concat([TARBALL, Buffer.of(0)]), /behind the end of compressed data/],
  ["a wrong CRC", withByte(TARBALL.length - 8, (TARBALL.at(-8) ?? 0) ^ 1), /does not have the CRC/],
  ["a wrong size", withByte(TARBALL.length - 4, (TARBALL.at(-4) ?? 0) ^ 1), /does not have the size/],
  ["data that is broken", Buffer.concat([TARBALL.subarray(0, 10), Buffer.of(7), TARBALL.subarray(11)]), /is broken/],
  [
    "1,000 times more content than the file has",
    one({ content: Buffer.alloc(RATIO_FROM) }),
    /more than 200 times larger/,
  ],
];

const ENDING: readonly Row[] = [
  ["no end", end(Buffer.alloc(0)), /ends too early/],
  ["one empty block as its end", end(Buffer.alloc(512)), /ends too early/],
  ["an end that is cut", end(Buffer.alloc(1023)), /ends too early/],
  [
    "an empty block between members",
    gzipSync(Buffer.concat([Buffer.alloc(512), forgeTar([ONE])])),
    /empty block stands/,
  ],
  [
    "another archive behind its end",
    gzipSync(Buffer.concat([forgeTar([ONE]), forgeTar([ONE])])),
    /stands behind its end/,
  ],
  ["a byte behind its end", end(Buffer.concat([END, Buffer.of(1)])), /stands behind its end/],
  ["a byte far behind its end", end(Buffer.concat([END, Buffer.alloc(99_999), Buffer.of(1)])), /stands behind its end/],
  ["nothing in its gzip data", gzipSync(""), /ends too early/],
  ["data that is cut", gzipSync(forgeTar([{ ...ONE, size: "00000010000\0" }])), /ends too early/],
  ["an extended header and no member", many(extended(record("path", "x"))), /has no entry/],
  ["a long name and no member", many(longName("x")), /has no entry/],
  [
    "a comment for all, an extended header and no member",
    many(global(record("comment", "x")), extended()),
    /has no entry/,
  ],
];

const HEADER: readonly Row[] = [
  ["a wrong checksum", one({ checksum: "0000001\0" }), /checksum of a header is wrong/],
  ["no checksum", one({ checksum: "\0\0\0\0\0\0\0\0" }), /checksum in a header is no number/],
  ["a size that is no number", one({ size: "0000000000x\0" }), /size in a header is no number/],
  ["a size with an 8", one({ size: "00000000008\0" }), /size in a header is no number/],
  ["a size with a sign", one({ size: "-0000000001\0" }), /size in a header is no number/],
  ["a size with junk behind it", one({ size: "00000001\0" + "777" }), /size in a header is no number/],
  ["a size with junk behind a space", one({ size: "0000001 7777" }), /size in a header is no number/],
  ["no size", one({ size: "\0".repeat(12) }), /size in a header is no number/],
  ["a negative size in base 256", one({ size: Buffer.alloc(12, 0xff) }), /size in a header is no number/],
  ["a huge size in base 256", one({ size: Buffer.from("80ffffffffffffffffffffff", "hex") }), /size in a header is no/],
  ["a mode that is no number", one({ mode: "rwxr-xr-" }), /mode in a header is no number/],
  ["a user that is no number", one({ user: "nobody\0" }), /number in a header is no number/],
  ["a time that is no number", one({ time: "2024-01-01T0" }), /number in a header is no number/],
  ["text behind the NUL of a name", one({ name: "a\0b" }), /goes on behind its end/],
  ["text behind the NUL of a target", one({ type: "2", content: "", linkName: "a\0b" }), /goes on behind its end/],
  ["text behind the NUL of a prefix", one({ prefix: "a\0b" }), /goes on behind its end/],
  ["a padding that is not empty", one({ padding: 1 }), /stands behind the data of a/],
  [
    "a padding of records that is not empty",
    before({ ...extended(record("mtime", "1")), padding: 1 }),
    /behind the data of an/,
  ],
  ["a folder with content", one({ type: "5" }), /is no file, and has content/],
  ["a link with content", one({ type: "1", linkName: "b" }), /is no file, and has content/],
  ["a file with a slash at its end", one({ name: "a/", type: "0" }), /empty part/],
  ["a link to nothing", one({ type: "2", content: "" }), /a link to nothing/],
  ["a file with a target", one({ linkName: "b" }), /none with a target/],
  ["a set-user-id file", one({ mode: "0004755\0" }), /set-user-id/],
  ["a set-group-id file", one({ mode: "0002755\0" }), /set-group-id/],
];

const EXTENDED: readonly Row[] = [
  ["no length", records("path=x\n"), /extended header is broken/],
  ["a length of 0", records("0 path=x\n"), /extended header is broken/],
  ["a length that begins with 0", records("010 path=x\n"), /extended header is broken/],
  ["a length that is too small", records("8 path=x\n"), /extended header is broken/],
  ["a length that is too large", records("11 path=x\n"), /extended header is broken/],
  ["a length that ends in the keyword", records("3 path=x\n"), /extended header is broken/],
  ["a length with a sign", records("+10 path=x\n"), /extended header is broken/],
  ["a length of more than there is", records("9999999 path=x\n"), /extended header is broken/],
  ["a length and nothing else", records("2 "), /extended header is broken/],
  ["no keyword", records("6 =x\n"), /extended header is broken/],
  ["no line feed", records("10 path=xx"), /extended header is broken/],
  ["something behind the last record", records(record("path", "x"), "\0"), /extended header is broken/],
  ["a path twice", records(record("path", "x"), record("path", "y")), /says path twice/],
  ["an empty path", records(record("path", "")), /is empty or holds a NUL/],
  ["a NUL in a path", records(record("path", "a\0b")), /is empty or holds a NUL/],
  ["a path that leads out", records(record("path", "../x")), /a part that is "\.\."/],
  ["a size that is not the header's", records(record("size", "0")), /has two sizes/],
  ["a size that is no number", records(record("size", "1x")), /is no number/],
  ["a size in hexadecimal", records(record("size", "0x1")), /is no number/],
  ["a target for a file", records(record("linkpath", "b")), /none with a target/],
];

const LONG_NAMES: readonly Row[] = [
  ["two extended headers", before(extended(), extended()), /two extended headers/],
  ["two long names", before(longName("b"), longName("b")), /two long-name headers/],
  ["two long targets", before(longName("b", "K"), longName("b", "K")), /two long-link headers/],
  ["two comments for all", before(global(""), global("")), /two global headers/],
  ["a long name and an extended one", before(longName("b"), extended(record("path", "b"))), /has two names/],
  ["an extended name and a long one", before(extended(record("path", "b")), longName("b")), /has two names/],
  ["a comment for all behind an extended header", before(extended(), global("")), /stands behind an extended one/],
  ["a long name without a NUL", before({ ...longName(""), content: "b" }), /does not end in a NUL/],
  ["a long name with more behind its NUL", before({ ...longName(""), content: "b\0c\0" }), /does not end in a NUL/],
  ["a long name that is empty", before(longName("")), /is empty/],
  ["a long name that leads out", before(longName("../b")), /a part that is "\.\."/],
  ["a long target for a file", before(longName("b", "K")), /none with a target/],
];

const NAMES: readonly Row[] = [
  ["an absolute path", names("/etc/passwd"), /absolute/],
  ["a prefix that is absolute", one({ prefix: "/etc" }), /absolute/],
  ["a parent", names("package/../../a"), /a part that is "\.\."/],
  ["a prefix that leads out", one({ prefix: "package/.." }), /a part that is "\.\."/],
  ["a backslash", names("a\\b"), /backslash/],
  ["a drive", names("c:/a"), /drive/],
  ["a control character", names("a\u001b"), /control/],
  ["bytes that are no UTF-8", one({ name: Buffer.of(0x61, 0xff) }), /not valid UTF-8/],
  ["nothing", names(""), /is empty/],
  ["a slash alone", names("/"), /is empty/],
  ["two slashes", names("a//b"), /empty part/],
  ["a file as the folder that everything is in", one({ name: "." }), /is empty/],
];

const TOGETHER: readonly Row[] = [
  ["the same name with other content", many(ONE, { ...ONE, content: "y" }), /occurs twice, for different entries/],
  ["the same name with another mode", many(ONE, { ...ONE, mode: "0000755\0" }), /occurs twice, for different/],
  ["the same name below itself", many(ONE, { name: "./a", content: "y" }), /occurs twice, for different/],
  ["a file and a link", many(ONE, { name: "a", type: "2", linkName: "b" }), /occurs twice, for different/],
  [
    "links to different targets",
    many({ name: "a", type: "2", linkName: "b" }, { name: "a", type: "2", linkName: "c" }),
    /twice/,
  ],
  ["another case", names("a/README", "a/readme"), /take these names for the same/],
  ["another Unicode form", names("\u00e9", "e\u0301"), /take these names for the same/],
  ["a file that is a folder of another", names("a", "a/b"), /both a file and a folder/],
  [
    "a link that is a folder of another",
    many({ name: "a", type: "2", linkName: "/etc" }, { name: "a/b" }),
    /both a file/,
  ],
  ["a file and a folder", names("a/", "a"), /both a file and a folder/],
];

const UNSUPPORTED: readonly Row[] = [
  ["a gzip header with reserved flags", withByte(3, 0x20), /gzip header is not known/],
  ["a gzip header with another method", withByte(2, 7), /gzip header is not known/],
  [
    "a gzip header with an endless name",
    Buffer.concat([TARBALL.subarray(0, 3), Buffer.of(8), TARBALL.subarray(4, 10), Buffer.alloc(9999, "x")]),
    /longer than 4096/,
  ],
  ["a header of the first tar", one({ magic: "\0".repeat(8) }), /neither of ustar nor of GNU tar/],
  ["a header of another version", one({ magic: "ustar\x0001" }), /neither of ustar nor of GNU tar/],
  ["a prefix in a header of GNU tar", one({ magic: GNU, prefix: "a" }), /fields that only one program knows/],
  ["something behind the prefix", one({ behind: "tar\0" }), /fields that only one program knows/],
  ["a sparse file of GNU tar", one({ type: "S", magic: GNU }), /not known \(0x53\)/],
  ["a contiguous file", one({ type: "7" }), /not known \(0x37\)/],
  ["an extended header of Solaris", before({ name: "x", type: "X" }), /not known \(0x58\)/],
  ["a sparse file of pax", records(record("GNU.sparse.major", "1")), /not known \(GNU\.sparse\.major\)/],
  ["a type in an extended header", records(record("type", "2")), /not known \(type\)/],
  ["a mode in an extended header", records(record("mode", "04755")), /not known \(mode\)/],
  ["another character set", records(record("hdrcharset", "BINARY")), /not known \(hdrcharset\)/],
  ["a record in a record", records(record("comment", `x\n${record("path", "evil")}`)), /says comment in several lines/],
  ["a path for all", before(global(record("path", "b"))), /changes the entries behind it/],
  ["a size for all", before(global(record("size", "0"))), /changes the entries behind it/],
  ["a long extended header", records("x".repeat(MAX_EXTENDED_BYTES + 1)), /larger than 1048576 bytes/],
  ["a long name of a mebibyte", before(longName("x".repeat(MAX_EXTENDED_BYTES))), /larger than 1048576 bytes/],
  ["a name of 5,000 bytes", before(longName("x/".repeat(2500))), /longer than 4096 bytes/],
];

testRefused(readTarballBytes, "malformed", "a tarball with", GZIP);
testRefused(readTarballBytes, "malformed", "a tarball with", ENDING);
testRefused(readTarballBytes, "malformed", "a tarball with", HEADER);
testRefused(readTarballBytes, "malformed", "a tarball with an extended header with", EXTENDED);
testRefused(readTarballBytes, "malformed", "a tarball with", LONG_NAMES);
testRefused(readTarballBytes, "malformed", "a tarball with a name with", NAMES);
testRefused(readTarballBytes, "malformed", "a tarball with two names with", TOGETHER);
testRefused(readTarballBytes, "unsupported", "a tarball with", UNSUPPORTED);

test("what the tables break is whole", async () => {
  assert.ok((await readTarballBytes(TARBALL)).ok);
  assert.ok((await readTarballBytes(before(extended(record("path", "b"))))).ok);
  assert.ok((await readTarballBytes(before(longName("b")))).ok);
});

test("all names together have a limit", async () => {
  const long = Array.from({ length: 16 }, () => "x".repeat(250)).join("/");
  const count = Math.ceil(MAX_TAR_NAMES / long.length);
  const links = Array.from({ length: count }, (_, i): readonly ForgedMember[] => [
    longName(long, "K"),
    { name: `${i}`, type: "2", linkName: "x" },
  ]);
  const tooLong = await readTarballBytes(forgeTarball(links.flat()));
  assert.ok(!tooLong.ok && tooLong.kind === "unsupported");
  assert.match(tooLong.reason, /its names are longer than/);
});
