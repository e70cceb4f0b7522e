// yarn.lock of yarn 2 and later.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { UserError } from "../src/core/errors.ts";
import type { Component } from "../src/core/inventory.ts";
import { readYarnLock } from "../src/inventory/yarn-lock.ts";
import {
  componentAt,
  damaged,
  edgesOf,
  faultsOf,
  outcomeOf,
  packagesOf,
  readFiles,
  readFixture,
  remarksOf,
} from "./support/lock-trees.ts";

const LOCK = "yarn.lock";
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const HEX = "0123456789abcdef".repeat(8);
const ROOT = "@acme/mixed@workspace:.";

function linesOf(path: string): readonly string[] {
  return readFileSync(`fixtures/sbom/${path}`, "utf8").trim().split("\n");
}

test("yarn 4: the packages of a real server are those that yarn lists", async () => {
  const inventory = await readFixture(readYarnLock, "real-node/berry", LOCK);
  assert.deepEqual(packagesOf(inventory), linesOf("real-node/berry/expected-list.txt").toSorted());
  assert.equal(inventory.completeness, "complete");
  assert.deepEqual(remarksOf(inventory), []);
});

test("yarn 4: the edges of a project are those that yarn lists", async () => {
  const inventory = await readFixture(readYarnLock, "yarn-berry", LOCK);
  const expected = new Set(linesOf("yarn-berry/expected-edges.txt"));
  // Ours: a workspace belongs to the project, a patch needs what it patches, and peers are what is found.
  expected.add(`${ROOT} > @acme/b@workspace:packages/b`);
  const patched = (name: string, version: string, rest: string): string =>
    `${name}@patch:${name}@npm%3A${version}#${rest} > ${name}@npm:${version}`;
  expected.add(patched("is-number", "7.0.0", "~/patches/is-number.patch::version=7.0.0&hash=a058ad"));
  expected.add(patched("fsevents", "2.3.3", "optional!builtin<compat/fsevents>::version=2.3.3&hash=df0bf1"));
  expected.add("fdir@npm:6.5.0 > picomatch@npm:4.0.7");
  expected.add("use-sync-external-store@npm:1.2.0 > react@npm:17.0.2");
  expected.add("use-sync-external-store@npm:1.2.0 > react@npm:18.2.0");
  const found = edgesOf(inventory, ({ key }) => (key === "" ? ROOT : key));
  assert.deepEqual(found, [...expected].toSorted());
  assert.deepEqual(remarksOf(inventory), []);
  assert.deepEqual(faultsOf(inventory), []);
});

test("yarn 4: facts and scopes of a project's packages", async () => {
  const inventory = await readFixture(readYarnLock, "yarn-berry", LOCK);
  const at = (key: string): Component => componentAt(inventory, key);
  const debug = at("debug@npm:4.3.4");
  assert.deepEqual(debug.digests, []);
  assert.match(debug.facts.otherChecksums?.[0] ?? "", /^yarn:10c0\/[0-9a-f]{128}$/);
  assert.equal(debug.undigested, "the lockfile's checksum is of yarn's own archive, not of the package's");
  assert.deepEqual(debug.dependsOn, ["ms@npm:2.1.3"]);
  assert.equal(at("ms@npm:2.0.0").facts.alias, "ms-old");
  assert.equal(at("is-number@npm:6.0.0").scope, "development");
  const sharp = at("@img/sharp-linux-x64@npm:0.33.5");
  assert.deepEqual(
    [sharp.scope, sharp.facts.os, sharp.facts.cpu, sharp.facts.libc],
    ["optional", ["linux"], ["x64"], ["glibc"]],
  );
  const patch = at("is-number@patch:is-number@npm%3A7.0.0#~/patches/is-number.patch::version=7.0.0&hash=a058ad");
  assert.equal(patch.facts.patched, "patched by the project (~/patches/is-number.patch)");
  assert.deepEqual([patch.name, patch.version, patch.scope], ["is-number", "7.0.0", "runtime"]);
  assert.deepEqual(at("loose-envify@npm:1.4.0").facts.commands, ["loose-envify"]);
  const portal = inventory.components.find(({ name }) => name === "portal");
  assert.deepEqual([portal?.facts.linked, portal?.dependsOn, portal?.version], [true, ["ms@npm:2.1.3"], undefined]);
  assert.equal(at("@acme/a@workspace:packages/a").version, "0.1.0");
  assert.equal(inventory.root.version, "1.2.0");
});

