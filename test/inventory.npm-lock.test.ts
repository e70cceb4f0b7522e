// npm's lockfiles: what a project of every kind of dependency becomes, in all versions of the format, and that npm itself
// sees the same packages in it.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import type { Component, Inventory } from "../src/core/inventory.ts";
import { createDiskTree } from "../src/inventory/disk-tree.ts";
import { readNpmLock } from "../src/inventory/npm-lock.ts";
import {
  componentAt,
  entryOf,
  lockInventory,
  OTHER_SHA512,
  packagesInventory,
  remarkTexts,
  SHA512,
} from "./support/npm-projects.ts";
import { ROOT } from "./support/project.ts";

const PROJECT = join(ROOT, "fixtures/sbom/npm-project");

function readFixture(folder: string): Promise<Inventory> {
  return readNpmLock({ tree: createDiskTree(join(PROJECT, folder), ""), path: "package-lock.json" });
}

test("npm-lock: a project of every kind of dependency is read whole", async () => {
  const inventory = await readFixture("");
  assert.equal(inventory.completeness, "complete");
  assert.deepEqual(inventory.remarks, []);
  assert.equal(inventory.components.length, 20);
  assert.equal(inventory.root.purl, "pkg:npm/%40acme/everything@1.2.0");
  assert.equal(inventory.root.facts.private, true);
  const rows = inventory.components.map((component) => [component.key, summary(component)]);
  assert.deepEqual(Object.fromEntries(rows), {
    linked: "@acme/linked@0.1.0 runtime directory a folder of the project > node_modules/wrappy",
    "node_modules/@acme/a": "@acme/a@1.0.0 runtime workspace a link to a folder linked > packages/a",
    "node_modules/@acme/b": "@acme/b@2.0.0 runtime workspace a link to a folder linked > packages/b",
    "node_modules/@acme/bundler":
      "@acme/bundler@1.0.0 runtime file sha512 > node_modules/@acme/bundler/node_modules/@acme/inner",
    "node_modules/@acme/bundler/node_modules/@acme/inner":
      "@acme/inner@3.0.0 runtime bundled bundled inside @acme/bundler bundled",
    "node_modules/@acme/linked": "@acme/linked@0.1.0 runtime directory a link to a folder linked > linked",
    "node_modules/@acme/scripts": "@acme/scripts@1.1.0 runtime file sha512",
    "node_modules/JSONStream": "JSONStream@1.3.5 runtime registry sha512 > node_modules/jsonparse node_modules/through",
    "node_modules/als": "once@1.4.0 runtime registry sha512 > node_modules/wrappy",
    "node_modules/color-name": "color-name@1.1.4 development registry sha512",
    "node_modules/debug": "debug@4.3.4 runtime registry sha512 > node_modules/ms",
    "node_modules/fsevents": "fsevents@2.3.3 optional registry sha512",
    "node_modules/jsonparse": "jsonparse@1.3.1 runtime registry sha512",
    "node_modules/ms": "ms@2.1.3 runtime registry sha512 patched",
    "node_modules/semver": "semver@7.6.3 development registry sha512",
    "node_modules/through": "through@2.3.8 runtime registry sha512",
    "node_modules/wrappy": "wrappy@1.0.2 runtime registry sha512",
    "packages/a":
      "@acme/a@1.0.0 runtime workspace a folder of the project > node_modules/@acme/b packages/a/node_modules/ms",
    "packages/a/node_modules/ms": "ms@2.1.1 runtime registry sha512 patched",
    "packages/b": "@acme/b@2.0.0 runtime workspace a folder of the project > node_modules/ms node_modules/color-name",
  });
  const alias = componentAt(inventory, "node_modules/als");
  assert.deepEqual(
    [alias.purl, alias.facts.alias, alias.facts.requested],
    ["pkg:npm/once@1.4.0", "als", "npm:once@1.4.0"],
  );
  assert.deepEqual(componentAt(inventory, "node_modules/@acme/scripts").facts, {
    commands: ["acme"],
    engines: ["node >=18"],
    installScripts: [{}],
    requested: "file:vendor/acme-scripts-1.1.0.tgz",
  });
  assert.deepEqual(componentAt(inventory, "node_modules/fsevents").facts.os, ["darwin"]);
  // Some registries never send the mark: without it a lockfile does not say that there is no script.
  assert.equal(componentAt(inventory, "node_modules/debug").facts.installScripts, undefined);
  assert.deepEqual(componentAt(inventory, "node_modules/JSONStream").statements, { license: "(MIT OR Apache-2.0)" });
  assert.equal(inventory.root.dependsOn?.length, 10);
});

