// Where the packages of pnpm, yarn and bun lockfiles come from, by the addresses and references written there, and what
// of these may be published. Decided by the form of an address, never by its host: every registry has mirrors.

import type { Origin } from "../core/inventory.ts";
import { isNpmName, isSemver } from "../core/package-version.ts";
import { publicPath, publicUrl } from "../core/public-url.ts";
import { npmPurl } from "../core/purl.ts";
import type { LockGraph } from "./lock-graph.ts";
import { nodeName } from "./lock-node.ts";
import type { LockNode } from "./lock-node.ts";
import { plainPurl } from "./npm-component.ts";
import { hostedUrl } from "./npm-manifest.ts";
import { archiveOf } from "./npm-origin.ts";
import type { Archive } from "./npm-origin.ts";

export interface Located {
  readonly origin: Origin;
  /** Something was taken out of the address that may be a secret. */
  readonly redacted: boolean;
  /** Of a registry's archive: the package that the address names. */
  readonly archive?: Archive;
}

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** True for the full hash of a git commit: less pins nothing. */
export function isCommit(text: string): boolean {
  return COMMIT.test(text);
}

/** The commit of an archive that git hosts make: `/o/r/tar.gz/C`, `/o/r/archive/C.tar.gz`, `…/archive.tar.gz?ref=C`. */
function hostedCommit(address: string): string | undefined {
  const [ending = "", bare, named, asked] =
    /\/tar\.gz\/([0-9a-f]{40})$|\/([0-9a-f]{40})\.(?:tar\.gz|tgz|zip)$|\/archive\.(?:tar\.gz|tgz)\?(?:ref|sha)=([0-9a-f]{40})$/.exec(
      address,
    ) ?? [];
  const isArchive = named === undefined || /\/(?:archive|get)(?:\/|$)/.test(address.slice(0, -ending.length));
  return isArchive ? (bare ?? named ?? asked) : undefined;
}

/**
 * The origin of an archive at a URL: of a commit, of a registry, or just a URL. Undefined for text that is no URL, or
 * leads to a local file. What follows `#` is no part of an address.
 */
export function archiveOrigin(text: string): Located | undefined {
  const [address = ""] = text.split("#", 1);
  const commit = hostedCommit(address);
  // The commit is no secret, though it stands where tokens do.
  const made = publicUrl(commit === undefined ? address : address.replace(/\?(?:ref|sha)=[0-9a-f]{40}$/, ""));
  if (made === undefined) return undefined;
  const { url, redacted } = made;
  const where = made.host === undefined ? { url } : { url, host: made.host };
  if (commit !== undefined) return { origin: { kind: "git", ...where, commit }, redacted };
  const archive = archiveOf(url);
  return archive === undefined
    ? { origin: { kind: "url", ...where }, redacted }
    : { origin: { kind: "registry", ...where }, redacted, archive };
}

/** An archive of another package under this name is what an attacker would write into a lockfile. */
export function remarkArchive(graph: LockGraph, node: LockNode, { archive }: Pick<Located, "archive">): void {
  if (archive === undefined) return;
  const { name, version, line } = node.component;
  const say = (message: string): void => graph.remark("component-malformed", nodeName(node), message, { line });
  const bare = (text: string): string => text.split("+", 1)[0] ?? "";
  if (archive.name !== name) say(`its address is that of another package, ${archive.name}`);
  else if (version !== undefined && archive.version !== undefined && bare(archive.version) !== bare(version)) {
    say(`its address is that of another version, ${archive.version}`);
  }
}

const REFERENCE = /^[\w.~^@/+:<>=*| -]{1,200}$/;

/** `git+ssh://git@host/o/r.git#commit`, `git@host:o/r.git#commit=…`, `github:o/r#commit`, `o/r#commit`; undefined for other text. */
export function gitOrigin(text: string): Located | undefined {
  const hash = text.indexOf("#");
  const address = hash === -1 ? text : text.slice(0, hash);
  const made = publicUrl(address) ?? publicHosted(address);
  if (made === undefined) return undefined;
  const reference = hash === -1 ? "" : gitReference(text.slice(hash + 1));
  // Anything else than a branch, a tag or a range is not told.
  const pin = isCommit(reference) ? { commit: reference } : REFERENCE.test(reference) ? { reference } : {};
  const where = made.host === undefined ? { url: made.url } : { url: made.url, host: made.host };
  return { origin: { kind: "git", ...where, ...pin }, redacted: made.redacted };
}