/** A lockfile of a project that asks for a package. */
function lock(descriptor: string, entry: string, version = "8", more = ""): string {
  const at = descriptor.indexOf("@", 1);
  const [name, range] = [descriptor.slice(0, at), descriptor.slice(at + 1)];
  return [
    `__metadata:\n  version: ${version}\n  cacheKey: 10c0\n`,
    `"p@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "p@workspace:."\n  dependencies:\n    "${name}": "${range}"\n`,
    `"${descriptor}":\n${entry}`,
    more,
  ].join("\n");
}

const ORIGINS: readonly (readonly [name: string, descriptor: string, entry: string, expected: Partial<Component>])[] = [
  [
    "a registry with addresses of its own",
    "a@npm:^1",
    '  version: 1.0.0\n  resolution: "a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fr.example%2Fa%2F-%2Fa-1.0.0.tgz"\n',
    { origin: { kind: "registry", url: "https://r.example/a/-/a-1.0.0.tgz", host: "r.example" } },
  ],
  [
    "a repository",
    "a@git@h.example:o/a.git",
    `  version: 1.0.0\n  resolution: "a@git@h.example:o/a.git#commit=${COMMIT}"\n  checksum: 10c0/${HEX}\n`,
    {
      origin: { kind: "git", url: "ssh://h.example/o/a.git", host: "h.example", commit: COMMIT },
      undigested: `pinned by git commit ${COMMIT}`,
    },
  ],
  [
    "a URL",
    "a@https://h.example/a.tgz",
    '  version: 1.0.0\n  resolution: "a@https://h.example/a.tgz"\n',
    {
      origin: { kind: "url", url: "https://h.example/a.tgz", host: "h.example" },
      undigested: "the lockfile states none",
    },
  ],
  [
    "a folder",
    "a@file:../a",
    '  version: 1.0.0\n  resolution: "a@file:../a#../a::hash=1&locator=p%40workspace%3A."\n',
    { origin: { kind: "directory" } },
  ],
];

for (const [name, descriptor, entry, expected] of ORIGINS) {
  test(`yarn 4: a package from ${name}`, async () => {
    const inventory = await readFiles(readYarnLock, LOCK, { [LOCK]: lock(descriptor, entry) });
    const [component] = inventory.components;
    assert.deepEqual(component, { ...component, ...expected });
    assert.deepEqual(inventory.root.dependsOn, [component?.key]);
    assert.deepEqual(remarksOf(inventory), []);
    assert.deepEqual(faultsOf(inventory), []);
  });
}

test("yarn 2: ranges without a protocol, checksums without the key of the cache", async () => {
  const entry = `  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n  checksum: ${HEX}\n`;
  const text = lock("a@npm:^1", entry, "4").replace("cacheKey: 10c0", "cacheKey: 7").replace('"npm:^1"', '"^1"');
  const inventory = await readFiles(readYarnLock, LOCK, { [LOCK]: text });
  assert.deepEqual(inventory.root.dependsOn, ["a@npm:1.0.0"]);
  assert.deepEqual(componentAt(inventory, "a@npm:1.0.0").facts.otherChecksums, [`yarn:7/${HEX}`]);
});

test("yarn 4: secrets and paths of this machine are left out", async () => {
  const archive = encodeURIComponent("https://u:T0KEN@r.example/a/-/a-1.0.0.tgz?t=T0KEN");
  const text = lock("a@npm:^1", `  version: 1.0.0\n  resolution: "a@npm:1.0.0::__archiveUrl=${archive}"\n`);
  const more =
    '"b@patch:b@https%3A%2F%2Fu%3AT0KEN%40h.example%2Fb.tgz#/home/me/b.patch":\n  version: 1.0.0\n  resolution: "b@patch:b@https%3A%2F%2Fu%3AT0KEN%40h.example%2Fb.tgz#/home/me/b.patch"\n';
  const inventory = await readFiles(readYarnLock, LOCK, { [LOCK]: `${text}${more}` });
  assert.doesNotMatch(JSON.stringify(inventory), /T0KEN|home/);
  assert.deepEqual(
    inventory.remarks.filter(({ rule }) => rule === "secret-removed").map(({ subject }) => subject),
    ["a@1.0.0", "b@1.0.0"],
  );
});

