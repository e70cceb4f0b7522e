// Scalars and flow collections of the regular form of YAML: what stands in one line. See yaml-regular.ts for the grammar.

import type { YamlNode } from "./yaml-node.ts";

/** A value, and the index behind it. */
interface Read {
  readonly node: YamlNode;
  readonly end: number;
}

const MAX_DEPTH = 10;

/** How a plain scalar may begin here: with nothing that YAML gives a meaning. */
const PLAIN_START = /^[A-Za-z0-9_./^~<=$(]/;

/** True for a whole text that is a plain scalar of a block collection, in one line. */
export function isPlain(text: string): boolean {
  return PLAIN_START.test(text) && !text.endsWith(" ") && !text.endsWith(":") && !/: | #/.test(text);
}

/** The text of a quoted scalar that begins at `start`; undefined when it does not end in this line, or has escapes that JSON lacks. */
export function readQuoted(line: string, start: number): { readonly text: string; readonly end: number } | undefined {
  if (line[start] === "'") {
    for (let end = line.indexOf("'", start + 1); end !== -1; end = line.indexOf("'", end + 2)) {
      if (line[end + 1] === "'") continue;
      return { text: line.slice(start + 1, end).replaceAll("''", "'"), end: end + 1 };
    }
    return undefined;
  }
  for (let end = start + 1; end < line.length; end++) {
    if (line[end] === "\\") end += 1;
    else if (line[end] === '"') {
      const quoted = line.slice(start, end + 1);
      const text = quoted.includes("\\") ? unescaped(quoted) : quoted.slice(1, -1);
      return text === undefined ? undefined : { text, end: end + 1 };
    }
  }
  return undefined;
}

/** Escapes that JSON has mean the same in YAML. */
function unescaped(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** A flow collection that begins at `start`; undefined for one that is not of the regular form. */
export function readFlow(line: string, start: number, lineNumber: number, depth = 0): Read | undefined {
  if (depth > MAX_DEPTH) return undefined;
  return line[start] === "{"
    ? readFlowMap(line, start, lineNumber, depth)
    : readFlowList(line, start, lineNumber, depth);
}

function readFlowList(line: string, start: number, lineNumber: number, depth: number): Read | undefined {
  const items: YamlNode[] = [];
  if (line[start + 1] === "]") return { node: { value: items, line: lineNumber }, end: start + 2 };
  for (let at = start + 1; ;) {
    const item = readFlowValue(line, at, lineNumber, depth);
    if (item === undefined) return undefined;
    items.push(item.node);
    if (line[item.end] === "]") return { node: { value: items, line: lineNumber }, end: item.end + 1 };
    if (line[item.end] !== "," || line[item.end + 1] !== " ") return undefined;
    at = item.end + 2;
  }
}

function readFlowMap(line: string, start: number, lineNumber: number, depth: number): Read | undefined {
  const members = new Map<string, YamlNode>();
  if (line[start + 1] === "}") return { node: { value: members, line: lineNumber }, end: start + 2 };
  for (let at = start + 1; ;) {
    const key = readFlowKey(line, at);
    if (key === undefined || members.has(key.text) || line[key.end] !== ":" || line[key.end + 1] !== " ") {
      return undefined;
    }
    const value = readFlowValue(line, key.end + 2, lineNumber, depth);
    if (value === undefined) return undefined;
    members.set(key.text, value.node);
    if (line[value.end] === "}") return { node: { value: members, line: lineNumber }, end: value.end + 1 };
    if (line[value.end] !== "," || line[value.end + 1] !== " ") return undefined;
    at = value.end + 2;
  }
}

function readFlowKey(line: string, start: number): { readonly text: string; readonly end: number } | undefined {
  if (line[start] === "'" || line[start] === '"') return readQuoted(line, start);
  const [text = ""] = /^[A-Za-z0-9_./$-]{1,200}/.exec(line.slice(start, start + 201)) ?? [];
  return /^[A-Za-z0-9_./$]/.test(text) ? { text, end: start + text.length } : undefined;
}

function readFlowValue(line: string, start: number, lineNumber: number, depth: number): Read | undefined {
  const first = line[start];
  if (first === "{" || first === "[") return readFlow(line, start, lineNumber, depth + 1);
  if (first === "'" || first === '"') {
    const quoted = readQuoted(line, start);
    return quoted === undefined ? undefined : { node: { value: quoted.text, line: lineNumber }, end: quoted.end };
  }
  const end = endOfPlain(line, start);
  const text = line.slice(start, end);
  return isPlain(text) ? { node: { value: text, line: lineNumber }, end } : undefined;
}

/** Plain scalars of flow collections end before the indicators of these. */
function endOfPlain(line: string, start: number): number {
  for (let end = start; end < line.length; end++) {
    const unit = line.charCodeAt(end);
    if (unit === 0x2c || unit === 0x5b || unit === 0x5d || unit === 0x7b || unit === 0x7d) return end;
  }
  return line.length;
}
