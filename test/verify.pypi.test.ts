// Attestations of Python packages (PEP 740): what verifies, and every way in which it is not what it must be.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { State } from "../src/core/report.ts";
import { pypi } from "../src/verify/pypi.ts";
import { schemeOf } from "../src/verify/schemes.ts";
import type { SignedFile, Trust } from "../src/verify/scheme.ts";
import { json, judgeAll, judgeOne, pinned } from "./support/npm-registry.ts";
import {
  attestation,
  BYTES,
  file,
  GITHUB,
  ISSUER,
  PROVENANCE,
  provenance,
  PUBLISH,
} from "./support/pypi-attestation.ts";
import { PUBLISHER, SAN, SUBJECT, trusting, WHEEL } from "./support/pypi-attestation.ts";
import { sha256 } from "./support/sigstore-instance.ts";

const good = attestation();
const built = attestation({ predicateType: PROVENANCE, predicate: { runDetails: { builder: { id: "x" } } } });
const policy = (more: object): Trust =>
  pinned({ scheme: "sigstore", identity: SAN, issuer: ISSUER, ...more }, { trustedRoot: trusting().trustedRoot });

test("verified: one attestation", async () => {
  const judgement = await judgeOne(pypi, json(good), trusting(), file(), BYTES);
  assert.equal(judgement.state, "verified", judgement.reason);
  assert.equal(judgement.reason, "the signer published exactly these bytes under this name");
  assert.equal(judgement.signer, `sigstore ${SAN} (issuer ${ISSUER})`);
  assert.deepEqual([judgement.kind, judgement.flagged, judgement.time], [undefined, true, "2026-03-01T12:00:00Z"]);
});

test("verified: all that an index keeps", async () => {
  const judgements = await judgeAll(pypi, json(provenance(PUBLISHER, good, built)), trusting(), file(), BYTES);
  assert.deepEqual(
    judgements.map(({ state, kind }) => [state, kind]),
    [
      ["verified", undefined],
      ["verified", "provenance"],
    ],
  );
});

test("verified: a publisher by pin, with the id of its repository", async () => {
  const judgement = await judgeOne(pypi, json(good), policy({ repositoryId: "4242", ownerId: "77" }), file(), BYTES);
  assert.deepEqual([judgement.state, judgement.name], ["verified", "acme"], judgement.reason);
});

test("an attestation that is not good does not hide beside good ones", async () => {
  const unknown = attestation({ predicateType: "https://index.example/review/v1" });
  const document = { version: 1, attestation_bundles: [{ publisher: PUBLISHER, attestations: [good, unknown, 7] }, 8] };
  const judgements = await judgeAll(pypi, json(document), trusting(), file(), BYTES);
  assert.deepEqual(
    judgements.map(({ state }) => state),
    ["verified", "unsupported", "malformed", "malformed"],
  );
});

test("documents are told from others by what stands at their top", () => {
  const name = (value: unknown): string | undefined => schemeOf(json(value).bytes)?.name;
  assert.equal(name(good), "pypi");
  assert.equal(name({ envelope: good.envelope, verification_material: {}, version: 1 }), "pypi");
  assert.equal(name(provenance(PUBLISHER, good)), "pypi");
  assert.equal(name({ inside: good }) ?? name({ envelope: {} }), undefined);
});

interface Case {
  readonly document: unknown;
  readonly state: State;
  readonly reason: RegExp;
  readonly by?: Trust;
  readonly over?: SignedFile;
  readonly bytes?: Uint8Array;
}

const SHA512 = createHash("sha512").update(BYTES).digest("hex");
const elsewhere = { sha256: sha256("another wheel").toString("hex") };
const subject = (more: object): object => attestation({ subject: [{ ...SUBJECT, ...more }] });
const spoiled = (member: "statement" | "signature", value: unknown): object => ({
  ...good,
  envelope: { ...good.envelope, [member]: value },
});

