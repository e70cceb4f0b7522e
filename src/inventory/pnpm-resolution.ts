// The `resolution` of a pnpm package: where its bytes come from, and which digests they must have.
// Source: github.com/pnpm/pnpm, lockfile/types (LockfileResolution).
//
//   {integrity}                          the registry's archive
//   {integrity?, tarball, gitHosted?}    an archive at a URL, or of the registry where its place is unusual, or `file:`
//   {type: git, repo, commit, path?}
//   {type: directory, directory}
//   {type: binary, url, integrity, …}    a runtime (node, bun, deno)
//   {type: variations, variants: [{resolution, targets}]}   one of these for each platform

import type { Digest } from "../core/digest.ts";
import { parseIntegrity } from "../core/integrity.ts";
import type { Distribution, Origin } from "../core/inventory.ts";
import { publicUrl } from "../core/public-url.ts";
import { archiveOrigin, gitOrigin, isCommit, localOrigin } from "./lock-origin.ts";
import type { Archive } from "./npm-origin.ts";
import { quoteHash } from "./lock-node.ts";
import { yamlList, yamlMap, yamlText } from "./yaml-node.ts";
import type { YamlMap, YamlNode } from "./yaml-node.ts";

export interface Resolution {
  readonly origin: Origin;
  readonly digests: readonly Digest[];
  readonly distributions?: readonly Distribution[];
  /** Why there is no digest. */
  readonly undigested?: string;
  readonly redacted: boolean;
  /** The package whose archive its address says it is. */
  readonly archive?: Archive;
  /** Hashes that are none, and parts that make no sense, each with its rule. */
  readonly problems: readonly {
    readonly rule: "integrity-malformed" | "component-malformed";
    readonly message: string;
  }[];
}

interface Package {
  /** The key names a version of a registry, not an address. */
  readonly fromRegistry: boolean;
}

const STATES_NONE = "the lockfile states none";

/** Reads the `resolution` of an entry; `undefined` when it has none. */
export function readResolution(node: YamlNode | undefined, of: Package): Resolution {
  const members = yamlMap(node);
  if (members === undefined) {
    const problems = node === undefined ? [] : [malformed("its resolution is no mapping")];
    return { origin: { kind: "unknown" }, digests: [], undigested: STATES_NONE, redacted: false, problems };
  }
  const type = yamlText(members.get("type"));
  if (type === "git") return readGit(members);
  if (type === "directory") {
    const path = yamlText(members.get("directory")) ?? "";
    return {
      ...localOrigin("directory", path),
      digests: [],
      undigested: "a folder beside the project",
      problems: [],
    };
  }
  if (type === "variations") return readVariations(members);
  if (type !== undefined && type !== "binary") {
    return {
      origin: { kind: "unknown" },
      digests: [],
      undigested: `${STATES_NONE}: its kind of resolution is that of a plugin`,
      redacted: false,
      problems: [],
    };
  }
  return readArchive(members, of);
}

function malformed(message: string): Resolution["problems"][number] {
  return { rule: "component-malformed", message };
}

function readGit(members: YamlMap): Resolution {
  const commit = yamlText(members.get("commit")) ?? "";
  const located = gitOrigin(`${yamlText(members.get("repo")) ?? ""}#${commit}`);
  return {
    origin: located?.origin ?? { kind: "git", ...(isCommit(commit) ? { commit } : {}) },
    digests: [],
    undigested: isCommit(commit) ? `pinned by git commit ${commit}` : "a git reference that pins no commit",
    redacted: located?.redacted ?? false,
    problems: [],
  };
}

function readArchive(members: YamlMap, { fromRegistry }: Package): Resolution {
  const { digests, problems } = readIntegrity(members);
  const address = yamlText(members.get("tarball")) ?? yamlText(members.get("url"));
  const undigested = digests.length > 0 ? {} : { undigested: STATES_NONE };
  if (address?.startsWith("file:") === true) {
    return { ...localOrigin("file", address.slice("file:".length)), digests, ...undigested, problems };
  }
  // `registry` stood beside a relative `tarball` in the first versions.
  const located = address === undefined ? undefined : archiveOrigin(address);
  const registry = publicUrl(yamlText(members.get("registry")) ?? "");
  if (located === undefined) {
    const host = registry?.host === undefined ? {} : { host: registry.host };
    const origin: Origin = fromRegistry || address === undefined ? { kind: "registry", ...host } : { kind: "unknown" };
    return { origin, digests, ...undigested, redacted: registry?.redacted ?? false, problems };
  }
  const { origin, redacted, archive } = located;
  const commit = origin.kind === "git" && digests.length === 0 ? origin.commit : undefined;
  return {
    origin,
    digests,
    ...(commit === undefined ? undigested : { undigested: `pinned by git commit ${commit}` }),
    redacted,
    ...(archive === undefined ? {} : { archive }),
    problems,
  };
}

function readIntegrity(members: YamlMap): Pick<Resolution, "digests" | "problems"> {
  const node = members.get("integrity");
  if (node === undefined) return { digests: [], problems: [] };
  const text = yamlText(node);
  const { digests, malformed: parts } = parseIntegrity(text ?? "");
  const whats = text === undefined || text === "" ? ["its integrity is no text"] : parts.map(quoteHash);
  return { digests, problems: whats.map((message) => ({ rule: "integrity-malformed", message })) };
}

function readVariations(members: YamlMap): Resolution {
  const variants = yamlList(members.get("variants")) ?? [];
  const read = variants.map((variant) => {
    const resolution = yamlMap(yamlMap(variant)?.get("resolution")) ?? new Map<string, YamlNode>();
    const found = publicUrl(yamlText(resolution.get("url")) ?? yamlText(resolution.get("tarball")) ?? "");
    return { found, ...readIntegrity(resolution) };
  });
  const distributions = read.map(({ found, digests }): Distribution => {
    const fileName = found?.url.slice(found.url.lastIndexOf("/") + 1) ?? "";
    return { ...(found === undefined ? {} : { url: found.url }), ...(fileName === "" ? {} : { fileName }), digests };
  });
  const first = read[0]?.found;
  return {
    origin: { kind: "url", ...(first?.host === undefined ? {} : { host: first.host }) },
    digests: [],
    distributions,
    ...(distributions.some(({ digests }) => digests.length > 0) ? {} : { undigested: STATES_NONE }),
    redacted: read.some(({ found }) => found?.redacted === true),
    problems: read.flatMap(({ problems }) => problems),
  };
}
