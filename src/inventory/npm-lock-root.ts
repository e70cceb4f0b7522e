// The project that an npm lockfile is for: what the lockfile says of it, and the package.json beside it where it does
// not. Separate, because lockfiles of version 1 and those inside node_modules leave the project out.

import type { Component, Remark } from "../core/inventory.ts";
import { UserError } from "../core/errors.ts";
import { globMatches } from "../core/glob.ts";
import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { parseLargeJson } from "../core/large-json.ts";
import { isNpmName } from "../core/package-version.ts";
import { publicPath, publicUrl } from "../core/public-url.ts";
import { npmPurl } from "../core/purl.ts";
import type { Tree } from "./source.ts";
import { manifestFacts, manifestStatements } from "./npm-manifest.ts";
import { installScripts } from "./npm-scripts.ts";

/** Bytes. */
const MAX_MANIFEST = 4 * 2 ** 20;

export interface NpmManifest {
  readonly manifest: JsonObject;
  readonly bindingGyp?: Uint8Array;
}

/**
 * The package.json in a folder of the tree, and the binding.gyp beside it; undefined where there is none.
 * @throws UserError `source-malformed` for one that is no JSON object, and for files that cannot be read
 */
export function readManifest(tree: Tree, folder: string): NpmManifest | undefined {
  const prefix = folder === "" ? "" : `${folder}/`;
  const path = `${prefix}package.json`;
  if (tree.entry(path)?.type !== "file") return undefined;
  const text = tree.read(path, MAX_MANIFEST)?.toString("utf8") ?? "";
  const manifest = parseLargeJson(text, { source: tree.shown(path), code: "source-malformed" }).value;
  if (!isJsonObject(manifest)) throw new UserError("source-malformed", `${tree.shown(path)}:1: it is no object`);
  const gyp = `${prefix}binding.gyp`;
  const bindingGyp = tree.entry(gyp)?.type === "file" ? tree.read(gyp, MAX_MANIFEST) : undefined;
  return { manifest, ...(bindingGyp === undefined ? {} : { bindingGyp }) };
}

/** The root component: what the lockfile's own entry says, else the manifest, else the name of the lockfile. */
export function rootOf(
  entry: JsonObject | undefined,
  lock: JsonObject,
  found: NpmManifest | undefined,
  fileName: string,
): Omit<Component, "dependsOn"> {
  const { manifest, bindingGyp } = found ?? { manifest: {} };
  const sources = [entry ?? {}, lock, manifest];
  const name = sources.map((source) => textMember(source, "name")).find((text) => text !== undefined && text !== "");
  const version = sources
    .map((source) => textMember(source, "version"))
    .find((text) => text !== undefined && text !== "");
  const facts = manifestFacts(found === undefined ? (entry ?? {}) : manifest, name ?? "");
  if (found !== undefined) facts.installScripts = installScripts(manifest, { bindingGyp, built: true });
  const statements = manifestStatements(found === undefined ? (entry ?? {}) : manifest);
  const named = name !== undefined && isNpmName(name) && /^[0-9A-Za-z.+-]*$/.test(version ?? "");
  return {
    key: "",
    kind: "application",
    name: name ?? fileName,
    ...(name === undefined || version === undefined ? {} : { version }),
    ...(named ? { purl: npmPurl(name, version) } : {}),
    digests: [],
    undigested: "the project itself",
    scope: "runtime",
    origin: { kind: "workspace" },
    facts,
    ...(statements === undefined ? {} : { statements }),
  };
}

const SECTIONS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;

/** Where package.json asks for something else than the project did when it was locked. */
export function manifestDrift(entry: JsonObject, manifest: JsonObject, shown: string): readonly Remark[] {
  const drift = SECTIONS.flatMap((section) => {
    const [locked, asked] = [objectMember(entry, section) ?? {}, objectMember(manifest, section) ?? {}];
    // What is optional may stand in `dependencies` too, and npm then leaves it out there.
    const optional = section === "dependencies" ? (objectMember(manifest, "optionalDependencies") ?? {}) : {};
    return [...new Set([...Object.keys(locked), ...Object.keys(asked)])].filter(
      (name) => !Object.hasOwn(optional, name) && member(locked, name) !== member(asked, name),
    );
  });
  if (drift.length === 0) return [];
  const names = `${drift.slice(0, 5).join(", ")}${drift.length > 5 ? ", …" : ""}`;
  const message = `package.json asks for other versions than the lockfile was made for: ${names}`;
  return [
    { rule: "inventory-incomplete", subject: shown, message, hint: "lock again: npm install --package-lock-only" },
  ];
}

/** Work that patterns of workspaces may make: patterns times folders times their lengths. */
const MAX_MATCHING = 50_000_000;

/**
 * Which of the folders are workspaces of the project (`workspaces: ["packages/*", "!packages/old"]`, or an object with
 * `packages`). A later pattern overrides an earlier one. Patterns of more than globs can say match nothing.
 */
export function workspacePlaces(root: JsonObject, folders: readonly string[]): ReadonlySet<string> {
  const declared = member(root, "workspaces");
  const list = isJsonObject(declared) ? member(declared, "packages") : declared;
  const patterns = (Array.isArray(list) ? list : []).flatMap((each) => {
    const [, bangs = "", pattern = ""] =
      typeof each === "string" ? (/^(!*)(?:\.?\/+)?(.*?)\/*$/s.exec(each) ?? []) : [];
    return pattern === "" ? [] : [{ pattern, member: bangs.length % 2 === 0 }];
  });
  const sizes = [patterns.map(({ pattern }) => pattern), folders].map((texts) =>
    texts.reduce((sum, text) => sum + text.length + 1, 0),
  );
  if ((sizes[0] ?? 0) * (sizes[1] ?? 0) > MAX_MATCHING) return new Set();
  return new Set(
    folders.filter((folder) => patterns.findLast(({ pattern }) => globMatches(pattern, folder))?.member === true),
  );
}

/**
 * What the project asked for, as it may be published: ranges, tags and aliases as they are, URLs without secrets, paths
 * below the project. Undefined for anything else.
 */
export function publicRequest(spec: string): string | undefined {
  if (spec.length > 500) return undefined;
  if (/^(?:file|link|workspace):/i.test(spec)) {
    const [, scheme = "", path = ""] = /^([a-z]+:)(.*)$/is.exec(spec) ?? [];
    if (scheme.toLowerCase() === "workspace:" && !path.includes("/")) return spec;
    const below = publicPath(path);
    return below === undefined ? undefined : `${scheme}${below}`;
  }
  if (/^npm:(?:@[\w.~-]+\/)?[\w.~-]+(?:@[^:/@]*)?$/i.test(spec) || !/[:/@\\]/.test(spec)) return spec;
  if (/^(?:[a-z]+:)?[\w-][\w.-]*\/[\w-][\w.-]*(?:#[\w.^~/:=<>-]+)?$/i.test(spec)) return spec;
  const found = publicUrl(spec);
  if (found === undefined) return undefined;
  const pin = /#((?:semver:)?[\w.^~/-]{1,100})$/.exec(spec)?.[1];
  return pin === undefined ? found.url : `${found.url}#${pin}`;
}
