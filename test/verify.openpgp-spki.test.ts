// The key of an OpenPGP signature in the notation of all other schemes: one key in two of them is one person.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash, createPublicKey } from "node:crypto";
import type { JsonWebKey } from "node:crypto";
import { readKeys } from "openpgp";
import { fixture, judgeOne, trusting } from "./support/openpgp-judging.ts";

interface Params {
  readonly n?: Uint8Array;
  readonly e?: Uint8Array;
  readonly A?: Uint8Array;
  readonly Q?: Uint8Array;
}

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("base64url");

/** The halves of an uncompressed point, behind its first byte. */
function point(crv: string, Q: Uint8Array | undefined): JsonWebKey {
  const bytes = Buffer.from(Q ?? []).subarray(1);
  return {
    kty: "EC",
    crv,
    x: text(bytes.subarray(0, bytes.length / 2)),
    y: text(bytes.subarray(bytes.length / 2)),
  };
}

const okp = (x: Uint8Array | undefined): JsonWebKey => ({ kty: "OKP", crv: "Ed25519", x: text(x) });

const KEYS: Readonly<Record<string, (params: Params) => JsonWebKey>> = {
  rsa2048: ({ n, e }) => ({ kty: "RSA", n: text(n), e: text(e) }),
  nistp256: ({ Q }) => point("P-256", Q),
  nistp384: ({ Q }) => point("P-384", Q),
  ed25519: ({ Q }) => okp(Q?.subarray(1)),
  "new-ed25519": ({ A }) => okp(A),
};

for (const [name, jwkOf] of Object.entries(KEYS)) {
  test(`the key of an OpenPGP signature by ${name} is named as node:crypto writes it`, async () => {
    const keys = fixture(`algorithms/${name}.gpg`);
    const trust = trusting({ keys: [keys] });
    const judgement = await judgeOne(
      fixture("algorithms/document.txt").bytes,
      fixture(`algorithms/${name}.sig`),
      trust,
    );
    assert.equal(judgement.state, "verified", judgement.reason);
    const [key] = await readKeys({ binaryKeys: new Uint8Array(keys.bytes) });
    const issuers = [key?.keyPacket, ...(key?.subkeys ?? []).map(({ keyPacket }) => keyPacket)];
    const expected = issuers.flatMap((packet) => {
      const params = packet?.publicParams as Params;
      const object = createPublicKey({ key: jwkOf(params), format: "jwk" });
      return createHash("sha256")
        .update(object.export({ format: "der", type: "spki" }))
        .digest("hex");
    });
    assert.ok(judgement.key !== undefined && expected.includes(judgement.key), judgement.key);
  });
}
