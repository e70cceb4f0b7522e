// One line of a requirements file that installs something: a named requirement, a URL, a repository, a local path.
//
//   name [extras] versions | name @ URL | URL | vcs+URL@ref#egg=name&subdirectory=… | path[extras]      [; marker]

import { parseDigest } from "../core/digest.ts";
import type { Hashes } from "./python-hashes.ts";
import { NO_HASHES } from "./python-hashes.ts";
import { isPythonName } from "./python-names.ts";
import { archivePlace, filePlace, folderPlace, gitPlace, registryPlace } from "./python-place.ts";
import type { Place } from "./python-place.ts";
import { normalExtras, parseRequirement, pinnedVersion } from "./python-requirement.ts";

/** What a line asks for. */
export interface Asked {
  /** As written, or as the name of the file or folder says. */
  readonly name?: string;
  readonly version?: string;
  /** `===` allows any text as a version. */
  readonly arbitrary?: true;
  readonly extras: readonly string[];
  readonly specifier?: string;
  readonly marker?: string;
  readonly place: Place;
  /** From the fragment of a URL: `#sha256=…`. */
  readonly hashes: Hashes;
  readonly isOneArchive: boolean;
  /** A folder, relative to the file that names it; its manifest knows the name. */
  readonly folder?: string;
  /** What is wrong with the line, as a clause. */
  readonly trouble?: string;
}

const ARCHIVE = /\.(?:whl|zip|tar\.gz|tgz|tar\.bz2|tbz|tar\.xz|txz|tar)$/i;
const VCS = /^(git|hg|svn|bzr)\+/i;
const SCHEME = /^(?:(?:git|hg|svn|bzr)\+[a-z]+|https?|ftp|file):/i;

/** @param isEditable the line is `-e …` */
export function askedBy(text: string, isEditable: boolean): Asked {
  const unpinned = { extras: [], place: registryPlace(undefined), hashes: NO_HASHES, isOneArchive: false };
  if (SCHEME.test(text)) return fromUrl(...splitMarker(text, /\s;|;\s/), {});
  const named = parseRequirement(text);
  if (named !== undefined && !isEditable && !looksLikePath(text)) {
    const { name, extras, specifier, marker, url } = named;
    const words = { name, extras, ...(marker === undefined ? {} : { marker }) };
    if (url !== undefined) return { ...fromUrl(url, marker, { name }), ...words };
    const version = pinnedVersion(specifier);
    return {
      ...unpinned,
      ...words,
      ...(version === undefined ? {} : { version }),
      ...(specifier === undefined ? {} : { specifier }),
      ...(specifier?.includes("===") === true ? { arbitrary: true } : {}),
    };
  }
  if (named?.url !== undefined) {
    const { name, extras, marker, url } = named;
    return { ...fromUrl(url, marker, { name }), name, extras };
  }
  const [path, marker] = splitMarker(text, /;/);
  if (looksLikePath(path) || isEditable) return fromPath(path, marker);
  const name = /^[A-Za-z0-9][\w.-]*/.exec(text.slice(0, 300))?.[0];
  return {
    ...unpinned,
    ...(name !== undefined && isPythonName(name) ? { name } : {}),
    trouble: "its line is no requirement",
  };
}

/** As pip sees it: with a slash or a dot in front; and archives by their ending. */
function looksLikePath(text: string): boolean {
  const [path] = splitMarker(text, /;/);
  return /^[^@]*[/\\]/.test(path) || path.startsWith(".") || ARCHIVE.test(splitExtras(path)[0]);
}

function splitMarker(text: string, separator: RegExp): readonly [string, string | undefined] {
  const at = text.search(separator);
  if (at === -1) return [text.trim(), undefined];
  const marker = text
    .slice(at)
    .replace(/^\s*;?\s*/, "")
    .trim();
  return [text.slice(0, at).trim(), marker === "" ? undefined : marker];
}

function fromUrl(url: string, marker: string | undefined, known: { readonly name?: string }): Asked {
  const hash = url.indexOf("#");
  const address = withoutVariables(hash === -1 ? url : url.slice(0, hash));
  const fragment = new URLSearchParams(hash === -1 ? "" : url.slice(hash + 1));
  const vcs = VCS.exec(address)?.[1]?.toLowerCase();
  const egg = /^([A-Za-z0-9][\w.-]*)(?:\[([^\]]*)\])?$/.exec(fragment.get("egg") ?? "");
  const file = fileNameParts(address);
  const name = known.name ?? egg?.[1] ?? (vcs === undefined ? file?.name : undefined) ?? lastPart(address);
  const version = vcs === undefined ? file?.version : undefined;
  return {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    extras: normalExtras(
      (egg?.[2] ?? "")
        .split(",")
        .map((extra) => extra.trim())
        .filter(isPythonName),
    ),
    ...(marker === undefined ? {} : { marker }),
    place:
      vcs === undefined ? archivePlace(address) : vcsPlace(vcs, address, fragment.get("subdirectory") ?? undefined),
    hashes: fragmentHashes(fragment),
    isOneArchive: true,
  };
}

