import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { equalItems, FORMATS } from "../src/core/schema-formats.ts";

test("formats take what their RFC allows, and nothing else", () => {
  const rows: readonly [format: string, good: readonly string[], bad: readonly string[]][] = [
    [
      "date",
      ["2024-02-29", "2000-02-29"],
      ["2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01", "2024-04-31", "24-1-1", ""],
    ],
    [
      "date-time",
      ["2024-02-29T23:59:60Z", "2024-01-01t00:00:00.123456789+01:00", "2024-01-01T00:00:00-0530"],
      ["2024-01-01", "2024-01-01T24:00:00Z", "2024-01-01T00:00Z", "2024-01-01T00:00:00", "2024-02-30T00:00:00Z", "x"],
    ],
    [
      "iri-reference",
      ["https://h.example/ä?x=y#z", "a/b:c", "", "#x", "urn:uuid:1", "//h.example", "%41"],
      ["a b", "git@h.example:acme/a.git", "1:a", "{x}", "a\nb", "%4", "a|b", "\\\\host"],
    ],
    ["uri", ["https://h.example/"], ["https://h.example/ä", "a/b", "https://h.example/ x"]],
    [
      "idn-email",
      ["a@b", "jö.r+g@ex-ample.example", "a@[127.0.0.1]"],
      ["a", "@b", "a@", "a@@b", "a..b@c", "a b@c", "a@b c", `${"a".repeat(65)}@b`],
    ],
  ];
  for (const [format, good, bad] of rows) {
    for (const text of good) assert.equal(FORMATS[format]?.(text), true, `${format}: ${text}`);
    for (const text of bad) assert.equal(FORMATS[format]?.(text), false, `${format}: ${text}`);
  }
});

test("two items are equal when their members are, in any order", () => {
  const rows: readonly [sentence: string, items: readonly unknown[], expected: readonly number[] | undefined][] = [
    ["none", [], undefined],
    ["texts", ["a", "b", "a"], [0, 2]],
    ["a number is no text", [1, "1"], undefined],
    [
      "members in another order",
      [
        { a: 1, b: [2] },
        { b: [2], a: 1 },
      ],
      [0, 1],
    ],
    [
      "items of a list in another order",
      [
        [1, 2],
        [2, 1],
      ],
      undefined,
    ],
    ["a list is no object", [[], {}], undefined],
    ["null is no text", [null, "null"], undefined],
  ];
  for (const [sentence, items, expected] of rows) assert.deepEqual(equalItems(items), expected, sentence);
});

test("equality is that of JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
      const copy: unknown = JSON.parse(JSON.stringify(a));
      assert.deepEqual(equalItems([a, copy]), [0, 1]);
      if (JSON.stringify(a) === JSON.stringify(b)) assert.deepEqual(equalItems([a, b]), [0, 1]);
    }),
    { numRuns: 300 },
  );
});
