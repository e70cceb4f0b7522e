// docs/rules.md against the table of rules: same rules, same level, title, reason and help.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RULES, type Rule } from "../src/core/rules.ts";
import { readPolicy } from "../src/policy/read.ts";
import { ROOT } from "./support/project.ts";

const rules: Readonly<Record<string, Rule>> = RULES;
const page = readFileSync(join(ROOT, "docs/rules.md"), "utf8");

/** Text of each section, by its heading. */
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section): [string, string] => {
      const end = section.indexOf("\n");
      return [section.slice(0, end), section.slice(end).trimStart()];
    }),
);

/** How the section of a rule begins; copy it when this test fails. */
function facts({ title, level, waivable, why, fix }: Rule): string {
  return [title, `- level: \`${level}\`\n- waivable: ${waivable ? "yes" : "no"}`, `Why: ${why}`, `Fix: ${fix}`].join(
    "\n\n",
  );
}

test("docs/rules.md has one heading for each rule, in the order of the table, and no other", () => {
  const headings = [...page.matchAll(/^#{2,} (.*)$/gm)].map((match) => match[1]);
  assert.deepEqual(headings, Object.keys(rules));
});

for (const [id, rule] of Object.entries(rules)) {
  test(`docs/rules.md says of ${id} what the table says`, () => {
    const section = sections.get(id) ?? "";
    assert.equal(section.slice(0, facts(rule).length), facts(rule));
    assert.match(section.slice(facts(rule).length), /^\n/);
  });
}

test("every policy in docs/rules.md can be read", () => {
  const policies = [...page.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? "");
  assert.ok(policies.length > 0);
  for (const text of policies) {
    const context = { source: "docs/rules.md", directory: "/", now: new Date("2026-06-01T00:00:00Z") };
    assert.doesNotThrow(() => readPolicy(Buffer.from(text), context), text);
  }
});

test("every link of docs/rules.md within the page has its heading", () => {
  const targets = [...page.matchAll(/\]\(#([^)]*)\)/g)].map((match) => match[1] ?? "");
  assert.deepEqual(
    targets.filter((target) => !sections.has(target)),
    [],
  );
});
