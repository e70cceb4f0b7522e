// The entry to inventory/: from a path to what it holds. A file is one source; of a folder, every lockfile and installed
// tree at its top is one, so that two of them that disagree are both seen.

import { basename, dirname, isAbsolute, join } from "node:path";
import { UserError } from "../core/errors.ts";
import type { Inventory, Remark } from "../core/inventory.ts";
import type { Skipped } from "../core/report.ts";
import { kindOf } from "../io/archive-kind.ts";
import { fileTypeOf, readStart } from "../io/files.ts";
import { realPath } from "../io/paths.ts";
import { createDiskTree } from "./disk-tree.ts";
import { examine } from "./examine.ts";
import { SOURCES } from "./sources.ts";
import type { SourceKind } from "./sources.ts";
import type { Source, Tree } from "./source.ts";

export interface InventoryRequest {
  /** As the user wrote it. */
  readonly path: string;
  readonly cwd: string;
  /** Decides what the path is, whatever it looks like. */
  readonly kind?: SourceKind;
}

/** What was found at a path: at least one inventory. */
export interface Inventories {
  readonly inventories: readonly Inventory[];
  /** What readers said, and what the inventories say together. */
  readonly remarks: readonly Remark[];
  readonly skipped: readonly Skipped[];
}

/**
 * Reads whatever is at the path.
 * @throws UserError for a path that cannot be read, is no source, or holds one that cannot be understood
 */
export async function readInventories(request: InventoryRequest): Promise<Inventories> {
  const { path, cwd, kind } = request;
  const full = isAbsolute(path) ? path : join(cwd, path);
  const type = fileTypeOf(full);
  if (type === undefined) throw new UserError("input-missing", `${path}: no such file or folder`);
  if (type !== "directory" && type !== "file")
    throw new UserError("input-not-a-file", `${path}: is a ${type}, not a file or folder`);
  const { tree, chosen, skipped } =
    type === "directory" ? chooseInFolder(realPath(full), path, kind) : chooseForFile(full, path, kind);
  const inventories: Inventory[] = [];
  for (const one of chosen) inventories.push(await readOne(one, tree, skipped));
  return {
    inventories,
    remarks: [...inventories.flatMap(({ remarks }) => remarks), ...examine(inventories)],
    skipped: [...skipped, ...inventories.flatMap((inventory) => inventory.skipped)],
  };
}

interface Chosen {
  readonly kind: SourceKind;
  /** In the tree; `""` for the whole of it. */
  readonly path: string;
  /** The name alone spoke for the kind, so the file may turn out to be none. */
  readonly guessed: boolean;
}

interface Choice {
  readonly tree: Tree;
  readonly chosen: readonly Chosen[];
  readonly skipped: Skipped[];
}

/** Reads with the reader of the kind; a file that only looked like a package is a file. */
async function readOne({ kind, path, guessed }: Chosen, tree: Tree, skipped: Skipped[]): Promise<Inventory> {
  const read = await SOURCES[kind].load();
  try {
    return await read({ tree, path });
  } catch (error) {
    if (!guessed || !(error instanceof UserError) || error.code !== "source-unknown") throw error;
    skipped.push({ path: tree.shown(path), reason: `is taken for a plain file: ${withoutPath(error.message)}` });
    return await (
      await SOURCES.file.load()
    )({ tree, path });
  }
}

function withoutPath(message: string): string {
  return message.replace(/^[^:]*: /, "");
}

const KINDS = Object.entries<Source>(SOURCES) as readonly (readonly [SourceKind, Source])[];

function chooseForFile(full: string, path: string, kind: SourceKind | undefined): Choice {
  const real = realPath(full);
  const folder = dirname(path);
  const inTree = basename(real);
  const named = inTree === basename(path) ? undefined : { path: inTree, shown: path };
  const tree = createDiskTree(dirname(real), folder === "." ? "" : folder, named);
  if (kind !== undefined) return { tree, chosen: [{ kind, path: inTree, guessed: false }], skipped: [] };
  const found = kindOfFile(real, [...new Set([basename(path), inTree])]);
  if (found.kind === "file" && Object.hasOwn(LOCKED_BY, inTree)) throw manifestAlone(path, inTree);
  const doubt = found.kind === "file" && LISTING.test(path) ? [{ path, reason: UNTOLD }] : [];
  return { tree, chosen: [{ ...found, path: inTree }], skipped: doubt };
}

/** Files of these names may be lists of components, in a form or under a name that is not known. */
const LISTING = /(?:\.(?:txt|in|lock|lockb|toml|ya?ml|json|jsonc|sum|mod|cdx|spdx)|lock(?:file)?)$/i;
const UNTOLD =
  "what is in it is not read: it is taken for a plain file; --source KIND reads a lockfile of another name";

function manifestAlone(path: string, name: string): UserError {
  const hint = `lock them first: ${LOCKED_BY[name] ?? ""}; --source file lists the file itself`;
  return new UserError("source-unknown", `${path}: does not say which versions are installed`, { hint });
}

/** How much of a file is looked at to tell its kind (bytes). */
const HEAD = 4096;
/** Kinds that are told by name alone, and read as a plain file when they are not what they are called. */
const GUESSED: readonly SourceKind[] = ["npm-package", "sdist"];

