// yarn.lock of yarn 2 and later (`__metadata` version 4 to 10). An entry is a node; entries of workspaces say what each
// project asks for, and whether that is for development only their package.json knows. Packages that yarn makes once
// more for each set of peers (`virtual:`) are not in the lockfile.
// Source: github.com/yarnpkg/berry, packages/yarnpkg-core/sources/Project.ts, structUtils.ts.

import { UserError } from "../core/errors.ts";
import type { Inventory, Scope } from "../core/inventory.ts";
import { overrideClauses } from "./lock-changes.ts";
import type { LockText } from "./lock-file.ts";
import { createLockGraph } from "./lock-graph.ts";
import type { LockGraph } from "./lock-graph.ts";
import { below, folderOf, readManifest, remarkManifest, rootComponent } from "./lock-manifest.ts";
import type { ManifestReading, ProjectManifest } from "./lock-manifest.ts";
import { createLockNeeds } from "./lock-needs.ts";
import type { LockNode } from "./lock-node.ts";
import { publicReference } from "./lock-origin.ts";
import type { SourceInput } from "./source.ts";
import { yamlMap, yamlText } from "./yaml-node.ts";
import type { YamlMap, YamlNode } from "./yaml-node.ts";
import { parseYaml } from "./yaml.ts";
import { addBerryPackage, readEntry, workspaceComponent, workspaceOf } from "./yarn-berry-package.ts";
import type { BerryEntry } from "./yarn-berry-package.ts";
import { connectPeers } from "./yarn-berry-peers.ts";
import { createBerryResolver, readCatalogs } from "./yarn-berry-resolve.ts";
import type { Catalogs } from "./yarn-berry-resolve.ts";

/** The inventory of a yarn.lock with `__metadata`. */
export async function readYarnBerry(input: SourceInput, { bytes, text }: LockText): Promise<Inventory> {
  const source = input.tree.shown(input.path);
  const { entries, metadata } = readEntries(await parseYaml(text, { source }), source);
  const folder = folderOf(input.path);
  const projects = readProjects(input, folder, entries);
  const root = entries.find((entry) => workspaceOf(entry) === ".");
  const rootReading = projects.get(".") ?? readManifest(input.tree, folder);
  const graph = createLockGraph(input, rootOf(input, root, rootReading.manifest));
  remarkManifest(graph, input.tree, folder, rootReading.problem);
  const overrides = overrideClauses(rootReading.manifest?.resolutions ?? [], () => graph.secret(graph.root));
  const cacheKey = yamlText(metadata.get("cacheKey"));
  const nodes = new Map<BerryEntry, LockNode>();
  for (const entry of entries) {
    const path = workspaceOf(entry);
    if (entry === root) nodes.set(entry, graph.root);
    else if (path === undefined) nodes.set(entry, addBerryPackage(graph, entry, { file: source, cacheKey, overrides }));
    else {
      const { manifest, problem } = projects.get(path) ?? {};
      const node = graph.add(workspaceComponent(entry, source, manifest));
      remarkManifest(graph, input.tree, below(folder, path) ?? path, problem);
      graph.connect(graph.root, node, "runtime");
      nodes.set(entry, node);
    }
  }
  if (root === undefined) {
    graph.root.unknownEdges = true;
    graph.setUnknown();
  }
  const catalogs = text.includes("catalog:") ? await readCatalogs(input) : undefined;
  connectAll({ graph, nodes, projects, rootManifest: rootReading.manifest, catalogs });
  return graph.finish(bytes);
}

