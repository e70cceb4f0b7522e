// What a component is, as properties of an SBOM: the names and forms are those of bom-properties.ts.

import { ABSENT, FACT_PROPERTIES, MCP_PROPERTIES, NONE, OTHER_PROPERTIES, PRESENT } from "./bom-properties.ts";
import type { BomProperty, Form, PropertyFacts, Row } from "./bom-properties.ts";
import { formatDigest } from "./digest.ts";
import type { Distribution, FileFact, InstallScript, McpFacts, Origin } from "./inventory.ts";

const MAX_PROSE = 1000;

/** Text for people, cut to 1,000 characters. */
export function clipProse(text: string): string {
  // A cut between the two halves of a character is mended where the document is written.
  return text.length > MAX_PROSE ? `${text.slice(0, MAX_PROSE - 1)}…` : text;
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
  launches: (name, value) =>
    (value as NonNullable<McpFacts["platformLaunches"]>).map(({ platform, launch }) => ({
      name: `${name}:${platform}`,
      value: launch,
    })),
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
  add(names.version, of.version);
  add(names.contradictingPurl, of.contradictingPurl);
  add(names.scope, of.scope);
  if (of.origin !== undefined) addOrigin(of.origin, add);
  if (of.undigested !== undefined) add(names.integrity, `${ABSENT}${of.undigested}`);
  for (const digest of of.digests ?? []) add(names.digest, formatDigest(digest));
  for (const distribution of of.distributions ?? []) add(names.distribution, distributionText(distribution));
  for (const location of of.locations ?? []) add(names.location, location);
  for (const key of ["publisher", "repository", "issues"] as const) add(names[key], of.statements?.[key]);
  properties.push(...writeAll(FACT_PROPERTIES, of.facts));
  if (of.facts.mcp !== undefined) properties.push(...writeAll(MCP_PROPERTIES, of.facts.mcp));
  return properties;
}
