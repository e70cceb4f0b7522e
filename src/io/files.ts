// Files: opened without blocking, checked to be regular, read within a limit, written by rename.
// Nothing else in the program opens a file.

import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { randomBytes } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { UserError } from "../core/errors.ts";
import type { ErrorCode } from "../core/errors.ts";

/** A regular file that is open for reading. */
export interface OpenFile {
  readonly fd: number;
  /** Bytes at the time of opening. */
  readonly size: number;
  readonly stats: Stats;
}

const READ_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ["input-missing", "no such file"],
  ENOTDIR: ["input-missing", "no such file: part of the path is not a directory"],
  EACCES: ["input-unreadable", "permission denied"],
  EPERM: ["input-unreadable", "operation not permitted"],
  EISDIR: ["input-not-a-file", "is a directory, not a file"],
  ELOOP: ["input-unreadable", "too many symbolic links"],
  ENAMETOOLONG: ["input-missing", "the name is too long"],
  ENXIO: ["input-not-a-file", "is not a regular file"],
  EIO: ["input-unreadable", "input/output error"],
};

/** The `code` of a system error, or undefined for anything else. A UserError has a code too, and is none. */
export function systemErrorCode(error: unknown): string | undefined {
  if (error instanceof UserError) return undefined;
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** A system error as one that a person can act on. Anything that is no system error is a bug and is thrown on. */
export function readError(path: string, error: unknown): UserError {
  const code = systemErrorCode(error);
  if (code === undefined) {
    if (error instanceof UserError) return error;
    throw error;
  }
  const known = READ_ERRORS[code] ?? (["input-unreadable", `cannot be read (${code})`] as const);
  return new UserError(known[0], `${path}: ${known[1]}`, { cause: error });
}

function whatItIs(stats: Stats): string {
  if (stats.isDirectory()) return "is a directory, not a file";
  if (stats.isFIFO()) return "is a named pipe (FIFO), not a file";
  if (stats.isSocket()) return "is a socket, not a file";
  return "is a device, not a file";
}

/**
 * Opens a regular file for reading; a FIFO without writer does not block.
 * @throws UserError `input-missing`, `input-unreadable`, `input-not-a-file`
 */
export function openRegularFile(path: string): OpenFile {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    throw readError(path, error);
  }
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile()) throw new UserError("input-not-a-file", `${path}: ${whatItIs(stats)}`);
    touched.add(identity(stats));
    return { fd, size: stats.size, stats };
  } catch (error) {
    closeSync(fd);
    throw readError(path, error);
  }
}

/**
 * The whole of a small regular file. Reads until the end, not until the size that was stated.
 * @param limit bytes; one more is an error
 * @throws UserError as `openRegularFile`, and `input-empty`, `input-too-large`
 */
export function readSmallFile(path: string, limit: number, options: { readonly mayBeEmpty?: boolean } = {}): Buffer {
  const file = openRegularFile(path);
  try {
    if (file.size > limit) throw tooLarge(path, limit);
    const bytes = Buffer.alloc(Math.min(limit, Math.max(file.size, 4096)) + 1);
    let length = 0;
    for (;;) {
      if (length === bytes.length) throw tooLarge(path, limit);
      const count = readSync(file.fd, bytes, length, bytes.length - length, null);
      if (count === 0) break;
      length += count;
    }
    if (length === 0 && options.mayBeEmpty !== true) throw new UserError("input-empty", `${path}: the file is empty`);
    return bytes.subarray(0, length);
  } catch (error) {
    throw readError(path, error);
  } finally {
    closeSync(file.fd);
  }
}

/** The first bytes of a regular file, at most `length`. @throws UserError as `openRegularFile` */
export function readStart(path: string, length: number): Buffer {
  const file = openRegularFile(path);
  try {
    const bytes = Buffer.alloc(length);
    let filled = 0;
    for (let count = 1; count > 0 && filled < length; filled += count) {
      count = readSync(file.fd, bytes, filled, length - filled, null);
    }
    return bytes.subarray(0, filled);
  } catch (error) {
    throw readError(path, error);
  } finally {
    closeSync(file.fd);
  }
}

function tooLarge(path: string, limit: number): UserError {
  return new UserError("input-too-large", `${path}: the file is larger than ${limit} bytes`);
}

/** Files that were read or written in this run: nothing is written over them. */
const touched = new Set<string>();

