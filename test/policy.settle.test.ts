// The last word on findings: raised levels, waivers, and what is said about the waivers themselves.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { globMatches, matchesEverything } from "../src/core/glob.ts";
import { verdict } from "../src/core/report.ts";
import type { Finding, Level } from "../src/core/report.ts";
import { RULES, stricter } from "../src/core/rules.ts";
import type { Rule, RuleId } from "../src/core/rules.ts";
import type { Policy, PolicyWaiver } from "../src/policy/types.ts";
import { settle } from "../src/policy/waivers.ts";

const NOW = new Date("2026-06-01T00:00:00Z");

function finding(rule: RuleId, subject: string, level: Level = RULES[rule].level): Finding {
  return { rule, level, subject, message: "something" };
}

function waiver(rule: RuleId, subject: string, changes: Partial<PolicyWaiver> = {}): PolicyWaiver {
  return {
    rule,
    subject,
    reason: "known",
    expires: "2027-01-01T00:00:00Z",
    definedIn: "boltseal.json",
    line: 7,
    ...changes,
  };
}

function policy(
  waivers: readonly PolicyWaiver[],
  rules: readonly (readonly [RuleId, Level])[] = [],
): Pick<Policy, "rules" | "waivers"> {
  return { waivers, rules: new Map(rules) };
}

/** Rule, level and who waived, in short. */
function summary(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ rule, level, waived }) =>
    [rule, level, ...(waived === undefined ? [] : [waived.by])].join(" "),
  );
}

const EXPIRED = { expires: "2026-06-01T00:00:00Z" };

interface Row {
  readonly name: string;
  readonly findings: readonly Finding[];
  readonly policy: Pick<Policy, "rules" | "waivers">;
  readonly settled: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    name: "without a policy findings stay as they are",
    findings: [finding("renamed", "a.tgz"), finding("digest-mismatch", "b.tgz")],
    policy: policy([]),
    settled: ["renamed unknown", "digest-mismatch reject"],
  },
  {
    name: "a raised rule raises its findings and no others",
    findings: [finding("renamed", "a.tgz"), finding("checksum-junk", "a.sums")],
    policy: policy([], [["checksum-junk", "reject"]]),
    settled: ["renamed unknown", "checksum-junk reject"],
  },
  {
    name: "a flag lets off what no policy raised to reject, and nothing else",
    findings: ["--allow-integrity-only", "allowWeak"].map((by) => ({
      ...finding("integrity-only", "a.tgz"),
      waived: { by, reason: "asked for" },
    })),
    policy: policy([], [["integrity-only", "reject"]]),
    settled: ["integrity-only reject", "integrity-only reject allowWeak"],
  },
  {
    name: "a flag lets off what a policy raised to less",
    findings: [
      { ...finding("integrity-only", "a.tgz"), waived: { by: "--allow-integrity-only", reason: "asked for" } },
    ],
    policy: policy([], [["integrity-only", "unknown"]]),
    settled: ["integrity-only unknown --allow-integrity-only"],
  },
  {
    name: "a rule raised less than a finding already weighs changes nothing",
    findings: [finding("signature-untrusted", "a.tgz", "reject")],
    policy: policy([], [["signature-untrusted", "unknown"]]),
    settled: ["signature-untrusted reject"],
  },
  {
    name: "a waiver marks the finding for its rule and subject and leaves the rest",
    findings: [finding("renamed", "a.tgz"), finding("renamed", "b.tgz"), finding("checksum-weak", "a.tgz")],
    policy: policy([waiver("renamed", "a.*")]),
    settled: ["renamed unknown boltseal.json", "renamed unknown", "checksum-weak reject"],
  },
  {
    name: "a waiver marks a finding that was raised",
    findings: [finding("checksum-junk", "a.sums")],
    policy: policy([waiver("checksum-junk", "a.sums")], [["checksum-junk", "reject"]]),
    settled: ["checksum-junk reject boltseal.json"],
  },
  {
    name: "an expired waiver marks nothing and is named",
    findings: [finding("renamed", "a.tgz")],
    policy: policy([waiver("renamed", "a.tgz", EXPIRED)]),
    settled: ["renamed unknown", "waiver-expired warn"],
  },
  {
    name: "an expired waiver that would cover nothing is named too, so that it is removed",
    findings: [finding("renamed", "b.tgz")],
    policy: policy([waiver("renamed", "a.tgz", EXPIRED)]),
    settled: ["renamed unknown", "waiver-expired warn"],
  },
  {
    name: "an expired waiver beside one in force is named",
    findings: [finding("renamed", "a.tgz")],
    policy: policy([waiver("renamed", "a.tgz", EXPIRED), waiver("renamed", "a.*", { definedIn: "mine" })]),
    settled: ["renamed unknown mine", "waiver-expired warn"],
  },
  {
    name: "a waiver with an end that is no time is not in force",
    findings: [finding("renamed", "a.tgz")],
    policy: policy([waiver("renamed", "a.tgz", { expires: "never" })]),
    settled: ["renamed unknown", "waiver-expired warn"],
  },
  {
    name: "a waiver that covers nothing is named",
    findings: [],
    policy: policy([waiver("renamed", "a.tgz")]),
    settled: ["waiver-unused note"],
  },
  {
    name: "what is said about waivers can be raised",
    findings: [finding("renamed", "a.tgz")],
    policy: policy(
      [waiver("renamed", "a.tgz", EXPIRED), waiver("renamed", "b.tgz")],
      [
        ["waiver-expired", "reject"],
        ["waiver-unused", "unknown"],
      ],
    ),
    settled: ["renamed unknown", "waiver-expired reject", "waiver-unused unknown"],
  },
  {
    name: "a waiver of an attack does nothing, even if one got past the reader",
    findings: [finding("digest-mismatch", "a.tgz")],
    policy: policy([waiver("digest-mismatch", "a.tgz")]),
    settled: ["digest-mismatch reject", "waiver-unused note"],
  },
  {
    name: "a waiver for everything does nothing, even if one got past the reader",
    findings: [finding("renamed", "a.tgz")],
    policy: policy([waiver("renamed", "**")]),
    settled: ["renamed unknown", "waiver-unused note"],
  },
  {
    name: "a finding that a flag has waived stays with the flag, and the policy's waiver counts as used",
    findings: [{ ...finding("renamed", "a.tgz"), waived: { by: "--allow-renamed", reason: "asked for" } }],
    policy: policy([waiver("renamed", "a.tgz")]),
    settled: ["renamed unknown --allow-renamed"],
  },
  {
    name: "of two waivers for a finding the first marks it, and neither is unused",
    findings: [finding("renamed", "a.tgz")],
    policy: policy([
      waiver("renamed", "a.tgz", { definedIn: "first" }),
      waiver("renamed", "a.*", { definedIn: "second" }),
    ]),
    settled: ["renamed unknown first"],
  },
];

