// Signatures of npm registries: what verifies, and every way in which a document, a package or a key is not what it must be.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { State } from "../src/core/report.ts";
import { npm } from "../src/verify/npm.ts";
import type { SignedFile, Trust } from "../src/verify/scheme.ts";
import { createKeys, INTEGRITY, json, judgeAll, judgeOne, keyEntry, keysFile } from "./support/npm-registry.ts";
import { NAME, packageFile, pemFile, pinned, registrySignature, spkiId } from "./support/npm-registry.ts";
import { trust, unreadable, VERSION } from "./support/npm-registry.ts";

const keys = createKeys();
const stranger = createKeys();
const signature = registrySignature(keys);
const byFlag = trust({ keys: [keysFile(keyEntry(keys))] });
const document = { name: NAME, version: VERSION, integrity: INTEGRITY, signatures: [signature] };
const published = { ...document, publishedAt: "2026-02-01T12:00:00.000Z" };
const manifest = {
  name: NAME,
  version: VERSION,
  dist: { integrity: INTEGRITY, shasum: "00", signatures: [signature] },
  time: { modified: "2026-05-01T00:00:00Z", [VERSION]: "2026-02-01T12:00:00.000Z" },
};

const FORMS: readonly (readonly [sentence: string, document: unknown, by?: Trust])[] = [
  ["one signature alone", signature],
  ["a list of signatures", [signature]],
  ["the dist of a packument", { integrity: INTEGRITY, tarball: "https://npm.example/x.tgz", signatures: [signature] }],
  ["a dist without integrity", { shasum: "0123", signatures: [signature] }],
  ["our own document", published],
  ["what npm view prints", manifest],
  ["an integrity with other algorithms beside", { ...document, integrity: `sha1-AAAA ${INTEGRITY}` }],
  ["a key given as PEM", document, trust({ keys: [pemFile(keys)] })],
  ["a key id with padding", { ...signature, keyid: `${keys.id}=` }],
  ["a key id over the SubjectPublicKeyInfo", { ...signature, keyid: spkiId(keys) }],
  ["a fingerprint that names the key", document, trust({ fingerprints: [keys.spki], foundKeys: [pemFile(keys)] })],
  ["a pin on its id", document, pinned({ identity: keys.id }, { foundKeys: [keysFile(keyEntry(keys))] })],
  ["a pin on its content", document, pinned({ scheme: "x509", identity: keys.spki }, { policyKeys: [pemFile(keys)] })],
];

for (const [sentence, value, by = byFlag] of FORMS) {
  test(`verified: ${sentence}`, async () => {
    const judgement = await judgeOne(npm, json(value), by);
    assert.equal(judgement.state, "verified", judgement.reason);
    assert.equal(judgement.reason, "the registry whose key this is gave out exactly these bytes as @acme/server@1.2.3");
    assert.equal(judgement.signer, `npm ${keys.id}`);
    assert.equal(judgement.key, keys.spki);
    assert.equal(judgement.time, undefined, "nobody signed a time");
    assert.ok(npm.recognises(json(value).bytes));
  });
}

test("who stands behind a signature is a flag, or the signer of a policy", async () => {
  const flagged = await judgeOne(npm, json(document), byFlag);
  assert.deepEqual([flagged.flagged, flagged.name, flagged.person], [true, undefined, `npm ${keys.id}`]);
  const named = await judgeOne(npm, json(document), pinned({ identity: keys.id }, { policyKeys: [pemFile(keys)] }));
  assert.deepEqual([named.flagged, named.name, named.person], [undefined, "acme", "acme"]);
});

test("each signature is judged for itself", async () => {
  const other = registrySignature(stranger);
  const spoiled = { ...signature, sig: registrySignature(keys, "another text").sig };
  const judgements = await judgeAll(npm, json([other, signature, spoiled, { keyid: keys.id, sig: "?" }]), byFlag);
  assert.deepEqual(
    judgements.map(({ state }) => state),
    ["untrusted-signer", "verified", "invalid", "malformed"],
  );
});

