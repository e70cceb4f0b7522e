// Which of the packages of a server.json an artifact is. Every doubt is a finding: the choice decides what the
// artifact is compared with, and a wrong choice would compare it with something that it happens to agree with.
//
// 1. the package that states the artifact's SHA-256
// 2. packages of the name (and version, if one has it) inside; bundles: all bundles; unreadable: all of its kind
// 3. of these, the only one; or, where they state hashes, the one whose URL ends in the artifact's name
// 4. the only package that there is, or the only one of its type, which it will then disagree with

import { describe, factsOfType, isNamed, isVersioned } from "./server-json-facts.ts";
import type { ArtifactFacts, NamedPackage, ServerFinding } from "./server-json-facts.ts";
import type { ServerPackage } from "./server-json-read.ts";

export type Selection = { readonly selected: ServerPackage } | { readonly finding: ServerFinding };

/** `packages` are distinct, and no two of them have the same SHA-256 unless they are the same package. */
export function selectPackage(packages: readonly ServerPackage[], facts: ArtifactFacts): Selection {
  const byHash = packages.find(({ sha256 }) => sha256 === facts.sha256);
  if (byHash !== undefined) return { selected: byHash };
  const possible = candidates(packages, facts);
  const pool = possible.length > 0 ? possible : nearest(packages, facts);
  const [only] = pool;
  if (only !== undefined && pool.length === 1) return { selected: only };
  // Same name and version, no hashes: nothing tells them apart, and nothing needs to.
  if (only !== undefined && possible.length > 0 && isPlain(pool, facts)) return { selected: only };
  const byName = pool.filter(({ identifier }) => lastPart(identifier) === facts.name);
  const [named] = byName;
  if (possible.length > 0 && named !== undefined && byName.length === 1) return { selected: named };
  return { finding: nothingSelected(packages, facts) };
}

/** Packages that the artifact can be, by what it says of itself, or by its kind where that cannot be read. */
function candidates(
  packages: readonly ServerPackage[],
  { kind, package: answer }: ArtifactFacts,
): readonly ServerPackage[] {
  if (!("package" in answer)) {
    return packages.filter(({ type }) => kind !== undefined && factsOfType(type)?.kinds.includes(kind) === true);
  }
  const inside = answer.package;
  const named = packages.filter((one) => isOfEcosystem(one, inside) && isNamed(one, inside));
  const versioned = named.filter((one) => isVersioned(one, inside));
  return versioned.length > 0 ? versioned : named;
}

function isOfEcosystem({ type }: ServerPackage, { ecosystem }: NamedPackage): boolean {
  return factsOfType(type)?.ecosystem === ecosystem;
}

function nearest(packages: readonly ServerPackage[], { package: answer }: ArtifactFacts): readonly ServerPackage[] {
  if (packages.length === 1 || !("package" in answer)) return packages;
  return packages.filter((one) => isOfEcosystem(one, answer.package));
}

/** All of one name and version, and none states a hash. */
function isPlain(pool: readonly ServerPackage[], { package: answer }: ArtifactFacts): boolean {
  if (!("package" in answer) || answer.package.ecosystem === "mcpb") return false;
  const inside = answer.package;
  return pool.every((one) => one.sha256 === undefined && isVersioned(one, inside));
}

function lastPart(identifier: string): string {
  return identifier.slice(identifier.lastIndexOf("/") + 1);
}

/** A message names at most this many packages. */
const MAX_SHOWN = 3;

function nothingSelected(packages: readonly ServerPackage[], facts: ArtifactFacts): ServerFinding {
  const rule = "package-mismatch";
  if (packages.length === 0)
    return { rule, message: "the server.json names no package, so it says nothing about a file" };
  const shown = packages.slice(0, MAX_SHOWN).map(describe);
  const message = `which of the ${packages.length} packages of the server.json it is cannot be told, and it has the hash of none`;
  return {
    rule,
    message,
    expected: `${shown.join(", or ")}${packages.length > MAX_SHOWN ? ", …" : ""}`,
    actual: "package" in facts.package ? describeInside(facts.package.package) : `sha256:${facts.sha256}`,
  };
}

function describeInside({ ecosystem, name, version }: NamedPackage): string {
  return `${ecosystem} ${name} ${version}`;
}
