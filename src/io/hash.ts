// One read of one file feeds every hash and the optional copy. Two threads where there is enough to do.

import { fstatSync, read } from "node:fs";
import { promisify } from "node:util";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { readError, systemErrorCode, writeFully } from "./files.ts";
import type { OpenFile } from "./files.ts";
import { createHashSet, groupHashes } from "../core/hash-set.ts";
import type { HashSet, HashResult, HashRequest } from "../core/hash-set.ts";
import type { FromWorker, ToWorker, WorkerJob } from "./hash-worker.ts";

/** Set by the build: the worker's file beside this one. */
declare const HASH_WORKER_FILE: string;

const CHUNK = 1 << 20;
/** A worker costs about 25 ms to start: below this size one thread is done sooner. */
const TWO_THREADS_FROM = 48 << 20;
const SLOTS = 6;

const readAsync = promisify(read);

export interface ReadOptions {
  /** For messages. */
  readonly path: string;
  /** Also write every byte here, as it is read. */
  readonly copyTo?: number;
  /** What two threads are for: the hashes of this file, or other files that are read meanwhile. */
  readonly spread?: "hashes" | "files";
  /** Called with the bytes read so far, once per chunk. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ReadResult {
  readonly size: number;
  /** One per request, in their order. */
  readonly digests: readonly HashResult[];
}

/** Buffers that take turns; a small file gets small ones, and a worker shares them. */
function createRing(size: number, shared: boolean): readonly Uint8Array[] {
  const length = Math.max(4096, Math.min(CHUNK, size));
  return Array.from(
    { length: shared ? SLOTS : 2 },
    () => new Uint8Array(shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length)),
  );
}

/** Relative cost of a hash function on a processor with SHA extensions; only balances the two threads. */
function cost(algorithm: string): number {
  if (algorithm === "identity") return 0;
  return algorithm === "sha256" || algorithm === "sha224" || algorithm === "sha1" ? 1 : 2;
}

/** Splits the groups so that neither thread waits long: `[here, worker]`, as positions in `requests`. */
function share(requests: readonly HashRequest[]): readonly [readonly number[], readonly number[]] {
  const here: number[] = [];
  const there: number[] = [];
  let balance = 0;
  const weight = (group: readonly number[]): number => cost(requests[group[0] ?? 0]?.algorithm ?? "");
  for (const group of groupHashes(requests).toSorted((a, b) => weight(b) - weight(a))) {
    // The main thread also copies the bytes in, so the first and dearest group goes to the worker.
    // Bytes that are kept stay here: handing them over would double them.
    const kept = requests[group[0] ?? 0]?.algorithm === "identity";
    const side = balance <= 0 && !kept ? there : here;
    balance += side === there ? weight(group) : -weight(group);
    side.push(...group);
  }
  return [here, there];
}

/** Second threads that run now. */
let threads = 0;

/** Where other files are read meanwhile, a whole file goes to the second thread when that is free. */
function shareFiles(requests: readonly HashRequest[]): readonly [readonly number[], readonly number[]] {
  const all = requests.map((_, index) => index);
  const stays = (index: number): boolean => threads > 0 || requests[index]?.algorithm === "identity";
  return [all.filter(stays), all.filter((index) => !stays(index))];
}

/**
 * Reads an open file from its start to its end and computes all the hashes that were asked for.
 * @throws UserError `input-unreadable`, `output-failed`, and `input-changed` when the size or a time changed meanwhile
 */
export async function hashFile(
  file: OpenFile,
  requests: readonly HashRequest[],
  options: ReadOptions,
): Promise<ReadResult> {
  const [here, there] = options.spread === "files" ? shareFiles(requests) : share(requests);
  const worth = options.spread === "files" || here.length > 0;
  const parallel = file.size >= TWO_THREADS_FROM && there.length > 0 && worth && availableParallelism() > 1;
  const pick = (positions: readonly number[]): HashRequest[] => positions.flatMap((i) => requests[i] ?? []);
  const ring = createRing(file.size, parallel);
  // First what may fail: a second thread that nobody stops would keep the program from ending.
  const set = createHashSet(parallel ? pick(here) : requests, file.size);
  if (parallel) threads += 1;
  try {
    const worker = parallel ? await startWorker(pick(there), ring, file.size) : undefined;
    try {
      return await readAll(file, requests, options, { ring, set, worker, here, there });
    } finally {
      await worker?.stop();
    }
  } finally {
    if (parallel) threads -= 1;
  }
}

