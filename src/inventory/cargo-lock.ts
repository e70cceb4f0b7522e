// Cargo.lock, versions 1 to 4 (cargo, core/resolver/encode.rs).
//
//   lockfile   = [ version = 3 | 4 ] { [[package]] } [ [[patch.unused]] ] [ [metadata] ]
//   package    = name, version, [ source ], [ checksum ], [ dependencies = [ need … ] ], [ replace = need ]
//   need       = name [ " " version [ " (" source ")" ] ]         as short as names one package; version 1: always whole
//   metadata   = "checksum NAME VERSION (SOURCE)" = checksum      in version 1; "<none>" where there is none
//
// A checksum is the SHA-256 of the .crate archive. Packages without a source are folders: the project's own. The
// lockfile holds the needs of all platforms and features, and does not tell those of tests from others: the manifests do
// (cargo-manifest.ts).

import { UserError } from "../core/errors.ts";
import type { Inventory } from "../core/inventory.ts";
import type { Json } from "../core/json.ts";
import { member, objectMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { cargoPurl } from "../core/purl.ts";
import { connectPackages } from "./cargo-edges.ts";
import { readCargoProject } from "./cargo-manifest.ts";
import type { CargoProject } from "./cargo-manifest.ts";
import { cargoProblem } from "./cargo-names.ts";
import { packageNode, readPackage } from "./cargo-package.ts";
import type { CargoContext, CargoPackage } from "./cargo-package.ts";
import { createLockGraph } from "./lock-graph.ts";
import { folderOf } from "./lock-manifest.ts";
import type { LockNode } from "./lock-node.ts";
import { decodeUtf8, MAX_TEXT } from "./python-text.ts";
import { parseToml } from "./toml.ts";
import type { TomlDocument } from "./toml.ts";
import type { ReadSource, SourceInput } from "./source.ts";

const MAX_PACKAGES = 200_000;

export const readCargoLock: ReadSource = async (input) => {
  const { tree, path } = input;
  const shown = tree.shown(path);
  const bytes = tree.read(path, MAX_TEXT);
  if (bytes === undefined) throw new UserError("input-missing", `${shown}: no such file`);
  const document = parseToml(decodeUtf8(bytes, shown), shown);
  const version = versionOf(document, shown);
  const project = readCargoProject(tree, folderOf(path));
  return inventoryOf(input, { document, version, project }, bytes);
};

/** The version of the format; 1 and 2 do not name themselves. */
function versionOf({ value }: TomlDocument, shown: string): number {
  const stated = member(value, "version");
  if (stated !== undefined && (typeof stated !== "number" || !Number.isSafeInteger(stated) || stated < 1)) {
    throw new UserError("source-malformed", `${shown}:1: the version of the lockfile is no number`);
  }
  const version = stated ?? (objectMember(value, "metadata") === undefined ? 2 : 1);
  if (version > 4) {
    const hint = "versions 1 to 4 are read; cargo generate-lockfile of an older cargo writes one of them";
    throw new UserError("source-unsupported", `${shown}: version ${version} of Cargo.lock is not known`, { hint });
  }
  return version;
}

interface Lockfile {
  readonly document: TomlDocument;
  readonly version: number;
  readonly project: CargoProject;
}

function inventoryOf(input: SourceInput, { document, version, project }: Lockfile, bytes: Buffer): Inventory {
  const shown = input.tree.shown(input.path);
  const { value } = document;
  const entries = listOf(member(value, "package"), shown, "package");
  const unused = listOf(member(objectMember(value, "patch") ?? {}, "unused"), shown, "patch.unused");
  if (entries.length + unused.length > MAX_PACKAGES) {
    throw new UserError("source-malformed", `${shown}:1: it lists more than ${MAX_PACKAGES} packages`);
  }
  const context: CargoContext = {
    shown,
    encoded: version >= 4,
    checksums: checksumsOf(value),
    lineOf: document.lineOf,
  };
  const packages = entries.map((entry, index) => readPackage(entry, "package", index, context));
  const ancient = objectMember(value, "root");
  if (ancient !== undefined) packages.push(readPackage(ancient, "root", 0, context));
  const own = ownPackage(packages, project);
  const graph = createLockGraph(input, rootComponent(own, project, input));
  const nodes = new Map<CargoPackage, LockNode>();
  for (const each of packages) {
    nodes.set(each, each === own ? graph.root : graph.add(packageNode(each, project, context)));
  }
  for (const each of unused.map((entry, index) => readPackage(entry, "patch.unused", index, context))) {
    const node = graph.add(packageNode(each, project, context));
    node.component.facts = { ...node.component.facts, patched: "a patch that nothing uses" };
    node.unknownEdges = true;
    node.statedScope = "optional";
    nodes.set(each, node);
  }
  connectPackages(graph, nodes, { own, project });
  for (const path of project.unreadable) {
    graph.remark("inventory-incomplete", path, "it cannot be read: what only tests need is taken for needed");
  }
  return graph.finish(bytes);
}

function listOf(value: Json | undefined, shown: string, name: string): readonly Json[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value as readonly Json[];
  throw new UserError("source-malformed", `${shown}:1: ${name} is no list of tables`);
}

/** Of version 1: by `NAME VERSION (SOURCE)`. */
function checksumsOf(value: JsonObject): ReadonlyMap<string, Json> {
  const metadata = Object.entries(objectMember(value, "metadata") ?? {});
  return new Map(
    metadata
      .filter(([key]) => key.startsWith("checksum "))
      .map(([key, checksum]): [string, Json] => [key.slice("checksum ".length), checksum])
      .filter(([, checksum]) => checksum !== "<none>"),
  );
}

/** The package of the project itself: the one that its manifest names, or the only one without a source. */
function ownPackage(packages: readonly CargoPackage[], { root }: CargoProject): CargoPackage | undefined {
  const local = packages.filter(({ source }) => source === undefined);
  if (root === undefined) return local.length === 1 ? local[0] : undefined;
  const named = local.filter(({ name }) => root.name !== undefined && name === root.name);
  return named.find(({ version }) => version === root.version) ?? named[0];
}

function rootComponent(
  own: CargoPackage | undefined,
  { root }: CargoProject,
  { path, tree }: SourceInput,
): LockNode["component"] {
  const fileName = path.slice(path.lastIndexOf("/") + 1);
  const name = own?.name ?? root?.name ?? fileName;
  const version = own?.version ?? root?.version;
  const isKnown = (own ?? root?.name) !== undefined && cargoProblem(name, version ?? "0.0.0") === undefined;
  return {
    key: "",
    kind: "application",
    name,
    ...(version === undefined ? {} : { version }),
    ...(isKnown ? { purl: cargoPurl(name, version) } : {}),
    digests: [],
    undigested: "a folder of the project",
    origin: { kind: "workspace" },
    facts: {},
    file: tree.shown(path),
    ...(own === undefined ? {} : { line: own.line }),
  };
}
