// bun.lock of all versions of the format.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { UserError } from "../src/core/errors.ts";
import type { Component } from "../src/core/inventory.ts";
import { parseJson } from "../src/core/json.ts";
import { blankJsonc } from "../src/inventory/bun-jsonc.ts";
import { readBunLock } from "../src/inventory/bun-lock.ts";
import {
  componentAt,
  damaged,
  faultsOf,
  outcomeOf,
  packagesOf,
  readFiles,
  readFixture,
  remarksOf,
} from "./support/lock-trees.ts";

const LOCK = "bun.lock";
const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const SHA = `sha512-${Buffer.alloc(64, 1).toString("base64")}`;

function linesOf(path: string): readonly string[] {
  return readFileSync(`fixtures/sbom/${path}`, "utf8").trim().split("\n");
}

test("bun: the packages of a real server are those that bun lists", async () => {
  const inventory = await readFixture(readBunLock, "real-node/bun", LOCK);
  assert.deepEqual(packagesOf(inventory), linesOf("real-node/bun/expected-list.txt").toSorted());
  assert.equal(inventory.completeness, "complete");
  assert.deepEqual(remarksOf(inventory), []);
});

test("bun: the packages of a project are those that bun lists", async () => {
  const inventory = await readFixture(readBunLock, "bun-mixed", LOCK);
  const shown = ({ name, version, origin, facts }: Component): string => {
    if (origin.kind === "workspace") return `${name}@workspace:${origin.path}`;
    if (origin.kind === "directory") return `${name}@link:./${origin.path}`;
    if (origin.kind === "file") return `${name}@./${origin.path}`;
    return `${facts.alias ?? name}@${version}`;
  };
  assert.deepEqual(
    [...new Set(inventory.components.map(shown))].toSorted(),
    linesOf("bun-mixed/expected-list.txt").toSorted(),
  );
  assert.deepEqual(remarksOf(inventory), []);
  assert.deepEqual(faultsOf(inventory), []);
});

test("bun: facts, edges and scopes of a project's packages", async () => {
  const inventory = await readFixture(readBunLock, "bun-mixed", LOCK);
  const at = (key: string): Component => componentAt(inventory, key);
  assert.deepEqual(at("workspace:packages/b").dependsOn, [
    "workspace:packages/a",
    "@acme/b/react",
    "use-sync-external-store",
  ]);
  assert.deepEqual(at("is-odd").dependsOn, ["is-odd/is-number"]);
  assert.equal(at("is-odd/is-number").scope, "development");
  assert.equal(at("is-odd/is-number").version, "6.0.0");
  assert.deepEqual(at("fsevents").facts.installScripts, [{}]);
  assert.deepEqual([at("fsevents").scope, at("fsevents").facts.os], ["optional", ["darwin"]]);
  assert.equal(at("is-number").facts.patched, "patched by the project (patches/is-number.patch)");
  assert.equal(at("ms").facts.patched, "overridden by the project (ms: 2.1.3)");
  assert.equal(at("ms-old").facts.alias, "ms-old");
  assert.deepEqual(at("loose-envify").facts.commands, ["loose-envify"]);
  assert.deepEqual(at("local-tarball").origin, { kind: "file", path: "vendor/local-tarball-1.0.0.tgz" });
  assert.equal(at("local-tarball").digests.length, 1);
  assert.equal(at("linked").dependsOn, undefined);
  assert.equal(at("debug").line, 55);
});

function lock(
  packages: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
  version: unknown = 2,
): string {
  const dependencies = Object.fromEntries(
    Object.keys(packages)
      .filter((key) => !key.includes("/"))
      .map((key) => [key, "*"]),
  );
  return JSON.stringify(
    { lockfileVersion: version, workspaces: { "": { name: "p", dependencies } }, packages, ...more },
    null,
    2,
  );
}

