// The bytes of an SBOM: always the same for the same document, and harmless to look at.

import { hash } from "node:crypto";
import { printableJson } from "../core/printable.ts";
import { UNNUMBERED, uuidOf } from "./serial.ts";

/** What JSON.stringify makes of half a surrogate pair; a text that holds a backslash before `ud8` looks the same. */
const HALF = /\\ud[89a-f]/;

/** Runs of what is not printable ASCII. Most SBOMs have few, and are megabytes long. */
const STRANGE = /[^\n\x20-\x7e]+/g;

/**
 * A document as JSON with two spaces and a line feed at its end. Text from outside may hold characters that move the
 * cursor or turn the line around: they are written as escapes (RFC 8259 section 7), which means the same. Half a surrogate
 * pair, which is no Unicode, becomes U+FFFD.
 */
export function bomText(document: object): string {
  let text = JSON.stringify(document, undefined, 2);
  // Looked for as plain text first, which is twenty times faster.
  if (text.includes("\\ud") && HALF.test(text)) text = JSON.stringify(document, wellFormed, 2);
  if (!isPlain(text)) text = text.replaceAll(STRANGE, (run) => printableJson(run));
  // Commands of CI runners are ASCII.
  if (text.includes("##")) text = printableJson(text);
  return `${numbered(text)}\n`;
}

/** True for text of ASCII without DEL: JSON.stringify has escaped all other controls. Far faster than to look for them. */
function isPlain(text: string): boolean {
  return Buffer.byteLength(text) === text.length && !text.includes("\x7f");
}

/** Where the number of CycloneDX stands: nothing from outside stands before it. */
const NUMBER =
  /^\{\n {2}"\$schema": "[^"]*",\n {2}"bomFormat": "[^"]*",\n {2}"specVersion": "[^"]*",\n {2}"serialNumber": "urn:uuid:/;

/** The text with its number, which is derived from all of it: to write the content once more for that costs too much. */
function numbered(text: string): string {
  const at = NUMBER.exec(text)?.[0].length;
  if (at === undefined || !text.startsWith(UNNUMBERED, at)) return text;
  return `${text.slice(0, at)}${uuidOf(hash("sha256", text))}${text.slice(at + UNNUMBERED.length)}`;
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}
