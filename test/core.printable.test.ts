// What is never shown raw, compared with Unicode's own properties, and that escaping JSON keeps its value.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { printable, printableJson, printableShort } from "../src/core/printable.ts";
import { hostileText } from "./support/reports.ts";

/** The same set as in src/core/printable.ts, stated by properties of the Unicode version of this Node. */
const NEVER_RAW = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;

test("exactly the code points that Unicode calls control, format, surrogate, separator, ignorable or none are escaped", () => {
  const wrong: string[] = [];
  for (let code = 0; code <= 0x10ffff; code++) {
    const text = String.fromCodePoint(code);
    const escaped = `\\u{${code.toString(16)}}`;
    if (printable(text) !== (NEVER_RAW.test(text) ? escaped : text)) wrong.push(escaped);
  }
  assert.deepEqual(wrong, [], "the ranges in src/core/printable.ts are behind the Unicode version of this Node");
});

const TEXTS = [
  ["plain text stays", "installer-1.2.sh", "installer-1.2.sh"],
  ["letters of all scripts, spaces and pairs stay", "日本 é\u00a0😀", "日本 é\u00a0😀"],
  ["a backslash of the input stays", "a\\b", "a\\b"],
  ["line ends do not end the line", "a\r\nb", "a\\u{d}\\u{a}b"],
  ["an escape sequence does not reach the terminal", "\u001b[2J", "\\u{1b}[2J"],
  ["C1 control sequence introducer", "\u009b2J", "\\u{9b}2J"],
  ["right-to-left override", "exe\u202egpj", "exe\\u{202e}gpj"],
  ["tag letters", "a\u{e0041}", "a\\u{e0041}"],
  ["a lone surrogate", "a\ud800b", "a\\u{d800}b"],
  ["a workflow command", "::error::x", "\\u{3a}:error::x"],
  ["a workflow command after white space of any kind", " \u00a0\u3000::error::x", " \u00a0\u3000\\u{3a}:error::x"],
  ["two colons elsewhere stay", "std::string", "std::string"],
  ["a runner command anywhere", "x ##[group]", "x \\u{23}#[group]"],
  ["a longer row of number signs", "###[group]", "#\\u{23}#[group]"],
  ["an agent command anywhere", "x##vso[task.complete]", "x\\u{23}#vso[task.complete]"],
  ["a service message", "##teamcity[x]", "\\u{23}#teamcity[x]"],
  ["number signs elsewhere stay", "C## #1 [x]", "C## #1 [x]"],
] as const;

for (const [name, text, expected] of TEXTS) {
  test(`printable: ${name}`, () => assert.equal(printable(text), expected));
}

test("what is printable is not escaped again", () => {
  fc.assert(fc.property(hostileText, (text) => printable(printable(text)) === printable(text)));
});

const CUTS = [
  ["a short text is whole", "abc", 3, "abc"],
  ["a long text says how much is missing", "abcdef", 4, "abcd… (2 more)"],
  ["a character outside the basic plane is not split", "ab😀cd", 3, "ab… (4 more)"],
  ["a character that ends at the limit is kept", "ab😀cd", 4, "ab😀… (2 more)"],
  ["a limit of zero", "abc", 0, "… (3 more)"],
  ["the kept part is escaped", "\u202eabc", 2, "\\u{202e}a… (2 more)"],
] as const;

for (const [name, text, limit, expected] of CUTS) {
  test(`printableShort: ${name}`, () => assert.equal(printableShort(text, limit), expected));
}

test("printableJson keeps the value and leaves no unsafe code point and no command", () => {
  const json = fc.oneof(fc.dictionary(hostileText, hostileText), fc.array(hostileText), hostileText);
  fc.assert(
    fc.property(json, fc.constantFrom(undefined, 2), (value, indent) => {
      const before = JSON.stringify(value, null, indent);
      const after = printableJson(before);
      assert.deepEqual(JSON.parse(after), JSON.parse(before));
      assert.doesNotMatch(after.replaceAll("\n", ""), NEVER_RAW);
      assert.doesNotMatch(after, /##[A-Za-z]*\[/);
    }),
  );
});
