// npm's lockfiles from people who mean harm, and broken ones: each is either read, with remarks on what is wrong, or
// refused with a UserError; nothing is left out, and no secret and no path of a machine comes through.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../src/core/errors.ts";
import type { ErrorCode } from "../src/core/errors.ts";
import type { Inventory } from "../src/core/inventory.ts";
import type { Tree } from "../src/inventory/source.ts";
import { readNpmLock } from "../src/inventory/npm-lock.ts";
import { entryOf, lockInventory, packagesInventory, remarkTexts, SHA512 } from "./support/npm-projects.ts";
import { ROOT } from "./support/project.ts";

const REFUSED: readonly (readonly [what: string, text: string, code: ErrorCode, message: RegExp])[] = [
  ["text", "this is no lockfile", "source-malformed", /not valid JSON/],
  ["nothing", "", "source-malformed", /the document is empty/],
  ["a list", "[]", "source-malformed", /:1: it is no object/],
  ["an empty object", "{}", "source-malformed", /neither "packages" nor "dependencies"/],
  ["a key given twice", '{"packages": {}, "packages": {}}', "source-malformed", /appears twice/],
  ["__proto__", '{"packages": {"__proto__": {}}}', "source-malformed", /__proto__/],
  ["a version of tomorrow", '{\n"lockfileVersion": 4, "packages": {}}', "source-unsupported", /:2: version 4/],
  ["a version that is no number", '{"lockfileVersion": {}, "packages": {}}', "source-unsupported", /version \{\}/],
  ["packages as a list", '{"lockfileVersion": 3,\n "packages": []}', "source-malformed", /:2: "packages" is no object/],
  [
    "dependencies as text",
    '{"lockfileVersion": 1, "dependencies": "a"}',
    "source-malformed",
    /"dependencies" is no object/,
  ],
  [
    "a merge conflict",
    '{\n<<<<<<< HEAD\n"lockfileVersion": 1}',
    "source-malformed",
    /package-lock\.json:2:1: not valid JSON/,
  ],
];

for (const [what, text, code, message] of REFUSED) {
  test(`npm-lock: ${what} is refused`, async () => {
    await assert.rejects(lockInventory(text), (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    });
  });
}

test("npm-lock: versions as text, and none, are taken as npm takes them", async () => {
  for (const lockfileVersion of ["3", 3, undefined, null]) {
    const { components } = await lockInventory({
      lockfileVersion,
      packages: { "node_modules/a": entryOf("a", "1.0.0") },
    });
    assert.equal(components.length, 1);
  }
  const old = await lockInventory({ dependencies: { a: entryOf("a", "1.0.0") } });
  assert.equal(old.components[0]?.key, "node_modules/a");
});

