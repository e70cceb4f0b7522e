// Documents of npm registries that nobody wrote: cut off, changed in one byte, with members of any kind, and ambiguous.
// None of them may verify, throw or take long.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { npm, npmAttestations } from "../src/verify/npm.ts";
import type { EvidenceFile } from "../src/verify/scheme.ts";
import { createKeys, INTEGRITY, json, judgeAll, keyEntry, keysFile, NAME } from "./support/npm-registry.ts";
import { pemFile, registrySignature, trust, VERSION } from "./support/npm-registry.ts";

const keys = createKeys();
const signature = registrySignature(keys);
const by = trust({ keys: [keysFile(keyEntry(keys))] });
const document = { name: NAME, version: VERSION, integrity: INTEGRITY, signatures: [signature] };

const text = (body: string): EvidenceFile => ({ source: "x.json", bytes: Buffer.from(body) });
const AMBIGUOUS: readonly (readonly [sentence: string, file: EvidenceFile])[] = [
  ["a member twice", text(`{"keyid":"${keys.id}","sig":"","sig":"${signature.sig}"}`)],
  ["signatures twice", text(`{"shasum":"","signatures":[],"signatures":[${JSON.stringify(signature)}]}`)],
  ["a member called __proto__", text(`{"keyid":"${keys.id}","sig":"${signature.sig}","__proto__":{}}`)],
  ["text behind the document", text(`${JSON.stringify(signature)} {}`)],
  ["bytes that are no UTF-8", { source: "x", bytes: Buffer.from('{"keyid":"\xff","sig":""}', "latin1") }],
  ["a megabyte of brackets", text(`{"keyid":"a","sig":${"[".repeat(1 << 20)}`)],
  ["more bytes than are read", text(`${JSON.stringify(signature)}${" ".repeat(4 << 20)}`)],
  ["a megabyte of members", text(`{"keyid":"a","sig":"",${'"a":"",'.repeat(1 << 17)}"b":""}`)],
];

for (const [sentence, file] of AMBIGUOUS) {
  test(`malformed: ${sentence}`, async () => {
    assert.ok(npm.recognises(file.bytes));
    const [judgement] = await judgeAll(npm, file, by);
    assert.equal(judgement?.state, "malformed");
    assert.match(judgement.reason, /^it cannot be read: |bytes, at most/);
  });
}

/** Whether any signature of the bytes verifies; what is not recognised is never opened. */
async function verifies(bytes: Uint8Array): Promise<boolean> {
  if (!npm.recognises(bytes)) return false;
  const judgements = await judgeAll(npm, { source: "x.json", bytes }, by);
  assert.ok(judgements.length > 0, "a document without a judgement");
  return judgements.some(({ state }) => state === "verified");
}

test("no cut of a document verifies, and no changed byte of one", async () => {
  const bytes = Buffer.from(json(document).bytes);
  assert.ok(await verifies(bytes));
  // Who states neither name nor integrity is believed no less: both are known from the package.
  const optional = ["name", "version", "integrity"].map(
    (name) => [bytes.indexOf(`"${name}"`), name.length + 1] as const,
  );
  for (let at = 0; at < bytes.length; at += 1) {
    assert.equal(await verifies(bytes.subarray(0, at)), false, `cut at ${at}`);
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    const inName = optional.some(([start, length]) => at > start && at < start + length);
    if (!inName) assert.equal(await verifies(changed), false, `changed at ${at}`);
  }
});

test("members of any kind never throw, and never verify", async () => {
  const part = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom<unknown>(keys.id, signature.sig, INTEGRITY, NAME),
  );
  const shape = fc.record(
    { keyid: part, sig: part, signatures: part, integrity: part, name: part, version: part, dist: part, time: part },
    { requiredKeys: [] },
  );
  const property = fc.asyncProperty(shape, async (value) => {
    const isGood = value.keyid === keys.id && value.sig === signature.sig;
    if (!isGood) assert.equal(await verifies(json(value).bytes), false);
  });
  await fc.assert(property, { numRuns: 300 });
});

test("key files that nobody wrote are refused, and never throw anything else", async () => {
  const { bytes } = keysFile(keyEntry(keys));
  const files = [
    ...Array.from({ length: bytes.length }, (_, at) => bytes.subarray(0, at)),
    ...Array.from({ length: pemFile(keys).bytes.length - 30 }, (_, at) => pemFile(keys).bytes.subarray(0, at + 28)),
  ].filter((cut) => npm.recognisesKey(cut));
  assert.ok(files.length > 300);
  for (const cut of files) {
    const attempt = npm.verifier(trust({ keys: [{ source: "cut", bytes: cut }] }));
    const outcome = await attempt.catch((error: unknown) => error);
    if (outcome instanceof Error) assert.equal((outcome as Error & { code?: string }).code, "key-malformed");
    const [judgement] =
      outcome instanceof Error
        ? []
        : await judgeAll(npm, json(signature), trust({ keys: [{ source: "cut", bytes: cut }] }));
    assert.notEqual(judgement?.state, "verified");
  }
});

test("attestations of any kind never throw, and never verify", async () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  const types = fc.constantFrom(
    "https://slsa.dev/provenance/v1",
    "https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
  );
  const property = fc.asyncProperty(types, value, value, async (predicateType, envelope, material) => {
    const signatures = [{ keyid: keys.id, sig: "" }];
    const bundle = {
      dsseEnvelope: { signatures, payload: envelope },
      verificationMaterial: { publicKey: { hint: keys.id }, tlogEntries: material },
    };
    for (const attestation of [{ predicateType, bundle }, { predicateType, bundle: envelope }, envelope]) {
      const judgements = await judgeAll(npmAttestations, json({ attestations: [attestation] }), by);
      assert.deepEqual(
        judgements.map(({ state }) => state === "malformed" || state === "unsupported"),
        [true],
      );
    }
  });
  await fc.assert(property, { numRuns: 60 });
});