function summary({ name, version, scope, origin, digests, undigested, dependsOn = [], facts }: Component): string {
  const flags = (["linked", "bundled", "patched"] as const).filter((flag) => facts[flag] !== undefined);
  const edges = dependsOn.length === 0 ? [] : [">", ...dependsOn];
  const pin = undigested ?? digests.map(({ algorithm }) => algorithm).join(" ");
  return [`${name}@${version ?? ""}`, scope, origin.kind, pin, ...flags, ...edges].join(" ");
}

test("npm-lock: versions 1 and 2, and one without URLs, hold the same packages, edges and digests", async () => {
  const expected = await readFixture("");
  for (const folder of ["v1", "v2", "omitted"]) {
    const inventory = await readFixture(folder);
    assert.deepEqual(remarkTexts(inventory), [], folder);
    assert.equal(inventory.completeness, "complete");
    assert.deepEqual(keysOf(inventory), keysOf(expected));
    assert.deepEqual(inventory.root.dependsOn, expected.root.dependsOn);
    for (const { key, digests, scope, origin, dependsOn, facts } of expected.components) {
      const found = componentAt(inventory, key);
      assert.deepEqual(
        [found.digests, found.scope, found.origin.kind],
        [digests, scope, origin.kind],
        `${folder} ${key}`,
      );
      assert.equal(found.facts.alias, facts.alias);
      // Version 1 does not know peers.
      if (folder !== "v1" || key !== "packages/b") assert.deepEqual(found.dependsOn, dependsOn, `${folder} ${key}`);
      if (folder === "v2") assert.deepEqual(found, componentAt(expected, key));
    }
  }
});

function keysOf({ components }: Inventory): readonly string[] {
  return components.map(({ key }) => key).toSorted();
}

interface Listed {
  readonly path?: string;
  readonly name?: string;
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, Listed>>;
}

const run = promisify(execFile);

