// Names of entries: which may stand in an archive at all, and which may stand there together. Whatever a program
// extracts it with, and to whatever file system, an archive that passes gives the same files.

import { createHash } from "node:crypto";
import { malformed, unsupported } from "./archive.ts";

/** Of a whole path (bytes of UTF-8): PATH_MAX of Linux. */
const MAX_NAME_BYTES = 4096;
/** Of one part of a path (bytes of UTF-8): NAME_MAX of every usual file system. */
const MAX_PART_BYTES = 255;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A name's text. @throws ArchiveRefusal */
export function decodeName(bytes: Uint8Array): string {
  if (bytes.length > MAX_NAME_BYTES) throw unsupported(`a name is longer than ${MAX_NAME_BYTES} bytes`);
  try {
    return UTF8.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw malformed(`a name is not valid UTF-8: ${Buffer.from(bytes).toString("latin1")}`);
  }
}

/**
 * Why a path (relative, without a slash at its end) must not stand in an archive, or undefined.
 * A part of only dots and spaces is one that Windows shortens to a folder's own name or its parent's.
 */
function troubleWith(path: string): string | undefined {
  if (path === "") return "is empty";
  if (/\p{Cc}/u.test(path)) return "holds a control character";
  if (path.includes("\\")) return "holds a backslash";
  if (path.startsWith("/")) return "is an absolute path";
  if (/^[A-Za-z]:/.test(path)) return "is the path of a drive";
  if (path.includes(":$")) return "names a data stream of Windows";
  for (const part of path.split("/")) {
    if (part === "") return "has an empty part";
    if (trimmed(part) === "") return `has a part that is "${part}"`;
    if (Buffer.byteLength(part) > MAX_PART_BYTES) return `has a part of more than ${MAX_PART_BYTES} bytes`;
  }
  return undefined;
}

/** Without the dots and spaces at its end, which Windows drops. */
function trimmed(part: string): string {
  let end = part.length;
  while (end > 0 && (part[end - 1] === "." || part[end - 1] === " ")) end--;
  return part.slice(0, end);
}

/**
 * Parts that some file system takes for the same have the same key: case, composed and decomposed letters,
 * characters that are not seen, dots and spaces at the end.
 *
 * Not compatible forms (NFKC), which no file system folds: they grow eighteenfold, and V8 hashes strings of more than
 * 16,383 units by their length alone. Keys grow at most to 1.5 units a byte.
 */
function keyOf(part: string): string {
  if (/^[\x20-\x7e]*$/.test(part)) return trimmed(part).toLowerCase();
  const visible = part.normalize("NFD").replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "");
  return trimmed(visible.toUpperCase().toLowerCase().normalize("NFD"));
}

/** UTF-16 units. */
const MAX_KEY = 64;

/** Long keys are kept as a digest: those of Hangul, which is decomposed, are three times their names. */
function shortened(key: string): string {
  return key.length <= MAX_KEY ? key : createHash("sha256").update(key).digest("base64");
}

interface Known {
  readonly path: string;
  readonly folder: boolean;
}

/** The names of one archive. */
export interface NameTable {
  /**
   * Adds an entry's path, without a slash at its end. Returns false when the same was added before.
   * @throws ArchiveRefusal for a path that must not be, or not beside those that were added before
   */
  add(path: string, type: "directory" | "other"): boolean;
}

/** @param limit entries, and again as many folders that have none */
export function createNameTable(limit: number): NameTable {
  const known = new Map<string, Known>();
  /** Paths that have an entry of their own, and are not only part of another's. */
  const listed = new Set<string>();
  /** Returns whether the path was new. */
  const put = (whole: string, path: string, folder: boolean): boolean => {
    // One text where both are the same, and not two that are equal.
    const key = whole === path && whole.length <= MAX_KEY ? path : shortened(whole);
    const other = known.get(key);
    if (other === undefined) {
      if (known.size >= 2 * limit) throw unsupported(`it has more than ${2 * limit} files and folders`);
      known.set(key, { path, folder });
      return true;
    }
    if (other.path !== path) throw malformed(`some systems take these names for the same: ${other.path} and ${path}`);
    if (other.folder !== folder) throw malformed(`the name ${path} is both a file and a folder`);
    return false;
  };
  return {
    add(path, type) {
      const trouble = troubleWith(path);
      if (trouble !== undefined) throw malformed(`the name ${path} ${trouble}`);
      const key = path.split("/").map(keyOf).join("/");
      put(key, path, type === "directory");
      if (listed.has(path)) return false;
      listed.add(path);
      // From the longest to the shortest: above a folder that is known, all are.
      for (let k = key, p = path; p.includes("/");) {
        k = k.slice(0, k.lastIndexOf("/"));
        p = p.slice(0, p.lastIndexOf("/"));
        if (!put(k, p, true)) break;
      }
      return true;
    },
  };
}
