// Sigstore bundles that are wrong in their certificates or times, and right in all else. Each row is a check that
// nothing else makes.

import { test } from "node:test";
import assert from "node:assert/strict";
import { boolean, sequence, tlv } from "./support/sigstore-der.ts";
import { SIGNED_AT, timestampToken } from "./support/sigstore-instance.ts";
import { forgeBundle, generalName, ISSUER, SAN } from "./support/sigstore-forge.ts";
import { ARTIFACT, judge, trustIn } from "./support/sigstore-judging.ts";
import { at, instance, leaf, rekor2, runRows, stranger, the, withRoot } from "./support/sigstore-rows.ts";
import type { Rows } from "./support/sigstore-rows.ts";

const CERTIFICATES: Rows = {
  "an authority that nobody knows": {
    options: leaf({ issuer: { ...stranger.fulcio, subject: stranger.tsa.subject } }),
    state: "untrusted-signer",
    reason: /certificate is by an authority that is not among/,
  },
  "an authority that only bears the right name": {
    options: leaf({ issuer: stranger.fulcio }),
    state: "invalid",
    reason: /Failed to verify certificate chain/,
  },
  "an authority that was no longer in use": {
    trust: withRoot(({ certificateAuthorities: [ca] }) =>
      Object.assign(ca?.validFor ?? {}, { end: at(-1).toISOString() }),
    ),
    state: "invalid",
    reason: /Failed to verify certificate chain/,
  },
  "a certificate that began later": {
    options: leaf({ notBefore: at(1) }),
    state: "invalid",
    reason: /not good for the time/,
  },
  "a certificate that ended before": {
    options: leaf({ notAfter: at(-1), notBefore: at(-9) }),
    state: "invalid",
    reason: /not good for the time/,
  },
  "a certificate that no log has seen": { options: leaf({ ct: null }), state: "invalid", reason: /expected 1 SCTs/ },
  "a certificate that an unknown log has seen": {
    options: leaf({ ct: stranger.ct }),
    state: "invalid",
    reason: /SCT verification failed/,
  },
  "a certificate for another purpose": {
    options: leaf({ purpose: "1.3.6.1.5.5.7.3.1" }),
    state: "malformed",
    reason: /not for signing code/,
  },
  "a certificate of an authority": {
    options: leaf({ more: [{ oid: "2.5.29.19", critical: true, value: sequence(boolean(true)) }] }),
    state: "malformed",
    reason: /one of an authority/,
  },
  "a certificate with a critical part that is not known": {
    options: leaf({ more: [{ oid: "1.2.3.4", critical: true, value: Buffer.from("x") }] }),
    state: "unsupported",
    reason: /critical extension .*1\.2\.3\.4/,
  },
  "a certificate with an extension twice": {
    options: leaf({ more: [{ oid: "1.3.6.1.4.1.57264.1.12", value: Buffer.from("x") }] }),
    state: "malformed",
    reason: /57264\.1\.12 twice/,
  },
  "a certificate with two names": {
    options: leaf({ names: [generalName(6, SAN), generalName(1, "evil@x.example")] }),
    state: "malformed",
    reason: /2 subject alternative names/,
  },
  "a certificate with no name": {
    options: leaf({ names: [] }),
    state: "malformed",
    reason: /0 subject alternative names/,
  },
  "a name that becomes the right one when its eighth bits are dropped": {
    options: leaf({ names: [generalName(6, SAN.replace("h", "\u00e8"))] }),
    state: "malformed",
    reason: /not ASCII/,
  },
  "a name of a host": {
    options: leaf({ names: [generalName(2, "acme.example")] }),
    state: "unsupported",
    reason: /kind that is not known/,
  },
  "a certificate without an issuer of its identity": {
    options: leaf({ facts: { 9: SAN } }),
    state: "malformed",
    reason: /no OIDC issuer/,
  },
  "an issuer that is no text": {
    options: leaf({ facts: {}, more: [{ oid: "1.3.6.1.4.1.57264.1.8", value: Buffer.from(ISSUER) }] }),
    state: "malformed",
    reason: /57264\.1\.8 is no text/,
  },
  "an issuer that is a text of another alphabet": {
    options: leaf({ facts: {}, more: [{ oid: "1.3.6.1.4.1.57264.1.8", value: tlv(0x16, Buffer.from(ISSUER)) }] }),
    state: "malformed",
    reason: /57264\.1\.8 is no text/,
  },
  "bytes behind the certificate": {
    spoil: (b) => {
      const certificate = the(b.verificationMaterial.certificate);
      certificate.rawBytes = Buffer.concat([Buffer.from(certificate.rawBytes, "base64"), Buffer.from("x")]).toString(
        "base64",
      );
    },
    state: "malformed",
    reason: /not DER|cannot be read/,
  },
  "a chain that brings its own root": {
    options: { version: "0.1" },
    spoil: (b) => {
      const root = instance.fulcio.chain.at(-1) ?? Buffer.alloc(0);
      the(b.verificationMaterial.x509CertificateChain).certificates.push({ rawBytes: root.toString("base64") });
    },
    state: "malformed",
    reason: /brings its own root/,
  },
  "a chain in a version that has none": {
    options: { version: "0.1" },
    spoil: (b) => (b.mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"),
    state: "malformed",
    reason: /no bundle/,
  },
};

const TIMES: Rows = {
  "a timestamp over another signature": {
    options: rekor2,
    spoil: (b) => {
      const token = timestampToken(instance.tsa, Buffer.from("other"), SIGNED_AT).toString("base64");
      the(b.verificationMaterial.timestampVerificationData).rfc3161Timestamps = [{ signedTimestamp: token }];
    },
    state: "invalid",
    reason: /timestamp could not be verified/,
  },
  "a timestamp by an authority that only bears the right name": {
    options: rekor2,
    spoil: (b) => {
      const signature = Buffer.from(the(b.messageSignature).signature, "base64");
      const token = timestampToken(stranger.tsa, signature, SIGNED_AT).toString("base64");
      the(b.verificationMaterial.timestampVerificationData).rfc3161Timestamps = [{ signedTimestamp: token }];
    },
    state: "invalid",
    reason: /timestamp could not be verified/,
  },
  "a timestamp that was refused": {
    options: rekor2,
    spoil: (b) => {
      const signature = Buffer.from(the(b.messageSignature).signature, "base64");
      const token = timestampToken(instance.tsa, signature, SIGNED_AT, 2).toString("base64");
      the(b.verificationMaterial.timestampVerificationData).rfc3161Timestamps = [{ signedTimestamp: token }];
    },
    state: "malformed",
    reason: /was not granted/,
  },
  "a timestamp by an authority that nobody knows": {
    options: rekor2,
    trust: withRoot((root) => (root.timestampAuthorities = [])),
    state: "untrusted-signer",
    reason: /timestamp is by an authority that is not among/,
  },
  "a timestamp outside the authority's own time": {
    options: rekor2,
    trust: withRoot(({ timestampAuthorities: [tsa] }) =>
      Object.assign(tsa?.validFor ?? {}, { start: at(1).toISOString() }),
    ),
    state: "invalid",
    reason: /timestamp could not be verified/,
  },
  "no timestamp where the log gives none": {
    options: { ...rekor2, timestamps: [] },
    state: "invalid",
    reason: /nobody that is trusted says when/,
  },
  "one timestamp of two outside the certificate's time": {
    options: { timestamps: [at(60)] },
    state: "invalid",
    reason: /not good for the time/,
  },
  "a time after that of the check": {
    trust: { at: at(-60) },
    state: "invalid",
    reason: /after the time of this check/,
  },
  "a second time after that of the check": {
    options: { timestamps: [at(8)] },
    trust: { at: at(1) },
    state: "invalid",
    reason: /a timestamp authority saw it at .* after the time/,
  },
};

test("whatever is wrong in a certificate is found", (t) => runRows(t, CERTIFICATES));
test("whatever is wrong with the time is found", (t) => runRows(t, TIMES));

test("what a certificate states is compared whole", async () => {
  const bundle = forgeBundle(instance, { artifact: ARTIFACT });
  const pairs = [
    [SAN.slice(0, -1), ISSUER],
    [`${SAN}0`, ISSUER],
    [".*", ISSUER],
    [SAN.toUpperCase(), ISSUER],
    [SAN, `${ISSUER}/`],
    [SAN, ".*"],
    [ISSUER, SAN],
    ["", ""],
  ] as const;
  for (const [san, issuer] of pairs) {
    const judgement = await judge(bundle, trustIn(instance, { identities: [{ san, issuer }] }));
    assert.equal(judgement.state, "untrusted-signer", `${san} ${issuer}`);
    assert.equal(judgement.fits, true);
  }
});

test("a certificate that nobody vouches for names no signer", async () => {
  const known = await judge(forgeBundle(instance, { artifact: ARTIFACT }), trustIn(instance, { identities: [] }));
  assert.equal(known.signer, `sigstore ${SAN} (issuer ${ISSUER})`);
  const forged = forgeBundle(instance, { artifact: ARTIFACT, leaf: { issuer: stranger.fulcio } });
  assert.equal((await judge(forged, trustIn(instance))).signer, undefined);
  assert.equal((await judge(forgeBundle(stranger, { artifact: ARTIFACT }), trustIn(instance))).signer, undefined);
});