/** A placeholder for a credential is none: `${TOKEN}@`, `${USER}:${TOKEN}@`, `user:${TOKEN}@`. */
const PLACEHOLDERS = /^([a-z+]+:\/\/)(?:(?:[\w.-]{0,100}|\$\{[A-Z0-9_]{1,100}\}):)?\$\{[A-Z0-9_]{1,100}\}:?@/i;

function withoutVariables(address: string): string {
  return address.replace(PLACEHOLDERS, "$1");
}

/** `…/name@ref`: the reference stands behind the last `@` of the path. */
function vcsPlace(vcs: string, address: string, subdirectory: string | undefined): Place {
  const start = address.indexOf("/", address.indexOf("://") + 3);
  const at = start === -1 ? -1 : address.lastIndexOf("@");
  const reference = at > start ? address.slice(at + 1) : undefined;
  const place = gitPlace({ url: at > start ? address.slice(0, at) : address, commit: reference, subdirectory });
  if (vcs === "git") return place;
  return { origin: { kind: "unknown" }, redacted: place.redacted, undigested: `taken from a ${vcs} repository` };
}

function fragmentHashes(fragment: URLSearchParams): Hashes {
  const found = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"].flatMap((algorithm) => {
    const hex = fragment.get(algorithm);
    return hex === null ? [] : [{ text: `${algorithm}=${hex}`, digest: parseDigest(`${algorithm}:${hex}`) }];
  });
  return {
    digests: found.flatMap(({ digest }) => digest ?? []),
    malformed: found.flatMap(({ text, digest }) => (digest === undefined ? [text.slice(0, 150)] : [])),
  };
}

/** A path without the extras behind it, and these. */
function splitExtras(text: string): readonly [string, string] {
  const open = text.endsWith("]") ? text.lastIndexOf("[") : -1;
  return open === -1 ? [text, ""] : [text.slice(0, open), text.slice(open + 1, -1)];
}

function fromPath(text: string, marker: string | undefined): Asked {
  const [path, extrasText] = splitExtras(text);
  const extras = normalExtras(
    extrasText
      .split(",")
      .map((extra) => extra.trim())
      .filter(isPythonName),
  );
  const words = { extras, ...(marker === undefined ? {} : { marker }), hashes: NO_HASHES, isOneArchive: true };
  const file = fileNameParts(path);
  if (ARCHIVE.test(path)) {
    const name = file?.name ?? lastPart(path);
    const version = file?.version;
    return {
      ...words,
      ...(name === undefined ? {} : { name }),
      ...(version === undefined ? {} : { version }),
      place: filePlace(path),
    };
  }
  const name = lastPart(path);
  return { ...words, ...(name === undefined ? {} : { name }), place: folderPlace("directory", path), folder: path };
}

/** `name-1.0-py3-none-any.whl`, `name-1.0.tar.gz`. */
function fileNameParts(path: string): { readonly name: string; readonly version: string } | undefined {
  const file = decodeName(
    path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1).split("?", 1)[0] ?? "",
  );
  if (file.length > 300) return undefined;
  if (/\.whl$/i.test(file)) {
    const [name, version, ...tags] = file.split("-");
    return tags.length < 3 || name === undefined || version === undefined ? undefined : { name, version };
  }
  const stem = ARCHIVE.test(file) ? file.replace(ARCHIVE, "") : "";
  const dash = stem.lastIndexOf("-");
  if (dash < 1 || !/^\d/.test(stem.slice(dash + 1))) return undefined;
  return { name: stem.slice(0, dash), version: stem.slice(dash + 1) };
}

/** `+` of local versions is `%2B` in addresses. */
function decodeName(text: string): string {
  return text.replaceAll(/%2b/gi, "+").replaceAll(/%21/g, "!");
}

/** The last part of a path or address that could be a name; slashes at its end and a reference are no part. */
function lastPart(path: string): string | undefined {
  const address = path.replace(/^[a-z+]+:\/\/[^/]*/i, "").replace(/@[^/@]*$/, "");
  const part = address.split(/[/\\]/).findLast((text) => text !== "") ?? "";
  const name = part.replace(/\.git$/, "");
  return isPythonName(name) ? name : undefined;
}
