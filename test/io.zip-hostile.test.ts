// Zip archives made to hide something in a signature block or to cost much, and a small one with every byte changed:
// what passes is always what another program reads.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { crc32, deflateRawSync } from "node:zlib";
import { MAX_TOTAL_BYTES, RATIO_FROM } from "../src/io/archive.ts";
import { readZip } from "../src/io/zip.ts";
import { MAX_DIRECTORY_BYTES, MAX_ZIP_ENTRIES } from "../src/io/zip-directory.ts";
import { filesOf, openMutable, readZipBytes, testRefused, writeArchive } from "./support/archive-files.ts";
import type { RefusedRow } from "./support/archive-files.ts";
import { yauzlFiles } from "./support/archive-readers.ts";
import { fewValues, insertions, truncations } from "./support/openpgp-mangling.ts";
import { tool } from "./support/tools.ts";
import { forgeZip } from "./support/zip-forge.ts";
import type { ForgedEntry } from "./support/zip-forge.ts";

const ENTRIES: readonly ForgedEntry[] = [
  { name: "manifest.json", content: '{"name":"acme","name":"acme"}' },
  { name: "bin/", both: { flags: 0 } },
  { name: "bin/é", content: "stored", both: { method: 0 } },
  { name: "c", content: "text, text, text", descriptor: true, local: { crc: 0, compressedSize: 0, size: 0 } },
];
const PLAIN = forgeZip(ENTRIES);
const EVIL = forgeZip([{ name: "manifest.json", content: "evil" }]);

interface Block {
  readonly what: string;
  readonly archive: Buffer;
  readonly block: Buffer;
  readonly commentLength?: number;
  readonly reason: RegExp;
}

const BLOCKS: readonly Block[] = [
  { what: "another archive", archive: PLAIN, block: EVIL, reason: /cut off, or stands behind/ },
  {
    what: "an end record that counts nothing",
    archive: PLAIN,
    block: Buffer.concat([Buffer.from("MCPB_SIG_V1 "), EVIL.subarray(-22), Buffer.from(" MCPB_SIG_END")]),
    reason: /cut off, or stands behind/,
  },
  {
    what: "an end record, counted as comment",
    archive: forgeZip(ENTRIES, { commentLength: EVIL.length }),
    block: EVIL,
    reason: /cut off, or stands behind/,
  },
  {
    what: "the rest of an end record that begins in the archive",
    archive: forgeZip(ENTRIES, { commentLength: 0x504b }),
    block: Buffer.concat([Buffer.of(5, 6), Buffer.alloc(30)]),
    reason: /bytes of comment|stands behind/,
  },
  {
    what: "what the comment counts but for a byte",
    archive: forgeZip(ENTRIES, { commentLength: 19 }),
    block: Buffer.alloc(20),
    reason: /counts 19 bytes of comment, and 20 are there/,
  },
  { what: "more than was said", archive: PLAIN, block: Buffer.alloc(20), commentLength: 19, reason: /20 bytes stand/ },
  { what: "less than was said", archive: PLAIN, block: Buffer.alloc(20), commentLength: 21, reason: /20 bytes stand/ },
  { what: "what nobody spoke of", archive: PLAIN, block: Buffer.alloc(20), commentLength: 0, reason: /20 bytes stand/ },
  {
    what: "a block, and a comment before it",
    archive: forgeZip(ENTRIES, { comment: "abc" }),
    block: Buffer.alloc(20),
    reason: /bytes of comment/,
  },
];

for (const { what, archive, block, commentLength = block.length, reason } of BLOCKS) {
  test(`a zip archive with ${what} behind it is malformed`, async () => {
    const answer = await readZipBytes(Buffer.concat([archive, block]), { end: archive.length, commentLength });
    assert.ok(!answer.ok, "it was read");
    assert.match(answer.reason, reason);
    assert.equal(answer.kind, "malformed");
  });
}

const many = (count: number, name: (index: number) => string): Buffer =>
  forgeZip(Array.from({ length: count }, (_, index) => ({ name: name(index) })));
const zeros = deflateRawSync(Buffer.alloc(RATIO_FROM));
const large = { crc: 0, size: MAX_TOTAL_BYTES / 2 + 1 };

