// RFC 8785: the bytes that signatures over JSON are made of.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { canonicalJson, parseJson } from "../src/core/json.ts";
import type { Json } from "../src/core/json.ts";
import { UserError } from "../src/core/errors.ts";

const strict = (text: string): Json => parseJson(text, { source: "x.json" }).value;

function malformed(message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof UserError && error.code === "json-malformed" && message.test(error.message);
}

/** Numbers of RFC 8785 appendix B and their neighbours, and what ECMAScript prints. */
const NUMBERS: readonly (readonly [text: string, canonical: string])[] = [
  ["0", "0"],
  ["-0", "0"],
  ["-0.0e5", "0"],
  ["1.0", "1"],
  ["10e-1", "1"],
  ["4.50", "4.5"],
  ["2e-3", "0.002"],
  ["5e-324", "5e-324"],
  ["-5e-324", "-5e-324"],
  ["1.7976931348623157e308", "1.7976931348623157e+308"],
  ["9007199254740992", "9007199254740992"],
  ["295147905179352830000", "295147905179352830000"],
  ["999999999999999900000", "999999999999999900000"],
  ["1e20", "100000000000000000000"],
  ["1e21", "1e+21"],
  ["1E30", "1e+30"],
  ["0.000001", "0.000001"],
  ["0.0000001", "1e-7"],
  ["0.000000000000000000000000001", "1e-27"],
  ["333333333.33333329", "333333333.3333333"],
  ["333333333.3333333", "333333333.3333333"],
  ["-333333.3333333333", "-333333.3333333333"],
  ["1424953923781206.2", "1424953923781206.2"],
];

for (const [text, canonical] of NUMBERS) {
  test(`RFC 8785 writes ${text} as ${canonical}`, () => assert.equal(canonicalJson(strict(text)), canonical));
}

const CANONICAL: readonly (readonly [what: string, text: string, canonical: string])[] = [
  ["no white space", ' { "a" : [ 1 , 2 ] } ', '{"a":[1,2]}'],
  ["literals", "[true,false,null]", "[true,false,null]"],
  ["empty containers", "[{},[]]", "[{},[]]"],
  ["arrays keep their order", "[3,1,2]", "[3,1,2]"],
  ["keys in order, at each level", '{"b":{"z":1,"y":2},"a":0}', '{"a":0,"b":{"y":2,"z":1}}'],
  ["keys of digits by characters, not by value", '{"10":1,"9":2,"1":3}', '{"1":3,"10":1,"9":2}'],
  ["upper case before lower case", '{"a":1,"B":2}', '{"B":2,"a":1}'],
  ["the empty key first", '{"a":1,"":2}', '{"":2,"a":1}'],
  ["keys by UTF-16 units: U+1F600 before U+FB33", '{"\ufb33":1,"😀":2}', '{"😀":2,"\ufb33":1}'],
  ["keys without normalisation", '{"e\u0301":1,"\u00e9":2}', '{"e\u0301":1,"\u00e9":2}'],
  ["short escapes", String.raw`"\u0008\u0009\u000a\u000c\u000d\u0022\u005c"`, String.raw`"\b\t\n\f\r\"\\"`],
  ["other controls in lower-case hex", String.raw`"\u000F\u001f\u0000"`, String.raw`"\u000f\u001f\u0000"`],
  ["nothing else escaped", String.raw`"\/\u007f\u00e9\u2028<>&"`, '"/\u007f\u00e9\u2028<>&"'],
  ["pairs as themselves", String.raw`"\ud83d\ude00"`, '"😀"'],
];

for (const [what, text, canonical] of CANONICAL) {
  test(`RFC 8785: ${what}`, () => assert.equal(canonicalJson(strict(text)), canonical));
}

const NOT_CANONICAL: readonly (readonly [what: string, value: Json])[] = [
  ["a lone high surrogate", "\ud800"],
  ["a lone low surrogate in an array", ["\udc00"]],
  ["surrogates in the wrong order", "\ude00\ud83d"],
  ["a lone surrogate in a key", { "\ud800": 1 }],
  ["NaN", Number.NaN],
  ["an infinite number, deep inside", [{ a: Number.NEGATIVE_INFINITY }]],
];

for (const [what, value] of NOT_CANONICAL) {
  test(`RFC 8785 has no form for ${what}`, () => {
    assert.throws(() => canonicalJson(value), malformed(/surrogate|out of range/));
  });
}

test("a value that is none of JSON's is a bug, not an empty text", () => {
  assert.throws(() => canonicalJson({ a: undefined } as unknown as Json), TypeError);
});

test("canonical JSON is a fixed point, means the same, and does not depend on the order of members", () => {
  const values = fc.jsonValue({ maxDepth: 4, stringUnit: "grapheme" });
  fc.assert(
    fc.property(values, (value) => {
      const text = JSON.stringify(value);
      if (text.includes('"__proto__"')) return;
      const canonical = canonicalJson(strict(text));
      assert.equal(canonicalJson(strict(canonical)), canonical);
      assert.deepEqual(JSON.parse(canonical), JSON.parse(text));
      assert.equal(canonicalJson(reversed(strict(text))), canonical);
    }),
  );
});

function reversed(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(reversed);
  if (value === null || typeof value !== "object") return value;
  const members = Object.entries(value).map(([key, member]) => [key, reversed(member)] as const);
  return Object.fromEntries(members.toReversed());
}
