// Where Python lockfiles say that packages come from, made public: indexes, git, URLs, archives and folders of the disk.
// Separate because each lockfile names the same places in words of its own.

import type { Origin } from "../core/inventory.ts";
import { publicPath, publicUrl } from "../core/public-url.ts";

export interface Place {
  readonly origin: Origin;
  /** For the purl, where it does not come from an index. */
  readonly qualifiers?: Readonly<Record<string, string>>;
  /** Something was left out that may be a secret. */
  readonly redacted: boolean;
  /** Why there is no digest, if the lockfile states none. */
  readonly undigested: string;
  /** What is wrong with the address, as a clause. */
  readonly trouble?: string;
}

const NONE_STATED = "the lockfile states none";
const NO_ADDRESS = "its address is none";

/** An index by its URL, or a folder of the disk that is used as one; undefined: the lockfile does not say which. */
export function registryPlace(address: string | undefined): Place {
  const found = address === undefined ? undefined : publicUrl(address);
  return {
    origin: { kind: "registry", ...hosted(found) },
    redacted: found?.redacted ?? false,
    undigested: NONE_STATED,
  };
}

function hosted(found: ReturnType<typeof publicUrl>): { url?: string; host?: string } {
  if (found === undefined) return {};
  return found.host === undefined ? { url: found.url } : { url: found.url, host: found.host };
}

export interface GitPin {
  readonly url: string;
  /** What the lockfile says that was checked out. */
  readonly commit?: string | undefined;
  /** What the project asked for: a branch or tag. */
  readonly reference?: string | undefined;
  readonly subdirectory?: string | undefined;
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;

/** A folder inside a git repository. Only a full commit pins it. */
export function gitPlace({ url, commit, reference, subdirectory }: GitPin): Place {
  const local = isLocal(url);
  const found = local ? undefined : publicUrl(url);
  const full = commit !== undefined && COMMIT.test(commit) ? commit.toLowerCase() : undefined;
  const named = reference ?? (full === undefined ? commit : undefined);
  const below = subdirectory === undefined ? undefined : publicPath(subdirectory);
  const address = found?.url.replace(/^git\+/, "");
  const vcs =
    address === undefined
      ? undefined
      : `git+${address}${full === undefined ? "" : `@${full}`}${below === undefined || below === "" ? "" : `#${below}`}`;
  return {
    origin: {
      kind: "git",
      ...(address === undefined ? {} : { url: address }),
      ...(found?.host === undefined ? {} : { host: found.host }),
      ...(full === undefined ? {} : { commit: full }),
      ...(named === undefined || named === "" ? {} : { reference: named }),
    },
    ...(vcs === undefined ? {} : { qualifiers: { vcs_url: vcs } }),
    redacted: found?.redacted ?? false,
    undigested: full === undefined ? "taken from a git reference that can move" : `pinned by git commit ${full}`,
    ...(found === undefined && !local ? { trouble: NO_ADDRESS } : {}),
  };
}

function isLocal(url: string): boolean {
  return /^(?:git\+)?file:/i.test(url) || !/^[a-z][a-z0-9+.-]*:|@/i.test(url);
}

/** An archive at a URL, or of the disk when the URL leads there. */
export function archivePlace(url: string): Place {
  if (/^file:/i.test(url)) return filePlace(url);
  const found = publicUrl(url);
  if (found === undefined) {
    return { origin: { kind: "url" }, redacted: false, undigested: NONE_STATED, trouble: NO_ADDRESS };
  }
  return {
    origin: { kind: "url", ...hosted(found) },
    qualifiers: { download_url: found.url },
    redacted: found.redacted,
    undigested: NONE_STATED,
  };
}

/** An archive of the disk. */
export function filePlace(path: string): Place {
  const below = localPath(path);
  return {
    origin: { kind: "file", ...(below === undefined ? {} : { path: below }) },
    redacted: false,
    undigested: NONE_STATED,
  };
}

/** A folder of the disk, or a part of the project itself. */
export function folderPlace(kind: "directory" | "workspace", path: string): Place {
  const below = localPath(path);
  return {
    origin: { kind, ...(below === undefined ? {} : { path: below }) },
    redacted: false,
    undigested: below === undefined ? "a folder outside of the project" : "a folder of the project",
  };
}

function localPath(path: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:/i.test(path) ? undefined : publicPath(path);
}
