// bun.lock, lockfileVersion 0 to 3 (bun 1.1.39 and later). A node is a place: a key of `packages`. The binary bun.lockb
// is not read. Source: oven-sh/bun, src/install/lockfile/bun.lock.rs; bun.sh/docs/pm/lockfile.

import { UserError } from "../core/errors.ts";
import type { Scope } from "../core/inventory.ts";
import { objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { parseLargeJson } from "../core/large-json.ts";
import type { LargeJson } from "../core/large-json.ts";
import { publicPath } from "../core/public-url.ts";
import { createBunChanges } from "./bun-changes.ts";
import { checkLock } from "./bun-document.ts";
import type { BunLock } from "./bun-document.ts";
import { blankJsonc } from "./bun-jsonc.ts";
import { addBunPackage, readRow } from "./bun-package.ts";
import type { BunRow } from "./bun-package.ts";
import { findFrom, namesOf, parentOf } from "./bun-place.ts";
import { createLockGraph } from "./lock-graph.ts";
import type { LockGraph } from "./lock-graph.ts";
import { readLockText } from "./lock-file.ts";
import {
  below,
  folderOf,
  projectComponent,
  readManifest,
  remarkManifest,
  rootComponent,
  wantsOf,
} from "./lock-manifest.ts";
import type { ProjectManifest } from "./lock-manifest.ts";
import { createLockNeeds } from "./lock-needs.ts";
import type { LockNeeds } from "./lock-needs.ts";
import type { LockNode } from "./lock-node.ts";
import { publicReference } from "./lock-origin.ts";
import type { ReadSource, SourceInput } from "./source.ts";

export const readBunLock: ReadSource = async (input) => {
  const source = input.tree.shown(input.path);
  const start = input.path.endsWith(".lockb") ? undefined : readLockText(input);
  if (start === undefined || start.text.startsWith("#!/usr/bin/env bun\nbun-lockfile-format")) {
    throw new UserError("source-unsupported", `${source}: is a binary lockfile of bun`, {
      hint: "make the text lockfile: bun install --save-text-lockfile --frozen-lockfile --lockfile-only",
    });
  }
  const { bytes, text } = start;
  const json = parseLargeJson(blankJsonc(text), { source, code: "source-malformed" });
  const lock = checkLock(json, source);
  const folder = folderOf(input.path);
  const { manifest, problem } = readManifest(input.tree, folder);
  const root = rootComponent(input, manifest);
  const stated = textMember(lock.root, "name");
  if (manifest?.name === undefined && stated !== undefined) root.name = publicReference(stated).text;
  const graph = createLockGraph(input, root);
  remarkManifest(graph, input.tree, folder, problem);
  readAll({ input, graph, json, lock, needs: createLockNeeds(graph.secret), manifest });
  return graph.finish(bytes);
};

interface BunReading {
  readonly input: SourceInput;
  readonly graph: LockGraph;
  readonly json: LargeJson;
  readonly lock: BunLock;
  readonly needs: LockNeeds;
  readonly manifest: ProjectManifest | undefined;
}

function readAll(reading: BunReading): void {
  const { graph, lock, needs } = reading;
  const { rows, nodes, members } = addRows(reading);
  connectProject(reading, { node: graph.root, workspace: lock.root, names: [], nodes });
  for (const [path, node] of members) {
    const workspace = objectMember(lock.workspaces, path) ?? {};
    connectProject(reading, { node, workspace, names: namesOf(textMember(workspace, "name") ?? "") ?? [], nodes });
  }
  for (const row of rows) {
    const node = nodes.get(row.key);
    const names = namesOf(row.key);
    if (node === undefined || names === undefined) continue;
    needs.note(node, names.at(-1) ?? row.name);
    if (row.resolution !== "workspace" && row.resolution !== "root") {
      connect(reading, { node, from: row.info, names, nodes, groups: PACKAGE_GROUPS });
    } else if (row.resolution === "workspace" && Object.keys(row.info).length > 0) {
      connect(reading, { node, from: row.info, names, nodes, groups: PROJECT_GROUPS });
    }
  }
  compareManifest(reading);
  needs.write();
}

interface Added {
  readonly rows: readonly BunRow[];
  /** By keys as in the lockfile. */
  readonly nodes: ReadonlyMap<string, LockNode>;
  /** Workspaces by folder. */
  readonly members: ReadonlyMap<string, LockNode>;
}

function addRows(reading: BunReading): Added {
  const { input, graph, json, lock } = reading;
  const file = input.tree.shown(input.path);
  const nodes = new Map<string, LockNode>();
  const members = new Map<string, LockNode>();
  const rows: BunRow[] = [];
  const { changesOf, trusted } = createBunChanges(lock.whole, () => graph.secret(graph.root));
  const has = (place: string): boolean => Object.hasOwn(lock.packages, place);
  for (const path of Object.keys(lock.workspaces)) {
    if (path !== "") members.set(path, addWorkspace(reading, path));
  }
  for (const [key, value] of Object.entries(lock.packages)) {
    const line = json.lineOf(["packages", key]);
    const row = readRow(key, value, line);
    const names = namesOf(key);
    if (row === undefined || names === undefined) {
      const shown = publicReference(key.slice(0, 200)).text;
      const what = row === undefined ? "its row says neither name nor version" : "its place is none that bun makes";
      graph.remark("component-malformed", shown, what, { line });
    }
    const entry = row ?? { ...EMPTY_ROW, key, name: names?.at(-1) ?? key, line };
    rows.push(entry);
    if (entry.resolution === "root") nodes.set(key, graph.root);
    else if (entry.resolution === "workspace") {
      const path = entry.reference.slice("workspace:".length);
      const workspace = members.get(path) ?? addWorkspace(reading, path, entry);
      members.set(path, workspace);
      nodes.set(key, workspace);
    } else {
      const parent = names === undefined ? undefined : parentOf(names, has);
      nodes.set(
        key,
        addBunPackage(graph, entry, { file, parent, changesOf, trusted: trusted.has(names?.at(-1) ?? "") }),
      );
    }
  }
  return { rows, nodes, members };
}

const EMPTY_ROW: Omit<BunRow, "key" | "name" | "line"> = {
  reference: "",
  resolution: "npm",
  info: {},
  registry: "",
  integrity: undefined,
};

function addWorkspace({ input, graph, json, lock }: BunReading, path: string, row?: BunRow): LockNode {
  const inTree = below(folderOf(input.path), path);
  const { manifest, problem } = inTree === undefined ? {} : readManifest(input.tree, inTree);
  remarkManifest(graph, input.tree, inTree ?? "", problem);
  const stated = objectMember(lock.workspaces, path) ?? {};
  const line = row?.line ?? json.lineOf(["workspaces", path]);
  const name = textMember(stated, "name") ?? row?.name ?? path;
  const shown = publicPath(path);
  const made = projectComponent(input.tree.shown(input.path), {
    key: `workspace:${shown ?? "…"}`,
    kind: "library",
    fallback: publicReference(name).text,
    manifest,
  });
  const node = graph.add({
    ...made,
    origin: shown === undefined ? { kind: "workspace" } : { kind: "workspace", path: shown },
    ...(shown === undefined ? {} : { location: shown }),
    line,
  });
  graph.connect(graph.root, node, "runtime");
  if (row !== undefined && !Object.hasOwn(lock.workspaces, path)) {
    graph.remark("inventory-incomplete", node.component.name, "the lockfile does not say what this workspace needs", {
      line,
      node,
    });
  }
  return node;
}

type Groups = readonly (readonly [group: string, scope: Scope])[];

const PACKAGE_GROUPS: Groups = [
  ["dependencies", "runtime"],
  ["optionalDependencies", "optional"],
  ["peerDependencies", "peer"],
];
const PROJECT_GROUPS: Groups = [...PACKAGE_GROUPS, ["devDependencies", "development"]];

interface Connecting {
  readonly node: LockNode;
  /** Has the groups. */
  readonly from: JsonObject;
  /** The place that is looked from. */
  readonly names: readonly string[];
  readonly nodes: ReadonlyMap<string, LockNode>;
  readonly groups: Groups;
  /** Ranges are what a project asks for. */
  readonly isProject?: boolean;
}

function connect({ graph, needs }: BunReading, { node, from, names, nodes, groups, isProject }: Connecting): void {
  for (const [group, scope] of groups) {
    for (const [name, range] of wantsOf(from, group)) {
      const target = findFrom(names, name, (place) => nodes.get(place));
      if (target === undefined) {
        // Peers may be absent, and so may what is optional.
        if (scope === "runtime" || scope === "development")
          graph.missing(node, publicReference(`${name}@${range}`).text);
        continue;
      }
      if (target !== node) graph.connect(node, target, scope);
      if (isProject === true) needs.note(target, name, range);
    }
  }
}

interface Project extends Pick<Connecting, "node" | "names" | "nodes"> {
  readonly workspace: JsonObject;
}

function connectProject(reading: BunReading, { node, workspace, names, nodes }: Project): void {
  connect(reading, { node, from: workspace, names, nodes, groups: PROJECT_GROUPS, isProject: true });
}

/** What the manifest asks for and the lockfile does not: bun would lock again. */
function compareManifest({ graph, lock, manifest }: BunReading): void {
  if (manifest === undefined) return;
  const locked = new Set(PROJECT_GROUPS.flatMap(([group]) => [...wantsOf(lock.root, group).keys()]));
  for (const [name, range] of [...manifest.dependencies, ...manifest.devDependencies]) {
    if (!locked.has(name)) graph.missing(graph.root, publicReference(`${name}@${range}`).text, 1);
  }
}
