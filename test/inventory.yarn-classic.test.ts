// yarn.lock of yarn 1: its own format, and what the package.json files beside it add.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { UserError } from "../src/core/errors.ts";
import type { Component } from "../src/core/inventory.ts";
import { parseClassicLock } from "../src/inventory/yarn-classic-parse.ts";
import { readYarnLock } from "../src/inventory/yarn-lock.ts";
import {
  componentAt,
  damaged,
  faultsOf,
  outcomeOf,
  packagesOf,
  readFiles,
  readFixture,
  remarksOf,
} from "./support/lock-trees.ts";

const LOCK = "yarn.lock";
const HEAD = "# yarn lockfile v1\n\n\n";
const SHA1 = "5608aeadfc00be6c2901df5f9861788de0d597c8";
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

function linesOf(path: string): readonly string[] {
  return readFileSync(`fixtures/sbom/${path}`, "utf8").trim().split("\n");
}

test("yarn 1: the packages of a real server are those that yarn lists", async () => {
  const inventory = await readFixture(readYarnLock, "real-node/yarn", LOCK);
  assert.deepEqual(packagesOf(inventory), linesOf("real-node/yarn/expected-list.txt").toSorted());
  assert.equal(inventory.completeness, "complete");
  assert.deepEqual(remarksOf(inventory), []);
});

test("yarn 1: the packages of a project are those that yarn lists", async () => {
  const inventory = await readFixture(readYarnLock, "yarn-classic", LOCK);
  // yarn lists an alias by its own name, and looks into the linked folder.
  const expected = linesOf("yarn-classic/expected-list.txt").map((line) =>
    line.replace("ms-old@", "ms@").replace(/^linked@.*/, "linked"),
  );
  assert.deepEqual(packagesOf(inventory), expected.toSorted());
  assert.deepEqual(remarksOf(inventory), []);
  assert.deepEqual(faultsOf(inventory), []);
});

test("yarn 1: facts and scopes of a project's packages", async () => {
  const inventory = await readFixture(readYarnLock, "yarn-classic", LOCK);
  const at = (key: string): Component => componentAt(inventory, key);
  assert.deepEqual(
    at("debug@4.3.4").digests.map(({ algorithm }) => algorithm),
    ["sha1", "sha512"],
  );
  assert.deepEqual(at("debug@4.3.4").dependsOn, ["ms@2.1.2"]);
  assert.equal(at("ms@2.1.2").version, "2.1.3");
  assert.equal(at("ms@2.1.2").facts.patched, "overridden by the project (debug/ms: 2.1.3)");
  assert.equal(at("ms-old@npm:ms@2.0.0").name, "ms");
  assert.equal(at("ms-old@npm:ms@2.0.0").facts.alias, "ms-old");
  assert.equal(at("fsevents@2.3.3").scope, "optional");
  assert.equal(at("is-number@^6.0.0").scope, "development");
  assert.equal(at("is-number@7.0.0").facts.requested, "7.0.0");
  assert.deepEqual(at("linked@link:./linked").origin, { kind: "directory", path: "linked" });
  assert.deepEqual(at("local-tarball@file:./vendor/local-tarball-1.0.0.tgz").origin, {
    kind: "file",
    path: "vendor/local-tarball-1.0.0.tgz",
  });
  assert.deepEqual(at("workspace:packages/b").dependsOn, [
    "workspace:packages/a",
    "use-sync-external-store@1.2.0",
    "react@17.0.2",
  ]);
  assert.deepEqual(at("debug@4.3.4").origin, {
    kind: "registry",
    url: "https://registry.npm.example/debug/-/debug-4.3.4.tgz",
    host: "registry.npm.example",
  });
});

const ENTRIES: readonly (readonly [name: string, entry: string, expected: Partial<Component>])[] = [
  ["several patterns", 'a@^1, "a@1 || 2":\n  version "1.0.0"\n', { key: "a@^1", name: "a", version: "1.0.0" }],
  [
    "several hashes",
    `a@1:\n  version "1.0.0"\n  resolved "https://r.example/a/-/a-1.0.0.tgz#${SHA1}"\n  integrity "sha1-VgiurfwAvmwpAd9fmGF4jeDVl8g= sha256-${"A".repeat(43)}="\n`,
    {
      digests: [
        { algorithm: "sha1", hex: SHA1, from: "declared" },
        { algorithm: "sha256", hex: "0".repeat(64), from: "declared" },
      ],
    },
  ],
  [
    "a repository",
    `"a@git+https://h.example/o/a.git":\n  version "1.0.0"\n  resolved "git+https://h.example/o/a.git#${COMMIT}"\n`,
    {
      origin: { kind: "git", url: "git+https://h.example/o/a.git", host: "h.example", commit: COMMIT },
      undigested: `pinned by git commit ${COMMIT}`,
    },
  ],
  [
    "a branch of a repository",
    `"a@git+https://h.example/o/a.git#main":\n  version "1.0.0"\n  resolved "git+https://h.example/o/a.git#main"\n`,
    { undigested: "a git reference that pins no commit" },
  ],
  [
    "an archive of a commit",
    `a@o/a:\n  version "1.0.0"\n  resolved "https://codeload.github.com/o/a/tar.gz/${COMMIT}"\n`,
    { undigested: `pinned by git commit ${COMMIT}` },
  ],
  [
    "a URL",
    `"a@https://h.example/a.tgz":\n  version "1.0.0"\n  resolved "https://h.example/a.tgz#${SHA1}"\n`,
    {
      origin: { kind: "url", url: "https://h.example/a.tgz", host: "h.example" },
      purl: "pkg:npm/a@1.0.0?download_url=https:%2F%2Fh.example%2Fa.tgz",
    },
  ],
  ["a folder", '"a@file:./lib":\n  version "1.0.0"\n', { origin: { kind: "directory", path: "lib" } }],
  ["the offline mirror", `a@1:\n  version "1.0.0"\n  resolved a-1.0.0.tgz#${SHA1}\n`, { origin: { kind: "registry" } }],
  ["CRLF", `a@1:\r\n  version "1.0.0"\r\n`, { version: "1.0.0" }],
];

