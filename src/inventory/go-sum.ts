// go.sum: the hashes of module zips and of go.mod files that the go command has seen. Separate from go.mod, because it
// says what was fetched once, not what is built.
//
//   line    = module " " version [ "/go.mod" ] " " hash        https://go.dev/ref/mod#go-sum-files
//   hash    = "h1:" base64 of SHA-256 over the list of the files' SHA-256 (golang.org/x/mod/sumdb/dirhash)

import { strictBase64 } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import type { Remarks } from "./component-key.ts";
import { numberedLines } from "./go-mod-syntax.ts";

/** What go.sum says of one module in one version. */
export interface GoSumEntry {
  readonly path: string;
  readonly version: string;
  /** `h1:…` of the zip; absent where only its go.mod was fetched. */
  readonly sum?: string;
  readonly goModSum?: string;
  /** 1-based, of the first line about it. */
  readonly line: number;
}

/** More entries are no go.sum: the largest public ones have some ten thousand. */
const MAX_ENTRIES = 200_000;

/** True for `h1:` and the base64 of 32 bytes. */
export function isGoHash(text: string): boolean {
  return text.startsWith("h1:") && text.length === 47 && strictBase64(text.slice(3))?.length === 32;
}

/** The key of an entry: neither part can hold a blank. */
export function goModuleKey(path: string, version: string | undefined): string {
  return version === undefined ? path : `${path}@${version}`;
}

/**
 * The entries by `goModuleKey`, in the order of the file. What is wrong with lines goes to `remarks`; of two hashes for
 * the same thing the first counts, as it does for the go command.
 * @param shown how messages call the file
 * @throws UserError `source-malformed` where no line of it can be read, or there are too many
 */
export function parseGoSum(text: string, shown: string, remarks: Remarks): ReadonlyMap<string, GoSumEntry> {
  const entries = new Map<string, GoSumEntry>();
  let firstBad: number | undefined;
  for (const [line, raw] of numberedLines(text, shown)) {
    const fields = raw.split(/[ \t\r]+/).filter((field) => field !== "");
    if (fields.length === 0) continue;
    const [path, stated, hash] = fields;
    if (path === undefined || stated === undefined || hash === undefined || fields.length !== 3) {
      firstBad ??= line;
      const message = `line ${line} is not a module, a version and a hash`;
      remarks.add({ rule: "component-malformed", subject: shown, message, file: shown, line });
      continue;
    }
    addLine(entries, { path, stated, hash, line }, shown, remarks);
    if (entries.size > MAX_ENTRIES) {
      throw new UserError("source-malformed", `${shown}:${line}: it names more than ${MAX_ENTRIES} modules`);
    }
  }
  if (entries.size === 0 && firstBad !== undefined) {
    throw new UserError("source-malformed", `${shown}:${firstBad}: not a module, a version and a hash`);
  }
  return entries;
}

interface SumLine {
  readonly path: string;
  /** The version, with `/go.mod` behind it or not. */
  readonly stated: string;
  readonly hash: string;
  readonly line: number;
}

function addLine(
  entries: Map<string, GoSumEntry>,
  { path, stated, hash, line }: SumLine,
  shown: string,
  remarks: Remarks,
): void {
  const ofGoMod = stated.endsWith("/go.mod");
  const version = ofGoMod ? stated.slice(0, -"/go.mod".length) : stated;
  const key = goModuleKey(path, version);
  const known = entries.get(key) ?? { path, version, line };
  entries.set(key, known);
  const what = ofGoMod ? "the hash of its go.mod" : "its hash";
  if (!isGoHash(hash)) {
    const message = `${what} in go.sum is none: h1: and the base64 of 32 bytes is expected`;
    remarks.add({ rule: "integrity-malformed", subject: key, message, actual: hash, file: shown, line });
    return;
  }
  const before = ofGoMod ? known.goModSum : known.sum;
  if (before === undefined) {
    entries.set(key, ofGoMod ? { ...known, goModSum: hash } : { ...known, sum: hash });
  } else if (before !== hash) {
    const message = `go.sum has two values for ${what}`;
    remarks.add({
      rule: "integrity-conflict",
      subject: key,
      message,
      expected: before,
      actual: hash,
      file: shown,
      line,
    });
  }
}
