// The components of go.mod and go.sum: what is required, what stands in place of something, and what only go.sum knows.
// Separate from the reader, which finds the files and makes the inventory.

import { parse } from "semver";
import type { Component, Facts, Scope } from "../core/inventory.ts";
import type { Remarks } from "./component-key.ts";
import { listsAllModules, looseVersion, replacementOf } from "./go-directives.ts";
import type { GoDirectives, GoRequirement } from "./go-directives.ts";
import { goComponent, goModuleProblem, isFolder } from "./go-module.ts";
import type { GoModule } from "./go-module.ts";
import { goModuleKey } from "./go-sum.ts";
import type { GoSumEntry } from "./go-sum.ts";

/** Why a module of go.sum has no digest: `h1:` is one of a list. */
const HASH_OF_LIST = "go.sum states the hash of its list of files, none of an archive";

export interface GoFiles {
  readonly directives: GoDirectives | undefined;
  readonly sums: ReadonlyMap<string, GoSumEntry> | undefined;
  readonly shownMod: string;
  readonly shownSum: string;
  readonly remarks: Remarks;
}

export interface Required {
  readonly component: Component;
  readonly requirement: GoRequirement;
}

export function requiredComponents(
  files: GoFiles,
  directives: GoDirectives,
  keyOf: (wanted: string) => string,
  used: Set<string>,
): readonly Required[] {
  const tools = toolsByModule(files, directives);
  const versions = new Map<string, string>();
  return directives.requirements.map((requirement) => {
    remarkRequirement(files, directives, requirement, versions);
    const { path, version, line } = requirement;
    const replacement = replacementOf(directives, path, version);
    if (replacement !== undefined) used.add(goModuleKey(replacement.path, replacement.version));
    const loose = looseVersion(version);
    const module: GoModule = {
      ...(loose === undefined ? withSums(files, { path, version }, used) : { path }),
      ...(replacement === undefined ? {} : { replacement: withSums(files, replacement.by, used) }),
    };
    const commands = tools.get(path);
    const facts: Facts = {
      ...(loose === undefined ? {} : { requested: loose }),
      ...(commands === undefined ? {} : { commands }),
    };
    const key = keyOf(goModuleKey(path, version));
    const undigested = whyUndigested(files, replacement === undefined ? module : (module.replacement ?? module));
    const component = goComponent(module, { key, scope: "runtime", undigested, facts, file: files.shownMod, line });
    return { component, requirement };
  });
}

/** The module with what go.sum says of it. */
function withSums({ sums }: GoFiles, { path, version }: GoModule, used: Set<string>): GoModule {
  if (version === undefined) return { path };
  const key = goModuleKey(path, version);
  used.add(key);
  const entry = sums?.get(key);
  return {
    path,
    version,
    ...(entry?.sum === undefined ? {} : { sum: entry.sum }),
    ...(entry?.goModSum === undefined ? {} : { goModSum: entry.goModSum }),
  };
}

function whyUndigested({ sums }: GoFiles, { sum, goModSum }: GoModule): string {
  if (sums === undefined) return "there is no go.sum";
  if (sum !== undefined) return HASH_OF_LIST;
  return goModSum === undefined ? "go.sum has no line for it" : "go.sum has only the hash of its go.mod";
}

/** What is wrong with one requirement. */
function remarkRequirement(
  { shownMod, remarks }: GoFiles,
  { excluded }: GoDirectives,
  { path, version, line }: GoRequirement,
  versions: Map<string, string>,
): void {
  const place = { subject: goModuleKey(path, version), file: shownMod, line };
  if (looseVersion(version) !== undefined) {
    const message = `${version} is no version: go looks up at each build what it stands for`;
    remarks.add({ rule: "inventory-incomplete", message, ...place });
  } else {
    const problem = goModuleProblem(path, version);
    if (problem !== undefined) remarks.add({ rule: "component-malformed", message: problem, ...place });
  }
  if (excluded.has(goModuleKey(path, version))) {
    const message = "it is required and excluded: go takes a higher version";
    remarks.add({ rule: "inventory-incomplete", message, ...place });
  }
  const before = versions.get(path);
  versions.set(path, version);
  if (before !== undefined && before !== version) {
    const message = `it is required as ${before} too: go takes the higher version`;
    remarks.add({ rule: "inventory-incomplete", message, ...place });
  }
}

