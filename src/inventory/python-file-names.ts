// Whether a file that a Python lockfile lists for a package is one of that package, by its name: installers hold against
// it (`inconsistent name`), people reading the SBOM do not, and another package could hide behind a name they trust.
//
//   wheel = NAME "-" VERSION ["-" BUILD] "-" TAG "-" TAG "-" TAG ".whl"     sdist = NAME "-" VERSION ".tar.gz" | ".zip"
//
// Source: packaging.python.org, binary distribution format and source distribution format.

import { canonicalVersion, isPythonName, isPythonVersion, normalName } from "./python-names.ts";

export interface ForeignFile {
  /** A clause. */
  readonly message: string;
  /** What the name of the file says. */
  readonly actual: string;
  /** Old wheels of honest people have wrong versions. */
  readonly level?: "warn";
}

/** What the name of a file says otherwise than its package; undefined where it agrees or says nothing. */
export function foreignFile(
  fileName: string,
  { name, version }: { readonly name: string; readonly version?: string | undefined },
): ForeignFile | undefined {
  const stated = /\.whl$/i.test(fileName) ? wheelParts(decodeName(fileName)) : undefined;
  if (stated === undefined || !isPythonName(name) || !isPythonName(stated.name)) return undefined;
  if (normalName(stated.name) !== normalName(name)) {
    return { message: "a file of it is called like another package's", actual: stated.name };
  }
  const isOther =
    version !== undefined &&
    isPythonVersion(version) &&
    isPythonVersion(stated.version) &&
    publicVersion(version) !== publicVersion(stated.version);
  const message = "a file of it is called like another version's";
  return isOther ? { message, actual: stated.version, level: "warn" } : undefined;
}

function wheelParts(fileName: string): { readonly name: string; readonly version: string } | undefined {
  const [name, version, ...tags] = fileName.slice(0, 500).split("-");
  return name === undefined || version === undefined || tags.length < 3 ? undefined : { name, version };
}

/** Local versions are `1.0+cpu`, and `+` is `%2B` in addresses. */
function decodeName(text: string): string {
  return text.replaceAll(/%2b/gi, "+").replaceAll(/%21/g, "!");
}

/** Without the local part, which lockfiles and files do not both have, and zeros at its end, which mean nothing. */
function publicVersion(version: string): string {
  const [first = ""] = canonicalVersion(version).split("+", 1);
  return first.replace(/(?:\.0)+(?=$|[a-z]|\.(?:post|dev))/, "");
}
