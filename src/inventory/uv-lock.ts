// uv.lock, version 1 (revisions only add members): every package with its files, edges and forks.
//
//   version = 1
//   [manifest] members, requirements, overrides, dependency-groups, …
//   [[package]] name, version, source = { registry | git | url | path | directory | editable | virtual },
//     resolution-markers, dependencies, optional-dependencies.<extra>, dev-dependencies.<group>,
//     sdist = { url | path, hash, size }, wheels = [ … ]
//
// The format's own description is the source of uv: crates/uv-resolver/src/lock.

import { UserError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import type { Facts, Inventory } from "../core/inventory.ts";
import { assemble, requestedBy, rootEntry } from "./python-inventory.ts";
import { joinMarkers, walk } from "./python-graph.ts";
import type { Edge, Parts, Start } from "./python-graph.ts";
import { NO_HASHES, readHashes } from "./python-hashes.ts";
import { createLedger } from "./python-ledger.ts";
import type { Entry, Ledger, LockedFile } from "./python-ledger.ts";
import { normalName } from "./python-names.ts";
import { tryProject } from "./python-project.ts";
import { fileSize, tableList, textList } from "./python-tables.ts";
import { MAX_TEXT, readText } from "./python-text.ts";
import type { ReadSource, SourceInput } from "./source.ts";
import { parseToml } from "./toml.ts";
import type { TomlDocument } from "./toml.ts";
import { createUvIndex, manifestParts, partsOfPackage } from "./uv-edges.ts";
import type { UvPackage } from "./uv-edges.ts";
import { uvPlace } from "./uv-source.ts";

export const readUvLock: ReadSource = async (input) => uvInventory(input);

function uvInventory(input: SourceInput): Inventory {
  const source = readText(input, MAX_TEXT);
  const document = parseToml(source.text, source.shown);
  checkVersion(document, source.shown);
  const ledger = createLedger(source.shown);
  const manifest = objectMember(document.value, "manifest") ?? {};
  const members = new Set(textList(member(manifest, "members")).map(normalName));
  const overridden = overridesOf(manifest);
  const packages = tableList(document.value, "package", (index) => {
    ledger.remark("inventory-incomplete", source.shown, `package ${index + 1} is no table`);
  }).map((table, index): UvPackage => {
    const line = document.lineOf("package", index);
    const isMember = members.has(normalName(textMember(table, "name") ?? ""));
    const entry = addPackage({ table, index, line, isMember, overridden, document }, ledger);
    return { table, entry };
  });
  return finish(input, source, ledger, manifest, packages);
}

function checkVersion({ value }: TomlDocument, shown: string): void {
  const version = member(value, "version");
  if (version === 1) return;
  if (typeof version !== "number") throw new UserError("source-malformed", `${shown}:1: states no version`);
  const hint = "lock again with a version of uv that writes version 1";
  throw new UserError("source-unsupported", `${shown}: version ${version} of uv's lockfile is not known`, { hint });
}

/** Normalised names of what the project puts in the place of other versions, and how. */
function overridesOf(manifest: JsonObject): ReadonlyMap<string, string> {
  const overridden = new Map<string, string>();
  const lists: readonly [string, (table: JsonObject) => string][] = [
    ["dependency-metadata", () => "its dependencies are stated by the project"],
    ["overrides", (table) => `overridden by the project${specifierOf(table)}`],
  ];
  for (const [list, clause] of lists) {
    for (const table of tableList(manifest, list)) {
      overridden.set(normalName(textMember(table, "name") ?? ""), clause(table));
    }
  }
  return overridden;
}

function specifierOf(table: JsonObject): string {
  const specifier = textMember(table, "specifier");
  return specifier === undefined ? "" : ` to ${specifier}`;
}

interface Row {
  readonly table: JsonObject;
  readonly index: number;
  readonly line: number;
  readonly isMember: boolean;
  readonly overridden: ReadonlyMap<string, string>;
  readonly document: TomlDocument;
}

function addPackage({ table, index, line, isMember, overridden, document }: Row, ledger: Ledger): Entry {
  const name = textMember(table, "name");
  const version = member(table, "version");
  const { place, oneArchive, linked } = uvPlace(objectMember(table, "source"), isMember);
  const marker = joinMarkers(textList(member(table, "resolution-markers")));
  const patched = overridden.get(normalName(name ?? ""));
  const facts: Facts = {
    ...(linked ? { linked } : {}),
    ...(marker === undefined ? {} : { marker }),
    ...(patched === undefined ? {} : { patched }),
  };
  return ledger.add({
    name,
    ...(typeof version === "string" ? { version } : {}),
    versionState: version === undefined || typeof version === "string" ? undefined : "wrong",
    place,
    files: filesOf(table),
    oneArchive,
    facts,
    line,
    lineOfText: (text) => document.lineOf("package", index, text),
  });
}

function filesOf(table: JsonObject): readonly LockedFile[] {
  const sdist = member(table, "sdist");
  const wheels = member(table, "wheels");
  const items = [
    ...(sdist === undefined ? [] : [sdist]),
    ...(wheels === undefined ? [] : Array.isArray(wheels) ? (wheels as readonly Json[]) : [wheels]),
  ];
  return items.map((item) => {
    if (!isJsonObject(item) || item === wheels) {
      return { hashes: { digests: [], malformed: ["a file that is no table"] } };
    }
    const path = textMember(item, "path") ?? textMember(item, "filename");
    return {
      url: textMember(item, "url"),
      fileName:
        path === undefined ? undefined : path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1),
      hashes: Object.hasOwn(item, "hash") ? readHashes(item["hash"]) : NO_HASHES,
      size: fileSize(member(item, "size")),
    };
  });
}

