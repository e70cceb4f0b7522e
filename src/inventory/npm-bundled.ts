// Packages that lie in node_modules folders inside an archive: what a package bundles, and what an MCP bundle holds. By
// the names of the entries alone, as Node.js finds them: nothing asks a lockfile.
//
//   BASE/node_modules/a/package.json                      the package `a`, for what is in BASE
//   BASE/node_modules/a/node_modules/@acme/b/package.json the package `@acme/b`, for `a` alone
//
// Source: nodejs.org, "Modules: CommonJS modules", "Loading from node_modules folders".

import type { Component, Facts } from "../core/inventory.ts";
import { isJsonObject, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { jsonOf, PackageRefusal } from "../core/package-reading.ts";
import { isNpmName, isSemver } from "../core/package-version.ts";
import { npmPurl } from "../core/purl.ts";
import { UserError } from "../core/errors.ts";
import type { Remarks } from "./component-key.ts";
import { componentName } from "./component-name.ts";
import { manifestFacts, manifestStatements } from "./npm-manifest.ts";
import { installScripts } from "./npm-scripts.ts";
import type { PackageArchive } from "./package-archive.ts";
import { fileFacts, filesChecksum, sha256Of } from "./package-files.ts";
import type { ObservedFile } from "./package-files.ts";

/** The manifest of a package in a node_modules folder. Folders that begin with a dot belong to package managers. */
export const BUNDLED_MANIFEST = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/;
/** Of one such manifest (bytes). */
export const MAX_BUNDLED_MANIFEST = 1 << 20;
/** Parts of a place. Deeper trees are attacks: each level is looked through for each dependency. */
const MAX_PARTS = 100;

/** A package, and the files that lie in no package below it. */
export interface FoundPackage {
  /** Path of its folder in the archive. */
  readonly place: string;
  readonly manifest: JsonObject;
  readonly files: readonly ObservedFile[];
  /** Why the manifest cannot be used, as a clause. */
  readonly trouble?: string;
}

export interface FoundPackages {
  /** By place, in the order of the archive. */
  readonly packages: ReadonlyMap<string, FoundPackage>;
  /** Files that lie in none of them. */
  readonly others: readonly ObservedFile[];
}

/** @throws UserError `source-malformed` for packages that nest without end */
export function findPackages({ files, contents, shown }: PackageArchive): FoundPackages {
  const found = new Map<string, { manifest: JsonObject; files: ObservedFile[]; trouble?: string }>();
  for (const { path } of files) {
    if (!BUNDLED_MANIFEST.test(path)) continue;
    if (path.split("/").length > MAX_PARTS) {
      throw new UserError("source-malformed", `${shown}: its packages lie deeper in one another than any do`);
    }
    found.set(path.slice(0, -"/package.json".length), { ...manifestOf(contents.get(path), path), files: [] });
  }
  const others: ObservedFile[] = [];
  for (const file of files) {
    const owner = found.get(ownerOf(file.path, found) ?? "");
    (owner?.files ?? others).push(file);
  }
  return { packages: new Map([...found].map(([place, one]) => [place, { place, ...one }])), others };
}

function manifestOf(
  bytes: Uint8Array | undefined,
  path: string,
): { readonly manifest: JsonObject; readonly trouble?: string } {
  if (bytes === undefined) return { manifest: {}, trouble: "its package.json is too large" };
  try {
    const value = jsonOf(bytes, path);
    return isJsonObject(value) ? { manifest: value } : { manifest: {}, trouble: "its package.json is not an object" };
  } catch (error) {
    if (!(error instanceof PackageRefusal)) throw error;
    return { manifest: {}, trouble: error.message };
  }
}

/** The innermost of the places that a path lies in. */
function ownerOf(path: string, places: ReadonlyMap<string, unknown>): string | undefined {
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
    const folder = path.slice(0, at);
    if (places.has(folder)) return folder;
  }
  return undefined;
}

