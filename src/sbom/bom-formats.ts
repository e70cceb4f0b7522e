// The table of SBOM formats that can be written. Add one here: one line, one file beside it.

import type { BomProblem } from "../core/bom-problem.ts";
import type { Contact } from "./contact.ts";
import type { BomGraph } from "./graph.ts";

/** What is written beside the components. */
export interface BomOptions {
  readonly timestamp?: Date;
  readonly toolVersion: string;
  readonly authors: readonly Contact[];
  readonly manufacturer?: Contact;
  /** The properties of BSI's taxonomy are wanted: three or four for each component. */
  readonly bsi?: boolean;
}

export interface BomWriter {
  /** Name and version, as the quality of an SBOM depends on it. */
  readonly title: string;
  /** A document that `bomText` turns into its bytes. */
  write(graph: BomGraph, options: BomOptions): Promise<object>;
  check(document: object): Promise<readonly BomProblem[]>;
}

function cycloneDx(version: "1.4" | "1.5" | "1.6" | "1.7"): BomWriter {
  return {
    title: `CycloneDX ${version}`,
    write: async (graph, options) =>
      (await import("./cyclonedx.ts")).cycloneDxDocument(graph, { ...options, specVersion: version }),
    check: async (document) => (await import("./validate.ts")).validateCycloneDx(document, version),
  };
}

export const BOM_FORMATS = {
  "cyclonedx-1.4": cycloneDx("1.4"),
  "cyclonedx-1.5": cycloneDx("1.5"),
  "cyclonedx-1.6": cycloneDx("1.6"),
  "cyclonedx-1.7": cycloneDx("1.7"),
  "spdx-2.3": {
    title: "SPDX 2.3",
    write: async (graph, options) => (await import("./spdx.ts")).spdxDocument(graph, options),
    check: async (document) => (await import("./validate.ts")).validateSpdx(document),
  },
} as const satisfies Record<string, BomWriter>;

export type BomFormat = keyof typeof BOM_FORMATS;

/** What people write for short. */
const SHORT: Readonly<Record<string, BomFormat>> = { cyclonedx: "cyclonedx-1.6", spdx: "spdx-2.3" };

export function bomFormatNamed(name: string): BomFormat | undefined {
  if (Object.hasOwn(BOM_FORMATS, name)) return name as BomFormat;
  return Object.hasOwn(SHORT, name) ? SHORT[name] : undefined;
}
