// What the project of a bun.lock changes of the packages that it installs: overrides, patches, and whose scripts may run.

import { isJsonObject, member, objectMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { publicPath } from "../core/public-url.ts";
import type { BunRow } from "./bun-package.ts";
import { overrideClauses } from "./lock-changes.ts";
import { wantsOf } from "./lock-manifest.ts";

export interface BunChanges {
  /** Clauses about a package. */
  changesOf(row: BunRow): readonly string[];
  /** Names under which packages are installed whose scripts may run. */
  readonly trusted: ReadonlySet<string>;
}

/** Reads `overrides`, `patchedDependencies` and `trustedDependencies`; `secret` is called when an override held one. */
export function createBunChanges(lock: JsonObject, secret: () => void): BunChanges {
  const overrides = overrideClauses(flatRules(objectMember(lock, "overrides") ?? {}), secret);
  const patches = wantsOf(lock, "patchedDependencies");
  const trusted = member(lock, "trustedDependencies");
  return {
    changesOf({ name, reference }) {
      const patch = patches.get(`${name}@${reference}`);
      const file = publicPath(patch ?? "/");
      return [
        ...(patch === undefined ? [] : [`patched by the project (${file ?? "a file outside of it"})`]),
        ...(overrides.get(name) ?? []),
      ];
    },
    trusted: new Set(Array.isArray(trusted) ? trusted.filter((name) => typeof name === "string") : []),
  };
}

/** `{a: "1", b: {".": "2", c: "3"}}`: rules inside others are for what these need; `.` is the other itself. */
function flatRules(rules: JsonObject): readonly (readonly [string, string])[] {
  return Object.entries(rules).flatMap(([selector, rule]) => {
    if (typeof rule === "string") return [[selector, rule] as const];
    if (!isJsonObject(rule)) return [];
    return Object.entries(rule).flatMap(([inner, value]) =>
      typeof value === "string" ? [[inner === "." ? selector : `${selector}>${inner}`, value] as const] : [],
    );
  });
}
