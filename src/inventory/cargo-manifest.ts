// The Cargo.toml files of a project, beside Cargo.lock and in the folders of its workspace: who the root is, and which
// crates only its tests ask for, which the lockfile does not say. Read through the tree, as text, and within bounds.
//
// A member is found by `[workspace] members`, or as a path dependency of one that was found. A manifest that is missing
// or cannot be read leaves all needs of its package as those of the program.

import { UserError } from "../core/errors.ts";
import { globMatches } from "../core/glob.ts";
import type { Json } from "../core/json.ts";
import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { below } from "./lock-manifest.ts";
import { decodeUtf8 } from "./python-text.ts";
import { parseToml } from "./toml.ts";
import type { Tree } from "./source.ts";

export interface CargoManifest {
  /** Relative to the lockfile's folder; absent for that itself, and for one outside of it. */
  readonly folder?: string;
  readonly name?: string;
  readonly version?: string;
  /** The manifest beside the lockfile names it in `[workspace] members`: cargo builds it by itself. */
  readonly member?: true;
  /** Names of crates that only `[dev-dependencies]` ask for. */
  readonly developmentOnly: ReadonlySet<string>;
}

export interface CargoProject {
  /** The manifest beside the lockfile. */
  readonly root?: CargoManifest;
  /** By package name; undefined where two manifests have the same name. */
  readonly packages: ReadonlyMap<string, CargoManifest | undefined>;
  /** Shown paths of manifests that are there and cannot be read. */
  readonly unreadable: readonly string[];
}

const MAX_BYTES = 1 << 20;
const MAX_MANIFESTS = 2000;
/** Patterns of members in one manifest that are followed. */
const MAX_PATTERNS = 1000;
/** Folders that a pattern of members may be compared with. */
const MAX_FOLDERS = 20_000;

interface Parsed {
  readonly manifest: CargoManifest;
  readonly value: JsonObject;
}

/** The manifests of the project whose lockfile lies in a folder of the tree. */
export function readCargoProject(tree: Tree, folder: string): CargoProject {
  const unreadable: string[] = [];
  const shared = new Map<string, JsonObject>();
  const seen = new Set<string>();
  const open = [folder];
  const packages = new Map<string, CargoManifest | undefined>();
  let root: CargoManifest | undefined;
  let members: ReadonlySet<string> = new Set();
  // Grows while it is walked.
  for (const next of open) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (seen.size > MAX_MANIFESTS) break;
    const parsed = readManifest(tree, next, shared, unreadable);
    if (parsed === undefined) continue;
    const { value } = parsed;
    const within = folder === "" ? next : next.startsWith(`${folder}/`) ? next.slice(folder.length + 1) : "";
    const manifest = {
      ...parsed.manifest,
      ...(within === "" ? {} : { folder: within }),
      ...(members.has(next) ? { member: true as const } : {}),
    };
    const stated = membersOf(tree, next, value);
    if (next === folder) [root, members] = [manifest, new Set(stated)];
    if (manifest.name !== undefined) {
      packages.set(manifest.name, packages.has(manifest.name) ? undefined : manifest);
    }
    for (const found of [...stated, ...pathsOf(next, value)]) if (!seen.has(found)) open.push(found);
  }
  return { ...(root === undefined ? {} : { root }), packages, unreadable };
}

