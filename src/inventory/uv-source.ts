// Where uv.lock says that a package comes from.
//
//   { registry = "https://…" | "path" }      an index, or a folder of archives
//   { git = "https://…?rev=…&subdirectory=…#COMMIT" }
//   { url = "https://…", subdirectory = "…" }, { path = "x.whl" }    one archive
//   { directory | editable | virtual = "path" }                      a folder; of the project itself when it is a member

import { textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { archivePlace, filePlace, folderPlace, gitPlace, registryPlace } from "./python-place.ts";
import type { Place } from "./python-place.ts";

interface UvPlace {
  readonly place: Place;
  readonly oneArchive: boolean;
  /** The folder itself is used, so that changing it changes what runs. */
  readonly linked?: true;
}

/** @param isMember true when the manifest names it as a part of the workspace */
export function uvPlace(source: JsonObject | undefined, isMember: boolean): UvPlace {
  const [kind, value] = ["registry", "git", "url", "path", "directory", "editable", "virtual"]
    .map((name) => [name, textMember(source ?? {}, name)] as const)
    .find(([, text]) => text !== undefined) ?? ["", undefined];
  if (value === undefined) {
    const undigested = "the lockfile states none";
    return {
      place: { origin: { kind: "unknown" }, redacted: false, undigested, trouble: NO_SOURCE },
      oneArchive: false,
    };
  }
  if (kind === "registry") return { place: registryPlace(value), oneArchive: false };
  if (kind === "git") return { place: uvGitPlace(value), oneArchive: true };
  if (kind === "url") return { place: archivePlace(value), oneArchive: true };
  if (kind === "path") return { place: filePlace(value), oneArchive: true };
  const own = isMember || value === ".";
  const place = folderPlace(own ? "workspace" : "directory", value);
  return { place, oneArchive: true, ...(kind === "editable" && value !== "." ? { linked: true } : {}) };
}

const NO_SOURCE = "it comes from nowhere that is known";

/** What uv writes behind `?`; anything else there may be a secret. */
const PARAMETERS = new Set(["rev", "tag", "branch", "subdirectory", "lfs"]);

function uvGitPlace(text: string): Place {
  const hash = text.indexOf("#");
  const address = hash === -1 ? text : text.slice(0, hash);
  const question = address.indexOf("?");
  const parameters = new URLSearchParams(question === -1 ? "" : address.slice(question + 1));
  const known = [...parameters.keys()].every((name) => PARAMETERS.has(name));
  return gitPlace({
    url: question === -1 || !known ? address : address.slice(0, question),
    commit: hash === -1 ? undefined : text.slice(hash + 1),
    reference: parameters.get("rev") ?? parameters.get("tag") ?? parameters.get("branch") ?? undefined,
    subdirectory: parameters.get("subdirectory") ?? undefined,
  });
}
