// Zip archives that pass: made by several programs and by hand, with a signature block behind them, large ones; and
// what of them is kept and hashed.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { UserError } from "../src/core/errors.ts";
import { MAX_KEPT_BYTES } from "../src/io/archive.ts";
import { readZip } from "../src/io/zip.ts";
import { filesOf, folder, openMutable, readZipBytes, readZipFile, writeArchive } from "./support/archive-files.ts";
import { tool } from "./support/tools.ts";
import { extraField, FILE, FOLDER, forgeZip, numbers, UTF8 } from "./support/zip-forge.ts";
import type { ForgedEnd, ForgedEntry } from "./support/zip-forge.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const MANIFEST: ForgedEntry = { name: "manifest.json", content: '{"name":"acme"}' };

const GOOD: readonly (readonly [what: string, entries: readonly ForgedEntry[], end?: ForgedEnd])[] = [
  ["one deflated file", [MANIFEST]],
  ["no entries", []],
  ["a stored file", [{ name: "a", content: "stored", both: { method: 0 } }]],
  ["an empty file, stored", [{ name: "a" }]],
  ["an empty file, deflated", [{ name: "a", both: { method: 8 } }]],
  ["folders of their own", [{ name: "b/" }, { name: "b/c", content: "x" }, { name: "b/d/" }]],
  ["a folder that is deflated to nothing, as Java does", [{ name: "b/", both: { method: 8 } }]],
  ["central headers in another order", [MANIFEST, { name: "a", content: "x" }], { order: [1, 0] }],
  ["a name in UTF-8", [{ name: "žluťoučký/日本.txt", content: "x" }]],
  ["an ASCII name that is not marked as UTF-8", [{ name: "a", content: "x", both: { flags: 0 } }]],
  ["a descriptor with a signature", [{ name: "a", content: "x", descriptor: true, local: { crc: 0, size: 0 } }]],
  ["a descriptor, and all numbers in the header too", [{ name: "a", content: "x", descriptor: true }]],
  ["a stored file with a descriptor and sizes", [{ name: "a", content: "x", both: { method: 0 }, descriptor: true }]],
  ["bits that say how hard the compressor tried", [{ name: "a", content: "x", both: { flags: UTF8 | 6 } }]],
  [
    "times and owners",
    [{ name: "a", both: { extra: Buffer.concat([extraField(0x5455, "12345"), extraField(0x7875, "")]) } }],
  ],
  ["a comment of the archive", [MANIFEST], { comment: "made for a test" }],
  ["a comment of an entry", [{ name: "a", central: { comment: "made for a test" } }]],
  ["no attributes at all", [{ name: "a", content: "x", central: { attributes: 0, madeBy: 20 } }]],
  ["a folder with the set-group-id bit", [{ name: "a/", central: { attributes: (0o042755 << 16) >>> 0 } }]],
  ["another zip archive inside", [{ name: "in.zip", content: forgeZip([MANIFEST]), both: { method: 0 } }]],
  [
    "names that differ in more than case",
    [{ name: "a/b.txt" }, { name: "a/bb.txt" }, { name: "a.txt" }, { name: "b" }],
  ],
  [
    "names with dots and spaces",
    [{ name: "..." + "a" }, { name: ".npmrc" }, { name: "a b/[...c].js" }, { name: "a..b" }],
  ],
];

for (const [what, entries, end] of GOOD) {
  test(`a zip archive with ${what} is read`, async () => {
    const bytes = forgeZip(entries, end);
    const answer = await readZipBytes(bytes);
    const files = entries.filter(({ name }) => !name.endsWith("/"));
    assert.deepEqual(
      filesOf(answer),
      Object.fromEntries(files.map(({ name, content }) => [name, Buffer.from(content ?? "").toString()])),
    );
    assert.ok(answer.ok && answer.sha256 === sha256(bytes));
    assert.equal(answer.entries.length, entries.length);
  });
}

test("a descriptor may come without its signature", async () => {
  const content = Buffer.from("some text, some text, some text");
  const plain = await readZipBytes(forgeZip([{ name: "a", content }]));
  assert.ok(plain.ok);
  const [entry] = plain.entries;
  assert.ok(entry);
  const descriptor = numbers([entry.crc, 4], [entry.compressedSize, 4], [entry.size, 4]);
  const local = { crc: 0, compressedSize: 0, size: 0 };
  assert.deepEqual(filesOf(await readZipBytes(forgeZip([{ name: "a", content, descriptor, local }]))), {
    a: content.toString(),
  });
});

test("entries come in the order of the central directory, folders without their slash", async () => {
  const answer = await readZipBytes(forgeZip([{ name: "b/" }, { name: "b/a", content: "xyz", both: { method: 0 } }]));
  assert.ok(answer.ok);
  assert.deepEqual(answer.entries, [
    { name: "b", type: "directory", size: 0, mode: FOLDER >>> 16, compressedSize: 0, crc: 0 },
    { name: "b/a", type: "file", size: 3, mode: FILE >>> 16, compressedSize: 3, crc: 0xeb8eba67 },
  ]);
});

test("only wanted files that are small enough are kept, and folders are not asked for", async () => {
  const bytes = forgeZip([
    { name: "a", content: "1234" },
    { name: "b", content: "12345" },
    { name: "c" },
    { name: "d/" },
  ]);
  const asked: string[] = [];
  const limits: Readonly<Record<string, number>> = { a: 4, b: 4 };
  const wanted = (name: string): number | undefined => (asked.push(name), limits[name]);
  assert.deepEqual(filesOf(await readZipBytes(bytes, { wanted })), { a: "1234" });
  assert.deepEqual(asked, ["a", "b", "c"]);
});

