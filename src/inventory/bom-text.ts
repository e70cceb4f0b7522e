// The text of an SBOM: decoded strictly, told from the forms that are not read here, and its identity as a file. Both
// formats begin this way.

import { createHash } from "node:crypto";
import type { Digest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import type { Component } from "../core/inventory.ts";
import { isJsonObject } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { parseLargeJson } from "../core/large-json.ts";
import type { LargeJson } from "../core/large-json.ts";
import type { SourceInput } from "./source.ts";

/** Bytes. */
const MAX_SBOM = 256 * 2 ** 20;

export interface BomText {
  /** As messages call the file. */
  readonly file: string;
  readonly text: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** @throws UserError `input-missing`, `input-too-large`, `source-malformed` for what is no UTF-8 */
export function readBomText({ tree, path }: SourceInput): BomText {
  const file = tree.shown(path);
  const bytes = tree.read(path, MAX_SBOM);
  if (bytes === undefined) throw new UserError("input-missing", `${file}: no such file`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new UserError("source-malformed", `${file}:1: is not UTF-8`, { cause: error });
  }
  const hex = createHash("sha256").update(bytes).digest("hex");
  return { file, text, digest: { algorithm: "sha256", hex, from: "computed" }, size: bytes.length };
}

export interface BomJson {
  readonly document: JsonObject;
  readonly json: LargeJson;
}

/** @throws UserError `source-malformed` for what is no JSON object */
export function parseBom({ file, text }: BomText): BomJson {
  const json = parseLargeJson(text, { source: file, code: "source-malformed" });
  if (!isJsonObject(json.value)) throw new UserError("source-malformed", `${file}:1: the document is no JSON object`);
  return { document: json.value, json };
}

/** What an SBOM is about that does not say it. @param file as messages call it */
export function anonymousRoot(file: string): Omit<Component, "scope" | "dependsOn"> {
  return {
    key: "",
    kind: "application",
    name: file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1),
    digests: [],
    undigested: "the SBOM does not say what it is about",
    origin: { kind: "unknown" },
    facts: {},
    file,
  };
}
