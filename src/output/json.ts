// The `json` format: the report in the shape of schemas/report.schema.json, for programs.

import { printableJson } from "../core/printable.ts";
import type { Format } from "./format.ts";
import { reportDocument } from "./document.ts";

export const json = {
  render: (report, context) => `${printableJson(JSON.stringify(reportDocument(report, context.version), null, 2))}\n`,
} satisfies Format;
