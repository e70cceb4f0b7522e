// Checksum lists written and read back, and damaged in every place: a list never says what no line of it says.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { ask, BASE64, escaped, OTHER, parse, SHA256, utf16 } from "./support/checksum-lists.ts";

/** Names that a format can hold: not empty, no control characters but those that have an escape. */
const names = fc
  .array(
    fc.oneof(
      fc.constantFrom(..." *\\\n\r()=./#;-é😀\u0301\u2028a1"),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
    ),
    {
      minLength: 1,
      maxLength: 20,
    },
  )
  .map((parts) => parts.join(""))
  .filter((name) => !/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f]/.test(name));

const WRITERS: Readonly<Record<string, (name: string, hex: string) => string>> = {
  gnu: (name, hex) => escaped(name, (text) => `${hex}  ${text}`),
  binary: (name, hex) => escaped(name, (text) => `${hex} *${text}`),
  upper: (name, hex) => escaped(name, (text) => `${hex.toUpperCase()}  ${text}`),
  bsd: (name, hex) => escaped(name, (text) => `SHA256 (${text}) = ${hex}`),
  openssl: (name, hex) => escaped(name, (text) => `SHA2-256(${text})= ${hex}`),
  tagged: (name, hex) => escaped(name, (text) => `sha256:${hex}  ${text}`),
  sri: (name, hex) => escaped(name, (text) => `sha256-${Buffer.from(hex, "hex").toString("base64")}  ${text}`),
};

const digests = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"));
const statements = fc.array(fc.tuple(names, digests), { maxLength: 5 });

for (const [format, write] of Object.entries(WRITERS)) {
  test(`what is written as ${format} is read back, in any encoding and with any line end`, () => {
    const encodings = fc.constantFrom<(text: string) => Uint8Array>(
      (text) => Buffer.from(text),
      (text) => Buffer.from(`\u{feff}${text}`),
      (text) => utf16(text),
      (text) => utf16(text).swap16(),
    );
    fc.assert(
      fc.property(statements, fc.constantFrom("\n", "\r\n"), encodings, (rows, end, encode) => {
        // A name that is blank, or BSD's name of nothing but brackets, cannot be told from the format.
        const kept = rows.filter(([name]) => !/^[ ]*$/.test(name) || format === "bsd" || format === "openssl");
        const list = parse(encode(kept.map(([name, hex]) => write(name, hex) + end).join("")));
        assert.deepEqual(
          list.entries.map(({ name, digest, line }) => [name, digest.hex, line]),
          kept.map(([name, hex], index) => [name, hex, index + 1]),
        );
        assert.deepEqual(list.junk, []);
      }),
    );
  });
}

test("arbitrary bytes are read without an error, and each line is an entry, junk or nothing", () => {
  const pieces = fc.constantFrom(
    SHA256,
    "SHA256 (",
    ") = ",
    "  ",
    " *",
    "\\",
    "\n",
    "\r",
    "a.txt",
    "#",
    "\0",
    "h1:",
    BASE64,
    "\u{feff}",
  );
  const contents = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(pieces, { maxLength: 12 }).map((parts) => Buffer.from(parts.join(""))),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.concat([Buffer.from([0xff, 0xfe]), bytes])),
  );
  fc.assert(
    fc.property(contents, (content) => {
      const list = parse(content);
      const lines = [...list.entries.map((entry) => entry.line), ...list.junk];
      assert.equal(new Set(lines).size, lines.length);
      for (const { name } of list.entries) assert.notEqual(name, "");
    }),
    { numRuns: 1000 },
  );
});

/** Whether some line of the bytes holds both texts, as a person would look for them. */
function says(content: Uint8Array, hex: string, name: string): boolean {
  const lines = Buffer.from(content).toString("latin1").toLowerCase().split("\n");
  return lines.some((line) => line.includes(hex) && line.includes(name.toLowerCase()));
}

const ORIGINALS: readonly (readonly [what: string, content: string])[] = [
  ["GNU", `${OTHER}  before.txt\n${SHA256}  a.txt\n${"1".repeat(64)}  after.txt\n`],
  ["one blank", `${OTHER} before.txt\n${SHA256} a.txt\n${"1".repeat(64)} after.txt\n`],
  ["BSD", `SHA256 (before.txt) = ${OTHER}\nSHA256 (a.txt) = ${SHA256}\nSHA256 (after.txt) = ${"1".repeat(64)}\n`],
  ["escaped", `\\${OTHER}  be\\nfore\n\\${SHA256}  ./a.txt\n\\${"1".repeat(64)}  x\\\\a.txt.b\n`],
  ["paths", `${OTHER}  x/before.txt\n${SHA256}  x/a.txt\n${"1".repeat(64)}  x/after.txt\n`],
];

for (const [what, content] of ORIGINALS) {
  test(`a changed, removed or added byte never gives the name a digest that no line states: ${what}`, () => {
    const original = Buffer.from(content);
    const values = [
      0x00, 0x09, 0x0a, 0x0d, 0x20, 0x23, 0x28, 0x29, 0x2a, 0x2f, 0x30, 0x3d, 0x5c, 0x61, 0x6e, 0x7f, 0xc3, 0xff,
    ];
    assert.equal(ask(parse(original), "a.txt").state, "listed");
    for (let at = 0; at < original.length; at++) {
      const [head, tail] = [original.subarray(0, at), original.subarray(at + 1)];
      const changed = values.flatMap((value) => [
        Buffer.concat([head, Buffer.from([value]), tail]),
        Buffer.concat([head, Buffer.from([value]), original.subarray(at)]),
      ]);
      for (const mutant of [...changed, Buffer.concat([head, tail]), head]) {
        const lookup = ask(parse(mutant), "a.txt", undefined, false);
        if (lookup.state !== "listed") continue;
        for (const { digest } of lookup.entries) {
          // A line feed within the hex leaves a line that states the rest of it, which may have SHA-224's length.
          assert.ok(["sha256", "sha224"].includes(digest.algorithm), digest.algorithm);
          assert.ok(says(mutant, digest.hex, "a.txt"), mutant.toString("latin1"));
        }
      }
    }
  });
}
