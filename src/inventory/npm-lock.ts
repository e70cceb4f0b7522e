// npm's lockfiles: package-lock.json and npm-shrinkwrap.json of versions 1, 2 and 3, and the one inside node_modules.
//
//   {"lockfileVersion": 1|2|3, "name", "version", "requires": true,
//    "packages":     {place: {"version", "resolved", "integrity", "dependencies", "dev", "optional", …}}    2 and 3
//    "dependencies": {name: {…}}}                                                                           1 and 2
//
// `packages` counts where it is there; `dependencies` is then what npm 6 would install, and has to say the same.
// Source: npm's documentation, "package-lock.json"; @npmcli/arborist lib/shrinkwrap.js, lib/arborist/load-virtual.js.

import { createHash } from "node:crypto";
import { UserError } from "../core/errors.ts";
import type { Component, Inventory, Remark } from "../core/inventory.ts";
import { isJsonObject, member } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { parseLargeJson } from "../core/large-json.ts";
import type { LargeJson } from "../core/large-json.ts";
import type { ReadSource, SourceInput, Tree } from "./source.ts";
import { bundledNames, bundlersOf, formerBundlersOf } from "./npm-bundlers.ts";
import type { Bundler } from "./npm-bundlers.ts";
import { componentOf } from "./npm-component.ts";
import { edgesOf, linkEdges, NO_EDGES, orphansOf, requestOf, workspaceLinks } from "./npm-edges.ts";
import type { Edges } from "./npm-edges.ts";
import { contradictions } from "./npm-lock-contradictions.ts";
import { nodesOfDependencies } from "./npm-lock-legacy.ts";
import { boundRemarks } from "./component-key.ts";
import { createReports } from "./npm-lock-reports.ts";
import type { Reports } from "./npm-lock-reports.ts";
import { withScopes } from "./npm-lock-scopes.ts";
import { manifestDrift, publicRequest, readManifest, rootOf, workspacePlaces } from "./npm-lock-root.ts";
import type { NpmManifest } from "./npm-lock-root.ts";
import { overriddenNames } from "./npm-manifest.ts";
import { buildGraph, isLink, isSet, nodesOfPackages, sameButForCapitals, targetOf } from "./npm-node.ts";
import type { Graph, NpmNode } from "./npm-node.ts";

/** Bytes. */
const MAX_LOCKFILE = 256 * 2 ** 20;

export interface NpmLockReading {
  readonly inventory: Inventory;
  /** True where the version of the lockfile marks packages with install scripts. No mark proves nothing all the same. */
  readonly marksScripts: boolean;
}

export const readNpmLock: ReadSource = async (input) => (await readLockfile(input)).inventory;

/** @throws as `ReadSource` */
export async function readLockfile({ tree, path }: SourceInput): Promise<NpmLockReading> {
  const bytes = tree.read(path, MAX_LOCKFILE);
  if (bytes === undefined) throw new UserError("input-missing", `${tree.shown(path)}: no such file`);
  const lock = readDocument(bytes, tree.shown(path));
  const folder = projectFolder(path);
  const manifest = folder === undefined ? undefined : readManifest(tree, folder);
  const inventory = inventoryOf(lock, manifest, { tree, path });
  const hex = createHash("sha256").update(bytes).digest("hex");
  const digest = { algorithm: "sha256", hex, from: "computed" } as const;
  return await Promise.resolve({
    inventory: { ...inventory, digest, size: bytes.length },
    marksScripts: lock.packages !== undefined,
  });
}

/** The folder whose package.json the lockfile belongs to: npm's own copy lies in the node_modules of it. */
function projectFolder(path: string): string | undefined {
  const [folder, name] = [path.slice(0, Math.max(0, path.lastIndexOf("/"))), path.slice(path.lastIndexOf("/") + 1)];
  if (name !== ".package-lock.json") return folder;
  if (!/(?:^|\/)node_modules$/.test(folder)) return undefined;
  return folder.slice(0, Math.max(0, folder.length - "/node_modules".length));
}

interface LockDocument {
  readonly json: LargeJson;
  readonly lock: JsonObject;
  readonly packages: JsonObject | undefined;
  readonly dependencies: JsonObject | undefined;
}

function readDocument(bytes: Buffer, shown: string): LockDocument {
  const json = parseLargeJson(bytes.toString("utf8"), { source: shown, code: "source-malformed" });
  const malformed = (line: number, what: string): UserError =>
    new UserError("source-malformed", `${shown}:${line}: ${what}`);
  if (!isJsonObject(json.value)) throw malformed(1, "it is no object");
  const lock = json.value;
  const version = member(lock, "lockfileVersion");
  if (version !== undefined && version !== null && !/^[123]$/.test(JSON.stringify(version).replaceAll('"', ""))) {
    const written = JSON.stringify(version).slice(0, 100);
    throw new UserError(
      "source-unsupported",
      `${shown}:${json.lineOf(["lockfileVersion"])}: version ${written} of npm's lockfile is not known`,
      {
        hint: "versions 1, 2 and 3 are read: npm install --package-lock-only --lockfile-version 3",
      },
    );
  }
  const section = (name: string): JsonObject | undefined => {
    const value = member(lock, name);
    if (value === undefined || value === null) return undefined;
    if (!isJsonObject(value)) throw malformed(json.lineOf([name]), `"${name}" is no object`);
    return value;
  };
  const [packages, dependencies] = [section("packages"), section("dependencies")];
  if (version === undefined && packages === undefined && dependencies === undefined) {
    throw malformed(1, 'it has neither "packages" nor "dependencies", and no "lockfileVersion"');
  }
  return { json, lock, packages, dependencies };
}

