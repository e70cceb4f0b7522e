// Archives of any format: what a reader answers, how it refuses, and the limits it works within.
// Readers take hostile files: they answer, and never throw for what the bytes say.

import type { ContentAlgorithm, FileContent } from "./archive-examine.ts";

/** An archive that is open for reading; it is read by position, and never whole into memory. */
export interface ArchiveFile {
  readonly fd: number;
  /** Bytes. */
  readonly size: number;
}

export type EntryType = "file" | "directory" | "symlink" | "link" | "character-device" | "block-device" | "fifo";

export interface ArchiveEntry {
  /** With `/` between its parts, without one at its end. Attacker-controlled, but checked (archive-names.ts). */
  readonly name: string;
  readonly type: EntryType;
  /** Bytes, uncompressed; of a file, exactly as many as it has. */
  readonly size: number;
  /** Unix permission bits, with the file type where the format puts it there; 0 where nothing is recorded. */
  readonly mode: number;
  /** Of a file, when the contents are examined. */
  readonly content?: FileContent;
}

/** Which hashes of the content of every file to compute; its kind is told with them. Absent: nothing is examined. */
export type Examined = readonly [ContentAlgorithm, ...ContentAlgorithm[]];

/**
 * How many bytes of a file to keep at most, or undefined for none. A file that is larger is not kept: half of a
 * manifest would be another manifest. So what is in `entries` and not in `contents` was too large.
 */
export type Wanted = (name: string) => number | undefined;

export interface ArchiveContents<Entry extends ArchiveEntry> {
  /** Lower-case hex, of the bytes that were read in the same pass as the entries. */
  readonly sha256: string;
  /** In the order of the archive's directory, or of the archive where it has none. */
  readonly entries: readonly Entry[];
  /** By name, the wanted files that are not larger than was asked for. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** `malformed`: programs may read it differently, or it is built to harm. `unsupported`: valid, but we do not read it. */
export type RefusalKind = "malformed" | "unsupported";

export type ArchiveAnswer<Entry extends ArchiveEntry> =
  | ({ readonly ok: true } & ArchiveContents<Entry>)
  | {
      readonly ok: false;
      readonly kind: RefusalKind;
      /** Why, as a clause. Holds text from the archive. */
      readonly reason: string;
    };

/** All entries together, uncompressed (bytes). */
export const MAX_TOTAL_BYTES = 2 ** 31;
/** Uncompressed bytes for each compressed byte. Deflate reaches 1,032; text of real packages stays below 30. */
const MAX_RATIO = 200;
/** The ratio counts from this uncompressed size on (bytes): a small archive of empty files is no bomb. */
export const RATIO_FROM = 64 * 2 ** 20;
/** What is kept for the caller, all files together (bytes). */
export const MAX_KEPT_BYTES = 64 * 2 ** 20;

/** Leaves a reader, and never this folder: `answer` turns it into data. */
export class ArchiveRefusal extends Error {
  readonly kind: RefusalKind;
  constructor(kind: RefusalKind, reason: string) {
    super(reason);
    this.name = "ArchiveRefusal";
    this.kind = kind;
  }
}

export function malformed(reason: string): ArchiveRefusal {
  return new ArchiveRefusal("malformed", reason);
}

export function unsupported(reason: string): ArchiveRefusal {
  return new ArchiveRefusal("unsupported", reason);
}

/** What a reader found, or why it refused. Other errors are IO errors or bugs, and are thrown on. */
export async function answer<Entry extends ArchiveEntry>(
  read: () => Promise<ArchiveContents<Entry>>,
): Promise<ArchiveAnswer<Entry>> {
  try {
    return { ok: true, ...(await read()) };
  } catch (error) {
    if (!(error instanceof ArchiveRefusal)) throw error;
    return { ok: false, kind: error.kind, reason: error.message };
  }
}

/** Refuses more than a reader works through. Both in bytes. */
export function refuseBomb(uncompressed: number, compressed: number): void {
  if (uncompressed > RATIO_FROM && uncompressed > compressed * MAX_RATIO) {
    throw malformed(`its content is more than ${MAX_RATIO} times larger than the archive`);
  }
  if (uncompressed > MAX_TOTAL_BYTES) throw unsupported(`its content is larger than ${MAX_TOTAL_BYTES} bytes`);
}

/** The files that the caller asked for. */
export interface KeptFiles {
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** A place of `size` bytes for the file's content, to be filled, or undefined when it is not to be kept. */
  keep(name: string, size: number): Buffer | undefined;
}

export function createKeptFiles(wanted: Wanted): KeptFiles {
  const contents = new Map<string, Uint8Array>();
  let total = 0;
  return {
    contents,
    keep(name, size) {
      const limit = wanted(name);
      if (limit === undefined || size > limit) return undefined;
      total += size;
      if (total > MAX_KEPT_BYTES)
        throw unsupported(`the files that describe it are larger than ${MAX_KEPT_BYTES} bytes`);
      const place = Buffer.alloc(size);
      contents.set(name, place);
      return place;
    },
  };
}
