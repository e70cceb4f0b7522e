// One `Requires-Dist` of an installed package: which other package it names, and whether it must be there.
//
//   requirement = name [ "[" extra *( "," extra ) "]" ] [ specifier / "@" url ] [ ";" marker ]       (PEP 508)
//
// Markers are not evaluated: which Python they speak of is not known here. Only the extras in them are read, because
// who asks for an extra stands in the metadata of the others.

import { isPythonName } from "../core/package-version.ts";

export interface Requirement {
  /** As written. */
  readonly name: string;
  readonly extras: readonly string[];
  /** `>=1.0,<2`; absent where there is none. */
  readonly specifier?: string;
  /** As written, so it may hold a secret. */
  readonly url?: string;
  readonly marker?: string;
  /** Extras of the package that states this, any of which makes it count; empty when it counts without. */
  readonly forExtras: readonly string[];
}

const MAX_REQUIREMENT = 10_000;
const REQUIREMENT = /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\][]*)\])?\s*([^]*)$/;
const EXTRA = /extra\s*==\s*(?:"([^"]*)"|'([^']*)')|(?:"([^"]*)"|'([^']*)')\s*==\s*extra\b/g;

/** Undefined for a text that is none. */
export function parseInstalledRequirement(text: string): Requirement | undefined {
  if (text.length > MAX_REQUIREMENT) return undefined;
  const [, name = "", extras = "", rest = ""] = REQUIREMENT.exec(text.trim()) ?? [];
  if (!isPythonName(name)) return undefined;
  const isUrl = rest.startsWith("@");
  // A URL may hold semicolons: only one behind white space begins a marker.
  const cut = isUrl ? rest.search(/\s;/) : rest.indexOf(";");
  const marker = cut === -1 ? "" : rest.slice(cut).replace(/^\s*;/, "").trim();
  const stated = (cut === -1 ? rest : rest.slice(0, cut)).trim();
  if (!isUrl && !/^(?:\([^:/@]*\)|(?:[<>=!~][^:/@]*)?)$/.test(stated)) return undefined;
  const specifier = isUrl ? "" : stated.replace(/^\((.*)\)$/s, "$1").trim();
  return {
    name,
    extras: extras
      .split(",")
      .map((extra) => extra.trim())
      .filter((extra) => extra !== ""),
    ...(specifier === "" ? {} : { specifier }),
    ...(isUrl ? { url: stated.slice(1).trim() } : {}),
    ...(marker === "" ? {} : { marker }),
    forExtras: [...marker.matchAll(EXTRA)].map(([, ...names]) => names.find((one) => one !== undefined) ?? ""),
  };
}

/** The beginning of a text that is no requirement, as a message may show it: what follows may be an address. */
export function shownRequirement(text: string): string {
  const [shown = ""] = /^[^\s:/@]{0,100}/.exec(text) ?? [];
  return shown.length < text.length ? `${shown}…` : shown;
}
