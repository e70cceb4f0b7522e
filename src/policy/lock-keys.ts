// Under which keys a lock knows what is checked: the package that it is, and the artifact rules that are about it.
// Never its file name, which whoever hosts the file chooses.

import { parseDigest } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { PACKAGE_KEY, RULE_KEY, seriesOf } from "../core/lock.ts";
import type { ArtifactRule } from "./types.ts";

/** What a package says of itself (core/package-name.ts, PackageName). */
interface PackageId {
  readonly ecosystem: "npm" | "pypi" | "mcpb";
  readonly name: string;
}

/**
 * Keys of a subject, the one to record it under first: the package's, then those of the rules, most literal first.
 * @param rules artifact rules that match the subject's name
 */
export function lockKeysOf(packageId: PackageId | undefined, rules: readonly Pick<ArtifactRule, "match">[]): string[] {
  const patterns = [...new Set(rules.map(({ match }) => match))];
  const literal = (pattern: string): number => pattern.replaceAll(/[*?]/g, "").length;
  patterns.sort((a, b) => literal(b) - literal(a) || (a < b ? -1 : 1));
  const packageKey = packageId === undefined ? undefined : packageKeyOf(packageId);
  return [...(packageKey === undefined ? [] : [packageKey]), ...patterns.map((pattern) => RULE_KEY + pattern)];
}

/** The purl without version (package-url specification, "How to build"); undefined for a name that no purl can hold. */
function packageKeyOf({ ecosystem, name }: PackageId): string | undefined {
  if (name === "" || !name.isWellFormed()) return undefined;
  // PEP 503: the same project, however its name is written.
  const normal = ecosystem === "pypi" ? name.toLowerCase().replaceAll(/[-_.]+/g, "-") : name;
  const parts = ecosystem === "npm" && normal.startsWith("@") ? normal.split("/") : [normal];
  return `${PACKAGE_KEY}${ecosystem}/${parts.map(percentEncode).join("/")}`;
}

function percentEncode(text: string): string {
  const hex = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, hex);
}

/** The error for a subject that has no key and is to be recorded: it shows what to do. */
export function noLockKey(name: string): UserError {
  const message = `${name}: a lock has no key for it: it is no package, and no artifact rule is about it`;
  return new UserError("usage", message, { hint: lockKeyHint(name) });
}

/** How a subject that has no key gets one: by the rule to add, or, for a digest, by a name. */
export function lockKeyHint(name: string): string {
  if (parseDigest(name) !== undefined)
    return "name the file in place of its digest, or say with --as what it is called";
  const rule = JSON.stringify({ [seriesOf(name)]: { evidence: ["signature"] } });
  return `add a rule to boltseal.json: "artifacts": ${rule}`;
}
