// Reading a server.json: everything that leaves room for a second meaning is refused, in both dialects.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { checkServerJson } from "../src/verify/server-json.ts";
import { readServerJson } from "../src/verify/server-json-read.ts";
import { ROOT } from "./support/project.ts";
import { BUNDLE, documentBytes, factsOf, NPM, NPM_INSIDE, serverJson, SERVER, WHEEL } from "./support/server-json.ts";

/** The problems as `/pointer message`, or `read: NAME`. */
function say(document: unknown): string {
  const answer = readServerJson({ source: "server.json", bytes: documentBytes(document) });
  if ("server" in answer) return `read: ${answer.server.name}`;
  return answer.problems.map(({ pointer, message }) => `${pointer} ${message}`).join("; ");
}

const { version: _version, ...WITHOUT_VERSION } = serverJson(NPM);
const OLD = { ...WITHOUT_VERSION, version_detail: { version: "1.2.0" } };
const OLD_NPM = { registry_type: "npm", identifier: "@acme/weather", version: "1.2.0" };
const { fileSha256: _hash, ...UNHASHED } = BUNDLE;
const A = "a".repeat(64);

type Row = readonly [sentence: string, document: unknown, expected: RegExp];

const DOCUMENTS: readonly Row[] = [
  ["members that are not known are left alone", serverJson(NPM, { remotes: [1], x: { y: [] } }), /^read:/],
  ["no packages", serverJson({ packages: undefined }), /^read:/],
  ["an empty repository", serverJson(NPM, { repository: {} }), /^read:/],
  ["the old dialect", { ...OLD, packages: [OLD_NPM] }, /^read:/],
  ["the old dialect with the new place of the version", serverJson({ packages: [OLD_NPM] }), /^read:/],
  ["a byte order mark", `\u{feff}${JSON.stringify(serverJson(NPM))}`, /^read:/],
  ["both dialects in two packages", serverJson({ packages: [NPM, OLD_NPM] }), /mixes two dialects/],
  [
    "both dialects in one package",
    serverJson({ packages: [{ ...BUNDLE, file_sha256: "b".repeat(64) }] }),
    /mixes two dialects/,
  ],
  [
    "both places of the version",
    serverJson({ packages: [], version_detail: { version: "1.2.0" } }),
    /mixes two dialects/,
  ],
  ["the old version with new packages", { ...OLD, packages: [NPM] }, /mixes two dialects/],
  ["an empty file", "", /^ cannot be read at 1:1: value expected/],
  ["not JSON", "name: x", /^ cannot be read at 1:1:/],
  ["not UTF-8", Buffer.from([0x7b, 0xff, 0x7d]), /is not valid UTF-8/],
  ["a list", [serverJson(NPM)], /^ must be an object/],
  ["null", "null", /^ must be an object/],
  ["a name that is stated twice", `{"name":"a/b",${JSON.stringify(serverJson(NPM)).slice(1)}`, /"name" appears twice/],
  ["a hidden prototype", `{"__proto__":{},${JSON.stringify(serverJson(NPM)).slice(1)}`, /"__proto__" is not allowed/],
  ["comments", `/**/${JSON.stringify(serverJson(NPM))}`, /cannot be read/],
  ["a nest of lists", `{"name":${"[".repeat(500)}`, /nested deeper than/],
  ["more than a megabyte", `${JSON.stringify(serverJson(NPM))}${" ".repeat(2 ** 20)}`, /is larger than/],
  ["no name", serverJson(NPM, { name: undefined }), /^\/name is missing/],
  ["a name without namespace", serverJson(NPM, { name: "weather" }), /^\/name must be/],
  ["a name with two slashes", serverJson(NPM, { name: "a/b/c" }), /^\/name must be/],
  ["a name with a control character", serverJson(NPM, { name: `${SERVER}\n` }), /^\/name must be/],
  [
    "a name with a letter that only looks like one",
    serverJson(NPM, { name: "io.github.\u0430cme/weather" }),
    /^\/name must be/,
  ],
  ["a name that is too long", serverJson(NPM, { name: `a/${"b".repeat(199)}` }), /^\/name must be/],
  ["no description", serverJson(NPM, { description: undefined }), /^\/description is missing/],
  ["no version", serverJson(NPM, { version: undefined }), /^\/version is missing/],
  [
    "a repository of another type",
    serverJson(NPM, { repository: "https://github.com/acme/weather" }),
    /^\/repository must be/,
  ],
  [
    "a repository without host",
    serverJson(NPM, { repository: { url: "acme/weather" } }),
    /^\/repository\/url must be a URI/,
  ],
  ["packages of another type", serverJson({ packages: { 0: NPM } }), /^\/packages must be a list/],
  ["a package of another type", serverJson({ packages: ["npm"] }), /^\/packages\/0 must be an object/],
];

