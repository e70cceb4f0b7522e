// The workspaces of a project by the patterns of its package.json, for lockfiles that do not name them (yarn 1).
// Folders are only listed, through the tree, and so many of them that no tree can make it endless.

import { globMatches } from "../core/glob.ts";
import { below } from "./lock-manifest.ts";
import type { Tree } from "./source.ts";

/** Folders that are looked at. */
const MAX_FOLDERS = 20_000;
const MAX_DEPTH = 12;

export interface Workspaces {
  /** Relative to the folder of the project, sorted by pattern and name; each has a package.json. */
  readonly folders: readonly string[];
  /** Patterns that were not understood, or led to more folders than are looked at. */
  readonly unread: readonly string[];
}

/** `packages/*`, `libs/**`, `tool`, `!packages/old` below a folder of the tree. */
export function findWorkspaces(tree: Tree, folder: string, patterns: readonly string[]): Workspaces {
  const found = new Set<string>();
  const unread: string[] = [];
  let looked = 0;
  const children = (path: string): readonly string[] => {
    const at = below(folder, path);
    if (at === undefined) return [];
    const names = tree
      .list(at)
      .filter(({ name, type }) => type === "directory" && name !== "node_modules" && !name.startsWith("."));
    looked += names.length + 1;
    return names.map(({ name }) => (path === "" ? name : `${path}/${name}`));
  };
  const visit = (path: string, segments: readonly string[], depth: number): void => {
    if (looked > MAX_FOLDERS || depth > MAX_DEPTH) return;
    const [segment, ...rest] = segments;
    if (segment === undefined) {
      const manifest = below(folder, `${path}/package.json`);
      if (path !== "" && manifest !== undefined && tree.entry(manifest)?.type === "file") found.add(path);
    } else if (segment === "**") {
      visit(path, rest, depth + 1);
      for (const child of children(path)) visit(child, segments, depth + 1);
    } else if (!segment.includes("*") && !segment.includes("?")) {
      visit(path === "" ? segment : `${path}/${segment}`, rest, depth + 1);
    } else {
      for (const child of children(path)) {
        if (globMatches(segment, child.slice(child.lastIndexOf("/") + 1))) visit(child, rest, depth + 1);
      }
    }
  };
  for (const pattern of patterns.slice(0, 1000)) {
    if (pattern.startsWith("!")) continue;
    const segments = pattern.split("/").filter((part) => part !== "" && part !== ".");
    const strange =
      pattern.length > 300 || pattern.startsWith("/") || /[{}[\]()\\\0]/.test(pattern) || segments.includes("..");
    if (strange) unread.push(pattern);
    else visit("", segments, 0);
    if (looked > MAX_FOLDERS) {
      unread.push(pattern);
      break;
    }
  }
  const excluded = patterns.filter((pattern) => pattern.startsWith("!") && pattern.length <= 300).slice(0, 100);
  const kept = [...found].filter(
    (path) => !excluded.some((pattern) => globMatches(pattern.replace(/^!(?:\.\/)?/, "").replace(/\/$/, ""), path)),
  );
  return { folders: kept, unread };
}
