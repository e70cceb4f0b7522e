// What a checksum list says about a file that the user named: by path, name, last part, or as a bare digest.

import { test } from "node:test";
import assert from "node:assert/strict";
import type { Algorithm, Digest } from "../src/core/digest.ts";
import { findByDigest } from "../src/verify/checksum-lookup.ts";
import { ask, BASE64, MD5, OTHER, parse, SHA1, SHA256, SHA384, SHA512 } from "./support/checksum-lists.ts";

interface Question {
  readonly what: string;
  readonly content: string;
  readonly path?: string;
  /** Given with `--as`. */
  readonly as?: string;
  readonly alone?: boolean;
  /** State, and the hex of its entries or the nearest name. */
  readonly answer: readonly string[];
  readonly note?: RegExp;
}

const QUESTIONS: readonly Question[] = [
  { what: "the name", content: `${SHA256}  a.txt`, answer: ["listed", SHA256] },
  {
    what: "the name, for a file elsewhere",
    content: `${SHA256}  a.txt`,
    path: "/tmp/x/a.txt",
    answer: ["listed", SHA256],
  },
  { what: "./ in the list", content: `${SHA256}  ./a.txt`, answer: ["listed", SHA256] },
  { what: "./ on the command line", content: `${SHA256}  x/a.txt`, path: "./x/a.txt", answer: ["listed", SHA256] },
  { what: "./ several times", content: `${SHA256}  .//./a.txt`, answer: ["listed", SHA256] },
  {
    what: "an absolute path in the list",
    content: `${SHA256}  /srv/dist/a.txt`,
    answer: ["listed", SHA256],
    note: /\/srv\/dist\/a\.txt/,
  },
  { what: "a path that climbs", content: `${SHA256}  ../../etc/a.txt`, answer: ["listed", SHA256], note: /listed as/ },
  { what: "a path with backslashes", content: `${SHA256}  dist\\a.txt`, answer: ["listed", SHA256], note: /listed as/ },
  { what: "spaces behind the name", content: `${SHA256}  a.txt   `, answer: ["listed", SHA256], note: /"a\.txt {3}"/ },
  {
    what: "the exact name beside one with a space behind it",
    content: `${OTHER}  a.txt \n${SHA256}  a.txt`,
    answer: ["listed", SHA256],
  },
  {
    what: "a file whose name ends in a space",
    content: `${SHA256}  a.txt `,
    path: "a.txt ",
    answer: ["listed", SHA256],
  },
  {
    what: "a space behind the user's name alone",
    content: `${SHA256}  a.txt`,
    path: "a.txt ",
    answer: ["not-listed", "a.txt"],
  },
  { what: "spaces in front of the name", content: `${SHA256}    a.txt`, answer: ["not-listed", "  a.txt"] },
  {
    what: "the full path before the same name elsewhere",
    content: `${OTHER}  a.txt\n${SHA256}  x/a.txt`,
    path: "x/a.txt",
    answer: ["listed", SHA256],
  },
  {
    what: "the name before the same name in folders",
    content: `${OTHER}  x/a.txt\n${SHA256}  a.txt`,
    path: "y/a.txt",
    answer: ["listed", SHA256],
  },
  {
    what: "two folders with different digests",
    content: `${OTHER}  x/a.txt\n${SHA256}  y/a.txt`,
    answer: ["ambiguous", OTHER, SHA256],
  },
  {
    what: "two folders with one digest",
    content: `${SHA256}  x/a.txt\n${SHA256}  y/a.txt`,
    answer: ["listed", SHA256],
    note: /x\/a\.txt/,
  },
  {
    what: "a folder's file and one with a space behind it",
    content: `${OTHER}  x/a.txt\n${SHA256}  a.txt `,
    answer: ["ambiguous", OTHER, SHA256],
  },
  {
    what: "the same name twice, different digests",
    content: `${SHA256}  a.txt\n${OTHER}  a.txt`,
    answer: ["ambiguous", SHA256, OTHER],
  },
  {
    what: "the same name twice, with and without ./",
    content: `${SHA256}  a.txt\n${OTHER}  ./a.txt`,
    answer: ["ambiguous", SHA256, OTHER],
  },
  {
    what: "the same name twice, in two formats",
    content: `${SHA256}  a.txt\nSHA256 (a.txt) = ${OTHER}`,
    answer: ["ambiguous", SHA256, OTHER],
  },
  {
    what: "the same name with one and with two blanks",
    content: `${OTHER} a.txt\n${SHA256}  a.txt`,
    answer: ["ambiguous", OTHER, SHA256],
  },
  {
    what: "the same name and digest twice",
    content: `${SHA256}  a.txt\n${SHA256.toUpperCase()} *a.txt`,
    answer: ["listed", SHA256],
  },
  {
    what: "two algorithms, the stronger first",
    content: `${SHA256}  a.txt\n${SHA512}  a.txt`,
    answer: ["listed", SHA512, SHA256],
  },
  {
    what: "two algorithms, one of them twice",
    content: `${SHA256}  a.txt\n${SHA512}  a.txt\n${OTHER}  a.txt`,
    answer: ["ambiguous", SHA256, OTHER],
  },
  { what: "MD5 alone", content: `${MD5}  a.txt`, answer: ["weak", MD5] },
  { what: "MD5 and SHA-1", content: `${MD5}  a.txt\n${SHA1}  a.txt`, answer: ["weak", MD5, SHA1] },
  { what: "MD5 and SHA-256", content: `${MD5}  a.txt\n${SHA256}  a.txt`, answer: ["listed", SHA256] },
  {
    what: "two MD5 digests beside one SHA-256",
    content: `${MD5}  a.txt\n${"0".repeat(32)}  a.txt\n${SHA256}  a.txt`,
    answer: ["ambiguous", MD5, "0".repeat(32)],
  },
  { what: "BLAKE3 alone", content: `blake3:${SHA256}  a.txt`, answer: ["unsupported", SHA256] },
  { what: "h1: alone", content: `h1:${BASE64}  a.txt`, answer: ["unsupported", SHA256] },
  { what: "BLAKE3 and MD5", content: `blake3:${SHA256}  a.txt\n${MD5}  a.txt`, answer: ["weak", MD5] },
  {
    what: "BLAKE3 and SHA-256 of other bytes",
    content: `blake3:${OTHER}  a.txt\n${SHA256}  a.txt`,
    answer: ["listed", SHA256],
  },
  {
    what: "an exact MD5 entry before a folder's SHA-256",
    content: `${MD5}  a.txt\n${SHA256}  x/a.txt`,
    answer: ["weak", MD5],
  },
  { what: "another file", content: `${SHA256}  nothing-like-it.zip`, answer: ["not-listed"] },
  { what: "an empty list", content: "", answer: ["not-listed"] },
  { what: "a bare digest for the only artifact", content: SHA256, answer: ["listed", SHA256], note: /without a name/ },
  { what: "a bare digest for one of several artifacts", content: SHA256, alone: false, answer: ["not-listed"] },
  { what: "two bare digests of one algorithm", content: `${SHA256}\n${OTHER}`, answer: ["ambiguous", SHA256, OTHER] },
  {
    what: "two bare digests of two algorithms",
    content: `${SHA256}\n${SHA512}`,
    answer: ["listed", SHA512, SHA256],
    note: /without a name/,
  },
  { what: "a bare digest beside another file's", content: `${SHA256}\n${OTHER}  zzz`, answer: ["not-listed"] },
  { what: "a bare MD5", content: MD5, answer: ["weak", MD5] },
  { what: "another case", content: `${SHA256}  A.TXT`, answer: ["not-listed", "A.TXT"] },
  {
    what: "another normalisation",
    content: `${SHA256}  cafe\u0301.tar.gz`,
    path: "caf\u00e9.tar.gz",
    answer: ["not-listed", "cafe\u0301.tar.gz"],
  },
  {
    what: "a dot for a space",
    content: `${SHA256}  My Tool.dmg`,
    path: "My.Tool.dmg",
    answer: ["not-listed", "My Tool.dmg"],
  },
  {
    what: "a lost version",
    content: `${OTHER}  readme\n${SHA256}  tool_1.2.3_linux.tgz`,
    path: "tool-linux.tgz",
    answer: ["not-listed", "tool_1.2.3_linux.tgz"],
  },
  { what: "a name that only ends alike", content: `${SHA256}  evil-a.txt`, answer: ["not-listed"] },
  { what: "a name with a line feed", content: `\\${SHA256}  x\\na.txt`, path: "x\na.txt", answer: ["listed", SHA256] },
  { what: "a line feed that is no separator", content: `\\${OTHER}  x\\n${SHA256}  a.txt`, answer: ["not-listed"] },
  { what: "--as", content: `${OTHER}  a.txt\n${SHA256}  b.txt`, as: "b.txt", answer: ["listed", SHA256] },
  {
    what: "--as with a folder",
    content: `${OTHER}  x/a.txt\n${SHA256}  y/a.txt`,
    as: "y/a.txt",
    answer: ["listed", SHA256],
  },
  {
    what: "--as with a folder that the list does not have",
    content: `${OTHER}  x/a.txt`,
    as: "y/a.txt",
    answer: ["not-listed", "x/a.txt"],
  },
  {
    what: "--as, over the path",
    content: `${OTHER}  x/a.txt`,
    path: "x/a.txt",
    as: "other.bin",
    answer: ["not-listed"],
  },
  {
    what: "a name of every object",
    content: `${SHA256}  __proto__\n${OTHER}  constructor`,
    path: "__proto__",
    answer: ["listed", SHA256],
  },
];