for (const row of ROWS) {
  test(`settle: ${row.name}`, () => {
    assert.deepEqual(summary(settle(row.findings, row.policy, NOW)), row.settled);
  });
}

test("settle: a waived finding says by whom, why and until when", () => {
  const [settled] = settle([finding("renamed", "a.tgz")], policy([waiver("renamed", "a.tgz")]), NOW);
  assert.deepEqual(settled?.waived, { by: "boltseal.json", reason: "known", expires: "2027-01-01T00:00:00Z" });
});

test("settle: what is said about a waiver points at it", () => {
  const [unused] = settle([], policy([waiver("renamed", "a.tgz")]), NOW);
  assert.deepEqual(unused, {
    rule: "waiver-unused",
    level: "note",
    subject: "boltseal.json",
    message: 'the waiver of renamed for "a.tgz" covers nothing',
    file: "boltseal.json",
    line: 7,
  });
});

const anyRule = fc.constantFrom(...(Object.keys(RULES) as RuleId[]));
const anyLevel = fc.constantFrom<Level>("note", "warn", "unknown", "reject");
const anyFinding = fc
  .tuple(anyRule, fc.constantFrom("a.tgz", "b.tgz", "d/a.tgz", "boltseal.json"), anyLevel)
  .map(([rule, subject, level]) => finding(rule, subject, level));
const anyWaiver = fc
  .tuple(
    anyRule,
    fc.constantFrom("a.tgz", "?.tgz", "*", "**", "d/*", "boltseal.*"),
    fc.constantFrom("2020-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
  )
  .map(([rule, subject, expires]) => waiver(rule, subject, { expires }));
const anyPolicy = fc.record({
  waivers: fc.array(anyWaiver, { maxLength: 6 }),
  rules: fc.array(fc.tuple(anyRule, anyLevel), { maxLength: 6 }).map((entries) => new Map(entries)),
});

test("settle: it drops and lowers nothing, and waives only what may be waived and a waiver in force covers", () => {
  fc.assert(
    fc.property(fc.array(anyFinding, { maxLength: 8 }), anyPolicy, (findings, decisions) => {
      const settled = settle(findings, decisions, NOW);
      assert.ok(settled.length >= findings.length);
      for (const [index, before] of findings.entries()) {
        const after = settled[index];
        assert.ok(after !== undefined);
        const { waived, ...rest } = after;
        assert.deepEqual(rest, {
          ...before,
          level: stricter(before.level, decisions.rules.get(before.rule) ?? "note"),
        });
        if (waived === undefined) continue;
        assert.ok((RULES[before.rule] as Rule).waivable);
        assert.ok(
          decisions.waivers.some(
            (candidate) =>
              candidate.rule === before.rule &&
              candidate.expires > NOW.toISOString() &&
              !matchesEverything(candidate.subject) &&
              globMatches(candidate.subject, before.subject),
          ),
        );
      }
      for (const added of settled.slice(findings.length)) {
        assert.ok(added.rule === "waiver-expired" || added.rule === "waiver-unused");
        assert.equal(added.waived, undefined);
      }
    }),
  );
});

test("settle: without waivers the verdict never gets milder, and waivers supply no evidence", () => {
  const verdictOf = (findings: readonly Finding[]): string =>
    verdict({ command: "verify", demands: ["signature"], subjects: [], findings, skipped: [], policy: [] });
  const rank = ["verified", "unknown", "rejected"];
  fc.assert(
    fc.property(fc.array(anyFinding, { maxLength: 8 }), anyPolicy, (findings, decisions) => {
      const raisedOnly = settle(findings, { ...decisions, waivers: [] }, NOW);
      assert.ok(rank.indexOf(verdictOf(raisedOnly)) >= rank.indexOf(verdictOf(findings)));
      assert.notEqual(verdictOf(settle(findings, decisions, NOW)), "verified");
    }),
  );
});
