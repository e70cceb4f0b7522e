// URIs and mail addresses of manifests: a table, and agreement with another implementation.

import { test } from "node:test";
import assert from "node:assert/strict";
import { fullFormats } from "ajv-formats/dist/formats.js";
import fc from "fast-check";
import { isMailAddress, isUri } from "../src/core/json-shape-formats.ts";

const URIS: readonly (readonly [text: string, valid: boolean])[] = [
  ["https://acme.example/", true],
  ["https://acme.example", true],
  ["HTTPS://user:word@acme.example:8080/a%20b;c=d/?q=a/b?c#d/e?f", true],
  ["https://[2001:db8::1]:443/", true],
  ["https://[::ffff:1.2.3.4]", true],
  ["https://[v7.a:b]/", true],
  ["mailto:mcp@acme.example", true],
  ["urn:isbn:1", true],
  ["file:///etc/hosts", true],
  ["", false],
  ["acme.example", false],
  ["//acme.example/", false],
  ["https:", false],
  ["1https://acme.example/", false],
  ["https://acme.example/a b", false],
  ["https://acme.example/\n", false],
  [" https://acme.example/", false],
  ["https://acme.example/ä", false],
  ["https://acme.example/%zz", false],
  ["https://acme.example/a#b#c", false],
  ["https://acme.example\\@evil.example/", false],
  ["https://acme.example:http/", false],
  ["https://a@b@c/", false],
  ["https://[::1/", false],
  ["https://[::1]x/", false],
  ["https://[v1.ab", false],
  ["https://[1.2.3.4]/", false],
  ["https://[::1%25eth0]/", false],
  ["https://acme.example/[", false],
  ["https://acme.example/?[", false],
  ["https://acme.example/\u0000", false],
];

test("URIs are those of RFC 3986", () => {
  for (const [text, valid] of URIS) assert.equal(isUri(text), valid, JSON.stringify(text));
});

const uriPieces = fc.constantFrom(
  ...[
    "a",
    "https",
    ":",
    "/",
    "//",
    "?",
    "#",
    "@",
    "[",
    "]",
    "[::1]",
    "%",
    "%41",
    "%4",
    ".",
    "80",
    "\\",
    " ",
    "\n",
    "ä",
    "|",
    '"',
  ],
  ...["::", "1.2.3.4", "v1.x", "!$&'()*+,;=", "-._~", "{", "^", "`", "<"],
);

test("every URI of ours is one for another implementation, which is laxer about hosts alone", () => {
  const theirs = fullFormats.uri as (text: string) => boolean;
  const texts = fc.array(uriPieces, { maxLength: 10 }).map((parts) => parts.join(""));
  let [both, laxer] = [0, 0];
  fc.assert(
    fc.property(texts, fc.constantFrom("", "a:", "a://", "https://a/"), (text, start) => {
      const uri = start + text;
      if (isUri(uri)) {
        both++;
        assert.ok(theirs(uri), uri);
      } else if (theirs(uri)) {
        laxer++;
        assert.match(uri, /^[A-Za-z0-9+.-]+:\/(?:\/|\[)/);
      }
    }),
    { numRuns: 5000, seed: 1 },
  );
  assert.ok(both > 500 && laxer < both, `${both} ${laxer}`);
});

const mailPieces = fc.constantFrom(
  "a",
  "b1",
  "-",
  ".",
  "@",
  "_",
  "+",
  "ä",
  " ",
  "\n",
  '"',
  "A",
  "!",
  "..",
  "@a.b",
  "a@b.c",
);

test("mail addresses are those of another implementation", () => {
  const theirs = fullFormats.email as RegExp;
  const texts = fc.array(mailPieces, { maxLength: 8 }).map((parts) => parts.join(""));
  let valid = 0;
  fc.assert(
    fc.property(texts, (text) => {
      valid += isMailAddress(text) ? 1 : 0;
      assert.equal(isMailAddress(text), theirs.test(text), JSON.stringify(text));
    }),
    { numRuns: 5000, seed: 1 },
  );
  assert.ok(valid > 100, String(valid));
});

test("long texts are read in one pass", () => {
  for (const text of [
    "a".repeat(1_000_000),
    `a:${"%41".repeat(300_000)}|`,
    `a://${"@".repeat(300_000)}`,
    `a://${":".repeat(300_000)}`,
  ])
    assert.equal(isUri(text), false);
  assert.equal(isMailAddress(`${"a.".repeat(300_000)}@b.c`), false);
  assert.equal(isMailAddress(`a@${"-".repeat(300_000)}.c`), false);
});