const ROWS: readonly (readonly [name: string, row: readonly unknown[], expected: Partial<Component>])[] = [
  [
    "the default registry",
    ["a@1.0.0", "", {}, SHA],
    { origin: { kind: "registry" }, version: "1.0.0", purl: "pkg:npm/a@1.0.0" },
  ],
  [
    "another registry",
    ["a@1.0.0", "https://r.example/a/-/a-1.0.0.tgz", {}, SHA],
    { origin: { kind: "registry", url: "https://r.example/a/-/a-1.0.0.tgz", host: "r.example" } },
  ],
  [
    "a registry by its address",
    ["a@1.0.0", "https://r.example/npm/", {}, SHA],
    { origin: { kind: "registry", host: "r.example" } },
  ],
  [
    "GitHub, with a short commit",
    ["a@github:o/a#0123456", {}, "o-a-0123456", SHA],
    { origin: { kind: "git", url: "git+https://github.com/o/a.git", host: "github.com", reference: "0123456" } },
  ],
  [
    "a repository",
    [`a@git+ssh://git@h.example/o/a.git#${COMMIT}`, {}, COMMIT],
    {
      origin: { kind: "git", url: "git+ssh://h.example/o/a.git", host: "h.example", commit: COMMIT },
      undigested: `pinned by git commit ${COMMIT}`,
    },
  ],
  [
    "a URL",
    ["a@https://h.example/a.tgz", {}, SHA],
    { origin: { kind: "url", url: "https://h.example/a.tgz", host: "h.example" } },
  ],
  [
    "a folder",
    ["a@file:./lib", {}],
    { origin: { kind: "directory", path: "lib" }, undigested: "a folder beside the project" },
  ],
  ["no hash", ["a@1.0.0", "", {}, ""], { undigested: "the lockfile states none" }],
];

for (const [name, row, expected] of ROWS) {
  test(`bun: a package from ${name}`, async () => {
    const inventory = await readFiles(readBunLock, LOCK, { [LOCK]: lock({ a: row }) });
    const [component] = inventory.components;
    assert.deepEqual(component, { ...component, ...expected });
    assert.deepEqual(inventory.root.dependsOn, ["a"]);
    assert.deepEqual(remarksOf(inventory), []);
    assert.deepEqual(faultsOf(inventory), []);
  });
}

test("bun: what is needed is found upwards, nearest first", async () => {
  const row = (name: string, needs: Readonly<Record<string, string>> = {}): readonly unknown[] => [
    name,
    "",
    { dependencies: needs },
    SHA,
  ];
  const inventory = await readFiles(readBunLock, LOCK, {
    [LOCK]: lock({
      a: row("a@1.0.0", { "@s/b": "1" }),
      c: row("c@1.0.0"),
      "a/@s/b": row("@s/b@1.0.0", { c: "2", d: "1" }),
      "a/c": row("c@2.0.0"),
      "a/@s/b/d": row("d@1.0.0", { c: "2" }),
    }),
  });
  assert.deepEqual(componentAt(inventory, "a/@s/b").dependsOn, ["a/c", "a/@s/b/d"]);
  assert.deepEqual(componentAt(inventory, "a/@s/b/d").dependsOn, ["a/c"]);
  assert.deepEqual(faultsOf(inventory), []);
});

test("bun: workspaces of version 0 have what they need in their row", async () => {
  const workspaces = { "": { name: "p", dependencies: { w: "workspace:*" } } };
  const packages = { w: ["w@workspace:w", { dependencies: { a: "1" } }], a: ["a@1.0.0", "", {}, SHA] };
  const text = JSON.stringify({ lockfileVersion: 0, workspaces, packages });
  const inventory = await readFiles(readBunLock, LOCK, { [LOCK]: text });
  assert.deepEqual(componentAt(inventory, "workspace:w").dependsOn, ["a"]);
});

