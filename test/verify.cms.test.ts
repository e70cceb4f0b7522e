// CMS signatures that OpenSSL made: what each proves, by whom, and when.

import { test } from "node:test";
import assert from "node:assert/strict";
import type { Trust } from "../src/verify/scheme.ts";
import { DOCUMENT, fingerprint, fixture, judgeOne, keyFingerprint, pinning } from "./support/cms-judging.ts";

const pem = (name: string): Uint8Array => fixture(`${name}.pem`).bytes;
const pinned = (name: string): Partial<Trust> => ({ fingerprints: [fingerprint(pem(name))] });
const ROOT_FILE: Partial<Trust> = { authorities: [fixture("root.pem")] };
const later = (year: number): Partial<Trust> => ({ at: new Date(`${year}-01-01T00:00:00Z`) });

type Row = readonly [what: string, signature: string, trust: Partial<Trust>, state: string, reason?: RegExp];

const ROWS: readonly Row[] = [
  // What is signed, and how.
  ["RSA, its certificate pinned", "rsa", pinned("rsa"), "verified"],
  ["RSASSA-PSS", "rsa-pss", pinned("rsa"), "verified"],
  ["RSASSA-PSS with SHA-512 and a salt of 20 bytes", "pss-sha512", pinned("rsa"), "verified"],
  ["P-256", "p256", pinned("p256"), "verified"],
  ["P-384", "p384", pinned("p384"), "verified"],
  ["P-521", "p521", pinned("p521"), "verified"],
  ["a signer that is named by key identifier", "key-identifier", pinned("p256"), "verified"],
  ["PEM", "text", pinned("p256"), "verified"],
  ["a PKCS #7 signature, by openssl smime", "smime", pinned("rsa"), "verified"],
  ["a signer that states its certificate", "cades", pinned("p256"), "verified"],
  ["a signature over another file", "other-file", pinned("p256"), "invalid", /not valid for these bytes/],
  ["content inside", "attached", pinned("p256"), "malformed", /carries its own content/],
  ["two signers", "two-signers", pinned("p256"), "malformed", /holds 2 signatures/],
  ["lengths that are not definite", "indefinite", pinned("p256"), "malformed", /indefinite length/],
  ["no signed attributes", "no-attributes", pinned("p256"), "unsupported", /no signed attributes/],
  ["a curve that is not checked", "brainpool", pinned("brainpool"), "unsupported", /brainpoolP256r1/],
  ["SHA-1", "sha1", pinned("rsa"), "weak", /sha1/],
  ["RSA with 1024 bits", "weak-key", pinned("weak-key"), "weak", /1024 bits/],

  // Who is trusted.
  ["nobody", "rsa", {}, "untrusted-signer", /neither a flag nor a policy/],
  ["somebody else", "rsa", pinned("p256"), "untrusted-signer"],
  ["the key of the certificate by fingerprint", "rsa", { fingerprints: [keyFingerprint(pem("rsa"))] }, "verified"],
  ["the certificate as --key", "rsa", { keys: [fixture("rsa.pem")] }, "verified"],
  ["another certificate as --key", "rsa", { keys: [fixture("p256.pem")] }, "untrusted-signer"],
  [
    "the certificate as --key, and another fingerprint",
    "rsa",
    { keys: [fixture("rsa.pem")], ...pinned("p256") },
    "untrusted-signer",
  ],
  ["the authority of its authority", "rsa", ROOT_FILE, "verified"],
  ["its authority, in place of the root", "rsa", { authorities: [fixture("issuer.pem")] }, "verified"],
  ["its authority by fingerprint", "rsa", pinned("issuer"), "verified"],
  ["the key of its authority by fingerprint", "p256", { fingerprints: [keyFingerprint(pem("issuer"))] }, "verified"],
  ["its authority, narrowed to somebody else", "rsa", { ...ROOT_FILE, ...pinned("p256") }, "untrusted-signer"],
  ["its authority, narrowed to it", "rsa", { ...ROOT_FILE, ...pinned("rsa") }, "verified"],
  ["its own certificate in place of an authority", "self", { authorities: [fixture("self.pem")] }, "untrusted-signer"],
  ["a self-signed certificate, pinned", "self", pinned("self"), "verified"],
  ["no certificate inside, its certificate as --key", "no-certificates", { keys: [fixture("p256.pem")] }, "verified"],
  ["no certificate inside, and none given", "no-certificates", pinned("p256"), "untrusted-signer", /does not hold/],
  [
    "no certificate inside, and the chain by --ca-file",
    "no-certificates",
    { ...ROOT_FILE, policyKeys: [fixture("p256.pem"), fixture("issuer.pem")] },
    "verified",
  ],

  // What a chain must fulfil, and a pin need not.
  ["no purpose, by authority", "no-purpose", ROOT_FILE, "untrusted-signer", /not for codeSigning/],
  ["no purpose, pinned", "no-purpose", pinned("no-purpose"), "verified"],
  [
    "issued by a signer that is no authority",
    "mallory",
    ROOT_FILE,
    "untrusted-signer",
    /test-only-rsa, which is no authority/,
  ],
  ["issued by a pinned signer that is no authority", "mallory", pinned("rsa"), "untrusted-signer", /no authority/],
  ["more authorities than allowed", "too-deep", ROOT_FILE, "untrusted-signer", /more authorities above it/],
  ["name constraints", "in-limits", ROOT_FILE, "unsupported", /2\.5\.29\.30/],
  ["name constraints, pinned", "in-limits", pinned("in-limits"), "verified"],
  ["a certificate signed with SHA-1", "weak-link", ROOT_FILE, "weak", /weak hash/],
  ["a certificate signed with SHA-1, pinned", "weak-link", pinned("weak-link"), "verified"],
  ["an authority that has expired", "rsa", { ...ROOT_FILE, ...later(2046) }, "expired", /test-only-.* expired at/],

  // When.
  ["while it is valid", "expired-later", ROOT_FILE, "verified"],
  [
    "after it has expired, by authority",
    "expired-later",
    { ...ROOT_FILE, ...later(2027) },
    "expired",
    /expired at 2026-04-01/,
  ],
  [
    "after it has expired, pinned",
    "expired-later",
    { ...pinned("expired-later"), ...later(2027) },
    "expired",
    /signer's own claim/,
  ],
  [
    "before it was made",
    "rsa",
    { ...pinned("rsa"), at: new Date("2026-01-15") },
    "invalid",
    /after the time of this check/,
  ],
];

