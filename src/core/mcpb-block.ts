// The signature block at the end of an MCP bundle (.mcpb), found by arithmetic alone. A bundle that once had one is
// never read as unsigned because something was cut off, added or put behind it: that is malformed.
//
//   bundle = zip, block
//   block  = "MCPB_SIG_V1", length (4 bytes, little-endian), CMS signature of that length, "MCPB_SIG_END"
//
// The zip's end record stands directly before the block. Its comment length is 0, or counts the block.
// (mcpb, src/node/sign.ts; the length was added there after signing, later before.)

/** Reads bytes of the file; fewer than asked for only where the file ends. */
export type ReadRange = (offset: number, length: number) => Uint8Array;

export interface SignedBlock {
  readonly kind: "signed";
  /** The CMS signature, unread. Attacker-controlled. */
  readonly der: Uint8Array;
  /** Offset of the block: the zip, and what is signed, are the bytes before it. */
  readonly end: number;
  /** Offset of the zip's end record. */
  readonly endRecord: number;
  /** As the end record has it: 0, or the size of the block. */
  readonly commentLength: number;
}

export type SignatureBlock =
  { readonly kind: "none" } | { readonly kind: "malformed"; readonly reason: string } | SignedBlock;

const HEADER = Buffer.from("MCPB_SIG_V1", "latin1");
const FOOTER = Buffer.from("MCPB_SIG_END", "latin1");
/** End of central directory, and what points to its 64-bit form. */
const END_RECORD = Buffer.from("PK\x05\x06", "latin1");
const LOCATOR_64 = Buffer.from("PK\x06\x07", "latin1");
const END_RECORD_BYTES = 22;
/** Header and length. */
const FRONT = HEADER.length + 4;
/** Longest block that is read (bytes). */
const MAX_BLOCK = FRONT + (1 << 20) + FOOTER.length;
/** How much is looked at between a block and an archive behind it. */
const MAX_GAP = 65_536;
/** How much of a central directory is looked at. */
const MAX_DIRECTORY = 1 << 20;
const DIRECTORY_ENTRY_BYTES = 46;
/** Longest comment of a zip. */
const MAX_COMMENT = 65_535;

function malformed(reason: string): SignatureBlock {
  return { kind: "malformed", reason };
}

/**
 * The signature block of a bundle. Whether what stands before it is a zip is for the reader of zips to say.
 * @param size of the file in bytes
 */
export function readSignatureBlock(size: number, read: ReadRange): SignatureBlock {
  const start = Math.max(0, size - MAX_BLOCK - MAX_COMMENT - END_RECORD_BYTES);
  const tail = Buffer.from(read(start, size - start));
  if (tail.length !== size - start) return malformed("it could not be read to its end");
  return tail.subarray(-FOOTER.length).equals(FOOTER) ? readBlock(tail, start) : refuseRemains(tail, size, read);
}

/** @param start offset of `tail` in the file */
function readBlock(tail: Buffer, start: number): SignatureBlock {
  const footer = tail.length - FOOTER.length;
  const header = tail.lastIndexOf(HEADER, footer);
  if (header === -1) return malformed("its signature block has an end and no beginning");
  if (header + FRONT > footer || tail.readUInt32LE(header + HEADER.length) !== footer - header - FRONT) {
    return malformed("the length in its signature block is not that of the block");
  }
  const block = tail.subarray(header);
  if (block.indexOf(FOOTER) !== footer - header) return malformed("its signature block has two ends");
  // Whoever passes a bundle on can put an archive into the parts of a CMS message that nobody signs.
  if (block.includes(END_RECORD) || block.includes(LOCATOR_64)) {
    return malformed("its signature block holds the end of another archive");
  }
  if (tail.subarray(Math.max(0, header - FOOTER.length), header).equals(FOOTER)) {
    return malformed("it has two signature blocks");
  }
  for (let at = tail.indexOf(HEADER); at < header && at !== -1; at = tail.indexOf(HEADER, at + 1)) {
    if (at + FRONT <= footer && tail.readUInt32LE(at + HEADER.length) === footer - at - FRONT) {
      return malformed("its signature block can be read in two ways");
    }
  }
  const endRecord = header - END_RECORD_BYTES;
  if (endRecord < 0 || !tail.subarray(endRecord, endRecord + 4).equals(END_RECORD)) {
    return malformed("its signature block does not stand directly behind the end record of a zip");
  }
  const commentLength = tail.readUInt16LE(header - 2);
  if (commentLength !== 0 && commentLength !== block.length) {
    return malformed("the comment length of its zip is neither 0 nor the size of the signature block");
  }
  return {
    kind: "signed",
    der: Uint8Array.from(tail.subarray(header + FRONT, footer)),
    end: start + header,
    endRecord: start + endRecord,
    commentLength,
  };
}

/** A file that does not end in a block: no part of one may stand where the zip has ended, or before it begins. */
function refuseRemains(tail: Buffer, size: number, read: ReadRange): SignatureBlock {
  const endRecord = findEndRecord(tail);
  const after = endRecord === undefined ? tail : tail.subarray(endRecord);
  if (after.includes(FOOTER)) return malformed("something stands behind the end of its signature block");
  if (after.includes(HEADER)) return malformed("it has the beginning of a signature block and not its end");
  if (endRecord === undefined) return { kind: "none" };
  const behindBlock = beginnings(tail, endRecord, size, read).some((at) =>
    Buffer.from(read(Math.max(0, at - MAX_GAP), Math.min(at, MAX_GAP))).includes(FOOTER),
  );
  return behindBlock ? malformed("another archive stands behind its signature block") : { kind: "none" };
}

/**
 * Where the zip begins by its own account, and where its first entry does: what is before belongs to no entry. Offsets
 * count from the first byte of the zip, which need not be that of the file (4.3.12 and 4.3.16 of the ZIP specification).
 */
function beginnings(tail: Buffer, endRecord: number, size: number, read: ReadRange): readonly number[] {
  const length = tail.readUInt32LE(endRecord + 12);
  const offset = tail.readUInt32LE(endRecord + 16);
  const directoryStart = size - tail.length + endRecord - length;
  const zipStart = directoryStart - offset;
  // What does not add up, or has 64-bit sizes, is for the reader of zips to refuse.
  if (zipStart < 0) return [];
  const directory = Buffer.from(read(directoryStart, Math.min(length, MAX_DIRECTORY)));
  let first = offset;
  for (let at = 0; at + DIRECTORY_ENTRY_BYTES <= directory.length;) {
    first = Math.min(first, directory.readUInt32LE(at + 42));
    const texts = [28, 30, 32].map((field) => directory.readUInt16LE(at + field));
    at += DIRECTORY_ENTRY_BYTES + texts.reduce((sum, text) => sum + text, 0);
  }
  return [zipStart, zipStart + first];
}

/** Where the end record is that every strict reader takes: its comment reaches exactly to the end of the file. */
function findEndRecord(tail: Buffer): number | undefined {
  const last = tail.length - END_RECORD_BYTES;
  for (
    let at = last < 0 ? -1 : tail.lastIndexOf(END_RECORD, last);
    at >= 0;
    at = at === 0 ? -1 : tail.lastIndexOf(END_RECORD, at - 1)
  ) {
    if (last - at > MAX_COMMENT) return undefined;
    if (tail.readUInt16LE(at + 20) === last - at) return at;
  }
  return undefined;
}
