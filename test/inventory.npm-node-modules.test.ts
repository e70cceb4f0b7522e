// Installed npm packages: what lies on the disk, against what is locked.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { UserError } from "../src/core/errors.ts";
import type { Inventory } from "../src/core/inventory.ts";
import { componentAt, entryOf, installedInventory, OTHER_SHA512, remarkTexts } from "./support/npm-projects.ts";
import type { Files } from "./support/npm-projects.ts";

const ROOT_MANIFEST = { name: "root", version: "1.0.0", dependencies: { a: "^1.0.0" } };

/** A lockfile of version 3 with these packages. */
function lock(packages: Readonly<Record<string, unknown>>): { readonly json: unknown } {
  return { json: { name: "root", lockfileVersion: 3, requires: true, packages } };
}

function manifest(
  name: string,
  version: string,
  more: Readonly<Record<string, unknown>> = {},
): { readonly json: unknown } {
  return { json: { name, version, ...more } };
}

/** A project with `a`, which depends on `b`; both installed as they are locked. */
const GOOD: Files = {
  "package.json": { json: ROOT_MANIFEST },
  "package-lock.json": lock({
    "": ROOT_MANIFEST,
    "node_modules/a": entryOf("a", "1.0.0", { dependencies: { b: "1" } }),
    "node_modules/b": entryOf("b", "1.0.0"),
  }),
  "node_modules/a/package.json": manifest("a", "1.0.0", { dependencies: { b: "1" } }),
  "node_modules/a/index.js": "module.exports = 1;",
  "node_modules/b/package.json": manifest("b", "1.0.0"),
};

test("node-modules: what is installed as it was locked has no remarks", async () => {
  const inventory = await installedInventory(GOOD);
  assert.deepEqual(remarkTexts(inventory), []);
  assert.equal(inventory.completeness, "complete");
  assert.deepEqual(
    inventory.components.map(({ key }) => key),
    ["node_modules/a", "node_modules/b"],
  );
  assert.equal(componentAt(inventory, "node_modules/a").digests[0]?.from, "declared");
});

const ELF = Buffer.from("\x7fELF and more", "latin1");
const WASM = Buffer.from("\0asm and more", "latin1");
const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

test("node-modules: facts come from the files, whatever they are called", async () => {
  const inventory = await installedInventory({
    ...GOOD,
    "node_modules/a/package.json": manifest("a", "1.0.0", {
      dependencies: { b: "1" },
      scripts: { postinstall: "node x.js", test: "no" },
      bin: { a: "./cli.js" },
      author: "Ann",
      repository: "acme/a",
    }),
    "node_modules/a/binding.gyp": "{}",
    "node_modules/a/data.txt": ELF,
    "node_modules/a/lib/deep/x.node": ELF,
    "node_modules/a/lib/y": WASM,
    "node_modules/a/cli.js": "console.log(1);",
    "node_modules/a/run": { program: "echo" },
    "node_modules/a/script.js": "#!/usr/bin/env node\n",
    "node_modules/a/empty": { program: "" },
    "node_modules/a/link": { link: "../../../outside" },
  });
  const { facts, statements } = componentAt(inventory, "node_modules/a");
  assert.deepEqual(facts.installScripts, [
    { name: "node-gyp", sha256: sha256("{}") },
    { name: "postinstall", sha256: sha256("node x.js") },
  ]);
  assert.deepEqual(facts.nativeFiles, [
    { path: "data.txt", sha256: sha256(ELF), size: ELF.length },
    { path: "lib/deep/x.node", sha256: sha256(ELF), size: ELF.length },
    { path: "lib/y", sha256: sha256(WASM), size: WASM.length },
  ]);
  assert.deepEqual(
    facts.executables?.map(({ path }) => path),
    ["cli.js", "run", "script.js"],
  );
  assert.deepEqual(facts.commands, ["a"]);
  assert.deepEqual(statements, { author: "Ann", repository: "git+https://github.com/acme/a.git" });
  assert.deepEqual(remarkTexts(inventory), [
    "installed-differs a@1.0.0: it has install scripts (node-gyp, postinstall), and the lockfile does not tell of any",
  ]);
});

