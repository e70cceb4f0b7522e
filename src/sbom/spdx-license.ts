// Licences as SPDX 2.3 has them: what is no expression of listed licences becomes a LicenseRef with its text (clause 10).

import { createHash } from "node:crypto";
import { createLicenseReader } from "./license.ts";

interface ExtractedLicense {
  readonly licenseId: string;
  readonly extractedText: string;
  readonly name: string;
}

export interface LicenseBook {
  /** The expression for `licenseDeclared`. */
  declared(text: string | undefined): string;
  /** What was referred to, sorted by identifier. */
  extracted(): readonly ExtractedLicense[];
}

/** In an expression; one with `DocumentRef-` speaks of a document that is not here. */
const REFERENCE = /LicenseRef-[A-Za-z0-9.-]+/g;

export function createLicenseBook(): LicenseBook {
  const licenseOf = createLicenseReader();
  const extracted = new Map<string, ExtractedLicense>();
  return {
    declared(text) {
      const trimmed = text?.trim() ?? "";
      if (trimmed === "") return "NOASSERTION";
      const license = licenseOf(trimmed);
      if (license.kind === "name" || license.text.includes("DocumentRef-")) {
        const hash = createHash("sha256").update(trimmed.toWellFormed()).digest("hex");
        const licenseId = `LicenseRef-boltseal-${hash.slice(0, 32)}`;
        extracted.set(licenseId, { licenseId, extractedText: trimmed, name: "NOASSERTION" });
        return licenseId;
      }
      for (const licenseId of license.text.match(REFERENCE) ?? []) {
        extracted.set(licenseId, { licenseId, extractedText: "NOASSERTION", name: "NOASSERTION" });
      }
      return license.text;
    },
    extracted: () => [...extracted.values()].toSorted((a, b) => (a.licenseId < b.licenseId ? -1 : 1)),
  };
}
