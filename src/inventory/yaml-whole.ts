// The reader of all of YAML, by the package `yaml`, and what it would let pass. Separate, because the package takes longer
// to load than most lockfiles to read; only yaml.ts calls it, which looks at the size of a text first.

import { isAlias, isMap, isScalar, isSeq, parseAllDocuments } from "yaml";
import type { YamlNode } from "./yaml-node.ts";

/** Deeper documents are attacks; lockfiles have eight levels. */
const MAX_DEPTH = 100;

type Fail = (what: string, line: number) => never;

/** The documents of a text without a byte order mark; `fail` gets a clause and a line for what is refused. */
export function readWholeYaml(body: string, fail: Fail): readonly YamlNode[] {
  const lineAt = createLineFinder(body);
  const documents = readDocuments(body, (what, at) => fail(what, lineAt(at)));
  return documents.map(({ contents }) => nodeOf(contents, { fail, lineAt, depth: 0 }));
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
