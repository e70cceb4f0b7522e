// Tarballs that pass, made by hand; and what of them is kept and hashed.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { crc32, gzipSync } from "node:zlib";
import fc from "fast-check";
import { filesOf, readTarballBytes } from "./support/archive-files.ts";
import { END, extended, forgeTar, forgeTarball, GNU, longName, record } from "./support/tar-forge.ts";
import type { ForgedMember } from "./support/tar-forge.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const MANIFEST: ForgedMember = { name: "package/package.json", content: '{"name":"acme"}' };
const LONG = `package/${"long/".repeat(40)}file.js`;
/** As tarballs of npm have it: a prefix of up to 130 bytes, and two times. */
const NPM_PREFIX = `package/${"long/".repeat(20)}long`.padEnd(131, "\0") + "14653322640\u000014653322640\0";

type Good = readonly [what: string, members: readonly ForgedMember[], files: Readonly<Record<string, string>>];

const GOOD: readonly Good[] = [
  ["one file", [MANIFEST], { "package/package.json": '{"name":"acme"}' }],
  ["no members", [], {}],
  ["an empty file", [{ name: "a" }], { a: "" }],
  [
    "a file of exactly one block",
    [
      { name: "a", content: "x".repeat(512) },
      { name: "b", content: "y" },
    ],
    { a: "x".repeat(512), b: "y" },
  ],
  ["folders of their own", [{ name: "a/" }, { name: "b", type: "5" }, { name: "a/c", content: "x" }], { "a/c": "x" }],
  [
    "paths that begin with themselves",
    [{ name: "./" }, { name: "./a", content: "x" }, { name: ".", type: "5" }],
    { a: "x" },
  ],
  ["a part that is the folder itself", [{ name: "package/./a.js", content: "x" }], { "package/a.js": "x" }],
  ["a prefix", [{ name: "file.js", prefix: "package/lib", content: "x" }], { "package/lib/file.js": "x" }],
  [
    "a prefix of 155 bytes",
    [{ name: "c", prefix: "a/".repeat(77) + "b", content: "x" }],
    { [`${"a/".repeat(77)}b/c`]: "x" },
  ],
  [
    "a prefix and two times",
    [{ name: "c", prefix: NPM_PREFIX, content: "x" }],
    { [`package/${"long/".repeat(20)}long/c`]: "x" },
  ],
  ["a long name of GNU tar", [longName(LONG), { name: LONG, magic: GNU, content: "x" }], { [LONG]: "x" }],
  ["an extended name", [extended(record("path", LONG)), { name: "short", content: "x" }], { [LONG]: "x" }],
  [
    "an extended name that is not ASCII",
    [extended(record("path", "žluť")), { name: "a", content: "x" }],
    { žluť: "x" },
  ],
  [
    "a long name that the header cuts in a letter",
    [extended(record("path", "é".repeat(60))), { name: `${"é".repeat(49)}x\u00e9`, content: "x" }],
    { ["é".repeat(60)]: "x" },
  ],
  ["an extended size that is the same", [extended(record("size", "1")), { name: "a", content: "x" }], { a: "x" }],
  [
    "times, owners and comments",
    [extended(record("mtime", "1.5"), record("comment", "x"), record("SCHILY.dev", "1")), { name: "a" }],
    { a: "" },
  ],
  ["a comment for all members", [{ name: "g", type: "g", content: record("comment", "x") }, { name: "a" }], { a: "" }],
  [
    "a comment for all members, and one for the next",
    [{ name: "g", type: "g", content: record("comment", "x") }, extended(record("mtime", "1")), { name: "a" }],
    { a: "" },
  ],
  ["a type of old times", [{ name: "a", type: "\0", content: "x" }], { a: "x" }],
  [
    "a size in base 256",
    [{ name: "a", content: "xy", size: Buffer.concat([Buffer.of(0x80), Buffer.alloc(10), Buffer.of(2)]) }],
    { a: "xy" },
  ],
  ["a size with spaces", [{ name: "a", content: "xy", size: "         2 \0" }], { a: "xy" }],
  ["no mode", [{ name: "a", content: "x", mode: "\0\0\0\0\0\0\0\0" }], { a: "x" }],
  [
    "the same file twice",
    [
      { name: "package/./a", content: "x" },
      { name: "package/a", content: "x" },
    ],
    { "package/a": "x" },
  ],
  ["the same folder twice", [{ name: "a/" }, { name: "./a/" }, { name: "a/b" }], { "a/b": "" }],
  ["a folder with the set-group-id bit", [{ name: "a/", mode: "0042755\0" }], {}],
];

for (const [what, members, files] of GOOD) {
  test(`a tarball with ${what} is read`, async () => {
    const bytes = forgeTarball(members);
    const answer = await readTarballBytes(bytes, { onlyFiles: true });
    assert.deepEqual(filesOf(answer), files);
    assert.ok(answer.ok && answer.sha256 === sha256(bytes));
  });
}

