// Which of the packages inside an archive ask for which others, and so why each is there. Separate from finding them,
// because it is about their manifests alone.

import type { Scope } from "../core/inventory.ts";
import type { JsonObject } from "../core/json-value.ts";
import { UserError } from "../core/errors.ts";
import { demandsOf, resolvePackage } from "./npm-bundled.ts";
import type { Demand, FoundPackage } from "./npm-bundled.ts";

/** A manifest that is not in node_modules: what it asks for is asked for by the archive itself. */
export interface RootManifest {
  /** Path of its folder in the archive; `""` for the archive's top. */
  readonly folder: string;
  readonly manifest: JsonObject;
}

/** Something that is asked for and not in the archive. */
export interface Unmet {
  /** Folder of the manifest that asks. */
  readonly place: string;
  readonly name: string;
  readonly range: string;
  readonly why: Demand;
}

export interface Links {
  /** Places, sorted as they are asked for. */
  readonly dependsOn: ReadonlyMap<string, readonly string[]>;
  /** Of the root manifests together. */
  readonly rootDependsOn: readonly string[];
  /** Of each place that is asked for; what has none is extraneous. */
  readonly scopes: ReadonlyMap<string, Scope>;
  readonly unmet: readonly Unmet[];
}

/** All manifests together; honest bundles have a tenth of it. */
const MAX_DEMANDS = 500_000;

/** @throws UserError `source-malformed` for manifests that ask for more than any do */
export function linkPackages(
  packages: ReadonlyMap<string, FoundPackage>,
  roots: readonly RootManifest[],
  shown: string,
): Links {
  const unmet: Unmet[] = [];
  let count = 0;
  const edgesOf = (folder: string, manifest: JsonObject): readonly Edge[] => {
    const edges = new Map<string, Demand>();
    for (const [name, { range, why }] of demandsOf(manifest)) {
      if (++count > MAX_DEMANDS)
        throw new UserError("source-malformed", `${shown}: its packages ask for too many others`);
      const place = resolvePackage(name, folder, packages);
      if (place === undefined) unmet.push({ place: folder, name, range, why });
      else edges.set(place, why);
    }
    return [...edges].map(([to, why]) => ({ to, why }));
  };
  const edges = new Map([...packages].map(([place, { manifest }]) => [place, edgesOf(place, manifest)]));
  const rootEdges = roots.flatMap(({ folder, manifest }) => edgesOf(folder, manifest));
  return {
    dependsOn: new Map([...edges].map(([place, list]) => [place, list.map(({ to }) => to)])),
    rootDependsOn: [...new Set(rootEdges.map(({ to }) => to))],
    scopes: scopesFrom(rootEdges, edges),
    unmet,
  };
}

interface Edge {
  readonly to: string;
  readonly why: Demand;
}

const SCOPES: readonly Scope[] = ["runtime", "optional", "peer"];

/** The strongest reason that leads to each place: a path is as strong as the weakest of its edges. */
function scopesFrom(
  rootEdges: readonly Edge[],
  edges: ReadonlyMap<string, readonly Edge[]>,
): ReadonlyMap<string, Scope> {
  const scopes = new Map<string, Scope>();
  for (const [rank, scope] of SCOPES.entries()) {
    const counts = ({ why }: Edge): boolean => SCOPES.indexOf(why) <= rank;
    const open = [...rootEdges, ...[...scopes.keys()].flatMap((place) => edges.get(place) ?? [])].filter(counts);
    for (let edge = open.pop(); edge !== undefined; edge = open.pop()) {
      if (scopes.has(edge.to)) continue;
      scopes.set(edge.to, scope);
      for (const next of edges.get(edge.to) ?? []) if (counts(next)) open.push(next);
    }
  }
  return scopes;
}