/** One entry of version 3, and the remarks that it gets. */
const ENTRIES: readonly (readonly [what: string, key: string, entry: unknown, remarks: readonly string[]])[] = [
  [
    "an absolute place",
    "/home/joe/node_modules/a",
    entryOf("a", "1.0.0"),
    ["component-malformed a@1.0.0: its place is an absolute path"],
  ],
  [
    "a drive",
    "C:/node_modules/a",
    entryOf("a", "1.0.0"),
    ["component-malformed a@1.0.0: its place is an absolute path"],
  ],
  [
    "a place that climbs",
    "node_modules/../../a",
    entryOf("a", "1.0.0"),
    ["component-malformed a@1.0.0: its place is no plain path"],
  ],
  [
    "a doubled slash",
    "node_modules//a",
    entryOf("a", "1.0.0"),
    ["component-malformed a@1.0.0: its place is no plain path"],
  ],
  [
    "a backslash",
    "node_modules\\a",
    entryOf("a", "1.0.0"),
    ["component-malformed a@1.0.0: its place holds control characters or backslashes"],
  ],
  [
    "a control character",
    "node_modules/a\u001b[2J",
    entryOf("a", "1.0.0"),
    [
      "component-malformed a\u001b[2J@1.0.0: its place holds control characters or backslashes",
      "component-malformed a\u001b[2J@1.0.0: its address is that of another package",
    ],
  ],
  [
    "a place without a name",
    "node_modules",
    { version: "1.0.0" },
    ["component-malformed node_modules@1.0.0: its place names no package"],
  ],
  [
    "a scope without a name",
    "node_modules/@acme",
    { version: "1.0.0" },
    ["component-malformed @acme@1.0.0: its place names no package"],
  ],
  [
    "a name that npm forbids",
    "node_modules/.hidden",
    entryOf(".hidden", "1.0.0"),
    ["component-malformed .hidden@1.0.0: its name is not one that npm has"],
  ],
  [
    "a stated name that npm forbids",
    "node_modules/a",
    { version: "1.0.0", name: "../a", integrity: SHA512 },
    ["component-malformed ../a@1.0.0: its name is not one that npm has"],
  ],
  ["an old name in upper case", "node_modules/JSONStream", entryOf("JSONStream", "1.3.5"), []],
  [
    "a version that is none",
    "node_modules/a",
    { version: "latest && true", integrity: SHA512 },
    ["component-malformed a@latest && true: its version is not one that npm has"],
  ],
  [
    "a version that is a number",
    "node_modules/a",
    { version: 1, integrity: SHA512 },
    ["component-malformed a: its version is no text", "inventory-incomplete a: the lockfile states no version of it"],
  ],
  [
    "no version",
    "node_modules/a",
    { integrity: SHA512 },
    ["inventory-incomplete a: the lockfile states no version of it"],
  ],
  [
    "a version in the address only",
    "node_modules/a",
    { resolved: "https://registry.npm.example/a/-/a-1.0.0.tgz", integrity: SHA512 },
    [],
  ],
  [
    "build metadata",
    "node_modules/a",
    { version: "1.0.0+build.5", resolved: "https://registry.npm.example/a/-/a-1.0.0.tgz", integrity: SHA512 },
    [],
  ],
  [
    "the archive of another package",
    "node_modules/lodash",
    { ...entryOf("lodahs", "1.0.0") },
    ["component-malformed lodash@1.0.0: its address is that of another package"],
  ],
  [
    "the archive of another version",
    "node_modules/a",
    { ...entryOf("a", "1.0.0"), version: "1.0.1" },
    ["component-malformed a@1.0.1: its address is that of another version"],
  ],
  [
    "an archive of no registry",
    "node_modules/a",
    { version: "1.0.0", resolved: "https://files.example/a.tgz", integrity: SHA512 },
    [],
  ],
  [
    "a digest that is none",
    "node_modules/a",
    { ...entryOf("a", "1.0.0"), integrity: "sha512-AAAA" },
    ["integrity-malformed a@1.0.0: its integrity holds what is no digest"],
  ],
  [
    "a digest with stray bits",
    "node_modules/a",
    { ...entryOf("a", "1.0.0"), integrity: SHA512.replace("w==", "x==") },
    ["integrity-malformed a@1.0.0: its integrity holds what is no digest"],
  ],
  [
    "a digest of the wrong type",
    "node_modules/a",
    { ...entryOf("a", "1.0.0"), integrity: [SHA512] },
    ["integrity-malformed a@1.0.0: its integrity holds what is no digest"],
  ],
  ["resolved: true", "node_modules/a", { version: "1.0.0", resolved: true, integrity: SHA512 }, []],
  [
    "an address that is an object",
    "node_modules/a",
    { version: "1.0.0", resolved: {}, integrity: SHA512 },
    ["component-malformed a@1.0.0: its address is no text"],
  ],
  [
    "an address that is no URL",
    "node_modules/a",
    { version: "1.0.0", resolved: "nowhere", integrity: SHA512 },
    ["component-malformed a@1.0.0: its address is no URL"],
  ],
  [
    "an entry that is text",
    "node_modules/a",
    "1.0.0",
    ["component-malformed a: its entry is no object", "inventory-incomplete a: the lockfile states no version of it"],
  ],
  [
    "a link that leads nowhere",
    "node_modules/a",
    { link: true, resolved: "packages/a" },
    ["inventory-incomplete a: it asks for what the lockfile does not hold: packages/a"],
  ],
  [
    "a link to itself",
    "node_modules/a",
    { link: true, resolved: "node_modules/a" },
    ["inventory-incomplete a: it asks for what the lockfile does not hold: node_modules/a"],
  ],
  [
    "a link to the root of the machine",
    "node_modules/a",
    { link: true, resolved: "/home/joe" },
    ["inventory-incomplete a: it asks for what the lockfile does not hold: a folder outside of the project"],
  ],
  [
    "a link with a digest",
    "node_modules/a",
    { link: true, resolved: "", integrity: SHA512 },
    ["integrity-malformed a: a digest is stated of a folder, with which npm compares none"],
  ],
  [
    "an archive in capitals",
    "NODE_MODULES/a",
    entryOf("a", "1.0.0"),
    ["component-malformed a@1.0.0: its place is in no node_modules, and it has the address of a package"],
  ],
  [
    "an archive inside another package",
    "node_modules/b/a",
    entryOf("a", "1.0.0"),
    ["component-malformed a@1.0.0: its place is in no node_modules, and it has the address of a package"],
  ],
  [
    "a lockfile of its own",
    "node_modules/a",
    entryOf("a", "1.0.0", { hasShrinkwrap: true }),
    ["inventory-incomplete a@1.0.0: it brings a lockfile of its own, which decides what npm installs for it"],
  ],
  [
    "dependencies of the wrong type",
    "node_modules/a",
    entryOf("a", "1.0.0", { dependencies: ["b"], peerDependencies: "c", engines: 5, bin: 7, os: {}, license: 3 }),
    [],
  ],
];

