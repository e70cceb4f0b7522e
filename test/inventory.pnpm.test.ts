// pnpm lockfiles of all versions of the format: nodes and edges as pnpm itself has them, and what is wrong in a file.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { UserError } from "../src/core/errors.ts";
import type { Component } from "../src/core/inventory.ts";
import { readPnpmLock } from "../src/inventory/pnpm-lock.ts";
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

const LOCK = "pnpm-lock.yaml";
const SHA = `sha512-${Buffer.alloc(64, 1).toString("base64")}`;
const COMMIT = "0123456789abcdef0123456789abcdef01234567";

function linesOf(path: string): readonly string[] {
  return readFileSync(`fixtures/sbom/${path}`, "utf8").trim().split("\n");
}

/** `name@version` as pnpm lists it: folders by their links. */
function listed({ key, name, version, origin }: Component): string {
  if (key === "") return name;
  if (origin.kind === "directory" || origin.kind === "workspace") return name;
  return `${name}@${version}`;
}

test("pnpm 9: the edges of a project are those that pnpm lists", async () => {
  const inventory = await readFixture(readPnpmLock, "pnpm-mixed", LOCK);
  const folder = (name: string): string => name.replace(/@link:.*/, "");
  const expected = new Set(
    linesOf("pnpm-mixed/expected-edges.txt").map((edge) => edge.split(" > ").map(folder).join(" > ")),
  );
  // That workspaces belong to the project is ours.
  expected.add("@acme/mixed > @acme/b");
  assert.deepEqual(edgesOf(inventory, listed), [...expected].toSorted());
  assert.deepEqual(remarksOf(inventory), []);
  assert.deepEqual(faultsOf(inventory), []);
});

test("pnpm: the packages of a real server are those that pnpm lists", async () => {
  const inventory = await readFixture(readPnpmLock, "real-node/pnpm", LOCK);
  assert.deepEqual(packagesOf(inventory), linesOf("real-node/pnpm/expected-list.txt").toSorted());
  assert.equal(inventory.completeness, "complete");
});

test("pnpm 5, 7, 8 and 9 lock the same packages, edges and scopes", async () => {
  const readings = await Promise.all(
    [LOCK, "pnpm-lock.v5-2.yaml", "pnpm-lock.v5-4.yaml", "pnpm-lock.v6-0.yaml"].map((path) =>
      readFixture(readPnpmLock, "pnpm-mixed", path),
    ),
  );
  const summaries = readings.map((inventory) => ({
    edges: edgesOf(inventory, listed),
    nodes: inventory.components
      .map((each) => `${listed(each)} ${each.scope} ${each.digests.map(({ hex }) => hex).join()}`)
      .toSorted(),
    remarks: remarksOf(inventory),
  }));
  for (const summary of summaries) assert.deepEqual(summary, summaries[0]);
});

