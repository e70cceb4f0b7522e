// Pipfile.lock (pipfile-spec 6): JSON, a category of packages each, without any graph.
//
//   { "_meta": { "pipfile-spec": 6, "sources": [{ "name", "url" }] },
//     "default": { NAME: { "version": "==1.0", "hashes": ["sha256:…"], "index", "markers", "extras" } },
//     "develop": { … }, CATEGORY: { … } }
//
// Instead of a version: "git" and "ref", "file" (a URL or path), "path", each with "editable".

import { UserError } from "../core/errors.ts";
import type { Inventory, Scope } from "../core/inventory.ts";
import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import type { LargeJson } from "../core/large-json.ts";
import { parseLargeJson } from "../core/large-json.ts";
import { publicUrl } from "../core/public-url.ts";
import { readPipfile } from "./pipfile.ts";
import { walk } from "./python-graph.ts";
import type { Edge, Parts } from "./python-graph.ts";
import { readHashes } from "./python-hashes.ts";
import { assemble, rootEntry } from "./python-inventory.ts";
import { createLedger } from "./python-ledger.ts";
import type { Entry, Ledger, LockedFile } from "./python-ledger.ts";
import { isPythonName, normalName } from "./python-names.ts";
import { archivePlace, filePlace, folderPlace, gitPlace, registryPlace } from "./python-place.ts";
import type { Place } from "./python-place.ts";
import { tryProject } from "./python-project.ts";
import { pinnedVersion } from "./python-requirement.ts";
import { tableList } from "./python-tables.ts";
import { MAX_JSON, readText } from "./python-text.ts";
import type { SourceText } from "./python-text.ts";
import type { ReadSource, SourceInput } from "./source.ts";

interface Row {
  readonly category: string;
  readonly entry: Entry;
}

export const readPipfileLock: ReadSource = async (input) => {
  const source = readText(input, MAX_JSON);
  const document = parseLargeJson(source.text, { source: source.shown, code: "source-malformed" });
  const value = checkVersion(document, source.shown);
  const ledger = createLedger(source.shown);
  const sources = indexesOf(value, ledger);
  const rows: Row[] = [];
  for (const [category, packages] of Object.entries(value)) {
    if (category === "_meta") continue;
    if (!isJsonObject(packages)) {
      ledger.remark("inventory-incomplete", source.shown, `the category ${category} is no table`);
      continue;
    }
    for (const name of Object.keys(packages)) {
      const line = document.lineOf([category, name]);
      rows.push({
        category,
        entry: addPackage({ category, name, line }, objectMember(packages, name), sources, ledger),
      });
    }
  }
  return finish(input, source, ledger, rows);
};

function checkVersion({ value }: LargeJson, shown: string): JsonObject {
  if (!isJsonObject(value) || !["_meta", "default", "develop"].some((name) => isJsonObject(member(value, name)))) {
    throw new UserError("source-malformed", `${shown}:1: is no Pipfile.lock`);
  }
  const spec = member(objectMember(value, "_meta") ?? {}, "pipfile-spec");
  if (spec === undefined || spec === 6) return value;
  const hint = "lock again with a version of pipenv that writes pipfile-spec 6";
  const named = typeof spec === "number" ? `pipfile-spec ${spec}` : "its pipfile-spec";
  throw new UserError("source-unsupported", `${shown}: ${named} is not known`, { hint });
}

/** Places by the names of indexes; `""` is the first, which is used where none is named. */
function indexesOf(value: JsonObject, ledger: Ledger): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const table of tableList(objectMember(value, "_meta") ?? {}, "sources")) {
    const url = textMember(table, "url") ?? "";
    const place = { ...registryPlace(url), redacted: false };
    if (publicUrl(url)?.redacted === true) {
      const name = textMember(table, "name") ?? "an index";
      ledger.remark("secret-removed", ledger.shown, `a user name, password or token stands in the address of ${name}`);
    }
    if (places.size === 0) places.set("", place);
    places.set(textMember(table, "name") ?? "", place);
  }
  return places;
}

interface Spot {
  readonly category: string;
  readonly name: string;
  readonly line: number;
}

