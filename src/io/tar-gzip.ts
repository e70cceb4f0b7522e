// The one gzip member around a tar archive (RFC 1952). Anything behind it is refused: some programs read a second
// member, and some do not.
//
//   member = ID1 ID2 CM FLG MTIME(4) XFL OS [XLEN(2) extra] [name NUL] [comment NUL] [CRC16(2)]
//            deflate-stream CRC32(4) ISIZE(4)

import { crc32 } from "node:zlib";
import { malformed, refuseBomb, unsupported } from "./archive.ts";
import { inflate } from "./archive-stream.ts";
import type { ByteReader } from "./archive-stream.ts";

const FIXED_BYTES = 10;
const TRAILER_BYTES = 8;
const DEFLATE = 8;
const FHCRC = 1 << 1;
const FEXTRA = 1 << 2;
const FNAME = 1 << 3;
const FCOMMENT = 1 << 4;
const RESERVED = 0xe0;
/** Of the name and the comment, which nobody needs (bytes). */
const MAX_TEXT_BYTES = 4096;

/**
 * The content of a file that is one gzip member from its first byte to its last; `size` is that of the file.
 * @throws ArchiveRefusal
 */
export async function* gunzip(reader: ByteReader, size: number): AsyncGenerator<Buffer> {
  const compressed = size - (await readHeader(reader, size)) - TRAILER_BYTES;
  if (compressed < 0) throw malformed("its gzip data is cut off");
  let length = 0;
  let sum = 0;
  for await (const chunk of inflate(reader.chunks(compressed))) {
    length += chunk.length;
    refuseBomb(length, size);
    sum = crc32(chunk, sum);
    yield chunk;
  }
  const trailer = await reader.take(TRAILER_BYTES);
  if (trailer.readUInt32LE(0) !== sum) throw malformed("its content does not have the CRC of its gzip data");
  if (trailer.readUInt32LE(4) !== length % 2 ** 32)
    throw malformed("its content does not have the size in its gzip data");
}

/** Returns its length in bytes. */
async function readHeader(reader: ByteReader, size: number): Promise<number> {
  let length = 0;
  let sum = 0;
  const take = async (count: number): Promise<Buffer> => {
    length += count;
    if (length > size) throw malformed("its gzip header is cut off");
    const bytes = await reader.take(count);
    sum = crc32(bytes, sum);
    return bytes;
  };
  const skipText = async (): Promise<void> => {
    for (let count = 0; (await take(1)).readUInt8(0) !== 0; count++) {
      if (count === MAX_TEXT_BYTES) throw unsupported(`its gzip header is longer than ${MAX_TEXT_BYTES} bytes`);
    }
  };
  const fixed = await take(FIXED_BYTES);
  const flags = fixed.readUInt8(3);
  if (fixed.readUInt16BE(0) !== 0x1f8b) throw malformed("it is not compressed by gzip");
  if (fixed.readUInt8(2) !== DEFLATE || (flags & RESERVED) !== 0) throw unsupported("its gzip header is not known");
  if ((flags & FEXTRA) !== 0) await take((await take(2)).readUInt16LE(0));
  if ((flags & FNAME) !== 0) await skipText();
  if ((flags & FCOMMENT) !== 0) await skipText();
  const expected = sum & 0xffff;
  if ((flags & FHCRC) !== 0 && (await take(2)).readUInt16LE(0) !== expected) {
    throw malformed("the CRC of its gzip header is wrong");
  }
  return length;
}
