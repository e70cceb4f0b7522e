// pdm.lock: its three ways to write one resolution, entries of extras, groups, sources; and what is wrong with a part.

import { test } from "node:test";
import assert from "node:assert/strict";
import type { Inventory } from "../src/core/inventory.ts";
import {
  assertSane,
  componentAt,
  fixtureText,
  mangled,
  pinsOf,
  readFixture,
  readTexts,
  rulesOf,
  survive,
} from "./support/python-locks.ts";

const HEAD = '[metadata]\ngroups = ["default"]\nlock_version = "4.5.0"\n';
const HASH = `sha256:${"ef".repeat(32)}`;

function locked(name: string, more = ""): string {
  return `[[package]]\nname = "${name}"\nversion = "1.0"\n${more}\n`;
}

function graphOf({ components }: Inventory): readonly unknown[] {
  return components.map(({ key, scope, dependsOn }) => ({ key, scope, dependsOn }));
}

test("three strategies of one lockfile give the same packages, scopes and edges", async () => {
  const [plain, ...others] = await Promise.all(
    ["pdm.lock", "pdm.static.lock", "pdm.plain.lock"].map((file) => readFixture("pdm-lock", "pdm-fetch", file)),
  );
  assert.ok(plain);
  assertSane(plain);
  assert.equal(plain.components.length, 51);
  assert.equal(plain.completeness, "complete");
  assert.deepEqual(plain.remarks, []);
  assert.equal(componentAt(plain, "cachetools@8.0.1").scope, "optional");
  assert.equal(componentAt(plain, "iniconfig@2.3.1").scope, "development");
  assert.deepEqual(componentAt(plain, "pyjwt[crypto]@2.15.1").dependsOn, ["cryptography@50.0.2", "pyjwt@2.15.1"]);
  assert.ok(componentAt(plain, "mcp@2.3.0").dependsOn?.includes("pyjwt[crypto]@2.15.1"));
  for (const other of others) {
    assertSane(other);
    assert.deepEqual(pinsOf(other), pinsOf(plain));
    assert.deepEqual(graphOf(other), graphOf(plain));
  }
  const [withAddresses] = others;
  const file = withAddresses?.components[0]?.distributions?.[0];
  assert.match(file?.url ?? "", /^https:\/\/files\.pypi\.example\/packages\//);
  assert.equal(file?.fileName, "annotated_types-0.8.0.tar.gz");
});

test("files of older lockfiles stand in the metadata, by name and version", async () => {
  const text = `${locked("a")}[metadata]\nlock_version = "4.1"\n[metadata.files]\n"a 1.0" = [{url = "https://f.example/a-1.0.tar.gz", hash = "${HASH}"}]\n`;
  const inventory = await readTexts("pdm-lock", text);
  assertSane(inventory);
  assert.equal(componentAt(inventory, "a@1.0").distributions?.[0]?.fileName, "a-1.0.tar.gz");
  assert.deepEqual(inventory.remarks, []);
});

test("sources, secrets and paths", async () => {
  const commit = "fedcba9876543210fedcba9876543210fedcba98";
  const inventory = await readTexts(
    "pdm-lock",
    [
      HEAD,
      locked("pinned", `git = "https://token@git.example/o/r.git"\nref = "main"\nrevision = "${commit}"`),
      locked(
        "address",
        `url = "https://u.example/a.whl?key=s3cret"\nfiles = [{url = "https://u.example/a.whl?key=s3cret", hash = "${HASH}"}]`,
      ),
      locked("folder", 'path = "./lib"\neditable = true'),
      locked("archive", `path = "./a-1.0.tar.gz"\nfiles = [{file = "a-1.0.tar.gz", hash = "${HASH}"}]`),
      locked("elsewhere", 'path = "/home/somebody/lib"'),
    ].join("\n"),
  );
  assertSane(inventory);
  assert.doesNotMatch(JSON.stringify(inventory), /s3cret|token@|somebody/);
  assert.deepEqual(rulesOf(inventory), ["secret-removed", "secret-removed"]);
  assert.deepEqual(
    inventory.components.map(({ origin }) => origin.kind),
    ["git", "url", "directory", "file", "directory"],
  );
  assert.equal(componentAt(inventory, "pinned@1.0").undigested, `pinned by git commit ${commit}`);
  assert.equal(componentAt(inventory, "folder@1.0").location, "lib");
});

test("groups that the manifest does not know count as extras, which is the stronger reason", async () => {
  const text = [
    HEAD,
    locked("a", 'groups = ["dev"]'),
    locked("b", 'groups = ["default", "dev"]'),
    locked("c", 'groups = ["x"]'),
  ].join("\n");
  const scopes = async (others: Record<string, string>): Promise<readonly string[]> =>
    (await readTexts("pdm-lock", text, others)).components.map(({ scope }) => scope);
  assert.deepEqual(await scopes({}), ["optional", "runtime", "optional"]);
  const manifest =
    '[project]\nname = "host"\n[project.optional-dependencies]\nx = ["c"]\n[tool.pdm.dev-dependencies]\ndev = ["a", "b"]\n';
  assert.deepEqual(await scopes({ "pyproject.toml": manifest }), ["development", "runtime", "optional"]);
});

test("groups that include one another, and extras that name the project, are followed once", async () => {
  const manifest = [
    '[project]\nname = "host"\n[project.optional-dependencies]\nall = ["host[x,all]"]\nx = ["a"]',
    '[dependency-groups]\none = ["b", {include-group = "two"}]\ntwo = ["c", {include-group = "one"}]\n',
  ].join("\n");
  const inventory = await readTexts("pdm-lock", [HEAD, locked("a"), locked("b"), locked("c")].join("\n"), {
    "pyproject.toml": manifest,
  });
  assertSane(inventory);
  assert.deepEqual(inventory.root.dependsOn, ["a@1.0", "b@1.0", "c@1.0"]);
  assert.deepEqual(
    inventory.components.map(({ scope }) => scope),
    ["optional", "development", "development"],
  );
});

test("what is wrong with a part is remarked, and the part is listed", async () => {
  const rows: readonly (readonly [string, string, readonly string[], string])[] = [
    ["a dependency that is not locked", 'dependencies = ["gone>=1"]', ["inventory-incomplete"], "incomplete"],
    ["one under a marker", "dependencies = [\"gone>=1; x == '1'\"]", [], "complete"],
    ["one that is no requirement", 'dependencies = [">=1"]', [], "unknown"],
    ["dependencies that are no list", 'dependencies = "b"', [], "unknown"],
    ["files that are no list", 'files = "x"', ["integrity-malformed"], "complete"],
    ["a file without a hash", 'files = [{file = "a.whl"}]', [], "complete"],
  ];
  for (const [name, more, rules, completeness] of rows) {
    const inventory = await readTexts("pdm-lock", HEAD + locked("a", more), {
      "pyproject.toml": '[project]\nname = "host"',
    });
    assertSane(inventory);
    assert.deepEqual([rulesOf(inventory), inventory.completeness], [rules, completeness], name);
    assert.equal(inventory.components.length, 1);
  }
});

test("other versions of the format are refused", async () => {
  await assert.rejects(readTexts("pdm-lock", '[metadata]\nlock_version = "5.0"\n'), { code: "source-unsupported" });
  await assert.rejects(readTexts("pdm-lock", "[metadata]\n"), { code: "source-unsupported" });
  await assert.rejects(readTexts("pdm-lock", "a = 1\n"), { code: "source-malformed" });
});

test("mangled lockfiles are read or refused", async () => {
  const text = fixtureText("pdm-fetch/pdm.lock").slice(0, 6000);
  const seen = new Set<string>();
  for (const other of mangled(text.slice(0, text.lastIndexOf("[[package]]"))))
    seen.add(await survive("pdm-lock", other));
  assert.deepEqual([...seen].toSorted(), ["read", "refused"]);
});
