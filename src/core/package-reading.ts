// What the files that describe a package are taken from: the entries of an archive and the few contents that were
// kept. Entries and contents are attacker-controlled; every doubt about which file is meant is a refusal.

import { UserError } from "./errors.ts";
import { parseJson } from "./json.ts";
import type { Json } from "./json.ts";

/** An archive that was read: as the readers of io/ answer. */
export interface ArchiveReading {
  readonly entries: readonly ArchiveName[];
  /** By name, the files that were asked for and are not too large. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

export interface ArchiveName {
  /** Path with `/` between its parts. */
  readonly name: string;
  /** `file`, `directory`, or another. */
  readonly type: string;
}

/** Why a package cannot be read, as a clause. Leaves no exported function of the schemes. */
export class PackageRefusal extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "PackageRefusal";
  }
}

/** Names that some file system takes for the same have the same fold. */
function fold(name: string): string {
  return name.normalize("NFKC").toLowerCase();
}

/**
 * The bytes of the one file with this path. @throws PackageRefusal when there is none, when another name could be
 * taken for it, when it is no file, or was too large to keep
 */
export function onlyFile({ entries, contents }: ArchiveReading, path: string): Uint8Array {
  const folded = fold(path);
  const found = entries.filter(({ name }) => fold(name) === folded);
  const [entry] = found;
  if (entry === undefined) throw new PackageRefusal(`it has no ${path}`);
  if (found.length > 1) {
    throw new PackageRefusal(`it has several files that can be taken for ${path}: ${listed(found)}`);
  }
  if (entry.name !== path) throw new PackageRefusal(`it has no ${path}, only ${entry.name}`);
  if (entry.type !== "file") throw new PackageRefusal(`its ${path} is a ${entry.type}, not a file`);
  const bytes = contents.get(path);
  if (bytes === undefined) throw new PackageRefusal(`its ${path} is too large`);
  return bytes;
}

/** The one folder that everything lies in. @throws PackageRefusal */
export function topFolder({ entries }: ArchiveReading): string {
  const tops = new Set<string>();
  for (const { name, type } of entries) {
    const slash = name.indexOf("/");
    if (slash === -1 && type !== "directory") throw new PackageRefusal(`its file ${name} lies in no folder`);
    tops.add(slash === -1 ? name : name.slice(0, slash));
    if (tops.size > 1) throw new PackageRefusal(`its files lie in several folders: ${[...tops].join(", ")}`);
  }
  const [top] = tops;
  if (top === undefined) throw new PackageRefusal("it is empty");
  return top;
}

function listed(entries: readonly ArchiveName[]): string {
  const names = entries.slice(0, 3).map(({ name }) => name);
  return `${names.join(", ")}${entries.length > 3 ? ", …" : ""}`;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The text of a file; a byte order mark stays. @throws PackageRefusal when it is not UTF-8 */
export function textOf(bytes: Uint8Array, path: string): string {
  try {
    return UTF8.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new PackageRefusal(`its ${path} is not valid UTF-8`);
  }
}

/** The JSON document in a file, read strictly. @throws PackageRefusal */
export function jsonOf(bytes: Uint8Array, path: string): Json {
  const text = textOf(bytes, path);
  try {
    return parseJson(text, { source: path }).value;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new PackageRefusal(`it cannot be read: ${error.message}`);
  }
}
