// One component as a package of SPDX 2.3 (clause 7). What SPDX has no field for is an annotation (core/bom-annotation.ts).

import { createHash } from "node:crypto";
import { propertiesComment } from "../core/bom-annotation.ts";
import type { BomProperty, PropertyFacts } from "../core/bom-properties.ts";
import { clipProse, writeProperties } from "../core/bom-properties-write.ts";
import type { Algorithm, Digest } from "../core/digest.ts";
import type { Component, ComponentKind, Origin } from "../core/inventory.ts";
import { publicUrl } from "../core/public-url.ts";
import type { BomNode } from "./graph.ts";
import { identifiers } from "./identifiers.ts";
import type { LicenseBook } from "./spdx-license.ts";

/** 7.10, `algorithm`. */
const CHECKSUMS: Readonly<Partial<Record<Algorithm, string>>> = {
  md5: "MD5",
  sha1: "SHA1",
  sha224: "SHA224",
  sha256: "SHA256",
  sha384: "SHA384",
  sha512: "SHA512",
  "sha3-256": "SHA3-256",
  "sha3-384": "SHA3-384",
  "sha3-512": "SHA3-512",
  blake2b256: "BLAKE2b-256",
  blake2b512: "BLAKE2b-512",
  blake3: "BLAKE3",
};

/** 7.24, `primaryPackagePurpose`; the other kinds are `OTHER`. */
const PURPOSES: Readonly<Partial<Record<ComponentKind, string>>> = {
  application: "APPLICATION",
  framework: "FRAMEWORK",
  library: "LIBRARY",
  container: "CONTAINER",
  "operating-system": "OPERATING_SYSTEM",
  device: "DEVICE",
  firmware: "FIRMWARE",
  file: "FILE",
};

interface Checksum {
  readonly algorithm: string;
  readonly checksumValue: string;
}

export interface Annotation {
  readonly annotationDate: string;
  readonly annotationType: "OTHER";
  readonly annotator: string;
  readonly comment: string;
}

export interface PackageContext {
  readonly licenses: LicenseBook;
  readonly checksPurls: boolean;
  annotation(comment: string): Annotation;
}

/** `SPDXRef-` and what tells the element apart: letters of its name for people, a digest of its ref for programs. */
export function elementId({ component: { name, version }, ref }: Pick<BomNode, "component" | "ref">): string {
  const readable = `${name}-${version ?? ""}`.slice(0, 60).replaceAll(/[^A-Za-z0-9.]+/g, "-");
  return `SPDXRef-${readable}-${createHash("sha256").update(ref).digest("hex").slice(0, 32)}`;
}

export function spdxPackage(node: BomNode, isRoot: boolean, context: PackageContext): object {
  const { component } = node;
  const { name, digests, statements, kind } = component;
  const { version, purl } = identifiers(component, context.checksPurls);
  const { checksums } = splitChecksums(digests);
  const homepage = statements?.homepage === undefined ? undefined : publicUrl(statements.homepage)?.url;
  return {
    SPDXID: elementId(node),
    // A name is demanded (7.1), and a hostile source may have none.
    name: name.trim() === "" ? "NOASSERTION" : name,
    versionInfo: version,
    ...(kind === "file" ? { packageFileName: `./${name}` } : {}),
    supplier: organization(statements?.supplier ?? statements?.publisher),
    originator: person(statements?.author),
    downloadLocation: downloadLocation(component),
    filesAnalyzed: false,
    checksums: checksums.length === 0 ? undefined : checksums,
    homepage,
    licenseConcluded: "NOASSERTION",
    licenseDeclared: context.licenses.declared(statements?.license),
    copyrightText: "NOASSERTION",
    description: statements?.description === undefined ? undefined : clipProse(statements.description),
    externalRefs:
      purl === undefined
        ? undefined
        : [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: purl }],
    primaryPackagePurpose: PURPOSES[kind] ?? "OTHER",
    annotations: [context.annotation(propertiesComment(packageProperties(node, isRoot, context)))],
  };
}

function packageProperties(
  { component, occurrences }: BomNode,
  isRoot: boolean,
  { checksPurls }: PackageContext,
): readonly BomProperty[] {
  const { kind, scope, facts, origin, undigested, distributions, digests } = component;
  return writeProperties({
    ...identifiers(component, checksPurls).elsewhere,
    facts,
    origin,
    ...(PURPOSES[kind] === undefined ? { kind } : {}),
    ...(isRoot ? {} : { scope }),
    ...(undigested === undefined ? {} : { undigested }),
    digests: splitChecksums(digests).rest,
    distributions: distributions ?? [],
    locations: occurrences,
    statements: statementsLeft(component),
  });
}

/** The publisher stands as the supplier where there is no other. */
function statementsLeft({ statements = {} }: Component): NonNullable<PropertyFacts["statements"]> {
  const { publisher, supplier } = statements;
  const [repository, issues] = [statements.repository, statements.issues].map((text) =>
    text === undefined ? undefined : publicUrl(text)?.url,
  );
  return {
    ...(publisher === undefined || (supplier ?? "") === "" ? {} : { publisher }),
    ...(repository === undefined ? {} : { repository }),
    ...(issues === undefined ? {} : { issues }),
  };
}

function splitChecksums(digests: readonly Digest[]): { checksums: readonly Checksum[]; rest: readonly Digest[] } {
  const checksums = new Map<string, Checksum>();
  const rest: Digest[] = [];
  for (const digest of digests) {
    const algorithm = CHECKSUMS[digest.algorithm];
    if (algorithm === undefined) rest.push(digest);
    else checksums.set(`${algorithm} ${digest.hex}`, { algorithm, checksumValue: digest.hex });
  }
  return { checksums: [...checksums.values()], rest };
}

/** 7.5: NOASSERTION where nobody is named. */
function organization(name: string | undefined): string {
  return name === undefined || name.trim() === "" ? "NOASSERTION" : `Organization: ${name.trim()}`;
}

/** 7.6. A mail address stands in parentheses. */
function person(author: string | undefined): string | undefined {
  const name = author?.trim().replace(/<([^<>]*)>/, "($1)") ?? "";
  return name === "" ? undefined : `Person: ${name}`;
}

/** 7.7: a URL, for version control with the commit, or NOASSERTION. */
function downloadLocation({ origin, distributions }: Component): string {
  const location = locationOf(origin, (distributions ?? []).length > 0);
  return location === undefined ? "NOASSERTION" : location.toWellFormed().replaceAll(/\s/g, encodeURIComponent);
}

function locationOf(origin: Origin, isIndex: boolean): string | undefined {
  if (origin.kind === "registry" || origin.kind === "url") return isIndex ? undefined : origin.url;
  if (origin.kind !== "git" || origin.url === undefined) return undefined;
  const url = /^git[+:]/.test(origin.url) ? origin.url : `git+${origin.url}`;
  const at = origin.commit ?? origin.reference;
  return at === undefined ? url : `${url}@${at}`;
}
