// The `sarif` format: SARIF 2.1.0 (OASIS, with errata 01), in the part that GitHub code scanning reads.
// Section numbers are those of the standard. Evidence that verified has no result; it stands, with
// everything else of the report, in the property bag of the run.

import { createHash } from "node:crypto";
import { printableJson } from "../core/printable.ts";
import { type Finding, type Level, type Report, type Verdict, exitCode } from "../core/report.ts";
import { RULES, type RuleId, type Rule } from "../core/rules.ts";
import type { Format, RenderContext } from "./format.ts";
import { arrange, arrangedFindings } from "./arrangement.ts";
import { findingDocument, reportDocument } from "./document.ts";
import { relativeUri } from "./uri.ts";
import { summary, unproven } from "./wording.ts";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** `unknown` is an error too: what could not be judged must not look milder than what was. */
const LEVELS = { reject: "error", unknown: "error", warn: "warning", note: "note" } as const satisfies Record<
  Level,
  string
>;

const RULE_IDS = Object.keys(RULES) as readonly RuleId[];

export const sarif = { render } satisfies Format;

function render(report: Report, context: RenderContext): string {
  const log = { $schema: SCHEMA, version: "2.1.0", runs: [run(report, context)] };
  return `${printableJson(JSON.stringify(log, null, 2))}\n`;
}

function run(report: Report, { version }: RenderContext) {
  const { command, demands, subjects, skipped, policy, verdict: end } = reportDocument(report, version);
  return {
    tool: { driver: { name: "boltseal", version, rules: RULE_IDS.map(descriptor) } },
    // 3.17.3: the part before the last slash is what GitHub calls the category of an upload.
    automationDetails: { id: `boltseal/${command}/` },
    // 3.14.14: paths are relative to a place that the reader knows, usually the checkout.
    originalUriBaseIds: { "%SRCROOT%": { description: { text: "The directory in which boltseal ran." } } },
    invocations: [invocation(report, end)],
    results: results(report),
    columnKind: "utf16CodeUnits",
    properties: {
      verdict: end,
      summary: summary(report, arrange(report)),
      command,
      demands,
      subjects,
      skipped,
      policy,
    },
  };
}

/** Section 3.49. */
function descriptor(id: RuleId) {
  const rule: Rule = RULES[id];
  return {
    id,
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    help: { text: `${rule.why} ${rule.fix}` },
    defaultConfiguration: { level: LEVELS[rule.level] },
    properties: { tags: ["security", "supply-chain"] },
  };
}

/** Section 3.20. A run that could not tell is no successful one: its results are incomplete. */
function invocation(report: Report, end: Verdict) {
  const nothing = { level: "error", message: { text: "nothing was checked" } };
  return {
    executionSuccessful: end !== "unknown",
    exitCode: exitCode(end),
    exitCodeDescription: end,
    toolExecutionNotifications: report.subjects.length === 0 ? [nothing] : [],
  };
}

function results(report: Report) {
  const seen = new Map<string, number>();
  return [...arrangedFindings(arrange(report)), ...unexplained(report)].map((finding) => result(finding, seen));
}

/** A subject that is `unknown` for want of evidence has no finding, but must not vanish among the results. */
function unexplained(report: Report): readonly Finding[] {
  return arrange(report)
    .subjects.filter((judged) => judged.verdict === "unknown" && judged.worst === undefined)
    .map(({ subject }) => ({
      rule: "evidence-missing",
      level: "unknown",
      subject: subject.id,
      message: unproven(report),
    }));
}

/** Section 3.27. */
function result(finding: Finding, seen: Map<string, number>) {
  const { rule, subject, file, line, waived } = finding;
  const print = fingerprint(finding, seen);
  return {
    ruleId: rule,
    ruleIndex: RULE_IDS.indexOf(rule),
    level: LEVELS[finding.level],
    message: { text: messageText(finding) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: relativeUri(file ?? subject), uriBaseId: "%SRCROOT%" },
          // Code scanning shows no result without a line.
          region: { startLine: line ?? 1 },
        },
      },
    ],
    // 3.27.17: the versioned name is ours; code scanning reads the other one alone.
    partialFingerprints: { "boltsealFinding/v1": print, primaryLocationLineHash: print },
    suppressions: waived === undefined ? undefined : [suppression(waived)],
    properties: findingDocument(finding),
  };
}

/** Section 3.35. */
function suppression(waived: NonNullable<Finding["waived"]>) {
  const end = waived.expires === undefined ? "for this run" : `until ${waived.expires}`;
  return { kind: "external", status: "accepted", justification: `${waived.reason} (by ${waived.by}, ${end})` };
}

/**
 * Same rule, subject and file: same fingerprint, whatever the message says and the line is. Findings
 * that agree in all three are told apart by a counter.
 */
function fingerprint({ rule, subject, file }: Finding, seen: Map<string, number>): string {
  const identity = JSON.stringify([rule, subject, file ?? null]);
  const nth = (seen.get(identity) ?? 0) + 1;
  seen.set(identity, nth);
  return `${createHash("sha256").update(identity).digest("hex")}:${nth}`;
}

/**
 * Plain text (3.11.3) in which nothing is a placeholder (3.11.5) or a link (3.11.6). The unchanged
 * texts are in the result's properties.
 */
function messageText({ subject, message, expected, actual }: Finding): string {
  const values = [
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(actual === undefined ? [] : [`actual ${actual}`]),
  ].join(", ");
  const text = `${subject}: ${message}${values === "" ? "" : ` (${values})`}`;
  return text.replace(/[\\[\]]/g, "\\$&").replace(/[{}]/g, "$&$&");
}
