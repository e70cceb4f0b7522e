// RECORD, the list of what a Python package installed, and the comparison of what is there with it.
//
//   record = *( path "," [ algorithm "=" hash ] "," [ size ] EOL )       CSV as Python's csv module writes it
//   hash   = urlsafe base64 without padding
//
// Source: packaging.python.org, "Recording installed projects" and "Binary distribution format", "Signed wheel files":
// SHA-256 or better; only RECORD itself and its signatures have no hash.

import type { Digest } from "../core/digest.ts";
import type { ContentAlgorithm } from "../io/archive-examine.ts";

export interface RecordRow {
  /** As written. Attacker-controlled: it may be absolute or lead outside. */
  readonly path: string;
  /** Absent where the row states none, or none that counts. */
  readonly digest?: Digest & { readonly algorithm: ContentAlgorithm };
  /** Bytes. */
  readonly size?: number;
  /** 1-based. */
  readonly line: number;
  /** What is wrong with its hash or size, as a clause. */
  readonly trouble?: string;
}

export interface RecordList {
  readonly rows: readonly RecordRow[];
  /** A row that is none, as a clause with its line. */
  readonly malformed: readonly { readonly line: number; readonly what: string }[];
}

/** Of one list; the largest packages have some tens of thousands. */
const MAX_ROWS = 500_000;

export function parseRecord(text: string): RecordList {
  const rows: RecordRow[] = [];
  const malformed: { line: number; what: string }[] = [];
  let count = 0;
  for (const { fields, line, trouble } of csvRows(text)) {
    count += 1;
    if (trouble !== undefined || count > MAX_ROWS) {
      malformed.push({ line, what: trouble ?? `it has more than ${MAX_ROWS} rows` });
      break;
    }
    const [path = "", hash = "", size = ""] = fields;
    if (fields.length === 1 && path === "") continue;
    if (fields.length !== 3 || path === "") malformed.push({ line, what: "a row is not a path, a hash and a size" });
    else rows.push(rowOf(path, hash, size, line));
  }
  return { rows, malformed };
}

interface CsvRow {
  readonly fields: readonly string[];
  /** 1-based. */
  readonly line: number;
  /** Why no more is read, as a clause. */
  readonly trouble?: string;
}

/** Pieces of a row: of a path of doubled quotes each quote is one. */
const MAX_PIECES = 10_000;

/** Fields of RFC 4180, with any end of line. Text behind a closing quote counts as it stands, as for Python. */
function* csvRows(text: string): Generator<CsvRow> {
  let [line, start, at, pieces] = [1, 1, 0, 0];
  let fields: string[] = [];
  while (at < text.length) {
    let field = "";
    if (text[at] === '"') {
      at += 1;
      for (;;) {
        const end = text.indexOf('"', at);
        const piece = text.slice(at, end === -1 ? text.length : end);
        field += piece;
        pieces += 1;
        line += piece.split("\n").length - 1;
        at = end === -1 ? text.length : end + 1;
        if (text[at] !== '"' || pieces > MAX_PIECES) break;
        field += '"';
        at += 1;
      }
    }
    FIELD.lastIndex = at;
    const plain = FIELD.exec(text)?.[0] ?? "";
    fields.push(field + plain);
    pieces += 1;
    if (pieces > MAX_PIECES) {
      yield { fields: [], line: start, trouble: "a row is longer than any, and nothing behind it is read" };
      return;
    }
    at += plain.length;
    if (text[at] === ",") {
      at += 1;
      if (at < text.length) continue;
      fields.push("");
    }
    yield { fields, line: start };
    [fields, pieces] = [[], 0];
    at += text[at] === "\r" && text[at + 1] === "\n" ? 2 : 1;
    line += 1;
    start = line;
  }
}

const FIELD = /[^,\r\n]*/y;

const ALLOWED: ReadonlyMap<string, readonly [ContentAlgorithm, number]> = new Map([
  ["sha256", ["sha256", 32]],
  ["sha384", ["sha384", 48]],
  ["sha512", ["sha512", 64]],
]);

function rowOf(path: string, hash: string, size: string, line: number): RecordRow {
  const bytes = /^[0-9]{1,15}$/.test(size) ? Number(size) : undefined;
  const row = { path, line, ...(bytes === undefined ? {} : { size: bytes }) };
  if (size !== "" && bytes === undefined) return { ...row, trouble: "its size is no number" };
  if (hash === "") return row;
  const equals = hash.indexOf("=");
  const [algorithm, length] = ALLOWED.get(hash.slice(0, Math.max(0, equals)).toLowerCase()) ?? [];
  if (algorithm === undefined || length === undefined) {
    return { ...row, trouble: "its hash is of no kind that a RECORD may have" };
  }
  const value = Buffer.from(hash.slice(equals + 1), "base64url");
  // What decodes to the same bytes and is written otherwise is not what tools write.
  const exact = value.length === length && value.toString("base64url") === hash.slice(equals + 1).replace(/=+$/, "");
  if (!exact) return { ...row, trouble: `its hash is no ${algorithm}` };
  return { ...row, digest: { algorithm, hex: value.toString("hex"), from: "declared" } };
}
