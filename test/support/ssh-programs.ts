// What ssh-keygen says of SSH signatures.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { succeeds } from "./minisign-programs.ts";

/** Whose signatures count, as of when. */
export interface AllowedSigners {
  readonly file: Uint8Array;
  readonly principal: string;
  /** As `YYYYMMDDHHMMSSZ`. */
  readonly at: string;
}

/** Whether ssh-keygen accepts the signature: by any key, or by one that the allowed signers name. */
export async function askSshKeygen(
  signature: Uint8Array,
  document: Uint8Array,
  namespace: string,
  allowed?: AllowedSigners,
): Promise<boolean> {
  // What a command line cannot carry, nobody can ask for.
  if (namespace === "" || namespace.includes("\0")) return false;
  const cwd = mkdtempSync(join(tmpdir(), "boltseal-ssh-"));
  try {
    writeFileSync(join(cwd, "signature"), signature);
    const args = ["-n", namespace, "-s", "signature"];
    if (allowed === undefined)
      return await succeeds("ssh-keygen", ["-Y", "check-novalidate", ...args], { cwd, input: document });
    writeFileSync(join(cwd, "allowed"), allowed.file);
    const who = ["-f", "allowed", "-I", allowed.principal, `-Overify-time=${allowed.at}`];
    return await succeeds("ssh-keygen", ["-Y", "verify", ...who, ...args], { cwd, input: document });
  } finally {
    rmSync(cwd, { recursive: true });
  }
}
