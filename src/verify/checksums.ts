// Checksum lists, read from hostile bytes. Pure: nothing here touches a file, and no path in a list is
// ever opened. A list only states digests; which of them speak for an artifact, checksum-lookup.ts says.
//
//   list    = [BOM] *(line LF) [line]         UTF-8; UTF-16 only behind its byte order mark
//   line    = *blank [comment / tagged / named / bare] [CR]
//   comment = ("#" / ";") *character
//   tagged  = ["\"] algorithm [" "] "(" name ")" *blank "=" *blank (hex / base64) *blank
//                                             BSD, coreutils --tag, OpenSSL; the last ")" ends the name
//   named   = ["\"] digest blank [" " / "*"] name
//                                             coreutils; with one blank, the -r output of BSD and perl
//   bare    = digest *blank
//   digest  = what core/digest.ts reads (hex, base64, algorithm:hex, sha512-base64), or h1:base64
//   blank   = SP / TAB
//   name    = 1*character                     without control characters; behind a leading "\" the
//                                             escapes \\ \n \r stand for themselves, others are refused
//
// Algorithm: by tag; else by the list's own file name where the length fits; else by length. What does
// not fit the grammar is junk, and the caller decides what junk means (in a signed list: malformed).
// Names are code points, not glyphs: no Unicode normalisation, no folding of case.

import { isUtf8 } from "node:buffer";
import { ALGORITHMS, algorithmNamed, parseDigest, strictBase64 } from "../core/digest.ts";
import type { Algorithm, Digest } from "../core/digest.ts";

/** One statement of a list: these bytes, under this name, have this digest. */
export interface ListEntry {
  /** Name as the list writes it, unescaped. Attacker-controlled; undefined for a digest without a name. */
  readonly name: string | undefined;
  readonly digest: Digest;
  /** 1-based. */
  readonly line: number;
}

export interface ChecksumList {
  readonly entries: readonly ListEntry[];
  /** Oddities that were understood; each kind once. */
  readonly remarks: readonly { readonly rule: "checksum-format"; readonly message: string }[];
  /** 1-based numbers of the lines that fit no format. */
  readonly junk: readonly number[];
  /** Why the list as a whole was refused. It then has no entries, and the line where reading stopped is junk. */
  readonly malformed: string | undefined;
}

/** The largest distribution lists have some ten thousand lines; beyond these sizes a list is refused whole. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_LINES = 200_000;
/** PATH_MAX is 4 KiB, and escapes may double it. A longer line is junk. */
const MAX_LINE_BYTES = 8 * 1024;

const LF = 0x0a;
/** C0 without TAB, DEL and C1. */
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/;

/**
 * Reads a checksum list. Never throws on content; time and memory are linear in `bytes`.
 * @param source the list's path or file name, which hints at the algorithm (SHA512SUMS, x.tar.gz.sha256)
 */
export function parseChecksumList(bytes: Uint8Array, source: string): ChecksumList {
  const refuse = (line: number, malformed: string): ChecksumList => ({
    entries: [],
    remarks: [],
    junk: [line],
    malformed,
  });
  if (bytes.length > MAX_BYTES) return refuse(1, `it is larger than ${MAX_BYTES} bytes`);
  const remarks = new Set<string>();
  const body = toUtf8(bytes, remarks);
  if (body === undefined) return refuse(1, "it starts like UTF-16 and is not");

  const hint = hintedAlgorithm(source);
  const entries: ListEntry[] = [];
  const junk: number[] = [];
  let line = 0;
  let start = 0;
  while (start < body.length) {
    line++;
    if (line > MAX_LINES) return refuse(line, `it has more than ${MAX_LINES} lines`);
    const feed = body.indexOf(LF, start);
    const end = feed === -1 ? body.length : feed;
    const read = readLine(body.subarray(start, end), hint, remarks);
    if (read === "junk") junk.push(line);
    else if (read !== "nothing") entries.push({ ...read, line });
    start = end + 1;
  }
  return {
    entries,
    remarks: Array.from(remarks, (message) => ({ rule: "checksum-format", message })),
    junk,
    malformed: undefined,
  };
}

/** UTF-8 bytes without byte order mark, or undefined for UTF-16 with half a code unit or half a surrogate pair. */
function toUtf8(bytes: Uint8Array, remarks: Set<string>): Buffer | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = buffer[0] === 0xff && buffer[1] === 0xfe;
  const bigEndian = buffer[0] === 0xfe && buffer[1] === 0xff;
  if (littleEndian || bigEndian) {
    remarks.add("it is written in UTF-16");
    if (buffer.length % 2 !== 0) return undefined;
    const units = bigEndian ? Buffer.from(buffer).swap16() : buffer;
    const text = units.toString("utf16le", 2);
    return text.isWellFormed() ? Buffer.from(text, "utf8") : undefined;
  }
  if (buffer[0] !== 0xef || buffer[1] !== 0xbb || buffer[2] !== 0xbf) return buffer;
  remarks.add("it starts with a byte order mark");
  return buffer.subarray(3);
}

type Statement = Omit<ListEntry, "line">;

