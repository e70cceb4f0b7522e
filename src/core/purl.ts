// Package URLs (ECMA-427, package-url/purl-spec): written canonically and read strictly. By hand, because the usual
// library lower-cases npm names, which names another package.
//
//   pkg:type/namespace/name@version?qualifiers#subpath
//
// Compare purls by their parts or in this canonical form, never as other people wrote them.

import { byCodeUnits } from "./order.ts";
import { PURL_TYPES } from "./purl-types.ts";
import type { PurlTypeRules } from "./purl-types.ts";

export interface Purl {
  /** Lower case. */
  readonly type: string;
  /** `@acme`, `github.com/acme`; without slashes at its ends. */
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string;
  /** Values that are not empty. */
  readonly qualifiers?: Readonly<Record<string, string>>;
  readonly subpath?: string;
}

/** The canonical text of a purl; its parts are normalised by the rules of its type first. Never throws. */
export function formatPurl(purl: Purl): string {
  return formatNormalPurl(normalize(purl));
}

/** The same of a purl whose parts are normalised: one that `parsePurl` returned, or with another version or qualifiers. */
export function formatNormalPurl({ type, namespace, name, version, qualifiers, subpath }: Purl): string {
  const nameText = PURL_TYPES.get(type)?.nameIsPath === true ? name.split("/").map(encode).join("/") : encode(name);
  const path = [...segments(namespace).map(encode), nameText].join("/");
  const query = Object.entries(qualifiers ?? {})
    .filter(([, value]) => value !== "")
    .toSorted(([a], [b]) => byCodeUnits(a, b))
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .join("&");
  const at = version === undefined || version === "" ? "" : `@${encode(version)}`;
  const below = segments(subpath).filter(isNamed).map(encode).join("/");
  return `pkg:${encode(type)}/${path}${at}${query === "" ? "" : `?${query}`}${below === "" ? "" : `#${below}`}`;
}

/** The parts between slashes that hold something. */
function segments(path: string | undefined): readonly string[] {
  return path === undefined ? [] : path.split("/").filter((part) => part !== "");
}

function isNamed(segment: string): boolean {
  return segment !== "" && segment !== "." && segment !== "..";
}

/** Percent-encoded, but for `A-Z a-z 0-9 . - _ ~ :` (ECMA-427, character encoding). */
function encode(text: string): string {
  if (/^[\w.~:-]*$/.test(text)) return text;
  return encodeURIComponent(text.toWellFormed())
    .replaceAll("%3A", ":")
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function normalize(purl: Purl): Purl {
  const type = purl.type.toLowerCase();
  const rules = PURL_TYPES.get(type);
  if (rules === undefined) return { ...purl, type };
  const { lower = [], lowerNameAt, normalName } = rules;
  const there = lowerNameAt !== undefined && purl.qualifiers?.["repository_url"]?.includes(lowerNameAt) === true;
  const lowered = (part: (typeof lower)[number]): string | undefined =>
    lower.includes(part) || (there && part === "name") ? purl[part]?.toLowerCase() : purl[part];
  const { namespace, name } = cutPath(rules, lowered("namespace"), lowered("name") ?? "");
  const version = lowered("version");
  const { namespace: _namespace, name: _name, version: _version, ...rest } = purl;
  return {
    ...rest,
    type,
    ...(namespace === undefined ? {} : { namespace }),
    name: normalName === undefined ? name : normalName(name),
    ...(version === undefined ? {} : { version }),
  };
}

function cutPath(
  rules: PurlTypeRules,
  namespace: string | undefined,
  name: string,
): { namespace?: string; name: string } {
  const parts = [...segments(namespace), ...segments(name)];
  const first = rules.nameIsPath === true ? 1 : parts.length - 1;
  if ((rules.wholePath !== true && rules.nameIsPath !== true) || parts.length < 2) {
    return namespace === undefined ? { name } : { namespace, name };
  }
  return { namespace: parts.slice(0, first).join("/"), name: parts.slice(first).join("/") };
}

/** Longer texts are no purls. */
const MAX_LENGTH = 8192;
/** C0, DEL and C1. */
const CONTROL = /[\u{0}-\u{1f}\u{7f}-\u{9f}]/u;

/** A percent-decoded text; undefined where it is not UTF-8 or holds control characters. */
function decode(text: string): string | undefined {
  let decoded = text;
  if (text.includes("%")) {
    try {
      decoded = decodeURIComponent(text);
    } catch (error) {
      if (error instanceof URIError) return undefined;
      throw error;
    }
  }
  return CONTROL.test(decoded) || !decoded.isWellFormed() ? undefined : decoded;
}

/** What is before and after a separator; without one (-1), all is before. */
function cut(text: string, at: number): readonly [before: string, after: string | undefined] {
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** The parts of a path, decoded; undefined where one cannot be, or hides a slash. */
function decodePath(text: string): readonly string[] | undefined {
  const parts = segments(text).map(decode);
  return parts.every((part) => part !== undefined && !part.includes("/")) ? (parts as readonly string[]) : undefined;
}

function parseQualifiers(text: string): Record<string, string> | undefined {
  const found = new Map<string, string>();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const [rawKey, rawValue = ""] = cut(pair, pair.indexOf("="));
    const key = rawKey.toLowerCase();
    const value = decode(rawValue);
    // A key has a letter first, so it is never `__proto__`.
    if (!/^[a-z][a-z0-9._-]*$/.test(key) || value === undefined || found.has(key)) return undefined;
    found.set(key, value);
  }
  return Object.fromEntries([...found].filter(([, value]) => value !== ""));
}

/**
 * The parts of a purl, normalised by the rules of its type; undefined for text that is none: another scheme, no type or
 * name, percent-encoding that is not UTF-8, control characters, a qualifier twice, or what the type forbids.
 */
export function parsePurl(text: string): Purl | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  // The order of the steps is that of the specification: from the right, so that each separator is unambiguous.
  const [beforeSubpath, rawSubpath = ""] = cut(text, text.lastIndexOf("#"));
  const [beforeQuery, rawQuery = ""] = cut(beforeSubpath, beforeSubpath.lastIndexOf("?"));
  const [scheme, afterScheme] = cut(beforeQuery, beforeQuery.indexOf(":"));
  if (scheme.toLowerCase() !== "pkg" || afterScheme === undefined) return undefined;
  const body = afterScheme.replace(/^\/+/, "");
  const [type, path] = cut(body, body.indexOf("/"));
  if (!/^[A-Za-z][A-Za-z0-9.-]*$/.test(type) || path === undefined) return undefined;
  const parts = parsePath(path);
  const qualifiers = parseQualifiers(rawQuery);
  const below = decodePath(rawSubpath);
  if (parts === undefined || qualifiers === undefined || below === undefined) return undefined;
  const subpath = below.filter(isNamed).join("/");
  const purl = normalize({
    type,
    ...parts,
    ...(Object.keys(qualifiers).length === 0 ? {} : { qualifiers }),
    ...(subpath === "" ? {} : { subpath }),
  });
  return isAllowed(purl) ? purl : undefined;
}

