import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  canonicalPurl,
  cargoPurl,
  formatPurl,
  goPurl,
  npmPurl,
  packageName,
  parsePurl,
  pypiPurl,
} from "../src/core/purl.ts";

test("purls are built canonically", () => {
  const rows: readonly [sentence: string, built: string, expected: string][] = [
    ["a scope is encoded", npmPurl("@acme/server", "1.0.0"), "pkg:npm/%40acme/server@1.0.0"],
    ["npm keeps case", npmPurl("JSONStream", "1.3.5"), "pkg:npm/JSONStream@1.3.5"],
    ["no version", npmPurl("a"), "pkg:npm/a"],
    ["an empty version is none", npmPurl("a", ""), "pkg:npm/a"],
    ["a plus is encoded", npmPurl("a", "1.0.0+build"), "pkg:npm/a@1.0.0%2Bbuild"],
    [
      "qualifiers are sorted, and their slashes encoded",
      npmPurl("a", "1", { vcs_url: "git+https://h.example/a", download_url: "https://h.example/a b" }),
      "pkg:npm/a@1?download_url=https:%2F%2Fh.example%2Fa%20b&vcs_url=git%2Bhttps:%2F%2Fh.example%2Fa",
    ],
    ["a Python name is normalised", pypiPurl("Zope._Interface", "5"), "pkg:pypi/zope-interface@5"],
    [
      "a Go module keeps case",
      goPurl("github.com/Masterminds/semver/v3", "v3.2.0"),
      "pkg:golang/github.com/Masterminds/semver/v3@v3.2.0",
    ],
    ["a Go module of one part", goPurl("std", "1.22"), "pkg:golang/std@1.22"],
    ["a crate", cargoPurl("serde", "1.0.0"), "pkg:cargo/serde@1.0.0"],
    ["control characters are encoded", npmPurl("a\u{1b}[2J\n"), "pkg:npm/a%1B%5B2J%0A"],
    ["half a character is replaced", npmPurl("a\u{d800}"), "pkg:npm/a%EF%BF%BD"],
    [
      "an image keeps the colon of its digest",
      formatPurl({ type: "oci", name: "Debian", version: "sha256:ab" }),
      "pkg:oci/debian@sha256:ab",
    ],
    [
      "dots lead nowhere in a subpath",
      formatPurl({ type: "generic", name: "a", subpath: "/../b/./c/" }),
      "pkg:generic/a#b/c",
    ],
  ];
  for (const [sentence, built, expected] of rows) assert.equal(built, expected, sentence);
});

test("purls of other people become canonical", () => {
  const rows: readonly [sentence: string, text: string, expected: string | undefined][] = [
    ["a scope that is not encoded", "pkg:npm/@acme/server@1", "pkg:npm/%40acme/server@1"],
    ["a scope whose slash is encoded, too", "pkg:npm/%40acme%2Fserver@1", "pkg:npm/%40acme/server@1"],
    ["slashes behind the scheme", "pkg://npm/a", "pkg:npm/a"],
    ["scheme and type in capitals", "PKG:NPM/JSONStream", "pkg:npm/JSONStream"],
    ["an empty version", "pkg:npm/a@", "pkg:npm/a"],
    ["an empty qualifier", "pkg:npm/a?x=&y=1", "pkg:npm/a?y=1"],
    ["an encoded colon", "pkg:oci/a@sha256%3Aab", "pkg:oci/a@sha256:ab"],
    ["empty segments", "pkg:golang/github.com//acme/a@v1", "pkg:golang/github.com/acme/a@v1"],
    ["a question mark in a version is encoded", "pkg:npm/a@1%3F", "pkg:npm/a@1%3F"],
  ];
  for (const [sentence, text, expected] of rows) assert.equal(canonicalPurl(text), expected, sentence);
});

test("what is no purl is refused", () => {
  const rows: readonly [sentence: string, text: string][] = [
    ["empty", ""],
    ["another scheme", "http:npm/a"],
    ["no type", "pkg:a"],
    ["a type that begins with a digit", "pkg:1npm/a"],
    ["a type that is encoded", "pkg:np%6D/a"],
    ["no name", "pkg:npm/"],
    ["no name before a version", "pkg:npm/@1.0"],
    ["a control character", "pkg:npm/a%00"],
    ["an escape character", "pkg:npm/a\u{1b}[2J"],
    ["a C1 control", "pkg:npm/a%C2%9B"],
    ["half an escape", "pkg:npm/a%4"],
    ["an escape that is not UTF-8", "pkg:npm/a%FF"],
    ["half a character", "pkg:npm/a\u{d800}"],
    ["a hidden slash in a namespace", "pkg:golang/a%2F..%2Fb/c"],
    ["a hidden slash in a subpath", "pkg:npm/a#x%2Fy"],
    ["a qualifier twice", "pkg:npm/a?x=1&X=2"],
    ["a qualifier without a key", "pkg:npm/a?=1"],
    ["a qualifier of the prototype", "pkg:npm/a?__proto__=1"],
    ["too long", `pkg:npm/${"a".repeat(9000)}`],
  ];
  for (const [sentence, text] of rows) assert.equal(parsePurl(text), undefined, sentence);
});

test("the name is the one that the ecosystem writes", () => {
  const rows: readonly [text: string, expected: string][] = [
    ["pkg:npm/%40acme/server@1", "@acme/server"],
    ["pkg:golang/github.com/acme/server@v1", "github.com/acme/server"],
    ["pkg:pypi/Some_Thing@1", "some-thing"],
  ];
  for (const [text, expected] of rows) {
    const purl = parsePurl(text);
    assert.ok(purl !== undefined, text);
    assert.equal(packageName(purl), expected);
  }
});

const word = fc.string({ unit: "binary", minLength: 1, maxLength: 12 });

test("whatever is built is read back as the same canonical text, or was never a purl", () => {
  const parts = fc.record(
    {
      type: fc.constantFrom("npm", "pypi", "golang", "cargo", "oci", "docker", "github", "generic", "git", "x-y.z"),
      namespace: word,
      name: word,
      version: word,
      qualifiers: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9._-]{0,5}$/), word, { maxKeys: 3 }),
      subpath: word,
    },
    { requiredKeys: ["type", "name"] },
  );
  fc.assert(
    fc.property(parts, (purl) => {
      const text = formatPurl(purl);
      assert.match(text, /^pkg:[a-z.-]+\/[A-Za-z0-9._~:%/@?&=#-]*$/);
      const canonical = canonicalPurl(text);
      if (canonical !== undefined) assert.equal(canonical, text);
    }),
    { numRuns: 300 },
  );
});

test("any text is a purl or none, and its canonical form is its own", () => {
  const mangled = fc
    .tuple(fc.constantFrom("pkg:npm/%40acme/server@1.0.0?a=b#c/d", "pkg:golang/github.com/acme/a@v1"), fc.nat(40), word)
    .map(([text, at, insertion]) => text.slice(0, at) + insertion + text.slice(at + 1));
  fc.assert(
    fc.property(mangled, (text) => {
      const canonical = canonicalPurl(text);
      if (canonical !== undefined) assert.equal(canonicalPurl(canonical), canonical);
    }),
    { numRuns: 500 },
  );
});
