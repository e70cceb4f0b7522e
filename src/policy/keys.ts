// The public keys that policies name, read for whoever verifies a signature.

import { readNamedFile } from "./policy-files.ts";
import type { Policy } from "./types.ts";

/** A file of public keys: an EvidenceFile of verify/scheme.ts. */
export interface KeyFile {
  /** How messages name it. */
  readonly source: string;
  readonly bytes: Uint8Array;
}

/** Bytes; keyrings of whole distributions are smaller. */
const MAX_KEY_BYTES = 8 * 1024 * 1024;

/**
 * Each key file of the signers once, named as messages may show it. For `Trust.policyKeys`: only keys
 * that a pin names may be used from them.
 * @throws UserError when one cannot be read
 */
export function readKeyFiles(policy: Pick<Policy, "signers" | "keyNames">): readonly KeyFile[] {
  const paths = new Set(policy.signers.flatMap((signer) => signer.keyFiles));
  return [...paths].map((path) => {
    const shown = policy.keyNames.get(path) ?? path;
    return { source: shown, bytes: readNamedFile({ path, shown }, MAX_KEY_BYTES) };
  });
}
