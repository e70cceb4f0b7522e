// Pins of every scheme: what is read, in which one notation it is kept, and what is refused in which words.

import { test } from "node:test";
import assert from "node:assert/strict";
import { UserError } from "../src/core/errors.ts";
import type { PinScheme } from "../src/core/signer.ts";
import { PIN_SCHEMES } from "../src/policy/pins.ts";
import {
  GOOD_PINS,
  ISSUER,
  OTHER_RAW,
  P256,
  RAW,
  RSA,
  SAN,
  edKey,
  identityIn,
  keyId,
  sshEd25519Key,
  sshKey,
} from "./support/pins.ts";
import { pinsOf, readJson, readSchema, testDocuments, withPins } from "./support/policy-documents.ts";

const HEX = "AB".repeat(32);
const SK = sshKey("sk-ssh-ed25519@openssh.com", OTHER_RAW, "ssh:");

/** What is written, and the identity that it is kept as. */
const NOTATIONS: readonly (readonly [string, PinScheme, unknown, string])[] = [
  ["an OpenPGP fingerprint in groups", "openpgp", GOOD_PINS.openpgp, "0123456789abcdef0123456789abcdef01234567"],
  ["a minisign key", "minisign", edKey(), edKey()],
  ["a signify key", "signify", edKey(), edKey()],
  ["an SSH key", "ssh", sshEd25519Key(), sshEd25519Key()],
  ["an SSH key with a comment", "ssh", `${sshEd25519Key()} alice at work`, sshEd25519Key()],
  ["an RSA key of SSH", "ssh", RSA, RSA],
  ["an ECDSA key of SSH", "ssh", P256, P256],
  ["an SSH key on a token", "ssh", SK, SK],
  ["a certificate's digest with colons", "x509", HEX.replaceAll(/(..)(?=.)/g, "$1:"), HEX.toLowerCase()],
  ["a certificate's digest in capitals", "x509", HEX, HEX.toLowerCase()],
  ["a registry key", "npm", keyId(), keyId()],
  ["a registry key with padding", "npm", `${keyId()}=`, keyId()],
  ["a certificate identity", "sigstore", { issuer: ISSUER, identity: SAN }, SAN],
  ["an e-mail address", "sigstore", { issuer: ISSUER, identity: "a.b+c@acme.example" }, "a.b+c@acme.example"],
];

for (const [name, scheme, written, identity] of NOTATIONS) {
  test(`pins: ${name} is kept in one notation`, () => {
    assert.deepEqual(
      pinsOf(withPins(scheme, written)).map((pin) => [pin.scheme, pin.identity]),
      [[scheme, identity]],
    );
  });
}

testDocuments(NOTATIONS.map(([name, scheme, written]) => ({ name, document: withPins(scheme, written) })));

test("pins: an object carries everything that its scheme knows", () => {
  const limits = { notBefore: "2025-01-01", notAfter: "2026-01-01", revoked: "stolen" };
  const read = { notBefore: "2025-01-01T00:00:00Z", notAfter: "2026-01-01T00:00:00Z", revoked: "stolen" };
  const weak = { allowWeak: { reason: "old", expires: "2027-01-01" } };
  const weakRead = { allowWeak: { reason: "old", expires: "2027-01-01T00:00:00Z" } };
  const ids = { issuer: ISSUER, repositoryId: "12345678901234567890", ownerId: "7" };
  assert.deepEqual(pinsOf(withPins("ssh", { key: sshEd25519Key(), namespace: "git", ...limits, ...weak })), [
    { scheme: "ssh", identity: sshEd25519Key(), namespace: "git", ...read, ...weakRead },
  ]);
  assert.deepEqual(pinsOf(withPins("sigstore", { identity: SAN, ...ids, ...limits })), [
    { scheme: "sigstore", identity: SAN, ...ids, ...read },
  ]);
  assert.deepEqual(pinsOf(withPins("x509", { fingerprint: HEX, ...limits, ...weak })), [
    { scheme: "x509", identity: HEX.toLowerCase(), ...read, ...weakRead },
  ]);
  for (const scheme of ["minisign", "signify"] as const)
    assert.deepEqual(pinsOf(withPins(scheme, { key: edKey(), ...limits })), [{ scheme, identity: edKey(), ...read }]);
  assert.deepEqual(pinsOf(withPins("npm", { keyId: keyId(), ...limits })), [
    { scheme: "npm", identity: keyId(), ...read },
  ]);
});

const SECRET = Buffer.concat([Buffer.from("Ed"), Buffer.alloc(156, 5)]).toString("base64");

