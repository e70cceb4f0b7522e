// The published schema of policies knows the rules of the rule table.

import { test } from "node:test";
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type { Json } from "../src/core/json.ts";
import { RULES, stricter } from "../src/core/rules.ts";
import type { Rule, RuleId } from "../src/core/rules.ts";
import { SCHEMA_PATH, readSchema } from "./support/policy-documents.ts";

/** The schema's rule ids and levels, as the rule table has them. */
function ruleSchemas(): { readonly rules: Record<string, Json>; readonly waivable: readonly string[] } {
  const levels = ["note", "warn", "unknown", "reject"] as const;
  const entries = (Object.entries(RULES) as [RuleId, Rule][]).map(([id, rule]) => {
    const allowed = levels.filter((level) => stricter(level, rule.level) === level);
    return [id, { description: rule.title, enum: allowed }] as const;
  });
  const waivable = (Object.entries(RULES) as [RuleId, Rule][]).filter(([, rule]) => rule.waivable).map(([id]) => id);
  return { rules: Object.fromEntries(entries), waivable };
}

interface RuleParts {
  readonly properties: { readonly rules: { properties: Json } };
  readonly $defs: { readonly waiver: { readonly properties: { readonly rule: { enum: Json } } } };
}

test("policy: the schema knows exactly the rules of the rule table (UPDATE=1 writes them into it)", async () => {
  const expected = ruleSchemas();
  const schema = readSchema() as unknown as RuleParts;
  if (process.env["UPDATE"] === "1") {
    schema.properties.rules.properties = expected.rules;
    schema.$defs.waiver.properties.rule.enum = expected.waivable;
    const { format } = await import("prettier");
    writeFileSync(SCHEMA_PATH, await format(JSON.stringify(schema, null, 2), { parser: "json", printWidth: 120 }));
  }
  assert.deepEqual(schema.properties.rules.properties, expected.rules);
  assert.deepEqual(schema.$defs.waiver.properties.rule.enum, expected.waivable);
});
