// The contract of an output format: a report in, text out.

import type { Report } from "../core/report.ts";

/** What a span of human text means; the terminal decides how that looks. */
export type Style = "good" | "bad" | "unsure" | "quiet" | "strong";

/** Colours one line of text; without colour it returns the text unchanged. */
export type Paint = (style: Style, text: string) => string;

export interface RenderContext {
  /** Version of boltseal. */
  readonly version: string;
  /** Used by the human format alone. */
  readonly paint: Paint;
}

export interface Format {
  /** Ends in a line feed. Text from outside is escaped for this format. */
  render(report: Report, context: RenderContext): string;
}
