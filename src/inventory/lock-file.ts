// The text of a lockfile that people merge by hand: read whole, as UTF-8, and refused while it holds a merge conflict.

import { UserError } from "../core/errors.ts";
import type { SourceInput } from "./source.ts";

/** Bytes. */
const MAX_LOCKFILE = 64 * 1024 * 1024;

export interface LockText {
  readonly bytes: Buffer;
  /** Without a byte order mark; lines end as they are written. */
  readonly text: string;
}

/** @throws UserError `input-missing`, `input-too-large`, `source-malformed` */
export function readLockText({ tree, path }: SourceInput): LockText {
  const source = tree.shown(path);
  const bytes = tree.read(path, MAX_LOCKFILE);
  if (bytes === undefined) throw new UserError("input-missing", `${source}: no such file`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UserError("source-malformed", `${source}:1: not UTF-8 text`, { cause: error });
  }
  const conflict = /^(?:<{7}|>{7}|\|{7})(?: |\r?$)/m.exec(text);
  if (conflict !== null) {
    const line = text.slice(0, conflict.index).split("\n").length;
    throw new UserError("source-malformed", `${source}:${line}: holds a merge conflict that nobody has resolved`, {
      hint: "resolve it with the package manager (most do when they install), then read the file again",
    });
  }
  return { bytes, text };
}
