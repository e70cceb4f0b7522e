// Under which extras and groups a package of pylock.toml is installed: the part of environment markers that PEP 751
// added. Everything else in a marker depends on a machine and may hold; nothing here decides about a machine.
//
//   marker = and ("or" and)*          and = atom ("and" atom)*
//   atom   = "(" marker ")" | value operator value
//   value  = "text" | 'text' | name   operator = in | not in | == | != | <= | >= | < | > | ~= | ===

import { normalName } from "./python-names.ts";

/** What is asked for at installation. */
export interface Selection {
  readonly extras: ReadonlySet<string> | "all";
  readonly groups: ReadonlySet<string> | "all";
}

const TOKEN = /\s*(?:([()])|'([^']*)'|"([^"]*)"|([A-Za-z_][A-Za-z0-9_.]*)|(===|[=!<>~]=|<|>))/y;
/** More are not read: parentheses are recursion. */
const MAX_DEPTH = 50;
const MAX_LENGTH = 20_000;

interface Token {
  readonly kind: "bracket" | "text" | "name" | "operator";
  readonly text: string;
}

/** False when the package cannot be installed with this selection, on any machine; true for markers that are none. */
export function mayHold(marker: string, selection: Selection): boolean {
  const tokens = marker.length > MAX_LENGTH ? undefined : tokensOf(marker);
  if (tokens === undefined) return true;
  const cursor = { at: 0 };
  const answer = readOr(tokens, cursor, selection, 0);
  return answer === undefined || cursor.at < tokens.length ? true : answer;
}

function tokensOf(marker: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const text = marker.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text);
    if (match === null) return undefined;
    const [, bracket, single, double, name, operator] = match;
    if (bracket !== undefined) tokens.push({ kind: "bracket", text: bracket });
    else if (name !== undefined) tokens.push({ kind: "name", text: name });
    else if (operator !== undefined) tokens.push({ kind: "operator", text: operator });
    else tokens.push({ kind: "text", text: single ?? double ?? "" });
  }
  return tokens;
}

interface Cursor {
  at: number;
}

type Read = (tokens: readonly Token[], cursor: Cursor, selection: Selection, depth: number) => boolean | undefined;

function takes(tokens: readonly Token[], cursor: Cursor, word: string): boolean {
  const token = tokens[cursor.at];
  if (token === undefined || token.kind === "text" || token.text !== word) return false;
  cursor.at += 1;
  return true;
}

/** Undefined: not a marker. */
const readOr: Read = (tokens, cursor, selection, depth) => {
  let answer = readAnd(tokens, cursor, selection, depth);
  while (answer !== undefined && takes(tokens, cursor, "or")) {
    const next = readAnd(tokens, cursor, selection, depth);
    answer = next === undefined ? undefined : answer || next;
  }
  return answer;
};

const readAnd: Read = (tokens, cursor, selection, depth) => {
  let answer = readAtom(tokens, cursor, selection, depth);
  while (answer !== undefined && takes(tokens, cursor, "and")) {
    const next = readAtom(tokens, cursor, selection, depth);
    answer = next === undefined ? undefined : answer && next;
  }
  return answer;
};

const readAtom: Read = (tokens, cursor, selection, depth) => {
  if (depth > MAX_DEPTH) return undefined;
  if (takes(tokens, cursor, "(")) {
    const answer = readOr(tokens, cursor, selection, depth + 1);
    return takes(tokens, cursor, ")") ? answer : undefined;
  }
  const left = tokens[cursor.at];
  cursor.at += 1;
  const negated = takes(tokens, cursor, "not");
  const operator = tokens[cursor.at];
  const right = tokens[cursor.at + 1];
  cursor.at += 2;
  if (left === undefined || operator === undefined || right === undefined) return undefined;
  if (left.kind === "bracket" || right.kind === "bracket") return undefined;
  if (operator.kind !== "operator" && (operator.kind !== "name" || operator.text !== "in")) return undefined;
  const chosen = right.kind === "name" && operator.text === "in" ? chosenOf(right.text, selection) : undefined;
  if (chosen === undefined || left.kind !== "text") return true;
  if (chosen === "all") return true;
  return chosen.has(normalName(left.text)) !== negated;
};

function chosenOf(name: string, selection: Selection): ReadonlySet<string> | "all" | undefined {
  if (name === "extras") return selection.extras;
  return name === "dependency_groups" ? selection.groups : undefined;
}
