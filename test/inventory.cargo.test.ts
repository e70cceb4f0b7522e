// Cargo.lock of all versions: what cargo itself says of the same projects, and what is wrong with lockfiles.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Inventory } from "../src/core/inventory.ts";
import { readCargoLock } from "../src/inventory/cargo-lock.ts";
import { createDiskTree } from "../src/inventory/disk-tree.ts";
import { checked, codeOf, componentNamed, listOf, readTexts, remarksOf } from "./support/inventory-readings.ts";
import { ROOT } from "./support/project.ts";

const FIXTURES = join(ROOT, "fixtures/sbom");
/** The index that everybody uses; in the fixtures it has another name. */
const INDEX = ["https://github.com/rust-lang/crates", "io-index"].join(".");
const SUM = "4a5f13b858c8d314ee3e8f639011f7ccefe71f97f96e50151fb991f267928e2c";
const COMMIT = "d0dec9c89d99d8a066c4c1d5a465d8e0b5d29062";

const lock = (text: string, manifest?: string): Promise<Inventory> =>
  readTexts(readCargoLock, { "Cargo.lock": text, ...(manifest === undefined ? {} : { "Cargo.toml": manifest }) });

/** `[[package]]` with these members. */
function table(members: Readonly<Record<string, string | readonly string[]>>): string {
  const rows = Object.entries(members).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
  return `[[package]]\n${rows.join("")}\n`;
}

test("a workspace has what cargo tree says is needed to build; what only tests need is told apart", async () => {
  const inventory = checked(
    await readCargoLock({ tree: createDiskTree(FIXTURES, ""), path: "cargo-workspace/Cargo.lock" }),
  );
  assert.deepEqual(remarksOf(inventory), []);
  assert.equal(inventory.completeness, "complete");
  assert.equal(inventory.root.name, "Cargo.lock");
  assert.deepEqual(inventory.root.dependsOn, ["acme-cli 1.2.0", "acme-core 1.2.0"]);
  const needed = inventory.components.filter(({ scope }) => scope === "runtime");
  const tree = readFileSync(join(FIXTURES, "cargo-workspace/expected-tree.txt"), "utf8").trimEnd().split("\n");
  assert.deepEqual(
    needed.map(({ name, version }) => `${name} v${version ?? ""}`),
    tree,
  );
  const others = inventory.components.filter(({ scope }) => scope !== "runtime");
  assert.deepEqual(
    others.map(({ name, scope }) => `${name} ${scope}`),
    ["fastrand development", "once_cell development", "test-kit development"],
  );
  const forked = componentNamed(inventory, "forked");
  assert.deepEqual(forked.origin, {
    kind: "git",
    url: "https://git.example/acme/forked",
    host: "git.example",
    commit: COMMIT,
    reference: "feature/a+b",
  });
  assert.equal(forked.undigested, `pinned by git commit ${COMMIT}`);
  const core = componentNamed(inventory, "acme-core");
  assert.deepEqual(core.origin, { kind: "workspace", path: "crates/core" });
  const [fastrand = ""] = componentNamed(inventory, "acme-cli").dependsOn?.slice(3) ?? [];
  assert.deepEqual(core.dependsOn?.[0], fastrand);
});

