// pylock.toml, lock-version 1.x (PEP 751; packaging.python.org/specifications/pylock-toml).
//
//   lock-version, environments, requires-python, extras, dependency-groups, default-groups, created-by
//   [[packages]] name, version, index, marker, requires-python, dependencies = [{name, version, …}],
//     vcs | directory | archive, or sdist and wheels = [{name, url | path, size, hashes = {sha256 = "…"}}],
//     attestation-identities = [{kind, …}]
//
// `dependencies` are "for information" and mostly absent; PDM keeps its own in [packages.tool.pdm].

import { UserError } from "../core/errors.ts";
import type { Facts, Inventory, Scope } from "../core/inventory.ts";
import { member, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { createPylockEdges } from "./pylock-edges.ts";
import { pylockFiles, pylockPlace } from "./pylock-place.ts";
import { allWanted, createRequirementIndex, projectParts, rootStarts } from "./python-edges.ts";
import { walk } from "./python-graph.ts";
import type { Parts } from "./python-graph.ts";
import { assemble, requestedBy, rootEntry } from "./python-inventory.ts";
import { createLedger } from "./python-ledger.ts";
import type { Entry, Ledger } from "./python-ledger.ts";
import { mayHold } from "./python-marker.ts";
import { normalName } from "./python-names.ts";
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

export const readPylock: ReadSource = async (input) => {
  const source = readText(input, MAX_TEXT);
  const document = parseToml(source.text, source.shown);
  checkVersion(document.value, source.shown);
  const ledger = createLedger(source.shown);
  const tables = tableList(document.value, "packages", (index) => {
    ledger.remark("inventory-incomplete", source.shown, `package ${index + 1} is no table`);
  });
  const rows = tables.map((table, index): Row => {
    const lineOfText = (text: string): number => document.lineOf("packages", index, text);
    return { table, entry: addPackage(table, { line: document.lineOf("packages", index), lineOfText }, ledger) };
  });
  return finish(input, source, ledger, document.value, rows);
};

function checkVersion(value: JsonObject, shown: string): void {
  const version = textMember(value, "lock-version");
  if (version === undefined) throw new UserError("source-malformed", `${shown}:1: states no lock-version`);
  if (/^1\.\d{1,4}$/.test(version)) return;
  const hint = "export it again in lock-version 1.0";
  throw new UserError(
    "source-unsupported",
    `${shown}: lock-version ${/^[\w.-]{1,20}$/.test(version) ? version : "of another form"} of pylock.toml is not known`,
    { hint },
  );
}

interface Spot {
  readonly line: number;
  lineOfText(text: string): number;
}

function addPackage(table: JsonObject, spot: Spot, ledger: Ledger): Entry {
  const version = member(table, "version");
  const { place, oneArchive, linked } = pylockPlace(table);
  const python = textMember(table, "requires-python");
  const marker = textMember(table, "marker");
  const facts: Facts = {
    ...(linked ? { linked } : {}),
    ...(marker === undefined ? {} : { marker }),
    ...(python === undefined || python === "" ? {} : { engines: [`python ${python}`] }),
  };
  const publisher = publisherOf(table);
  return ledger.add({
    name: textMember(table, "name"),
    version: typeof version === "string" ? version : undefined,
    versionState: version === undefined || typeof version === "string" ? undefined : "wrong",
    place,
    files: pylockFiles(table),
    oneArchive,
    facts,
    ...(publisher === undefined ? {} : { statements: { publisher } }),
    ...spot,
  });
}

/** Who attested the files when they were locked, in words: `GitHub acme/server (release.yml)`. */
function publisherOf(table: JsonObject): string | undefined {
  const texts = tableList(table, "attestation-identities").flatMap((identity) => {
    const kind = textMember(identity, "kind");
    const of = textMember(identity, "repository") ?? textMember(identity, "email") ?? "";
    const workflow = textMember(identity, "workflow") ?? textMember(identity, "workflow_filepath");
    if (kind === undefined) return [];
    return [`${kind} ${of}${workflow === undefined ? "" : ` (${workflow})`}`.trim().slice(0, 500)];
  });
  return texts.length === 0 ? undefined : texts.slice(0, 10).join(", ");
}

/** Why a package is there: what the default installation takes, what extras add, what groups add. */
function createScopes(value: JsonObject): (table: JsonObject) => Scope {
  const none: ReadonlySet<string> = new Set();
  const groups = new Set(textList(member(value, "default-groups")).map(normalName));
  return (table) => {
    const marker = textMember(table, "marker");
    if (marker === undefined || mayHold(marker, { extras: none, groups })) return "runtime";
    return mayHold(marker, { extras: "all", groups }) ? "optional" : "development";
  };
}

function finish(
  input: SourceInput,
  source: SourceText,
  ledger: Ledger,
  value: JsonObject,
  rows: readonly Row[],
): Inventory {
  const { project, trouble } = tryProject(input);
  if (trouble !== undefined)
    ledger.remark("inventory-incomplete", source.shown, `its manifest is not read: ${trouble}`);
  const own = rows.find(({ entry: { origin } }) => origin.kind === "workspace");
  const others = rows.filter((row) => row !== own);
  const candidates = others.map(({ entry }) => ({ entry, extras: [] }));
  const index = createRequirementIndex(candidates, project?.name ?? own?.entry.name);
  // The manifest's parts are wanted only as far as the export took them: what is not there may have been left out.
  const wanted = project === undefined ? new Map<string, []>() : withoutMissing(projectParts(project, index));
  const parts = new Map<string, Parts>(project === undefined ? [] : [["", wanted]]);
  const edges = createPylockEdges(rows, own, index);
  const unknownEdges = new Set<string>();
  for (const row of others) {
    const found = edges(row.table);
    if (found === undefined) unknownEdges.add(row.entry.key);
    else parts.set(row.entry.key, new Map([["", found]]));
  }
  const walked = walk(parts, rootStarts(wanted), () => "runtime");
  const scopeOf = createScopes(value);
  const scopes = new Map(others.map(({ table, entry }) => [entry.key, scopeOf(table)]));
  const base = rootEntry(input, source.shown, project);
  const { name, version, purl } = own?.entry ?? base;
  return assemble({
    ledger,
    source,
    root:
      own === undefined
        ? base
        : { ...base, name, ...(version === undefined ? {} : { version }), ...(purl === undefined ? {} : { purl }) },
    entries: others.map(({ entry }) => entry),
    walked,
    unknownEdges,
    scopeOf: ({ key }) => scopes.get(key),
    requested: requestedBy(allWanted(project)),
    completeness: project !== undefined && others.every(statesEdges) ? "complete" : "unknown",
  });
}

/** PDM's own list leaves out what extras add. */
function statesEdges({ table }: Row): boolean {
  return Array.isArray(member(table, "dependencies"));
}

function withoutMissing(parts: Parts): Parts {
  return new Map(
    [...parts].map(([part, edges]) => [
      part,
      edges.map(({ to, parts: more, marker }) => ({ to, parts: more, ...(marker === undefined ? {} : { marker }) })),
    ]),
  );
}
