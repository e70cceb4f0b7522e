// Text from outside made safe to show: no code point that moves the cursor, hides, reorders or
// joins text survives, and no line of a CI log can be taken for a command.

/**
 * Code points that are never shown raw. Explicit ranges, not Unicode properties, so that the same
 * input gives the same bytes on every version of Node.
 * C0, DEL, C1 · soft hyphen · combining grapheme joiner · Arabic letter mark · Hangul fillers ·
 * Khmer inherent vowels · Mongolian selectors · zero width and bidirectional marks · line and paragraph
 * separators, embeddings · word joiner, invisible operators, isolates · variation selectors · BOM ·
 * half-width filler · interlinear annotation · noncharacters · musical and shorthand controls · tags ·
 * supplementary variation selectors, reserved default-ignorables · lone surrogates (in /u mode).
 */
const UNSAFE =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class
  /[\u{0}-\u{1f}\u{7f}-\u{9f}\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{17b5}\u{180b}-\u{180f}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2060}-\u{206f}\u{3164}\u{fe00}-\u{fe0f}\u{feff}\u{ffa0}\u{fff0}-\u{fffb}\u{fffe}\u{ffff}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\u{d800}-\u{dfff}]/gu;

/** Workflow commands: `::name::` at the start of a line (after white space), `##[name]` anywhere. */
const COMMAND = /^(\s*):(?=:)|#(?=#\[)/g;

function escapeCodePoint(text: string): string {
  return `\\u{${(text.codePointAt(0) ?? 0).toString(16)}}`;
}

/** One line of safe text: hostile code points appear as `\u{202e}`. Backslashes of the input are kept. */
export function printable(text: string): string {
  return text.replace(UNSAFE, escapeCodePoint).replace(COMMAND, (match) => match.slice(0, -1) + escapeCodePoint(match.slice(-1)));
}

/** `printable`, cut after `limit` UTF-16 units with the number that is missing. */
export function printableShort(text: string, limit = 200): string {
  if (text.length <= limit) return printable(text);
  return `${printable(text.slice(0, limit))}… (${text.length - limit} more)`;
}

/** JSON text with the same code points, and `##[`, as `\u` escapes inside its strings; the value is unchanged. */
export function printableJson(json: string): string {
  // Line feeds between tokens come from JSON.stringify's indentation; inside strings it has escaped them.
  return json
    .replace(UNSAFE, (text) => (text === "\n" ? text : Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`).join("")))
    .replaceAll("##[", "#\\u0023[");
}
