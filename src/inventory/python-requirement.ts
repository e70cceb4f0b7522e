// What a Python project or package asks for: dependency specifiers (PEP 508), as PDM, pyproject.toml and requirements
// files write them.
//
//   requirement = name [extras] (versions | "@" URL) [";" marker]
//   extras      = "[" name ("," name)* "]"
//   versions    = ["("] clause ("," clause)* [")"]          PEP 440
//   marker      = PEP 508; kept as text, nothing is evaluated

import { normalName, isPythonName } from "./python-names.ts";

export interface Requirement {
  /** As written. */
  readonly name: string;
  /** Normalised, sorted, no two equal. */
  readonly extras: readonly string[];
  /** `>=1.0,<2`; absent: any version. */
  readonly specifier?: string;
  readonly marker?: string;
  /** As written: may hold a secret. */
  readonly url?: string;
}

/** Longer texts are no requirements. */
const MAX_LENGTH = 20_000;

const NAME_AND_EXTRAS = /^([A-Za-z0-9][A-Za-z0-9._-]*)[ \t]*(?:\[([^\]]*)\])?[ \t]*/;

/** Undefined for text that is none. */
export function parseRequirement(text: string): Requirement | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const body = text.trim();
  const [start, name, extrasText] = NAME_AND_EXTRAS.exec(body) ?? [];
  if (start === undefined || name === undefined || !isPythonName(name)) return undefined;
  const extras = readExtras(extrasText ?? "");
  if (extras === undefined) return undefined;
  const rest = body.slice(start.length);
  if (rest.startsWith("@")) return withUrl(name, extras, rest.slice(1).trim());
  const semicolon = rest.indexOf(";");
  const versions = (semicolon === -1 ? rest : rest.slice(0, semicolon)).trim().replace(/^\((.*)\)$/s, "$1");
  const marker = semicolon === -1 ? "" : rest.slice(semicolon + 1).trim();
  const specifier = readVersions(versions);
  if (specifier === undefined) return undefined;
  return {
    name,
    extras,
    ...(specifier === "" ? {} : { specifier }),
    ...(marker === "" ? {} : { marker }),
  };
}

/** A URL ends at the first blank; a marker follows ` ;`. */
function withUrl(name: string, extras: readonly string[], rest: string): Requirement | undefined {
  const [url = ""] = rest.split(/[ \t]/, 1);
  const marker = /^[ \t]*;(.*)$/s.exec(rest.slice(url.length))?.[1]?.trim();
  if (url === "") return undefined;
  return { name, extras, url, ...(marker === undefined || marker === "" ? {} : { marker }) };
}

function readExtras(text: string): readonly string[] | undefined {
  const names = text
    .split(",")
    .map((extra) => extra.trim())
    .filter((extra) => extra !== "");
  return names.every(isPythonName) ? normalExtras(names) : undefined;
}

/** Extras are compared like names. */
export function normalExtras(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(normalName))].toSorted();
}

const CLAUSE = /^(===|==|~=|!=|<=|>=|<|>)[ \t]*([^\s,;]+)$/;

/** Clauses without blanks; undefined when one is none. */
function readVersions(text: string): string | undefined {
  const clauses = text
    .split(",")
    .map((clause) => clause.trim())
    .filter((clause) => clause !== "")
    .map((clause) => CLAUSE.exec(clause));
  if (clauses.some((clause) => clause === null)) return undefined;
  return clauses.map((clause) => `${clause?.[1] ?? ""}${clause?.[2] ?? ""}`).join(",");
}

/** The one version that a specifier allows: `==1.0`, `===1.0`, never `==1.*`. */
export function pinnedVersion(specifier: string | undefined): string | undefined {
  for (const clause of (specifier ?? "").split(",")) {
    const version = /^={2,3}([^*]+)$/.exec(clause)?.[1];
    if (version !== undefined) return version;
  }
  return undefined;
}
