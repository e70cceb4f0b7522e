// pip's requirements files: what is to be installed, line by line. They hold no graph, so `dependsOn` is absent, and the
// inventory is never `complete`: even where every line has a hash (then pip installs nothing that is not listed, and the
// components are all there are), nobody knows who needs whom. A line that names no single version is a component without
// one, and without a digest.

import type { Inventory } from "../core/inventory.ts";
import { publicUrl } from "../core/public-url.ts";
import { UserError } from "../core/errors.ts";
import type { Hashes } from "./python-hashes.ts";
import { readHashes } from "./python-hashes.ts";
import { assemble, rootEntry } from "./python-inventory.ts";
import { createLedger } from "./python-ledger.ts";
import type { Entry, Ledger, LockedFile } from "./python-ledger.ts";
import { normalName } from "./python-names.ts";
import { registryPlace } from "./python-place.ts";
import type { Place } from "./python-place.ts";
import { readProject, tryProject } from "./python-project.ts";
import { MAX_TEXT, beside, readBytes } from "./python-text.ts";
import { askedBy } from "./requirements-entry.ts";
import type { Asked } from "./requirements-entry.ts";
import { pathBelow, readRequirementsFiles } from "./requirements-files.ts";
import type { AskingLine, GlobalOption } from "./requirements-files.ts";
import { decodeRequirements } from "./requirements-lines.ts";
import type { ReadSource, SourceInput, Tree } from "./source.ts";

export const readRequirements: ReadSource = async (input) => {
  const { bytes, ...file } = readBytes(input, MAX_TEXT);
  const text = decodeRequirements(bytes, file.shown);
  const ledger = createLedger(file.shown);
  const { lines, options } = readRequirementsFiles(input.tree, input.path, text, ledger);
  const index = indexOf(options, ledger);
  const asked = lines.map((line) => ({
    line,
    asked: nameFolder(askedBy(line.text, line.isEditable), line, input.tree),
  }));
  const limits = limitsOf(asked.filter(({ line }) => line.isConstraint));
  const wanted = asked.filter(({ line }) => !line.isConstraint);
  // The folder of the file itself is the project.
  const own = wanted.find(({ asked: { folder }, line }) => folder !== undefined && isOwnFolder(folder, line, input));
  const listed = wanted.filter((row) => row !== own);
  const entries = listed.map((row) => addLine(row, limits, index, ledger));
  sayUnpinned(entries, ledger);
  return finish(input, { ...file, text }, ledger, entries, own?.asked);
};

interface Row {
  readonly line: AskingLine;
  readonly asked: Asked;
}

/** Where packages are taken from that are asked for by name: one index, or any of several, which nobody can tell. */
function indexOf(options: readonly GlobalOption[], ledger: Ledger): Place {
  const named = options.filter(({ name }) => name === "index-url" || name === "pypi-url");
  const others = options.filter(({ name }) => name === "extra-index-url" || name === "find-links");
  for (const { value, file, line } of [...named, ...others]) {
    if (/\$\{[A-Z0-9_]+\}/.test(value) || publicUrl(value)?.redacted !== true) continue;
    const message = "a user name, password or token stands in the address of an index";
    ledger.remark("secret-removed", file, message, { file, line });
  }
  const [last] = others.length === 0 ? named.slice(-1) : [];
  return { ...registryPlace(last?.value), redacted: false };
}

/** The name in the manifest of a folder, where that lies in the tree. */
function nameFolder(asked: Asked, line: AskingLine, tree: Tree): Asked {
  if (asked.folder === undefined) return asked;
  const folder = pathBelow(beside(line.path, ""), asked.folder);
  if (folder === undefined) return asked;
  try {
    const project = readProject({ tree, path: folder === "" ? "" : `${folder}/` });
    if (project?.name === undefined) return asked;
    return { ...asked, name: project.name, ...(project.version === undefined ? {} : { version: project.version }) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...asked, trouble: "its manifest cannot be read" };
  }
}

function isOwnFolder(folder: string, line: AskingLine, { path }: SourceInput): boolean {
  const below = pathBelow(beside(line.path, ""), folder);
  return below !== undefined && `${below}/` === (path.includes("/") ? beside(path, "") : "/");
}

