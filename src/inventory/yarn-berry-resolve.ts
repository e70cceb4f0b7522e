// From what an entry of a yarn lockfile asks for to the entry that it gets, by the rules of yarn 2 and later:
// resolutions of the project come first, then catalogs, then what is asked for; relative references are bound to who
// asks; and some packages are patched by yarn itself.

import { UserError } from "../core/errors.ts";
import type { LockGraph } from "./lock-graph.ts";
import { folderOf } from "./lock-manifest.ts";
import type { ProjectManifest } from "./lock-manifest.ts";
import type { LockNode } from "./lock-node.ts";
import { encoded, publicReference } from "./lock-origin.ts";
import type { SourceInput } from "./source.ts";
import { yamlMap, yamlText } from "./yaml-node.ts";
import type { YamlMap } from "./yaml-node.ts";
import { parseYaml } from "./yaml.ts";
import { parseLocator, parsePatch, parseResolutions } from "./yarn-berry-locator.ts";
import type { ResolutionRule } from "./yarn-berry-locator.ts";
import type { BerryEntry } from "./yarn-berry-package.ts";

interface Resolving {
  readonly graph: LockGraph;
  readonly nodes: ReadonlyMap<BerryEntry, LockNode>;
  readonly rootManifest: ProjectManifest | undefined;
  readonly catalogs: Catalogs | undefined;
}

/** What a catalog says of a package; the default one has no name. */
export type Catalogs = (catalog: string, name: string) => string | undefined;

interface BerryNeed {
  readonly name: string;
  readonly range: string;
  readonly line: number;
  /** May be absent. */
  readonly optional: boolean;
}

export type BerryResolver = (entry: BerryEntry, node: LockNode, need: BerryNeed) => LockNode | undefined;

export function createBerryResolver({ graph, nodes, rootManifest, catalogs }: Resolving): BerryResolver {
  const { byDescriptor, patched } = indexEntries(graph, nodes);
  const rules = rulesByName(parseResolutions(rootManifest?.resolutions ?? []));
  const rootLocator = [...nodes].find(([, node]) => node === graph.root)?.[0].resolution ?? "";

  const lookUp = (name: string, range: string, locator: string): LockNode | undefined => {
    for (const descriptor of [`${name}@${range}`, `${name}@npm:${range}`]) {
      const bound = `${descriptor}::locator=${encoded(locator)}`;
      const builtin = patched.get(descriptor);
      const direct = byDescriptor.get(descriptor) ?? byDescriptor.get(bound);
      if (builtin !== undefined && builtin !== direct) return builtin;
      if (direct !== undefined) return direct;
    }
    return undefined;
  };
  return (entry, node, { name, range, line, optional }) => {
    for (const rule of rules.get(name) ?? []) {
      if (!appliesTo(rule, entry, range)) continue;
      const found = lookUp(name, rule.value, rootLocator);
      if (found !== undefined) return found;
    }
    let asked = range;
    if (range.startsWith("catalog:")) {
      asked = catalogs?.(range.slice("catalog:".length), name) ?? range;
    }
    const found = lookUp(name, asked, entry.resolution);
    if (found === undefined && !optional) graph.missing(node, publicReference(`${name}@${range}`).text, line);
    return found;
  };
}

/** A map of descriptors, and one from what yarn patches itself to the patched packages. Patches need their sources. */
function indexEntries(graph: LockGraph, nodes: ReadonlyMap<BerryEntry, LockNode>) {
  const byDescriptor = new Map<string, LockNode>();
  const byLocator = new Map<string, LockNode>();
  const patched = new Map<string, LockNode>();
  for (const [{ descriptors, resolution, line }, node] of nodes) {
    byLocator.set(resolution, node);
    for (const descriptor of descriptors) {
      const known = byDescriptor.get(descriptor);
      if (known !== undefined && known !== node) {
        const shown = publicReference(descriptor).text;
        graph.remark("component-malformed", shown, "two entries of the lockfile stand for it", { line });
      } else byDescriptor.set(descriptor, node);
    }
  }
  for (const [{ descriptors, locator, line }, node] of nodes) {
    const patch = parsePatch(locator.reference);
    if (patch === undefined) continue;
    const source = byLocator.get(patch.source) ?? byDescriptor.get(patch.source);
    if (source === undefined) graph.missing(node, publicReference(patch.source).text, line);
    else if (source !== node) graph.connect(node, source, "runtime");
    for (const descriptor of patch.builtin ? descriptors : []) {
      const inner = parsePatch(parseLocator(descriptor).reference);
      if (inner !== undefined) patched.set(inner.source, node);
    }
  }
  return { byDescriptor, patched };
}

function rulesByName(rules: readonly ResolutionRule[]): ReadonlyMap<string, readonly ResolutionRule[]> {
  const byName = new Map<string, ResolutionRule[]>();
  for (const rule of rules) {
    const known = byName.get(rule.name);
    if (known === undefined) byName.set(rule.name, [rule]);
    else known.push(rule);
  }
  return byName;
}

function appliesTo({ parent, reference }: ResolutionRule, { locator, members }: BerryEntry, range: string): boolean {
  if (reference !== undefined && ![range, range.replace(/^npm:/, "")].includes(reference)) return false;
  if (parent === undefined) return true;
  if (parent.name !== locator.name) return false;
  const versions = [locator.reference, locator.reference.replace(/^npm:/, ""), yamlText(members.get("version"))];
  return parent.reference === undefined || versions.includes(parent.reference);
}

/** Bytes. */
const MAX_CONFIGURATION = 1024 * 1024;

/** `catalog` and `catalogs` of .yarnrc.yml beside the lockfile; nothing else of that file, which holds tokens. */
export async function readCatalogs({ tree, path }: SourceInput): Promise<Catalogs> {
  const folder = folderOf(path);
  const file = folder === "" ? ".yarnrc.yml" : `${folder}/.yarnrc.yml`;
  let members: YamlMap | undefined;
  try {
    const text = tree.read(file, MAX_CONFIGURATION)?.toString("utf8") ?? "";
    members = yamlMap((await parseYaml(text, { source: tree.shown(file) }))[0]);
  } catch (error) {
    // What is in no catalog that can be read is missing, and reported as that.
    if (!(error instanceof UserError)) throw error;
  }
  return (catalog, name) => {
    const entries = catalog === "" ? members?.get("catalog") : yamlMap(members?.get("catalogs"))?.get(catalog);
    return yamlText(yamlMap(entries)?.get(name));
  };
}
