// Whether an artifact is the one that a server.json speaks of: by its hash, by the name and version inside, by the
// server name that the package claims, and by its kind of file. A server.json vouches for nothing: it is a statement
// that must be signed or come from a trusted place, and that the artifact must agree with in every point.

import type { Digest } from "../core/digest.ts";
import type { Problem } from "../core/json-shape.ts";
import type { EvidenceFile } from "./scheme.ts";
import { describe, factsOfType, isNamed, isVersioned } from "./server-json-facts.ts";
import type { ArtifactFacts, NamedPackage, ServerFinding } from "./server-json-facts.ts";
import { readServerJson } from "./server-json-read.ts";
import type { ServerJson, ServerPackage } from "./server-json-read.ts";
import { selectPackage } from "./server-json-select.ts";

export interface ServerJsonAnswer {
  /** SHA-256 that the artifact must have; absent where the document states none for it. Not yet compared. */
  readonly digest?: Digest;
  /** Name of the server that the document describes. */
  readonly serverName?: string;
  /** The package that the artifact was compared with. */
  readonly selected?: ServerPackage;
  readonly findings: readonly ServerFinding[];
}

/**
 * Compares an artifact with a server.json. The artifact is the described one only when there are no findings AND its
 * bytes have the digest; without a digest only its names agree. Never throws for what the bytes say.
 */
export function checkServerJson(file: EvidenceFile, facts: ArtifactFacts): ServerJsonAnswer {
  const read = readServerJson(file);
  if ("problems" in read) return { findings: read.problems.map((problem) => malformed(file, problem)) };
  const { server } = read;
  const about = [...deletedFinding(server), ...ownerFindings(server)];
  const selection = selectPackage(server.packages, facts);
  if ("finding" in selection) return { serverName: server.name, findings: [...about, selection.finding] };
  const { selected } = selection;
  return {
    serverName: server.name,
    selected,
    ...(selected.sha256 === undefined
      ? {}
      : { digest: { algorithm: "sha256", hex: selected.sha256, from: "declared" } as const }),
    findings: [...about, ...typeFindings(selected, facts), ...packageFindings(server, selected, facts)],
  };
}

function malformed({ source }: EvidenceFile, { pointer, message }: Problem): ServerFinding {
  return { rule: "server-json-malformed", message: `${source}: ${pointer === "" ? "it" : pointer} ${message}` };
}

function deletedFinding({ deleted, name }: ServerJson): readonly ServerFinding[] {
  if (!deleted) return [];
  return [{ rule: "server-deleted", message: `the registry withdrew the server ${name}` }];
}

const NAMESPACE = "io.github.";
const REPOSITORY = /^https?:\/\/(?:www\.)?github\.com\/([a-z0-9](?:[a-z0-9-]{0,38}))\/[a-z0-9._-]+\/?$/;

/** A namespace `io.github.OWNER` is given to that owner alone; a repository of somebody else is borrowed fame. */
function ownerFindings({ name, repositoryUrl }: ServerJson): readonly ServerFinding[] {
  const namespace = name.slice(0, name.indexOf("/")).toLowerCase();
  if (!namespace.startsWith(NAMESPACE) || repositoryUrl === undefined) return [];
  const owner = namespace.slice(NAMESPACE.length);
  if (REPOSITORY.exec(repositoryUrl.toLowerCase())?.[1] === owner) return [];
  const message = "the namespace of the server and its repository have different owners";
  return [
    {
      rule: "server-owner-mismatch",
      message,
      expected: `a repository of github.com/${owner}`,
      actual: repositoryUrl,
    },
  ];
}

function typeFindings({ type }: ServerPackage, facts: ArtifactFacts): readonly ServerFinding[] {
  const known = factsOfType(type);
  const rule = "server-type-mismatch";
  const message = "the file is not of the declared type";
  if (known === undefined) {
    return [{ rule, level: "unknown", message: `it is declared as ${type}, a type that is not known here` }];
  }
  if (facts.kind === undefined || !known.kinds.includes(facts.kind)) {
    const expected =
      known.kinds.length === 0 ? `${type}, which is no single file` : `${type} (${known.kinds.join(", ")})`;
    return [{ rule, message, expected, actual: facts.kind ?? "a file of no known kind" }];
  }
  if (!("package" in facts.package)) return [];
  const { ecosystem } = facts.package.package;
  return known.ecosystem === ecosystem ? [] : [{ rule, message, expected: type, actual: ecosystem }];
}

/** Name, version and server name inside, against what is declared. */
function packageFindings(server: ServerJson, selected: ServerPackage, facts: ArtifactFacts): readonly ServerFinding[] {
  if (!("package" in facts.package)) {
    const message = `its name and version cannot be compared: ${facts.package.reason}`;
    return [{ rule: "package-mismatch", level: "unknown", message, expected: describe(selected) }];
  }
  const inside = facts.package.package;
  if (factsOfType(selected.type)?.ecosystem !== inside.ecosystem) return [];
  const same = isNamed(selected, inside) && isVersioned(selected, inside);
  const mismatch: ServerFinding = {
    rule: "package-mismatch",
    message: "the package inside is another one",
    expected: describe(selected),
    actual: `${inside.ecosystem} ${inside.name} ${inside.version}`,
  };
  return [...(same ? [] : [mismatch]), ...serverNameFindings(server, inside)];
}

/** The registry's own proof of ownership: the package says which server it is. Bundles have no place to say it. */
function serverNameFindings({ name }: ServerJson, inside: NamedPackage): readonly ServerFinding[] {
  if (inside.ecosystem === "mcpb") return [];
  const claimed = inside.serverNames ?? (inside.serverName === undefined ? [] : [inside.serverName]);
  if (claimed.includes(name)) return [];
  const rule = "server-name-mismatch";
  if (claimed.length === 0) {
    const place = inside.ecosystem === "npm" ? "mcpName in its package.json" : "mcp-name: in its description";
    const message = `the package does not say that it is the server ${name}`;
    return [{ rule, level: "unknown", message, expected: name, hint: `the publisher states it as ${place}` }];
  }
  const message = "the package says that it is another server";
  return [{ rule, message, expected: name, actual: claimed.slice(0, 3).join(", ") }];
}
