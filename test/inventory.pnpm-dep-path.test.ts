// Keys and references of pnpm lockfiles, in the forms of each version.

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOfReference, parseDepPath, splitSuffix } from "../src/inventory/pnpm-dep-path.ts";
import type { PnpmFormat } from "../src/inventory/pnpm-dep-path.ts";

const KEYS: readonly (readonly [format: PnpmFormat, key: string, name: string | undefined, version: string | undefined, suffix: string])[] = [
  [5, "/a/1.0.0", "a", "1.0.0", ""],
  [5, "/@s/a/1.0.0-rc.1", "@s/a", "1.0.0-rc.1", ""],
  [5, "/a/1.0.0_react@18.0.0", "a", "1.0.0", "_react@18.0.0"],
  [5, "/@s/a/1.0.0_@babel+core@7.0.0+b@1.0.0", "@s/a", "1.0.0", "_@babel+core@7.0.0+b@1.0.0"],
  [5, "r.example/a/1.0.0", "a", "1.0.0", ""],
  [5, "github.com/o/a/0123456789abcdef0123456789abcdef01234567", undefined, undefined, ""],
  [5, "file:a.tgz", undefined, undefined, ""],
  [6, "/a@1.0.0", "a", "1.0.0", ""],
  [6, "/@s/a@1.0.0(b@1.0.0(c@2.0.0))(d@1.0.0)", "@s/a", "1.0.0", "(b@1.0.0(c@2.0.0))(d@1.0.0)"],
  [6, "r.example/@s/a@1.0.0", "@s/a", "1.0.0", ""],
  [6, "@h.example/a.tgz", undefined, undefined, ""],
  [6, "file:a.tgz", undefined, undefined, ""],
  [9, "a@1.0.0", "a", "1.0.0", ""],
  [9, "@s/a@1.0.0(b@1.0.0)", "@s/a", "1.0.0", "(b@1.0.0)"],
  [9, "a@1.0.0(patch_hash=ab)(b@1.0.0)", "a", "1.0.0", "(patch_hash=ab)(b@1.0.0)"],
  [9, "a@https://h.example/a.tgz", "a", "https://h.example/a.tgz", ""],
  [9, "node@runtime:22.0.0", "node", "runtime:22.0.0", ""],
  [9, "a", undefined, undefined, ""],
]; // prettier-ignore

for (const [format, key, name, version, suffix] of KEYS) {
  test(`pnpm ${format}: the parts of ${key}`, () => {
    const found = parseDepPath(key, format);
    assert.deepEqual({ name: found.name, version: found.version, suffix: found.suffix }, { name, version, suffix });
  });
}

const REFERENCES: readonly (readonly [format: PnpmFormat, name: string, reference: string, key: string | undefined])[] =
  [
    [5, "a", "1.0.0", "/a/1.0.0"],
    [5, "a", "1.0.0_b@1.0.0", "/a/1.0.0_b@1.0.0"],
    [5, "alias", "/a/1.0.0", "/a/1.0.0"],
    [5, "a", "r.example/a/1.0.0", "r.example/a/1.0.0"],
    [5, "a", "file:a.tgz", "file:a.tgz"],
    [5, "a", "link:../a", undefined],
    [6, "a", "1.0.0(@s/b@1.0.0)", "/a@1.0.0(@s/b@1.0.0)"],
    [6, "alias", "/@s/a@1.0.0(b@1.0.0)", "/@s/a@1.0.0(b@1.0.0)"],
    [6, "a", "@h.example/a.tgz", "@h.example/a.tgz"],
    [6, "a", "github.com/o/a/0123456", "github.com/o/a/0123456"],
    [9, "a", "1.0.0(@s/b@1.0.0)", "a@1.0.0(@s/b@1.0.0)"],
    [9, "alias", "a@1.0.0", "a@1.0.0"],
    [9, "alias", "@s/a@1.0.0(b@1.0.0)", "@s/a@1.0.0(b@1.0.0)"],
    [9, "a", "https://u@h.example/a.tgz", "a@https://u@h.example/a.tgz"],
    [9, "a", "git+ssh://git@h.example/o/a.git#main", "a@git+ssh://git@h.example/o/a.git#main"],
    [9, "a", "file:../a", "a@file:../a"],
    [9, "a", "link:../a", undefined],
  ];

for (const [format, name, reference, key] of REFERENCES) {
  test(`pnpm ${format}: ${name} with the reference ${reference}`, () => {
    assert.equal(keyOfReference(name, reference, format), key);
  });
}

test("pnpm: suffixes whose parentheses do not match are cut where they do", () => {
  assert.deepEqual(splitSuffix("a@1(b"), { body: "a@1(b", suffix: "" });
  assert.deepEqual(splitSuffix("a@1)b)"), { body: "a@1)b)", suffix: "" });
  assert.deepEqual(splitSuffix(""), { body: "", suffix: "" });
});
