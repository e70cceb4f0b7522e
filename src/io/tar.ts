// Gzip-compressed tar archives (npm tarballs, Python source distributions), read once from the first byte to the
// last, in a profile so strict that no two programs see different files in what passes.
//
//   archive = *entry 2zero-block *NUL
//   entry   = *(extended header) header data padding      ; padded with NUL to whole blocks

import { createHash } from "node:crypto";
import { answer, createKeptFiles, malformed, unsupported } from "./archive.ts";
import type { ArchiveAnswer, ArchiveContents, ArchiveEntry, ArchiveFile, KeptFiles, Wanted } from "./archive.ts";
import { createNameTable } from "./archive-names.ts";
import type { NameTable } from "./archive-names.ts";
import { createByteReader, readHashed } from "./archive-stream.ts";
import type { ByteReader } from "./archive-stream.ts";
import { MAX_EXTENDED_BYTES, readLongName, readRecords, refuseGlobalRecords } from "./tar-extended.ts";
import type { Replacements } from "./tar-extended.ts";
import { gunzip } from "./tar-gzip.ts";
import { BLOCK_BYTES, isZero, readTarHeader } from "./tar-header.ts";
import type { TarHeader } from "./tar-header.ts";

export const MAX_TAR_ENTRIES = 200_000;

export interface TarEntry extends ArchiveEntry {
  /** Of a link: what it says, unchecked. Attacker-controlled. */
  readonly linkName?: string;
}

export interface TarballOptions {
  /** For messages about IO. */
  readonly path: string;
  readonly wanted: Wanted;
  /** Anything but files and folders is malformed. */
  readonly onlyFiles?: boolean;
}

/**
 * Reads a gzip-compressed tar archive whole. `sha256` is that of the compressed file.
 * @throws UserError `input-unreadable`, `input-changed`; never for what the bytes say
 */
export function readTarball(file: ArchiveFile, options: TarballOptions): Promise<ArchiveAnswer<TarEntry>> {
  return answer(() => readArchive(file, options));
}

async function readArchive(file: ArchiveFile, options: TarballOptions): Promise<ArchiveContents<TarEntry>> {
  const hashed = readHashed(file, file.size, options.path);
  const content = gunzip(createByteReader(hashed.chunks), file.size);
  const reader = createByteReader(content);
  const collection = createCollection(options);
  try {
    for (;;) {
      const header = await readNextHeader(reader);
      if (header === undefined) break;
      await readEntry(reader, header, collection);
    }
    for await (const chunk of reader.rest()) {
      if (!isZero(chunk)) throw malformed("something stands behind its end");
    }
  } finally {
    await content.return(undefined);
  }
  return { sha256: hashed.sha256(), entries: collection.entries, contents: collection.kept.contents };
}

type EntryHeader = TarHeader & { readonly type: TarEntry["type"] };

/** The header of the next entry, with what stood before it put in, or undefined at the end of the archive. */
async function readNextHeader(reader: ByteReader): Promise<EntryHeader | undefined> {
  let replaced: Replacements | undefined;
  const put = (more: Replacements, kind: string): void => {
    // One way to say a name for each entry, and once: programs differ on which of two wins.
    if (replaced !== undefined && Object.keys(more).some((field) => Object.hasOwn(replaced ?? {}, field))) {
      throw malformed(`an entry has two ${kind}s`);
    }
    replaced = { ...replaced, ...more };
  };
  let extended = false;
  let global = false;
  for (;;) {
    const block = await reader.take(BLOCK_BYTES);
    if (isZero(block)) {
      if (replaced !== undefined) throw malformed("an extended header has no entry");
      if (!isZero(await reader.take(BLOCK_BYTES))) throw malformed("an empty block stands between entries");
      return undefined;
    }
    const header = readTarHeader(block);
    const { type } = header;
    if (type === "extended") {
      if (extended) throw malformed("an entry has two extended headers");
      extended = true;
      put(readRecords(await readExtended(reader, header)), "name");
    } else if (type === "global") {
      if (global || replaced !== undefined) throw malformed("a global header stands behind another extended header");
      global = true;
      refuseGlobalRecords(await readExtended(reader, header));
    } else if (type === "long-name") put({ name: readLongName(await readExtended(reader, header)) }, "name");
    else if (type === "long-link") put({ linkName: readLongName(await readExtended(reader, header)) }, "link name");
    else return replaceFields({ ...header, type }, replaced ?? {});
  }
}