for (const [what, key, entry, remarks] of ENTRIES) {
  test(`npm-lock: ${what} is read, and said`, async () => {
    const inventory = await packagesInventory({ [key]: entry });
    assert.deepEqual(remarkTexts(inventory), remarks);
    assert.equal(inventory.components.length, 1);
    checkSound(inventory);
    assert.doesNotMatch(JSON.stringify(inventory.components), /home\/joe/);
  });
}

test("npm-lock: bundled is what npm takes for it, whatever an entry says of itself", async () => {
  const bundled = entryOf("b", "1.0.0", { dependencies: { f: "1", g: "1" } });
  const inventory = await packagesInventory({
    "node_modules/a": { ...entryOf("a", "1.0.0"), bundleDependencies: ["b"] },
    "node_modules/a/node_modules/b": bundled,
    "node_modules/a/node_modules/b/node_modules/g": { version: "1.0.0", inBundle: true },
    "node_modules/a/node_modules/evil": { ...entryOf("evil", "1.0.0"), inBundle: true },
    "node_modules/a/node_modules/f": { version: "1.0.0", inBundle: true },
    "node_modules/c": { version: "1.0.0", inBundle: true },
    "node_modules/d": entryOf("d", "1.0.0"),
    "node_modules/d/node_modules/e": { version: "1.0.0", inBundle: true },
  });
  const origins = inventory.components.map(({ origin, undigested }) => [origin.kind, undigested]);
  assert.deepEqual(origins, [
    ["registry", undefined],
    ["bundled", "bundled inside a"],
    ["bundled", "bundled inside a"],
    ["registry", undefined],
    ["bundled", "bundled inside a"],
    ["unknown", "the lockfile states none"],
    ["registry", undefined],
    ["unknown", "the lockfile states none"],
  ]);
  assert.deepEqual(
    remarkTexts(inventory),
    ["evil", "c", "e"].map(
      (name) => `component-malformed ${name}@1.0.0: it says that it is bundled, and no package above it bundles it`,
    ),
  );
  // npm compares it with nothing: what is installed came in the archive of another package.
  assert.deepEqual(inventory.components[1]?.facts.otherChecksums, [`npm:${SHA512}`]);
});

