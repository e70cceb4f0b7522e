// The bytes of an SBOM: always the same for the same document, and harmless to look at.

import { isPrintable } from "../core/printable.ts";

/** What JSON.stringify makes of half a surrogate pair; a text that holds a backslash before `ud8` looks the same. */
const HALF = /\\ud[89a-f]/;

/** Runs of what is not printable ASCII. */
const STRANGE = /[^\n\x20-\x7e]+/g;

/**
 * A document as JSON with two spaces and a line feed at its end. Text from outside may hold characters that move the
 * cursor or turn the line around: they are written as escapes (RFC 8259 section 7), which means the same. Half a surrogate
 * pair, which is no Unicode, becomes U+FFFD.
 */
export function bomText(document: object): string {
  let text = JSON.stringify(document, undefined, 2);
  if (HALF.test(text)) text = JSON.stringify(document, wellFormed, 2);
  return `${text.replaceAll(STRANGE, (run) => (isPrintable(run) ? run : escaped(run)))}\n`;
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}

function escaped(run: string): string {
  return [...run].map((character) => (isPrintable(character) ? character : escapes(character))).join("");
}

/** One escape for each UTF-16 code unit. */
function escapes(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
  ).join("");
}
