// What packages say of themselves: which file inside counts, and the refusal of every archive in which another program
// could find another one.

import { test } from "node:test";
import assert from "node:assert/strict";
import { wantedOf } from "../src/inventory/package.ts";
import { packageKindOf } from "../src/inventory/package-kind.ts";
import type { PackageKind } from "../src/inventory/package-kind.ts";
import { PACKED, readingOfList, readPacked, say, testRow } from "./support/package-readings.ts";
import type { Row } from "./support/package-readings.ts";

const SERVER = "io.github.acme/weather";

for (const [kind, fixture, ecosystem, name] of [
  ["npm", PACKED.npm, "npm", "@acme/weather-server"],
  ["wheel", PACKED.wheel, "pypi", "Acme.Weather-Server"],
  ["sdist", PACKED.sdist, "pypi", "Acme.Weather-Server"],
  ["mcpb", PACKED.mcpb, "mcpb", "acme-weather"],
] as const) {
  test(`a real package says what it is: ${kind}`, async () => {
    assert.equal(packageKindOf(fixture), kind);
    const claims = kind === "mcpb" ? { serverNames: [] } : { serverName: SERVER, serverNames: [SERVER] };
    const expected = { package: { ecosystem, name, version: "1.2.0", ...claims } };
    assert.deepEqual((await readPacked(fixture)).package, expected);
  });
}

test("a real wheel or source distribution under another package's name is refused", async () => {
  for (const [fixture, as, reason] of [
    [PACKED.wheel, "other-1.2.0-py3-none-any.whl", /its file name is other-1\.2\.0-py3-none-any\.whl, but inside/],
    [PACKED.wheel, "acme_weather_server-1.2.1-py3-none-any.whl", /but inside it is Acme\.Weather-Server 1\.2\.0/],
    [PACKED.wheel, "download.whl", /not one of a wheel/],
    [PACKED.sdist, "acme_weather_server-1.2.1.tar.gz", /but inside it is/],
    [PACKED.sdist, "v1.2.0.tar.gz", /but inside it is/],
  ] as const) {
    const answer = (await readPacked(fixture, as)).package;
    assert.match("reason" in answer ? answer.reason : JSON.stringify(answer), reason, as);
  }
});

const NPM = { name: "weather", version: "1.0.0" };
const BUNDLE = { name: "Weather", version: "1.0.0" };

const NPM_ROWS: readonly Row[] = [
  ["the usual folder", { "package/package.json": NPM, "package/index.js": "" }, "weather 1.0.0"],
  ["the one folder that there is, whatever its name", { "node/package.json": NPM }, "weather 1.0.0"],
  ["an old name with upper case", { "package/package.json": { ...NPM, name: "JSONStream" } }, "JSONStream 1.0.0"],
  [
    "a package.json further down does not count",
    { "package/package.json": NPM, "package/a/package.json": {} },
    "weather 1.0.0",
  ],
  ["a byte order mark", { "package/package.json": `\u{feff}${JSON.stringify(NPM)}` }, "weather 1.0.0"],
  ["a server name", { "package/package.json": { ...NPM, mcpName: "a/b" } }, "weather 1.0.0 a/b"],
  [
    "two folders, which npm lays over one another",
    { "package/package.json": NPM, "other/package.json": NPM },
    /several folders: package, other/,
  ],
  ["two folders that differ in case", { "package/package.json": NPM, "Package/index.js": "" }, /several folders/],
  [
    "a file outside the folder",
    { "package/package.json": NPM, "package.json": NPM },
    /package\.json lies in no folder/,
  ],
  [
    "two package.json that differ in case",
    { "package/package.json": NPM, "package/Package.json": NPM },
    /several files that can be taken for/,
  ],
  [
    "two package.json that some systems take for one",
    { "package/package.json": NPM, "package/ｐackage.json": NPM },
    /several files/,
  ],
  [
    "only one in another case",
    { "package/PACKAGE.JSON": NPM },
    /has no package\/package\.json, only package\/PACKAGE\.JSON/,
  ],
  ["no package.json", { "package/index.js": "" }, /has no package\/package\.json$/],
  ["an empty archive", {}, /it is empty/],
  ["one that was too large to keep", { "package/package.json": null }, /too large/],
  ["not JSON", { "package/package.json": "{" }, /cannot be read: package\/package\.json:1:/],
  ["not UTF-8", { "package/package.json": Buffer.from('{"name":"a\xff"}', "latin1") }, /not valid UTF-8/],
  ["not an object", { "package/package.json": "[]" }, /is not an object/],
  [
    "a name that is stated twice",
    { "package/package.json": '{"name":"a","version":"1.0.0","name":"b"}' },
    /"name" appears twice/,
  ],
  [
    "a hidden prototype",
    { "package/package.json": '{"__proto__":{"name":"a","version":"1.0.0"}}' },
    /"__proto__" is not allowed/,
  ],
  ["no name", { "package/package.json": { version: "1.0.0" } }, /states no name/],
  ["a name of another type", { "package/package.json": { ...NPM, name: ["weather"] } }, /name that is not a text/],
  ["a version of another type", { "package/package.json": { ...NPM, version: 1 } }, /version that is not a text/],
  ["a path for a name", { "package/package.json": { ...NPM, name: "../weather" } }, /no npm package can have/],
  [
    "a control character in the name",
    { "package/package.json": { ...NPM, name: "wea\u0000ther" } },
    /characters that are not seen/,
  ],
  [
    "a character that is not seen in the name",
    { "package/package.json": { ...NPM, name: "wea\u200bther" } },
    /characters that are not seen/,
  ],
  [
    "a line feed behind the version",
    { "package/package.json": { ...NPM, version: "1.0.0\n" } },
    /characters that are not seen/,
  ],
  ["a range for a version", { "package/package.json": { ...NPM, version: "^1.0.0" } }, /not an exact one/],
  ["a short version", { "package/package.json": { ...NPM, version: "1.0" } }, /not an exact one/],
  [
    "a server name of another type",
    { "package/package.json": { ...NPM, mcpName: null } },
    /mcpName that is not a text/,
  ],
  [
    "a huge server name",
    { "package/package.json": { ...NPM, mcpName: "a".repeat(100_000) } },
    /mcpName that is too long/,
  ],
];

