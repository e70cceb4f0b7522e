// Reading one answer of a server, piece by piece, until its promised end. Separate from the sockets: it sees a stream.

import type { Readable } from "node:stream";
import { acceptAnswer, cutShort, tooLarge } from "./net-answer.ts";
import type { AnswerHead } from "./net-answer.ts";
import { shownUrl } from "./net-url.ts";

export interface Fetched {
  /** Where the bytes came from in the end, without query. */
  readonly shown: string;
  /** Bytes. */
  readonly size: number;
  /** Media type in lower case, without parameters; empty when none was stated. */
  readonly type: string;
}

export type Answer = { readonly fetched: Fetched } | { readonly location: string };

/** Takes the next piece of the body. @throws what ends the download */
export type Write = (chunk: Buffer) => void;

/** One request, as the reader of its answer sees it. The first call of `fail` or `done` counts. */
export interface Attempt {
  readonly url: URL;
  /** Bytes. */
  readonly limit: number;
  readonly write: Write;
  /** It has failed or succeeded: what still arrives is not used. */
  readonly isOver: () => boolean;
  readonly progressed: (done: number, total: number | undefined) => void;
  readonly fail: (error: Error) => void;
  readonly done: (answer: Answer) => void;
}

/** Hands the body on, or says where the answer leads. */
export function readAnswer(response: Readable & AnswerHead & { readonly complete: boolean }, attempt: Attempt): void {
  const { url, limit, isOver, fail, done } = attempt;
  let size = 0;
  let length: number | undefined;
  const guarded = (action: () => void): void => {
    if (isOver()) return;
    try {
      action();
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  };
  response.on("error", (cause) => fail(cutShort(url, cause)));
  response.on("close", () => fail(cutShort(url)));
  response.on("end", () => {
    if (!response.complete || (length !== undefined && length !== size)) fail(cutShort(url));
    else done({ fetched: { shown: shownUrl(url), size, type: mediaType(response) } });
  });
  guarded(() => {
    const accepted = acceptAnswer(url, response, limit);
    if ("location" in accepted) {
      done(accepted);
      return;
    }
    ({ length } = accepted);
    attempt.progressed(0, length);
    response.on("data", (chunk: Buffer) =>
      guarded(() => {
        size += chunk.length;
        if (size > limit) throw tooLarge(url, limit);
        attempt.write(chunk);
        attempt.progressed(size, length);
      }),
    );
  });
}

function mediaType({ headers }: AnswerHead): string {
  return (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}
