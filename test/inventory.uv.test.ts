// uv.lock: nodes, forks, scopes, places, and what is wrong with a part.

import { test } from "node:test";
import assert from "node:assert/strict";
import {
  assertSane,
  componentAt,
  fixtureText,
  mangled,
  readFixture,
  readTexts,
  rulesOf,
  survive,
} from "./support/python-locks.ts";

const HEAD = "version = 1\nrevision = 3\n";
const ROOT = '[[package]]\nname = "host"\nversion = "1.0"\nsource = { virtual = "." }\n';
const HASH = "sha256:" + "ab".repeat(32);

function lock(...parts: readonly string[]): string {
  return [HEAD, ROOT, ...parts].join("\n");
}

function locked(name: string, more: string): string {
  return `[[package]]\nname = "${name}"\nversion = "1.0"\n${more}\n`;
}

test("a real lockfile gives every package, edge, file and line", async () => {
  const inventory = await readFixture("uv-lock", "uv-fetch");
  assertSane(inventory);
  assert.equal(inventory.components.length, 51);
  assert.equal(inventory.completeness, "complete");
  assert.deepEqual(inventory.remarks, []);
  assert.equal(inventory.root.purl, "pkg:pypi/fetch-host@0.1.0");
  assert.deepEqual(inventory.root.dependsOn, ["mcp-server-fetch@2025.4.7", "cachetools@8.0.1", "iniconfig@2.3.1"]);
  const scopes = new Map(inventory.components.map(({ name, scope }) => [name, scope]));
  assert.equal(scopes.get("cachetools"), "optional");
  assert.equal(scopes.get("iniconfig"), "development");
  assert.equal([...scopes.values()].filter((scope) => scope === "runtime").length, 48);
  // An extra of a package that another asks for: pyjwt[crypto].
  assert.deepEqual(componentAt(inventory, "pyjwt@2.15.1").dependsOn, ["cryptography@50.0.2"]);
  const text = fixtureText("uv-fetch/uv.lock").split("\n");
  for (const { name, line } of inventory.components) {
    assert.equal(text[(line ?? 0) - 1], "[[package]]", name);
    assert.equal(text[line ?? 0], `name = "${name}"`);
  }
});

test("forks are components of their own, and edges name the right one", async () => {
  const inventory = await readFixture("uv-lock", "uv-forks");
  assertSane(inventory);
  assert.deepEqual(
    inventory.components
      .filter(({ name }) => name === "idna")
      .map(({ key, facts }) => [key, facts.marker, facts.requested]),
    [
      ["idna@3.6", "sys_platform == 'win32'", "==3.6"],
      ["idna@3.7", "sys_platform != 'win32'", "==3.7"],
    ],
  );
  assert.equal(componentAt(inventory, "sniffio@1.3.0").facts.patched, "overridden by the project to ==1.3.0");
  assert.deepEqual(componentAt(inventory, "anyio@4.4.0").scope, "optional");
});

test("the same version from two indexes is two components, told apart by their source", async () => {
  const one = '{ registry = "https://one.example/simple" }';
  const two = '{ registry = "https://two.example/simple" }';
  const edges = `dependencies = [\n{ name = "a", version = "1.0", source = ${two}, marker = "x" },\n{ name = "b" },\n]`;
  const inventory = await readTexts(
    "uv-lock",
    [
      HEAD,
      ROOT + edges,
      locked("a", `source = ${one}`),
      locked(
        "a",
        `source = ${two}\nwheels = [{ url = "https://two.example/a-1.0-py3-none-any.whl", hash = "${HASH}" }]`,
      ),
      locked("b", `source = ${one}\ndependencies = [{ name = "a", version = "1.0", source = ${one} }]`),
    ].join("\n"),
  );
  assertSane(inventory);
  assert.deepEqual(inventory.root.dependsOn, ["a@1.0#2", "b@1.0"]);
  assert.deepEqual(componentAt(inventory, "b@1.0").dependsOn, ["a@1.0"]);
  assert.equal(componentAt(inventory, "a@1.0#2").origin.kind, "registry");
});

