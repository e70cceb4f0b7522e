// RSA in CMS messages: the parameters of RSASSA-PSS say what was done, and nothing stands in for what they leave out.

import { test } from "node:test";
import assert from "node:assert/strict";
import { constants, createHash, generateKeyPairSync } from "node:crypto";
import {
  attribute,
  bits,
  context,
  ed25519Keys,
  goodParts,
  int,
  makeCertificate,
  makeMessage,
} from "./support/cms-forge.ts";
import { NULL, octets, OID, oid, seq, signer, spkiOf } from "./support/cms-forge.ts";
import type { MessageParts } from "./support/cms-forge.ts";
import { fingerprint, judgeOne } from "./support/cms-judging.ts";

const DOCUMENT = Buffer.from("A release\n");
const SERIAL = Buffer.from([1, 2, 3]);
const RSA = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ISSUER = { subject: "test-only-authority", keys: ed25519Keys() };
const RSA_CERTIFICATE = makeCertificate({ subject: "test-only-rsa", keys: RSA, serial: SERIAL, issuer: ISSUER });
const sha256 = seq(oid(OID.sha256), NULL);
const RSA_GOOD: MessageParts = {
  ...goodParts({ document: DOCUMENT, certificate: RSA_CERTIFICATE, keys: RSA, issuer: ISSUER.subject, serial: SERIAL }),
  hashes: [sha256],
  digestAlgorithm: sha256,
  attributes: [
    attribute(OID.contentType, oid(OID.data)),
    attribute(OID.messageDigest, octets(createHash("sha256").update(DOCUMENT).digest())),
  ],
};
const mask = (hash: Buffer): Buffer => context(1, seq(oid(OID.mgf1), hash));
const salted = (saltLength: number): MessageParts["sign"] =>
  signer("sha256", { key: RSA.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
const pss = (...parts: readonly Buffer[]): Buffer => seq(oid(OID.pss), seq(...parts));

const PSS: readonly (readonly [what: string, algorithm: Buffer, sign: MessageParts["sign"], state: string])[] = [
  ["all parameters", pss(context(0, sha256), mask(sha256), context(2, int(32))), salted(32), "verified"],
  [
    "the usual trailer",
    pss(context(0, sha256), mask(sha256), context(2, int(32)), context(3, int(1))),
    salted(32),
    "verified",
  ],
  ["the salt of 20 bytes that is not written", pss(context(0, sha256), mask(sha256)), salted(20), "verified"],
  ["another salt length", pss(context(0, sha256), mask(sha256), context(2, int(31))), salted(32), "invalid"],
  [
    "a negative salt length",
    pss(context(0, sha256), mask(sha256), context(2, int(Buffer.from([0xff])))),
    salted(32),
    "malformed",
  ],
  ["a huge salt length", pss(context(0, sha256), mask(sha256), context(2, int(30_000))), salted(32), "invalid"],
  ["no parameters, which means SHA-1", pss(), salted(20), "malformed"],
  ["no parameters at all", seq(oid(OID.pss)), salted(20), "malformed"],
  [
    "another hash",
    pss(context(0, seq(oid(OID.sha384), NULL)), mask(sha256), context(2, int(32))),
    salted(32),
    "malformed",
  ],
  [
    "another hash in the mask",
    pss(context(0, sha256), mask(seq(oid(OID.sha384), NULL)), context(2, int(32))),
    salted(32),
    "unsupported",
  ],
  ["no mask, which means SHA-1", pss(context(0, sha256), context(2, int(32))), salted(32), "unsupported"],
  [
    "another mask",
    pss(context(0, sha256), context(1, seq(oid("1.2.3"), sha256)), context(2, int(32))),
    salted(32),
    "unsupported",
  ],
  [
    "another trailer",
    pss(context(0, sha256), mask(sha256), context(2, int(32)), context(3, int(2))),
    salted(32),
    "unsupported",
  ],
  ["parameters out of order", pss(mask(sha256), context(0, sha256), context(2, int(32))), salted(32), "malformed"],
  ["a parameter twice", pss(context(0, sha256), context(0, sha256), mask(sha256)), salted(20), "malformed"],
  [
    "an unknown parameter",
    pss(context(0, sha256), mask(sha256), context(2, int(32)), context(4, int(1))),
    salted(32),
    "malformed",
  ],
  [
    "a padding that is not the named one",
    pss(context(0, sha256), mask(sha256), context(2, int(32))),
    signer("sha256", { key: RSA.privateKey }),
    "invalid",
  ],
  ["PKCS #1 v1.5", seq(oid(OID.rsa), NULL), signer("sha256", { key: RSA.privateKey }), "verified"],
  ["PKCS #1 v1.5 with another hash", seq(oid(OID.rsa), NULL), signer("sha512", { key: RSA.privateKey }), "invalid"],
];

for (const [what, signatureAlgorithm, make, state] of PSS) {
  test(`RSA with ${what}: ${state}`, async () => {
    const message = makeMessage({ ...RSA_GOOD, signatureAlgorithm, sign: make });
    const judgement = await judgeOne(DOCUMENT, message, { fingerprints: [fingerprint(RSA_CERTIFICATE)] });
    assert.equal(judgement.state, state, judgement.reason);
  });
}

test("one key is one person, however a certificate writes it", async () => {
  const keys: (string | undefined)[] = [];
  const usual = spkiOf(RSA);
  const numbers = usual.subarray(-275);
  const withoutNull = seq(seq(oid(OID.rsa)), numbers);
  for (const spki of [usual, withoutNull]) {
    const certificate = makeCertificate({ subject: "test-only-rsa", keys: RSA, serial: SERIAL, issuer: ISSUER, spki });
    const signatureAlgorithm = seq(oid(OID.rsa), NULL);
    const sign = signer("sha256", { key: RSA.privateKey });
    const message = makeMessage({ ...RSA_GOOD, certificates: [certificate], signatureAlgorithm, sign });
    const { state, key } = await judgeOne(DOCUMENT, message, { fingerprints: [fingerprint(certificate)] });
    assert.equal(state, "verified");
    keys.push(key);
  }
  const point = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const long = spkiOf(point);
  const short = Buffer.concat([Buffer.from([2 + ((long.at(-1) ?? 0) & 1)]), long.subarray(-64, -32)]);
  const compressed = seq(seq(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7")), bits(short));
  for (const spki of [long, compressed]) {
    const certificate = makeCertificate({
      subject: "test-only-p256",
      keys: point,
      serial: SERIAL,
      issuer: ISSUER,
      spki,
    });
    const signatureAlgorithm = seq(oid(OID.ecdsaSha256));
    const sign = signer("sha256", { key: point.privateKey });
    const message = makeMessage({ ...RSA_GOOD, certificates: [certificate], signatureAlgorithm, sign });
    const { state, key } = await judgeOne(DOCUMENT, message, { fingerprints: [fingerprint(certificate)] });
    assert.equal(state, "verified");
    keys.push(key);
  }
  assert.equal(keys[0], keys[1]);
  assert.equal(keys[2], keys[3]);
  assert.notEqual(keys[0], keys[2]);
});
