// What npm would run at an installation, and what a package.json says of its package.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { JsonObject } from "../src/core/json-value.ts";
import { npmPurl } from "../src/core/purl.ts";
import { plainPurl } from "../src/inventory/npm-component.ts";
import {
  commandFiles,
  hostedUrl,
  manifestFacts,
  manifestStatements,
  overriddenNames,
} from "../src/inventory/npm-manifest.ts";
import { installScripts } from "../src/inventory/npm-scripts.ts";

const GYP = Buffer.from("{}");
const ALL = { preinstall: "a", install: "b", postinstall: "c", prepare: "d", prepublish: "e", test: "f" };

const SCRIPTS: readonly (readonly [what: string, manifest: JsonObject, gyp: boolean, built: boolean, names: string])[] =
  [
    ["a dependency: three kinds, in their order", { scripts: ALL }, false, false, "preinstall install postinstall"],
    [
      "what is built where it lies: its preparation too",
      { scripts: ALL },
      false,
      true,
      "preinstall install postinstall prepublish prepare",
    ],
    ["binding.gyp alone", {}, true, false, "node-gyp"],
    ["binding.gyp and postinstall", { scripts: { postinstall: "c" } }, true, false, "node-gyp postinstall"],
    ["binding.gyp and install", { scripts: { install: "b" } }, true, false, "install"],
    ["binding.gyp and preinstall", { scripts: { preinstall: "a" } }, true, false, "preinstall"],
    ["binding.gyp that the manifest refuses", { gypfile: false }, true, false, ""],
    ["binding.gyp beside an empty install", { scripts: { install: "" } }, true, false, "node-gyp"],
    ["scripts that are no text", { scripts: { install: ["rm"], postinstall: 1 } }, false, false, ""],
    ["scripts that are no object", { scripts: "rm" }, false, false, ""],
  ];

for (const [what, manifest, gyp, built, names] of SCRIPTS) {
  test(`npm-scripts: ${what}`, () => {
    const scripts = installScripts(manifest, { built, bindingGyp: gyp ? GYP : undefined });
    assert.equal(scripts.map(({ name }) => name).join(" "), names);
  });
}

test("npm-scripts: the digest is that of the body, or of binding.gyp", () => {
  const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
  assert.deepEqual(installScripts({ scripts: { install: "node ü.js" } }, {}), [
    { name: "install", sha256: sha256("node ü.js") },
  ]);
  assert.deepEqual(installScripts({}, { bindingGyp: GYP }), [{ name: "node-gyp", sha256: sha256(GYP) }]);
});

test("npm-manifest: facts of every form that npm has had", () => {
  const manifest = {
    bin: "cli.js",
    os: "linux",
    cpu: ["x64", 5],
    engines: { node: ">=20", npm: 3 },
    private: true,
    deprecated: true,
  };
  assert.deepEqual(manifestFacts(manifest, "@acme/tool"), {
    commands: ["tool"],
    os: ["linux"],
    cpu: ["x64"],
    engines: ["node >=20"],
    deprecated: "",
    private: true,
  });
  assert.deepEqual(manifestFacts({ bin: { a: "a.js", b: 1 }, engines: ["node >= 0.6"], deprecated: "old" }, "x"), {
    commands: ["a"],
    engines: ["node >= 0.6"],
    deprecated: "old",
  });
  assert.deepEqual(commandFiles({ bin: { a: "./a.js", b: 1 } }), ["./a.js"]);
});

const STATEMENTS: readonly (readonly [what: string, manifest: JsonObject, expected: object | undefined])[] = [
  ["nothing", {}, undefined],
  ["texts of the wrong type", { description: 1, author: 2, homepage: [], license: false }, undefined],
  [
    "an author as an object",
    { author: { name: "Ann", email: "ann@acme.example", url: "https://acme.example" } },
    { author: "Ann <ann@acme.example> (https://acme.example)" },
  ],
  [
    "an author whose address holds a password",
    { author: "Ann (https://ann:secret@acme.example/)" },
    { author: "Ann (https://acme.example/)" },
  ],
  ["a repository as a shorthand", { repository: "acme/tool" }, { repository: "git+https://github.com/acme/tool.git" }],
  [
    "a repository of another service",
    { repository: "gitlab:acme/group/tool" },
    { repository: "git+https://gitlab.com/acme/group/tool.git" },
  ],
  [
    "a repository with a token",
    { repository: { url: "git+https://token@git.example/x.git" } },
    { repository: "git+https://git.example/x.git" },
  ],
  ["a repository that is a path", { repository: "../x" }, undefined],
  [
    "bugs as an object",
    { bugs: { url: "https://acme.example/bugs", email: "x" } },
    { issues: "https://acme.example/bugs" },
  ],
  ["a license of old", { licenses: [{ type: "MIT" }, { type: "BSD-2-Clause" }] }, { license: "(MIT OR BSD-2-Clause)" }],
  ["a license as an object", { license: { type: "ISC", url: "x" } }, { license: "ISC" }],
];

for (const [what, manifest, expected] of STATEMENTS) {
  test(`npm-manifest: statements: ${what}`, () => assert.deepEqual(manifestStatements(manifest), expected));
}

test("npm-manifest: only shorthands of known services are URLs", () => {
  for (const text of ["", "tool", "evil:a/b", "a/../b", "constructor:a/b", "a b/c", "/a/b"])
    assert.equal(hostedUrl(text), undefined, text);
});

test("npm-manifest: overrides are found at every depth", () => {
  const overrides = { a: "1", "b@^2": { c: "3", ".": "2.1.0", d: { e: "1" } }, "@x/y@1": "2" };
  assert.deepEqual([...overriddenNames({ overrides })].toSorted(), ["@x/y", "a", "b", "c", "e"]);
});

test("npm-component: the short way to a purl ends where the long one does", () => {
  for (const name of ["a", "@acme/b", "JSONStream", "a.b_c~d-e", "@A.b/_c"]) {
    for (const version of [undefined, "1.0.0", "1.0.0-rc.1+build.5", "2"]) {
      assert.equal(plainPurl(name, version), npmPurl(name, version));
    }
  }
});
