// MCP bundles as inventories: what starts, what it gets, which packages and files are inside; and plain files.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../src/core/errors.ts";
import type { McpFacts } from "../src/core/inventory.ts";
import { bundle } from "./support/mcpb-forge.ts";
import {
  answers,
  componentAt,
  FIXTURES,
  newFolder,
  readAt,
  readBytes,
  readFixture,
  recordRow,
  remarkLines,
  sha256,
  zipOf,
} from "./support/package-sources.ts";
import type { Files } from "./support/package-sources.ts";

const SERVER = {
  type: "node",
  entry_point: "server/index.js",
  mcp_config: { command: "node", args: ["${__dirname}/server/index.js"] },
};
const manifest = (more: object = {}): string =>
  JSON.stringify({
    manifest_version: "0.3",
    name: "acme",
    version: "1.0.0",
    description: "Acme",
    author: { name: "Acme" },
    server: SERVER,
    ...more,
  });

const readBundle = (files: Files, name = "acme.mcpb") => readBytes("mcpb", zipOf(files), name);
const withManifest = (more: object, files: Files = {}) =>
  readBundle({ "manifest.json": manifest(more), "server/index.js": "", ...files });

test("a Node bundle: what it starts, the names of its environment, its tools, its packages, its own files", async () => {
  const inventory = await readFixture("mcpb", "mcpb-node", "bundle.mcpb");
  const { root } = inventory;
  assert.equal(root.purl, "pkg:generic/acme-weather@1.2.0");
  assert.equal(root.digests[0]?.hex, sha256(readFileSync(join(FIXTURES, "mcpb-node/bundle.mcpb"))));
  const expected: McpFacts = {
    serverType: "node",
    entryPoint: "server/index.js",
    launch: JSON.stringify(["node", "${__dirname}/server/index.js", "--token=${user_config.token}"]),
    platformLaunches: [
      {
        platform: "win32",
        launch: JSON.stringify(["node.exe", "${__dirname}/server/index.js", "--token=${user_config.token}"]),
      },
    ],
    environment: ["ACME_TOKEN", "ACME_MODE", "ACME_SHELL"],
    tools: [{ name: "forecast", descriptionSha256: sha256("Tells the weather of a place") }],
    prompts: [{ name: "brief", descriptionSha256: sha256("A short text") }],
    sensitiveConfig: ["token"],
    signed: false,
  };
  assert.deepEqual(root.facts.mcp, expected);
  assert.doesNotMatch(JSON.stringify(inventory), /quiet/, "the value of an environment variable");
  const right = componentAt(inventory, "server/node_modules/right");
  assert.deepEqual(right.dependsOn, ["server/node_modules/@acme/left"]);
  assert.deepEqual(
    right.facts.nativeFiles?.map(({ path }) => path),
    ["fast.node"],
  );
  assert.deepEqual(
    inventory.components.filter(({ kind }) => kind === "file").map(({ key }) => key),
    ["manifest.json", "server/index.js", "server/package.json", "server/start.sh"],
  );
  assert.equal(
    componentAt(inventory, "server/index.js").digests[0]?.hex,
    sha256('#!/usr/bin/env node\nrequire("right");\n'),
  );
  assert.deepEqual(remarkLines(inventory), []);
  assert.equal(inventory.completeness, "unknown");
});

test("a tool that is described otherwise, and a package that was added, are seen", async () => {
  const [before, after] = await Promise.all(
    ["bundle.mcpb", "bundle-edited.mcpb"].map((name) => readFixture("mcpb", "mcpb-node", name)),
  );
  const told = (inventory: typeof before): unknown => inventory?.root.facts.mcp?.tools?.[0]?.descriptionSha256;
  assert.notEqual(told(before), told(after));
  assert.ok(after !== undefined);
  const { facts } = componentAt(after, "server/node_modules/extra");
  assert.deepEqual([facts.extraneous, facts.installScripts?.map(({ name }) => name)], [true, ["postinstall"]]);
});

test("a Python bundle: its libraries are held against their RECORDs", async () => {
  const inventory = await readFixture("mcpb", "mcpb-python", "bundle.mcpb");
  const acme = componentAt(inventory, "server/lib/acme_tools-1.4.0.dist-info");
  assert.deepEqual([acme.purl, acme.origin.kind], ["pkg:pypi/acme-tools@1.4.0", "bundled"]);
  assert.equal(acme.undigested, "an installed folder: 12 of 13 files are those of its RECORD");
  assert.deepEqual(
    inventory.components.filter(({ kind }) => kind === "file").map(({ key }) => key),
    ["manifest.json", "server/main.py"],
  );
  assert.deepEqual(remarkLines(inventory), [
    "secret-removed Acme.Tools@1.4.0: an address in it holds what may be a secret",
    "inventory-incomplete Acme.Tools@1.4.0: 1 file of its RECORD is not there: ../../bin/acme-tools",
    "inventory-incomplete Acme.Tools@1.4.0: it asks for what is not installed: anyio",
  ]);
});

