// The end record and the central directory of a zip archive, read before anything else. APPNOTE.TXT 6.3.10:
//
//   archive = *(local header, data, [data descriptor]), *central header, end record, [comment]
//
// Programs find the end record in different ways, and take their offsets from it or not. Only an archive passes in
// which all of these ways lead to the same entries.

import { malformed, unsupported } from "./archive.ts";
import type { ArchiveFile } from "./archive.ts";
import { createNameTable, decodeName } from "./archive-names.ts";
import type { NameTable } from "./archive-names.ts";
import { readFully } from "./archive-stream.ts";
import { IN_ZIP64, modeOf, readSharedFields, refuseEncoding, refuseExtras, refuseFlags, STORED } from "./zip-fields.ts";
import type { SharedFields } from "./zip-fields.ts";

/** What a count of 16 bits can say without Zip64. */
export const MAX_ZIP_ENTRIES = 0xfffe;
/** All central headers together (bytes). */
export const MAX_DIRECTORY_BYTES = 32 * 2 ** 20;
/** What may stand behind the end record (bytes): a signature block. */
const MAX_BLOCK_BYTES = 16 * 2 ** 20;

const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCATOR_BYTES = 20;
/** 6.3, the last that there is (4.4.3.2). */
const LAST_VERSION = 63;
const MAX_COMMENT_BYTES = 0xffff;
/** `PK` and two bytes, as they stand in the file. */
const END = Buffer.from("PK\x05\x06", "latin1");
const LOCATOR = Buffer.from("PK\x06\x07", "latin1");
const CENTRAL = Buffer.from("PK\x01\x02", "latin1");

/** What a central header says of its entry. */
export interface CentralEntry extends SharedFields {
  readonly name: string;
  readonly type: "file" | "directory";
  readonly mode: number;
  /** As it stands in the header. */
  readonly rawName: Buffer;
  /** Of the local header (bytes from the start of the file). */
  readonly offset: number;
}

export interface Directory {
  readonly entries: readonly CentralEntry[];
  /** Where the central directory begins: its first byte, and from there on all bytes up to the end of the archive. */
  readonly start: number;
  readonly bytes: Buffer;
}

interface EndRecord {
  readonly at: number;
  readonly count: number;
  readonly directorySize: number;
  readonly directoryStart: number;
}

/**
 * @param end where the archive ends in the file
 * @param block how many bytes the file may have behind `end`, which the end record may count as its comment
 * @throws ArchiveRefusal, UserError as `readFully`
 */
export async function readDirectory(file: ArchiveFile, end: number, block: number, path: string): Promise<Directory> {
  const behind = file.size - end;
  if (behind !== block) throw malformed(`${behind} bytes stand behind the archive`);
  if (behind > MAX_BLOCK_BYTES) throw unsupported(`more than ${MAX_BLOCK_BYTES} bytes stand behind the archive`);
  const tailStart = Math.max(0, end - END_BYTES - LOCATOR_BYTES - (block === 0 ? MAX_COMMENT_BYTES : 0));
  const tail = Buffer.alloc(file.size - tailStart);
  await readFully(file, tail, tailStart, path);
  const record = readEndRecord(tail, tailStart, end, block);
  if (record.directorySize > MAX_DIRECTORY_BYTES) {
    throw unsupported(`its central directory is larger than ${MAX_DIRECTORY_BYTES} bytes`);
  }
  if (record.directoryStart + record.directorySize !== record.at) {
    throw malformed("the central directory does not end where the end record begins");
  }
  const bytes = Buffer.alloc(end - record.directoryStart);
  await readFully(file, bytes, record.directoryStart, path);
  const headers = bytes.subarray(0, record.directorySize);
  return { entries: readCentralHeaders(headers, record.count), start: record.directoryStart, bytes };
}

/**
 * signature 4, this disk 2, disk of the directory 2, entries on this disk 2, entries 2, directory's size 4,
 * its offset 4, length of the comment 2 (4.3.16).
 */