test("pnpm: facts of a project's packages", async () => {
  const inventory = await readFixture(readPnpmLock, "pnpm-mixed", LOCK);
  const at = (key: string): Component => componentAt(inventory, key);
  assert.deepEqual(at("use-sync-external-store@1.2.0(react@17.0.2)").dependsOn, ["react@17.0.2"]);
  assert.deepEqual(at("use-sync-external-store@1.2.0(react@18.2.0)").dependsOn, ["react@18.2.0"]);
  assert.deepEqual(at("ms@2.0.0").facts, {
    alias: "ms-old",
    patched: "overridden by the project (debug>ms: 2.1.3)",
    requested: "npm:ms@2.0.0",
  });
  assert.match(
    at("is-number@7.0.0(patch_hash=ktwmdr6xj2vyapw3goepigyrmm)").facts.patched ?? "",
    /^patched by the project \(patches\/is-number\.patch, hash ktwm/,
  );
  assert.equal(at("fsevents@2.3.3").scope, "optional");
  assert.deepEqual(at("fsevents@2.3.3").facts.os, ["darwin"]);
  assert.equal(at("is-odd@3.0.1").scope, "development");
  assert.deepEqual(at("local-tarball@file:vendor/local-tarball-1.0.0.tgz").origin, {
    kind: "file",
    path: "vendor/local-tarball-1.0.0.tgz",
  });
  assert.equal(at("link:linked").facts.linked, true);
  assert.equal(at("link:linked").dependsOn, undefined);
  assert.equal(at("workspace:packages/a").version, "0.1.0");
  assert.equal(inventory.completeness, "unknown");
  const older = await readFixture(readPnpmLock, "pnpm-mixed", "pnpm-lock.v6-0.yaml");
  assert.deepEqual(componentAt(older, "/bcrypt@5.1.1").facts.installScripts, [{}]);
  const old = lock({ "a@1.0.0": `{integrity: ${SHA}}\n    deprecated: use b\n    libc: [musl]` });
  const { facts } = componentAt(await readFiles(readPnpmLock, LOCK, { [LOCK]: old }), "a@1.0.0");
  assert.deepEqual([facts.deprecated, facts.libc], ["use b", ["musl"]]);
});

test("pnpm 12: what pnpm itself needs to begin stands in a document of its own", async () => {
  const inventory = await readFixture(readPnpmLock, "pnpm-env", LOCK);
  assert.deepEqual(inventory.root.dependsOn, ["env:is-number@7.0.0", "is-odd@3.0.1"]);
  assert.equal(componentAt(inventory, "env:is-number@7.0.0").scope, "development");
  assert.equal(componentAt(inventory, "is-number@6.0.0").scope, "runtime");
  assert.deepEqual(remarksOf(inventory), []);
});

/** A lockfile of 9.0 of a project that asks for the packages. */
function lock(packages: Readonly<Record<string, string>>, more = ""): string {
  const names = Object.keys(packages).map((key) => [
    key.slice(0, key.indexOf("@", 1)),
    key.slice(key.indexOf("@", 1) + 1),
    key,
  ]);
  return [
    "lockfileVersion: '9.0'",
    "importers:",
    "  .:",
    "    dependencies:",
    ...names.flatMap(([name, version]) => [
      `      '${name}':`,
      `        specifier: '*'`,
      `        version: '${version}'`,
    ]),
    "packages:",
    ...Object.entries(packages).flatMap(([key, resolution]) => [`  '${key}':`, `    resolution: ${resolution}`]),
    "snapshots:",
    ...Object.keys(packages).map((key) => `  '${key}': {}`),
    more,
  ].join("\n");
}

const ORIGINS: readonly (readonly [name: string, key: string, resolution: string, expected: Partial<Component>])[] = [
  ["a registry", "a@1.0.0", `{integrity: ${SHA}}`, { origin: { kind: "registry" }, purl: "pkg:npm/a@1.0.0" }],
  [
    "a registry with addresses of its own",
    "@b/a@1.0.0",
    `{integrity: ${SHA}, tarball: https://r.example/npm/@b/a/-/a-1.0.0.tgz}`,
    { origin: { kind: "registry", url: "https://r.example/npm/@b/a/-/a-1.0.0.tgz", host: "r.example" } },
  ],
  [
    "a URL",
    "a@https://h.example/a.tgz",
    `{integrity: ${SHA}, tarball: https://h.example/a.tgz}`,
    {
      origin: { kind: "url", url: "https://h.example/a.tgz", host: "h.example" },
      purl: "pkg:npm/a?download_url=https:%2F%2Fh.example%2Fa.tgz",
    },
  ],
  [
    "an archive of a commit",
    `a@https://codeload.github.com/o/a/tar.gz/${COMMIT}`,
    `{tarball: https://codeload.github.com/o/a/tar.gz/${COMMIT}}`,
    { undigested: `pinned by git commit ${COMMIT}` },
  ],
  [
    "a repository",
    `a@git+ssh://git@h.example/o/a.git#${COMMIT}`,
    `{type: git, repo: ssh://git@h.example/o/a.git, commit: ${COMMIT}}`,
    {
      origin: { kind: "git", url: "ssh://h.example/o/a.git", host: "h.example", commit: COMMIT },
      key: `a@git+ssh://h.example/o/a.git#${COMMIT}`,
    },
  ],
  [
    "a folder",
    "a@file:../a",
    "{type: directory, directory: ../a}",
    { origin: { kind: "directory" }, undigested: "a folder beside the project" },
  ],
  [
    "a runtime for several platforms",
    "node@runtime:22.0.0",
    `{type: variations, variants: [{resolution: {type: binary, url: 'https://h.example/n-linux.tar.gz', integrity: ${SHA}}, targets: []}]}`,
    { version: "22.0.0", origin: { kind: "url", host: "h.example" } },
  ],
  ["a plugin's kind", "a@1.0.0", "{type: 'custom:x', url: y}", { origin: { kind: "unknown" } }],
];

for (const [name, key, resolution, expected] of ORIGINS) {
  test(`pnpm: a package from ${name}`, async () => {
    const inventory = await readFiles(readPnpmLock, LOCK, { [LOCK]: lock({ [key]: resolution }) });
    const [component] = inventory.components;
    assert.deepEqual(component, { ...component, ...expected });
    assert.deepEqual(faultsOf(inventory), []);
    assert.deepEqual(remarksOf(inventory), []);
    assert.deepEqual(inventory.root.dependsOn, [component?.key]);
  });
}

test("pnpm: secrets and paths of this machine are left out everywhere", async () => {
  const key = "a@https://user:T0KEN@h.example/a.tgz?t=T0KEN";
  const text = lock({
    [key]: `{integrity: ${SHA}, tarball: 'https://user:T0KEN@h.example/a.tgz?t=T0KEN'}`,
    "b@file:/home/me/b": "{type: directory, directory: /home/me/b}",
  });
  const inventory = await readFiles(readPnpmLock, LOCK, {
    [LOCK]: `${text}\noverrides:\n  c: https://user:T0KEN@h.example/c.tgz\n`.replace(
      "specifier: '*'",
      "specifier: 'https://user:T0KEN@h.example/a.tgz'",
    ),
  });
  assert.doesNotMatch(JSON.stringify(inventory), /T0KEN|home|me\/b/);
  assert.deepEqual(
    inventory.remarks.filter(({ rule }) => rule === "secret-removed").map(({ subject }) => subject),
    ["pnpm-lock.yaml", "a"],
  );
  assert.deepEqual(
    inventory.components.map((component) => component.key),
    ["a@https://h.example/a.tgz", "b@file:…"],
  );
});

const WRONG: readonly (readonly [name: string, text: string, remark: string])[] = [
  [
    "a hash that is none",
    lock({ "a@1.0.0": "{integrity: sha512-AAAA}" }),
    'integrity-malformed a@1.0.0: "sha512-AAAA" is no digest',
  ],
  [
    "an impossible name",
    lock({ "../a@1.0.0": `{integrity: ${SHA}}` }),
    "component-malformed ../a@1.0.0: no npm package can have this name",
  ],
  [
    "the archive of another package",
    lock({ "a@1.0.0": `{integrity: ${SHA}, tarball: https://r.example/evil/-/evil-1.0.0.tgz}` }),
    "component-malformed a@1.0.0: its address is that of another package, evil",
  ],
  [
    "the archive of another version",
    lock({ "a@1.0.0": `{integrity: ${SHA}, tarball: https://r.example/a/-/a-2.0.0.tgz}` }),
    "component-malformed a@1.0.0: its address is that of another version, 2.0.0",
  ],
  [
    "a key that lies about the name",
    lock({ "a@1.0.0": `{integrity: ${SHA}}\n    name: evil` }),
    "component-malformed evil@1.0.0: its key calls it a",
  ],
  [
    "an edge that leads nowhere",
    lock({ "a@1.0.0": `{integrity: ${SHA}}` }).replace(
      "'a@1.0.0': {}",
      "'a@1.0.0':\n    dependencies:\n      b: 1.0.0",
    ),
    "inventory-incomplete a@1.0.0: asks for b@1.0.0, which the lockfile does not have",
  ],
  [
    "a snapshot without its package",
    lock({ "a@1.0.0": `{integrity: ${SHA}}` }, "  'b@1.0.0': {}"),
    "inventory-incomplete b@1.0.0: the lockfile has no entry for it under packages",
  ],
];

for (const [name, text, remark] of WRONG) {
  test(`pnpm: a remark about ${name}`, async () => {
    const inventory = await readFiles(readPnpmLock, LOCK, { [LOCK]: text });
    assert.deepEqual(remarksOf(inventory), [remark]);
    assert.ok(inventory.remarks.every(({ line, file }) => file === LOCK && line !== undefined));
    assert.deepEqual(faultsOf(inventory), []);
  });
}

test("pnpm: the way to what is missing is told, and the inventory is incomplete", async () => {
  const text = lock({ "a@1.0.0": `{integrity: ${SHA}}` }).replace(
    "'a@1.0.0': {}",
    "'a@1.0.0':\n    dependencies:\n      b: 1.0.0",
  );
  const inventory = await readFiles(readPnpmLock, LOCK, {
    [LOCK]: text,
    "package.json": '{"name":"p","dependencies":{"a":"*","c":"^1"}}',
  });
  assert.equal(inventory.completeness, "incomplete");
  assert.deepEqual(remarksOf(inventory), [
    "inventory-incomplete p: asks for c@^1, which the lockfile does not have",
    "inventory-incomplete a@1.0.0: asks for b@1.0.0, which the lockfile does not have",
  ]);
  assert.deepEqual(inventory.remarks[1]?.path, ["p", "a@1.0.0"]);
});

test("pnpm: bundled packages are listed, and catalogs looked up", async () => {
  const text = lock(
    { "a@1.0.0": `{integrity: ${SHA}}\n    bundledDependencies:\n      - b` },
    "catalogs:\n  default:\n    a:\n      specifier: ^1.0.0\n      version: 1.0.0",
  );
  const inventory = await readFiles(readPnpmLock, LOCK, {
    [LOCK]: text.replace("specifier: '*'", "specifier: 'catalog:'"),
  });
  assert.deepEqual(componentAt(inventory, "a@1.0.0>b").origin, { kind: "bundled", within: "a@1.0.0" });
  assert.equal(componentAt(inventory, "a@1.0.0").facts.requested, "^1.0.0");
  assert.equal(inventory.completeness, "unknown");
});

const REFUSED: readonly (readonly [name: string, text: string, code: string, message: RegExp])[] = [
  ["an unknown version", "lockfileVersion: '7.0'\n", "source-unsupported", /^pnpm-lock\.yaml:1: lockfileVersion 7\.0 is not known$/],
  ["no version", "importers: {}\n", "source-malformed", /^pnpm-lock\.yaml:1: has no lockfileVersion$/],
  ["no mapping", "- a\n", "source-malformed", /is no pnpm lockfile$/],
  ["nothing", "", "source-malformed", /is empty$/],
  ["packages that are a text", "lockfileVersion: '9.0'\npackages: x\n", "source-malformed", /^pnpm-lock\.yaml:2: packages is no mapping$/],
  ["a merge conflict", "a: b\n<<<<<<< HEAD\n", "source-malformed", /^pnpm-lock\.yaml:2: holds a merge conflict/],
  ["two projects in two documents", `---\n${lock({})}\n---\n${lock({})}`, "source-malformed", /several documents/],
]; // prettier-ignore

for (const [name, text, code, message] of REFUSED) {
  test(`pnpm: refused is ${name}`, async () => {
    await assert.rejects(
      readFiles(readPnpmLock, LOCK, { [LOCK]: text }),
      (error) => error instanceof UserError && error.code === code && message.test(error.message),
    );
  });
}

test("pnpm: damaged files are refused, or read with all that must hold", async () => {
  for (const file of ["pnpm-lock.yaml", "pnpm-lock.v5-2.yaml", "pnpm-lock.v6-0.yaml"]) {
    const text = readFileSync(`fixtures/sbom/pnpm-mixed/${file}`, "utf8");
    for (const broken of damaged(text.slice(0, 4000), 40)) {
      const outcome = await outcomeOf(readFiles(readPnpmLock, LOCK, { [LOCK]: broken }));
      if (typeof outcome === "string") assert.match(outcome, /^source-(?:malformed|unsupported)$/);
      else assert.deepEqual(faultsOf(outcome), []);
    }
  }
});

test("pnpm: members of every wrong type are no crash", async () => {
  const values = ["x", "[]", "{}", "[x, {y: z}]", "''", "{a: {b: [c]}}"];
  const places = ["importers", "packages", "snapshots", "overrides", "patchedDependencies", "catalogs", "settings"];
  for (const value of values) {
    for (const place of places) {
      const whole = `lockfileVersion: '9.0'\n${place}: ${value}\n`;
      const inner = `lockfileVersion: '9.0'\n${place}:\n  a@1.0.0: ${value}\n`;
      for (const text of [whole, inner]) {
        const outcome = await outcomeOf(readFiles(readPnpmLock, LOCK, { [LOCK]: text }));
        if (typeof outcome !== "string") assert.deepEqual(faultsOf(outcome), []);
      }
    }
  }
});
