// The files of the packages of poetry.lock: with the package since lock-version 2.0, before that in tables of the
// metadata, by name alone, where two versions of a package share one list.

import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";
import type { JsonObject } from "../core/json-value.ts";
import { readHashes } from "./python-hashes.ts";
import type { LockedFile } from "./python-ledger.ts";
import { isSameVersion, normalName } from "./python-names.ts";

/** A function from a package's table to its files. */
export function poetryFiles(
  metadata: JsonObject,
  packages: readonly JsonObject[],
): (table: JsonObject) => readonly LockedFile[] {
  const versions = new Map<string, string[]>();
  for (const table of packages) {
    const name = normalName(textMember(table, "name") ?? "");
    const version = textMember(table, "version") ?? "";
    const known = versions.get(name);
    if (known === undefined) versions.set(name, [version]);
    else if (known.length < MAX_FORKS) known.push(version);
  }
  const shared = new Map([...tableOf(metadata, "hashes"), ...tableOf(metadata, "files")]);
  return (table) => {
    const own = member(table, "files");
    if (own !== undefined) return filesOf(own);
    const name = normalName(textMember(table, "name") ?? "");
    const files = filesOf(shared.get(name) ?? []);
    const others = (versions.get(name) ?? []).filter((version) => version !== textMember(table, "version"));
    return others.length === 0 ? files : files.filter((file) => !isOfOther(file, table, others));
  };
}

const MAX_FORKS = 20;

function tableOf(metadata: JsonObject, name: string): readonly (readonly [string, Json])[] {
  return Object.entries(objectMember(metadata, name) ?? {}).map(([key, value]) => [normalName(key), value] as const);
}

function filesOf(value: Json): readonly LockedFile[] {
  const items = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return items.map((item) => {
    if (!isJsonObject(item)) return { hashes: readHashes(item) };
    return {
      url: textMember(item, "url"),
      fileName: textMember(item, "file"),
      hashes: readHashes(member(item, "hash")),
    };
  });
}

/** True for a file whose name says that it is of another version of the package. */
function isOfOther({ fileName }: LockedFile, table: JsonObject, others: readonly string[]): boolean {
  const version = fileName === undefined ? undefined : versionOfFile(fileName);
  if (version === undefined || isSameVersion(version, textMember(table, "version") ?? "")) return false;
  return others.some((other) => isSameVersion(version, other));
}

/** `name-1.0-py3-none-any.whl`, `name-1.0.tar.gz`. */
function versionOfFile(fileName: string): string | undefined {
  if (fileName.endsWith(".whl")) return fileName.split("-", 2)[1];
  const stem = /^(.{1,300})\.(?:tar\.(?:gz|bz2|xz|Z)|tgz|tar|zip|egg|exe)$/.exec(fileName)?.[1];
  return stem?.slice(stem.lastIndexOf("-") + 1);
}
