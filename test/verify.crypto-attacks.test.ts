// Attacks on the cryptography of signature schemes: good signatures that were made for something else, and chains and
// claims that anybody can forge.

import { test } from "node:test";
import assert from "node:assert/strict";
import { constants, createHash, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Judgement } from "../src/verify/scheme.ts";
import { npm } from "../src/verify/npm.ts";
import { spkiDigest } from "../src/core/ed25519.ts";
import { listNames, readKeyLines } from "../src/verify/ssh-allowed.ts";
import { keyProblem } from "../src/verify/sigstore-key.ts";
import * as cms from "./support/cms-forge.ts";
import { AT, fingerprint, judgeOne as judgeCms } from "./support/cms-judging.ts";
import { createKeys, json, judgeOne as judgeNpm, NAME, pemFile } from "./support/npm-registry.ts";
import { pinned, registrySignature, VERSION } from "./support/npm-registry.ts";
import { file, judgeOne, trusting } from "./support/openpgp-judging.ts";
import { forgeBundle, FULCIO, ISSUER } from "./support/sigstore-forge.ts";
import { createInstance } from "./support/sigstore-instance.ts";
import { ARTIFACT, judgeFile as judgeBundles, trustIn } from "./support/sigstore-judging.ts";
import { ed25519, publicLine } from "./support/ssh-signer.ts";

// minisign: https://jedisct1.github.io/minisign, "Signature format".
const number = Buffer.from("boltseal");
const pair = generateKeyPairSync("ed25519");
const raw = Buffer.from(pair.publicKey.export({ format: "jwk" }).x ?? "", "base64url");
const key = file("acme.pub", Buffer.concat([Buffer.from("Ed"), number, raw]));
const keyFile = file("acme.pub", Buffer.from(`${Buffer.from(key.bytes).toString("base64")}\n`));
const ed = (bytes: Uint8Array): Buffer => sign(null, bytes, pair.privateKey);
const line = (algorithm: string, signature: Uint8Array): string =>
  Buffer.concat([Buffer.from(algorithm), number, signature]).toString("base64");

const COMMENT = "timestamp:1769947200";
const hash = createHash("blake2b512").update("a release\n").digest();
const overHash = ed(hash);
const global = ed(Buffer.concat([overHash, Buffer.from(COMMENT)]));
const minisig = (algorithm: string, signature: Uint8Array): string =>
  `untrusted comment: x\n${line(algorithm, signature)}\ntrusted comment: ${COMMENT}\n${ed(
    Buffer.concat([signature, Buffer.from(COMMENT)]),
  ).toString("base64")}\n`;
const signify = (signature: Uint8Array): string => `untrusted comment: x\n${line("Ed", signature)}\n`;
const binary = Buffer.alloc(64, 0xf0);
const digits = Buffer.from("0123456789abcdef".repeat(4));

const ED: readonly (readonly [row: string, bytes: Uint8Array, signature: string, state: string])[] = [
  ["the prehashed signature itself", Buffer.from("a release\n"), minisig("ED", overHash), "verified"],
  ["a hash, with the signature called legacy", hash, minisig("Ed", overHash), "unsupported"],
  ["a hash, with the signature as signify's", hash, signify(overHash), "unsupported"],
  [
    "signature and comment, as signify's",
    Buffer.concat([overHash, Buffer.from(COMMENT)]),
    signify(global),
    "unsupported",
  ],
  ["64 bytes of text", digits, signify(ed(digits)), "verified"],
  [
    "64 bytes that are no text, prehashed",
    binary,
    minisig("ED", ed(createHash("blake2b512").update(binary).digest())),
    "verified",
  ],
  [
    "a longer binary file",
    Buffer.concat([binary, Buffer.from("a\nb")]),
    signify(ed(Buffer.concat([binary, Buffer.from("a\nb")]))),
    "verified",
  ],
];

for (const [row, bytes, signature, state] of ED) {
  test(`a key of minisign, and ${row}: ${state}`, async () => {
    const judgement = await judgeOne(bytes, file("x.sig", Buffer.from(signature)), trusting({ keys: [keyFile] }));
    assert.equal(judgement.state, state, judgement.reason);
  });
}

test("keys that share a number with hundreds of others are tried a few times, those that were chosen first", async () => {
  const others = Array.from({ length: 300 }, () => {
    const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
    return Buffer.concat([Buffer.from("Ed"), number, Buffer.from(x, "base64url")]).toString("base64");
  });
  const crowd = file("KEYS", Buffer.from(`${others.join("\n")}\n${Buffer.from(key.bytes).toString("base64")}\n`));
  const signature = file("x.sig", Buffer.from(signify(ed(digits))));
  const chosen = spkiDigest(pair.publicKey.export({ type: "spki", format: "der" }));
  const found = await judgeOne(digits, signature, trusting({ foundKeys: [crowd], fingerprints: [chosen] }));
  assert.equal(found.state, "verified");
  const unchosen = await judgeOne(digits, signature, trusting({ foundKeys: [crowd], fingerprints: ["00".repeat(32)] }));
  assert.notEqual(unchosen.state, "verified");
});

