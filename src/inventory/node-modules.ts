// Installed npm packages: what lies in node_modules, compared with the lockfile that it was installed from. What runs is
// what lies there, so that the facts are those of the disk; the digests are those of the lockfile, which nobody can
// compute again from unpacked files.

import { UserError } from "../core/errors.ts";
import type { Component, Remark } from "../core/inventory.ts";
import { describeWithoutLock } from "./node-modules-alone.ts";
import { compareInstalled } from "./node-modules-compare.ts";
import { walkModules } from "./npm-disk.ts";
import type { DiskNode, Layout } from "./npm-disk.ts";
import { examineFiles } from "./npm-disk-files.ts";
import { readLockfile } from "./npm-lock.ts";
import type { NpmLockReading } from "./npm-lock.ts";
import { boundRemarks } from "./component-key.ts";
import { readManifest } from "./npm-lock-root.ts";
import { diskCommands } from "./npm-installed.ts";
import type { ReadSource, SourceInput, Tree } from "./source.ts";

export const readNodeModules: ReadSource = async (input) => {
  const { tree } = input;
  const { layout, shown } = layoutOf(input);
  const lock = await lockOf(tree, layout, ["npm-shrinkwrap.json", "package-lock.json"]);
  const record = await recordOf(tree, layout, lock !== undefined);
  const { hidden } = record;
  const decisive = lock ?? hidden;
  const locked = decisive?.inventory;
  const folders = (locked?.components ?? []).map(({ key }) => key).filter(isFolderPlace);
  const nodes = walkModules(tree, layout, folders);
  const project = layout("");
  const root = project === undefined ? undefined : readManifest(tree, project);
  const described =
    decisive === undefined
      ? describeWithoutLock(nodes, root, shown)
      : compareInstalled(nodes, { ...decisive, hidden: lock === undefined ? undefined : hidden?.inventory, shown });
  const files = await examineAll(tree, layout, nodes);
  const components = described.components.map((component) => withFiles(component, files.facts.get(component.key)));
  const remarks = boundRemarks([...described.remarks, ...record.remarks, ...files.remarks], shown);
  const incomplete = remarks.some(({ rule }) => rule === "inventory-incomplete");
  return {
    path: shown,
    root: described.root,
    components,
    completeness: incomplete ? "incomplete" : described.completeness,
    remarks,
    skipped: locked?.skipped ?? [],
  };
};

/** A place of a lockfile that is a folder of the project and no package of a node_modules. */
function isFolderPlace(place: string): boolean {
  return !/^(?:\/\/|\.\.)|(?:^|\/)node_modules(?:\/|$)/.test(place);
}

/**
 * The tree is the project, or its node_modules.
 * @throws UserError `source-unknown`, and `source-unsupported` when node_modules is a link
 */
function layoutOf({ tree, path }: SourceInput): { readonly layout: Layout; readonly shown: string } {
  const below = path === "" ? "" : `${path}/`;
  const type = tree.entry(`${below}node_modules`)?.type;
  if (type === "symlink") {
    const hint = "name the folder that it leads to";
    throw new UserError("source-unsupported", `${tree.shown(`${below}node_modules`)}: is a link, and is not followed`, {
      hint,
    });
  }
  if (type === "directory") {
    const layout: Layout = (place) => (place.startsWith("..") ? undefined : place === "" ? path : `${below}${place}`);
    return { layout, shown: tree.shown(`${below}node_modules`) };
  }
  const names = new Set(tree.list(path).map(({ name }) => name));
  if (names.size === 0) throw new UserError("source-unknown", `${tree.shown(path)}: holds no installed packages`);
  const layout: Layout = (place) => {
    if (place === "node_modules") return path;
    return place.startsWith("node_modules/") ? `${below}${place.slice("node_modules/".length)}` : undefined;
  };
  return { layout, shown: tree.shown(path) };
}

/** The first of the lockfiles that is there. */
async function lockOf(tree: Tree, layout: Layout, places: readonly string[]): Promise<NpmLockReading | undefined> {
  const paths = places.flatMap((place) => layout(place) ?? []);
  const path = paths.find((each) => tree.entry(each)?.type === "file");
  return path === undefined ? undefined : await readLockfile({ tree, path });
}

/** What npm wrote into node_modules when it installed. It decides only where no other lockfile does. */
async function recordOf(
  tree: Tree,
  layout: Layout,
  hasLock: boolean,
): Promise<{ readonly hidden: NpmLockReading | undefined; readonly remarks: readonly Remark[] }> {
  try {
    return { hidden: await lockOf(tree, layout, ["node_modules/.package-lock.json"]), remarks: [] };
  } catch (error) {
    if (!hasLock || !(error instanceof UserError)) throw error;
    const message = "npm's own record of what it installed cannot be read";
    return {
      hidden: undefined,
      remarks: [{ rule: "inventory-incomplete", subject: error.message.replace(/: .*$/s, ""), message }],
    };
  }
}

interface ExaminedFiles {
  readonly facts: ReadonlyMap<string, Component["facts"]>;
  readonly remarks: readonly Remark[];
}

async function examineAll(tree: Tree, layout: Layout, nodes: readonly DiskNode[]): Promise<ExaminedFiles> {
  const facts = new Map<string, Component["facts"]>();
  const remarks: Remark[] = [];
  for (const node of nodes) {
    const path = layout(node.key);
    // A folder of the project is the project's own work, of which the packages are a part.
    if (node.kind !== "package" || path === undefined) continue;
    const { facts: own, gaps } = await examineFiles(tree, path, diskCommands(node));
    facts.set(node.key, own);
    for (const gap of gaps) {
      remarks.push({
        rule: "inventory-incomplete",
        subject: node.name,
        message: gap,
        file: tree.shown(path),
        path: [node.key],
      });
    }
  }
  return { facts, remarks };
}

function withFiles(component: Component, own: Component["facts"] | undefined): Component {
  if (own === undefined || Object.keys(own).length === 0) return component;
  return { ...component, facts: { ...component.facts, ...own } };
}
