// Names, extras and versions of Python packages: PEP 503 (normalised names), PEP 508 (what a name is), PEP 440 (what a
// version is). Separate from purl.ts because readers compare names a hundred times more often than they write them.

import pep440 from "@renovatebot/pep440";

/** The one spelling by which names are compared (PEP 503): `Typing_Extensions` is `typing-extensions`. */
export function normalName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
/** Longer texts are neither names nor versions. */
const MAX_LENGTH = 300;

/** PEP 508 `identifier`. */
export function isPythonName(text: string): boolean {
  return text.length <= MAX_LENGTH && NAME.test(text);
}

/** PEP 440, in any of its spellings. */
export function isPythonVersion(text: string): boolean {
  return text.length <= MAX_LENGTH && pep440.valid(text) !== null;
}

/** One spelling of a version (PEP 440): `1.0-RC1` is `1.0rc1`. What is no version stays as it is. */
export function canonicalVersion(version: string): string {
  return version.length > MAX_LENGTH ? version : (pep440.clean(version) ?? version);
}

/**
 * True when a version is allowed by a specifier of PEP 440, or of Poetry as far as it is one (`*`, `||`, a version
 * alone). Undefined for what cannot be told.
 */
export function allows(specifier: string, version: string): boolean | undefined {
  if (specifier.length > MAX_LENGTH || !isPythonVersion(version)) return undefined;
  let answer: boolean | undefined = false;
  for (const part of specifier.split("||")) {
    const range = part.trim().replace(/^\((.*)\)$/, "$1");
    if (range === "" || range === "*") return true;
    const text = isPythonVersion(range) ? `==${range}` : range;
    if (pep440.validRange(text)) {
      if (pep440.satisfies(version, text, { prereleases: true })) return true;
    } else answer = undefined;
  }
  return answer;
}
