// The second hashing thread: takes the numbers of filled buffers, hashes them in order, gives the buffers back.

import { parentPort, workerData } from "node:worker_threads";
import { createHashSet } from "../core/hash-set.ts";
import type { HashResult, HashRequest } from "../core/hash-set.ts";

/** Buffers are shared memory; `slots[n]` is owned by the worker from `{slot: n}` until it answers `{free: n}`. */
export interface WorkerJob {
  readonly requests: readonly HashRequest[];
  readonly slots: readonly Uint8Array[];
  /** Bytes of the file. */
  readonly size: number;
}

export type ToWorker = { readonly slot: number; readonly length: number } | { readonly end: true };
export type FromWorker = { readonly free: number } | { readonly results: readonly HashResult[] };

const port = parentPort;
if (port === null) throw new Error("hash-worker is not a program");
const job = workerData as WorkerJob;
const set = createHashSet(job.requests, job.size);

port.on("message", (message: ToWorker) => {
  if ("end" in message) {
    port.postMessage({ results: set.finish() } satisfies FromWorker);
    port.close();
    return;
  }
  const buffer = job.slots[message.slot];
  if (buffer === undefined) throw new Error("no such buffer");
  set.update(buffer.subarray(0, message.length));
  port.postMessage({ free: message.slot } satisfies FromWorker);
});
