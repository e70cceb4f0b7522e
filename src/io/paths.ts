// Facts about paths, without opening what they name: is something there, where does it lead, whose is it.

import { lstatSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { platform, userInfo } from "node:os";
import { basename, dirname, join } from "node:path";
import { UserError } from "../core/errors.ts";
import { readError, systemErrorCode } from "./files.ts";

/**
 * True when something has this name, be it a directory or a dangling link.
 * @throws UserError when that cannot be told
 */
export function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw readError(path, error);
  }
}

/** The path without symbolic links. @throws UserError when it leads nowhere */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw readError(path, error);
  }
}

/** The path with the links of its directory resolved, and not its own. @throws UserError when the directory leads nowhere */
export function realParentPath(path: string): string {
  return join(realPath(dirname(path)), basename(path));
}

/** Owner and permission bits, of what a link leads to. */
export interface Ownership {
  readonly uid: number;
  /** It belongs to the user who runs the program, or to root. */
  readonly own: boolean;
  readonly mode: number;
}

/** Undefined on Windows, where owner and permission bits say nothing. @throws UserError */
export function ownershipOf(path: string): Ownership | undefined {
  if (platform() === "win32") return undefined;
  try {
    const { uid, mode } = statSync(path);
    return { uid, mode, own: uid === 0 || uid === userInfo().uid };
  } catch (error) {
    throw readError(path, error);
  }
}

/** Makes a directory, and what is missing above it, for the user alone (mode 0700). @throws UserError `output-failed` */
export function makePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === undefined) throw cause;
    throw new UserError("output-failed", `${path}: the directory cannot be made (${code})`, { cause });
  }
}
