// Where the tables of a TOML text begin, and how many values it holds: one scan that knows strings, comments and headers
// and nothing else of the grammar. Separate from toml.ts because it looks at the text, not at values.
//
//   string   "…" '…' """…""" '''…'''     the last two over several lines
//   comment  # to the end of the line
//   header   [name] or [[name]] at the start of a line, outside of brackets

/** Of keys, parts of dotted keys, items and tables: at most some 800 MB in the parser's hands. */
const MAX_VALUES = 1_500_000;

export interface TomlLines {
  lineOf(name: string, index?: number, needle?: string): number;
  /** 1-based line of the first occurrence of a text; 1 where there is none. */
  lineOfText(text: string): number;
}

interface Header {
  readonly name: string;
  readonly at: number;
}

/** @param refuse is called with a line when there are too many values */
export function createTomlLines(text: string, refuse: (line: number) => never): TomlLines {
  const headers = scanHeaders(text, (at) => refuse(countLines(text, at)));
  let places: ReadonlyMap<string, readonly number[]> | undefined;
  let starts: readonly number[] | undefined;
  const lineAt = (at: number): number => {
    starts ??= lineStarts(text);
    return lastAtMost(starts, at) + 1;
  };
  return {
    lineOf(name, index = 0, needle) {
      places ??= placesOf(headers);
      const found = places.get(name);
      const start = found?.[index];
      if (start === undefined) return 1;
      if (needle === undefined || needle === "") return lineAt(start);
      const below = text.slice(start, found?.[index + 1] ?? text.length).indexOf(needle);
      return lineAt(start + Math.max(below, 0));
    },
    lineOfText: (wanted) => lineAt(Math.max(text.indexOf(wanted), 0)),
  };
}

function placesOf(headers: readonly Header[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  for (const { name, at } of headers) {
    const known = places.get(name);
    if (known === undefined) places.set(name, [at]);
    else known.push(at);
  }
  return places;
}

function countLines(text: string, end: number): number {
  return lastAtMost(lineStarts(text.slice(0, end)), end) + 1;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The index of the last of ascending numbers that is not above `limit`. */
function lastAtMost(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? Infinity) <= limit) low = middle;
    else high = middle;
  }
  return low;
}

const [LF, QUOTE, HASH, APOSTROPHE, COMMA, DOT, EQUALS, OPEN, BACKSLASH, CLOSE, OPEN_TABLE, CLOSE_TABLE] = [
  0x0a, 0x22, 0x23, 0x27, 0x2c, 0x2e, 0x3d, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d,
];

function scanHeaders(text: string, refuse: (at: number) => never): readonly Header[] {
  const headers: Header[] = [];
  let [values, depth, fresh] = [0, 0, true];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === LF) {
      fresh = true;
      continue;
    }
    if (unit === 0x20 || unit === 0x09 || unit === 0x0d || unit === 0xfeff) continue;
    if (unit === OPEN && fresh && depth === 0) headers.push({ name: headerName(text, at), at });
    fresh = false;
    if (unit === HASH) at = endOfLine(text, at) - 1;
    else if (unit === QUOTE || unit === APOSTROPHE) at = endOfString(text, at, unit) - 1;
    else if (unit === CLOSE || unit === CLOSE_TABLE) depth = Math.max(0, depth - 1);
    else if (unit === COMMA || unit === DOT || unit === EQUALS || unit === OPEN || unit === OPEN_TABLE) {
      if (unit === OPEN || unit === OPEN_TABLE) depth += 1;
      values += 1;
      if (values > MAX_VALUES) refuse(at);
    }
  }
  return headers;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end === -1 ? text.length : end;
}

/** What stands between the brackets of a header, without blanks and quotes. */
function headerName(text: string, at: number): string {
  const line = text.slice(at, Math.min(endOfLine(text, at), at + 300));
  return (/^\[\[?([^\]#]*)\]/.exec(line)?.[1] ?? "").replaceAll(/["'\s]/g, "");
}

/** The index behind a string that begins at `start`; a string of one line ends with it, closed or not. */
function endOfString(text: string, start: number, quote: number): number {
  const escapes = quote === QUOTE;
  const mark = String.fromCharCode(quote);
  if (!text.startsWith(mark.repeat(3), start)) {
    for (let at = start + 1; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === LF) return at;
      if (unit === quote) return at + 1;
      if (escapes && unit === BACKSLASH) at += 1;
    }
    return text.length;
  }
  for (let at = start + 3; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (escapes && unit === BACKSLASH) at += 1;
    else if (unit === quote && text.startsWith(mark.repeat(3), at)) {
      let end = at + 3;
      // One or two quotes may stand before the closing three.
      while (end < at + 5 && text.charCodeAt(end) === quote) end += 1;
      return end;
    }
  }
  return text.length;
}