for (const [name, entry, expected] of ENTRIES) {
  test(`yarn 1: an entry with ${name}`, async () => {
    const inventory = await readFiles(readYarnLock, LOCK, { [LOCK]: HEAD + entry });
    const [component] = inventory.components;
    assert.deepEqual(component, { ...component, ...expected });
    assert.deepEqual(remarksOf(inventory), []);
    assert.deepEqual(faultsOf(inventory), []);
  });
}

test("yarn 1: without a package.json nobody knows what the project asks for", async () => {
  const inventory = await readFiles(readYarnLock, LOCK, { [LOCK]: `${HEAD}a@1:\n  version "1.0.0"\n` });
  assert.equal(inventory.root.dependsOn, undefined);
  assert.equal(inventory.completeness, "unknown");
  assert.deepEqual(inventory.root, { ...inventory.root, name: "yarn.lock", kind: "application" });
});

test("yarn 1: what is asked for and not locked is told with the way to it", async () => {
  const inventory = await readFiles(readYarnLock, LOCK, {
    [LOCK]: `${HEAD}a@1:\n  version "1.0.0"\n  dependencies:\n    b "^2"\n  optionalDependencies:\n    c "^3"\n`,
    "package.json": '{"name":"p","dependencies":{"a":"1"},"devDependencies":{"d":"https://u:T0KEN@h.example/d.tgz"}}',
  });
  assert.deepEqual(remarksOf(inventory), [
    "inventory-incomplete a@1.0.0: asks for b@^2, which the lockfile does not have",
    "inventory-incomplete p: asks for d@https://h.example/d.tgz, which the lockfile does not have",
  ]);
  assert.deepEqual(inventory.remarks[0]?.path, ["p", "a@1.0.0"]);
  assert.equal(inventory.remarks[0]?.line, 7);
});

test("yarn 1: secrets and paths of this machine are left out", async () => {
  const entry =
    '"a@https://u:T0KEN@h.example/a.tgz?k=T0KEN":\n  version "1.0.0"\n  resolved "https://u:T0KEN@h.example/a.tgz?k=T0KEN#x"\n';
  const inventory = await readFiles(readYarnLock, LOCK, {
    [LOCK]: `${HEAD}${entry}\n"b@file:/home/me/b":\n  version "1.0.0"\n`,
  });
  assert.doesNotMatch(JSON.stringify(inventory), /T0KEN|home/);
  assert.deepEqual(remarksOf(inventory), [
    "secret-removed a@1.0.0: a user name, password or token stands in its address",
  ]);
});

test("yarn 1: the archive of another package is told", async () => {
  const entry = 'lodash@^4:\n  version "4.17.21"\n  resolved "https://r.example/evil/-/evil-4.17.21.tgz"\n';
  const inventory = await readFiles(readYarnLock, LOCK, { [LOCK]: HEAD + entry });
  assert.deepEqual(remarksOf(inventory), [
    "component-malformed lodash@4.17.21: its address is that of another package, evil",
  ]);
});

test("yarn 1: patterns of workspaces are followed, and what they exclude is not", async () => {
  const manifest = (name: string): string => JSON.stringify({ name, version: "1.0.0" });
  const inventory = await readFiles(readYarnLock, LOCK, {
    [LOCK]: HEAD,
    "package.json":
      '{"name":"p","workspaces":{"packages":["./tools/*","libs/**","app","!libs/x/old","../out","{a,b}"]}}',
    "tools/t/package.json": manifest("t"),
    "tools/node_modules/n/package.json": manifest("n"),
    "libs/x/y/package.json": manifest("y"),
    "libs/x/old/package.json": manifest("old"),
    "app/package.json": manifest("app"),
    "other/package.json": manifest("other"),
  });
  assert.deepEqual(
    inventory.components.map(({ key }) => key),
    ["workspace:tools/t", "workspace:libs/x/y", "workspace:app"],
  );
  assert.deepEqual(remarksOf(inventory), [
    "inventory-incomplete p: its workspaces ../out are not looked for",
    "inventory-incomplete p: its workspaces {a,b} are not looked for",
  ]);
});

