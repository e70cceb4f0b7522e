// Which of the fields that a standard asks for are there: in total, and of each component.

import { printable, printableJson } from "../core/printable.ts";
import type { BomOptions } from "./bom-formats.ts";
import { bsiFacts } from "./bsi.ts";
import type { BomGraph, BomNode } from "./graph.ts";
import { createLicenseReader } from "./license.ts";
import { STANDARDS } from "./quality-fields.ts";
import type { AssessedComponent, AssessedDocument, QualityStandard } from "./quality-fields.ts";

export type { QualityStandard };

interface FieldResult {
  readonly name: string;
  readonly of: "document" | "component";
  /** Of so many components, or of the one document. */
  readonly present: number;
  readonly total: number;
}

interface ComponentResult {
  readonly ref: string;
  /** `name@version`; from outside. */
  readonly name: string;
  /** Names of fields. */
  readonly lacks: readonly string[];
}

export interface QualityReport {
  readonly standard: QualityStandard;
  readonly title: string;
  readonly fields: readonly FieldResult[];
  /** All of them, the root first. */
  readonly components: readonly ComponentResult[];
}

export interface QualityOptions extends BomOptions {
  /** What is written: `CycloneDX 1.6`. Of SBOMs that were read, their own format counts. */
  readonly format?: string;
}

/** What `format` is when nobody says. */
const USUAL_FORMAT = "CycloneDX 1.6";

export function assess(standard: QualityStandard, graph: BomGraph, options: QualityOptions): QualityReport {
  const { title, fields } = STANDARDS[standard];
  const read = graph.inventories.flatMap(({ document }) => document ?? []);
  const document: AssessedDocument = { options, format: read[0]?.format ?? options.format ?? USUAL_FORMAT, read };
  const assessed = assessedComponents(graph);
  const components = assessed.map((component) => ({
    ref: component.node.ref,
    name: nameOf(component.node),
    lacks: fields.filter((field) => field.of === "component" && !field.has(component)).map(({ name }) => name),
  }));
  const lacking = new Map<string, number>();
  for (const name of components.flatMap(({ lacks }) => lacks)) lacking.set(name, (lacking.get(name) ?? 0) + 1);
  const results = fields.map((field): FieldResult => {
    const { name, of } = field;
    if (field.of === "document") return { name, of, present: field.has(document) ? 1 : 0, total: 1 };
    return { name, of, present: assessed.length - (lacking.get(name) ?? 0), total: assessed.length };
  });
  return { standard, title, fields: results, components };
}

function nameOf({ component: { name, version } }: BomNode): string {
  return version === undefined ? name : `${name}@${version}`;
}

function assessedComponents({ root, nodes }: BomGraph): readonly AssessedComponent[] {
  const all = [root, ...nodes];
  const needed = new Set(all.flatMap(({ dependsOn }) => dependsOn ?? []));
  const licenseOf = createLicenseReader();
  return all.map((node) => {
    const license = node.component.statements?.license;
    return {
      node,
      isNeeded: needed.has(node.ref),
      license: license === undefined || license.trim() === "" ? undefined : licenseOf(license),
      bsi: bsiFacts(node.component),
    };
  });
}

/** How many components are named in a line. */
const EXAMPLES = 3;
const MAX_NAME = 60;

/** A table with a line for each field, and what lacks it; ends in a line feed. */
export function qualityText({ title, fields, components }: QualityReport): string {
  const width = Math.max(...fields.map(({ name }) => name.length));
  const complete = fields.filter(({ present, total }) => present === total).length;
  const lines = fields.map(({ name, of, present, total }) => {
    const count = of === "document" ? (present === 1 ? "present" : "absent") : `present ${present} of ${total}`;
    const lacking = components.filter(({ lacks }) => of === "component" && lacks.includes(name));
    const names = lacking.slice(0, EXAMPLES).map((component) => shownName(component.name));
    const more = lacking.length > EXAMPLES ? ", …" : "";
    const examples = names.length === 0 ? "" : `   lacking: ${names.join(", ")}${more}`;
    return `  ${name.padEnd(width)}  ${count}${examples}`;
  });
  const ends = `${complete} of ${fields.length} fields are there everywhere`;
  return [title, ...lines, "", ends, ""].join("\n");
}

function shownName(name: string): string {
  const shown = printable(name);
  return shown.length > MAX_NAME ? `${shown.slice(0, MAX_NAME)}…` : shown;
}

/** The report as JSON, with all that each component lacks; ends in a line feed. */
export function qualityJson(report: QualityReport): string {
  return `${printableJson(JSON.stringify(report, undefined, 2))}\n`;
}
