// Conformance: the lockfiles of npm's own test suite. Each is read, or refused for a reason that can be told.

import { readFileSync, readdirSync } from "node:fs";
import { UserError } from "../src/core/errors.ts";
import type { Inventory } from "../src/core/inventory.ts";
import { createDiskTree } from "../src/inventory/disk-tree.ts";
import { readNpmLock } from "../src/inventory/npm-lock.ts";
import type { SuiteResult } from "./support/suite.ts";

/** Lockfiles that are no JSON: plain text, and one with the marks of a merge. */
const REFUSED =
  /^(?:conflict-package-lock|testing-peer-deps-bad-sw)__package-lock\.json|^workspace3__packages__a__(?:npm-shrinkwrap|package-lock)\.json/;

/** Reads each lockfile, and counts its nodes in another way. */
export async function npmLockfilesSuite(folder: string): Promise<SuiteResult> {
  const tree = createDiskTree(folder, "");
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const failures: string[] = [];
  for (const name of names) {
    const expected = REFUSED.test(name) ? "source-malformed" : "read";
    const actual = await readNpmLock({ tree, path: name }).then(
      (inventory) => faultOf(inventory, readFileSync(`${folder}/${name}`, "utf8")) ?? "read",
      (error: unknown) => (error instanceof UserError ? error.code : String(error)),
    );
    if (actual !== expected) failures.push(`${name}\n    expected ${expected}\n    actual   ${actual}`);
  }
  return { passed: names.length - failures.length, failures };
}

interface Entry {
  readonly dependencies?: Readonly<Record<string, Entry>>;
}

/** What is wrong with an inventory of the lockfile, or undefined. */
function faultOf({ root, components }: Inventory, text: string): string | undefined {
  const lock = JSON.parse(text) as Entry & { readonly packages?: Readonly<Record<string, unknown>> };
  const keys = new Set(["", ...components.map(({ key }) => key)]);
  if (keys.size !== components.length + 1) return "two components have one key";
  const lost = [root, ...components].flatMap(({ dependsOn = [] }) => dependsOn.filter((key) => !keys.has(key)));
  if (lost.length > 0) return `edges lead nowhere: ${lost.join(", ")}`;
  if (lock.packages !== undefined) {
    const missing = Object.keys(lock.packages).filter((key) => !keys.has(key));
    return missing.length === 0 ? undefined : `not read: ${missing.join(", ")}`;
  }
  // A link of version 1 stands for its folder too, and two links to one folder both repeat what lies in it.
  const entries = entriesBelow(lock);
  const links = components.filter(({ facts }) => facts.linked === true).length;
  const own = components.filter(({ origin, facts }) => origin.kind !== "directory" || facts.linked === true).length;
  const plausible = links === 0 ? own === entries : own <= entries;
  return plausible ? undefined : `${entries} entries, and ${own} packages are read`;
}

function entriesBelow({ dependencies = {} }: Entry): number {
  return Object.values(dependencies).reduce((sum, entry) => sum + 1 + entriesBelow(entry), 0);
}
