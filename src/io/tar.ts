// Gzip-compressed tar archives (npm tarballs, Python source distributions), read once from the first byte to the
// last, in a profile so strict that no two programs see different files in what passes.
//
//   archive = *entry 2zero-block *NUL
//   entry   = *(extended header) header data padding      ; padded with NUL to whole blocks

import { answer, createKeptFiles, malformed, unsupported } from "./archive.ts";
import type {
  ArchiveAnswer,
  ArchiveContents,
  ArchiveEntry,
  ArchiveFile,
  Examined,
  KeptFiles,
  Wanted,
} from "./archive.ts";
import { examineContent } from "./archive-examine.ts";
import { createNameTable, decodeName } from "./archive-names.ts";
import type { NameTable } from "./archive-names.ts";
import { createByteReader, readHashed } from "./archive-stream.ts";
import type { ByteReader } from "./archive-stream.ts";
import { MAX_EXTENDED_BYTES, readLongName, readRecords, refuseGlobalRecords } from "./tar-extended.ts";
import type { Replacements } from "./tar-extended.ts";
import { gunzip } from "./tar-gzip.ts";
import { BLOCK_BYTES, isZero, readTarHeader } from "./tar-header.ts";
import type { TarHeader } from "./tar-header.ts";

const MAX_TAR_ENTRIES = 100_000;
/** All names and targets of links together (UTF-16 units). */
export const MAX_TAR_NAMES = 32 * 2 ** 20;

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
  readonly examined?: Examined;
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

/** The header of an entry, with what stood before it put in. */
interface EntryHeader {
  readonly type: TarEntry["type"];
  readonly name: string;
  readonly linkName: string;
  readonly size: number;
  readonly mode: number;
}

/** The header of the next entry, or undefined at the end of the archive. */
async function readNextHeader(reader: ByteReader): Promise<EntryHeader | undefined> {
  const before = new Set<string>();
  let replaced: Replacements = {};
  for (;;) {
    const block = await reader.take(BLOCK_BYTES);
    if (isZero(block)) {
      if (before.size > (before.has("global") ? 1 : 0)) throw malformed("an extended header has no entry");
      if (!isZero(await reader.take(BLOCK_BYTES))) throw malformed("an empty block stands between entries");
      return undefined;
    }
    const header = readTarHeader(block);
    const { type } = header;
    if (type !== "extended" && type !== "global" && type !== "long-name" && type !== "long-link") {
      return joinHeader({ ...header, type }, replaced);
    }
    if (before.has(type)) throw malformed(`an entry has two ${type} headers`);
    if (type === "global" && before.size > 0) throw malformed("a global header stands behind an extended one");
    const data = await readExtended(reader, header);
    if (type === "global") {
      // It stands for itself, at most once before an entry.
      refuseGlobalRecords(data);
    } else {
      const more = readReplacements(type, data);
      // Programs differ on which of two wins.
      if (Object.keys(more).some((field) => Object.hasOwn(replaced, field))) throw malformed("an entry has two names");
      replaced = { ...replaced, ...more };
    }
    before.add(type);
  }
}

function readReplacements(type: "extended" | "long-name" | "long-link", data: Buffer): Replacements {
  if (type === "extended") return readRecords(data);
  return type === "long-name" ? { name: readLongName(data) } : { linkName: readLongName(data) };
}

function joinHeader(
  { type, rawName, rawLinkName, size, mode }: TarHeader & { readonly type: TarEntry["type"] },
  replaced: Replacements,
): EntryHeader {
  const name = replaced.name ?? decodeName(rawName);
  // Programs that do not know pax would go on elsewhere.
  if (replaced.size !== undefined && replaced.size !== size) throw malformed(`${name} has two sizes`);
  return { type, name, linkName: replaced.linkName ?? decodeName(rawLinkName), size, mode };
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
  /** Length of all names and targets of links. */
  text: number;
  readonly onlyFiles: boolean;
  readonly examined: Examined | undefined;
}

function createCollection({ wanted, onlyFiles = false, examined }: TarballOptions): Collection {
  const [kept, names] = [createKeptFiles(wanted), createNameTable(MAX_TAR_ENTRIES)];
  return { entries: [], kept, names, fingerprints: new Map(), count: 0, text: 0, onlyFiles, examined };
}

/** Reads the data too. Leaves out `./`, the folder that everything is in. */
async function readEntry(reader: ByteReader, header: EntryHeader, collection: Collection): Promise<void> {
  const { type, size, mode, linkName } = header;
  const { entries, kept, names, fingerprints, onlyFiles, examined } = collection;
  if (++collection.count > MAX_TAR_ENTRIES) throw unsupported(`it has more than ${MAX_TAR_ENTRIES} entries`);
  collection.text += header.name.length + linkName.length;
  if (collection.text > MAX_TAR_NAMES) throw unsupported(`its names are longer than ${MAX_TAR_NAMES} characters`);
  const isLink = type === "link" || type === "symlink";
  if (type !== "file" && size !== 0) throw malformed(`${header.name} is no file, and has content`);
  if (isLink !== (linkName !== "")) throw malformed(`${header.name} is a link to nothing, or none with a target`);
  if (type === "directory" && /^\.(?:\/\.?)*$/.test(header.name)) return;
  const name = normalise(header.name, type === "directory");
  if (onlyFiles && type !== "file" && type !== "directory") throw malformed(`${name} is neither a file nor a folder`);
  if (type === "file" && (mode & SET_ID) !== 0) throw malformed(`${name} is set-user-id or set-group-id`);
  const isNew = names.add(name, type === "directory" ? "directory" : "other");
  const place = isNew && type === "file" ? kept.keep(name, size) : undefined;
  const examination = examineContent(examined ?? ["sha256"]);
  let done = 0;
  for await (const chunk of reader.chunks(size)) {
    examination.update(chunk);
    place?.set(chunk, done);
    done += chunk.length;
  }
  await refusePadding(reader, size, name);
  const content = examination.finish();
  const fingerprint = `${type} ${mode} ${content.digests.map(({ hex }) => hex).join(",")} ${linkName}`;
  if (isNew) {
    fingerprints.set(name, fingerprint);
    const seen = examined !== undefined && type === "file" ? { content } : {};
    entries.push({ name, type, size, mode, ...(isLink && { linkName }), ...seen });
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
