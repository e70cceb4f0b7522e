// Finds and reads every policy that applies, asks who vouches for each, and has them weighed.
// The only entry for commands: everything that can go wrong here ends the run.

import { dirname } from "node:path";
import type { WeighedFile } from "./authority.ts";
import { findFiles } from "./find.ts";
import type { FoundFile, SearchPlaces } from "./find.ts";
import { MAX_POLICY_BYTES, readNamedFile, realPathOf, refuseForeignWriters, sha256Of } from "./policy-files.ts";
import type { Policy } from "./types.ts";

/** The name of a policy file, everywhere. */
export const POLICY_NAME = "boltseal.json";

/** `flag` is the file of `--policy`. */
export interface PolicyLocations extends SearchPlaces {
  /** The real clock: what waivers and signatures of policies are measured by. */
  readonly now: Date;
}

/** The policy in force, and who may vouch for the project's other files. */
export interface LoadedPolicy extends Policy {
  /** @throws UserError `policy-malformed` for a policy signer that nobody defines */
  policySigners(): Pick<Policy, "signers" | "keyNames">;
}

/** Why the grants of a file count that is where only its owner can put it. */
const VOUCHED_BY_PLACE = {
  flag: "named with --policy",
  machine: "the machine's policy",
  user: "the user's policy",
} as const;

/** Most runs: what reads and weighs policies is not even loaded. */
const NO_POLICY: LoadedPolicy = {
  ...{ signers: [], artifacts: [], waivers: [], sources: [], findings: [] },
  ...{ rules: new Map(), keyNames: new Map() },
  policySigners: () => ({ signers: [], keyNames: new Map() }),
};

/**
 * The policies in force (docs/policy.md, authority).
 * @throws UserError for a policy, trust store or signature that is there and cannot be read or understood
 */
export async function loadPolicy(locations: PolicyLocations): Promise<LoadedPolicy> {
  const everything = findFiles(POLICY_NAME, locations);
  if (everything.length === 0) return NO_POLICY;
  const { policySignersOf, weigh } = await import("./authority.ts");
  const files: WeighedFile[] = [];
  const seen = new Set<string>();
  for (const found of everything) {
    if (found.level === "machine" || found.level === "user") {
      refuseForeignWriters([found, { path: dirname(found.path), shown: dirname(found.shown) }], found.level);
    }
    const realPath = realPathOf(found);
    if (seen.has(realPath)) continue;
    seen.add(realPath);
    files.push(await readAndVouch(found, locations, () => policySignersOf(files)));
  }
  return { ...weigh(files), policySigners: () => policySignersOf(files) };
}

async function readAndVouch(
  found: FoundFile,
  locations: PolicyLocations,
  policySigners: LoadedPolicy["policySigners"],
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
  const vouching = await vouchingFor({ kind: "policy", path, shown, bytes, sha256 }, store, policySigners(), now);
  return { document, level, sha256, vouching };
}
