// The files of the packages of poetry.lock: with the package since lock-version 2.0, before that in tables of the
// metadata, by name alone, where two versions of a package share one list.

import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";
import type { JsonObject } from "../core/json-value.ts";
import { readHashes } from "./python-hashes.ts";
import type { LockedFile } from "./python-ledger.ts";
import { canonicalVersion, normalName } from "./python-names.ts";

/** Files of one name by the version that their names state, and those whose names state none that is locked. */
interface Shared {
  readonly byVersion: ReadonlyMap<string, readonly LockedFile[]>;
  readonly others: readonly LockedFile[];
}

/** Files that could be of any version are given to this many; no lockfile has more of one package. */
const MAX_FORKS = 20;

/** A function from a package's table to its files. */
export function poetryFiles(
  metadata: JsonObject,
  packages: readonly JsonObject[],
): (table: JsonObject) => readonly LockedFile[] {
  const versions = new Map<string, Set<string>>();
  for (const table of packages) {
    const name = nameOf(table);
    versions.set(name, (versions.get(name) ?? new Set()).add(versionOf(table)));
  }
  const lists = new Map([...tableOf(metadata, "hashes"), ...tableOf(metadata, "files")]);
  const shared = new Map([...lists].map(([name, list]) => [name, sharedFiles(list, versions.get(name))] as const));
  return (table) => {
    const own = member(table, "files");
    if (own !== undefined) return filesOf(own);
    const found = shared.get(nameOf(table));
    if (found === undefined) return [];
    const others = (versions.get(nameOf(table))?.size ?? 0) > MAX_FORKS ? [] : found.others;
    return [...(found.byVersion.get(versionOf(table)) ?? []), ...others];
  };
}

function nameOf(table: JsonObject): string {
  return normalName(textMember(table, "name") ?? "");
}

function versionOf(table: JsonObject): string {
  return canonicalVersion(textMember(table, "version") ?? "");
}

/** Of a package that is locked in one version all files are of it. */
function sharedFiles(list: Json, versions: ReadonlySet<string> | undefined): Shared {
  const files = filesOf(list);
  if (versions === undefined || versions.size < 2) return { byVersion: new Map(), others: files };
  const byVersion = new Map<string, LockedFile[]>();
  const others: LockedFile[] = [];
  for (const file of files) {
    const stated = file.fileName === undefined ? undefined : versionOfFile(file.fileName);
    const version = stated === undefined ? undefined : canonicalVersion(stated);
    if (version === undefined || !versions.has(version)) others.push(file);
    else (byVersion.get(version) ?? add(byVersion, version)).push(file);
  }
  return { byVersion, others };
}

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

function add(lists: Map<string, LockedFile[]>, version: string): LockedFile[] {
  const list: LockedFile[] = [];
  lists.set(version, list);
  return list;
}

/** `name-1.0-py3-none-any.whl`, `name-1.0.tar.gz`. */
function versionOfFile(fileName: string): string | undefined {
  if (fileName.endsWith(".whl")) return fileName.split("-", 2)[1];
  const stem = /^(.{1,300})\.(?:tar\.(?:gz|bz2|xz|Z)|tgz|tar|zip|egg|exe)$/.exec(fileName)?.[1];
  return stem?.slice(stem.lastIndexOf("-") + 1);
}