test("entries come in the order of the archive, folders without their slash, links with their target", async () => {
  const members: readonly ForgedMember[] = [
    { name: "bin/", mode: "0000755\0" },
    { name: "bin/run", mode: "0000755\0", content: "xyz" },
    { name: "link", type: "2", linkName: "../../etc/passwd", mode: "0000777\0" },
    longName(`bin/${"x".repeat(120)}`, "K"),
    { name: "hard", type: "1", linkName: "bin/run" },
    { name: "fifo", type: "6" },
    { name: "tty", type: "3" },
    { name: "disk", type: "4" },
  ];
  const answer = await readTarballBytes(forgeTarball(members));
  assert.ok(answer.ok);
  assert.deepEqual(answer.entries, [
    { name: "bin", type: "directory", size: 0, mode: 0o755 },
    { name: "bin/run", type: "file", size: 3, mode: 0o755 },
    { name: "link", type: "symlink", size: 0, mode: 0o777, linkName: "../../etc/passwd" },
    { name: "hard", type: "link", size: 0, mode: 0o644, linkName: `bin/${"x".repeat(120)}` },
    { name: "fifo", type: "fifo", size: 0, mode: 0o644 },
    { name: "tty", type: "character-device", size: 0, mode: 0o644 },
    { name: "disk", type: "block-device", size: 0, mode: 0o644 },
  ]);
  for (const member of members.slice(2).filter(({ type }) => type !== "K")) {
    const refused = await readTarballBytes(forgeTarball([member]), { onlyFiles: true });
    assert.ok(!refused.ok && refused.kind === "malformed");
    assert.match(refused.reason, /is neither a file nor a folder/);
  }
});

test("only wanted files that are small enough are kept", async () => {
  const bytes = forgeTarball([{ name: "a", content: "1234" }, { name: "b", content: "12345" }, { name: "c" }]);
  const limits: Readonly<Record<string, number>> = { a: 4, b: 4 };
  assert.deepEqual(filesOf(await readTarballBytes(bytes, { wanted: (name) => limits[name] })), { a: "1234" });
});

/** A gzip member with a header of our own; its content is a tar archive with the file `a`. */
function withHeader(flags: number, rest: string | Uint8Array): Buffer {
  const plain = gzipSync(forgeTar([{ name: "a", content: "x" }]));
  return Buffer.concat([
    plain.subarray(0, 3),
    Buffer.of(flags),
    plain.subarray(4, 10),
    Buffer.from(rest),
    plain.subarray(10),
  ]);
}

test("a gzip header may have a name, a comment, extra fields and a CRC", async () => {
  const start = withHeader(2, "").subarray(0, 10);
  const crc = crc32(start) & 0xffff;
  for (const bytes of [
    withHeader(8, "acme.tar\0"),
    withHeader(16, "made for a test\0"),
    withHeader(4, "\u0003\0abc"),
    withHeader(28, "\u0003\0abcname\0comment\0"),
    withHeader(2, Buffer.of(crc & 0xff, crc >> 8)),
  ]) {
    assert.deepEqual(filesOf(await readTarballBytes(bytes)), { a: "x" });
  }
});

test("a large file is read in pieces", async () => {
  const content = Buffer.concat([randomBytes(3_000_000), Buffer.alloc(3_000_000, "text ")]);
  const bytes = forgeTarball([
    { name: "a", content },
    { name: "b", content: "x" },
  ]);
  const answer = await readTarballBytes(bytes, { wanted: () => content.length });
  assert.ok(answer.ok && answer.sha256 === sha256(bytes));
  assert.deepEqual(answer.contents.get("a"), content);
  assert.equal(answer.contents.get("b")?.length, 1);
});

test("zeros may follow the end, as programs that write whole records leave them", async () => {
  const end = Buffer.concat([END, Buffer.alloc(9216)]);
  assert.deepEqual(filesOf(await readTarballBytes(forgeTarball([{ name: "a", content: "x" }], end))), { a: "x" });
});

test("whatever files are put in come out", async () => {
  const name = fc.stringMatching(/^[a-z]{1,60}(\/[a-z]{1,60}){0,3}$/).map((path) => `${path}.js`);
  const content = fc.oneof(fc.uint8Array({ maxLength: 1100 }), fc.constant(new Uint8Array(512)));
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, content, { maxKeys: 8 }),
      fc.constantFrom("pax", "gnu"),
      async (tree, style) => {
        const members = Object.entries(tree).flatMap(([path, bytes]): readonly ForgedMember[] => {
          const member = { name: path, content: bytes };
          if (path.length <= 100) return [member];
          return [style === "pax" ? extended(record("path", path)) : longName(path), member];
        });
        const answer = await readTarballBytes(forgeTarball(members));
        assert.ok(answer.ok);
        const found = [...answer.contents].map(([path, bytes]) => [path, Buffer.from(bytes).toString("hex")]);
        assert.deepEqual(
          found,
          Object.entries(tree).map(([path, bytes]) => [path, Buffer.from(bytes).toString("hex")]),
        );
      },
    ),
    { numRuns: 60 },
  );
});