for (const [what, signature, trust, state, reason] of ROWS) {
  test(`${what}: ${state}`, async () => {
    const judgement = await judgeOne(DOCUMENT, fixture(`${signature}.p7s`).bytes, trust);
    assert.equal(judgement.state, state, judgement.reason);
    if (reason !== undefined) assert.match(judgement.reason, reason);
    // No other bytes are ever the signed ones.
    const other = await judgeOne(Buffer.concat([DOCUMENT, DOCUMENT]), fixture(`${signature}.p7s`).bytes, trust);
    assert.ok(["invalid", "malformed", "unsupported"].includes(other.state), other.state);
    assert.equal(other.fits, undefined);
  });
}

test("a judgement names certificate, subject, key and time", async () => {
  const { signer, key, time, fits, flagged, person } = await judgeOne(
    DOCUMENT,
    fixture("p256.p7s").bytes,
    pinned("p256"),
  );
  assert.equal(signer, `x509 ${fingerprint(pem("p256"))} (O=Boltseal, CN=test-only-p256)`);
  assert.equal(person, signer);
  assert.equal(key, keyFingerprint(pem("p256")));
  assert.deepEqual([time, fits, flagged], ["2026-02-01T12:00:00Z", true, true]);
});

test("pins of a policy: certificate, key and authority, windows, revocation, exceptions", async () => {
  const of = async (name: string, pin: Omit<Parameters<typeof pinning>[1], "identity">, identity: string) => {
    const signers = [pinning("acme", { identity, ...pin })];
    return await judgeOne(DOCUMENT, fixture(`${name}.p7s`).bytes, { signers });
  };
  const good = await of("rsa", {}, fingerprint(pem("rsa")));
  assert.deepEqual([good.state, good.name, good.person, good.flagged], ["verified", "acme", "acme", undefined]);
  assert.equal((await of("rsa", {}, keyFingerprint(pem("rsa")))).state, "verified");
  assert.equal((await of("rsa", {}, fingerprint(pem("issuer")))).state, "verified");
  assert.equal((await of("rsa", {}, keyFingerprint(pem("issuer")))).name, "acme");
  assert.equal((await of("rsa", { revoked: "stolen" }, keyFingerprint(pem("rsa")))).state, "revoked");
  assert.equal((await of("rsa", { revoked: "stolen" }, fingerprint(pem("issuer")))).state, "revoked");
  assert.equal(
    (await of("rsa", { notAfter: "2026-01-20T00:00:00Z" }, fingerprint(pem("rsa")))).state,
    "untrusted-signer",
  );
  const allowWeak = { reason: "until the next release", expires: "2026-12-31T00:00:00Z" };
  assert.equal((await of("weak-key", { allowWeak }, fingerprint(pem("weak-key")))).state, "verified");
  assert.equal((await of("weak-key", {}, fingerprint(pem("weak-key")))).state, "weak");
});