test("a workspace has its members, folders and archives of the disk, without any path of a machine", async () => {
  const inventory = await readFixture("uv-lock", "uv-workspace");
  assertSane(inventory);
  assert.equal(inventory.completeness, "complete");
  assert.deepEqual(
    inventory.components.map(({ key, origin, scope, location }) => [key, origin.kind, scope, location]),
    [
      ["library@0.2.0", "workspace", "runtime", "members/library"],
      ["made-elsewhere@2.0", "file", "runtime", undefined],
      ["plain@0.3.0", "directory", "runtime", "members/plain"],
      ["tool@0.1.0", "workspace", "runtime", "members/tool"],
    ],
  );
  const archive = componentAt(inventory, "made-elsewhere@2.0");
  assert.equal(archive.digests.length, 1);
  assert.equal(archive.distributions, undefined);
});

test("every kind of source is told, and what could be a secret is taken out", async () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const inventory = await readTexts(
    "uv-lock",
    lock(
      locked("pinned", `source = { git = "https://git.example/o/r?rev=main&subdirectory=sub#${commit}" }`),
      locked("moving", 'source = { git = "https://user:s3cret@git.example/o/r?branch=main" }'),
      locked(
        "direct",
        `source = { url = "https://u.example/d-1.0.tar.gz?token=s3cret" }\nsdist = { hash = "${HASH}" }`,
      ),
      locked("outside", 'source = { directory = "/home/somebody/outside" }'),
      locked(
        "flat",
        `source = { registry = "../wheels" }\nwheels = [{ path = "flat-1.0-py3-none-any.whl", hash = "${HASH}" }]`,
      ),
      locked("nowhere", 'source = { mercurial = "x" }'),
    ),
  );
  assertSane(inventory);
  const pinned = componentAt(inventory, "pinned@1.0");
  assert.deepEqual(pinned.origin, {
    kind: "git",
    url: "https://git.example/o/r",
    host: "git.example",
    commit,
    reference: "main",
  });
  assert.equal(pinned.purl, `pkg:pypi/pinned@1.0?vcs_url=git%2Bhttps:%2F%2Fgit.example%2Fo%2Fr%40${commit}%23sub`);
  assert.equal(pinned.undigested, `pinned by git commit ${commit}`);
  assert.equal(componentAt(inventory, "moving@1.0").undigested, "taken from a git reference that can move");
  assert.equal(componentAt(inventory, "direct@1.0").digests.length, 1);
  assert.deepEqual(componentAt(inventory, "outside@1.0").origin, { kind: "directory" });
  assert.equal(componentAt(inventory, "flat@1.0").distributions?.[0]?.fileName, "flat-1.0-py3-none-any.whl");
  assert.doesNotMatch(JSON.stringify(inventory), /s3cret|somebody/);
  assert.deepEqual(inventory.remarks.map(({ rule, subject }) => `${rule} ${subject}`).toSorted(), [
    "component-malformed nowhere@1.0",
    "secret-removed direct@1.0",
    "secret-removed moving@1.0",
  ]);
});

test("what is wrong with a part is remarked, and the part is listed", async () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "a hash that is none",
      locked("a", 'source = { registry = "https://i.example/s" }\nsdist = { hash = "sha256:12" }'),
      ["integrity-malformed"],
    ],
    [
      "a hash that is no text",
      locked("a", 'source = { registry = "https://i.example/s" }\nwheels = [{ hash = 7 }]'),
      ["integrity-malformed"],
    ],
    ["an impossible name", locked("a b", 'source = { registry = "https://i.example/s" }'), ["component-malformed"]],
    [
      "a name with a control character",
      locked("a\\u0007", 'source = { registry = "https://i.example/s" }'),
      ["component-malformed"],
    ],
    [
      "an impossible version",
      '[[package]]\nname = "a"\nversion = "1.0/../2"\nsource = { registry = "https://i.example/s" }',
      ["component-malformed"],
    ],
    [
      "a version that is no text",
      '[[package]]\nname = "a"\nversion = 1\nsource = { registry = "https://i.example/s" }',
      ["component-malformed"],
    ],
    ["no name", '[[package]]\nversion = "1.0"\nsource = { registry = "https://i.example/s" }', ["component-malformed"]],
    ["a source that is a text", locked("a", 'source = "https://i.example/s"'), ["component-malformed"]],
    [
      "an edge to what is not there",
      locked("a", 'source = { registry = "https://i.example/s" }\ndependencies = [{ name = "gone" }]'),
      ["inventory-incomplete"],
    ],
    [
      "an edge without a name",
      locked("a", 'source = { registry = "https://i.example/s" }\ndependencies = [{ version = "1" }]'),
      ["inventory-incomplete"],
    ],
  ];
  for (const [name, part, rules] of rows) {
    const inventory = await readTexts("uv-lock", lock(part));
    assertSane(inventory);
    assert.deepEqual(rulesOf(inventory), rules, name);
    assert.equal(inventory.components.length, 1, name);
  }
});