test("bun: bundled packages, scoped overrides, peers and optional packages that are absent", async () => {
  const inventory = await readFiles(readBunLock, LOCK, {
    [LOCK]: lock(
      {
        a: [
          "a@1.0.0",
          "",
          { dependencies: { b: "1" }, peerDependencies: { x: "1" }, optionalDependencies: { y: "1" } },
          SHA,
        ],
        "a/b": ["b@1.0.0", "", { bundled: true }, SHA],
      },
      { overrides: { a: { ".": "1.0.0", b: "1.0.0" } } },
      3,
    ),
  });
  assert.deepEqual(remarksOf(inventory), []);
  assert.deepEqual(componentAt(inventory, "a/b").origin, { kind: "bundled", within: "a" });
  assert.equal(componentAt(inventory, "a/b").facts.patched, "overridden by the project (a>b: 1.0.0)");
  assert.equal(componentAt(inventory, "a").facts.patched, "overridden by the project (a: 1.0.0)");
});

test("bun: secrets and paths of this machine are left out", async () => {
  const inventory = await readFiles(readBunLock, LOCK, {
    [LOCK]: lock(
      {
        a: ["a@https://u:T0KEN@h.example/a.tgz?t=T0KEN", {}],
        b: ["b@file:/home/me/b", {}],
        c: ["c@1.0.0", "https://u:T0KEN@h.example/npm/", {}, SHA],
      },
      { overrides: { d: "https://u:T0KEN@h.example/d.tgz" } },
    ),
  });
  assert.doesNotMatch(JSON.stringify(inventory), /T0KEN|home/);
  assert.deepEqual(
    inventory.remarks.map(({ rule, subject }) => `${rule} ${subject}`),
    ["secret-removed p", "secret-removed a", "secret-removed c@1.0.0"],
  );
});

const WRONG: readonly (readonly [name: string, text: string, remark: string])[] = [
  [
    "a hash that is none",
    lock({ a: ["a@1.0.0", "", {}, "sha512-AA"] }),
    'integrity-malformed a@1.0.0: "sha512-AA" is no digest',
  ],
  [
    "a hash that is no text",
    lock({ a: ["a@1.0.0", "", {}, 3] }),
    "integrity-malformed a@1.0.0: its integrity is no text",
  ],
  ["a row that is none", lock({ a: {} }), "component-malformed a: its row says neither name nor version"],
  [
    "a version that is none",
    lock({ a: ["a@one", "", {}, SHA] }),
    "component-malformed a@one: its version is none that npm has",
  ],
  [
    "an impossible name",
    lock({ a: ["../a@1.0.0", "", {}, SHA] }),
    "component-malformed ../a@1.0.0: no npm package can have this name",
  ],
  [
    "the archive of another package",
    lock({ a: ["a@1.0.0", "https://r.example/evil/-/evil-1.0.0.tgz", {}, SHA] }),
    "component-malformed a@1.0.0: its address is that of another package, evil",
  ],
  [
    "an edge that leads nowhere",
    lock({ a: ["a@1.0.0", "", { dependencies: { b: "^2" } }, SHA] }),
    "inventory-incomplete a@1.0.0: asks for b@^2, which the lockfile does not have",
  ],
];

for (const [name, text, remark] of WRONG) {
  test(`bun: a remark about ${name}`, async () => {
    const inventory = await readFiles(readBunLock, LOCK, { [LOCK]: text });
    assert.ok(remarksOf(inventory).includes(remark), remarksOf(inventory).join("\n"));
    assert.ok(inventory.remarks.every(({ line }) => line !== undefined && line > 1));
    assert.equal(inventory.components.length, 1);
    assert.deepEqual(faultsOf(inventory), []);
  });
}

