// poetry.lock of all its versions: files, groups, extras, sources, forks; and what is wrong with a part.

import { test } from "node:test";
import assert from "node:assert/strict";
import type { Inventory } from "../src/core/inventory.ts";
import {
  assertSane,
  componentAt,
  digestTexts,
  fixtureText,
  mangled,
  pinsOf,
  readFixture,
  readTexts,
  rulesOf,
  survive,
} from "./support/python-locks.ts";

const TAIL = '\n[metadata]\nlock-version = "2.1"\npython-versions = "*"\ncontent-hash = "x"\n';
const HASH = `sha256:${"cd".repeat(32)}`;

function locked(name: string, more = ""): string {
  return `[[package]]\nname = "${name}"\nversion = "1.0"\noptional = false\npython-versions = "*"\n${more}\n`;
}

function scopesOf({ components }: Inventory): readonly string[] {
  return components.map(({ name, scope }) => `${name} ${scope}`);
}

test("a real lockfile gives every package with files, edges, groups and extras", async () => {
  const inventory = await readFixture("poetry-lock", "poetry-fetch");
  assertSane(inventory);
  assert.equal(inventory.components.length, 50);
  assert.equal(inventory.completeness, "complete");
  assert.deepEqual(inventory.remarks, []);
  assert.deepEqual(inventory.root.dependsOn, ["mcp-server-fetch@2025.4.7", "cachetools@8.0.1", "iniconfig@2.3.1"]);
  assert.equal(componentAt(inventory, "cachetools@8.0.1").scope, "optional");
  assert.equal(componentAt(inventory, "iniconfig@2.3.1").scope, "development");
  assert.deepEqual(componentAt(inventory, "pyjwt@2.15.1").dependsOn, ["cryptography@50.0.2"]);
  assert.equal(componentAt(inventory, "anyio@4.16.0").dependsOn?.[1], "typing-extensions@4.16.0");
  assert.deepEqual(componentAt(inventory, "anyio@4.16.0").origin, {
    kind: "registry",
    url: "https://pypi.example/simple",
    host: "pypi.example",
  });
});

test("the lockfiles of Poetry 1.1 and 1.5 say the same, though one keeps files and categories elsewhere", async () => {
  const old = await readFixture("poetry-lock", "poetry-legacy/lock-1.1");
  const newer = await readFixture("poetry-lock", "poetry-legacy/lock-2.0");
  for (const inventory of [old, newer]) {
    assertSane(inventory);
    assert.equal(inventory.completeness, "complete");
    assert.deepEqual(inventory.remarks, []);
    assert.equal(inventory.root.name, "legacy-host");
    assert.deepEqual(scopesOf(inventory), [
      ...["anyio runtime", "cachetools optional", "idna runtime", "idna runtime", "iniconfig development"],
      "sniffio runtime",
    ]);
    // Two versions whose files share one list in the old format.
    for (const version of ["3.6", "3.7"]) {
      const names = componentAt(inventory, `idna@${version}`).distributions?.map(({ fileName }) => fileName);
      assert.deepEqual(names, [`idna-${version}-py3-none-any.whl`, `idna-${version}.tar.gz`]);
    }
  }
  assert.deepEqual(pinsOf(old), pinsOf(newer));
});

test("without the manifest the root has the file's name, and what the lockfile marks is still known", async () => {
  const inventory = await readTexts("poetry-lock", fixtureText("poetry-fetch/poetry.lock"));
  assertSane(inventory);
  assert.equal(inventory.completeness, "unknown");
  assert.equal(inventory.root.name, "poetry.lock");
  assert.equal(inventory.root.purl, undefined);
  assert.equal(inventory.root.dependsOn, undefined);
  assert.equal(componentAt(inventory, "iniconfig@2.3.1").scope, "development");
  assert.equal(componentAt(inventory, "cachetools@8.0.1").scope, "optional");
});

