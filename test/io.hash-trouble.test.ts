// Files that cannot be hashed: changed while they are read, no regular files, or not to be read; and what happens to
// the second thread when anything fails.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  renameSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { UserError } from "../src/core/errors.ts";
import { openRegularFile } from "../src/io/files.ts";
import { hash, MIB, newPath, TWO_THREADS_FROM, writeNew } from "./support/hash-files.ts";
import { tool } from "./support/tools.ts";

const code =
  (wanted: string) =>
  (error: unknown): boolean =>
    error instanceof UserError && error.code === wanted;

const DISTURBANCES: Readonly<Record<string, (path: string, size: number) => void>> = {
  "grows by a byte": (path) => appendFileSync(path, "x"),
  "grows by more than a buffer": (path) => appendFileSync(path, Buffer.alloc(2 * MIB)),
  "loses a byte": (path, size) => truncateSync(path, size - 1),
  "is emptied": (path) => truncateSync(path, 0),
  "is emptied and written again": (path, size) => writeFileSync(path, Buffer.alloc(size, "y")),
  "is touched": (path) => utimesSync(path, 2000, 2000),
  "is replaced by another": (path, size) => {
    writeFileSync(`${path}.new`, Buffer.alloc(size, "y"));
    renameSync(`${path}.new`, path);
  },
};

for (const [what, disturb] of Object.entries(DISTURBANCES)) {
  for (const size of [100, 3 * MIB]) {
    test(`a file of ${size} bytes that ${what} while it is read is refused`, async () => {
      const path = writeNew(Buffer.alloc(size, "x"));
      // Times are kept in ticks of some milliseconds, and a replaced file is told by one of them alone.
      await new Promise((resolve) => setTimeout(resolve, 20));
      let done = false;
      const onProgress = (): void => {
        if (!done) disturb(path, size);
        done = true;
      };
      await assert.rejects(hash(path, [{ algorithm: "sha256" }], { onProgress }), code("input-changed"));
    });
  }
}

test("a file that grows for ever is refused, and not read for ever", async () => {
  const path = writeNew(Buffer.alloc(MIB, "x"));
  const onProgress = (): void => appendFileSync(path, Buffer.alloc(MIB));
  await assert.rejects(hash(path, [{ algorithm: "sha256" }], { onProgress }), code("input-changed"));
});

test("a copy that cannot be written is an error of its own", async () => {
  const path = writeNew(Buffer.alloc(100));
  const readOnly = openSync(path, "r");
  await assert.rejects(hash(path, [{ algorithm: "sha256" }], { copyTo: readOnly }), code("output-failed"));
  closeSync(readOnly);
});

test("an error thrown by whoever watches the progress comes through", async () => {
  const onProgress = (): void => {
    throw new Error("watcher");
  };
  for (const size of [100, 3 * MIB])
    await assert.rejects(hash(writeNew(Buffer.alloc(size)), [{ algorithm: "sha256" }], { onProgress }), /watcher/);
});

const oneProcessor = availableParallelism() < 2 ? "there is one processor, so no second thread" : false;

// The dearest group goes to the other thread, and of equals the first.
for (const [where, requests] of [
  ["in the second thread", ["nonsense", "sha256"]],
  ["in the first thread, while the second one runs", ["sha512", "nonsense"]],
] as const) {
  test(`a hash that does not exist fails ${where}, and nothing keeps running`, { skip: oneProcessor }, async () => {
    const path = writeNew(Buffer.alloc(0));
    truncateSync(path, TWO_THREADS_FROM);
    const asked = requests.map((algorithm) => ({ algorithm }));
    await assert.rejects(hash(path, asked), /Digest method not supported/);
    assert.ok(!process.getActiveResourcesInfo().includes("MessagePort"));
  });
}

test("a second thread is gone when the file was refused", { skip: oneProcessor }, async () => {
  const path = writeNew(Buffer.alloc(0));
  truncateSync(path, TWO_THREADS_FROM);
  const asked = [{ algorithm: "sha512" }, { algorithm: "sha256" }];
  const onProgress = (): void => utimesSync(path, 2000, 2000);
  await assert.rejects(hash(path, asked, { onProgress }), code("input-changed"));
  assert.ok(!process.getActiveResourcesInfo().includes("MessagePort"));
});

const asRoot = process.getuid?.() === 0 ? "root may read everything" : false;

test("what is no regular file, or not there, is refused by its code, and a FIFO does not block", () => {
  const at = (name: string): string => newPath(name);
  const link = (target: string, name: string): string => (symlinkSync(target, at(name)), at(name));
  mkdirSync(at("directory"));
  const refused: readonly (readonly [path: string, wanted: string])[] = [
    [at("directory"), "input-not-a-file"],
    ["/dev/null", "input-not-a-file"],
    [at("missing"), "input-missing"],
    [join(writeNew(Buffer.alloc(1)), "below-a-file"), "input-missing"],
    [at("x".repeat(300)), "input-missing"],
    [link("nowhere", "dangling"), "input-missing"],
    [link("circle", "circle"), "input-unreadable"],
    [link("directory", "to-directory"), "input-not-a-file"],
  ];
  for (const [path, wanted] of refused) assert.throws(() => openRegularFile(path), code(wanted), path);
});

test("a FIFO without a writer is refused at once", { skip: tool("mkfifo").skip }, () => {
  const path = newPath("fifo");
  execFileSync(tool("mkfifo").path, [path]);
  assert.throws(() => openRegularFile(path), code("input-not-a-file"));
});

test("a file that may not be read is refused", { skip: asRoot }, () => {
  const path = writeNew(Buffer.alloc(1));
  chmodSync(path, 0);
  assert.throws(() => openRegularFile(path), code("input-unreadable"));
});