function replaceFields(header: EntryHeader, replaced: Replacements): EntryHeader {
  // Programs that do not know pax would go on elsewhere.
  if (replaced.size !== undefined && replaced.size !== header.size) {
    throw malformed(`${replaced.name ?? header.name} has two sizes`);
  }
  return { ...header, ...replaced };
}

/** All data of a header that only describes another. */
async function readExtended(reader: ByteReader, { size }: TarHeader): Promise<Buffer> {
  if (size > MAX_EXTENDED_BYTES) throw unsupported(`an extended header is larger than ${MAX_EXTENDED_BYTES} bytes`);
  const data = Buffer.from(await reader.take(size));
  await refusePadding(reader, size, "an extended header");
  return data;
}

async function refusePadding(reader: ByteReader, size: number, name: string): Promise<void> {
  const padding = await reader.take((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES);
  if (!isZero(padding)) throw malformed(`something stands behind the data of ${name}`);
}

const SET_ID = 0o6000;

/** What was found so far. */
interface Collection {
  readonly entries: TarEntry[];
  readonly kept: KeptFiles;
  readonly names: NameTable;
  /** By name, all that an entry says and holds. */
  readonly fingerprints: Map<string, string>;
  /** Of entries, those that occur again counted again. */
  count: number;
  readonly onlyFiles: boolean;
}

function createCollection({ wanted, onlyFiles = false }: TarballOptions): Collection {
  const [kept, names] = [createKeptFiles(wanted), createNameTable(MAX_TAR_ENTRIES)];
  return { entries: [], kept, names, fingerprints: new Map(), count: 0, onlyFiles };
}

/** Reads the data too. Leaves out `./`, the folder that everything is in. */
async function readEntry(reader: ByteReader, header: EntryHeader, collection: Collection): Promise<void> {
  const { type, size, mode, linkName } = header;
  const { entries, kept, names, fingerprints, onlyFiles } = collection;
  const isLink = type === "link" || type === "symlink";
  if (type !== "file" && size !== 0) throw malformed(`${header.name} is no file, and has content`);
  if (isLink !== (linkName !== "")) throw malformed(`${header.name} is a link to nothing, or none with a target`);
  if (type === "directory" && /^\.(?:\/\.?)*$/.test(header.name)) return;
  const name = normalise(header.name, type === "directory");
  if (onlyFiles && type !== "file" && type !== "directory") throw malformed(`${name} is neither a file nor a folder`);
  if (type === "file" && (mode & SET_ID) !== 0) throw malformed(`${name} is set-user-id or set-group-id`);
  if (++collection.count > MAX_TAR_ENTRIES) throw unsupported(`it has more than ${MAX_TAR_ENTRIES} entries`);
  const isNew = names.add(name, type === "directory" ? "directory" : "other");
  const place = isNew && type === "file" ? kept.keep(name, size) : undefined;
  const hash = createHash("sha256");
  let done = 0;
  for await (const chunk of reader.chunks(size)) {
    hash.update(chunk);
    place?.set(chunk, done);
    done += chunk.length;
  }
  await refusePadding(reader, size, name);
  const fingerprint = `${type} ${mode} ${hash.digest("hex")} ${linkName}`;
  if (isNew) {
    fingerprints.set(name, fingerprint);
    entries.push({ name, type, size, mode, ...(isLink && { linkName }) });
  } else if (fingerprints.get(name) !== fingerprint) {
    // npm packs some files twice, as `./a` and as `a`. The same file twice is the same to every program.
    throw malformed(`the name ${name} occurs twice, for different entries`);
  }
}

/** Without the slash at the end of a folder's, and without parts that are `.`, which tarballs of npm do have. */
function normalise(path: string, directory: boolean): string {
  const cut = directory && path.endsWith("/") ? path.slice(0, -1) : path;
  return cut
    .split("/")
    .filter((part) => part !== ".")
    .join("/");
}
