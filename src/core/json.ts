// JSON from outside, read strictly, and JSON for digests, written by RFC 8785.
// Separate from JSON.parse because that takes the last of two equal keys, and hands out `__proto__`.

import { type ParseErrorCode, printParseErrorCode, visit } from "jsonc-parser";
import { UserError } from "./errors.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** RFC 8259 leaves the depth to the reader; deeper documents than this are attacks. */
const MAX_DEPTH = 200;

/** UTF-16 units of all pointers together: one long key above many members would else fill the memory with copies of itself. */
const MAX_POINTERS = 16_000_000;

/** Values of all kinds, those inside others included: an empty object of two bytes takes a hundred in memory. */
const MAX_VALUES = 200_000;

/** Blanks in a row, and escapes in all: the scanner puts texts of them together one by one, at forty bytes for each. */
const MAX_BLANKS = 100_000;
const MAX_ESCAPES = 1_000_000;
const [TAB, LF, SPACE, BACKSLASH] = [0x09, 0x0a, 0x20, 0x5c];

interface ParseOptions {
  /** Name of the document for messages. */
  readonly source: string;
  /** Comments and trailing commas, as people write them in configuration files. */
  readonly comments?: boolean;
}

/**
 * A value, and the 1-based line on which it and each value inside starts, by JSON Pointer (RFC 6901).
 * Of a document with very many or very long pointers the first ones have a line.
 */
export interface ParsedJson {
  readonly value: Json;
  readonly lines: ReadonlyMap<string, number>;
}

/**
 * Reads one JSON document. Refused: duplicate keys, the key `__proto__`, depth over 200, more than 200,000 values,
 * 1,000,000 escapes or 100,000 blanks in a row, trailing text, numbers that are not finite, and whatever RFC 8259
 * refuses. A leading byte order mark is allowed, and so are lone surrogates (`\ud800`) and integers beyond 2^53, which
 * lose their last digits as in every JavaScript program.
 * @throws UserError `json-malformed`, with source, line and column
 */
export function parseJson(text: string, options: ParseOptions): ParsedJson {
  const body = text.startsWith("\u{feff}") ? text.slice(1) : text;
  const lines = new Map<string, number>();
  const open: { container: Json[] | Map<string, Json>; key: string | undefined; pointer: string }[] = [];
  let root: Json | undefined;
  let spent = 0;
  let values = 0;

  const fail = (what: string, line: number, column: number): never => {
    throw new UserError("json-malformed", `${options.source}:${line + 1}:${column + 1}: ${what}`);
  };
  const pointerOf = (): string => {
    const top = open.at(-1);
    if (top === undefined) return "";
    const step = Array.isArray(top.container) ? String(top.container.length) : (top.key ?? "");
    return `${top.pointer}/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`;
  };
  const locate = (pointer: string, line: number, column: number): void => {
    values += 1;
    if (values > MAX_VALUES) fail(`it holds more than ${MAX_VALUES} values`, line, column);
    spent += pointer.length + 1;
    if (spent <= MAX_POINTERS) lines.set(pointer, line + 1);
  };
  const add = (value: Json): void => {
    const top = open.at(-1);
    if (top === undefined) root = value;
    else if (Array.isArray(top.container)) top.container.push(value);
    else top.container.set(top.key ?? "", value);
  };
  const begin = (container: Json[] | Map<string, Json>, line: number, column: number): void => {
    if (open.length >= MAX_DEPTH) fail(`nested deeper than ${MAX_DEPTH} levels`, line, column);
    const pointer = pointerOf();
    locate(pointer, line, column);
    open.push({ container, key: undefined, pointer });
  };
  const end = (): void => {
    const closed = open.pop();
    if (closed !== undefined)
      add(Array.isArray(closed.container) ? closed.container : Object.fromEntries(closed.container));
  };

  refuseCostlyText(body, fail);
  visit(
    body,
    {
      onObjectBegin: (_offset, _length, line, column) => begin(new Map<string, Json>(), line, column),
      onObjectEnd: end,
      onArrayBegin: (_offset, _length, line, column) => begin([], line, column),
      onArrayEnd: end,
      onObjectProperty: (key, _offset, _length, line, column) => {
        const top = open.at(-1);
        if (top === undefined || Array.isArray(top.container)) return;
        if (key === "__proto__") fail('the key "__proto__" is not allowed', line, column);
        if (top.container.has(key)) fail(`the key ${quoted(key)} appears twice`, line, column);
        top.key = key;
      },
      onLiteralValue: (value: Json, _offset, _length, line, column) => {
        if (typeof value === "number" && !Number.isFinite(value)) fail("a number is out of range", line, column);
        locate(pointerOf(), line, column);
        add(value);
      },
      onError: (code: ParseErrorCode, _offset, _length, line, column) => {
        fail(
          printParseErrorCode(code)
            .replaceAll(/(?<!^)([A-Z])/g, " $1")
            .toLowerCase(),
          line,
          column,
        );
      },
    },
    { disallowComments: options.comments !== true, allowTrailingComma: options.comments === true },
  );
  if (root === undefined) throw new UserError("json-malformed", `${options.source}:1:1: the document is empty`);
  return { value: root, lines };
}

function refuseCostlyText(text: string, fail: (what: string, line: number, column: number) => never): void {
  let [line, lineStart, blanks, escapes] = [0, 0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    blanks = unit === SPACE || unit === TAB ? blanks + 1 : 0;
    if (unit === BACKSLASH) escapes += 1;
    if (blanks > MAX_BLANKS) fail(`more than ${MAX_BLANKS} blanks in a row`, line, at - lineStart);
    if (escapes > MAX_ESCAPES) fail(`it holds more than ${MAX_ESCAPES} escapes`, line, at - lineStart);
    if (unit === LF) [line, lineStart] = [line + 1, at + 1];
  }
}

/** Of a long key the start, so that a hostile document does not choose the length of our message. */
function quoted(key: string): string {
  return key.length > 100 ? `${JSON.stringify(key.slice(0, 100))}…` : JSON.stringify(key);
}

/**
 * RFC 8785 (JSON Canonicalization Scheme): keys by UTF-16 code units, ECMAScript numbers and strings.
 * @throws UserError `json-malformed` for lone surrogates and numbers that JSON cannot hold
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new UserError("json-malformed", "a number is out of range");
  }
  if (typeof value === "string") return canonicalString(value);
  if (value === null || typeof value === "boolean" || typeof value === "number") return JSON.stringify(value);
  if (typeof value !== "object") throw new TypeError(`${typeof value} is no JSON value`);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(",")}]`;
  const members = Object.entries(value as Readonly<Record<string, Json>>);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${canonicalString(key)}:${canonicalJson(member)}`).join(",")}}`;
}

function canonicalString(text: string): string {
  if (!text.isWellFormed()) throw new UserError("json-malformed", "a string holds a lone surrogate");
  return JSON.stringify(text);
}
