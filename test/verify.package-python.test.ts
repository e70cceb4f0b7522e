// Python packages: the core metadata of wheels and source distributions, in which every program must find the same name
// and version; the versions of PEP 440; and the server names that a description claims.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { claimedServerNames } from "../src/core/package-server-name.ts";
import { pythonNameKey, pythonVersionKey } from "../src/core/package-version.ts";
import { readingOf, say, testRow } from "./support/package-readings.ts";
import type { Row } from "./support/package-readings.ts";

const METADATA = "Metadata-Version: 2.1\nName: weather\nVersion: 1.0\n";
const METADATA_FILE = "weather-1.0.dist-info/METADATA";
const WHEEL = "weather-1.0-py3-none-any.whl";

const WHEEL_ROWS: readonly Row[] = [
  ["the usual folder", { [METADATA_FILE]: METADATA }, "weather 1.0"],
  ["carriage returns", { [METADATA_FILE]: METADATA.replaceAll("\n", "\r\n") }, "weather 1.0"],
  ["another spelling of name and version", { "Weather-1.0.0.dist-info/METADATA": METADATA }, "weather 1.0"],
  [
    "a vendored package's metadata does not count",
    { [METADATA_FILE]: METADATA, "weather/_vendor/x-1.0.dist-info/METADATA": "" },
    "weather 1.0",
  ],
  [
    "a name inside a folded value does not count",
    { [METADATA_FILE]: `${METADATA}License: MIT\n Name: other\n` },
    "weather 1.0",
  ],
  [
    "a description as a header",
    { [METADATA_FILE]: `${METADATA}Description: x\n        |mcp-name: a/b\n` },
    "weather 1.0 a/b",
  ],
  [
    "a description that looks like headers",
    { [METADATA_FILE]: `${METADATA}\nName: other\nVersion: 2\n` },
    "weather 1.0",
  ],
  [
    "two folders of metadata",
    { [METADATA_FILE]: METADATA, "other-1.0.dist-info/RECORD": "" },
    /several folders of metadata/,
  ],
  [
    "two folders that differ in case",
    { [METADATA_FILE]: METADATA, "WEATHER-1.0.DIST-INFO/METADATA": METADATA },
    /several folders/,
  ],
  ["no folder of metadata", { "weather/__init__.py": "" }, /no folder of metadata/],
  ["no METADATA", { "weather-1.0.dist-info/RECORD": "" }, /has no weather-1\.0\.dist-info\/METADATA/],
  [
    "a folder of another name",
    { "other-1.0.dist-info/METADATA": METADATA },
    /folder of metadata is other-1\.0\.dist-info, but inside/,
  ],
  [
    "a folder of another version",
    { "weather-2.0.dist-info/METADATA": METADATA },
    /folder of metadata is weather-2\.0\.dist-info, but inside/,
  ],
  [
    "the name of another package",
    { [METADATA_FILE]: METADATA.replace("weather", "other") },
    /file name is .*, but inside it is other 1\.0/,
  ],
  ["a name that is stated twice", { [METADATA_FILE]: `Name: other\n${METADATA}` }, /name in more than one way/],
  ["a second name in other case", { [METADATA_FILE]: `${METADATA}NAME: other\n` }, /name in more than one way/],
  [
    "a second name behind a line end that only some see",
    { [METADATA_FILE]: `${METADATA}Summary: x\u{2028}Name: other\n` },
    /name in more than one way/,
  ],
  [
    "a second name behind a form feed",
    { [METADATA_FILE]: `${METADATA}Summary: x\fName: other\n` },
    /name in more than one way/,
  ],
  [
    "a second name behind a bare carriage return",
    { [METADATA_FILE]: `${METADATA}Summary: x\rName: other\n` },
    /no header before/,
  ],
  ["a blank before the colon", { [METADATA_FILE]: `${METADATA}Name : other\n` }, /no header before/],
  [
    "a line that is no header",
    { [METADATA_FILE]: `Metadata-Version: 2.1\nhello\nName: weather\nVersion: 1.0\n` },
    /no header before/,
  ],
  ["a byte order mark", { [METADATA_FILE]: `\u{feff}${METADATA}` }, /no header before/],
  ["a folded line at the start", { [METADATA_FILE]: ` x\n${METADATA}` }, /no header before/],
  ["a blank line at the start", { [METADATA_FILE]: `\n${METADATA}` }, /no header before/],
  ["an empty file", { [METADATA_FILE]: "" }, /no header before/],
  ["headers without end", { [METADATA_FILE]: METADATA + "X: y\n".repeat(50_000) }, /more than 50000 lines of headers/],
  ["one folded without end", { [METADATA_FILE]: `${METADATA}X: y\n${" z\n".repeat(50_000)}` }, /more than 50000 lines/],
  ["a description of many lines", { [METADATA_FILE]: `${METADATA}\n${"x\n".repeat(60_000)}` }, "weather 1.0"],
  ["no version", { [METADATA_FILE]: "Metadata-Version: 2.1\nName: weather\n" }, /has no version/],
  ["a range for a version", { [METADATA_FILE]: METADATA.replace("1.0", "1.*") }, /version that is none/],
  ["a folded name", { [METADATA_FILE]: METADATA.replace("weather", "weather\n x") }, /no Python package can have/],
  ["two descriptions", { [METADATA_FILE]: `${METADATA}Description: x\n\ny\n` }, /more than one description/],
  ["not UTF-8", { [METADATA_FILE]: Buffer.from(`${METADATA}Summary: \xff\n`, "latin1") }, /not valid UTF-8/],
];

