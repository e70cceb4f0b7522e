// The json format against its published schema, and the schema against the tables.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { ALGORITHMS } from "../src/core/digest.ts";
import { type Finding, type Report, type Subject, subjectVerdict } from "../src/core/report.ts";
import { json } from "../src/output/json.ts";
import { ROOT } from "./support/project.ts";
import * as reports from "./support/reports.ts";

type Schema = { readonly [member: string]: Schema } & {
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
};

const schema = JSON.parse(readFileSync(join(ROOT, "schemas/report.schema.json"), "utf8")) as Schema;

function validator() {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

const validate = validator();

interface Printed extends Omit<Report, "subjects"> {
  readonly verdict: string;
  readonly exitCode: number;
  readonly subjects: readonly (Subject & { readonly verdict: string })[];
}

/** The printed report, which agrees with the schema. */
function rendered(report: Report): Printed {
  const text = json.render(report, { version: "1.2.3", paint: reports.plain });
  const value = JSON.parse(text) as Printed;
  assert.ok(validate(value), JSON.stringify(validate.errors));
  return value;
}

for (const { name, report, verdict, exit } of reports.ENDINGS) {
  test(`json: ${name} agrees with the schema`, () => {
    const value = rendered(report);
    assert.equal(value.verdict, verdict);
    assert.equal(value.exitCode, exit);
  });
}

test("json: every report agrees with the schema and holds exactly the report's own values", () => {
  fc.assert(
    fc.property(reports.hostileReport("well-formed"), (report) => {
      const value = rendered(report);
      const { demands, skipped, policy, command } = value;
      const subjects = value.subjects.map(({ id, kind, size, digests, evidence }) =>
        size === undefined ? { id, kind, digests, evidence } : { id, kind, size, digests, evidence },
      );
      const { findings, ...rest } = plain(report);
      assert.deepEqual({ command, demands, subjects, skipped, policy }, rest);
      assert.deepEqual(sorted(value.findings), sorted(findings));
      const verdicts = report.subjects.map((subject) => subjectVerdict(report, subject));
      assert.deepEqual(
        value.subjects.map((subject) => subject.verdict),
        verdicts,
      );
    }),
  );
});

/** The report as any JSON reader sees it. */
function plain(report: Report): Report {
  return JSON.parse(JSON.stringify(report)) as Report;
}

/** Findings in an order that depends on their values alone. */
function sorted(findings: readonly Finding[]): readonly Finding[] {
  const key = (finding: Finding) => JSON.stringify(Object.entries(finding).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return findings.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

test("json: findings follow the subjects, the worst first, then the rest", () => {
  const report = reports.reportOf({
    subjects: [reports.subjectOf("z.zip"), reports.subjectOf("a.zip")],
    findings: [
      reports.findingOf("policy-untrusted", "boltseal.json"),
      reports.findingOf("evidence-missing", "a.zip"),
      reports.findingOf("clock-set", "z.zip"),
      reports.findingOf("signature-invalid", "z.zip", { message: "b" }),
      reports.findingOf("signature-invalid", "z.zip", { message: "a" }),
      reports.findingOf("digest-mismatch", "z.zip"),
      reports.findingOf("policy-shadowed", "a.json"),
    ],
  });
  assert.deepEqual(
    rendered(report).findings.map((f) => `${f.subject} ${f.rule} ${f.message.length === 1 ? f.message : ""}`.trim()),
    [
      "z.zip digest-mismatch",
      "z.zip signature-invalid a",
      "z.zip signature-invalid b",
      "z.zip clock-set",
      "a.zip evidence-missing",
      "a.json policy-shadowed",
      "boltseal.json policy-untrusted",
    ],
  );
});

test("json: the order of the findings in the report does not matter", () => {
  fc.assert(
    fc.property(reports.hostileReport(), (report) => {
      const turned = { ...report, findings: report.findings.toReversed() };
      const context = { version: "1", paint: reports.plain };
      assert.equal(json.render(turned, context), json.render(report, context));
    }),
  );
});

test("json: a member that the schema does not know is not printed", () => {
  const finding = { ...reports.findingOf("renamed", "a.zip"), secret: "token" };
  const subject = { ...reports.subjectOf("a.zip"), secret: "token" };
  rendered(reports.reportOf({ subjects: [subject], findings: [finding] }));
});

const MUTATIONS = [
  ["an unknown member", (value: Record<string, unknown>) => ({ ...value, extra: 1 })],
  ["an exit code that does not belong to the verdict", (value: Record<string, unknown>) => ({ ...value, exitCode: 0 })],
  ["an unknown verdict", (value: Record<string, unknown>) => ({ ...value, verdict: "passed" })],
  ["another schema version", (value: Record<string, unknown>) => ({ ...value, schemaVersion: 2 })],
  ["a finding of an unknown rule", (value: Record<string, unknown>) => ({ ...value, findings: [{ rule: "x" }] })],
] as const;

for (const [name, mutate] of MUTATIONS) {
  test(`schema: refuses ${name}`, () => {
    const rejected = reports.reportOf({
      subjects: [reports.subjectOf("a.zip")],
      findings: [reports.findingOf("digest-mismatch", "a.zip")],
    });
    assert.equal(validate(mutate({ ...rendered(rejected) })), false);
  });
}

const ENUMS: readonly (readonly [name: string, found: readonly string[] | undefined, table: readonly string[]])[] = [
  ["rules", schema["$defs"]?.["rule"]?.enum, reports.RULE_IDS],
  ["states", schema["$defs"]?.["state"]?.enum, reports.STATES],
  ["levels", schema["$defs"]?.["level"]?.enum, reports.LEVELS],
  ["verdicts", schema["$defs"]?.["verdict"]?.enum, reports.VERDICTS],
  ["evidence kinds", schema["$defs"]?.["evidenceKind"]?.enum, reports.EVIDENCE_KINDS],
  ["subject kinds", schema["$defs"]?.["subject"]?.properties?.["kind"]?.enum, reports.SUBJECT_KINDS],
  ["algorithms", schema["$defs"]?.["digest"]?.properties?.["algorithm"]?.enum, Object.keys(ALGORITHMS)],
  ["policy levels", schema["$defs"]?.["policySource"]?.properties?.["level"]?.enum, reports.POLICY_LEVELS],
];

for (const [name, found, table] of ENUMS) {
  test(`schema: knows exactly the ${name} of the table`, () => {
    assert.deepEqual(found?.toSorted(), table.toSorted());
  });
}

test("schema: every object is closed, and every property has a description", () => {
  const objects: Schema[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const one = node as Schema;
    if (one.type === "object") objects.push(one);
    Object.values(node).forEach(visit);
  };
  visit(schema);
  assert.ok(objects.length > 5);
  for (const object of objects) {
    assert.equal(object.additionalProperties, false, object.description);
    for (const [name, property] of Object.entries(object.properties ?? {})) {
      const target = typeof property["$ref"] === "string" ? String(property["$ref"]).split("/").at(-1) : undefined;
      const description = property.description ?? (target === undefined ? "" : schema["$defs"]?.[target]?.description);
      assert.ok(description, `${object.description ?? ""} ${name}`);
    }
  }
});
