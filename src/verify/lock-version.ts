// Which of two versions of a package is higher, as far as every ecosystem agrees on it: release numbers, and for
// Semantic Versioning 2.0.0 (section 11) the prereleases. Where they do not agree, the order is unknown.

//   version = [ "v" ] number *( "." number ) [ rest ]
const VERSION = /^v?(\d+(?:\.\d+)*)(.*)$/s;
const SEMVER_REST = /^(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;

/** Longer versions are nobody's. */
const MAX_LENGTH = 200;

export type VersionOrder = "higher" | "lower" | "same" | "unknown";

/** What `version` is compared with `other`. @param semver both follow Semantic Versioning (npm, MCPB) */
export function versionOrder(version: string, other: string, semver: boolean): VersionOrder {
  if (version === other) return "same";
  const [a, b] = [parse(version), parse(other)];
  if (a === undefined || b === undefined) return "unknown";
  const order = compareReleases(a.release, b.release);
  if (order !== 0) return order > 0 ? "higher" : "lower";
  if (a.rest.toLowerCase() === b.rest.toLowerCase()) return "same";
  const [x, y] = [SEMVER_REST.exec(a.rest), SEMVER_REST.exec(b.rest)];
  // Elsewhere 1.0.0-1 is a release after 1.0.0 (PEP 440), and not before it.
  if (!semver || x === null || y === null) return "unknown";
  const prerelease = comparePrereleases(x[1], y[1]);
  if (prerelease === 0) return "same";
  return prerelease > 0 ? "higher" : "lower";
}

function parse(version: string): { release: readonly string[]; rest: string } | undefined {
  const match = version.length > MAX_LENGTH ? null : VERSION.exec(version);
  const [, numbers, rest] = match ?? [];
  // An epoch (PEP 440, `1!2.0`) outweighs every number behind it.
  if (numbers === undefined || rest === undefined || rest.includes("!")) return undefined;
  return { release: numbers.split("."), rest };
}

/** 1.2 and 1.2.0 are the same release. */
function compareReleases(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = compareNumbers(a[i] ?? "0", b[i] ?? "0");
    if (order !== 0) return order;
  }
  return 0;
}

/** A release is higher than its prereleases, and a longer list of identifiers higher than its own beginning. */
function comparePrereleases(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const [x, y] = [a.split("."), b.split(".")];
  for (const [i, identifier] of x.entries()) {
    const other = y[i];
    const order = other === undefined ? 1 : compareIdentifiers(identifier, other);
    if (order !== 0) return order;
  }
  return x.length - y.length;
}

/** Numeric identifiers are lower than others, which compare by their characters. */
function compareIdentifiers(a: string, b: string): number {
  const [x, y] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (x && y) return compareNumbers(a, b);
  if (x !== y) return x ? -1 : 1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Digits of any length. */
function compareNumbers(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+(?=\d)/, ""), b.replace(/^0+(?=\d)/, "")];
  if (x.length !== y.length) return x.length - y.length;
  if (x === y) return 0;
  return x < y ? -1 : 1;
}
