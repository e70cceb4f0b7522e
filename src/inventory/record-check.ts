// The files of one Python package held against its RECORD: which are its own, which are others than it says, which are
// not there. Separate from reading RECORD, because this one opens every file.

import { formatDigest } from "../core/digest.ts";
import type { Remark } from "../core/inventory.ts";
import type { ContentAlgorithm } from "../io/archive-examine.ts";
import type { Remarks } from "./component-key.ts";
import type { ObservedFile } from "./package-files.ts";
import type { PythonFiles } from "./python-files.ts";
import type { RecordList, RecordRow } from "./python-record.ts";

export interface RecordCheck {
  /** Every file that was read, by its path in the view; with its row. */
  readonly files: ReadonlyMap<string, CheckedFile>;
  /** Paths in the view that the list names, whatever became of them. */
  readonly listed: ReadonlySet<string>;
  /** Rows of files outside of what may be looked at. */
  readonly outside: number;
  /** Rows of compiled files, which have no hash. */
  readonly compiled: number;
  /** Rows that state a hash. */
  readonly hashed: number;
  /** Rows whose bytes were found to be the stated ones. */
  readonly verified: number;
}

export interface CheckedFile {
  readonly row: RecordRow;
  readonly file: ObservedFile;
}

export interface RecordOptions {
  readonly files: PythonFiles;
  /** Folder that the paths of the list count from. */
  readonly base: string;
  /** Path of the list itself. */
  readonly path: string;
  /** `name@version`. */
  readonly subject: string;
  readonly remarks: Remarks;
}

/** Compares every row. @throws UserError for files that cannot be read */
export async function checkRecord(list: RecordList, options: RecordOptions): Promise<RecordCheck> {
  const { files, base } = options;
  const checked = new Map<string, CheckedFile>();
  const listed = new Set<string>();
  const lacking: Record<"absent" | "no file" | "no hash" | "other algorithm", RecordRow[]> = {
    absent: [],
    "no file": [],
    "no hash": [],
    "other algorithm": [],
  };
  let [outside, compiled, verified] = [0, 0, 0];
  const hashed = list.rows.filter(({ digest }) => digest !== undefined).length;
  for (const row of list.rows) {
    if (row.trouble !== undefined) report(options, row, "integrity-malformed", `${row.path}: ${row.trouble}`);
    const path = placeOfRow(row.path, base, files);
    if (path === undefined) {
      outside += 1;
      continue;
    }
    listed.add(path);
    if (isCompiled(path)) compiled += 1;
    const found = files.look(path);
    if (typeof found === "string") {
      if (!(found === "absent" && isCompiled(path))) lacking[found].push(row);
      continue;
    }
    const content = await files.content(path, row.digest?.algorithm ?? "sha256");
    const file: ObservedFile = { path, size: found.size, mode: found.mode, content };
    checked.set(path, { row, file });
    const answer = compare(row, file, options);
    if (answer === "same") verified += 1;
    else if (answer !== "differs" && !mayLackHash(path, options.path)) lacking[answer].push(row);
  }
  reportLacking(lacking, options);
  for (const { line, what } of list.malformed) report(options, { line }, "component-malformed", what);
  return { files: checked, listed, outside, compiled, hashed, verified };
}

/**
 * Modules that Python compiled when it ran or installed: pip lists them without a hash. Elsewhere than in `__pycache__`
 * a `.pyc` is a module of its own, which Python loads without any source, and never writes (PEP 3147).
 */
export function isCompiled(path: string): boolean {
  return /(?:^|\/)__pycache__\/[^/]+\.py[co]$/.test(path);
}

/** RECORD itself, and signatures of it, can state none. */
function mayLackHash(path: string, record: string): boolean {
  return path === record || path === `${record}.jws` || path === `${record}.p7s` || isCompiled(path);
}

/** The path in the view, or undefined for one that leads out of it. */
function resolveRow(base: string, path: string): string | undefined {
  if (/^(?:\/|[A-Za-z]:)|[\\\0]/.test(path)) return undefined;
  const parts = base === "" ? [] : base.split("/");
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.length === 0 ? undefined : parts.join("/");
}

/** Where the file of a row lies: `pip --target` moves programs and leaves their rows as they were. */
function placeOfRow(path: string, base: string, files: PythonFiles): string | undefined {
  const resolved = resolveRow(base, path);
  const [, moved] = /^(?:\.\.\/)+((?:bin|Scripts)\/[^/]+)$/.exec(path) ?? [];
  if (moved === undefined || (resolved !== undefined && files.look(resolved) !== "absent")) return resolved;
  const beside = base === "" ? moved : `${base}/${moved}`;
  return files.look(beside) === "absent" ? resolved : beside;
}

function compare(
  row: RecordRow,
  { path, size, content }: ObservedFile,
  options: RecordOptions,
): "same" | "differs" | "no hash" | "other algorithm" {
  if (row.digest === undefined) return "no hash";
  const algorithm: ContentAlgorithm = row.digest.algorithm;
  const own = content.digests.find((digest) => digest.algorithm === algorithm);
  if (own === undefined) return "other algorithm";
  if (own.hex === row.digest.hex && (row.size === undefined || row.size === size)) return "same";
  const sized = own.hex === row.digest.hex;
  options.remarks.add({
    rule: "digest-mismatch",
    subject: options.subject,
    message: sized ? "a file has another size than its RECORD states" : "a file is not the one that its RECORD states",
    expected: sized ? `${row.size} bytes` : formatDigest(row.digest),
    actual: sized ? `${size} bytes` : formatDigest(own),
    file: options.files.shown(options.path),
    line: row.line,
    path: [path],
  });
  return "differs";
}

function report(
  options: RecordOptions,
  { line }: Pick<RecordRow, "line">,
  rule: Remark["rule"],
  message: string,
): void {
  const { files, path, subject, remarks } = options;
  remarks.add({ rule, subject, message, file: files.shown(path), line });
}

const LACKING = {
  absent: ["inventory-incomplete", "not there"],
  "no file": ["inventory-incomplete", "a link or a folder, and not followed"],
  "no hash": ["integrity-missing", "without a hash in it"],
  "other algorithm": ["inventory-incomplete", "under a hash that is not computed"],
} as const;

/** One remark for each way to lack something: a removed folder would else bury everything. */
function reportLacking(lacking: Record<keyof typeof LACKING, RecordRow[]>, options: RecordOptions): void {
  for (const kind of ["absent", "no file", "no hash", "other algorithm"] as const) {
    const rows = lacking[kind];
    const [rule, what] = LACKING[kind];
    const [first] = rows;
    if (first === undefined) continue;
    const count = rows.length === 1 ? "1 file of its RECORD is" : `${rows.length} files of its RECORD are`;
    const message = `${count} ${what}: ${firstFive(rows.map(({ path }) => path))}`;
    report(options, first, rule, message);
  }
}

/** The first of many, for a message. */
export function firstFive(texts: readonly string[]): string {
  return `${texts.slice(0, 5).join(", ")}${texts.length > 5 ? ", …" : ""}`;
}
