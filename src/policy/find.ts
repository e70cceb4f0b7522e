// Where files with authority are looked for: the flag's, the machine's, the user's, and those of the project, upward
// from the working directory. The same for policies and for locks.

import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { PolicySource } from "../core/report.ts";
import { isNameTaken } from "./policy-files.ts";
import type { FileName } from "./policy-files.ts";

/** Directories are absolute. */
export interface SearchPlaces {
  readonly cwd: string;
  /** The file that a flag names, as given. */
  readonly flag?: string;
  readonly machineDir: string;
  readonly userDir: string;
  readonly home: string;
}

export interface FoundFile extends FileName {
  readonly level: PolicySource["level"];
}

/**
 * Files of this name, in order of authority. With a flag no project's are looked for, and the flag's file is listed
 * unseen, so that a missing one is an error.
 * @throws UserError when it cannot be told whether something is there
 */
export function findFiles(name: string, { cwd, flag, machineDir, userDir, home }: SearchPlaces): readonly FoundFile[] {
  const machine: FoundFile = { path: join(machineDir, name), shown: join(machineDir, name), level: "machine" };
  const user: FoundFile = { path: join(userDir, name), shown: shownToUser(userDir, home, name), level: "user" };
  const standing = [machine, user].filter(isNameTaken);
  if (flag !== undefined) return [{ path: resolve(cwd, flag), shown: flag, level: "flag" }, ...standing];
  return [...standing, ...findUpward(name, cwd)];
}

/**
 * Every file of this name in the working directory and above, up to the root of the file system, nearest first: one
 * in a subdirectory cannot hide the demands of those above it.
 */
function findUpward(name: string, cwd: string): readonly FoundFile[] {
  const found: FoundFile[] = [];
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    const path = join(directory, name);
    const file: FoundFile = { path, shown: relative(cwd, path).split(sep).join("/"), level: "project" };
    if (isNameTaken(file)) found.push(file);
    if (dirname(directory) === directory) return found;
  }
}

/** `~/…`; a folder elsewhere is not spelled out, because its path would differ from machine to machine. */
function shownToUser(userDir: string, home: string, name: string): string {
  const below = relative(home, userDir);
  const outside = isAbsolute(below) || below === ".." || below.startsWith(`..${sep}`);
  return outside ? `<user>/${name}` : ["~", ...below.split(sep), name].filter((part) => part !== "").join("/");
}