/** @param called the name that was given, and that of what a link leads to */
function kindOfFile(full: string, called: readonly string[]): Pick<Chosen, "kind" | "guessed"> {
  const byName = called
    .map((name) => KINDS.find(([, { names }]) => names?.test(name)))
    .find((found) => found !== undefined);
  if (byName !== undefined) return { kind: byName[0], guessed: GUESSED.includes(byName[0]) };
  const bytes = readStart(full, HEAD);
  const content = kindOf(bytes);
  const head = bytes.toString("utf8");
  const found = KINDS.find(
    ([, source]) => (content !== undefined && source.content?.includes(content)) || source.head?.(head),
  );
  return { kind: found?.[0] ?? "file", guessed: false };
}

/** Kinds of which only one is read, whatever else lies beside it: names in the order in which their tool prefers them. */
const PREFERRED: Partial<Record<SourceKind, readonly string[]>> = {
  "npm-lock": ["npm-shrinkwrap.json", "package-lock.json", ".package-lock.json"],
  "go-mod": ["go.mod", "go.sum"],
  "bun-lock": ["bun.lock", "bun.lockb"],
};

/** Kinds that are looked for in a folder. */
const IN_FOLDER: readonly SourceKind[] = [
  ...(["npm-lock", "node-modules", "pnpm-lock", "yarn-lock", "bun-lock"] as const),
  ...(["uv-lock", "poetry-lock", "pdm-lock", "pipfile-lock", "pylock", "requirements", "site-packages"] as const),
  ...(["cargo-lock", "go-mod"] as const),
];
/** Lists that tools write from a lockfile, or that one is made from: not read beside one. */
const EXPORTED: readonly SourceKind[] = ["pylock", "requirements"];
const PYTHON_LOCKS: readonly SourceKind[] = ["uv-lock", "poetry-lock", "pdm-lock", "pipfile-lock", "pylock"];
const OTHER_JS_LOCKS: readonly SourceKind[] = ["pnpm-lock", "yarn-lock", "bun-lock"];

function chooseInFolder(root: string, path: string, kind: SourceKind | undefined): Choice {
  const tree = createDiskTree(root, path === "." || path === "./" ? "" : path);
  const entries = tree.list("");
  const names = new Set(entries.map(({ name }) => name));
  const skipped: Skipped[] = [];
  if (kind !== undefined && SOURCES[kind] !== undefined && isFolderKind(kind)) {
    return { tree, chosen: [{ kind, path: "", guessed: false }], skipped };
  }
  const found = (kind === undefined ? IN_FOLDER : [kind]).flatMap((each) => matchesOf(each, names));
  const kinds = new Set(found.map((one) => one.kind));
  const chosen = found.filter(({ kind: each, path: name }) => {
    const instead = kind === undefined ? replacedBy(each, kinds) : undefined;
    // The reader of installed packages reads npm's lockfile with them.
    if (instead !== undefined && !(each === "npm-lock" && instead === "node-modules")) {
      skipped.push({ path: tree.shown(name === "" ? "node_modules" : name), reason: reasonFor(each, instead) });
    }
    return instead === undefined;
  });
  if (chosen.length === 0) throw nothingFound(path, names, kind);
  return { tree, chosen, skipped };
}

function isFolderKind(kind: SourceKind): boolean {
  const source: Source = SOURCES[kind];
  return source.folder !== undefined;
}

function matchesOf(kind: SourceKind, names: ReadonlySet<string>): readonly Chosen[] {
  const source: Source = SOURCES[kind];
  if (source.folder !== undefined) return source.folder(names) ? [{ kind, path: "", guessed: false }] : [];
  const matching = [...names].filter((name) => source.names?.test(name) === true);
  const preferred = PREFERRED[kind];
  const first = preferred?.find((name) => names.has(name));
  const read = first === undefined ? matching : [first];
  return read.map((path) => ({ kind, path, guessed: false }));
}

/** The kind that is read in place of this one, or undefined when it is read. */
function replacedBy(kind: SourceKind, kinds: ReadonlySet<SourceKind>): SourceKind | undefined {
  if (kind === "npm-lock") return kinds.has("node-modules") ? "node-modules" : undefined;
  if (kind === "node-modules" && !kinds.has("npm-lock")) return OTHER_JS_LOCKS.find((other) => kinds.has(other));
  if (!EXPORTED.includes(kind)) return undefined;
  return PYTHON_LOCKS.find((other) => other !== kind && kinds.has(other) && !(kind === "pylock" && other === "pylock"));
}

function reasonFor(kind: SourceKind, instead: SourceKind): string {
  return `the ${SOURCES[instead].title} beside it is read; --source ${kind} reads this one`;
}

/** Manifests, and what makes a lockfile of them. */
const LOCKED_BY: Readonly<Record<string, string>> = {
  "package.json": "npm install --package-lock-only",
  "pyproject.toml": "uv lock",
  Pipfile: "pipenv lock",
  "Cargo.toml": "cargo generate-lockfile",
};

function nothingFound(path: string, names: ReadonlySet<string>, kind: SourceKind | undefined): UserError {
  if (kind !== undefined) return new UserError("source-unknown", `${path}: holds no ${SOURCES[kind].title}`);
  const manifest = Object.keys(LOCKED_BY).find((name) => names.has(name));
  const hint =
    manifest === undefined
      ? "name a lockfile, a package, a program, or a folder that holds a lockfile or installed packages"
      : `${manifest} does not say which versions are installed; lock them first: ${LOCKED_BY[manifest] ?? ""}`;
  return new UserError("source-unknown", `${path}: holds no lockfile and no installed packages`, { hint });
}
