// Pipfile.lock: categories, sources, places; and what is wrong with a part.

import { test } from "node:test";
import assert from "node:assert/strict";
import {
  assertSane,
  componentAt,
  digestTexts,
  fixtureText,
  mangled,
  readFixture,
  readTexts,
  rulesOf,
  survive,
} from "./support/python-locks.ts";

const HASH = `sha256:${"12".repeat(32)}`;
const META = {
  "pipfile-spec": 6,
  sources: [
    { name: "one", url: "https://one.example/simple" },
    { name: "two", url: "https://two.example/simple" },
  ],
};

function lock(rest: Readonly<Record<string, unknown>>, meta: unknown = META): string {
  return JSON.stringify({ _meta: meta, ...rest }, null, 1);
}

test("a real lockfile gives every package of every category, and the Pipfile what the project asks for", async () => {
  const inventory = await readFixture("pipfile-lock", "pipfile-fetch");
  assertSane(inventory);
  assert.equal(inventory.components.length, 47);
  assert.equal(inventory.completeness, "unknown");
  assert.deepEqual(inventory.remarks, []);
  assert.deepEqual(inventory.root.dependsOn, ["mcp-server-fetch@2025.4.7", "develop:iniconfig@2.3.1"]);
  assert.equal(componentAt(inventory, "develop:iniconfig@2.3.1").scope, "development");
  const anyio = componentAt(inventory, "anyio@4.16.0");
  assert.equal(anyio.dependsOn, undefined);
  assert.equal(anyio.distributions?.length, 2);
  assert.equal(fixtureText("pipfile-fetch/Pipfile.lock").split("\n")[(anyio.line ?? 0) - 1]?.trim(), '"anyio": {');
});

test("one package in three categories is three components", async () => {
  const entry = { version: "==1.0", hashes: [HASH], index: "two" };
  const inventory = await readTexts(
    "pipfile-lock",
    lock({ default: { a: entry }, develop: { a: entry }, docs: { a: entry } }),
  );
  assertSane(inventory);
  assert.deepEqual(
    inventory.components.map(({ key, scope }) => [key, scope]),
    [
      ["a@1.0", "runtime"],
      ["develop:a@1.0", "development"],
      ["docs:a@1.0", "optional"],
    ],
  );
  assert.deepEqual(inventory.components[0]?.origin, {
    kind: "registry",
    url: "https://two.example/simple",
    host: "two.example",
  });
});

test("places, secrets, and the project itself", async () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const meta = { "pipfile-spec": 6, sources: [{ name: "mine", url: "https://me:s3cret@one.example/simple" }] };
  const inventory = await readTexts(
    "pipfile-lock",
    lock(
      {
        default: {
          self: { editable: true, path: "." },
          pinned: { git: "https://me:s3cret@git.example/o/r.git", ref: commit },
          address: { file: "https://u.example/a-1.0.tar.gz", hashes: [HASH] },
          folder: { path: "./lib", editable: true },
          outside: { file: "file:///home/somebody/a.whl" },
          plain: { version: "==1.0" },
        },
      },
      meta,
    ),
  );
  assertSane(inventory);
  assert.equal(inventory.root.name, "self");
  assert.deepEqual(
    inventory.components.map(({ name, origin }) => `${name} ${origin.kind}`),
    ["pinned git", "address url", "folder directory", "outside file", "plain registry"],
  );
  assert.deepEqual(digestTexts(componentAt(inventory, "address")), [HASH]);
  assert.deepEqual(rulesOf(inventory), ["secret-removed", "secret-removed"]);
  assert.doesNotMatch(JSON.stringify(inventory), /s3cret|somebody/);
});

test("what is wrong with a part is remarked, and the part is listed", async () => {
  const rows: readonly (readonly [string, unknown, readonly string[]])[] = [
    ["an entry that is a text", "==1.0", ["component-malformed"]],
    ["an entry that is a list", [], ["component-malformed"]],
    ["any version", { version: "*", hashes: [HASH] }, ["inventory-incomplete"]],
    ["no version", { hashes: [HASH] }, ["inventory-incomplete"]],
    ["a version that is none", { version: "==1.0 or so" }, ["component-malformed"]],
    ["a hash that is none", { version: "==1.0", hashes: ["sha256:1", HASH] }, ["integrity-malformed"]],
    ["hashes that are a text", { version: "==1.0", hashes: "md4:00" }, ["integrity-malformed"]],
  ];
  for (const [name, entry, rules] of rows) {
    const inventory = await readTexts("pipfile-lock", lock({ default: { a: entry } }));
    assertSane(inventory);
    assert.deepEqual(rulesOf(inventory), rules, name);
    assert.equal(inventory.components.length, 1, name);
  }
  const inventory = await readTexts("pipfile-lock", lock({ default: {}, odd: [1] }), {
    Pipfile: '[packages]\ngone = "*"\n',
  });
  assert.deepEqual(rulesOf(inventory), ["inventory-incomplete", "inventory-incomplete"]);
});

test("other documents are refused", async () => {
  await assert.rejects(readTexts("pipfile-lock", lock({}, { "pipfile-spec": 7 })), { code: "source-unsupported" });
  for (const text of [
    "",
    "[]",
    "{}",
    '{"default": []}',
    '{"default": {}, "default": {}}',
    '{"default": {"__proto__": 1}}',
  ]) {
    await assert.rejects(readTexts("pipfile-lock", text), { code: "source-malformed" }, text);
  }
});

test("mangled lockfiles are read or refused", async () => {
  const entry = { hashes: [HASH], index: "one", markers: "x == '1'", version: "==1.0" };
  const seen = new Set<string>();
  for (const text of mangled(lock({ default: { a: entry }, develop: { b: entry } })))
    seen.add(await survive("pipfile-lock", text));
  assert.deepEqual([...seen].toSorted(), ["read", "refused"]);
});