const BOMBS: readonly RefusedRow[] = [
  [
    "a file that is 1,000 times larger than the archive",
    forgeZip([{ name: "a", data: zeros, both: { method: 8, crc: 0, size: RATIO_FROM + 1 } }]),
    /more than 200 times larger/,
  ],
  [
    "much more content than its header says, in one go",
    forgeZip([{ name: "a", data: zeros, both: { method: 8, crc: crc32("x"), size: 1 } }]),
    /longer than its header says/,
  ],
  [
    "much more content than its header says, in pieces",
    forgeZip([{ name: "a", data: zeros, both: { method: 8, crc: crc32("x"), size: 2 ** 21 } }]),
    /longer than its header says/,
  ],
  [
    "a large stream that is broken in its middle",
    forgeZip([
      {
        name: "a",
        data: Buffer.concat([zeros.subarray(0, 9000), Buffer.alloc(9000, 0xff)]),
        both: { method: 8, size: 2 ** 25 },
      },
    ]),
    /is broken/,
  ],
  [
    "a large stream that is cut",
    forgeZip([{ name: "a", data: zeros.subarray(0, -1), both: { method: 8, size: RATIO_FROM } }]),
    /is broken/,
  ],
  [
    "bytes behind a large stream",
    forgeZip([
      { name: "a", data: Buffer.concat([zeros, Buffer.alloc(40_000)]), both: { method: 8, size: RATIO_FROM } },
    ]),
    /behind the end of compressed data/,
  ],
];

const TOO_LARGE: readonly RefusedRow[] = [
  [
    "sizes of more than is worked through, in two files",
    forgeZip([
      { name: "a", data: Buffer.alloc(6_000_000), both: { method: 8, ...large } },
      { name: "b", data: Buffer.alloc(6_000_000), both: { method: 8, ...large } },
    ]),
    /larger than 2147483648 bytes/,
  ],
  [
    "a directory of more bytes than is worked through",
    Buffer.concat([Buffer.alloc(MAX_DIRECTORY_BYTES + 1), forgeZip([], { directorySize: MAX_DIRECTORY_BYTES + 1 })]),
    /central directory is larger/,
  ],
  [
    "more folders than is worked through",
    many(1100, (index) => `${index}/${"x/".repeat(120)}x`),
    /more than 131068 files and folders/,
  ],
];

testRefused(readZipBytes, "malformed", "a zip archive with", BOMBS);
testRefused(readZipBytes, "unsupported", "a zip archive with", TOO_LARGE);

test("as many entries as there can be are read", async () => {
  const answer = await readZipBytes(many(MAX_ZIP_ENTRIES, String), { wanted: () => undefined });
  assert.ok(answer.ok);
  assert.equal(answer.entries.length, MAX_ZIP_ENTRIES);
});

/** The names that bsdtar finds in the archive, and the content of all files in their order. */
async function foreignFiles(bytes: Uint8Array): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return promisify(execFile)(tool("bsdtar").path, ["-xvOf", writeArchive(bytes)], { encoding: "utf8" });
}

test("no changed byte passes that other programs read differently", { skip: tool("bsdtar").skip }, async () => {
  const truth = filesOf(await readZipBytes(PLAIN));
  const mutable = openMutable(PLAIN);
  const passed: Uint8Array[] = [];
  for (const [at, byte] of PLAIN.entries()) {
    for (const value of fewValues(byte)) {
      mutable.set(at, value);
      const answer = await readZip(mutable.file, { path: mutable.path, wanted: () => 1 << 20 });
      if (!answer.ok) continue;
      assert.deepEqual(filesOf(answer), truth, `byte ${at} as ${value}`);
      passed.push(Uint8Array.from(PLAIN).fill(value, at, at + 1));
    }
    mutable.set(at, byte);
  }
  mutable.close();
  // Times, versions, owners' rights and the like. Without any the comparison would show nothing.
  assert.ok(passed.length > 100);
  for (const bytes of passed) assert.deepEqual(await yauzlFiles(bytes), truth);
  const expected = await foreignFiles(PLAIN);
  assert.equal(expected.stdout, Object.values(truth).join(""));
  // To ask bsdtar about one takes longer than all the rest: every fifth, of which there are four a byte at most.
  const changed = passed.filter((_, index) => index % 5 === 0);
  for (let i = 0; i < changed.length; i += 8) {
    const found = await Promise.all(changed.slice(i, i + 8).map(foreignFiles));
    for (const each of found) assert.deepEqual(each, expected);
  }
});

test("no truncation and no insertion passes", async () => {
  for (const bytes of truncations(PLAIN)) assert.ok(!(await readZipBytes(bytes)).ok, `the first ${bytes.length} bytes`);
  for (const piece of [Buffer.of(0), Buffer.of(0x50), Buffer.from("PK\x05\x06")]) {
    for (const { at, bytes } of insertions(PLAIN, piece)) {
      assert.ok(!(await readZipBytes(bytes)).ok, `${piece.toString("hex")} at ${at}`);
    }
  }
});
