// The regular form of YAML in which package managers write lockfiles, read line by line: many times faster than by the
// whole language, and in a tenth of the memory. Whatever is not exactly of this form is not judged here: the answer is
// `undefined`, and the reader of the whole language decides. What is read here, that one reads in the same way (tested).
//
//   stream = ["---"] map {"---" map}     lines end with LF; no tabs; blank lines and lines of comments anywhere
//   map    = {key ":" (" " value | lines that are indented deeper | nothing)}
//   list   = {"- " (scalar | flow | map)}     may stand at the indentation of its key
//   value  = scalar | flow | "|" | "|-"       the last two with lines that are indented deeper
//   scalar = 'single' | "double" | plain      in one line; plain begins with a letter, a digit or one of _./^~<=$(
//   flow   = "{" [key ": " value {", " …}] "}" | "[" [value {", " …}] "]"
//
// Source: YAML 1.2.2, sections 7.3 (flow scalars), 7.4 (flow collections), 8.1 (block scalars), 8.2 (block collections).

import { isPlain, readFlow, readQuoted } from "./yaml-flow.ts";
import type { YamlMap, YamlNode } from "./yaml-node.ts";

/** Deeper documents are left to the other reader, which refuses them at some depth. */
const MAX_DEPTH = 50;
/** YAML does not allow longer keys without `?`. */
const MAX_KEY = 1000;

interface Line {
  readonly indent: number;
  /** Without indentation. */
  readonly text: string;
  /** 1-based. */
  readonly number: number;
}

interface Cursor {
  readonly lines: readonly string[];
  /** The next line, or undefined at the end. Blank lines and comments are none. */
  line: Line | undefined;
}

/** Thrown for what is not of the regular form; never leaves this file. */
const IRREGULAR = new Error("not of the regular form");

/** The documents of a stream, or undefined when it is not of the regular form. */
export function readRegularYaml(text: string): readonly YamlNode[] | undefined {
  // Control characters, tabs, other line breaks and byte order marks.
  if (/[^\n\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\ufffd]/.test(text)) return undefined;
  const cursor: Cursor = { lines: text.split("\n"), line: undefined };
  try {
    advance(cursor, 0);
    takeSeparator(cursor);
    const documents: YamlNode[] = [];
    do {
      const { line } = cursor;
      if (line?.indent !== 0) throw IRREGULAR;
      documents.push({ value: readMap(cursor, 0, 0), line: line.number });
    } while (takeSeparator(cursor));
    if (cursor.line !== undefined) throw IRREGULAR;
    return documents;
  } catch (error) {
    if (error !== IRREGULAR) throw error;
    return undefined;
  }
}

/** Goes to the first line with something in it, from the index on. */
function advance(cursor: Cursor, from: number): void {
  for (let index = from; index < cursor.lines.length; index++) {
    const raw = cursor.lines[index] ?? "";
    let indent = 0;
    while (raw.charCodeAt(indent) === 0x20) indent += 1;
    if (indent === raw.length || raw[indent] === "#") continue;
    cursor.line = { indent, text: raw.slice(indent), number: index + 1 };
    return;
  }
  cursor.line = undefined;
}

function takeSeparator(cursor: Cursor): boolean {
  const { line } = cursor;
  if (line?.text !== "---" || line.indent !== 0) return false;
  advance(cursor, line.number);
  return true;
}

function readMap(cursor: Cursor, indent: number, depth: number): YamlMap {
  if (depth > MAX_DEPTH) throw IRREGULAR;
  const members = new Map<string, YamlNode>();
  for (let { line } = cursor; line?.indent === indent; { line } = cursor) {
    if (indent === 0 && /^(?:---|\.\.\.)/.test(line.text)) break;
    const key = readKey(line.text);
    if (members.has(key.text)) throw IRREGULAR;
    const rest = line.text.slice(key.end);
    members.set(key.text, { value: readMember(cursor, line, rest, depth), line: line.number });
  }
  if (members.size === 0 || (cursor.line !== undefined && cursor.line.indent > indent)) throw IRREGULAR;
  return members;
}