test("a file of bundles that would have the file gone through dozens of times is malformed", async () => {
  const instance = createInstance();
  const bundle = JSON.stringify(forgeBundle(instance, { artifact: ARTIFACT }));
  const lines = (count: number): string => `${Array.from({ length: count }, () => bundle).join("\n")}\n`;
  const few = await judgeBundles(lines(8), trustIn(instance));
  assert.deepEqual(new Set(few.map(({ state }) => state)), new Set(["verified"]));
  const many = await judgeBundles(lines(9), trustIn(instance));
  assert.deepEqual(
    many.map(({ state }) => state),
    ["malformed"],
  );
});

test("a certificate whose old and new extension name different OIDC issuers is malformed", async () => {
  const instance = createInstance();
  const judgeWith = async (old: string): Promise<Judgement | undefined> => {
    const leafWithBoth = { more: [{ oid: `${FULCIO}.1`, value: Buffer.from(old) }] };
    const bundle = forgeBundle(instance, { artifact: ARTIFACT, leaf: leafWithBoth });
    return (await judgeBundles(JSON.stringify(bundle), trustIn(instance)))[0];
  };
  assert.equal((await judgeWith(ISSUER))?.state, "verified");
  const two = await judgeWith("https://evil.example");
  assert.equal(two?.state, "malformed");
  assert.match(two?.reason ?? "", /two OIDC issuers/);
});

const DOCUMENT = Buffer.from("a release\n");
const SERIAL = Buffer.from([1, 2, 3]);
const { EXTENSIONS } = cms;

interface IssuerSigning {
  readonly keys: cms.Keys;
  readonly algorithm: Buffer;
  readonly sign: (tbs: Buffer) => Buffer;
}

/** Issued by a name with a key of any kind. */
function issued(
  subject: string,
  spki: KeyObject,
  issuer: string,
  by: IssuerSigning,
  extensions: readonly Buffer[],
): Buffer {
  const tbs = cms.seq(
    ...[cms.context(0, cms.int(2)), cms.int(SERIAL), by.algorithm, cms.name(issuer)],
    cms.seq(cms.time(new Date("2026-01-01")), cms.time(new Date("2045-01-01"))),
    ...[cms.name(subject), spki.export({ type: "spki", format: "der" }), cms.context(3, cms.seq(...extensions))],
  );
  return cms.seq(tbs, by.algorithm, cms.bits(by.sign(tbs)));
}

const AUTHORITY = [EXTENSIONS.authority, EXTENSIONS.certSign];
const LEAF = [EXTENSIONS.digitalSignature, EXTENSIONS.codeSigning];
const root = cms.ed25519Keys();
const leaf = cms.ed25519Keys();
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** A document signed by `leaf`, whose certificate is issued in this way; the root's key is another. */
async function judgeIssuedBy(by: IssuerSigning): Promise<Judgement> {
  const trusted = cms.makeCertificate({ subject: "root", keys: root, extensions: AUTHORITY });
  const ed25519Root: IssuerSigning = {
    ...{ keys: root, algorithm: cms.seq(cms.oid(cms.OID.ed25519)) },
    sign: (tbs) => sign(null, tbs, root.privateKey),
  };
  const middle = issued("middle", by.keys.publicKey, "root", ed25519Root, AUTHORITY);
  const certificate = issued("acme", leaf.publicKey, "middle", by, LEAF);
  const parts = cms.goodParts({ document: DOCUMENT, certificate, keys: leaf, issuer: "middle", serial: SERIAL });
  const message = cms.makeMessage({ ...parts, certificates: [certificate, middle] });
  return judgeCms(DOCUMENT, message, { at: AT, now: AT, authorities: [file("root.der", trusted)] });
}

const pss = (name: string, ...parameters: readonly Buffer[]): IssuerSigning => ({
  ...{ keys: rsa, algorithm: cms.seq(cms.oid(cms.OID.pss), cms.seq(...parameters)) },
  sign: (tbs) => sign(name, tbs, { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 20 }),
});
const pkcs1 = (name: string, oid: string): IssuerSigning => ({
  ...{ keys: rsa, algorithm: cms.seq(cms.oid(oid), cms.NULL) },
  sign: (tbs) => sign(name, tbs, rsa.privateKey),
});
const curve = (namedCurve: string): IssuerSigning => {
  const keys = generateKeyPairSync("ec", { namedCurve });
  const algorithm = cms.seq(cms.oid(cms.OID.ecdsaSha256));
  return { keys, algorithm, sign: (tbs) => sign("sha256", tbs, keys.privateKey) };
};
const sha256 = cms.seq(cms.oid(cms.OID.sha256), cms.NULL);

