// Conformance suites whose rows are runs of the real program: a row says which files are given and which
// verdict and which state of the deciding evidence must come out.

import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareEnvironment, runBoltseal } from "./run.ts";
import type { SuiteResult } from "./suite.ts";

/** One row of an expected.json. */
export interface VerdictRow {
  readonly artifact: string;
  readonly signature?: string;
  readonly key?: string;
  readonly checksums?: string;
  readonly allowIntegrityOnly?: boolean;
  /** ISO 8601 time for `--at`. */
  readonly at?: string;
  readonly verdict: keyof typeof EXIT;
  readonly state: string;
}

const EXIT = { verified: 0, rejected: 1, unknown: 2 } as const;

/** The part of the JSON report that the suites look at. */
interface JsonReport {
  readonly verdict: string;
  readonly subjects: readonly { readonly evidence: readonly { readonly state: string }[] }[];
  readonly findings: readonly { readonly rule: string; readonly message: string }[];
}

/** Runs every row of `folder/expected.json`, each in a folder that holds the row's files and nothing else. */
export async function runVerdictSuite(folder: string): Promise<SuiteResult> {
  const rows = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as readonly VerdictRow[];
  const failures: string[] = [];
  const waiting = rows.values();
  const lane = async (): Promise<void> => {
    for (const row of waiting) {
      const failure = await runRow(folder, row);
      if (failure !== undefined) failures.push(failure);
    }
  };
  await Promise.all([lane(), lane()]);
  return { passed: rows.length - failures.length, failures };
}

/** Why the row fails, or undefined. */
async function runRow(folder: string, row: VerdictRow): Promise<string | undefined> {
  const top = mkdtempSync(join(tmpdir(), "boltseal-conformance-"));
  try {
    const cwd = join(top, "work");
    mkdirSync(cwd);
    for (const file of new Set([row.artifact, row.signature, row.key, row.checksums])) {
      if (file !== undefined) copyFileSync(join(folder, file), join(cwd, file));
    }
    const args = commandLine(row);
    const { stdout, stderr, exit } = await runBoltseal(args, { cwd, env: bareEnvironment(join(top, "home")) });
    const problem = judgeRow(row, stdout, exit);
    if (problem === undefined) return undefined;
    const said = stderr.split("\n").filter((line) => line.trim() !== "");
    return [`boltseal ${args.join(" ")}`, problem, ...said.slice(0, 3)].join("\n    ");
  } finally {
    rmSync(top, { recursive: true });
  }
}

function commandLine(row: VerdictRow): readonly string[] {
  const options = { signature: row.signature, key: row.key, checksums: row.checksums, at: row.at };
  const given = Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  const flags = row.allowIntegrityOnly === true ? ["--allow-integrity-only"] : [];
  return ["verify", ...given, ...flags, "--json", "--", row.artifact];
}

/** What differs from the row, or undefined. */
export function judgeRow(row: VerdictRow, stdout: string, exit: number): string | undefined {
  let report: JsonReport;
  try {
    report = JSON.parse(stdout) as JsonReport;
  } catch (error) {
    return `exit ${exit} without a report: ${String(error)}`;
  }
  const states = report.subjects.flatMap((subject) => subject.evidence.map((evidence) => evidence.state));
  const findings = report.findings.map((finding) => `${finding.rule}: ${finding.message}`);
  const actual = `exit ${exit}, ${report.verdict}, evidence ${states.join(", ") || "none"}; ${findings.join("; ")}`;
  // What verifies decides over what does not; so a row that must not verify may hold no verified evidence at all.
  const decides = states.includes(row.state) && (row.state === "verified" || !states.includes("verified"));
  if (exit === EXIT[row.verdict] && report.verdict === row.verdict && decides) return undefined;
  return `expected exit ${EXIT[row.verdict]}, ${row.verdict}, evidence ${row.state}\n    actual   ${actual}`;
}
