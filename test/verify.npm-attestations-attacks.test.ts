// Attestations of npm registries that must not verify: each is good in every part but the one that its name tells.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { State } from "../src/core/report.ts";
import { npmAttestations } from "../src/verify/npm.ts";
import type { SignedFile, Trust } from "../src/verify/scheme.ts";
import { document, FACTS, PREDICATE, PROVENANCE, provenance, PUBLISH } from "./support/npm-attestation.ts";
import { publish, roots, sigstorePin, statement, SUBJECT, trusting } from "./support/npm-attestation.ts";
import { createKeys, judgeOne, NAME, packageFile, pinned, PURL } from "./support/npm-registry.ts";
import { TARBALL, unreadable, VERSION } from "./support/npm-registry.ts";
import { sha256, SIGNED_AT } from "./support/sigstore-instance.ts";

const START = { start: "2025-01-01T00:00:00.000Z" };
const elsewhere = createHash("sha512").update("another tarball").digest("hex");
const other = createKeys();
const subject = (more: object): object => ({ subject: [{ ...SUBJECT, ...more }] });
const predicate = (more: object): object => ({ predicate: { ...PREDICATE, ...more } });

interface Case {
  readonly attestation: unknown;
  readonly state: State;
  readonly reason: RegExp;
  readonly by?: Trust;
  readonly file?: SignedFile;
}

