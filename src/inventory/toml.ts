// TOML from outside (lockfiles, manifests), read strictly and within bounds: the only place that loads a TOML parser.
//
// The parser makes the values; one scan before it (TOML 1.0) counts what the file would become in memory, because two
// bytes of a dotted key take five hundred there, and notes where tables begin. Dates become texts: nobody here compares
// them, and what remains is the same kind of value as JSON gives.

import { parse, TomlError } from "smol-toml";
import { UserError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { JsonObject } from "../core/json-value.ts";
import { createTomlLines } from "./toml-lines.ts";

/** As for JSON: deeper documents are attacks. */
const MAX_DEPTH = 100;

export interface TomlDocument {
  readonly value: JsonObject;
  /**
   * 1-based line of the header of the table `[name]` or of the `index`-th (from 0) `[[name]]`, dotted names as they are
   * written; with `needle`, the line of that text's first occurrence below it. 1 where there is none.
   */
  lineOf(name: string, index?: number, needle?: string): number;
}

/**
 * Reads one TOML document. Refused: what TOML 1.0 refuses (duplicate keys among it), the key `__proto__`, depth over
 * 100, more than 1,500,000 keys, values and tables. A leading byte order mark is allowed.
 * @param shown how messages call the file
 * @throws UserError `source-malformed`, with line and column where the parser names them
 */
export function parseToml(text: string, shown: string): TomlDocument {
  const refuse = (line: number, what: string, cause?: unknown): never => {
    throw new UserError("source-malformed", `${shown}:${line}: ${what}`, cause === undefined ? {} : { cause });
  };
  const lines = createTomlLines(text, (line) => refuse(line, "holds too many values"));
  let value: unknown;
  try {
    value = parse(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return refuse(error.line, `not valid TOML${reasonOf(error)}`, error);
  }
  const problem = toJson(value);
  if (problem !== undefined) refuse(problem === PROTO ? lines.lineOfText("__proto__") : 1, problem);
  return { value: value as JsonObject, lineOf: lines.lineOf };
}

/** The parser's own words without the lines of the file that it quotes. */
function reasonOf(error: TomlError): string {
  const [, reason] = /^Invalid TOML document: ([a-z][a-z0-9 ,;:'()/-]*)$/im.exec(error.message.slice(0, 200)) ?? [];
  return reason === undefined ? "" : ` (${reason.replace(/\.$/, "")})`;
}

const PROTO = 'the key "__proto__" is not allowed';

/** Makes texts of the dates inside a value, in place. Answers what is wrong with it, or undefined. */
function toJson(root: unknown): string | undefined {
  // By hand instead of by recursion: dotted keys are not bound by the parser's depth.
  const open: { readonly at: object; readonly depth: number }[] = [{ at: root as object, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { at, depth } = next;
    if (depth > MAX_DEPTH) return `nested deeper than ${MAX_DEPTH} levels`;
    for (const [key, value] of Object.entries(at) as [string, unknown][]) {
      if (key === "__proto__") return PROTO;
      if (typeof value !== "object" || value === null) continue;
      if (value instanceof Date) (at as Record<string, Json>)[key] = value.toISOString();
      else open.push({ at: value, depth: depth + 1 });
    }
  }
  return undefined;
}
