// SBOMs against their specifications: the form, and what no schema can say. Offline, and linear in the document.

import { MAX_PROBLEMS } from "./bom-problem.ts";
import type { BomProblem } from "./bom-problem.ts";
import { cycloneDxBreaches } from "./cyclonedx-rules.ts";
import { schemaProblem } from "./cyclonedx-schema.ts";
import type { CycloneDxVersion } from "./cyclonedx-schema.ts";
import { spdxBreaches } from "./spdx-rules.ts";

/**
 * Where a CycloneDX document breaks the specification of its version; empty when nowhere. The schema stops at its first
 * problem, the other rules at 20 in all.
 * @param document what JSON.parse returns, or what JSON.stringify shall get
 */
export async function validateCycloneDx(document: unknown, version: CycloneDxVersion): Promise<readonly BomProblem[]> {
  const schema = await schemaProblem(document, version);
  const { references, hashes, purls } = cycloneDxBreaches(document);
  return [...(schema === undefined ? [] : [schema]), ...references, ...hashes, ...purls].slice(0, MAX_PROBLEMS);
}

/** Where an SPDX 2.2 or 2.3 document breaks its specification; at most 20 places. */
export async function validateSpdx(document: unknown): Promise<readonly BomProblem[]> {
  const { form, checksums } = spdxBreaches(document);
  return await Promise.resolve([...form, ...checksums].slice(0, MAX_PROBLEMS));
}
