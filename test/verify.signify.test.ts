// signify signatures made by signify: which verify, by whom, and why the others do not.

import { test } from "node:test";
import assert from "node:assert/strict";
import type { Pin } from "../src/core/signer.ts";
import { createSignatureReader, signersOf } from "../src/verify/signed.ts";
import type { Judgement, Trust } from "../src/verify/scheme.ts";
import { bareKey, pinned, spkiOf } from "./support/minisign-keys.ts";
import { file, fixture, judgeOne, trusting } from "./support/openpgp-judging.ts";

const document = fixture("signify/document.txt").bytes;
const acme = fixture("signify/test-only-acme.pub");
const ACME = bareKey(acme);
const byKey: Partial<Trust> = { keys: [acme] };

async function judge(name: string, trust: Partial<Trust> = byKey): Promise<Judgement> {
  return judgeOne(document, fixture(`signify/${name}.sig`), trusting(trust));
}

const CASES: readonly (readonly [row: string, file: string, state: string, reason: RegExp])[] = [
  ["over the file", "good", "verified", /^the signer answers for exactly these bytes$/],
  ["with CR LF", "crlf", "verified", /these bytes/],
  ["by a key that nobody gave", "mallory", "untrusted-signer", /key that was not given/],
  ["over another file", "other-file", "invalid", /not valid for these bytes/],
  ["with a byte order mark", "byte-order-mark", "malformed", /byte order mark/],
  ["and another signature", "two-blocks", "malformed", /something follows/],
  ["without a comment", "empty-comment", "malformed", /comment is empty/],
  ["that carries another text", "SHA256", "malformed", /something follows/],
];

for (const [row, name, state, reason] of CASES) {
  test(`a signify signature ${row} is ${state}`, async () => {
    const judgement = await judge(name);
    assert.equal(judgement.state, state);
    assert.match(judgement.reason, reason);
  });
}

test("a judgement names the key, and gives no time", async () => {
  const { signer, key, time } = await judge("good");
  assert.deepEqual([signer, key, time], [`signify ${ACME}`, spkiOf(ACME), undefined]);
});

const pin = (scheme: Pin["scheme"], more: Partial<Pin> = {}): Partial<Trust> => ({
  signers: [pinned("acme-release", { scheme, identity: ACME, ...more })],
});

const TRUST: readonly (readonly [row: string, trust: Partial<Trust>, state: string])[] = [
  ["nobody named", {}, "untrusted-signer"],
  ["a bare key", { keys: [file("bare.pub", Buffer.from(ACME))] }, "verified"],
  ["a pin", pin("signify"), "verified"],
  ["a pin of minisign", pin("minisign"), "untrusted-signer"],
  ["a key, revoked for minisign", { ...byKey, ...pin("minisign", { revoked: "stolen" }) }, "revoked"],
  ["a found key, and its fingerprint", { foundKeys: [acme], fingerprints: [spkiOf(ACME)] }, "verified"],
  ["a pin that ended before now", pin("signify", { notAfter: "2026-09-30T00:00:00Z" }), "untrusted-signer"],
];

for (const [row, trust, state] of TRUST) {
  test(`signify with ${row}: ${state}`, async () => {
    assert.equal((await judge("good", trust)).state, state);
  });
}

test("a list that signify signed carries the text that counts, and is good for that alone", async () => {
  const list = fixture("signify/SHA256.sig");
  const opened = await createSignatureReader(trusting(byKey)).open(list);
  const text = opened?.opened.signedText;
  assert.deepEqual(text && Buffer.from(text), Buffer.from(fixture("signify/SHA256").bytes));
  assert.equal((await judgeOne(text ?? new Uint8Array(), list, trusting(byKey))).state, "verified");
  const changed = Buffer.from(Buffer.from(list.bytes).toString("latin1").replace("document", "dokument"), "latin1");
  const reopened = await createSignatureReader(trusting(byKey)).open(file("SHA256.sig", changed));
  const states = await signersOf(
    reopened?.opened.signedText ?? new Uint8Array(),
    [file("SHA256.sig", changed)],
    trusting(byKey),
  );
  assert.deepEqual(
    states.map(({ state }) => state),
    ["invalid"],
  );
});

test("minisign's older signatures without their comment are signify's, for pins of signify", async () => {
  const legacy = fixture("minisign/legacy.minisig");
  const stripped = file(
    "legacy.sig",
    Buffer.from(Buffer.from(legacy.bytes).toString().split("\n").slice(0, 2).join("\n") + "\n"),
  );
  const key = fixture("minisign/test-only-acme.pub");
  const body = fixture("minisign/document.txt").bytes;
  const byFlag = await judgeOne(body, stripped, trusting({ keys: [key] }));
  assert.deepEqual([byFlag.state, byFlag.signer], ["verified", `signify ${bareKey(key)}`]);
  const signers = [pinned("acme", { scheme: "minisign", identity: bareKey(key) })];
  assert.equal((await judgeOne(body, stripped, trusting({ signers }))).state, "untrusted-signer");
});
