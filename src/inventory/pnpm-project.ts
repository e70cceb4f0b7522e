// The importers of a pnpm lockfile: the project and its workspaces, what they ask for, and the folders that they link to.

import type { Scope } from "../core/inventory.ts";
import { publicPath } from "../core/public-url.ts";
import { below, folderOf, projectComponent, readManifest, remarkManifest } from "./lock-manifest.ts";
import type { ProjectManifest } from "./lock-manifest.ts";
import type { LockNode } from "./lock-node.ts";
import { localOrigin, publicReference } from "./lock-origin.ts";
import { keyOfReference } from "./pnpm-dep-path.ts";
import { needsOf, specifierOf } from "./pnpm-document.ts";
import type { PnpmNeed } from "./pnpm-document.ts";
import type { PnpmReading } from "./pnpm-lock.ts";
import { yamlMap, yamlText } from "./yaml-node.ts";
import type { YamlMap } from "./yaml-node.ts";

interface ProjectsReading extends Omit<PnpmReading, "resolve"> {
  /** Of the root. */
  readonly manifest: ProjectManifest | undefined;
  /** By keys of the lockfile. */
  readonly nodes: ReadonlyMap<string, LockNode>;
}

/** Groups of an importer. What pnpm needs to begin is a tool of whoever develops. */
const GROUPS: readonly (readonly [string, Scope])[] = [
  ["dependencies", "runtime"],
  ["optionalDependencies", "optional"],
  ["devDependencies", "development"],
  ["configDependencies", "development"],
  ["packageManagerDependencies", "development"],
];

/** Adds workspaces and links, and connects what projects ask for. */
export function addProjects(reading: ProjectsReading): Pick<PnpmReading, "resolve"> {
  const { graph, needs, document } = reading;
  const members = new Map<string, { readonly node: LockNode; readonly manifest: ProjectManifest | undefined }>();
  for (const [folder, { line }] of document.importers) {
    members.set(
      folder,
      folder === "." ? { node: graph.root, manifest: reading.manifest } : addWorkspace(reading, folder, line),
    );
  }
  const resolve = createResolver(reading, new Map(Array.from(members, ([folder, { node }]) => [folder, node])));
  for (const [folder, { node, manifest }] of members) {
    const importer = yamlMap(document.importers.get(folder)) ?? new Map<string, never>();
    for (const [group, scope] of GROUPS) {
      for (const need of needsOf(importer, group)) {
        const target = resolve(node, need, folder === "." ? "" : folder);
        if (target === undefined) continue;
        graph.connect(node, target, scope);
        needs.note(target, need.name, specifierOf(need, document.members));
      }
    }
    if (manifest !== undefined && !document.environment) compareManifest(reading, node, importer, manifest);
  }
  return { resolve };
}

function addWorkspace({ input, graph }: ProjectsReading, folder: string, line: number) {
  const file = input.tree.shown(input.path);
  const inTree = below(folderOf(input.path), folder);
  const { manifest, problem } = inTree === undefined ? {} : readManifest(input.tree, inTree);
  remarkManifest(graph, input.tree, inTree ?? "", problem);
  const shown = publicPath(folder);
  const name = shown ?? (folder.startsWith("../") ? folder : "…");
  const made = projectComponent(file, { key: `workspace:${name}`, kind: "library", fallback: name, manifest });
  const node = graph.add({
    ...made,
    origin: shown === undefined ? { kind: "workspace" } : { kind: "workspace", path: shown },
    ...(shown === undefined ? {} : { location: shown }),
    line,
  });
  graph.connect(graph.root, node, "runtime");
  return { node, manifest };
}

function createResolver(reading: ProjectsReading, projects: ReadonlyMap<string, LockNode>): PnpmReading["resolve"] {
  const { graph, nodes, document } = reading;
  const links = new Map<string, LockNode>();
  return (from, need, folder) => {
    const { name, reference, line } = need;
    if (reference === undefined || reference === "") {
      graph.remark("inventory-incomplete", name, "the lockfile does not say what it is", { line, node: from });
      return undefined;
    }
    const key = keyOfReference(name, reference, document.format);
    if (key !== undefined) {
      const found = nodes.get(key);
      if (found === undefined) graph.missing(from, publicReference(key).text, line);
      return found;
    }
    const path = relativePath(folder, reference.slice("link:".length));
    const project = projects.get(path === "" ? "." : path);
    if (project !== undefined) return project;
    const id = `${name} ${path}`;
    const link = links.get(id) ?? addLink(reading, need, path);
    links.set(id, link);
    return link;
  };
}

/** Joined and without `.`, as pnpm writes the folders of importers; `..` stays at the start of what leads outside. */
function relativePath(folder: string, path: string): string {
  if (/^[/\\~]|^[A-Za-z]:/.test(path)) return path;
  const parts: string[] = [];
  for (const part of `${folder}/${path}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

/** A folder that is linked and is no project of the lockfile: what it needs is not known. */
function addLink({ input, graph }: ProjectsReading, { name, line }: PnpmNeed, path: string): LockNode {
  const file = input.tree.shown(input.path);
  const inTree = publicPath(path) === undefined ? undefined : below(folderOf(input.path), path);
  const { manifest, problem } = inTree === undefined ? {} : readManifest(input.tree, inTree);
  remarkManifest(graph, input.tree, inTree ?? "", problem);
  const shown = publicPath(path);
  const made = projectComponent(file, { key: `link:${shown ?? name}`, kind: "library", fallback: name, manifest });
  const node = graph.add({
    ...made,
    origin: localOrigin("directory", path).origin,
    undigested: "a linked folder",
    facts: { ...made.facts, linked: true },
    ...(shown === undefined ? {} : { location: shown }),
    line,
  });
  node.unknownEdges = true;
  graph.setUnknown();
  return node;
}

/** What the manifest asks for and the lockfile does not have: pnpm would lock again. */
function compareManifest(
  { graph, document }: ProjectsReading,
  node: LockNode,
  importer: YamlMap,
  manifest: ProjectManifest,
): void {
  const locked = new Set(GROUPS.flatMap(([group]) => needsOf(importer, group).map(({ name }) => name)));
  const overrides = yamlMap(document.members.get("overrides"));
  const settings = yamlMap(document.members.get("settings"));
  const withoutLinks = yamlText(settings?.get("excludeLinksFromLockfile")) === "true";
  if (withoutLinks) graph.setUnknown();
  const { dependencies, devDependencies } = manifest;
  for (const [name, wanted] of [...dependencies, ...devDependencies]) {
    if (locked.has(name) || manifest.optionalDependencies.has(name)) continue;
    if (withoutLinks && /^(?:link|workspace):/.test(wanted)) continue;
    if (yamlText(overrides?.get(name)) === "-") continue;
    graph.missing(node, `${name}@${publicReference(wanted).text}`, node.component.line ?? 1);
  }
}