function readEndRecord(tail: Buffer, tailStart: number, end: number, block: number): EndRecord {
  // Programs search backwards from the end of the file, so the last one is the one, wherever it stands.
  const at = tail.lastIndexOf(END);
  if (at < 0) throw malformed("it is no zip archive: no end record stands at its end");
  const length = end - tailStart - at - END_BYTES;
  if (length < 0) throw malformed("its last end record is cut off, or stands behind the archive");
  const comment = tail.readUInt16LE(at + END_BYTES - 2);
  const fits = block === 0 ? comment === length : length === 0 && (comment === 0 || comment === block);
  if (!fits) throw malformed(`its end record counts ${comment} bytes of comment, and ${length + block} are there`);
  // Some programs look for Zip64 here whether the end record points to it or not.
  if (
    at >= LOCATOR_BYTES &&
    tail
      .subarray(at - LOCATOR_BYTES)
      .subarray(0, 4)
      .equals(LOCATOR)
  ) {
    throw unsupported("it uses Zip64");
  }
  const [disk, directoryDisk] = [tail.readUInt16LE(at + 4), tail.readUInt16LE(at + 6)];
  const [countHere, count] = [tail.readUInt16LE(at + 8), tail.readUInt16LE(at + 10)];
  const [directorySize, directoryStart] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
  if (count > MAX_ZIP_ENTRIES || directorySize === IN_ZIP64 || directoryStart === IN_ZIP64) {
    throw unsupported("it uses Zip64");
  }
  if (disk !== 0 || directoryDisk !== 0) throw unsupported("it is one part of several");
  if (countHere !== count) throw malformed("its end record gives two counts of its entries");
  return { at: tailStart + at, count, directorySize, directoryStart };
}

function readCentralHeaders(bytes: Buffer, count: number): readonly CentralEntry[] {
  const entries: CentralEntry[] = [];
  const names = createNameTable(MAX_ZIP_ENTRIES);
  let at = 0;
  while (at < bytes.length) {
    if (entries.length === count) throw malformed("its central directory holds more than its end record counts");
    const { entry, end } = readCentralHeader(bytes, at, names);
    entries.push(entry);
    at = end;
  }
  if (entries.length !== count) throw malformed("its central directory holds less than its end record counts");
  return entries;
}

/**
 * signature 4, made by 2, version needed 2, flags … size (`readSharedFields`) 20, length of name 2, of extra 2,
 * of comment 2, disk 2, internal attributes 2, external attributes 4, offset 4, name, extra, comment (4.3.12).
 */
function readCentralHeader(bytes: Buffer, at: number, names: NameTable): { entry: CentralEntry; end: number } {
  const fixed = bytes.subarray(at, at + CENTRAL_BYTES);
  if (fixed.length < CENTRAL_BYTES || !fixed.subarray(0, 4).equals(CENTRAL)) {
    throw malformed("its central directory is broken");
  }
  const nameStart = at + CENTRAL_BYTES;
  const extraStart = nameStart + fixed.readUInt16LE(28);
  const commentStart = extraStart + fixed.readUInt16LE(30);
  const end = commentStart + fixed.readUInt16LE(32);
  if (end > bytes.length) throw malformed("its central directory is broken");
  const rawName = bytes.subarray(nameStart, extraStart);
  const text = decodeName(rawName);
  if (fixed.readUInt8(6) > LAST_VERSION) throw unsupported(`${text} needs a version that is not known`);
  const shared = readSharedFields(fixed, 8);
  refuseFlags(shared, text);
  refuseEncoding(shared.flags, text);
  refuseExtras(bytes.subarray(extraStart, commentStart), rawName, text);
  const offset = fixed.readUInt32LE(42);
  if ([shared.compressedSize, shared.size, offset].includes(IN_ZIP64)) throw unsupported(`${text} uses Zip64`);
  if (fixed.readUInt16LE(34) !== 0) throw unsupported("it is one part of several");
  const directory = text.endsWith("/");
  const name = directory ? text.slice(0, -1) : text;
  const mode = modeOf(fixed.readUInt32LE(38), directory, text);
  if (!names.add(name, directory ? "directory" : "other")) throw malformed(`the name ${name} occurs twice`);
  if (directory && shared.size !== 0) throw malformed(`the folder ${name} has content`);
  if (shared.method === STORED && shared.size !== shared.compressedSize) {
    throw malformed(`${name} is stored as it is, and has two sizes`);
  }
  return { entry: { name, type: directory ? "directory" : "file", mode, rawName, offset, ...shared }, end };
}