for (const { what, content, path, as, alone, answer, note } of QUESTIONS) {
  test(`looks up ${what}: ${answer[0]}`, () => {
    const lookup = ask(parse(content), path ?? "a.txt", as, alone);
    const { state } = lookup;
    if (lookup.state === "not-listed") {
      assert.deepEqual([state, ...(lookup.nearest === undefined ? [] : [lookup.nearest])], answer);
    } else {
      assert.deepEqual([state, ...lookup.entries.map((entry) => entry.digest.hex)], answer);
    }
    const said = lookup.state === "listed" ? lookup.note : undefined;
    if (note === undefined) assert.equal(said, undefined);
    else assert.match(said ?? "", note);
  });
}

test("a hostile list of one name and 200,000 digests is ambiguous, by its first entries", () => {
  const lines = Array.from({ length: 200_000 }, (_, i) => `${i.toString(16).padStart(64, "0")}  a.txt\n`);
  const lookup = ask(parse(lines.join("")), "a.txt");
  assert.equal(lookup.state, "ambiguous");
  assert.equal(lookup.state === "ambiguous" ? lookup.entries.length : 0, 10);
});

test("a hostile list of long names and of spaces is searched within bounds", () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `${SHA256}  ${"a".repeat(240)}${i}\n`);
  assert.equal(ask(parse(names.join("")), `${"b".repeat(120)}${"a".repeat(120)}`).state, "not-listed");
  const spaces = `${SHA256}  ${" ".repeat(8000)}b\n`.repeat(2000);
  assert.equal(ask(parse(spaces), "other.txt").state, "not-listed");
});

