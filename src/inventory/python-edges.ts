// From what a package asks for (a name, extras, versions) to the locked packages that are meant, for the lockfiles that
// state requirements and not keys: Poetry, PDM, pylock.toml.

import type { Edge, Parts, Start } from "./python-graph.ts";
import type { Entry } from "./python-ledger.ts";
import { allows, normalName } from "./python-names.ts";
import type { Project, Wanted } from "./python-project.ts";
import type { Requirement } from "./python-requirement.ts";

/** A locked package, and the extras that its entry is for (PDM has entries of their own for these). */
export interface Candidate {
  readonly entry: Entry;
  /** Normalised and sorted. */
  readonly extras: readonly string[];
}

export type RequirementIndex = (requirement: Requirement) => readonly string[];

/** No lockfile has more forks of one package; a million edges to a thousand of them would not fit into memory. */
const MAX_FORKS = 20;

/** @param rootName the project's own name, which its extras and groups may ask for */
export function createRequirementIndex(
  candidates: readonly Candidate[],
  rootName: string | undefined,
): RequirementIndex {
  const index = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const name = normalName(candidate.entry.name);
    const known = index.get(name);
    if (known === undefined) index.set(name, [candidate]);
    else if (known.length <= MAX_FORKS) known.push(candidate);
  }
  return (requirement) => {
    const name = normalName(requirement.name);
    const named = index.get(name) ?? [];
    if (named.length > MAX_FORKS) return [];
    if (named.length === 0) return rootName !== undefined && normalName(rootName) === name ? [""] : [];
    return matching(withExtras(named, requirement), requirement).map(({ entry }) => entry.key);
  };
}

/** The entry for just these extras, else the one for none, else any. */
function withExtras(named: readonly Candidate[], { extras }: Requirement): readonly Candidate[] {
  const wanted = extras.join();
  const same = named.filter((candidate) => candidate.extras.join() === wanted);
  if (same.length > 0) return same;
  const plain = named.filter((candidate) => candidate.extras.length === 0);
  return plain.length > 0 ? plain : named;
}

/** Of several versions those that are allowed; all, where that cannot be told. */
function matching(named: readonly Candidate[], { specifier }: Requirement): readonly Candidate[] {
  if (named.length < 2 || specifier === undefined) return named;
  const allowed = named.filter(
    ({ entry: { version } }) => version === undefined || allows(specifier, version) !== false,
  );
  return allowed.length > 0 ? allowed : named;
}

/** What holds under a marker only may be absent: the lockfile is for some Pythons and systems. */
export function edgeOf(requirement: Requirement, index: RequirementIndex): Edge {
  const to = index(requirement);
  const { name, extras, marker } = requirement;
  return {
    to,
    parts: extras.map((extra) => `extra:${extra}`),
    ...(marker === undefined ? {} : { marker }),
    ...(to.length === 0 && marker === undefined ? { missing: name } : {}),
  };
}

/** The edges of the project at the root, by its manifest. */
export function projectParts(project: Project, index: RequirementIndex): Parts {
  const optional = new Map(
    project.dependencies.filter(isOptional).map((wanted) => [normalName(wanted.name), wanted] as const),
  );
  const edges = (list: readonly Wanted[]): readonly Edge[] =>
    list.filter((wanted) => !isOptional(wanted)).map((wanted) => edgeOf(wanted, index));
  const parts = new Map<string, readonly Edge[]>([["", edges(project.dependencies)]]);
  for (const [extra, list] of project.extras) {
    // Poetry's extras name its optional dependencies, which know their versions.
    const wanted = list.map((item) => ({ ...item, ...withoutOptional(optional.get(normalName(item.name))) }));
    parts.set(`extra:${extra}`, edges(wanted));
  }
  for (const [group, list] of project.groups) {
    const included = (project.includes.get(group) ?? []).map((name): Edge => ({ to: [""], parts: [`group:${name}`] }));
    parts.set(`group:${group}`, [...edges(list), ...included]);
  }
  return parts;
}

function isOptional({ optional }: Wanted): boolean {
  return optional === true;
}

function withoutOptional(wanted: Wanted | undefined): Partial<Requirement> {
  if (wanted === undefined) return {};
  const { specifier, marker, extras } = wanted;
  return {
    extras,
    ...(specifier === undefined ? {} : { specifier }),
    ...(marker === undefined ? {} : { marker }),
  };
}

/** Where a walk over the project's parts begins. */
export function rootStarts(parts: Parts): readonly Start[] {
  return [...parts.keys()].map((part) => {
    if (part === "") return { key: "", part, scope: "runtime" };
    return { key: "", part, scope: part.startsWith("extra:") ? "optional" : "development" };
  });
}

/** Everything that the project asks for. */
export function allWanted(project: Project | undefined): readonly Wanted[] {
  if (project === undefined) return [];
  return [...project.dependencies, ...[...project.extras.values(), ...project.groups.values()].flat()];
}
