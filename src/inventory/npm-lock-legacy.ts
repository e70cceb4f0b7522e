// The `dependencies` section of npm lockfiles: all that version 1 has, and what version 2 repeats for npm 6. Separate,
// because its `version` may be a version, an alias, a repository, a URL or a path, which version 3 keeps apart.
//
//   "a": {"version": "1.0.0" | "npm:real@1.0.0" | "git+…#COMMIT" | "https://…" | "file:…",
//         "resolved", "integrity", "bundled", "dev", "optional",
//         "requires": {name: range}, "dependencies": {name: …below a's own node_modules…}}
//
// Source: npm's documentation, "package-lock.json", `dependencies`; @npmcli/arborist lib/shrinkwrap.js, `#metaFromLock`.

import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";
import { isLink, isSet } from "./npm-node.ts";
import type { NpmNode } from "./npm-node.ts";
import { archiveOf, parseAddress } from "./npm-origin.ts";
import { isFolderName, parsePlace, placeOfPath } from "./npm-place.ts";
import type { Place } from "./npm-place.ts";

/**
 * The nodes of a `dependencies` section in the form of version 3, each above what lies below it.
 * @param places those of `packages`, where the lockfile has both: early versions of npm 7 wrote folders of the project
 * (`packages/a`) among the names
 */
export function nodesOfDependencies(
  dependencies: JsonObject,
  places?: ReadonlyMap<string, NpmNode>,
): readonly NpmNode[] {
  const nodes: NpmNode[] = [];
  const taken = new Map<string, { readonly meta: JsonObject; text?: string }>();
  const add = (place: Place, key: string, meta: JsonObject, trail: readonly string[], problem?: string): void => {
    const before = place.kind === "malformed" ? undefined : taken.get(key);
    // Two links to one folder both repeat what lies in it.
    if (before !== undefined) {
      before.text ??= JSON.stringify(before.meta);
      if (before.text === JSON.stringify(meta)) return;
      const why = "another entry has its place";
      nodes.push({ key: `//${nodes.length + 1}`, place: { kind: "malformed", why }, meta, trail });
      return;
    }
    if (place.kind !== "malformed") taken.set(key, { meta });
    const own = place.kind === "malformed" ? `//${nodes.length + 1}` : key;
    nodes.push({ key: own, place, meta, trail, ...(problem === undefined ? {} : { problem }) });
  };
  const walk = (host: string, section: JsonObject, trail: readonly string[]): void => {
    for (const name of Object.keys(section)) {
      const entry = section[name];
      const path = [...trail, name];
      const folder = places !== undefined && places.get(name)?.place.kind === "folder";
      const key = folder ? name : host === "" ? `node_modules/${name}` : `${host}/node_modules/${name}`;
      const meta = isJsonObject(entry) ? metaOf(entry) : {};
      if (!folder)
        add(placeFor(key, name), key, meta, path, isJsonObject(entry) ? undefined : "its entry is no object");
      if (!isJsonObject(entry)) continue;
      const target = isLink(meta) ? placeOfPath(textMember(meta, "resolved") ?? "/") : undefined;
      // What hangs below a link lies in the folder that it leads to.
      if (target !== undefined && target !== "" && !taken.has(target)) {
        add(parsePlace(target), target, targetMeta(entry, name), path);
      }
      const below = objectMember(entry, "dependencies");
      if (below !== undefined) walk(target ?? key, below, [...path, "dependencies"]);
    }
  };
  walk("", dependencies, ["dependencies"]);
  return nodes;
}

function placeFor(key: string, name: string): Place {
  const place = parsePlace(key);
  if (isFolderName(name) || place.kind === "malformed") return place;
  return { kind: "malformed", why: "its name is no name of a package" };
}

/** The entry's flags, digest and requests under the names of version 3. */
function commonMeta(entry: JsonObject): Record<string, Json> {
  const meta: Record<string, Json> = {};
  for (const flag of ["dev", "optional", "devOptional", "peer", "extraneous"]) {
    const value = member(entry, flag);
    if (value !== undefined) meta[flag] = value;
  }
  const requires = objectMember(entry, "requires");
  if (requires !== undefined) meta["dependencies"] = requires;
  return meta;
}

/** A folder that a link leads to: its version is its own, and the lockfile does not know it. */
function targetMeta(entry: JsonObject, name: string): JsonObject {
  return { ...commonMeta(entry), name };
}

function metaOf(entry: JsonObject): JsonObject {
  const version = textMember(entry, "version") ?? "";
  const path = /^(?:file|link):(.*)$/is.exec(version)?.[1];
  if (path !== undefined && parseAddress(`file:${path}`).origin.kind === "directory") {
    return { link: true, resolved: path };
  }
  const meta = commonMeta(entry);
  const [integrity, resolved] = [member(entry, "integrity"), member(entry, "resolved")];
  if (integrity !== undefined) meta["integrity"] = integrity;
  if (resolved !== undefined) meta["resolved"] = resolved;
  if (isSet(entry, "bundled")) meta["inBundle"] = true;
  const [, real, realVersion] = /^npm:((?:@[^/]+\/)?[^@]+)@(.*)$/s.exec(version) ?? [];
  if (real !== undefined && realVersion !== undefined) {
    meta["name"] = real;
    meta["version"] = realVersion;
  } else if (
    path !== undefined ||
    /^[a-z][a-z0-9+.-]*:|^[^\s@/]+@[^\s:/]+:|^[\w-][\w.-]*\/[\w-][\w.-]*(?:#|$)/i.test(version)
  ) {
    meta["resolved"] = version;
    const archive = /^https?:/i.test(version) ? archiveOf(version.replace(/[?#].*$/s, "")) : undefined;
    if (archive?.version !== undefined) {
      meta["name"] = archive.name;
      meta["version"] = archive.version;
    }
  } else if (version !== "") {
    meta["version"] = version;
  }
  return meta;
}
