// Real MCP servers as real tools locked them (fixtures/sbom/real-*): what boltseal reads and writes is what npm, asked
// here and now, and the other tools, when the fixtures were made, say is there.

import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bomListing, bomNamedEdges, bomPackages, writtenBom } from "./support/bom-listing.ts";
import { differences, withoutPlaces, type Listed, type Listing } from "./support/listing.ts";
import { namesListing, normalPython, npmListing, pipListing, requirementsListing } from "./support/other-tools.ts";
import { inventoryListing, readLockfile } from "./support/own-listing.ts";
import { ROOT } from "./support/project.ts";
import type { SuiteResult } from "./support/suite.ts";

const FIXTURES = join(ROOT, "fixtures/sbom");

/** What was compared, and what differs: empty when nothing does. */
interface Check {
  readonly name: string;
  readonly differences: readonly string[];
}

/** Makes checks; a reader or tool that cannot answer is a difference. */
async function check(name: string, compare: () => Promise<readonly string[]>): Promise<Check> {
  try {
    return { name, differences: await compare() };
  } catch (error) {
    return { name, differences: [error instanceof Error ? error.message : String(error)] };
  }
}

/** `107 packages, 107 digests, 168 edges`. */
function countsOf({ packages, edges }: Listing): string {
  const digests = [...packages.values()].reduce((sum, listed) => sum + listed.digests.length, 0);
  return `${packages.size} packages, ${digests} digests${edges === undefined ? "" : `, ${edges.size} edges`}`;
}

/** Edges between the components that stand for the places. */
function edgesOfRefs(edges: ReadonlySet<string>, refs: ReadonlyMap<string, string>): ReadonlySet<string> {
  const named = [...edges].map((edge) => {
    const [from = "", to = ""] = edge.split(" -> ").map((place) => refs.get(place) ?? `nothing at ${place}`);
    return from === to ? undefined : `${from} -> ${to}`;
  });
  return new Set(named.filter((edge) => edge !== undefined));
}

/** npm lists the lockfile in a folder of its own, where nothing is installed. */
async function npmChecks(server: string, work: string): Promise<readonly Check[]> {
  const [folder, home] = [join(work, server), join(work, "home")];
  cpSync(join(FIXTURES, "real-npm", server), folder, { recursive: true });
  const asked = await npmListing(folder, home);
  const lockfile = join(folder, "package-lock.json");
  console.log(`  npm ls: ${server}: ${countsOf(asked)}`);
  return [
    await check(`${server}, read: as npm ls`, async () =>
      differences(asked, inventoryListing(await readLockfile("npm-lock", lockfile))),
    ),
    await check(`${server}, written: as npm ls`, async () => {
      const { refs, ...own } = bomListing(await writtenBom("package-lock.json", folder, home));
      return differences({ ...asked, edges: edgesOfRefs(asked.edges ?? new Set(), refs) }, own);
    }),
  ];
}

/** Lockfiles of the same project by other package managers, and whether they state a digest of the tarball. */
const NODE = [
  { folder: "pnpm", file: "pnpm-lock.yaml", kind: "pnpm-lock", digests: true },
  { folder: "yarn", file: "yarn.lock", kind: "yarn-lock", digests: true },
  // Berry's checksum is over the archive that it makes itself.
  { folder: "berry", file: "yarn.lock", kind: "yarn-lock", digests: false },
  { folder: "bun", file: "bun.lock", kind: "bun-lock", digests: true },
] as const;

/** What is wanted of packages in lockfiles of several tools: the SHA-512 that npm's lockfile has too. */
function wanted(names: ReadonlySet<string>, npm: ReadonlyMap<string, Listed>): ReadonlyMap<string, readonly string[]> {
  return new Map([...names].map((key) => [key, npm.get(key)?.digests ?? []]));
}

/** Where npm has the same package, every tool that states a SHA-512 states the same one. */
function digestDifferences(
  npm: ReadonlyMap<string, Listed>,
  own: ReadonlyMap<string, Listed>,
  stated: boolean,
): readonly string[] {
  return [...wanted(new Set(own.keys()), npm)].flatMap(([key, expected]) => {
    const actual = own.get(key)?.digests.filter((digest) => digest.startsWith("sha512:")) ?? [];
    if (!stated) return actual.length === 0 ? [] : [`${key}: a digest that the lockfile does not state: ${actual[0]}`];
    if (actual.length !== 1) return [`${key}: ${actual.length} SHA-512 digests and not one`];
    return expected.length === 0 || expected[0] === actual[0]
      ? []
      : [`${key}: ${actual[0]}, and by npm ${expected[0]}`];
  });
}