function addPackage(
  spot: Spot,
  table: JsonObject | undefined,
  sources: ReadonlyMap<string, Place>,
  ledger: Ledger,
): Entry {
  const { category, name, line } = spot;
  const stated = textMember(table ?? {}, "version");
  const version = pinnedVersion(stated);
  const { place, oneArchive } = placeOf(table ?? {}, sources);
  const marker = textMember(table ?? {}, "markers");
  const entry = ledger.add({
    name,
    version,
    versionState: stated?.startsWith("===") === true ? "arbitrary" : undefined,
    key: `${category === "default" ? "" : `${category}:`}${name}${version === undefined ? "" : `@${version}`}`,
    place,
    files: filesOf(table ?? {}),
    oneArchive,
    facts: {
      ...(member(table ?? {}, "editable") === true ? { linked: true } : {}),
      ...(marker === undefined ? {} : { marker }),
    },
    trouble: table === undefined ? "what is locked of it is no table" : undefined,
    line,
  });
  if (table !== undefined && version === undefined && place.origin.kind === "registry") {
    ledger.remark("inventory-incomplete", name, "is not locked to one version", { line });
  }
  return entry;
}

function placeOf(
  table: JsonObject,
  sources: ReadonlyMap<string, Place>,
): { readonly place: Place; readonly oneArchive: boolean } {
  const git = textMember(table, "git");
  const file = textMember(table, "file");
  const path = textMember(table, "path");
  if (git !== undefined) {
    const place = gitPlace({
      url: git,
      commit: textMember(table, "ref"),
      subdirectory: textMember(table, "subdirectory"),
    });
    return { place, oneArchive: true };
  }
  if (file !== undefined) {
    return { place: /^[a-z][a-z0-9+.-]+:/i.test(file) ? archivePlace(file) : filePlace(file), oneArchive: true };
  }
  if (path !== undefined) {
    const isArchive = /\.(?:whl|zip|tgz|tar\.gz)$/i.test(path);
    const own = path === "." || path === "./";
    return {
      place: isArchive ? filePlace(path) : folderPlace(own ? "workspace" : "directory", path),
      oneArchive: true,
    };
  }
  const index = textMember(table, "index") ?? "";
  return { place: sources.get(index) ?? registryPlace(undefined), oneArchive: false };
}

/** Hashes of files that are not named: any of these may be installed. */
function filesOf(table: JsonObject): readonly LockedFile[] {
  const { digests, malformed } = readHashes(member(table, "hashes"));
  const files: LockedFile[] = digests.map((digest) => ({ hashes: { digests: [digest], malformed: [] } }));
  return malformed.length === 0 ? files : [...files, { hashes: { digests: [], malformed } }];
}

function scopeOfCategory(category: string): Scope {
  if (category === "default") return "runtime";
  // Other categories are installed when they are named.
  return category === "develop" ? "development" : "optional";
}

function finish(input: SourceInput, source: SourceText, ledger: Ledger, rows: readonly Row[]): Inventory {
  const { project } = tryProject(input);
  const own = rows.find(({ entry: { origin } }) => origin.kind === "workspace");
  const others = rows.filter((row) => row !== own);
  const wanted = readPipfile(input, ledger);
  const parts = new Map<string, Parts>(wanted === undefined ? [] : [["", new Map([["", edgesOf(wanted, rows, own)]])]]);
  const base = rootEntry(input, source.shown, project);
  // Older versions called what has no name by seven digits of a hash.
  const named = own !== undefined && isPythonName(own.entry.name) && !/^[0-9a-f]{7}$/.test(own.entry.name);
  const { purl } = own?.entry ?? base;
  const scopes = new Map(others.map(({ entry, category }) => [entry.key, scopeOfCategory(category)]));
  return assemble({
    ledger,
    source,
    root:
      named && project?.name === undefined
        ? { ...base, name: own.entry.name, ...(purl === undefined ? {} : { purl }) }
        : base,
    entries: others.map(({ entry }) => entry),
    walked: walk(parts, [{ key: "", part: "", scope: "runtime" }], () => "runtime"),
    scopeOf: ({ key }) => scopes.get(key),
    completeness: "unknown",
  });
}

/** What the Pipfile asks for, in the category that it asks for it in. */
function edgesOf(
  wanted: NonNullable<ReturnType<typeof readPipfile>>,
  rows: readonly Row[],
  own: Row | undefined,
): readonly Edge[] {
  const index = new Map(
    rows.map((row) => [`${row.category}\0${normalName(row.entry.name)}`, row === own ? "" : row.entry.key]),
  );
  return wanted.map(({ category, name, mayBeAbsent }) => {
    const key = index.get(`${category}\0${normalName(name)}`);
    if (key !== undefined) return { to: [key], parts: [] };
    return { to: [], parts: [], ...(mayBeAbsent ? {} : { missing: name }) };
  });
}