interface Reading {
  readonly ring: readonly Uint8Array[];
  readonly set: HashSet;
  readonly worker: HashWorker | undefined;
  /** Positions of the requests that this thread works on, and those of the other. */
  readonly here: readonly number[];
  readonly there: readonly number[];
}

async function readAll(
  file: OpenFile,
  requests: readonly HashRequest[],
  options: ReadOptions,
  { ring, set, worker, here, there }: Reading,
): Promise<ReadResult> {
  const size = await pump(file, ring, set, worker, options);
  refuseChange(file, size, options.path);
  const own = set.finish();
  if (worker === undefined) return { size, digests: own };
  const others = await worker.finish();
  const digests = new Array<HashResult>(requests.length);
  here.forEach((position, i) => (digests[position] = existing(own[i])));
  there.forEach((position, i) => (digests[position] = existing(others[i])));
  return { size, digests };
}

function existing<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a digest is missing");
  return value;
}

/** Reads the next chunk while the last one is being hashed. Returns the bytes read. */
async function pump(
  file: OpenFile,
  ring: readonly Uint8Array[],
  set: HashSet,
  worker: HashWorker | undefined,
  options: ReadOptions,
): Promise<number> {
  const readInto = async (slot: number, position: number): Promise<number> => {
    try {
      const buffer = existing(ring[slot]);
      return (await readAsync(file.fd, buffer, 0, buffer.length, position)).bytesRead;
    } catch (error) {
      throw readError(options.path, error);
    }
  };
  let position = 0;
  let slot = 0;
  let pending = readInto(slot, position);
  for (;;) {
    const length = await pending;
    if (length === 0) return position;
    const chunk = existing(ring[slot]).subarray(0, length);
    position += length;
    // Without this a file that grows as fast as it is read would never end.
    if (position > file.size) throw changed(options.path);
    worker?.send(slot, length);
    const next = (slot + 1) % ring.length;
    await worker?.free(next);
    pending = readInto(next, position);
    // A rejection is seen when `pending` is awaited; hashing below may throw first.
    pending.catch(() => undefined);
    set.update(chunk);
    if (options.copyTo !== undefined) copy(options.copyTo, chunk, options.path);
    options.onProgress?.(position, file.size);
    slot = next;
  }
}

function copy(fd: number, chunk: Uint8Array, path: string): void {
  try {
    writeFully(fd, chunk);
  } catch (error) {
    const code = systemErrorCode(error) ?? "?";
    throw new UserError("output-failed", `the verified copy of ${path} cannot be written (${code})`, { cause: error });
  }
}

/** The bytes that were hashed must be the file: same size, not written to while it was read. */
function refuseChange(file: OpenFile, size: number, path: string): void {
  const after = fstatSync(file.fd);
  const same =
    after.size === size &&
    file.size === size &&
    after.mtimeMs === file.stats.mtimeMs &&
    after.ctimeMs === file.stats.ctimeMs;
  if (!same) throw changed(path);
}

function changed(path: string): UserError {
  return new UserError("input-changed", `${path}: the file changed while it was being read`);
}

interface HashWorker {
  send(slot: number, length: number): void;
  /** Resolves when the worker no longer uses the slot. */
  free(slot: number): Promise<void>;
  finish(): Promise<readonly HashResult[]>;
  stop(): Promise<unknown>;
}

async function startWorker(
  requests: readonly HashRequest[],
  slots: readonly Uint8Array[],
  size: number,
): Promise<HashWorker> {
  const { Worker } = await import("node:worker_threads");
  const workerData: WorkerJob = { requests, slots, size };
  const worker = new Worker(join(import.meta.dirname, HASH_WORKER_FILE), { workerData });
  const busy = new Set<number>();
  let results: readonly HashResult[] | undefined;
  let failure: Error | undefined;
  let wake = (): void => undefined;
  worker.on("message", (message: FromWorker) => {
    if ("free" in message) busy.delete(message.free);
    else results = message.results;
    wake();
  });
  worker.on("error", (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
    wake();
  });
  worker.on("exit", () => {
    if (results === undefined) failure ??= new Error("the hashing thread ended early");
    wake();
  });
  const until = async (done: () => boolean): Promise<void> => {
    while (!done()) {
      if (failure !== undefined) throw failure;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const post = (message: ToWorker): void => worker.postMessage(message);
  return {
    send(slot, length) {
      busy.add(slot);
      post({ slot, length });
    },
    free: (slot) => until(() => !busy.has(slot)),
    async finish() {
      post({ end: true });
      await until(() => results !== undefined);
      return existing(results);
    },
    stop: () => worker.terminate(),
  };
}
