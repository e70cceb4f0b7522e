// What Python packages say of themselves: the core metadata of wheels and source distributions, and their file names.
//
//   metadata = *( header / folded ) [ blank-line description ]      as mail has it (RFC 822)
//   header   = NAME ":" value
//   folded   = ( SP / HTAB ) rest-of-value
//   wheel    = name "-" version [ "-" build ] "-" python "-" abi "-" platform ".whl"
//   sdist    = name "-" version ".tar.gz"

import { PackageRefusal } from "../core/package-reading.ts";
import { isPythonName, pythonNameKey, pythonVersionKey } from "../core/package-version.ts";

/** The metadata that we use; name and version as they are written. */
export interface CoreMetadata {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** All headers: their values by name in lower case, folded lines joined by line feeds. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
}

/** Header names in lower case, for those that must stand there exactly once. */
const SINGLE = ["metadata-version", "name", "version"] as const;

/** What any program may take for the end of a line: str.splitlines of Python knows these. */
const LINE_END = "\\r\\n\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029";

/** @throws PackageRefusal unless every reader finds the same one name and version */
export function parseCoreMetadata(text: string, path: string): CoreMetadata {
  const refuse = (what: string): PackageRefusal => new PackageRefusal(`its ${path} ${what}`);
  const end = /\r?\n(?:\r?\n|$)/.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  const body = end === null ? "" : text.slice(end.index + end[0].length);
  if (hasMoreLines(head, MAX_HEADER_LINES)) throw refuse(`has more than ${MAX_HEADER_LINES} lines of headers`);
  const headers = parseHeaders(head);
  if (headers === undefined) throw refuse("has a line that is no header before its first blank line");
  for (const name of SINGLE) {
    const places = head.match(new RegExp(`(?:^|[${LINE_END}])${name}[ \\t]*:`, "gi"))?.length ?? 0;
    if (places !== 1 || headers.get(name)?.length !== 1) {
      throw refuse(places === 0 ? `has no ${name}` : `states its ${name} in more than one way`);
    }
  }
  const [name = "", version = ""] = ["name", "version"].map((key) => headers.get(key)?.[0]);
  if (!isPythonName(name)) throw refuse("states a name that no Python package can have");
  if (pythonVersionKey(version) === undefined) throw refuse("states a version that is none");
  const described = headers.get("description") ?? [];
  if (described.length > 1 || (described.length === 1 && body.trim() !== "")) {
    throw refuse("has more than one description");
  }
  return { name, version, description: described[0] ?? body, headers };
}

/** Packages that fold their whole description into a header have some thousands; a line takes a hundred bytes in memory. */
const MAX_HEADER_LINES = 50_000;

function hasMoreLines(text: string, limit: number): boolean {
  let lines = 1;
  for (let at = text.indexOf("\n"); at !== -1 && lines <= limit; at = text.indexOf("\n", at + 1)) lines += 1;
  return lines > limit;
}

/** Values by header name in lower case, folded lines joined by line feeds; undefined for anything that is no header. */
function parseHeaders(head: string): ReadonlyMap<string, readonly string[]> | undefined {
  const headers = new Map<string, string[][]>();
  let open: string[] | undefined;
  for (const line of head.split(/\r?\n/)) {
    if (line.includes("\r")) return undefined;
    if (/^[ \t]/.test(line)) {
      if (open === undefined) return undefined;
      open.push(line);
      continue;
    }
    const [, name, value] = /^([\x21-\x39\x3b-\x7e]+):([^]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    open = [value];
    const key = name.toLowerCase();
    const values = headers.get(key);
    if (values === undefined) headers.set(key, [open]);
    else values.push(open);
  }
  return new Map([...headers].map(([key, values]) => [key, values.map((lines) => lines.join("\n").trim())]));
}

/** Refuses a wheel whose file name, or whose folder of metadata, speaks of another package. @throws PackageRefusal */
export function checkWheelNames(metadata: CoreMetadata, fileName: string, folder: string): void {
  const parts = fileName.slice(0, -".whl".length).split("-");
  const [name = "", version = "", build] = parts;
  const wellFormed =
    /\.whl$/i.test(fileName) && (parts.length === 5 || (parts.length === 6 && /^[0-9]/.test(build ?? "")));
  if (!wellFormed) throw new PackageRefusal(`its file name is not one of a wheel: ${fileName}`);
  if (!isSame(metadata, name, version)) throw disagreement("file name", fileName, metadata);
  const stem = folder.slice(0, -".dist-info".length);
  const dash = stem.indexOf("-");
  if (dash === -1 || !isSame(metadata, stem.slice(0, dash), stem.slice(dash + 1))) {
    throw disagreement("folder of metadata", folder, metadata);
  }
}

/** Refuses a source distribution whose file name speaks of another package. @throws PackageRefusal */
export function checkSdistName(metadata: CoreMetadata, fileName: string): void {
  const stem = fileName.replace(/\.tar\.gz$/i, "");
  // Before PEP 625 names kept their dashes, so each dash may be the one before the version.
  let dash = stem.length > MAX_FILE_NAME ? -1 : stem.indexOf("-");
  while (dash !== -1) {
    if (isSame(metadata, stem.slice(0, dash), stem.slice(dash + 1))) return;
    dash = stem.indexOf("-", dash + 1);
  }
  throw disagreement("file name", fileName, metadata);
}

/** Longer ones do not exist, and each dash in it costs a comparison. */
const MAX_FILE_NAME = 600;

function isSame(metadata: CoreMetadata, name: string, version: string): boolean {
  // File names of wheels have "_" for "-" (binary distribution format, "Escaping and Unicode").
  const key = pythonVersionKey(version) ?? pythonVersionKey(version.replaceAll("_", "-"));
  return pythonNameKey(metadata.name) === pythonNameKey(name) && pythonVersionKey(metadata.version) === key;
}

function disagreement(what: string, text: string, { name, version }: CoreMetadata): PackageRefusal {
  return new PackageRefusal(`its ${what} is ${text}, but inside it is ${name} ${version}`);
}
