// A Go module as a component, wherever it is named: go.mod, go.sum, or a program's build information. Separate, so that
// the rules of module paths, versions and replacements are the same for all of them.

import type { Component, Facts, Origin, Scope } from "../core/inventory.ts";
import { publicPath } from "../core/public-url.ts";
import { goPurl } from "../core/purl.ts";

/** A module as it is written down: nothing of it has been checked. */
export interface GoModule {
  readonly path: string;
  /** Empty or absent where none is stated. */
  readonly version?: string;
  /** `h1:…` of the zip, when that is a hash. */
  readonly sum?: string;
  readonly goModSum?: string;
  /** What stands in its place: a module, or a folder, whose path begins with `./`, `../` or a root. */
  readonly replacement?: GoModule;
}

/** Semantic version 2.0.0 with the `v` that Go demands; build metadata is `+incompatible`, or `+dirty` in programs. */
const VERSION =
  /^v(0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;
/** Parts of a module path: https://go.dev/ref/mod#go-mod-file-ident */
const PATH =
  /^[A-Za-z0-9_~+-](?:[A-Za-z0-9._~+-]*[A-Za-z0-9_~+-])?(?:\/[A-Za-z0-9_~+-](?:[A-Za-z0-9._~+-]*[A-Za-z0-9_~+-])?)*$/;
const MAX_PATH = 1000;

/** True for a version that names one state of a module; a branch or `latest` does not. */
export function isGoVersion(version: string): boolean {
  return version.length <= MAX_PATH && VERSION.test(version);
}

/** True for the path of a folder: modules have paths that begin otherwise (https://go.dev/ref/mod#go-mod-file-replace). */
export function isFolder(path: string): boolean {
  return /^\.{1,2}(?:[/\\]|$)|^[/\\]|^[A-Za-z]:[/\\]/.test(path);
}

/** What is impossible about a module's path or version, as a clause, or undefined. */
export function goModuleProblem(path: string, version: string | undefined): string | undefined {
  if (path.length > MAX_PATH || !PATH.test(path)) return "its path is none that a Go module can have";
  if (version === undefined) return undefined;
  const [, major, build] = VERSION.exec(version) ?? [];
  if (major === undefined) return "its version is none that a Go module can have";
  const stated = path.startsWith("gopkg.in/") ? /\.v(0|[1-9]\d*)(?:-unstable)?$/.exec(path)?.[1] : majorOf(path);
  // https://go.dev/ref/mod#major-version-suffixes and #incompatible-versions
  if (stated !== undefined && stated !== major && !(path.startsWith("gopkg.in/") && major === "0")) {
    return `its path says major version ${stated}, its version ${major}`;
  }
  const incompatible = build?.split(".").includes("incompatible") === true;
  if (stated === undefined && Number(major) > 1 && !incompatible) {
    return `its path has no major version, its version ${major} needs one`;
  }
  return undefined;
}

function majorOf(path: string): string | undefined {
  return /\/v([2-9]|[1-9]\d+)$/.exec(path)?.[1];
}

export interface GoComponentOptions {
  readonly key: string;
  readonly scope: Scope;
  /** Why it has no digest of an archive. */
  readonly undigested: string;
  readonly facts?: Facts;
  /** File and line for findings. */
  readonly file?: string;
  readonly line?: number;
}

/**
 * The component that a module is. Of a replaced module it is what stands in its place, with the replaced path as alias:
 * that is the code which is built. A folder in its place keeps the name and has no version.
 */
export function goComponent(module: GoModule, options: GoComponentOptions): Component {
  const { replacement } = module;
  const { key, scope, undigested, file, line } = options;
  const place = {
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  };
  if (replacement !== undefined && isFolder(replacement.path)) {
    const path = publicPath(replacement.path);
    const stated = [module.version].filter((version) => version !== undefined && version !== "");
    const where = path === undefined ? "a folder outside of the project" : `the folder ./${path}`;
    return {
      key,
      kind: "library",
      name: module.path,
      digests: [],
      undigested: "a folder stands in its place",
      scope,
      origin: { kind: "directory", ...(path === undefined ? {} : { path }) },
      facts: {
        ...options.facts,
        patched: `replaced by ${where}`,
        ...(stated[0] === undefined ? {} : { requested: stated[0] }),
      },
      ...place,
    };
  }
  const source = replacement ?? module;
  const version = source.version === "" ? undefined : source.version;
  return {
    key,
    kind: "library",
    name: source.path,
    ...(version === undefined ? {} : { version }),
    ...(goModuleProblem(source.path, version) === undefined ? { purl: goPurl(source.path, version) } : {}),
    digests: [],
    undigested,
    scope,
    origin: REGISTRY,
    facts: {
      ...options.facts,
      ...(replacement === undefined ? {} : { alias: module.path, patched: `stands in place of ${named(module)}` }),
      ...(source.sum === undefined ? {} : { goSum: source.sum }),
      ...(source.goModSum === undefined ? {} : { goModSum: source.goModSum }),
    },
    ...place,
  };
}

/** Go fetches from a proxy or from the repository; which, no file says. */
const REGISTRY: Origin = { kind: "registry" };

function named({ path, version }: GoModule): string {
  return version === undefined || version === "" ? path : `${path}@${version}`;
}