/** Changes of the good project, and the remarks that they bring. */
const CHANGES: readonly (readonly [what: string, files: Files, remarks: readonly string[]])[] = [
  [
    "another version",
    { "node_modules/b/package.json": manifest("b", "1.0.1") },
    ["installed-differs b@1.0.0: another version is installed"],
  ],
  [
    "another name",
    { "node_modules/b/package.json": manifest("evil", "1.0.0") },
    ["installed-differs b@1.0.0: what is installed calls itself something else"],
  ],
  [
    "no manifest",
    { "node_modules/b/package.json": { link: "elsewhere" } },
    ["installed-differs b@1.0.0: it has no package.json"],
  ],
  [
    "a broken manifest",
    { "node_modules/b/package.json": "{" },
    ["installed-differs b@1.0.0: its package.json cannot be read: not valid JSON"],
  ],
  [
    "packages that nobody locked",
    {
      "node_modules/c/package.json": manifest("c", "2.0.0"),
      "node_modules/a/node_modules/b/package.json": manifest("b", "6.6.6"),
    },
    ["installed-extraneous node_modules: 2 packages are installed, and the lockfile does not hold: b@6.6.6, c@2.0.0"],
  ],
  [
    "a file among the packages",
    { "node_modules/fs-extra.js": "evil()" },
    ["installed-extraneous node_modules: a package is installed, and the lockfile does not hold: fs-extra.js"],
  ],
  [
    "a link that nobody locked",
    { "node_modules/c": { link: "/tmp" } },
    ["installed-extraneous node_modules: a package is installed, and the lockfile does not hold: c"],
  ],
  [
    "npm's own folders",
    { "node_modules/.bin/a": { link: "../a/cli.js" }, "node_modules/.cache/x/package.json": manifest("x", "1.0.0") },
    [],
  ],
  [
    "npm's record of another digest",
    {
      "node_modules/.package-lock.json": lock({
        "node_modules/a": entryOf("a", "1.0.0", { integrity: OTHER_SHA512 }),
        "node_modules/b": entryOf("b", "1.0.0"),
      }),
    },
    ["installed-differs a@1.0.0: npm recorded that it installed an archive with another digest"],
  ],
  [
    "npm's record of another version",
    { "node_modules/.package-lock.json": lock({ "node_modules/b": entryOf("b", "1.0.1") }) },
    ["installed-differs b@1.0.0: npm recorded that it installed another version"],
  ],
  ["build metadata that registries drop", { "node_modules/b/package.json": manifest("b", "1.0.0+abc") }, []],
];

for (const [what, files, remarks] of CHANGES) {
  test(`node-modules: ${what}`, async () => {
    const inventory = await installedInventory({ ...GOOD, ...files });
    assert.deepEqual(
      remarkTexts(inventory).filter((text) => !text.startsWith("inventory-incomplete")),
      remarks,
    );
  });
}

test("node-modules: what is not installed is missing, but for what may be absent", async () => {
  const packages = {
    "": ROOT_MANIFEST,
    "node_modules/a": entryOf("a", "1.0.0"),
    "node_modules/b": entryOf("b", "1.0.0", { dev: true }),
    "node_modules/c": entryOf("c", "1.0.0", { optional: true }),
    "node_modules/d": entryOf("d", "1.0.0"),
  };
  const inventory = await installedInventory({
    "package-lock.json": lock(packages),
    "package.json": { json: ROOT_MANIFEST },
    "node_modules/d/package.json": manifest("d", "1.0.0"),
  });
  assert.deepEqual(remarkTexts(inventory), [
    "installed-missing node_modules: a package is locked, and not installed: a@1.0.0",
  ]);
  assert.equal(inventory.components.length, 4);
});

test("node-modules: what nobody locked is a component, with the digests that npm recorded", async () => {
  const inventory = await installedInventory({
    ...GOOD,
    "node_modules/c/package.json": manifest("c", "2.0.0", { dependencies: { b: "1" } }),
    "node_modules/d/package.json": manifest("d", "1.0.0"),
    "node_modules/.package-lock.json": lock({
      "node_modules/c": entryOf("c", "2.0.0"),
      "node_modules/d": entryOf("d", "9.0.0"),
    }),
  });
  const [c, d] = ["node_modules/c", "node_modules/d"].map((key) => componentAt(inventory, key));
  assert.deepEqual([c?.facts.extraneous, c?.digests.length, c?.dependsOn], [true, 1, ["node_modules/b"]]);
  assert.deepEqual(
    [d?.facts.extraneous, d?.digests.length, d?.undigested],
    [true, 0, "installed, and no lockfile says from where"],
  );
});

test("node-modules: links to workspaces have to lead where the lockfile says", async () => {
  const root = { name: "root", version: "1.0.0", workspaces: ["packages/*"] };
  const project = (target: string): Files => ({
    "package.json": { json: root },
    "package-lock.json": lock({
      "": root,
      "node_modules/w": { resolved: "packages/w", link: true },
      "packages/w": { name: "w", version: "1.0.0", dependencies: { x: "1" } },
      "packages/w/node_modules/x": entryOf("x", "1.0.0"),
    }),
    "packages/w/package.json": manifest("w", "1.0.0", { scripts: { prepare: "make" }, dependencies: { x: "1" } }),
    "packages/w/node_modules/x/package.json": manifest("x", "1.0.0"),
    "node_modules/w": { link: target },
  });
  const good = await installedInventory(project("../packages/w"));
  assert.deepEqual(remarkTexts(good), []);
  assert.deepEqual(
    componentAt(good, "packages/w").facts.installScripts?.map(({ name }) => name),
    ["prepare"],
  );
  assert.deepEqual(componentAt(good, "packages/w/node_modules/x").facts.installScripts, []);
  const moved = await installedInventory(project("../../evil"));
  assert.deepEqual(remarkTexts(moved), [
    "installed-differs w@1.0.0: its link leads somewhere else than the lockfile says",
  ]);
  assert.equal(moved.remarks[0]?.actual, "outside of the project");
});

