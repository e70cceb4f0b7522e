// yarn.lock of yarn 1. An entry is a node, however many patterns lead to it. The lockfile knows neither the project nor
// its workspaces nor what is for development: that is read from the package.json files beside it, where they are.

import type { Scope } from "../core/inventory.ts";
import { overrideClauses } from "./lock-changes.ts";
import { createLockGraph } from "./lock-graph.ts";
import type { LockGraph } from "./lock-graph.ts";
import type { LockText } from "./lock-file.ts";
import { below, folderOf, projectComponent, readManifest, remarkManifest, rootComponent } from "./lock-manifest.ts";
import type { ProjectManifest, Wants } from "./lock-manifest.ts";
import { createLockNeeds } from "./lock-needs.ts";
import type { LockNeeds } from "./lock-needs.ts";
import { nodeName } from "./lock-node.ts";
import type { LockNode } from "./lock-node.ts";
import { publicReference } from "./lock-origin.ts";
import { findWorkspaces } from "./lock-workspaces.ts";
import type { SourceInput } from "./source.ts";
import { addEntry, splitPattern } from "./yarn-classic-entry.ts";
import { parseClassicLock } from "./yarn-classic-parse.ts";
import type { ClassicEntry } from "./yarn-classic-parse.ts";

interface ClassicReading {
  readonly input: SourceInput;
  readonly graph: LockGraph;
  readonly needs: LockNeeds;
  /** By patterns, as written. */
  readonly nodes: ReadonlyMap<string, LockNode>;
  /** Workspaces by name. */
  readonly members: Map<string, LockNode>;
}

/** The inventory of a yarn.lock whose text is that of yarn 1. */
export function readYarnClassic(input: SourceInput, { bytes, text }: LockText) {
  const entries = parseClassicLock(text, input.tree.shown(input.path));
  const folder = folderOf(input.path);
  const { manifest, problem } = readManifest(input.tree, folder);
  const graph = createLockGraph(input, rootComponent(input, manifest));
  remarkManifest(graph, input.tree, folder, problem);
  const overrides = overrideClauses(manifest?.resolutions ?? [], () => graph.secret(graph.root));
  const nodes = new Map<string, LockNode>();
  for (const entry of entries) {
    const node = addEntry(graph, input.tree.shown(input.path), entry, overrides);
    for (const pattern of entry.patterns) nodes.set(pattern, node);
  }
  const reading: ClassicReading = { input, graph, needs: createLockNeeds(graph.secret), nodes, members: new Map() };
  for (const entry of entries) connectEntry(reading, entry);
  if (manifest === undefined) {
    // Nothing says what the project itself asks for, and so nothing for what.
    graph.root.unknownEdges = true;
    graph.setUnknown();
  } else addProjects(reading, manifest);
  reading.needs.write();
  return graph.finish(bytes);
}

function connectEntry({ graph, nodes, needs }: ClassicReading, { patterns, groups }: ClassicEntry): void {
  const node = nodes.get(patterns[0] ?? "");
  if (node === undefined) return;
  for (const pattern of patterns) needs.note(node, splitPattern(pattern).name || node.component.name);
  const edges: readonly (readonly [string, Scope])[] = [
    ["dependencies", "runtime"],
    ["optionalDependencies", "optional"],
  ];
  for (const [group, scope] of edges) {
    for (const [name, { text, line }] of groups.get(group) ?? []) {
      const target = nodes.get(`${name}@${text}`);
      if (target !== undefined) graph.connect(node, target, scope);
      else if (scope === "runtime") graph.missing(node, publicReference(`${name}@${text}`).text, line);
    }
  }
}

/** The project and its workspaces, and what they ask for. */
function addProjects(reading: ClassicReading, manifest: ProjectManifest): void {
  const { input, graph, members } = reading;
  const folder = folderOf(input.path);
  const { folders, unread } = findWorkspaces(input.tree, folder, manifest.workspaces);
  for (const pattern of unread) {
    graph.remark(
      "inventory-incomplete",
      nodeName(graph.root),
      `its workspaces ${publicReference(pattern).text} are not looked for`,
    );
  }
  const projects: { readonly node: LockNode; readonly manifest: ProjectManifest }[] = [{ node: graph.root, manifest }];
  for (const path of folders) {
    const inTree = below(folder, path) ?? path;
    const read = readManifest(input.tree, inTree);
    remarkManifest(graph, input.tree, inTree, read.problem);
    const file = input.tree.shown(`${inTree}/package.json`);
    const project = {
      key: `workspace:${path}`,
      kind: "library",
      fallback: path,
      manifest: read.manifest,
      folder: path,
    } as const;
    const node = graph.add(projectComponent(file, project));
    graph.connect(graph.root, node, "runtime");
    if (read.manifest === undefined) continue;
    if (!members.has(node.component.name)) members.set(node.component.name, node);
    projects.push({ node, manifest: read.manifest });
  }
  for (const project of projects) connectProject(reading, project.node, project.manifest);
}

function connectProject(
  { graph, nodes, needs, members }: ClassicReading,
  node: LockNode,
  manifest: ProjectManifest,
): void {
  // A name in two groups counts as yarn counts it: optional before runtime before development.
  const groups: readonly (readonly [Wants, Scope])[] = [
    [manifest.optionalDependencies, "optional"],
    [manifest.dependencies, "runtime"],
    [manifest.devDependencies, "development"],
  ];
  const asked = new Set<string>();
  for (const [wants, scope] of groups) {
    for (const [name, range] of wants) {
      if (asked.has(name)) continue;
      asked.add(name);
      const target = nodes.get(`${name}@${range}`) ?? members.get(name);
      if (target === undefined) {
        if (scope !== "optional") graph.missing(node, publicReference(`${name}@${range}`).text);
        continue;
      }
      graph.connect(node, target, scope);
      needs.note(target, name, range);
    }
  }
}
