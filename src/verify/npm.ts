// Evidence of npm registries: the registry's own signature over a version of a package, and the attestations that it
// keeps for it. Only what tells such files from others is here; all that judges is loaded at the first of them.

import { topMembers } from "./json-start.ts";
import type { Scheme } from "./scheme.ts";

/**
 * A signature stands alone (`{keyid, sig}`), in a list, or in the `signatures` of what a registry says of a version.
 * DSSE envelopes and TUF metadata have `signatures`, too: what only a version of a package has must be there.
 */
function isSignatureDocument(bytes: Uint8Array): boolean {
  const top = topMembers(bytes);
  if (top === undefined) return false;
  const { list, names } = top;
  const has = (...all: readonly string[]): boolean => all.every((name) => names.has(name));
  if (has("keyid", "sig")) return true;
  if (list || has("payload") || has("signed")) return false;
  const isDist = has("signatures") && (has("integrity") || has("shasum") || has("tarball"));
  return isDist || has("signatures", "name", "version") || has("dist", "name", "version");
}

function isKeys(bytes: Uint8Array): boolean {
  const top = topMembers(bytes.subarray(0, 65_536));
  if (top !== undefined) return !top.list && top.names.has("keys");
  return /^\s*-----BEGIN PUBLIC KEY-----/.test(Buffer.from(bytes.subarray(0, 200)).toString("latin1"));
}

/** ECDSA signatures of registries (npm registry API, "ECDSA registry signatures"). */
export const npm: Scheme = {
  name: "npm",
  recognises: isSignatureDocument,
  recognisesKey: isKeys,
  async verifier(trust) {
    const { readRegistryKeys } = await import("./npm-keys.ts");
    const { openRegistrySignatures } = await import("./npm-signature.ts");
    const keys = await readRegistryKeys(trust);
    return { remarks: keys.remarks, open: async (file) => openRegistrySignatures(trust, keys, file) };
  },
};

/** What a registry answers at `attestations` of a version: Sigstore bundles, each with the type of what it states. */
export const npmAttestations: Scheme = {
  name: "npm-attestations",
  recognises: (bytes) => topMembers(bytes)?.names.has("attestations") === true,
  recognisesKey: isKeys,
  async verifier(trust) {
    const { readRegistryKeys } = await import("./npm-keys.ts");
    const { openAttestations } = await import("./npm-attestations.ts");
    const keys = await readRegistryKeys(trust);
    return { remarks: keys.remarks, open: (file) => openAttestations(trust, keys, file) };
  },
};
