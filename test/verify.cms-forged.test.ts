// CMS messages that no honest tool makes: each part left out, doubled, replaced or put in the wrong place.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash, sign } from "node:crypto";
import {
  attribute,
  bits,
  context,
  der,
  ed25519Keys,
  goodParts,
  int,
  makeCertificate,
  makeMessage,
  name,
  NULL,
  octets,
  OID,
  oid,
  seq,
  set,
  spkiOf,
  time,
} from "./support/cms-forge.ts";
import type { MessageParts } from "./support/cms-forge.ts";
import { fingerprint, judgeOne } from "./support/cms-judging.ts";

const DOCUMENT = Buffer.from("A release\n");
const SERIAL = Buffer.from([1, 2, 3]);
const KEYS = ed25519Keys();
const CERTIFICATE = makeCertificate({ subject: "test-only-acme", keys: KEYS, serial: SERIAL });
const GOOD = goodParts({
  document: DOCUMENT,
  certificate: CERTIFICATE,
  keys: KEYS,
  issuer: "test-only-acme",
  serial: SERIAL,
});
const TRUST = { fingerprints: [fingerprint(CERTIFICATE)] };

const OTHER_KEYS = ed25519Keys();
const OTHER = makeCertificate({ subject: "test-only-acme", keys: OTHER_KEYS, serial: Buffer.from([9]) });
const digest = createHash("sha512").update(DOCUMENT).digest();
const [TYPE, TIME, DIGEST] = GOOD.attributes as [Buffer, Buffer, Buffer];
const signedBy = (issuer: string, serial: Uint8Array): Buffer => seq(name(issuer), int(serial));
const sameKeyOtherName = makeCertificate({ subject: "test-only-mallory", keys: KEYS, serial: SERIAL });