test("a manifest that cannot be read is remarked, and the lockfile is read", async () => {
  const inventory = await readTexts("poetry-lock", locked("a") + TAIL, { "pyproject.toml": "[project\n" });
  assert.deepEqual(rulesOf(inventory), ["inventory-incomplete"]);
  assert.equal(inventory.components.length, 1);
});

test("optional dependencies are edges only where their extra is asked for", async () => {
  const base =
    '[package.dependencies]\nneeded = "*"\nfast = {version = ">=1", optional = true}\nother = {version = "*", optional = true}\n[package.extras]\nspeed = ["fast (>=1)"]\nmore = ["other"]';
  const asking = '[package.dependencies]\nbase = {version = "*", extras = ["Speed"]}';
  const inventory = await readTexts(
    "poetry-lock",
    [locked("asking", asking), locked("base", base), locked("fast"), locked("needed"), locked("other"), TAIL].join(
      "\n",
    ),
    { "pyproject.toml": '[project]\nname = "host"\nversion = "1"\ndependencies = ["asking", "other"]' },
  );
  assertSane(inventory);
  assert.deepEqual(componentAt(inventory, "base@1.0").dependsOn, ["needed@1.0", "fast@1.0"]);
  assert.equal(inventory.completeness, "complete");
});

test("what is asked for and not locked is a gap, unless a marker or an extra allows it", async () => {
  const rows: readonly (readonly [string, string, number])[] = [
    ["a plain dependency", 'gone = ">=1"', 1],
    ["one of two versions", 'gone = [{version = "1"}, {version = "2", markers = "x"}]', 1],
    ["one under a marker", 'gone = {version = "*", markers = "python_version < \\"3\\""}', 0],
    ["one for other Pythons, as it was written once", 'gone = {version = "*", python = "<3"}', 0],
    ["one that only an extra asks for", 'gone = {version = "*", optional = true}', 0],
  ];
  for (const [name, dependency, gaps] of rows) {
    const inventory = await readTexts("poetry-lock", locked("a", `[package.dependencies]\n${dependency}`) + TAIL);
    assertSane(inventory);
    assert.equal(inventory.remarks.length, gaps, name);
    assert.deepEqual(
      inventory.remarks.map(({ path }) => path),
      gaps === 0 ? [] : [["a@1.0", "gone"]],
      name,
    );
  }
});

test("each kind of source is told, and secrets and paths of machines are left out", async () => {
  const commit = "89abcdef0123456789abcdef0123456789abcdef";
  const source = (type: string, url: string, more = ""): string =>
    `[package.source]\ntype = "${type}"\nurl = "${url}"\n${more}`;
  const one = (name: string): string => `files = [{file = "${name}-1.0-py3-none-any.whl", hash = "${HASH}"}]\n`;
  const inventory = await readTexts(
    "poetry-lock",
    [
      locked(
        "pinned",
        source(
          "git",
          "https://git.example/o/r.git",
          `reference = "main"\nresolved_reference = "${commit}"\nsubdirectory = "p"`,
        ),
      ),
      locked("moving", source("git", "git@git.example:o/r.git", 'reference = "main"\nresolved_reference = "main"')),
      locked("address", one("address") + source("url", "https://me:s3cret@u.example/address-1.0-py3-none-any.whl")),
      locked("archive", one("archive") + source("file", "wheels/archive-1.0-py3-none-any.whl")),
      locked("folder", `develop = true\n${source("directory", "../somebody")}`),
      locked("index", one("index") + source("legacy", "https://me:s3cret@i.example/simple", 'reference = "mine"')),
      locked("odd", source("carrier-pigeon", "coo")),
      TAIL,
    ].join("\n"),
  );
  assertSane(inventory);
  const origins = new Map(inventory.components.map(({ name, origin }) => [name, origin]));
  assert.deepEqual(origins.get("pinned"), {
    kind: "git",
    url: "https://git.example/o/r.git",
    host: "git.example",
    commit,
    reference: "main",
  });
  assert.deepEqual(origins.get("moving"), {
    kind: "git",
    url: "ssh://git.example/o/r.git",
    host: "git.example",
    reference: "main",
  });
  assert.deepEqual(origins.get("archive"), { kind: "file", path: "wheels/archive-1.0-py3-none-any.whl" });
  assert.deepEqual(origins.get("folder"), { kind: "directory" });
  assert.deepEqual(digestTexts(componentAt(inventory, "address@1.0")), [HASH]);
  assert.equal(componentAt(inventory, "address@1.0").distributions, undefined);
  assert.equal(componentAt(inventory, "folder@1.0").facts.linked, true);
  assert.doesNotMatch(JSON.stringify(inventory), /s3cret|somebody/);
  assert.deepEqual(rulesOf(inventory), ["component-malformed", "secret-removed", "secret-removed"]);
});

