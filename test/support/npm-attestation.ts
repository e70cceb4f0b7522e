// Attestations of a private registry, whose statements a private Sigstore has logged.

import { FACTS, forgeBundle, ISSUER, SAN } from "./sigstore-forge.ts";
import type { ForgeOptions } from "./sigstore-forge.ts";
import { createInstance, trustedRoot } from "./sigstore-instance.ts";
import type { Instance } from "./sigstore-instance.ts";
import { createKeys, json, NAME, PURL, SHA512, TARBALL, trust, tufEntry, VERSION } from "./npm-registry.ts";
import type { RegistryKeys } from "./npm-registry.ts";
import type { Pin } from "../../src/core/signer.ts";
import type { EvidenceFile, Trust } from "../../src/verify/scheme.ts";

export const PUBLISH = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
export const PROVENANCE = "https://slsa.dev/provenance/v1";
export const instance: Instance = createInstance();
export const keys: RegistryKeys = createKeys();

/** Sigstore's keys and the registry's, as they come with the program. */
export function roots(
  validFor: object = { start: "2025-01-01T00:00:00.000Z" },
  usage = "npm:attestations",
): EvidenceFile {
  const form = { form: "boltseal-trust-roots-1", date: "2026-01-01T00:00:00Z", dateOf: "a test" };
  const registryKeys = { keys: [tufEntry(keys, usage, validFor)] };
  return json({ ...form, trustedRoot: trustedRoot(instance), registryKeys }, "the keys that came with boltseal");
}

/** Trust in the registry and in the builder. */
export const trusting = (more: Partial<Trust> = {}): Trust =>
  trust({ trustedRoot: roots(), registryKeys: "trusted", identities: [{ san: SAN, issuer: ISSUER }], ...more });

export const SUBJECT = { name: PURL, digest: { sha512: SHA512.toString("hex") } };
export const PREDICATE = { name: NAME, version: VERSION, registry: "https://npm.example" };

export function statement(predicateType: string, more: object = {}): object {
  const predicate =
    predicateType === PUBLISH ? PREDICATE : { runDetails: { builder: { id: "https://builder.example" } } };
  return { _type: "https://in-toto.io/Statement/v1", subject: [SUBJECT], predicateType, predicate, ...more };
}

/** Those members of a bundle that tests spoil. */
interface Spoilable {
  verificationMaterial: {
    publicKey: { hint?: string };
    certificate?: unknown;
    x509CertificateChain: { certificates: { rawBytes: string }[] };
  };
  dsseEnvelope: { signatures: { keyid?: unknown; sig: string }[] };
  messageSignature?: unknown;
}

export interface Attestation {
  predicateType: string;
  bundle: Spoilable;
}

function forge(options: ForgeOptions): Spoilable {
  return forgeBundle(instance, options) as unknown as Spoilable;
}

/** The registry's own statement; `more` replaces members of it. */
export function publish(more: object = {}, options: Partial<ForgeOptions> = {}, by: RegistryKeys = keys): Attestation {
  const forged = { artifact: TARBALL, statement: statement(PUBLISH, more), managed: by, hint: by.id, version: "0.2" };
  const bundle = forge({ ...forged, kind: "intoto 0.0.2", ...options });
  for (const signature of bundle.dsseEnvelope.signatures) signature.keyid = by.id;
  return { predicateType: PUBLISH, bundle };
}

/** The builder's statement. */
export function provenance(more: object = {}, options: Partial<ForgeOptions> = {}): Attestation {
  const forged = { artifact: TARBALL, statement: statement(PROVENANCE, more), version: "0.2" };
  return { predicateType: PROVENANCE, bundle: forge({ ...forged, kind: "intoto 0.0.2", ...options }) };
}

/** A pin on the builder. */
export function sigstorePin(more: object = {}): Pin {
  return { scheme: "sigstore", identity: SAN, issuer: ISSUER, ...more };
}

export const document = (...attestations: readonly unknown[]): EvidenceFile =>
  json({ attestations }, "attestations.json");
export { FACTS, ISSUER, SAN };
