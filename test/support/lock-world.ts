// Recording in the lock of a temporary project.

import type { TestContext } from "node:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadPolicy } from "../../src/policy/load.ts";
import { loadLocks } from "../../src/policy/lock.ts";
import type { Locks } from "../../src/policy/lock.ts";
import { recordInLock } from "../../src/policy/lock-write.ts";
import type { AcceptedSubject, RecordedLock } from "../../src/policy/lock-write.ts";
import { trustFile } from "../../src/policy/trust-store.ts";
import { ALICE, T1, by, lockText } from "./locks.ts";
import { NOW, makeWorld } from "./policy-world.ts";
import type { World } from "./policy-world.ts";

export const NPM = "pkg:npm/acme";
export const RULE = "rule:acme-*";

export async function loadFor(world: World, flag?: string): Promise<Locks> {
  const places = { ...world, now: NOW };
  return await loadLocks(
    { ...places, record: true, ...(flag === undefined ? {} : { flag }) },
    await loadPolicy(places),
  );
}

/** A subject that verified, with the rule `*` as its second key. */
export function accept(
  key: string,
  name: string,
  sha256: string,
  changes: Partial<AcceptedSubject> = {},
): AcceptedSubject {
  return { keys: [key, "rule:*"], name, sha256, signers: [by(ALICE, T1)], ...changes };
}

export function lockIn(world: World): string {
  return join(world.cwd, "boltseal.lock");
}

export async function record(world: World, ...accepted: readonly AcceptedSubject[]): Promise<RecordedLock> {
  return recordInLock(await loadFor(world), accepted);
}

/** A world with a lock, which the user vouched for. */
export function withLock(t: TestContext, accepted: object): World {
  const world = makeWorld(t);
  writeFileSync(lockIn(world), lockText(accepted));
  trustFile(world.userDir, lockIn(world));
  return world;
}
