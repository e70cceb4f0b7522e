// `boltseal explain RULE`: the rule table in words.

import { UserError } from "../core/errors.ts";
import { nearestName } from "../core/nearest.ts";
import { isRuleId, RULES } from "../core/rules.ts";
import type { Rule } from "../core/rules.ts";
import type { Command } from "./command.ts";

const LEVELS: Readonly<Record<Rule["level"], string>> = {
  reject: "reject: the verdict is rejected (exit 1)",
  unknown: "unknown: the verdict is unknown (exit 2)",
  warn: "warn: shown, decides nothing",
  note: "note: shown, decides nothing",
};

function page(id: string, rule: Rule): string {
  const waiver = rule.waivable ? "a policy may waive it" : "it cannot be waived";
  return `${id}: ${rule.title}\n\nlevel  ${LEVELS[rule.level]}; ${waiver}\nwhy    ${rule.why}\nfix    ${rule.fix}\n`;
}

export const explain: Command = async (args) => {
  const [id] = args.operands;
  if (id === undefined) {
    const width = Math.max(...Object.keys(RULES).map((name) => name.length));
    return {
      text: Object.entries(RULES)
        .map(([name, { title }]) => `${name.padEnd(width)}  ${title}\n`)
        .join(""),
    };
  }
  if (isRuleId(id)) return { text: page(id, RULES[id]) };
  const near = nearestName(id, Object.keys(RULES));
  throw new UserError("usage", `unknown rule: ${id}`, {
    hint: near === undefined ? "boltseal explain lists the rules" : `did you mean ${near}?`,
  });
};
