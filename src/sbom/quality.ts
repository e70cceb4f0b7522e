// Which of the fields that a standard asks for are there.

import type { BomOptions } from "./bom-formats.ts";
import type { BomGraph } from "./graph.ts";

export type QualityStandard = "ntia" | "bsi";

export interface QualityReport {
  readonly standard: QualityStandard;
  readonly fields: readonly { readonly name: string; readonly present: number; readonly total: number }[];
}

export function assess(_standard: QualityStandard, _graph: BomGraph, _options: BomOptions): QualityReport {
  throw new Error("not built yet");
}

export function qualityText(_report: QualityReport): string {
  throw new Error("not built yet");
}

export function qualityJson(_report: QualityReport): string {
  throw new Error("not built yet");
}
