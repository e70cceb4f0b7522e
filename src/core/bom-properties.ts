// The names of our properties in SBOMs (`boltseal:…`), and which fact each of them is: one table for those who write
// SBOMs (bom-properties-write.ts) and those who read them (bom-properties-read.ts). docs/sbom-properties.md is the page
// for people; a test holds the two together.
//
// A value is one line of text. A property may occur several times, once for each item of a list. What a list knows to be
// empty is written as `none`. The forms of the values:
//
//   text, list    as it is
//   prose         as it is, at most 1,000 characters of it
//   flag          true
//   state         true | false
//   files         DIGEST SIZE PATH        DIGEST: sha256:HEX or -, SIZE: bytes or -
//   described     DIGEST NAME             SHA-256 of the description of a tool or prompt
//   scripts       the name of the script is the end of the property's name; the value is sha256:HEX or `present`
//   launches      the platform is the end of the property's name; the value is the command as a JSON list

import type { ComponentKind, Distribution, Facts, McpFacts, Origin, Scope, Statements } from "./inventory.ts";
import type { Digest } from "./digest.ts";

export interface BomProperty {
  readonly name: string;
  readonly value: string;
}

export type Form = "text" | "prose" | "list" | "flag" | "state" | "files" | "described" | "scripts" | "launches";

export interface Row {
  readonly name: string;
  readonly form: Form;
}

/** The facts of a component. Each fact of the model has its line here. */
export const FACT_PROPERTIES = {
  installScripts: { name: "boltseal:install-script", form: "scripts" },
  alias: { name: "boltseal:alias", form: "text" },
  bundled: { name: "boltseal:bundled", form: "flag" },
  extraneous: { name: "boltseal:extraneous", form: "flag" },
  linked: { name: "boltseal:linked", form: "flag" },
  private: { name: "boltseal:private", form: "flag" },
  deprecated: { name: "boltseal:deprecated", form: "prose" },
  yanked: { name: "boltseal:yanked", form: "prose" },
  patched: { name: "boltseal:patched", form: "text" },
  commands: { name: "boltseal:command", form: "list" },
  nativeFiles: { name: "boltseal:native-file", form: "files" },
  executables: { name: "boltseal:executable", form: "files" },
  os: { name: "boltseal:os", form: "list" },
  cpu: { name: "boltseal:cpu", form: "list" },
  libc: { name: "boltseal:libc", form: "list" },
  engines: { name: "boltseal:engine", form: "list" },
  marker: { name: "boltseal:marker", form: "text" },
  requested: { name: "boltseal:requested", form: "text" },
  goSum: { name: "boltseal:go-sum", form: "text" },
  goModSum: { name: "boltseal:go-mod-sum", form: "text" },
  otherChecksums: { name: "boltseal:checksum", form: "list" },
} as const satisfies Record<Exclude<keyof Facts, "mcp">, Row>;

/** What the manifest of an MCP bundle says. */
export const MCP_PROPERTIES = {
  serverType: { name: "boltseal:mcp:server-type", form: "text" },
  entryPoint: { name: "boltseal:mcp:entry-point", form: "text" },
  launch: { name: "boltseal:mcp:launch", form: "text" },
  platformLaunches: { name: "boltseal:mcp:platform-launch", form: "launches" },
  environment: { name: "boltseal:mcp:environment", form: "list" },
  tools: { name: "boltseal:mcp:tool", form: "described" },
  prompts: { name: "boltseal:mcp:prompt", form: "described" },
  sensitiveConfig: { name: "boltseal:mcp:sensitive-config", form: "list" },
  serverNames: { name: "boltseal:mcp:server-name", form: "list" },
  signed: { name: "boltseal:mcp:signed", form: "state" },
} as const satisfies Record<keyof McpFacts, Row>;

/** What is no fact: scope, origin, and what a format has no field for. */
export const OTHER_PROPERTIES = {
  /** What the component is, where the version of the format does not have it. */
  kind: "boltseal:kind",
  /** A version that is longer than the format allows. */
  version: "boltseal:version",
  /** A purl that contradicts name or version, so that nobody takes the component for the package that it names. */
  contradictingPurl: "boltseal:contradicting-purl",
  scope: "boltseal:scope",
  sourceKind: "boltseal:source",
  sourceHost: "boltseal:source:host",
  sourceUrl: "boltseal:source:url",
  sourcePath: "boltseal:source:path",
  /** The package in whose archive it came. */
  sourceWithin: "boltseal:source:within",
  commit: "boltseal:source:commit",
  reference: "boltseal:source:reference",
  /** `true` where a full commit pins it, `false` where a branch or tag does not. */
  pinned: "boltseal:source:pinned",
  /** `absent: REASON`, for a component without any digest. */
  integrity: "boltseal:integrity",
  /** A digest of the component by an algorithm that the format does not have, `sha224:HEX`. */
  digest: "boltseal:digest",
  /** A distribution that the format cannot hold, as JSON: `url`, `fileName`, `digests`, `size`. */
  distribution: "boltseal:distribution",
  /** Where it is installed or locked, where the format has no field for it. */
  location: "boltseal:location",
  /** Statements, where the format has no field for them. */
  publisher: "boltseal:publisher",
  repository: "boltseal:repository",
  issues: "boltseal:issues",
} as const;

/** Of the document: `DIGEST SIZE NAME` of each file that it was made from. */
export const INPUT_PROPERTY = "boltseal:input";
/** Of the document, where the format has no field for it: `complete`, `incomplete`, `unknown`. */
export const COMPLETENESS_PROPERTY = "boltseal:completeness";

/** Before the reason why there is no digest. */
export const ABSENT = "absent: ";
/** A list that is known to be empty. */
export const NONE = "none";
/** A script whose text the source does not have. */
export const PRESENT = "present";

/** The values of `boltseal:source`, `boltseal:kind` and `boltseal:scope`. */
export const ORIGIN_KINDS: ReadonlySet<string> = new Set<Origin["kind"]>([
  "registry",
  "git",
  "url",
  "file",
  "directory",
  "workspace",
  "bundled",
  "unknown",
]);
export const COMPONENT_KINDS: ReadonlySet<string> = new Set<ComponentKind>([
  "application",
  "library",
  "file",
  "container",
  "framework",
  "operating-system",
  "device",
  "firmware",
  "platform",
  "device-driver",
  "machine-learning-model",
  "data",
  "cryptographic-asset",
]);
export const SCOPES: ReadonlySet<string> = new Set<Scope>(["runtime", "development", "optional", "peer"]);

/** What is written as properties of a component. */
export interface PropertyFacts {
  readonly facts: Facts;
  /** Kind, version and purl only where they are in no field of the format. */
  readonly kind?: ComponentKind;
  readonly version?: string;
  readonly contradictingPurl?: string;
  readonly scope?: Scope;
  readonly origin?: Origin;
  readonly undigested?: string;
  /** Digests, distributions, locations and statements only as far as the format has no field for them. */
  readonly digests?: readonly Digest[];
  readonly distributions?: readonly Distribution[];
  readonly locations?: readonly string[];
  readonly statements?: Pick<Statements, "publisher" | "repository" | "issues">;
}