test("a RECORD takes no files of the server from a bundle, nor what is compiled", async () => {
  const info = "server/lib/a-1.dist-info";
  const metadata = "Metadata-Version: 2.1\nName: a\nVersion: 1\n";
  const record = [
    recordRow("a-1.dist-info/METADATA", metadata),
    recordRow("../index.js", "evil"),
    recordRow("../lib/b.py", "b"),
    "__pycache__/b.cpython-311.pyc,,",
    "a-1.dist-info/RECORD,,",
  ].join("\n");
  const inventory = await withManifest(
    {},
    {
      [`${info}/METADATA`]: metadata,
      [`${info}/RECORD`]: record,
      "server/index.js": "evil",
      "server/lib/b.py": "b",
      "server/lib/__pycache__/b.cpython-311.pyc": "c",
    },
  );
  const files = inventory.components.filter(({ kind }) => kind === "file").map(({ key }) => key);
  for (const path of ["server/index.js", "server/lib/b.py", "server/lib/__pycache__/b.cpython-311.pyc"]) {
    assert.ok(files.includes(path), path);
  }
});

test("a signed bundle is one file, whose digests cover the signature too", async () => {
  const signed = bundle("signed.mcpb");
  const inventory = await readBytes("mcpb", signed, "signed.mcpb");
  assert.equal(inventory.root.facts.mcp?.signed, true);
  assert.equal(inventory.root.digests[0]?.hex, sha256(signed));
  const cut = await answers(() => readBytes("mcpb", signed.subarray(0, -5), "cut.mcpb"));
  assert.ok(cut instanceof UserError && cut.code === "source-malformed");
});

for (const [what, args, launch] of [
  ["a token in an option", ["--api-key=hunter2"], ["node", "--api-key=[removed]"]],
  ["a token behind an option", ["--token", "hunter2", "-v"], ["node", "--token", "[removed]", "-v"]],
  ["credentials in a URL", ["https://user:hunter2@acme.example/x?y"], ["node", "https://acme.example/x"]],
  ["a token of a header", ["-H", "Authorization: Bearer hunter2"], ["node", "-H", "Authorization: [removed]"]],
  ["a header in an option", ["--header=X-Api-Key: hunter2"], ["node", "--header=X-Api-Key: [removed]"]],
  ["a variable", ["-e", "GITHUB_TOKEN=hunter2"], ["node", "-e", "GITHUB_TOKEN=[removed]"]],
  ["a token in JSON", ['{"token":"hunter2"}'], ["node", '{"token":"[removed]']],
  [
    "a short name of a token",
    ["--pat", "hunter2", "--auth=hunter2"],
    ["node", "--pat", "[removed]", "--auth=[removed]"],
  ],
  ["a URL in an option", ["--url=https://u:hunter2@acme.example/x"], ["node", "--url=https://acme.example/x"]],
  ["an address of two hosts", ["mongodb://u:hunter2@a:1,b:2/x?y=hunter2"], ["node", "mongodb://a:1,b:2/x"]],
  ["a token that looks like one", [`x=ghp_${"hunter2".repeat(6)}`], ["node", "x=[removed]"]],
  ["a bearer in a text", ["x Bearer hunter2 y"], ["node", "x Bearer [removed] y"]],
  [
    "somebody's home",
    ["/home/hunter2/x", "file:///Users/hunter2/x", "C:\\Users\\hunter2\\x"],
    ["node", "/home/[removed]/x", "file:///Users/[removed]/x", "C:\\Users\\[removed]\\x"],
  ],
] as const) {
  test(`the command of a bundle with ${what} is shown without it`, async () => {
    const inventory = await withManifest({ server: { ...SERVER, mcp_config: { command: "node", args } } });
    assert.equal(inventory.root.facts.mcp?.launch, JSON.stringify(launch));
    assert.deepEqual(remarkLines(inventory), [
      "secret-removed acme@1.0.0: the command that it starts holds what may be a secret",
    ]);
  });
}

test("a setting that stands for a token is none", async () => {
  const args = ["--token=${user_config.t}", "--api-key", "${user_config.k}", "--secret-file", "-x"];
  const inventory = await withManifest({ server: { ...SERVER, mcp_config: { command: "node", args } } });
  assert.equal(inventory.root.facts.mcp?.launch, JSON.stringify(["node", ...args]));
  assert.deepEqual(inventory.remarks, []);
});

