// One entry of `packages` of a pnpm lockfile as a component: its name and version, origin and facts. Separate from the
// reader, which puts entries together; everything here is about one entry, and all of it is attacker-controlled.

import type { Facts } from "../core/inventory.ts";
import { isNpmName, isSemver } from "../core/package-version.ts";
import { lockPurl, publicReference, remarkArchive } from "./lock-origin.ts";
import type { LockGraph } from "./lock-graph.ts";
import type { LockNode } from "./lock-node.ts";
import { nodeName } from "./lock-node.ts";
import type { Draft } from "./npm-manifest.ts";
import { parseDepPath } from "./pnpm-dep-path.ts";
import type { PnpmFormat } from "./pnpm-dep-path.ts";
import { readResolution } from "./pnpm-resolution.ts";
import { yamlList, yamlMap, yamlText } from "./yaml-node.ts";
import type { YamlMap, YamlNode } from "./yaml-node.ts";

export interface PnpmEntry {
  /** As in the lockfile. */
  readonly key: string;
  readonly line: number;
  readonly file: string;
  readonly format: PnpmFormat;
  /** The entry of `packages`; absent where the lockfile has none. */
  readonly info: YamlMap | undefined;
  /** Put before the key: two documents of one file may have the same. */
  readonly prefix: string;
  /** What the project changes of a package, as clauses. */
  changesOf(name: string, version: string | undefined, suffix: string): readonly string[];
}

/** Adds the component of an entry, with a remark for each part of it that is wrong. */
export function addPackage(graph: LockGraph, entry: PnpmEntry): LockNode {
  const { key, line, file, format, info, prefix } = entry;
  const path = parseDepPath(key, format);
  const fromRegistry = path.version !== undefined && isSemver(path.version);
  const name = yamlText(info?.get("name")) ?? path.name ?? "";
  const version = yamlText(info?.get("version")) ?? versionOf(path.version);
  const resolution = readResolution(info?.get("resolution"), { fromRegistry });
  const shown = publicReference(`${prefix}${key}`);
  const purl = lockPurl(name, version, resolution.origin);
  const facts = info === undefined ? {} : factsOf(info);
  const changes = entry.changesOf(name, version, path.suffix);
  if (changes.length > 0) facts.patched = changes.join("; ");
  const component: LockNode["component"] = {
    key: shown.text,
    kind: "library",
    name,
    digests: resolution.digests,
    origin: resolution.origin,
    facts,
    file,
    line,
  };
  if (version !== undefined) component.version = version;
  if (purl !== undefined) component.purl = purl;
  if (resolution.distributions !== undefined) component.distributions = resolution.distributions;
  if (resolution.undigested !== undefined) component.undigested = resolution.undigested;
  const node = graph.add(component);
  if (shown.redacted || resolution.redacted) graph.secret(node);
  for (const { rule, message } of resolution.problems) graph.remark(rule, nodeName(node), message, { line });
  remarkArchive(graph, node, resolution);
  remarkIdentity(graph, node, { entry, fromRegistry, keyName: path.name, keyVersion: path.version });
  return node;
}

/** `runtime:22.0.0` is a version, an address is none. */
function versionOf(text: string | undefined): string | undefined {
  const version = text?.replace(/^runtime:/, "");
  return version !== undefined && isSemver(version) ? version : undefined;
}

interface Identity {
  readonly entry: PnpmEntry;
  readonly fromRegistry: boolean;
  readonly keyName: string | undefined;
  readonly keyVersion: string | undefined;
}

/** What is installed is what the members say; a key that says something else deceives whoever reads it. */
function remarkIdentity(graph: LockGraph, node: LockNode, identity: Identity): void {
  const { entry, fromRegistry, keyName, keyVersion } = identity;
  const { name, version } = node.component;
  const say = (message: string): void => {
    graph.remark("component-malformed", nodeName(node), message, { line: entry.line });
  };
  if (!isNpmName(name)) say(name === "" ? "it has no name" : "no npm package can have this name");
  if (version !== undefined && !isSemver(version)) say("its version is none that npm has");
  if (keyName !== undefined && keyName !== name) say(`its key calls it ${keyName}`);
  if (fromRegistry && keyVersion !== version) say(`its key says version ${keyVersion}`);
  if (entry.info === undefined) {
    graph.remark("inventory-incomplete", nodeName(node), "the lockfile has no entry for it under packages", {
      line: entry.line,
      node,
    });
  }
}

const LISTS = ["os", "cpu", "libc"] as const;

function factsOf(info: YamlMap): Draft<Facts> {
  const facts: Draft<Facts> = {};
  if (yamlText(info.get("requiresBuild")) === "true") facts.installScripts = [{}];
  const deprecated = yamlText(info.get("deprecated"));
  if (deprecated !== undefined && deprecated !== "false") facts.deprecated = deprecated === "true" ? "" : deprecated;
  for (const key of LISTS) {
    const values = textsOf(info.get(key));
    if (values.length > 0) facts[key] = values;
  }
  const engines = [...(yamlMap(info.get("engines")) ?? [])].flatMap(([engine, range]) => {
    const text = yamlText(range);
    return text === undefined ? [] : [`${engine} ${text}`];
  });
  if (engines.length > 0) facts.engines = engines;
  return facts;
}

/** One text is a list of one. */
export function textsOf(node: YamlNode | undefined): readonly string[] {
  const one = yamlText(node);
  if (one !== undefined) return one === "" ? [] : [one];
  return (yamlList(node) ?? []).flatMap((item) => yamlText(item) ?? []);
}
