// Strict JSON against JSON.parse as the reference for RFC 8259, what we refuse beyond it, and where values
// and errors stand. A document that two readers understand differently is an attack.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseJson } from "../src/core/json.ts";
import type { Json } from "../src/core/json.ts";
import { UserError } from "../src/core/errors.ts";

const strict = (text: string): Json => parseJson(text, { source: "x.json" }).value;
const relaxed = (text: string): Json => parseJson(text, { source: "x.json", comments: true }).value;

function malformed(message: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof UserError && error.code === "json-malformed" && message.test(error.message);
}

const ACCEPTED: readonly (readonly [what: string, text: string, value: Json])[] = [
  ["a lone scalar", " true ", true],
  ["null", "null", null],
  ["the empty string", '""', ""],
  ["the empty key", '{"":1}', { "": 1 }],
  ["a leading byte order mark", '\u{feff}{"a":1}', { a: 1 }],
  ["all kinds of line ends", "[\r1,\n2,\r\n3\t]", [1, 2, 3]],
  ["every escape", String.raw`"\"\\\/\b\f\n\r\t\u0041"`, '"\\/\b\f\n\r\tA'],
  ["an escaped NUL", String.raw`"\u0000"`, "\0"],
  ["a surrogate pair in escapes", String.raw`"\ud83d\ude00"`, "😀"],
  ["a lone surrogate, which only canonical JSON refuses", String.raw`"\ud800"`, "\ud800"],
  ["DEL and line separators inside a string", '"\x7f\u2028"', "\x7f\u2028"],
  ["keys that every object has as members", '{"constructor":1,"toString":2}', { constructor: 1, toString: 2 }],
  ["numbers that look like one another", "[0,-0,1E2,1e-400]", [0, -0, 100, 0]],
  ["an integer beyond 2^53, as every JavaScript program reads it", "9007199254740993", 9007199254740992],
  ["a million escapes", `"${String.raw`\n`.repeat(1_000_000)}"`, "\n".repeat(1_000_000)],
  ["100,000 blanks, often", `${" \t".repeat(50_000)}[${"\n".repeat(9)}${" ".repeat(100_000)}1]`, [1]],
  ["200,000 values", `[${"1,".repeat(199_998)}1]`, Array.from({ length: 199_999 }, () => 1)],
  ["depth 200", "[".repeat(200) + "]".repeat(200), JSON.parse("[".repeat(200) + "]".repeat(200)) as Json],
];

for (const [what, text, value] of ACCEPTED) {
  test(`reads ${what}`, () => assert.deepEqual(strict(text), value));
}