test("a revoked pin counts beside a flag that trusts the authority", async () => {
  const signers = [pinning("acme", { identity: fingerprint(pem("rsa")), revoked: "stolen" })];
  const { state } = await judgeOne(DOCUMENT, fixture("rsa.p7s").bytes, { ...ROOT_FILE, signers });
  assert.equal(state, "revoked");
});

test("an authority that a policy gave up is heard beside a pin, also through a chain that does not count", async () => {
  for (const [name, authority] of [
    ["weak-link", "root"],
    ["no-purpose", "issuer"],
    ["rsa", "issuer"],
  ] as const) {
    const signers = [pinning("acme", { identity: fingerprint(pem(authority)), revoked: "stolen" })];
    const trust = { ...pinned(name), policyKeys: [fixture(`${authority}.pem`)], signers };
    assert.equal((await judgeOne(DOCUMENT, fixture(`${name}.p7s`).bytes, trust)).state, "revoked", name);
  }
});

test("a chain that could be forged adds nothing to a pin", async () => {
  const signers = [pinning("acme", { identity: fingerprint(pem("weak-link")) })];
  const judgement = await judgeOne(DOCUMENT, fixture("weak-link.p7s").bytes, { ...ROOT_FILE, signers });
  assert.deepEqual([judgement.state, judgement.name, judgement.flagged], ["verified", "acme", undefined]);
});

test("whom an authority alone names is one person under all certificates of one subject", async () => {
  const people = await Promise.all(
    ["rsa", "rsa-pss", "p256"].map(
      async (file) => (await judgeOne(DOCUMENT, fixture(`${file}.p7s`).bytes, ROOT_FILE)).person,
    ),
  );
  assert.equal(people[0], people[1]);
  assert.notEqual(people[0], people[2]);
});

const UNUSABLE: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ["a block without end", pem("rsa").subarray(0, 400)],
  [
    "a private key",
    Buffer.concat([
      pem("rsa"),
      Buffer.from("-----BEGIN " + "PRIVATE KEY-----\nAAAA\n-----END " + "PRIVATE KEY-----\n"),
    ]),
  ],
  ["a certificate that is cut off", Buffer.from("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")],
  ["a public key that is none", Buffer.from("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n")],
];

for (const [what, bytes] of UNUSABLE) {
  test(`a named key file with ${what} is an error, a found one a remark`, async () => {
    const file = { source: "key.pem", bytes };
    const signature = fixture("rsa.p7s").bytes;
    for (const trust of [{ keys: [file] }, { authorities: [file] }]) {
      await assert.rejects(judgeOne(DOCUMENT, signature, trust), { code: "key-malformed" });
    }
    const { state } = await judgeOne(DOCUMENT, signature, { ...pinned("rsa"), foundKeys: [file], policyKeys: [file] });
    assert.equal(state, "verified");
  });
}
