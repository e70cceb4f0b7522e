// Trees in memory for readers of lockfiles, what they answer in short, and damage that is done to a text.

import { UserError } from "../../src/core/errors.ts";
import type { Component, Inventory } from "../../src/core/inventory.ts";
import type { ReadSource, Tree } from "../../src/inventory/source.ts";
import { createDiskTree } from "../../src/inventory/disk-tree.ts";

/** A tree of files by their paths. */
export function treeOf(files: Readonly<Record<string, string | Buffer>>): Tree {
  const bytesOf = (path: string): Buffer | undefined => {
    const content = Object.hasOwn(files, path) ? files[path] : undefined;
    return content === undefined ? undefined : Buffer.from(content);
  };
  const namesIn = (path: string): readonly string[] => {
    const start = path === "" ? "" : `${path}/`;
    const below = Object.keys(files).filter((file) => file.startsWith(start));
    return [...new Set(below.map((file) => file.slice(start.length).split("/", 1)[0] ?? ""))].toSorted();
  };
  const entry: Tree["entry"] = (path) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const bytes = bytesOf(path);
    if (bytes !== undefined) return { name, type: "file", size: bytes.length, mode: 0o644 };
    return namesIn(path).length > 0 ? { name, type: "directory", size: 0, mode: 0o755 } : undefined;
  };
  return {
    shown: (path) => (path === "" ? "." : path),
    entry,
    list: (path) => namesIn(path).flatMap((name) => entry(path === "" ? name : `${path}/${name}`) ?? []),
    link: () => undefined,
    read(path, limit) {
      const bytes = bytesOf(path);
      if (bytes !== undefined && bytes.length > limit) throw new UserError("input-too-large", `${path}: is too large`);
      return bytes;
    },
    open: () => Promise.reject(new UserError("input-missing", "nothing is opened here")),
  };
}

/** Reads a lockfile that lies with other files in a tree in memory. */
export function readFiles(read: ReadSource, path: string, files: Readonly<Record<string, string>>): Promise<Inventory> {
  return read({ tree: treeOf(files), path });
}

/** Reads a lockfile of a folder of fixtures/sbom. */
export function readFixture(read: ReadSource, folder: string, path: string): Promise<Inventory> {
  return read({ tree: createDiskTree(`${process.cwd()}/fixtures/sbom/${folder}`, folder), path });
}

/** The component with a key; the root's is `""`. */
export function componentAt(inventory: Inventory, key: string): Component {
  const found = key === "" ? inventory.root : inventory.components.find((component) => component.key === key);
  if (found === undefined)
    throw new Error(`no component ${key}: ${inventory.components.map((each) => each.key).join(" | ")}`);
  return found;
}

/** `rule subject: message` of each remark. */
export function remarksOf({ remarks }: Inventory): readonly string[] {
  return remarks.map(({ rule, subject, message }) => `${rule} ${subject}: ${message}`);
}

/** `name@version`, without repetitions, sorted. */
export function packagesOf({ components }: Inventory): readonly string[] {
  return [
    ...new Set(components.map(({ name, version }) => (version === undefined ? name : `${name}@${version}`))),
  ].toSorted();
}

/** `from > to` by what `name` makes of components, without repetitions, sorted. */
export function edgesOf({ root, components }: Inventory, name: (component: Component) => string): readonly string[] {
  const byKey = new Map([root, ...components].map((component) => [component.key, component]));
  const edges = [...byKey.values()].flatMap((from) =>
    (from.dependsOn ?? []).map((key) => {
      const to = byKey.get(key);
      if (to === undefined) throw new Error(`${from.key} depends on ${key}, which is not there`);
      return `${name(from)} > ${name(to)}`;
    }),
  );
  return [...new Set(edges)].toSorted();
}

/** What must hold for each answer: unique keys, edges that lead somewhere, a reason where there is no digest. */
export function faultsOf({ root, components }: Inventory): readonly string[] {
  const keys = new Set(components.map(({ key }) => key));
  const has = (key: string): boolean => key === "" || keys.has(key);
  return [
    ...(keys.size === components.length && !keys.has("") ? [] : ["keys are not unique"]),
    ...(root.key === "" ? [] : ["the root has a key"]),
    ...[root, ...components].flatMap(({ key, dependsOn, digests, distributions, undigested }) => [
      ...(dependsOn ?? []).filter((to) => !has(to)).map((to) => `${key} depends on ${to}, which is not there`),
      ...(digests.length === 0 && distributions === undefined && undigested === undefined
        ? [`${key} has no reason`]
        : []),
    ]),
  ];
}

/** The answer, or the code of the UserError; every other error passes, and fails the test. */
export async function outcomeOf(made: Promise<Inventory>): Promise<Inventory | string> {
  try {
    return await made;
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
}

/** A text with a line removed, doubled, cut or swapped, or a character replaced, at many places; always the same. */
export function* damaged(text: string, count: number): Generator<string> {
  const lines = text.split("\n");
  const characters = [
    " ",
    ":",
    '"',
    "'",
    "{",
    "}",
    "[",
    "]",
    ",",
    "-",
    "#",
    "&a ",
    "*a",
    "!",
    "@",
    "\0",
    "\t",
    "0",
    "(",
    ")",
    "\\",
  ];
  for (let index = 0; index < count; index++) {
    const at = (index * 7919) % text.length;
    const line = (index * 104729) % lines.length;
    const character = characters[index % characters.length] ?? " ";
    const kind = index % 6;
    if (kind === 0) yield text.slice(0, at);
    else if (kind === 1) yield lines.toSpliced(line, 1).join("\n");
    else if (kind === 2) yield lines.toSpliced(line, 0, lines[line] ?? "").join("\n");
    else if (kind === 3) yield text.slice(0, at) + character + text.slice(at + 1);
    else if (kind === 4) yield text.slice(0, at) + character + text.slice(at);
    else yield lines.with(line, (lines[line] ?? "").replace(/(?<=:? ).*/, character)).join("\n");
  }
}
