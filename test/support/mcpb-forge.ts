// Bundles with signature blocks that no tool makes, from the parts of a real one.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./project.ts";

export const MCPB_FIXTURES = join(ROOT, "fixtures/verify/mcpb");

/** A file of fixtures/verify/mcpb/. */
export function bundle(name: string): Buffer {
  return readFileSync(join(MCPB_FIXTURES, name));
}

export const HEADER = Buffer.from("MCPB_SIG_V1");
export const FOOTER = Buffer.from("MCPB_SIG_END");

/** What the fixture holds: the zip, and the CMS signature. */
export const ZIP = bundle("unsigned.mcpb");
export const SIGNATURE = bundle("signed.mcpb").subarray(ZIP.length + HEADER.length + 4, -FOOTER.length);

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** A block around a signature; its length as it says, or as given. */
export function block(signature: Uint8Array, length: number = signature.length): Buffer {
  return Buffer.concat([HEADER, uint32(length), signature, FOOTER]);
}

/** The zip with this comment length in its end record, which has no comment. */
export function withCommentLength(zip: Uint8Array, length: number): Buffer {
  const copy = Buffer.from(zip);
  copy.writeUInt16LE(length, copy.length - 2);
  return copy;
}

/** A zip without entries, whose central directory begins at this offset by its own account. */
export function emptyZip(offset = 0): Buffer {
  const record = Buffer.alloc(22);
  record.write("PK\x05\x06", "latin1");
  record.writeUInt32LE(offset, 16);
  return record;
}

/** The zip with all its offsets moved, as `zip -A` does for an archive that something stands before. */
export function moved(zip: Uint8Array, by: number): Buffer {
  const copy = Buffer.from(zip);
  const record = copy.length - 22;
  const directory = copy.readUInt32LE(record + 16);
  for (let at = directory; at < record;) {
    copy.writeUInt32LE(copy.readUInt32LE(at + 42) + by, at + 42);
    at += 46 + copy.readUInt16LE(at + 28) + copy.readUInt16LE(at + 30) + copy.readUInt16LE(at + 32);
  }
  copy.writeUInt32LE(directory + by, record + 16);
  return copy;
}