const REFUSED: readonly (readonly [name: string, path: string, text: string, code: string, hint: RegExp])[] = [
  ["a binary lockfile", "bun.lockb", "#!/usr/bin/env bun\nbun-lockfile-format-v0\n", "source-unsupported", /--save-text-lockfile/],
  ["a binary lockfile under another name", LOCK, "#!/usr/bin/env bun\nbun-lockfile-format-v0\n", "source-unsupported", /--save-text-lockfile/],
  ["an unknown version", LOCK, lock({}, {}, 4), "source-unsupported", /bun install/],
  ["a version that is a text", LOCK, lock({}, {}, "2"), "source-malformed", /^$/],
  ["packages that are a list", LOCK, lock({}, { packages: [] }), "source-malformed", /^$/],
  ["a key that appears twice", LOCK, '{"lockfileVersion":2,"packages":{"a":[],"a":[]}}', "source-malformed", /^$/],
  ["a comment that ends for some at a carriage return", LOCK, '{"lockfileVersion":1, // x\r"packages":{}\n}', "source-malformed", /^$/],
  ["a comment that ends for some at U+2028", LOCK, '{"lockfileVersion":1, // x\u2028"packages":{}\n}', "source-malformed", /^$/],
  ["a list", LOCK, "[]", "source-malformed", /^$/],
  ["nothing", LOCK, "", "source-malformed", /^$/],
]; // prettier-ignore

for (const [name, path, text, code, hint] of REFUSED) {
  test(`bun: refused is ${name}`, async () => {
    await assert.rejects(
      readFiles(readBunLock, path, { [path]: text }),
      (error) => error instanceof UserError && error.code === code && hint.test(error.hint ?? ""),
    );
  });
}

test("bun: commas before brackets and comments are read as the reader of settings reads them", () => {
  const piece = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"b,]"',
    '"//"',
    "1",
    "//x\n",
    "/*,*/",
    "/*",
    "/",
    "\n",
    " ",
    '"\\""',
  );
  const valueOf = (read: () => unknown): unknown => {
    try {
      return read();
    } catch {
      return "refused";
    }
  };
  const check = (text: string): void => {
    const ours = valueOf(() => JSON.parse(blankJsonc(text)));
    assert.deepEqual(
      ours,
      valueOf(() => parseJson(text, { source: "f", comments: true }).value),
      text,
    );
    assert.equal(blankJsonc(text).length, text.length);
  };
  for (const text of [
    '{"a": [1, 2,], }',
    '{"a": 1, // x\n}',
    "[1, /* , */ ]",
    "[,]",
    "{,}",
    "[1,,]",
    '{"a":,}',
    '"x,]"',
    "[1] // end",
  ])
    check(text);
  const pieces = fc.array(piece, { maxLength: 9 }).map((chosen) => chosen.join(""));
  fc.assert(
    fc.property(pieces, (inner) => check(`[${inner}]`)),
    { numRuns: 1500, seed: 4 },
  );
});

test("bun: damaged files are refused, or read with all that must hold", async () => {
  const text = readFileSync("fixtures/sbom/bun-mixed/bun.lock", "utf8");
  const manifest = readFileSync("fixtures/sbom/bun-mixed/package.json", "utf8");
  for (const broken of damaged(text, 240)) {
    const outcome = await outcomeOf(readFiles(readBunLock, LOCK, { [LOCK]: broken, "package.json": manifest }));
    if (typeof outcome === "string") assert.match(outcome, /^source-(?:malformed|unsupported)$/);
    else assert.deepEqual(faultsOf(outcome), []);
  }
});

test("bun: members of every wrong type are no crash", async () => {
  for (const value of [0, "x", [], {}, [[]], [{}], null, true, { a: { b: [] } }, { "": "x" }]) {
    const texts = [
      lock({ a: value }),
      lock({ a: ["a@1.0.0", value, value, value] }),
      lock({ a: ["a@1.0.0", "", { dependencies: value, bin: value, os: value, bundled: value }, SHA] }),
      ...["workspaces", "packages", "overrides", "patchedDependencies", "trustedDependencies", "catalogs"].map((name) =>
        lock({}, { [name]: value }),
      ),
      JSON.stringify(value),
    ];
    for (const text of texts) {
      const outcome = await outcomeOf(readFiles(readBunLock, LOCK, { [LOCK]: text }));
      if (typeof outcome !== "string") assert.deepEqual(faultsOf(outcome), []);
    }
  }
});
