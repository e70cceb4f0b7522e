// pdm.lock, lock_version 4.x.
//
//   [metadata] groups, strategy, lock_version; until 4.1 also [metadata.files] "name version" = [{url | file, hash}]
//   [[package]] name, version, extras, requires_python, summary, groups, marker, dependencies = ["name>=1; marker"],
//     files = [{file | url, hash}], git/ref/revision/subdirectory, url, path, editable
//
// A package with extras has an entry of its own for them, which needs the entry without. The project is not in the
// lockfile: its name and what it asks for stand in pyproject.toml. Format: pdm/models/repositories/lock.py.

import { UserError } from "../core/errors.ts";
import type { Inventory, Scope } from "../core/inventory.ts";
import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";
import type { JsonObject } from "../core/json-value.ts";
import { allWanted, createRequirementIndex, edgeOf, projectParts, rootStarts } from "./python-edges.ts";
import type { Candidate, RequirementIndex } from "./python-edges.ts";
import { walk } from "./python-graph.ts";
import type { Edge, Parts } from "./python-graph.ts";
import { readHashes } from "./python-hashes.ts";
import { assemble, requestedBy, rootEntry } from "./python-inventory.ts";
import { createLedger } from "./python-ledger.ts";
import type { Ledger, LockedFile } from "./python-ledger.ts";
import { normalName } from "./python-names.ts";
import { archivePlace, filePlace, folderPlace, gitPlace, registryPlace } from "./python-place.ts";
import type { Place } from "./python-place.ts";
import { tryProject } from "./python-project.ts";
import type { Project } from "./python-project.ts";
import { normalExtras, parseRequirement } from "./python-requirement.ts";
import { tableList, textList } from "./python-tables.ts";
import { MAX_TEXT, readText } from "./python-text.ts";
import type { SourceText } from "./python-text.ts";
import type { ReadSource, SourceInput } from "./source.ts";
import { parseToml } from "./toml.ts";

interface Row extends Candidate {
  readonly table: JsonObject;
}

interface Spot {
  readonly line: number;
  lineOfText(text: string): number;
}

export const readPdmLock: ReadSource = async (input) => {
  const source = readText(input, MAX_TEXT);
  const document = parseToml(source.text, source.shown);
  const metadata = checkVersion(document.value, source.shown);
  const ledger = createLedger(source.shown);
  const tables = tableList(document.value, "package", (index) => {
    ledger.remark("inventory-incomplete", source.shown, `package ${index + 1} is no table`);
  });
  const old = objectMember(metadata, "files") ?? {};
  const rows = tables.map((table, index) => {
    const lineOfText = (text: string): number => document.lineOf("package", index, text);
    return addPackage(table, old, { line: document.lineOf("package", index), lineOfText }, ledger);
  });
  return finish(input, source, ledger, rows);
};

function checkVersion(value: JsonObject, shown: string): JsonObject {
  const metadata = objectMember(value, "metadata");
  if (metadata === undefined) throw new UserError("source-malformed", `${shown}:1: has no [metadata]`);
  const version = textMember(metadata, "lock_version");
  if (version !== undefined && /^4(?:\.\d{1,4}){0,2}$/.test(version)) return metadata;
  const hint = "lock again with a version of PDM that writes lock_version 4";
  const named = /^[\w.-]{1,20}$/.test(version ?? "") ? `lock_version ${version ?? ""}` : "the version";
  throw new UserError("source-unsupported", `${shown}: ${named} of PDM's lockfile is not known`, { hint });
}

function addPackage(table: JsonObject, old: JsonObject, spot: Spot, ledger: Ledger): Row {
  const name = textMember(table, "name");
  const version = member(table, "version");
  const extras = normalExtras(textList(member(table, "extras")));
  const { place, oneArchive } = placeOf(table);
  const python = textMember(table, "requires_python");
  const marker = textMember(table, "marker");
  const description = textMember(table, "summary");
  const stated = typeof version === "string" ? version : undefined;
  const files = member(table, "files") ?? member(old, `${name ?? ""} ${stated ?? ""}`);
  const plain = stated === undefined ? (name ?? "") : `${name ?? ""}@${stated}`;
  const entry = ledger.add({
    name,
    version: stated,
    versionState: version === undefined || stated !== undefined ? undefined : "wrong",
    key: extras.length === 0 ? undefined : `${name ?? ""}[${extras.join()}]${plain.slice((name ?? "").length)}`,
    place,
    files: filesOf(files),
    oneArchive,
    facts: {
      ...(member(table, "editable") === true ? { linked: true } : {}),
      ...(marker === undefined ? {} : { marker }),
      ...(python === undefined || python === "" ? {} : { engines: [`python ${python}`] }),
    },
    ...(description === undefined || description === "" ? {} : { statements: { description } }),
    ...spot,
  });
  return { entry, extras, table };
}

