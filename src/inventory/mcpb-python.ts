// Python packages that were installed into a folder of an MCP bundle: the same folders of metadata as in an environment,
// held against their RECORDs in the same way.

import type { Component } from "../core/inventory.ts";
import { byCodeUnits } from "../core/order.ts";
import type { Remarks } from "./component-key.ts";
import { linkInstalled } from "./installed-links.ts";
import type { PackageArchive } from "./package-archive.ts";
import { filesOfArchive } from "./python-files.ts";
import { readInstalled } from "./python-installed.ts";
import type { InstalledPackage } from "./python-installed.ts";
import { isExecutable, isNative } from "./package-files.ts";
import { isCompiled } from "./record-check.ts";
import { vendoredComponents } from "./python-vendored.ts";

export interface BundledPython {
  readonly components: readonly Component[];
  readonly rootDependsOn: readonly string[];
  /** Paths of files that are theirs. */
  readonly owned: ReadonlySet<string>;
}

/** What its checksum or its facts cover: a RECORD that names files elsewhere takes none of them from the bundle. */
function ownFiles({ base, record }: InstalledPackage): readonly string[] {
  const prefix = base === "" ? "" : `${base}/`;
  return [...(record?.files ?? [])].flatMap(([path, { row, file }]) => {
    const isKnown = !row.path.startsWith("../") || isNative(file) || isExecutable(file);
    return isKnown && path.startsWith(prefix) && !isCompiled(path) ? [path] : [];
  });
}

/** @param within name of the bundle */
export async function readBundledPython(
  archive: PackageArchive,
  within: string,
  remarks: Remarks,
): Promise<BundledPython> {
  const files = filesOfArchive(archive);
  const folders = archive.files
    .flatMap(({ path }) => /^((?:.*\/)?[^/]+\.dist-info)\/METADATA$/.exec(path)?.[1] ?? [])
    .toSorted((a, b) => a.split("/").length - b.split("/").length || byCodeUnits(a, b));
  const packages: InstalledPackage[] = [];
  const vendored: string[] = [];
  const owned = new Set<string>();
  // The outer ones come first: what lies in their files is theirs.
  for (const folder of folders) {
    if (owned.has(`${folder}/METADATA`)) {
      vendored.push(folder);
      continue;
    }
    const found = await readInstalled(folder, { files, remarks });
    packages.push(found);
    for (const path of ownFiles(found)) owned.add(path);
  }
  const links = linkInstalled(packages);
  for (const remark of links.remarks) remarks.add(remark);
  const inner = vendoredComponents(vendored.toSorted(byCodeUnits), packages, { files, remarks });
  const installed = packages.map(({ component }): Component => ({
    ...component,
    origin: { kind: "bundled", within },
    facts: { ...component.facts, bundled: true },
    dependsOn: links.dependsOn.get(component.key) ?? [],
  }));
  return {
    components: [...installed, ...inner],
    rootDependsOn: [...links.rootDependsOn, ...inner.map(({ key }) => key)],
    owned,
  };
}