test("no text that should be a name, version, hash or specifier tells a secret", async () => {
  const address = "https://me:s3cret@h.example/x?token=s3cret";
  const source = 'source = { registry = "https://files.pypi.example/simple" }';
  const rows = [
    locked(address, source),
    locked("a", source).replace('"1.0"', `"${address}"`),
    locked("a", `${source}\nwheels = [{ filename = "${address}", hash = "${address}" }]`),
    locked("a", `${source}\ndependencies = [{ name = "${address}" }]`),
    `[manifest]\noverrides = [{ name = "a", specifier = "${address}" }]\n${locked("a", source)}`,
  ];
  for (const row of rows) {
    const inventory = await readTexts("uv-lock", [HEAD, row].join("\n"));
    assert.equal(inventory.components.length, 1, row);
    assert.doesNotMatch(JSON.stringify(inventory), /s3cret/, row);
  }
});

test("files that are called like another package or version, and edges that are none, are said", async () => {
  const source = 'source = { registry = "https://files.pypi.example/simple" }';
  const wheel = (file: string): string =>
    `${source}\nwheels = [{ url = "https://files.pypi.example/${file}", hash = "${HASH}" }]`;
  const rows: readonly [sentence: string, more: string, expected: readonly string[]][] = [
    ["its own wheel, in another spelling", wheel("My_Lib-1.0.0-py3-none-any.whl"), []],
    ["a local version and a build", wheel("my_lib-1.0%2Bcpu-1abc-py3-none-any.whl"), []],
    ["another package's wheel", wheel("evil-1.0-py3-none-any.whl"), ["component-malformed"]],
    ["another version's wheel", wheel("my_lib-1.0.1-py3-none-any.whl"), ["component-malformed"]],
    ["dependencies that are a text", `${wheel("a.zip")}\ndependencies = "b"`, ["inventory-incomplete"]],
    ["dependencies that are texts", `${wheel("a.zip")}\ndependencies = ["b"]`, ["inventory-incomplete"]],
    ["extras that are a list", `${wheel("a.zip")}\noptional-dependencies = []`, ["inventory-incomplete"]],
    ["wheels that are a table", `${source}\nwheels = { hash = "${HASH}" }`, ["integrity-malformed"]],
  ];
  for (const [sentence, more, expected] of rows) {
    const inventory = await readTexts("uv-lock", lock(locked("my-lib", more)));
    assert.deepEqual(rulesOf(inventory), expected, sentence);
    assert.equal(inventory.components.length, 1, sentence);
  }
});

test("the line of a malformed hash is its own, and a missing package is named with the way to it", async () => {
  const part = locked(
    "a",
    'source = { registry = "https://i.example/s" }\ndependencies = [{ name = "gone", version = "2" }]\nwheels = [\n{ hash = "sha256:zz" },\n]',
  );
  const { remarks } = await readTexts("uv-lock", lock(part));
  const text = lock(part).split("\n");
  const [hash, missing] = remarks;
  assert.match(text[(hash?.line ?? 0) - 1] ?? "", /sha256:zz/);
  assert.equal(hash?.actual, "sha256:zz");
  assert.deepEqual(missing?.path, ["a@1.0", "gone@2"]);
});

