// One installed Python package: the folder of metadata that an installer left (`NAME-VERSION.dist-info`, or
// `NAME.egg-info` of older ones), and the files that its RECORD names.
//
// Source: packaging.python.org, "Recording installed projects".

import type { Component, Facts, Remark } from "../core/inventory.ts";
import { PackageRefusal, textOf } from "../core/package-reading.ts";
import { isPythonName, pythonNameKey, pythonVersionKey } from "../core/package-version.ts";
import { pypiPurl } from "../core/purl.ts";
import type { Remarks } from "./component-key.ts";
import { componentName } from "./component-name.ts";
import { parseInstalledRequirement, shownRequirement } from "./installed-requirement.ts";
import type { Requirement } from "./installed-requirement.ts";
import { fileFacts, filesChecksum } from "./package-files.ts";
import type { ObservedFile } from "./package-files.ts";
import { commandsOf } from "./python-entry-points.ts";
import { runsAtStart } from "./python-files.ts";
import type { PythonFiles } from "./python-files.ts";
import { readMetadata } from "./python-metadata.ts";
import type { PythonMetadata } from "./python-metadata.ts";
import { FROM_INDEX, readDirectUrl } from "./python-origin.ts";
import type { PythonOrigin } from "./python-origin.ts";
import { parseRecord } from "./python-record.ts";
import { checkRecord, isCompiled } from "./record-check.ts";
import type { RecordCheck } from "./record-check.ts";

const MIB = 1 << 20;
export const MAX_METADATA = 8 * MIB;
export const MAX_RECORD = 32 * MIB;

export interface InstalledOptions {
  readonly files: PythonFiles;
  readonly remarks: Remarks;
}

export interface InstalledPackage {
  /** Without edges; its key is the path of its folder of metadata. */
  readonly component: Omit<Component, "dependsOn">;
  /** Folder that it is installed in; `""` for the top. */
  readonly base: string;
  /** Equal for names of the same project. */
  readonly nameKey: string;
  readonly requires: readonly Requirement[];
  /** Somebody asked for it by name. */
  readonly requested: boolean;
  /** Absent where there is no RECORD: then its files are not known. */
  readonly record?: RecordCheck;
  /** Where there is no RECORD: names of modules and folders at the top that may be its own. */
  readonly modules: readonly string[];
}

/** @param folder path of its folder of metadata, or of the one file that old packages have */
export async function readInstalled(folder: string, options: InstalledOptions): Promise<InstalledPackage> {
  const { files, remarks } = options;
  const base = folder.includes("/") ? folder.slice(0, folder.lastIndexOf("/")) : "";
  const { metadata, path, unread } = metadataOf(folder, files);
  const stem = stemOf(folder);
  const [name, version] = [metadata.name ?? stem.name, metadata.version ?? stem.version];
  const subject = componentName({ name, ...(version === undefined ? {} : { version }) });
  const add = (rule: Remark["rule"], message: string, file = path): void =>
    remarks.add({ rule, subject, message, file: files.shown(file) });
  const trouble = metadata.trouble ?? disagreement(stem, name, version);
  if (trouble !== undefined) add("component-malformed", trouble);
  if (unread) add("inventory-incomplete", "what it asks for is not known");
  const origin = originOf(folder, files, add);
  if (metadata.redacted || origin.redacted) add("secret-removed", "an address in it holds what may be a secret");
  const record = await recordOf(folder, base, subject, options);
  if (record === undefined) add("inventory-incomplete", "it has no RECORD, so its files are not known", folder);
  const facts = factsOf(folder, base, metadata, { files, record, origin });
  const component: InstalledPackage["component"] = {
    key: folder,
    kind: "library",
    name,
    ...(version === undefined ? {} : { version }),
    ...(isPythonName(name) ? { purl: pypiPurl(name, version) } : {}),
    digests: origin.digests,
    ...(origin.digests.length > 0 ? {} : { undigested: origin.undigested ?? undigestedBy(record) }),
    scope: "runtime",
    origin: origin.origin,
    facts,
    ...(metadata.statements === undefined ? {} : { statements: metadata.statements }),
    location: folder,
    file: files.shown(path),
  };
  const requested = typeof files.look(`${folder}/REQUESTED`) !== "string";
  const requires = requirementsOf(metadata, add);
  return {
    component,
    base,
    nameKey: pythonNameKey(name),
    requires,
    requested,
    ...(record === undefined ? {} : { record }),
    modules: record === undefined ? modulesOf(files.read(`${folder}/top_level.txt`, MIB)) : [],
  };
}

/** top_level.txt: a name a line. */
function modulesOf(bytes: Uint8Array | undefined): readonly string[] {
  const lines = Buffer.from(bytes ?? [])
    .toString("utf8")
    .split("\n", 1000);
  return lines.map((line) => line.trim()).filter((line) => /^[\w.-]+$/.test(line));
}

function undigestedBy(record: RecordCheck | undefined): string {
  if (record === undefined) return "an installed folder without a RECORD";
  return `an installed folder: ${record.verified} of ${record.hashed} files are those of its RECORD`;
}

