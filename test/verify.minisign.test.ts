// minisign signatures made by minisign: which verify, by whom, when, and why the others do not.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash, verify } from "node:crypto";
import { MAX_WHOLE_BYTES } from "../src/core/hash-set.ts";
import type { Pin } from "../src/core/signer.ts";
import { ed25519Key, isSmallOrder } from "../src/core/ed25519.ts";
import { textFile } from "../src/verify/evidence.ts";
import type { Judgement, Trust } from "../src/verify/scheme.ts";
import { createSignatureReader } from "../src/verify/signed.ts";
import { file, fixture, judgeOne, trusting } from "./support/openpgp-judging.ts";
import { bareKey, pinned, spkiOf } from "./support/minisign-keys.ts";

const document = fixture("minisign/document.txt").bytes;
const key = (name: string) => fixture(`minisign/${name}.pub`);
const ACME = bareKey(key("test-only-acme"));
const MALLORY = bareKey(key("test-only-mallory"));
const byKey: Partial<Trust> = { keys: [key("test-only-acme")] };

async function judge(name: string, trust: Partial<Trust> = byKey): Promise<Judgement> {
  return judgeOne(document, fixture(`minisign/${name}.minisig`), trusting(trust));
}

const CASES: readonly (readonly [row: string, file: string, state: string, reason: RegExp])[] = [
  ["over the hash", "prehashed", "verified", /comment: timestamp:1769947200 file:document\.txt hashed$/],
  ["over the bytes", "legacy", "verified", /^the signer answers for exactly these bytes; trusted comment: /],
  ["with a comment of the signer's own", "comment", "verified", /; trusted comment: release 1\.2\.0, é$/],
  ["with CR LF", "crlf", "verified", /these bytes/],
  ["from the future", "later", "invalid", /claims to be made at 2100-01-01T00:00:00Z, after the time/],
  ["by a key that nobody gave", "mallory", "untrusted-signer", /key that was not given/],
  ["over another file", "other-file", "invalid", /not valid for these bytes/],
  ["whose trusted comment was changed", "changed-comment", "invalid", /trusted comment is not one/],
  ["with the trusted comment of another", "foreign-comment", "invalid", /trusted comment is not one/],
  ["with a byte order mark", "byte-order-mark", "malformed", /byte order mark/],
  ["and another signature", "two-blocks", "malformed", /follows its four lines/],
  ["and a blank line", "blank-line", "malformed", /follows its four lines/],
  ["without its trusted comment", "no-comment", "malformed", /third line/],
  ["with control characters", "escape", "malformed", /control characters/],
];

for (const [row, name, state, reason] of CASES) {
  test(`a minisign signature ${row} is ${state}`, async () => {
    const judgement = await judge(name);
    assert.equal(judgement.state, state);
    assert.match(judgement.reason, reason);
  });
}

test("the time is the field of the trusted comment, and only that", async () => {
  assert.equal((await judge("prehashed")).time, "2026-02-01T12:00:00Z");
  assert.equal((await judge("comment")).time, undefined);
});

test("a judgement names the whole key, and the key that it is in every scheme", async () => {
  const { signer, key: spki, fits } = await judge("prehashed");
  assert.deepEqual([signer, spki, fits], [`minisign ${ACME}`, spkiOf(ACME), true]);
  const unknown = await judge("mallory");
  const [, number = ""] = /key (\w+)$/m.exec(Buffer.from(key("test-only-mallory").bytes).toString()) ?? [];
  assert.equal(unknown.signer, `minisign key id ${number}`);
  assert.equal(unknown.hint, "obtain the publisher's public key over another channel, and pass it with --key");
});

const pin = (identity: string, more: Partial<Pin> = {}, scheme: Pin["scheme"] = "minisign"): Partial<Trust> => ({
  signers: [pinned("acme-release", { scheme, identity, ...more })],
});

const TRUST: readonly (readonly [row: string, trust: Partial<Trust>, state: string, more?: Partial<Judgement>])[] = [
  ["nobody named", {}, "untrusted-signer"],
  ["a bare key", { keys: [key("bare")] }, "verified", { flagged: true }],
  ["a file with two keys", { keys: [key("both")] }, "verified", { flagged: true }],
  ["a key that does not fit", { keys: [key("test-only-mallory")] }, "untrusted-signer"],
  ["a pin alone", pin(ACME), "verified", { name: "acme-release", person: "acme-release" }],
  ["a pin on another key", pin(MALLORY), "untrusted-signer"],
  ["a pin of signify", pin(ACME, {}, "signify"), "untrusted-signer"],
  ["a pin that is no key", pin("RWQ"), "untrusted-signer"],
  ["a key of a policy that pins it not", { policyKeys: [key("test-only-acme")] }, "untrusted-signer"],
  ["a key that lies beside the file", { foundKeys: [key("test-only-acme")] }, "untrusted-signer"],
  ["a found key, and its fingerprint", { foundKeys: [key("both")], fingerprints: [spkiOf(ACME)] }, "verified"],
  ["two keys, narrowed to this", { keys: [key("both")], fingerprints: [spkiOf(ACME)] }, "verified"],
  ["two keys, narrowed to the other", { keys: [key("both")], fingerprints: [spkiOf(MALLORY)] }, "untrusted-signer"],
  ["a revoked pin", pin(ACME, { revoked: "stolen" }), "revoked"],
  ["a key and its revoked pin", { ...byKey, ...pin(ACME, { revoked: "stolen" }) }, "revoked"],
  ["a key, revoked for signify", { ...byKey, ...pin(ACME, { revoked: "stolen" }, "signify") }, "revoked"],
  ["a pin that begins later", pin(ACME, { notBefore: "2026-03-01T00:00:00Z" }), "untrusted-signer"],
  ["a pin that ended before", pin(ACME, { notAfter: "2026-01-31T00:00:00Z" }), "untrusted-signer"],
  ["a pin that ended after", pin(ACME, { notAfter: "2026-02-02T00:00:00Z" }), "verified"],
];