/** `namespace/name@version`. An `@` before the last slash belongs to a scope that somebody did not encode. */
function parsePath(path: string): Pick<Purl, "namespace" | "name" | "version"> | undefined {
  const end = trimmedEnd(path);
  const at = path.lastIndexOf("@", end - 1);
  const slash = path.lastIndexOf("/", end - 1);
  const [rawPath, rawVersion = ""] = at > slash ? [path.slice(0, at), path.slice(at + 1, end)] : [path.slice(0, end)];
  const nameStart = rawPath.lastIndexOf("/") + 1;
  const namespace = decodePath(rawPath.slice(0, nameStart));
  const name = decode(rawPath.slice(nameStart));
  const version = decode(rawVersion);
  if (namespace === undefined || name === undefined || name === "" || version === undefined) return undefined;
  return {
    ...(namespace.length === 0 ? {} : { namespace: namespace.join("/") }),
    name,
    ...(version === "" ? {} : { version }),
  };
}

/** Where the slashes at the end begin. */
function trimmedEnd(path: string): number {
  let end = path.length;
  while (end > 0 && path[end - 1] === "/") end -= 1;
  return end;
}

function isAllowed({ type, namespace, name, version, qualifiers }: Purl): boolean {
  const rules = PURL_TYPES.get(type);
  if (rules === undefined) return true;
  if (rules.namespace === "required" && namespace === undefined) return false;
  if (rules.namespace === "prohibited" && namespace !== undefined) return false;
  if (rules.validName?.test(name) === false) return false;
  if (version !== undefined && rules.validVersion?.test(version) === false) return false;
  return (rules.demanded ?? []).every((key) => qualifiers !== undefined && Object.hasOwn(qualifiers, key));
}

/** The canonical form of somebody's purl, or undefined for text that is none. */
export function canonicalPurl(text: string): string | undefined {
  const purl = parsePurl(text);
  return purl === undefined ? undefined : formatPurl(purl);
}

/** `@scope/name`, `github.com/acme/server`: the name as its ecosystem writes it, as far as a purl keeps it. */
export function packageName({ namespace, name }: Purl): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** The purl of an npm package by its full name, `@scope/name` or `name`. Case is kept: `JSONStream` is not `jsonstream`. */
export function npmPurl(name: string, version?: string, qualifiers?: Readonly<Record<string, string>>): string {
  return formatPurl({ type: "npm", name, ...optional(version, qualifiers) });
}

/** The purl of a Python package; the name is normalised (PEP 503). */
export function pypiPurl(name: string, version?: string, qualifiers?: Readonly<Record<string, string>>): string {
  return formatPurl({ type: "pypi", name, ...optional(version, qualifiers) });
}

/** The purl of a Go module by its path. */
export function goPurl(path: string, version?: string, qualifiers?: Readonly<Record<string, string>>): string {
  return formatPurl({ type: "golang", name: path, ...optional(version, qualifiers) });
}

export function cargoPurl(name: string, version?: string, qualifiers?: Readonly<Record<string, string>>): string {
  return formatPurl({ type: "cargo", name, ...optional(version, qualifiers) });
}

function optional(
  version: string | undefined,
  qualifiers: Readonly<Record<string, string>> | undefined,
): Pick<Purl, "version" | "qualifiers"> {
  return {
    ...(version === undefined || version === "" ? {} : { version }),
    ...(qualifiers === undefined || Object.keys(qualifiers).length === 0 ? {} : { qualifiers }),
  };
}
