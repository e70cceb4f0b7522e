// Large JSON: as strict as the small reader, the same values as the engine's parser, and lines of keys.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../src/core/errors.ts";
import { parseJson } from "../src/core/json.ts";
import { parseLargeJson } from "../src/core/large-json.ts";

const read = (text: string) => parseLargeJson(text, { source: "x.json" });

const REFUSED: readonly (readonly [sentence: string, text: string, message: RegExp])[] = [
  ["nothing", "", /x\.json:1:1: the document is empty/],
  ["blanks alone", " \n\t", /empty/],
  ["a key that is there twice", '{"a":1,\n "a":2}', /x\.json:2:2: the key "a" appears twice/],
  ["a key that is there twice in two spellings", '{"a":1,"\\u0061":2}', /appears twice/],
  ["a key that is there twice deep inside", '{"x":[{"b":1,"b":2}]}', /appears twice/],
  ["__proto__", '{"__proto__":{}}', /"__proto__" is not allowed/],
  ["__proto__ with an escape", '{"__proto\\u005f_":{}}', /"__proto__" is not allowed/],
  ["text behind the value", '{"a":1} x', /x\.json:1:9: not valid JSON/],
  ["a value that ends early", '{"a":[1,', /not valid JSON/],
  ["a string without its end", '{"a', /not valid JSON/],
  ["a comment", "{} // no", /not valid JSON/],
  ["a trailing comma", '{"a":1,}', /not valid JSON/],
  ["201 levels", `${"[".repeat(201)}${"]".repeat(201)}`, /nested deeper than 200 levels/],
  ["closing brackets alone", "]]]", /not valid JSON/],
  ["a string that is no key before a colon in a list", '["a":1]', /not valid JSON/],
];

for (const [sentence, text, message] of REFUSED) {
  test(`large JSON: refuses ${sentence}`, () =>
    assert.throws(
      () => read(text),
      (error) => error instanceof UserError && error.code === "json-malformed" && message.test(error.message),
    ));
}

const TAKEN: readonly (readonly [sentence: string, text: string, value: unknown])[] = [
  ["a byte order mark", "\u{feff}[1]", [1]],
  ["the same key in two objects", '[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
  ["the same text as key and value", '{"a":"a","b":"a"}', { a: "a", b: "a" }],
  ["quotes and backslashes in strings", '{"a\\"\\\\":"\\\\","b":"x\\":"}', { 'a"\\': "\\", b: 'x":' }],
  ["names of every object", '{"constructor":1,"toString":2}', { constructor: 1, toString: 2 }],
  ["200 levels", `${"[".repeat(200)}${"]".repeat(200)}`, JSON.parse(`${"[".repeat(200)}${"]".repeat(200)}`)],
];

for (const [sentence, text, value] of TAKEN) {
  test(`large JSON: takes ${sentence}`, () => assert.deepEqual(read(text).value, value));
}

test("large JSON: more values than six million are refused", () => {
  assert.throws(() => read(`[${"1,".repeat(6_000_001)}1]`), /holds more than 6000000 values/);
});

test("large JSON: agrees with the small reader on any value and any spelling of it", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, 2), (value, space) => {
      const text = JSON.stringify(value, null, space);
      if (text.includes('"__proto__"')) return;
      assert.deepEqual(read(text).value, parseJson(text, { source: "x" }).value);
    }),
  );
});

test("large JSON: what it takes of broken text, the small reader takes too", () => {
  const base = '{"a": [1, {"b": "c\\n"}, null], "d": {"a": true}}';
  for (let at = 0; at < base.length; at++) {
    for (const put of ["", '"', "{", "}", "[", "]", ",", ":", "\\", "x", "1"]) {
      const text = base.slice(0, at) + put + base.slice(at + 1);
      let taken: unknown;
      try {
        taken = read(text).value;
      } catch (error) {
        assert.ok(error instanceof UserError);
        assert.throws(() => parseJson(text, { source: "x" }), text);
        continue;
      }
      assert.deepEqual(taken, parseJson(text, { source: "x" }).value, text);
    }
  }
});

test("large JSON: finds the lines of keys and items", () => {
  const document = read('{\n  "a": {\n    "x/y": [\n 1,\n {"z": 2}]\n  },\n\n  "b": [{},\n {}]}');
  const lines: readonly (readonly [path: readonly (string | number)[], line: number])[] = [
    [["a"], 2],
    [["a", "x/y"], 3],
    [["a", "x/y", 1], 5],
    [["a", "x/y", 1, "z"], 5],
    [["b"], 8],
    [["b", 1], 9],
    [["b", 7], 8],
    [["nothing"], 1],
    [[], 1],
  ];
  for (const [path, line] of lines) assert.equal(document.lineOf(path), line, JSON.stringify(path));
});

test("large JSON: the lines are those of the small reader", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      const text = JSON.stringify(value, null, 2);
      if (text.includes('"__proto__"')) return;
      const { lineOf } = read(text);
      for (const [pointer, line] of parseJson(text, { source: "x" }).lines) {
        const keys = pointer.split("/").slice(1);
        if (keys.length === 0 || keys.length > 3 || keys.some((key) => /[~\d]/.test(key))) continue;
        assert.equal(lineOf(keys), line, pointer);
      }
    }),
  );
});