function readLine(bytes: Buffer, hint: Algorithm | undefined, remarks: Set<string>): Statement | "junk" | "nothing" {
  if (bytes.length > MAX_LINE_BYTES || !isUtf8(bytes)) return "junk";
  const whole = bytes.toString("utf8");
  const text = whole.endsWith("\r") ? whole.slice(0, -1) : whole;
  if (CONTROL.test(text)) return "junk";
  if (text.length < whole.length) remarks.add("its lines end in CR LF");

  const indent = /^[ \t]*/.exec(text)?.[0].length ?? 0;
  if (indent === text.length || text[indent] === "#" || text[indent] === ";") return "nothing";
  const escaped = text[indent] === "\\";
  const content = text.slice(escaped ? indent + 1 : indent);
  const statement = readTagged(content) ?? readNamed(content, hint, remarks);
  if (statement === undefined) return "junk";
  if (indent > 0) remarks.add("its lines start with blanks");
  if (!escaped) return statement;
  const name = statement.name === undefined ? undefined : unescapeName(statement.name);
  return name === undefined ? "junk" : { name, digest: statement.digest };
}

/** `SHA256 (name) = hex`. A tag never looks like a digest, so no line fits both formats. */
function readTagged(text: string): Statement | undefined {
  const [opening, tag] = /^([A-Za-z0-9/_-]{1,20}) ?\(/.exec(text) ?? [];
  if (opening === undefined || tag === undefined) return undefined;
  const algorithm = algorithmNamed(tag);
  const close = text.lastIndexOf(")");
  if (algorithm === undefined || close <= opening.length) return undefined;
  // A tag inside the value would name a second algorithm: hex and base64 only.
  const [, value] = /^[ \t]*=[ \t]*([A-Za-z0-9+/]+={0,2})[ \t]*$/.exec(text.slice(close + 1)) ?? [];
  const digest = value === undefined ? undefined : parseDigest(`${algorithm}:${value}`);
  const name = text.slice(opening.length, close);
  return digest === undefined || name.includes("\t") ? undefined : { name, digest };
}

/** `digest  name`, or a digest alone. */
function readNamed(text: string, hint: Algorithm | undefined, remarks: Set<string>): Statement | undefined {
  const token = /^[^ \t]*/.exec(text)?.[0] ?? "";
  const digest = readDigest(token, hint, remarks);
  if (digest === undefined) return undefined;
  const rest = text.slice(token.length);
  if (/^[ \t]*$/.test(rest)) {
    if (rest !== "") remarks.add("a digest is followed by blanks");
    return { name: undefined, digest };
  }
  // coreutils writes a second character for text or binary. A one-blank list with a file called " x" or
  // "*x" reads as "x" here; a file "x" in the same list then makes the two ambiguous, never exchanged.
  const marked = rest.length > 2 && (rest[1] === " " || rest[1] === "*");
  const name = rest.slice(marked ? 2 : 1);
  return name.includes("\t") ? undefined : { name, digest };
}

function readDigest(token: string, hint: Algorithm | undefined, remarks: Set<string>): Digest | undefined {
  if (token.startsWith("h1:")) {
    const bytes = strictBase64(token.slice(3));
    if (bytes?.length !== ALGORITHMS["go-h1"].bytes) return undefined;
    return { algorithm: "go-h1", hex: bytes.toString("hex"), from: "declared" };
  }
  const digest = parseDigest(token, hint);
  const untagged = /^[A-Za-z0-9+/]+={0,2}$/.test(token);
  if (digest !== undefined && untagged && hint !== undefined && digest.algorithm !== hint) {
    remarks.add(`its file name says ${hint}, but it holds digests of the length of ${digest.algorithm}`);
  }
  return digest;
}

/** The name behind coreutils' escapes (digest.c, filename_unescape), or undefined for any other escape. */
function unescapeName(name: string): string | undefined {
  if (!/^(?:[^\\]|\\[nr\\])*$/.test(name)) return undefined;
  return name.replace(/\\([nr\\])/g, (_, letter) => (letter === "n" ? "\n" : letter === "r" ? "\r" : "\\"));
}

/** `sha256`, `SHA2-256`, `sha3-512`, `SHASUMS256` … as a word of a file name, or with `sum` or `sums` behind it. */
const NAMED_IN_FILE_NAME =
  /(?<![a-z0-9])(?:md5|sha-?1|sha3-?(?:256|384|512)|sha512[-_]256|sha(?:2-|sums?|-)?(?:224|256|384|512)|blake2[bs](?:-?(?:256|512))?|blake3|b[23](?=sums?)|(?<=\.)b[23]$)(?=(?:sums?)?(?![a-z0-9]))/g;

/** The algorithm that the list's file name hints at: the last one it names. */
function hintedAlgorithm(source: string): Algorithm | undefined {
  const name = source.slice(Math.max(source.lastIndexOf("/"), source.lastIndexOf("\\")) + 1).toLowerCase();
  const word = name.match(NAMED_IN_FILE_NAME)?.at(-1);
  if (word === undefined) return undefined;
  if (word === "b2") return "blake2b512";
  if (word === "b3") return "blake3";
  return algorithmNamed(word.replace(/sums?/, "").replace(/^(sha3|blake2[bs])-?(?=\d)/, "$1-"));
}