const REFUSED: readonly (readonly [name: string, text: string, code: string, message: RegExp])[] = [
  ["a merge conflict", `${HEAD}<<<<<<< HEAD\na@1:\n`, "source-malformed", /^yarn\.lock:4: holds a merge conflict/],
  ["another version", "# yarn lockfile v2\n", "source-unsupported", /^yarn\.lock:1: yarn lockfile v2 is not known$/],
  ["a pattern of two entries", `${HEAD}a@1:\n  version "1"\nb@1, a@1:\n  version "2"\n`, "source-malformed", /:6: "a@1" appears twice$/],
  ["a property twice", `${HEAD}a@1:\n  version "1"\n  version "2"\n`, "source-malformed", /:6: "version" appears twice$/],
  ["a dependency twice", `${HEAD}a@1:\n  dependencies:\n    b "1"\n    b "2"\n`, "source-malformed", /:7: "b" appears twice$/],
  ["odd indentation", `${HEAD}a@1:\n   version "1"\n`, "source-malformed", /:5: is indented in a way/],
  ["indentation at the start", `${HEAD}  version "1"\n`, "source-malformed", /:4: is indented, and nothing stands above it$/],
  ["a quote that does not close", `${HEAD}"a@1:\n  version "1"\n`, "source-malformed", /:4: cannot be read$/],
  ["JSON", "{}", "source-malformed", /:1: is no entry/],
  ["bytes that are no text", `${HEAD}\u{fffd}`, "source-malformed", /:4: cannot be read$/],
]; // prettier-ignore

for (const [name, text, code, message] of REFUSED) {
  test(`yarn 1: refused is ${name}`, async () => {
    await assert.rejects(
      readFiles(readYarnLock, LOCK, { [LOCK]: text }),
      (error) => error instanceof UserError && error.code === code && message.test(error.message),
    );
  });
}

test("yarn 1: what yarn would write is read back", () => {
  const word = fc.string({ minLength: 1, maxLength: 10, unit: fc.constantFrom(..."abAB019@/.-_^~>=<*|: ,\"\\#'") });
  const properties = fc.dictionary(fc.constantFrom("version", "resolved", "integrity"), word);
  const entry = fc.record({
    patterns: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
    properties,
    dependencies: fc.dictionary(word, word, { noNullPrototype: true }),
  });
  const run = fc.property(
    fc.uniqueArray(entry, { selector: ({ patterns }) => patterns[0], maxLength: 4 }),
    (entries) => {
      const seen = new Set<string>();
      const distinct = entries.filter(
        ({ patterns }) => !patterns.some((pattern) => seen.size === seen.add(pattern).size),
      );
      const text = distinct
        .map(({ patterns, properties: own, dependencies }) => {
          const lines = Object.entries(own).map(([key, value]) => `  ${key} ${JSON.stringify(value)}\n`);
          const needs = Object.entries(dependencies).map(
            ([key, value]) => `    ${JSON.stringify(key)} ${JSON.stringify(value)}\n`,
          );
          return `${patterns.map((pattern) => JSON.stringify(pattern)).join(", ")}:\n${lines.join("")}  dependencies:\n${needs.join("")}`;
        })
        .join("\n");
      const read = parseClassicLock(text, "f").map(({ patterns, properties: own, groups }) => ({
        patterns: [...patterns],
        properties: Object.fromEntries(Array.from(own, ([key, value]) => [key, value.text])),
        dependencies: Object.fromEntries(
          Array.from(groups.get("dependencies") ?? [], ([key, value]) => [key, value.text]),
        ),
      }));
      assert.deepEqual(
        read,
        distinct.map((each) => ({
          ...each,
          properties: { ...each.properties },
          dependencies: { ...each.dependencies },
        })),
      );
    },
  );
  fc.assert(run, { numRuns: 300, seed: 3 });
});

test("yarn 1: damaged files are refused, or read with all that must hold", async () => {
  const text = readFileSync("fixtures/sbom/yarn-classic/yarn.lock", "utf8");
  const manifest = readFileSync("fixtures/sbom/yarn-classic/package.json", "utf8");
  for (const broken of damaged(text, 200)) {
    const outcome = await outcomeOf(readFiles(readYarnLock, LOCK, { [LOCK]: broken, "package.json": manifest }));
    if (typeof outcome === "string") assert.equal(outcome, "source-malformed");
    else assert.deepEqual(faultsOf(outcome), []);
  }
});

test("yarn 1: remarks of one rule are bounded, and hide none of another", async () => {
  const entries = Array.from({ length: 1500 }, (_, i) => `a${i}@1:\n  version "1.0.0"\n  integrity "sha512-AAAA"\n`);
  const { remarks } = await readFiles(readYarnLock, LOCK, {
    [LOCK]: `${HEAD}${entries.join("\n")}\n"../b@1":\n  version "1.0.0"\n`,
  });
  const rules = remarks.map(({ rule }) => rule);
  assert.equal(rules.filter((rule) => rule === "integrity-malformed").length, 1000);
  assert.ok(rules.includes("component-malformed"));
});
