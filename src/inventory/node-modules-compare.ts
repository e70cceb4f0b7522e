// What is installed against what is locked: the same packages, under the same names, in the same versions, and nothing
// beside them. Each difference is a remark; nothing of either side is left out.

import type { Component, Inventory, Remark } from "../core/inventory.ts";
import { textMember } from "../core/json-value.ts";
import { componentName } from "./component-name.ts";
import { brokenManifests } from "./node-modules-alone.ts";
import type { Described } from "./node-modules-alone.ts";
import type { DiskNode } from "./npm-disk.ts";
import { diskFacts, graphNodes, installedComponent, installedEdges } from "./npm-installed.ts";
import type { NpmLockReading } from "./npm-lock.ts";
import { listed } from "./npm-lock-reports.ts";
import { manifestStatements } from "./npm-manifest.ts";
import { buildGraph } from "./npm-node.ts";
import type { Graph } from "./npm-node.ts";

interface Locks extends NpmLockReading {
  /** What npm wrote into node_modules when it installed; absent where that is the only lockfile. */
  readonly hidden: Inventory | undefined;
  readonly shown: string;
}

export function compareInstalled(
  nodes: readonly DiskNode[],
  { inventory: locked, marksScripts, hidden, shown }: Locks,
): Described {
  const onDisk = new Map(nodes.map((node) => [node.key, node]));
  const inLock = new Map(locked.components.map((component) => [component.key, component]));
  const components = locked.components.map((component) => withDisk(component, onDisk.get(component.key)));
  const graph = buildGraph(graphNodes(nodes));
  const hiddenByKey = new Map((hidden?.components ?? []).map((component) => [component.key, component]));
  const extra = nodes
    .filter(({ key }) => !inLock.has(key))
    .map((node) => extraneous(node, graph, hiddenByKey.get(node.key)));
  const remarks: readonly Remark[] = [
    ...locked.remarks,
    ...locked.components.flatMap((component) => differences(component, onDisk.get(component.key), marksScripts)),
    ...(hidden === undefined ? [] : hiddenDifferences(inLock, hidden)),
    ...brokenManifests(nodes.filter(({ key }) => !inLock.has(key))),
    ...counted("installed-extraneous", extra, shown, "installed, and the lockfile does not hold"),
    ...counted(
      "installed-missing",
      locked.components.filter((component) => isMissing(component, onDisk)),
      shown,
      "locked, and not installed",
    ),
  ];
  return { root: locked.root, components: [...components, ...extra], completeness: locked.completeness, remarks };
}

/** The facts of the disk over those of the lockfile; what the lockfile alone knows stays. */
function withDisk(component: Component, node: DiskNode | undefined): Component {
  if (node?.manifest === undefined) return component;
  const statements = manifestStatements(node.manifest);
  return {
    ...component,
    facts: { ...component.facts, ...diskFacts(node) },
    ...(statements === undefined ? {} : { statements }),
  };
}

function extraneous(node: DiskNode, graph: Graph, hidden: Component | undefined): Component {
  const { manifest, key, target } = node;
  const targets = manifest === undefined ? [] : installedEdges(graph, { place: key, manifest, isTop: false }).found;
  const linked = target !== undefined && graph.byPlace.has(target) ? [target] : [];
  const dependsOn = node.kind === "link" ? linked : [...new Set(targets.map((each) => each.key))];
  const why = "installed, and no lockfile says from where";
  const component = installedComponent(node, { scope: "runtime", dependsOn }, why);
  const known = hidden !== undefined && hidden.name === component.name && hidden.version === component.version;
  const { undigested, ...rest } = component;
  return {
    ...rest,
    ...(known && hidden.digests.length > 0
      ? { digests: hidden.digests, origin: hidden.origin }
      : { undigested: undigested ?? why }),
    facts: { ...component.facts, extraneous: true },
  };
}

/** What may be absent: what is optional, or left out by `npm ci --omit`. */
function isMissing({ key, scope, origin }: Component, onDisk: ReadonlyMap<string, DiskNode>): boolean {
  return (
    scope === "runtime" &&
    !onDisk.has(key) &&
    /(?:^|\/)node_modules\//.test(key) &&
    !key.startsWith("..") &&
    origin.kind !== "bundled"
  );
}