interface Limit {
  readonly version: string;
  readonly hashes: Hashes;
}

/** Versions to which constraints pin a name. */
function limitsOf(rows: readonly Row[]): ReadonlyMap<string, Limit> {
  const limits = new Map<string, Limit>();
  for (const { asked, line } of rows) {
    if (asked.name === undefined || asked.version === undefined || asked.isOneArchive) continue;
    limits.set(normalName(asked.name), { version: asked.version, hashes: hashesOf(line) });
  }
  return limits;
}

function hashesOf({ options }: AskingLine): Hashes {
  return readHashes(options.filter(({ name }) => name === "hash").map(({ value }) => value));
}

function addLine({ line, asked }: Row, limits: ReadonlyMap<string, Limit>, index: Place, ledger: Ledger): Entry {
  const limit = asked.isOneArchive ? undefined : limits.get(normalName(asked.name ?? ""));
  const version = asked.version ?? limit?.version;
  const stated = hashesOf(line);
  const hashes = stated.digests.length + stated.malformed.length > 0 ? stated : (limit?.hashes ?? stated);
  const place = asked.isOneArchive ? asked.place : index;
  const variable = /\$\{([A-Z0-9_]+)\}/.exec(line.text)?.[1];
  const requested = asked.specifier === undefined || asked.version !== undefined ? undefined : asked.specifier;
  const entry = ledger.add({
    name: asked.name,
    version,
    versionState: asked.arbitrary === true ? "arbitrary" : undefined,
    place,
    files: filesOf([asked.hashes, hashes], asked.isOneArchive),
    oneArchive: asked.isOneArchive,
    facts: {
      ...(line.isEditable && asked.folder !== undefined ? { linked: true } : {}),
      ...(asked.marker === undefined ? {} : { marker: asked.marker }),
      ...(requested === undefined ? {} : { requested }),
    },
    trouble: line.trouble ?? asked.trouble,
    file: line.file,
    line: line.line,
  });
  if (variable !== undefined) {
    const message = `its line depends on the environment variable ${variable}`;
    ledger.remark("inventory-incomplete", entry.name, message, { file: line.file, line: line.line });
  }
  return entry;
}

/** Hashes of files that are not named: any of these may be installed. One of one archive is that archive's. */
function filesOf(lists: readonly Hashes[], isOneArchive: boolean): readonly LockedFile[] {
  const files = lists
    .flatMap(({ digests }) => digests)
    .map((digest) => ({ hashes: { digests: [digest], malformed: [] } }));
  const malformed = lists.flatMap((list) => list.malformed);
  if (isOneArchive && files.length === 1 && malformed.length === 0) return files;
  return malformed.length === 0 ? files : [...files, { hashes: { digests: [], malformed } }];
}

/** One remark for all lines that name no single version: the installation decides, and decides anew each time. */
function sayUnpinned(entries: readonly Entry[], ledger: Ledger): void {
  const open = entries.filter(
    ({ origin, version, purl }) => origin.kind === "registry" && version === undefined && purl !== undefined,
  );
  if (open.length === 0) return;
  const names = open.slice(0, 5).map(({ name }) => name);
  const are = open.length === 1 ? "is" : "are";
  const message = `${open.length} of ${entries.length} ${are} not pinned by == or an address: ${names.join(", ")}${open.length > 5 ? ", …" : ""}`;
  const hint = "compile it with hashes (pip-compile --generate-hashes, uv pip compile --generate-hashes)";
  ledger.note({ rule: "inventory-incomplete", subject: ledger.shown, message, hint, file: ledger.shown });
}

function finish(
  input: SourceInput,
  source: Parameters<typeof assemble>[0]["source"],
  ledger: Ledger,
  entries: readonly Entry[],
  own: Asked | undefined,
): Inventory {
  const { project, trouble } = tryProject(input);
  if (trouble !== undefined && own !== undefined) {
    ledger.remark("inventory-incomplete", source.shown, `its manifest is not read: ${trouble}`);
  }
  return assemble({
    ledger,
    source,
    root: rootEntry(input, source.shown, project),
    entries,
    completeness: "unknown",
  });
}
