// Files in a folder of installed packages that no RECORD names. Nobody reviewed them, and Python loads by name whatever
// lies there: those that run at every start, and libraries of native code, are components by themselves.

import type { Component } from "../core/inventory.ts";
import { byCodeUnits } from "../core/order.ts";
import type { Skipped } from "../core/report.ts";
import { fileFacts, isNative, sha256Of } from "./package-files.ts";
import type { ObservedFile } from "./package-files.ts";
import { runsAtStart } from "./python-files.ts";
import type { PythonFile } from "./python-files.ts";
import type { InstalledOptions, InstalledPackage } from "./python-installed.ts";
import { firstFive, isCompiled } from "./record-check.ts";

export interface InstalledFolder {
  /** Paths of the folders that packages are installed in. */
  readonly bases: readonly string[];
  /** Every file in them. */
  readonly all: ReadonlyMap<string, PythonFile>;
  readonly packages: readonly InstalledPackage[];
}

export interface UnlistedFiles {
  readonly components: readonly Component[];
  readonly skipped: readonly Skipped[];
}

/** @throws UserError for files that cannot be read */
export async function unlistedFiles(folder: InstalledFolder, options: InstalledOptions): Promise<UnlistedFiles> {
  const { files, remarks } = options;
  const unlisted = [...pathsOf(folder)].toSorted(byCodeUnits);
  const compiled = unlisted.filter(isCompiled);
  const others = unlisted.filter((path) => !isCompiled(path));
  const found: ObservedFile[] = [];
  const closedPaths: string[] = [];
  for (const path of others) {
    const { size, mode, closed } = folder.all.get(path) ?? { size: 0, mode: 0 };
    if (closed === true) closedPaths.push(path);
    if (closed === true) continue;
    found.push({ path, size, mode, content: await files.content(path, "sha256") });
  }
  const loaded = found.filter((file) => runsAtStart(file.path) || isNative(file));
  if (others.length > 0) {
    // What runs without being asked for stands first.
    const first = new Set(loaded.map(({ path }) => path));
    const named = [...first, ...others.filter((path) => !first.has(path))];
    const subject = files.shown(folder.bases[0] ?? "");
    const message = `${others.length === 1 ? "1 file is" : `${others.length} files are`} in no RECORD: ${firstFive(named)}`;
    remarks.add({ rule: "installed-extraneous", subject, message, file: subject, path: named.slice(0, 5) });
  }
  if (closedPaths.length > 0) {
    const subject = files.shown(folder.bases[0] ?? "");
    const what = closedPaths.length === 1 ? "1 of them is" : `${closedPaths.length} of them are`;
    const message = `${what} no regular file with a name that can be read, and not looked into: ${firstFive(closedPaths)}`;
    remarks.add({ rule: "inventory-incomplete", subject, message, file: subject, path: closedPaths.slice(0, 5) });
  }
  const reason = `${compiled.length === 1 ? "1 compiled file (.pyc)" : `${compiled.length} compiled files (.pyc)`} in no RECORD: made by Python when it ran, and not compared`;
  return {
    components: loaded.map(componentOf),
    skipped: compiled.length === 0 ? [] : [{ path: files.shown(folder.bases[0] ?? ""), reason }],
  };
}

/** Files that no RECORD names, and that no package without a RECORD may own. */
function* pathsOf({ bases, all, packages }: InstalledFolder): Generator<string> {
  const listed = packages.flatMap(({ record }) => (record === undefined ? [] : [record.listed]));
  const known = new Set<string>();
  for (const paths of listed) for (const path of paths) known.add(path);
  const unknown = new Set<string>();
  for (const { record, component, base, modules } of packages) {
    if (record !== undefined) continue;
    unknown.add(component.key);
    for (const module of modules) unknown.add(base === "" ? module : `${base}/${module}`);
  }
  for (const path of all.keys()) {
    if (known.has(path)) continue;
    const base = bases.find((one) => one === "" || path.startsWith(`${one}/`)) ?? "";
    const end = path.indexOf("/", base === "" ? 0 : base.length + 1);
    // `name.py` and `name.cpython-312-x86_64-linux-gnu.so` are modules of that name.
    const top = end === -1 ? path : path.slice(0, end);
    const dot = top.indexOf(".", top.lastIndexOf("/") + 1);
    if (!unknown.has(top) && !(end === -1 && dot !== -1 && unknown.has(top.slice(0, dot)))) yield path;
  }
}

function componentOf(file: ObservedFile): Component {
  const sha256 = sha256Of(file.content);
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  return {
    key: file.path,
    kind: "file",
    name,
    digests: sha256 === undefined ? [] : [{ algorithm: "sha256", hex: sha256, from: "computed" }],
    scope: "runtime",
    origin: { kind: "unknown" },
    facts: { extraneous: true, ...fileFacts([{ ...file, path: name }], () => runsAtStart(file.path)) },
    location: file.path,
  };
}
