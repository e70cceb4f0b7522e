// npm's INI dialect and its credentials: what a line means, compared with npm's own parser where npm is installed, and
// which URL gets which credentials.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import fc from "fast-check";
import { authorizationFor } from "../src/policy/npm-credentials.ts";
import { parseNpmIni } from "../src/policy/npm-ini.ts";

const LINES: readonly (readonly [sentence: string, text: string, expected: Readonly<Record<string, string>>])[] = [
  ["key and value", "a=b", { a: "b" }],
  ["blanks around both", "  a = b c  ", { a: "b c" }],
  ["lines end in LF, CR or both", "a=1\rb=2\r\nc=3\n\n\nd=4", { a: "1", b: "2", c: "3", d: "4" }],
  ["comments", "; a=1\n# b=2\n  ;c=3\nd=4", { d: "4" }],
  ["comments after a value", "a=1;2\nb=1#2\nc=1 ; 2", { a: "1", b: "1", c: "1" }],
  ["escaped signs of comments", String.raw`a=1\;2\#3\\4\n`, { a: String.raw`1;2#3\4\n` }],
  ["double quotes", 'a="b ; c"', { a: "b ; c" }],
  ["escapes in double quotes", String.raw`a="b\tc"`, { a: "b\tc" }],
  ["double quotes that hold no JSON stay", String.raw`a="b\x"`, { a: String.raw`"b\x"` }],
  ["single quotes", "a='b ; c'", { a: "b ; c" }],
  ["keys in quotes", '"a=b"=c', { '"a': 'b"=c' }],
  ["a key alone", "a", { a: "true" }],
  ["a key without value", "a=", { a: "" }],
  ["a value with =", "a=b=c", { a: "b=c" }],
  ["no key", "=a", {}],
  ["the last of two counts", "a=1\na=2", { a: "2" }],
  ["what stands in a section does not count", "a=1\n[s]\na=2\nb=3", { a: "1" }],
  ["a byte order mark is white space", "\u{feff}a=1\nb=2", { a: "1", b: "2" }],
  ["variables in key and value", "//${HOST}/:_authToken=${TOKEN}", { "//h.example/:_authToken": "t" }],
  ["a variable that may be absent", "a=x${NO?}y", { a: "xy" }],
  ["an escaped variable", String.raw`a="\\${"${HOST}"}"`, { a: "${HOST}" }],
  ["a lone dollar", "a=$HOST ${} $", { a: "$HOST ${} $" }],
  ["the prototype is no setting", "__proto__=x\nconstructor=y", { ["__proto__"]: "x", constructor: "y" }],
];

const ENV = { HOST: "h.example", TOKEN: "t" };

test("lines", async (t) => {
  for (const [sentence, text, expected] of LINES) {
    await t.test(sentence, () => {
      assert.deepEqual([...parseNpmIni(text, ENV).settings], Object.entries(expected));
    });
  }
});

test("a variable without value takes its line out, and the line before it with the same key", () => {
  const { settings, unresolved } = parseNpmIni("a=1\na=${NO}\nb=${NO}\nb=2", ENV);
  assert.deepEqual([...settings], [["b", "2"]]);
  assert.deepEqual([...unresolved], [["a", "NO"]]);
});

test("variables are the environment's own", () => {
  assert.deepEqual([...parseNpmIni("a=${toString}", {}).unresolved], [["a", "toString"]]);
});

type Parse = (text: string) => Readonly<Record<string, unknown>>;

