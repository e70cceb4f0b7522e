// An MCP bundle (`.mcpb`, formerly `.dxt`): a zip with a manifest that says what a client starts. The bundle is the root;
// the npm and Python packages inside it are components, and so is every file that is part of none of them: those are the
// server itself.

import type { Component, Facts, Inventory, Remark } from "../core/inventory.ts";
import { UserError } from "../core/errors.ts";
import { isJsonObject, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { jsonOf, onlyFile, PackageRefusal } from "../core/package-reading.ts";
import { formatPurl } from "../core/purl.ts";
import type { Skipped } from "../core/report.ts";
import { createRemarks } from "./component-key.ts";
import type { Remarks } from "./component-key.ts";
import { componentName } from "./component-name.ts";
import { fileNameOf } from "./file.ts";
import { rootsOf } from "./installed-links.ts";
import { bundleFacts } from "./mcpb-facts.ts";
import { checkManifest, MANIFEST } from "./mcpb-manifest.ts";
import { readBundledPython } from "./mcpb-python.ts";
import { BUNDLED_MANIFEST, bundledComponent, findPackages, MAX_BUNDLED_MANIFEST } from "./npm-bundled.ts";
import type { FoundPackages } from "./npm-bundled.ts";
import { linkPackages } from "./npm-links.ts";
import type { Links, RootManifest, Unmet } from "./npm-links.ts";
import { packageOf } from "./package.ts";
import type { PackageArchive } from "./package-archive.ts";
import { fileFacts, sha256Of } from "./package-files.ts";
import type { ObservedFile } from "./package-files.ts";
import { readPythonArchive, wantedOfPython } from "./python-archive.ts";
import { firstFive } from "./record-check.ts";
import type { ReadSource } from "./source.ts";

const MIB = 1 << 20;
/** Manifests of the server's own code; deeper ones are data. */
const OWN_MANIFEST = /^(?!(?:.*\/)?node_modules\/)(?:[^/]+\/){0,3}package\.json$/;
/** More files of a server are counted and not listed. */
const MAX_FILES = 5000;

/** How many bytes of an entry are kept, or undefined. */
function wanted(name: string): number | undefined {
  if (name === MANIFEST || OWN_MANIFEST.test(name)) return 4 * MIB;
  return BUNDLED_MANIFEST.test(name) ? MAX_BUNDLED_MANIFEST : wantedOfPython(name);
}

/** @throws UserError `source-malformed`, `source-unsupported`, and for files that cannot be read */
export const readMcpb: ReadSource = async (input) => {
  const archive = await readPythonArchive(input, "bundle", wanted);
  const { shown } = archive;
  const remarks = createRemarks(shown);
  const manifest = manifestIn(archive);
  const root = rootOf(archive, { manifest, fileName: fileNameOf(archive.shown), remarks });
  const within = componentName(root);
  for (const remark of manifestRemarks(archive, manifest, within)) remarks.add(remark);
  const found = findPackages(archive);
  const roots = ownManifests(archive);
  const links = linkPackages(found.packages, roots, shown);
  const node = [...found.packages.values()].map((one): Component => {
    const component = bundledComponent(one, { within, shown, remarks });
    const scope = links.scopes.get(one.place);
    const facts: Facts =
      scope === undefined && roots.length > 0 ? { ...component.facts, extraneous: true } : component.facts;
    return { ...component, facts, scope: scope ?? "runtime", dependsOn: links.dependsOn.get(one.place) ?? [] };
  });
  for (const remark of unmetRemarks(links.unmet, found, shown)) remarks.add(remark);
  const python = await readBundledPython(archive, within, remarks);
  const both = python.components.find(({ key }) => found.packages.has(key));
  if (both !== undefined) {
    throw new UserError("source-malformed", `${shown}: ${both.key} is a package of npm and one of Python`);
  }
  const entryPoint = root.facts.mcp?.entryPoint?.replace(/^(?:\.?\/)+/, "");
  const own = found.others.filter(({ path }) => !python.owned.has(path));
  const files = listedFiles(own, entryPoint).map((file) => fileComponent(file, shown));
  const said = remarks.list();
  const [digest] = archive.digests;
  const inventory: Inventory = {
    path: shown,
    ...(digest === undefined ? {} : { digest }),
    size: archive.size,
    root: {
      ...root,
      dependsOn: [...nodeRoots(links, found, roots), ...python.rootDependsOn, ...files.map(({ key }) => key)],
    },
    components: [...node, ...python.components, ...files],
    // A server's own files may hold the code of packages that were built into them.
    completeness: said.some(({ rule }) => rule === "inventory-incomplete") ? "incomplete" : "unknown",
    remarks: said,
    skipped: skippedOf({ own: own.length, listed: files.length, links, found, root }, shown),
  };
  return inventory;
};

function manifestIn(archive: PackageArchive): JsonObject {
  try {
    const value = jsonOf(onlyFile(archive, MANIFEST), MANIFEST);
    if (!isJsonObject(value)) throw new PackageRefusal(`its ${MANIFEST} is not an object`);
    return value;
  } catch (error) {
    if (!(error instanceof PackageRefusal)) throw error;
    throw new UserError("source-malformed", `${archive.shown}: ${error.message}`);
  }
}

interface RootOptions {
  readonly manifest: JsonObject;
  readonly fileName: string;
  readonly remarks: Remarks;
}

function rootOf(archive: PackageArchive, { manifest, fileName, remarks }: RootOptions): Component {
  const { mcp, statements } = bundleFacts(manifest, archive.signed);
  const strict = packageOf("mcpb", archive, fileName);
  const [stated, version] = [textMember(manifest, "name"), textMember(manifest, "version")];
  const name = stated ?? fileName.replace(/\.(?:mcpb|dxt)$/i, "");
  const named = { name, ...(version === undefined ? {} : { version }) };
  if ("reason" in strict) {
    const [subject, file] = [componentName(named), archive.shown];
    remarks.add({ rule: "component-malformed", subject, message: strict.reason, file });
  }
  return {
    key: "",
    kind: "application",
    ...named,
    ...("reason" in strict ? {} : { purl: formatPurl({ type: "generic", ...named }) }),
    digests: archive.digests,
    scope: "runtime",
    origin: { kind: "file", path: fileName },
    facts: { installScripts: [], mcp },
    ...(statements === undefined ? {} : { statements }),
    file: archive.shown,
  };
}

/** What is wrong with the manifest, in the words of `verify`. */
function manifestRemarks(archive: PackageArchive, manifest: JsonObject, subject: string): readonly Remark[] {
  const file = archive.shown;
  const secret: readonly Remark[] = bundleFacts(manifest, archive.signed).redacted
    ? [{ rule: "secret-removed", subject, message: "the command that it starts holds what may be a secret", file }]
    : [];
  const found = checkManifest(archive);
  if (found.state === "valid") return secret;
  if (found.state === "unsupported") {
    return [...secret, { rule: "bundle-unsupported", subject, message: found.reason, file, level: "warn" }];
  }
  return [
    ...secret,
    ...found.problems.map(({ pointer, message }): Remark => ({
      rule: "manifest-invalid",
      subject,
      message: `${MANIFEST}: ${pointer === "" ? "it" : pointer} ${message}`,
      file,
    })),
  ];
}

/** Manifests of the server's own code that can be read; of others `manifest-invalid` is nobody's business. */
function ownManifests({ contents }: PackageArchive): readonly RootManifest[] {
  return [...contents].flatMap(([path, bytes]) => {
    if (!OWN_MANIFEST.test(path)) return [];
    try {
      const manifest = jsonOf(bytes, path);
      return isJsonObject(manifest) ? [{ folder: path.slice(0, Math.max(0, path.lastIndexOf("/"))), manifest }] : [];
    } catch (error) {
      if (!(error instanceof PackageRefusal)) throw error;
      return [];
    }
  });
}

/** What the server's own manifests ask for; without one, what no other package asks for. */
function nodeRoots(links: Links, { packages }: FoundPackages, roots: readonly RootManifest[]): readonly string[] {
  return roots.length > 0 ? links.rootDependsOn : rootsOf([...packages.keys()], new Set(), links.dependsOn);
}

/** What packages need and the bundle lacks: one remark for each that asks. */
function unmetRemarks(unmet: readonly Unmet[], { packages }: FoundPackages, shown: string): readonly Remark[] {
  const byPlace = new Map<string, string[]>();
  for (const { place, name, why } of unmet) {
    if (why !== "runtime" || packages.size === 0) continue;
    const names = byPlace.get(place);
    if (names === undefined) byPlace.set(place, [name]);
    else names.push(name);
  }
  return [...byPlace].map(([place, names]) => ({
    rule: "inventory-incomplete",
    subject: textMember(packages.get(place)?.manifest ?? {}, "name") ?? (place === "" ? shown : place),
    message: `it asks for what is not in the bundle: ${firstFive(names)}`,
    file: shown,
    path: [place === "" ? "package.json" : place, ...names.slice(0, 5)],
  }));
}

/** The entry point and what runs by itself first, so that nothing else keeps them out. */
function listedFiles(own: readonly ObservedFile[], entryPoint: string | undefined): readonly ObservedFile[] {
  if (own.length <= MAX_FILES) return own;
  const facts = fileFacts(own, (path) => path === entryPoint || path === MANIFEST);
  const first = new Set([...(facts.nativeFiles ?? []), ...(facts.executables ?? [])].map(({ path }) => path));
  return [...own.filter(({ path }) => first.has(path)), ...own.filter(({ path }) => !first.has(path))].slice(
    0,
    MAX_FILES,
  );
}

function fileComponent(file: ObservedFile, shown: string): Component {
  const sha256 = sha256Of(file.content);
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  return {
    key: file.path,
    kind: "file",
    name,
    digests: sha256 === undefined ? [] : [{ algorithm: "sha256", hex: sha256, from: "computed" }],
    scope: "runtime",
    origin: { kind: "bundled" },
    facts: fileFacts([{ ...file, path: name }]),
    location: file.path,
    file: shown,
  };
}

interface Whole {
  readonly own: number;
  readonly listed: number;
  readonly links: Links;
  readonly found: FoundPackages;
  readonly root: Component;
}

function skippedOf({ own, listed, links, found, root }: Whole, shown: string): readonly Skipped[] {
  const asked =
    found.packages.size > 0 ? [] : links.unmet.filter(({ why }) => why === "runtime").map(({ name }) => name);
  const installs = root.facts.mcp?.serverType === "uv";
  return [
    ...(own > listed ? [`has ${own - listed} more files than are listed; the digest of the bundle covers them`] : []),
    ...(asked.length > 0 ? [`asks for packages whose code may be part of its own files: ${firstFive(asked)}`] : []),
    ...(installs ? ["lets uv install packages when it is started: they are not in the bundle"] : []),
  ].map((reason) => ({ path: shown, reason }));
}
