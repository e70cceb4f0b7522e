// The grammar of checksum lists: every format in use, every hostile line, and the bounds.

import { test } from "node:test";
import assert from "node:assert/strict";
import {
  BASE64,
  BASE64_512,
  MD5,
  OTHER,
  parse,
  SHA1,
  SHA256,
  SHA384,
  SHA512,
  utf16,
  written,
} from "./support/checksum-lists.ts";

const A = `1 sha256:${SHA256} "a.txt"`;

interface Format {
  readonly what: string;
  readonly content: string | Uint8Array;
  readonly source?: string;
  readonly entries: readonly string[];
  /** Words of the one remark; absent: no remark. */
  readonly remark?: RegExp;
}

const FORMATS: readonly Format[] = [
  { what: "GNU, text", content: `${SHA256}  a.txt\n`, entries: [A] },
  { what: "GNU, binary", content: `${SHA256} *a.txt\n`, entries: [A] },
  { what: "no line end at the end", content: `${SHA256}  a.txt`, entries: [A] },
  { what: "one space", content: `${SHA256} a.txt\n`, entries: [A] },
  { what: "a TAB", content: `${SHA256}\ta.txt\n`, entries: [A] },
  { what: "a TAB and a star", content: `${SHA256}\t*a.txt\n`, entries: [A] },
  { what: "upper-case hex", content: `${SHA256.toUpperCase()}  a.txt\n`, entries: [A] },
  { what: "BSD", content: `SHA256 (a.txt) = ${SHA256}\n`, entries: [A] },
  { what: "BSD in lower case", content: `sha256 (a.txt) = ${SHA256}\n`, entries: [A] },
  { what: "OpenSSL 1", content: `SHA256(a.txt)= ${SHA256}\n`, entries: [A] },
  { what: "OpenSSL 3", content: `SHA2-256(a.txt)= ${SHA256}\n`, entries: [A] },
  { what: "OpenSSL's SHA-512/256", content: `SHA2-512/256(a)= ${SHA256}\n`, entries: [`1 sha512-256:${SHA256} "a"`] },
  { what: "BSD with SHA-3", content: `SHA3-256 (a) = ${SHA256}\n`, entries: [`1 sha3-256:${SHA256} "a"`] },
  { what: "b2sum --tag", content: `BLAKE2b (a) = ${SHA512}\n`, entries: [`1 blake2b512:${SHA512} "a"`] },
  { what: "OpenSSL's BLAKE2", content: `BLAKE2B-512(a)= ${SHA512}\n`, entries: [`1 blake2b512:${SHA512} "a"`] },
  { what: "BSD with base64, as cksum --base64", content: `SHA256 (a.txt) = ${BASE64}\n`, entries: [A] },
  {
    what: "a BSD name with brackets",
    content: `SHA256 (f) = (1)) = ${SHA256}`,
    entries: [`1 sha256:${SHA256} "f) = (1)"`],
  },
  {
    what: "a BSD name that is a whole line",
    content: `SHA256 (x) = ${OTHER}) = ${SHA256}`,
    entries: [`1 sha256:${SHA256} "x) = ${OTHER}"`],
  },
  {
    what: "a BSD name with spaces at its ends",
    content: `SHA256 ( a ) = ${SHA256}`,
    entries: [`1 sha256:${SHA256} " a "`],
  },
  {
    what: "an escaped GNU name",
    content: `\\${SHA256}  a\\nb\\\\c\\rd\n`,
    entries: [`1 sha256:${SHA256} "a\\nb\\\\c\\rd"`],
  },
  { what: "an escaped BSD name", content: `\\SHA256 (a\\nb) = ${SHA256}\n`, entries: [`1 sha256:${SHA256} "a\\nb"`] },
  {
    what: "backslashes without a leading one",
    content: `${SHA256}  a\\nb\n`,
    entries: [`1 sha256:${SHA256} "a\\\\nb"`],
  },
  {
    what: "an escaped backslash before n",
    content: `\\${SHA256}  a\\\\nb\n`,
    entries: [`1 sha256:${SHA256} "a\\\\nb"`],
  },
  { what: "a bare digest", content: `${SHA256}\n`, entries: [`1 sha256:${SHA256} -`] },
  { what: "a bare tagged digest", content: `sha256:${SHA256}\n`, entries: [`1 sha256:${SHA256} -`] },
  { what: "a bare base64 digest", content: `${BASE64}\n`, entries: [`1 sha256:${SHA256} -`] },
  { what: "a bare SRI string", content: `sha512-${BASE64_512}\n`, entries: [`1 sha512:${SHA512} -`] },
  { what: "a tagged digest and a name", content: `sha256:${SHA256}  a.txt\n`, entries: [A] },
  {
    what: "an SRI string and a name",
    content: `sha512-${BASE64_512}  a.txt\n`,
    entries: [`1 sha512:${SHA512} "a.txt"`],
  },
  { what: "base64 and a name", content: `${BASE64}  a.txt\n`, entries: [A] },
  { what: "a name with spaces", content: `${SHA256}  b c.txt\n`, entries: [`1 sha256:${SHA256} "b c.txt"`] },
  { what: "a name that starts with a star", content: `${SHA256}  *a\n`, entries: [`1 sha256:${SHA256} "*a"`] },
  { what: "a name that is a star", content: `${SHA256} *\n`, entries: [`1 sha256:${SHA256} "*"`] },
  { what: "a name that is a digest", content: `${SHA256}  ${OTHER}\n`, entries: [`1 sha256:${SHA256} "${OTHER}"`] },
  {
    what: "a name that looks like BSD",
    content: `${SHA256}  SHA256 (x) = ${OTHER}`,
    entries: [`1 sha256:${SHA256} "SHA256 (x) = ${OTHER}"`],
  },
  { what: "a name in brackets", content: `${MD5} (x) = y`, entries: [`1 md5:${MD5} "(x) = y"`] },
  {
    what: "spaces behind a name, which may belong to it",
    content: `${SHA256}  a.txt   \n`,
    entries: [`1 sha256:${SHA256} "a.txt   "`],
  },
  {
    what: "names in other scripts, not normalised",
    content: `${SHA256}  e\u0301日本\n${SHA256}  \u00e9`,
    entries: [`1 sha256:${SHA256} "e\u0301日本"`, `2 sha256:${SHA256} "\u00e9"`],
  },
  {
    what: "comments and blank lines",
    content: `# Fedora: 12 bytes\n; note\n\n \t\n  # x\n${SHA256}  a.txt\n`,
    entries: [A.replace("1", "6")],
  },
  { what: "an empty list", content: "", entries: [] },
  { what: "CR LF", content: `${SHA256}  a.txt\r\n\r\n`, entries: [A], remark: /CR LF/ },
  { what: "a UTF-8 byte order mark", content: `\u{feff}${SHA256}  a.txt\n`, entries: [A], remark: /byte order mark/ },
  { what: "UTF-16, little endian", content: utf16(`${SHA256}  a.txt\n`), entries: [A], remark: /UTF-16/ },
  {
    what: "UTF-16, big endian",
    content: utf16(`${SHA256}  é😀\n`).swap16(),
    entries: [`1 sha256:${SHA256} "é😀"`],
    remark: /UTF-16/,
  },
  { what: "indented lines", content: ` \t${SHA256}  a.txt\n`, entries: [A], remark: /start with blanks/ },
  {
    what: "spaces behind a bare digest",
    content: `${SHA256} \t\n`,
    entries: [`1 sha256:${SHA256} -`],
    remark: /followed by blanks/,
  },
  { what: "MD5", content: `${MD5}  a\n`, entries: [`1 md5:${MD5} "a"`] },
  { what: "SHA-1", content: `${SHA1}  a\n`, entries: [`1 sha1:${SHA1} "a"`] },
  { what: "SHA-384", content: `${SHA384}  a\n`, entries: [`1 sha384:${SHA384} "a"`] },
  {
    what: "BLAKE3",
    content: `BLAKE3 (a) = ${SHA256}\nblake3:${SHA256}  b\n`,
    entries: [`1 blake3:${SHA256} "a"`, `2 blake3:${SHA256} "b"`],
  },
  { what: "BLAKE2b of 256 bits", content: `BLAKE2b-256 (a) = ${SHA256}\n`, entries: [`1 blake2b256:${SHA256} "a"`] },
  { what: "Go's h1:", content: `h1:${BASE64}  a\n`, entries: [`1 go-h1:${SHA256} "a"`] },
  {
    what: "the file name SHA3-256SUMS",
    source: "dist/SHA3-256SUMS",
    content: `${SHA256}  a`,
    entries: [`1 sha3-256:${SHA256} "a"`],
  },
  { what: "the file name B2SUMS", source: "B2SUMS", content: `${SHA512}  a`, entries: [`1 blake2b512:${SHA512} "a"`] },
  { what: "the file name a.b2", source: "a.b2", content: `${SHA512}  a`, entries: [`1 blake2b512:${SHA512} "a"`] },
  {
    what: "a second beta called b2",
    source: "a-1.0-b2.txt",
    content: `${SHA512}  a`,
    entries: [`1 sha512:${SHA512} "a"`],
  },
  {
    what: "the file name a.blake2s256",
    source: "a.blake2s256",
    content: `${SHA256}  a`,
    entries: [`1 blake2s256:${SHA256} "a"`],
  },
  { what: "the file name B3SUMS", source: "B3SUMS", content: `${SHA256}  a`, entries: [`1 blake3:${SHA256} "a"`] },
  {
    what: "the file name sha512-256sum.txt",
    source: "sha512-256sum.txt",
    content: `${SHA256}  a`,
    entries: [`1 sha512-256:${SHA256} "a"`],
  },
  { what: "the file name SHASUMS256.txt", source: "SHASUMS256.txt", content: `${SHA256}  a.txt`, entries: [A] },
  { what: "the last algorithm of a file name", source: "blake3-1.0.sha256", content: `${SHA256}  a.txt`, entries: [A] },
  { what: "a folder's name, which hints at nothing", source: "blake3/list", content: `${SHA256}  a.txt`, entries: [A] },
  { what: "a tag against the file name", source: "SHA3-256SUMS", content: `SHA256 (a.txt) = ${SHA256}`, entries: [A] },
  { what: "a prefix against the file name", source: "SHA512SUMS", content: `sha256:${SHA256}  a.txt`, entries: [A] },
  {
    what: "a file name that contradicts the length",
    source: "SHA512SUMS",
    content: `${SHA256}  a.txt\n${SHA256}  b\n`,
    entries: [A, `2 sha256:${SHA256} "b"`],
    remark: /says sha512, .*sha256/,
  },
];

