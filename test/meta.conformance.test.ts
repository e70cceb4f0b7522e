// Tests of the conformance runner itself: what it must count as a failure.

import { test } from "node:test";
import assert from "node:assert/strict";
import { judgeRow, type VerdictRow } from "./support/verdict-suite.ts";

/** The JSON report of one subject with evidence in these states. */
function report(verdict: string, ...states: readonly string[]): string {
  return JSON.stringify({ verdict, subjects: [{ evidence: states.map((state) => ({ state })) }], findings: [] });
}

const GOOD: VerdictRow = { artifact: "a", verdict: "verified", state: "verified" };
const BAD: VerdictRow = { artifact: "a", verdict: "rejected", state: "invalid" };

const CASES: readonly (readonly [sentence: string, row: VerdictRow, stdout: string, exit: number, passes: boolean])[] =
  [
    ["the expected answer passes", GOOD, report("verified", "verified"), 0, true],
    ["so does good evidence beside bad", GOOD, report("verified", "invalid", "verified"), 0, true],
    ["so does the expected refusal", BAD, report("rejected", "invalid"), 1, true],
    ["another verdict fails", GOOD, report("unknown", "verified"), 0, false],
    ["another exit status fails", GOOD, report("verified", "verified"), 2, false],
    ["a verdict without evidence fails", GOOD, report("verified"), 0, false],
    ["a refusal for another reason fails", BAD, report("rejected", "malformed"), 1, false],
    ["a refusal beside evidence that verifies fails", BAD, report("rejected", "invalid", "verified"), 1, false],
    ["text that is no report fails", BAD, "rejected", 1, false],
    ["no text fails", BAD, "", 1, false],
  ];

for (const [sentence, row, stdout, exit, passes] of CASES) {
  test(`conformance: ${sentence}`, () => assert.equal(judgeRow(row, stdout, exit) === undefined, passes));
}
