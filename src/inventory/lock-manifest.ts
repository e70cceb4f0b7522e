// The package.json files beside a pnpm, yarn or bun lockfile: who the project is, which folders belong to it, and what
// it asks for, as far as the lockfile itself does not say. Only read through the tree, and only as text.

import { UserError } from "../core/errors.ts";
import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { parseLargeJson } from "../core/large-json.ts";
import { isNpmName, isSemver } from "../core/package-version.ts";
import { npmPurl } from "../core/purl.ts";
import type { LockGraph } from "./lock-graph.ts";
import type { LockNode } from "./lock-node.ts";
import { manifestStatements } from "./npm-manifest.ts";
import type { SourceInput, Tree } from "./source.ts";

/** What a project asks for; the last of equal names counts, as in JSON. */
export type Wants = ReadonlyMap<string, string>;

export interface ProjectManifest {
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly dependencies: Wants;
  readonly devDependencies: Wants;
  readonly optionalDependencies: Wants;
  readonly peerDependencies: Wants;
  /** yarn's overrides. */
  readonly resolutions: Wants;
  /** Patterns of folders that are workspaces. */
  readonly workspaces: readonly string[];
  readonly object: JsonObject;
}

/** Bytes; the largest that are known have some hundred thousand. */
const MAX_MANIFEST = 4 * 1024 * 1024;

/** The folder that a path of the tree lies in; `""` for the tree itself. */
export function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

/** A path below a folder of the tree; undefined where it leads outside. */
export function below(folder: string, path: string): string | undefined {
  const parts: string[] = folder === "" ? [] : folder.split("/");
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (/[\0\\]/.test(part)) return undefined;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

export interface ManifestReading {
  readonly manifest?: ProjectManifest;
  /** Why it could not be read, though it is there: a clause that names the file. */
  readonly problem?: string;
}

/** The package.json in a folder of the tree; neither member when there is none. */
export function readManifest(tree: Tree, folder: string): ManifestReading {
  const path = folder === "" ? "package.json" : `${folder}/package.json`;
  try {
    const bytes = tree.read(path, MAX_MANIFEST);
    if (bytes === undefined) return {};
    const source = tree.shown(path);
    const { value } = parseLargeJson(bytes.toString("utf8"), { source });
    return isJsonObject(value) ? { manifest: manifestOf(value) } : { problem: `${source} is no JSON object` };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { problem: error.message };
  }
}

function manifestOf(object: JsonObject): ProjectManifest {
  const workspaces = member(object, "workspaces");
  const patterns = isJsonObject(workspaces) ? member(workspaces, "packages") : workspaces;
  return {
    name: textMember(object, "name"),
    version: textMember(object, "version"),
    dependencies: wantsOf(object, "dependencies"),
    devDependencies: wantsOf(object, "devDependencies"),
    optionalDependencies: wantsOf(object, "optionalDependencies"),
    peerDependencies: wantsOf(object, "peerDependencies"),
    resolutions: wantsOf(object, "resolutions"),
    workspaces: Array.isArray(patterns) ? patterns.filter((each) => typeof each === "string") : [],
    object,
  };
}

/** A member that maps names to texts. */
export function wantsOf(object: JsonObject, name: string): Wants {
  const wants = Object.entries(objectMember(object, name) ?? {});
  return new Map(wants.filter((want): want is [string, string] => typeof want[1] === "string"));
}

/** The project that a lockfile is of: named by its manifest, or after the lockfile where there is none. */
export function rootComponent(
  { tree, path }: SourceInput,
  manifest: ProjectManifest | undefined,
): LockNode["component"] {
  const fileName = path.slice(path.lastIndexOf("/") + 1);
  return projectComponent(tree.shown(path), { key: "", kind: "application", fallback: fileName, manifest });
}

interface Project {
  readonly key: string;
  readonly kind: "application" | "library";
  /** Name where the manifest has none. */
  readonly fallback: string;
  readonly manifest: ProjectManifest | undefined;
  /** Below the folder of the lockfile. */
  readonly folder?: string;
}

/** A project or a workspace of it. */
export function projectComponent(file: string, project: Project): LockNode["component"] {
  const { key, kind, fallback, manifest, folder } = project;
  const name = manifest?.name ?? "";
  const version = manifest?.version ?? "";
  const known = isNpmName(name);
  const statements = manifest === undefined ? undefined : manifestStatements(manifest.object);
  return {
    key,
    kind,
    name: known ? name : fallback,
    digests: [],
    undigested: key === "" ? "the project itself" : "a folder of the project",
    origin: folder === undefined ? { kind: "workspace" } : { kind: "workspace", path: folder },
    facts: manifest !== undefined && member(manifest.object, "private") === true ? { private: true } : {},
    file,
    ...(isSemver(version) ? { version } : {}),
    ...(known ? { purl: npmPurl(name, isSemver(version) ? version : undefined) } : {}),
    ...(statements === undefined ? {} : { statements }),
    ...(folder === undefined ? {} : { location: folder }),
  };
}

/** Says that a manifest is there and cannot be read: what it asks for is then not known. */
export function remarkManifest(graph: LockGraph, tree: Tree, folder: string, problem: string | undefined): void {
  if (problem === undefined) return;
  const path = folder === "" ? "package.json" : `${folder}/package.json`;
  graph.remark(
    "inventory-incomplete",
    tree.shown(path),
    `cannot be read, so what it asks for is not known: ${problem}`,
  );
}
