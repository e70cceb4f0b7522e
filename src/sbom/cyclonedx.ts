// A graph as CycloneDX JSON (https://cyclonedx.org/specification/overview/), versions 1.4 to 1.7. The order of members is
// fixed, and nothing depends on clock, machine or locale.

import type { BomProperty } from "../core/bom-properties.ts";
import type { BomOptions } from "./bom-formats.ts";
import { cdxComponent } from "./cyclonedx-component.ts";
import { featuresOf } from "./cyclonedx-version.ts";
import type { WrittenVersion, VersionFeatures } from "./cyclonedx-version.ts";
import type { BomGraph, BomNode } from "./graph.ts";
import { inputProperties } from "./inputs.ts";
import { createLicenseReader } from "./license.ts";
import { makersOf } from "./makers.ts";
import { contactOrganization, contactPerson, splitAuthor } from "./person.ts";
import { UNNUMBERED } from "./serial.ts";

export interface CycloneDxOptions extends BomOptions {
  readonly specVersion: WrittenVersion;
}

/** The document, to be written by `bomText`. */
export async function cycloneDxDocument(graph: BomGraph, options: CycloneDxOptions): Promise<object> {
  const known = featuresOf(options.specVersion);
  const features = { ...known, bsi: known.bsi && options.bsi === true };
  const checksPurls = graph.inventories.some(({ document }) => document !== undefined);
  const context = { features, licenseOf: createLicenseReader(), checksPurls };
  const all = [graph.root, ...graph.nodes];
  return {
    $schema: `http://cyclonedx.org/schema/bom-${options.specVersion}.schema.json`,
    bomFormat: "CycloneDX",
    specVersion: options.specVersion,
    serialNumber: `urn:uuid:${UNNUMBERED}`,
    version: 1,
    metadata: { ...metadataOf(graph, options, features), component: cdxComponent(graph.root, true, context) },
    components: graph.nodes.map((node) => cdxComponent(node, false, context)),
    dependencies: dependenciesOf(all),
    compositions: compositionsOf(graph, all),
  };
}

function metadataOf(
  { inventories }: BomGraph,
  options: CycloneDxOptions,
  features: VersionFeatures,
): Readonly<Record<string, unknown>> {
  const { timestamp } = options;
  const { tools, authors, readAuthors, manufacturer, supplier } = makersOf(inventories, options);
  const people = [...authors.map(contactPerson), ...readAuthors.map(splitAuthor)];
  const organization = manufacturer === undefined ? undefined : contactOrganization(manufacturer);
  const properties = [...(timestamp === undefined ? [REPRODUCIBLE] : []), ...inputProperties(inventories)];
  return {
    ...(timestamp === undefined ? {} : { timestamp: timestamp.toISOString() }),
    tools: features.toolComponents ? { components: tools.map((tool) => ({ type: "application", ...tool })) } : tools,
    ...(people.length === 0 ? {} : { authors: people }),
    ...(organization === undefined ? {} : { [features.authors ? "manufacturer" : "manufacture"]: organization }),
    ...(supplier === undefined ? {} : { supplier: { name: supplier } }),
    ...(properties.length === 0 ? {} : { properties }),
  };
}

/** Of the registered names of CycloneDX (property taxonomy, `cdx`): nothing in it depends on time or chance. */
const REPRODUCIBLE: BomProperty = { name: "cdx:reproducible", value: "true" };

interface Dependency {
  readonly ref: string;
  readonly dependsOn: readonly string[];
}

/** An empty list is a component that needs nothing; one whose needs are not known has no entry. */
function dependenciesOf(nodes: readonly BomNode[]): readonly Dependency[] {
  return nodes.flatMap(({ ref, dependsOn }) => (dependsOn === undefined ? [] : [{ ref, dependsOn }]));
}

/**
 * How far the graph is known. References do not cascade (CycloneDX, `compositions`), so each component is named: those
 * that the source says nothing about are `unknown`, whatever holds for the rest.
 */
function compositionsOf({ root, aggregate }: BomGraph, all: readonly BomNode[]): readonly object[] {
  const refs = (isKnown: boolean): readonly string[] =>
    all.filter(({ dependsOn }) => (dependsOn !== undefined) === isKnown).map(({ ref }) => ref);
  const [known, unknown] = [refs(true), refs(false)];
  if (aggregate === "unknown") return [{ aggregate, assemblies: [root.ref], dependencies: [...known, ...unknown] }];
  return [
    { aggregate, assemblies: [root.ref], ...(known.length === 0 ? {} : { dependencies: known }) },
    ...(unknown.length === 0 ? [] : [{ aggregate: "unknown", dependencies: unknown }]),
  ];
}