testDocuments([
  { name: "a signer with pins of all schemes", document: { version: 1, signers: { acme: everyScheme() } } },
  { name: "a minisign key number", document: withPins("minisign", "0011223344556677"), refused: /is a key number/ },
  {
    name: "a whole minisign key file",
    document: withPins("minisign", `untrusted comment: x\n${edKey()}`),
    refused: /control/,
  },
  {
    name: "a key with white space behind it",
    document: withPins("minisign", `${edKey()} `),
    refused: /white space around/,
  },
  { name: "a key of another length", document: withPins("signify", edKey().slice(0, -4)), refused: /not a public key/ },
  {
    name: "a key in base64 of another kind",
    document: withPins("minisign", edKey(Buffer.alloc(32, 0xfb)).replaceAll("+", "-").replaceAll("/", "_")),
    refused: /not a public key/,
  },
  {
    name: "a prehashed key, which there is not",
    document: withPins("minisign", `RU${edKey().slice(2)}`),
    refused: /not a public key/,
  },
  {
    name: "a minisign pin with allowWeak",
    document: withPins("minisign", { key: edKey(), allowWeak: {} }),
    refused: /allowWeak: unknown key/,
  },
  { name: "an SSH fingerprint", document: withPins("ssh", keyId()), refused: /is the fingerprint of an SSH key/ },
  {
    name: "an SSH key with options",
    document: withPins("ssh", `namespaces="file" ${sshEd25519Key()}`),
    refused: /not an SSH public key/,
  },
  {
    name: "an SSH certificate",
    document: withPins("ssh", sshKey("ssh-ed25519-cert-v01@openssh.com", RAW)),
    refused: /is an SSH certificate/,
  },
  { name: "a DSA key of SSH", document: withPins("ssh", sshKey("ssh-dss", RAW)), refused: /is a DSA key/ },
  {
    name: "an SSH key that names two types",
    document: withPins("ssh", `ssh-rsa ${sshEd25519Key().split(" ")[1]}`),
    refused: /not a whole key/,
    readerOnly: true,
  },
  {
    name: "an SSH key that ends early",
    document: withPins("ssh", sshEd25519Key(RAW.subarray(1))),
    refused: /not a whole key/,
    readerOnly: true,
  },
  {
    name: "an SSH key with something behind it",
    document: withPins("ssh", sshKey("ssh-ed25519", RAW, "more")),
    refused: /not a whole key/,
    readerOnly: true,
  },
  {
    name: "an SSH key in two lines",
    document: withPins("ssh", `${sshEd25519Key()}\n${sshEd25519Key(OTHER_RAW)}`),
    refused: /control/,
  },
  {
    name: "an SSH namespace without letters",
    document: withPins("ssh", { key: sshEd25519Key(), namespace: "" }),
    refused: /namespace: must not be empty/,
  },
  { name: "a SHA-1 of a certificate", document: withPins("x509", "ab".repeat(20)), refused: /is a SHA-1/ },
  { name: "a digest with one digit too few", document: withPins("x509", HEX.slice(1)), refused: /not the SHA-256/ },
  { name: "a registry key by a short id", document: withPins("npm", "SHA256:abc"), refused: /not a key id/ },
  { name: "a registry key in hex", document: withPins("npm", HEX), refused: /not a key id/ },
  {
    name: "a registry key with stray bits",
    document: withPins("npm", `SHA256:${"A".repeat(42)}B`),
    refused: /not a key id/,
    readerOnly: true,
  },
  {
    name: "a certificate identity without issuer",
    document: withPins("sigstore", { identity: SAN }),
    refused: /"issuer" is missing/,
  },
  {
    name: "an issuer without identity",
    document: withPins("sigstore", { issuer: ISSUER }),
    refused: /"identity" is missing/,
  },
  { name: "a certificate identity as text", document: withPins("sigstore", SAN), refused: /must be an object/ },
  {
    name: "an identity with an asterisk",
    document: withPins("sigstore", { issuer: ISSUER, identity: "https://forge.example/acme/*" }),
    refused: /looks like a pattern/,
  },
  {
    name: "an identity with anchors",
    document: withPins("sigstore", { issuer: ISSUER, identity: `^${SAN}$` }),
    refused: /looks like a pattern/,
  },
  {
    name: "an identity with escaped dots",
    document: withPins("sigstore", { issuer: ISSUER, identity: "a@acme\\.example" }),
    refused: /looks like a pattern/,
  },
  {
    name: "an issuer that is no URL",
    document: withPins("sigstore", { issuer: "token.forge.example", identity: SAN }),
    refused: /not the URL of an issuer/,
  },
  {
    name: "an issuer with a pattern",
    document: withPins("sigstore", { issuer: "https://.+", identity: SAN }),
    refused: /looks like a pattern/,
  },
  {
    name: "an id as a number",
    document: withPins("sigstore", { issuer: ISSUER, identity: SAN, repositoryId: 7 }),
    refused: /repositoryId: must be a string/,
  },
  {
    name: "an id with a leading zero",
    document: withPins("sigstore", { issuer: ISSUER, identity: SAN, ownerId: "07" }),
    refused: /ownerId: not an id/,
  },
  {
    name: "a member of another scheme",
    document: withPins("minisign", { key: edKey(), namespace: "file" }),
    refused: /namespace: unknown key/,
  },
  {
    name: "a key twice under one name",
    document: withPins("ssh", sshEd25519Key(), { key: sshEd25519Key(), revoked: "x" }),
    refused: /ssh\[1\]: .* appears twice/,
    readerOnly: true,
  },
  {
    name: "a key twice under one name for two purposes",
    document: withPins("ssh", sshEd25519Key(), { key: sshEd25519Key(), namespace: "git" }),
  },
  { name: "an identity for two repositories", document: withPins("sigstore", identityIn("1"), identityIn("2")) },
  {
    name: "an identity twice for one repository",
    document: withPins("sigstore", identityIn("1"), { ...identityIn("1"), revoked: "x" }),
    refused: /appears twice/,
    readerOnly: true,
  },
]);

function everyScheme(): object {
  return Object.fromEntries(Object.entries(GOOD_PINS).map(([scheme, pin]) => [scheme, [pin]]));
}

test("pins: a secret key is refused and not repeated", () => {
  assert.throws(
    () => readJson(withPins("minisign", SECRET)),
    (error) => error instanceof UserError && /is a secret key/.test(error.message) && !error.message.includes(SECRET),
  );
});

test("pins: the schema knows the schemes of the table", () => {
  const schema = readSchema() as unknown as { $defs: { signer: { properties: object; anyOf: unknown } } };
  const { properties, anyOf } = schema.$defs.signer;
  assert.deepEqual(Object.keys(properties), [...PIN_SCHEMES, "keys"]);
  assert.deepEqual(
    anyOf,
    PIN_SCHEMES.map((scheme) => ({ required: [scheme] })),
  );
});
