// pnpm-lock.yaml, lockfileVersion 5.x, 6.x and 9.x (pnpm 3 to 12). A node is a dependency path: the same package with
// two sets of peers is two. Two documents in one file are what pnpm itself needs to begin, and the project's.
// Source: github.com/pnpm/spec, lockfile/*.md; pnpm/pnpm, lockfile/types.

import { UserError } from "../core/errors.ts";
import type { Scope } from "../core/inventory.ts";
import { createLockGraph } from "./lock-graph.ts";
import type { LockGraph } from "./lock-graph.ts";
import { readLockText } from "./lock-file.ts";
import { folderOf, readManifest, remarkManifest, rootComponent } from "./lock-manifest.ts";
import { createLockNeeds } from "./lock-needs.ts";
import type { LockNeeds } from "./lock-needs.ts";
import type { LockNode } from "./lock-node.ts";
import { splitSuffix } from "./pnpm-dep-path.ts";
import { createChanges, needsOf, readDocument } from "./pnpm-document.ts";
import type { PnpmDocument, PnpmNeed } from "./pnpm-document.ts";
import { addPackage, textsOf } from "./pnpm-package.ts";
import { addProjects } from "./pnpm-project.ts";
import type { ReadSource, SourceInput } from "./source.ts";
import { yamlMap, yamlText } from "./yaml-node.ts";
import type { YamlMap } from "./yaml-node.ts";
import { parseYaml } from "./yaml.ts";

export interface PnpmReading {
  readonly input: SourceInput;
  readonly graph: LockGraph;
  readonly needs: LockNeeds;
  readonly document: PnpmDocument;
  /** The node that a need leads to; undefined with a remark where the lockfile has none. */
  resolve(from: LockNode, need: PnpmNeed, folder: string): LockNode | undefined;
}

export const readPnpmLock: ReadSource = async (input) => {
  const { bytes, text } = readLockText(input);
  const source = input.tree.shown(input.path);
  const documents = (await parseYaml(text, { source })).map((node) => ({ node, document: readDocument(node, source) }));
  if (documents.length === 0) throw new UserError("source-malformed", `${source}:1: is empty`);
  // Programs that read one document take the first or the last: what is in both is only sure where pnpm decides it.
  const doubtful = documents.slice(0, -1).find(({ document }) => !document.environment);
  if (doubtful !== undefined || documents.length > 2) {
    const line = doubtful?.node.line ?? documents[2]?.node.line ?? 1;
    throw new UserError(
      "source-malformed",
      `${source}:${line}: holds several documents that are lockfiles of a project`,
    );
  }
  const folder = folderOf(input.path);
  const { manifest, problem } = readManifest(input.tree, folder);
  const graph = createLockGraph(input, rootComponent(input, manifest));
  remarkManifest(graph, input.tree, folder, problem);
  const needs = createLockNeeds(graph.secret);
  for (const [index, { document }] of documents.entries()) {
    const prefix = index < documents.length - 1 ? "env:" : "";
    addDocument({ input, graph, needs, document, prefix, manifest: prefix === "" ? manifest : undefined });
  }
  needs.write();
  return graph.finish(bytes);
};

interface DocumentReading extends Omit<PnpmReading, "resolve"> {
  readonly prefix: string;
  readonly manifest: ReturnType<typeof readManifest>["manifest"];
}

function addDocument({ input, graph, needs, document, prefix, manifest }: DocumentReading): void {
  const { format, packages, snapshots } = document;
  const file = input.tree.shown(input.path);
  const changesOf = createChanges(document.members, () => graph.secret(graph.root));
  const nodes = new Map<string, LockNode>();
  const add = (key: string, line: number, info: YamlMap | undefined): LockNode => {
    const node = addPackage(graph, { key, line, file, format, info, prefix, changesOf });
    nodes.set(key, node);
    return node;
  };
  const bases = new Set<string>();
  for (const [key, { line }] of snapshots ?? []) {
    const base = splitSuffix(key).body;
    bases.add(base);
    add(key, line, yamlMap(packages.get(key) ?? packages.get(base)));
  }
  for (const [key, entry] of packages) {
    if (snapshots !== undefined && (bases.has(key) || nodes.has(key))) continue;
    const node = add(key, entry.line, yamlMap(entry));
    // An entry of 9.x that no snapshot takes up: nothing says what it needs.
    if (format === 9) node.unknownEdges = true;
  }
  const projects = addProjects({ input, graph, needs, document, manifest, nodes });
  for (const [key, node] of nodes) {
    const members = yamlMap(snapshots?.get(key) ?? packages.get(key)) ?? new Map<string, never>();
    const info = yamlMap(packages.get(key) ?? packages.get(splitSuffix(key).body)) ?? members;
    connectPackage(node, { members, info, graph, resolve: projects.resolve });
  }
}

interface Connecting extends Pick<PnpmReading, "graph" | "resolve"> {
  readonly members: YamlMap;
  readonly info: YamlMap;
}

function connectPackage(node: LockNode, { members, info, graph, resolve }: Connecting): void {
  const peers = yamlMap(info.get("peerDependencies"));
  const groups: readonly (readonly [string, Scope])[] = [
    ["dependencies", "runtime"],
    ["optionalDependencies", "optional"],
  ];
  for (const [group, scope] of groups) {
    for (const need of needsOf(members, group)) {
      const target = resolve(node, need, "");
      if (target !== undefined) graph.connect(node, target, peers?.has(need.name) === true ? "peer" : scope);
    }
  }
  if (yamlText(members.get("dev")) === "true") node.statedScope = "development";
  else if (yamlText(members.get("optional")) === "true") node.statedScope = "optional";
  addBundled(graph, node, info);
}

/** Packages that came inside the archive: the lockfile knows their names, or only that there are some. */
function addBundled(graph: LockGraph, node: LockNode, info: YamlMap): void {
  const bundled = info.get("bundledDependencies") ?? info.get("bundleDependencies");
  if (bundled === undefined || yamlText(bundled) === "false") return;
  if (yamlText(bundled) === "true") {
    graph.setUnknown();
    return;
  }
  const { key, line, file } = node.component;
  for (const name of textsOf(bundled)) {
    const child = graph.add({
      key: `${key}>${name}`,
      kind: "library",
      name,
      digests: [],
      undigested: `bundled inside ${node.component.name}`,
      origin: { kind: "bundled", within: key },
      facts: { bundled: true },
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
    });
    child.unknownEdges = true;
    graph.connect(node, child, "runtime");
  }
  graph.setUnknown();
}
