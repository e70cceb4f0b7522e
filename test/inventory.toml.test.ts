// Strict TOML: what is refused, with which line; where tables are; dates as texts; bounds.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { stringify } from "smol-toml";
import { UserError } from "../src/core/errors.ts";
import { parseToml } from "../src/inventory/toml.ts";

function refusal(text: string): string {
  try {
    parseToml(text, "a.lock");
  } catch (error) {
    assert.ok(error instanceof UserError);
    assert.equal(error.code, "source-malformed");
    return error.message;
  }
  return assert.fail("it was read");
}

test("what TOML does not allow is refused with file and line", () => {
  const rows: readonly (readonly [string, string, RegExp])[] = [
    ["a value that is none", "a = 1\nb = nope\n", /^a\.lock:2: not valid TOML/],
    ["a key given twice", 'a = 1\na = "x"\n', /^a\.lock:2: not valid TOML/],
    ["a table given twice", "[a]\nb = 1\n[a]\n", /^a\.lock:3: not valid TOML/],
    ["a table that is a list elsewhere", "[[a]]\n[a]\n", /^a\.lock:2: not valid TOML/],
    ["a text that is not closed", '\n\na = "x\n', /^a\.lock:3: not valid TOML/],
    [
      "the key that is a prototype",
      'x = 1\n"__proto__" = { a = 1 }\n',
      /^a\.lock:2: the key "__proto__" is not allowed/,
    ],
    ["a number beyond what is exact", "a = 99999999999999999999\n", /^a\.lock:1: not valid TOML/],
    ["lists in lists, too deep", `a = ${"[".repeat(500)}${"]".repeat(500)}`, /^a\.lock:1: not valid TOML/],
    ["keys in keys, too deep", `a${".a".repeat(5000)} = 1`, /^a\.lock:1: nested deeper than 100/],
    ["too many values", `a = [${"1,".repeat(1_500_001)}]`, /^a\.lock:1: holds too many values/],
    ["JSON", '{"a": 1}', /^a\.lock:1: not valid TOML/],
  ];
  for (const [name, text, expected] of rows) assert.match(refusal(text), expected, name);
});

test("a message does not quote the file", () => {
  assert.doesNotMatch(refusal('token = "s3cret"\nother = s3cret\n'), /s3cret/);
});

test("dates become texts, and an empty text is an empty table", () => {
  const { value } = parseToml("\u{feff}a = 2026-01-02T03:04:05Z\nb = [2026-01-02]\n", "a");
  assert.equal(value["a"], "2026-01-02T03:04:05.000Z");
  assert.deepEqual(value["b"], ["2026-01-02"]);
  assert.deepEqual(Object.keys(parseToml("", "a").value), []);
});

test("nothing is inherited from a prototype", () => {
  const { value } = parseToml('[extras]\nconstructor = ["a"]\ntoString = []\n', "a");
  assert.equal(Object.getPrototypeOf(value), null);
  assert.deepEqual(Object.keys(value["extras"] ?? {}), ["constructor", "toString"]);
});

test("tables are found by name and number, and texts below them", () => {
  const text = [
    'note = """',
    "[[package]] in a text",
    '"""',
    "[[package]] # first",
    'a = "[[package]]"',
    "b = [",
    '  "x", # [[package]]',
    "]",
    "  [[ package ]]",
    'hash = "needle"',
    "[package.dependencies]",
    "[[package]]",
    "hash = 'needle'",
  ].join("\n");
  const { lineOf } = parseToml(text, "a");
  assert.deepEqual(
    [0, 1, 2, 3].map((index) => lineOf("package", index)),
    [4, 9, 12, 1],
  );
  assert.equal(lineOf("package", 1, "needle"), 10);
  assert.equal(lineOf("package", 2, "needle"), 13);
  assert.equal(lineOf("package", 0, "needle"), 4);
  assert.equal(lineOf("package.dependencies"), 11);
});

test("what a writer writes is read as it was, and its tables are where they are", () => {
  const key = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
  const table = fc.dictionary(key, fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })), { maxKeys: 4 });
  fc.assert(
    fc.property(fc.array(table, { minLength: 1, maxLength: 5 }), (packages) => {
      const text = stringify({ package: packages });
      const { value, lineOf } = parseToml(text, "a");
      assert.equal(JSON.stringify(value["package"]), JSON.stringify(packages));
      const lines = text.split("\n").flatMap((line, index) => (line === "[[package]]" ? [index + 1] : []));
      assert.deepEqual(
        packages.map((_, index) => lineOf("package", index)),
        lines,
      );
    }),
    { numRuns: 60 },
  );
});
