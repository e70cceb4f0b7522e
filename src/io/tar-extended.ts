// What may stand before an entry of a tar archive and replaces fields of its header: records of pax
// (POSIX.1-2001, pax Interchange Format) and GNU tar's long names.
//
//   records = *record
//   record  = length SP keyword "=" value LF      ; length in decimal, of the whole record in bytes

import { malformed, unsupported } from "./archive.ts";
import { decodeName } from "./archive-names.ts";
import { isZero } from "./tar-header.ts";

/** Of all that stands before one entry (bytes). */
export const MAX_EXTENDED_BYTES = 2 ** 20;

/** What replaces fields of the next header. */
export interface Replacements {
  readonly name?: string;
  readonly linkName?: string;
  readonly size?: number;
}

const LF = 0x0a;
/** `length SP keyword =`: longer than any that is known. */
const MAX_START = 300;

/** Keywords that say times, owners, comments or rights, and nothing of where a file goes or what is in it. */
const HARMLESS =
  /^(?:[acm]time|uid|gid|uname|gname|comment|RHT\.security\..+|MSWINDOWS\..+|LIBARCHIVE\.(?:creationtime|xattr\..+)|NODETAR\..+|SCHILY\.(?:dev|ino|nlink|devmajor|devminor|fflags|acl\..+|xattr\..+))$/;

/** @throws ArchiveRefusal */
export function readRecords(bytes: Buffer): Replacements {
  const values = new Map<string, Buffer>();
  for (let at = 0; at < bytes.length;) {
    const start = bytes.toString("latin1", at, at + MAX_START);
    const [head, digits = "", keyword = ""] = /^([1-9][0-9]{0,6}) ([^=\0\n]+)=/.exec(start) ?? [];
    const end = at + Number.parseInt(digits, 10);
    const valueAt = at + (head?.length ?? 0);
    if (head === undefined || end > bytes.length || end <= valueAt || bytes[end - 1] !== LF) {
      throw malformed("an extended header is broken");
    }
    if (values.has(keyword)) throw malformed(`an extended header says ${keyword} twice`);
    const value = bytes.subarray(valueAt, end - 1);
    // Some programs take each line for a record, whatever lengths say.
    if (value.includes(LF)) throw unsupported(`an extended header says ${keyword} in several lines`);
    values.set(keyword, value);
    at = end;
  }
  const replaced: { name?: string; linkName?: string; size?: number } = {};
  for (const [keyword, value] of values) {
    if (keyword === "path") replaced.name = readText(value);
    else if (keyword === "linkpath") replaced.linkName = readText(value);
    else if (keyword === "size") replaced.size = readSize(value);
    else if (!HARMLESS.test(keyword)) throw unsupported(`an extended header says what is not known (${keyword})`);
  }
  return replaced;
}

/** Records for all entries may only comment: programs do not agree on what else they mean. */
export function refuseGlobalRecords(bytes: Buffer): void {
  if (Object.keys(readRecords(bytes)).length > 0) throw unsupported("a global header changes the entries behind it");
}

function readText(value: Buffer): string {
  if (value.length === 0 || value.includes(0)) throw malformed("a name in an extended header is empty or holds a NUL");
  return decodeName(value);
}

function readSize(value: Buffer): number {
  const text = value.toString("latin1");
  if (!/^(?:0|[1-9][0-9]{0,14})$/.test(text)) throw malformed("a size in an extended header is no number");
  return Number.parseInt(text, 10);
}

/** A name in UTF-8, one NUL or more. @throws ArchiveRefusal */
export function readLongName(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  if (end <= 0 || !isZero(bytes.subarray(end))) throw malformed("a long name is empty or does not end in a NUL");
  return decodeName(bytes.subarray(0, end));
}
