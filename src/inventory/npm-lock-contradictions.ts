// A lockfile of version 2 says everything twice: `packages` for npm 7 and later, `dependencies` for npm 6. Where the two
// differ, two people who review and install the same file get two different trees.

import { sortDigests, parseIntegrity } from "../core/integrity.ts";
import type { Digest } from "../core/digest.ts";
import { formatDigest } from "../core/digest.ts";
import type { Remark } from "../core/inventory.ts";
import { textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import type { LargeJson } from "../core/large-json.ts";
import { nameOf } from "./npm-component.ts";
import { nodesOfDependencies } from "./npm-lock-legacy.ts";
import { listed, subjectOf } from "./npm-lock-reports.ts";
import { isLink } from "./npm-node.ts";
import type { Graph, NpmNode } from "./npm-node.ts";
import { parseAddress } from "./npm-origin.ts";

type Difference = Pick<Remark, "rule" | "message" | "expected" | "actual">;

/** What the section says otherwise than `packages`, each with its line. */
export function contradictions(
  graph: Graph,
  dependencies: JsonObject,
  { shown, json }: { readonly shown: string; readonly json: LargeJson },
): readonly Remark[] {
  const remarks: Remark[] = [];
  const unknown: string[] = [];
  for (const old of nodesOfDependencies(dependencies, graph.byPlace)) {
    const node = graph.byPlace.get(old.key);
    // The folder behind a link is told by the link, and a folder without a name is none that npm 6 would install.
    if (node === undefined && (old.place.kind === "folder" || isStoreFolder(old))) continue;
    if (node === undefined) {
      unknown.push(subjectOf(old));
      continue;
    }
    const difference = differenceOf(node, old);
    if (difference === undefined) continue;
    remarks.push({
      ...difference,
      subject: subjectOf(node),
      file: shown,
      line: json.lineOf(old.trail),
      path: [node.key],
    });
  }
  if (unknown.length > 0) {
    const count = unknown.length === 1 ? "a package" : `${unknown.length} packages`;
    const message = `"dependencies", which npm 6 reads, names ${count} that "packages" does not: ${listed(unknown)}`;
    remarks.push({
      rule: "inventory-incomplete",
      subject: shown,
      message,
      file: shown,
      line: json.lineOf(["dependencies"]),
    });
  }
  return remarks;
}

/** `node_modules/.pnpm/a/1.0.0`: early versions of npm 7 wrote the folders of other tools' stores among the names. */
function isStoreFolder({ meta, trail }: NpmNode): boolean {
  return Object.keys(meta).length === 0 && trail.at(-1)?.startsWith(".") === true;
}

function differenceOf(node: NpmNode, old: NpmNode): Difference | undefined {
  const both = (name: string): readonly [string, string] | undefined => {
    const [current, former] = [textMember(node.meta, name), textMember(old.meta, name)];
    return current === undefined || former === undefined || current === former ? undefined : [current, former];
  };
  if (isLink(node.meta) || isLink(old.meta) || node.place.kind === "folder") {
    if (isLink(node.meta) === isLink(old.meta)) return undefined;
    return {
      rule: "component-malformed",
      message: '"dependencies", which npm 6 reads, has a package for a link, or a link for it',
    };
  }
  const integrity = both("integrity");
  const conflict = integrity === undefined ? undefined : conflictOf(...integrity);
  if (conflict !== undefined)
    return {
      rule: "integrity-conflict",
      message: '"dependencies", which npm 6 reads, has another digest',
      ...conflict,
    };
  // A section that states a plain version names the package by its place, or as an alias.
  const version = textMember(old.meta, "version");
  const names = version === undefined ? undefined : ([nameOf(node), nameOf(old)] as const);
  if (names !== undefined && names[0] !== names[1]) return contradiction("package", ...names);
  const versions = both("version");
  if (versions !== undefined) return contradiction("version", ...versions);
  // The same digest makes the address harmless.
  if (textMember(node.meta, "integrity") !== undefined && integrity === undefined) return undefined;
  const addresses = both("resolved");
  const [current, former] = (addresses ?? []).map((text) => JSON.stringify(parseAddress(text).origin));
  if (current === former) return undefined;
  return { rule: "component-malformed", message: '"dependencies", which npm 6 reads, has another address' };
}

function contradiction(what: string, expected: string, actual: string): Difference {
  return {
    rule: "component-malformed",
    message: `"dependencies", which npm 6 reads, has another ${what}`,
    expected,
    actual,
  };
}

/** The first algorithm that both state, with other values. */
function conflictOf(current: string, former: string): Pick<Remark, "expected" | "actual"> | undefined {
  const [ours, theirs] = [parseIntegrity(current).digests, parseIntegrity(former).digests];
  for (const { algorithm } of sortDigests(ours)) {
    const [a, b] = [ours, theirs].map((digests) => valuesOf(digests, algorithm));
    if (a !== "" && b !== "" && a !== b && a !== undefined && b !== undefined) return { expected: a, actual: b };
  }
  return undefined;
}

function valuesOf(digests: readonly Digest[], algorithm: Digest["algorithm"]): string {
  return digests
    .filter((digest) => digest.algorithm === algorithm)
    .map(formatDigest)
    .join(" or ");
}
