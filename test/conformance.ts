// `npm run conformance`: the public test vectors of ../shared/vectors, against the built program. They are not part of
// the project; where they are absent, that is said and nothing fails. What needs another tool to compare with runs always.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalJson, parseJson } from "../src/core/json.ts";
import { bomExamplesSuite, cyclonedxSpecSuite, purlSpecSuite } from "./conformance-bom.ts";
import { edgeCasesSuite } from "./conformance-edge-cases.ts";
import { minisignSuite, sshsigSuite } from "./conformance-keys.ts";
import { mcpbManifestSuite } from "./conformance-manifest.ts";
import { mcpbSuite } from "./conformance-mcpb.ts";
import { npmLockfilesSuite } from "./conformance-npm.ts";
import { npmAttestationsSuite, pypiAttestationsSuite } from "./conformance-packages.ts";
import { realServersSuite } from "./conformance-real.ts";
import { sigstoreSuite } from "./conformance-sigstore.ts";
import { ROOT } from "./support/project.ts";
import type { Suite, SuiteResult } from "./support/suite.ts";
import { runVerdictSuite } from "./support/verdict-suite.ts";

/** A folder of vectors and what runs it, or what is not built yet. Add one here. */
const SUITES: Readonly<Record<string, Suite | "not built yet">> = {
  openpgp: runVerdictSuite,
  checksums: runVerdictSuite,
  jcs: canonicalization,
  minisign: minisignSuite,
  sshsig: sshsigSuite,
  mcpb: mcpbSuite,
  "mcpb-manifest": mcpbManifestSuite,
  sigstore: sigstoreSuite,
  "npm-attestations": npmAttestationsSuite,
  "pypi-attestations": pypiAttestationsSuite,
  "cyclonedx-spec": cyclonedxSpecSuite,
  "purl-spec": purlSpecSuite,
  "bom-examples": bomExamplesSuite,
  "sbom-diff-pairs": "not built yet",
  "sbom-edge-cases": edgeCasesSuite,
  "npm-lockfiles": npmLockfilesSuite,
  "mcp-launch": "not built yet",
  "mcp-configs": "not built yet",
  tlog: "not built yet",
};

/** What compares fixtures of the project with what other tools say of them. Add one here. */
const OWN: Readonly<Record<string, () => Promise<SuiteResult>>> = {
  "real-servers": realServersSuite,
};

/** RFC 8785: each document of input/ becomes the bytes of the same name in output/. */
async function canonicalization(folder: string): Promise<SuiteResult> {
  const names = readdirSync(join(folder, "input"));
  const failures = names.flatMap((name) => {
    const input = readFileSync(join(folder, "input", name), "utf8");
    const actual = canonicalJson(parseJson(input, { source: name }).value);
    const same = Buffer.from(actual).equals(readFileSync(join(folder, "output", name)));
    return same ? [] : [`${name}: canonical JSON differs\n    actual   ${actual}`];
  });
  return await Promise.resolve({ passed: names.length - failures.length, failures });
}

const VECTORS = join(ROOT, "../shared/vectors");

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

async function main(): Promise<Count> {
  const total: Count = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, suite] of Object.entries(OWN)) tally(name, await suite(), total);
  if (!existsSync(VECTORS)) {
    console.log(`skipped: no ../shared/vectors beside the project (${Object.keys(SUITES).join(", ")})`);
    total.skipped += Object.keys(SUITES).length;
    return total;
  }
  for (const [name, suite] of Object.entries(SUITES)) await runSuite(name, suite, total);
  for (const name of foldersOf(VECTORS).filter((folder) => !Object.hasOwn(SUITES, folder))) {
    total.skipped++;
    console.log(`${name}: skipped: no suite reads this folder`);
  }
  return total;
}

async function runSuite(name: string, suite: Suite | "not built yet", total: Count): Promise<void> {
  const folder = join(VECTORS, name);
  if (!existsSync(folder)) {
    total.failed++;
    console.log(`${name}: 0 passed, 1 failed, 0 skipped: the folder is missing`);
  } else if (suite === "not built yet") {
    const count = vectorsBelow(folder);
    total.skipped += count;
    console.log(`${name}: skipped: ${suite} (${count} ${count === 1 ? "vector" : "vectors"})`);
  } else {
    tally(name, await suite(folder), total);
  }
}

function tally(name: string, { passed, failures }: SuiteResult, total: Count): void {
  const empty = passed + failures.length === 0 ? ["no vectors"] : [];
  for (const failure of [...failures, ...empty]) console.log(`  failed: ${failure}`);
  total.passed += passed;
  total.failed += failures.length + empty.length;
  console.log(`${name}: ${passed} passed, ${failures.length + empty.length} failed, 0 skipped`);
}

function foldersOf(path: string): readonly string[] {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Files that are not about the vectors themselves. */
const ABOUT = /^(?:README.*|LICENSE.*|COMMIT\.txt|expected\.json)$/;

function vectorsBelow(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile() && !ABOUT.test(entry.name)).length;
}

const total = await main();
console.log(`total: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
