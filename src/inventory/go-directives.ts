// What the statements of a go.mod file mean (https://go.dev/ref/mod#go-mod-file). Separate from their syntax, and from
// the components that are made of them.

import { UserError } from "../core/errors.ts";
import type { Remarks } from "./component-key.ts";
import { isFolder, isGoVersion } from "./go-module.ts";
import type { GoModule } from "./go-module.ts";
import type { GoStatement, GoSyntax } from "./go-mod-syntax.ts";
import { goModuleKey } from "./go-sum.ts";

export interface GoRequirement {
  readonly path: string;
  /** As written: a branch or `latest` too. */
  readonly version: string;
  /** Marked `// indirect`: no package of the project imports it. */
  readonly indirect: boolean;
  readonly line: number;
}

export interface GoReplacement {
  readonly path: string;
  /** Absent: whatever version. */
  readonly version?: string;
  readonly by: GoModule;
  readonly line: number;
}

export interface GoTool {
  /** Package path of the command. */
  readonly path: string;
  readonly line: number;
}

export interface GoDirectives {
  readonly module?: string;
  /** `1.24`, `1.26rc1`. */
  readonly goVersion?: string;
  readonly toolchain?: string;
  readonly requirements: readonly GoRequirement[];
  /** By `goModuleKey` of what is replaced. */
  readonly replacements: ReadonlyMap<string, GoReplacement>;
  /** By `goModuleKey`. */
  readonly excluded: ReadonlySet<string>;
  readonly tools: readonly GoTool[];
}

/** Verbs that bring nothing in. */
const WITHOUT_MODULES: ReadonlySet<string> = new Set(["retract", "godebug", "ignore"]);
const MAX_REQUIREMENTS = 200_000;

interface Draft {
  module?: string;
  goVersion?: string;
  toolchain?: string;
  readonly requirements: GoRequirement[];
  readonly replacements: Map<string, GoReplacement>;
  readonly excluded: Set<string>;
  readonly tools: GoTool[];
}

/**
 * Reads the statements; of what is wrong with one, `remarks` tells.
 * @param shown how messages call the file
 * @throws UserError `source-malformed` for a second `module`, and for too many statements
 */
export function readGoDirectives({ statements, malformed }: GoSyntax, shown: string, remarks: Remarks): GoDirectives {
  const draft: Draft = { requirements: [], replacements: new Map(), excluded: new Set(), tools: [] };
  const unread = (line: number): void =>
    remarks.add({
      rule: "inventory-incomplete",
      subject: shown,
      message: `line ${line} cannot be read`,
      file: shown,
      line,
    });
  malformed.forEach(unread);
  for (const statement of statements) {
    const { line } = statement;
    if (statement.verb === "module" && draft.module !== undefined) {
      throw new UserError("source-malformed", `${shown}:${line}: there are two module statements`);
    }
    if (draft.requirements.length > MAX_REQUIREMENTS || draft.replacements.size > MAX_REQUIREMENTS) {
      throw new UserError("source-malformed", `${shown}:${line}: it names more than ${MAX_REQUIREMENTS} modules`);
    }
    if (!addStatement(draft, statement, shown, remarks)) unread(line);
  }
  return draft;
}

/** False for a statement that cannot be read. */
function addStatement(draft: Draft, statement: GoStatement, shown: string, remarks: Remarks): boolean {
  const { verb, words, comment, line } = statement;
  const [first, second] = words;
  if (WITHOUT_MODULES.has(verb)) return true;
  if (first === undefined) return false;
  if (verb === "require") {
    if (second === undefined || words.length !== 2) return false;
    draft.requirements.push({ path: first, version: second, indirect: /^indirect(?:;|$)/.test(comment), line });
    return true;
  }
  if (verb === "replace") return addReplacement(draft, statement, shown, remarks);
  if (verb === "exclude") {
    if (second === undefined || words.length !== 2) return false;
    draft.excluded.add(goModuleKey(first, second));
    return true;
  }
  if (words.length !== 1) return false;
  if (verb === "module") draft.module = first;
  else if (verb === "go") draft.goVersion = first;
  else if (verb === "toolchain") draft.toolchain = first;
  else if (verb === "tool") draft.tools.push({ path: first, line });
  else return false;
  return true;
}

/** `old [version] => new version` or `old [version] => folder`. */
function addReplacement(draft: Draft, { words, line }: GoStatement, shown: string, remarks: Remarks): boolean {
  const arrow = words.indexOf("=>");
  const [path, version] = words.slice(0, arrow === -1 ? 0 : arrow);
  const [target, targetVersion] = words.slice(arrow + 1);
  if (path === undefined || target === undefined || arrow > 2 || words.length - arrow > 3) return false;
  if (isFolder(target) === (targetVersion !== undefined)) return false;
  const by: GoModule = targetVersion === undefined ? { path: target } : { path: target, version: targetVersion };
  const key = goModuleKey(path, version);
  const known = draft.replacements.get(key);
  if (known === undefined) {
    draft.replacements.set(key, { path, ...(version === undefined ? {} : { version }), by, line });
  } else if (known.by.path !== target || known.by.version !== targetVersion) {
    const message = "it is replaced twice, by different modules";
    remarks.add({ rule: "component-malformed", subject: key, message, file: shown, line });
  }
  return true;
}

/** What stands in place of a module: a replacement of this version before one of every version. */
export function replacementOf(
  { replacements }: GoDirectives,
  path: string,
  version: string,
): GoReplacement | undefined {
  return replacements.get(goModuleKey(path, version)) ?? replacements.get(path);
}

/**
 * True where go.mod lists every module that the project's packages need: since Go 1.17
 * (https://go.dev/ref/mod#graph-pruning); older ones leave out what others ask for.
 */
export function listsAllModules({ goVersion }: GoDirectives): boolean {
  const [, major, minor] = /^(\d{1,6})(?:\.(\d{1,6}))?/.exec(goVersion ?? "") ?? [];
  return Number(major ?? 1) > 1 || Number(minor ?? 0) >= 17;
}

/** What a requirement asks for in words that are no version, or undefined. */
export function looseVersion(version: string): string | undefined {
  return isGoVersion(version) ? undefined : version;
}