const PACKAGES: readonly Row[] = [
  ["no type", serverJson({ ...NPM, registryType: undefined }), /^\/packages\/0\/registryType is missing/],
  ["no identifier", serverJson({ ...NPM, identifier: undefined }), /^\/packages\/0\/identifier is missing/],
  ["an identifier with a blank", serverJson({ ...NPM, identifier: "weather --x" }), /\/identifier must be/],
  [
    "an identifier with a version",
    serverJson({ ...NPM, identifier: "weather@1.0.0" }),
    /\/identifier must be the name of an npm/,
  ],
  [
    "an identifier that is a path",
    serverJson({ ...NPM, identifier: "../weather" }),
    /\/identifier must be the name of an npm/,
  ],
  [
    "a Python name with extras",
    serverJson({ ...WHEEL, identifier: "weather[x]" }),
    /\/identifier must be the name of a Python/,
  ],
  ["a bundle by name", serverJson({ ...BUNDLE, identifier: "weather" }), /\/identifier must be an https URL/],
  [
    "a bundle without TLS",
    serverJson({ ...BUNDLE, identifier: "http://a.example/x.mcpb" }),
    /\/identifier must be an https URL/,
  ],
  ["an unknown transport", serverJson({ ...NPM, transport: { type: "shell" } }), /\/transport\/type must be/],
  ["no transport", serverJson({ ...NPM, transport: undefined }), /\/transport is missing/],
  ["no version", serverJson({ ...NPM, version: undefined }), /\/packages\/0\/version must be one exact version/],
  ["a bundle without a hash", serverJson(UNHASHED), /\/fileSha256 is missing/],
  ["a hash of zeros", serverJson({ ...BUNDLE, fileSha256: "0".repeat(64) }), /\/fileSha256 must be/],
  ["a hash in upper case", serverJson({ ...BUNDLE, fileSha256: A.toUpperCase() }), /\/fileSha256 must be/],
  ["a hash with a tag", serverJson({ ...BUNDLE, fileSha256: `sha256:${A}` }), /\/fileSha256 must be/],
  ["a short hash", serverJson({ ...BUNDLE, fileSha256: A.slice(2) }), /\/fileSha256 must be/],
  ["a hash with a line feed", serverJson({ ...BUNDLE, fileSha256: `${A}\n` }), /\/fileSha256 must be/],
  ["a hash of another type", serverJson({ ...BUNDLE, fileSha256: [A] }), /\/fileSha256 must be/],
  ["an empty hash of an npm package", serverJson({ ...NPM, fileSha256: "" }), /\/fileSha256 must be/],
  [
    "one hash for two packages",
    serverJson(BUNDLE, { ...WHEEL, fileSha256: A }),
    /^\/packages\/1\/fileSha256 is also the hash of another/,
  ],
  [
    "one hash for two versions",
    serverJson({ ...NPM, fileSha256: A }, { ...NPM, version: "1.3.0", fileSha256: A }),
    /also the hash of another/,
  ],
  [
    "one hash for two URLs",
    serverJson(BUNDLE, { ...BUNDLE, identifier: "https://b.example/x.mcpb" }),
    /also the hash of another/,
  ],
  ["a second package that is bad", serverJson(NPM, UNHASHED), /^\/packages\/1\/fileSha256 is missing/],
  ["a hash under a name of its own is not one", serverJson({ ...UNHASHED, sha256: A }), /\/fileSha256 is missing/],
];

