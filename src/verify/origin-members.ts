// Finds one member of a large JSON document without reading the rest. Separate because a package's document may have
// tens of megabytes, of which one version is wanted, and a tree of all of it would not fit into our memory.
//
//   object = "{" [ member *( "," member ) ] "}"      member = string ":" value       (RFC 8259; white space anywhere)
//
// On the way down every key of each object is looked at, so that a second one of the same name is seen. What is skipped
// is only held to have matching brackets and ended strings; what is found, a strict reader reads.

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const SPACE: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];
const MAX_DEPTH = 200;
/** Bytes; longer keys are none that we look for, and are not decoded. */
const MAX_KEY = 2048;

/** First byte of a value, and the byte after its last. */
export type Range = readonly [start: number, end: number];

/**
 * The bytes of the value at a path of keys, or undefined when an object on the way has no such key, or is no object.
 * Linear in the length of the document for each call.
 * @param fail makes the error for a document that is no JSON, as a clause
 */
export function memberRange(
  bytes: Uint8Array,
  path: readonly string[],
  fail: (what: string) => Error,
): Range | undefined {
  let range: Range = [0, bytes.length];
  for (const key of path) {
    const found = memberIn(bytes, range, key, fail);
    if (found === undefined) return undefined;
    range = found;
  }
  return range;
}

function memberIn(
  bytes: Uint8Array,
  [start, end]: Range,
  key: string,
  fail: (what: string) => Error,
): Range | undefined {
  let found: Range | undefined;
  let at = skipSpace(bytes, start);
  if (bytes[at] !== OPEN_OBJECT) return undefined;
  at = skipSpace(bytes, at + 1);
  if (bytes[at] === CLOSE_OBJECT) return undefined;
  for (;;) {
    const member = readMember(bytes, at, end);
    if (member === undefined) throw fail("it is no JSON, or cut off, or nested too deep");
    if (isKey(bytes.subarray(at, member.keyEnd), key)) {
      if (found !== undefined) throw fail(`the key ${JSON.stringify(key)} appears twice`);
      found = member.value;
    }
    at = skipSpace(bytes, member.value[1]);
    if (bytes[at] === CLOSE_OBJECT) return found;
    if (bytes[at] !== COMMA) throw fail("it is no JSON");
    at = skipSpace(bytes, at + 1);
  }
}

/** A key and its value, of which the key starts at `at`. */
function readMember(bytes: Uint8Array, at: number, end: number): { keyEnd: number; value: Range } | undefined {
  const keyEnd = endOfString(bytes, at, end);
  if (keyEnd === undefined) return undefined;
  const colon = skipSpace(bytes, keyEnd);
  if (bytes[colon] !== COLON) return undefined;
  const start = skipSpace(bytes, colon + 1);
  const valueEnd = endOfValue(bytes, start, end);
  return valueEnd === undefined ? undefined : { keyEnd, value: [start, valueEnd] };
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (SPACE.includes(bytes[at] ?? -1)) at += 1;
  return at;
}

/** The byte after the string that starts at `at`; undefined when none starts there, or it does not end. */
function endOfString(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (bytes[start] !== QUOTE) return undefined;
  for (let at = start + 1; at < end; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at + 1;
  }
  return undefined;
}

/** The byte after the value that starts at `at`. */
function endOfValue(bytes: Uint8Array, start: number, end: number): number | undefined {
  const closers: number[] = [];
  for (let at = start; at < end;) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      const next = endOfString(bytes, at, end);
      if (next === undefined) return undefined;
      at = next;
      if (closers.length === 0) return at;
      continue;
    }
    const isCloser = byte === CLOSE_OBJECT || byte === CLOSE_LIST;
    // A number or a word ends before what follows it.
    if (closers.length === 0 && (isCloser || byte === COMMA || SPACE.includes(byte)))
      return at === start ? undefined : at;
    if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
      if (closers.push(byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_LIST) > MAX_DEPTH) return undefined;
    } else if (isCloser && closers.pop() !== byte) return undefined;
    at += 1;
    if (isCloser && closers.length === 0) return at;
  }
  return undefined;
}

/** Whether a JSON string, quotes included, stands for this text. */
function isKey(literal: Uint8Array, key: string): boolean {
  if (literal.length > MAX_KEY) return false;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(literal);
  if (!text.includes("\\")) return text.slice(1, -1) === key;
  try {
    return JSON.parse(text) === key;
  } catch (error) {
    // No JSON string, so no key that a reader of the whole would have taken for this one.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