test("npm-lock: places that differ in capitals only are told", async () => {
  const inventory = await packagesInventory({
    "node_modules/JSONStream": entryOf("JSONStream", "1.3.5"),
    "node_modules/jsonstream": entryOf("jsonstream", "1.0.3"),
  });
  assert.equal(inventory.components.length, 2);
  assert.deepEqual(remarkTexts(inventory), [
    "component-malformed JSONStream@1.3.5: its place is that of another one but for capitals: npm installs one of them",
  ]);
});

test("npm-lock: a mark alone makes nothing a development dependency", async () => {
  const inventory = await packagesInventory({
    "": { dependencies: { a: "1" }, devDependencies: { d: "1" }, optionalDependencies: { o: "1" } },
    "node_modules/a": entryOf("a", "1.0.0", { dependencies: { b: "1" }, peerDependencies: { p: "1" } }),
    "node_modules/b": entryOf("b", "1.0.0", { dev: true }),
    "node_modules/c": entryOf("c", "1.0.0", { dev: true }),
    "node_modules/d": entryOf("d", "1.0.0", { dev: true, dependencies: { c: "1" } }),
    "node_modules/o": entryOf("o", "1.0.0", { optional: true, dependencies: { q: "1" } }),
    "node_modules/p": entryOf("p", "1.0.0", { dev: true }),
    "node_modules/q": entryOf("q", "1.0.0", { dev: true }),
  });
  assert.deepEqual(
    inventory.components.map(({ scope }) => scope),
    ["runtime", "runtime", "development", "development", "optional", "development", "optional"],
  );
  assert.deepEqual(remarkTexts(inventory), [
    "component-malformed b@1.0.0: it is marked as for development, and the project needs it to run",
    "component-malformed q@1.0.0: it is marked as for development, and an optional part of the project needs it to run",
  ]);
});

test("npm-lock: a digest that npm compares with nothing is none of the component", async () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const { components } = await packagesInventory({
    "node_modules/a": { ...entryOf("a", "1.0.0"), resolved: `git+ssh://git@host.example/a.git#${commit}` },
    "node_modules/b": { ...entryOf("b", "1.0.0"), resolved: "https://host.example/b.git" },
  });
  assert.deepEqual(
    components.map(({ digests, undigested, facts }) => [digests.length, undigested, facts.otherChecksums]),
    [
      [0, `pinned by git commit ${commit}`, [`npm:${SHA512}`]],
      [1, undefined, undefined],
    ],
  );
});

test("npm-lock: no secret of an address or a request comes through", async () => {
  const packages = {
    "": {
      dependencies: {
        a: "https://joe:hunter2@files.example/a.tgz?token=hunter2",
        b: "git+https://hunter2@git.example/b.git",
        c: "file:/home/joe/c",
      },
    },
    "node_modules/a": {
      version: "1.0.0",
      resolved: "https://joe:hunter2@files.example/a.tgz?token=hunter2#hunter2",
      integrity: SHA512,
    },
    "node_modules/b": { version: "1.0.0", resolved: `git+https://hunter2@git.example/b.git#${"0".repeat(40)}` },
    "node_modules/c": { version: "1.0.0", resolved: "file:/home/joe/c/c-1.0.0.tgz", integrity: SHA512 },
  };
  const inventory = await packagesInventory(packages);
  assert.doesNotMatch(JSON.stringify(inventory), /hunter2|home|joe/);
  assert.deepEqual(
    inventory.remarks.map(({ rule, subject }) => `${rule} ${subject}`),
    ["secret-removed a@1.0.0", "secret-removed b@1.0.0"],
  );
  assert.equal(
    inventory.components[0]?.purl,
    "pkg:npm/a@1.0.0?download_url=https://files.example/a.tgz"
      .replace("//", "%2F%2F")
      .replace("example/", "example%2F"),
  );
});

