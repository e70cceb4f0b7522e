// What an artifact and a package of a server.json are compared by: shared by the choice of the package
// (server-json-select.ts) and the comparison with it (server-json.ts).

import type { PackageName } from "../core/package-name.ts";
import { pythonNameKey, pythonVersionKey } from "../core/package-version.ts";
import type { ServerPackage } from "./server-json-read.ts";

export type ServerRule =
  | "server-json-malformed"
  | "server-name-mismatch"
  | "server-owner-mismatch"
  | "server-type-mismatch"
  | "server-deleted"
  | "package-mismatch";

/** One reason not to believe that the artifact is what the server.json describes. */
export interface ServerFinding {
  readonly rule: ServerRule;
  /** Set where the rule's own level is too strict: nothing contradicts, but something cannot be compared. */
  readonly level?: "unknown";
  /** A clause about the artifact or the document. Holds text from outside, as do the others. */
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly hint?: string;
}

/** What is known about the artifact when its bytes were read. */
export interface ArtifactFacts {
  /** Last part of its path, or the name that --as gives it. */
  readonly name: string;
  /** Of its first bytes: `zip`, `gzip`, `elf`, …, or undefined. */
  readonly kind: string | undefined;
  /** What it says of itself as a package, or why that cannot be read. */
  readonly package: { readonly package: NamedPackage } | { readonly reason: string };
  /** Lower-case hex. */
  readonly sha256: string;
}

/** `serverNames` lists every server that the package claims to be, where there are several. */
export type NamedPackage = PackageName & { readonly serverNames?: readonly string[] };

interface TypeFacts {
  /** Kinds of file that packages of this type are. */
  readonly kinds: readonly string[];
  readonly ecosystem?: PackageName["ecosystem"];
}

/** Types of registry that the MCP registry knows. Add one here. */
const TYPES: Readonly<Record<string, TypeFacts>> = {
  npm: { kinds: ["gzip"], ecosystem: "npm" },
  pypi: { kinds: ["zip", "gzip"], ecosystem: "pypi" },
  mcpb: { kinds: ["zip"], ecosystem: "mcpb" },
  nuget: { kinds: ["zip"] },
  maven: { kinds: ["zip"] },
  go: { kinds: ["zip"] },
  cargo: { kinds: ["gzip"] },
  oci: { kinds: [] },
};

/** What packages of a type are, or undefined for a type that we do not know. */
export function factsOfType(type: string): TypeFacts | undefined {
  return Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
}

/** Bundles are named by a URL, and have no name to compare. */
export function isNamed({ identifier }: ServerPackage, { ecosystem, name }: PackageName): boolean {
  if (ecosystem === "npm") return identifier === name;
  return ecosystem === "mcpb" || pythonNameKey(identifier) === pythonNameKey(name);
}

export function isVersioned({ version }: ServerPackage, inside: PackageName): boolean {
  if (version === undefined) return inside.ecosystem === "mcpb";
  if (inside.ecosystem !== "pypi") return version === inside.version;
  const key = pythonVersionKey(version);
  return key !== undefined && key === pythonVersionKey(inside.version);
}

/** `npm @acme/server 1.2.0`, as messages show it. */
export function describe({ type, identifier, version }: ServerPackage): string {
  return `${type} ${identifier}${version === undefined ? "" : ` ${version}`}`;
}
