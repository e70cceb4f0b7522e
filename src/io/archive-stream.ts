// Bytes in their order: a part of a file that is hashed as it is read, what comes out of a deflate stream, and
// a reader that takes exact lengths from either.

import { createHash } from "node:crypto";
import { read } from "node:fs";
import { promisify } from "node:util";
import { constants, createInflateRaw } from "node:zlib";
import type { InflateRaw } from "node:zlib";
import { UserError } from "../core/errors.ts";
import { malformed } from "./archive.ts";
import type { ArchiveFile } from "./archive.ts";
import { readError } from "./files.ts";

const CHUNK = 1 << 20;
/** What is inflated at once: at the highest ratio of deflate (1,032) it becomes 33 MB. */
const DEFLATED_CHUNK = 1 << 15;
const INFLATED_CHUNK = 1 << 18;

const readAsync = promisify(read);

/**
 * Fills `target` from the file, beginning at `position`.
 * @throws UserError `input-unreadable`, and `input-changed` when the file ends before
 */
export async function readFully(file: ArchiveFile, target: Uint8Array, position: number, path: string): Promise<void> {
  for (let done = 0; done < target.length;) {
    let count: number;
    try {
      count = (await readAsync(file.fd, target, done, target.length - done, position + done)).bytesRead;
    } catch (error) {
      throw readError(path, error);
    }
    if (count === 0) throw changed(path);
    done += count;
  }
}

export function changed(path: string): UserError {
  return new UserError("input-changed", `${path}: the file changed while it was being read`);
}

/** Bytes that are hashed in place of those that stand at the offset. */
export interface Patch {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** The beginning of a file, in chunks of which each is valid until the next is asked for. */
export interface HashedBytes {
  readonly chunks: AsyncIterableIterator<Uint8Array>;
  /** Lower-case hex; all chunks must have been taken. */
  sha256(): string;
}

export function readHashed(file: ArchiveFile, end: number, path: string, patch?: Patch): HashedBytes {
  const hash = createHash("sha256");
  let position = 0;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, end));
    while (position < end) {
      const chunk = buffer.subarray(0, end - position);
      await readFully(file, chunk, position, path);
      hash.update(patch === undefined ? chunk : patched(chunk, position, patch));
      position += chunk.length;
      yield chunk;
    }
  }
  return {
    chunks: chunks(),
    sha256() {
      if (position !== end) throw new Error("the file was not read to its end");
      return hash.digest("hex");
    },
  };
}

function patched(chunk: Uint8Array, at: number, patch: Patch): Uint8Array {
  const from = Math.max(at, patch.at);
  const to = Math.min(at + chunk.length, patch.at + patch.bytes.length);
  if (from >= to) return chunk;
  const copy = Uint8Array.from(chunk);
  copy.set(patch.bytes.subarray(from - patch.at, to - patch.at), from - at);
  return copy;
}

/** Takes exact lengths from chunks of any. Refuses, as malformed, when they end before. */
export interface ByteReader {
  /** Valid until the next call. */
  take(length: number): Promise<Buffer>;
  /** The next `length` bytes, in chunks of which each is valid until the next. */
  chunks(length: number): AsyncGenerator<Buffer>;
  /** All that is left, likewise. */
  rest(): AsyncGenerator<Buffer>;
}

export function createByteReader(source: AsyncIterator<Uint8Array>): ByteReader {
  let rest: Buffer = Buffer.alloc(0);
  const refill = async (): Promise<boolean> => {
    const next = await source.next();
    if (next.done === true) return false;
    rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length);
    return true;
  };
  const cut = (length: number): Buffer => {
    const piece = rest.subarray(0, length);
    rest = rest.subarray(piece.length);
    return piece;
  };
  async function* chunks(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0;) {
      if (rest.length === 0 && !(await refill())) throw malformed("it ends too early");
      const piece = cut(left);
      left -= piece.length;
      yield piece;
    }
  }
  return {
    chunks,
    async take(length) {
      if (rest.length >= length) return cut(length);
      const whole = Buffer.allocUnsafe(length);
      let done = 0;
      for await (const piece of chunks(length)) done += piece.copy(whole, done);
      return whole;
    },
    async *rest() {
      do {
        if (rest.length > 0) yield cut(rest.length);
      } while (await refill());
    },
  };
}

/** Errors of zlib that the data brings about (zlib.h). */
const DATA_ERRORS: readonly number[] = [constants.Z_DATA_ERROR, constants.Z_BUF_ERROR, constants.Z_NEED_DICT];

/** An error of zlib as a refusal where the data is the reason; else as it is. */
export function inflateError(error: unknown): unknown {
  const errno = error instanceof Error && "errno" in error ? error.errno : undefined;
  if (typeof errno !== "number" || !DATA_ERRORS.includes(errno)) return error;
  return malformed(`compressed data is broken (${error instanceof Error ? error.message : ""})`);
}

/** The refusal of bytes behind the end of a deflate stream. */
export function dataBehindEnd(): Error {
  return malformed("there is more behind the end of compressed data");
}

/**
 * Inflates one raw deflate stream (RFC 1951) that is exactly as long as all the chunks. Of chunks that are valid
 * until the next is asked for; what it yields stays valid.
 * @throws ArchiveRefusal when the stream is broken, or ends before or behind the last chunk
 */
export async function* inflate(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const stream = createInflateRaw({ chunkSize: INFLATED_CHUNK });
  const ready: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => ready.push(chunk));
  const ended = new Promise<void>((resolve, reject) => stream.once("end", resolve).once("error", reject));
  // Whoever waits for it sees the rejection; nobody may be waiting when it comes.
  ended.catch(() => undefined);
  try {
    let given = 0;
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length; at += DEFLATED_CHUNK) {
        const piece = chunk.subarray(at, at + DEFLATED_CHUNK);
        given += piece.length;
        await written(stream, piece);
        if (stream.bytesWritten !== given) throw dataBehindEnd();
        yield* ready.splice(0);
      }
    }
    stream.end();
    await ended;
    yield* ready.splice(0);
  } catch (error) {
    throw inflateError(error);
  } finally {
    stream.destroy();
  }
}

/** Resolves when all that comes of the piece has come out. zlib does not call back when the data is broken. */
function written(stream: InflateRaw, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once("error", reject);
    stream.write(piece, (error) => {
      stream.off("error", reject);
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}
