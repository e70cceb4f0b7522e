// What inventories say together: conflicts, missing and weak digests, deceiving names, emptiness.

import { test } from "node:test";
import assert from "node:assert/strict";
import type { Digest } from "../src/core/digest.ts";
import type { Component, Inventory } from "../src/core/inventory.ts";
import { examine } from "../src/inventory/examine.ts";

function digest(algorithm: "sha1" | "sha256" | "sha512", byte: string): Digest {
  const bytes = { sha1: 20, sha256: 32, sha512: 64 }[algorithm];
  return { algorithm, hex: byte.repeat(bytes), from: "declared" };
}

function component(key: string, rest: Partial<Component> = {}): Component {
  return {
    ...{ key, kind: "library", name: "b", version: "1.0.0", purl: "pkg:npm/b@1.0.0", location: key },
    ...{ digests: [], scope: "runtime", origin: { kind: "registry" }, facts: {} },
    ...rest,
  };
}

function inventory(components: readonly Component[], rest: Partial<Inventory> = {}): Inventory {
  const root = component("", { name: "root", kind: "application", origin: { kind: "workspace" } });
  return { path: "lock", root, components, completeness: "complete", remarks: [], skipped: [], ...rest };
}

const A512 = digest("sha512", "aa");
const B512 = digest("sha512", "bb");
const A1 = digest("sha1", "aa");
const file = (fileName: string, value: Digest) => ({ fileName, digests: [value] });

const CASES: readonly (readonly [sentence: string, components: readonly Component[], rules: readonly string[]])[] = [
  ["two copies that agree are fine", [component("x", { digests: [A512] }), component("y", { digests: [A512] })], []],
  [
    "two copies with other digests conflict",
    [component("x", { digests: [A512] }), component("y", { digests: [B512] })],
    ["integrity-conflict"],
  ],
  [
    "a weak digest that is the same does not hide a strong one that is not",
    [component("x", { digests: [A1, A512] }), component("y", { digests: [A1, B512] })],
    ["integrity-conflict"],
  ],
  [
    "digests of different algorithms cannot conflict",
    [component("x", { digests: [A1] }), component("y", { digests: [A512] })],
    ["integrity-weak"],
  ],
  [
    "a conflict shows through a copy between",
    [component("x", { digests: [A512] }), component("y", { digests: [A1] }), component("z", { digests: [A1, B512] })],
    ["integrity-weak", "integrity-conflict"],
  ],
  [
    "either of two digests is a conflict in itself",
    [component("x", { digests: [A512, B512] })],
    ["integrity-conflict"],
  ],
  [
    "two wheels of one version are two files",
    [component("x", { distributions: [file("a.whl", A512), file("b.whl", B512)] })],
    [],
  ],
  [
    "the same wheel with two digests conflicts",
    [
      component("x", { distributions: [file("a.whl", A512)] }),
      component("y", { distributions: [file("a.whl", B512)] }),
    ],
    ["integrity-conflict"],
  ],
  [
    "another version is another package",
    [
      component("x", { digests: [A512] }),
      component("y", { digests: [B512], purl: "pkg:npm/b@2.0.0", version: "2.0.0" }),
    ],
    [],
  ],
  [
    "the one file of a component must be what its digests say",
    [component("x", { digests: [A512], distributions: [file("b-1.0.0.tgz", B512)] })],
    ["integrity-conflict"],
  ],
  [
    "copies from two places that differ are told, too",
    [component("x", { digests: [A512] }), component("y", { digests: [B512], purl: "pkg:npm/b@1.0.0?download_url=x" })],
    ["integrity-conflict"],
  ],
  ["no digest from a registry is missing", [component("x")], ["integrity-missing"]],
  ["a full commit needs no digest", [component("x", { origin: { kind: "git", commit: "a".repeat(40) } })], []],
  ["a branch does", [component("x", { origin: { kind: "git", reference: "main" } })], ["integrity-missing"]],
  [
    "a workspace and what is bundled need none",
    [component("x", { origin: { kind: "workspace" } }), component("y", { origin: { kind: "bundled" } })],
    [],
  ],
  ["Go's own hash counts", [component("x", { facts: { goSum: "h1:x=" } })], []],
  ["SHA-1 alone is weak", [component("x", { digests: [A1] })], ["integrity-weak"]],
  [
    "a name that reverses what follows",
    [component("x", { digests: [A512], name: "a\u{202e}b" })],
    ["component-malformed"],
  ],
  [
    "a version that moves the cursor",
    [component("x", { digests: [A512], version: "1\u{1b}[2J" })],
    ["component-malformed"],
  ],
  ["a name that is empty", [component("x", { digests: [A512], name: " " })], ["component-malformed"]],
  ["no component at all", [], ["inventory-empty"]],
];