const ROWS: readonly (readonly [what: string, parts: Partial<MessageParts>, state: string, reason?: RegExp])[] = [
  ["nothing changed", {}, "verified"],
  ["another certificate first", { certificates: [OTHER, CERTIFICATE] }, "verified"],
  ["attributes in another order", { attributes: [DIGEST, TYPE, TIME] }, "verified"],
  ["no signing time", { attributes: [TYPE, DIGEST] }, "verified"],
  ["an unsigned attribute", { unsigned: [attribute("1.2.3.4", octets(digest))] }, "verified"],
  [
    "an unsigned attribute that is called message digest",
    { unsigned: [attribute(OID.messageDigest, octets(digest))] },
    "verified",
  ],

  [
    "a signer that no certificate fits",
    { sid: signedBy("test-only-acme", Buffer.from([4])) },
    "untrusted-signer",
    /does not hold/,
  ],
  [
    "the issuer of one certificate and the serial number of another",
    { certificates: [CERTIFICATE, sameKeyOtherName], sid: signedBy("test-only-mallory", Buffer.from([9])) },
    "untrusted-signer",
  ],
  [
    "another certificate with the same key",
    { certificates: [CERTIFICATE, sameKeyOtherName], sid: signedBy("test-only-mallory", SERIAL) },
    "untrusted-signer",
  ],
  [
    "another certificate alone",
    { certificates: [OTHER], sid: signedBy("test-only-acme", Buffer.from([9])) },
    "invalid",
    /not by the key/,
  ],
  ["a signature by another key", { sign: (bytes) => sign(null, bytes, OTHER_KEYS.privateKey) }, "invalid"],
  [
    "a signature over the attributes with their own tag",
    { sign: (bytes) => GOOD.sign(Buffer.concat([Buffer.from([0xa0]), bytes.subarray(1)])) },
    "invalid",
  ],
  ["a signature over the document", { sign: () => GOOD.sign(DOCUMENT) }, "invalid"],
  ["an empty signature", { sign: () => Buffer.alloc(0) }, "invalid"],
  [
    "another certificate stated",
    { attributes: [TYPE, DIGEST, attribute(OID.signingCertificateV2, seq(seq(seq(octets(digest.subarray(0, 32))))))] },
    "invalid",
    /states another certificate/,
  ],
  [
    "its certificate stated",
    {
      attributes: [
        TYPE,
        DIGEST,
        attribute(OID.signingCertificateV2, seq(seq(seq(octets(Buffer.from(TRUST.fingerprints[0] ?? "", "hex")))))),
      ],
    },
    "verified",
  ],

  [
    "another content type",
    {
      contentType: oid("1.3.6.1.4.1.311.2.1.4"),
      attributes: [attribute(OID.contentType, oid("1.3.6.1.4.1.311.2.1.4")), DIGEST],
    },
    "unsupported",
    /content of the type/,
  ],
  ["two content types that differ", { contentType: oid("1.2.3.4") }, "malformed", /content types differ/],
  ["content inside", { content: [context(0, octets(DOCUMENT))] }, "malformed", /its own content/],
  ["content inside that is empty", { content: [context(0, octets(Buffer.alloc(0)))] }, "malformed"],
  ["content that is not one string", { content: [context(0, octets(DOCUMENT), octets(DOCUMENT))] }, "malformed"],
  ["not signed data", { contentInfoType: oid(OID.data) }, "malformed"],
  ["an unknown version", { version: int(7) }, "unsupported"],
  ["a version that does not fit the signer", { signerVersion: int(3) }, "malformed", /version does not fit/],
  ["no signer", { otherSigners: [], sid: Buffer.alloc(0) }, "malformed"],
  ["a second signer", { otherSigners: [seq(int(1))] }, "malformed", /holds 2 signatures/],
  ["something behind the signer", { behindSigner: [NULL] }, "malformed"],
  ["something behind the signers", { behindSigners: [NULL] }, "malformed"],
  ["something behind the message", { behind: [NULL] }, "malformed"],
  ["a certificate that is none", { certificates: [CERTIFICATE, seq(int(1))] }, "malformed"],
  ["65 certificates", { certificates: Array.from({ length: 65 }, () => CERTIFICATE) }, "malformed", /more than 64/],

  ["no message digest", { attributes: [TYPE, TIME] }, "malformed", /lacks the attribute/],
  ["no content type", { attributes: [TIME, DIGEST] }, "malformed", /lacks the attribute/],
  ["two message digests", { attributes: [TYPE, DIGEST, DIGEST] }, "malformed", /more than once/],
  [
    "two values of the message digest",
    { attributes: [TYPE, attribute(OID.messageDigest, octets(digest), octets(digest))] },
    "malformed",
    /more than once/,
  ],
  ["no value of the message digest", { attributes: [TYPE, attribute(OID.messageDigest)] }, "malformed"],
  ["a message digest of another type", { attributes: [TYPE, attribute(OID.messageDigest, bits(digest))] }, "malformed"],
  [
    "a message digest that is cut short",
    { attributes: [TYPE, attribute(OID.messageDigest, octets(digest.subarray(0, 32)))] },
    "invalid",
  ],
  ["an empty message digest", { attributes: [TYPE, attribute(OID.messageDigest, octets(Buffer.alloc(0)))] }, "invalid"],
  ["two signing times", { attributes: [TYPE, TIME, TIME, DIGEST] }, "malformed"],
  ["no attributes", { attributes: [] }, "malformed"],
  [
    "a signing time that is none",
    { attributes: [TYPE, DIGEST, attribute(OID.signingTime, der(0x17, Buffer.from("260230000000Z")))] },
    "malformed",
  ],
  [
    "a signing time with an offset",
    { attributes: [TYPE, DIGEST, attribute(OID.signingTime, der(0x17, Buffer.from("260201000000+0100")))] },
    "malformed",
  ],
  [
    "a signing time without seconds",
    { attributes: [TYPE, DIGEST, attribute(OID.signingTime, der(0x17, Buffer.from("2602010000Z")))] },
    "malformed",
  ],
  [
    "a signing time as GeneralizedTime",
    { attributes: [TYPE, DIGEST, attribute(OID.signingTime, der(0x18, Buffer.from("20260201000000Z")))] },
    "verified",
  ],
  [
    "a signing time before the certificate",
    { attributes: [TYPE, DIGEST, attribute(OID.signingTime, time(new Date("2025-06-01")))] },
    "expired",
    /was not valid/,
  ],
  [
    "a signing time to come",
    { attributes: [TYPE, DIGEST, attribute(OID.signingTime, time(new Date("2027-01-01")))] },
    "invalid",
    /after the time/,
  ],

  ["a hash that is not in the list", { hashes: [seq(oid(OID.sha256))] }, "malformed", /not in its list/],
  ["an unknown hash in the list, too", { hashes: [seq(oid("1.2.3.4")), seq(oid(OID.sha512))] }, "verified"],
  [
    "two hashes that differ",
    { hashes: [seq(oid(OID.sha256))], digestAlgorithm: seq(oid(OID.sha256)) },
    "malformed",
    /hash algorithms differ/,
  ],
  ["an unknown hash", { digestAlgorithm: seq(oid("2.16.840.1.101.3.4.2.4")) }, "unsupported", /hash algorithm/],
  ["a hash with parameters", { digestAlgorithm: seq(oid(OID.sha512), int(1)) }, "malformed", /parameters/],
  ["Ed25519 with parameters", { signatureAlgorithm: seq(oid(OID.ed25519), NULL) }, "malformed", /parameters/],
  [
    "an unknown signature algorithm",
    { signatureAlgorithm: seq(oid("1.3.101.113")) },
    "unsupported",
    /signature algorithm/,
  ],
  [
    "an algorithm that is not the key's",
    {
      hashes: [seq(oid(OID.sha256))],
      digestAlgorithm: seq(oid(OID.sha256)),
      signatureAlgorithm: seq(oid(OID.ecdsaSha256)),
      attributes: [TYPE, attribute(OID.messageDigest, octets(createHash("sha256").update(DOCUMENT).digest()))],
    },
    "invalid",
  ],
];

