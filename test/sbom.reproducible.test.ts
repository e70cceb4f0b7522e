// The same lockfile gives the same bytes, wherever, whenever and in whatever language the program runs: each real
// lockfile twice, on two clocks, in two places of the world, from two working directories.

import { after, test } from "node:test";
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, basename, join } from "node:path";
import { BOLTSEAL, ROOT } from "./support/project.ts";
import { bareEnvironment, run, runBoltseal } from "./support/run.ts";

const top = realpathSync(mkdtempSync(join(tmpdir(), "boltseal-reproducible-")));
after(() => rmSync(top, { recursive: true, force: true }));

const NPM = ["everything", "filesystem", "firecrawl", "notion", "remote"];
const OTHERS = ["pnpm/pnpm-lock.yaml", "yarn/yarn.lock", "berry/yarn.lock", "bun/bun.lock"];
const PYTHON = ["git/uv.lock", "git/requirements.txt", "fetch/uv.lock", "fetch/requirements.txt"];
const LOCKFILES = [
  ...NPM.map((server) => `real-npm/${server}/package-lock.json`),
  ...OTHERS.map((path) => `real-node/${path}`),
  ...PYTHON.map((path) => `real-python/${path}`),
];

/** `boltseal sbom` in a copy of the lockfile's folder, with the clock of the tests, somewhere in Asia. */
async function here(lockfile: string, ...flags: readonly string[]): Promise<string> {
  const cwd = copyOf("here", lockfile);
  const { stdout, exit } = await runBoltseal(["sbom", basename(lockfile), ...flags], {
    cwd,
    env: bareEnvironment(top),
  });
  assert.ok(exit === 0 || exit === 1, `exit ${exit}`);
  return stdout;
}

/** The same elsewhere: another copy, named from afar; the real clock, another home, time zone, language and width. */
async function elsewhere(lockfile: string, ...flags: readonly string[]): Promise<string> {
  const folder = copyOf("else where/ü", lockfile);
  const home = join(top, "home");
  mkdirSync(home, { recursive: true });
  const env = {
    ...bareEnvironment(home),
    TZ: "America/St_Johns",
    LANG: "tr_TR.UTF-8",
    LC_ALL: "sv_SE.UTF-8",
    COLUMNS: "40",
  };
  const args = [BOLTSEAL, "sbom", join(basename(folder), basename(lockfile)), ...flags];
  const { stdout } = await run(process.execPath, args, { cwd: dirname(folder), env });
  return stdout;
}

function copyOf(place: string, lockfile: string): string {
  const folder = join(top, place, dirname(lockfile));
  cpSync(join(ROOT, "fixtures/sbom", dirname(lockfile)), folder, { recursive: true });
  return folder;
}

for (const lockfile of LOCKFILES) {
  test(`${lockfile} gives the same SBOM everywhere`, async () => {
    const [first, second] = await Promise.all([here(lockfile), elsewhere(lockfile)]);
    assert.equal(first, second);
    const { components } = JSON.parse(first) as { readonly components: readonly object[] };
    assert.ok(components.length > 25, "an SBOM of nothing is always the same");
  });
}

for (const format of ["cyclonedx-1.4", "cyclonedx-1.5", "cyclonedx-1.7", "spdx-2.3"]) {
  test(`${format} is the same everywhere`, async () => {
    const flags = ["--bom-format", format];
    const lockfile = "real-npm/remote/package-lock.json";
    const [first, second] = await Promise.all([here(lockfile, ...flags), elsewhere(lockfile, ...flags)]);
    assert.equal(first, second);
    assert.match(first, /mcp-remote/);
  });
}
