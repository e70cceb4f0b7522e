// Python packages that another one brings inside its own files (`pip/_vendor`, `setuptools/_vendor`): known by the
// folder of metadata that was copied with them. They are changed and cut on purpose, so no RECORD is held against them.

import type { Component } from "../core/inventory.ts";
import { isPythonName, pythonNameKey } from "../core/package-version.ts";
import { pypiPurl } from "../core/purl.ts";
import { componentName } from "./component-name.ts";
import type { InstalledOptions, InstalledPackage } from "./python-installed.ts";
import { MAX_METADATA } from "./python-installed.ts";
import { readMetadata } from "./python-metadata.ts";

/** @param folders paths of folders of metadata, sorted */
export function vendoredComponents(
  folders: readonly string[],
  packages: readonly InstalledPackage[],
  options: InstalledOptions,
): readonly Component[] {
  const owners = new Map<string, string>();
  if (folders.length > 0) {
    for (const { component, record } of packages) {
      for (const path of record?.listed ?? []) {
        if (path.endsWith(".dist-info/METADATA")) owners.set(path, componentName(component));
      }
    }
  }
  return folders.map((folder) => vendoredComponent(folder, owners.get(`${folder}/METADATA`), options));
}

/** @param within name of the package that brings it, where that is known */
export function vendoredComponent(
  folder: string,
  within: string | undefined,
  { files, remarks }: InstalledOptions,
): Component {
  const path = `${folder}/METADATA`;
  const bytes = files.read(path, MAX_METADATA);
  const metadata = bytes === undefined ? undefined : readMetadata(bytes, "METADATA");
  const stem = folder.slice(folder.lastIndexOf("/") + 1).replace(/\.dist-info$/, "");
  const [stemName = stem, stemVersion] = stem.split("-");
  const [name, version] = [metadata?.name ?? stemName, metadata?.version ?? stemVersion];
  const named = { name, ...(version === undefined ? {} : { version }) };
  const trouble =
    metadata === undefined
      ? "it has no METADATA that can be read"
      : (metadata.trouble ??
        (pythonNameKey(name) === pythonNameKey(stemName)
          ? undefined
          : `its folder of metadata is that of ${stemName}`));
  if (trouble !== undefined) {
    const subject = componentName(named);
    remarks.add({ rule: "component-malformed", subject, message: trouble, file: files.shown(path), path: [folder] });
  }
  return {
    key: folder,
    kind: "library",
    ...named,
    ...(isPythonName(name) ? { purl: pypiPurl(name, version) } : {}),
    digests: [],
    undigested: within === undefined ? "bundled inside a package" : `bundled inside ${within}`,
    scope: "runtime",
    origin: { kind: "bundled", ...(within === undefined ? {} : { within }) },
    facts: { bundled: true },
    ...(metadata?.statements === undefined ? {} : { statements: metadata.statements }),
    location: folder,
    file: files.shown(path),
  };
}
