// The lockfile that a published package may bring: npm-shrinkwrap.json pins what npm installs with it. Read with the
// reader of lockfiles; what lies in the archive itself is known better from its own files.

import type { Component, Inventory } from "../core/inventory.ts";
import { UserError } from "../core/errors.ts";
import { createMemoryTree } from "./memory-tree.ts";
import type { FoundPackage } from "./npm-bundled.ts";
import { readNpmLock } from "./npm-lock.ts";
import type { PackageArchive } from "./package-archive.ts";

const SHRINKWRAP = "npm-shrinkwrap.json";

export interface Shrinkwrap extends Pick<Inventory, "components" | "remarks" | "skipped" | "completeness"> {
  /** Keys of components, and of packages that were found in the archive. */
  readonly rootDependsOn: readonly string[];
  /** Of packages at its top. */
  readonly names: ReadonlySet<string>;
}

/** @throws UserError for a lockfile that cannot be read */
export async function readShrinkwrap(
  { contents, files, shown }: PackageArchive,
  top: string,
  packages: ReadonlyMap<string, FoundPackage>,
): Promise<Shrinkwrap | undefined> {
  const path = `${top}/${SHRINKWRAP}`;
  const bytes = contents.get(path);
  if (bytes === undefined && files.some((file) => file.path === path)) {
    throw new UserError("source-unsupported", `${shown}: its ${path} is too large`);
  }
  if (bytes === undefined) return undefined;
  const manifest = contents.get(`${top}/package.json`);
  const tree = new Map([[SHRINKWRAP, bytes], ...(manifest === undefined ? [] : [["package.json", manifest] as const])]);
  const locked = await readNpmLock({ tree: createMemoryTree(tree, shown), path: SHRINKWRAP });
  const isFound = ({ key, name, version }: Component): boolean => {
    const found = packages.get(`${top}/${key}`);
    return found !== undefined && found.manifest["name"] === name && found.manifest["version"] === version;
  };
  const keys = new Map(locked.components.map((one) => [one.key, isFound(one) ? one.key : `${SHRINKWRAP}:${one.key}`]));
  const keysOf = (dependsOn: readonly string[]): readonly string[] => dependsOn.flatMap((key) => keys.get(key) ?? []);
  const components = locked.components
    .filter((one) => !isFound(one))
    .map((one): Component => ({
      ...one,
      key: keys.get(one.key) ?? one.key,
      ...(one.dependsOn === undefined ? {} : { dependsOn: keysOf(one.dependsOn) }),
    }));
  const atTop = locked.components.flatMap(({ key }) => /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(key)?.[1] ?? []);
  return {
    components,
    rootDependsOn: keysOf(locked.root.dependsOn ?? []),
    names: new Set(atTop),
    remarks: locked.remarks,
    skipped: locked.skipped,
    completeness: locked.completeness,
  };
}