for (const { what, content, source, entries, remark } of FORMATS) {
  test(`reads ${what}`, () => {
    const list = parse(content, source);
    assert.deepEqual(written(list), entries);
    assert.deepEqual([list.junk, list.malformed], [[], undefined]);
    assert.equal(list.remarks.length, remark === undefined ? 0 : 1);
    if (remark !== undefined) assert.match(list.remarks[0]?.message ?? "", remark);
  });
}

const JUNK: readonly (readonly [what: string, content: string | Uint8Array])[] = [
  ["a word", "garbage"],
  ["name and digest in the wrong order", `a.txt  ${SHA256}`],
  ["a digest that is one digit short", `${SHA256.slice(1)}  a.txt`],
  ["a digest that is one digit long", `${SHA256}0  a.txt`],
  ["a digit that is none", `${SHA256.slice(1)}g  a.txt`],
  ["digits of another script", `${"\uff11".repeat(64)}  a.txt`],
  ["an algorithm in front of a plain line", `SHA256 ${SHA256}  a.txt`],
  ["a colon between digest and name", `${SHA256}:a.txt`],
  ["a no-break space between digest and name", `${SHA256}\u00a0a.txt`],
  ["a no-break space in front", `\u00a0${SHA256}  a.txt`],
  ["a second byte order mark", `\u{feff}\u{feff}${SHA256}  a.txt`],
  ["a byte order mark in the middle of the list", `\n\u{feff}${SHA256}  a.txt`],
  ["an unknown BSD algorithm", `WHIRLPOOL (a.txt) = ${SHA512}`],
  ["a keyed hash", `HMAC-SHA2-256(a.txt)= ${SHA256}`],
  ["a BSD digest of another length", `SHA512 (a.txt) = ${SHA256}`],
  ["a BSD line with a second algorithm", `SHA256 (a.txt) = sha256:${SHA256}`],
  ["a BSD line without a digest", "SHA256 (a.txt) = "],
  ["a BSD line without an equals sign", `SHA256 (a.txt) ${SHA256}`],
  ["a BSD line without a name", `SHA256 () = ${SHA256}`],
  ["a BSD line with text behind the digest", `SHA256 (a.txt) = ${SHA256} x`],
  ["an open BSD bracket", `SHA256 (a.txt = ${SHA256}`],
  ["two spaces before a BSD bracket", `SHA256  (a.txt) = ${SHA256}`],
  ["SHA-256 in hex where SHA-384 is said", `SHA384 (a.txt) = ${SHA256}`],
  ["h1: of another length", `h1:${BASE64_512}  a.txt`],
  ["an unknown escape", `\\${SHA256}  a\\tb`],
  ["a backslash at the end of an escaped name", `\\${SHA256}  a\\`],
  ["an escaped line without a name", `\\${SHA256}`],
  ["an escape in front of a comment", "\\# x"],
  ["a TAB in a name", `${SHA256}  a\tb`],
  ["a TAB in a BSD name", `SHA256 (a\tb) = ${SHA256}`],
  ["a NUL in a name", `${SHA256}  a.txt\0.exe`],
  ["a NUL in front", `\0${SHA256}  a.txt`],
  ["a CR in a name", `${SHA256}  a.txt\rb`],
  ["two CRs at the end", `${SHA256}  a.txt\r\r`],
  ["an escape sequence", `${SHA256}  \u001b[2Ka.txt`],
  ["DEL", `${SHA256}  a\u007f`],
  ["a C1 control", `${SHA256}  a\u009bm`],
  ["a control character in a comment", "# a\u0007"],
  ["a form feed for a line end", `${SHA256}  a.txt\f${OTHER}  a.txt`],
  ["a byte that is not UTF-8", Buffer.from(`${SHA256}  a\u00e9`, "latin1")],
  ["an overlong slash", Buffer.concat([Buffer.from(`${SHA256}  x`), Buffer.from([0xc0, 0xaf])])],
  ["a surrogate in UTF-8", Buffer.concat([Buffer.from(`${SHA256}  x`), Buffer.from([0xed, 0xa0, 0x80])])],
  ["a line of more than 8 KiB", `${SHA256}  ${"a".repeat(8192)}`],
  ["UTF-16 without a byte order mark", Buffer.from(`${SHA256}  a.txt`, "utf16le")],
  ["UTF-32", Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), Buffer.from("a\0\0\0")])],
  ["the start of a cleartext signature", "-----BEGIN PGP SIGNED MESSAGE-----"],
];

