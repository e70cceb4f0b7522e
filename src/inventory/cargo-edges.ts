// Which package of Cargo.lock needs which: the short names of the lockfile resolved, what only tests need told apart, and
// all that is the project's own hung below the root.

import type { CargoProject } from "./cargo-manifest.ts";
import type { CargoPackage } from "./cargo-package.ts";
import type { LockGraph } from "./lock-graph.ts";
import { nodeName } from "./lock-node.ts";
import type { LockNode } from "./lock-node.ts";

interface Own {
  readonly own: CargoPackage | undefined;
  readonly project: CargoProject;
}

/** Adds the edges of all packages, and remarks on what is wrong with packages or asked for and not there. */
export function connectPackages(
  graph: LockGraph,
  nodes: ReadonlyMap<CargoPackage, LockNode>,
  { own, project }: Own,
): void {
  const find = createLookup(nodes);
  const needed = new Set<LockNode>();
  for (const [entry, node] of nodes) {
    if (node.unknownEdges) continue;
    const manifest = entry.source === undefined ? project.packages.get(entry.name) : undefined;
    for (const need of entry.replacedBy === undefined ? entry.needs : [entry.replacedBy]) {
      const target = find(need);
      if (target === undefined) {
        graph.missing(node, publicNeed(need), entry.line);
        continue;
      }
      if (target !== node) needed.add(target);
      const isForTests = manifest?.developmentOnly.has(nameOf(need)) === true;
      graph.connect(node, target, isForTests ? "development" : "runtime");
    }
  }
  for (const [entry, node] of nodes) remarkPackage(graph, entry, node);
  remarkRepeated(graph, nodes);
  connectOwn(graph, nodes, needed, { own, project });
}

/** A need without its source, which may hold a secret. */
function publicNeed(need: string): string {
  const [name = "", version] = need.slice(0, 500).split(" ");
  return version === undefined ? name : `${name} ${version}`;
}

function nameOf(need: string): string {
  return need.split(" ", 1)[0] ?? need;
}

function createLookup(nodes: ReadonlyMap<CargoPackage, LockNode>): (need: string) => LockNode | undefined {
  const found = new Map<string, LockNode>();
  const several = new Set<string>();
  const add = (key: string, node: LockNode): void => {
    const known = found.get(key);
    if (known === undefined) found.set(key, node);
    else if (known !== node) several.add(key);
  };
  for (const [{ name, version = "", sourceText }, node] of nodes) {
    // What is not used cannot be meant.
    if (node.unknownEdges) continue;
    add(name, node);
    add(`${name} ${version}`, node);
    if (sourceText === undefined) {
      // Of several, the one without a source is meant when none is written.
      add(`${name} ${version} ()`, node);
    } else {
      add(`${name} ${version} (${sourceText})`, node);
      const hash = sourceText.indexOf("#");
      if (hash !== -1) add(`${name} ${version} (${sourceText.slice(0, hash)})`, node);
    }
  }
  return (need) => {
    if (!several.has(need)) return found.get(need);
    // Equal packages: either is as good as the other, and a remark says that there are two.
    return found.get(`${need} ()`) ?? (need.endsWith(")") ? found.get(need) : undefined);
  };
}

function remarkPackage(graph: LockGraph, entry: CargoPackage, node: LockNode): void {
  const { problems, badChecksum, source, line } = entry;
  const subject = nodeName(node);
  for (const problem of problems) graph.remark("component-malformed", subject, problem, { line });
  if (badChecksum !== undefined) {
    const message = `its checksum is no SHA-256 in hex: ${badChecksum}`;
    graph.remark("integrity-malformed", subject, message, { line });
  }
  if (source?.redacted === true) graph.secret(node);
}

function remarkRepeated(graph: LockGraph, nodes: ReadonlyMap<CargoPackage, LockNode>): void {
  const seen = new Set<string>();
  for (const [{ name, version = "", sourceText, line }, node] of nodes) {
    const whole = `${name} ${version} (${sourceText ?? ""})`;
    if (seen.has(whole)) graph.remark("component-malformed", nodeName(node), "it is listed twice", { line });
    seen.add(whole);
  }
}

/** Hangs the project's own packages below the root: members, those that nothing needs, then what is still not reached. */
function connectOwn(
  graph: LockGraph,
  nodes: ReadonlyMap<CargoPackage, LockNode>,
  needed: ReadonlySet<LockNode>,
  { own, project }: Own,
): void {
  const local = [...nodes].filter(([{ source }, node]) => source === undefined && !node.unknownEdges);
  if (own === undefined && project.root?.name !== undefined) {
    const message = "the package of Cargo.toml is not in the lockfile";
    graph.remark("inventory-incomplete", project.root.name, message);
  }
  if (own === undefined && project.root === undefined) graph.setUnknown();
  if (local.length === 0 && own === undefined) graph.root.unknownEdges = true;
  const reached = new Set<LockNode>([graph.root]);
  const reach = (from: LockNode): void => {
    const open = [from];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const target of node.edges.keys()) {
        if (reached.has(target)) continue;
        reached.add(target);
        open.push(target);
      }
    }
  };
  for (const [{ name }, node] of local) {
    if (node !== graph.root && project.packages.get(name)?.member === true) {
      graph.connect(graph.root, node, "runtime");
    }
  }
  reach(graph.root);
  for (const isTop of [true, false]) {
    for (const [, node] of local) {
      if (reached.has(node) || (isTop && needed.has(node))) continue;
      graph.connect(graph.root, node, "runtime");
      reached.add(node);
      reach(node);
    }
  }
}
