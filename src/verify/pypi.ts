// Attestations of Python packages (PEP 740): one alone, or all that an index keeps for a file. Only what tells such
// files from others is here. The bundles that came before PEP 740 (`.sigstore`) are plain Sigstore bundles.

import { topMembers } from "./json-start.ts";
import type { Scheme } from "./scheme.ts";

export const pypi: Scheme = {
  name: "pypi",
  recognises(bytes) {
    const names = topMembers(bytes)?.names;
    if (names === undefined) return false;
    return names.has("attestation_bundles") || (names.has("verification_material") && names.has("envelope"));
  },
  recognisesKey: () => false,
  async verifier(trust) {
    const { openAttestations } = await import("./pypi-attestations.ts");
    return { remarks: [], open: (file) => openAttestations(trust, file) };
  },
};