const REFUSED: readonly (readonly [what: string, text: string, message: RegExp])[] = [
  ["an empty document", "", /^x\.json:1:1: value expected$/],
  ["white space alone", "\n ", /^x\.json:2:2: value expected$/],
  ["a byte order mark alone", "\u{feff}", /value expected/],
  ["two byte order marks", "\u{feff}\u{feff}1", /invalid symbol/],
  ["a key twice", '{\n "a": 1,\n "a": 2\n}', /^x\.json:3:2: the key "a" appears twice$/],
  ["a key twice, once in escapes", String.raw`{"a":1,"\u0061":2}`, /the key "a" appears twice/],
  ["a key twice with equal values", '{"a":1,"a":1}', /appears twice/],
  ["a key twice, deep inside", '[{"b":[{"a":1,"c":2,"a":3}]}]', /appears twice/],
  ["the empty key twice", '{"":1,"":2}', /the key "" appears twice/],
  ["__proto__", '{"__proto__":{}}', /^x\.json:1:2: the key "__proto__" is not allowed$/],
  ["__proto__ in escapes", String.raw`{"\u005f_proto__":{}}`, /is not allowed/],
  ["depth 201", "[".repeat(201) + "]".repeat(201), /^x\.json:1:201: nested deeper than 200 levels$/],
  ["a million open brackets", "[".repeat(1_000_000), /nested deeper/],
  ["a million open objects", '{"a":'.repeat(1_000_000), /nested deeper/],
  ["a value more than 200,000", `[${"1,".repeat(199_999)}1]`, /^x\.json:1:400000: it holds more than 200000 values$/],
  ["200,000 empty objects in a list", `{"a":[${"{},".repeat(199_999)}{}]}`, /more than 200000 values/],
  [
    "a million escapes, and one",
    `"${String.raw`\n`.repeat(1_000_001)}"`,
    /^x\.json:1:2000002: it holds more than 1000000 escapes$/,
  ],
  ["100,001 blanks", `[\n${" \t".repeat(50_000)} 1]`, /^x\.json:2:100001: more than 100000 blanks in a row$/],
  ["text behind the value", "1 2", /^x\.json:1:3: end of file expected$/],
  ["a second document on the next line", "{}\n{}", /^x\.json:2:1: end of file expected$/],
  ["a NUL behind the value", "1\0", /invalid symbol/],
  ["a number out of range", "[1e400]", /^x\.json:1:2: a number is out of range$/],
  ["a negative number out of range", "-1e400", /out of range/],
  ["a leading zero", "01", /expected/],
  ["a plus sign", "+1", /invalid symbol/],
  ["a point without digits", "1.", /unexpected end of number/],
  ["an exponent without digits", "1e", /unexpected end of number/],
  ["hexadecimal", "0x10", /expected|invalid/],
  ["NaN", "NaN", /invalid symbol/],
  ["a lone minus", "-", /invalid symbol/],
  ["single quotes", "'a'", /invalid symbol/],
  ["a key without quotes", "{a:1}", /invalid symbol|property name expected/],
  ["a missing comma", "[1 2]", /^x\.json:1:4: comma expected$/],
  ["a missing colon", '{"a" 1}', /colon expected/],
  ["a missing value", '{"a":}', /value expected/],
  ["a comma at the start", "[,1]", /value expected/],
  ["two commas", "[1,,2]", /value expected/],
  ["a trailing comma in an array", "[1,]", /value expected/],
  ["a trailing comma in an object", '{"a":1,}', /property name expected/],
  ["an open array", "[1", /close bracket expected/],
  ["an open object", '{"a":1', /close brace expected/],
  ["the wrong bracket", "[1}", /expected/],
  ["an open string", '"a', /unexpected end of string/],
  ["a line feed in a string", '"a\nb"', /unexpected end of string/],
  ["a control character in a string", '"a\u0001b"', /invalid character/],
  ["a TAB in a string", '"a\tb"', /invalid character/],
  ["a control character in a key", '{"a\u0001":1}', /invalid character/],
  ["an unknown escape", String.raw`"\x41"`, /invalid escape character/],
  ["a short \\u escape", String.raw`"\u12"`, /invalid unicode/],
  ["a bad escape that good text follows", String.raw`"\u00zz\n"`, /invalid unicode/],
  ["a no-break space between tokens", "[\u00a01]", /invalid symbol/],
  ["a form feed between tokens", "[\f1]", /invalid symbol/],
  ["a line comment", "1 // one", /^x\.json:1:3: invalid comment token$/],
  ["a block comment", "/* one */ 1", /invalid comment token/],
  ["an open block comment", "1 /*", /invalid comment token/],
  [
    "a long key twice, of which the message shows the start",
    `{"${"k".repeat(999)}":1,"${"k".repeat(999)}":2}`,
    /: the key "k{100}"… appears twice$/,
  ],
];

for (const [what, text, message] of REFUSED) {
  test(`refuses ${what}`, () => {
    assert.throws(() => strict(text), malformed(message));
  });
}

const RELAXED: readonly (readonly [what: string, text: string, value: Json])[] = [
  ["line and block comments", '// a\n{"a": /* b */ 1} // c', { a: 1 }],
  ["a comment that looks like the end of a string", '["/*", "*/" /* " */]', ["/*", "*/"]],
  ["trailing commas", '{"a":[1,],}', { a: [1] }],
];

