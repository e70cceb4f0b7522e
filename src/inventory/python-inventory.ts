// From the entries and edges of a Python lockfile to an inventory: scopes, markers, what is missing. Separate from the
// readers, so that these mean the same in each format.

import type { Component, Facts, Inventory, Scope } from "../core/inventory.ts";
import { publicProse } from "../core/public-url.ts";
import { pypiPurl } from "../core/purl.ts";
import { allows, isPythonName, normalName } from "./python-names.ts";
import type { Entry, Ledger } from "./python-ledger.ts";
import { entryName } from "./python-ledger.ts";
import { joinMarkers } from "./python-graph.ts";
import type { Walked } from "./python-graph.ts";
import type { SourceText } from "./python-text.ts";
import type { Project } from "./python-project.ts";
import type { SourceInput } from "./source.ts";

/** The root as the manifest names it; without one it is called like the lockfile, and has no purl. */
export function rootEntry({ path }: SourceInput, shown: string, project: Project | undefined): Entry {
  const name = project?.name;
  const version = project?.version;
  const engines = project?.requiresPython === undefined ? {} : { engines: [`python ${project.requiresPython}`] };
  return {
    key: "",
    kind: "application",
    name: name ?? path.slice(path.lastIndexOf("/") + 1),
    ...(name === undefined || version === undefined ? {} : { version }),
    ...(name === undefined || !isPythonName(name) ? {} : { purl: pypiPurl(name, version) }),
    digests: [],
    undigested: "the project itself",
    origin: { kind: "workspace", path: "" },
    facts: engines,
    file: shown,
  };
}

export interface Assembly {
  readonly ledger: Ledger;
  readonly source: SourceText;
  readonly root: Entry;
  readonly entries: readonly Entry[];
  /** Absent: the lockfile says nothing of who needs whom. */
  readonly walked?: Walked | undefined;
  /** Keys whose edges are not known, though others' are. */
  readonly unknownEdges?: ReadonlySet<string> | undefined;
  /** The lockfile's own word, which beats the walk. */
  scopeOf?(entry: Entry): Scope | undefined;
  /** What the project asks for, by normalised name. */
  readonly requested?: ReadonlyMap<string, readonly string[]> | undefined;
  /** What the source can tell when nothing is missing. */
  readonly completeness: "complete" | "unknown";
}

export function assemble(assembly: Assembly): Inventory {
  const { ledger, source, root, entries, walked } = assembly;
  sayMissing(assembly);
  const finish = (entry: Entry): Component => {
    const dependsOn = assembly.unknownEdges?.has(entry.key) === true ? undefined : walked?.dependsOn.get(entry.key);
    const scope = entry.key === "" ? "runtime" : (assembly.scopeOf?.(entry) ?? walked?.scopes.get(entry.key));
    return {
      ...entry,
      facts: entry.key === "" ? entry.facts : factsOf(entry, assembly),
      scope: scope ?? "runtime",
      ...(dependsOn === undefined ? {} : { dependsOn }),
    };
  };
  return {
    path: source.shown,
    digest: source.digest,
    size: source.size,
    root: finish(root),
    components: entries.map(finish),
    completeness: ledger.isIncomplete() ? "incomplete" : assembly.completeness,
    remarks: ledger.remarks(),
    skipped: [],
  };
}

function factsOf({ key, name, version, facts }: Entry, { walked, requested }: Assembly): Facts {
  const marker = facts.marker ?? joinMarkers(walked?.markers.get(key) ?? []);
  const asked = requested?.get(normalName(name)) ?? [];
  // Of several requirements for one name (forks), those that this version can be for.
  const own = asked.length < 2 ? asked : asked.filter((specifier) => allows(specifier, version ?? "") !== false);
  return {
    ...facts,
    // A text in a marker may be anything.
    ...(marker === undefined ? {} : { marker: publicProse(marker) }),
    ...(own.length === 0 || facts.requested !== undefined ? {} : { requested: publicProse(own.join(", ")) }),
  };
}

function sayMissing({ ledger, root, entries, walked }: Assembly): void {
  if (walked === undefined || walked.missing.length === 0) return;
  const byKey = new Map([root, ...entries].map((entry) => [entry.key, entry]));
  for (const { key, name } of walked.missing) {
    const entry = byKey.get(key);
    if (entry === undefined) continue;
    const message = `asks for ${name}, which the lockfile does not have`;
    const path = key === "" ? [name] : [entryName(entry), name];
    ledger.remark("inventory-incomplete", entryName(entry), message, {
      ...(entry.line === undefined ? {} : { line: entry.line }),
      path,
    });
  }
}

/** Nobody states more versions of one package. */
const MAX_SPECIFIERS = 20;

/** What a project asks for, by normalised name: its specifiers for a package, without addresses. */
export function requestedBy(
  requirements: Iterable<{ readonly name: string; readonly specifier?: string | undefined }>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const { name, specifier } of requirements) {
    if (specifier === undefined || specifier === "" || specifier.length > 300) continue;
    const specifiers = found.get(normalName(name)) ?? new Set();
    if (specifiers.size < MAX_SPECIFIERS) found.set(normalName(name), specifiers.add(specifier));
  }
  return new Map([...found].map(([name, specifiers]) => [name, [...specifiers]]));
}
