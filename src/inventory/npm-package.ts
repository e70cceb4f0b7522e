// An npm package as it is published: a tarball with one folder, and in it package.json. The package is the root; what it
// bundles and what its own lockfile pins are components, and what it only asks for is listed without a version, because
// whoever installs it decides.

import type { Component, Facts, Inventory, Remark } from "../core/inventory.ts";
import { UserError } from "../core/errors.ts";
import { isJsonObject, member, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { jsonOf, onlyFile, PackageRefusal, topFolder } from "../core/package-reading.ts";
import { npmPurl } from "../core/purl.ts";
import { createRemarks } from "./component-key.ts";
import type { Remarks } from "./component-key.ts";
import { componentName } from "./component-name.ts";
import { fileNameOf } from "./file.ts";
import { packageOf } from "./package.ts";
import {
  below,
  BUNDLED_MANIFEST,
  bundledComponent,
  findPackages,
  MAX_BUNDLED_MANIFEST,
  scriptsOf,
} from "./npm-bundled.ts";
import { declaredComponent } from "./npm-declared.ts";
import { linkPackages } from "./npm-links.ts";
import { commandFiles, manifestFacts, manifestStatements } from "./npm-manifest.ts";
import { readShrinkwrap } from "./npm-shrinkwrap.ts";
import { readPackageArchive } from "./package-archive.ts";
import type { PackageArchive } from "./package-archive.ts";
import { fileFacts } from "./package-files.ts";
import type { ObservedFile } from "./package-files.ts";
import type { ReadSource } from "./source.ts";

const MIB = 1 << 20;

/** How many bytes of an entry are kept, or undefined. */
function wanted(name: string): number | undefined {
  if (/^[^/]+\/package\.json$/.test(name)) return 4 * MIB;
  if (/^[^/]+\/npm-shrinkwrap\.json$/.test(name)) return 32 * MIB;
  return BUNDLED_MANIFEST.test(name) ? MAX_BUNDLED_MANIFEST : undefined;
}

/**
 * @throws UserError `source-malformed`, `source-unsupported`, `source-unknown` (no npm package), and for files that
 * cannot be read
 */
export const readNpmPackage: ReadSource = async (input) => {
  const archive = await readPackageArchive(input, { format: "tarball", wanted });
  const { top, manifest } = manifestIn(archive);
  const remarks = createRemarks(archive.shown);
  const fileName = fileNameOf(archive.shown);
  const root = rootOf(archive, { top, manifest, fileName, remarks });
  const within = componentName(root);
  const { packages, others } = findPackages(archive);
  const links = linkPackages(packages, [{ folder: top, manifest }], archive.shown);
  // npm drops the folder that all is in, whatever it is called.
  const keyOf = (place: string): string => place.slice(top.length + 1);
  const bundled = [...packages.values()].map((found): Component => {
    const component = bundledComponent(found, { within, shown: archive.shown, remarks });
    const scope = links.scopes.get(found.place);
    const facts: Facts = scope === undefined ? { ...component.facts, extraneous: true } : component.facts;
    const [key, dependsOn] = [keyOf(found.place), (links.dependsOn.get(found.place) ?? []).map(keyOf)];
    return { ...component, key, location: key, facts, scope: scope ?? "runtime", dependsOn };
  });
  const locked = await readShrinkwrap(archive, top, packages);
  const asked = links.unmet.filter(({ place, name }) => place === top && locked?.names.has(name) !== true);
  const declared = asked.map((unmet) => declaredComponent(unmet, { root: within, shown: archive.shown, remarks }));
  const components = [...bundled, ...(locked?.components ?? []), ...declared];
  const dependsOn = new Set([
    ...links.rootDependsOn.map(keyOf),
    ...(locked?.rootDependsOn ?? []),
    ...declared.map(({ key }) => key),
  ]);
  for (const remark of missingBundled(manifest, new Set(asked.map(({ name }) => name)), root)) remarks.add(remark);
  const said = [...remarks.list(), ...(locked?.remarks ?? [])];
  const [digest] = archive.digests;
  const inventory: Inventory = {
    path: archive.shown,
    ...(digest === undefined ? {} : { digest }),
    size: archive.size,
    root: { ...root, facts: { ...root.facts, ...filesOf(others, top, manifest) }, dependsOn: [...dependsOn] },
    components,
    completeness: completenessOf(said, asked.length > 0 || links.unmet.some(({ why }) => why === "runtime"), locked),
    remarks: said,
    skipped: locked?.skipped ?? [],
  };
  return inventory;
};

function completenessOf(
  remarks: readonly Remark[],
  open: boolean,
  locked: Pick<Inventory, "completeness"> | undefined,
): Inventory["completeness"] {
  if (remarks.some(({ rule }) => rule === "inventory-incomplete")) return "incomplete";
  if (locked !== undefined) return locked.completeness;
  return open ? "unknown" : "complete";
}

/** The manifest that npm installs by. @throws UserError */
function manifestIn(archive: PackageArchive): { readonly top: string; readonly manifest: JsonObject } {
  const { entries, shown } = archive;
  if (!entries.some(({ name }) => /^[^/]+\/package\.json$/.test(name))) {
    throw new UserError("source-unknown", `${shown}: is no npm package: no package.json is in its folder`);
  }
  try {
    const top = topFolder(archive);
    const path = `${top}/package.json`;
    const value = jsonOf(onlyFile(archive, path), path);
    if (!isJsonObject(value)) throw new PackageRefusal(`its ${path} is not an object`);
    const strange = entries.find(({ type }) => type !== "file" && type !== "directory");
    if (strange !== undefined) throw new PackageRefusal(`${strange.name} is neither a file nor a folder`);
    return { top, manifest: value };
  } catch (error) {
    if (!(error instanceof PackageRefusal)) throw error;
    throw new UserError("source-malformed", `${shown}: ${error.message}`);
  }
}

interface RootOptions {
  readonly top: string;
  readonly manifest: JsonObject;
  readonly fileName: string;
  readonly remarks: Remarks;
}

/** The package itself, without what its files say. */
function rootOf(archive: PackageArchive, { top, manifest, fileName, remarks }: RootOptions): Component {
  const { digests, files, shown } = archive;
  const strict = packageOf("npm", archive, fileName);
  const stem = fileName.replace(/\.tgz$/i, "");
  const [name, version] = [textMember(manifest, "name") ?? stem, textMember(manifest, "version")];
  const named = { name, ...(version === undefined ? {} : { version }) };
  if ("reason" in strict) {
    remarks.add({ rule: "component-malformed", subject: componentName(named), message: strict.reason, file: shown });
  }
  const statements = manifestStatements(manifest);
  const serverNames = "reason" in strict ? [] : strict.package.serverNames;
  return {
    key: "",
    kind: member(manifest, "bin") === undefined ? "library" : "application",
    ...named,
    ...("reason" in strict ? {} : { purl: npmPurl(strict.package.name, strict.package.version) }),
    digests,
    scope: "runtime",
    origin: { kind: "file", path: fileName },
    facts: {
      ...manifestFacts(manifest, name),
      installScripts: scriptsOf(manifest, files, top),
      ...(serverNames.length === 0 ? {} : { mcp: { serverNames } }),
    },
    ...(statements === undefined ? {} : { statements }),
    file: shown,
  };
}

/** What its own files say, the bundled packages' aside. npm makes every file of `bin` executable. */
function filesOf(files: readonly ObservedFile[], top: string, manifest: JsonObject): Partial<Facts> {
  const run = new Set(commandFiles(manifest).map((path) => path.replace(/^(?:\.?\/)+/, "")));
  return fileFacts(below(files, top), (path) => run.has(path));
}

/** What it says that it bundles, and does not. */
function missingBundled(manifest: JsonObject, asked: ReadonlySet<string>, root: Component): readonly Remark[] {
  const listed = member(manifest, "bundleDependencies") ?? member(manifest, "bundledDependencies");
  const missing = [...asked].filter((name) => listed === true || (Array.isArray(listed) && listed.includes(name)));
  if (missing.length === 0) return [];
  const message = `it says that it bundles what is not in it: ${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ", …" : ""}`;
  return [{ rule: "inventory-incomplete", subject: componentName(root), message, path: missing.slice(0, 5) }];
}