for (const [row, trust, state, more = {}] of TRUST) {
  test(`minisign with ${row}: ${state}`, async () => {
    const judgement = await judge("prehashed", trust);
    assert.equal(judgement.state, state, judgement.reason);
    for (const [member, value] of Object.entries(more)) assert.equal(judgement[member as keyof Judgement], value);
  });
}

test("the same key under another number is revoked, too", async () => {
  const other = Buffer.from(ACME, "base64");
  other.write("another1", 2, "latin1");
  const trust = { ...byKey, ...pin(other.toString("base64"), { revoked: "stolen" }) };
  assert.equal((await judge("prehashed", trust)).state, "revoked");
});

test("a signature over the bytes of a file that is too large to be kept is unsupported, and says the limit", async () => {
  const opened = await createSignatureReader(trusting(byKey)).open(fixture("minisign/legacy.minisig"));
  const [signature] = opened?.opened.signatures ?? [];
  assert.deepEqual(signature?.needs, [{ algorithm: "identity" }]);
  const judgement = await signature?.judge(
    [{ digest: new Uint8Array(), binary: false, tooLarge: true }],
    textFile("document.txt"),
  );
  assert.equal(judgement?.state, "unsupported");
  assert.ok(judgement.reason.includes(String(MAX_WHOLE_BYTES)), judgement.reason);
});

test("bytes are asked for only where a key is there to check them with", async () => {
  const opened = await createSignatureReader(trusting({})).open(fixture("minisign/legacy.minisig"));
  assert.deepEqual(
    opened?.opened.signatures.map(({ needs }) => needs),
    [[]],
  );
});

const line = (bytes: Uint8Array): Uint8Array => Buffer.from(`${Buffer.from(bytes).toString("base64")}\n`);
const raw = Buffer.from(ACME, "base64");
const KEYS: readonly (readonly [row: string, bytes: Uint8Array, message: RegExp])[] = [
  ["a secret key", fixture("minisign/test-only-secret.key").bytes, /line 2: it is a secret key/],
  ["a secret key of signify", fixture("signify/test-only-secret.sec").bytes, /line 2: it is a secret key/],
  ["a signature", fixture("minisign/legacy.minisig").bytes, /line 2: it is a signature/],
  ["a comment alone", Buffer.from("untrusted comment: minisign public key\n"), /holds a comment without a key/],
  ["two comments", Buffer.from(`untrusted comment: a\nuntrusted comment: b\n${ACME}\n`), /line 2: a comment follows/],
  ["a key and text", Buffer.from(`${ACME}\nand more\n`), /line 2: it is not a public key/],
  ["a key that was cut off", Buffer.from(`untrusted comment: a\n${ACME.slice(0, 40)}\n`), /line 2: it is not/],
  ["a key that anybody can sign for", line(Buffer.concat([raw.subarray(0, 10), Buffer.alloc(32)])), /anybody can sign/],
  ["more keys than anybody has", Buffer.from(`${ACME}\n`.repeat(1001)), /1001 keys/],
];

for (const [row, bytes, message] of KEYS) {
  test(`${row} given as key is refused`, async () => {
    const trust = trusting({ keys: [file("given.pub", bytes)] });
    await assert.rejects(async () => judgeOne(document, fixture("minisign/prehashed.minisig"), trust), {
      code: "key-malformed",
      message,
    });
    const found = trusting({ policyKeys: [file("policy.pub", bytes)] });
    const reader = createSignatureReader(found);
    await reader.open(fixture("minisign/prehashed.minisig"));
    assert.deepEqual(
      reader.remarks().map(({ rule, file: about }) => [rule, about]),
      [["key-unusable", "policy.pub"]],
    );
  });
}

test("the fingerprint is the SHA-256 of the key as OpenSSL writes it", () => {
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw.subarray(10)]);
  assert.equal(spkiOf(ACME), createHash("sha256").update(der).digest("hex"));
});

test("a key of small order has a signature that is good for everything, so it is none", () => {
  const neutral = Buffer.alloc(32);
  neutral.writeUInt8(1);
  const forgery = Buffer.concat([neutral, Buffer.alloc(32)]);
  const { object } = ed25519Key(neutral);
  // Of any two texts OpenSSL says the same: yes up to 3.4, no since.
  const [first, second] = ["this", "and that"].map((text) => verify(null, Buffer.from(text), object, forgery));
  assert.equal(first, second);
  assert.deepEqual([isSmallOrder(neutral), isSmallOrder(raw.subarray(10))], [true, false]);
  // The sign of the other coordinate does not matter.
  neutral.writeUInt8(0x80, 31);
  assert.ok(isSmallOrder(neutral));
});
