// Sigstore bundles (`X.sigstore.json`, `X.sigstore`, GitHub's attestations as JSON Lines): told from other files here.
// Small, because it is always loaded; what reads and judges them is loaded at the first bundle.

import type { Scheme } from "./scheme.ts";
import { isPublicKeyPem } from "./sigstore-keys.ts";

/** What each bundle says of itself, in every version. */
const MARK = "application/vnd.dev.sigstore.bundle";

export const sigstore: Scheme = {
  name: "sigstore",
  recognises(bytes) {
    const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return /^(?:\xef\xbb\xbf)?\s*\{/.test(body.subarray(0, 64).toString("latin1")) && body.includes(MARK);
  },
  recognisesKey: isPublicKeyPem,
  verifier: async (trust) => (await import("./sigstore-file.ts")).createVerifier(trust),
};
