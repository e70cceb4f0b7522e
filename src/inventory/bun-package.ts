// One row of `packages` of a bun.lock as a component. A row is a list whose form depends on what it was resolved to:
//
//   npm          [name@version, registry, info, integrity]      registry: "" for the default one, or an archive's URL
//   tarball      [name@URL or path, info, integrity?]
//   git, GitHub  [name@git+URL#commit or github:owner/repo#commit, info, tag, integrity?]
//   folder       [name@file:path, info]     symlink [name@link:path, info]
//   workspace    [name@workspace:path]      (version 0: and info)      root [name@root:, {bin}]
//
// Source: oven-sh/bun, src/install/lockfile/bun.lock.rs; bun.sh/reference/bun/BunLockFile.

import { parseIntegrity } from "../core/integrity.ts";
import type { Facts, Origin } from "../core/inventory.ts";
import { isJsonObject, member } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import type { Json } from "../core/json.ts";
import { isNpmName, isSemver } from "../core/package-version.ts";
import { publicUrl } from "../core/public-url.ts";
import type { LockGraph } from "./lock-graph.ts";
import { nodeName, quoteHash } from "./lock-node.ts";
import type { LockNode } from "./lock-node.ts";
import {
  archiveOrigin,
  gitOrigin,
  isGitAddress,
  localOrigin,
  lockPurl,
  publicReference,
  remarkArchive,
} from "./lock-origin.ts";
import type { Located } from "./lock-origin.ts";
import { manifestFacts } from "./npm-manifest.ts";
import type { Draft } from "./npm-manifest.ts";

export type BunResolution = "npm" | "tarball" | "git" | "folder" | "link" | "workspace" | "root";

export interface BunRow {
  /** As in the lockfile: a place, `parent/name`. */
  readonly key: string;
  readonly name: string;
  /** What stands behind the name: a version, an address. */
  readonly reference: string;
  readonly resolution: BunResolution;
  readonly info: JsonObject;
  readonly registry: string;
  readonly integrity: Json | undefined;
  readonly line: number;
}

/** Takes a row apart; undefined for one that has no form at all. */
export function readRow(key: string, value: Json, line: number): BunRow | undefined {
  const list: readonly Json[] = Array.isArray(value) ? value : [];
  const [id] = list;
  if (typeof id !== "string") return undefined;
  const at = id.startsWith("@root:") ? 0 : id.indexOf("@", 1);
  if (at === -1) return undefined;
  const [name, reference] = [id.slice(0, at), id.slice(at + 1)];
  const resolution = resolutionOf(reference);
  const infoAt = resolution === "npm" ? 2 : 1;
  const info = list[infoAt];
  const integrity = list[resolution === "tarball" ? 2 : 3];
  const registry = resolution === "npm" && typeof list[1] === "string" ? list[1] : "";
  return { key, name, reference, resolution, info: isJsonObject(info) ? info : {}, registry, integrity, line };
}

function resolutionOf(reference: string): BunResolution {
  if (reference.startsWith("workspace:")) return "workspace";
  if (reference.startsWith("root:")) return "root";
  if (reference.startsWith("link:")) return "link";
  if (reference.startsWith("file:")) return "folder";
  if (isSemver(reference)) return "npm";
  if (isGitAddress(reference)) return "git";
  if (/^https?:\/\//.test(reference) || /\.(?:tgz|tar\.gz)$/i.test(reference)) return "tarball";
  return "npm";
}

interface Surroundings {
  readonly file: string;
  /** Key of the row that it lies in. */
  readonly parent: string | undefined;
  changesOf(row: BunRow): readonly string[];
  /** The project lets its scripts run. */
  readonly trusted: boolean;
}

/** Adds the component of a row that is neither workspace nor root. */
export function addBunPackage(
  graph: LockGraph,
  row: BunRow,
  { file, parent, changesOf, trusted }: Surroundings,
): LockNode {
  const { key, name, reference, resolution, line } = row;
  const version = resolution === "npm" ? reference : undefined;
  const place = locate(row);
  const { origin, redacted, undigested } = place;
  const bundled = member(row.info, "bundled") === true;
  const within = parent === undefined ? {} : { within: publicReference(parent).text };
  const { digests, malformed } = parseIntegrity(typeof row.integrity === "string" ? row.integrity : "");
  const facts: Draft<Facts> = { ...manifestFacts(row.info, name) };
  const changes = changesOf(row);
  if (changes.length > 0) facts.patched = changes.join("; ");
  if (bundled) facts.bundled = true;
  if (resolution === "link") facts.linked = true;
  // All that the lockfile says of scripts is whose may run: projects list the packages that have some.
  if (trusted) facts.installScripts = [{}];
  const purl = lockPurl(name, version, origin);
  const shown = publicReference(key);
  const node = graph.add({
    key: shown.text,
    kind: "library",
    name,
    digests,
    origin: bundled ? { kind: "bundled", ...within } : origin,
    facts,
    location: shown.text,
    file,
    line,
    ...(version === undefined ? {} : { version }),
    ...(purl === undefined ? {} : { purl }),
    ...(digests.length > 0 ? {} : { undigested: bundled ? "bundled inside the package above it" : undigested }),
  });
  if (resolution === "link") {
    node.unknownEdges = true;
    graph.setUnknown();
  }
  if (redacted || shown.redacted) graph.secret(node);
  remarkArchive(graph, node, place);
  const say = (rule: "component-malformed" | "integrity-malformed", message: string): void =>
    graph.remark(rule, nodeName(node), message, { line });
  for (const part of malformed) say("integrity-malformed", quoteHash(part));
  if (row.integrity !== undefined && typeof row.integrity !== "string")
    say("integrity-malformed", "its integrity is no text");
  if (!isNpmName(name)) say("component-malformed", "no npm package can have this name");
  if (version !== undefined && !isSemver(version)) say("component-malformed", "its version is none that npm has");
  return node;
}

interface Location extends Located {
  /** Why there is no digest, where there is none. */
  readonly undigested: string;
}

function locate({ reference, resolution, registry }: BunRow): Location {
  const none = { redacted: false, undigested: "the lockfile states none" };
  if (resolution === "link") {
    return { ...none, ...localOrigin("directory", reference.slice("link:".length)), undigested: "a linked folder" };
  }
  if (resolution === "folder") {
    const path = reference.slice("file:".length);
    return { ...none, ...localOrigin("directory", path), undigested: "a folder beside the project" };
  }
  if (resolution === "git") {
    const located = gitOrigin(reference);
    const origin: Origin = located?.origin ?? { kind: "git" };
    const commit = origin.kind === "git" ? origin.commit : undefined;
    const undigested =
      commit === undefined ? "a git reference that pins no full commit" : `pinned by git commit ${commit}`;
    return { origin, redacted: located?.redacted ?? false, undigested };
  }
  if (resolution === "tarball") {
    const located = archiveOrigin(reference);
    return located === undefined ? { ...none, ...localOrigin("file", reference) } : { ...none, ...located };
  }
  if (registry === "") return { ...none, origin: { kind: "registry" } };
  // Of other registries an archive's address; in the first versions that of the registry alone.
  const base = registry.endsWith("/") ? publicUrl(registry) : undefined;
  if (base?.host !== undefined) {
    return { ...none, origin: { kind: "registry", host: base.host }, redacted: base.redacted };
  }
  return { ...none, ...(archiveOrigin(registry) ?? { origin: { kind: "unknown" }, redacted: false }) };
}
