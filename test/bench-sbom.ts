// The part of `npm run bench` that is about SBOMs: beside the tools that npm's users have, and how time and memory grow.
// cyclonedx-npm is taken from PATH, or from where CYCLONEDX_NPM says.

import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeLargeLockfile } from "./support/large-lockfile.ts";
import { BOLTSEAL, ROOT } from "./support/project.ts";
import { milliseconds, peakMemory, report } from "./support/race-report.ts";
import { race, type Runner, type Track } from "./support/race.ts";
import { tool } from "./support/tools.ts";

const LOCKFILE = "package-lock.json";

function boltsealSbom(name: string, ...args: readonly string[]): Runner {
  return { name, command: [process.execPath, BOLTSEAL, "sbom", LOCKFILE, ...args] };
}

/** Those that are installed; the others are said to be absent. */
function otherTools(): readonly Runner[] {
  const found: Runner[] = [];
  const npm = tool("npm");
  const words = ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx", "--no-update-notifier"];
  if (npm.skip === false) found.push({ name: "npm sbom", command: [npm.path, ...words] });
  else console.log(`\nskipped: npm sbom: ${npm.skip}`);
  const named = process.env["CYCLONEDX_NPM"];
  const cyclonedx = named === undefined ? tool("cyclonedx-npm") : { path: named, skip: false as const };
  const to = ["--package-lock-only"];
  if (cyclonedx.skip === false) found.push({ name: "cyclonedx-npm", command: [cyclonedx.path, ...to] });
  else console.log(`\nskipped: cyclonedx-npm: ${cyclonedx.skip}; CYCLONEDX_NPM may say where it is`);
  return found;
}

/** The same work for all: one lockfile of npm, nothing installed, a CycloneDX SBOM of it. boltseal validates what it writes. */
async function besideOthers(track: Track, rounds: number): Promise<void> {
  const count = writeLargeLockfile(track.cwd, 1000);
  const runners = [...otherTools(), boltsealSbom("boltseal sbom")];
  const title = `SBOM of a lockfile of ${count} packages, validated`;
  report(title, await race(runners, rounds, track), { "npm sbom": "0.33", "cyclonedx-npm": "0.125" });
  const parts = [
    { name: "node -e 0", command: [process.execPath, "-e", "0"] } as const,
    boltsealSbom("not validated", "--no-validate"),
    boltsealSbom("SPDX", "--bom-format", "spdx"),
    boltsealSbom("CycloneDX"),
  ];
  report(`the parts of it`, await race(parts, rounds, track), {});
}

/** Time and memory for ten times as much each time: linear when the time per package does not grow. */
async function growth(track: Track, sizes: readonly number[], rounds: number): Promise<void> {
  console.log("\nSBOM of larger lockfiles (targets for 10,000: below 2000 ms and 300 MB; time per package constant)");
  for (const size of sizes) {
    const count = writeLargeLockfile(track.cwd, size);
    const own = boltsealSbom(`${count} packages`);
    const [result] = await race([own], size > 10_000 ? 1 : rounds, track);
    const median = result?.median ?? Number.NaN;
    const each = `${((1000 * median) / count).toFixed(0)} µs a package`;
    const memory = `${peakMemory(own, track).toFixed(0)} MB`;
    console.log(`  ${own.name.padEnd(40)} ${milliseconds(median)} ms, ${each}, ${memory}`);
  }
}

/** Lockfiles of real projects that have other readers, below fixtures/sbom. */
const OTHER_LOCKFILES = [
  "real-node/pnpm/pnpm-lock.yaml",
  "real-node/yarn/yarn.lock",
  "real-node/berry/yarn.lock",
  "real-node/bun/bun.lock",
  "real-python/fetch/uv.lock",
  "real-python/fetch/requirements.txt",
] as const;

async function otherLockfiles(track: Track, rounds: number): Promise<void> {
  for (const folder of ["real-node", "real-python"])
    cpSync(join(ROOT, "fixtures/sbom", folder), join(track.cwd, folder), { recursive: true });
  const runners = OTHER_LOCKFILES.map((path): Runner => ({
    name: path,
    command: [process.execPath, BOLTSEAL, "sbom", path],
  }));
  report("SBOM of lockfiles of other tools", await race(runners, rounds, track), {});
}

/** Measures in a folder of its own below the track's. */
export async function benchSbom({ cwd, env }: Track, quick: boolean): Promise<void> {
  const folder = join(cwd, "sbom");
  mkdirSync(folder);
  const track: Track = { cwd: folder, env };
  await besideOthers(track, quick ? 5 : 11);
  await growth(track, quick ? [1000, 10_000] : [1000, 10_000, 100_000], 3);
  await otherLockfiles(track, quick ? 3 : 7);
  rmSync(folder, { recursive: true, force: true });
}
