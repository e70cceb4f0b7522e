// Lockfiles that other generators lose something of: every digest is kept, case is kept, two copies stay two, and no
// secret is in the output, in any format.

import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareEnvironment, runBoltseal } from "./support/run.ts";
import type { Suite } from "./support/suite.ts";

const FORMATS = ["cyclonedx-1.4", "cyclonedx-1.5", "cyclonedx-1.6", "cyclonedx-1.7", "spdx-2.3"] as const;
const SECRETS = ["s3cr3tTOKEN", "QUERYSECRET", "user:", "token="];

/** The parts of a CycloneDX document that are asked about. */
interface Bom {
  readonly components: readonly {
    readonly name: string;
    readonly group?: string;
    readonly purl: string;
    readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
    readonly externalReferences?: readonly { readonly type: string; readonly hashes?: readonly unknown[] }[];
    readonly properties?: readonly { readonly name: string; readonly value: string }[];
  }[];
}

type Question = readonly [sentence: string, holds: (bom: Bom) => boolean];

const component = (bom: Bom, purl: string) => bom.components.find((one) => one.purl.split("?")[0] === purl);
const property = (bom: Bom, purl: string, name: string) =>
  component(bom, purl)?.properties?.find((one) => one.name === name)?.value;

/** A digest whose bytes are all the same, as the lockfiles have them. */
const hex = (byte: string, bytes: number): string => byte.repeat(bytes);

const LOCKFILE: readonly Question[] = [
  ["all ten packages are there", (bom) => bom.components.length === 10],
  [
    "both hashes of one integrity are kept",
    (bom) => {
      const hashes = component(bom, "pkg:npm/a@1.0.0")?.hashes?.map(({ alg, content }) => `${alg} ${content}`);
      return hashes?.includes(`SHA-1 ${hex("01", 20)}`) === true && hashes.includes(`SHA-512 ${hex("01", 64)}`);
    },
  ],
  [
    "and both stand on the distribution reference",
    (bom) =>
      component(bom, "pkg:npm/a@1.0.0")?.externalReferences?.find(({ type }) => type === "distribution")?.hashes
        ?.length === 2,
  ],
  ["the case of a name is kept", (bom) => component(bom, "pkg:npm/JSONStream@1.3.5") !== undefined],
  ["no name is made lower case", (bom) => component(bom, "pkg:npm/jsonstream@1.3.5") === undefined],
  [
    "an alias is the package that it stands for",
    (bom) =>
      component(bom, "pkg:npm/real-pkg@2.0.0")?.name === "real-pkg" &&
      property(bom, "pkg:npm/real-pkg@2.0.0", "boltseal:alias") === "als",
  ],
  [
    "the commit of a git dependency is there",
    (bom) =>
      property(bom, "pkg:npm/gitdep@0.1.0", "boltseal:source:commit") === "0123456789012345678901234567890123456789",
  ],
  [
    "what has no digest says why",
    (bom) =>
      bom.components.every(
        ({ hashes, properties }) =>
          (hashes ?? []).length > 0 || properties?.some(({ name }) => name === "boltseal:integrity") === true,
      ),
  ],
  ["an install script is told", (bom) => property(bom, "pkg:npm/a@1.0.0", "boltseal:install-script") !== undefined],
];

const NESTED: readonly Question[] = [
  [
    "two copies with other digests stay two",
    (bom) => {
      const copies = bom.components.filter(({ purl }) => purl === "pkg:npm/b@1.0.0");
      const contents = new Set(copies.flatMap(({ hashes }) => hashes?.map(({ content }) => content) ?? []));
      return copies.length === 2 && contents.has(hex("02", 64)) && contents.has(hex("09", 64));
    },
  ],
];

/** @returns what does not hold */
async function ask(folder: string, format: string, questions: readonly Question[]): Promise<readonly string[]> {
  const top = mkdtempSync(join(tmpdir(), "boltseal-conformance-"));
  try {
    cpSync(folder, join(top, "work"), { recursive: true });
    const args = ["sbom", "package-lock.json", "--bom-format", format];
    const result = await runBoltseal(args, { cwd: join(top, "work"), env: bareEnvironment(join(top, "home")) });
    const failures: string[] = [];
    const said = `${result.stdout}${result.stderr}`;
    for (const secret of SECRETS) if (said.includes(secret)) failures.push(`${format}: ${secret} is in the output`);
    // Both lockfiles hold two copies of one package with other digests.
    if (result.exit !== 1 || !result.stderr.includes("[integrity-conflict]")) {
      failures.push(`${format}: exit ${result.exit}, no conflict is told: ${result.stderr}`);
    }
    if (!format.startsWith("cyclonedx")) return failures;
    const bom = JSON.parse(result.stdout) as Bom;
    return [
      ...failures,
      ...questions.filter(([, holds]) => !holds(bom)).map(([sentence]) => `${format}: not so: ${sentence}`),
    ];
  } finally {
    rmSync(top, { recursive: true });
  }
}

/** The SBOMs that other generators made of the same lockfile: they are read, and what they lost is told. */
const MADE_BY_OTHERS = ["cyclonedx-npm-6.0.1.cdx.json", "npm-11.19.1-sbom.cdx.json"];

async function readOthers(folder: string, name: string): Promise<readonly string[]> {
  const top = mkdtempSync(join(tmpdir(), "boltseal-conformance-"));
  try {
    cpSync(join(folder, name), join(top, name));
    const result = await runBoltseal(["sbom", name], { cwd: top, env: bareEnvironment(join(top, "home")) });
    const failures = SECRETS.filter((secret) => `${result.stdout}${result.stderr}`.includes(secret));
    const count = (JSON.parse(readFileSync(join(top, name), "utf8")) as Bom).components.length;
    const bom = JSON.parse(result.stdout) as Bom;
    return [
      ...failures.map((secret) => `${name}: ${secret} is in the output`),
      ...(bom.components.length >= count ? [] : [`${name}: ${bom.components.length} of ${count} components`]),
    ];
  } finally {
    rmSync(top, { recursive: true });
  }
}

export const edgeCasesSuite: Suite = async (folder) => {
  const failures: string[] = [];
  for (const format of FORMATS) {
    failures.push(...(await ask(folder, format, LOCKFILE)));
    failures.push(...(await ask(join(folder, "conflicting-nested"), format, NESTED)));
  }
  for (const name of MADE_BY_OTHERS) failures.push(...(await readOthers(folder, name)));
  const asked = FORMATS.length * 2 + MADE_BY_OTHERS.length;
  return { passed: Math.max(0, asked - failures.length), failures };
};