/** npm's own parser, or why it is not to be had. */
function npmParser(): { readonly parse?: Parse; readonly skip: string | false } {
  const root = execFileSync("npm", ["root", "--global"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();
  const path = join(root, "npm/node_modules/ini/lib/ini.js");
  if (!existsSync(path)) return { skip: "npm's own parser is not where npm root says" };
  const { parse } = createRequire(path)(path) as { parse: Parse };
  return { parse, skip: false };
}

const npm = npmParser();

test("lines mean what npm's own parser takes them for", { skip: npm.skip }, () => {
  const { parse } = npm;
  assert.ok(parse !== undefined);
  const piece = fc.constantFrom(
    "a",
    "b",
    "=",
    ";",
    "#",
    '"',
    "'",
    "\\",
    "\n",
    "\r",
    " ",
    "\t",
    "[",
    "]",
    "//h/:x",
    "é",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
      const text = pieces.join("");
      // Lists and sections are objects there, and nothing here.
      const theirs = Object.entries(parse(text)).filter(([, value]) => typeof value !== "object");
      const ours = [...parseNpmIni(text, {}).settings];
      const sectioned = parseNpmIni(text, {}).sections.length > 0 || text.includes("[]");
      if (sectioned) return;
      assert.deepEqual(
        Object.fromEntries(ours),
        Object.fromEntries(theirs.map(([key, value]) => [key, String(value)])),
      );
    }),
    { numRuns: 2000 },
  );
});

const SETTINGS: Readonly<Record<string, string>> = {
  "//a.example/npm/:_authToken": "npm-token",
  "//a.example/npm/team/:_auth": "dXNlcjpwYXNz",
  "//a.example/files:_authToken": "files-token",
  "//b.example/:username": "user",
  "//b.example/:_password": Buffer.from("p:ä").toString("base64"),
  "//c.example/:username": "user",
  "//d.example:8443/:_authToken": "port-token",
  "//e.example/:_authToken": "",
  "//e.example/:_auth": "eHg6eXk=",
  "//f.example/:_authToken": "f-token",
  "//f.example/:_auth": "not-this",
  "//g.example:_authToken": "whole-host",
};

const URLS: readonly (readonly [url: string, expected: string | undefined])[] = [
  ["https://a.example/npm/tool", "Bearer npm-token"],
  ["https://a.example/npm/tool/-/tool-1.0.0.tgz", "Bearer npm-token"],
  ["https://a.example/npm/", "Bearer npm-token"],
  ["https://a.example/npm", undefined],
  ["https://a.example/npmx/tool", undefined],
  ["https://a.example/other", undefined],
  ["https://a.example/", undefined],
  ["https://a.example/npm/team/tool", "Basic dXNlcjpwYXNz"],
  ["https://a.example/npm/teams", "Bearer npm-token"],
  ["https://a.example/npm/../other", undefined],
  ["https://a.example/npm/%2e%2e/other", undefined],
  ["https://a.example/npm/@s%2ftool", "Bearer npm-token"],
  ["https://a.example/files/x", "Bearer files-token"],
  ["https://a.example/files", "Bearer files-token"],
  ["https://a.example/filesx", undefined],
  ["https://a.example:8443/npm/tool", undefined],
  ["https://A.example/npm/tool", "Bearer npm-token"],
  ["https://x.a.example/npm/tool", undefined],
  ["https://a.example.evil.example/npm/tool", undefined],
  ["https://b.example/tool", `Basic ${Buffer.from("user:p:ä").toString("base64")}`],
  ["https://c.example/tool", undefined],
  ["https://d.example:8443/tool", "Bearer port-token"],
  ["https://d.example/tool", undefined],
  ["https://e.example/tool", "Basic eHg6eXk="],
  ["https://f.example/tool?query", "Bearer f-token"],
  ["https://g.example/deep/tool", "Bearer whole-host"],
];

test("credentials go to the longest path that was named, and nowhere else", async (t) => {
  for (const [url, expected] of URLS) {
    await t.test(url, () =>
      assert.equal(
        authorizationFor(new URL(url), (key) => SETTINGS[key]),
        expected,
      ),
    );
  }
});

test("credentials that a header cannot carry are refused, and not shown", () => {
  for (const value of ["a b", "a\r\nX: y", "ä", "\u{0}"]) {
    const setting = (key: string): string | undefined => (key === "//a.example/:_authToken" ? value : undefined);
    assert.throws(() => authorizationFor(new URL("https://a.example/x"), setting), {
      code: "npm-config-malformed",
      message: "the npm credentials for //a.example/ hold white space or other characters",
    });
  }
});
