// npm packages as inventories: what they bundle, ask for, run and state, from tarballs that npm packed and from forged ones.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../src/core/errors.ts";
import {
  answers,
  componentAt,
  FIXTURES,
  readBytes,
  readFixture,
  remarkLines,
  sha256,
  tarballOf,
} from "./support/package-sources.ts";
import type { Files } from "./support/package-sources.ts";
import { longName } from "./support/tar-forge.ts";

const BUNDLED = join(FIXTURES, "npm-package-bundled/acme-weather-1.2.0.tgz");

/** Reads a package of these files, below its one folder. */
const readFiles = (files: Files) =>
  readBytes(
    "npm-package",
    tarballOf(Object.fromEntries(Object.entries(files).map(([path, content]) => [`package/${path}`, content]))),
    "a-1.0.0.tgz",
  );

const manifest = (more: object = {}): string => JSON.stringify({ name: "a", version: "1.0.0", ...more });

test("a package is its archive: name, purl, digests and what it states", async () => {
  const inventory = await readFixture("npm-package", "npm-package-bundled", "acme-weather-1.2.0.tgz");
  const { root } = inventory;
  assert.equal(root.purl, "pkg:npm/%40acme/weather@1.2.0");
  assert.deepEqual(root.digests[0], { algorithm: "sha256", hex: sha256(readFileSync(BUNDLED)), from: "computed" });
  assert.equal(root.digests[1]?.algorithm, "sha512");
  assert.deepEqual(root.facts.commands, ["acme-weather"]);
  assert.deepEqual(root.facts.mcp?.serverNames, ["io.github.acme/weather"]);
  assert.deepEqual(root.facts.installScripts, [{ name: "postinstall", sha256: sha256("node native/check.js") }]);
  assert.deepEqual(
    root.facts.nativeFiles?.map(({ path }) => path),
    ["native/sum.wasm"],
  );
  assert.deepEqual(
    root.facts.executables?.map(({ path }) => path),
    ["bin/weather.js"],
  );
  assert.equal(root.statements?.repository, "git+https://github.com/acme/weather.git");
  assert.equal(inventory.completeness, "unknown");
  assert.deepEqual(inventory.remarks, []);
});

test("one package at two places inside is two components, each with its own edges", async () => {
  const inventory = await readFixture("npm-package", "npm-package-bundled", "acme-weather-1.2.0.tgz");
  const outer = componentAt(inventory, "node_modules/@acme/left");
  const inner = componentAt(inventory, "node_modules/right/node_modules/@acme/left");
  assert.deepEqual([outer.version, inner.version], ["1.0.1", "0.9.0"]);
  assert.deepEqual(componentAt(inventory, "node_modules/right").dependsOn, [inner.key]);
  assert.equal(outer.undigested, "bundled inside @acme/weather@1.2.0");
  assert.notDeepEqual(outer.facts.otherChecksums, inner.facts.otherChecksums);
  const gyp = componentAt(inventory, "node_modules/right").facts.installScripts;
  assert.deepEqual(gyp, [{ name: "node-gyp", sha256: sha256('{"targets":[]}\n') }]);
});

test("what is only asked for is listed by its range and reason, and development is not", async () => {
  const inventory = await readFixture("npm-package", "npm-package-bundled", "acme-weather-1.2.0.tgz");
  const asked = inventory.components.filter(({ key }) => key.startsWith("declared:"));
  assert.deepEqual(
    asked.map(({ name, version, scope, facts }) => [name, version, scope, facts.requested]),
    [
      ["host", undefined, "peer", ">=1"],
      ["loose", undefined, "runtime", "^3.1.0"],
      ["fsevents", undefined, "optional", "^2.3.0"],
    ],
  );
});

test("a lockfile inside pins what the package asks for", async () => {
  const inventory = await readFixture("npm-package", "npm-package-shrinkwrap", "acme-clock-0.3.0.tgz");
  const ms = componentAt(inventory, "npm-shrinkwrap.json:node_modules/ms");
  assert.deepEqual([ms.version, ms.digests[0]?.algorithm, ms.scope], ["2.1.3", "sha512", "runtime"]);
  assert.equal(componentAt(inventory, "npm-shrinkwrap.json:node_modules/tick").scope, "optional");
  assert.deepEqual(inventory.root.dependsOn, [ms.key, "npm-shrinkwrap.json:node_modules/tick"]);
  assert.equal(inventory.completeness, "complete");
});

test("what the lockfile inside says of a bundled package counts only when it is that package", async () => {
  const lock = (version: string): string =>
    JSON.stringify({
      name: "a",
      version: "1.0.0",
      lockfileVersion: 3,
      packages: {
        "": { name: "a", version: "1.0.0", dependencies: { b: "1" } },
        "node_modules/b": { version, resolved: "https://registry.npm.example/b/-/b-1.0.0.tgz", inBundle: true },
      },
    });
  const files = (version: string): Files => ({
    "package.json": manifest({ dependencies: { b: "1" }, bundleDependencies: ["b"] }),
    "npm-shrinkwrap.json": lock(version),
    "node_modules/b/package.json": JSON.stringify({ name: "b", version: "1.0.0" }),
  });
  assert.deepEqual(
    (await readFiles(files("1.0.0"))).components.map(({ key }) => key),
    ["node_modules/b"],
  );
  assert.deepEqual(
    (await readFiles(files("1.0.1"))).components.map(({ key }) => key),
    ["node_modules/b", "npm-shrinkwrap.json:node_modules/b"],
  );
});

