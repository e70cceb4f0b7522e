// The bytes of an SBOM: the same value, on lines that are harmless to look at.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { isPrintable } from "../src/core/printable.ts";
import { contentDigest, uuidOf } from "../src/sbom/serial.ts";
import { bomText } from "../src/sbom/text.ts";

const TEXTS: readonly (readonly [sentence: string, value: string, written: string])[] = [
  ["plain text", "a", '"a"'],
  ["letters of any script", "Grüße 你好", '"Grüße 你好"'],
  ["a control sequence", "\u001b[2J\u009b", '"\\u001b[2J\\u009b"'],
  ["text that turns the line around", "a\u202eb", '"a\\u202eb"'],
  ["invisible tags beyond the basic plane", "a\u{e0041}", '"a\\udb40\\udc41"'],
  ["a command of a CI runner", "##vso[x]", '"\\u0023#vso[x]"'],
  ["half a surrogate pair", "a\ud800", '"a\ufffd"'],
  ["a backslash that looks like one", "\\ud800", '"\\\\ud800"'],
];

for (const [sentence, value, written] of TEXTS) {
  test(`an SBOM writes ${sentence}`, () => assert.equal(bomText({ value }), `{\n  "value": ${written}\n}\n`));
}

test("any text keeps its value, and no line of it hides anything", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (value) => {
      const text = bomText({ value });
      assert.equal((JSON.parse(text) as { value: string }).value, value.toWellFormed());
      for (const line of text.split("\n")) assert.ok(isPrintable(line));
    }),
  );
});

test("a UUID of a digest has version 8 and the variant of RFC 9562", () => {
  assert.equal(uuidOf("f".repeat(64)), "ffffffff-ffff-8fff-bfff-ffffffffffff");
  assert.equal(uuidOf("0".repeat(64)), "00000000-0000-8000-8000-000000000000");
  assert.equal(uuidOf("0123456789abcdef".repeat(4)), "01234567-89ab-8def-8123-456789abcdef");
});

test("the digest of a document is that of its members: what moves from one list to another changes it", () => {
  const digests = [{ a: [1], b: [2] }, { a: [1, 2], b: [] }, { a: [[1, 2]] }, { b: [2], a: [1] }].map(contentDigest);
  assert.equal(new Set(digests).size, digests.length);
});