for (const [sentence, document, expected] of [...DOCUMENTS, ...PACKAGES]) {
  test(`server.json: ${sentence}`, () => assert.match(say(document), expected));
}

test("a version is one, and no range or tag", () => {
  const ranges = [
    "latest",
    "LATEST",
    "^1.2.0",
    "~1.2.0",
    ">=1.2.0",
    "<2",
    "=1.2.0",
    "1.x",
    "1.2.X",
    "x",
    "1.*",
    "*",
    "1 - 2",
  ];
  const others = ["1.2.0 || 1.3.0", "", " 1.2.0", "1.2.0\n", "${VERSION}", "v", "1".repeat(300), "next"];
  for (const version of [...ranges, ...others]) {
    for (const part of [NPM, WHEEL]) {
      assert.match(say(serverJson({ ...part, version })), /^\/packages\/0\/version must be/, version);
    }
    if (["v", "next"].includes(version)) continue;
    assert.match(say(serverJson({ ...BUNDLE, version })), /^\/packages\/0\/version must be/, version);
    assert.match(say(serverJson(NPM, { version })), /^\/version must be/, version);
  }
  for (const version of [1, null, ["1.2.0"], true]) {
    assert.match(say(serverJson({ ...NPM, version })), /^\/packages\/0\/version must be/);
  }
  for (const version of ["1.2.0", "1.2.0-rc.1+build.5"]) assert.match(say(serverJson({ ...NPM, version })), /^read:/);
  for (const version of ["1.2", "v1.2.0", "1!2.0rc1"]) assert.match(say(serverJson({ ...WHEEL, version })), /^read:/);
});

test("a server.json with a byte changed, cut or added never speaks for another hash, name or version", () => {
  const original = readFileSync(join(ROOT, "fixtures/verify/server-json/server.json"));
  const [hash = ""] = /[0-9a-f]{64}/.exec(original.toString()) ?? [];
  const values = [0x00, 0x0a, 0x20, 0x22, 0x2c, 0x2f, 0x30, 0x5c, 0x61, 0x7b, 0x7d, 0x7f, 0xff];
  const facts = factsOf({ ...NPM_INSIDE, ecosystem: "pypi", name: "acme-weather-server" }, "zip", hash);
  assert.deepEqual(checkServerJson({ source: "x", bytes: original }, facts).findings, []);
  let good = 0;
  for (let at = 0; at < original.length; at += 1) {
    const [head, tail] = [original.subarray(0, at), original.subarray(at + 1)];
    const value = Buffer.from([values[at % values.length] ?? 0]);
    for (const bytes of [
      Buffer.concat([head, value, tail]),
      Buffer.concat([head, value, original.subarray(at)]),
      head,
    ]) {
      const { findings, digest, serverName, selected } = checkServerJson({ source: "x", bytes }, facts);
      if (findings.length > 0 || digest?.hex !== hash) continue;
      good++;
      assert.equal(serverName, SERVER);
      assert.ok(bytes.includes(hash));
      assert.equal(selected?.version, "1.2.0");
    }
  }
  assert.ok(good > 0);
});

test("any document is judged without an error, and only a good one gives a digest", () => {
  const values = fc.oneof(
    fc.constantFrom<unknown>(NPM, BUNDLE, WHEEL, A, "npm", "1.2.0", SERVER, null, [], {}),
    fc.jsonValue(),
  );
  const names = fc.constantFrom("name", "version", "packages", "repository", "_meta", "status", "version_detail", "x");
  const documents = fc.dictionary(names, fc.oneof(values, fc.array(values, { maxLength: 3 })));
  fc.assert(
    fc.property(documents, (members) => {
      const bytes = documentBytes({ ...serverJson(BUNDLE), ...members });
      const answer = checkServerJson({ source: "x", bytes }, factsOf(NPM_INSIDE, "gzip", A));
      if (answer.digest !== undefined) assert.ok(Buffer.from(bytes).includes(answer.digest.hex));
      else assert.ok(answer.findings.length > 0 || answer.selected?.sha256 === undefined);
    }),
    { numRuns: 500 },
  );
});