for (const [what, text, value] of RELAXED) {
  test(`with comments allowed, reads ${what}`, () => assert.deepEqual(relaxed(text), value));
}

const RELAXED_REFUSED: readonly (readonly [what: string, text: string])[] = [
  ["a comma alone", "[,]"],
  ["two trailing commas", "[1,,]"],
  ["an open block comment", "1 /*"],
  ["a block comment that closes on its own star", "1 /*/"],
  ["a comment alone", "// nothing"],
  ["a duplicate behind a comment", '{"a":1,/* */"a":2}'],
  ["__proto__", '{"__proto__":1}'],
];

for (const [what, text] of RELAXED_REFUSED) {
  test(`with comments allowed, refuses ${what}`, () => {
    assert.throws(() => relaxed(text), malformed(/./));
  });
}

test("__proto__ is refused, so no member reaches a prototype", () => {
  assert.throws(() => strict('{"__proto__":{"polluted":1}}'));
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  assert.equal(Object.getPrototypeOf(strict('{"constructor":{"prototype":{"polluted":1}}}')), Object.prototype);
});

test("lines are found by JSON Pointer", () => {
  const { lines } = parseJson('{\n"a/b": [\n1,\n{ "m~n": null }\n],\n"": "x",\n"c":\n2 }', { source: "x.json" });
  const expected = { "": 1, "/a~1b": 2, "/a~1b/0": 3, "/a~1b/1": 4, "/a~1b/1/m~0n": 4, "/": 6, "/c": 8 };
  assert.deepEqual(Object.fromEntries(lines), expected);
});

test("one long key above many members does not fill the memory with pointers", () => {
  const text = `{"${"k".repeat(300_000)}":[${"0,".repeat(150_000)}0]}`;
  const { value, lines } = parseJson(text, { source: "x.json" });
  const total = Array.from(lines.keys()).reduce((sum, pointer) => sum + pointer.length, 0);
  assert.equal(Object.values(value as Record<string, Json[]>)[0]?.length, 150_001);
  assert.equal(lines.get(""), 1);
  assert.ok(total <= 16_000_000, `${total} characters of pointers`);
});

/** What JSON.parse makes of the text, where it and we should agree. */
function reference(text: string): { readonly value: unknown } | "refused" {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return "refused";
    throw error;
  }
}

function ours(text: string): { readonly value: unknown } | "refused" | "stricter" {
  try {
    return { value: strict(text) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return /appears twice|is not allowed|out of range|nested deeper/.test(error.message) ? "stricter" : "refused";
  }
}

/** JSON text with a few characters removed, replaced or put in. */
const mangled = fc
  .tuple(
    fc.json({ maxDepth: 4 }),
    fc.array(fc.tuple(fc.nat(), fc.boolean(), fc.constantFrom(..."\"\\,:[]{}01-+.eE/*u \t\r\n\0\u00a0\u2028tfn'")), {
      maxLength: 3,
    }),
  )
  .map(([text, edits]) =>
    edits.reduce((result, [at, replace, character]) => {
      const index = at % (result.length + 1);
      return result.slice(0, index) + character + result.slice(index + (replace ? 1 : 0));
    }, text),
  );

test("a text that JSON.parse refuses is refused, and one that it reads is read alike or refused for our own reasons", () => {
  fc.assert(
    fc.property(mangled, (text) => {
      const result = ours(text);
      if (result !== "stricter") assert.deepEqual(result, reference(text));
    }),
    { numRuns: 3000 },
  );
});

test("what JSON.stringify writes is read back, and has a line for each value", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value, undefined, 1);
      if (text.includes('"__proto__"')) return;
      const parsed = parseJson(text, { source: "x.json" });
      assert.deepEqual(parsed.value, JSON.parse(text));
      const rows = text.split("\n");
      for (const [pointer, line] of parsed.lines) {
        assert.ok(rows[line - 1] !== undefined, `${pointer} on line ${line} of ${rows.length}`);
      }
    }),
  );
});