const BAD: Readonly<Record<string, Case>> = {
  "the attestation of another package": {
    ...{ attestation: publish({ ...subject({ name: "pkg:npm/%40evil/x@1.2.3" }), ...predicate({ name: "@evil/x" }) }) },
    ...{ state: "invalid", reason: /is about pkg:npm\/%40evil\/x@1\.2\.3, and the package calls itself @acme/ },
  },
  "the attestation of another version": {
    ...{ attestation: publish({ ...subject({ name: `${PURL}-1` }), ...predicate({ version: `${VERSION}-1` }) }) },
    ...{ state: "invalid", reason: /is about pkg/ },
  },
  "the right purl and another digest": {
    ...{ attestation: publish(subject({ digest: { sha512: elsewhere } })) },
    ...{ state: "invalid", reason: /does not speak of these bytes/ },
  },
  "the right SHA-512 and another SHA-256": {
    ...{ attestation: publish(subject({ digest: { ...SUBJECT.digest, sha256: "00".repeat(32) } })) },
    ...{ state: "invalid", reason: /one digest is that of these bytes and another is not/ },
  },
  "a digest of SHA-256 alone": {
    ...{ attestation: publish(subject({ digest: { sha256: sha256(TARBALL).toString("hex") } })) },
    ...{ state: "malformed", reason: /does not name the SHA-512/ },
  },
  "no digest": { attestation: publish(subject({ digest: {} })), state: "unsupported", reason: /prove nothing/ },
  "two subjects": {
    ...{ attestation: publish({ subject: [SUBJECT, { ...SUBJECT, name: "pkg:npm/x@1.0.0" }] }) },
    ...{ state: "malformed", reason: /speaks of 2 packages/ },
  },
  "a purl whose scope is not escaped": {
    ...{ attestation: publish(subject({ name: "pkg:npm/@acme/server@1.2.3" })) },
    ...{ state: "invalid", reason: /is about/ },
  },
  "a purl with a line break": {
    attestation: publish(subject({ name: `${PURL}\n` })),
    state: "invalid",
    reason: /about/,
  },
  "a package that calls itself otherwise": {
    ...{ attestation: publish(), file: packageFile("@acme/other") },
    ...{ state: "invalid", reason: /calls itself @acme\/other@1\.2\.3/ },
  },
  "a package that cannot be read": {
    ...{ attestation: publish(), file: unreadable },
    ...{ state: "unsupported", reason: /two package\.json/ },
  },
  "a Python package": {
    ...{ attestation: publish(), file: packageFile(NAME, VERSION, "pypi") },
    ...{ state: "invalid", reason: /this is none/ },
  },
  "a publication under another name": {
    ...{
      attestation: publish(predicate({ name: "server" })),
      state: "invalid",
      reason: /server@1\.2\.3 was published/,
    },
  },
  "a publication in another version": {
    ...{
      attestation: publish(predicate({ version: "1.2.4" })),
      state: "invalid",
      reason: /server@1\.2\.4 was published/,
    },
  },
  "a publication nowhere": { attestation: publish(predicate({ registry: 1 })), state: "malformed", reason: /where/ },
  "a publication without a predicate": {
    attestation: publish({ predicate: null }),
    state: "malformed",
    reason: /what/,
  },
  "a predicate type that is not the stated one": {
    ...{ attestation: { ...provenance(statement(PUBLISH)), predicateType: PROVENANCE } },
    ...{ state: "malformed", reason: /is listed as .*slsa.*, and states .*publish/ },
  },
  "a predicate type that nobody knows": {
    ...{ attestation: { ...publish(), predicateType: `${PUBLISH}1` } },
    ...{ state: "unsupported", reason: /not known here/ },
  },
  "an inner predicate type that nobody knows": {
    ...{ attestation: publish({ predicateType: "https://npm.example/else" }) },
    ...{ state: "unsupported", reason: /does not say that the signer answers/ },
  },
  "the registry's statement by a builder": {
    ...{ attestation: { ...provenance(statement(PUBLISH)), predicateType: PUBLISH } },
    ...{ state: "malformed", reason: /not signed with a key of a registry/ },
  },
  "a builder's statement by a key": {
    ...{ attestation: { ...publish(statement(PROVENANCE)), predicateType: PROVENANCE } },
    ...{ state: "malformed", reason: /not with a certificate/ },
  },
  "a key that is not known": {
    ...{ attestation: publish({}, {}, other), state: "untrusted-signer", reason: /is not known/ },
  },
  "the id of our key over another's signature": {
    ...{ attestation: publish({}, { managed: other }), state: "invalid", reason: /another key/ },
  },
  "a key that signs packages only": {
    ...{ attestation: publish(), by: trusting({ trustedRoot: roots(undefined, "npm:signatures") }) },
    ...{ state: "untrusted-signer", reason: /is not known/ },
  },
  "the registry's key when nobody asked for it": {
    ...{ attestation: publish(), by: trusting({ registryKeys: "known" }) },
    ...{ state: "untrusted-signer", reason: /neither a flag nor a policy/ },
  },
  "a key that had expired": {
    ...{ attestation: publish(), by: trusting({ trustedRoot: roots({ ...START, end: "2026-02-01T00:00:00Z" }) }) },
    ...{ state: "invalid", reason: /was not valid at the time/ },
  },
  "a key that was not in use yet": {
    ...{ attestation: publish(), by: trusting({ trustedRoot: roots({ start: "2026-04-01T00:00:00.000Z" }) }) },
    ...{ state: "invalid", reason: /was not valid at the time/ },
  },
  "a builder that nobody named": {
    ...{ attestation: provenance(), by: trusting({ identities: [] }) },
    ...{ state: "untrusted-signer", reason: /neither a flag nor a policy/ },
  },
  "a repository of the same name with another id": {
    ...{ attestation: provenance({}, { leaf: { facts: { ...FACTS, 15: "4243" } } }) },
    ...{ by: pinned(sigstorePin({ repositoryId: "4242" }), { trustedRoot: roots() }) },
    ...{ state: "untrusted-signer", reason: /neither a flag nor a policy/ },
  },
  "an owner of the same name with another id": {
    ...{ attestation: provenance({}, { leaf: { facts: { ...FACTS, 17: "78" } } }) },
    ...{ by: pinned(sigstorePin({ ownerId: "77" }), { trustedRoot: roots() }) },
    ...{ state: "untrusted-signer", reason: /neither a flag nor a policy/ },
  },
  "a time after this check": {
    ...{ attestation: publish(), by: trusting({ at: new Date(SIGNED_AT.getTime() - 86_400_000) }) },
    ...{ state: "invalid", reason: /after the time of this check/ },
  },
  "no bundle": { attestation: { predicateType: PUBLISH }, state: "malformed", reason: /no bundle/ },
  "no predicate type": { attestation: { bundle: publish().bundle }, state: "malformed", reason: /what it states/ },
  "no attestation at all": { attestation: null, state: "malformed", reason: /what it states/ },
};

for (const [sentence, { attestation, by = trusting(), state, reason, file }] of Object.entries(BAD)) {
  test(`not verified: ${sentence}`, async () => {
    const judgement = await judgeOne(npmAttestations, document(attestation), by, file);
    assert.equal(judgement.state, state, judgement.reason);
    assert.match(judgement.reason, reason);
  });
}