const MCPB_ROWS: readonly Row[] = [
  ["the manifest at the root", { "manifest.json": BUNDLE, "server/manifest.json": {} }, "Weather 1.0.0"],
  [
    "two manifests that differ in case",
    { "manifest.json": BUNDLE, "MANIFEST.json": BUNDLE },
    /several files that can be taken for manifest\.json: manifest\.json, MANIFEST\.json/,
  ],
  ["a manifest in a folder alone", { "bundle/manifest.json": BUNDLE }, /has no manifest\.json$/],
  [
    "a hidden prototype",
    { "manifest.json": '{"__proto__":{},"name":"a","version":"1"}' },
    /"__proto__" is not allowed/,
  ],
  ["a name that is stated twice", { "manifest.json": '{"name":"a","name":"b","version":"1"}' }, /"name" appears twice/],
  ["a name of blanks", { "manifest.json": { ...BUNDLE, name: "  " } }, /name that is not a text/],
  ["a huge name", { "manifest.json": { ...BUNDLE, name: "a".repeat(501) } }, /name that is too long/],
  [
    "a name that turns the line around",
    { "manifest.json": { ...BUNDLE, name: "a\u202eb" } },
    /characters that are not seen/,
  ],
  ["a lone surrogate", { "manifest.json": '{"name":"a\\ud800","version":"1"}' }, /characters that are not seen/],
];

for (const row of NPM_ROWS) testRow("npm", "weather-1.0.0.tgz", row);
for (const row of MCPB_ROWS) testRow("mcpb", "weather.mcpb", row);

test("a name that occurs twice, or is no file, is refused", () => {
  const twice = readingOfList([
    ["package/package.json", NPM],
    ["package/package.json", { ...NPM, name: "other" }],
  ]);
  assert.match(say("npm", twice, "weather-1.0.0.tgz"), /^refused: it has several files/);
  const [entry] = twice.entries;
  const link = { entries: [{ name: entry?.name ?? "", type: "symlink" }], contents: twice.contents };
  assert.match(say("npm", link, "weather-1.0.0.tgz"), /^refused: its package\/package\.json is a symlink, not a file/);
});

test("only the files that count are asked for, each within a limit", () => {
  const asked = (kind: PackageKind, name: string): boolean => wantedOf(kind)(name) !== undefined;
  for (const [kind, yes, no] of [
    [
      "npm",
      ["package/package.json", "x/package.json"],
      ["package.json", "package/a/package.json", "package/package.json5"],
    ],
    ["wheel", ["a-1.dist-info/METADATA"], ["a/a-1.dist-info/METADATA", "a-1.dist-info/RECORD", "METADATA"]],
    ["sdist", ["a-1/PKG-INFO"], ["PKG-INFO", "a-1/a.egg-info/PKG-INFO"]],
    ["mcpb", ["manifest.json"], ["server/manifest.json", "manifestxjson", "manifest.json\n"]],
  ] as const) {
    for (const name of yes) assert.equal(asked(kind, name), true, `${kind} ${name}`);
    for (const name of no) assert.equal(asked(kind, name), false, `${kind} ${name}`);
  }
});

test("the kind of a package is told from its name alone", () => {
  for (const [name, kind] of [
    ["a.tgz", "npm"],
    ["a.TGZ", "npm"],
    ["a.tar.gz", "sdist"],
    ["a.whl", "wheel"],
    ["a.mcpb", "mcpb"],
    ["a.dxt", "mcpb"],
    ["a.zip", undefined],
    ["mcpb", undefined],
    ["a.tgz.sig", undefined],
    ["", undefined],
  ] as const) {
    assert.equal(packageKindOf(name), kind, name);
  }
});
