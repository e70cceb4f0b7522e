// `boltseal sbom`: what is read, examined, written and checked, in this order. What a component is, how a graph is made
// of it and how that is written stand next door; nothing here is executed, and no socket is opened.

import type { Inventory, Remark } from "../core/inventory.ts";
import type { Finding, Report, Subject } from "../core/report.ts";
import { RULES } from "../core/rules.ts";
import { digestsOf } from "../inventory/examine.ts";
import { readInventories } from "../inventory/read.ts";
import type { SourceKind } from "../inventory/sources.ts";
import type { LoadedPolicy } from "../policy/load.ts";
import { settle } from "../policy/waivers.ts";
import { BOM_FORMATS } from "./bom-formats.ts";
import type { BomFormat } from "./bom-formats.ts";
import { graphOf } from "./graph.ts";
import type { Contact } from "./contact.ts";
import type { QualityReport, QualityStandard } from "./quality.ts";
import { bomText } from "./text.ts";

export interface SbomRequest {
  /** As the user wrote it. */
  readonly path: string;
  readonly cwd: string;
  /** Decides what the path is. */
  readonly source?: SourceKind;
  readonly format: BomFormat;
  /** When the SBOM is said to be made; absent: it does not say. */
  readonly timestamp?: Date;
  readonly authors: readonly Contact[];
  readonly manufacturer?: Contact;
  /** False: the SBOM is written without being checked against its specification. */
  readonly validate: boolean;
  /** Whether the SBOM is wanted, and not only its assessment. */
  readonly write: boolean;
  readonly quality?: QualityStandard;
  readonly policy: LoadedPolicy;
  readonly now: Date;
  /** Version of boltseal. */
  readonly toolVersion: string;
}

export interface SbomResult {
  readonly report: Report;
  /** The SBOM; absent when it was not wanted. */
  readonly text?: string;
  readonly quality?: QualityReport;
}

/**
 * Makes the SBOM of what a path holds. What is wrong with a part is a finding, and the part is in the SBOM.
 * @throws UserError for a path that cannot be read or understood
 */
export async function makeSbom(request: SbomRequest): Promise<SbomResult> {
  const { path, cwd, source } = request;
  const read = await readInventories({ path, cwd, ...(source === undefined ? {} : { kind: source }) });
  const { inventories, remarks, skipped } = read;
  const graph = graphOf(inventories);
  const options = {
    ...(request.timestamp === undefined ? {} : { timestamp: request.timestamp }),
    ...(request.manufacturer === undefined ? {} : { manufacturer: request.manufacturer }),
    ...(request.quality === "bsi" ? { bsi: true } : {}),
    authors: request.authors,
    toolVersion: request.toolVersion,
  };
  const quality =
    request.quality === undefined
      ? undefined
      : (await import("./quality.ts")).assess(request.quality, graph, {
          ...options,
          format: BOM_FORMATS[request.format].title,
        });
  const findings = [...remarks, ...(quality === undefined ? [] : lackingFields(quality, inventories))].map(withLevel);
  const report: Report = {
    command: "sbom",
    demands: [],
    subjects: inventories.map(subjectOf),
    findings: settle([...request.policy.findings, ...findings], request.policy, request.now),
    skipped,
    policy: request.policy.sources,
  };
  const text = request.write ? await writtenBom(request, graph, options) : undefined;
  return { report, ...(text === undefined ? {} : { text }), ...(quality === undefined ? {} : { quality }) };
}

type WriteOptions = Parameters<(typeof BOM_FORMATS)[BomFormat]["write"]>[1];

/** The text of the SBOM. That our own output breaks its specification is a bug, and never handed out. */
async function writtenBom(
  { format, validate }: SbomRequest,
  graph: ReturnType<typeof graphOf>,
  options: WriteOptions,
): Promise<string> {
  const { write, check } = BOM_FORMATS[format];
  const document = await write(graph, options);
  const problems = validate ? await check(document) : [];
  const [problem] = problems;
  if (problem !== undefined) throw new Error(`the SBOM breaks ${format}: ${problem.pointer}: ${problem.message}`);
  return bomText(document);
}

function withLevel(remark: Remark): Finding {
  return { ...remark, level: remark.level ?? RULES[remark.rule].level };
}

function subjectOf(inventory: Inventory): Subject {
  const { path, digest, size } = inventory;
  return {
    id: path,
    kind: "source",
    ...(size === undefined ? {} : { size }),
    digests: digest === undefined ? [] : [digest],
    evidence: [],
    contents: contentsOf(inventory),
  };
}

/** `107 components, 106 with a digest`; of a package or file, which is a component too, `itself and 3 components`. */
function contentsOf({ root, components, completeness }: Inventory): string {
  const count = components.length;
  const digested = components.filter((component) => digestsOf(component).length > 0).length;
  const share = count === 0 ? "" : `, ${digested === count ? "all" : digested} with a digest`;
  const known =
    completeness === "complete" ? "" : `; ${completeness === "unknown" ? "there may be more" : "incomplete"}`;
  const counted = `${count} ${count === 1 ? "component" : "components"}`;
  if (root.digests.length === 0) return `${counted}${share}${known}`;
  return `itself${count === 0 ? "" : ` and ${counted}`}${share}${known}`;
}

/** One finding for all fields that are asked for and not everywhere there: the assessment itself says the rest. */
function lackingFields({ standard, fields }: QualityReport, inventories: readonly Inventory[]): readonly Remark[] {
  const lacking = fields.filter(({ present, total }) => present < total).map(({ name }) => name);
  if (lacking.length === 0) return [];
  const are = lacking.length === 1 ? "is" : "are";
  const message = `of ${fields.length} fields that ${standard} asks for, ${lacking.length} ${are} not there everywhere: ${lacking.join(", ")}`;
  return [{ rule: "sbom-quality", subject: inventories[0]?.path ?? "", message }];
}