function finish(
  input: SourceInput,
  source: ReturnType<typeof readText>,
  ledger: Ledger,
  manifest: JsonObject,
  packages: readonly UvPackage[],
): Inventory {
  const rootPackage = packages.find(({ entry: { origin } }) => origin.kind === "workspace" && origin.path === "");
  const { project, trouble } = rootPackage === undefined ? tryProject(input) : {};
  if (trouble !== undefined)
    ledger.remark("inventory-incomplete", source.shown, `its manifest is not read: ${trouble}`);
  const root: Entry =
    rootPackage === undefined
      ? rootEntry(input, source.shown, project)
      : { ...rootPackage.entry, key: "", kind: "application", undigested: "the project itself" };
  const others = packages.filter((found) => found !== rootPackage);
  const index = createUvIndex(packages, rootPackage);
  const locals = others.filter(({ entry }) => entry.origin.kind === "workspace");
  const own = rootPackage === undefined ? manifestParts(manifest, index) : partsOfPackage(rootPackage, index);
  const rootEdges: readonly Edge[] = [
    ...(own.get("") ?? []),
    ...locals.map(({ entry }) => ({ to: [entry.key], parts: [] })),
  ];
  const parts = new Map<string, Parts>([["", new Map([...own, ["", rootEdges]])]]);
  for (const found of others) parts.set(found.entry.key, partsOfPackage(found, index));
  const starts = ["", ...locals.map(({ entry }) => entry.key)].flatMap((key) =>
    startsOf(key, [...(parts.get(key)?.keys() ?? [])]),
  );
  const walked = walk(parts, starts, () => "runtime");
  const asked = packages
    .filter(({ entry }) => entry.origin.kind === "workspace")
    .flatMap(({ table }) => requirementsOf(table));
  return assemble({
    ledger,
    source,
    root,
    entries: others.map(({ entry }) => entry),
    walked,
    requested: requestedBy([...asked, ...requirementTables(manifest, "requirements")]),
    completeness: "complete",
  });
}

function startsOf(key: string, parts: readonly string[]): readonly Start[] {
  return parts.map((part) => {
    if (part === "") return { key, part, scope: "runtime" };
    return { key, part, scope: part.startsWith("extra:") ? "optional" : "development" };
  });
}

function requirementsOf(table: JsonObject): readonly { name: string; specifier?: string | undefined }[] {
  const metadata = objectMember(table, "metadata") ?? {};
  const groups = objectMember(metadata, "requires-dev") ?? {};
  return [
    ...requirementTables(metadata, "requires-dist"),
    ...Object.keys(groups).flatMap((group) => requirementTables(groups, group)),
  ];
}

function requirementTables(
  table: JsonObject,
  list: string,
): readonly { name: string; specifier?: string | undefined }[] {
  return tableList(table, list).flatMap((item) => {
    const name = textMember(item, "name");
    return name === undefined ? [] : [{ name, specifier: textMember(item, "specifier") }];
  });
}
