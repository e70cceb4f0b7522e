// Running hashes over one stream of bytes: several algorithms, prefixes and suffixes in one pass.

import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";

/** A hash over prefix, the stream, and suffix. `algorithm` is node:crypto's name. */
export interface HashRequest {
  readonly algorithm: string;
  readonly prefix?: Uint8Array;
  readonly suffix?: Uint8Array;
  /** Line feeds that no carriage return precedes are hashed as CR LF (RFC 9580 section 5.2.1.2). */
  readonly text?: boolean;
}

export interface HashResult {
  readonly digest: Uint8Array;
  /** A NUL byte was seen, so the bytes are not text. Known only for `text` requests. */
  readonly binary: boolean;
}

/** Hashes that run over the same bytes share one state, and part only at their suffix. */
function stateKey(request: HashRequest): string {
  const prefix = request.prefix === undefined ? "" : Buffer.from(request.prefix).toString("hex");
  return `${request.algorithm} ${request.text === true ? "text" : "bytes"} ${prefix}`;
}

/** Requests in groups of which each needs one pass of one hash function, with their positions in the input. */
export function groupHashes(requests: readonly HashRequest[]): readonly (readonly number[])[] {
  const groups = new Map<string, number[]>();
  requests.forEach((request, index) => {
    const key = stateKey(request);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  });
  return [...groups.values()];
}

const CR = 0x0d;
const LF = 0x0a;
const CRLF = Buffer.from([CR, LF]);

/** RFC 9580 section 5.2.1.2: `<LF>` without `<CR>` becomes `<CR><LF>`, across chunk borders too. */
function updateText(hash: Hash, chunk: Uint8Array, lastByte: number): void {
  let start = 0;
  for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, at + 1)) {
    const before = at === 0 ? lastByte : chunk[at - 1];
    if (before === CR) continue;
    hash.update(chunk.subarray(start, at)).update(CRLF);
    start = at + 1;
  }
  hash.update(chunk.subarray(start));
}

export interface HashSet {
  update(chunk: Uint8Array): void;
  /** One result per request, in their order. Call once. */
  finish(): readonly HashResult[];
}

/** @throws Error when node:crypto does not know an algorithm */
export function createHashSet(requests: readonly HashRequest[]): HashSet {
  const groups = groupHashes(requests).map((members) => {
    const first = requests[members[0] ?? -1];
    if (first === undefined) throw new Error("a group of hashes is empty");
    const hash = createHash(first.algorithm);
    if (first.prefix !== undefined) hash.update(first.prefix);
    return { members, hash, text: first.text === true };
  });
  let lastByte = -1;
  let binary = false;
  return {
    update(chunk) {
      for (const { hash, text } of groups) {
        if (!text) hash.update(chunk);
        else {
          updateText(hash, chunk, lastByte);
          binary ||= chunk.includes(0);
        }
      }
      lastByte = chunk.at(-1) ?? lastByte;
    },
    finish() {
      const results = new Array<HashResult>(requests.length);
      for (const { members, hash, text } of groups) {
        for (const index of members) {
          const copy = hash.copy();
          const suffix = requests[index]?.suffix;
          if (suffix !== undefined) copy.update(suffix);
          results[index] = { digest: copy.digest(), binary: text && binary };
        }
      }
      return results;
    },
  };
}

/** Hashes of bytes that are in memory. */
export function hashBytes(bytes: Uint8Array, requests: readonly HashRequest[]): readonly HashResult[] {
  const set = createHashSet(requests);
  set.update(bytes);
  return set.finish();
}
