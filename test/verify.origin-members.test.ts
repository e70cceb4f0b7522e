// Finding one member of a JSON document without reading the rest, compared with JSON.parse.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { memberRange } from "../src/verify/origin-members.ts";

const fail = (what: string): Error => Object.assign(new Error(what), { code: "test" });

function find(text: string, ...path: readonly string[]): string | undefined {
  const bytes = Buffer.from(text);
  const range = memberRange(bytes, path, fail);
  return range === undefined ? undefined : bytes.subarray(...range).toString();
}

const FOUND: readonly (readonly [
  sentence: string,
  text: string,
  path: readonly string[],
  expected: string | undefined,
])[] = [
  ["a text", '{"a":"x"}', ["a"], '"x"'],
  ["a number at the end", '{"a":1,"b":-2e3}', ["b"], "-2e3"],
  ["a word before white space", '{"a": true }', ["a"], "true"],
  ["an object", '{"a":{"b":[{}]},"c":1}', ["a"], '{"b":[{}]}'],
  ["a list", ' { "a" : [ 1 , { "b" : "]" } ] } ', ["a"], '[ 1 , { "b" : "]" } ]'],
  ["deeper", '{"x":{"a":2},"a":{"x":{"a":1}}}', ["a", "x", "a"], "1"],
  ["brackets and quotes in texts", String.raw`{"a":"}\"{[","b":1}`, ["b"], "1"],
  ["a backslash before the end of a text", String.raw`{"a":"\\","b":1}`, ["b"], "1"],
  ["an escaped key", String.raw`{"\u0061":1}`, ["a"], "1"],
  ["a key with a quote", String.raw`{"\"a":1}`, ['"a'], "1"],
  ["an empty key", '{"":1}', [""], "1"],
  ["no such key", '{"a":1}', ["b"], undefined],
  ["an empty object", "{}", ["a"], undefined],
  ["no object", "[1]", ["a"], undefined],
  ["no object on the way", '{"a":"x"}', ["a", "x"], undefined],
  ["the whole", "{}", [], "{}"],
];

test("members are found", async (t) => {
  for (const [sentence, text, path, expected] of FOUND)
    await t.test(sentence, () => assert.equal(find(text, ...path), expected));
});

const BROKEN: readonly (readonly [sentence: string, text: string])[] = [
  ["a key twice", '{"a":1,"a":2}'],
  ["a key twice, once escaped", String.raw`{"a":1,"\u0061":2}`],
  ["no end", '{"a":1'],
  ["no end of the text", '{"a":"x'],
  ["no end of the key", '{"a'],
  ["no value", '{"a":}'],
  ["no colon", '{"a" 1}'],
  ["no comma", '{"a":1 "b":2}'],
  ["a comma too many", '{"a":1,}'],
  ["a key without quotes", "{a:1}"],
  ["a closing bracket of another kind", '{"a":[1}}'],
  ["an escape at the very end", '{"a":"\\'],
  ["depth without end", `{"a":${"[".repeat(5000)}`],
  ["depth with an end", `{"a":${"[".repeat(201)}${"]".repeat(201)}}`],
];

test("documents that are no JSON are errors", async (t) => {
  for (const [sentence, text] of BROKEN)
    await t.test(sentence, () => assert.throws(() => find(text, "a"), { code: "test" }));
});

test("what JSON.parse finds, this finds", () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 4 }),
      fc.constantFrom("a", "__proto__", "é\u{1f600}", 'q"\\'),
      fc.nat(2),
      (value, key, space) => {
        const text = JSON.stringify({ x: value, [key]: { [key]: value }, y: [value] }, undefined, space);
        assert.deepEqual(JSON.parse(find(text, key, key) ?? "null"), JSON.parse(JSON.stringify(value)));
      },
    ),
  );
});

test("a large document is searched in a breath, and one version is cut out of it", () => {
  const version = JSON.stringify({ name: "x", text: "y".repeat(2000), list: [1, 2, 3] });
  const versions = Array.from({ length: 8000 }, (_, index) => `"1.0.${index}":${version}`).join(",");
  const text = `{"versions":{${versions}},"name":"x"}`;
  assert.equal(find(text, "versions", "1.0.7999"), version);
  assert.equal(find(text, "name"), '"x"');
});
