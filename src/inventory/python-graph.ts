// Who needs whom in a Python lockfile, and why a package is there. Separate because all formats have the same parts: a
// package's own dependencies, those of each extra, and the project's groups; only the way to name them differs.
//
// The nodes of the walk are parts of components: `""` its own dependencies, `extra:x`, `group:x`.

import type { Scope } from "../core/inventory.ts";

export interface Edge {
  /** Keys of components; several where forks of one package are locked, none where it is not. */
  readonly to: readonly string[];
  /** Parts of the target besides its own. */
  readonly parts: readonly string[];
  readonly marker?: string;
  /** What is asked for and not there, though the format does not allow that. */
  readonly missing?: string;
}

/** Edges of each part of one component. */
export type Parts = ReadonlyMap<string, readonly Edge[]>;

export interface Start {
  readonly key: string;
  readonly part: string;
  readonly scope: Scope;
}

export interface Walked {
  readonly scopes: ReadonlyMap<string, Scope>;
  /** In the order of the edges, without the component itself. */
  readonly dependsOn: ReadonlyMap<string, readonly string[]>;
  /** Markers of the edges that lead to a component, where each has one. */
  readonly markers: ReadonlyMap<string, readonly string[]>;
  /** `missing` of the edges that are in force. */
  readonly missing: readonly { readonly key: string; readonly name: string }[];
}

const ORDER: readonly Scope[] = ["runtime", "optional", "development", "peer"];

/**
 * Walks from the starts, the strongest scope first; each part of a component is taken once.
 * @param parts by key; what has none has no edges
 * @param leftScope the scope of a component that nothing leads to; what it needs gets the same
 */
export function walk(
  parts: ReadonlyMap<string, Parts>,
  starts: readonly Start[],
  leftScope: (key: string) => Scope,
): Walked {
  // What cannot be reached at all begins walks of its own, and may make what it needs stronger.
  const reached = new Set<string>();
  visit(parts, starts, new Set(), (key) => reached.add(key));
  const left = [...parts.keys()].filter((key) => key !== "" && !reached.has(key));
  const all = [...starts, ...left.map((key) => ({ key, part: "", scope: leftScope(key) }))];
  const scopes = new Map<string, Scope>();
  const visited = new Set<string>();
  for (const scope of ORDER) {
    const from = all.filter((start) => start.scope === scope);
    visit(parts, from, visited, (key) => scopes.has(key) || scopes.set(key, scope));
  }
  return { scopes, ...edgesInForce(parts, visited) };
}

function visit(
  parts: ReadonlyMap<string, Parts>,
  starts: readonly Pick<Start, "key" | "part">[],
  visited: Set<string>,
  reach: (key: string) => unknown,
): void {
  const open = [...starts];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { key, part } = next;
    const state = stateOf(key, part);
    if (visited.has(state)) continue;
    visited.add(state);
    reach(key);
    // An extra or group means nothing without what it belongs to, except that groups do not install the project.
    if (part.startsWith("extra:")) open.push({ key, part: "" });
    for (const edge of parts.get(key)?.get(part) ?? []) {
      for (const to of edge.to) {
        if (to !== key) open.push({ key: to, part: "" });
        for (const wanted of edge.parts) open.push({ key: to, part: wanted });
      }
    }
  }
}

function stateOf(key: string, part: string): string {
  return `${part}\0${key}`;
}

function edgesInForce(parts: ReadonlyMap<string, Parts>, visited: ReadonlySet<string>): Omit<Walked, "scopes"> {
  const dependsOn = new Map<string, readonly string[]>();
  const markers = new Map<string, Set<string>>();
  const missing: { key: string; name: string }[] = [];
  const unmarked = new Set<string>();
  for (const [key, own] of parts) {
    const targets = new Set<string>();
    for (const [part, edges] of own) {
      if (part !== "" && !visited.has(stateOf(key, part))) continue;
      for (const edge of edges) {
        if (edge.missing !== undefined) missing.push({ key, name: edge.missing });
        for (const to of edge.to) {
          if (to === key) continue;
          targets.add(to);
          if (edge.marker === undefined) unmarked.add(to);
          else markers.set(to, (markers.get(to) ?? new Set()).add(edge.marker));
        }
      }
    }
    dependsOn.set(key, [...targets]);
  }
  for (const key of unmarked) markers.delete(key);
  return { dependsOn, markers: new Map([...markers].map(([key, texts]) => [key, [...texts].toSorted()])), missing };
}

/** Longer markers are nothing that anybody reads. */
const MAX_MARKER = 2000;

/** Several markers as one, of which any is enough; undefined when there are none, or too many. */
export function joinMarkers(markers: readonly string[]): string | undefined {
  const [first] = markers;
  if (first === undefined) return undefined;
  const text = markers.length === 1 ? first : markers.map((marker) => `(${marker})`).join(" or ");
  return text.length > MAX_MARKER ? undefined : text;
}
