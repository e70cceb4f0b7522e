// One component as CycloneDX has it. Whatever a version has no field for becomes a property (docs/sbom-properties.md).

import { clipProse, writeProperties } from "../core/bom-properties-write.ts";
import type { BomProperty, PropertyFacts } from "../core/bom-properties.ts";
import type { Component, Scope, Statements } from "../core/inventory.ts";
import { bsiProperties } from "./bsi.ts";
import { referencesOf } from "./cyclonedx-references.ts";
import type { CdxReference } from "./cyclonedx-references.ts";
import { splitDigests } from "./cyclonedx-version.ts";
import type { CdxHash, VersionFeatures } from "./cyclonedx-version.ts";
import type { BomNode } from "./graph.ts";
import type { License } from "./license.ts";
import { identifiers } from "./identifiers.ts";
import { splitAuthor } from "./person.ts";
import type { CdxContact } from "./person.ts";

type CdxLicense =
  | { readonly license: { readonly id?: string; readonly name?: string; readonly acknowledgement?: "declared" } }
  | { readonly expression: string; readonly acknowledgement?: "declared" };

export interface CdxIdentity {
  readonly field: "hash";
  readonly confidence: number;
  readonly methods: readonly { readonly technique: string; readonly confidence: number }[];
}

export interface CdxEvidence {
  readonly identity?: CdxIdentity | readonly CdxIdentity[];
  readonly occurrences?: readonly { readonly location: string }[];
}

/** The members that are written. */
export interface CdxComponent {
  readonly type: string;
  readonly "bom-ref": string;
  readonly supplier?: { readonly name: string };
  readonly authors?: readonly CdxContact[];
  readonly author?: string;
  readonly publisher?: string;
  readonly group?: string;
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly scope?: "required" | "optional" | "excluded";
  readonly hashes?: readonly CdxHash[];
  readonly licenses?: readonly CdxLicense[];
  readonly purl?: string;
  readonly externalReferences?: readonly CdxReference[];
  readonly evidence?: CdxEvidence;
  readonly properties?: readonly BomProperty[];
}

const SCOPES = {
  runtime: "required",
  development: "excluded",
  optional: "optional",
  peer: "optional",
} as const satisfies Record<Scope, string>;

/** What a component is when the version does not know what it is. */
const OTHER_KIND = "library";

export interface ComponentContext {
  readonly features: VersionFeatures;
  readonly licenseOf: (text: string) => License;
  /** Whether a purl may contradict its component: in what was read from an SBOM. */
  readonly checksPurls: boolean;
}

/** While it is made: member by member, in their order, which is much faster than to put it together of parts. */
type Draft = { -readonly [Name in keyof CdxComponent]: CdxComponent[Name] };

/** @param isRoot the component that the SBOM is about, which has no scope */
export function cdxComponent(
  node: BomNode,
  isRoot: boolean,
  { features, licenseOf, checksPurls }: ComponentContext,
): CdxComponent {
  const { component, ref } = node;
  const { kind, scope, statements, digests } = component;
  const { version, purl, elsewhere } = identifiers(component, checksPurls);
  const { group, name } = splitName(component);
  const { hashes, rest } = splitDigests(digests, features);
  const { references, rest: distributions } = referencesOf(component, features);
  const draft: Draft = { type: features.hasKind(kind) ? kind : OTHER_KIND, "bom-ref": ref, name };
  if (statements !== undefined) addStatements(draft, statements, features);
  if (group !== undefined) draft.group = group;
  if (version !== undefined) draft.version = version;
  if (!isRoot) draft.scope = SCOPES[scope];
  if (hashes.length > 0) draft.hashes = hashes;
  const license = statements?.license?.trim() ?? "";
  if (license !== "") draft.licenses = [cdxLicense(licenseOf(license), features)];
  if (purl !== undefined) draft.purl = purl;
  if (references.length > 0) draft.externalReferences = references;
  const evidence = features.occurrences ? evidenceOf(node, features) : undefined;
  if (evidence !== undefined) draft.evidence = evidence;
  const properties = propertiesOf(node, isRoot, features, { ...elsewhere, digests: rest, distributions });
  if (properties.length > 0) draft.properties = properties;
  return draft;
}

function addStatements(draft: Draft, statements: Statements, features: VersionFeatures): void {
  const { supplier, author, publisher, description } = statements;
  if (supplier !== undefined) draft.supplier = { name: supplier };
  if (author !== undefined && features.authors) draft.authors = [splitAuthor(author)];
  if (author !== undefined && !features.authors) draft.author = author;
  if (publisher !== undefined) draft.publisher = publisher;
  if (description !== undefined) draft.description = clipProse(description);
}

function propertiesOf(
  { component, occurrences }: BomNode,
  isRoot: boolean,
  features: VersionFeatures,
  rest: Pick<PropertyFacts, "version" | "contradictingPurl" | "digests" | "distributions">,
): readonly BomProperty[] {
  const { kind, scope, facts, origin, undigested } = component;
  const properties = writeProperties({
    ...rest,
    facts,
    origin,
    ...(features.hasKind(kind) ? {} : { kind }),
    ...(isRoot ? {} : { scope }),
    ...(undigested === undefined ? {} : { undigested }),
    locations: features.occurrences ? [] : occurrences,
  });
  return features.bsi ? [...properties, ...bsiProperties(component)] : properties;
}

/** The name as the purl has it: npm's scope and Go's path are its namespace, and CycloneDX calls that `group`. */
function splitName({ name, purl }: Pick<Component, "name" | "purl">): { group?: string; name: string } {
  const slash = name.lastIndexOf("/");
  const npm = purl?.startsWith("pkg:npm/%40") === true && name.startsWith("@") && name.indexOf("/") === slash;
  const go = purl?.startsWith("pkg:golang/") === true;
  if (slash <= 0 || slash === name.length - 1 || !(npm || go)) return { name };
  return { group: name.slice(0, slash), name: name.slice(slash + 1) };
}

function cdxLicense({ kind, text }: License, features: VersionFeatures): CdxLicense {
  const declared = features.acknowledgement ? { acknowledgement: "declared" as const } : {};
  if (kind === "expression") return { expression: text, ...declared };
  return { license: kind === "id" ? { id: text, ...declared } : { name: text, ...declared } };
}

function evidenceOf({ component, occurrences }: BomNode, features: VersionFeatures): CdxEvidence | undefined {
  const identity = identityOf(component);
  const places = occurrences.filter((location) => location !== "").map((location) => ({ location }));
  if (identity === undefined && places.length === 0) return undefined;
  return {
    ...(identity === undefined ? {} : { identity: features.identities ? [identity] : identity }),
    ...(places.length === 0 ? {} : { occurrences: places }),
  };
}

/** Only of what was read and hashed here: what a lockfile declares is the SBOM's own statement, and no evidence for it. */
function identityOf({ digests }: Component): CdxIdentity | undefined {
  if (!digests.some(({ from }) => from === "computed")) return undefined;
  return { field: "hash", confidence: 1, methods: [{ technique: "hash-comparison", confidence: 1 }] };
}
