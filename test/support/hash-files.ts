// Files that a test makes, hashes and throws away.

import { after } from "node:test";
import { closeSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HashRequest } from "../../src/core/hash-set.ts";
import { openRegularFile } from "../../src/io/files.ts";
import { hashFile } from "../../src/io/hash.ts";
import type { ReadOptions, ReadResult } from "../../src/io/hash.ts";

export const MIB = 1024 * 1024;
/** From this size on, a second thread takes part (bytes). */
export const TWO_THREADS_FROM = 48 * MIB;

const folder = mkdtempSync(join(tmpdir(), "boltseal-hash-"));
after(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;

/** A path in a temporary folder that does not exist yet, with that name or a new one. */
export function newPath(name = `${files++}`): string {
  return join(folder, name);
}

/** A new file with these bytes, whose time of writing is long past, so that any later write changes it. */
export function writeNew(bytes: Uint8Array): string {
  const path = newPath();
  writeFileSync(path, bytes);
  utimesSync(path, 1000, 1000);
  return path;
}

/** Opens and hashes as the program does. */
export async function hash(
  path: string,
  requests: readonly HashRequest[],
  options: Partial<ReadOptions> = {},
): Promise<ReadResult> {
  const file = openRegularFile(path);
  try {
    return await hashFile(file, requests, { path, ...options });
  } finally {
    closeSync(file.fd);
  }
}
