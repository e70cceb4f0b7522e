// What somebody says is installed, in the least that all tools can say, so that two of them can be compared exactly.

/** A package at one place, or, where a tool knows no places, a package. */
export interface Listed {
  readonly name: string;
  readonly version: string;
  /** `sha512:HEX`, sorted. */
  readonly digests: readonly string[];
}

export interface Listing {
  /** By place below the project (`node_modules/a`), or by `name@version`. */
  readonly packages: ReadonlyMap<string, Listed>;
  /** `place -> place`; the root's place is empty. Absent where a tool does not say. */
  readonly edges?: ReadonlySet<string>;
}

/** How many differences are named; the others are counted. */
const NAMED = 5;

function setDifferences(what: string, expected: ReadonlySet<string>, actual: ReadonlySet<string>): readonly string[] {
  const named = (word: string, keys: readonly string[]): string[] =>
    keys.length === 0
      ? []
      : [`${keys.length} ${what} ${word}: ${keys.slice(0, NAMED).join(", ")}${keys.length > NAMED ? ", …" : ""}`];
  return [
    ...named(
      "missing",
      [...expected].filter((key) => !actual.has(key)),
    ),
    ...named(
      "too many",
      [...actual].filter((key) => !expected.has(key)),
    ),
  ];
}

function textOf({ name, version, digests }: Listed): string {
  return `${name}@${version} ${digests.join(" ")}`;
}

/** What differs, a line each; empty when both say the same. */
export function differences(expected: Listing, actual: Listing): readonly string[] {
  const lines = [...setDifferences("packages", new Set(expected.packages.keys()), new Set(actual.packages.keys()))];
  const changed = [...expected.packages].flatMap(([place, listed]) => {
    const other = actual.packages.get(place);
    if (other === undefined || textOf(other) === textOf(listed)) return [];
    return [`${place}\n      expected  ${textOf(listed)}\n      actual    ${textOf(other)}`];
  });
  lines.push(...changed.slice(0, NAMED));
  if (changed.length > NAMED)
    lines.push(`${changed.length - NAMED} more packages with another name, version or digest`);
  if (expected.edges !== undefined) lines.push(...setDifferences("edges", expected.edges, actual.edges ?? new Set()));
  return lines;
}

/** The same packages without their places, by `name@version`, with the digests of all copies. */
export function withoutPlaces(listed: Iterable<Listed>): ReadonlyMap<string, Listed> {
  const packages = new Map<string, Listed>();
  for (const { name, version, digests } of listed) {
    const key = `${name}@${version}`;
    const known = packages.get(key)?.digests ?? [];
    packages.set(key, { name, version, digests: [...new Set([...known, ...digests])].toSorted() });
  }
  return packages;
}