test("what is kept has a limit, whatever the caller asks for", async () => {
  const half = Buffer.alloc(MAX_KEPT_BYTES / 2 + 1);
  const bytes = forgeZip([
    { name: "a", content: half, both: { method: 0 } },
    { name: "b", content: half, both: { method: 0 } },
  ]);
  const path = writeArchive(bytes);
  const answer = await readZipFile(path, { wanted: () => Infinity });
  assert.ok(!answer.ok && answer.kind === "unsupported");
  assert.match(answer.reason, /the files that describe it are larger/);
  assert.ok((await readZipFile(path, { wanted: () => undefined })).ok);
});

const BLOCK = Buffer.from("MCPB_SIG_V1 some signature MCPB_SIG_END");

test("a signature block may stand behind the archive, counted as its comment or not", async () => {
  const plain = forgeZip([MANIFEST]);
  const options = { end: plain.length, commentLength: BLOCK.length };
  const uncounted = await readZipBytes(Buffer.concat([plain, BLOCK]), options);
  assert.ok(uncounted.ok && uncounted.sha256 === sha256(plain));
  const counting = forgeZip([MANIFEST], { commentLength: BLOCK.length });
  const file = Buffer.concat([counting, BLOCK]);
  const counted = await readZipBytes(file, options);
  assert.ok(counted.ok && counted.sha256 === sha256(counting));
  const patch = { at: plain.length - 2, bytes: Buffer.alloc(2) };
  const restored = await readZipBytes(file, { ...options, patch });
  assert.ok(restored.ok && restored.sha256 === sha256(plain));
  assert.deepEqual(filesOf(restored), filesOf(uncounted));
});

test("a patch anywhere but in the length of the comment is a bug of the caller", async () => {
  const bytes = forgeZip([MANIFEST]);
  for (const patch of [
    { at: 0, bytes: Buffer.alloc(2) },
    { at: bytes.length - 2, bytes: Buffer.alloc(1) },
    { at: bytes.length - 3, bytes: Buffer.alloc(2) },
  ]) {
    await assert.rejects(readZipBytes(bytes, { patch }), /a patch may only replace/);
  }
});

test("a large entry, stored or deflated, is read in pieces", async () => {
  const content = Buffer.concat([randomBytes(3_000_000), Buffer.alloc(3_000_000, "text ")]);
  for (const method of [0, 8]) {
    const bytes = forgeZip([MANIFEST, { name: "large", content, both: { method } }, { name: "last", content: "x" }]);
    const answer = await readZipBytes(bytes, { wanted: () => content.length });
    assert.ok(answer.ok && answer.sha256 === sha256(bytes));
    assert.deepEqual(answer.contents.get("large"), content);
    assert.equal(answer.contents.get("last")?.length, 1);
  }
});

test("a file that loses bytes, or is another when it is read again, is an IO error", async () => {
  const changed = (error: unknown): boolean => error instanceof UserError && error.code === "input-changed";
  const bytes = forgeZip([MANIFEST]);
  const short = openMutable(bytes);
  truncateSync(short.path, bytes.length - 1);
  await assert.rejects(readZip(short.file, { path: short.path, wanted: () => undefined }), changed);
  short.close();
  // A time in the central header, which was read before the entries are, and is read again after them.
  const long = forgeZip([{ name: "a", content: Buffer.alloc(2 << 20), both: { method: 0 } }]);
  const other = openMutable(long);
  const disturb = (): undefined => {
    other.set(long.lastIndexOf("PK\x01\x02") + 12, 0x77);
  };
  await assert.rejects(readZip(other.file, { path: other.path, wanted: disturb }), changed);
  other.close();
});

const NAMES = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 8 });

test("whatever files are put in come out", async () => {
  const tree = fc.tuple(
    NAMES,
    fc.infiniteStream(fc.uint8Array({ maxLength: 200 })),
    fc.infiniteStream(fc.constantFrom(0, 8)),
  );
  await fc.assert(
    fc.asyncProperty(tree, async ([names, contents, methods]) => {
      const entries = names.map((name, i) => {
        const descriptor = i % 3 === 0;
        const [content] = contents.take(1);
        const [method = 0] = methods.take(1);
        return {
          name: `${i % 2}/${name}`,
          content: content ?? "",
          both: { method },
          ...(descriptor && { descriptor }),
        };
      });
      const answer = await readZipBytes(forgeZip(entries));
      assert.ok(answer.ok);
      assert.deepEqual(
        answer.entries.map(({ name }) => [name, Buffer.from(answer.contents.get(name) ?? []).toString("hex")]),
        entries.map(({ name, content }) => [name, Buffer.from(content).toString("hex")]),
      );
    }),
    { numRuns: 60 },
  );
});

test("archives that bsdtar makes are read as it reads them", { skip: tool("bsdtar").skip }, async () => {
  const tree = join(folder, "tree");
  mkdirSync(join(tree, "bin"), { recursive: true });
  writeFileSync(join(tree, "bin/run"), "#!/bin/sh\n".repeat(50));
  chmodSync(join(tree, "bin/run"), 0o755);
  writeFileSync(join(tree, "server.js"), "");
  for (const compression of ["deflate", "store"]) {
    const path = join(folder, `${compression}.zip`);
    const options = `zip:compression=${compression}`;
    execFileSync(tool("bsdtar").path, [
      "--format",
      "zip",
      "--options",
      options,
      "-cf",
      path,
      "-C",
      tree,
      "bin",
      "server.js",
    ]);
    const answer = await readZipFile(path);
    assert.deepEqual(filesOf(answer), { "bin/run": "#!/bin/sh\n".repeat(50), "server.js": "" });
    assert.equal(answer.ok && answer.entries.find(({ name }) => name === "bin/run")?.mode, 0o100755);
  }
});
