// The files that Python packages are looked for in: those of a folder of the disk, or of an archive. Readers of
// installed packages see only this, so that a bundle's libraries are judged as those of an environment are.

import { readSync } from "node:fs";
import { UserError } from "../core/errors.ts";
import { examineContent } from "../io/archive-examine.ts";
import type { ContentAlgorithm, FileContent } from "../io/archive-examine.ts";
import { readError } from "../io/files.ts";
import type { PackageArchive } from "./package-archive.ts";
import type { Tree } from "./source.ts";

export interface PythonFile {
  /** Bytes. */
  readonly size: number;
  readonly mode: number;
  /** A link, a device or pipe, or a name that no tree has: what is behind it is not looked at. */
  readonly closed?: true;
}

export interface PythonFiles {
  /** How messages call a path. */
  shown(path: string): string;
  /** What stands there; links and folders are neither a file nor absent. */
  look(path: string): PythonFile | "absent" | "no file";
  /** The files below a folder (`""`: all) by path, and what is closed, of which some may be folders. */
  list(folder: string): ReadonlyMap<string, PythonFile>;
  /** A small file, or undefined when it is absent, no file, or larger than the limit (bytes). */
  read(path: string, limit: number): Uint8Array | undefined;
  /** SHA-256 and, where it can be had, this algorithm; only of files that `look` gave. */
  content(path: string, algorithm: ContentAlgorithm): Promise<FileContent>;
}

/** A folder with more files is no environment of Python. */
const MAX_FILES = 1_000_000;
const CHUNK = 1 << 20;

/** Files of a tree; listed and hashed when they are asked for. */
export function filesOfTree(tree: Tree): PythonFiles {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  const look: PythonFiles["look"] = (path) => {
    const entry = tree.entry(path);
    if (entry === undefined) return "absent";
    return entry.type === "file" ? { size: entry.size, mode: entry.mode } : "no file";
  };
  return {
    shown: tree.shown,
    look,
    list: (folder) => listTree(tree, folder),
    read(path, limit) {
      const found = look(path);
      return typeof found === "string" || found.size > limit ? undefined : tree.read(path, limit);
    },
    content: (path, algorithm) =>
      // Nothing is awaited inside, so one buffer is enough.
      tree.open(path, async ({ fd, size }) => {
        const examination = examineContent(algorithm === "sha256" ? ["sha256"] : ["sha256", algorithm]);
        let done = 0;
        for (;;) {
          const count = readChunk(fd, buffer, done, tree.shown(path));
          if (count === 0) break;
          done += count;
          if (done > size) break;
          examination.update(buffer.subarray(0, count));
        }
        if (done !== size) {
          throw new UserError("input-changed", `${tree.shown(path)}: the file changed while it was being read`);
        }
        return Promise.resolve(examination.finish());
      }),
  };
}

function readChunk(fd: number, buffer: Buffer, position: number, shown: string): number {
  try {
    return readSync(fd, buffer, 0, buffer.length, position);
  } catch (error) {
    throw readError(shown, error);
  }
}

function listTree(tree: Tree, folder: string): ReadonlyMap<string, PythonFile> {
  const files = new Map<string, PythonFile>();
  const open = [folder];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    for (const { name, type, size, mode } of tree.list(path)) {
      const inside = path === "" ? name : `${path}/${name}`;
      // A tree refuses such names.
      const closed = /[\\\0]/.test(name) || (type !== "file" && type !== "directory");
      if (type === "directory" && !closed) open.push(inside);
      else files.set(inside, { size, mode, ...(closed ? { closed } : {}) });
      if (files.size > MAX_FILES || open.length > MAX_FILES) {
        throw new UserError("source-unsupported", `${tree.shown(folder)}: it has more than ${MAX_FILES} files`);
      }
    }
  }
  return files;
}

/** Files of an archive, whose hashes are known. */
export function filesOfArchive({ files, entries, contents, shown }: PackageArchive): PythonFiles {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const others = new Set(entries.filter(({ type }) => type !== "file").map(({ name }) => name));
  return {
    shown: (path) => (path === "" ? shown : `${shown}: ${path}`),
    look: (path) => byPath.get(path) ?? (others.has(path) ? "no file" : "absent"),
    list: (folder) => (folder === "" ? byPath : new Map([...byPath].filter(([path]) => path.startsWith(`${folder}/`)))),
    read(path, limit) {
      const bytes = contents.get(path);
      return bytes === undefined || bytes.length > limit ? undefined : bytes;
    },
    content(path) {
      const file = byPath.get(path);
      return file === undefined
        ? Promise.reject(new UserError("input-missing", `${shown}: ${path}: no such file`))
        : Promise.resolve(file.content);
    },
  };
}

/** True for a name that Python runs at every start, when it lies in a folder of installed packages. */
export function runsAtStart(path: string): boolean {
  return /(?:^|\/)(?:[^/]+\.pth|(?:site|user)customize(?:\/__init__)?\.pyc?)$/.test(path);
}
