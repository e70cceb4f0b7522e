// Conformance of package URLs and SBOMs: the suite of purl-spec, the specification's own BOMs, and real ones.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Inventory } from "../src/core/inventory.ts";
import { isCycloneDxVersion, schemaProblem } from "../src/core/cyclonedx-schema.ts";
import { formatPurl, parsePurl } from "../src/core/purl.ts";
import type { Purl } from "../src/core/purl.ts";
import { readCycloneDx } from "../src/inventory/cyclonedx.ts";
import { createDiskTree } from "../src/inventory/disk-tree.ts";
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

/** What is true of each real SBOM, whatever it holds. */
function wrongWith({ components, root, remarks, document }: Inventory, count: number): readonly string[] {
  const undigested = components.filter(
    ({ digests, distributions }) => digests.length === 0 && distributions === undefined,
  );
  // The address of one repository holds the name of a user.
  const unexpected = remarks.filter(({ rule, subject }) => rule !== "secret-removed" || !subject.startsWith("fecha@"));
  return [
    ...(components.length === count ? [] : [`${components.length} components, not ${count}`]),
    ...(root.purl === undefined ? ["its root has no purl"] : []),
    ...(components.every(({ purl }) => purl !== undefined) ? [] : ["components without a purl"]),
    ...(undigested.length === 0 ? [] : [`${undigested.length} components without a digest`]),
    ...(document?.tools.length === 0 ? ["nobody made it"] : []),
    ...unexpected.map(({ rule, subject, message }) => `${rule}: ${subject}: ${message}`),
  ];
}

interface Nested {
  readonly components?: readonly Nested[];
}

/** Components at every depth. */
function countComponents({ components = [] }: Nested): number {
  return components.reduce((sum, component) => sum + 1 + countComponents(component), 0);
}

/** Real SBOMs are read whole, without a false alarm; of two releases of one program some components differ, most do not. */
export async function bomExamplesSuite(folder: string): Promise<SuiteResult> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".json"));
  const failures: string[] = [];
  const bridges: Inventory[] = [];
  let passed = 0;
  for (const path of files.toSorted()) {
    const document = JSON.parse(readFileSync(join(folder, path), "utf8")) as Nested;
    const inventory = await readCycloneDx({ tree: createDiskTree(folder, ""), path });
    const wrong = wrongWith(inventory, countComponents(document));
    if (wrong.length === 0) passed += 1;
    else failures.push(`${path}: ${wrong.slice(0, 5).join("; ")}`);
    if (path.includes("proton-bridge")) bridges.push(inventory);
  }
  const [older, newer] = bridges.map(({ components }) => new Set(components.map(({ purl }) => purl)));
  const gone = [...(older ?? [])].filter((purl) => newer?.has(purl) !== true).length;
  if (gone > 0 && gone < (older?.size ?? 0) / 4) passed += 1;
  else failures.push(`proton-bridge: ${gone} components of v1.6.3 are gone or have another version in v1.8.0`);
  return { passed, failures };
}
