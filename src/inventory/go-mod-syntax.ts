// The syntax of go.mod files: lines of words, alone or in blocks. Separate from their meaning (go-mod.ts).
//
//   file      = { statement | comment | blank }          https://go.dev/ref/mod#go-mod-file-lexical
//   statement = verb { word } newline | verb "(" newline { { word } newline } ")" newline
//   word      = identifier | "interpreted" | `raw` | "(" ")" "[" "]" "{" "}" "," | "=>"
//   comment   = "//" to the end of the line, also inside an identifier

import { UserError } from "../core/errors.ts";

/** One line, with the verb of its block where it stands in one. */
export interface GoStatement {
  readonly verb: string;
  readonly words: readonly string[];
  /** Behind `//`, without blanks around it. */
  readonly comment: string;
  /** 1-based. */
  readonly line: number;
}

export interface GoSyntax {
  readonly statements: readonly GoStatement[];
  /** Lines that cannot be read, 1-based. */
  readonly malformed: readonly number[];
}

const WORD = /\s+|(\/\/.*)|("(?:[^"\\]|\\.)*"|`[^`]*`)|([()[\]{},]|(?:(?!\/\/)[^\s()[\]{},])+)/y;

interface Line {
  readonly words: readonly string[];
  readonly comment: string;
}

/** The words of one line, or undefined where a quoted text does not end or is none. */
function wordsOf(text: string): Line | undefined {
  const words: string[] = [];
  WORD.lastIndex = 0;
  while (WORD.lastIndex < text.length) {
    const match = WORD.exec(text);
    if (match === null) return undefined;
    const [, comment, quoted, bare] = match;
    if (comment !== undefined) return { words, comment: comment.slice(2).trim() };
    const word = quoted === undefined ? bare : unquote(quoted);
    if (quoted !== undefined && word === undefined) return undefined;
    if (bare !== undefined && /^["`]/.test(bare)) return undefined;
    if (word !== undefined) words.push(word);
  }
  return { words, comment: "" };
}

/** Go's interpreted strings; of their escapes only those that JSON has too. */
function unquote(quoted: string): string | undefined {
  if (quoted.startsWith("`")) return quoted.slice(1, -1);
  if (/\\[^"\\bfnrtu]/.test(quoted)) return undefined;
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === "string" ? value : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

/** Files with more lines are no files of Go. */
const MAX_LINES = 2_000_000;

/**
 * The lines of a text, without their ends, and their numbers from 1.
 * @param shown how messages call the file
 * @throws UserError `source-malformed` for too many
 */
export function* numberedLines(text: string, shown: string): Generator<readonly [line: number, text: string]> {
  for (let [line, start] = [1, 0]; start <= text.length; line++) {
    if (line > MAX_LINES) throw new UserError("source-malformed", `${shown}:${line}: it has too many lines`);
    const end = text.indexOf("\n", start);
    const stop = end === -1 ? text.length : end;
    yield [line, text.slice(start, stop)];
    start = stop + 1;
  }
}

/**
 * The statements of a go.mod file.
 * @param shown how messages call the file
 * @throws UserError `source-malformed` for blocks that do not end or begin in one another
 */
export function parseGoSyntax(text: string, shown: string): GoSyntax {
  const statements: GoStatement[] = [];
  const malformed: number[] = [];
  let block: { readonly verb: string; readonly line: number } | undefined;
  for (const [line, raw] of numberedLines(text, shown)) {
    const parsed = wordsOf(raw);
    if (parsed === undefined) {
      malformed.push(line);
      continue;
    }
    const { words, comment } = parsed;
    const [first, second] = words;
    if (first === undefined) continue;
    if (first === ")" && words.length === 1 && block !== undefined) {
      block = undefined;
    } else if (second === "(" && words.length === 2 && first !== "(") {
      if (block !== undefined) throw new UserError("source-malformed", `${shown}:${line}: a block inside a block`);
      block = { verb: first, line };
    } else if (second === "(" && words.length === 3 && words[2] === ")" && block === undefined) {
      // An empty block on one line.
    } else if (block !== undefined) {
      statements.push({ verb: block.verb, words, comment, line });
    } else {
      statements.push({ verb: first, words: words.slice(1), comment, line });
    }
  }
  if (block !== undefined) {
    throw new UserError("source-malformed", `${shown}:${block.line}: the block is not closed`);
  }
  return { statements, malformed };
}