test("hashes of the oldest lockfiles have no algorithm", async () => {
  const text = `${locked("a")}[metadata]\ncontent-hash = "x"\n[metadata.hashes]\na = ["${"ab".repeat(32)}", "zz"]\n`;
  const inventory = await readTexts("poetry-lock", text);
  assertSane(inventory);
  assert.deepEqual(digestTexts(componentAt(inventory, "a@1.0")), [`sha256:${"ab".repeat(32)}`]);
  assert.deepEqual(rulesOf(inventory), ["integrity-malformed"]);
});

test("groups and markers of lock-version 2.1", async () => {
  const rows: readonly (readonly [string, string, string, string | undefined])[] = [
    ["the main group", 'groups = ["main"]', "runtime", undefined],
    ["two groups", 'groups = ["dev", "main"]\nmarkers = {main = "a == \'1\'"}', "runtime", undefined],
    ["other groups", 'groups = ["dev", "docs"]\nmarkers = "a == \'1\'"', "development", "a == '1'"],
    ["a marker for each", 'groups = ["dev", "docs"]\nmarkers = {dev = "a", docs = "b"}', "development", "(a) or (b)"],
    ["the category of old", 'category = "dev"', "development", undefined],
    ["nothing of it", "", "runtime", undefined],
  ];
  for (const [name, more, scope, marker] of rows) {
    const found = componentAt(await readTexts("poetry-lock", locked("a", more) + TAIL), "a@1.0");
    assert.deepEqual([found.scope, found.facts.marker], [scope, marker], name);
  }
});

test("other versions of the format are refused", async () => {
  await assert.rejects(readTexts("poetry-lock", '[metadata]\nlock-version = "3.0"\n'), { code: "source-unsupported" });
  await assert.rejects(readTexts("poetry-lock", "[metadata]\nlock-version = 2\n"), { code: "source-unsupported" });
  await assert.rejects(readTexts("poetry-lock", ""), { code: "source-malformed" });
});

test("mangled lockfiles are read or refused", async () => {
  const seen = new Set<string>();
  for (const path of ["poetry-legacy/lock-1.1/poetry.lock", "poetry-legacy/lock-2.0/poetry.lock"]) {
    for (const text of mangled(fixtureText(path))) seen.add(await survive("poetry-lock", text));
  }
  assert.deepEqual([...seen].toSorted(), ["read", "refused"]);
});

test("thousands of versions of one package share one list of files, each its own", async () => {
  const versions = Array.from({ length: 2000 }, (_, index) => `1.${index}`);
  const packages = versions.map((version) => `[[package]]\nname = "a"\nversion = "${version}"\n`);
  const files = versions.map((version) => `{file = "a-${version}.tar.gz", hash = "${HASH}"},\n`);
  const tail = `[metadata]\nlock-version = "1.1"\n[metadata.files]\na = [\n${files.join("")}{file = "odd", hash = "${HASH}"},\n]\n`;
  const inventory = await readTexts("poetry-lock", packages.join("") + tail);
  assertSane(inventory);
  assert.ok(inventory.components.every(({ distributions }) => distributions?.length === 1));
});
