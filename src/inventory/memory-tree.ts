// A tree of the few files that were taken out of an archive, for readers that know folders only: the lockfile inside a
// package. Nothing of the disk is behind it.

import { UserError } from "../core/errors.ts";
import type { Tree, TreeEntry } from "./source.ts";

/**
 * @param files by name; there are no folders
 * @param shownRoot how messages call the archive
 */
export function createMemoryTree(files: ReadonlyMap<string, Uint8Array>, shownRoot: string): Tree {
  const shown = (path: string): string => (path === "" ? shownRoot : `${shownRoot}: ${path}`);
  const entryOf = (name: string, bytes: Uint8Array): TreeEntry => ({
    name,
    type: "file",
    size: bytes.length,
    mode: 0o644,
  });
  return {
    shown,
    entry(path) {
      if (path === "") return { name: "", type: "directory", size: 0, mode: 0o755 };
      const bytes = files.get(path);
      return bytes === undefined ? undefined : entryOf(path, bytes);
    },
    list: (path) =>
      path === "" ? [...files.keys()].toSorted().map((name) => entryOf(name, files.get(name) ?? new Uint8Array())) : [],
    link: () => undefined,
    read(path, limit) {
      const bytes = files.get(path);
      if (bytes === undefined) return undefined;
      if (bytes.length > limit) throw new UserError("input-too-large", `${shown(path)}: larger than ${limit} bytes`);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    },
    open: (path) => Promise.reject(new UserError("input-missing", `${shown(path)}: is no file of the disk`)),
  };
}
