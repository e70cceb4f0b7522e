// Large JSON documents from outside (lockfiles, SBOMs): as strict as json.ts, and fast enough for a million lines.
// Separate, because json.ts walks a document value by value to know the line of each; here the engine's own parser makes
// the values after one scan of the text has refused what that parser would let pass, and lines are found when asked for.
//
// What the scan must know of the grammar (RFC 8259): a string is a key when a colon follows it; braces and brackets nest.
// Anything else that is wrong is left to JSON.parse, which refuses it.

import { UserError } from "./errors.ts";
import type { ErrorCode } from "./errors.ts";
import type { Json } from "./json.ts";

/** As in json.ts: deeper documents are attacks. */
const MAX_DEPTH = 200;
/** Values of all kinds: an object of two bytes takes sixty in memory. A hundred thousand components have three million. */
const MAX_VALUES = 6_000_000;

const [TAB, LF, CR, SPACE, QUOTE, COMMA, COLON, OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN, CLOSE] = [
  0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2c, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d,
];

export interface LargeJson {
  readonly value: Json;
  /** 1-based line of the key at the end of a path of keys and indexes, or of the last part of it that is there. */
  lineOf(path: readonly (string | number)[]): number;
}

interface LargeJsonOptions {
  /** Name of the document for messages. */
  readonly source: string;
  /** Code of the error; default `json-malformed`. */
  readonly code?: ErrorCode;
}

/**
 * Reads one JSON document. Refused: duplicate keys, the key `__proto__`, depth over 200, more than 6,000,000 values,
 * and whatever RFC 8259 refuses. A leading byte order mark is allowed.
 * @throws UserError with source, line and column
 */
export function parseLargeJson(text: string, options: LargeJsonOptions): LargeJson {
  const body = text.startsWith("\u{feff}") ? text.slice(1) : text;
  const fail = (what: string, at: number): never => {
    const before = body.slice(0, at);
    const line = countLines(before, before.length);
    const column = at - before.lastIndexOf("\n");
    throw new UserError(options.code ?? "json-malformed", `${options.source}:${line}:${column}: ${what}`);
  };
  if (body.trim() === "") fail("the document is empty", 0);
  refuseDoubtful(body, fail);
  let value: Json;
  try {
    value = JSON.parse(body) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The position is the only part of the engine's message that has the same form in every version.
    const at = /position (\d+)/.exec(error.message)?.[1];
    return fail("not valid JSON", at === undefined ? body.length : Number(at));
  }
  let lines: ReadonlyMap<string, number> | undefined;
  return {
    value,
    lineOf(path) {
      lines ??= linesOf(body);
      for (let length = Math.min(path.length, LINE_DEPTH); length > 0; length--) {
        const line = lines.get(pathKey(path.slice(0, length)));
        if (line !== undefined) return line;
      }
      return 1;
    },
  };
}

function countLines(text: string, end: number): number {
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < end; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines;
}

type Fail = (what: string, at: number) => never;

/** The end of a string that begins at `start`: the index behind its closing quote. Text without one ends there. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return end + 1;
  }
  return text.length;
}

function isBlank(unit: number): boolean {
  return unit === SPACE || unit === LF || unit === CR || unit === TAB;
}

/** The text of a string with its quotes; of one that is none, its own characters, so that JSON.parse can refuse it. */
function stringAt(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  if (!raw.includes("\\")) return raw;
  try {
    return JSON.parse(text.slice(start, end)) as string;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return raw;
  }
}

function refuseDoubtful(text: string, fail: Fail): void {
  // A set of the keys of each object that is open; undefined for a list.
  const open: (Set<string> | undefined)[] = [];
  let values = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      const end = endOfString(text, at);
      let next = end;
      while (isBlank(text.charCodeAt(next))) next += 1;
      const keys = open.at(-1);
      if (keys !== undefined && text.charCodeAt(next) === COLON) {
        const key = stringAt(text, at, end);
        if (key === "__proto__") fail('the key "__proto__" is not allowed', at);
        if (keys.has(key)) fail(`the key ${shortened(key)} appears twice`, at);
        keys.add(key);
      }
      at = next - 1;
    } else if (unit === OPEN || unit === OPEN_LIST) {
      if (open.length >= MAX_DEPTH) fail(`nested deeper than ${MAX_DEPTH} levels`, at);
      open.push(unit === OPEN ? new Set() : undefined);
      values += 1;
    } else if (unit === CLOSE || unit === CLOSE_LIST) {
      open.pop();
    } else if (unit === COMMA) {
      values += 1;
      if (values > MAX_VALUES) fail(`it holds more than ${MAX_VALUES} values`, at);
    }
  }
}

function shortened(key: string): string {
  return key.length > 100 ? `${JSON.stringify(key.slice(0, 100))}…` : JSON.stringify(key);
}

/** Keys and list items down to this depth have a line: `packages`, its entries, their members. */
const LINE_DEPTH = 3;

function pathKey(path: readonly (string | number)[]): string {
  return JSON.stringify(path);
}

/** The line of each key and list item down to `LINE_DEPTH`, of a document that is known to be valid. */
function linesOf(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const open: { readonly list: boolean; step: string | number }[] = [];
  // The next line feed is looked for once: a document of one line has none, however often that is asked.
  let [line, feed] = [1, text.indexOf("\n")];
  const mark = (at: number): void => {
    if (open.length > LINE_DEPTH) return;
    for (; feed !== -1 && feed < at; feed = text.indexOf("\n", feed + 1)) line += 1;
    lines.set(pathKey(open.map(({ step }) => step)), line);
  };
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isBlank(unit) || unit === COLON) continue;
    const top = open.at(-1);
    if (unit === COMMA) {
      if (top?.list === true) top.step = Number(top.step) + 1;
      continue;
    }
    if (unit === CLOSE || unit === CLOSE_LIST) {
      open.pop();
      continue;
    }
    if (top?.list === true) mark(at);
    if (unit === OPEN || unit === OPEN_LIST) {
      open.push({ list: unit === OPEN_LIST, step: 0 });
    } else if (unit === QUOTE) {
      const end = endOfString(text, at);
      let next = end;
      while (isBlank(text.charCodeAt(next))) next += 1;
      if (text.charCodeAt(next) === COLON && top?.list === false) {
        top.step = stringAt(text, at, end);
        mark(at);
      }
      at = next - 1;
    } else if (top?.list === true) {
      // A number or a literal in a list: it ends before the next comma or bracket.
      while (at + 1 < text.length && ![COMMA, CLOSE_LIST].includes(text.charCodeAt(at + 1))) at += 1;
    }
  }
  return lines;
}
