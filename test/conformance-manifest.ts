// The public manifests and JSON Schemas of MCP bundles: the manifests are judged as their names say, and our table
// agrees with the schemas about thousands of damaged manifests.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import type { ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import fc from "fast-check";
import type { Json } from "../src/core/json.ts";
import { problemsOf } from "../src/core/json-shape.ts";
import { checkManifest } from "../src/inventory/mcpb-manifest.ts";
import { MANIFEST_VERSIONS, manifestShape } from "../src/inventory/mcpb-manifest-shape.ts";
import type { ManifestVersion } from "../src/inventory/mcpb-manifest-shape.ts";
import { completeManifest, damagedManifests } from "./support/manifests.ts";
import { readingOf } from "./support/package-readings.ts";
import type { Suite } from "./support/suite.ts";

/** Damaged manifests of each format. */
const RUNS = 5000;
const SEED = 20_260_101;

export const mcpbManifestSuite: Suite = async (folder) => {
  const judged = readdirSync(folder).filter((name) => /^(?:in)?valid-.*\.json$/.test(name));
  const failures = [
    ...judged.flatMap((name) => judge(folder, name)),
    ...MANIFEST_VERSIONS.flatMap((version) => compare(folder, version)),
  ];
  return await Promise.resolve({ passed: judged.length + MANIFEST_VERSIONS.length - failures.length, failures });
};

function judge(folder: string, name: string): readonly string[] {
  const bytes = readFileSync(join(folder, name));
  const answer = checkManifest(readingOf({ "manifest.json": bytes, "server/index.js": "" }));
  const expected = name.startsWith("valid-");
  return (answer.state === "valid") === expected ? [] : [`${name}: ${JSON.stringify(answer)}`];
}

/** Where our table and a schema disagree, the smallest manifest that shows it. */
function compare(folder: string, version: ManifestVersion): readonly string[] {
  const name = `mcpb-manifest-v${version}.schema.json`;
  const accepts = compileSchema(join(folder, name));
  const shape = manifestShape(version);
  const agree = (manifest: Json): boolean => accepts(manifest) === (problemsOf(manifest, shape).length === 0);
  if (!accepts(completeManifest(version))) return [`${name}: refuses our complete manifest`];
  const { counterexample } = fc.check(fc.property(damagedManifests(version), agree), { numRuns: RUNS, seed: SEED });
  if (counterexample === null) return [];
  const [manifest] = counterexample;
  const theirs = accepts(manifest) ? [] : accepts.errors;
  return [`${name}: says ${JSON.stringify(theirs)}, our table ${JSON.stringify(problemsOf(manifest, shape))}`];
}

function compileSchema(path: string): ValidateFunction {
  const ajv = new Ajv({ strict: false, validateFormats: true });
  addFormats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(path, "utf8")) as object);
}