/** Commands of `tool` lines, by the module that holds them: the longest path that is a beginning of theirs. */
function toolsByModule(
  { shownMod, remarks }: GoFiles,
  { module, tools, requirements }: GoDirectives,
): ReadonlyMap<string, readonly string[]> {
  const known = new Set([...requirements.map(({ path }) => path), ...(module === undefined ? [] : [module])]);
  const found = new Map<string, string[]>();
  for (const { path, line } of tools) {
    let holder = path.slice(0, 1000);
    while (holder !== "" && !known.has(holder)) holder = holder.slice(0, Math.max(0, holder.lastIndexOf("/")));
    if (holder === "") {
      const message = "no module that is required holds this tool";
      remarks.add({ rule: "inventory-incomplete", subject: path, message, file: shownMod, line });
      continue;
    }
    const command =
      path
        .replace(/\/v\d+$/, "")
        .split("/")
        .at(-1) ?? path;
    const commands = found.get(holder);
    if (commands === undefined) found.set(holder, [command]);
    else commands.push(command);
  }
  return found;
}

/** Replacements of modules that go.mod does not require: they count as soon as another module asks for one. */
export function unusedReplacements(
  files: GoFiles,
  directives: GoDirectives,
  keyOf: (wanted: string) => string,
  used: Set<string>,
): readonly Component[] {
  const unused = [...directives.replacements].filter(([key]) => !used.has(key));
  return unused.map(([wanted, { path, version, by, line }]) => {
    const replacement = withSums(files, by, used);
    const module: GoModule = { path, ...(version === undefined ? {} : { version }), replacement };
    const scope: Scope = listsAllModules(directives) ? "optional" : "runtime";
    const undigested = isFolder(by.path) ? "a folder stands in its place" : whyUndigested(files, replacement);
    return goComponent(module, { key: keyOf(`${wanted} replaced`), scope, undigested, file: files.shownMod, line });
  });
}

/** Modules of which go.sum has the hash of a zip, and which are no others' already. */
export function summedComponents(
  { sums, directives, shownSum, remarks }: GoFiles,
  keyOf: (wanted: string) => string,
  used: ReadonlySet<string>,
): readonly Component[] {
  const entries = [...(sums ?? new Map<string, GoSumEntry>())]
    .filter(([key, { sum }]) => sum !== undefined && !used.has(key))
    .map(([, entry]) => entry);
  const built = directives === undefined || listsAllModules(directives) ? new Set<GoSumEntry>() : highest(entries);
  const required = new Set(directives?.requirements.map(({ path }) => path));
  return entries.map((entry) => {
    const { path, version, line } = entry;
    const problem = goModuleProblem(path, version);
    const key = goModuleKey(path, version);
    if (problem !== undefined) {
      remarks.add({ rule: "component-malformed", subject: key, message: problem, file: shownSum, line });
    }
    const runtime = directives === undefined || (built.has(entry) && !required.has(path));
    const scope: Scope = runtime ? "runtime" : "optional";
    return goComponent(entry, { key: keyOf(key), scope, undigested: HASH_OF_LIST, file: shownSum, line });
  });
}

/** Of each module the entry with the highest version. */
function highest(entries: readonly GoSumEntry[]): ReadonlySet<GoSumEntry> {
  const best = new Map<string, GoSumEntry>();
  for (const entry of entries) {
    if (goModuleProblem(entry.path, entry.version) !== undefined) continue;
    const before = best.get(entry.path);
    if (before === undefined || isHigher(entry.version, before.version)) best.set(entry.path, entry);
  }
  return new Set(best.values());
}

/** False for versions with numbers so large that nobody compares them. */
function isHigher(version: string, other: string): boolean {
  const [a, b] = [parse(version), parse(other)];
  return a !== null && (b === null || a.compare(b) > 0);
}