for (const [what, content] of JUNK) {
  test(`is junk: ${what}`, () => {
    const list = parse(content);
    assert.deepEqual(list.entries, []);
    assert.equal(list.junk.length, 1);
    assert.equal(list.malformed, undefined);
  });
}

test("a line of 8 KiB is read, and junk does not hide the lines around it", () => {
  const long = `${SHA256}  ${"a".repeat(8192 - 66)}`;
  const list = parse(`${long}\n${long}a\njunk\n${SHA256}  a.txt\n`);
  assert.deepEqual(
    list.entries.map((entry) => entry.line),
    [1, 4],
  );
  assert.deepEqual(list.junk, [2, 3]);
});

const REFUSED: readonly (readonly [what: string, content: Uint8Array, line: number, why: RegExp])[] = [
  ["UTF-16 of an odd length", Buffer.concat([utf16(`${SHA256}  a.txt\n`), Buffer.from("x")]), 1, /UTF-16/],
  ["UTF-16 with a lone surrogate", utf16(`${SHA256}  a\ud800.txt\n`), 1, /UTF-16/],
  ["UTF-16 that ends within a pair", utf16(`${SHA256}  a\ud83d`), 1, /UTF-16/],
  ["more than 200,000 lines", Buffer.from(`${SHA256}  a.txt\n`.repeat(200_001)), 200_001, /200000 lines/],
  ["a million blank lines", Buffer.alloc(1_000_000, "\n"), 200_001, /200000 lines/],
  ["more than 64 MiB", Buffer.alloc(64 * 1024 * 1024 + 1, "a"), 1, /bytes/],
];

for (const [what, content, line, why] of REFUSED) {
  test(`refuses a list whole: ${what}`, () => {
    const list = parse(content);
    assert.deepEqual([list.entries, list.junk], [[], [line]]);
    assert.match(list.malformed ?? "", why);
  });
}

test("200,000 lines are read, and a line of 50 MB is one line of junk", () => {
  assert.equal(parse(`${SHA256}  a.txt\n`.repeat(200_000)).entries.length, 200_000);
  const list = parse(Buffer.concat([Buffer.alloc(50_000_000, "("), Buffer.from(`\n${SHA256}  a.txt\n`)]));
  assert.deepEqual([list.junk, written(list)], [[1], [A.replace("1", "2")]]);
});