const CHAINS: readonly (readonly [row: string, by: () => IssuerSigning, state: string, reason: RegExp])[] = [
  ["RSASSA-PSS with its default, SHA-1", () => pss("sha1"), "weak", /signed with a weak hash/],
  [
    "RSASSA-PSS with SHA-256",
    () => pss("sha256", cms.context(0, sha256), cms.context(1, cms.seq(cms.oid(cms.OID.mgf1), sha256))),
    ...(["verified", /these bytes/] as const),
  ],
  ["RSA and RIPEMD-160", () => pkcs1("ripemd160", "1.3.36.3.3.1.2"), "weak", /signed with a weak hash/],
  ["RSA and SHA-224", () => pkcs1("sha224", "1.2.840.113549.1.1.14"), "verified", /these bytes/],
  ["a curve of 192 bits", () => curve("prime192v1"), "weak", /curve prime192v1, which is too weak/],
  ["another curve of 256 bits", () => curve("secp256k1"), "verified", /these bytes/],
];

for (const [row, by, state, reason] of CHAINS) {
  test(`a chain whose authority signs with ${row}: ${state}`, async () => {
    const judgement = await judgeIssuedBy(by());
    assert.equal(judgement.state, state, judgement.reason);
    assert.match(judgement.reason, reason);
  });
}

test("a key that anybody can sign for answers for nothing", async () => {
  // The neutral point: one signature is good for all messages.
  const point = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]);
  const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), point]);
  const certificate = cms.makeCertificate({ subject: "acme", keys: leaf, serial: SERIAL, spki });
  const parts = cms.goodParts({ document: DOCUMENT, certificate, keys: leaf, issuer: "acme", serial: SERIAL });
  const message = cms.makeMessage({ ...parts, sign: () => Buffer.concat([point, Buffer.alloc(32)]) });
  const judgement = await judgeCms(DOCUMENT, message, { at: AT, now: AT, fingerprints: [fingerprint(certificate)] });
  // Newer OpenSSL refuses such a key itself, so that the signature is not valid.
  assert.ok(["weak", "invalid"].includes(judgement.state), judgement.reason);
  assert.equal(keyProblem(createPublicKey({ key: spki, format: "der", type: "spki" }))?.state, "weak");
  const { n = "" } = rsa.publicKey.export({ format: "jwk" });
  const one = createPublicKey({ key: { kty: "RSA", n, e: "AQ" }, format: "jwk" });
  assert.equal(keyProblem(one)?.state, "weak");
});

test("a time of publication that nobody signed brings no signature into the time of a pin", async () => {
  const keys = createKeys();
  const document = { name: NAME, version: VERSION, signatures: [registrySignature(keys)] };
  const ended = pinned({ identity: keys.id, notAfter: "2026-01-01T00:00:00Z" }, { policyKeys: [pemFile(keys)] });
  for (const more of [{}, { publishedAt: "2025-12-01T00:00:00Z" }, { publishedAt: "2026-02-01T00:00:00Z" }]) {
    const judgement = await judgeNpm(npm, json({ ...document, ...more }), ended);
    assert.equal(judgement.state, "untrusted-signer", JSON.stringify(more));
  }
  const begins = pinned({ identity: keys.id, notBefore: "2026-01-01T00:00:00Z" }, { policyKeys: [pemFile(keys)] });
  const before = json({ ...document, publishedAt: "2025-12-01T00:00:00Z" });
  assert.equal((await judgeNpm(npm, before, begins)).state, "untrusted-signer");
  assert.equal((await judgeNpm(npm, json(document), begins)).state, "verified");
});

test("wildcards of SSH's pattern lists match a slash, too", () => {
  assert.equal(listNames("*,!a?b", "a/b"), false);
  assert.equal(listNames("a?b", "a/b"), true);
  assert.equal(listNames("a*c", "a/b/c"), true);
  assert.equal(listNames("a?b", "ab"), false);
});

test("a line of allowed signers that only says who it is not names nobody", () => {
  const text = publicLine(ed25519());
  const read = (principals: string): readonly string[] =>
    readKeyLines(Buffer.from(`${principals} ${text}\n`)).map((one) => ("reason" in one ? one.reason : "read"));
  assert.deepEqual(read("!acme"), ["its principals only say who it is not"]);
  assert.deepEqual(read("*,!acme"), ["read"]);
});