for (const [sentence, components, rules] of CASES) {
  test(`examine: ${sentence}`, () => {
    const remarks = examine([inventory(components)]);
    assert.deepEqual(
      remarks.map(({ rule }) => rule),
      rules,
    );
  });
}

test("examine: a conflict names both digests and both places", () => {
  const [remark] = examine([inventory([component("x", { digests: [A512] }), component("y", { digests: [B512] })])]);
  assert.deepEqual(
    [remark?.subject, remark?.expected, remark?.actual, remark?.message, remark?.path],
    ["b@1.0.0", `sha512:${A512.hex}`, `sha512:${B512.hex}`, "it has another sha512 than the copy at x", ["y"]],
  );
});

test("examine: copies in one tree with other files are told, those with the same are not", () => {
  const copy = (key: string, byte: string): Component =>
    component(key, {
      name: "b",
      purl: "pkg:npm/b@1.0.0",
      version: "1.0.0",
      location: key,
      digests: [],
      facts: { bundled: true, otherChecksums: [`files:sha256/${byte.repeat(64)}`] },
    });
  const found = examine([inventory([copy("x/b", "a"), copy("y/b", "a"), copy("z/b", "c")])]);
  assert.deepEqual(
    found.map(({ rule, level, message, path }) => [rule, level, message, path]),
    [["integrity-conflict", "warn", "it has other files than the copy at x/b", ["z/b"]]],
  );
});

test("examine: two sources that disagree conflict", () => {
  const one = inventory([component("x", { digests: [A512] })]);
  const other = inventory([component("x", { digests: [B512] })], { path: "other", digest: A512 });
  assert.deepEqual(
    examine([one, other]).map((remark) => [remark.rule, remark.message, remark.file]),
    [["integrity-conflict", "it has another sha512 than the copy at x in lock", "other"]],
  );
});

test("examine: what a reader said already is not said again", () => {
  const remarks = [{ rule: "integrity-missing", subject: "lock", message: "said" }] as const;
  assert.deepEqual(examine([inventory([component("x")], { remarks })]), []);
});

test("examine: copies of one purl reject, those of two places warn", () => {
  const other = "pkg:npm/b@1.0.0?download_url=x";
  const levels = [undefined, other].map((purl) => {
    const copy = component("y", { digests: [B512], ...(purl === undefined ? {} : { purl }) });
    return examine([inventory([component("x", { digests: [A512] }), copy])])[0]?.level;
  });
  assert.deepEqual(levels, [undefined, "warn"]);
});

test("examine: what a reader only warned of hides nothing that rejects", () => {
  const hostile = component("x", { digests: [A512], name: "a\u{202e}b" });
  const remarks = [
    { rule: "component-malformed", level: "warn", subject: "a\u{202e}b@1.0.0", message: "said" },
  ] as const;
  assert.deepEqual(
    examine([inventory([hostile], { remarks })]).map(({ rule }) => rule),
    ["component-malformed"],
  );
});

test("examine: a package is no empty source", () => {
  const root = component("", { digests: [A512] });
  assert.deepEqual(examine([inventory([], { root })]), []);
});
