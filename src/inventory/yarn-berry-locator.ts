// Descriptors and locators of yarn 2 and later: what is asked for, and what it was resolved to. Both are
// `name@reference`. Source: github.com/yarnpkg/berry, packages/yarnpkg-core/sources/structUtils.ts, and the plugins.
//
//   reference = "npm:" version ["::" bindings]       bindings: __archiveUrl=ENCODED&…
//             | "workspace:" path | "portal:" path | "link:" path
//             | "file:" path ["#" path] ["::" bindings]          an archive or a folder
//             | "patch:" ENCODED locator "#" patches ["::" bindings]
//             | git address "#commit=" commit | URL of an archive
//   bindings  = name "=" ENCODED {"&" name "=" ENCODED}

import type { Origin } from "../core/inventory.ts";
import { archiveOrigin, decoded, gitOrigin, isGitAddress, localOrigin } from "./lock-origin.ts";
import type { Located } from "./lock-origin.ts";

export interface Locator {
  readonly name: string;
  /** Without bindings. */
  readonly reference: string;
  readonly bindings: ReadonlyMap<string, string>;
}

/** Taken apart; text without a reference has an empty one. */
export function parseLocator(text: string): Locator {
  const at = text.indexOf("@", 1);
  const name = at === -1 ? text : text.slice(0, at);
  const whole = at === -1 ? "" : text.slice(at + 1);
  const cut = whole.indexOf("::");
  const bindings = new Map<string, string>();
  for (const part of cut === -1 ? [] : whole.slice(cut + 2).split("&")) {
    const equals = part.indexOf("=");
    if (equals !== -1) bindings.set(part.slice(0, equals), decoded(part.slice(equals + 1)));
  }
  return { name, reference: cut === -1 ? whole : whole.slice(0, cut), bindings };
}

export interface Patch {
  /** Locator or descriptor of what is patched. */
  readonly source: string;
  /** Below the project, or `builtin<compat/typescript>`. */
  readonly files: string;
  /** Made by yarn itself, without being asked. */
  readonly builtin: boolean;
}

/** The parts of a `patch:` reference; undefined for another one. */
export function parsePatch(reference: string): Patch | undefined {
  if (!reference.startsWith("patch:")) return undefined;
  const hash = reference.indexOf("#");
  const files = hash === -1 ? "" : reference.slice(hash + 1);
  const source = decoded(reference.slice("patch:".length, hash === -1 ? undefined : hash));
  return { source, files, builtin: /(?:^|[!~&])builtin</.test(files) };
}

export interface BerryLocation extends Located {
  /** Why there is no digest, whatever checksum there is. */
  readonly undigested: string;
  readonly linked: boolean;
}

const NO_DIGEST = "the lockfile's checksum is of yarn's own archive, not of the package's";

/** Where a package comes from; of a patch, where what it patches does. `depth` bounds patches of patches. */
export function locatePackage({ reference, bindings }: Locator, depth = 0): BerryLocation {
  const known = { redacted: false, undigested: NO_DIGEST, linked: false };
  const [, protocol = "", rest = ""] = /^([a-z]+):(?!\/\/)([^#]*)/.exec(reference) ?? [];
  if (protocol === "npm") {
    const archive = archiveOrigin(bindings.get("__archiveUrl") ?? "");
    return archive === undefined ? { ...known, origin: { kind: "registry" } } : { ...known, ...archive };
  }
  if (protocol === "workspace") {
    const { origin } = localOrigin("directory", rest);
    const path = "path" in origin ? { path: origin.path ?? "" } : {};
    return { ...known, origin: { kind: "workspace", ...path }, undigested: "a folder of the project" };
  }
  if (protocol === "portal" || protocol === "link") {
    return { ...known, ...localOrigin("directory", rest), undigested: "a linked folder", linked: true };
  }
  if (protocol === "file")
    return { ...known, ...localOrigin(/\.(?:tgz|tar\.gz)$/i.test(rest) ? "file" : "directory", rest) };
  const patch = depth < 3 ? parsePatch(reference) : undefined;
  if (patch !== undefined) return locatePackage(parseLocator(patch.source), depth + 1);
  if (isGitAddress(reference) || /#(?:.*&)?commit=/.test(reference)) {
    const located = gitOrigin(reference);
    const origin: Origin = located?.origin ?? { kind: "git" };
    const commit = origin.kind === "git" ? origin.commit : undefined;
    const undigested = commit === undefined ? "a git reference that pins no commit" : `pinned by git commit ${commit}`;
    return { ...known, origin, redacted: located?.redacted ?? false, undigested };
  }
  const archive = archiveOrigin(reference);
  return archive === undefined ? { ...known, origin: { kind: "unknown" } } : { ...known, ...archive };
}

/** A rule of `resolutions`: `a`, `a@npm:^1`, `parent/a`, `parent@npm:1.0.0/a`. */
export interface ResolutionRule {
  readonly parent: { readonly name: string; readonly reference: string | undefined } | undefined;
  readonly name: string;
  readonly reference: string | undefined;
  /** What is taken instead: a range, or a whole reference. */
  readonly value: string;
}

/** Reads `resolutions` of the project's package.json; rules of another form change nothing here. */
export function parseResolutions(resolutions: Iterable<readonly [string, string]>): readonly ResolutionRule[] {
  const rules: ResolutionRule[] = [];
  const ident = "(?:@[^/@]+/)?[^/@]+";
  const form = new RegExp(
    `^(?:(?<parent>${ident})(?:@(?<parentReference>[^/@]+))?/)?(?<name>${ident})(?:@(?<reference>.+))?$`,
  );
  for (const [selector, value] of resolutions) {
    const parts = selector.length > 1000 ? undefined : form.exec(selector.replace(/^\*\*\//, ""))?.groups;
    if (parts?.["name"] === undefined) continue;
    const { parent, parentReference, name, reference } = parts;
    rules.push({
      parent: parent === undefined ? undefined : { name: parent, reference: parentReference },
      name,
      reference,
      value,
    });
  }
  return rules;
}
