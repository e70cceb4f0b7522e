// Running hashes over one stream of bytes: several algorithms, prefixes and suffixes in one pass.

import { createHash, createVerify } from "node:crypto";

/** The most that is kept of a stream for signatures that need the bytes themselves. */
export const MAX_WHOLE_BYTES = 200_000_000;

/** A hash over prefix, the stream, and suffix. */
export interface HashRequest {
  /** node:crypto's name; `identity` (as in multiformats) asks for the bytes themselves, at most `MAX_WHOLE_BYTES`. */
  readonly algorithm: string;
  readonly prefix?: Uint8Array;
  readonly suffix?: Uint8Array;
  /** Line feeds that no carriage return precedes are hashed as CR LF (RFC 9580 section 5.2.1.2). */
  readonly text?: boolean;
  /** Only the bytes before this offset of the stream count. */
  readonly end?: number;
  /** These bytes are hashed in place of those that stand at the offset. */
  readonly patch?: { readonly at: number; readonly bytes: Uint8Array };
  /**
   * A signature by this key (PEM, SubjectPublicKeyInfo; RSA or ECDSA) that is checked over the same bytes in the
   * same pass: node:crypto cannot check ECDSA over a ready digest.
   */
  readonly verify?: { readonly key: string; readonly signature: Uint8Array };
}

export interface HashResult {
  /** Of `identity` the bytes; empty when `tooLarge`. */
  readonly digest: Uint8Array;
  /** A NUL byte was seen, so the bytes are not text. Known only for `text` requests. */
  readonly binary: boolean;
  /** The stream is longer than what is kept for `identity`. */
  readonly tooLarge?: true;
  /** Whether the signature of `verify` is good. */
  readonly verified?: boolean;
}

/** Requests that run over the same bytes share one state, and part only at their suffix. */
function stateKey(request: HashRequest, index: number): string {
  // A check of a signature, and bytes that are kept, have a state of their own.
  if (request.verify !== undefined) return `verify ${index}`;
  const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");
  const { algorithm, text, end, patch, prefix } = request;
  const patched = patch === undefined ? "" : `${patch.at}:${hex(patch.bytes)}`;
  return `${algorithm} ${text === true ? "text" : "bytes"} ${end ?? ""} ${patched} ${hex(prefix)}`;
}

/** Requests in groups of which each needs one pass of one hash function, with their positions in the input. */
export function groupHashes(requests: readonly HashRequest[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  requests.forEach((request, index) => {
    const key = stateKey(request, index);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  });
  return [...groups.values()];
}

const CR = 0x0d;
const LF = 0x0a;
const CRLF = Buffer.from([CR, LF]);

/** What takes bytes: a hash, a check of a signature, or memory. */
interface Sink {
  update(bytes: Uint8Array): void;
  finish(suffix: Uint8Array | undefined): Omit<HashResult, "binary">;
}

function hashSink({ algorithm }: HashRequest): Sink {
  const hash = createHash(algorithm);
  return {
    update: (bytes) => void hash.update(bytes),
    finish(suffix) {
      const copy = hash.copy();
      if (suffix !== undefined) copy.update(suffix);
      return { digest: copy.digest() };
    },
  };
}

/** Keeps the bytes, up to the limit. `size` is how many are expected. */
function identitySink(size: number): Sink {
  let kept = Buffer.allocUnsafeSlow(Math.min(size, MAX_WHOLE_BYTES));
  let length = 0;
  return {
    update(bytes) {
      length += bytes.length;
      if (length > MAX_WHOLE_BYTES) kept = Buffer.alloc(0);
      else if (length <= kept.length) kept.set(bytes, length - bytes.length);
      else kept = Buffer.concat([kept.subarray(0, length - bytes.length), bytes]);
    },
    finish(suffix) {
      if (length > MAX_WHOLE_BYTES) return { digest: new Uint8Array(), tooLarge: true };
      const bytes = kept.subarray(0, length);
      return { digest: suffix === undefined ? bytes : Buffer.concat([bytes, suffix]) };
    },
  };
}

/** A hash, and the check of a signature over the same bytes. */
function verifySink(request: HashRequest, { key, signature }: NonNullable<HashRequest["verify"]>): Sink {
  const hash = hashSink(request);
  const verify = createVerify(request.algorithm);
  return {
    update(bytes) {
      hash.update(bytes);
      verify.update(bytes);
    },
    finish(suffix) {
      if (suffix !== undefined) verify.update(suffix);
      return { ...hash.finish(suffix), verified: verify.verify(key, signature) };
    },
  };
}

function sinkFor(request: HashRequest, size: number): Sink {
  if (request.verify !== undefined) return verifySink(request, request.verify);
  return request.algorithm === "identity" ? identitySink(size) : hashSink(request);
}

/** RFC 9580 section 5.2.1.2: `<LF>` without `<CR>` becomes `<CR><LF>`, across chunk borders too. */
function updateText(sink: Sink, chunk: Uint8Array, lastByte: number): void {
  let start = 0;
  for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
    const before = at === 0 ? lastByte : chunk[at - 1];
    if (before === CR) continue;
    sink.update(chunk.subarray(start, at));
    sink.update(CRLF);
    start = at + 1;
  }
  sink.update(chunk.subarray(start));
}

/** The part of the chunk, which starts at `position`, that counts for the request. */
function portion({ end, patch }: HashRequest, chunk: Uint8Array, position: number): Uint8Array {
  const counted =
    end === undefined || position + chunk.length <= end ? chunk : chunk.subarray(0, Math.max(0, end - position));
  if (patch === undefined || patch.at >= position + counted.length || patch.at + patch.bytes.length <= position)
    return counted;
  const patched = Buffer.from(counted);
  patch.bytes.forEach((byte, index) => {
    const at = patch.at + index - position;
    if (at >= 0 && at < patched.length) patched[at] = byte;
  });
  return patched;
}

export interface HashSet {
  update(chunk: Uint8Array): void;
  /** One result per request, in their order. Call once. */
  finish(): readonly HashResult[];
}

/**
 * @param size bytes that are expected, so that bytes which are kept are not copied about; a guess is good enough
 * @throws Error when node:crypto does not know an algorithm
 */
export function createHashSet(requests: readonly HashRequest[], size = 0): HashSet {
  const groups = groupHashes(requests).map((members) => {
    const first = requests[members[0] ?? -1];
    if (first === undefined) throw new Error("a group of hashes is empty");
    const sink = sinkFor(first, size);
    if (first.prefix !== undefined) sink.update(first.prefix);
    return { members, sink, first };
  });
  let position = 0;
  let lastByte = -1;
  let binary = false;
  return {
    update(chunk) {
      for (const { sink, first } of groups) {
        const bytes = portion(first, chunk, position);
        if (first.text !== true) sink.update(bytes);
        else {
          updateText(sink, bytes, lastByte);
          binary ||= bytes.includes(0);
        }
      }
      position += chunk.length;
      lastByte = chunk.at(-1) ?? lastByte;
    },
    finish() {
      const results = new Array<HashResult>(requests.length);
      for (const { members, sink, first } of groups) {
        for (const index of members)
          results[index] = { ...sink.finish(requests[index]?.suffix), binary: first.text === true && binary };
      }
      return results;
    },
  };
}

/** Hashes of bytes that are in memory. */
export function hashBytes(bytes: Uint8Array, requests: readonly HashRequest[]): readonly HashResult[] {
  const set = createHashSet(requests, bytes.length);
  set.update(bytes);
  return set.finish();
}
