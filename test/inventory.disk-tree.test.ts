// The tree that readers look at: nothing outside of it is reached, and no link is followed.

import { test } from "node:test";
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../src/core/errors.ts";
import { createDiskTree } from "../src/inventory/disk-tree.ts";
import type { Tree } from "../src/inventory/source.ts";

function inTree(action: (tree: Tree, top: string) => void | Promise<void>): () => Promise<void> {
  return async () => {
    const top = realpathSync(mkdtempSync(join(tmpdir(), "boltseal-tree-")));
    try {
      mkdirSync(join(top, "tree/sub"), { recursive: true });
      mkdirSync(join(top, "outside"));
      writeFileSync(join(top, "outside/secret"), "secret");
      writeFileSync(join(top, "tree/sub/file"), "content");
      writeFileSync(join(top, "tree/B"), "");
      symlinkSync("../outside", join(top, "tree/out"));
      symlinkSync("sub", join(top, "tree/in"));
      symlinkSync("sub/file", join(top, "tree/link"));
      await action(createDiskTree(join(top, "tree"), "shown"), top);
    } finally {
      rmSync(top, { recursive: true });
    }
  };
}

test(
  "tree: lists by name, and links as links",
  inTree((tree) => {
    const listed = tree.list("").map(({ name, type }) => `${name} ${type}`);
    assert.deepEqual(listed, ["B file", "in symlink", "link symlink", "out symlink", "sub directory"]);
    assert.equal(tree.link("link"), "sub/file");
    assert.equal(tree.link("sub"), undefined);
    assert.equal(tree.entry("sub/file")?.size, 7);
  }),
);

test(
  "tree: reads its own files, and says how they are called",
  inTree((tree) => {
    assert.equal(tree.read("sub/file", 100)?.toString(), "content");
    assert.equal(tree.read("B", 100)?.length, 0);
    assert.equal(tree.read("nothing", 100), undefined);
    assert.equal(tree.read("sub/file/below", 100), undefined);
    assert.equal(tree.shown("sub/file"), join("shown", "sub/file"));
    assert.equal(createDiskTree("/", "").shown(""), ".");
  }),
);

test(
  "tree: a name that is not UTF-8 is listed as something that cannot be read, beside one that looks like it",
  { skip: process.platform !== "linux" && "names are text there" },
  inTree((tree, top) => {
    const path = (name: Buffer): Buffer => Buffer.concat([Buffer.from(`${join(top, "tree/sub")}/`), name]);
    writeFileSync(path(Buffer.from("a\xff", "latin1")), "");
    writeFileSync(path(Buffer.from("b\xfe", "latin1")), "");
    writeFileSync(path(Buffer.from("b\ufffd")), "");
    const listed = tree.list("sub").map(({ name, type }) => `${name} ${type}`);
    assert.deepEqual(listed, ["a\ufffd other", "b\ufffd file", "b\ufffd other", "file file"]);
  }),
);

test(
  "tree: reaches nothing through a link, neither of a file nor of a folder",
  inTree(async (tree) => {
    for (const path of ["out/secret", "in/file"]) {
      assert.equal(tree.entry(path), undefined, path);
      assert.equal(tree.read(path, 100), undefined, path);
      await assert.rejects(
        tree.open(path, async () => Promise.resolve()),
        { code: "input-missing" },
      );
    }
    for (const path of ["out", "in"]) assert.deepEqual(tree.list(path), []);
    assert.throws(() => tree.read("link", 100), { code: "input-not-a-file" });
  }),
);

for (const path of [
  "../outside/secret",
  "/etc/passwd",
  "sub/../../outside/secret",
  "sub//file",
  "./sub",
  "sub\\file",
]) {
  test(
    `tree: ${path} is no path of it`,
    inTree((tree) => {
      assert.throws(() => tree.entry(path), { code: "input-missing" });
      assert.throws(() => tree.read(path, 100), { code: "input-missing" });
      assert.throws(() => tree.list(path), { code: "input-missing" });
    }),
  );
}

test(
  "tree: errors call the file as the user does",
  inTree((tree, top) => {
    chmodSync(join(top, "tree/sub/file"), 0o600);
    assert.throws(
      () => tree.read("sub/file", 3),
      (error) =>
        error instanceof UserError &&
        error.message.startsWith(join("shown", "sub/file")) &&
        !error.message.includes(top),
    );
  }),
);
