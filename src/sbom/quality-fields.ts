// The fields that standards ask for, each with the question whether it is there. Add one here: one line in the table of
// its standard. What a component must have is asked of each, the root included.

import type { BomDocument, Component } from "../core/inventory.ts";
import type { BomOptions } from "./bom-formats.ts";
import type { BsiFacts } from "./bsi.ts";
import type { BomNode } from "./graph.ts";
import type { License } from "./license.ts";

export type QualityStandard = "ntia" | "bsi";

/** What is asked of the document: what will be written about it, and what the SBOMs that were read say of themselves. */
export interface AssessedDocument {
  readonly options: BomOptions;
  /** `CycloneDX 1.6`, `SPDX-2.3`. */
  readonly format: string;
  readonly read: readonly BomDocument[];
}

export interface AssessedComponent {
  readonly node: BomNode;
  /** Whether another component needs it. */
  readonly isNeeded: boolean;
  readonly license: License | undefined;
  readonly bsi: BsiFacts;
}

export type QualityField =
  | { readonly name: string; readonly of: "document"; has(document: AssessedDocument): boolean }
  | { readonly name: string; readonly of: "component"; has(component: AssessedComponent): boolean };

export interface Standard {
  readonly title: string;
  readonly fields: readonly QualityField[];
}

function isText(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== "";
}

function allDigests({ digests, distributions }: Component): Component["digests"] {
  return [...digests, ...(distributions ?? []).flatMap((item) => item.digests)];
}

/** A mail address or a URL somewhere in the text. */
function isReachable(text: string | undefined): boolean {
  return text !== undefined && /[^\s@]@[^\s@]|https?:\/\/[^\s]/.test(text);
}

const timestamp: QualityField = {
  name: "timestamp",
  of: "document",
  has: ({ options, read }) => options.timestamp !== undefined || read.some((item) => isText(item.timestamp)),
};
const name: QualityField = { name: "component name", of: "component", has: ({ node }) => isText(node.component.name) };
const version: QualityField = { name: "version", of: "component", has: ({ node }) => isText(node.component.version) };

/** The Minimum Elements For a Software Bill of Materials (NTIA, July 2021), "Data Fields". */
const NTIA: Standard = {
  title: "NTIA minimum elements",
  fields: [
    {
      // The entity that creates, defines or identifies the component.
      name: "supplier name",
      of: "component",
      has: ({ node: { component } }) => {
        const { supplier, publisher, author } = component.statements ?? {};
        return [supplier, publisher, author].some(isText);
      },
    },
    name,
    version,
    {
      name: "unique identifier",
      of: "component",
      has: ({ node: { component } }) => component.purl !== undefined || allDigests(component).length > 0,
    },
    {
      name: "dependency relationship",
      of: "component",
      has: ({ node, isNeeded }) => isNeeded || node.dependsOn !== undefined,
    },
    {
      name: "author of SBOM data",
      of: "document",
      has: ({ options, read }) =>
        options.authors.length > 0 ||
        options.manufacturer !== undefined ||
        read.some((item) => item.authors.some(isText) || isText(item.manufacturer) || isText(item.supplier)),
    },
    timestamp,
  ],
};

/** CycloneDX 1.6 and later, SPDX 3.0.1 and later (section 4). */
function isAllowedFormat(format: string): boolean {
  const [, kind, major, minor] = /^(CycloneDX|SPDX)[ -](\d+)\.(\d+)/.exec(format) ?? [];
  if (kind === "SPDX") return Number(major) >= 3;
  return kind === "CycloneDX" && (Number(major) > 1 || Number(minor) >= 6);
}

/** BSI TR-03183-2 v2.1.0, sections 4, 5.2.1 and 5.2.2: what each SBOM and component must have. */
const BSI: Standard = {
  title: "BSI TR-03183-2 v2.1",
  fields: [
    { name: "SBOM format", of: "document", has: ({ format }) => isAllowedFormat(format) },
    {
      name: "SBOM creator (mail address or URL)",
      of: "document",
      has: ({ options: { manufacturer, authors }, read }) =>
        [...(manufacturer === undefined ? [] : [manufacturer]), ...authors].some(
          ({ email, url }) => email !== undefined || url !== undefined,
        ) || read.some((item) => [item.manufacturer, item.supplier, ...item.authors].some(isReachable)),
    },
    timestamp,
    {
      name: "component creator (mail address or URL)",
      of: "component",
      has: ({ node: { component } }) => {
        const { supplier, publisher, author, homepage, repository } = component.statements ?? {};
        return [supplier, publisher, author, homepage, repository].some(isReachable);
      },
    },
    name,
    version,
    { name: "file name", of: "component", has: ({ bsi }) => bsi.fileName !== undefined },
    { name: "dependencies", of: "component", has: ({ node }) => node.dependsOn !== undefined },
    {
      name: "licence (SPDX)",
      of: "component",
      has: ({ license }) => license !== undefined && license.kind !== "name",
    },
    {
      name: "SHA-512 of the deployable file",
      of: "component",
      has: ({ node: { component } }) => allDigests(component).some(({ algorithm }) => algorithm === "sha512"),
    },
    { name: "executable property", of: "component", has: ({ bsi }) => bsi.isExecutable === true },
    { name: "archive property", of: "component", has: ({ bsi }) => bsi.isArchive === true },
    { name: "structured property", of: "component", has: ({ bsi }) => bsi.isArchive === true },
  ],
};

export const STANDARDS: Readonly<Record<QualityStandard, Standard>> = { ntia: NTIA, bsi: BSI };
