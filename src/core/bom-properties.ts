// The names of our properties in SBOMs (`boltseal:…`), and which fact each of them is: one table for those who write
// SBOMs and those who read them. docs/sbom-properties.md is the page for people; a test holds the two together.
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

import type {
  ComponentKind,
  Distribution,
  Facts,
  FileFact,
  InstallScript,
  McpFacts,
  Origin,
  Scope,
} from "./inventory.ts";
import { formatDigest } from "./digest.ts";
import type { Digest } from "./digest.ts";

export interface BomProperty {
  readonly name: string;
  readonly value: string;
}

export type Form = "text" | "prose" | "list" | "flag" | "state" | "files" | "described" | "scripts";

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
} as const;

/** Of the document: `DIGEST SIZE NAME` of each file that it was made from. */
export const INPUT_PROPERTY = "boltseal:input";

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

const MAX_PROSE = 1000;

/** Text for people, cut to 1,000 characters. */
export function clipProse(text: string): string {
  // A cut between the two halves of a character is mended where the document is written.
  return text.length > MAX_PROSE ? `${text.slice(0, MAX_PROSE - 1)}…` : text;
}

/** What is written as properties of a component. */
export interface PropertyFacts {
  readonly facts: Facts;
  /** Only where the format has no such kind. */
  readonly kind?: ComponentKind;
  readonly scope?: Scope;
  readonly origin?: Origin;
  readonly undigested?: string;
  /** Digests, distributions and locations only as far as the format has no field for them. */
  readonly digests?: readonly Digest[];
  readonly distributions?: readonly Distribution[];
  readonly locations?: readonly string[];
}

function fileText({ path, sha256, size }: FileFact): string {
  return `${sha256 === undefined ? "-" : `sha256:${sha256}`} ${size ?? "-"} ${path}`;
}

function describedText({ name, descriptionSha256 }: { name: string; descriptionSha256?: string }): string {
  return `${descriptionSha256 === undefined ? "-" : `sha256:${descriptionSha256}`} ${name}`;
}

function scriptProperty(base: string, { name, sha256 }: InstallScript): BomProperty {
  return {
    name: name === undefined ? base : `${base}:${name}`,
    value: sha256 === undefined ? PRESENT : `sha256:${sha256}`,
  };
}

function orNone(name: string, values: readonly string[]): BomProperty[] {
  return values.length === 0 ? [{ name, value: NONE }] : values.map((value) => ({ name, value }));
}

/** The properties of one value of the model, by their form. */
const WRITERS: Readonly<Record<Form, (name: string, value: unknown) => readonly BomProperty[]>> = {
  text: (name, value) => [{ name, value: value as string }],
  prose: (name, value) => [{ name, value: clipProse(value as string) }],
  flag: (name) => [{ name, value: "true" }],
  state: (name, value) => [{ name, value: value === true ? "true" : "false" }],
  list: (name, value) => (value as readonly string[]).map((item) => ({ name, value: item })),
  files: (name, value) => orNone(name, (value as readonly FileFact[]).map(fileText)),
  described: (name, value) => orNone(name, (value as NonNullable<McpFacts["tools"]>).map(describedText)),
  scripts(name, value) {
    const scripts = value as readonly InstallScript[];
    return scripts.length === 0 ? orNone(name, []) : scripts.map((script) => scriptProperty(name, script));
  },
};

/** What is undefined the source does not say, and nothing is written. */
function writeAll(table: Readonly<Record<string, Row>>, facts: object): readonly BomProperty[] {
  const properties: BomProperty[] = [];
  for (const key of Object.keys(table)) {
    const value = (facts as Readonly<Record<string, unknown>>)[key];
    const row = table[key];
    if (value !== undefined && row !== undefined) properties.push(...WRITERS[row.form](row.name, value));
  }
  return properties;
}

type Add = (name: string, value: string | undefined) => void;

function addOrigin(origin: Origin, add: Add): void {
  const names = OTHER_PROPERTIES;
  add(names.sourceKind, origin.kind);
  if (origin.kind === "registry" || origin.kind === "url" || origin.kind === "git") {
    add(names.sourceHost, origin.host);
    add(names.sourceUrl, origin.url);
  }
  if (origin.kind === "git") {
    add(names.commit, origin.commit);
    add(names.reference, origin.reference);
    add(names.pinned, String(origin.commit !== undefined));
  }
  if (origin.kind === "bundled") add(names.sourceWithin, origin.within);
  if (origin.kind === "file" || origin.kind === "directory" || origin.kind === "workspace") {
    add(names.sourcePath, origin.path);
  }
}

/** A distribution as one line of JSON, with its members in this order. */
function distributionText({ url, fileName, digests, size }: Distribution): string {
  return JSON.stringify({ url, fileName, digests: digests.map(formatDigest), size });
}

/** The properties of a component, in the order of the tables. */
export function writeProperties(of: PropertyFacts): readonly BomProperty[] {
  const names = OTHER_PROPERTIES;
  const properties: BomProperty[] = [];
  const add: Add = (name, value) => {
    if (value !== undefined) properties.push({ name, value });
  };
  add(names.kind, of.kind);
  add(names.scope, of.scope);
  if (of.origin !== undefined) addOrigin(of.origin, add);
  if (of.undigested !== undefined) add(names.integrity, `${ABSENT}${of.undigested}`);
  for (const digest of of.digests ?? []) add(names.digest, formatDigest(digest));
  for (const distribution of of.distributions ?? []) add(names.distribution, distributionText(distribution));
  for (const location of of.locations ?? []) add(names.location, location);
  properties.push(...writeAll(FACT_PROPERTIES, of.facts));
  if (of.facts.mcp !== undefined) properties.push(...writeAll(MCP_PROPERTIES, of.facts.mcp));
  return properties;
}
