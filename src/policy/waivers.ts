// The last word on findings: raised levels first, then waivers. Pure.
// A waiver marks a finding and leaves it in the list; it removes nothing and supplies no evidence.

import { globMatches, matchesEverything } from "../core/glob.ts";
import type { Finding, Level } from "../core/report.ts";
import { RULES, stricter } from "../core/rules.ts";
import type { Rule, RuleId } from "../core/rules.ts";
import type { Policy, PolicyWaiver } from "./types.ts";

type Decisions = Pick<Policy, "rules" | "waivers">;

/**
 * The findings with their final levels and waivers, in the same order, followed by what there is to
 * say about the waivers themselves (`waiver-expired`, `waiver-unused`).
 * @param findings all of a run, those of `Policy.findings` included
 */
export function settle(findings: readonly Finding[], policy: Decisions, now: Date): readonly Finding[] {
  // A time that cannot be read is no time in the future, so such a waiver is not in force.
  const inForce = policy.waivers.filter((waiver) => Date.parse(waiver.expires) > now.getTime());
  const expired = policy.waivers.filter((waiver) => !inForce.includes(waiver));
  const settled = findings.map((finding) => waive(raise(withoutFlag(finding, policy), policy), inForce));
  return [
    ...settled,
    ...expired.map((waiver) => about(waiver, "waiver-expired", `expired at ${waiver.expires}`, policy)),
    ...inForce
      .filter((waiver) => !settled.some((finding) => covers(waiver, finding)))
      .map((waiver) => about(waiver, "waiver-unused", "covers nothing", policy)),
  ];
}

/** What a policy raised to `reject`, no flag of a run lets off. */
function withoutFlag(finding: Finding, policy: Decisions): Finding {
  if (finding.waived?.by.startsWith("--") !== true || policy.rules.get(finding.rule) !== "reject") return finding;
  const { waived: _, ...counting } = finding;
  return counting;
}

function raise(finding: Finding, policy: Decisions): Finding {
  return { ...finding, level: raisedLevel(finding.rule, finding.level, policy) };
}

function raisedLevel(rule: RuleId, level: Level, policy: Decisions): Level {
  return stricter(level, policy.rules.get(rule) ?? level);
}

function waive(finding: Finding, waivers: readonly PolicyWaiver[]): Finding {
  if (finding.waived !== undefined) return finding;
  const waiver = waivers.find((candidate) => covers(candidate, finding));
  if (waiver === undefined) return finding;
  return { ...finding, waived: { by: waiver.definedIn, reason: waiver.reason, expires: waiver.expires } };
}

/** The reader refuses waivers of other rules and of everything; asked again, because a pass depends on it. */
function covers(waiver: PolicyWaiver, finding: Finding): boolean {
  const facts: Rule = RULES[finding.rule];
  if (!facts.waivable || waiver.rule !== finding.rule || matchesEverything(waiver.subject)) return false;
  return globMatches(waiver.subject, finding.subject);
}

function about(
  waiver: PolicyWaiver,
  rule: "waiver-expired" | "waiver-unused",
  what: string,
  policy: Decisions,
): Finding {
  return {
    rule,
    level: raisedLevel(rule, RULES[rule].level, policy),
    subject: waiver.definedIn,
    message: `the waiver of ${waiver.rule} for ${JSON.stringify(waiver.subject)} ${what}`,
    file: waiver.definedIn,
    line: waiver.line,
  };
}
