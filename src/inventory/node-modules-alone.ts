// Installed npm packages without a lockfile of npm: the packages themselves say what they are and ask for, and no digest
// is known. Of pnpm's layout the links are read as what they lead to, since every package of its store is there once.

import type { Component, Inventory, Remark, Scope } from "../core/inventory.ts";
import type { DiskNode } from "./npm-disk.ts";
import type { NpmManifest } from "./npm-lock-root.ts";
import { rootOf } from "./npm-lock-root.ts";
import { listed } from "./npm-lock-reports.ts";
import { graphNodes, installedComponent, installedEdges, isBundled, walkScopes } from "./npm-installed.ts";
import type { EdgeKind } from "./npm-node.ts";
import { buildGraph } from "./npm-node.ts";

export type Described = Pick<Inventory, "root" | "components" | "completeness" | "remarks">;

interface Edge {
  readonly key: string;
  readonly kind: EdgeKind;
}

export function describeWithoutLock(
  nodes: readonly DiskNode[],
  found: NpmManifest | undefined,
  shown: string,
): Described {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const graph = buildGraph(graphNodes(nodes));
  const remarks: Remark[] = [];
  /** What a link of a store stands for. */
  const behind = (key: string): string => {
    const node = byKey.get(key);
    return node?.kind === "link" && node.target !== undefined && isStored(node.target) && byKey.has(node.target)
      ? node.target
      : key;
  };
  const edges = new Map<string, readonly Edge[]>();
  for (const node of nodes) edges.set(node.key, edgesOfNode(node));
  function edgesOfNode(node: DiskNode): readonly Edge[] {
    if (node.kind === "link") {
      return node.target !== undefined && byKey.has(node.target) ? [{ key: node.target, kind: "runtime" }] : [];
    }
    if (node.manifest === undefined) return [];
    const isTop = node.kind === "folder";
    const { found: targets, missing } = installedEdges(graph, { place: node.key, manifest: node.manifest, isTop });
    if (missing.length > 0) {
      const message = `it asks for what is not installed: ${listed(missing)}`;
      remarks.push({ rule: "inventory-incomplete", subject: node.name, message, path: [node.key] });
    }
    return targets.map(({ key, kind }) => ({ key: behind(key), kind }));
  }
  const top = rootEdges();
  function rootEdges(): readonly Edge[] {
    if (found === undefined) {
      const wanted = new Set([...edges.values()].flatMap((each) => each.map(({ key }) => key)));
      return nodes
        .filter(
          ({ key, kind }) =>
            /^node_modules\/[^/]+(?:\/[^/]+)?$/.test(key) && kind !== "loose" && !wanted.has(behind(key)),
        )
        .map(({ key }) => ({ key: behind(key), kind: "runtime" }));
    }
    const { found: targets, missing } = installedEdges(graph, { place: "", manifest: found.manifest, isTop: true });
    if (missing.length > 0) {
      remarks.push({
        rule: "inventory-incomplete",
        subject: shown,
        message: `the project asks for what is not installed: ${listed(missing)}`,
      });
    }
    return targets.map(({ key, kind }) => ({ key: behind(key), kind }));
  }
  const scopes = walkScopes((place) => (place === "" ? top : (edges.get(place) ?? [])));
  const components = nodes
    .filter(({ key }) => behind(key) === key)
    .map((node) => describe(node, edges.get(node.key) ?? [], scopes, byKey, found !== undefined));
  remarks.push(...brokenManifests(nodes));
  return {
    root: { ...rootOf(undefined, {}, found, "node_modules"), dependsOn: [...new Set(top.map(({ key }) => key))] },
    components,
    completeness: found === undefined ? "unknown" : "complete",
    remarks,
  };
}

/** In pnpm's or npm's store. */
function isStored(place: string): boolean {
  return /(?:^|\/)node_modules\/\.(?:pnpm|store)\//.test(place);
}

function describe(
  node: DiskNode,
  edges: readonly Edge[],
  scopes: ReadonlyMap<string, Scope>,
  byKey: ReadonlyMap<string, DiskNode>,
  knowsRoot: boolean,
): Component {
  const scope = scopes.get(node.key);
  const around = {
    scope: scope ?? "runtime",
    ...(node.kind === "link" || node.manifest !== undefined
      ? { dependsOn: [...new Set(edges.map(({ key }) => key))] }
      : {}),
  };
  const component = installedComponent(node, around, "installed, and no lockfile says from where");
  const host = byKey.get(node.key.slice(0, Math.max(0, node.key.lastIndexOf("/node_modules/"))));
  const bundled = node.kind === "package" && isBundled(node.name, host?.manifest);
  const facts = {
    ...component.facts,
    ...(bundled ? { bundled: true as const } : {}),
    ...(knowsRoot && scope === undefined && !bundled ? { extraneous: true as const } : {}),
  };
  if (!bundled || host === undefined) return { ...component, facts };
  return {
    ...component,
    facts,
    origin: { kind: "bundled", within: host.key },
    undigested: `bundled inside ${host.name}`,
  };
}

/** What is wrong with manifests. Without one nobody can say what a package is. */
export function brokenManifests(nodes: readonly DiskNode[]): readonly Remark[] {
  return nodes.flatMap(({ name, kind, problem, key }) =>
    kind !== "package" || problem === undefined
      ? []
      : [{ rule: "inventory-incomplete" as const, subject: name, message: problem, path: [key] }],
  );
}