test("npm-lock: names that every object has are names like others", async () => {
  const inventory = await packagesInventory({
    "": { dependencies: { constructor: "1", toString: "1", hasOwnProperty: "1" } },
    "node_modules/constructor": entryOf("constructor", "1.0.0", { dependencies: { valueOf: "1" } }),
    "node_modules/toString": entryOf("toString", "1.0.0"),
  });
  assert.deepEqual(inventory.root.dependsOn, ["node_modules/constructor", "node_modules/toString"]);
  assert.deepEqual(remarkTexts(inventory), [
    "inventory-incomplete constructor@1.0.0: it asks for what the lockfile does not hold: valueOf",
    "inventory-incomplete package-lock.json: the project asks for what the lockfile does not hold: hasOwnProperty",
  ]);
});

test("npm-lock: version 1 keeps what claims one place, and what is no name", async () => {
  const inventory = await lockInventory({
    lockfileVersion: 1,
    requires: true,
    dependencies: {
      "a/node_modules/b": { version: "1.0.0" },
      a: { version: "1.0.0", dependencies: { b: { version: "2.0.0" }, "../c": { version: "1.0.0" } } },
      l: { version: "file:lib", dependencies: { b: { version: "1.0.0" } } },
      m: { version: "file:lib", dependencies: { b: { version: "3.0.0" } } },
      x: "text",
    },
  });
  assert.equal(inventory.components.length, 10);
  assert.deepEqual(
    remarkTexts(inventory).filter((text) => text.startsWith("component-malformed")),
    [
      "component-malformed b@1.0.0: its name is no name of a package",
      "component-malformed c@1.0.0: its place is no plain path",
      "component-malformed b@3.0.0: another entry has its place",
      "component-malformed x: its entry is no object",
    ],
  );
  checkSound(inventory);
});

/** What holds for every inventory: unique keys, edges that lead somewhere, a reason where there is no digest. */
function checkSound({ root, components, completeness, remarks }: Inventory): void {
  const keys = new Set(["", ...components.map(({ key }) => key)]);
  assert.equal(keys.size, components.length + 1, "two components have one key");
  for (const { key, dependsOn = [], digests, undigested } of [root, ...components]) {
    assert.deepEqual(
      dependsOn.filter((each) => !keys.has(each)),
      [],
      key,
    );
    assert.equal(digests.length === 0, undigested !== undefined, key);
  }
  const gaps = remarks.some(({ rule }) => rule === "inventory-incomplete");
  assert.equal(completeness === "incomplete", gaps);
}

test("npm-lock: deep, long and cyclic lockfiles are read", async () => {
  const deep = Array.from({ length: 300 }, (_, depth) => "node_modules/a/".repeat(depth + 1).slice(0, -1));
  const cyclic = {
    "node_modules/x": entryOf("x", "1.0.0", { dependencies: { y: "1" } }),
    "node_modules/y": entryOf("y", "1.0.0", { dependencies: { x: "1" } }),
  };
  const long = { [`${"node_modules/a/".repeat(100_000)}b`]: { version: "1.0.0", integrity: SHA512 } };
  const entries = deep.map((key): [string, unknown] => [
    key,
    entryOf("a", "1.0.0", { dependencies: { a: "1", x: "1" } }),
  ]);
  const inventory = await packagesInventory({ ...Object.fromEntries(entries), ...cyclic, ...long });
  assert.equal(inventory.components.length, 303);
  const said = (text: string): number => inventory.remarks.filter(({ message }) => message === text).length;
  assert.equal(said("its place is longer than any path"), deep.filter((key) => key.length > 2048).length + 1);
  assert.equal(said("its place is too deep"), deep.filter((key) => key.length <= 2048).length - 100);
  checkSound(inventory);
});

