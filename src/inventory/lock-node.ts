// A node of the graph that a lockfile describes, while the lockfile is read.

import type { Component, Scope } from "../core/inventory.ts";
import type { Draft } from "./npm-manifest.ts";

/** A component while its lockfile is read. */
export interface LockNode {
  readonly component: Draft<Omit<Component, "scope" | "dependsOn">>;
  /** What it needs, and how; the strongest reason of several. */
  readonly edges: Map<LockNode, Scope>;
  /** The lockfile does not say what it needs. */
  unknownEdges: boolean;
  /** When nothing in the lockfile asks for it; `runtime` when absent. */
  statedScope?: Scope;
}

/** From the strongest reason to the weakest. */
export const SCOPES: readonly Scope[] = ["runtime", "optional", "development", "peer"];

export function isStronger(one: Scope, other: Scope): boolean {
  return SCOPES.indexOf(one) < SCOPES.indexOf(other);
}

/** How findings call a component. */
export function nodeName({ component: { name, version } }: LockNode): string {
  return version === undefined ? name : `${name}@${version}`;
}

/** For messages about one part of an integrity. */
export function quoteHash(part: string): string {
  return `${JSON.stringify(part.length > 150 ? `${part.slice(0, 150)}…` : part)} is no digest`;
}
