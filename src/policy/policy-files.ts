// Policy files by two names: the path that opens them, and the one that messages show. Separate so that
// every error names the file as the report does, and never by another absolute path.

import { createHash } from "node:crypto";
import { UserError } from "../core/errors.ts";
import { readSmallFile, writeFileAtomically } from "../io/files.ts";
import { isThere, makePrivateDirectory, ownershipOf, realParentPath, realPath } from "../io/paths.ts";
import type { Ownership } from "../io/paths.ts";

/** Bytes that a policy or a signature of one may have. */
export const MAX_POLICY_BYTES = 1024 * 1024;

/** Where a file is, and how messages call it. */
export interface FileName {
  /** Absolute. */
  readonly path: string;
  readonly shown: string;
}

/** Runs an action on the file, and lets its errors name the file as it is shown. */
function named<Result>(file: FileName, action: (path: string) => Result): Result {
  try {
    return action(file.path);
  } catch (error) {
    if (!(error instanceof UserError) || !error.message.startsWith(file.path)) throw error;
    const message = file.shown + error.message.slice(file.path.length);
    throw new UserError(error.code, message, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}

/** @throws UserError for whatever is not a readable file of 1 to `limit` bytes, or of 0 where it may be empty */
export function readNamedFile(file: FileName, limit: number, options: { readonly mayBeEmpty?: boolean } = {}): Buffer {
  return named(file, (path) => readSmallFile(path, limit, options));
}

/** True when something has this name: what is there is never skipped. @throws UserError when that cannot be told */
export function isNameTaken(file: FileName): boolean {
  return named(file, isThere);
}

/** @throws UserError when it leads nowhere */
export function realPathOf(file: FileName): string {
  return named(file, realPath);
}

/** True when the file's own name is a symbolic link; links in the directories above do not matter. @throws UserError */
export function isSymbolicLink(file: FileName): boolean {
  return named(file, (path) => realPath(path) !== realParentPath(path));
}

/** Writes the whole file by rename, over what was read of it. @throws UserError `output-failed`, also for a link */
export function writeNamedFile(file: FileName, data: string, mode: number): void {
  named(file, (path) => writeFileAtomically(path, data, mode, { overRead: true }));
}

/** @throws UserError `output-failed` */
export function makeFolder(folder: FileName): void {
  named(folder, makePrivateDirectory);
}

/** Why others could have written what is there, or undefined. The machine's files must be root's. */
export function foreignWriter({ uid, own, mode }: Ownership, level: "machine" | "user"): string | undefined {
  if (level === "machine" && uid !== 0) return "belongs to another user than root";
  if (!own) return "belongs to somebody else";
  if ((mode & 0o022) !== 0) return "is writable by its group or by everybody";
  return undefined;
}

/**
 * Refuses files that others could have written, and directories in which they could have replaced them.
 * @throws UserError `policy-malformed`
 */
export function refuseForeignWriters(files: readonly FileName[], level: "machine" | "user"): void {
  for (const file of files) {
    const ownership = named(file, ownershipOf);
    const problem = ownership === undefined ? undefined : foreignWriter(ownership, level);
    if (problem === undefined) continue;
    const hint = level === "machine" ? "it must belong to root, and chmod go-w" : "chmod go-w";
    throw new UserError("policy-malformed", `${file.shown}: ${problem}, so nobody knows who wrote it`, { hint });
  }
}

/** SHA-256 of bytes, lower-case hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
