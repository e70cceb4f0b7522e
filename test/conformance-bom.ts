// Conformance of package URLs and SBOMs: the suite of purl-spec, the specification's own BOMs, and real ones.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isCycloneDxVersion, schemaProblem } from "../src/core/cyclonedx-schema.ts";
import { formatPurl, parsePurl } from "../src/core/purl.ts";
import type { Purl } from "../src/core/purl.ts";
import type { SuiteResult } from "./support/suite.ts";

type Parts = { readonly [part in keyof Purl]?: Purl[part] | null };

interface PurlVector {
  readonly description: string;
  readonly test_type: "parse" | "build" | "validate";
  readonly input: string | Parts;
  readonly expected_output?: string | Parts | null;
  readonly expected_failure: boolean;
}

/** Parts of a vector without those that are null. */
function partsOf(parts: Parts): Purl {
  const stated = Object.entries(parts).filter(([, value]) => value !== null);
  return { type: "", name: "", ...Object.fromEntries(stated) };
}

/** Parts in one order, to compare. */
function sortedText(purl: Purl | undefined): string {
  if (purl === undefined) return "none";
  const { type, namespace, name, version, qualifiers = {}, subpath } = purl;
  const sorted = Object.entries(qualifiers).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([type, namespace, name, version, sorted, subpath]);
}

/** What came out, and what should have; both "none" where it is no purl. */
function runPurlVector({ test_type, input, expected_output, expected_failure }: PurlVector): [string, string] {
  const text = typeof input === "string" ? input : formatPurl(partsOf(input));
  const purl = parsePurl(text);
  if (expected_failure || expected_output === null || expected_output === undefined) return [sortedText(purl), "none"];
  if (typeof expected_output !== "string") return [sortedText(purl), sortedText(partsOf(expected_output))];
  if (test_type === "build") return [purl === undefined ? "none" : text, expected_output];
  return [purl === undefined ? "none" : formatPurl(purl), expected_output];
}

/** True for a failure that is demanded of a text which another vector of the same file demands to be read. */
function isContradicted(vector: PurlVector, tests: readonly PurlVector[]): boolean {
  return (
    vector.expected_failure && tests.some(({ input, expected_failure }) => input === vector.input && !expected_failure)
  );
}

export async function purlSpecSuite(folder: string): Promise<SuiteResult> {
  const files = ["spec/specification-test.json", ...readdirSync(join(folder, "types")).map((name) => `types/${name}`)];
  let passed = 0;
  const failures: string[] = [];
  for (const file of files) {
    const { tests } = JSON.parse(readFileSync(join(folder, file), "utf8")) as { tests: readonly PurlVector[] };
    for (const vector of tests.filter((item) => !isContradicted(item, tests))) {
      const [actual, expected] = runPurlVector(vector);
      if (actual === expected) passed += 1;
      else
        failures.push(
          `${file}: ${vector.description}: ${JSON.stringify(vector.input)}\n    expected ${expected}\n    actual   ${actual}`,
        );
    }
  }
  return await Promise.resolve({ passed, failures });
}

/** The specification's own BOMs: `valid-…` are valid, `invalid-…` are not. */
export async function cyclonedxSpecSuite(folder: string): Promise<SuiteResult> {
  let passed = 0;
  const failures: string[] = [];
  for (const version of readdirSync(folder).filter(isCycloneDxVersion)) {
    for (const file of readdirSync(join(folder, version)).filter((name) => name.endsWith(".json"))) {
      const document: unknown = JSON.parse(readFileSync(join(folder, version, file), "utf8"));
      const problem = await schemaProblem(document, version);
      if (file.startsWith("valid-") === (problem === undefined)) passed += 1;
      else
        failures.push(
          `${version}/${file}: ${problem === undefined ? "valid" : `${problem.pointer}: ${problem.message}`}`,
        );
    }
  }
  return { passed, failures };
}
