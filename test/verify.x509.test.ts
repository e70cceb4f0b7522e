// Chains of certificates that are made here: what an authority must be, and what it takes to come through to one.

import { test } from "node:test";
import assert from "node:assert/strict";
import type { Trust } from "../src/verify/scheme.ts";
import { readCertificate } from "../src/verify/x509-certificate.ts";
import { findAuthorities } from "../src/verify/x509-chain.ts";
import { ed25519Keys, extension, EXTENSIONS, goodParts, makeCertificate, makeMessage } from "./support/cms-forge.ts";
import { der, octets, oid, seq } from "./support/cms-forge.ts";
import type { CertificateParts } from "./support/cms-forge.ts";
import { AT, fingerprint, judgeOne, keyFingerprint } from "./support/cms-judging.ts";

const DOCUMENT = Buffer.from("A release\n");
const SERIAL = Buffer.from([1, 2, 3]);
const ROOT = { subject: "test-only-root", keys: ed25519Keys() };
const MIDDLE = { subject: "test-only-middle", keys: ed25519Keys() };
const LEAF = { subject: "test-only-acme", keys: ed25519Keys() };

const AUTHORITY = [EXTENSIONS.authority, EXTENSIONS.certSign];
const SIGNER = [EXTENSIONS.digitalSignature, EXTENSIONS.codeSigning];

const root = (parts: Partial<CertificateParts> = {}): Buffer =>
  makeCertificate({ ...ROOT, extensions: AUTHORITY, ...parts });
const middle = (parts: Partial<CertificateParts> = {}): Buffer =>
  makeCertificate({ ...MIDDLE, issuer: ROOT, extensions: AUTHORITY, ...parts });
const leaf = (parts: Partial<CertificateParts> = {}): Buffer =>
  makeCertificate({ ...LEAF, issuer: MIDDLE, extensions: SIGNER, serial: SERIAL, ...parts });

interface Chain {
  readonly root?: Buffer;
  readonly middle?: Buffer;
  readonly leaf?: Buffer;
  /** What the message carries besides the signer; the middle, when absent. */
  readonly carried?: readonly Buffer[];
}

async function stateOf(
  chain: Chain,
  trust: (chain: Required<Chain>) => Partial<Trust>,
): Promise<readonly [string, string]> {
  const made = { root: root(), middle: middle(), leaf: leaf(), carried: [chain.middle ?? middle()], ...chain };
  const signing = {
    document: DOCUMENT,
    certificate: made.leaf,
    keys: LEAF.keys,
    issuer: MIDDLE.subject,
    serial: SERIAL,
  };
  const message = makeMessage({ ...goodParts(signing), certificates: [...made.carried, made.leaf] });
  const { state, reason } = await judgeOne(DOCUMENT, message, trust(made));
  return [state, reason];
}

const byRoot = (chain: Required<Chain>): Partial<Trust> => ({ authorities: [{ source: "ca.der", bytes: chain.root }] });
const past = new Date("2026-01-10");
const unknownExtension = extension("1.2.3.4.5", octets(Buffer.alloc(1)), true);
const identifier = (bytes: string): Buffer => extension("2.5.29.14", octets(Buffer.from(bytes)));
const issuerIdentifier = (bytes: string): Buffer => extension("2.5.29.35", seq(der(0x80, Buffer.from(bytes))));
const anyPurpose = extension("2.5.29.37", seq(oid("2.5.29.37.0")));
const otherRoot = makeCertificate({ subject: ROOT.subject, keys: ed25519Keys(), extensions: AUTHORITY });

