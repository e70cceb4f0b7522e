// The parts of a bun.lock, after its version was looked at. Source: oven-sh/bun, src/install/lockfile/bun.lock.rs.

import { UserError } from "../core/errors.ts";
import { isJsonObject, member, objectMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import type { LargeJson } from "../core/large-json.ts";

export interface BunLock {
  readonly whole: JsonObject;
  readonly workspaces: JsonObject;
  readonly root: JsonObject;
  readonly packages: JsonObject;
}

/** The parts of a bun.lock. @throws UserError `source-malformed`, `source-unsupported` */
export function checkLock({ value, lineOf }: LargeJson, source: string): BunLock {
  if (!isJsonObject(value)) throw new UserError("source-malformed", `${source}:1: is no bun lockfile`);
  const version = member(value, "lockfileVersion");
  const line = lineOf(["lockfileVersion"]);
  if (typeof version !== "number") throw new UserError("source-malformed", `${source}:${line}: has no lockfileVersion`);
  if (![0, 1, 2, 3].includes(version)) {
    throw new UserError("source-unsupported", `${source}:${line}: lockfileVersion ${version} is not known`, {
      hint: "lock again with bun 1.2 to 1.4: bun install --lockfile-only",
    });
  }
  const section = (name: string): JsonObject => {
    const found = member(value, name);
    if (found === undefined) return {};
    if (isJsonObject(found)) return found;
    throw new UserError("source-malformed", `${source}:${lineOf([name])}: ${name} is no object`);
  };
  const workspaces = section("workspaces");
  return { whole: value, workspaces, root: objectMember(workspaces, "") ?? {}, packages: section("packages") };
}
