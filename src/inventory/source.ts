// The contract of an inventory source: one file here reads one kind of lockfile, folder, package or SBOM.
//
// A reader executes nothing, opens no socket, and looks at nothing outside its tree. It gets hostile input: it throws a
// UserError (`source-malformed`, with file and line) for what it cannot read at all, and answers with remarks for what
// is wrong with a part, so that nothing is left out silently. Nothing is merged: every node of the source is a component.

import type { FileKind } from "../io/archive-kind.ts";
import type { Inventory } from "../core/inventory.ts";

export interface TreeEntry {
  /** Name in its folder. */
  readonly name: string;
  /** By lstat: a link is a link. `other` is a device or pipe, and what has a name that cannot be read. */
  readonly type: "file" | "directory" | "symlink" | "other";
  /** Bytes. */
  readonly size: number;
  /** Unix permission bits. */
  readonly mode: number;
}

/** A file that is open, to be read by position. */
export interface TreeFile {
  readonly fd: number;
  /** Bytes. */
  readonly size: number;
}

/** The files that a reader may look at. Paths are relative to the tree, with `/`; one that leads outside is refused. */
export interface Tree {
  /** How messages call a path below the tree: as the user named the tree, never more of an absolute path than that. */
  shown(path: string): string;
  /** What stands there, by lstat, or undefined. */
  entry(path: string): TreeEntry | undefined;
  /** Sorted by name (UTF-16 order); empty where there is no folder. Links are not followed. */
  list(path: string): readonly TreeEntry[];
  /** Where a symbolic link leads, as written, or undefined when it is none. */
  link(path: string): string | undefined;
  /**
   * The bytes of a regular file, or undefined where there is none.
   * @param limit bytes; a larger file is an error
   * @throws UserError `input-too-large`, `input-unreadable`, `input-not-a-file`
   */
  read(path: string, limit: number): Buffer | undefined;
  /** Calls `use` with the open file and closes it. @throws UserError as `read`, and `input-missing` */
  open<T>(path: string, use: (file: TreeFile) => Promise<T>): Promise<T>;
}

export interface SourceInput {
  readonly tree: Tree;
  /** The file in the tree, or `""` when the source is the whole folder. */
  readonly path: string;
}

/** @throws UserError `source-malformed`, `source-unsupported`, and for files that cannot be read */
export type ReadSource = (input: SourceInput) => Promise<Inventory>;

/** A line of the table in sources.ts. What is here is needed to tell sources apart; the reader is loaded when it is used. */
export interface Source {
  /** For messages and help: `npm lockfile`. */
  readonly title: string;
  /** Names of files that are of this kind, whole and as they are written. */
  readonly names?: RegExp;
  /** Kinds of file by their first bytes. */
  readonly content?: readonly FileKind[];
  /** True for the first bytes (up to 4 KiB) of a file of this kind, whatever it is called. */
  readonly head?: (head: string) => boolean;
  /** True for a folder that is one, by the names in it. */
  readonly folder?: (names: ReadonlySet<string>) => boolean;
  load(): Promise<ReadSource>;
}