test("node-modules: the folder itself may be named, and its own lockfile is then read", async () => {
  const { "package-lock.json": lockfile, "package.json": own, ...installed } = GOOD;
  const files = { ...installed, "package.json": own ?? "", "node_modules/.package-lock.json": lockfile ?? "" };
  const inventory = await installedInventory(files, "node_modules");
  assert.deepEqual(remarkTexts(inventory), []);
  assert.equal(inventory.path, "node_modules");
  assert.deepEqual(componentAt(inventory, "node_modules/a").dependsOn, ["node_modules/b"]);
});

test("node-modules: without any lockfile the packages speak for themselves", async () => {
  const root = {
    name: "root",
    version: "1.0.0",
    dependencies: { a: "1" },
    devDependencies: { t: "1" },
    optionalDependencies: { o: "1" },
  };
  const inventory = await installedInventory({
    "package.json": { json: root },
    "node_modules/a/package.json": manifest("a", "1.0.0", {
      dependencies: { b: "1", gone: "1" },
      bundleDependencies: ["i"],
    }),
    "node_modules/a/node_modules/i/package.json": manifest("i", "1.0.0"),
    "node_modules/b/package.json": manifest("b", "1.0.0"),
    "node_modules/t/package.json": manifest("t", "1.0.0", { dependencies: { b: "1", u: "1" } }),
    "node_modules/u/package.json": manifest("u", "1.0.0"),
    "node_modules/@x/y/package.json": manifest("@x/y", "1.0.0"),
    "node_modules/o/package.json": manifest("o", "1.0.0"),
    "node_modules/z/package.json": manifest("real", "1.0.0"),
  });
  const rows = inventory.components.map(({ name, scope, origin, facts }) =>
    [name, scope, origin.kind, ...(facts.extraneous === true ? ["extraneous"] : []), facts.alias].join(" ").trim(),
  );
  assert.deepEqual(rows, [
    "@x/y runtime unknown extraneous",
    "a runtime unknown",
    "i runtime bundled",
    "b runtime unknown",
    "o optional unknown",
    "t development unknown",
    "u development unknown",
    "real runtime unknown extraneous z",
  ]);
  assert.deepEqual(remarkTexts(inventory), ["inventory-incomplete a: it asks for what is not installed: gone"]);
  assert.equal(inventory.completeness, "incomplete");
});

test("node-modules: of pnpm's store each package is read once, and links are what they lead to", async () => {
  const store = "node_modules/.pnpm";
  const inventory = await installedInventory({
    "package.json": { json: { name: "root", dependencies: { a: "1" } } },
    [`${store}/a@1.0.0/node_modules/a/package.json`]: manifest("a", "1.0.0", { dependencies: { b: "1" } }),
    [`${store}/a@1.0.0/node_modules/b`]: { link: "../../b@1.0.0/node_modules/b" },
    [`${store}/b@1.0.0/node_modules/b/package.json`]: manifest("b", "1.0.0"),
    "node_modules/a": { link: ".pnpm/a@1.0.0/node_modules/a" },
    "node_modules/.modules.yaml": "layoutVersion: 5\n",
  });
  const [a, b] = [`${store}/a@1.0.0/node_modules/a`, `${store}/b@1.0.0/node_modules/b`];
  assert.deepEqual(remarkTexts(inventory), []);
  assert.deepEqual(
    inventory.components.map(({ key }) => key),
    [a, b],
  );
  assert.deepEqual(inventory.root.dependsOn, [a]);
  assert.deepEqual(componentAt(inventory, a).dependsOn, [b]);
});

test("node-modules: a link in place of node_modules, and an empty folder, are refused", async () => {
  const refused = async (files: Files, code: string): Promise<void> => {
    await assert.rejects(installedInventory(files), (error) => error instanceof UserError && error.code === code);
  };
  await refused({ node_modules: { link: "/tmp" }, x: "" }, "source-unsupported");
  await refused({}, "source-unknown");
});

test("node-modules: npm's own record that is broken is said, and does not decide", async () => {
  const inventory = await installedInventory({ ...GOOD, "node_modules/.package-lock.json": "{" });
  assert.deepEqual(
    inventory.remarks.map(({ rule, message }) => `${rule} ${message}`),
    ["inventory-incomplete npm's own record of what it installed cannot be read"],
  );
  assert.equal(inventory.components.length, 2);
});

test("node-modules: cyclic packages and links are walked once", async () => {
  const inventory: Inventory = await installedInventory({
    "package.json": { json: { name: "root", dependencies: { a: "1" } } },
    "node_modules/a/package.json": manifest("a", "1.0.0", { dependencies: { b: "1" } }),
    "node_modules/b/package.json": manifest("b", "1.0.0", { dependencies: { a: "1", self: "1" } }),
    "node_modules/self": { link: "self" },
    "node_modules/up": { link: ".." },
    "node_modules/w": { link: "../w" },
    "w/package.json": manifest("w", "1.0.0"),
    "w/node_modules/w": { link: "../../w" },
  });
  const keys = inventory.components.map(({ key }) => key);
  assert.deepEqual(keys, [...new Set(keys)]);
  assert.equal(keys.length, 7);
});
