// Attestations of npm registries that are good: the registry's statement and the builder's.

import { test } from "node:test";
import assert from "node:assert/strict";
import { npm, npmAttestations } from "../src/verify/npm.ts";
import { schemeOf } from "../src/verify/schemes.ts";
import type { Trust } from "../src/verify/scheme.ts";
import { document, instance, ISSUER, keys, provenance, publish, roots, SAN } from "./support/npm-attestation.ts";
import { sigstorePin, statement, SUBJECT, trusting } from "./support/npm-attestation.ts";
import { judgeAll, judgeOne, json, keyEntry, keysFile, packageFile } from "./support/npm-registry.ts";
import { pinned, registrySignature, TARBALL, trust } from "./support/npm-registry.ts";
import { sha256 } from "./support/sigstore-instance.ts";

test("verified: what the registry and what the builder states", async () => {
  const [registry, builder] = await judgeAll(npmAttestations, document(publish(), provenance()), trusting());
  assert.equal(registry?.state, "verified", registry?.reason);
  assert.match(registry.reason, /^the registry states that exactly these bytes were published/);
  assert.deepEqual([registry.signer, registry.key, registry.flagged], [`npm ${keys.id}`, keys.spki, undefined]);
  assert.deepEqual([registry.kind, registry.time], [undefined, "2026-03-01T12:00:00Z"]);
  assert.equal(builder?.state, "verified", builder?.reason);
  assert.deepEqual([builder.kind, builder.signer], ["provenance", `sigstore ${SAN} (issuer ${ISSUER})`]);
});

test("a registry is one person, whichever of its signatures speak", async () => {
  const [attested] = await judgeAll(npmAttestations, document(publish()), trusting());
  const by = trusting({ trustedRoot: roots(undefined, "npm:signatures") });
  const [signed] = await judgeAll(npm, json(registrySignature(keys)), by);
  assert.deepEqual([signed?.person, signed?.key], [attested?.person, attested?.key]);
});

const byFlag = trust({ trustedRoot: roots(undefined, "npm:signatures"), keys: [keysFile(keyEntry(keys))] });
const GOOD: Readonly<Record<string, readonly [attestation: object, by: Trust]>> = {
  "the registry's key by flag": [publish(), byFlag],
  "the registry's key by pin": [publish(), pinned({ identity: keys.id }, { trustedRoot: roots() })],
  "a builder by pin": [provenance(), pinned(sigstorePin(), { trustedRoot: roots() })],
  "a builder by pin, with its repository": [
    provenance(),
    pinned(sigstorePin({ repositoryId: "4242", ownerId: "77" }), { trustedRoot: roots() }),
  ],
  "SLSA 0.2": [
    { ...provenance(statement("https://slsa.dev/provenance/v0.2")), predicateType: "https://slsa.dev/provenance/v0.2" },
    trusting(),
  ],
  "a statement with more digests": [
    publish({ subject: [{ ...SUBJECT, digest: { ...SUBJECT.digest, sha256: sha256(TARBALL).toString("hex") } }] }),
    trusting(),
  ],
  "an entry of Rekor 2": [publish({}, { kind: "dsse 0.0.2", version: "v0.3" }), trusting()],
};

for (const [sentence, [attestation, by]] of Object.entries(GOOD)) {
  test(`verified: ${sentence}`, async () => {
    const judgement = await judgeOne(npmAttestations, document(attestation), by);
    assert.equal(judgement.state, "verified", judgement.reason);
  });
}

test("a bundle of version 0.1 may bring its authorities, which count for nothing", async () => {
  const old = provenance({}, { version: "0.1" });
  const chain = old.bundle.verificationMaterial.x509CertificateChain.certificates;
  const authorities = instance.fulcio.chain.map((der) => ({ rawBytes: der.toString("base64") }));
  chain.push(...authorities);
  assert.equal((await judgeOne(npmAttestations, document(old), trusting())).state, "verified");
  const newer = provenance({}, { version: "0.2" });
  newer.bundle.verificationMaterial.x509CertificateChain.certificates.push(...authorities);
  assert.equal((await judgeOne(npmAttestations, document(newer), trusting())).state, "malformed");
});

const LATE: Readonly<Record<string, unknown>> = {
  "nothing else": {},
  "what nobody knows": { predicateType: "https://npm.example/review/v1", bundle: {} },
  "what is malformed": { predicateType: "https://slsa.dev/provenance/v1", bundle: { dsseEnvelope: {} } },
  "what is no object": 7,
};

for (const [sentence, extra] of Object.entries(LATE)) {
  test(`good attestations do not hide ${sentence}`, async () => {
    const judgements = await judgeAll(npmAttestations, document(extra, publish(), provenance(), extra), trusting());
    const states = judgements.map(({ state }) => state);
    assert.deepEqual(states.slice(1, 3), ["verified", "verified"]);
    assert.match(states[0] ?? "", /^(?:malformed|unsupported)$/);
    assert.equal(states[3], states[0]);
  });
}

test("a name without a scope, and a version with build metadata in either notation", async () => {
  for (const version of ["1.2.3+build.7", "1.2.3%2Bbuild.7"]) {
    const attestation = provenance({ subject: [{ ...SUBJECT, name: `pkg:npm/server@${version}` }] });
    const file = packageFile("server", "1.2.3+build.7");
    assert.equal((await judgeOne(npmAttestations, document(attestation), trusting(), file)).state, "verified");
  }
});

test("documents are told from others by what stands at their top", () => {
  const name = (value: unknown): string | undefined => schemeOf(json(value).bytes)?.name;
  const { bundle } = provenance();
  assert.equal(name({ attestations: [provenance()] }), "npm-attestations");
  assert.equal(name({ url: "https://npm.example", attestations: [] }), "npm-attestations");
  assert.equal(schemeOf(Buffer.from(JSON.stringify({ attestations: [publish()] }, null, 2)))?.name, "npm-attestations");
  assert.equal(schemeOf(Buffer.from('\u{feff} {"attestations" : 1}'))?.name, "npm-attestations");
  assert.equal(name(bundle), "sigstore");
  assert.equal(name({ ...bundle, extra: { attestations: [] } }), "sigstore");
  assert.equal(name(bundle.dsseEnvelope), "foreign", "an envelope has signatures with key ids, too");
  assert.equal(name(registrySignature(keys)), "npm");
  assert.equal(name({ signed: {}, signatures: [registrySignature(keys)] }), undefined, "TUF metadata");
  assert.equal(name({ name: "x", version: "1.0.0", dist: {} }), "npm");
  assert.equal(name({ name: "x", version: "1.0.0" }), undefined, "a package.json");
  assert.equal(name([]), undefined);
  assert.equal(schemeOf(Buffer.from('{"keyid')), undefined);
});