const computed = (...digests: readonly (readonly [Algorithm, string])[]): readonly Digest[] =>
  digests.map(([algorithm, hex]) => ({ algorithm, hex, from: "computed" }));

const RENAMED: readonly (readonly [
  what: string,
  content: string,
  digests: readonly Digest[],
  names: readonly string[],
])[] = [
  ["every name of the digest", `${SHA256}  x\n${OTHER}  y\n${SHA256}  z`, computed(["sha256", SHA256]), ["x", "z"]],
  ["a digest that is not listed", `${OTHER}  y`, computed(["sha256", SHA256]), []],
  ["no bare digest", SHA256, computed(["sha256", SHA256]), []],
  ["no weak digest", `${MD5}  x`, computed(["md5", MD5]), []],
  ["no digest of another algorithm", `sha3-256:${SHA256}  x`, computed(["sha256", SHA256]), []],
  ["no ambiguous name", `${SHA256}  x\n${OTHER}  ./x`, computed(["sha256", SHA256]), []],
  [
    "no name whose other digest differs",
    `${SHA256}  x\n${SHA512}  x`,
    computed(["sha256", SHA256], ["sha512", SHA384]),
    [],
  ],
];

for (const [what, content, digests, names] of RENAMED) {
  test(`by digest finds ${what}`, () => {
    assert.deepEqual(
      findByDigest(parse(content), digests).map((entry) => entry.name),
      names,
    );
  });
}