const A = '  version: 1.0.0\n  resolution: "a@npm:1.0.0"\n';
const WRONG: readonly (readonly [name: string, text: string, remark: string])[] = [
  [
    "a checksum that is none",
    lock("a@npm:^1", `${A}  checksum: 10c0/xyz\n`),
    "integrity-malformed a@1.0.0: its checksum is none",
  ],
  [
    "a resolution to another version",
    lock("a@npm:^1", A.replace("version: 1.0.0", "version: 2.0.0")),
    "component-malformed a@2.0.0: its resolution says version 1.0.0",
  ],
  [
    "an edge that leads nowhere",
    lock(
      "a@npm:^1",
      `${A}  dependencies:\n    b: "npm:^2"\n    c: "npm:^3"\n  dependenciesMeta:\n    c:\n      optional: true\n`,
    ),
    "inventory-incomplete a@1.0.0: asks for b@npm:^2, which the lockfile does not have",
  ],
  [
    "an entry without a resolution",
    lock("a@npm:1.0.0", "  version: 1.0.0\n"),
    "component-malformed a@1.0.0: it has no resolution",
  ],
  [
    "two entries for one need",
    lock("a@npm:^1", A, "8", '"x@npm:1.0.0, a@npm:^1":\n  version: 1.0.0\n  resolution: "x@npm:1.0.0"\n'),
    "component-malformed a@npm:^1: two entries of the lockfile stand for it",
  ],
];

for (const [name, text, remark] of WRONG) {
  test(`yarn 4: a remark about ${name}`, async () => {
    const inventory = await readFiles(readYarnLock, LOCK, { [LOCK]: text });
    assert.deepEqual(remarksOf(inventory), [remark]);
    assert.deepEqual(faultsOf(inventory), []);
  });
}

const REFUSED: readonly (readonly [name: string, text: string, code: string, message: RegExp])[] = [
  ["an unknown version", lock("a@npm:^1", A, "99"), "source-unsupported", /^yarn\.lock:2: version 99 is not known$/],
  ["no version", "__metadata:\n  cacheKey: 1\n", "source-malformed", /has no version$/],
  ["an entry that is a text", "__metadata:\n  version: 8\na: b\n", "source-malformed", /^yarn\.lock:3: an entry is no mapping$/],
  ["a key twice", `${lock("a@npm:^1", A)}"a@npm:^1":\n${A}`, "source-malformed", /the key "a@npm:\^1" appears twice$/],
  ["a file of two formats", `# yarn lockfile v1\n${lock("a@npm:^1", A)}`, "source-malformed", /of yarn 1 and of later ones$/],
  ["a merge conflict", "__metadata:\n  version: 8\n=======\n>>>>>>> x\n", "source-malformed", /^yarn\.lock:4: holds a merge conflict/],
]; // prettier-ignore

for (const [name, text, code, message] of REFUSED) {
  test(`yarn 4: refused is ${name}`, async () => {
    await assert.rejects(
      readFiles(readYarnLock, LOCK, { [LOCK]: text }),
      (error) => error instanceof UserError && error.code === code && message.test(error.message),
    );
  });
}

test("yarn 4: half a character is no crash", async () => {
  const text = String.raw`"a\ud800@npm:\ud800::__archiveUrl=https%3A%2F%2F\ud800":
  version: "\ud800"
  resolution: "a\ud800@npm:\ud800"
  dependencies:
    "b\ud800": "\ud800"
`;
  const inventory = await readFiles(readYarnLock, LOCK, { [LOCK]: `__metadata:\n  version: 8\n${text}` });
  assert.equal(inventory.components.length, 1);
});

test("yarn 4: damaged files are refused, or read with all that must hold", async () => {
  const text = readFileSync("fixtures/sbom/yarn-berry/yarn.lock", "utf8").slice(0, 5000);
  const manifest = readFileSync("fixtures/sbom/yarn-berry/package.json", "utf8");
  for (const broken of damaged(text, 120)) {
    const outcome = await outcomeOf(readFiles(readYarnLock, LOCK, { [LOCK]: broken, "package.json": manifest }));
    if (typeof outcome === "string") assert.match(outcome, /^source-(?:malformed|unsupported)$/);
    else assert.deepEqual(faultsOf(outcome), []);
  }
});
