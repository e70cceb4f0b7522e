// Archives that a test makes and reads back, each from a file of its own.

import { after, test } from "node:test";
import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ArchiveAnswer, ArchiveEntry, ArchiveFile, RefusalKind, Wanted } from "../../src/io/archive.ts";
import { openRegularFile } from "../../src/io/files.ts";
import { readTarball } from "../../src/io/tar.ts";
import type { TarballOptions, TarEntry } from "../../src/io/tar.ts";
import { readZip } from "../../src/io/zip.ts";
import type { ZipEntry, ZipOptions } from "../../src/io/zip.ts";

/** A folder that is gone when the tests of the file are done. */
export const folder = mkdtempSync(join(tmpdir(), "boltseal-archive-"));
after(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;

/** Writes the bytes to a new file, and returns its path. */
export function writeArchive(bytes: Uint8Array, name = `archive-${files++}`): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

async function withFile<T>(path: string, use: (file: ArchiveFile) => Promise<T>): Promise<T> {
  const file = openRegularFile(path);
  try {
    return await use(file);
  } finally {
    closeSync(file.fd);
  }
}

const everything: Wanted = () => 1 << 20;

/** Reads a zip archive and keeps all files of up to a mebibyte. */
export function readZipFile(path: string, options: Partial<ZipOptions> = {}): Promise<ArchiveAnswer<ZipEntry>> {
  return withFile(path, (file) => readZip(file, { path, wanted: everything, ...options }));
}

/** Reads a tarball likewise. */
export function readTarballFile(path: string, options: Partial<TarballOptions> = {}): Promise<ArchiveAnswer<TarEntry>> {
  return withFile(path, (file) => readTarball(file, { path, wanted: everything, ...options }));
}

export function readZipBytes(bytes: Uint8Array, options: Partial<ZipOptions> = {}): Promise<ArchiveAnswer<ZipEntry>> {
  return readZipFile(writeArchive(bytes), options);
}

export function readTarballBytes(
  bytes: Uint8Array,
  options: Partial<TarballOptions> = {},
): Promise<ArchiveAnswer<TarEntry>> {
  return readTarballFile(writeArchive(bytes), options);
}

/** The files of an answer that is ok, as text by name. */
export function filesOf(answer: ArchiveAnswer<ArchiveEntry>): Readonly<Record<string, string>> {
  if (!answer.ok) throw new Error(`${answer.kind}: ${answer.reason}`);
  return Object.fromEntries([...answer.contents].map(([name, bytes]) => [name, Buffer.from(bytes).toString()]));
}

/** An archive that breaks one rule, and how it is refused. */
export type RefusedRow = readonly [what: string, bytes: Uint8Array, reason: RegExp];

/** One test for each row: the answer is of that kind, for that reason. */
export function testRefused(
  read: (bytes: Uint8Array) => Promise<ArchiveAnswer<ArchiveEntry>>,
  kind: RefusalKind,
  archiveWith: string,
  rows: readonly RefusedRow[],
): void {
  for (const [what, bytes, reason] of rows) {
    test(`${archiveWith} ${what} is ${kind}`, async () => {
      const answer = await read(bytes);
      assert.ok(!answer.ok, "it was read");
      assert.match(answer.reason, reason);
      assert.equal(answer.kind, kind);
    });
  }
}

/** A file whose bytes change one at a time, and are put back: for trying thousands of changes. */
export function openMutable(bytes: Uint8Array): {
  readonly file: ArchiveFile;
  readonly path: string;
  readonly set: (at: number, value: number) => void;
  readonly close: () => void;
} {
  const path = writeArchive(bytes);
  const fd = openSync(path, "r+");
  return {
    file: { fd, size: bytes.length },
    path,
    set: (at, value) => void writeSync(fd, Uint8Array.of(value), 0, 1, at),
    close: () => closeSync(fd),
  };
}