const SDIST_ROWS: readonly Row[] = [
  [
    "the usual folder",
    { "weather-1.0/PKG-INFO": METADATA, "weather-1.0/weather.egg-info/PKG-INFO": "" },
    "weather 1.0",
  ],
  [
    "a package.json beside it does not count",
    { "weather-1.0/PKG-INFO": METADATA, "weather-1.0/package.json": {} },
    "weather 1.0",
  ],
  ["a claimed server", { "weather-1.0/PKG-INFO": `${METADATA}\nmcp-name: a/b\n` }, "weather 1.0 a/b"],
  ["two folders", { "weather-1.0/PKG-INFO": METADATA, "other/PKG-INFO": METADATA }, /several folders/],
  ["no PKG-INFO in the folder", { "weather-1.0/weather.egg-info/PKG-INFO": METADATA }, /has no weather-1\.0\/PKG-INFO/],
  [
    "the name of another package",
    { "weather-1.0/PKG-INFO": METADATA.replace("weather", "other") },
    /but inside it is other 1\.0/,
  ],
];

for (const row of WHEEL_ROWS) testRow("wheel", WHEEL, row);
for (const row of SDIST_ROWS) testRow("sdist", "weather-1.0.tar.gz", row);

test("metadata with any byte changed, cut or added names the package of its file, or nothing", () => {
  const original = Buffer.from(`${METADATA}Summary: x\n\nmcp-name: a/b\n`);
  const values = [0x00, 0x09, 0x0a, 0x0d, 0x20, 0x2d, 0x30, 0x31, 0x3a, 0x4e, 0x61, 0x7f, 0xe2];
  for (let at = 0; at <= original.length; at++) {
    const [head, tail] = [original.subarray(0, at), original.subarray(at + 1)];
    const changed = values.flatMap((value) => [
      Buffer.concat([head, Buffer.from([value]), tail]),
      Buffer.concat([head, Buffer.from([value]), original.subarray(at)]),
    ]);
    for (const mutant of [...changed, Buffer.concat([head, tail]), head]) {
      const said = say("wheel", readingOf({ [METADATA_FILE]: mutant }), WHEEL);
      if (said.startsWith("refused: ")) continue;
      const [name = "", version = "", ...servers] = said.split(" ");
      assert.equal(pythonNameKey(name), "weather", mutant.toString());
      assert.equal(pythonVersionKey(version), pythonVersionKey("1.0"), mutant.toString());
      for (const server of servers) assert.ok(mutant.includes(`mcp-name: ${server}`), server);
    }
  }
});

