// Which installed Python packages ask for which others, by their metadata: by name, because one environment holds one
// version of each. An extra counts when somebody asks for it.

import { pythonNameKey } from "../core/package-version.ts";
import type { Remark } from "../core/inventory.ts";
import { componentName } from "./component-name.ts";
import type { Requirement } from "./installed-requirement.ts";
import type { InstalledPackage } from "./python-installed.ts";
import { firstFive } from "./record-check.ts";

export interface InstalledLinks {
  /** Keys by key. */
  readonly dependsOn: ReadonlyMap<string, readonly string[]>;
  /** What nothing else leads to, and what was asked for by name. */
  readonly rootDependsOn: readonly string[];
  /** What is asked for without a condition, and not there. */
  readonly remarks: readonly Remark[];
}

export function linkInstalled(packages: readonly InstalledPackage[]): InstalledLinks {
  // Of two of one name Python finds one, and which is not told by their names: the first stands for both.
  const byName = new Map<string, InstalledPackage>();
  for (const one of packages) if (!byName.has(one.nameKey)) byName.set(one.nameKey, one);
  const edges = new Map(packages.map(({ component }) => [component.key, new Set<string>()]));
  const unmet = new Map<InstalledPackage, string[]>();
  const follow = (from: InstalledPackage, requirement: Requirement): void => {
    const target = byName.get(pythonNameKey(requirement.name));
    if (target === undefined) {
      if (requirement.marker !== undefined) return;
      const names = unmet.get(from);
      if (names === undefined) unmet.set(from, [requirement.name]);
      else names.push(requirement.name);
      return;
    }
    if (target !== from) edges.get(from.component.key)?.add(target.component.key);
    for (const extra of requirement.extras) activate(target, pythonNameKey(extra));
  };
  const extras = new Map(packages.map((one) => [one, requirementsByExtra(one)]));
  const open: (readonly [InstalledPackage, readonly Requirement[]])[] = [];
  const active = new Set<string>();
  const activate = (target: InstalledPackage, extra: string): void => {
    const id = `${target.component.key} ${extra}`;
    if (active.has(id)) return;
    active.add(id);
    open.push([target, extras.get(target)?.get(extra) ?? []]);
  };
  for (const one of packages) {
    for (const requirement of one.requires) if (requirement.forExtras.length === 0) follow(one, requirement);
  }
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [owner, list] = next;
    for (const requirement of list) follow(owner, requirement);
  }
  const dependsOn = new Map([...edges].map(([key, keys]) => [key, [...keys]]));
  const keys = packages.map(({ component }) => component.key);
  const requested = new Set(packages.filter((one) => one.requested).map(({ component }) => component.key));
  return { dependsOn, rootDependsOn: rootsOf(keys, requested, dependsOn), remarks: [...unmet].map(unmetRemark) };
}

function requirementsByExtra({ requires }: InstalledPackage): ReadonlyMap<string, readonly Requirement[]> {
  const byExtra = new Map<string, Requirement[]>();
  for (const requirement of requires) {
    for (const extra of requirement.forExtras) {
      const list = byExtra.get(pythonNameKey(extra));
      if (list === undefined) byExtra.set(pythonNameKey(extra), [requirement]);
      else list.push(requirement);
    }
  }
  return byExtra;
}

function unmetRemark([{ component }, names]: readonly [InstalledPackage, readonly string[]]): Remark {
  const { file, location } = component;
  return {
    rule: "inventory-incomplete",
    subject: componentName(component),
    message: `it asks for what is not installed: ${firstFive(names)}`,
    ...(file === undefined ? {} : { file }),
    path: [...(location === undefined ? [] : [location]), ...names.slice(0, 5)],
  };
}

/** Those asked for by name, those that nothing asks for, and of a circle that nothing leads to the first. */
export function rootsOf(
  keys: readonly string[],
  requested: ReadonlySet<string>,
  dependsOn: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const asked = new Set([...dependsOn.values()].flat());
  const roots = keys.filter((key) => requested.has(key) || !asked.has(key));
  const reached = new Set<string>();
  const reach = (from: readonly string[]): void => {
    const open = [...from];
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      if (reached.has(key)) continue;
      reached.add(key);
      for (const next of dependsOn.get(key) ?? []) open.push(next);
    }
  };
  reach(roots);
  for (const key of keys) {
    if (reached.has(key)) continue;
    roots.push(key);
    reach([key]);
  }
  return roots;
}
