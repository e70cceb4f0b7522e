// The logical lines of a requirements file, cut as pip cuts them (pip.pypa.io, requirements file format): what pip takes
// for a line is installed, whatever an editor shows.
//
//   line          ends where Python's str.splitlines() ends it, which knows more ends than editors
//   continuation  "\" at the end of a line that is no comment; the joined line has the number of its first part
//   comment       "#" at the start or behind a blank, to the end of the joined line

import { UserError } from "../core/errors.ts";
import { decodeUtf8 } from "./python-text.ts";

export interface RequirementLine {
  readonly text: string;
  /** 1-based, as editors count. */
  readonly line: number;
}

export interface RequirementLines {
  readonly lines: readonly RequirementLine[];
  /** Line in which a break stands that editors do not show, with more behind it. */
  readonly hiddenBreak?: number;
}

/**
 * The text of a requirements file: UTF-8, or UTF-16 with a byte order mark, as PowerShell writes it.
 * @throws UserError `source-malformed`, and `source-unsupported` for another encoding (PEP 263)
 */
export function decodeRequirements(bytes: Buffer, shown: string): string {
  if (bytes.length >= 2 && bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString("utf16le");
  const text = decodeUtf8(bytes, shown);
  for (const line of text.split("\n", 2)) {
    // pip takes the declaration out of any comment of the first two lines.
    const encoding = line.startsWith("#") ? /coding[:=]\s*([\w.-]+)/.exec(line.slice(0, 1000))?.[1] : undefined;
    if (encoding === undefined || /^(?:utf[-_]?8|us-ascii|ascii)$/i.test(encoding)) continue;
    const hint = "save it as UTF-8, and take the declaration out";
    throw new UserError("source-unsupported", `${shown}:1: its encoding ${encoding} is not read`, { hint });
  }
  return text.startsWith("\u{feff}") ? text.slice(1) : text;
}

/** An end of a line for editors, then those that only Python knows. */
const BREAK = /\r\n|[\n\r]|[\v\f\x1c-\x1e\x85\u2028\u2029]/g;
const VISIBLE = /^[\r\n]/;

export function requirementLines(text: string): RequirementLines {
  const lines: RequirementLine[] = [];
  let hiddenBreak: number | undefined;
  let joined: { parts: string[]; line: number } | undefined;
  for (const { text: raw, line, hidden } of physicalLines(text)) {
    const isComment = /^\s*#/.test(raw);
    if (hidden && !isComment && raw.trim() !== "") hiddenBreak ??= line;
    if (raw.endsWith("\\") && !isComment) {
      joined ??= { parts: [], line };
      joined.parts.push(withoutBackslashes(raw));
      continue;
    }
    const parts = [...(joined?.parts ?? []), isComment ? ` ${raw}` : raw];
    pushLine(lines, parts, joined?.line ?? line);
    joined = undefined;
  }
  if (joined !== undefined) pushLine(lines, joined.parts, joined.line);
  return { lines, ...(hiddenBreak === undefined ? {} : { hiddenBreak }) };
}

/** As pip: those at both ends, all of them. */
function withoutBackslashes(text: string): string {
  let [start, end] = [0, text.length];
  while (end > start && text.charAt(end - 1) === "\\") end -= 1;
  while (start < end && text.charAt(start) === "\\") start += 1;
  return text.slice(start, end);
}

function pushLine(lines: RequirementLine[], parts: readonly string[], line: number): void {
  const text = withoutComment(parts.join("")).trim();
  if (text !== "") lines.push({ text, line });
}

/** Cut at the first `#` that stands at the start or behind a blank. */
function withoutComment(text: string): string {
  for (let at = text.indexOf("#"); at !== -1; at = text.indexOf("#", at + 1)) {
    if (at === 0 || /\s/.test(text.charAt(at - 1))) return text.slice(0, at);
  }
  return text;
}

interface PhysicalLine extends RequirementLine {
  /** It begins behind a break that editors do not show. */
  readonly hidden: boolean;
}

function* physicalLines(text: string): Generator<PhysicalLine> {
  let [start, line, hidden] = [0, 1, false];
  for (const { 0: mark, index } of text.matchAll(BREAK)) {
    yield { text: text.slice(start, index), line, hidden };
    start = index + mark.length;
    hidden = !VISIBLE.test(mark);
    if (!hidden) line += 1;
  }
  if (start < text.length) yield { text: text.slice(start), line, hidden };
}