function publicHosted(address: string): ReturnType<typeof publicUrl> {
  const url = address.length > 1000 ? undefined : hostedUrl(address);
  return url === undefined ? undefined : publicUrl(url);
}

/** `COMMIT`, `commit=COMMIT&workspace=a`, `semver:^1`. */
function gitReference(fragment: string): string {
  const parts = fragment.split("&");
  return parts.find((part) => part.startsWith("commit="))?.slice("commit=".length) ?? parts[0] ?? "";
}

/** True for text that names a git repository rather than an archive. */
export function isGitAddress(text: string): boolean {
  const [address = ""] = text.split("#", 1);
  return (
    /^(?:git\+[a-z]+:|git:|ssh:|git@|(?:github|gitlab|bitbucket|gist):)/.test(address) ||
    /^https?:.*\.git$/.test(address)
  );
}

/** A local archive or folder, by its path. */
export function localOrigin(kind: "file" | "directory", path: string): Located {
  const shown = publicPath(path);
  return { origin: shown === undefined ? { kind } : { kind, path: shown }, redacted: false };
}

/** The purl of a package of this ecosystem, with what tells it from the registry's; undefined for an impossible name. */
export function lockPurl(name: string, stated: string | undefined, origin: Origin): string | undefined {
  if (!isNpmName(name)) return undefined;
  const version = stated !== undefined && isSemver(stated) ? stated : undefined;
  if (origin.kind === "git" && origin.url !== undefined) {
    const prefix = origin.url.startsWith("git+") || origin.url.startsWith("git:") ? "" : "git+";
    const at = origin.commit === undefined ? "" : `@${origin.commit}`;
    return npmPurl(name, version, { vcs_url: `${prefix}${origin.url}${at}` });
  }
  if (origin.kind === "url" && origin.url !== undefined) return npmPurl(name, version, { download_url: origin.url });
  return plainPurl(name, version);
}

export interface PublicText {
  readonly text: string;
  readonly redacted: boolean;
}

/** Longer texts are no references, and cost time to look through. */
const MAX_REFERENCE = 20_000;
/** An address inside a reference; one of scp only behind `name@`, because `name@npm:1.0.0` looks like one. */
const ADDRESS = /[a-z][a-z0-9+.-]{0,30}:\/\/[^\s()"',<>]*|(?<=[\w.-]@)[\w.-]{1,64}@[\w.-]{1,255}:[^\s()"',<>]*/gi;
/** The same inside the references of yarn, as a part of a URI. */
const ENCODED_ADDRESS = /[a-z][a-z0-9+.-]{0,30}%3A%2F%2F[^\s&#:]*/gi;
/** Paths of this machine. */
const LOCAL_PATH = /((?:file|link|portal|workspace):|#)(?:[/\\]|~(?!\/)|[A-Za-z]:[/\\])[^()#,]*/gi;
const HOME_PATH = /((?:file|link|portal|workspace):)~[^()#,]*/gi;
const ENCODED_PATH = /((?:file|link|portal|workspace)%3A)(?:%2F|%5C|~|[A-Za-z]%3A)[^&#:\s]*/gi;

/**
 * A key or reference of a lockfile with every address in it as it may be published, and paths of this machine taken
 * out. Commits are kept.
 */
export function publicReference(text: string): PublicText {
  if (text.length > MAX_REFERENCE) return { text: "…", redacted: false };
  if (!/:|%3A|#/i.test(text)) return { text, redacted: false };
  let redacted = false;
  const publicAddress = (address: string): string => {
    const found = publicUrl(address);
    if (found === undefined) return `${address.slice(0, address.indexOf(":"))}:…`;
    redacted ||= found.redacted;
    const pin = /#(?:commit=)?([0-9a-f]{7,64})$/.exec(address)?.[1];
    return pin === undefined ? found.url : `${found.url}#${pin}`;
  };
  const made = text
    .replaceAll(ENCODED_PATH, "$1…")
    .replaceAll(ENCODED_ADDRESS, (part) => encoded(publicAddress(decoded(part))))
    .replaceAll(HOME_PATH, "$1…")
    .replaceAll(LOCAL_PATH, "$1…")
    .replaceAll(ADDRESS, publicAddress);
  return { text: made, redacted };
}

/** Percent-encoded; lone surrogates, which have no encoding, become U+FFFD. */
export function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Percent-decoded, or the text itself where it is not encoded rightly. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return text;
  }
}