const sha384 = (): { keyid: string; sig: string } => {
  const text = Buffer.from(`${NAME}@${VERSION}:${INTEGRITY}`);
  return { keyid: keys.id, sig: sign("sha384", text, keys.privateKey).toString("base64") };
};
const raw = (): { keyid: string; sig: string } => {
  const key = { key: keys.privateKey, dsaEncoding: "ieee-p1363" } as const;
  const text = Buffer.from(`${NAME}@${VERSION}:${INTEGRITY}`);
  return { keyid: keys.id, sig: sign("sha256", text, key).toString("base64") };
};
const otherBytes = Buffer.from("the bytes of another tarball");
const otherIntegrity = `sha512-${createHash("sha512").update(otherBytes).digest("base64")}`;

interface Case {
  readonly document: unknown;
  readonly state: State;
  readonly reason: RegExp;
  readonly by?: Trust;
  readonly file?: SignedFile;
  readonly bytes?: Uint8Array;
}

const BAD: Readonly<Record<string, Case>> = {
  "other bytes under the same name": { document: signature, state: "invalid", reason: /not valid/, bytes: otherBytes },
  "other bytes, and a document that states their integrity": {
    ...{ document: { ...document, integrity: otherIntegrity }, bytes: otherBytes },
    ...{ state: "invalid", reason: /not valid/ },
  },
  "the integrity of other bytes": {
    ...{ document: { ...document, integrity: otherIntegrity } },
    ...{ state: "mismatch", reason: /states the integrity of other bytes/ },
  },
  "two integrities": {
    ...{ document: { ...document, integrity: `${INTEGRITY} ${otherIntegrity}` } },
    ...{ state: "malformed", reason: /no SHA-512/ },
  },
  "an integrity of SHA-1 alone": {
    ...{ document: { ...document, integrity: "sha1-Lve95gjOVATpfV8EL5X4nxwjKHE=" } },
    ...{ state: "malformed", reason: /no SHA-512/ },
  },
  "another package": { document: signature, state: "invalid", reason: /as @evil\/x@1/, file: packageFile("@evil/x") },
  "another version": { document: signature, state: "invalid", reason: /@9\.9/, file: packageFile(NAME, "9.9.9") },
  "a document about another package": {
    ...{ document: { ...document, name: "acme-server" } },
    ...{ state: "invalid", reason: /is about acme-server@1\.2\.3, and the package calls itself @acme/ },
  },
  "a document about another version": {
    ...{ document: { ...document, version: "1.2.4" } },
    ...{ state: "invalid", reason: /is about @acme\/server@1\.2\.4/ },
  },
  "a name that holds the version": {
    ...{ document: signature, file: packageFile("@acme/server@1.2.3:sha512", "x") },
    ...{ state: "invalid", reason: /not valid/ },
  },
  "a package with control characters in its name": {
    ...{ document: signature, file: packageFile("\u001b[2J\u202eserver") },
    ...{ state: "invalid", reason: /not valid/ },
  },
  "a Python package": {
    ...{ document: signature, file: packageFile(NAME, VERSION, "pypi") },
    ...{ state: "invalid", reason: /is none/ },
  },
  "a package that cannot be read": {
    ...{ document: signature, file: unreadable },
    ...{ state: "unsupported", reason: /not known: it holds two package\.json/ },
  },
  "a key that was not given": {
    ...{ document: registrySignature(stranger) },
    ...{ state: "untrusted-signer", reason: /was not given/ },
  },
  "the id of our key over another's signature": {
    ...{ document: { ...registrySignature(stranger), keyid: keys.id } },
    ...{ state: "invalid", reason: /not valid/ },
  },
  "our signature under another id": {
    ...{
      document: { ...signature, keyid: stranger.id },
      by: trust({ keys: [keysFile(keyEntry(keys), keyEntry(stranger))] }),
    },
    ...{ state: "invalid", reason: /not valid/ },
  },
  "a key that only lies beside": {
    ...{ document, by: trust({ foundKeys: [keysFile(keyEntry(keys))] }) },
    ...{ state: "untrusted-signer", reason: /neither a flag nor a policy/ },
  },
  "a key that no pin of the policy names": {
    ...{ document, by: pinned({ identity: stranger.id }, { policyKeys: [keysFile(keyEntry(keys))] }) },
    ...{ state: "untrusted-signer", reason: /neither a flag nor a policy/ },
  },
  "a key that the fingerprint leaves out": {
    ...{ document, by: { ...byFlag, fingerprints: [stranger.spki] } },
    ...{ state: "untrusted-signer", reason: /neither a flag nor a policy/ },
  },
  "a key that the policy revoked": {
    ...{ document, by: pinned({ identity: keys.id, revoked: "stolen" }, { keys: [keysFile(keyEntry(keys))] }) },
    ...{ state: "revoked", reason: /stolen/ },
  },
  "a key that the policy revoked by its content": {
    ...{ document, by: pinned({ scheme: "x509", identity: keys.spki, revoked: "stolen" }, { keys: [pemFile(keys)] }) },
    ...{ state: "revoked", reason: /stolen/ },
  },
  "a pin that ended before the publication": {
    ...{
      document: published,
      by: pinned({ identity: keys.id, notAfter: "2026-01-01T00:00:00Z" }, { policyKeys: [pemFile(keys)] }),
    },
    ...{ state: "untrusted-signer", reason: /after 2026-01-01/ },
  },
  "a publication in the future": {
    ...{ document: { ...document, publishedAt: "2026-06-02T00:00:00Z" } },
    ...{ state: "invalid", reason: /after the time of this check/ },
  },
  "a publication at no time": {
    ...{ document: { ...document, publishedAt: "yesterday" } },
    ...{ state: "malformed", reason: /time of publication/ },
  },
  "SHA-384 in place of SHA-256": { document: sha384(), state: "invalid", reason: /not valid/ },
  "a signature that is not DER": { document: raw(), state: "invalid", reason: /not valid/ },
  "a signature of zeros": {
    ...{ document: { keyid: keys.id, sig: Buffer.from("3006020100020100", "hex").toString("base64") } },
    ...{ state: "invalid", reason: /not valid/ },
  },
  "no signature": { document: { ...document, signatures: [] }, state: "malformed", reason: /no signature/ },
  "signatures that are no list": { document: { ...document, signatures: {} }, state: "malformed", reason: /no list/ },
  "more signatures than any registry gives": {
    ...{ document: { ...document, signatures: Array.from({ length: 17 }, () => signature) } },
    ...{ state: "malformed", reason: /17 signatures/ },
  },
  "a signature without a key id": {
    document: [{ keyid: "", sig: signature.sig }],
    state: "malformed",
    reason: /no key/,
  },
  "an endless key id": {
    ...{ document: { keyid: "x".repeat(501), sig: signature.sig } },
    ...{ state: "malformed", reason: /too long/ },
  },
  "base64 with white space": {
    ...{ document: { keyid: keys.id, sig: `${signature.sig.slice(0, 8)}\n${signature.sig.slice(8)}` } },
    ...{ state: "malformed", reason: /no base64/ },
  },
  "a name that is no text": { document: { ...document, name: 7 }, state: "malformed", reason: /no text/ },
};

for (const [sentence, { document: value, by = byFlag, state, reason, file, bytes }] of Object.entries(BAD)) {
  test(`not verified: ${sentence}`, async () => {
    const judgement = await judgeOne(npm, json(value), by, file, bytes);
    assert.equal(judgement.state, state, judgement.reason);
    assert.match(judgement.reason, reason);
  });
}

test("what is signed is the integrity of the bytes that were read", async () => {
  const forged = registrySignature(keys, `${NAME}@${VERSION}:${otherIntegrity}`);
  assert.equal((await judgeOne(npm, json(forged), byFlag)).state, "invalid");
  assert.equal((await judgeOne(npm, json(forged), byFlag, packageFile(), otherBytes)).state, "verified");
});

test("a key of another curve is not one of a registry", async () => {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const other = { publicKey, privateKey, id: keys.id, spki: "" };
  const by = trust({ keys: [pemFile(other)] });
  assert.equal((await judgeOne(npm, json(signature), by)).state, "untrusted-signer");
  await assert.rejects(npm.verifier(trust({ keys: [keysFile(keyEntry(other))] })), { code: "key-malformed" });
});