function counted(rule: Remark["rule"], found: readonly Component[], shown: string, what: string): readonly Remark[] {
  if (found.length === 0) return [];
  const count = found.length === 1 ? "a package is" : `${found.length} packages are`;
  return [{ rule, subject: shown, message: `${count} ${what}: ${listed(found.map(componentName))}` }];
}

function differences(component: Component, node: DiskNode | undefined, marksScripts: boolean): readonly Remark[] {
  if (node === undefined || node.kind === "folder") return [];
  const differs = (message: string, more?: Partial<Remark>): readonly Remark[] => [
    { rule: "installed-differs", subject: componentName(component), message, ...more, path: [component.key] },
  ];
  const linked = component.facts.linked === true;
  if (linked && node.kind === "link") {
    const [target] = component.dependsOn ?? [];
    if (target === node.target) return [];
    // A target beside the project is not looked at, and may well be the right one.
    if (node.target === undefined && (target === undefined || target.startsWith(".."))) return [];
    return differs("its link leads somewhere else than the lockfile says", {
      ...(target === undefined ? {} : { expected: target }),
      actual: node.target ?? "outside of the project",
    });
  }
  if (linked) return differs("the lockfile has a link, and what is installed is none");
  if (node.kind === "link") return differs("the lockfile has a package, and what is installed is a link");
  if (node.kind === "loose") return differs("the lockfile has a package, and what is installed is a file");
  if (node.manifest === undefined) return differs(node.problem ?? "it has no package.json");
  const scripts = marksScripts ? scriptDifferences(component, node, differs) : [];
  return [...identityDifferences(component, node, differs), ...scripts];
}

type Differs = (message: string, more?: Partial<Remark>) => readonly Remark[];

function identityDifferences(component: Component, { manifest = {} }: DiskNode, differs: Differs): readonly Remark[] {
  const name = textMember(manifest, "name");
  const version = textMember(manifest, "version");
  if (name !== component.name) {
    return differs("what is installed calls itself something else", {
      expected: component.name,
      actual: name ?? "no name",
    });
  }
  if (component.version === undefined || plainVersion(version) === plainVersion(component.version)) return [];
  return differs("another version is installed", { expected: component.version, actual: version ?? "no version" });
}

/** As npm cleans the version of a manifest: without `v` or `=` before it, and without build metadata. */
function plainVersion(version: string | undefined): string | undefined {
  return version
    ?.trim()
    .replace(/^[v=\s]+/, "")
    .replace(/\+.*$/s, "");
}

/** Scripts that most registries, and so the lockfile, would have announced. */
function scriptDifferences(component: Component, node: DiskNode, differs: Differs): readonly Remark[] {
  if (component.facts.installScripts !== undefined || component.facts.bundled === true) return [];
  const names = (diskFacts(node).installScripts ?? []).flatMap(({ name }) => name ?? []);
  if (names.length === 0) return [];
  return differs(`it has install scripts (${names.join(", ")}), and the lockfile does not tell of any`, {
    level: "warn",
  });
}

/** npm's own record of what it installed, against the lockfile of the project. */
function hiddenDifferences(inLock: ReadonlyMap<string, Component>, hidden: Inventory): readonly Remark[] {
  return hidden.components.flatMap((installed): readonly Remark[] => {
    const component = inLock.get(installed.key);
    if (component === undefined) return [];
    const [expected, actual] = [component, installed].map(componentName);
    const base = { rule: "installed-differs", subject: componentName(component), path: [component.key] } as const;
    if (component.version !== undefined && installed.version !== undefined && expected !== actual) {
      return [
        {
          ...base,
          message: "npm recorded that it installed another version",
          expected: expected ?? "",
          actual: actual ?? "",
        },
      ];
    }
    for (const { algorithm, hex } of component.digests) {
      const other = installed.digests.filter((digest) => digest.algorithm === algorithm);
      if (other.length === 0 || other.some((digest) => digest.hex === hex)) continue;
      const message = "npm recorded that it installed an archive with another digest";
      return [{ ...base, message, expected: `${algorithm}:${hex}`, actual: `${algorithm}:${other[0]?.hex ?? ""}` }];
    }
    return [];
  });
}
