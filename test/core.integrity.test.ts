// Integrity strings of lockfiles: every digest is kept, and what is none is told.

import { test } from "node:test";
import assert from "node:assert/strict";
import { formatDigest } from "../src/core/digest.ts";
import { parseIntegrity } from "../src/core/integrity.ts";

const SHA1 = "sha1-AQEBAQEBAQEBAQEBAQEBAQEBAQE=";
const SHA512 = `sha512-${Buffer.alloc(64, 1).toString("base64")}`;

const CASES: readonly (readonly [
  sentence: string,
  text: string,
  digests: readonly string[],
  malformed: readonly string[],
])[] = [
  ["one hash", SHA1, [`sha1:${"01".repeat(20)}`], []],
  ["several algorithms", `${SHA512} ${SHA1}`, [`sha1:${"01".repeat(20)}`, `sha512:${"01".repeat(64)}`], []],
  ["the same hash twice", `${SHA1}  ${SHA1}`, [`sha1:${"01".repeat(20)}`], []],
  ["options", `${SHA1}?size=3`, [`sha1:${"01".repeat(20)}`], []],
  ["line feeds and tabs between", `${SHA1}\n\t${SHA1}`, [`sha1:${"01".repeat(20)}`], []],
  ["a hash that is too short", "sha512-AQEB", [], ["sha512-AQEB"]],
  ["a hash that is no base64", "sha1-!!!!", [], ["sha1-!!!!"]],
  ["an algorithm that nobody knows", "sha999-AQEB", [], ["sha999-AQEB"]],
  ["hex without an algorithm", "01".repeat(20), [], ["01".repeat(20)]],
  ["hex behind an algorithm", `sha1-${"01".repeat(20)}`, [], [`sha1-${"01".repeat(20)}`]],
  ["an algorithm in capitals, which npm passes over", SHA1.replace("sha", "SHA"), [], [SHA1.replace("sha", "SHA")]],
  ["no padding, which npm compares as it is", SHA1.slice(0, -1), [], [SHA1.slice(0, -1)]],
  ["the digits of URLs", SHA1.replace("Q", "_"), [], [SHA1.replace("Q", "_")]],
  ["another notation", `sha1:${"01".repeat(20)}`, [], [`sha1:${"01".repeat(20)}`]],
  ["a good and a bad one", `${SHA1} sha512-`, [`sha1:${"01".repeat(20)}`], ["sha512-"]],
  ["nothing", " ", [], []],
];

for (const [sentence, text, digests, malformed] of CASES) {
  test(`integrity: ${sentence}`, () => {
    const read = parseIntegrity(text);
    assert.deepEqual(read.digests.map(formatDigest), digests);
    assert.deepEqual(read.malformed, malformed);
  });
}

test("integrity: a text of a megabyte is none", () => {
  const read = parseIntegrity(`${SHA1} `.repeat(40_000));
  assert.deepEqual([read.digests.length, read.malformed.length], [0, 1]);
});
