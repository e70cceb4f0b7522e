// Attestations of Python packages as PEP 740 has them, logged by a private Sigstore.

import type { SignedFile, Trust } from "../../src/verify/scheme.ts";
import { CHECKED_AT, json } from "./npm-registry.ts";
import { FACTS, forgeBundle, generalName } from "./sigstore-forge.ts";
import type { ForgeOptions } from "./sigstore-forge.ts";
import { createInstance, sha256, trustedRoot } from "./sigstore-instance.ts";
import { trustNobody } from "../../src/verify/signed.ts";

export const WHEEL = "acme_server-1.2.0-py3-none-any.whl";
export const BYTES = Buffer.from("the bytes of a wheel, which nothing here looks into");
/** An index's own type: the host is a made-up one. */
export const PUBLISH = "https://docs.index.org/attestations/publish/v1";
export const PROVENANCE = "https://slsa.dev/provenance/v1";
export const ISSUER = "https://token.actions.githubusercontent.com";
const REPOSITORY = "https://github.com/acme/server";
export const SAN = `${REPOSITORY}/.github/workflows/release.yml@refs/tags/v1.2.0`;
/** What the certificate of a workflow says (Fulcio's extensions, by their last arc). */
export const GITHUB = { ...FACTS, 8: ISSUER, 9: SAN, 12: REPOSITORY, 18: SAN };
export const PUBLISHER = { kind: "GitHub", repository: "acme/server", workflow: "release.yml", environment: null };

export const instance = createInstance();
const root = json(trustedRoot(instance), "trusted_root.json");
export const SUBJECT = { name: WHEEL, digest: { sha256: sha256(BYTES).toString("hex") } };

export function trusting(more: Partial<Trust> = {}): Trust {
  const identities = [{ san: SAN, issuer: ISSUER }];
  return { ...trustNobody(CHECKED_AT, CHECKED_AT), trustedRoot: root, identities, ...more };
}

export interface Attestation {
  version: unknown;
  verification_material: { certificate: string; transparency_entries: unknown[] };
  envelope: { statement: string; signature: string };
}

/** @param more replaces members of the statement */
export function attestation(
  more: object = {},
  facts: object = GITHUB,
  san = SAN,
  options: Partial<ForgeOptions> = {},
): Attestation {
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [SUBJECT],
    predicateType: PUBLISH,
    predicate: null,
    ...more,
  };
  const names = [generalName(san.includes("://") ? 6 : 1, san)];
  const leaf = { facts: facts as Record<string, string>, names };
  const bundle = forgeBundle(instance, { artifact: BYTES, statement, leaf, ...options }) as unknown as {
    verificationMaterial: { certificate: { rawBytes: string }; tlogEntries: unknown[] };
    dsseEnvelope: { payload: string; signatures: readonly { sig: string }[] };
  };
  const { certificate, tlogEntries } = bundle.verificationMaterial;
  return {
    version: 1,
    verification_material: { certificate: certificate.rawBytes, transparency_entries: tlogEntries },
    envelope: { statement: bundle.dsseEnvelope.payload, signature: bundle.dsseEnvelope.signatures[0]?.sig ?? "" },
  };
}

/** All that an index keeps for a file. */
export function provenance(publisher: unknown, ...attestations: readonly unknown[]): object {
  return { version: 1, attestation_bundles: [{ publisher, attestations }] };
}

export const file = (name = WHEEL): SignedFile => ({ name, package: async () => ({ reason: "nobody asks" }) });
