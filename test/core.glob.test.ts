// Patterns over names: the table of what they mean, and a regular expression as the reference.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { globMatches, matchesEverything } from "../src/core/glob.ts";

const CASES: readonly (readonly [what: string, pattern: string, name: string, matches: boolean])[] = [
  ["a literal matches itself", "a.sh", "a.sh", true],
  ["the whole name must match: nothing behind", "a.sh", "a.sh.exe", false],
  ["the whole name must match: nothing in front", "a.sh", "xa.sh", false],
  ["a line feed behind the name is part of it", "a.sh", "a.sh\n", false],
  ["case counts", "a.sh", "A.sh", false],
  ["a point is a point", "a.sh", "axsh", false],
  ["characters of regular expressions are literal", "a+(b)[c]^$|{1}\\", "a+(b)[c]^$|{1}\\", true],
  ["a class is no class", "[ab]", "a", false],
  ["braces are no alternatives", "{a,b}", "a", false],
  ["a backslash escapes nothing", "\\*", "*", false],
  ["an exclamation mark negates nothing", "!a", "b", false],
  ["* is a run", "tool-*.tar.gz", "tool-1.2.3.tar.gz", true],
  ["* may be empty", "tool*", "tool", true],
  ["* may match a leading point", "*", ".hidden", true],
  ["* stops at a slash", "*.sh", "bin/a.sh", false],
  ["* may match a line feed", "a*b", "a\nb", true],
  ["* several times", "*a*b*", "xxaxxbxx", true],
  ["** crosses slashes", "dist/**", "dist/a/b.sh", true],
  ["** in the middle", "a/**/z", "a/b/c/z", true],
  ["**/ needs its slash", "**/a.sh", "a.sh", false],
  ["** may be empty", "a**b", "ab", true],
  ["*** is ** and *", "a***b", "a/x/b", true],
  ["? is one character", "a?c", "abc", true],
  ["? is not none", "a?c", "ac", false],
  ["? is no slash", "a?c", "a/c", false],
  ["? is one code point", "a?c", "a😀c", true],
  ["? is not two code points", "a?c", "ae\u0301c", false],
  ["names are not normalised", "\u00e9", "e\u0301", false],
  ["the empty pattern matches the empty name", "", "", true],
  ["the empty pattern matches nothing else", "", "a", false],
  ["a lone surrogate is a character", "a?", "a\ud800", true],
];

for (const [what, pattern, name, matches] of CASES) {
  test(what, () => assert.equal(globMatches(pattern, name), matches));
}

const WIDE = ["", "*", "**", "***", "?", "?*", "**/*", "*/**", "/", "*.*", "**/*.*", "./**", "."];
const NARROW = ["a", "*a", "*.sh", "**/x", "* ", "\\*", "[*]", "-", "*-*", "\u2217"];

test("patterns that name nothing in particular", () => {
  assert.deepEqual([...WIDE, ...NARROW].filter(matchesEverything), WIDE);
});

const unit = fc.constantFrom("a", "b", "/", "*", "?", ".", "\n", "😀", "\\");
const text = fc.array(unit, { maxLength: 8 }).map((parts) => parts.join(""));

test("the same names match as by a regular expression", () => {
  const parts: Readonly<Record<string, string>> = { "**": "[^]*", "*": "[^/]*", "?": "[^/]" };
  fc.assert(
    fc.property(text, text, (pattern, name) => {
      const source = pattern.replace(/\*\*|[^]/gu, (part) => parts[part] ?? part.replace(/[.\\/*?]/, "\\$&"));
      assert.equal(globMatches(pattern, name), new RegExp(`^${source}$`, "u").test(name));
    }),
    { numRuns: 2000 },
  );
});

test("a pattern that a backtracking matcher would never finish", () => {
  assert.equal(globMatches(`${"*a".repeat(200)}b`, "a".repeat(1000)), false);
  assert.equal(globMatches(`${"**a".repeat(200)}*`, "a".repeat(1000)), true);
});
