// Whether a package URL speaks of the component that carries it. Generators divide names in many ways (the scope in the
// group or in the name, a module's path whole or cut), so a contradiction is only what none of them means.

import { packageName } from "./purl.ts";
import type { Purl } from "./purl.ts";

export interface NamedComponent {
  readonly group?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
}

/** A part that differs. `case`: in capitals only, which for npm is another package, and a known fault of generators. */
export interface Disagreement {
  readonly part: "name" | "version";
  readonly kind: "other" | "case";
  readonly stated: string;
  readonly purl: string;
}

/** Types whose namespace is part of the name. Of others it is a vendor or distribution, which components seldom repeat. */
const NAMESPACE_COUNTS: ReadonlySet<string> = new Set(["npm", "golang", "composer", "maven", "github", "swift"]);

/** Types whose purl has a digest or commit where people write a tag. */
const VERSION_DIFFERS: ReadonlySet<string> = new Set(["oci", "docker", "github", "generic", "git", "bitbucket"]);

/** What the purl says otherwise than the component, or undefined when the two agree. */
export function purlDisagreement(component: NamedComponent, purl: Purl): Disagreement | undefined {
  const name = nameDisagreement(component, purl);
  if (name !== undefined) return name;
  const { version } = component;
  if (version === undefined || purl.version === undefined || VERSION_DIFFERS.has(purl.type)) return undefined;
  if (plainVersion(version) === plainVersion(purl.version)) return undefined;
  return { part: "version", kind: "other", stated: version, purl: purl.version };
}

function nameDisagreement({ group, name }: NamedComponent, purl: Purl): Disagreement | undefined {
  const { type } = purl;
  const full = packageName(purl);
  const stated = group === undefined || group === "" || name.startsWith(`${group}/`) ? name : `${group}/${name}`;
  const known = new Set([stated, ...(type === "npm" ? [`@${stated}`] : [])]);
  // Without a group, or of a type whose namespace is no part of the name, the last part has to do.
  const withGroup = group !== undefined && group !== "";
  const whole = NAMESPACE_COUNTS.has(type) && (withGroup || type === "npm" || stated.includes("/"));
  const below = purl.subpath === undefined ? [] : [`${full}/${purl.subpath}`];
  const wanted = [full, ...below, ...(whole ? [] : [purl.name])];
  if (!whole) known.add(name);
  // Maven names are written with a colon, and some generators put the ecosystem before a name.
  if (type === "maven") known.add(stated.replace(":", "/"));
  if (/^[a-z]+:./.test(stated)) known.add(stated.slice(stated.indexOf(":") + 1));
  if (wanted.some((item) => known.has(item))) return undefined;
  const lower = new Set([...known].map((item) => foldedName(item, type)));
  if (!wanted.some((item) => lower.has(foldedName(item, type)))) {
    return { part: "name", kind: "other", stated, purl: full };
  }
  return type === "npm" ? { part: "name", kind: "case", stated, purl: full } : undefined;
}

function foldedName(name: string, type: string): string {
  const lower = name.toLowerCase();
  return type === "pypi" || type === "cargo" || type === "pub" ? lower.replaceAll(/[-_.]+/g, "-") : lower;
}

/** A version without what people put before it: `v`, `=`, an epoch. */
function plainVersion(version: string): string {
  return version
    .trim()
    .replace(/^\d+:/, "")
    .replace(/^[v=]+/i, "")
    .toLowerCase();
}
