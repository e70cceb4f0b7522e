// Addresses and references of pnpm, yarn and bun lockfiles: where they lead, and what of them may be published.

import assert from "node:assert/strict";
import { test } from "node:test";
import { archiveOrigin, gitOrigin, publicReference } from "../src/inventory/lock-origin.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

const REFERENCES: readonly (readonly [text: string, shown: string, redacted?: true])[] = [
  ["ms@npm:2.0.0", "ms@npm:2.0.0"],
  ["@a/b@npm:^1 || ^2", "@a/b@npm:^1 || ^2"],
  ["/ms@2.0.0(b@1.0.0)", "/ms@2.0.0(b@1.0.0)"],
  ["a@https://user:tok@h.example/x.tgz?t=1", "a@https://h.example/x.tgz", true],
  ["a@1.0.0(b@https://u:p@h.example/x.tgz)(c@1.0.0)", "a@1.0.0(b@https://h.example/x.tgz)(c@1.0.0)", true],
  [`a@git+ssh://git@h.example/u/r.git#${COMMIT}`, `a@git+ssh://h.example/u/r.git#${COMMIT}`],
  [`a@git@h.example:u/r.git#commit=${COMMIT}`, `a@ssh://h.example/u/r.git#${COMMIT}`],
  ["a@git+https://tok@h.example/u/r.git#main", "a@git+https://h.example/u/r.git", true],
  ["a@file:/home/me/x.tgz", "a@file:…"],
  ["a@file:///home/me/x y.tgz", "a@file:…"],
  ["a@file:~/x.tgz", "a@file:…"],
  [String.raw`a@link:C:\Users\me`, "a@link:…"],
  ["a@file:../x", "a@file:../x"],
  ["a@patch:a@npm%3A1.0.0#~/.yarn/patches/a.patch::version=1.0.0", "a@patch:a@npm%3A1.0.0#~/.yarn/patches/a.patch::version=1.0.0"],
  ["a@patch:a@https%3A%2F%2Fu%3Ap%40h.example%2Fx.tgz#/home/me/a.patch", "a@patch:a@https%3A%2F%2Fh.example%2Fx.tgz#…", true],
  ["a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fr.example%2Fa.tgz%3Ftoken%3Dx", "a@npm:1.0.0::__archiveUrl=https%3A%2F%2Fr.example%2Fa.tgz", true],
  [`a@https://${"x".repeat(20_000)}`, "…"],
]; // prettier-ignore

for (const [text, shown, redacted = false] of REFERENCES) {
  test(`what may be told of ${text.slice(0, 80)}`, () => {
    assert.deepEqual(publicReference(text), { text: shown, redacted });
  });
}

test("archives: of a commit, of a registry, of a URL", () => {
  const kindOf = (text: string): string | undefined => archiveOrigin(text)?.origin.kind;
  assert.equal(kindOf(`https://codeload.github.com/o/r/tar.gz/${COMMIT}`), "git");
  assert.equal(kindOf(`https://h.example/o/r/archive/${COMMIT}.tar.gz`), "git");
  assert.equal(kindOf(`https://h.example/o/r/-/archive/${COMMIT}/${COMMIT}.tar.gz`), "git");
  assert.equal(kindOf(`https://h.example/o/r/${COMMIT}.tar.gz`), "url");
  assert.equal(kindOf("https://r.example/@s%2fa/-/a-1.0.0.tgz"), "registry");
  assert.equal(kindOf("https://r.example/a.tgz"), "url");
  assert.equal(kindOf("file:a.tgz"), undefined);
  const asked = archiveOrigin(`https://h.example/api/projects/1/repository/archive.tar.gz?ref=${COMMIT}`);
  assert.deepEqual([asked?.origin.kind, asked?.redacted], ["git", false]);
});

test("repositories: only a full commit pins, and what is no reference is not told", () => {
  assert.deepEqual(gitOrigin(`github:o/r#${COMMIT}`)?.origin, {
    kind: "git",
    url: "git+https://github.com/o/r.git",
    host: "github.com",
    commit: COMMIT,
  });
  assert.deepEqual(gitOrigin("git+https://h.example/r.git#v1.0.0")?.origin, {
    kind: "git",
    url: "git+https://h.example/r.git",
    host: "h.example",
    reference: "v1.0.0",
  });
  assert.deepEqual(gitOrigin("git+https://h.example/r.git#a?token=b")?.origin, {
    kind: "git",
    url: "git+https://h.example/r.git",
    host: "h.example",
  });
});