function inventoryOf(
  { json, lock, packages, dependencies }: LockDocument,
  found: NpmManifest | undefined,
  { tree, path }: { readonly tree: Tree; readonly path: string },
): Inventory {
  const shown = tree.shown(path);
  const reports = createReports(shown, json);
  const isV1 = packages === undefined;
  const graph = buildGraph(isV1 ? nodesOfDependencies(dependencies ?? {}) : nodesOfPackages(packages));
  const rootEntry = member(packages ?? {}, "");
  const entry = isJsonObject(rootEntry) ? rootEntry : undefined;
  const asked = entry ?? found?.manifest;
  // The first versions of npm 5 recorded no requests at all.
  const knowsEdges =
    !isV1 || isSet(lock, "requires") || graph.nodes.some(({ meta }) => member(meta, "dependencies") !== undefined);
  const project = projectOf(graph, asked, found?.manifest, { isV1, knowsEdges });
  const edges = new Map(graph.nodes.map((node) => [node, nodeEdges(graph, node)]));
  const described = graph.nodes.map((node) => describe(node, edges.get(node) ?? NO_EDGES, project, reports));
  for (const node of sameButForCapitals(graph)) {
    reports.add(
      node,
      "component-malformed",
      "its place is that of another one but for capitals: npm installs one of them",
    );
  }
  const rootEdges = asked === undefined ? undefined : edgesOf(graph, "", asked, true);
  if (rootEdges !== undefined) reports.missing(undefined, rootEdges);
  const wanted =
    rootEdges === undefined
      ? orphansOf(graph, new Set(described.flatMap(({ dependsOn }) => dependsOn ?? [])))
      : rootEdges.dependsOn;
  const links = workspaceLinks(graph, project.workspaces);
  const fileName = path.slice(path.lastIndexOf("/") + 1);
  const root: Component = {
    ...rootOf(entry, lock, found, fileName),
    dependsOn: [...new Set([...wanted, ...links])],
  };
  const components =
    rootEdges === undefined || !knowsEdges
      ? described
      : withScopes(described, { root: rootEdges, edges, links, isV1 }, reports);
  const all: readonly Remark[] = [
    ...reports.finish(),
    ...(entry === undefined || found === undefined ? [] : manifestDrift(entry, found.manifest, shown)),
    ...(isV1 || dependencies === undefined ? [] : contradictions(graph, dependencies, { shown, json })),
  ];
  const remarks = boundRemarks(all, shown);
  const incomplete = remarks.some(({ rule }) => rule === "inventory-incomplete");
  const unknown = asked === undefined || !knowsEdges;
  const completeness = incomplete ? "incomplete" : unknown ? "unknown" : "complete";
  return { path: shown, root, components, completeness, remarks, skipped: [] };
}

/** What is asked of the project for each node. */
interface Project {
  readonly graph: Graph;
  readonly asked: JsonObject | undefined;
  readonly direct: ReadonlySet<string>;
  readonly workspaces: ReadonlySet<string>;
  readonly overridden: ReadonlySet<string>;
  readonly bundlers: ReadonlyMap<string, Bundler>;
  /** The project bundles some of its packages, for what is made of it. */
  readonly bundlesItself: boolean;
  readonly isV1: boolean;
  readonly knowsEdges: boolean;
}

function projectOf(
  graph: Graph,
  asked: JsonObject | undefined,
  manifest: JsonObject | undefined,
  flags: Pick<Project, "isV1" | "knowsEdges">,
): Project {
  const folders = graph.nodes.filter(({ place }) => place.kind === "folder").map(({ key }) => key);
  return {
    graph,
    asked,
    direct: new Set(asked === undefined ? [] : edgesOf(graph, "", asked, true).dependsOn),
    workspaces: workspacePlaces(asked ?? {}, folders),
    overridden: overriddenNames(manifest ?? {}),
    bundlers: flags.isV1 ? formerBundlersOf(graph) : bundlersOf(graph),
    bundlesItself: bundles(asked) || bundles(manifest),
    ...flags,
  };
}

function bundles(manifest: JsonObject = {}): boolean {
  return bundledNames(manifest).length > 0 || member(manifest, "bundleDependencies") === true;
}

function describe(node: NpmNode, edges: Edges, project: Project, reports: Reports): Component {
  const { graph, asked, direct, workspaces, overridden, bundlers, bundlesItself, isV1, knowsEdges } = project;
  const link = isLink(node.meta);
  const target = link ? graph.byPlace.get(targetOf(node) ?? "") : undefined;
  const name = node.place.kind === "package" ? node.place.name : "";
  const spec = asked !== undefined && direct.has(node.key) ? requestOf(asked, name) : undefined;
  const component = componentOf(
    node,
    {
      target,
      bundler: bundlers.get(node.key),
      believed: isV1 || bundlesItself,
      workspace: workspaces.has(link ? (target?.key ?? "") : node.key),
      dependsOn: knowsEdges || link ? edges.dependsOn : undefined,
      requested: spec === undefined ? undefined : publicRequest(spec),
      overridden: overridden.size > 0 && overridden.has(name),
    },
    (rule, message, more) => reports.add(node, rule, message, more),
  );
  if (edges.missing.length > 0) reports.missing(node, edges);
  return component;
}

function nodeEdges(graph: Graph, node: NpmNode): Edges {
  const { key, place, meta } = node;
  if (isLink(meta)) return linkEdges(graph, node);
  if (place.kind === "malformed") return NO_EDGES;
  return edgesOf(graph, key, meta, place.kind === "folder");
}
