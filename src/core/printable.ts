// Text from outside made safe to show: no code point that moves the cursor, hides, reorders or
// joins text survives, and no line of a CI log can be taken for a command.

/**
 * Code points that are never shown raw: every Cc, Cf, Zl, Zp and lone Cs, every noncharacter, and every
 * Default_Ignorable_Code_Point of Unicode 17, reserved ones included. Explicit ranges, not Unicode
 * properties, so that the same input gives the same bytes on every version of Node.
 */
const UNSAFE = new RegExp(
  `[${[
    "\\u{0}-\\u{1f}\\u{7f}-\\u{9f}", // C0, DEL, C1
    "\\u{ad}\\u{34f}\\u{61c}", // soft hyphen, combining grapheme joiner, Arabic letter mark
    "\\u{600}-\\u{605}\\u{6dd}\\u{70f}\\u{890}\\u{891}\\u{8e2}", // Arabic and Syriac signs that enclose what follows
    "\\u{115f}\\u{1160}\\u{3164}\\u{ffa0}", // Hangul fillers
    "\\u{17b4}\\u{17b5}\\u{180b}-\\u{180f}", // Khmer inherent vowels, Mongolian selectors
    "\\u{200b}-\\u{200f}\\u{2028}-\\u{202e}", // zero width, bidirectional marks and embeddings, separators
    "\\u{2060}-\\u{206f}", // word joiner, invisible operators, isolates
    "\\u{fdd0}-\\u{fdef}", // noncharacters
    "\\u{fe00}-\\u{fe0f}\\u{feff}", // variation selectors, byte order mark
    "\\u{fff0}-\\u{fffb}\\u{fffe}\\u{ffff}", // reserved, interlinear annotation, noncharacters
    "\\u{110bd}\\u{110cd}\\u{13430}-\\u{1343f}", // Kaithi number signs, Egyptian hieroglyph joiners
    "\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}", // shorthand and musical controls
    "\\u{e0000}-\\u{e0fff}", // tags, supplementary variation selectors, reserved
    ...Array.from({ length: 16 }, (_, i) => `\\u{${(i + 1).toString(16)}fffe}\\u{${(i + 1).toString(16)}ffff}`),
    "\\u{d800}-\\u{dfff}", // lone surrogates: with the flag u a pair is one code point
  ].join("")}]`,
  "gu",
);

/**
 * What a CI runner takes for a command: `::name::` at the start of a line (after white space),
 * and anywhere `##[name]`, `##vso[…]`, `##teamcity[…]`.
 */
const LINE_COMMAND = /^(\s*):(?=:)/;
const HASH_COMMAND = /#(?=#[A-Za-z]*\[)/g;

function escapeCodePoint(text: string): string {
  return `\\u{${(text.codePointAt(0) ?? 0).toString(16)}}`;
}

/** One line of safe text: hostile code points appear as `\u{202e}`. Backslashes of the input are kept. */
export function printable(text: string): string {
  return text
    .replace(UNSAFE, escapeCodePoint)
    .replace(LINE_COMMAND, `$1${escapeCodePoint(":")}`)
    .replace(HASH_COMMAND, escapeCodePoint);
}

/** True when no code point of the text would be escaped for what it is. */
export function isPrintable(text: string): boolean {
  return text.search(UNSAFE) === -1;
}

/** `printable`, cut after at most `limit` UTF-16 units, never inside a character, with the number that is missing. */
export function printableShort(text: string, limit = 200): string {
  if (text.length <= limit) return printable(text);
  const insidePair = limit > 0 && (text.codePointAt(limit - 1) ?? 0) > 0xffff;
  const kept = text.slice(0, insidePair ? limit - 1 : limit);
  return `${printable(kept)}… (${text.length - kept.length} more)`;
}

/** The same JSON value with the same code points, and the `##` of CI commands, as `\u` escapes inside its strings. */
export function printableJson(json: string): string {
  // Line feeds between tokens come from JSON.stringify's indentation; inside strings it has escaped them.
  return json.replace(UNSAFE, (text) => (text === "\n" ? text : escapeUnits(text))).replace(HASH_COMMAND, escapeUnits);
}

function escapeUnits(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
