// A folder of the disk as the tree that readers look at. Nothing outside of it is opened: no link is followed, neither a
// file's own nor that of a folder above it inside the tree.

import { closeSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import type { Stats } from "node:fs";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { byCodeUnits } from "../core/order.ts";
import { openRegularFile, readError, readSmallFile, systemErrorCode } from "../io/files.ts";
import type { Tree, TreeEntry, TreeFile } from "./source.ts";

function typeOf(stats: Stats): TreeEntry["type"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  return stats.isSymbolicLink() ? "symlink" : "other";
}

/** The parts of a path of the tree. @throws UserError `input-missing` for one that is absolute or leads outside */
function partsOf(path: string): readonly string[] {
  const parts = path === "" ? [] : path.split("/");
  const strange = parts.some((part) => part === "" || part === "." || part === ".." || /[\0\\]/.test(part));
  if (strange) throw new UserError("input-missing", `${path}: not a path below the folder`);
  return parts;
}

/**
 * @param root the folder, without symbolic links in it that others could change (see `realPath`)
 * @param shownRoot how messages call it; empty for the working directory
 * @param named a file that the user called otherwise: by a link to it
 */
export function createDiskTree(
  root: string,
  shownRoot: string,
  named?: { readonly path: string; readonly shown: string },
): Tree {
  /** Folders inside the tree that were seen to be no links. */
  const plain = new Set<string>([""]);

  const statusOf = (path: string): Stats | undefined => {
    try {
      return lstatSync(join(root, path), { throwIfNoEntry: false });
    } catch (error) {
      if (systemErrorCode(error) === "ENOTDIR" || systemErrorCode(error) === "ENAMETOOLONG") return undefined;
      throw readError(shown(path), error);
    }
  };
  const shown = (path: string): string => {
    if (path === "") return shownRoot === "" ? "." : shownRoot;
    if (path === named?.path) return named.shown;
    return shownRoot === "" ? path : join(shownRoot, path);
  };
  /** True when every folder above the path is a folder of the tree itself. */
  const isInside = (path: string): boolean => {
    const parts = partsOf(path);
    for (let length = 1; length < parts.length; length++) {
      const folder = parts.slice(0, length).join("/");
      if (plain.has(folder)) continue;
      if (statusOf(folder)?.isDirectory() !== true) return false;
      plain.add(folder);
    }
    return true;
  };
  const entryAt = (path: string, name: string): TreeEntry | undefined => {
    const stats = statusOf(path);
    if (stats === undefined) return undefined;
    return { name, type: typeOf(stats), size: stats.size, mode: stats.mode & 0o7777 };
  };
  const entry = (path: string): TreeEntry | undefined =>
    isInside(path) ? entryAt(path, path.slice(path.lastIndexOf("/") + 1)) : undefined;
  const fullPath = (path: string): string => (path === "" ? root : join(root, path));
  /** The error in the words of the user, who did not write the full path. */
  const renamed = (path: string, error: unknown): unknown => {
    if (!(error instanceof UserError)) return error;
    const message = error.message.replace(fullPath(path), shown(path));
    return new UserError(error.code, message, {
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  };

  return {
    shown,
    entry,
    list(path) {
      if (entry(path)?.type !== "directory") return [];
      try {
        const names = readdirSync(fullPath(path)).toSorted(byCodeUnits);
        const below = path === "" ? "" : `${path}/`;
        // Names that are not UTF-8 cannot be asked for, or are taken for those of others: they are there all the same.
        return names.map(
          (name, index) =>
            (name === names[index - 1] ? undefined : entryAt(`${below}${name}`, name)) ?? {
              name,
              type: "other",
              size: 0,
              mode: 0,
            },
        );
      } catch (error) {
        throw readError(shown(path), error);
      }
    },
    link(path) {
      if (entry(path)?.type !== "symlink") return undefined;
      try {
        return readlinkSync(fullPath(path));
      } catch (error) {
        throw readError(shown(path), error);
      }
    },
    read(path, limit) {
      const found = entry(path);
      if (found === undefined) return undefined;
      if (found.type !== "file") throw new UserError("input-not-a-file", `${shown(path)}: is not a regular file`);
      try {
        return readSmallFile(fullPath(path), limit, { mayBeEmpty: true });
      } catch (error) {
        throw renamed(path, error);
      }
    },
    async open<T>(path: string, use: (file: TreeFile) => Promise<T>): Promise<T> {
      const found = entry(path);
      if (found === undefined) throw new UserError("input-missing", `${shown(path)}: no such file`);
      if (found.type !== "file") throw new UserError("input-not-a-file", `${shown(path)}: is not a regular file`);
      let file: TreeFile;
      try {
        file = openRegularFile(fullPath(path));
      } catch (error) {
        throw renamed(path, error);
      }
      try {
        return await use(file);
      } finally {
        closeSync(file.fd);
      }
    },
  };
}
