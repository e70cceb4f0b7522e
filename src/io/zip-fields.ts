// Fields that a local and a central header of a zip archive share, and those of which only some values pass:
// methods, flags, attributes, extra fields. The list of what passes is closed. APPNOTE.TXT 6.3.10, section 4.

import { crc32 } from "node:zlib";
import { malformed, unsupported } from "./archive.ts";

export const STORED = 0;
const DEFLATED = 8;

/** Sizes and the CRC stand behind the data (4.4.4, bit 3). */
export const HAS_DESCRIPTOR = 1 << 3;
const IS_UTF8 = 1 << 11;
/** Bits 1 and 2 say how hard the compressor tried. */
const KNOWN_FLAGS = (1 << 1) | (1 << 2) | HAS_DESCRIPTOR | IS_UTF8;
/** Encrypted data, strongly encrypted data, encrypted headers. */
const ENCRYPTED = (1 << 0) | (1 << 6) | (1 << 13);

/** What stands instead of a number that a Zip64 field holds. */
export const IN_ZIP64 = 0xffffffff;

/** In both kinds of header, in this order, from `flags` on. */
export interface SharedFields {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
}

/** version needed, FLAGS 2, METHOD 2, time 2, date 2, CRC 4, COMPRESSED SIZE 4, SIZE 4 (4.3.7, 4.3.12); `at` is where the flags begin. */
export function readSharedFields(header: Buffer, at: number): SharedFields {
  return {
    flags: header.readUInt16LE(at),
    method: header.readUInt16LE(at + 2),
    crc: header.readUInt32LE(at + 8),
    compressedSize: header.readUInt32LE(at + 12),
    size: header.readUInt32LE(at + 16),
  };
}

export function refuseFlags({ flags, method }: SharedFields, name: string): void {
  if ((flags & ENCRYPTED) !== 0) throw unsupported(`${name} is encrypted`);
  if ((flags & ~KNOWN_FLAGS) !== 0) throw unsupported(`${name} has flags that are not known`);
  if (method !== STORED && method !== DEFLATED) throw unsupported(`${name} is compressed by method ${method}`);
}

/** Names without bit 11 are in code page 437 for some programs, and in UTF-8 for others: only ASCII is the same. */
export function refuseEncoding(flags: number, name: string): void {
  if ((flags & IS_UTF8) === 0 && /[^\x20-\x7e]/.test(name)) {
    throw unsupported(`the name ${name} is not marked as UTF-8, and programs read it differently`);
  }
}

const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;
const DIRECTORY = 0o040000;
const SET_ID = 0o6000;
/** Attributes of MS-DOS. */
const DOS_VOLUME = 0x08;
const DOS_DIRECTORY = 0x10;

/**
 * The Unix mode in external attributes (the upper half, as every program puts it there, whatever "made by" says).
 * @throws ArchiveRefusal for all but regular files and directories, and where the name's slash says otherwise
 */
export function modeOf(attributes: number, directory: boolean, name: string): number {
  const mode = attributes >>> 16;
  const type = mode & FILE_TYPE;
  if (type !== 0 && type !== REGULAR && type !== DIRECTORY) throw malformed(`${name} is neither a file nor a folder`);
  // On a folder they only say whom new files belong to, and build machines leave them there.
  if ((mode & SET_ID) !== 0 && !directory) throw malformed(`${name} is set-user-id or set-group-id`);
  if ((attributes & DOS_VOLUME) !== 0) throw malformed(`${name} is the name of a volume`);
  const saysFile = type === REGULAR;
  const saysFolder = type === DIRECTORY || (attributes & DOS_DIRECTORY) !== 0;
  if (directory ? saysFile : saysFolder) {
    throw malformed(`the name and the attributes of ${name} differ on whether it is a folder`);
  }
  return mode;
}

const ZIP64 = 0x0001;
const UNICODE_PATH = 0x7075;

/**
 * Extra fields that no program takes for more than times, owners, comments or padding. Others may hold another
 * mode, a link's target or a cipher.
 */
const HARMLESS: ReadonlySet<number> = new Set([
  0x000a, // NTFS times
  0x5455, // times
  0x5855, // times and owner, Info-ZIP's first
  0x7855, // owner, Info-ZIP's second
  0x7875, // owner, Info-ZIP's third
  0x6375, // the comment in UTF-8
  0xcafe, // mark of a Java archive
  0xa220, // padding of Open Packaging
  0xd935, // padding of Android
]);

/** extra = *(id 2, size 2, data size); each id once. */
export function refuseExtras(extra: Buffer, rawName: Uint8Array, name: string): void {
  const seen = new Set<number>();
  for (let at = 0; at < extra.length;) {
    if (extra.length - at < 4) throw malformed(`the extra fields of ${name} are broken`);
    const id = extra.readUInt16LE(at);
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (end > extra.length) throw malformed(`the extra fields of ${name} are broken`);
    if (seen.has(id)) throw malformed(`${name} has the same extra field twice`);
    seen.add(id);
    if (id === ZIP64) throw unsupported(`${name} uses Zip64`);
    if (id === UNICODE_PATH) refuseUnicodePath(extra.subarray(at + 4, end), rawName, name);
    else if (!HARMLESS.has(id))
      throw unsupported(`${name} has an extra field that is not known (0x${id.toString(16)})`);
    at = end;
  }
}

/** version 1 (1), CRC-32 of the name in the header 4, name in UTF-8 (4.6.9). It must say the same as the header. */
function refuseUnicodePath(data: Buffer, rawName: Uint8Array, name: string): void {
  const same =
    data.length >= 5 &&
    data.readUInt8(0) === 1 &&
    data.readUInt32LE(1) === crc32(rawName) &&
    data.subarray(5).equals(rawName);
  if (!same) throw malformed(`an extra field gives ${name} another name`);
}