test("npm-lock: of very many remarks of one rule some are counted, and those of others are all there", async () => {
  const many = Array.from({ length: 1500 }, (_, i): [string, unknown] => [`node_modules/a${i}`, { integrity: SHA512 }]);
  const inventory = await packagesInventory({ ...Object.fromEntries(many), "node_modules/.z": entryOf(".z", "1.0.0") });
  const rules = inventory.remarks.map(({ rule }) => rule);
  assert.deepEqual([rules.filter((rule) => rule === "inventory-incomplete").length, rules.length], [1001, 1002]);
  assert.equal(inventory.remarks[1000]?.message, "there are 500 more remarks on it than are listed");
  assert.equal(inventory.components.length, 1501);
});

/** A lockfile from memory: a thousand of them need no disk. */
function textTree(text: string): Tree {
  const nothing = {
    list: () => [],
    link: () => undefined,
    entry: () => undefined,
    open: () => Promise.reject(new Error("not used")),
  };
  return { ...nothing, shown: (path) => path, read: () => Buffer.from(text) };
}

async function readText(text: string): Promise<void> {
  try {
    checkSound(await readNpmLock({ tree: textTree(text), path: "package-lock.json" }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    assert.match(error.code, /^source-/);
  }
}

for (const folder of ["", "v1", "v2"]) {
  const text = readFileSync(join(ROOT, "fixtures/sbom/npm-project", folder, "package-lock.json"), "utf8");
  test(`npm-lock: cut or changed anywhere, the lockfile ${folder} is read or refused`, async () => {
    for (let end = 0; end < text.length; end += 197) await readText(text.slice(0, end));
    for (let at = 0; at < text.length; at += 149) {
      for (const character of ["}", '"', "0", "\\"]) await readText(text.slice(0, at) + character + text.slice(at + 1));
    }
  });
}

test("npm-lock: with members of any type it is read or refused", async () => {
  const names = fc.constantFrom("a", "b", "@x/c", "node_modules/a", "", "packages/p", "toString");
  const texts = fc.constantFrom(
    "1.0.0",
    "file:p",
    "npm:b@1.0.0",
    "file:..",
    "git+ssh://git@h/x.git#main",
    SHA512,
    "https://h/a/-/a-1.0.0.tgz",
    "\ud800",
    "\u202e",
  );
  const leaf = fc.oneof(fc.boolean(), fc.constant(null), fc.integer(), texts, fc.array(texts, { maxLength: 2 }));
  const { entry } = fc.letrec((tie) => ({
    entry: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.dictionary(memberNames, fc.oneof(leaf, tie("section")), { maxKeys: 6 }),
    ),
    section: fc.dictionary(names, tie("entry"), { maxKeys: 3 }),
  }));
  const places = fc.constantFrom(
    "",
    "node_modules/a",
    "node_modules/a/node_modules/b",
    "packages/p",
    "../q",
    "node_modules/@x/c",
    "x/node_modules/y",
  );
  const lock = fc.record(
    {
      lockfileVersion: fc.constantFrom(1, 2, 3),
      requires: fc.boolean(),
      packages: fc.dictionary(places, entry, { maxKeys: 5 }),
      dependencies: fc.dictionary(names, entry, { maxKeys: 4 }),
    },
    { requiredKeys: ["lockfileVersion"] },
  );
  await fc.assert(
    fc.asyncProperty(lock, (document) => readText(JSON.stringify(document))),
    { numRuns: 200 },
  );
});

const memberNames = fc.constantFrom(
  ...["version", "resolved", "integrity", "name", "link", "dev", "inBundle", "bundled", "requires", "dependencies"],
  ...[
    "peerDependencies",
    "peerDependenciesMeta",
    "optionalDependencies",
    "bin",
    "engines",
    "os",
    "license",
    "workspaces",
  ],
);
