// `--refresh-trust`: fetches the present keys of Sigstore and of the public npm registry, which TUF verifies, and keeps
// them in the user's folder for later runs.

import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import { readSmallFile, writeFileAtomically } from "../io/files.ts";
import { fetchSmall } from "../io/net.ts";
import type { Connection } from "../io/net.ts";
import { makePrivateDirectory } from "../io/paths.ts";
import { readTrustRoots, ROOTS_FORM } from "../verify/sigstore-roots.ts";
import type { FetchBytes, TufStart, TufTargets } from "./tuf-client.ts";

/** Beside the built program. */
const START = join(import.meta.dirname, "tuf-start.json");

export interface RefreshOptions {
  /** The user's folder; `trust-roots.json` and `tuf/` are written there. */
  readonly userDir: string;
  /** The real clock: what expires is judged by it, and the keys are of this day. */
  readonly now: Date;
  readonly connection: Connection;
  /** Instead of where the chain of trust begins for the keys that came with the program. */
  readonly start?: TufStart;
}

function ownStart(): TufStart {
  return parseJson(readSmallFile(START, 1 << 20).toString("utf8"), { source: START }).value as unknown as TufStart;
}

/**
 * Fetches, verifies and keeps.
 * @returns the path of the file that was written: what `loadTrustRoots` takes as `refreshed`
 * @throws UserError `net-…` when it cannot be fetched, `key-malformed` when TUF does not accept it
 */
export async function refreshTrust({ userDir, now, connection, start }: RefreshOptions): Promise<string> {
  let failure: UserError | undefined;
  const fetchBytes: FetchBytes = async (url, limit) => {
    try {
      return (await fetchSmall(url, { ...connection, limit })).bytes;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // Stores of files say "not allowed" of what is not there.
      if (error.code === "net-absent" || error.code === "net-denied") return undefined;
      failure ??= error;
      throw error;
    }
  };
  const { fetchTargets } = await import("./tuf-client.ts");
  const folder = join(userDir, "tuf");
  makePrivateDirectory(folder);
  let targets: TufTargets;
  try {
    targets = await fetchTargets(start ?? ownStart(), folder, fetchBytes);
  } catch (error) {
    // The client wraps what it is told: what a person can mend is the first that went wrong.
    if (failure !== undefined) throw failure;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError("key-malformed", `Sigstore's present keys cannot be verified: ${reason}`, {
      hint: "the keys that are at hand are still used; check this computer's clock, and try again later",
      cause: error,
    });
  }
  return keep(join(userDir, "trust-roots.json"), targets, now);
}

function keep(path: string, { trustedRoot, registryKeys }: TufTargets, now: Date): string {
  const read = (bytes: Buffer, source: string): Json => parseJson(bytes.toString("utf8"), { source }).value;
  const roots = {
    form: ROOTS_FORM,
    date: now.toISOString(),
    dateOf: "they were fetched",
    trustedRoot: read(trustedRoot, "the present trusted root"),
    registryKeys: read(registryKeys, "the present registry keys"),
  };
  const bytes = Buffer.from(`${JSON.stringify(roots)}\n`);
  // What later runs could not read must not take the place of what they can.
  readTrustRoots({ source: "the present keys", bytes });
  writeFileAtomically(path, bytes, 0o600, { overRead: true });
  return path;
}
