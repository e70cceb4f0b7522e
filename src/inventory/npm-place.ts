// Places of an npm lockfile: the keys of its `packages`, which are paths below the project. They are attacker-controlled
// and are read as text; nothing is opened by them.
//
//   ""                               the project
//   node_modules/a                   a package; node_modules/@acme/a with a scope
//   node_modules/a/node_modules/b    a package that only `a`, and what is below it, finds
//   packages/a                       a folder of the project: a workspace, or what a `file:` dependency links to
//   ../a                             a folder beside the project, which a `file:` dependency links to
//
// Source: npm's documentation, "package-lock.json", `packages`.

/** `host` is the place in whose node_modules a package lies. */
export type Place =
  | { readonly kind: "package"; readonly host: string; readonly name: string }
  | { readonly kind: "folder" }
  /** `why` is a clause. */
  | { readonly kind: "malformed"; readonly why: string };

/** UTF-16 units, and folders: to walk up from a place costs a step for each. */
const MAX_PLACE = 2048;
const MAX_FOLDERS = 200;
const MODULES = "node_modules/";

const FOLDER: Place = { kind: "folder" };

/** What a key other than `""` stands for. */
export function parsePlace(key: string): Place {
  if (key.length > MAX_PLACE) return malformed("its place is longer than any path");
  if (key.length > MAX_FOLDERS && key.split("/").length > MAX_FOLDERS) return malformed("its place is too deep");
  if (/[\0-\x1f\x7f\\]/.test(key)) return malformed("its place holds control characters or backslashes");
  if (/^(?:\/|[A-Za-z]:)/.test(key)) return malformed("its place is an absolute path");
  // Only a folder beside the project begins with "..": that is where npm itself puts such a link's target.
  const below = key.startsWith("..") ? key.replace(/^\.\.(?:\/\.\.)*(?:\/|$)/, "") : key;
  if (below !== "" && /(?:^|\/)\.{0,2}(?:\/|$)/.test(below)) return malformed("its place is no plain path");
  const at = startOfName(key);
  if (at === -1) return /(?:^|\/)node_modules$/.test(key) ? malformed("its place names no package") : FOLDER;
  const name = key.slice(at);
  if (isFolderName(name)) {
    return { kind: "package", host: at === MODULES.length ? "" : key.slice(0, at - MODULES.length - 1), name };
  }
  return /^@[^/]*$/.test(name) ? malformed("its place names no package") : FOLDER;
}

/** One folder below node_modules, or two when the first is a scope. */
export function isFolderName(name: string): boolean {
  return /^(?:@[^/@][^/]*\/)?[^/@][^/]*$/.test(name);
}

function malformed(why: string): Place {
  return { kind: "malformed", why };
}

/** Where the part after the last `node_modules/` begins, or -1. */
function startOfName(key: string): number {
  const at = key.lastIndexOf(`/${MODULES}`);
  if (at !== -1) return at + MODULES.length + 1;
  return key.startsWith(MODULES) ? MODULES.length : -1;
}

/** The folder above a place; undefined above the project, and above what lies beside it. */
export function placeAbove(place: string): string | undefined {
  if (place === "" || place === ".." || place.endsWith("/..")) return undefined;
  const slash = place.lastIndexOf("/");
  return slash === -1 ? "" : place.slice(0, slash);
}

/**
 * The place that a `file:` path or the address of a link names, seen from the project: `./a/` is `a`. Undefined for one
 * that is absolute. A relative path may lead beside the project.
 */
export function placeOfPath(path: string): string | undefined {
  if (path.length > MAX_PLACE || /^(?:[/\\~]|[A-Za-z]:)/.test(path)) return undefined;
  const parts: string[] = [];
  for (const part of path.split(/[/\\]/)) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}