for (const [what, more, files, line] of [
  [
    "a member of another type",
    { server: "x" },
    {},
    /^manifest-invalid acme@1\.0\.0: manifest\.json: \/server must be an object$/,
  ],
  [
    "an entry point that is not there",
    { server: { ...SERVER, entry_point: "x.js" } },
    {},
    /^manifest-invalid .*\/server\/entry_point names a file/,
  ],
  [
    "a format of the future",
    { manifest_version: "9.0" },
    {},
    /^bundle-unsupported acme@1\.0\.0: its manifest has format 9\.0/,
  ],
  [
    "a name with characters that are not seen",
    { name: "acme\u202e" },
    {},
    /^component-malformed .* states a name with characters/,
  ],
  [
    "a package whose own needs are not in it",
    {},
    { "node_modules/b/package.json": JSON.stringify({ name: "b", version: "1.0.0", dependencies: { c: "1" } }) },
    /^inventory-incomplete b: it asks for what is not in the bundle: c$/,
  ],
] as readonly (readonly [string, object, Files, RegExp])[]) {
  test(`said of a bundle: ${what}`, async () => {
    const inventory = await withManifest(more, files);
    assert.match(remarkLines(inventory).join("\n"), line);
  });
}

test("packages that were built into one file are counted as skipped, not as missing", async () => {
  const inventory = await withManifest({}, { "package.json": JSON.stringify({ dependencies: { b: "1" } }) });
  assert.deepEqual(remarkLines(inventory), []);
  assert.deepEqual(inventory.skipped, [
    { path: "shown/acme.mcpb", reason: "asks for packages whose code may be part of its own files: b" },
  ]);
});

test("packages of a bundle that has no manifest of its own for them belong to the root", async () => {
  const inventory = await withManifest(
    {},
    {
      "node_modules/b/package.json": JSON.stringify({ name: "b", version: "1.0.0", dependencies: { c: "1" } }),
      "node_modules/c/package.json": JSON.stringify({ name: "c", version: "1.0.0" }),
    },
  );
  assert.deepEqual(inventory.root.dependsOn, ["node_modules/b", "manifest.json", "server/index.js"]);
  assert.ok(inventory.components.every(({ facts }) => facts.extraneous === undefined));
});

for (const [what, bytes] of [
  ["no manifest", zipOf({ a: "" })],
  ["a manifest that is no JSON", zipOf({ "manifest.json": "{" })],
  ["a manifest that is a list", zipOf({ "manifest.json": "[]" })],
  ["two manifests", zipOf({ "manifest.json": manifest(), "Manifest.json": manifest() })],
  ["no archive", Buffer.from("x")],
  [
    "a folder that is a package of npm and of Python",
    zipOf({
      "manifest.json": manifest(),
      "node_modules/a-1.dist-info/package.json": "{}",
      "node_modules/a-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: a\nVersion: 1\n",
    }),
  ],
] as const) {
  test(`a bundle with ${what} cannot be read`, async () => {
    const found = await answers(() => readBytes("mcpb", bytes, "acme.mcpb"));
    assert.ok(found instanceof UserError && found.code === "source-malformed");
  });
}

test("bundles that are cut off or changed are answered, and never crash", async () => {
  const whole = readFileSync(join(FIXTURES, "mcpb-python/bundle.mcpb"));
  for (let at = 0; at < whole.length; at += 131) {
    await answers(() => readBytes("mcpb", whole.subarray(0, at), "cut.mcpb"));
    const changed = Buffer.from(whole);
    changed.writeUInt8(changed.readUInt8(at) ^ 0x20, at);
    await answers(() => readBytes("mcpb", changed, "changed.mcpb"));
  }
});

test("manifests with members of any type are answered, and never crash", async () => {
  const keys = ["name", "version", "server", "tools", "prompts", "user_config", "author", "repository", "support"];
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 3 })), async (members) => {
      await answers(() => withManifest(members, { "package.json": JSON.stringify(members) }));
    }),
    { numRuns: 60 },
  );
});

test("any file is its bytes: digests, size, and what it is by content", async () => {
  const folder = newFolder();
  writeFileSync(join(folder, "tool"), "#!/bin/sh\n");
  writeFileSync(join(folder, "lib.bin"), Buffer.from("\x7fELF rest", "latin1"));
  writeFileSync(join(folder, "empty"), "");
  chmodSync(join(folder, "empty"), 0o755);
  const tool = await readAt("file", folder, "tool");
  assert.deepEqual(
    tool.root.digests.map(({ algorithm }) => algorithm),
    ["sha256", "sha512"],
  );
  assert.equal(tool.digest?.hex, sha256("#!/bin/sh\n"));
  assert.equal(tool.size, 10);
  assert.deepEqual(tool.root.facts.executables, [{ path: "tool", sha256: sha256("#!/bin/sh\n"), size: 10 }]);
  assert.equal((await readAt("file", folder, "lib.bin")).root.facts.nativeFiles?.length, 1);
  assert.equal((await readAt("file", folder, "empty")).root.facts.executables?.length, 1);
  assert.deepEqual([tool.components, tool.completeness, tool.root.kind], [[], "unknown", "file"]);
});
