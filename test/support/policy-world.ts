// A machine, a user and a project in temporary folders, for the tests that read policies from disk.

import type { TestContext } from "node:test";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadPolicy } from "../../src/policy/load.ts";
import type { Policy } from "../../src/policy/types.ts";

export const NOW = new Date("2026-06-01T00:00:00Z");
export const A = "a".repeat(40);
export const B = "b".repeat(40);
export const POSIX = { skip: process.platform === "win32" ? "Windows has no permission bits" : false };
export const AS_ROOT = { skip: process.getuid?.() === 0 ? false : "only root can make a machine's policy" };

/** Folders that stand for a machine, a user and a project. */
export interface World {
  readonly machineDir: string;
  readonly userDir: string;
  readonly home: string;
  readonly cwd: string;
}

export function makeWorld(t: TestContext): World {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "boltseal-policy-")));
  t.after(() => rmSync(top, { recursive: true, force: true }));
  const home = join(top, "home");
  const world = {
    machineDir: join(top, "etc/boltseal"),
    userDir: join(home, ".config/boltseal"),
    home,
    cwd: join(home, "project"),
  };
  for (const folder of [world.machineDir, world.userDir, world.cwd])
    mkdirSync(folder, { recursive: true, mode: 0o755 });
  return world;
}

export function write(path: string, members: object): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ version: 1, ...members }), { mode: 0o644 });
  // The umask of whoever runs the tests may be wider.
  chmodSync(path, 0o644);
  return path;
}

export function signer(fingerprint: string): object {
  return { signers: { acme: { openpgp: [fingerprint] } } };
}

export async function load(world: World, changes: { flag?: string; cwd?: string } = {}): Promise<Policy> {
  return await loadPolicy({ ...world, ...changes, now: NOW });
}

/** Path, level and why it is trusted, in short. */
export function sources(policy: Policy): readonly string[] {
  return policy.sources.map(({ path, level, vouched }) => `${level} ${path}: ${vouched ?? "-"}`);
}
