// What lies in the node_modules of a folder: packages, links and files, with the manifest of each. No link is followed;
// nothing is compared here.
//
// Where pnpm or npm's linked strategy installed, the packages lie in a store inside node_modules (`.pnpm`, `.store`), as
// `.pnpm/a@1.0.0/node_modules/a`, and what lies elsewhere are links into it.

import { UserError } from "../core/errors.ts";
import { isJsonObject } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { parseLargeJson } from "../core/large-json.ts";
import { byCodeUnits } from "../core/order.ts";
import { placeAbove, placeOfPath } from "./npm-place.ts";
import type { Tree, TreeEntry } from "./source.ts";

export interface DiskNode {
  /** As npm's lockfile would call it: `node_modules/a`. */
  readonly key: string;
  /** Name of its folder, with the scope. */
  readonly name: string;
  /** `loose`: a file beside the packages, which Node finds by name too. `folder`: what a link leads to. */
  readonly kind: "package" | "link" | "folder" | "loose";
  /** Where a link leads, seen from the project; absent when that is not below it. */
  readonly target?: string;
  /** Absent where there is none, or it cannot be read. */
  readonly manifest?: JsonObject;
  readonly bindingGyp?: Uint8Array;
  /** Why the manifest is absent: a clause. */
  readonly problem?: string;
}

/** Where the places of a project lie in the tree; undefined for those that it does not hold. */
export type Layout = (place: string) => string | undefined;

/** Folders in node_modules that hold packages of their own. */
const STORES = [".pnpm", ".store"];
/** Bytes of a package.json, and of a binding.gyp. */
const MAX_MANIFEST = 4 * 2 ** 20;

/**
 * All that lies in the node_modules of the project and of the folders in it, and below, in the order of their places.
 * @param folders places of workspaces and of other folders that are linked, as far as they are known
 */
export function walkModules(tree: Tree, layout: Layout, folders: readonly string[]): readonly DiskNode[] {
  const nodes: DiskNode[] = [];
  const hosts = ["", ...folders];
  const known = new Set(hosts);
  const visit = (key: string, name: string, entry: TreeEntry): void => {
    if (entry.type === "directory") {
      nodes.push(packageAt(tree, layout, { key, name, kind: "package" }));
      hosts.push(key);
    } else if (entry.type === "symlink") {
      const target = linkTarget(tree, layout, key);
      nodes.push({ key, name, kind: "link", ...(target === undefined ? {} : { target }) });
      // What is linked and lies below the project is part of what is installed.
      if (target === undefined || target === "" || /(?:^|\/)node_modules(?:\/|$)/.test(target) || known.has(target))
        return;
      known.add(target);
      hosts.push(target);
    } else {
      nodes.push({ key, name, kind: "loose" });
    }
  };
  for (let host = hosts.pop(); host !== undefined; host = hosts.pop()) {
    if (host !== "" && !isFolder(tree, layout, host)) continue;
    if (known.has(host) && host !== "")
      nodes.push(packageAt(tree, layout, { key: host, name: lastOf(host), kind: "folder" }));
    const modules = host === "" ? "node_modules" : `${host}/node_modules`;
    for (const { place, name, entry } of modulesIn(tree, layout, modules)) visit(place, name, entry);
    for (const store of STORES) hosts.push(...storeHosts(tree, layout, `${modules}/${store}`));
  }
  return nodes.toSorted((a, b) => byCodeUnits(a.key, b.key));
}

function isFolder(tree: Tree, layout: Layout, place: string): boolean {
  const path = layout(place);
  return path !== undefined && tree.entry(path)?.type === "directory";
}

function lastOf(place: string): string {
  return place.slice(place.lastIndexOf("/") + 1);
}

interface Module {
  readonly place: string;
  readonly name: string;
  readonly entry: TreeEntry;
}

/** The names in a node_modules, scopes opened. Names with a dot at the start are no packages: `.bin`, `.cache`. */
function modulesIn(tree: Tree, layout: Layout, modules: string): readonly Module[] {
  const list = (place: string): readonly TreeEntry[] => {
    const path = layout(place);
    return path === undefined ? [] : tree.list(path).filter(({ name }) => !name.startsWith(".") && isPlainName(name));
  };
  return list(modules).flatMap((entry) => {
    const { name, type } = entry;
    const place = `${modules}/${name}`;
    if (!name.startsWith("@") || type !== "directory") return [{ place, name, entry }];
    return list(place).map((inner) => ({
      place: `${place}/${inner.name}`,
      name: `${name}/${inner.name}`,
      entry: inner,
    }));
  });
}

/** A tree refuses to look at other names; a folder can hold them all the same. */
function isPlainName(name: string): boolean {
  return !/[\\/\0]/.test(name);
}

/** The places in a store that have a node_modules: `node_modules/.pnpm/a@1.0.0`. */
function storeHosts(tree: Tree, layout: Layout, store: string): readonly string[] {
  const path = layout(store);
  if (path === undefined) return [];
  return tree
    .list(path)
    .filter(({ name, type }) => type === "directory" && name !== "node_modules" && isPlainName(name))
    .map(({ name }) => `${store}/${name}`);
}

/** Where a link at a place leads; undefined when that is not below the project. */
function linkTarget(tree: Tree, layout: Layout, key: string): string | undefined {
  const path = layout(key);
  const text = path === undefined ? undefined : tree.link(path);
  if (text === undefined || /^(?:[/\\]|[A-Za-z]:)/.test(text)) return undefined;
  const target = placeOfPath(`${placeAbove(key) ?? ""}/${text}`.replace(/^\//, ""));
  return target === undefined || target.startsWith("..") ? undefined : target;
}

/** A node with its manifest, and why there is none. */
function packageAt(tree: Tree, layout: Layout, node: Pick<DiskNode, "key" | "name" | "kind">): DiskNode {
  const path = layout(node.key);
  if (path === undefined) return { ...node, problem: "its folder is not part of what is read" };
  const file = (name: string): Buffer | undefined =>
    tree.entry(`${path}/${name}`)?.type === "file" ? tree.read(`${path}/${name}`, MAX_MANIFEST) : undefined;
  try {
    const bytes = file("package.json");
    if (bytes === undefined) return { ...node, problem: "it has no package.json" };
    const { value } = parseLargeJson(bytes.toString("utf8"), { source: "package.json", code: "source-malformed" });
    if (!isJsonObject(value)) return { ...node, problem: "its package.json is no object" };
    const bindingGyp = file("binding.gyp");
    return { ...node, manifest: value, ...(bindingGyp === undefined ? {} : { bindingGyp }) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...node, problem: `its package.json cannot be read: ${error.message.replace(/^.*?: /s, "")}` };
  }
}
