// Which members a JSON document has at its top: enough to tell what kind of evidence it is, without reading it twice.
// What is told here is only a guess about the kind; a strict reader reads the document afterwards.

const [QUOTE, BACKSLASH, COLON] = [0x22, 0x5c, 0x3a];
const OPEN: readonly number[] = [0x7b, 0x5b];
const CLOSE: readonly number[] = [0x7d, 0x5d];
const SPACE: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/** Documents that we recognise say what they are within this many bytes. */
const MAX_LOOKED_AT = 4 << 20;
/** Bytes of the longest name that is of interest to anybody. */
const MAX_NAME = 64;

export interface TopMembers {
  /** The document is a list, and the names are those of its first item. */
  readonly list: boolean;
  /** As they are written: a name with escapes in it is none that we look for. */
  readonly names: ReadonlySet<string>;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (SPACE.includes(bytes[at] ?? -1)) at += 1;
  return at;
}

/** The byte after the string whose opening quote stands at `start`. */
function endOfString(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1;
  while (at < end && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** Undefined for what is neither an object nor a list of objects. Linear; looks at 4 MiB at most. */
export function topMembers(bytes: Uint8Array): TopMembers | undefined {
  const end = Math.min(bytes.length, MAX_LOOKED_AT);
  const hasBom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  let at = skipSpace(bytes, hasBom ? 3 : 0);
  const list = bytes[at] === 0x5b;
  if (list) at = skipSpace(bytes, at + 1);
  if (bytes[at] !== 0x7b) return undefined;
  const names = new Set<string>();
  let depth = 0;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      const next = endOfString(bytes, at, end);
      const isName = depth === 1 && next - at <= MAX_NAME && bytes[skipSpace(bytes, next)] === COLON;
      if (isName) names.add(Buffer.from(bytes.subarray(at + 1, next - 1)).toString("latin1"));
      at = next;
      continue;
    }
    if (OPEN.includes(byte)) depth += 1;
    else if (CLOSE.includes(byte)) depth -= 1;
    if (depth === 0) break;
    at += 1;
  }
  return { list, names };
}
