// One read of a file for all its hashes: against node:crypto and a naive text form, for every size where a buffer or
// a thread comes in.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import fc from "fast-check";
import { createHashSet } from "../src/core/hash-set.ts";
import type { HashRequest } from "../src/core/hash-set.ts";
import type { ReadResult } from "../src/io/hash.ts";
import { hash, MIB, newPath, TWO_THREADS_FROM, writeNew } from "./support/hash-files.ts";

/** RFC 9580 section 5.2.1.2, by a regular expression. */
function canonical(bytes: Uint8Array): Buffer {
  return Buffer.from(
    Buffer.from(bytes)
      .toString("latin1")
      .replaceAll(/(?<!\r)\n/g, "\r\n"),
    "latin1",
  );
}

function expected(bytes: Uint8Array, { algorithm, prefix, suffix, text }: HashRequest): string {
  const parts = [prefix ?? Buffer.alloc(0), text === true ? canonical(bytes) : bytes, suffix ?? Buffer.alloc(0)];
  return parts.reduce((state, part) => state.update(part), createHash(algorithm)).digest("hex");
}

function hexes({ digests }: ReadResult): readonly string[] {
  return digests.map(({ digest }) => Buffer.from(digest).toString("hex"));
}

/** Every kind of request, several of which share a pass: the order of the answers must not depend on that. */
const REQUESTS: readonly HashRequest[] = [
  { algorithm: "sha256" },
  { algorithm: "sha512", suffix: Buffer.from("trailer") },
  { algorithm: "sha256", prefix: Buffer.from("salt"), suffix: Buffer.from("trailer") },
  { algorithm: "sha512", text: true, suffix: Buffer.from("trailer") },
  { algorithm: "sha512" },
  { algorithm: "sha1" },
  { algorithm: "sha512", suffix: Buffer.from("another trailer") },
  { algorithm: "sha3-256", prefix: Buffer.from("salt"), text: true },
  { algorithm: "sha256" },
  { algorithm: "blake2b512", prefix: Buffer.alloc(0) },
];

const KIB = 1024;

/** Bytes of every value, with line ends of every kind where buffers meet. */
function sample(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 4 * KIB) bytes.fill((at / KIB) % 251, at, Math.min(size, at + 4 * KIB));
  for (const border of [4 * KIB, MIB, 2 * MIB, 3 * MIB, TWO_THREADS_FROM - MIB]) {
    const ends = ["\r\n", "\n\n", "\n\r\n", "\r\r\n"][(border / KIB) % 4] ?? "\r\n";
    for (const [index, character] of [...ends].entries()) {
      const at = border - 1 + index;
      if (at < size) bytes[at] = character.charCodeAt(0);
    }
  }
  return bytes;
}

const SIZES = [1, 2, 63, 64, 65, 4095, 4096, 4097, 65_537, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 17];

for (const size of SIZES) {
  test(`hashes of ${size} bytes are those of node:crypto`, async () => {
    const bytes = sample(size);
    const result = await hash(writeNew(bytes), REQUESTS);
    assert.equal(result.size, size);
    assert.deepEqual(
      hexes(result),
      REQUESTS.map((request) => expected(bytes, request)),
    );
  });
}

for (const size of [TWO_THREADS_FROM - 1, TWO_THREADS_FROM, TWO_THREADS_FROM + MIB + 3]) {
  test(`hashes of ${size} bytes, on one thread or two, are those of node:crypto`, async () => {
    const bytes = sample(size);
    const [copy, progress] = [newPath(), [] as number[]];
    const fd = openSync(copy, "wx");
    const requests = REQUESTS.slice(0, 4);
    const result = await hash(writeNew(bytes), requests, { copyTo: fd, onProgress: (done) => progress.push(done) });
    closeSync(fd);
    assert.deepEqual(
      hexes(result),
      requests.map((request) => expected(bytes, request)),
    );
    assert.ok(readFileSync(copy).equals(bytes));
    rmSync(copy);
    assert.equal(progress.at(-1), size);
    assert.deepEqual(
      progress,
      progress.toSorted((a, b) => a - b),
    );
  });
}

test("no request at all reads the file nevertheless", async () => {
  const path = writeNew(sample(5000));
  const copy = newPath();
  const fd = openSync(copy, "wx");
  assert.deepEqual(await hash(path, [], { copyTo: fd }), { size: 5000, digests: [] });
  closeSync(fd);
  assert.ok(readFileSync(copy).equals(sample(5000)));
});

// --- Text -------------------------------------------------------------------------------------------

test("text is hashed with CR LF for every LF that no CR precedes, however it comes in chunks", () => {
  const chunk = fc.array(fc.constantFrom("\r", "\n", "a", "\0", "\r\n", "\n\n", "é"), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 6 }), fc.constantFrom("", "salt"), (chunks, salt) => {
      const request: HashRequest = {
        algorithm: "sha256",
        text: true,
        prefix: Buffer.from(salt),
        suffix: Buffer.from("t"),
      };
      const set = createHashSet([{ algorithm: "sha256" }, request]);
      const pieces = chunks.map((parts) => Buffer.from(parts.join("")));
      for (const piece of pieces) set.update(piece);
      const whole = Buffer.concat(pieces);
      const [plain, text] = set.finish();
      assert.equal(Buffer.from(plain?.digest ?? []).toString("hex"), expected(whole, { algorithm: "sha256" }));
      assert.equal(Buffer.from(text?.digest ?? []).toString("hex"), expected(whole, request));
      assert.deepEqual([plain?.binary, text?.binary], [false, whole.includes(0)]);
    }),
    { numRuns: 500 },
  );
});

const ENDS: readonly (readonly [what: string, before: string, after: string])[] = [
  ["CR LF across two buffers", "\r", "\n"],
  ["LF at the start of a buffer", "a", "\n"],
  ["LF at the end of a buffer", "\n", "a"],
  ["LF at the end and at the start", "\n", "\n"],
  ["CR at the end, then CR LF", "\r", "\r\n"],
  ["CR at the end alone", "\r", "a"],
];

for (const [what, before, behind] of ENDS) {
  test(`text of a file with ${what}`, async () => {
    const bytes = Buffer.alloc(2 * MIB, "x");
    bytes.write(before, MIB - before.length);
    bytes.write(behind, MIB);
    const request = { algorithm: "sha256", text: true };
    assert.deepEqual(hexes(await hash(writeNew(bytes), [request])), [expected(bytes, request)]);
  });
}

test("a NUL byte anywhere makes a text binary, and is looked for in nothing else", async () => {
  for (const at of [0, MIB - 1, MIB, MIB + 5]) {
    const bytes = Buffer.alloc(MIB + 6, "x");
    bytes[at] = 0;
    const { digests } = await hash(writeNew(bytes), [{ algorithm: "sha256", text: true }, { algorithm: "sha256" }]);
    assert.deepEqual(
      digests.map(({ binary }) => binary),
      [true, false],
      `${at}`,
    );
  }
});
