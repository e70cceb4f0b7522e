// Zip archives, read once from the first byte to the last, in a profile so strict that no two programs see
// different files in what passes: each byte belongs to an entry, to the central directory or to the end record.

import { crc32, inflateRawSync } from "node:zlib";
import type { ZlibOptions } from "node:zlib";
import { answer, createKeptFiles, malformed, refuseBomb, unsupported } from "./archive.ts";
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
import type { Examination, FileContent } from "./archive-examine.ts";
import { changed, createByteReader, dataBehindEnd, inflate, inflateError, readHashed } from "./archive-stream.ts";
import type { ByteReader, Patch } from "./archive-stream.ts";
import { systemErrorCode } from "./files.ts";
import { readDirectory } from "./zip-directory.ts";
import type { CentralEntry } from "./zip-directory.ts";
import { HAS_DESCRIPTOR, readSharedFields, refuseExtras, STORED } from "./zip-fields.ts";
import type { SharedFields } from "./zip-fields.ts";

export interface ZipEntry extends ArchiveEntry {
  readonly type: "file" | "directory";
  /** Bytes. */
  readonly compressedSize: number;
  /** CRC-32 of the content, which it was found to have. */
  readonly crc: number;
}

export interface ZipOptions {
  /** For messages about IO. */
  readonly path: string;
  readonly wanted: Wanted;
  /** Where the archive ends in the file; at its end, when absent. Only these bytes are hashed. */
  readonly end?: number;
  /**
   * How many bytes the file has behind `end`: a signature block, which the end record counts as its comment or not
   * (0). Needed where `end` is not the end of the file. A zip archive of its own cannot hide there.
   */
  readonly commentLength?: number;
  /**
   * Bytes that are hashed in place of those in the file. It may only stand in the length of the comment, the last
   * two bytes before `end`: what is read and what is hashed never differ in anything else.
   */
  readonly patch?: Patch;
  readonly examined?: Examined;
}

/** Up to this many bytes, compressed and not, an entry is inflated at once. */
const AT_ONCE = 1 << 20;
const LOCAL_BYTES = 30;
const LOCAL = Buffer.from("PK\x03\x04", "latin1");
const DESCRIPTOR = Buffer.from("PK\x07\x08", "latin1");

/**
 * Reads a zip archive whole: every entry is inflated and held against its CRC and size.
 * @throws UserError `input-unreadable`, `input-changed`; never for what the bytes say
 */
export function readZip(file: ArchiveFile, options: ZipOptions): Promise<ArchiveAnswer<ZipEntry>> {
  return answer(() => readEntries(file, options));
}

async function readEntries(file: ArchiveFile, options: ZipOptions): Promise<ArchiveContents<ZipEntry>> {
  const { path, end = file.size, commentLength = 0, patch } = options;
  if (patch !== undefined && (patch.at !== end - 2 || patch.bytes.length !== 2)) {
    throw new Error("a patch may only replace the length of the comment");
  }
  const directory = await readDirectory(file, end, commentLength, path);
  refuseBomb(sum(directory.entries, "size"), sum(directory.entries, "compressedSize"));
  const hashed = readHashed(file, end, path, patch);
  const reader = createByteReader(hashed.chunks);
  const kept = createKeptFiles(options.wanted);
  const inOrder = directory.entries.toSorted((a, b) => a.offset - b.offset);
  const contents = new Map<string, FileContent>();
  let position = 0;
  for (const [index, entry] of inOrder.entries()) {
    if (entry.offset !== position) throw malformed(`${entry.name} does not begin where what stands before it ends`);
    position = inOrder[index + 1]?.offset ?? directory.start;
    const examination = examinationOf(entry, options.examined);
    await readEntry(reader, entry, { length: position - entry.offset, kept, examination });
    if (examination !== undefined) contents.set(entry.name, examination.finish());
  }
  if (position !== directory.start) throw malformed("something stands before its central directory");
  // The same bytes that the entries were taken from are now hashed.
  let at = 0;
  for await (const chunk of reader.chunks(directory.bytes.length)) {
    if (!chunk.equals(directory.bytes.subarray(at, at + chunk.length))) throw changed(path);
    at += chunk.length;
  }
  const entries = directory.entries.map(({ name, type, size, mode, compressedSize, crc }) => {
    const content = contents.get(name);
    return { name, type, size, mode, compressedSize, crc, ...(content === undefined ? {} : { content }) };
  });
  return { sha256: hashed.sha256(), entries, contents: kept.contents };
}

function sum(entries: readonly CentralEntry[], field: "size" | "compressedSize"): number {
  return entries.reduce((total, entry) => total + entry[field], 0);
}

function examinationOf({ type }: CentralEntry, examined: Examined | undefined): Examination | undefined {
  return examined === undefined || type !== "file" ? undefined : examineContent(examined);
}

interface EntryPlace {
  /** Of the local header, the data and the descriptor together, up to what follows (bytes). */
  readonly length: number;
  readonly kept: KeptFiles;
  readonly examination: Examination | undefined;
}