/** @param shared `[workspace.dependencies]` by name, which the first manifest fills */
function readManifest(
  tree: Tree,
  folder: string,
  shared: Map<string, JsonObject>,
  unreadable: string[],
): Parsed | undefined {
  const path = folder === "" ? "Cargo.toml" : `${folder}/Cargo.toml`;
  let value: JsonObject;
  try {
    const bytes = tree.read(path, MAX_BYTES);
    if (bytes === undefined) return undefined;
    ({ value } = parseToml(decodeUtf8(bytes, tree.shown(path)), tree.shown(path)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    unreadable.push(tree.shown(path));
    return undefined;
  }
  const workspace = objectMember(value, "workspace");
  for (const [name, entry] of Object.entries(objectMember(workspace ?? {}, "dependencies") ?? {})) {
    if (isJsonObject(entry) && !shared.has(name)) shared.set(name, entry);
  }
  const about = objectMember(value, "package") ?? objectMember(value, "project") ?? {};
  const [name, version] = [textMember(about, "name"), textMember(about, "version")];
  const manifest: CargoManifest = {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    developmentOnly: developmentOnly(value, shared),
  };
  return { manifest, value };
}

/** The tables of dependencies of a manifest, those for some platforms only too. */
function tablesOf(value: JsonObject, names: readonly string[]): readonly JsonObject[] {
  const platforms = Object.values(objectMember(value, "target") ?? {}).filter((each) => isJsonObject(each));
  return [value, ...platforms].flatMap((place) => names.map((name) => objectMember(place, name) ?? {}));
}

const NEEDED = ["dependencies", "build-dependencies", "build_dependencies"];
const DEVELOPMENT = ["dev-dependencies", "dev_dependencies"];

function developmentOnly(value: JsonObject, shared: ReadonlyMap<string, JsonObject>): ReadonlySet<string> {
  const namesIn = (tables: readonly JsonObject[]): readonly string[] =>
    tables.flatMap((table) => Object.entries(table).map(([name, entry]) => packageName(name, entry, shared)));
  const needed = new Set(namesIn(tablesOf(value, NEEDED)));
  return new Set(namesIn(tablesOf(value, DEVELOPMENT)).filter((name) => !needed.has(name)));
}

/** The crate that a dependency is: `other = { package = "name" }` gives it another name in the project. */
function packageName(name: string, entry: Json, shared: ReadonlyMap<string, JsonObject>): string {
  if (!isJsonObject(entry)) return name;
  const inherited = member(entry, "workspace") === true ? shared.get(name) : undefined;
  return textMember(entry, "package") ?? textMember(inherited ?? {}, "package") ?? name;
}

/** Folders that a workspace names as its members. */
function membersOf(tree: Tree, folder: string, value: JsonObject): readonly string[] {
  const stated = member(objectMember(value, "workspace") ?? {}, "members");
  const members = Array.isArray(stated) ? stated.slice(0, MAX_PATTERNS).filter((each) => typeof each === "string") : [];
  return members.flatMap((pattern) => expandMembers(tree, folder, pattern));
}

/** Folders of path dependencies. */
function pathsOf(folder: string, value: JsonObject): readonly string[] {
  const workspace = objectMember(value, "workspace") ?? {};
  const dependencies = [
    ...tablesOf(value, [...NEEDED, ...DEVELOPMENT]),
    ...tablesOf(workspace, ["dependencies"]),
    ...Object.values(objectMember(value, "patch") ?? {}).filter((each) => isJsonObject(each)),
  ];
  const paths = dependencies.flatMap((table) =>
    Object.values(table).flatMap((entry) => (isJsonObject(entry) ? (textMember(entry, "path") ?? []) : [])),
  );
  return paths.flatMap((path) => below(folder, path) ?? []);
}

/** The folders that a pattern names; `*` and `?` stand for anything in one part of a path. */
function expandMembers(tree: Tree, folder: string, pattern: string): readonly string[] {
  const plain = /[*?]/.test(pattern) ? undefined : below(folder, pattern);
  if (plain !== undefined) return [plain];
  if (pattern.length > 300 || /\*\*|\[|\\|(?:^|\/)\.\.(?:\/|$)|^\//.test(pattern)) return [];
  let found: readonly string[] = [folder];
  for (const part of pattern.split("/").filter((each) => each !== "" && each !== ".")) {
    const join = (base: string, name: string): string => (base === "" ? name : `${base}/${name}`);
    found = found
      .flatMap((base) =>
        /[*?]/.test(part)
          ? tree
              .list(base)
              .filter(({ name, type }) => type === "directory" && globMatches(part, name))
              .map(({ name }) => join(base, name))
          : [join(base, part)],
      )
      .slice(0, MAX_FOLDERS);
  }
  return found;
}
