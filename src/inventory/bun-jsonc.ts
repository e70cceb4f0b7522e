// bun.lock is JSON with commas before closing brackets, and with comments where somebody put them. Here both become
// blanks, so that the strict reader of large JSON can do the rest, with lines and columns as they were.
// Source: bun.sh/docs/pm/lockfile; oven-sh/bun, src/install/lockfile/bun.lock.rs.

const [TAB, LF, CR, SPACE, QUOTE, STAR, COMMA, SLASH, COLON, OPEN_LIST, BACKSLASH, CLOSE_LIST, OPEN, CLOSE] = [
  0x09, 0x0a, 0x0d, 0x20, 0x22, 0x2a, 0x2c, 0x2f, 0x3a, 0x5b, 0x5c, 0x5d, 0x7b, 0x7d,
];

/** The text as JSON of the same length. What is wrong in any other way stays as it is, for the reader to refuse. */
export function blankJsonc(text: string): string {
  const ranges: (readonly [start: number, end: number])[] = [];
  // The last character that is neither blank nor comment; and where it is a comma behind a value, its index.
  let before = -1;
  let comma = -1;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === SPACE || unit === LF || unit === TAB || unit === CR) continue;
    if (unit === SLASH) {
      const end = endOfComment(text, at);
      if (end === -1) break;
      ranges.push([at, end]);
      at = end - 1;
      continue;
    }
    if ((unit === CLOSE || unit === CLOSE_LIST) && comma !== -1) ranges.push([comma, comma + 1]);
    comma = unit === COMMA && isValueEnd(before) ? at : -1;
    if (unit === QUOTE) at = endOfString(text, at);
    before = unit;
  }
  const parts: string[] = [];
  let done = 0;
  // A comma is known to be the last one only behind the comments that follow it.
  for (const [start, end] of ranges.toSorted(([a], [b]) => a - b)) {
    parts.push(text.slice(done, start), text.slice(start, end).replaceAll(/[^\n]/g, " "));
    done = end;
  }
  parts.push(text.slice(done));
  return parts.join("");
}

function isValueEnd(unit: number): boolean {
  return unit !== -1 && unit !== COMMA && unit !== COLON && unit !== OPEN && unit !== OPEN_LIST;
}

/** What ends a comment for some programs and not for others; CR before LF does not. Nothing may hide behind it. */
const OTHER_LINE_END = /\r(?!$)|[\u2028\u2029]/;

/** The index behind a comment that begins here; -1 when none does, it does not end, or where it ends can be doubted. */
function endOfComment(text: string, start: number): number {
  const next = text.charCodeAt(start + 1);
  if (next === SLASH) {
    const end = text.indexOf("\n", start);
    const comment = text.slice(start, end === -1 ? text.length : end);
    return OTHER_LINE_END.test(comment) ? -1 : start + comment.length;
  }
  const end = next === STAR ? text.indexOf("*/", start + 2) : -1;
  return end === -1 ? -1 : end + 2;
}

/** The index of the closing quote of a string. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH) at += 1;
    else if (unit === QUOTE) return at;
  }
  return text.length;
}
