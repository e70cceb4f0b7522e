// Whose Sigstore bundles count: identities and keys that flags choose, pins of policies, keys by hint.

import { test } from "node:test";
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import type { Pin, Signer } from "../src/core/signer.ts";
import { hashBytes } from "../src/core/hash-set.ts";
import type { Judgement, Trust } from "../src/verify/scheme.ts";
import { contentOf } from "../src/verify/sigstore-content.ts";
import { openBundle } from "../src/verify/sigstore-bundle.ts";
import type { BundleRequest, HintedKey } from "../src/verify/sigstore-bundle.ts";
import { sigstore } from "../src/verify/sigstore.ts";
import { FACTS, forgeBundle, ISSUER, SAN } from "./support/sigstore-forge.ts";
import type { ForgeOptions } from "./support/sigstore-forge.ts";
import { createInstance, curveKey, pem, sha256, spki } from "./support/sigstore-instance.ts";
import { ARTIFACT, file, judge, trustIn } from "./support/sigstore-judging.ts";
import { statement } from "./support/sigstore-rows.ts";

const instance = createInstance();
const forge = (options: Partial<ForgeOptions> = {}): ReturnType<typeof forgeBundle> =>
  forgeBundle(instance, { artifact: ARTIFACT, ...options });

function pinnedBy(name: string, pin: Pin): Signer {
  return { name, pins: [pin], keyFiles: [], definedIn: "boltseal.json" };
}

const IDENTITY: Pin = { scheme: "sigstore", identity: SAN, issuer: ISSUER };

const PINS: readonly (readonly [sentence: string, pin: Pin, state: Judgement["state"]])[] = [
  ["name and issuer", IDENTITY, "verified"],
  ["the repository too", { ...IDENTITY, repositoryId: "4242", ownerId: "77" }, "verified"],
  ["another repository of the same name", { ...IDENTITY, repositoryId: "4243" }, "untrusted-signer"],
  ["a repository of another owner", { ...IDENTITY, repositoryId: "4242", ownerId: "78" }, "untrusted-signer"],
  ["another name", { ...IDENTITY, identity: `${SAN}x` }, "untrusted-signer"],
  ["another issuer", { ...IDENTITY, issuer: `${ISSUER}/` }, "untrusted-signer"],
  ["no issuer", { scheme: "sigstore", identity: SAN }, "untrusted-signer"],
  ["another scheme", { ...IDENTITY, scheme: "x509" }, "untrusted-signer"],
  ["an identity that is revoked", { ...IDENTITY, revoked: "stolen" }, "revoked"],
  ["a time that is over", { ...IDENTITY, notAfter: "2026-02-01T00:00:00Z" }, "untrusted-signer"],
  ["a time that has not begun", { ...IDENTITY, notBefore: "2026-04-01T00:00:00Z" }, "untrusted-signer"],
];

for (const [sentence, pin, state] of PINS) {
  test(`a pin with ${sentence}: ${state}`, async () => {
    const trust = trustIn(instance, { identities: [], signers: [pinnedBy("acme", pin)] });
    const judgement = await judge(forge(), trust);
    assert.equal(judgement.state, state, judgement.reason);
    assert.equal(judgement.name, judgement.person, "a person is a signer of the policy");
    if (state === "verified") assert.deepEqual([judgement.name, judgement.flagged], ["acme", undefined]);
  });
}

test("a repository that the certificate does not name is no pinned one", async () => {
  const trust = trustIn(instance, {
    identities: [],
    signers: [pinnedBy("acme", { ...IDENTITY, repositoryId: "4242" })],
  });
  const judgement = await judge(forge({ leaf: { facts: { 8: ISSUER, 17: FACTS[17] ?? "" } } }), trust);
  assert.equal(judgement.state, "untrusted-signer");
});

const managed = curveKey();
const keyFile = { source: "acme.pub", bytes: Buffer.from(pem(managed.publicKey)) };
const otherFile = { source: "other.pub", bytes: Buffer.from(pem(curveKey().publicKey)) };
const fingerprint = sha256(spki(managed.publicKey)).toString("hex");
const pinned = pinnedBy("acme", { scheme: "x509", identity: fingerprint });
const none: Partial<Trust> = { identities: [] };

const KEYS: readonly (readonly [sentence: string, trust: Partial<Trust>, state: Judgement["state"]])[] = [
  ["no key", {}, "untrusted-signer"],
  ["another key", { keys: [otherFile] }, "untrusted-signer"],
  ["its key", { keys: [keyFile] }, "verified"],
  [
    "its key behind another in one file",
    { keys: [{ source: "two", bytes: Buffer.concat([otherFile.bytes, keyFile.bytes]) }] },
    "verified",
  ],
  ["its key, which a fingerprint chooses", { keys: [keyFile, otherFile], fingerprints: [fingerprint] }, "verified"],
  [
    "its key, when a fingerprint chooses another",
    { keys: [keyFile], fingerprints: ["0".repeat(64)] },
    "untrusted-signer",
  ],
  ["its key from a policy, pinned", { policyKeys: [keyFile], signers: [pinned] }, "verified"],
  ["its key from a policy, not pinned", { policyKeys: [keyFile] }, "untrusted-signer"],
  ["its key found beside it", { foundKeys: [keyFile] }, "untrusted-signer"],
  ["its key found beside it, and its fingerprint", { foundKeys: [keyFile], fingerprints: [fingerprint] }, "verified"],
  ["its identity's name alone", { identities: [{ san: fingerprint, issuer: "" }] }, "untrusted-signer"],
];

