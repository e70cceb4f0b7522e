// Key files: what is refused in place of a public key, and keyrings that are large, mixed or partly unusable.

import { test } from "node:test";
import assert from "node:assert/strict";
import { UserError } from "../src/core/errors.ts";
import type { EvidenceFile } from "../src/verify/scheme.ts";
import { createSignatureReader, signersOf } from "../src/verify/signed.ts";
import { armored, certificate } from "./support/openpgp-certificate.ts";
import { forgeKey, forgeSignature, packet, SIGNED, u16, u32 } from "./support/openpgp-forge.ts";
import { file, fixture, judgeOne, stateOf, trusting } from "./support/openpgp-judging.ts";

const DOCUMENT = Buffer.from("what was signed\n");
const A = forgeKey(1);
const V6 = forgeKey(4, { version: 6 });
const good = forgeSignature(A, DOCUMENT);

const NOT_KEYS: readonly (readonly [what: string, key: EvidenceFile])[] = [
  ["a secret key", fixture("keys/test-only-secret.gpg")],
  ["an armored secret key", fixture("keys/test-only-secret.asc")],
  [
    "a public key behind which a secret key stands",
    file("k", Buffer.concat([certificate(A), fixture("keys/test-only-secret.gpg").bytes])),
  ],
  [
    "an armored public key behind which an armored secret key stands",
    file("k", Buffer.from(armored("PUBLIC KEY BLOCK", certificate(A)) + armored("PRIVATE KEY BLOCK", certificate(A)))),
  ],
  ["GnuPG's keybox", fixture("keys/pubring.kbx")],
  ["a web page", file("k", Buffer.from("<!DOCTYPE html>\n<html><body>Not found</body></html>\n"))],
  ["a signature", file("k", good)],
  ["an armored signature", file("k", Buffer.from(armored("SIGNATURE", good)))],
  ["nothing", file("k", Buffer.alloc(0))],
  ["text", file("k", Buffer.from("the key is on our web site\n"))],
  ["a key that is cut off", file("k", certificate(A).subarray(0, -1))],
  ["a key behind which other bytes stand", file("k", Buffer.concat([certificate(A), Buffer.from("x")]))],
  ["a subkey alone", file("k", packet(14, A.body))],
  [
    "an armor block without end",
    file("k", Buffer.from(armored("PUBLIC KEY BLOCK", certificate(A)).replace(/-----END[^]*/, ""))),
  ],
];

for (const [what, key] of NOT_KEYS) {
  test(`${what} is refused as a key file, and remarked on when it was found`, async () => {
    const named = signersOf(DOCUMENT, [file("s", good)], trusting({ keys: [key] }));
    await assert.rejects(named, (error) => error instanceof UserError && error.code === "key-malformed");
    const reader = createSignatureReader(trusting({ foundKeys: [key], fingerprints: [A.fingerprint] }));
    await reader.open(file("s", good));
    assert.deepEqual(
      reader.remarks().map(({ rule }) => rule),
      ["key-unusable"],
    );
  });
}

test("an armored keyring of several blocks with text around and between them is read whole", async () => {
  const [one, two] = [armored("PUBLIC KEY BLOCK", certificate(A)), armored("PUBLIC KEY BLOCK", certificate(V6))];
  const keys = [file("k", Buffer.from(`Our keys:\n\n${one}\nand the new one\n${two.replaceAll("\n", "\r\n")}bye`))];
  const both = Buffer.concat([good, forgeSignature(V6, DOCUMENT)]);
  const judgements = await signersOf(DOCUMENT, [file("s", both)], trusting({ keys }));
  assert.deepEqual(judgements.map(stateOf), ["verified", "verified"]);
});

test("a keyring of 500 keys: each signs for itself, and a damaged one in the middle breaks no other", async () => {
  const keys = Array.from({ length: 500 }, (_, index) => forgeKey(1000 + index));
  const certificates = keys.map((key, index) => (index === 250 ? packet(6, key.body) : certificate(key)));
  const trust = trusting({ keys: [file("ring", Buffer.concat(certificates))] });
  const signers = [0, 249, 250, 251, 499].map((index) => keys[index] ?? A);
  const signature = Buffer.concat(signers.map((key) => forgeSignature(key, DOCUMENT)));
  const judgements = await signersOf(DOCUMENT, [file("s", signature)], trust);
  assert.deepEqual(judgements.map(stateOf), ["verified", "verified", "invalid", "verified", "verified"]);
  assert.deepEqual(
    judgements.map(({ person }) => person),
    signers.map((key) => `openpgp ${key.fingerprint.toUpperCase()}`),
  );
});

test("a key of a version that is not supported is remarked on, and is no reason to refuse the others", async () => {
  const old = packet(6, Buffer.concat([Buffer.from([3]), u32(SIGNED), u16(0), Buffer.from([1])]));
  const trust = trusting({ keys: [file("ring", Buffer.concat([old, certificate(A)]))] });
  const reader = createSignatureReader(trust);
  await reader.open(file("s", good));
  assert.deepEqual(
    reader.remarks().map(({ rule }) => rule),
    ["key-unusable"],
  );
  assert.equal((await judgeOne(DOCUMENT, file("s", good), trust)).state, "verified");
});