async function readEntry(
  reader: ByteReader,
  entry: CentralEntry,
  { length, kept, examination }: EntryPlace,
): Promise<void> {
  const { name } = entry;
  const left = length - (await readLocalHeader(reader, entry, length)) - entry.compressedSize;
  const place = entry.type === "file" ? kept.keep(name, entry.size) : undefined;
  if (left < 0) throw malformed(`${name} reaches into what stands behind it`);
  const check = createCheck(entry, place);
  for await (const chunk of contentOf(reader, entry)) {
    check.update(chunk);
    examination?.update(chunk);
  }
  check.finish();
  if ((entry.flags & HAS_DESCRIPTOR) !== 0) return refuseDescriptor(await reader.take(left), entry);
  if (left !== 0) throw malformed(`something stands behind the data of ${name}`);
}

/**
 * signature 4, version needed 2, flags … size (`readSharedFields`) 20, length of name 2, of extra 2, name, extra
 * (4.3.7). Returns its length in bytes.
 */
async function readLocalHeader(reader: ByteReader, entry: CentralEntry, available: number): Promise<number> {
  const { name } = entry;
  if (available < LOCAL_BYTES) throw malformed(`the local header of ${name} is cut off`);
  const fixed = await reader.take(LOCAL_BYTES);
  if (!fixed.subarray(0, 4).equals(LOCAL)) throw malformed(`${name} has no local header`);
  const local = readSharedFields(fixed, 6);
  const nameLength = fixed.readUInt16LE(26);
  const extraLength = fixed.readUInt16LE(28);
  const length = LOCAL_BYTES + nameLength + extraLength;
  if (length > available) throw malformed(`the local header of ${name} is cut off`);
  const variable = await reader.take(nameLength + extraLength);
  if (!variable.subarray(0, nameLength).equals(entry.rawName)) throw malformed(`${name} has two names`);
  refuseDisagreement(local, entry);
  refuseExtras(variable.subarray(nameLength), entry.rawName, name);
  return length;
}

/** With a descriptor, the numbers in the local header may be 0 instead (4.4.4). */
function refuseDisagreement(local: SharedFields, entry: CentralEntry): void {
  const differs = (field: keyof SharedFields): boolean => local[field] !== entry[field];
  if (differs("flags") || differs("method")) throw malformed(`the headers of ${entry.name} differ`);
  const open = (entry.flags & HAS_DESCRIPTOR) !== 0;
  const numbers = ["crc", "compressedSize", "size"] as const;
  if (numbers.some((field) => differs(field) && !(open && local[field] === 0))) {
    throw malformed(`the headers of ${entry.name} differ`);
  }
  if (entry.method === STORED && differs("compressedSize")) {
    throw unsupported(`${entry.name} is stored as it is, and only what stands behind it says where it ends`);
  }
}

/** [signature 4], CRC 4, compressed size 4, size 4 (4.3.9). */
function refuseDescriptor(bytes: Buffer, { name, crc, compressedSize, size }: CentralEntry): void {
  const numbers = bytes.length === 16 && bytes.subarray(0, 4).equals(DESCRIPTOR) ? bytes.subarray(4) : bytes;
  const same =
    numbers.length === 12 &&
    numbers.readUInt32LE(0) === crc &&
    numbers.readUInt32LE(4) === compressedSize &&
    numbers.readUInt32LE(8) === size;
  if (!same) throw malformed(`what stands behind the data of ${name} is not its descriptor`);
}

/** The uncompressed data, from the reader's position on. */
async function* contentOf(reader: ByteReader, entry: CentralEntry): AsyncGenerator<Buffer> {
  const { method, compressedSize, size } = entry;
  if (method === STORED) yield* reader.chunks(compressedSize);
  else if (Math.max(compressedSize, size) > AT_ONCE) yield* inflate(reader.chunks(compressedSize));
  else yield inflateAtOnce(await reader.take(compressedSize), size);
}

/** Types of Node leave out that `info` changes the answer. */
const inflateWithInfo = inflateRawSync as unknown as (
  data: Uint8Array,
  options: ZlibOptions,
) => { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };

/** @param size how many bytes to expect; one more is refused */
function inflateAtOnce(data: Buffer, size: number): Buffer {
  try {
    // One byte more than expected would be seen; and 0 is no length that zlib takes.
    const options = { info: true, maxOutputLength: size + 1, chunkSize: Math.max(64, size + 1) };
    const { buffer, engine } = inflateWithInfo(data, options);
    if (engine.bytesWritten !== data.length) throw dataBehindEnd();
    return buffer;
  } catch (error) {
    if (systemErrorCode(error) === "ERR_BUFFER_TOO_LARGE")
      throw malformed("compressed data is longer than its header says");
    throw inflateError(error);
  }
}

/** Holds the content against the size and the CRC that were declared, and puts it in its place. */
function createCheck({ name, size, crc }: CentralEntry, place: Buffer | undefined) {
  let seen = 0;
  let sumOfBytes = 0;
  return {
    update(chunk: Buffer): void {
      if (seen + chunk.length > size) throw malformed(`${name} is longer than its header says`);
      sumOfBytes = crc32(chunk, sumOfBytes);
      place?.set(chunk, seen);
      seen += chunk.length;
    },
    finish(): void {
      if (seen !== size) throw malformed(`${name} is shorter than its header says`);
      if (sumOfBytes !== crc) throw malformed(`the content of ${name} does not have the CRC that its header says`);
    },
  };
}