for (const [sentence, trust, state] of KEYS) {
  test(`a bundle without a certificate, and ${sentence}: ${state}`, async () => {
    for (const options of [{}, statement({}), { ...statement({}), kind: "dsse 0.0.2" as const }]) {
      const judgement = await judge(forge({ managed, ...options }), trustIn(instance, { ...none, ...trust }));
      assert.equal(judgement.state, state, judgement.reason);
      if (state !== "verified") continue;
      assert.equal(judgement.signer, `sigstore key sha256:${fingerprint}`);
      assert.equal(judgement.key, fingerprint);
    }
  });
}

test("a key counts for the signature that the log holds by it, whatever the bundle's hint says", async () => {
  const hint = sha256(spki(managed.publicKey)).toString("base64");
  const other = forge({ managed: curveKey(), hint });
  assert.equal((await judge(other, trustIn(instance, { ...none, keys: [keyFile] }))).state, "untrusted-signer");
});

test("keys that are too weak, or that nothing here can check, are said to be", async () => {
  const small = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const odd = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
  for (const [keys, state] of [
    [small, "weak"],
    [odd, "unsupported"],
  ] as const) {
    const keyOf = { source: "k", bytes: Buffer.from(pem(keys.publicKey)) };
    for (const options of [{}, statement({})]) {
      const withKey = await judge(forge({ managed: keys, ...options }), trustIn(instance, { ...none, keys: [keyOf] }));
      assert.equal(withKey.state, state, withKey.reason);
      const withCertificate = await judge(forge({ leaf: { keys }, ...options }), trustIn(instance));
      assert.equal(withCertificate.state, state, withCertificate.reason);
    }
  }
});

test("a key file that holds no key is an error when it was named, and a remark when a policy names it", async () => {
  const bytes = Buffer.from("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
  assert.ok(sigstore.recognisesKey(bytes));
  await assert.rejects(sigstore.verifier(trustIn(instance, { keys: [{ source: "k", bytes }] })), {
    code: "key-malformed",
  });
  const { remarks } = await sigstore.verifier(trustIn(instance, { policyKeys: [{ source: "k", bytes }] }));
  assert.deepEqual(
    remarks.map(({ rule, file: about }) => [rule, about]),
    [["key-unusable", "k"]],
  );
});

async function judgeRequest(request: Omit<BundleRequest, "trust">): Promise<Judgement> {
  const pending = await openBundle({ ...request, trust: trustIn(instance, none) });
  return pending.judge(hashBytes(ARTIFACT, pending.needs), file());
}

test("a key that the caller trusts is found by its hint alone, and within its time", async () => {
  const hinted = (more: Partial<HintedKey> = {}): Omit<BundleRequest, "trust" | "bundle"> => {
    const signer = { signer: "registry key 1", names: () => false, flagged: true, hint: "" };
    return { publicKeys: new Map([["SHA256:k", { pem: pem(managed.publicKey), signer, ...more }]]) };
  };
  const bundle = forge({ managed, hint: "SHA256:k", ...statement({}) });
  const good = await judgeRequest({ bundle, ...hinted() });
  assert.deepEqual([good.state, good.signer, good.key], ["verified", "registry key 1", fingerprint]);
  const state = async (request: Omit<BundleRequest, "trust">): Promise<string> => (await judgeRequest(request)).state;
  assert.equal(await state({ bundle, ...hinted({ notAfter: new Date("2026-02-01") }) }), "invalid");
  assert.equal(await state({ bundle, ...hinted({ notBefore: new Date("2026-04-01") }) }), "invalid");
  assert.equal(await state({ bundle, ...hinted({ pem: pem(curveKey().publicKey) }) }), "invalid");
  assert.equal(await state({ bundle: forge({ managed, hint: "SHA256:K" }), ...hinted() }), "untrusted-signer");
  const managedKeys = [{ key: managed.publicKey, fingerprint, named: true }];
  assert.equal(await state({ bundle: forge({ managed }), publicKeys: new Map(), managedKeys }), "untrusted-signer");
});

test("a caller may ask more of a statement", async () => {
  const managedKeys = [{ key: managed.publicKey, fingerprint, named: true }];
  const other = statement({ predicateType: "https://x.example/publish/v1" });
  const bundle = forge({ managed, ...other });
  assert.equal((await judgeRequest({ bundle, managedKeys })).state, "unsupported");
  const predicateTypes = ["https://x.example/publish/v1"];
  assert.equal((await judgeRequest({ bundle, managedKeys, predicateTypes })).state, "verified");
  const refuse: BundleRequest["accepts"] = async ({ predicateType }, { name }, subject) => ({
    state: "mismatch",
    reason: `${predicateType} ${name} ${subject.name}`,
  });
  const refused = await judgeRequest({ bundle, managedKeys, predicateTypes, accepts: refuse });
  assert.deepEqual([refused.state, refused.reason], ["mismatch", "https://x.example/publish/v1 install.sh install.sh"]);
});

test("a statement needs plain hashes, so that a digest is enough to check it", async () => {
  const trust = trustIn(instance);
  const algorithms = async (options: Partial<ForgeOptions>): Promise<readonly object[]> =>
    (await openBundle({ bundle: forge(options), trust })).needs.map(({ algorithm, verify }) => ({
      algorithm,
      streams: verify !== undefined,
    }));
  assert.deepEqual(await algorithms(statement({})), [{ algorithm: "sha256", streams: false }]);
  assert.deepEqual(await algorithms({}), [{ algorithm: "sha256", streams: true }]);
});

test("what was checked as the bytes passed by was checked with one key, and counts for no other", () => {
  const keys = curveKey();
  const bundle = bundleFromJSON(forge({ leaf: { keys } }));
  const { needs, answer } = contentOf(bundle, keys.publicKey);
  const { content } = answer(hashBytes(ARTIFACT, needs));
  assert.equal(content.verifySignature(keys.publicKey), true);
  assert.equal(content.verifySignature(curveKey().publicKey), false);
});
