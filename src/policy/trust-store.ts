// What `boltseal trust` remembers: files that the user read and vouched for, by real path and SHA-256.
// It is a grant, so it lies in the user's own folder, and a store that cannot be read is an error.
//
//   <user folder>/trusted.json   { "version": 1, "files": { "/real/path/boltseal.json": { "sha256": "hex" } } }

import { dirname, isAbsolute, join, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { realParentPath } from "../io/paths.ts";
import { malformed, membersOf, parseDocument, requiredMember, textOf } from "./place.ts";
import type { Place } from "./place.ts";
import { isNameTaken, isSymbolicLink, makeFolder, MAX_POLICY_BYTES, readNamedFile } from "./policy-files.ts";
import { realPathOf, refuseForeignWriters, sha256Of, writeNamedFile } from "./policy-files.ts";
import type { FileName } from "./policy-files.ts";

/** SHA-256 in lower-case hex, by real path. */
export type TrustStore = ReadonlyMap<string, string>;

/** Thousands of files; the store is the user's own, so this only bounds an accident. */
const MAX_STORE_BYTES = 8 * MAX_POLICY_BYTES;

function folderOf(userDir: string): FileName {
  return { path: userDir, shown: "the user's boltseal folder" };
}

function storeIn(userDir: string): FileName {
  return { path: join(userDir, "trusted.json"), shown: "trusted.json in the user's boltseal folder" };
}

/**
 * The store in the user's folder; empty when there is none.
 * @throws UserError when it is malformed, unreadable, or writable by others
 */
export function readTrustStore(userDir: string): TrustStore {
  const file = storeIn(userDir);
  if (!isNameTaken(file)) return new Map();
  refuseForeignWriters([file, folderOf(userDir)], "user");
  const root = parseDocument(readNamedFile(file, MAX_STORE_BYTES), file.shown, false);
  const members = membersOf(root, ["version", "files"]);
  const version = requiredMember(root, members, "version");
  if (version.value !== 1) throw malformed(version, "must be 1");
  const files = membersOf(requiredMember(root, members, "files"));
  return new Map([...files].map(([path, place]) => [path, readEntry(path, place)]));
}

function readEntry(path: string, place: Place): string {
  if (!isAbsolute(path)) throw malformed(place, "must be an absolute path");
  const sha256 = requiredMember(place, membersOf(place, ["sha256"]), "sha256");
  const text = textOf(sha256);
  if (!/^[0-9a-f]{64}$/.test(text)) throw malformed(sha256, "must be 64 lower-case hex digits");
  return text;
}

/**
 * Vouches for the file as it is now; any later change asks again.
 * @param path absolute, or relative to the working directory
 * @param limit bytes that the file may have
 * @returns what was remembered
 * @throws UserError when the file or the store cannot be read or written, or the file is a symbolic link
 */
export function trustFile(
  userDir: string,
  path: string,
  limit = MAX_POLICY_BYTES,
): { readonly path: string; readonly sha256: string } {
  const file = { path: resolve(path), shown: path };
  const sha256 = sha256Of(readNamedFile(file, limit));
  // A link in a hostile directory could lead to a policy that was trusted for another one.
  if (isSymbolicLink(file)) {
    throw new UserError("usage", `${path}: is a symbolic link`, { hint: "trust the file that it leads to" });
  }
  const realPath = realPathOf(file);
  rememberFile(userDir, realPath, sha256);
  return { path: realPath, sha256 };
}

/**
 * Vouches for these bytes under this path.
 * @param path absolute, without symbolic links
 * @param sha256 lower-case hex
 * @throws UserError when the store cannot be read or written
 */
export function rememberFile(userDir: string, path: string, sha256: string): void {
  writeTrustStore(userDir, new Map([...readTrustStore(userDir), [path, sha256]]));
}

/**
 * Takes a file's trust back, also of a file that is gone.
 * @returns false when it was not trusted
 * @throws UserError when the store cannot be read or written
 */
export function forgetFile(userDir: string, path: string): boolean {
  const file = resolve(path);
  const store = new Map(readTrustStore(userDir));
  const folderIsThere = isNameTaken({ path: dirname(file), shown: dirname(path) });
  if (!store.delete(folderIsThere ? realParentPath(file) : file)) return false;
  writeTrustStore(userDir, store);
  return true;
}

function writeTrustStore(userDir: string, store: TrustStore): void {
  makeFolder(folderOf(userDir));
  refuseForeignWriters([folderOf(userDir)], "user");
  const sorted = [...store].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const files = Object.fromEntries(sorted.map(([path, sha256]) => [path, { sha256 }]));
  writeNamedFile(storeIn(userDir), `${JSON.stringify({ version: 1, files }, null, 2)}\n`, 0o600);
}
