// Where pylock.toml says that a package comes from, and its files: exactly one of `vcs`, `directory`, `archive`, or
// `sdist` and `wheels` (PEP 751).

import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";
import type { JsonObject } from "../core/json-value.ts";
import { readHashTable } from "./python-hashes.ts";
import type { LockedFile } from "./python-ledger.ts";
import { archivePlace, filePlace, folderPlace, gitPlace, registryPlace } from "./python-place.ts";
import type { Place } from "./python-place.ts";
import { fileSize } from "./python-tables.ts";

interface PylockPlace {
  readonly place: Place;
  readonly oneArchive: boolean;
  readonly linked?: true;
}

/** The folder of the lockfile itself is the project: `workspace`. */
export function pylockPlace(table: JsonObject): PylockPlace {
  const vcs = objectMember(table, "vcs");
  const directory = objectMember(table, "directory");
  const archive = objectMember(table, "archive");
  if (vcs !== undefined) return { place: vcsPlace(vcs), oneArchive: true };
  if (directory !== undefined) {
    const path = textMember(directory, "path") ?? "";
    const own = path === "." || path === "./";
    const linked = member(directory, "editable") === true && !own ? ({ linked: true } as const) : {};
    return { place: folderPlace(own ? "workspace" : "directory", path), oneArchive: true, ...linked };
  }
  if (archive !== undefined) {
    const url = textMember(archive, "url");
    const place = url === undefined ? filePlace(textMember(archive, "path") ?? "") : archivePlace(url);
    return { place, oneArchive: true };
  }
  return { place: registryPlace(textMember(table, "index")), oneArchive: false };
}

function vcsPlace(vcs: JsonObject): Place {
  const type = textMember(vcs, "type");
  const place = gitPlace({
    url: textMember(vcs, "url") ?? textMember(vcs, "path") ?? "",
    commit: textMember(vcs, "commit-id"),
    reference: textMember(vcs, "requested-revision"),
    subdirectory: textMember(vcs, "subdirectory"),
  });
  if (type === undefined || type === "git") return place;
  // Mercurial and others: nothing here knows what pins these.
  const undigested = `taken from ${type}`;
  return { origin: { kind: "unknown" }, redacted: place.redacted, undigested };
}

export function pylockFiles(table: JsonObject): readonly LockedFile[] {
  const wheels = member(table, "wheels");
  const items = [
    ...["archive", "sdist"].flatMap((name) => member(table, name) ?? []),
    ...(wheels === undefined ? [] : Array.isArray(wheels) ? (wheels as readonly Json[]) : [wheels]),
  ];
  return items.map((item) => {
    if (!isJsonObject(item)) return { hashes: { digests: [], malformed: ["a file that is no table"] } };
    const path = textMember(item, "path");
    const name = textMember(item, "name") ?? path?.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
    return {
      url: textMember(item, "url"),
      fileName: name,
      hashes: readHashTable(member(item, "hashes")),
      size: fileSize(member(item, "size")),
    };
  });
}