/** A key, and the index behind its colon. */
function readKey(line: string): { readonly text: string; readonly end: number } {
  const quoted = line.startsWith("'") || line.startsWith('"') ? readQuoted(line, 0) : undefined;
  const plain =
    quoted === undefined ? /^[A-Za-z0-9_./^~=$(](?:[^\s:]|:(?=[^\s]))*(?=:(?: |$))/.exec(line)?.[0] : undefined;
  const text = quoted?.text ?? plain;
  const end = quoted?.end ?? plain?.length ?? 0;
  if (text === undefined || end > MAX_KEY || line[end] !== ":") throw IRREGULAR;
  return { text, end: end + 1 };
}

/** The value of a key: what follows it in its line, or on the lines below. The cursor still stands on the line of the key. */
function readMember(cursor: Cursor, line: Line, rest: string, depth: number): YamlNode["value"] {
  if (rest === " |" || rest === " |-") return readLiteral(cursor, line, rest === " |");
  advance(cursor, line.number);
  if (rest !== "") {
    if (!rest.startsWith(" ")) throw IRREGULAR;
    return readInline(cursor, line, rest.slice(1));
  }
  const next = cursor.line;
  if (next !== undefined && next.indent >= line.indent && isItem(next)) return readList(cursor, next.indent, depth + 1);
  if (next === undefined || next.indent <= line.indent) return "";
  return readMap(cursor, next.indent, depth + 1);
}

/** A value that stands in one line, and does not go on in the next. */
function readInline({ line: next }: Cursor, line: Line, text: string): YamlNode["value"] {
  if (next !== undefined && next.indent > line.indent) throw IRREGULAR;
  const first = text[0];
  if (first === "'" || first === '"') {
    const quoted = readQuoted(text, 0);
    if (quoted?.end !== text.length) throw IRREGULAR;
    return quoted.text;
  }
  if (first === "{" || first === "[") {
    const flow = readFlow(text, 0, line.number);
    if (flow?.end !== text.length) throw IRREGULAR;
    return flow.node.value;
  }
  if (!isPlain(text)) throw IRREGULAR;
  return text;
}

function isItem({ text }: Line): boolean {
  return text.startsWith("- ");
}

function readList(cursor: Cursor, indent: number, depth: number): readonly YamlNode[] {
  if (depth > MAX_DEPTH) throw IRREGULAR;
  const items: YamlNode[] = [];
  for (let { line } = cursor; line?.indent === indent && isItem(line); { line } = cursor) {
    const text = line.text.slice(2);
    if (/^(?:[A-Za-z0-9_]|["'][A-Za-z0-9_@/.-]*["']:)[\w.-]*:(?: |$)/.test(text)) {
      cursor.line = { indent: indent + 2, text, number: line.number };
      items.push({ value: readMap(cursor, indent + 2, depth + 1), line: line.number });
    } else {
      advance(cursor, line.number);
      items.push({ value: readInline(cursor, line, text), line: line.number });
    }
  }
  if (cursor.line !== undefined && cursor.line.indent > indent) throw IRREGULAR;
  return items;
}

/** The lines of a literal block scalar; `keep` its last line break. */
function readLiteral(cursor: Cursor, line: Line, keep: boolean): string {
  const first = cursor.lines[line.number] ?? "";
  const indent = first.search(/[^ ]/);
  if (indent <= line.indent) throw IRREGULAR;
  const texts: string[] = [];
  let index = line.number;
  for (; index < cursor.lines.length; index++) {
    const raw = cursor.lines[index] ?? "";
    const start = raw.search(/[^ ]/);
    // Lines of blanks are content or not by rules that are left to the other reader.
    if (start === -1 && raw !== "") throw IRREGULAR;
    if (start !== -1 && start < indent) {
      if (start > line.indent) throw IRREGULAR;
      break;
    }
    texts.push(raw.slice(indent));
  }
  while (texts.at(-1) === "") texts.pop();
  advance(cursor, index);
  return `${texts.join("\n")}${keep ? "\n" : ""}`;
}
