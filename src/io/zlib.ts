// One small zlib stream (RFC 1950) that somebody else made, inflated at once and within a limit. Separate from
// archive-stream.ts, which inflates files of any size piece by piece.

import { inflateSync } from "node:zlib";
import { ArchiveRefusal } from "./archive.ts";
import { inflateError } from "./archive-stream.ts";

/** With `info` the engine comes back too, which says how much of the input it has used; the types do not know. */
const inflateWithInfo = inflateSync as unknown as (
  data: Uint8Array,
  options: object,
) => { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };

/**
 * The inflated bytes, or a clause that says why there are none. Zeros behind the stream are padding.
 * @param limit bytes, of what comes out
 */
export function inflateZlib(data: Uint8Array, limit: number): Buffer | string {
  try {
    const { buffer, engine } = inflateWithInfo(data, { info: true, maxOutputLength: limit });
    const isPadding = data.subarray(engine.bytesWritten).every((byte) => byte === 0);
    return isPadding ? buffer : "there is more behind the end of its compressed data";
  } catch (error) {
    if (error instanceof RangeError) return "it is too large when it is inflated";
    const refusal = inflateError(error);
    if (refusal instanceof ArchiveRefusal) return refusal.message;
    throw refusal;
  }
}
