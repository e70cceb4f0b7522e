// A graph as SPDX 2.3 JSON (https://spdx.github.io/spdx-spec/v2.3/). A time is demanded: without one it is the start of
// 1970, so that the same input has the same bytes.

import { propertiesComment } from "../core/bom-annotation.ts";
import { COMPLETENESS_PROPERTY } from "../core/bom-properties.ts";
import type { Scope } from "../core/inventory.ts";
import type { BomOptions } from "./bom-formats.ts";
import type { Contact } from "./contact.ts";
import type { BomGraph } from "./graph.ts";
import { inputProperties } from "./inputs.ts";
import { makersOf } from "./makers.ts";
import { contentDigest, uuidOf } from "./serial.ts";
import { createLicenseBook } from "./spdx-license.ts";
import { elementId, spdxPackage } from "./spdx-package.ts";
import type { Annotation } from "./spdx-package.ts";

interface Relationship {
  readonly spdxElementId: string;
  readonly relationshipType: "DESCRIBES" | "DEPENDS_ON" | "DEV_DEPENDENCY_OF" | "OPTIONAL_DEPENDENCY_OF";
  readonly relatedSpdxElement: string;
}

const DOCUMENT = "SPDXRef-DOCUMENT";

/** The document, to be written by `bomText`. */
export function spdxDocument(graph: BomGraph, options: BomOptions): object {
  // 6.9: to the second.
  const created = `${(options.timestamp ?? new Date(0)).toISOString().slice(0, 19)}Z`;
  const tool = `Tool: boltseal-${options.toolVersion}`;
  const annotation = (comment: string): Annotation => ({
    annotationDate: created,
    annotationType: "OTHER",
    annotator: tool,
    comment,
  });
  const checksPurls = graph.inventories.some(({ document }) => document !== undefined);
  const licenses = createLicenseBook();
  const context = { licenses, checksPurls, annotation };
  const { root, nodes, aggregate, inventories } = graph;
  const packages = [spdxPackage(root, true, context), ...nodes.map((node) => spdxPackage(node, false, context))];
  const extracted = licenses.extracted();
  const about = [{ name: COMPLETENESS_PROPERTY, value: aggregate }, ...inputProperties(inventories)];
  const content = {
    packages,
    relationships: relationshipsOf(graph),
    hasExtractedLicensingInfos: extracted.length === 0 ? undefined : extracted,
    annotations: [annotation(propertiesComment(about))],
  };
  const { name, version } = root.component;
  const title = version === undefined ? name : `${name}-${version}`;
  return {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: DOCUMENT,
    name: title.trim() === "" ? "NOASSERTION" : title,
    documentNamespace: `https://spdx.org/spdxdocs/boltseal-${uuidOf(contentDigest({ title, ...content }))}`,
    creationInfo: { created, creators: creatorsOf(graph, options) },
    ...content,
  };
}

/** 6.8: whoever is no tool is a person or an organisation. Of SBOMs that were read it is not known which. */
function creatorsOf({ inventories }: BomGraph, options: BomOptions): readonly string[] {
  const { tools, authors, readAuthors, manufacturer, supplier } = makersOf(inventories, options);
  const written = ({ name, email, url }: Contact): string => {
    const address = email ?? url;
    return address === undefined ? name : `${name} (${address})`;
  };
  const organizations = [manufacturer === undefined ? undefined : written(manufacturer), supplier];
  return [
    ...tools.map(({ name, version }) => `Tool: ${version === undefined ? name : `${name}-${version}`}`),
    ...authors.map((author) => `Person: ${written(author)}`),
    ...readAuthors.map((author) => `Person: ${author.trim().replace(/<([^<>]*)>$/, "($1)")}`),
    ...organizations.flatMap((name) => (name === undefined ? [] : [`Organization: ${name.trim()}`])),
  ];
}

/** 11.1. `NONE`: it needs nothing. `NOASSERTION`: what it needs is not known. */
function relationshipsOf({ root, nodes, inventories }: BomGraph): readonly Relationship[] {
  const all = [root, ...nodes];
  const ids = new Map(all.map((node) => [node.ref, elementId(node)]));
  const scopes = new Map(all.map(({ ref, component }) => [ref, component.scope]));
  const roots = new Set(inventories.map((inventory) => inventory.root));
  const idOf = (ref: string): string => ids.get(ref) ?? "NOASSERTION";
  const dependsOn = (ref: string, other: string): Relationship => ({
    spdxElementId: idOf(ref),
    relationshipType: "DEPENDS_ON",
    relatedSpdxElement: other,
  });
  const described = all.filter(({ component }) => component === root.component || roots.has(component));
  return [
    ...described.map(({ ref }): Relationship => {
      return { spdxElementId: DOCUMENT, relationshipType: "DESCRIBES", relatedSpdxElement: idOf(ref) };
    }),
    ...all.flatMap(({ ref, dependsOn: needed }): readonly Relationship[] => {
      if (needed === undefined) return [dependsOn(ref, "NOASSERTION")];
      if (needed.length === 0) return [dependsOn(ref, "NONE")];
      return needed.map((other) => {
        const type = typeOf(scopes.get(ref), scopes.get(other));
        return type === "DEPENDS_ON"
          ? dependsOn(ref, idOf(other))
          : { spdxElementId: idOf(other), relationshipType: type, relatedSpdxElement: idOf(ref) };
      });
    }),
  ];
}

/** An edge is for development or optional where it leads there from elsewhere: inside, it is a dependency as any other. */
function typeOf(from: Scope | undefined, to: Scope | undefined): Relationship["relationshipType"] {
  if (from === to) return "DEPENDS_ON";
  if (to === "development") return "DEV_DEPENDENCY_OF";
  return to === "optional" && from === "runtime" ? "OPTIONAL_DEPENDENCY_OF" : "DEPENDS_ON";
}
