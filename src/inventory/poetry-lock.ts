// poetry.lock of Poetry 1 and 2 (lock-version 1.x and 2.x, and older files that state none).
//
//   [[package]] name, version, description, optional, python-versions,
//     category = "main" | "dev"              until 1.4
//     groups = […], markers = "…" | {group = "…"}    since lock-version 2.1
//     files = [{file, hash}]                 since 2.0; before: [metadata.files] or [metadata.hashes] by name
//   [package.dependencies], [package.extras], [package.source] type = legacy | git | url | file | directory
//   [extras], [metadata] lock-version
//
// The project is not in it: its name and what it asks for stand in pyproject.toml. Format: poetry/packages/locker.py.

import { UserError } from "../core/errors.ts";
import type { Inventory, Scope } from "../core/inventory.ts";
import { member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { poetryEdges } from "./poetry-edges.ts";
import { poetryFiles } from "./poetry-files.ts";
import { poetryPlace } from "./poetry-source.ts";
import { allWanted, createRequirementIndex, projectParts, rootStarts } from "./python-edges.ts";
import { walk } from "./python-graph.ts";
import type { Parts } from "./python-graph.ts";
import { assemble, requestedBy, rootEntry } from "./python-inventory.ts";
import { createLedger } from "./python-ledger.ts";
import type { Entry, Ledger } from "./python-ledger.ts";
import { tryProject } from "./python-project.ts";
import { tableList, textList } from "./python-tables.ts";
import { MAX_TEXT, readText } from "./python-text.ts";
import type { SourceText } from "./python-text.ts";
import type { ReadSource, SourceInput } from "./source.ts";
import { parseToml } from "./toml.ts";

interface Row {
  readonly table: JsonObject;
  readonly entry: Entry;
}

export const readPoetryLock: ReadSource = async (input) => {
  const source = readText(input, MAX_TEXT);
  const document = parseToml(source.text, source.shown);
  const metadata = checkVersion(document.value, source.shown);
  const ledger = createLedger(source.shown);
  const tables = tableList(document.value, "package", (index) => {
    ledger.remark("inventory-incomplete", source.shown, `package ${index + 1} is no table`);
  });
  const files = poetryFiles(metadata, tables);
  const rows = tables.map((table, index): Row => {
    const line = document.lineOf("package", index);
    const lineOfText = (text: string): number => document.lineOf("package", index, text);
    return { table, entry: addPackage({ table, line, lineOfText }, files(table), ledger) };
  });
  return finish(input, source, ledger, rows);
};

function checkVersion(value: JsonObject, shown: string): JsonObject {
  const metadata = objectMember(value, "metadata");
  if (metadata === undefined) throw new UserError("source-malformed", `${shown}:1: has no [metadata]`);
  const version = member(metadata, "lock-version");
  // Poetry before 1.0 wrote none.
  if (version === undefined || (typeof version === "string" && /^[12]\.\d{1,4}$/.test(version))) return metadata;
  const hint = "lock again with a version of Poetry that writes lock-version 2";
  const named =
    typeof version === "string" || typeof version === "number" ? `lock-version ${version}` : "its lock-version";
  throw new UserError("source-unsupported", `${shown}: ${named} of Poetry's lockfile is not known`, { hint });
}

interface Place {
  readonly table: JsonObject;
  readonly line: number;
  lineOfText(text: string): number;
}

function addPackage(
  { table, line, lineOfText }: Place,
  files: ReturnType<ReturnType<typeof poetryFiles>>,
  ledger: Ledger,
): Entry {
  const version = member(table, "version");
  const { place, oneArchive, linked } = poetryPlace(objectMember(table, "source"), table);
  const python = textMember(table, "python-versions");
  const marker = markerOf(table);
  const description = textMember(table, "description");
  return ledger.add({
    name: textMember(table, "name"),
    ...(typeof version === "string" ? { version } : {}),
    versionState: typeof version === "string" ? undefined : "wrong",
    place,
    files,
    oneArchive,
    facts: {
      ...(linked ? { linked } : {}),
      ...(marker === undefined ? {} : { marker }),
      ...(python === undefined || python === "*" ? {} : { engines: [`python ${python}`] }),
    },
    ...(description === undefined || description === "" ? {} : { statements: { description } }),
    line,
    lineOfText,
  });
}

/** One marker for all groups, or one for each: then any of them is enough. */
function markerOf(table: JsonObject): string | undefined {
  const text = textMember(table, "markers") ?? textMember(table, "marker");
  if (text !== undefined) return text;
  const texts = Object.values(objectMember(table, "markers") ?? {});
  const groups = textList(member(table, "groups"));
  // A group that has no marker needs the package always.
  if (texts.length === 0 || texts.length < groups.length) return undefined;
  const distinct = [...new Set(texts.filter((marker) => typeof marker === "string"))].toSorted();
  return distinct.length === 1 ? distinct[0] : distinct.map((marker) => `(${marker})`).join(" or ");
}

/** By the lockfile's own marks, where it has them. */
function statedScope(table: JsonObject): Scope | undefined {
  const optional = member(table, "optional") === true;
  const groups = textList(member(table, "groups"));
  const category = textMember(table, "category");
  if (groups.length > 0) return groups.includes("main") ? (optional ? "optional" : "runtime") : "development";
  if (category === "main") return optional ? "optional" : "runtime";
  return category === undefined ? undefined : "development";
}

function finish(input: SourceInput, source: SourceText, ledger: Ledger, rows: readonly Row[]): Inventory {
  const { project, trouble } = tryProject(input);
  if (trouble !== undefined)
    ledger.remark("inventory-incomplete", source.shown, `its manifest is not read: ${trouble}`);
  const index = createRequirementIndex(
    rows.map(({ entry }) => ({ entry, extras: [] })),
    project?.name,
  );
  const own = project === undefined ? new Map<string, []>() : projectParts(project, index);
  const parts = new Map<string, Parts>(project === undefined ? [] : [["", own]]);
  for (const { table, entry } of rows) parts.set(entry.key, poetryEdges(table, index));
  const optional = new Set(rows.flatMap(({ table, entry }) => (member(table, "optional") === true ? [entry.key] : [])));
  const walked = walk(parts, rootStarts(own), (key) => (optional.has(key) ? "optional" : "runtime"));
  const stated = new Map(rows.map(({ table, entry }) => [entry.key, statedScope(table)]));
  return assemble({
    ledger,
    source,
    root: rootEntry(input, source.shown, project),
    entries: rows.map(({ entry }) => entry),
    walked,
    scopeOf: ({ key }) => stated.get(key),
    requested: requestedBy(allWanted(project)),
    completeness: project === undefined ? "unknown" : "complete",
  });
}
