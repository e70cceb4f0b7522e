// One key is one person, in whatever schemes and notations it is pinned; and damaged keys are not the same keys.

import { test } from "node:test";
import assert from "node:assert/strict";
import { UserError } from "../src/core/errors.ts";
import type { Pin } from "../src/core/signer.ts";
import {
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
  wire,
} from "./support/pins.ts";
import { pinsOf, readJson, withPins } from "./support/policy-documents.ts";

/** Two signers with pins of the same key. */
const SAME_KEY: readonly (readonly [string, object, object, refused: RegExp | undefined])[] = [
  ["a minisign key under two names", { minisign: [edKey()] }, { minisign: [edKey()] }, /"RW.*" appears twice/],
  [
    "a minisign key with another number",
    { minisign: [edKey()] },
    { minisign: [edKey(RAW, "8899aabbccddeeff")] },
    /is the same key as signers\.one\.minisign\[0\]/,
  ],
  ["a minisign and a signify key", { minisign: [edKey()] }, { signify: [edKey()] }, /appears twice/],
  [
    "a minisign and an SSH key",
    { minisign: [edKey()] },
    { ssh: [sshEd25519Key()] },
    /is the same key as signers\.one\.minisign\[0\]/,
  ],
  ["a signify key and the digest of its public key", { signify: [edKey()] }, { x509: [spki()] }, /is the same key/],
  [
    "an SSH key and one on a token",
    { ssh: [sshEd25519Key()] },
    { ssh: [sshKey("sk-ssh-ed25519@openssh.com", RAW, "ssh:")] },
    /is the same key/,
  ],
  [
    "an SSH key for two purposes",
    { ssh: [{ key: RSA, namespace: "a" }] },
    { ssh: [{ key: RSA, namespace: "b" }] },
    /appears twice/,
  ],
  [
    "a certificate identity of two repositories",
    { sigstore: [identityIn("1")] },
    { sigstore: [identityIn("2")] },
    /appears twice/,
  ],
  ["a registry key and its digest", { npm: [keyId()] }, { x509: [spki()] }, /is the same key/],
  ["two keys", { minisign: [edKey()] }, { ssh: [sshEd25519Key(OTHER_RAW)] }, undefined],
  [
    "one identity of two issuers",
    { sigstore: [{ issuer: ISSUER, identity: SAN }] },
    { sigstore: [{ issuer: `${ISSUER}:8443`, identity: SAN }] },
    undefined,
  ],
];

function spki(): string {
  return Buffer.from(keyId().slice("SHA256:".length), "base64").toString("hex");
}

for (const [name, one, two, refused] of SAME_KEY) {
  test(`pins: ${name} ${refused === undefined ? "are two people" : "are one person, and refused as two"}`, () => {
    const read = (): unknown => readJson({ version: 1, signers: { one, two } });
    if (refused === undefined) assert.doesNotThrow(read);
    else assert.throws(read, { code: "policy-malformed", message: refused });
    assert.doesNotThrow(() => readJson({ version: 1, signers: { one: { ...one, ...two } } }), "under one name");
  });
}

test("pins: every truncation and every changed character of a key is refused, or another key", () => {
  for (const [scheme, key] of [
    ["minisign", edKey()],
    ["ssh", sshEd25519Key()],
    ["ssh", P256],
    ["npm", keyId()],
    ["x509", "ab".repeat(32)],
  ] as const) {
    const variants = Array.from({ length: key.length }, (_, at) => [
      key.slice(0, at),
      `${key.slice(0, at)}${key[at] === "A" ? "B" : "A"}${key.slice(at + 1)}`,
      `${key.slice(0, at)} ${key.slice(at + 1)}`,
    ]).flat();
    for (const variant of variants) {
      let pins: readonly Pin[];
      try {
        pins = pinsOf(withPins(scheme, variant));
      } catch (error) {
        assert.ok(error instanceof UserError, String(error));
        continue;
      }
      // The digest's case is no part of it.
      if (variant !== key && variant.toLowerCase() !== key) assert.notEqual(pins[0]?.identity, key, variant);
    }
  }
});

test("pins: an SSH key whose lengths lie is refused", () => {
  const blob = wire("ssh-ed25519", RAW);
  for (const length of [0, 31, 33, 0x7fffffff, 0xffffffff]) {
    const changed = Buffer.from(blob);
    changed.writeUInt32BE(length, blob.length - 36);
    assert.throws(() => readJson(withPins("ssh", `ssh-ed25519 ${changed.toString("base64")}`)), {
      code: "policy-malformed",
    });
  }
});
