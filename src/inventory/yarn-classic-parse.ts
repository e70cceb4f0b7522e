// The format of yarn.lock of yarn 1, which looks like YAML and is none. Source: github.com/yarnpkg/yarn,
// src/lockfile/parse.js and stringify.js.
//
//   file     = {comment | blank | entry}              lines end with LF or CRLF
//   entry    = pattern {", " pattern} ":" {property}
//   pattern  = string                                 name "@" range
//   property = 2 blanks, key " " value                version "1.0.0"
//            | 2 blanks, key ":" {4 blanks, name " " range}     dependencies:
//   string   = a JSON string, or text without blanks, commas, colons and quotes that begins with a letter or one of /.-
//
// Read more strictly than yarn does: a key or pattern that appears twice, other indentation, and anything else that
// yarn never writes are errors, because programs differ in what they make of them.

import { UserError } from "../core/errors.ts";

export interface ClassicText {
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

export interface ClassicEntry {
  /** At least one. */
  readonly patterns: readonly string[];
  readonly line: number;
  readonly properties: ReadonlyMap<string, ClassicText>;
  /** `dependencies`, `optionalDependencies`, and whatever else has lines of its own. */
  readonly groups: ReadonlyMap<string, ReadonlyMap<string, ClassicText>>;
}

interface OpenEntry extends ClassicEntry {
  readonly properties: Map<string, ClassicText>;
  readonly groups: Map<string, Map<string, ClassicText>>;
}

/** Entries and their lines: a line of ten characters takes two hundred bytes in memory. */
const MAX_LINES = 2_000_000;
/** Some packages are asked for in a thousand ways. */
const MAX_LINE = 200_000;

/**
 * The entries of a yarn.lock in their order.
 * @throws UserError `source-malformed` with source and line, `source-unsupported` for another version of the format
 */
export function parseClassicLock(text: string, source: string): readonly ClassicEntry[] {
  const entries: OpenEntry[] = [];
  const seen = new Set<string>();
  const fail = (what: string, line: number): never => {
    throw new UserError("source-malformed", `${source}:${line}: ${what}`);
  };
  let group: Map<string, ClassicText> | undefined;
  let number = 0;
  for (const raw of linesOf(text)) {
    number += 1;
    const line = number;
    if (line > MAX_LINES) throw new UserError("input-too-large", `${source}: has more than ${MAX_LINES} lines`);
    const version = /^# yarn lockfile v(\d+)\s*$/.exec(raw)?.[1];
    if (version !== undefined && version !== "1") {
      throw new UserError(
        "source-unsupported",
        `${source}:${line}: yarn lockfile v${version.slice(0, 20)} is not known`,
      );
    }
    if (raw.length > MAX_LINE) return fail(`is longer than ${MAX_LINE} characters`, line);
    const indent = raw.search(/[^ ]/);
    if (indent === -1 || raw[indent] === "#") continue;
    const words = wordsOf(raw.slice(indent));
    if (words === undefined) return fail("cannot be read", line);
    if (indent === 0) {
      entries.push(openEntry(words, line, { seen, fail }));
      group = undefined;
      continue;
    }
    const entry = entries.at(-1);
    if (entry === undefined) return fail("is indented, and nothing stands above it", line);
    if (indent === 2 && words.colon) group = openGroup(entry, words, line, fail);
    else if (indent === 2) {
      putPair(entry.properties, words, line, fail);
      group = undefined;
    } else if (indent === 4 && group !== undefined) putPair(group, words, line, fail);
    else return fail("is indented in a way that yarn does not write", line);
  }
  return entries;
}

type Fail = (what: string, line: number) => never;

/** Lines without their ends, one by one: a hundred megabytes of empty lines make no list. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const found = text.indexOf("\n", start);
    const end = found === -1 ? text.length : found;
    yield text.slice(start, text[end - 1] === "\r" ? end - 1 : end);
    start = end + 1;
  }
}

interface Words {
  readonly words: readonly string[];
  /** Commas stand between the words. */
  readonly commas: boolean;
  /** The line ends with a colon. */
  readonly colon: boolean;
}

const BARE = /[A-Za-z0-9/.\-_~^*+=<>@$!|&%#?;()[\]{}'][^\s:,"]*/y;
const QUOTED = /"(?:[^"\\]|\\.)*"/y;

/** The words of a line without indentation; undefined for a line that yarn does not write. */
function wordsOf(line: string): Words | undefined {
  const words: string[] = [];
  let [at, commas] = [0, false];
  for (;;) {
    const word = wordAt(line, at);
    if (word === undefined) return undefined;
    words.push(word.text);
    at = word.end;
    const rest = line.slice(at, at + 2);
    if (rest === "") return { words, commas, colon: false };
    if (rest === ":" && at + 1 === line.length) return { words, commas, colon: true };
    const comma = rest === ", ";
    if (!comma && (!rest.startsWith(" ") || rest === "  ")) return undefined;
    if (words.length > 1 && comma !== commas) return undefined;
    commas = comma;
    at += comma ? 2 : 1;
  }
}

function wordAt(line: string, at: number): { readonly text: string; readonly end: number } | undefined {
  const form = line[at] === '"' ? QUOTED : BARE;
  form.lastIndex = at;
  const [found] = form.exec(line) ?? [];
  if (found === undefined) return undefined;
  if (form === BARE) return { text: found, end: at + found.length };
  try {
    return { text: JSON.parse(found) as string, end: at + found.length };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function openEntry(words: Words, line: number, { seen, fail }: { seen: Set<string>; fail: Fail }): OpenEntry {
  if (!words.colon || (words.words.length > 1 && !words.commas)) fail("is no entry of a yarn lockfile", line);
  for (const pattern of words.words) {
    if (seen.has(pattern)) fail(`${shortened(pattern)} appears twice`, line);
    seen.add(pattern);
  }
  return { patterns: words.words, line, properties: new Map(), groups: new Map() };
}

function openGroup(entry: OpenEntry, { words, commas }: Words, line: number, fail: Fail): Map<string, ClassicText> {
  const [name = ""] = words;
  if (words.length !== 1 || commas) fail("is no property of a package", line);
  if (entry.groups.has(name) || entry.properties.has(name)) fail(`${shortened(name)} appears twice`, line);
  const group = new Map<string, ClassicText>();
  entry.groups.set(name, group);
  return group;
}

function putPair(into: Map<string, ClassicText>, { words, commas, colon }: Words, line: number, fail: Fail): void {
  const [name = "", text = ""] = words;
  if (words.length !== 2 || commas || colon) fail("is no property of a package", line);
  if (into.has(name)) fail(`${shortened(name)} appears twice`, line);
  into.set(name, { text, line });
}

function shortened(text: string): string {
  return text.length > 100 ? `${JSON.stringify(text.slice(0, 100))}…` : JSON.stringify(text);
}
