// The documents around attestations of npm registries: names of keys that nothing signs, members that appear twice,
// lists without end, and every cut of a good one.

import { test } from "node:test";
import assert from "node:assert/strict";
import { npmAttestations } from "../src/verify/npm.ts";
import type { EvidenceFile } from "../src/verify/scheme.ts";
import { document, keys, provenance, publish, trusting } from "./support/npm-attestation.ts";
import type { Attestation } from "./support/npm-attestation.ts";
import { createKeys, json, judgeAll, judgeOne } from "./support/npm-registry.ts";

const by = trusting();

/** The envelope of an attestation as a list of its signatures, of which there is one. */
const signatures = (attestation: Attestation): { keyid?: unknown; sig: string }[] =>
  attestation.bundle.dsseEnvelope.signatures;

/** A good attestation, with its key id replaced. */
function withKeyid(make: () => Attestation, keyid: unknown): Attestation {
  return changed(make, (attestation) => {
    for (const signature of signatures(attestation)) signature.keyid = keyid;
  });
}

/** A good attestation, with one thing changed that no signature covers. */
function changed(make: () => Attestation, change: (attestation: Attestation) => void): Attestation {
  const attestation = make();
  change(attestation);
  return attestation;
}

const NAMES: readonly (readonly [sentence: string, attestation: Attestation, reason: RegExp])[] = [
  ["no key id", withKeyid(publish, undefined), /does not name the key/],
  ["an empty key id", withKeyid(publish, ""), /does not name the key/],
  ["another key id", withKeyid(publish, createKeys().id), /another key/],
  ["a key id that is no text", withKeyid(publish, 1), /another key/],
  ["a key id beside a certificate", withKeyid(provenance, keys.id), /names a key/],
  ["another hint", changed(publish, ({ bundle }) => (bundle.verificationMaterial.publicKey.hint = "x")), /another key/],
  ["no hint", changed(publish, ({ bundle }) => delete bundle.verificationMaterial.publicKey.hint), /another key/],
  ["two signatures", changed(publish, (a) => signatures(a).push(...signatures(a))), /2 items/],
  ["no signature", changed(publish, (a) => (a.bundle.dsseEnvelope.signatures = [])), /does not name the key/],
  ["no envelope", changed(publish, (a) => Reflect.deleteProperty(a.bundle, "dsseEnvelope")), /no signed statement/],
  ["a message beside the envelope", changed(publish, (a) => (a.bundle.messageSignature = {})), /both/],
  ["a certificate beside the key", changed(publish, (a) => (a.bundle.verificationMaterial.certificate = {})), /both/],
];

for (const [sentence, attestation, reason] of NAMES) {
  test(`malformed: ${sentence}`, async () => {
    const judgement = await judgeOne(npmAttestations, document(attestation), by);
    assert.equal(judgement.state, "malformed", judgement.reason);
    assert.match(judgement.reason, reason);
  });
}

const good = JSON.stringify(publish());
const text = (body: string): EvidenceFile => ({ source: "x.json", bytes: Buffer.from(body) });
const DOCUMENTS: readonly (readonly [sentence: string, file: EvidenceFile, reason: RegExp])[] = [
  ["attestations twice", text(`{"attestations":[],"attestations":[${good}]}`), /appears twice/],
  ["a bundle twice", text(`{"attestations":[${good.replace('"bundle":', '"bundle":{},"bundle":')}]}`), /appears twice/],
  ["a key id twice", text(`{"attestations":[${good.replace('"keyid":', '"keyid":"","keyid":')}]}`), /appears twice/],
  ["a member called __proto__", text(`{"attestations":[${good}],"__proto__":{}}`), /not allowed/],
  ["a comment", text(`{"attestations":[${good}]/* */}`), /cannot be read/],
  ["no attestation", json({ attestations: [] }), /no attestation/],
  ["attestations that are no list", json({ attestations: { 0: publish() } }), /no list/],
  ["more than any package has", json({ attestations: Array.from({ length: 33 }, () => 0) }), /33 attestations/],
  ["more bytes than are read", text(`{"attestations":[${good}]}${" ".repeat(5 << 20)}`), /bytes, at most/],
  ["brackets without end", text(`{"attestations":${"[".repeat(1 << 20)}`), /nested deeper/],
];

for (const [sentence, file, reason] of DOCUMENTS) {
  test(`malformed: ${sentence}`, async () => {
    assert.ok(npmAttestations.recognises(file.bytes));
    const judgement = await judgeOne(npmAttestations, file, by);
    assert.equal(judgement.state, "malformed", judgement.reason);
    assert.match(judgement.reason, reason);
  });
}

test("no cut of a document verifies, and no changed byte of what is signed", async () => {
  const { bytes } = document(publish());
  for (let at = 0; at < bytes.length; at += 7) {
    const [judgement] = await judgeAll(npmAttestations, { source: "cut", bytes: bytes.subarray(0, at) }, by);
    assert.equal(judgement?.state, "malformed");
  }
  const body = Buffer.from(bytes).toString();
  const [, payload = ""] = /"payload":"([^"]+)"/.exec(body) ?? [];
  const [, sig = ""] = /"sig":"([^"]+)"/.exec(body) ?? [];
  for (const part of [payload, sig]) {
    const start = body.indexOf(part);
    for (let at = start; at < start + part.length; at += 5) {
      const copy = Buffer.from(bytes);
      copy[at] = copy[at] === 0x41 ? 0x42 : 0x41;
      if (copy.equals(bytes)) continue;
      const [judgement] = await judgeAll(npmAttestations, { source: "changed", bytes: copy }, by);
      assert.notEqual(judgement?.state, "verified", `changed at ${at}`);
    }
  }
});