test("a package has its own manifest's name, the digests of its crates, and purls of the public registry", async () => {
  const text = readFileSync(join(FIXTURES, "binary-rust/Cargo.lock"), "utf8");
  const inventory = await lock(text.replaceAll(/https:\/\/[^"]*-index/g, INDEX));
  assert.deepEqual(remarksOf(inventory), []);
  assert.equal(inventory.root.name, "acme-server");
  assert.equal(inventory.root.purl, "pkg:cargo/acme-server@0.3.1");
  const itoa = componentNamed(inventory, "itoa");
  assert.equal(itoa.purl, "pkg:cargo/itoa@1.0.15");
  assert.equal(itoa.key, "itoa 1.0.15");
  assert.deepEqual(itoa.origin, { kind: "registry" });
  assert.deepEqual(itoa.digests, [{ algorithm: "sha256", hex: SUM, from: "declared" }]);
  const elsewhere = componentNamed(await lock(text), "itoa");
  assert.match(elsewhere.purl ?? "", /^pkg:cargo\/itoa@1\.0\.15\?repository_url=https:%2F%2Fgithub\.com/);
  assert.notEqual(elsewhere.key, itoa.key);
});

test("version 1 has its checksums in metadata, and whole names in its needs", async () => {
  const inventory = await lock(readFileSync(join(FIXTURES, "cargo-v1/Cargo.lock"), "utf8"));
  assert.deepEqual(remarksOf(inventory), []);
  assert.equal(inventory.completeness, "complete");
  assert.equal(inventory.root.name, "itoa");
  assert.deepEqual(listOf(inventory), [
    "no-panic@0.1.33 runtime",
    "proc-macro2@1.0.94 runtime",
    "quote@1.0.39 runtime",
    "syn@2.0.99 runtime",
    "unicode-ident@1.0.17 runtime",
  ]);
  assert.ok(inventory.components.every(({ digests }) => digests.length === 1));
});

const GIT = "git+https://git.example/a/b";

const SOURCES: readonly (readonly [sentence: string, source: string, key: string, origin: object])[] = [
  ["the public index over git", `registry+${INDEX}`, "a 1.0.0", { kind: "registry" }],
  [
    "another index",
    "sparse+https://crates.example/index/",
    "a 1.0.0 (sparse+https://crates.example/index/)",
    { kind: "registry", host: "crates.example" },
  ],
  ["an index in a folder", "registry+file:///home/joe/index", "a 1.0.0 (registry of a folder)", { kind: "registry" }],
  [
    "git at a branch",
    `${GIT}?branch=feature%2Fx#${COMMIT}`,
    `a 1.0.0 (${GIT}#${COMMIT})`,
    { kind: "git", url: "https://git.example/a/b", host: "git.example", commit: COMMIT, reference: "feature/x" },
  ],
  [
    "git of a folder",
    `git+file:///home/joe/b?rev=1#${COMMIT}`,
    `a 1.0.0 (git#${COMMIT})`,
    { kind: "git", commit: COMMIT, reference: "1" },
  ],
];

for (const [sentence, source, key, origin] of SOURCES) {
  test(`a crate from ${sentence} says so`, async () => {
    const text = `version = 4\n${table({ name: "a", version: "1.0.0", source })}`;
    const inventory = await lock(text);
    assert.deepEqual(remarksOf(inventory), []);
    assert.equal(inventory.components[0]?.key, key);
    assert.deepEqual(inventory.components[0]?.origin, origin);
    assert.ok(!JSON.stringify(inventory).includes("joe"));
  });
}

test("secrets in sources are taken out everywhere, and said once for a crate", async () => {
  for (const source of [
    `git+https://joe:hunter2@git.example/a/b?branch=main#${COMMIT}`,
    `git+https://git.example/a/b?token=hunter2#${COMMIT}`,
    "sparse+https://joe:hunter2@crates.example/index/",
    "registry+https://crates.example/index?key=hunter2",
  ]) {
    const needs = table({
      name: "root",
      version: "1.0.0",
      dependencies: [`a 1.0.0 (${source})`, `b 1.0.0 (${source})`],
    });
    const inventory = await lock(needs + table({ name: "a", version: "1.0.0", source }));
    assert.deepEqual(
      inventory.remarks.map(({ rule, subject }) => `${rule} ${subject}`),
      ["inventory-incomplete root@1.0.0", "secret-removed a@1.0.0"],
    );
    assert.ok(!/hunter2|joe/.test(JSON.stringify(inventory)), source);
  }
});

test("a need is the crate that its name, version and source name, each as short as cargo writes it", async () => {
  const one = { name: "a", version: "1.0.0" };
  const registry = `registry+${INDEX}`;
  const git = `${GIT}?branch=x#${COMMIT}`;
  const all = [
    table(one),
    table({ ...one, source: registry }),
    table({ ...one, source: git }),
    table({ ...one, version: "2.0.0" }),
  ];
  const rows: readonly (readonly [need: string, key: string])[] = [
    ["a 2.0.0", "a 2.0.0"],
    ["a 1.0.0", "a 1.0.0"],
    [`a 1.0.0 (${registry})`, "a 1.0.0#2"],
    [`a 1.0.0 (${git})`, `a 1.0.0 (${GIT}#${COMMIT})`],
    [`a 1.0.0 (${GIT}?branch=x)`, `a 1.0.0 (${GIT}#${COMMIT})`],
  ];
  for (const [need, key] of rows) {
    const inventory = await lock(all.join("") + table({ name: "user", version: "1.0.0", dependencies: [need] }));
    assert.deepEqual(componentNamed(inventory, "user").dependsOn, [key], need);
  }
  const unclear = await lock(all.join("") + table({ name: "user", version: "1.0.0", dependencies: ["a", "b 1.0.0"] }));
  assert.deepEqual(remarksOf(unclear), [
    "inventory-incomplete: user@1.0.0: asks for a, which the lockfile does not have",
    "inventory-incomplete: user@1.0.0: asks for b 1.0.0, which the lockfile does not have",
  ]);
});

test("patches that nothing uses, old replacements and the old root are listed", async () => {
  const text = [
    '[root]\nname = "old"\nversion = "0.1.0"\ndependencies = ["a 1.0.0"]\n\n',
    table({ name: "a", version: "1.0.0", source: `registry+${INDEX}`, replace: "b 1.0.0" }),
    table({ name: "b", version: "1.0.0" }),
    '[[patch.unused]]\nname = "a"\nversion = "1.0.1"\n',
  ];
  const inventory = await lock(text.join(""), '[package]\nname = "old"\nversion = "0.1.0"\n');
  assert.deepEqual(remarksOf(inventory), []);
  assert.equal(inventory.root.name, "old");
  assert.deepEqual(inventory.root.dependsOn, ["a 1.0.0"]);
  assert.deepEqual(listOf(inventory), ["a@1.0.0 runtime", "b@1.0.0 runtime", "a@1.0.1 optional"]);
  assert.deepEqual(inventory.components[0]?.dependsOn, ["b 1.0.0"]);
  assert.match(inventory.components[2]?.facts.patched ?? "", /nothing uses/);
});

test("without a manifest, one folder is the root; of several none is, and the edges are not all known", async () => {
  const one = await lock(table({ name: "a", version: "1.0.0" }));
  assert.deepEqual([one.root.name, one.completeness, one.components.length], ["a", "complete", 0]);
  const two = await lock(
    table({ name: "a", version: "1.0.0" }) + table({ name: "b", version: "1.0.0", dependencies: ["a"] }),
  );
  assert.deepEqual([two.root.name, two.completeness, two.root.dependsOn], ["Cargo.lock", "unknown", ["b 1.0.0"]]);
});

test("packages that need one another in a circle are reached", async () => {
  const circle =
    table({ name: "a", version: "1.0.0", dependencies: ["b"] }) +
    table({ name: "b", version: "1.0.0", dependencies: ["a", "a"] });
  const inventory = await lock(circle);
  assert.deepEqual(inventory.root.dependsOn, ["a 1.0.0"]);
});

const WRONG: readonly (readonly [sentence: string, text: string, remark: string])[] = [
  [
    "a checksum that is too short",
    table({ name: "a", version: "1.0.0", checksum: "abc" }),
    "integrity-malformed: a@1.0.0: its checksum is no SHA-256 in hex: abc",
  ],
  [
    "a checksum that is a number",
    '[[package]]\nname = "a"\nversion = "1.0.0"\nchecksum = 7\n',
    "integrity-malformed: a@1.0.0: its checksum is no SHA-256 in hex: 7",
  ],
  [
    "a name that no crate has",
    table({ name: "../a", version: "1.0.0" }),
    "component-malformed: ../a@1.0.0: its name is none that a crate can have",
  ],
  [
    "a version that is none",
    table({ name: "a", version: "1" }),
    "component-malformed: a@1: its version is none that a crate can have",
  ],
  ["no version", table({ name: "a" }), "component-malformed: a: it has no version"],
  [
    "a source of another kind",
    table({ name: "a", version: "1.0.0", source: "moon+https://x.example" }),
    "component-malformed: a@1.0.0: its source is of no kind that cargo has",
  ],
  [
    "a branch without a commit",
    table({ name: "a", version: "1.0.0", source: `${GIT}?branch=main` }),
    "component-malformed: a@1.0.0: its source names no full commit",
  ],
  [
    "a crate listed twice",
    table({ name: "a", version: "1.0.0" }) + table({ name: "a", version: "1.0.0" }),
    "component-malformed: a@1.0.0: it is listed twice",
  ],
  [
    "needs that are no list of texts",
    '[[package]]\nname = "a"\nversion = "1.0.0"\ndependencies = [{ b = 1 }]\n',
    "component-malformed: a@1.0.0: its dependencies are no list of texts",
  ],
  [
    "a source that is a number",
    '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = 1\n',
    "component-malformed: a@1.0.0: its source is no text",
  ],
];

for (const [sentence, text, remark] of WRONG) {
  test(`${sentence}: is said, with its line, and the crate is listed`, async () => {
    const inventory = await lock(
      text + table({ name: "zz", version: "1.0.0" }) + table({ name: "yy", version: "1.0.0" }),
    );
    assert.deepEqual(remarksOf(inventory), [remark]);
    assert.ok((inventory.remarks[0]?.line ?? 0) > 0);
    assert.equal(inventory.components.length, (text.match(/\[\[package/g)?.length ?? 0) + 2);
  });
}

const REFUSED: readonly (readonly [sentence: string, text: string, code: string])[] = [
  ["text that is no TOML", "[[package]\n", "source-malformed"],
  ["a key twice", "version = 3\nversion = 3\n", "source-malformed"],
  ["__proto__", "[__proto__]\na = 1\n", "source-malformed"],
  ["a version of tomorrow", "version = 5\n", "source-unsupported"],
  ["a version that is a text", 'version = "4"\n', "source-malformed"],
  ["packages that are no list", "package = 1\n", "source-malformed"],
];

for (const [sentence, text, code] of REFUSED) {
  test(`${sentence}: is refused`, async () => {
    assert.equal(await codeOf(lock(text)), code);
  });
}

test("a hundred thousand needs that are not there are counted, and few are told", async () => {
  const inventory = await lock(
    `[[package]]\nname = "a"\nversion = "1.0.0"\ndependencies = [${'"b",'.repeat(100_000)}]\n`,
  );
  assert.equal(inventory.remarks.length, 1001);
  assert.match(remarksOf(inventory).at(-1) ?? "", /^inventory-incomplete: Cargo\.lock: there are 99000 more remarks/);
});

test("a manifest that cannot be read, or of another package, is said", async () => {
  const text = table({ name: "a", version: "1.0.0" });
  assert.deepEqual(remarksOf(await lock(text, "[package")), [
    "inventory-incomplete: Cargo.toml: it cannot be read: what only tests need is taken for needed",
  ]);
  const other = await lock(text, '[package]\nname = "b"\nversion = "1.0.0"\n');
  assert.deepEqual(remarksOf(other), ["inventory-incomplete: b: the package of Cargo.toml is not in the lockfile"]);
  assert.equal(other.root.name, "b");
  assert.equal(other.components.length, 1);
});

test("a member of the workspace is built by itself, also where others need it for tests only", async () => {
  const crate = (name: string, more = ""): string => `[package]\nname = "${name}"\nversion = "1.0.0"\n${more}`;
  const version = "1.0.0";
  const { root, components } = await readTexts(readCargoLock, {
    "Cargo.lock": [
      table({ name: "app", version, dependencies: ["kit", "own"] }),
      table({ name: "kit", version, dependencies: ["once"] }),
      table({ name: "once", version, source: `registry+${INDEX}`, checksum: SUM }),
      table({ name: "own", version }),
    ].join("\n"),
    "Cargo.toml": '[workspace]\nmembers = ["app", "libs/kit"]\n',
    "app/Cargo.toml": crate("app", '[dev-dependencies]\nkit = { path = "../libs/kit" }\nown = { path = "../own" }\n'),
    "libs/kit/Cargo.toml": crate("kit", '[dependencies]\nonce = "1"\n'),
    "own/Cargo.toml": crate("own"),
  });
  assert.deepEqual(root.dependsOn, ["app 1.0.0", "kit 1.0.0"]);
  assert.deepEqual(
    components.map(({ name, scope }) => `${name} ${scope}`),
    ["app runtime", "kit runtime", "once runtime", "own development"],
  );
});

test("manifests that lead outside of the project, or in circles, are not followed", async () => {
  const manifest = [
    '[package]\nname = "a"\nversion = "1.0.0"\n',
    '[workspace]\nmembers = ["../*", "/etc", "**", "[a]", ".", "", "*/*/*", 7]\n',
    '[dependencies]\nb = { path = "../../b" }\nc = { path = "." }\nd = { path = "C:\\\\d" }\ne = 7\n',
    "[target.x]\ndependencies = 7\n[patch]\ny = 7\n",
  ];
  const inventory = await lock(table({ name: "a", version: "1.0.0" }), manifest.join(""));
  assert.deepEqual(remarksOf(inventory), []);
});

test("whatever is cut off or changed in a lockfile, it is read or refused", async () => {
  const text = readFileSync(join(FIXTURES, "cargo-workspace/Cargo.lock"), "utf8");
  const change = fc.tuple(
    fc.nat(text.length),
    fc.nat(3),
    fc.constantFrom("", '"', "[", "]", "=", "\n", "\0", "é", "name = 1\n"),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 4 }), fc.nat(text.length), async (changes, end) => {
      let mangled = text.slice(0, end);
      for (const [at, length, put] of changes) mangled = mangled.slice(0, at) + put + mangled.slice(at + length);
      const code = await codeOf(lock(mangled));
      assert.ok(code === undefined || code === "source-malformed" || code === "source-unsupported", code);
    }),
    { numRuns: 150 },
  );
});
