// The parts of one document of a pnpm lockfile, in one form for all versions of the format.
// Source: github.com/pnpm/spec, lockfile/5.2.md, 6.0.md, 9.0.md; pnpm/pnpm, lockfile/types.

import { UserError } from "../core/errors.ts";
import { publicPath } from "../core/public-url.ts";
import { overrideClauses } from "./lock-changes.ts";
import type { PnpmFormat } from "./pnpm-dep-path.ts";
import { yamlMap, yamlText } from "./yaml-node.ts";
import type { YamlMap, YamlNode } from "./yaml-node.ts";

export interface PnpmDocument {
  readonly format: PnpmFormat;
  /** By the folder of the project, relative to the lockfile's; `.` is its own. */
  readonly importers: YamlMap;
  readonly packages: YamlMap;
  /** Of 9.x: what the entries of `packages` need, once for each set of peers. */
  readonly snapshots: YamlMap | undefined;
  readonly members: YamlMap;
  /** It holds what pnpm itself needs to begin (`configDependencies`), not what the project needs. */
  readonly environment: boolean;
}

const EMPTY: YamlMap = new Map<string, YamlNode>();

/** @throws UserError `source-malformed`, `source-unsupported` */
export function readDocument(node: YamlNode, source: string): PnpmDocument {
  const members = yamlMap(node);
  if (members === undefined) throw new UserError("source-malformed", `${source}:${node.line}: is no pnpm lockfile`);
  const format = readFormat(members, source);
  const importers = sectionOf(members, "importers", source) ?? new Map([[".", node]]);
  const snapshots = format === 9 ? sectionOf(members, "snapshots", source) : undefined;
  const packages = sectionOf(members, "packages", source) ?? EMPTY;
  const projects = [...importers.values()].map((importer) => yamlMap(importer) ?? EMPTY);
  const environment =
    projects.some((project) => project.has("configDependencies") || project.has("packageManagerDependencies")) &&
    !projects.some((project) => GROUPS.some((group) => project.has(group)));
  return { format, importers, packages, snapshots, members, environment };
}

const GROUPS = ["dependencies", "devDependencies", "optionalDependencies"];

function sectionOf(members: YamlMap, name: string, source: string): YamlMap | undefined {
  const node = members.get(name);
  if (node === undefined || node.value === "") return undefined;
  const section = yamlMap(node);
  if (section !== undefined) return section;
  throw new UserError("source-malformed", `${source}:${node.line}: ${name} is no mapping`);
}

function readFormat(members: YamlMap, source: string): PnpmFormat {
  const node = members.get("lockfileVersion");
  const text = yamlText(node) ?? "";
  const [, major] = /^([569])(?:\.\d{1,3})?(?:-inlineSpecifiers)?$/.exec(text) ?? [];
  if (major !== undefined) return Number(major) as PnpmFormat;
  const line = node?.line ?? 1;
  if (text === "") throw new UserError("source-malformed", `${source}:${line}: has no lockfileVersion`);
  const shown = text.slice(0, 100);
  throw new UserError("source-unsupported", `${source}:${line}: lockfileVersion ${shown} is not known`, {
    hint: "lock again with pnpm 7 to 12: pnpm install --lockfile-only",
  });
}

/** What a project or package asks for in one group, whatever the form: `a: 1.0.0`, or `a: {specifier, version}`. */
export interface PnpmNeed {
  readonly name: string;
  /** Absent where the lockfile has none, or something else than a text. */
  readonly reference: string | undefined;
  readonly specifier: string | undefined;
  readonly line: number;
}

export function needsOf(members: YamlMap, group: string): readonly PnpmNeed[] {
  const specifiers = yamlMap(members.get("specifiers"));
  return [...(yamlMap(members.get(group)) ?? [])].map(([name, node]) => {
    const inline = yamlMap(node);
    const specifier = inline === undefined ? specifiers?.get(name) : inline.get("specifier");
    const reference = inline === undefined ? node : inline.get("version");
    return { name, reference: yamlText(reference), specifier: yamlText(specifier), line: node.line };
  });
}

/** What the project asks for, with `catalog:` replaced by what the catalog says. */
export function specifierOf({ name, specifier }: PnpmNeed, members: YamlMap): string | undefined {
  if (specifier?.startsWith("catalog:") !== true) return specifier;
  const catalog = specifier.slice("catalog:".length) || "default";
  const entry = yamlMap(yamlMap(yamlMap(members.get("catalogs"))?.get(catalog))?.get(name));
  return yamlText(entry?.get("specifier")) ?? specifier;
}

/** What the project changes of packages: `overrides` by name, `patchedDependencies` by name and version. */
export function createChanges(members: YamlMap, secret: () => void) {
  const rules = [...(yamlMap(members.get("overrides")) ?? [])];
  const overrides = overrideClauses(
    rules.map(([selector, node]) => [selector, yamlText(node) ?? ""] as const),
    secret,
  );
  const patches = yamlMap(members.get("patchedDependencies")) ?? EMPTY;
  return (name: string, version: string | undefined, suffix: string): readonly string[] => {
    const patch = (version === undefined ? undefined : patches.get(`${name}@${version}`)) ?? patches.get(name);
    const parts = yamlMap(patch);
    const hash = yamlText(patch) ?? yamlText(parts?.get("hash")) ?? /\(patch_hash=([^()]*)\)/.exec(suffix)?.[1];
    const file = publicPath(yamlText(parts?.get("path")) ?? "/");
    const what = [file, hash === undefined ? undefined : `hash ${hash}`].filter((part) => part !== undefined);
    return [
      ...(patch === undefined && hash === undefined ? [] : [`patched by the project (${what.join(", ")})`]),
      ...(overrides.get(name) ?? []),
    ];
  };
}