test("scopes: runtime beats an extra, which beats a group; what nothing leads to counts as runtime", async () => {
  const from = 'source = { registry = "https://i.example/s" }';
  const inventory = await readTexts(
    "uv-lock",
    [
      HEAD,
      `${ROOT}dependencies = [{ name = "r" }]\n[package.optional-dependencies]\nx = [{ name = "r" }, { name = "o" }]`,
      '[package.dev-dependencies]\ndev = [{ name = "o" }, { name = "d" }]',
      locked("r", from),
      locked("o", `${from}\ndependencies = [{ name = "deep", extra = ["e"] }]`),
      locked("d", from),
      locked("deep", `${from}\n[package.optional-dependencies]\ne = [{ name = "d2" }]`),
      locked("d2", from),
      locked("loose", `${from}\ndependencies = [{ name = "d" }]`),
    ].join("\n"),
  );
  assertSane(inventory);
  assert.deepEqual(
    inventory.components.map(({ name, scope }) => `${name} ${scope}`),
    ["r runtime", "o optional", "d runtime", "deep optional", "d2 optional", "loose runtime"],
  );
});

test("a script's lockfile, and a workspace without a project at its root, have a root all the same", async () => {
  const from = 'source = { registry = "https://i.example/s" }';
  const script = await readTexts(
    "uv-lock",
    `${HEAD}[manifest]\nrequirements = [{ name = "a", specifier = ">=1" }]\n${locked("a", from)}`,
  );
  assert.deepEqual(script.root.dependsOn, ["a@1.0"]);
  assert.equal(script.root.name, "uv.lock");
  assert.equal(componentAt(script, "a@1.0").facts.requested, ">=1");
  const virtual = `${HEAD}[manifest]\nmembers = ["m"]\n[manifest.dependency-groups]\ndev = [{ name = "a" }]\n${locked("a", from)}`;
  const workspace = await readTexts("uv-lock", `${virtual}${locked("m", 'source = { editable = "m" }')}`);
  assert.deepEqual(workspace.root.dependsOn, ["m@1.0", "a@1.0"]);
  assert.equal(componentAt(workspace, "a@1.0").scope, "development");
});

test("other versions of the format are refused with a hint", async () => {
  await assert.rejects(readTexts("uv-lock", "version = 2\n"), { code: "source-unsupported" });
  await assert.rejects(readTexts("uv-lock", 'version = "1"\n'), { code: "source-malformed" });
  await assert.rejects(readTexts("uv-lock", "\u0000"), { code: "source-malformed" });
  await assert.rejects(readTexts("uv-lock", Uint8Array.of(0x61, 0x0a, 0xff)), { message: "uv.lock:2: not UTF-8 text" });
});

test("mangled lockfiles are read or refused", async () => {
  const seen = new Set<string>();
  for (const path of ["uv-workspace/uv.lock", "uv-forks/uv.lock"]) {
    for (const text of mangled(fixtureText(path))) seen.add(await survive("uv-lock", text));
  }
  assert.deepEqual([...seen].toSorted(), ["read", "refused"]);
});

test("thousands of edges, a cycle and a thousand forks are read, and what cannot be told is said", async () => {
  const from = 'source = { registry = "https://i.example/s" }';
  const names = Array.from({ length: 1000 }, (_, index) => `n${index}`);
  const chain = names.map((name, index) =>
    locked(name, `${from}\ndependencies = [{ name = "n${(index + 1) % 1000}" }]`),
  );
  const forks = names.map((_, index) => `[[package]]\nname = "f"\nversion = "${index}"\n${from}\n`);
  const asking = `${ROOT}dependencies = [\n${'{ name = "f" },\n'.repeat(2000)}{ name = "n0" },\n]\n`;
  const inventory = await readTexts("uv-lock", [HEAD, asking, ...chain, ...forks].join("\n"));
  assertSane(inventory);
  assert.equal(inventory.components.length, 2000);
  assert.equal(inventory.completeness, "incomplete");
});