/** METADATA of a dist-info; PKG-INFO of an egg-info, which may itself be that file. */
function metadataOf(
  folder: string,
  files: PythonFiles,
): { readonly metadata: PythonMetadata; readonly path: string; readonly unread: boolean } {
  const isFile = typeof files.look(folder) !== "string";
  const file = folder.endsWith(".dist-info") ? "METADATA" : "PKG-INFO";
  const path = isFile ? folder : `${folder}/${file}`;
  const bytes = files.read(path, MAX_METADATA);
  if (bytes !== undefined) return { metadata: readMetadata(bytes, isFile ? "egg-info" : file), path, unread: false };
  const trouble = `it has no ${file} that can be read`;
  return { metadata: { requires: [], engines: [], serverNames: [], redacted: false, trouble }, path, unread: true };
}

interface Stem {
  readonly name: string;
  readonly version?: string;
}

/** What the name of the folder says: `NAME-VERSION.dist-info`, `NAME-VERSION-py3.12.egg-info`, `NAME.egg-info`. */
function stemOf(folder: string): Stem {
  const stem = folder.slice(folder.lastIndexOf("/") + 1).replace(/\.(?:dist|egg)-info$/, "");
  const [name = stem, version] = stem.split("-");
  return { name, ...(version === undefined ? {} : { version }) };
}

/** Tools that trust the folder's name must see the same package as those that read the metadata. */
function disagreement(stem: Stem, name: string, version: string | undefined): string | undefined {
  if (pythonNameKey(stem.name) !== pythonNameKey(name)) return `its folder of metadata is that of ${stem.name}`;
  if (stem.version === undefined || version === undefined) return undefined;
  const key = pythonVersionKey(stem.version) ?? pythonVersionKey(stem.version.replaceAll("_", "-")) ?? stem.version;
  return key === (pythonVersionKey(version) ?? version)
    ? undefined
    : `its folder of metadata is that of version ${stem.version}`;
}

type Add = (rule: Remark["rule"], message: string, file?: string) => void;

function originOf(folder: string, files: PythonFiles, add: Add): PythonOrigin {
  const path = `${folder}/direct_url.json`;
  if (files.look(path) === "absent") return FROM_INDEX;
  const bytes = files.read(path, MIB) ?? new Uint8Array();
  const found = readDirectUrl(bytes, "direct_url.json");
  if (found.trouble !== undefined) add("component-malformed", found.trouble, path);
  for (const text of found.malformed.slice(0, 5)) add("integrity-malformed", `not a digest: ${text}`, path);
  return found;
}

async function recordOf(
  folder: string,
  base: string,
  subject: string,
  { files, remarks }: InstalledOptions,
): Promise<RecordCheck | undefined> {
  const path = `${folder}/RECORD`;
  const bytes = files.read(path, MAX_RECORD);
  if (bytes === undefined) return undefined;
  try {
    const list = parseRecord(textOf(bytes, "RECORD"));
    return await checkRecord(list, { files, base, path, subject, remarks });
  } catch (error) {
    if (!(error instanceof PackageRefusal)) throw error;
    remarks.add({ rule: "component-malformed", subject, message: error.message, file: files.shown(path) });
    return undefined;
  }
}

interface FactSources {
  readonly files: PythonFiles;
  readonly record: RecordCheck | undefined;
  readonly origin: PythonOrigin;
}

/** What an installer writes about one installation, which is no part of the package. */
const INSTALLERS = ["RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json"];

function factsOf(
  folder: string,
  base: string,
  metadata: PythonMetadata,
  { files, record, origin }: FactSources,
): Facts {
  const prefix = base === "" ? "" : `${base}/`;
  const own = folder.slice(prefix.length);
  const shown: ObservedFile[] = [];
  const stable: ObservedFile[] = [];
  for (const { row, file } of record?.files.values() ?? []) {
    if (isCompiled(file.path)) continue;
    const path = file.path.startsWith(prefix) ? file.path.slice(prefix.length) : file.path;
    shown.push({ ...file, path });
    // Programs hold the path of the Python that they were made for.
    const varies = row.path.startsWith("../") || INSTALLERS.some((name) => path === `${own}/${name}`);
    if (!varies && file.path.startsWith(prefix)) stable.push({ ...file, path });
  }
  const entryPoints = files.read(`${folder}/entry_points.txt`, MIB);
  const commands = entryPoints === undefined ? [] : commandsOf(Buffer.from(entryPoints).toString("utf8"));
  const { serverNames, engines } = metadata;
  return {
    installScripts: [],
    ...(commands.length === 0 ? {} : { commands }),
    ...(engines.length === 0 ? {} : { engines }),
    ...(origin.editable ? { linked: true as const } : {}),
    ...(serverNames.length === 0 ? {} : { mcp: { serverNames } }),
    ...fileFacts(shown, runsAtStart),
    ...(record === undefined ? {} : { otherChecksums: [filesChecksum(stable)] }),
  };
}

/** More requirements are no package's. */
const MAX_REQUIREMENTS = 10_000;

function requirementsOf({ requires }: PythonMetadata, add: Add): readonly Requirement[] {
  const parsed = requires.slice(0, MAX_REQUIREMENTS).map((text) => ({ text, found: parseInstalledRequirement(text) }));
  const wrong = parsed.find(({ found }) => found === undefined);
  if (wrong !== undefined)
    add("component-malformed", `it asks for what is no requirement: ${shownRequirement(wrong.text)}`);
  if (requires.length > MAX_REQUIREMENTS)
    add("inventory-incomplete", `it asks for more than ${MAX_REQUIREMENTS} others`);
  return parsed.flatMap(({ found }) => found ?? []);
}
