// One entry of a yarn.lock of yarn 2 and later as a component. Everything in it is attacker-controlled.

import type { Facts } from "../core/inventory.ts";
import { isNpmName, isSemver } from "../core/package-version.ts";
import type { LockGraph } from "./lock-graph.ts";
import { projectComponent } from "./lock-manifest.ts";
import type { ProjectManifest } from "./lock-manifest.ts";
import { nodeName } from "./lock-node.ts";
import type { LockNode } from "./lock-node.ts";
import { lockPurl, publicReference, remarkArchive } from "./lock-origin.ts";
import type { Draft } from "./npm-manifest.ts";
import { yamlMap, yamlText } from "./yaml-node.ts";
import type { YamlMap } from "./yaml-node.ts";
import { locatePackage, parseLocator, parsePatch } from "./yarn-berry-locator.ts";
import type { Locator } from "./yarn-berry-locator.ts";

export interface BerryEntry {
  readonly locator: Locator;
  /** As in the lockfile. */
  readonly resolution: string;
  /** What leads here, as written. */
  readonly descriptors: readonly string[];
  readonly members: YamlMap;
  readonly line: number;
}

/** What a key and its members say; the resolution of an entry without one is its first descriptor. */
export function readEntry(key: string, members: YamlMap, line: number): BerryEntry {
  const descriptors = key.split(/ *, */);
  const resolution = yamlText(members.get("resolution")) ?? descriptors[0] ?? "";
  return { locator: parseLocator(resolution), resolution, descriptors, members, line };
}

/** The folder of a workspace, relative to the lockfile's; undefined for other packages. */
export function workspaceOf({ locator: { reference } }: BerryEntry): string | undefined {
  return reference.startsWith("workspace:") ? reference.slice("workspace:".length) : undefined;
}

/** Version that yarn writes for what has none of its own. */
const LOCAL_VERSION = "0.0.0-use.local";

interface Surroundings {
  readonly file: string;
  /** Of the metadata: checksums of older versions stand without it. */
  readonly cacheKey: string | undefined;
  readonly overrides: ReadonlyMap<string, readonly string[]>;
}

/** Adds the component of a package that is no workspace. */
export function addBerryPackage(
  graph: LockGraph,
  entry: BerryEntry,
  { file, cacheKey, overrides }: Surroundings,
): LockNode {
  const { locator, resolution, members, line } = entry;
  const { name } = locator;
  const location = locatePackage(locator);
  const { origin, redacted, undigested, linked } = location;
  const stated = yamlText(members.get("version"));
  const version = stated === LOCAL_VERSION ? undefined : stated;
  const shown = publicReference(resolution);
  const purl = lockPurl(name, version, origin);
  const facts = factsOf(entry, overrides);
  if (linked) facts.linked = true;
  const checksum = yamlText(members.get("checksum"));
  if (checksum !== undefined) {
    const whole = checksum.includes("/") || cacheKey === undefined ? checksum : `${cacheKey}/${checksum}`;
    facts.otherChecksums = [`yarn:${whole}`];
  }
  const none = checksum === undefined && !linked && origin.kind !== "git" && origin.kind !== "directory";
  const node = graph.add({
    key: shown.text,
    kind: "library",
    name,
    digests: [],
    undigested: none ? "the lockfile states none" : undigested,
    origin,
    facts,
    file,
    line,
    ...(version === undefined ? {} : { version }),
    ...(purl === undefined ? {} : { purl }),
  });
  // A link takes a folder as it is, and nothing of what that needs.
  if (locator.reference.startsWith("link:")) {
    node.unknownEdges = true;
    graph.setUnknown();
  }
  if (shown.redacted || redacted) graph.secret(node);
  remarkArchive(graph, node, location);
  remarkEntry(graph, node, entry, stated);
  return node;
}

function remarkEntry(
  graph: LockGraph,
  node: LockNode,
  { members, line, locator }: BerryEntry,
  stated: string | undefined,
): void {
  const say = (rule: "component-malformed" | "integrity-malformed", message: string, at = line): void =>
    graph.remark(rule, nodeName(node), message, { line: at });
  const { name } = node.component;
  if (!isNpmName(name))
    say("component-malformed", name === "" ? "it has no name" : "no npm package can have this name");
  if (stated === undefined) say("component-malformed", "it has no version");
  else if (!isSemver(stated)) say("component-malformed", "its version is none that npm has");
  if (yamlText(members.get("resolution")) === undefined) say("component-malformed", "it has no resolution");
  const [, resolved] = /^npm:(.*)$/.exec(locator.reference) ?? [];
  if (resolved !== undefined && stated !== undefined && resolved !== stated) {
    say("component-malformed", `its resolution says version ${resolved}`);
  }
  const checksum = members.get("checksum");
  if (checksum !== undefined && !/^(?:[\w.-]+\/)?[0-9a-f]{32,128}$/.test(yamlText(checksum) ?? "")) {
    say("integrity-malformed", "its checksum is none", checksum.line);
  }
}

function factsOf({ locator, members }: BerryEntry, overrides: ReadonlyMap<string, readonly string[]>): Draft<Facts> {
  const facts: Draft<Facts> = {};
  const commands = [...(yamlMap(members.get("bin"))?.keys() ?? [])];
  if (commands.length > 0) facts.commands = commands;
  const patch = parsePatch(locator.reference);
  const what = patch?.builtin === true ? "patched by yarn itself" : "patched by the project";
  const changes = [
    ...(patch === undefined ? [] : [`${what} (${publicReference(`#${patch.files}`).text.slice(1)})`]),
    ...(overrides.get(locator.name) ?? []),
  ];
  if (changes.length > 0) facts.patched = changes.join("; ");
  const conditions = yamlText(members.get("conditions")) ?? "";
  for (const [, negated = "", kind, value = ""] of conditions
    .slice(0, 2000)
    .matchAll(/(!?)\b(os|cpu|libc)=(!?[\w.-]+)/g)) {
    if (kind !== "os" && kind !== "cpu" && kind !== "libc") continue;
    facts[kind] = [...(facts[kind] ?? []), `${negated}${value}`];
  }
  return facts;
}

/** The component of a workspace; its version is that of its manifest. */
export function workspaceComponent(
  { locator, resolution, line }: BerryEntry,
  file: string,
  manifest: ProjectManifest | undefined,
): LockNode["component"] {
  const { origin } = locatePackage(locator);
  const path = "path" in origin ? origin.path : undefined;
  const made = projectComponent(file, {
    key: publicReference(resolution).text,
    kind: "library",
    fallback: locator.name,
    manifest,
  });
  return { ...made, origin, line, ...(path === undefined ? {} : { location: path }) };
}
