// Where npm gets a package from, by the address in its lockfile. Decided by the form of the address and never by its
// host: a registry is whatever a project uses as one.
//
//   …/NAME/-/BASE-VERSION.tgz              a registry; also …/NAME/download/BASE-VERSION.tgz, …/download/NAME/VERSION/HEX
//   git+ssh://…#COMMIT, github:OWNER/NAME  a repository; the commit counts when it is a full hash
//   file:PATH                              an archive or folder of this machine
//   https://…                              an archive that no registry vouches for
//
// Source: npm-package-arg, lib/npa.js; @npmcli/arborist lib/version-from-tgz.js.

import type { Origin } from "../core/inventory.ts";
import { publicPath, publicUrl } from "../core/public-url.ts";
import { hostedUrl } from "./npm-manifest.ts";

export interface Address {
  readonly origin: Origin;
  /** Something that may be a secret was left out. */
  readonly redacted: boolean;
  /** What makes the purl name this copy and not the registry's. */
  readonly qualifiers?: Readonly<Record<string, string>>;
  /** Of a registry's archive: the package whose archive the address says it is. */
  readonly archive?: Archive;
  /** What is wrong with it, as a clause. */
  readonly problem?: string;
}

export interface Archive {
  readonly name: string;
  /** Absent when the file's name does not begin with that of the package. */
  readonly version?: string;
}

/** The meaning of the text of `resolved`. */
export function parseAddress(text: string): Address {
  if (isGitAddress(text)) return gitAddress(text);
  if (/^file:/i.test(text)) return fileAddress(text.slice("file:".length));
  const found = publicUrl(text);
  if (found === undefined) return { origin: { kind: "unknown" }, redacted: false, problem: "its address is no URL" };
  const { url, host, redacted } = found;
  const where = { url, ...(host === undefined ? {} : { host }) };
  const archive = archiveOf(url);
  if (archive !== undefined) return { origin: { kind: "registry", ...where }, redacted, archive };
  return { origin: { kind: "url", ...where }, redacted, qualifiers: { download_url: url } };
}

/** The package of a URL that has the form of a registry's archive, or undefined. `%2f` separates scope and name too. */
export function archiveOf(url: string): Archive | undefined {
  const path = url.replaceAll(/%2f/gi, "/").replaceAll("%40", "@");
  const [, scope = "", project = "", ownScope = "", base = ""] =
    /\/(@[^/]+\/)?([^/@]+)\/(?:-|download)\/(@[^/]+\/)?([^/]+)\.tgz$/.exec(path) ?? [];
  if (base !== "") {
    const name = `${scope}${project}`;
    if (!base.startsWith(`${project}-`) || (ownScope !== "" && ownScope !== scope)) return { name };
    return { name, version: decodeVersion(base.slice(project.length + 1)) };
  }
  const [, name, version] = /\/download\/((?:@[^/]+\/)?[^/@]+)\/([^/]+)\/[0-9a-f]{40,128}$/.exec(path) ?? [];
  return name === undefined || version === undefined ? undefined : { name, version: decodeVersion(version) };
}

function decodeVersion(text: string): string {
  return text.replaceAll(/%2b/gi, "+");
}

/**
 * What npm takes for a repository over HTTPS: only at the services that it knows. At any other host an address that ends in
 * `.git` is that of an archive, which npm compares with the digest.
 * Source: hosted-git-info, lib/hosts.js, `extract`; npm-package-arg, lib/npa.js, `fromURL`.
 */
function isHostedRepository(text: string): boolean {
  // Most hosts are no such service, which is seen without parsing: nothing in these needs decoding.
  const plain = /^https?:\/\/([a-z0-9.:-]+)(?:[/?#]|$)/i.exec(text)?.[1];
  if (plain !== undefined && !/github|gitlab|bitbucket|sr\.ht/i.test(plain)) return false;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname, pathname } = new URL(text);
  const host = hostname.replace(/^www\./, "");
  const [, owner = "", project = "", kind = ""] = pathname.split("/");
  if (host === "github.com") return owner !== "" && project !== "" && (kind === "" || kind === "tree");
  if (protocol === "http:") return false;
  if (host === "bitbucket.org") return owner !== "" && project !== "" && kind !== "get";
  if (host === "gist.github.com") return (owner !== "" || project !== "") && kind !== "raw";
  if (host === "git.sr.ht") return owner !== "" && project !== "" && kind !== "archive";
  return host === "gitlab.com" && /^\/.*[^/].*\/[^/]+$/.test(pathname) && !/\/-\/|\/archive\.tar\.gz/.test(pathname);
}

/** At GitHub `/tree/NAME` in the path names the commit, and what follows `#` does not count. */
function treeOf(address: string): string | undefined {
  const tree = /^[a-z+]+:\/\/(?:[^/@]*@)?(?:www\.)?github\.com(?::\d+)?\/[^/]+\/[^/]+\/tree(?:\/([^/?#]*)|$)/i.exec(
    address,
  );
  return tree === null ? undefined : (tree[1] ?? "");
}

/** Schemes, notations and shorthands of repositories. */
function isGitAddress(text: string): boolean {
  if (/^(?:git(?:\+[a-z]+)?:|ssh:\/\/|(?:github|gitlab|bitbucket|gist):)/i.test(text)) return true;
  if (/^[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:(?!\/\/)/.test(text)) return true;
  if (isHostedRepository(text)) return true;
  return /^[\w-][\w.-]*\/[\w-][\w.-]*#[0-9a-f]{40}$/i.test(text);
}

/** Git names objects by 40 hexadecimal digits, and by 64 in repositories that use SHA-256. */
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i;
/** What may follow `#` and be told: branches, tags, `semver:^1.0.0`. */
const REFERENCE = /^[\w.~^@/+:<>=*| -]{1,200}$/;

function gitAddress(text: string): Address {
  const [address = "", ...rest] = text.split("#");
  // `#COMMIT::path:packages/a`: attributes follow the commit.
  const [pin = ""] = (treeOf(address) ?? rest.join("#")).split("::", 1);
  const found = publicUrl(address);
  const url = found?.url ?? hostedUrl(address);
  const host = found?.host ?? (url === undefined ? undefined : publicUrl(url)?.host);
  const commit = COMMIT.test(pin) ? pin.toLowerCase() : undefined;
  const prefixed = url === undefined || /^git[+:]/.test(url) ? url : `git+${url}`;
  return {
    origin: {
      kind: "git",
      ...(url === undefined ? {} : { url }),
      ...(host === undefined ? {} : { host }),
      ...(commit === undefined ? {} : { commit }),
      ...(commit === undefined && REFERENCE.test(pin) ? { reference: pin } : {}),
    },
    redacted: found?.redacted === true,
    ...(prefixed === undefined
      ? {}
      : { qualifiers: { vcs_url: `${prefixed}${commit === undefined ? "" : `@${commit}`}` } }),
  };
}

function fileAddress(text: string): Address {
  const path = publicPath(text.replace(/^\.\//, ""));
  const kind = /\.(?:tgz|tar|tar\.gz)$/i.test(text) ? "file" : "directory";
  return { origin: { kind, ...(path === undefined ? {} : { path }) }, redacted: false };
}