async function nodeChecks(work: string, npm: ReadonlyMap<string, Listed>): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const { folder, file, kind, digests } of NODE) {
    const expected = namesListing(join(FIXTURES, "real-node", folder, "expected-list.txt"));
    const copy = join(work, folder);
    cpSync(join(FIXTURES, "real-node", folder), copy, { recursive: true });
    const compare = (listed: readonly Listed[]): readonly string[] => {
      const own = withoutPlaces(listed);
      const bare = (keys: Iterable<string>): Listing => ({
        packages: new Map([...keys].map((key) => [key, { name: key, version: "", digests: [] }])),
      });
      return [...differences(bare(expected), bare(own.keys())), ...digestDifferences(npm, own, digests)];
    };
    console.log(`  ${folder}: ${expected.size} packages`);
    checks.push(
      await check(`${folder}, read: as the tool lists`, async () =>
        compare([...inventoryListing(await readLockfile(kind, join(copy, file))).packages.values()]),
      ),
      await check(`${folder}, written: as the tool lists`, async () =>
        compare(bomPackages(await writtenBom(file, copy, join(work, "home")))),
      ),
    );
  }
  return checks;
}

/** Packages and edges by their names as an index compares them. */
function python(listed: Iterable<Listed>, edges: ReadonlySet<string> = new Set()): Listing {
  const named = [...edges].map((edge) => edge.split(" -> ").map(normalPython).join(" -> "));
  return {
    packages: withoutPlaces([...listed].map((one) => ({ ...one, name: normalPython(one.name) }))),
    edges: new Set(named),
  };
}

/** An inventory's edges between names. */
function namedEdges({ packages, edges = new Set() }: Listing): ReadonlySet<string> {
  const nameOf = (key: string): string => packages.get(key)?.name ?? "";
  return new Set([...edges].map((edge) => edge.split(" -> ").map(nameOf).join(" -> ")));
}

/** What pip would install is in the listing, each with the hash of the file that pip chose. */
function pipDifferences(expected: Listing, actual: Listing): readonly string[] {
  const chosen = [...actual.packages].map(([key, listed]) => {
    const digests = expected.packages.get(key)?.digests ?? [];
    return [key, { ...listed, digests: listed.digests.filter((digest) => digests.includes(digest)) }] as const;
  });
  return differences(expected, { packages: new Map(chosen) });
}

async function pythonChecks(server: string, work: string): Promise<readonly Check[]> {
  const [folder, home] = [join(work, server), join(work, "home")];
  cpSync(join(FIXTURES, "real-python", server), folder, { recursive: true });
  const exported = requirementsListing(join(folder, "expected-export.txt"));
  // A requirements file says who asks for a package in comments, which no reader relies on.
  const { packages } = requirementsListing(join(folder, "requirements.txt"));
  const installed = pipListing(join(folder, "expected-report.json"));
  console.log(`  uv export: ${server}: ${countsOf(exported)}`);
  console.log(`  pip-compile: ${server}: ${countsOf({ packages })}; pip installs ${installed.packages.size}`);
  const read = async (kind: "uv-lock" | "requirements", file: string): Promise<Listing> => {
    const listing = inventoryListing(await readLockfile(kind, join(folder, file)));
    return python(listing.packages.values(), namedEdges(listing));
  };
  const written = async (file: string): Promise<Listing> => {
    const bom = await writtenBom(file, folder, home);
    return python(bomPackages(bom), bomNamedEdges(bom));
  };
  const compare = (name: string, expected: Listing, own: () => Promise<Listing>): Promise<Check> =>
    check(`${server}, ${name}`, async () => differences(expected, await own()));
  return [
    await compare("uv.lock, read: as uv export", exported, () => read("uv-lock", "uv.lock")),
    await compare("uv.lock, written: as uv export", exported, () => written("uv.lock")),
    await compare("requirements.txt, read: as pip-compile", { packages }, () =>
      read("requirements", "requirements.txt"),
    ),
    await compare("requirements.txt, written: as pip-compile", { packages }, () => written("requirements.txt")),
    await check(`${server}, requirements.txt: what pip installs`, async () =>
      pipDifferences(installed, await read("requirements", "requirements.txt")),
    ),
  ];
}

/** Compares every lockfile of real servers with what its own tool says. npm is needed. */
export async function realServersSuite(): Promise<SuiteResult> {
  const work = realpathSync(mkdtempSync(join(tmpdir(), "boltseal-real-")));
  try {
    const checks: Check[] = [];
    for (const server of readdirSync(join(FIXTURES, "real-npm")).filter((name) => !name.includes(".")))
      checks.push(...(await npmChecks(server, work)));
    const notion = await npmListing(join(work, "notion"), join(work, "home"));
    checks.push(...(await nodeChecks(work, withoutPlaces(notion.packages.values()))));
    for (const server of ["git", "fetch"]) checks.push(...(await pythonChecks(server, work)));
    const failed = checks.filter((one) => one.differences.length > 0);
    const failures = failed.map(({ name, differences: lines }) => `${name}:\n    ${lines.join("\n    ")}`);
    return { passed: checks.length - failed.length, failures };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
