// Which entries of a checksum list speak for an artifact that the user named. Separate from the grammar,
// because here a lenient match could let another file's digest pass: every doubt is `ambiguous`.
//
// 1. an entry with the path as the user wrote it   (a leading `./` is ignored on both sides)
// 2. an entry with the name
// 3. entries whose last part, behind `/` or `\` and before trailing spaces, is the name
// 4. a digest without a name, in a list without names, for the only artifact that was asked for
//
// The first of these that finds something decides, and all that it finds must agree.

import { ALGORITHMS, isWeak } from "../core/digest.ts";
import type { Digest } from "../core/digest.ts";
import { nearestName } from "../core/nearest.ts";
import type { ChecksumList, ListEntry } from "./checksums.ts";

/** What a list says about one artifact. `entries` are in the order of the list, without repetitions. */
export type Lookup =
  /** One entry for each usable algorithm, strongest first: the artifact must have all of these digests. */
  | { readonly state: "listed"; readonly entries: readonly ListEntry[]; readonly note?: string }
  | { readonly state: "not-listed"; readonly nearest?: string }
  /** Several digests of one algorithm; of a hostile list, the first entries. */
  | { readonly state: "ambiguous"; readonly entries: readonly ListEntry[] }
  /** MD5 or SHA-1, and nothing that is both stronger and computable here. */
  | { readonly state: "weak"; readonly entries: readonly ListEntry[] }
  /** Only algorithms that cannot be computed here. */
  | { readonly state: "unsupported"; readonly entries: readonly ListEntry[] };

export interface Artifact {
  /** As the user wrote it. */
  readonly path: string;
  /** Last part of the path, or the name that the user gave instead (`--as`), which then replaces the path too. */
  readonly name: string;
  /** No other artifact was asked for. */
  readonly alone: boolean;
}

/** What the list says about the artifact. Names are compared by code points: no case folding, no normalisation. */
export function lookUp(list: ChecksumList, artifact: Artifact): Lookup {
  const path = withoutDot(artifact.path);
  const name = withoutDot(artifact.name);
  const renamed = lastPart(path) !== name;
  const keys = renamed ? [name] : [path, name];
  const index = indexOf(list);
  for (const key of keys) {
    const exact = index.byName.get(key);
    if (exact !== undefined) return judge(exact, undefined);
  }
  // A name with directories, given on purpose, is nobody's last part: another directory's file is not meant.
  const similar = index.byLastPart.get(name);
  const first = similar?.[0];
  if (similar !== undefined && first?.name !== undefined)
    return judge(similar, `listed as ${JSON.stringify(first.name)}`);

  if (artifact.alone && index.byName.size === 0 && list.entries.length > 0)
    return judge(list.entries, "the list states a digest without a name");
  const nearest = nearestListed(list, name);
  return nearest === undefined ? { state: "not-listed" } : { state: "not-listed", nearest };
}

/** The entries of a list by what they may be looked up as, each in the order of the list. */
interface Index {
  readonly byName: ReadonlyMap<string, readonly ListEntry[]>;
  /** By the last part of the name, and by that without the spaces behind it. */
  readonly byLastPart: ReadonlyMap<string, readonly ListEntry[]>;
}

/** Lists are asked about many artifacts, and never change. */
const indexes = new WeakMap<ChecksumList, Index>();

function indexOf(list: ChecksumList): Index {
  const known = indexes.get(list);
  if (known !== undefined) return known;
  const byName = new Map<string, ListEntry[]>();
  const byLastPart = new Map<string, ListEntry[]>();
  const add = (map: Map<string, ListEntry[]>, key: string, entry: ListEntry): void => {
    const entries = map.get(key);
    if (entries === undefined) map.set(key, [entry]);
    else entries.push(entry);
  };
  for (const entry of list.entries) {
    if (entry.name === undefined) continue;
    const last = lastPart(entry.name);
    add(byName, withoutDot(entry.name), entry);
    for (const key of new Set([last, withoutSpaces(last)])) add(byLastPart, key, entry);
  }
  const index = { byName, byLastPart };
  indexes.set(list, index);
  return index;
}

/** A message needs two entries that disagree; this many are kept. */
const MAX_SHOWN = 10;

/** The chosen entries, if they agree. */
function judge(entries: readonly ListEntry[], note: string | undefined): Lookup {
  const distinct = new Map<string, ListEntry>();
  for (const entry of entries) {
    const key = `${entry.digest.algorithm}:${entry.digest.hex}`;
    if (!distinct.has(key)) distinct.set(key, entry);
  }
  const found = [...distinct.values()];
  const clashing = found.filter(({ digest }) =>
    found.some((other) => other.digest.algorithm === digest.algorithm && other.digest.hex !== digest.hex),
  );
  if (clashing.length > 0) return { state: "ambiguous", entries: clashing.slice(0, MAX_SHOWN) };

  const usable = found.filter((entry) => isUsable(entry.digest));
  if (usable.length > 0) {
    usable.sort((a, b) => ALGORITHMS[b.digest.algorithm].strength - ALGORITHMS[a.digest.algorithm].strength);
    return note === undefined ? { state: "listed", entries: usable } : { state: "listed", entries: usable, note };
  }
  const weak = found.filter((entry) => isWeak(entry.digest.algorithm));
  return weak.length > 0 ? { state: "weak", entries: weak } : { state: "unsupported", entries: found };
}

function isUsable(digest: Digest): boolean {
  return !isWeak(digest.algorithm) && ALGORITHMS[digest.algorithm].node !== null;
}

/**
 * Named entries with one of the `computed` digests, for bytes that may be listed under another name.
 * Weak algorithms find nothing, and neither does a name for which the list also states another digest
 * of a computed algorithm. `computed` should hold every usable algorithm of the list.
 */
export function findByDigest(list: ChecksumList, computed: readonly Digest[]): readonly ListEntry[] {
  const expected = new Map(computed.map((digest) => [digest.algorithm, digest.hex]));
  const contradicted = new Set<string>();
  const found: ListEntry[] = [];
  for (const entry of list.entries) {
    const hex = expected.get(entry.digest.algorithm);
    if (hex === undefined || entry.name === undefined) continue;
    if (hex !== entry.digest.hex) contradicted.add(withoutDot(entry.name));
    else if (isUsable(entry.digest)) found.push(entry);
  }
  return found.filter((entry) => entry.name !== undefined && !contradicted.has(withoutDot(entry.name)));
}

function withoutDot(name: string): string {
  return name.replace(/^(?:\.\/+)+(?=[^/])/, "");
}

function lastPart(name: string): string {
  return name.slice(Math.max(name.lastIndexOf("/"), name.lastIndexOf("\\")) + 1);
}

/** Without the spaces at its end. A regular expression would take quadratic time on spaces in the middle. */
function withoutSpaces(name: string): string {
  let end = name.length;
  while (name[end - 1] === " ") end--;
  return name.slice(0, end);
}

/** Names that are compared for a suggestion: a bound for hostile lists. */
const MAX_COMPARED = 500;

/** The listed name that is most like `name`, for a question only. */
function nearestListed(list: ChecksumList, name: string): string | undefined {
  const names = list.entries.slice(0, MAX_COMPARED).flatMap((entry) => entry.name ?? []);
  return nearestName(name, names, (candidate) => folded(lastPart(candidate)));
}

/** What publishers change between a list and the uploaded file: case, and `_`, `-`, `.` and space for one another. */
function folded(name: string): string {
  return name.toLowerCase().replace(/[-_. ]/g, "");
}