function placeOf(table: JsonObject): { readonly place: Place; readonly oneArchive: boolean } {
  const git = textMember(table, "git");
  const url = textMember(table, "url");
  const path = textMember(table, "path");
  if (git !== undefined) {
    const commit = textMember(table, "revision");
    const reference = textMember(table, "ref");
    return {
      place: gitPlace({ url: git, commit, reference, subdirectory: textMember(table, "subdirectory") }),
      oneArchive: true,
    };
  }
  if (url !== undefined) return { place: archivePlace(url), oneArchive: true };
  if (path === undefined) return { place: registryPlace(undefined), oneArchive: false };
  const isArchive = /\.(?:whl|zip|tgz|tar|tar\.(?:gz|bz2|xz))$/i.test(path);
  return { place: isArchive ? filePlace(path) : folderPlace("directory", path), oneArchive: true };
}

function filesOf(value: Json | undefined): readonly LockedFile[] {
  if (value === undefined) return [];
  const items = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return items.map((item) => {
    if (!isJsonObject(item)) return { hashes: readHashes(item) };
    return {
      url: textMember(item, "url"),
      fileName: textMember(item, "file"),
      hashes: readHashes(member(item, "hash")),
    };
  });
}

/** The lockfile's own marks; a group that the manifest does not know may be one of extras. */
function statedScope(groups: readonly string[], project: Project | undefined): Scope | undefined {
  if (groups.length === 0) return undefined;
  if (groups.includes("default")) return "runtime";
  const development = project !== undefined && groups.every((group) => project.groups.has(normalName(group)));
  return development ? "development" : "optional";
}

function finish(input: SourceInput, source: SourceText, ledger: Ledger, rows: readonly Row[]): Inventory {
  const { project, trouble } = tryProject(input);
  if (trouble !== undefined)
    ledger.remark("inventory-incomplete", source.shown, `its manifest is not read: ${trouble}`);
  const index = createRequirementIndex(rows, project?.name);
  const own = project === undefined ? new Map<string, []>() : projectParts(project, index);
  const parts = new Map<string, Parts>(project === undefined ? [] : [["", own]]);
  const unknownEdges = new Set<string>();
  for (const { table, entry } of rows) {
    parts.set(entry.key, new Map([["", edgesOf(table, index, () => unknownEdges.add(entry.key))]]));
  }
  const walked = walk(parts, rootStarts(own), () => "runtime");
  const stated = new Map(
    rows.map(({ table, entry }) => [entry.key, statedScope(textList(member(table, "groups")), project)]),
  );
  return assemble({
    ledger,
    source,
    root: rootEntry(input, source.shown, project),
    entries: rows.map(({ entry }) => entry),
    walked,
    unknownEdges,
    scopeOf: ({ key }) => stated.get(key),
    requested: requestedBy(allWanted(project)),
    completeness: project === undefined || unknownEdges.size > 0 ? "unknown" : "complete",
  });
}

/** `unread` is called when there is something that is no requirement. */
function edgesOf(table: JsonObject, index: RequirementIndex, unread: () => void): readonly Edge[] {
  const dependencies = member(table, "dependencies");
  if (dependencies !== undefined && !Array.isArray(dependencies)) unread();
  const items = Array.isArray(dependencies) ? (dependencies as readonly Json[]) : [];
  return items.flatMap((item) => {
    const requirement = typeof item === "string" ? parseRequirement(item) : undefined;
    if (requirement === undefined) unread();
    return requirement === undefined ? [] : [edgeOf(requirement, index)];
  });
}