for (const [what, files, lines] of [
  [
    "a bundled package that is not there",
    { "package.json": manifest({ dependencies: { b: "1" }, bundleDependencies: ["b"] }) },
    ["inventory-incomplete a@1.0.0: it says that it bundles what is not in it: b"],
  ],
  [
    "a name that no package has",
    { "package.json": manifest({ name: "../a" }) },
    ["component-malformed ../a@1.0.0: its package/package.json states a name that no npm package can have"],
  ],
  [
    "a bundled manifest that is no JSON",
    { "package.json": manifest(), "node_modules/b/package.json": "{" },
    [/^component-malformed b: it cannot be read/],
  ],
  [
    "a bundled manifest that is a list",
    { "package.json": manifest(), "node_modules/b/package.json": "[]" },
    ["component-malformed b: its package.json is not an object"],
  ],
  [
    "credentials in an address that is asked for",
    { "package.json": manifest({ dependencies: { b: "git+https://user:hunter2@git.example/b.git#main" } }) },
    ["secret-removed b: the address that it is asked for by holds what may be a secret"],
  ],
] as readonly (readonly [string, Files, readonly (string | RegExp)[]])[]) {
  test(`said of a package: ${what}`, async () => {
    const inventory = await readFiles(files);
    const found = remarkLines(inventory);
    assert.equal(found.length, lines.length, found.join("\n"));
    for (const [index, line] of lines.entries()) {
      if (typeof line === "string") assert.equal(found[index], line);
      else assert.match(found[index] ?? "", line);
    }
    assert.doesNotMatch(JSON.stringify(inventory), /hunter2/);
  });
}

test("a bundled package that nothing asks for, and one under another name, are said to be so", async () => {
  const inventory = await readFiles({
    "package.json": manifest({ dependencies: { b: "npm:real@1" } }),
    "node_modules/b/package.json": JSON.stringify({ name: "real", version: "1.0.0" }),
    "node_modules/stray/package.json": JSON.stringify({ name: "stray", version: "1.0.0" }),
    "node_modules/.package-lock.json": "{}",
    "lib/package.json": '{"type":"module"}',
  });
  assert.deepEqual(
    inventory.components.map(({ key, name, facts }) => [key, name, facts.alias, facts.extraneous]),
    [
      ["node_modules/b", "real", "b", undefined],
      ["node_modules/stray", "stray", undefined, true],
    ],
  );
});

const NESTED = `package/${"node_modules/b/".repeat(60)}package.json`;

for (const [what, bytes, code] of [
  ["no package.json", tarballOf({ "package/readme": "x" }), "source-unknown"],
  ["a package.json that is no JSON", tarballOf({ "package/package.json": "{" }), "source-malformed"],
  ["a package.json that is null", tarballOf({ "package/package.json": "null" }), "source-malformed"],
  [
    "a lockfile that is too large",
    tarballOf({ "package/package.json": manifest(), "package/npm-shrinkwrap.json": " ".repeat((32 << 20) + 1) }),
    "source-unsupported",
  ],
  ["two folders", tarballOf({ "package/package.json": manifest(), "b/x": "x" }), "source-malformed"],
  [
    "a link",
    tarballOf({ "package/package.json": manifest() }, [{ name: "package/l", type: "2", linkName: "/etc/passwd" }]),
    "source-malformed",
  ],
  ["bytes that are no archive", Buffer.from("no gzip"), "source-malformed"],
  [
    "packages that nest without end",
    tarballOf({ "package/package.json": manifest() }, [longName(NESTED), { name: NESTED, content: "{}" }]),
    "source-malformed",
  ],
] as const) {
  test(`an npm package with ${what} is refused`, async () => {
    const found = await answers(() => readBytes("npm-package", bytes, "a.tgz"));
    assert.ok(found instanceof UserError);
    assert.equal(found.code, code);
    assert.match(found.message, /^shown\/a\.tgz: /);
  });
}

test("manifests with members of any type are answered, and never crash", async () => {
  const keys = [
    "name",
    "version",
    "bin",
    "scripts",
    "dependencies",
    "bundleDependencies",
    "engines",
    "author",
    "mcpName",
  ];
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 2 })), async (members) => {
      const nested = { ...members, name: undefined };
      await answers(() =>
        readFiles({ "package.json": JSON.stringify(members), "node_modules/b/package.json": JSON.stringify(nested) }),
      );
    }),
    { numRuns: 60 },
  );
});