const BAD: Readonly<Record<string, Case>> = {
  "other bytes": { document: good, bytes: Buffer.from("x"), state: "invalid", reason: /with another digest/ },
  "another digest": { document: subject({ digest: elsewhere }), state: "invalid", reason: /with another digest/ },
  "another file with the same bytes": {
    ...{ document: subject({ name: "evil-1.2.0-py3-none-any.whl" }) },
    ...{ state: "invalid", reason: /is about evil-1\.2\.0.*, and the file is called acme_server/ },
  },
  "another version with the same bytes": {
    ...{ document: subject({ name: WHEEL.replace("1.2.0", "1.2.1") }), state: "invalid", reason: /is about/ },
  },
  "a file that was renamed": {
    document: good,
    over: file("setup.whl"),
    state: "invalid",
    reason: /is called setup\.whl/,
  },
  "a path as name": { document: subject({ name: `dist/${WHEEL}` }), state: "invalid", reason: /is about/ },
  "control characters in the name": {
    document: subject({ name: `${WHEEL}\u001b[2J` }),
    state: "invalid",
    reason: /about/,
  },
  "no name": { document: subject({ name: "" }), state: "invalid", reason: /is about/ },
  "two subjects": {
    ...{ document: attestation({ subject: [SUBJECT, { ...SUBJECT, name: "x" }] }) },
    ...{ state: "malformed", reason: /speaks of 2 files/ },
  },
  "no SHA-256": {
    ...{ document: subject({ digest: { sha512: SHA512 } }), state: "malformed", reason: /does not name the SHA-256/ },
  },
  "a publisher that nobody named": {
    ...{ document: good, by: trusting({ identities: [] }), state: "untrusted-signer", reason: /neither a flag/ },
  },
  "a workflow of another branch": {
    ...{ document: good, by: trusting({ identities: [{ san: SAN.replace("v1.2.0", "v1.2"), issuer: ISSUER }] }) },
    ...{ state: "untrusted-signer", reason: /neither a flag/ },
  },
  "an issuer that is not the named one": {
    ...{ document: good, by: trusting({ identities: [{ san: SAN, issuer: `${ISSUER}/` }] }) },
    ...{ state: "untrusted-signer", reason: /neither a flag/ },
  },
  "a repository of the same name with another id": {
    ...{ document: attestation({}, { ...GITHUB, 15: "4243" }), by: policy({ repositoryId: "4242" }) },
    ...{ state: "untrusted-signer", reason: /neither a flag/ },
  },
  "a type that nobody knows": {
    document: attestation({ predicateType: `${PUBLISH}/x` }),
    state: "unsupported",
    reason: /known/,
  },
  "another version of the format": {
    document: { ...good, version: 2 },
    state: "unsupported",
    reason: /version 2, and 1/,
  },
  "a version that is a text": { document: { ...good, version: "1" }, state: "unsupported", reason: /version "1"/ },
  "no version": { document: { ...good, version: undefined }, state: "malformed", reason: /state its version/ },
  "no version around": {
    document: { ...provenance(PUBLISHER, good), version: null },
    state: "malformed",
    reason: /state its/,
  },
  "an attestation that holds others": {
    ...{
      document: { ...provenance(PUBLISHER, good), ...good },
      state: "malformed",
      reason: /is an attestation and holds/,
    },
  },
  "a statement that is no base64": { document: spoiled("statement", "?"), state: "malformed", reason: /no base64/ },
  "a statement that is no JSON": {
    document: spoiled("statement", "AAAA"),
    state: "malformed",
    reason: /cannot be read/,
  },
  "a signature that is no base64": { document: spoiled("signature", "A"), state: "malformed", reason: /no base64/ },
  "the signature of another statement": {
    ...{ document: spoiled("signature", built.envelope.signature), state: "invalid", reason: /log entry|not valid/ },
  },
  "the log entry of another attestation": {
    ...{ document: { ...good, verification_material: built.verification_material }, state: "invalid", reason: /about/ },
  },
  "no certificate": {
    ...{
      document: { ...good, verification_material: { transparency_entries: [] } },
      state: "malformed",
      reason: /rawBytes/,
    },
  },
  "bundles that are no list": {
    document: { version: 1, attestation_bundles: {} },
    state: "malformed",
    reason: /no list/,
  },
  "no bundle": { document: { version: 1, attestation_bundles: [] }, state: "malformed", reason: /no attestation/ },
  "a bundle without attestations": {
    document: provenance(PUBLISHER),
    state: "malformed",
    reason: /without attestations/,
  },
  "attestations that are no list": {
    ...{ document: { version: 1, attestation_bundles: [{ publisher: PUBLISHER, attestations: good }] } },
    ...{ state: "malformed", reason: /no list/ },
  },
  "more attestations than any file has": {
    ...{
      document: provenance(PUBLISHER, ...Array.from({ length: 33 }, () => 0)),
      state: "malformed",
      reason: /more than 32/,
    },
  },
  "no publisher": { document: provenance(null, good), state: "malformed", reason: /names no publisher/ },
};

for (const [sentence, { document, by = trusting(), state, reason, over = file(), bytes = BYTES }] of Object.entries(
  BAD,
)) {
  test(`not verified: ${sentence}`, async () => {
    const judgement = await judgeOne(pypi, json(document), by, over, bytes);
    assert.equal(judgement.state, state, judgement.reason);
    assert.match(judgement.reason, reason);
  });
}

test("not verified: no log entry", async () => {
  const verification_material = { ...good.verification_material, transparency_entries: [] };
  const judgement = await judgeOne(pypi, json({ ...good, verification_material }), trusting(), file(), BYTES);
  assert.match(judgement.state, /^(?:invalid|unsupported)$/, judgement.reason);
});

const text = JSON.stringify(good);
const TEXTS: readonly (readonly [sentence: string, body: string])[] = [
  ["a member twice", text.replace('"envelope":', '"envelope":{},"envelope":')],
  ["a member called __proto__", text.replace("{", '{"__proto__":{},')],
  ["brackets without end", `{"verification_material":{},"envelope":${"[".repeat(1 << 20)}`],
  ["more bytes than are read", text + " ".repeat(5 << 20)],
];

for (const [sentence, body] of TEXTS) {
  test(`malformed: ${sentence}`, async () => {
    assert.ok(pypi.recognises(Buffer.from(body)));
    const document = { source: "x.attestation", bytes: Buffer.from(body) };
    assert.equal((await judgeOne(pypi, document, trusting(), file(), BYTES)).state, "malformed");
  });
}

test("no cut of an attestation verifies, and no changed byte of what is signed", async () => {
  const whole = Buffer.from(text);
  for (let at = 0; at < whole.length; at += 11) {
    const cut = { source: "cut", bytes: whole.subarray(0, at) };
    assert.equal((await judgeOne(pypi, cut, trusting(), file(), BYTES)).state, "malformed");
  }
  for (const part of [good.envelope.statement, good.envelope.signature]) {
    const start = text.indexOf(part);
    for (let at = start; at < start + part.length; at += 7) {
      const changed = Buffer.from(whole);
      changed[at] = changed[at] === 0x41 ? 0x42 : 0x41;
      const judgement = await judgeOne(pypi, { source: "changed", bytes: changed }, trusting(), file(), BYTES);
      assert.notEqual(judgement.state, "verified", `changed at ${at}`);
    }
  }
});