function readEntries(
  [document, second]: readonly YamlNode[],
  source: string,
): { readonly entries: readonly BerryEntry[]; readonly metadata: YamlMap } {
  const members = yamlMap(document);
  if (members === undefined) throw new UserError("source-malformed", `${source}:1: is no yarn lockfile`);
  if (second !== undefined)
    throw new UserError("source-malformed", `${source}:${second.line}: holds a second document`);
  const metadata = yamlMap(members.get("__metadata"));
  const version = yamlText(metadata?.get("version")) ?? "";
  const line = metadata?.get("version")?.line ?? 1;
  if (metadata === undefined || version === "")
    throw new UserError("source-malformed", `${source}:${line}: has no version`);
  if (!/^(?:[4-9]|10)$/.test(version)) {
    throw new UserError("source-unsupported", `${source}:${line}: version ${version.slice(0, 100)} is not known`, {
      hint: "lock again with yarn 2 to 4: yarn install --mode=update-lockfile",
    });
  }
  const entries: BerryEntry[] = [];
  for (const [key, node] of members) {
    if (key === "__metadata") continue;
    const entry = yamlMap(node);
    if (entry === undefined) throw new UserError("source-malformed", `${source}:${node.line}: an entry is no mapping`);
    entries.push(readEntry(key, entry, node.line));
  }
  return { entries, metadata };
}

/** Manifests of the workspaces, by their folders as the lockfile has them. */
function readProjects(
  { tree }: SourceInput,
  folder: string,
  entries: readonly BerryEntry[],
): ReadonlyMap<string, ManifestReading> {
  const projects = new Map<string, ManifestReading>();
  for (const entry of entries) {
    const path = workspaceOf(entry);
    if (path === undefined || projects.has(path)) continue;
    const inTree = below(folder, path);
    projects.set(path, inTree === undefined ? {} : readManifest(tree, inTree));
  }
  return projects;
}

function rootOf(
  input: SourceInput,
  root: BerryEntry | undefined,
  manifest: ProjectManifest | undefined,
): LockNode["component"] {
  const made = rootComponent(input, manifest);
  return root === undefined || manifest?.name !== undefined ? made : { ...made, name: root.locator.name };
}

interface Connecting {
  readonly graph: LockGraph;
  readonly nodes: ReadonlyMap<BerryEntry, LockNode>;
  readonly projects: ReadonlyMap<string, ManifestReading>;
  readonly rootManifest: ProjectManifest | undefined;
  readonly catalogs: Catalogs | undefined;
}

function connectAll({ graph, nodes, projects, rootManifest, catalogs }: Connecting): void {
  const needs = createLockNeeds(graph.secret);
  const resolve = createBerryResolver({ graph, nodes, rootManifest, catalogs });
  /** For peers: what each node finds under which name. */
  const found = new Map<LockNode, Map<string, LockNode>>();
  for (const [entry, node] of nodes) {
    const path = workspaceOf(entry);
    const manifest = path === undefined ? undefined : projects.get(path)?.manifest;
    const targets = new Map<string, LockNode>();
    const meta = yamlMap(entry.members.get("dependenciesMeta"));
    for (const [name, need] of yamlMap(entry.members.get("dependencies")) ?? []) {
      const optional = yamlText(yamlMap(meta?.get(name))?.get("optional")) === "true";
      const range = yamlText(need) ?? "";
      const target = resolve(entry, node, { name, range, line: need.line, optional });
      if (target === undefined) continue;
      targets.set(name, target);
      graph.connect(node, target, optional ? "optional" : scopeIn(manifest, name));
      needs.note(target, name, path === undefined ? undefined : range.replace(/^npm:(?!.*@)/, ""));
    }
    found.set(node, targets);
    if (manifest !== undefined) compareManifest(graph, node, entry, manifest);
  }
  connectPeers(graph, nodes, found);
  needs.write();
}

/** The lockfile has what is for development among the rest. */
function scopeIn(manifest: ProjectManifest | undefined, name: string): Scope {
  if (manifest === undefined || manifest.dependencies.has(name)) return "runtime";
  if (manifest.optionalDependencies.has(name)) return "optional";
  return manifest.devDependencies.has(name) ? "development" : "runtime";
}

function compareManifest(graph: LockGraph, node: LockNode, entry: BerryEntry, manifest: ProjectManifest): void {
  const locked = yamlMap(entry.members.get("dependencies"));
  for (const [name, range] of [...manifest.dependencies, ...manifest.devDependencies]) {
    if (locked?.has(name) === true) continue;
    graph.missing(node, publicReference(`${name}@${range}`).text, entry.line);
  }
}