/** What `npm ls` says of a lockfile: `place name version`, and the places below each, as `place > place`. */
async function npmListing(project: string): Promise<readonly string[]> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "boltseal-npm-ls-")));
  try {
    cpSync(project, folder, { recursive: true });
    const { stdout } = await run("npm", ["ls", "--all", "--long", "--json", "--package-lock-only"], {
      cwd: folder,
      env: { PATH: process.env["PATH"] ?? "", HOME: folder },
      maxBuffer: 2 ** 26,
    });
    const rows = new Set<string>();
    const open: { place: string; node: Listed }[] = [{ place: "", node: JSON.parse(stdout) as Listed }];
    for (let top = open.pop(); top !== undefined; top = open.pop()) {
      for (const node of Object.values(top.node.dependencies ?? {})) {
        // Optional peers that nobody installed are listed without anything.
        if (node.path === undefined) continue;
        const place = relative(folder, node.path);
        rows.add(`${place} ${node.name ?? ""} ${node.version ?? ""}`).add(`${top.place} > ${place}`);
        open.push({ place, node });
      }
    }
    return [...rows].toSorted();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The same of our inventory: npm takes a link for what it leads to. */
function ownListing(inventory: Inventory): readonly string[] {
  const places = new Map(inventory.components.map((component) => [component.key, component]));
  const shown = inventory.components.filter(({ key }) => key.includes("node_modules"));
  const below = ({ dependsOn = [], facts }: Component): readonly string[] =>
    facts.linked === true ? (places.get(dependsOn[0] ?? "")?.dependsOn ?? []) : dependsOn;
  const rows = [inventory.root, ...shown].flatMap((component) => [
    ...(component.key === "" ? [] : [`${component.key} ${component.name} ${component.version ?? ""}`]),
    ...below(component).map((key) => `${component.key} > ${key}`),
  ]);
  return rows.toSorted();
}

test("npm-lock: `npm ls` sees the same packages and the same edges", async () => {
  const projects = [PROJECT, join(ROOT, "fixtures/sbom/real-npm/everything")];
  const listings = await Promise.all(projects.map(npmListing));
  for (const [index, project] of projects.entries()) {
    const inventory = await readNpmLock({ tree: createDiskTree(project, ""), path: "package-lock.json" });
    assert.deepEqual(ownListing(inventory), listings[index]);
  }
});

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

test("npm-lock: a package from git is pinned by its commit, and only by a full one", async () => {
  const inventory = await packagesInventory({
    "": { dependencies: { a: "github:acme/a", b: "github:acme/b" } },
    "node_modules/a": { version: "1.0.0", resolved: `git+ssh://git@git.example/acme/a.git#${COMMIT}` },
    "node_modules/b": { version: "1.0.0", resolved: "git+https://user:secret@git.example/acme/b.git#v1" },
  });
  const [a, b] = [componentAt(inventory, "node_modules/a"), componentAt(inventory, "node_modules/b")];
  assert.deepEqual(a.origin, {
    kind: "git",
    url: "git+ssh://git.example/acme/a.git",
    host: "git.example",
    commit: COMMIT,
  });
  assert.equal(a.undigested, `pinned by git commit ${COMMIT}`);
  assert.equal(a.purl, `pkg:npm/a@1.0.0?vcs_url=git%2Bssh:%2F%2Fgit.example%2Facme%2Fa.git%40${COMMIT}`);
  assert.equal(b.undigested, "a git reference that can move");
  assert.deepEqual(b.origin, {
    kind: "git",
    url: "git+https://git.example/acme/b.git",
    host: "git.example",
    reference: "v1",
  });
  assert.deepEqual(remarkTexts(inventory), [
    "secret-removed b@1.0.0: its address in the lockfile holds a user name, password or query",
  ]);
  assert.doesNotMatch(JSON.stringify(inventory), /secret@|user:/);
});

test("npm-lock: every digest is kept, and copies at two places are two components", async () => {
  const sha1 = `sha1-${Buffer.alloc(20, 1).toString("base64")}`;
  const inventory = await packagesInventory({
    "": { dependencies: { a: "1", b: "1" } },
    "node_modules/a": entryOf("a", "1.0.0", { dependencies: { b: "1" } }),
    "node_modules/a/node_modules/b": entryOf("b", "1.0.0", { integrity: OTHER_SHA512 }),
    "node_modules/b": entryOf("b", "1.0.0", { integrity: `${sha1} ${SHA512}` }),
  });
  const [inner, outer] = ["node_modules/a/node_modules/b", "node_modules/b"].map((key) => componentAt(inventory, key));
  assert.deepEqual(
    outer?.digests.map(({ algorithm }) => algorithm),
    ["sha1", "sha512"],
  );
  assert.equal(inner?.digests[0]?.hex, "08".repeat(64));
  assert.deepEqual(componentAt(inventory, "node_modules/a").dependsOn, ["node_modules/a/node_modules/b"]);
});

test("npm-lock: what version 2 says twice has to be the same", async () => {
  const packages = {
    "": { dependencies: { a: "1", b: "1", c: "1", d: "1" } },
    "node_modules/a": entryOf("a", "1.0.0"),
    "node_modules/b": entryOf("b", "1.0.0"),
    "node_modules/c": entryOf("c", "1.0.0"),
    "node_modules/d": entryOf("d", "1.0.0", { integrity: undefined }),
  };
  const dependencies = {
    a: entryOf("a", "1.0.0", { integrity: OTHER_SHA512 }),
    b: entryOf("b", "1.0.1"),
    c: { version: "npm:evil@1.0.0", resolved: "https://registry.npm.example/evil/-/evil-1.0.0.tgz", integrity: SHA512 },
    d: { version: "1.0.0", resolved: "https://mirror.example/d/-/d-1.0.0.tgz" },
    e: entryOf("e", "1.0.0"),
  };
  const inventory = await lockInventory({ lockfileVersion: 2, requires: true, packages, dependencies });
  assert.deepEqual(remarkTexts(inventory), [
    'integrity-conflict a@1.0.0: "dependencies", which npm 6 reads, has another digest',
    'component-malformed b@1.0.0: "dependencies", which npm 6 reads, has another version',
    'component-malformed c@1.0.0: "dependencies", which npm 6 reads, has another package',
    'component-malformed d@1.0.0: "dependencies", which npm 6 reads, has another address',
    'inventory-incomplete package-lock.json: "dependencies", which npm 6 reads, names a package that "packages" does not: e@1.0.0',
  ]);
  assert.equal(inventory.completeness, "incomplete");
});

test("npm-lock: flags become scopes, and runtime beats optional beats development", async () => {
  const flags = {
    none: {},
    dev: { dev: true },
    optional: { optional: true },
    both: { devOptional: true },
    peer: { peer: true },
    devPeer: { dev: true, peer: true },
  };
  const entries = Object.entries(flags).map(([name, more]): [string, unknown] => [
    `node_modules/${name.toLowerCase()}`,
    entryOf(name.toLowerCase(), "1.0.0", more),
  ]);
  const { components } = await packagesInventory({ "": {}, ...Object.fromEntries(entries) });
  assert.deepEqual(
    components.map(({ scope }) => scope),
    ["runtime", "development", "optional", "optional", "peer", "development"],
  );
});

test("npm-lock: what is needed and not there is said; what may be absent is not", async () => {
  const inventory = await packagesInventory({
    "": { dependencies: { a: "1", gone: "1" }, optionalDependencies: { maybe: "1" } },
    "node_modules/a": entryOf("a", "1.0.0", {
      dependencies: { lost: "1" },
      optionalDependencies: { perhaps: "1" },
      peerDependencies: { mate: "1", friend: "1" },
      peerDependenciesMeta: { friend: { optional: true } },
    }),
  });
  assert.deepEqual(remarkTexts(inventory), [
    "inventory-incomplete a@1.0.0: it asks for what the lockfile does not hold: lost",
    "inventory-incomplete package-lock.json: the project asks for what the lockfile does not hold: gone",
    "inventory-incomplete package-lock.json: a peer dependency is asked for and not locked: mate (for a@1.0.0)",
  ]);
  assert.deepEqual(
    inventory.remarks.map(({ level, line, path }) => [level, line, path]),
    [
      [undefined, 15, ["node_modules/a"]],
      [undefined, 6, undefined],
      ["warn", undefined, undefined],
    ],
  );
  assert.equal(inventory.completeness, "incomplete");
});

test("npm-lock: a manifest that asks for something else than was locked is told", async () => {
  const packages = { "": { name: "root", dependencies: { a: "^1.0.0" } }, "node_modules/a": entryOf("a", "1.0.0") };
  const same = await packagesInventory(packages, {
    "package.json": { json: { name: "root", dependencies: { a: "^1.0.0" } } },
  });
  assert.deepEqual(remarkTexts(same), []);
  const other = await packagesInventory(packages, {
    "package.json": { json: { name: "root", dependencies: { a: "^2.0.0", b: "1" } } },
  });
  assert.deepEqual(remarkTexts(other), [
    "inventory-incomplete package-lock.json: package.json asks for other versions than the lockfile was made for: a, b",
  ]);
});

test("npm-lock: without a manifest, version 1 leaves open what the project asked for", async () => {
  const lock = {
    lockfileVersion: 1,
    requires: true,
    dependencies: { a: { ...entryOf("a", "1.0.0"), requires: { b: "1" } }, b: entryOf("b", "1.0.0") },
  };
  const alone = await lockInventory(lock);
  assert.deepEqual([alone.root.name, alone.root.purl, alone.completeness], ["package-lock.json", undefined, "unknown"]);
  assert.deepEqual(alone.root.dependsOn, ["node_modules/a"]);
  const manifest = {
    json: { name: "mine", version: "1.0.0", dependencies: { a: "1", b: "1" }, scripts: { prepare: "make" } },
  };
  const beside = await lockInventory(lock, { "package.json": manifest });
  assert.deepEqual([beside.root.name, beside.completeness], ["mine", "complete"]);
  assert.deepEqual(beside.root.dependsOn, ["node_modules/a", "node_modules/b"]);
  assert.deepEqual(
    beside.root.facts.installScripts?.map(({ name }) => name),
    ["prepare"],
  );
});

test("npm-lock: a lockfile without any requests leaves the edges open", async () => {
  const inventory = await lockInventory({ lockfileVersion: 1, dependencies: { a: entryOf("a", "1.0.0") } });
  assert.equal(inventory.completeness, "unknown");
  assert.equal(componentAt(inventory, "node_modules/a").dependsOn, undefined);
});
