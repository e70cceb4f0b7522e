// The one promise that everything rests on: a signature is checked against the digest that we computed from the
// file, and not against anything that the library hashed itself. For every algorithm, with good and bad digests.

import { test } from "node:test";
import assert from "node:assert/strict";
import { hashBytes } from "../src/core/hash-set.ts";
import type { HashResult } from "../src/core/hash-set.ts";
import { textFile } from "../src/verify/evidence.ts";
import type { PendingSignature } from "../src/verify/scheme.ts";
import { createSignatureReader } from "../src/verify/signed.ts";
import { fixture, trusting } from "./support/openpgp-judging.ts";

const DOCUMENT = fixture("algorithms/document.txt").bytes;
const NOTHING = Buffer.alloc(0);
const OTHER = Buffer.from("what was not signed\n");

/** ECDSA takes in as many bits as its curve has; gpg signs digests of just that size, so every byte matters. */
const KINDS = ["ed25519", "new-ed25519", "v6", "rsa2048", "nistp256", "nistp384", "brainpoolP256r1"];

async function pending(kind: string, name: string): Promise<PendingSignature> {
  const trust = trusting({ keys: [fixture(`algorithms/${kind}.gpg`)] });
  const found = await createSignatureReader(trust).open(fixture(`algorithms/${name}.sig`));
  const [signature] = found?.opened.signatures ?? [];
  assert.ok(signature !== undefined);
  return signature;
}

/** What the signature says of a file with these bytes. */
function digestOf(signature: PendingSignature, bytes: Uint8Array): HashResult {
  const [result] = hashBytes(bytes, signature.needs);
  assert.ok(result !== undefined);
  return result;
}

for (const kind of KINDS) {
  test(`${kind}: good over the bytes that were signed, and over no others`, async () => {
    const signature = await pending(kind, kind);
    const states: string[] = [];
    for (const bytes of [DOCUMENT, OTHER, NOTHING, DOCUMENT.subarray(1), Buffer.concat([DOCUMENT, DOCUMENT])]) {
      states.push((await signature.judge([digestOf(signature, bytes)], textFile(""))).state);
    }
    assert.deepEqual(states, ["verified", "invalid", "invalid", "invalid", "invalid"]);
  });

  test(`${kind}: a digest that differs in one bit of any byte is not verified`, async () => {
    const signature = await pending(kind, kind);
    const good = digestOf(signature, DOCUMENT);
    const believed: number[] = [];
    for (let at = 0; at < good.digest.length; at++) {
      const digest = Uint8Array.from(good.digest, (byte, index) => (index === at ? byte ^ 1 : byte));
      if ((await signature.judge([{ ...good, digest }], textFile(""))).state === "verified") believed.push(at);
    }
    assert.deepEqual(believed, []);
  });

  test(`${kind}: a digest that is cut off, empty, longer or of zeros is not verified`, async () => {
    const signature = await pending(kind, kind);
    const { digest } = digestOf(signature, DOCUMENT);
    const wrong = [
      digest.subarray(0, 2),
      digest.subarray(0, 31),
      NOTHING,
      Buffer.concat([digest.subarray(0, 2), Buffer.alloc(digest.length - 2)]),
      Buffer.alloc(digest.length),
      Buffer.concat([Buffer.alloc(1), digest]),
    ];
    for (const bytes of wrong) {
      const { state } = await signature.judge([{ digest: bytes, binary: false }], textFile(""));
      assert.equal(state, "invalid", `${bytes.length} bytes`);
    }
  });

  test(`${kind}: a signature over nothing is good for an empty file, and for no other`, async () => {
    // The library is handed an empty message beside our digest: it must not hash that.
    const signature = await pending(kind, `${kind}.empty`);
    assert.equal((await signature.judge([digestOf(signature, NOTHING)], textFile(""))).state, "verified");
    assert.equal((await signature.judge([digestOf(signature, DOCUMENT)], textFile(""))).state, "invalid");
  });

  test(`${kind}: the digest that was asked for must be given`, async () => {
    await assert.rejects((await pending(kind, kind)).judge([], textFile("")), /without the hash/);
  });

  test(`${kind}: one judgement says nothing about the next`, async () => {
    const signature = await pending(kind, kind);
    const [good, bad] = [digestOf(signature, DOCUMENT), digestOf(signature, OTHER)];
    const judgements = await Promise.all([good, bad, good, bad].map((hash) => signature.judge([hash], textFile(""))));
    assert.deepEqual(
      judgements.map(({ state }) => state),
      ["verified", "invalid", "verified", "invalid"],
    );
  });
}
