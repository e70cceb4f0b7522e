// One package or file of an SPDX 2.2 or 2.3 document in the terms of the model. The numbers are those of the clauses of
// SPDX 2.3 (spdx.github.io/spdx-spec/v2.3).

import { readPropertiesComment } from "../core/bom-annotation.ts";
import { readProperties } from "../core/bom-properties-read.ts";
import type { ReadProperties } from "../core/bom-properties-read.ts";
import type { Component, ComponentKind, Facts, Origin, Statements } from "../core/inventory.ts";
import { sortDigests } from "../core/integrity.ts";
import { isJsonObject, itemsOf, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { publicPath, publicProse, publicUrl } from "../core/public-url.ts";
import { purlDisagreement } from "../core/purl-agreement.ts";
import { CHECKSUM_DIGITS } from "../core/spdx-rules.ts";
import { gitOrigin, originOf, publicText, readBomPurl } from "./bom-address.ts";
import type { BomPurl } from "./bom-address.ts";
import { readDigests } from "./bom-digests.ts";
import { nameByPurl } from "./bom-identity.ts";
import type { Complaint } from "./bom-identity.ts";

const SPDX_CHECKSUMS = { algorithm: "algorithm", value: "checksumValue", digits: CHECKSUM_DIGITS } as const;

/** 7.24. */
const KINDS: ReadonlyMap<string, ComponentKind> = new Map([
  ["APPLICATION", "application"],
  ["FRAMEWORK", "framework"],
  ["LIBRARY", "library"],
  ["CONTAINER", "container"],
  ["OPERATING-SYSTEM", "operating-system"],
  ["OPERATING_SYSTEM", "operating-system"],
  ["DEVICE", "device"],
  ["FIRMWARE", "firmware"],
  ["FILE", "file"],
]);

export interface ReadElement {
  readonly component: Omit<Component, "key" | "dependsOn" | "scope">;
  /** What our own properties say; edges decide otherwise. */
  readonly scope?: Component["scope"];
  readonly complaints: readonly Complaint[];
  /** Other places of the same component, by our own properties. */
  readonly copies: readonly string[];
}

/** @param licenses texts of LicenseRef- identifiers */
export function readPackage(json: JsonObject, isRoot: boolean, licenses: ReadonlyMap<string, string>): ReadElement {
  const own = ownProperties(json);
  const [firstPurl, ...furtherPurls] = purlTexts(json);
  const stated = firstPurl ?? own.contradictingPurl;
  const purl = stated === undefined ? undefined : readBomPurl(stated);
  const written = publicText(own.version ?? textMember(json, "versionInfo") ?? "");
  const version = written.text === "" ? purl?.purl.version : written.text;
  const identifier = textMember(json, "SPDXID");
  const name = textMember(json, "name");
  const identity = nameByPurl({ name, identifier, purl: purl?.purl, version, isRoot });
  const checksums = readDigests(member(json, "checksums"), SPDX_CHECKSUMS);
  const download = downloadOf(json);
  const [location, ...others] = own.locations ?? [];
  const component = {
    kind: own.kind ?? KINDS.get(textMember(json, "primaryPackagePurpose") ?? "") ?? "library",
    name: identity.name,
    ...(version === undefined ? {} : { version }),
    ...(purl === undefined ? {} : { purl: purl.text }),
    ...bytesOf(sortDigests([...checksums.digests, ...(own.digests ?? [])]), own),
    origin: own.origin ?? originAt(download.address, purl),
    facts: factsOf(own, [...checksums.others, ...verificationCode(json)]),
    ...statementsOf(json, licenses, own.statements),
    ...locationOf(location ?? pathOf(textMember(json, "packageFileName"))),
  } satisfies ReadElement["component"];
  const isRedacted = written.redacted || purl?.redacted === true || download.redacted;
  return {
    component: withReason(component, own.undigested),
    copies: others.flatMap((text) => publicPath(text) ?? []),
    ...(own.scope === undefined ? {} : { scope: own.scope }),
    complaints: [
      ...identity.complaints,
      ...otherPurls({ name: identity.name, version }, furtherPurls),
      ...(stated !== undefined && purl === undefined ? [broken("its purl is none")] : []),
      ...checksums.malformed.map((message) => ({ rule: "integrity-malformed", message }) as const),
      ...own.malformed.map((property) => broken(`its property ${property.name.slice(0, 100)} is not as it must be`)),
      ...(isRedacted ? [secret()] : []),
    ],
  };
}

/** Clause 8. */
export function readFileElement(json: JsonObject): ReadElement {
  const name = textMember(json, "fileName") ?? "";
  const checksums = readDigests(member(json, "checksums"), SPDX_CHECKSUMS);
  const component = {
    kind: "file" as const,
    name: publicPath(name) ?? name.slice(name.lastIndexOf("/") + 1),
    ...bytesOf(checksums.digests, undefined),
    origin: { kind: "unknown" } as const,
    facts: checksums.others.length === 0 ? {} : { otherChecksums: checksums.others },
    ...locationOf(name),
  } satisfies ReadElement["component"];
  return {
    component: withReason(component, undefined),
    copies: [],
    complaints: checksums.malformed.map((message) => ({ rule: "integrity-malformed", message }) as const),
  };
}

function broken(message: string): Complaint {
  return { rule: "sbom-invalid", message };
}

function secret(): Complaint {
  return { rule: "secret-removed", message: "a user name, password or token stands in its address" };
}

/** Ours are the comment of an annotation. */
function ownProperties(json: JsonObject): ReadProperties {
  const comments = itemsOf(member(json, "annotations")).flatMap((item) =>
    isJsonObject(item) ? (textMember(item, "comment") ?? []) : [],
  );
  return readProperties(comments.flatMap((comment) => readPropertiesComment(comment) ?? []));
}

/** 7.21. */
function purlTexts(json: JsonObject): readonly string[] {
  return itemsOf(member(json, "externalRefs")).flatMap((reference) => {
    if (!isJsonObject(reference) || !/(?:^|\/)purl$/.test(textMember(reference, "referenceType") ?? "")) return [];
    return textMember(reference, "referenceLocator") ?? [];
  });
}

/** The first of several purls counts; one that is another package's would hide behind it. */
function otherPurls(
  named: { name: string; version?: string | undefined },
  texts: readonly string[],
): readonly Complaint[] {
  for (const text of texts) {
    const purl = readBomPurl(text);
    const other = purl === undefined ? undefined : purlDisagreement(named, purl.purl);
    if (purl === undefined) return [broken("a further purl of it is none")];
    if (other === undefined) continue;
    const message = `a further purl of it has another ${other.part}`;
    return [{ rule: "purl-mismatch", message, level: "warn", expected: other.stated, actual: other.purl }];
  }
  return [];
}

/** 7.7: an address as it is written; undefined for NONE and NOASSERTION. */
function downloadOf(json: JsonObject): { address?: string; redacted: boolean } {
  const address = textMember(json, "downloadLocation");
  if (address === undefined || address === "NONE" || address === "NOASSERTION") return { redacted: false };
  return { address, redacted: publicUrl(address)?.redacted === true };
}

/** 7.7: `git+https://host/acme/a.git@COMMIT#path`. */
function originAt(address: string | undefined, purl: BomPurl | undefined): Origin {
  if (address !== undefined && /^git(?:\+|:)/i.test(address)) {
    const git = gitOrigin(/@[^/]*#/.test(address) ? address.slice(0, address.indexOf("#")) : address);
    if (git !== undefined) return git;
  }
  return originOf(purl?.purl, address);
}

function bytesOf(
  digests: Component["digests"],
  own: ReadProperties | undefined,
): Pick<Component, "digests" | "distributions"> {
  const distributions = own?.distributions ?? [];
  return distributions.length > 0 ? { digests, distributions } : { digests };
}

/** 7.9: a hash over the hashes of its files. */
function verificationCode(json: JsonObject): readonly string[] {
  const value = textMember(objectMember(json, "packageVerificationCode") ?? {}, "packageVerificationCodeValue");
  return value !== undefined && /^[0-9a-f]{40}$/.test(value) ? [`spdx-verification:${value}`] : [];
}

function factsOf(own: ReadProperties, others: readonly string[]): Facts {
  const checksums = [...new Set([...(own.facts.otherChecksums ?? []), ...others])];
  return { ...own.facts, ...(checksums.length === 0 ? {} : { otherChecksums: checksums }) };
}

function withReason(component: ReadElement["component"], reason: string | undefined): ReadElement["component"] {
  const { digests, distributions = [] } = component;
  if (digests.length > 0 || distributions.some((item) => item.digests.length > 0)) return component;
  return { ...component, undigested: reason ?? "the SBOM states none" };
}

/** npm writes the place of an installed package here. */
function pathOf(fileName: string | undefined): string | undefined {
  return fileName?.includes("/") === true ? fileName : undefined;
}

function locationOf(text: string | undefined): { location?: string } {
  const location = text === undefined ? undefined : publicPath(text);
  return location === undefined || location === "" ? {} : { location };
}

/** @param own what SPDX has no field for, of our own properties */
function statementsOf(
  json: JsonObject,
  licenses: ReadonlyMap<string, string>,
  own: Statements = {},
): { statements?: Statements } {
  const homepage = asserted(json, "homepage");
  const [declared, concluded] = [asserted(json, "licenseDeclared"), asserted(json, "licenseConcluded")];
  const license = declared ?? concluded;
  const pairs: readonly (readonly [keyof Statements, string | undefined])[] = [
    ["description", asserted(json, "description") ?? asserted(json, "summary")],
    ["author", actor(asserted(json, "originator"))],
    ["supplier", actor(asserted(json, "supplier"))],
    ["publisher", own.publisher],
    ["homepage", homepage === undefined ? undefined : publicUrl(homepage)?.url],
    ["repository", own.repository === undefined ? undefined : publicUrl(own.repository)?.url],
    ["issues", own.issues === undefined ? undefined : publicUrl(own.issues)?.url],
    ["license", license === undefined ? undefined : (licenses.get(license) ?? license)],
  ];
  const found = pairs.flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [[key, publicProse(value)] as const],
  );
  return found.length === 0 ? {} : { statements: Object.fromEntries(found) };
}

/** A text that is neither NONE nor NOASSERTION. */
function asserted(json: JsonObject, name: string): string | undefined {
  const text = textMember(json, name);
  return text === "NONE" || text === "NOASSERTION" ? undefined : text;
}

/** `Person: Jo (jo@h.example)` as `Jo <jo@h.example>`. */
export function actor(text: string | undefined): string | undefined {
  return text
    ?.replace(/^(?:Person|Organization|Tool): */, "")
    .replace(/ *\(([^()]*)\)$/, (_all, mail: string) => (mail === "" ? "" : ` <${mail}>`));
}