for (const [what, parts, state, reason] of ROWS) {
  test(`${what}: ${state}`, async () => {
    const judgement = await judgeOne(DOCUMENT, makeMessage({ ...GOOD, ...parts }), TRUST);
    assert.equal(judgement.state, state, judgement.reason);
    if (reason !== undefined) assert.match(judgement.reason, reason);
    assert.equal(
      judgement.fits === true,
      ["verified", "expired"].includes(state) ||
        what === "another certificate with the same key" ||
        what === "a signing time to come",
    );
  });
}

test("a key that is pinned alone is named by itself when anybody could have made the certificate", async () => {
  const forged = makeCertificate({
    subject: "test-only-bank",
    keys: KEYS,
    issuer: { subject: "test-only-acme", keys: OTHER_KEYS },
    serial: SERIAL,
  });
  const key = createHash("sha256").update(spkiOf(KEYS)).digest("hex");
  const wrapped = await judgeOne(DOCUMENT, makeMessage({ ...GOOD, certificates: [forged] }), { fingerprints: [key] });
  assert.deepEqual([wrapped.state, wrapped.signer, wrapped.key], ["verified", `x509 key ${key}`, key]);
  const own = await judgeOne(DOCUMENT, makeMessage(GOOD), { fingerprints: [key] });
  assert.equal(own.signer, `x509 ${fingerprint(CERTIFICATE)} (CN=test-only-acme)`);
});

test("nesting and counts are limited", async () => {
  let deep = set();
  for (let depth = 0; depth < 5000; depth++) deep = set(deep);
  const nested = makeMessage({ ...GOOD, unsigned: [seq(oid("1.2.3.4"), deep)] });
  const wide = makeMessage({
    ...GOOD,
    unsigned: [attribute("1.2.3.4", Buffer.concat(Array.from({ length: 60_000 }, () => NULL)))],
  });
  const large = makeMessage({ ...GOOD, unsigned: [attribute("1.2.3.4", octets(Buffer.alloc(1 << 20)))] });
  for (const [message, reason] of [
    [nested, /nested deeper/],
    [wide, /more than 50000 elements/],
    [large, /more than 1048576 bytes/],
  ] as const) {
    const judgement = await judgeOne(DOCUMENT, message, TRUST);
    assert.equal(judgement.state, "malformed");
    assert.match(judgement.reason, reason);
  }
});