const ROWS: readonly (readonly [what: string, chain: Chain, state: string, reason?: RegExp])[] = [
  ["nothing special", {}, "verified"],
  [
    "certificates that are of no use before the right ones",
    { carried: [otherRoot, leaf({ serial: Buffer.from([7]) }), middle()] },
    "verified",
  ],
  ["nothing in between", { carried: [] }, "untrusted-signer", /neither a flag nor a policy/],
  ["the root inside, in place of what is in between", { carried: [root()] }, "untrusted-signer"],
  ["another root of the same name", { root: otherRoot }, "untrusted-signer"],
  [
    "something in between that the root did not sign",
    { middle: middle({ issuer: { ...ROOT, keys: ed25519Keys() } }) },
    "untrusted-signer",
  ],
  [
    "a signer that what is in between did not sign",
    { leaf: leaf({ issuer: { ...MIDDLE, keys: ed25519Keys() } }) },
    "untrusted-signer",
  ],
  [
    "something in between that is no authority",
    { middle: middle({ extensions: [EXTENSIONS.certSign] }) },
    "untrusted-signer",
    /no authority/,
  ],
  [
    "something in between that says CA:FALSE",
    { middle: middle({ extensions: [extension("2.5.29.19", seq()), EXTENSIONS.certSign] }) },
    "untrusted-signer",
    /no authority/,
  ],
  [
    "something in between whose key is not for certificates",
    { middle: middle({ extensions: [EXTENSIONS.authority, EXTENSIONS.digitalSignature] }) },
    "untrusted-signer",
    /not for certificates/,
  ],
  [
    "something in between without key usage",
    { middle: middle({ extensions: [EXTENSIONS.authority] }) },
    "untrusted-signer",
    /does not say that its key is for certificates/,
  ],
  ["a root that is no authority", { root: root({ extensions: [] }) }, "untrusted-signer", /no authority/],
  [
    "a root that allows one in between",
    { root: root({ extensions: [EXTENSIONS.authorityOver(1), EXTENSIONS.certSign] }) },
    "verified",
  ],
  [
    "a root that allows none in between",
    { root: root({ extensions: [EXTENSIONS.authorityOver(0), EXTENSIONS.certSign] }) },
    "untrusted-signer",
    /more authorities/,
  ],
  [
    "something in between that allows none below it",
    { middle: middle({ extensions: [EXTENSIONS.authorityOver(0), EXTENSIONS.certSign] }) },
    "verified",
  ],
  ["a signer without purpose", { leaf: leaf({ extensions: [] }) }, "untrusted-signer", /not for codeSigning/],
  [
    "a signer for timestamps",
    { leaf: leaf({ extensions: [EXTENSIONS.timeStamping] }) },
    "untrusted-signer",
    /not for codeSigning/,
  ],
  ["a signer for any purpose", { leaf: leaf({ extensions: [anyPurpose] }) }, "untrusted-signer", /not for codeSigning/],
  [
    "a signer whose key is for certificates alone",
    { leaf: leaf({ extensions: [EXTENSIONS.certSign, EXTENSIONS.codeSigning] }) },
    "untrusted-signer",
    /not for signatures/,
  ],
  ["a signer without key usage", { leaf: leaf({ extensions: [EXTENSIONS.codeSigning] }) }, "verified"],
  [
    "something in between for timestamps alone",
    { middle: middle({ extensions: [...AUTHORITY, EXTENSIONS.timeStamping] }) },
    "untrusted-signer",
    /not for codeSigning/,
  ],
  ["something in between for any purpose", { middle: middle({ extensions: [...AUTHORITY, anyPurpose] }) }, "verified"],
  [
    "an unknown critical extension in the signer",
    { leaf: leaf({ extensions: [...SIGNER, unknownExtension] }) },
    "unsupported",
    /1\.2\.3\.4\.5/,
  ],
  [
    "an unknown critical extension in between",
    { middle: middle({ extensions: [...AUTHORITY, unknownExtension] }) },
    "unsupported",
  ],
  [
    "an unknown critical extension in the root",
    { root: root({ extensions: [...AUTHORITY, unknownExtension] }) },
    "unsupported",
  ],
  [
    "an unknown extension that is not critical",
    { leaf: leaf({ extensions: [...SIGNER, extension("1.2.3.4.5", octets(Buffer.alloc(1)))] }) },
    "verified",
  ],
  [
    "name constraints that are not critical",
    { middle: middle({ extensions: [...AUTHORITY, extension("2.5.29.30", seq())] }) },
    "unsupported",
  ],
  [
    "key identifiers that agree",
    {
      middle: middle({ extensions: [...AUTHORITY, identifier("m")] }),
      leaf: leaf({ extensions: [...SIGNER, issuerIdentifier("m")] }),
    },
    "verified",
  ],
  [
    "key identifiers that differ",
    {
      middle: middle({ extensions: [...AUTHORITY, identifier("m")] }),
      leaf: leaf({ extensions: [...SIGNER, issuerIdentifier("n")] }),
    },
    "untrusted-signer",
  ],
  [
    "something in between that has expired",
    { middle: middle({ notAfter: past }) },
    "expired",
    /test-only-middle expired/,
  ],
  ["a root that has expired", { root: root({ notAfter: past }) }, "expired", /test-only-root expired/],
  ["a root of the future", { root: root({ notBefore: new Date("2040-01-01") }) }, "invalid", /not valid before/],
  ["a signer that has expired", { leaf: leaf({ notAfter: past }) }, "expired", /test-only-acme expired/],
  ["a signer of the future", { leaf: leaf({ notBefore: new Date("2040-01-01") }) }, "invalid", /not valid before/],
  [
    "a signer that was not valid yet when it says it signed",
    { leaf: leaf({ notBefore: new Date("2026-03-01") }) },
    "expired",
    /was not valid/,
  ],
  ["an expired way and a good one", { carried: [middle({ notAfter: past }), middle()] }, "verified"],
  [
    "an authority that issued itself in between",
    { carried: [middle(), makeCertificate({ ...MIDDLE, extensions: AUTHORITY })] },
    "verified",
  ],
];

