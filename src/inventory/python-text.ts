// The bytes of a Python lockfile as text, with what an inventory says of the file. Separate because all readers of the
// ecosystem begin with it.

import { createHash } from "node:crypto";
import { isUtf8 } from "node:buffer";
import type { Digest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import type { SourceInput, Tree } from "./source.ts";

const MEBIBYTE = 1024 * 1024;
/** Bytes; larger files are no lockfiles. */
export const MAX_TEXT = 64 * MEBIBYTE;
export const MAX_JSON = 256 * MEBIBYTE;

export interface SourceText {
  readonly text: string;
  /** How messages call the file. */
  readonly shown: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** @throws UserError `input-missing`, `source-malformed` for what is no UTF-8, and as `Tree.read` */
export function readText(input: SourceInput, limit: number): SourceText {
  const { bytes, ...file } = readBytes(input, limit);
  return { text: decodeUtf8(bytes, file.shown), ...file };
}

/** The same before it is known in which encoding it is. */
export function readBytes(
  { tree, path }: SourceInput,
  limit: number,
): Omit<SourceText, "text"> & { readonly bytes: Buffer } {
  const bytes = tree.read(path, limit);
  const shown = tree.shown(path);
  if (bytes === undefined) throw new UserError("input-missing", `${shown}: no such file`);
  const hex = createHash("sha256").update(bytes).digest("hex");
  return { bytes, shown, digest: { algorithm: "sha256", hex, from: "computed" }, size: bytes.length };
}

/** @throws UserError `source-malformed` with the line of the first wrong byte */
export function decodeUtf8(bytes: Buffer, shown: string): string {
  const text = bytes.toString("utf8");
  if (isUtf8(bytes)) return text;
  const line = text.slice(0, Math.max(0, text.indexOf("\u{fffd}"))).split("\n").length;
  throw new UserError("source-malformed", `${shown}:${line}: not UTF-8 text`);
}

/** The path of a file beside another. */
export function beside(path: string, name: string): string {
  const slash = path.lastIndexOf("/");
  return slash === -1 ? name : `${path.slice(0, slash + 1)}${name}`;
}

/** The text of a file that may be missing. */
export function readOptional(tree: Tree, path: string): string | undefined {
  const bytes = tree.read(path, MAX_TEXT);
  return bytes === undefined ? undefined : decodeUtf8(bytes, tree.shown(path));
}