function identity({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

/** What stands under a name that is to be written, when it must stay: a device, a link, a folder, a file of this run. */
function reasonToKeep(path: string, overRead: boolean): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (stats.isSymbolicLink()) return "is a symbolic link";
  if (!stats.isFile()) return whatItIs(stats);
  return !overRead && touched.has(identity(stats)) ? "is one of the files of this run" : undefined;
}

/** A file that appears under its name only when `commit` is called. */
export interface AtomicFile {
  readonly fd: number;
  commit(): void;
  /** Removes what was written. Harmless after `commit`. */
  discard(): void;
}

export interface WriteOptions {
  /** The file is our own state, and was read in order to write it anew. */
  readonly overRead?: boolean;
}

/** Temporary files that must not outlive the process; `discardTemporaryFiles` is called when a signal ends it. */
const WRITE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "the folder for it does not exist",
  ENOTDIR: "the folder for it is a file",
  EACCES: "permission denied",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
  ENOSPC: "no space is left",
  EDQUOT: "the quota is used up",
};

function writeError(path: string, code: string, cause: unknown): UserError {
  const why = WRITE_ERRORS[code];
  const message = `${path}: cannot be written${why === undefined ? ` (${code})` : `: ${why}`}`;
  return new UserError("output-failed", message, { cause });
}

const temporary = new Set<string>();

export function discardTemporaryFiles(): void {
  for (const path of temporary) rmSync(path, { force: true });
  temporary.clear();
}

/**
 * Opens a new file beside `path` that replaces it on `commit`.
 * @param mode permission bits, applied whatever the umask allows at most
 * @throws UserError `output-failed`, also for a name that holds a device, a link, or a file of this run
 */
export function createAtomicFile(path: string, mode: number, options: WriteOptions = {}): AtomicFile {
  const hidden = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.part`);
  const refuse = (): void => {
    const reason = reasonToKeep(path, options.overRead === true);
    if (reason !== undefined) throw new UserError("output-failed", `${path}: ${reason}, and is not written over`);
  };
  const attempt = <T>(action: () => T): T => {
    try {
      refuse();
      return action();
    } catch (error) {
      discardOne(hidden);
      const code = systemErrorCode(error);
      if (code === undefined) throw error;
      throw writeError(path, code, error);
    }
  };
  const fd = attempt(() => openSync(hidden, "wx", mode));
  temporary.add(hidden);
  touched.add(identity(fstatSync(fd)));
  let open = true;
  const close = (): void => {
    if (open) closeSync(fd);
    open = false;
  };
  return {
    fd,
    commit: () =>
      attempt(() => {
        fsyncSync(fd);
        close();
        renameSync(hidden, path);
        temporary.delete(hidden);
      }),
    discard: () => {
      close();
      discardOne(hidden);
    },
  };
}

function discardOne(path: string): void {
  if (temporary.delete(path)) rmSync(path, { force: true });
}

/** Writes all of `data` at the descriptor's position. */
export function writeFully(fd: number, data: Uint8Array): void {
  for (let done = 0; done < data.length;) done += writeSync(fd, data, done);
}

/**
 * Writes a whole file by rename, so that readers see the old bytes or the new ones.
 * @throws UserError `output-failed`
 */
export function writeFileAtomically(
  path: string,
  data: string | Uint8Array,
  mode: number,
  options: WriteOptions = {},
): void {
  const file = createAtomicFile(path, mode, options);
  try {
    writeFully(file.fd, typeof data === "string" ? Buffer.from(data) : data);
    file.commit();
  } catch (error) {
    file.discard();
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw writeError(path, code, error);
  }
}

export type FileType = "file" | "directory" | "symbolic link" | "named pipe" | "socket" | "device";

/** Undefined where nothing has the name. @throws UserError `input-unreadable` */
export function fileTypeOf(path: string, options: { readonly followLinks?: boolean } = {}): FileType | undefined {
  let stats: Stats | undefined;
  try {
    const quiet = { throwIfNoEntry: false } as const;
    stats = options.followLinks === false ? lstatSync(path, quiet) : statSync(path, quiet);
  } catch (error) {
    const code = systemErrorCode(error);
    // A name that cannot be one: opening it says why.
    if (code === "ENOTDIR" || code === "ENAMETOOLONG" || code === "ELOOP") return undefined;
    throw readError(path, error);
  }
  if (stats === undefined) return undefined;
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "symbolic link";
  if (stats.isFIFO()) return "named pipe";
  return stats.isSocket() ? "socket" : "device";
}

/** Names in a folder. @throws UserError `input-missing`, `input-unreadable` */
export function listDirectory(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    throw readError(path, error);
  }
}
