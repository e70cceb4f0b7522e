// One entry of a yarn.lock of yarn 1 as a component: by its patterns, `version`, `resolved` and `integrity`, all of which
// are attacker-controlled.

import { parseIntegrity } from "../core/integrity.ts";
import type { Origin } from "../core/inventory.ts";
import { isNpmName, isSemver } from "../core/package-version.ts";
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
import type { ClassicEntry } from "./yarn-classic-parse.ts";

/** `name@range`; a pattern without a name has none. */
export function splitPattern(pattern: string): { readonly name: string; readonly range: string } {
  const at = pattern.indexOf("@", 1);
  if (at === -1 || /^[a-z+]+:\/\//.test(pattern)) return { name: "", range: pattern };
  return { name: pattern.slice(0, at), range: pattern.slice(at + 1) };
}

/** The package that a pattern means: `alias@npm:real@^1` is `real`. */
function realName(pattern: string): string {
  const { name, range } = splitPattern(pattern);
  if (!range.startsWith("npm:")) return name;
  const target = range.slice("npm:".length);
  const at = target.indexOf("@", 1);
  return at === -1 ? target : target.slice(0, at);
}

/** Adds the component of an entry, with a remark for each part of it that is wrong. */
export function addEntry(
  graph: LockGraph,
  file: string,
  { patterns, line, properties }: ClassicEntry,
  overrides: ReadonlyMap<string, readonly string[]>,
): LockNode {
  const names = new Set(patterns.map(realName));
  const [first = ""] = patterns;
  const name = properties.get("name")?.text ?? realName(first);
  const stated = properties.get("version")?.text;
  const resolved = properties.get("resolved");
  const location = locate(splitPattern(first).range, resolved?.text);
  const { origin, redacted, sha1, undigested, linked } = location;
  // Of a linked folder yarn knows no version and writes 0.0.0.
  const version = linked ? undefined : stated;
  const { digests, malformed } = parseIntegrity(
    [properties.get("integrity")?.text ?? "", sha1 === undefined ? "" : sriOfSha1(sha1)].join(" "),
  );
  const shown = publicReference(first);
  const purl = lockPurl(name, version, origin);
  const changes = overrides.get(name);
  const node = graph.add({
    key: shown.text,
    kind: "library",
    name,
    digests,
    origin,
    facts: {
      ...(linked ? { linked: true } : {}),
      ...(changes === undefined ? {} : { patched: changes.join("; ") }),
    },
    file,
    line,
    ...(version === undefined ? {} : { version }),
    ...(purl === undefined ? {} : { purl }),
    ...(digests.length > 0 ? {} : { undigested }),
  });
  if (linked) {
    node.unknownEdges = true;
    graph.setUnknown();
  }
  if (shown.redacted || redacted) graph.secret(node);
  remarkArchive(graph, node, location);
  const say = (rule: "component-malformed" | "integrity-malformed", message: string, at = line): void =>
    graph.remark(rule, nodeName(node), message, { line: at });
  for (const part of malformed) say("integrity-malformed", quoteHash(part), properties.get("integrity")?.line);
  if (!isNpmName(name))
    say("component-malformed", name === "" ? "it has no name" : "no npm package can have this name");
  if (stated === undefined) say("component-malformed", "it has no version");
  else if (!isSemver(stated)) say("component-malformed", "its version is none that npm has");
  if (names.size > 1)
    say("component-malformed", `one entry stands for several packages: ${[...names].slice(0, 5).join(", ")}`);
  return node;
}

/** What stands behind `#` in the address is hexadecimal. */
function sriOfSha1(hex: string): string {
  return `sha1-${Buffer.from(hex, "hex").toString("base64")}`;
}

interface Location extends Located {
  /** Of the archive, as hex. */
  readonly sha1?: string;
  readonly undigested: string;
  readonly linked: boolean;
}

/** Where an entry comes from, by `resolved`, or by its range where it has none. */
function locate(range: string, resolved: string | undefined): Location {
  const none = { redacted: false, undigested: "the lockfile states none", linked: false };
  if (resolved === undefined || resolved === "") {
    if (/^(?:link|portal):/.test(range)) {
      return { ...none, ...local(range, "directory"), undigested: "a linked folder", linked: true };
    }
    if (range.startsWith("file:") || /^\.{0,2}\//.test(range)) {
      return { ...none, ...local(range, "directory"), undigested: "a folder beside the project" };
    }
    return { ...none, origin: { kind: "unknown" } };
  }
  if (isGitAddress(resolved)) {
    const located = gitOrigin(resolved);
    const origin: Origin = located?.origin ?? { kind: "git" };
    const commit = origin.kind === "git" ? origin.commit : undefined;
    const undigested = commit === undefined ? "a git reference that pins no commit" : `pinned by git commit ${commit}`;
    return { ...none, origin, redacted: located?.redacted ?? false, undigested };
  }
  const hash = resolved.indexOf("#");
  const fragment = hash === -1 ? "" : resolved.slice(hash + 1);
  const sha1 = /^[0-9a-f]{40}$/.test(fragment) ? { sha1: fragment } : {};
  const address = hash === -1 ? resolved : resolved.slice(0, hash);
  if (address.startsWith("file:")) return { ...none, ...local(address, "file"), ...sha1 };
  const located = archiveOrigin(address);
  // A bare file name is that of an archive in the offline mirror.
  if (located === undefined) {
    const origin: Origin = /^[\w@.+-]+\.tgz$/.test(address) ? { kind: "registry" } : { kind: "unknown" };
    return { ...none, origin, ...sha1 };
  }
  const commit = located.origin.kind === "git" ? located.origin.commit : undefined;
  return {
    ...none,
    ...located,
    ...(commit === fragment ? {} : sha1),
    ...(commit === undefined ? {} : { undigested: `pinned by git commit ${commit}` }),
  };
}

function local(text: string, kind: "file" | "directory"): Located {
  return localOrigin(kind, text.replace(/^(?:file|link|portal):/, ""));
}
