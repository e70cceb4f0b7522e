// Finds and reads every policy that applies, asks who vouches for each, and has them weighed.
// The only entry for commands: everything that can go wrong here ends the run.

import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { PolicySource } from "../core/report.ts";
import { policySignersOf, weigh } from "./authority.ts";
import type { WeighedFile } from "./authority.ts";
import { isNameTaken, MAX_POLICY_BYTES, readNamedFile, realPathOf, refuseForeignWriters } from "./policy-files.ts";
import type { FileName } from "./policy-files.ts";
import { sha256Of } from "./policy-files.ts";
import type { Policy } from "./types.ts";

/** The name of a policy file, everywhere. */
export const POLICY_NAME = "boltseal.json";

/** Directories are absolute. */
export interface PolicyLocations {
  readonly cwd: string;
  /** `--policy FILE`, as given. */
  readonly flag?: string;
  readonly machineDir: string;
  readonly userDir: string;
  readonly home: string;
  /** The real clock: what waivers and signatures of policies are measured by. */
  readonly now: Date;
}

interface FoundFile extends FileName {
  readonly level: PolicySource["level"];
}

/** Why the grants of a file count that is where only its owner can put it. */
const VOUCHED_BY_PLACE = {
  flag: "named with --policy",
  machine: "the machine's policy",
  user: "the user's policy",
} as const;

/**
 * The policies in force (docs/policy.md, authority).
 * @throws UserError for a policy, trust store or signature that is there and cannot be read or understood
 */
export async function loadPolicy(locations: PolicyLocations): Promise<Policy> {
  const files: WeighedFile[] = [];
  const seen = new Set<string>();
  for (const found of findPolicies(locations)) {
    if (found.level === "machine" || found.level === "user") {
      refuseForeignWriters([found, { path: dirname(found.path), shown: dirname(found.shown) }], found.level);
    }
    const realPath = realPathOf(found);
    if (seen.has(realPath)) continue;
    seen.add(realPath);
    files.push(await readAndVouch(found, files, locations));
  }
  return weigh(files);
}

async function readAndVouch(
  found: FoundFile,
  above: readonly WeighedFile[],
  locations: PolicyLocations,
): Promise<WeighedFile> {
  const { now, userDir } = locations;
  const bytes = readNamedFile(found, MAX_POLICY_BYTES);
  const sha256 = sha256Of(bytes);
  const { level, path, shown } = found;
  const { readPolicy } = await import("./read.ts");
  const document = readPolicy(bytes, { source: shown, directory: dirname(path), now });
  if (level !== "project") return { document, level, sha256, vouching: { by: VOUCHED_BY_PLACE[level] } };
  const { readTrustStore } = await import("./trust-store.ts");
  const { vouchingFor } = await import("./vouching.ts");
  const store = readTrustStore(userDir);
  const vouching = await vouchingFor({ path, shown, bytes, sha256 }, store, policySignersOf(above), now);
  return { document, level, sha256, vouching };
}

/** In order of authority. The flag's file is listed unseen, so that a missing one is an error. */
function findPolicies({ cwd, flag, machineDir, userDir, home }: PolicyLocations): readonly FoundFile[] {
  const machine: FoundFile = {
    path: join(machineDir, POLICY_NAME),
    shown: join(machineDir, POLICY_NAME),
    level: "machine",
  };
  const user: FoundFile = { path: join(userDir, POLICY_NAME), shown: shownToUser(userDir, home), level: "user" };
  const standing = [machine, user].filter(isNameTaken);
  if (flag !== undefined) return [{ path: resolve(cwd, flag), shown: flag, level: "flag" }, ...standing];
  return [...standing, ...findUpward(cwd)];
}

/**
 * Every policy in the working directory and above, up to the root of the file system, nearest first: a
 * policy in a subdirectory cannot hide the demands of those above it.
 */
function findUpward(cwd: string): readonly FoundFile[] {
  const found: FoundFile[] = [];
  for (let directory = resolve(cwd); ; directory = dirname(directory)) {
    const path = join(directory, POLICY_NAME);
    const file: FoundFile = { path, shown: relative(cwd, path).split(sep).join("/"), level: "project" };
    if (isNameTaken(file)) found.push(file);
    if (dirname(directory) === directory) return found;
  }
}

/** `~/…`; a folder elsewhere is not spelled out, because its path would differ from machine to machine. */
function shownToUser(userDir: string, home: string): string {
  const below = relative(home, userDir);
  const outside = isAbsolute(below) || below === ".." || below.startsWith(`..${sep}`);
  return outside
    ? `<user>/${POLICY_NAME}`
    : ["~", ...below.split(sep), POLICY_NAME].filter((part) => part !== "").join("/");
}
