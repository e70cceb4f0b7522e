// Judges forged bundles as `verify` does: the file is recognised, opened, hashed once and judged.

import { hashBytes } from "../../src/core/hash-set.ts";
import type { Judgement, SignedFile, Trust } from "../../src/verify/scheme.ts";
import { trustNobody } from "../../src/verify/signed.ts";
import { sigstore } from "../../src/verify/sigstore.ts";
import { ISSUER, SAN } from "./sigstore-forge.ts";
import type { BundleJson } from "./sigstore-forge.ts";
import { trustedRoot } from "./sigstore-instance.ts";
import type { Instance } from "./sigstore-instance.ts";

export const CHECKED_AT = new Date("2026-06-01T00:00:00Z");
export const ARTIFACT = Buffer.from("#!/bin/sh\necho install\n");
export const ARTIFACT_NAME = "install.sh";

/** Trust in the instance's keys and in the identity that bundles are forged for. */
export function trustIn(instance: Instance, more: Partial<Trust> = {}): Trust {
  const bytes = Buffer.from(JSON.stringify(trustedRoot(instance)));
  return {
    ...trustNobody(CHECKED_AT, CHECKED_AT),
    trustedRoot: { source: "trusted_root.json", bytes },
    identities: [{ san: SAN, issuer: ISSUER }],
    ...more,
  };
}

export const file = (name = ARTIFACT_NAME): SignedFile => ({ name, package: async () => ({ reason: "it is none" }) });

/** The judgements of all bundles in a file. */
export async function judgeFile(
  text: string | Uint8Array,
  trust: Trust,
  artifact: Uint8Array = ARTIFACT,
): Promise<readonly Judgement[]> {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  const { open } = await sigstore.verifier(trust);
  const { signatures } = await open({ source: "x.sigstore.json", bytes });
  return Promise.all(signatures.map((pending) => pending.judge(hashBytes(artifact, pending.needs), file())));
}

export async function judge(bundle: BundleJson, trust: Trust, artifact: Uint8Array = ARTIFACT): Promise<Judgement> {
  const [only, ...others] = await judgeFile(JSON.stringify(bundle), trust, artifact);
  if (only === undefined || others.length > 0) throw new Error(`${others.length + 1} judgements instead of one`);
  return only;
}
