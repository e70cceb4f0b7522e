// One component of a CycloneDX document, 1.2 to 1.7, in the terms of the model.
// Source: cyclonedx.org/docs/1.7/json, `component`; the properties of other generators by their own documentation.

import { readProperties } from "../core/bom-properties-read.ts";
import type { ReadProperties } from "../core/bom-properties-read.ts";
import { COMPONENT_KINDS } from "../core/bom-properties.ts";
import type { BomProperty } from "../core/bom-properties.ts";
import type { Component, ComponentKind, Distribution, Facts, Origin, Scope, Statements } from "../core/inventory.ts";
import { sortDigests, parseIntegrity } from "../core/integrity.ts";
import { isJsonObject, itemsOf, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { publicPath, publicProse, publicUrl } from "../core/public-url.ts";
import { originOf, publicText, readBomPurl } from "./bom-address.ts";
import { isAmbiguous, readDigests } from "./bom-digests.ts";
import { nameByPurl } from "./bom-identity.ts";
import type { Complaint } from "./bom-identity.ts";
import { readLicenses } from "./cyclonedx-license.ts";
import { CYCLONEDX_HASHES, readReferences } from "./cyclonedx-references.ts";
import type { References } from "./cyclonedx-references.ts";
import { foreignFacts } from "./cyclonedx-properties.ts";
import type { ForeignFacts } from "./cyclonedx-properties.ts";

const SCOPES: ReadonlyMap<string, Scope> = new Map([
  ["required", "runtime"],
  ["optional", "optional"],
  ["excluded", "development"],
]);

/** What the document says of a component; key, edges and place are known to its caller. */
export interface ReadComponent {
  readonly component: Omit<Component, "key" | "dependsOn">;
  readonly complaints: readonly Complaint[];
  /** Other places of the same component: ours write one for all copies that agree in everything. */
  readonly copies: readonly string[];
}

/** What the caller knows of the component's place. */
export interface ComponentPlace {
  readonly isRoot: boolean;
  /** The component that it is nested in, in words. */
  readonly within?: string | undefined;
}

export function readComponent(json: JsonObject, place: ComponentPlace): ReadComponent {
  const listed = propertiesOf(json);
  const own = readProperties(listed);
  const foreign = foreignFacts(listed);
  const references = readReferences(json);
  const hashes = readDigests(member(json, "hashes"), CYCLONEDX_HASHES);
  const integrity = parseIntegrity(foreign.integrity ?? "");
  const written = publicText(own.version ?? textMember(json, "version") ?? "");
  const stated = textMember(json, "purl") ?? own.contradictingPurl;
  const purl = stated === undefined ? undefined : readBomPurl(stated);
  const version = written.text === "" ? purl?.purl.version : written.text;
  const identity = nameByPurl({
    group: textMember(json, "group"),
    name: textMember(json, "name"),
    identifier: textMember(json, "bom-ref"),
    purl: purl?.purl,
    version,
    isRoot: place.isRoot,
  });
  const archives = archivesOf(
    sortDigests([...hashes.digests, ...(own.digests ?? []), ...integrity.digests]),
    references,
    own,
  );
  const facts = factsOf(own, foreign, [...hashes.others, ...references.others], identity.alias);
  const [location, ...others] = locationsOf(json, own, foreign);
  const component = {
    kind: own.kind ?? kindOf(json),
    name: identity.name,
    ...(version === undefined ? {} : { version }),
    ...(purl === undefined ? {} : { purl: purl.text }),
    ...archives.bytes,
    scope: scopeOf(json, own, foreign, place),
    origin:
      own.origin ?? nestedOrigin(withHost(originOf(purl?.purl, archives.address), archives), archives.address, place),
    facts,
    ...statementsOf(json, references, own.origin),
    ...(location === undefined ? {} : { location }),
  } satisfies ReadComponent["component"];
  const malformed = [
    ...hashes.malformed,
    ...references.malformed,
    ...integrity.malformed.map(() => "an integrity is none"),
  ];
  const isRedacted = references.redacted || written.redacted || purl?.redacted === true;
  return {
    component: withReason(component, own.undigested),
    // Of other generators these are places where it is used.
    copies: own.origin === undefined ? [] : others,
    complaints: [
      ...identity.complaints,
      ...(stated !== undefined && purl === undefined
        ? [{ rule: "sbom-invalid", message: "its purl is none" } as const]
        : []),
      ...malformed.map((message) => ({ rule: "integrity-malformed", message }) as const),
      ...own.malformed.map(
        ({ name }) =>
          ({ rule: "sbom-invalid", message: `its property ${name.slice(0, 100)} is not as it must be` }) as const,
      ),
      ...(isRedacted
        ? [{ rule: "secret-removed", message: "a user name, password or token stands in its address" } as const]
        : []),
    ],
  };
}

function propertiesOf(json: JsonObject): readonly BomProperty[] {
  const list = member(json, "properties");
  return itemsOf(list).flatMap((item) => {
    const [name, value] = isJsonObject(item) ? [textMember(item, "name"), textMember(item, "value")] : [];
    return name === undefined || value === undefined ? [] : [{ name, value }];
  });
}

function kindOf(json: JsonObject): ComponentKind {
  const type = textMember(json, "type") ?? "";
  return COMPONENT_KINDS.has(type) ? (type as ComponentKind) : "library";
}

function scopeOf(json: JsonObject, own: ReadProperties, foreign: ForeignFacts, { isRoot }: ComponentPlace): Scope {
  if (isRoot) return "runtime";
  if (own.scope !== undefined) return own.scope;
  return foreign.development ? "development" : (SCOPES.get(textMember(json, "scope") ?? "") ?? "runtime");
}

/** A component inside another one comes in its archive (CycloneDX, `component.components`), unless it has one itself. */
function nestedOrigin(origin: Origin, address: string | undefined, { within }: ComponentPlace): Origin {
  if (within === undefined || address !== undefined) return origin;
  return origin.kind === "registry" || origin.kind === "unknown" ? { kind: "bundled", within } : origin;
}

/** The host that all archives of a package of a registry are on. */
function withHost(origin: Origin, { bytes: { distributions = [] } }: Archives): Origin {
  if (origin.kind !== "registry" || origin.host !== undefined || distributions.length === 0) return origin;
  const hosts = new Set(distributions.map(({ url }) => (url === undefined ? undefined : publicUrl(url)?.host)));
  const [host] = hosts;
  return hosts.size === 1 && host !== undefined ? { ...origin, host } : origin;
}

interface Archives {
  readonly bytes: Pick<Component, "digests" | "distributions">;
  /** Of the one archive, as written. */
  readonly address?: string;
}

/** One reference whose digests do not contradict the component's is its archive; several are distributions. */
function archivesOf(digests: Component["digests"], references: References, own: ReadProperties): Archives {
  const ours = own.distributions ?? [];
  const distributions: readonly Distribution[] = [...references.distributions, ...ours];
  const [only] = distributions;
  const [first, second] = references.addresses;
  const address = first === undefined || second !== undefined ? {} : { address: first };
  // Ours say with the component's own digests that it is the one archive; others say it nowhere else.
  const isArchive = digests.length > 0 || own.origin === undefined;
  const alone = distributions.length === 1 && only?.url !== undefined && only.size === undefined && isArchive;
  const union = alone ? uniqueDigests([...digests, ...only.digests]) : digests;
  if (alone && first !== undefined && !isAmbiguous(union)) return { bytes: { digests: union }, ...address };
  if (distributions.length > 0) return { bytes: { digests, distributions }, ...address };
  return { bytes: { digests } };
}

function uniqueDigests(digests: Component["digests"]): Component["digests"] {
  const byText = new Map(digests.map((digest) => [`${digest.algorithm}:${digest.hex}`, digest]));
  return sortDigests([...byText.values()]);
}

function factsOf(
  own: ReadProperties,
  foreign: ForeignFacts,
  others: readonly string[],
  alias: string | undefined,
): Facts {
  const checksums = [...new Set([...(own.facts.otherChecksums ?? []), ...others])];
  return {
    ...foreign.facts,
    ...(alias === undefined ? {} : { alias }),
    ...own.facts,
    ...(checksums.length === 0 ? {} : { otherChecksums: checksums }),
  };
}

function withReason<T extends Omit<Component, "key" | "dependsOn">>(component: T, reason: string | undefined): T {
  const { digests, distributions = [] } = component;
  if (digests.length > 0 || distributions.some((item) => item.digests.length > 0)) return component;
  return { ...component, undigested: reason ?? "the SBOM states none" };
}

function statementsOf(
  json: JsonObject,
  references: References,
  origin: Origin | undefined,
): { statements?: Statements } {
  const [firstAuthor] = peopleOf(json, "authors");
  const pairs: readonly (readonly [keyof Statements, string | undefined])[] = [
    ["description", textMember(json, "description")],
    ["author", firstAuthor ?? textMember(json, "author")],
    ["publisher", textMember(json, "publisher")],
    ["supplier", textMember(objectMember(json, "supplier") ?? {}, "name")],
    ["license", readLicenses(member(json, "licenses"))],
  ];
  const found = pairs.flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [[key, publicProse(value)] as const],
  );
  const { repository, ...pages } = references.statements;
  // Ours name the repository that a component comes from in the same way.
  const isOrigin = origin?.kind === "git" && origin.url === repository;
  const stated = repository === undefined || isOrigin ? pages : { ...pages, repository };
  const statements: Statements = { ...Object.fromEntries(found), ...stated };
  return Object.keys(statements).length === 0 ? {} : { statements };
}

/** `Name <mail>` of each contact in a list. */
export function peopleOf(json: JsonObject, name: string): readonly string[] {
  const list = member(json, name);
  return itemsOf(list).flatMap((item) => {
    if (!isJsonObject(item)) return [];
    const [person, mail] = ["name", "email"].map((key) => publicProse(textMember(item, key) ?? ""));
    if (mail === undefined || mail === "") return person === undefined || person === "" ? [] : [person];
    return [person === undefined || person === "" ? mail : `${person} <${mail}>`];
  });
}

function locationsOf(json: JsonObject, own: ReadProperties, foreign: ForeignFacts): readonly string[] {
  const occurrences = itemsOf(member(objectMember(json, "evidence") ?? {}, "occurrences"));
  const found = occurrences.flatMap((item) => (isJsonObject(item) ? (textMember(item, "location") ?? []) : []));
  const first = foreign.location === undefined ? [] : [foreign.location];
  return [...found, ...(own.locations ?? []), ...first]
    .flatMap((text) => publicPath(text) ?? [])
    .filter((path) => path !== "");
}