/** The place of the package that a module in `folder` gets by this name, or undefined. */
export function resolvePackage(name: string, folder: string, places: ReadonlyMap<string, unknown>): string | undefined {
  for (let at = folder; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) {
    if (!/(?:^|\/)node_modules$/.test(at)) {
      const place = `${at}${at === "" ? "" : "/"}node_modules/${name}`;
      if (places.has(place)) return place;
    }
    if (at === "") return undefined;
  }
}

/** The name that a package is installed by: the end of its place. */
function folderName(place: string): string {
  return /(?:@[^/]+\/)?[^/]+$/.exec(place)?.[0] ?? place;
}

/** What a package runs at its installation; the body of `binding.gyp` is known by its hash alone. */
export function scriptsOf(
  manifest: JsonObject,
  files: readonly ObservedFile[],
  folder: string,
): NonNullable<Facts["installScripts"]> {
  const gyp = files.find(({ path }) => path === `${folder}/binding.gyp`);
  const scripts = installScripts(manifest, gyp === undefined ? {} : { bindingGyp: new Uint8Array() });
  const sha256 = gyp === undefined ? undefined : sha256Of(gyp.content);
  return scripts.map((script) => (script.name === "node-gyp" && sha256 !== undefined ? { ...script, sha256 } : script));
}

/** Paths below the folder. */
export function below(files: readonly ObservedFile[], folder: string): readonly ObservedFile[] {
  return files.map((file) => ({ ...file, path: file.path.slice(folder.length + 1) }));
}

export interface BundledOptions {
  /** Its name in the inventory. */
  readonly within: string;
  /** How messages call the archive. */
  readonly shown: string;
  readonly remarks: Remarks;
}

/** The component of a package; scope and edges are for whoever knows what asks for it. */
export function bundledComponent(
  { place, manifest, files, trouble }: FoundPackage,
  { within, shown, remarks }: BundledOptions,
): Omit<Component, "scope" | "dependsOn"> {
  const folder = folderName(place);
  const [stated, version] = [textMember(manifest, "name"), textMember(manifest, "version")];
  const name = stated ?? folder;
  const wrong =
    trouble ?? (isNpmName(name) ? versionTrouble(version) : "it states a name that no npm package can have");
  if (wrong !== undefined) {
    const subject = componentName({ name, ...(version === undefined ? {} : { version }) });
    remarks.add({ rule: "component-malformed", subject, message: wrong, file: shown, path: [place] });
  }
  const own = below(files, place);
  const statements = manifestStatements(manifest);
  return {
    key: place,
    kind: "library",
    name,
    ...(version === undefined ? {} : { version }),
    ...(wrong === undefined ? { purl: npmPurl(name, version) } : {}),
    digests: [],
    undigested: `bundled inside ${within}`,
    origin: { kind: "bundled", within },
    facts: {
      ...manifestFacts(manifest, name),
      installScripts: scriptsOf(manifest, files, place),
      ...(name === folder ? {} : { alias: folder }),
      bundled: true,
      ...fileFacts(own),
      otherChecksums: [filesChecksum(own)],
    },
    ...(statements === undefined ? {} : { statements }),
    location: place,
    file: shown,
  };
}

function versionTrouble(version: string | undefined): string | undefined {
  if (version === undefined) return undefined;
  return isSemver(version) ? undefined : "it states a version that is not an exact one";
}

/** Why a package asks for another. */
export type Demand = "runtime" | "optional" | "peer";

/** What a manifest asks for at installation, by the name that it is installed by: the range, and why. */
export function demandsOf(manifest: JsonObject): ReadonlyMap<string, { readonly range: string; readonly why: Demand }> {
  const demands = new Map<string, { range: string; why: Demand }>();
  const groups = { peerDependencies: "peer", dependencies: "runtime", optionalDependencies: "optional" } as const;
  const meta = objectMember(manifest, "peerDependenciesMeta") ?? {};
  for (const [group, why] of Object.entries(groups)) {
    for (const [name, range] of Object.entries(objectMember(manifest, group) ?? {})) {
      const optional = why === "peer" && objectMember(meta, name)?.["optional"] === true;
      demands.set(name, { range: typeof range === "string" ? range : "", why: optional ? "optional" : why });
    }
  }
  return demands;
}