for (const [what, chain, state, reason] of ROWS) {
  test(`${what}: ${state}`, async () => {
    const [actual, why] = await stateOf(chain, byRoot);
    assert.equal(actual, state, why);
    if (reason !== undefined) assert.match(why, reason);
  });
}

test("an authority in between is enough when it is named, whatever is above it", async () => {
  const lonely = { middle: middle({ issuer: { subject: "test-only-gone", keys: ed25519Keys() } }) };
  for (const identity of [fingerprint(lonely.middle), keyFingerprint(lonely.middle)]) {
    assert.equal((await stateOf(lonely, () => ({ fingerprints: [identity] })))[0], "verified");
  }
  assert.equal(
    (await stateOf(lonely, () => ({ keys: [{ source: "k", bytes: lonely.middle }] })))[0],
    "untrusted-signer",
  );
});

test("a pinned signer needs neither chain nor purpose, but dates and extensions that are understood", async () => {
  const pinned = async (parts: Partial<CertificateParts>): Promise<string> =>
    (await stateOf({ leaf: leaf(parts), carried: [] }, (made) => ({ fingerprints: [fingerprint(made.leaf)] })))[0];
  assert.equal(await pinned({ extensions: [] }), "verified");
  assert.equal(await pinned({ extensions: [unknownExtension] }), "unsupported");
  assert.equal(await pinned({ notAfter: past }), "expired");
  assert.equal(await pinned({ notBefore: new Date("2040-01-01") }), "invalid");
});

test("loops end, and very many certificates of one name cost little", () => {
  const loop = [makeCertificate({ ...ROOT, issuer: MIDDLE, extensions: AUTHORITY }), middle()];
  const many = Array.from({ length: 300 }, () => middle());
  const pool = [...loop, ...many].map(readCertificate);
  const question = { pool, isAuthority: () => false, purpose: "codeSigning", times: [AT] } as const;
  assert.deepEqual(findAuthorities(readCertificate(leaf()), question), { authorities: [], reached: [] });
});
