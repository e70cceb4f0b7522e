// Where poetry.lock says that a package comes from: `[package.source]`, absent for the index that everybody uses.

import { member, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { archivePlace, filePlace, folderPlace, gitPlace, registryPlace } from "./python-place.ts";
import type { Place } from "./python-place.ts";

interface PoetryPlace {
  readonly place: Place;
  readonly oneArchive: boolean;
  readonly linked?: true;
}

/** @param table the package, which says whether a folder is installed as it is (`develop`) */
export function poetryPlace(source: JsonObject | undefined, table: JsonObject): PoetryPlace {
  if (source === undefined) return { place: registryPlace(undefined), oneArchive: false };
  const type = textMember(source, "type") ?? "legacy";
  const url = textMember(source, "url") ?? "";
  switch (type) {
    case "legacy":
    case "":
      return { place: registryPlace(url), oneArchive: false };
    case "git":
      return {
        place: gitPlace({
          url,
          commit: textMember(source, "resolved_reference"),
          reference: textMember(source, "reference"),
          subdirectory: textMember(source, "subdirectory"),
        }),
        oneArchive: true,
      };
    case "url":
      return { place: archivePlace(url), oneArchive: true };
    case "file":
      return { place: filePlace(url), oneArchive: true };
    case "directory": {
      const place = folderPlace("directory", url);
      return { place, oneArchive: true, ...(member(table, "develop") === true ? { linked: true } : {}) };
    }
    default: {
      const trouble = "it comes from nowhere that is known";
      const undigested = "the lockfile states none";
      return { place: { origin: { kind: "unknown" }, redacted: false, undigested, trouble }, oneArchive: false };
    }
  }
}
