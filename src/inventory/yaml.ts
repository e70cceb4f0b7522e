// YAML of lockfiles and SBOMs from outside, read strictly. One place, because the language has anchors that grow to
// gigabytes, tags that make objects, merge keys, and keys given twice of which each program takes another one.
// Files as package managers write them are read by yaml-regular.ts; all others by the package `yaml`, and looked through.

import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from "yaml";
import { UserError } from "../core/errors.ts";
import type { YamlNode } from "./yaml-node.ts";
import { readRegularYaml } from "./yaml-regular.ts";

interface YamlOptions {
  /** Name of the file for messages. */
  readonly source: string;
}

/** Deeper documents are attacks; lockfiles have eight levels. */
const MAX_DEPTH = 100;
/** Lines, and indicators that may begin a value inside a line: each takes up to two kilobytes in memory while it is read. */
const MAX_PARTS = 300_000;
/** UTF-16 units. The largest lockfiles that are known have eight million. */
const MAX_TEXT = 32 * 1024 * 1024;

/**
 * The documents of a YAML stream; none for a stream of comments. Refused: duplicate keys, keys that are no texts,
 * anchors, aliases, tags, merge keys, directives, depth over 100, more than 300,000 lines and parts of lines.
 * A leading byte order mark is allowed.
 * @throws UserError `source-malformed` with source and line, `input-too-large`
 */
export function parseYaml(text: string, options: YamlOptions): readonly YamlNode[] {
  const body = text.startsWith("\u{feff}") ? text.slice(1) : text;
  const fail = (what: string, line: number): never => {
    throw new UserError("source-malformed", `${options.source}:${line}: ${what}`);
  };
  refuseCostlyText(body, options.source, fail);
  return readRegularYaml(body) ?? readWholeYaml(body, fail);
}

/** The same for everything that YAML allows; exported for the test that both readers agree. */
export function readWholeYaml(body: string, fail: Fail): readonly YamlNode[] {
  const lineAt = createLineFinder(body);
  const documents = readDocuments(body, (what, at) => fail(what, lineAt(at)));
  return documents.map(({ contents }) => nodeOf(contents, { fail, lineAt, depth: 0 }));
}

type Fail = (what: string, line: number) => never;

/** Counts what will become objects, and nesting that would fill the stack, before anything is made of the text. */
function refuseCostlyText(text: string, source: string, fail: Fail): void {
  if (text.length > MAX_TEXT)
    throw new UserError("input-too-large", `${source}: is longer than ${MAX_TEXT} characters`);
  let [line, parts, opened, indicators] = [1, 1, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x0a) {
      line += 1;
      parts += 1;
      indicators = 0;
    } else if (unit === 0x2c) {
      parts += 1;
    } else if (unit === 0x5b || unit === 0x7b) {
      opened += 1;
      parts += 1;
      indicators += 1;
    } else if (unit === 0x5d || unit === 0x7d) {
      opened = Math.max(0, opened - 1);
    } else if ((unit === 0x2d || unit === 0x3f || unit === 0x3a) && isBlank(text.charCodeAt(at + 1))) {
      // `- - - a` and `? ? ? a` nest as well.
      indicators += 1;
    }
    if (parts > MAX_PARTS) {
      throw new UserError("input-too-large", `${source}:${line}: has more than ${MAX_PARTS} lines and parts of lines`);
    }
    if (indicators > MAX_INDICATORS) fail("too many lists and mappings in one line", line);
    if (opened > MAX_INDICATORS) fail(`nested deeper than ${MAX_DEPTH} levels`, line);
  }
}

/** In one line, and open brackets that may all stand in texts: enough for a list of a thousand, and safe for the stack. */
const MAX_INDICATORS = 1000;

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0d || Number.isNaN(unit);
}

/** The line of an offset; offsets are asked for in nearly rising order. */
function createLineFinder(text: string): (offset: number) => number {
  let [line, start] = [1, 0];
  return (offset) => {
    if (offset < start) [line, start] = [1, 0];
    for (let end = text.indexOf("\n", start); end !== -1 && end < offset; end = text.indexOf("\n", start)) {
      line += 1;
      start = end + 1;
    }
    return line;
  };
}

interface DocumentNode {
  readonly contents: unknown;
}

function readDocuments(text: string, fail: (what: string, at: number) => never): readonly DocumentNode[] {
  let documents;
  try {
    // Keys that appear twice are looked for below: the package compares each with each.
    documents = parseAllDocuments(text, {
      schema: "failsafe",
      uniqueKeys: false,
      prettyErrors: false,
      strict: true,
      logLevel: "silent",
    });
  } catch (error) {
    if (error instanceof RangeError) return fail("nested too deeply", 0);
    throw error;
  }
  if (!Array.isArray(documents)) return [];
  for (const { errors, warnings, directives } of documents) {
    const problem = errors[0] ?? warnings[0];
    if (problem !== undefined) fail(sentence(problem.message), problem.pos[0]);
    const tags = Object.keys(directives?.tags ?? {});
    if (directives?.yaml.explicit === true || tags.some((tag) => tag !== "!!")) fail("directives are not allowed", 0);
  }
  return documents;
}

/** The package's message as a clause. */
function sentence(message: string): string {
  const first = message.split("\n", 1)[0] ?? "";
  const clause = first.length > 200 ? `${first.slice(0, 200)}…` : first;
  return `not valid YAML: ${clause.slice(0, 1).toLowerCase()}${clause.slice(1).replace(/\.$/, "")}`;
}

interface Place {
  readonly fail: Fail;
  readonly lineAt: (offset: number) => number;
  readonly depth: number;
}

function nodeOf(node: unknown, place: Place, keyLine?: number): YamlNode {
  const { fail, lineAt, depth } = place;
  if (node === null || node === undefined) return { value: "", line: keyLine ?? 1 };
  const line = keyLine ?? lineAt(startOf(node));
  if (isAlias(node)) return fail("aliases are not allowed", line);
  if (depth > MAX_DEPTH) return fail(`nested deeper than ${MAX_DEPTH} levels`, line);
  if (!isScalar(node) && !isSeq(node) && !isMap(node)) return fail("not a text, list or mapping", line);
  if (node.anchor !== undefined) fail("anchors are not allowed", line);
  // The failsafe schema gives each node its own tag when it has none.
  if (node.tag !== undefined) fail("tags are not allowed", line);
  if (isScalar(node)) return { value: typeof node.value === "string" ? node.value : (node.source ?? ""), line };
  const inner = { fail, lineAt, depth: depth + 1 };
  if (isSeq(node)) return { value: node.items.map((item) => nodeOf(item, inner)), line };
  const members = new Map<string, YamlNode>();
  for (const { key, value } of node.items) {
    const at = lineAt(startOf(key));
    const name = nodeOf(key, inner).value;
    if (typeof name !== "string") return fail("a key is not a text", at);
    if (name === "<<") fail("merge keys are not allowed", at);
    if (members.has(name)) fail(`the key ${shortened(name)} appears twice`, at);
    members.set(name, nodeOf(value, inner, at));
  }
  return { value: members, line };
}

function startOf(node: unknown): number {
  const range = typeof node === "object" && node !== null && "range" in node ? node.range : undefined;
  return Array.isArray(range) ? Number(range[0]) : 0;
}

function shortened(key: string): string {
  return key.length > 100 ? `${JSON.stringify(key.slice(0, 100))}…` : JSON.stringify(key);
}