const VERSIONS: readonly (readonly [same: readonly string[]])[] = [
  [["1", "1.0", "1.0.0", "v1.0", "01.0", "0!1"]],
  [["1.0a1", "1.0.alpha-1", "1.0-A1", "1.0a.01"]],
  [["1.0b0", "1.0b", "1.0-beta"]],
  [["1.0rc1", "1.0c1", "1.0-pre.1", "1.0preview1"]],
  [["1.0.post1", "1.0-1", "1.0.rev1", "1.0r1"]],
  [["1.0.dev0", "1.0dev", "1.0-DEV"]],
  [["1.0+ubuntu.1", "1.0+Ubuntu-01", "1.0+ubuntu_1"]],
  [["1!1.0"]],
  [["1.0.1"]],
  [["10"]],
];

test("versions are the same when PEP 440 says so, and only then", () => {
  const rows = VERSIONS.map(([same]) => same.map(pythonVersionKey));
  for (const [at, keys] of rows.entries()) {
    assert.equal(new Set(keys).size, 1, VERSIONS[at]?.[0].join(" "));
    assert.notEqual(keys[0], undefined);
  }
  assert.equal(new Set(rows.map(([key]) => key)).size, VERSIONS.length);
  for (const text of [
    "",
    "latest",
    "1.*",
    ">=1",
    "1.0 ",
    "1.0\n",
    "1..0",
    "1.0+",
    "1.0+\u212a",
    "\u0661.0",
    "1".repeat(300),
  ])
    assert.equal(pythonVersionKey(text), undefined, JSON.stringify(text));
});

const CLAIMS: readonly (readonly [sentence: string, description: string, names: readonly string[]])[] = [
  ["a line of its own", "Weather\nmcp-name: a/b\nmore", ["a/b"]],
  ["the end of the text", "mcp-name: io.github.acme/weather", ["io.github.acme/weather"]],
  ["a comment of HTML", "<!-- mcp-name: a/b -->", ["a/b"]],
  ["a comment without spaces", "<!--mcp-name: a/b-->", ["a/b"]],
  ["an odd end of a comment", "<!-- mcp-name: a/b--!>", ["a/b"]],
  ["an element of HTML", "<p>mcp-name: a/b</p>", ["a/b"]],
  ["two servers", "mcp-name: a/b\nmcp-name: a/c mcp-name: a/b", ["a/b", "a/c"]],
  ["a longer name is another name", "mcp-name: a/b-evil", ["a/b-evil"]],
  ["two dashes are part of a name", "mcp-name: a/b--pro", ["a/b--pro"]],
  ["inside a longer word", "not-mcp-name: a/b xmcp-name: a/b _mcp-name: a/b", []],
  ["behind a dash that opens no comment", "x--mcp-name: a/b", []],
  ["in another case", "MCP-Name: a/b", []],
  ["without the space", "mcp-name:a/b", []],
  ["with two spaces", "mcp-name:  a/b", []],
  ["with a tab", "mcp-name:\ta/b", []],
  ["over two lines", "mcp-name: \na/b", []],
  ["no name at all", "mcp-name: ", []],
  ["two slashes", "mcp-name: a/b/c", []],
  ["no namespace", "mcp-name: weather", []],
  ["an underscore in the namespace", "mcp-name: a_b/c", []],
  ["a letter that only looks like one ends the name", "mcp-name: a/b\u0430", ["a/b"]],
  ["a name that is too long", `mcp-name: a/${"b".repeat(199)}`, []],
  ["the longest name", `mcp-name: a/${"b".repeat(198)}-->`, [`a/${"b".repeat(198)}`]],
];

for (const [sentence, description, names] of CLAIMS) {
  test(`claimed servers: ${sentence}`, () => assert.deepEqual(claimedServerNames(description), names));
}

test("what is claimed stands in the description, and a hundred claims are read", () => {
  const pieces = fc.constantFrom("mcp-name: ", "a/b", "-", "-->", "<!--", " ", "x", "\n", "/", ".", "mcp-name:");
  const texts = fc.array(pieces, { maxLength: 20 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, (text) => {
      for (const name of claimedServerNames(text)) assert.ok(text.includes(`mcp-name: ${name}`), name);
    }),
  );
  const many = Array.from({ length: 5000 }, (_, index) => `mcp-name: a/${index}`).join("\n");
  assert.equal(claimedServerNames(many).length, 100);
});
