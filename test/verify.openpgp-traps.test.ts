// Signatures that were made to be misread, in every field that says how to read them.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createSignatureReader, signersOf } from "../src/verify/signed.ts";
import { armored, certificate } from "./support/openpgp-certificate.ts";
import {
  created,
  forgeKey,
  forgeSignature,
  forgeSignatureBody,
  issuerFingerprint,
  issuerKeyId,
  packet,
  SIGNED,
  subpacket,
  u16,
  u32,
} from "./support/openpgp-forge.ts";
import { file, judgeOne, stateOf, trusting } from "./support/openpgp-judging.ts";

const DOCUMENT = Buffer.from("what was signed\n");
const A = forgeKey(1);
const V6 = forgeKey(4, { version: 6 });
const TRUST = trusting({ keys: [file("a", certificate(A)), file("v6", certificate(V6))] });

async function statesOf(signature: Uint8Array): Promise<readonly string[]> {
  return (await signersOf(DOCUMENT, [file("signature", signature)], TRUST)).map(stateOf);
}

/** The signature by A with one byte of its body changed. */
function withByte(at: number, value: number): Buffer {
  const body = forgeSignatureBody(A, DOCUMENT);
  body[at] = value;
  return packet(2, body);
}

/** By A, with these subpackets behind the usual hashed ones. */
function withHashed(...more: readonly Buffer[]): Buffer {
  return forgeSignature(A, DOCUMENT, { hashed: [created(SIGNED), issuerFingerprint(A), ...more] });
}

/** Section 5.2.3.24: flags, lengths, name, value. */
function notation(name: string, value: string, critical: boolean): Buffer {
  const body = Buffer.concat([u32(0x80000000), u16(name.length), u16(value.length), Buffer.from(name + value)]);
  return subpacket(20, body, { critical });
}

/** Section 5.2.3.7: a subpacket whose length takes two octets. @param size 192 to 8383 */
function longSubpacket(size: number): Buffer {
  const length = size - 192;
  return Buffer.concat([Buffer.from([192 + (length >> 8), length & 255, 100]), Buffer.alloc(size - 1)]);
}

/** By A, with the length of one of its two subpacket areas changed. */
function withAreaLength(area: "signed" | "unsigned", by: number): Buffer {
  const body = forgeSignatureBody(A, DOCUMENT, { unhashed: [issuerKeyId(A)] });
  const at = area === "signed" ? 4 : 6 + body.readUInt16BE(4);
  body.writeUInt16BE(body.readUInt16BE(at) + by, at);
  return packet(2, body);
}

const good = forgeSignature(A, DOCUMENT);
/** A literal data packet (section 5.9) that holds the document. */
const literal = packet(11, Buffer.concat([Buffer.from("b\0"), u32(SIGNED), DOCUMENT]));
const marker = packet(10, Buffer.from("PGP"));

const TRAPS: readonly (readonly [what: string, signature: Buffer, states: readonly string[]])[] = [
  ["good, version 4", good, ["verified"]],
  ["good, version 6", forgeSignature(V6, DOCUMENT), ["verified"]],
  [
    "good, with a key id and no fingerprint",
    forgeSignature(A, DOCUMENT, { hashed: [created(SIGNED), issuerKeyId(A)] }),
    ["verified"],
  ],
  [
    "good, in an unhashed key id",
    forgeSignature(A, DOCUMENT, { hashed: [created(SIGNED)], unhashed: [issuerKeyId(A)] }),
    ["verified"],
  ],

  ["of no issuer", forgeSignature(A, DOCUMENT, { hashed: [created(SIGNED)] }), ["untrusted-signer"]],
  [
    "of the key id 0",
    forgeSignature(A, DOCUMENT, { hashed: [created(SIGNED), subpacket(16, Buffer.alloc(8))] }),
    ["untrusted-signer"],
  ],
  ["without a creation time", forgeSignature(A, DOCUMENT, { hashed: [issuerFingerprint(A)] }), ["malformed"]],
  [
    "with its creation time where it is not signed",
    forgeSignature(A, DOCUMENT, { hashed: [issuerFingerprint(A)], unhashed: [created(SIGNED)] }),
    ["malformed"],
  ],
  [
    "with an earlier expiry where it is not signed",
    forgeSignature(A, DOCUMENT, { unhashed: [subpacket(3, u32(1))] }),
    ["verified"],
  ],
  ...[0, 1, 3, 5, 8].flatMap((size) => [
    [
      `with a creation time of ${size} bytes`,
      forgeSignature(A, DOCUMENT, { hashed: [subpacket(2, Buffer.alloc(size, 1)), issuerFingerprint(A)] }),
      ["malformed"],
    ] as const,
    [`with an expiry of ${size} bytes`, withHashed(subpacket(3, Buffer.alloc(size, 1))), ["malformed"]] as const,
  ]),
  ["which never expires, and says so", withHashed(subpacket(3, u32(0))), ["verified"]],
  ["which expired after a second", withHashed(subpacket(3, u32(1))), ["expired"]],
  ["from 1970", forgeSignature(A, DOCUMENT, { hashed: [created(0), issuerFingerprint(A)] }), ["invalid"]],
  ["from 2106", forgeSignature(A, DOCUMENT, { hashed: [created(0xffffffff), issuerFingerprint(A)] }), ["invalid"]],
  [
    "a second older than its key",
    forgeSignature(A, DOCUMENT, { hashed: [created(Date.UTC(2026, 0, 1) / 1000 - 1), issuerFingerprint(A)] }),
    ["invalid"],
  ],

  ...[2, 3, 5, 7].map((version) => [`of version ${version}`, withByte(0, version), ["unsupported"]] as const),
  [
    "of version 3, whole",
    packet(2, Buffer.concat([Buffer.from([3, 5, 0]), u32(SIGNED), Buffer.alloc(8), Buffer.from([22, 8, 0, 0])])),
    ["unsupported"],
  ],
  ...[0x02, 0x10, 0x13, 0x16, 0x18, 0x19, 0x1f, 0x20, 0x28, 0x30, 0x40, 0x50].map(
    (type) =>
      [`of type 0x${type.toString(16)}, rightly made`, forgeSignature(A, DOCUMENT, { type }), ["malformed"]] as const,
  ),
  // ElGamal, which signed in the past: the library gives a packet without any fields for these.
  ["by ElGamal", withByte(2, 16), ["unsupported"]],
  ["by ElGamal, for signing and encrypting", withByte(2, 20), ["unsupported"]],
  ...[0, 2, 4, 18, 21, 23, 25, 26, 99, 100, 255].map(
    (algorithm) => [`by public-key algorithm ${algorithm}`, withByte(2, algorithm), ["unsupported"]] as const,
  ),
  ...[0, 4, 5, 6, 7, 13, 15, 99, 255].map((hash) => [`over hash ${hash}`, withByte(3, hash), ["unsupported"]] as const),
  ["over SHA-1", forgeSignature(A, DOCUMENT, { hash: 2, hashName: "sha1" }), ["weak"]],
  ["over MD5", forgeSignature(A, DOCUMENT, { hash: 1, hashName: "md5" }), ["weak"]],
  ["over SHA-224, too short for Ed25519", forgeSignature(A, DOCUMENT, { hash: 11, hashName: "sha224" }), ["weak"]],
  ["over SHA-512", forgeSignature(A, DOCUMENT, { hash: 10, hashName: "sha512" }), ["verified"]],
  ["over SHA3-256", forgeSignature(A, DOCUMENT, { hash: 12, hashName: "sha3-256" }), ["verified"]],
  [
    "that names another hash than it was made with",
    forgeSignature(A, DOCUMENT, { hash: 10, hashName: "sha256" }),
    ["invalid"],
  ],

  ["with a notation", withHashed(notation("note@boltseal.example", "x", false)), ["verified"]],
  ["with a critical notation", withHashed(notation("note@boltseal.example", "x", true)), ["unsupported"]],
  ["with a critical notation named __proto__", withHashed(notation("__proto__", "x", true)), ["unsupported"]],
  ["with an unknown subpacket", withHashed(subpacket(100, Buffer.from("x"))), ["verified"]],
  [
    "with an unknown critical subpacket",
    withHashed(subpacket(100, Buffer.from("x"), { critical: true })),
    ["unsupported"],
  ],
  [
    "with an unknown critical subpacket that is not signed",
    forgeSignature(A, DOCUMENT, { unhashed: [subpacket(100, Buffer.from("x"), { critical: true })] }),
    ["verified"],
  ],
  [
    "with a critical subpacket of an experiment",
    withHashed(subpacket(0, Buffer.from("x"), { critical: true })),
    ["unsupported"],
  ],

  ["with an unsigned area that ends within a subpacket", withAreaLength("unsigned", -1), ["malformed"]],
  ["with an unsigned area that takes in more", withAreaLength("unsigned", 1), ["malformed"]],
  ["with an unsigned area longer than the packet", withAreaLength("unsigned", 9000), ["malformed"]],
  ["with a signed area that ends within a subpacket", withAreaLength("signed", -1), ["malformed"]],
  ["with a signed area that takes in more", withAreaLength("signed", 1), ["malformed"]],
  ["with a subpacket of no length", withHashed(Buffer.from([0])), ["malformed"]],
  [
    "with subpackets of every form of length",
    withHashed(longSubpacket(200), subpacket(100, Buffer.alloc(200))),
    ["verified"],
  ],
  [
    "with a subpacket that is a signature of the future",
    withHashed(subpacket(32, Buffer.from([9, 0x19]))),
    ["unsupported"],
  ],

  ["of version 6 with a salt of 15 bytes", forgeSignature(V6, DOCUMENT, { salt: Buffer.alloc(15) }), ["malformed"]],
  ["of version 6 with a salt of 32 bytes", forgeSignature(V6, DOCUMENT, { salt: Buffer.alloc(32) }), ["malformed"]],
  ["of version 6 without a salt", forgeSignature(V6, DOCUMENT, { salt: Buffer.alloc(0) }), ["malformed"]],
  ["of version 6 by a version 4 key", forgeSignature(A, DOCUMENT, { version: 6 }), ["malformed"]],
  ["of version 4 by a version 6 key", forgeSignature(V6, DOCUMENT, { version: 4 }), ["malformed"]],

  ["followed by the document", Buffer.concat([good, literal]), ["malformed"]],
  ["behind the document", Buffer.concat([literal, good]), ["malformed"]],
  ["within a marker", Buffer.concat([marker, good, marker]), ["verified"]],
  ["of which there is none but a marker", marker, ["malformed"]],
  ["followed by padding", Buffer.concat([good, packet(21, Buffer.alloc(9))]), ["verified"]],
  ["followed by a key", Buffer.concat([good, certificate(A)]), ["malformed"]],
  ["followed by a user id", Buffer.concat([good, packet(13, Buffer.from("x"))]), ["malformed"]],
  ["followed by a packet of a private kind", Buffer.concat([good, packet(60, Buffer.from("x"))]), ["malformed"]],
  ["64 times", Buffer.concat(Array.from({ length: 64 }, () => good)), Array.from({ length: 64 }, () => "verified")],
  ["65 times", Buffer.concat(Array.from({ length: 65 }, () => good)), ["malformed"]],
  ["with an empty body", packet(2, Buffer.alloc(0)), ["unsupported"]],
  ["in a packet in parts", Buffer.concat([Buffer.from([0xc2, 224 + 6]), good.subarray(2)]), ["malformed"]],
  ["in a packet of indeterminate length", Buffer.concat([Buffer.from([0x8b]), good.subarray(2)]), ["malformed"]],
  ["in the legacy packet format", Buffer.concat([Buffer.from([0x88]), good.subarray(1)]), ["verified"]],
];

for (const [what, signature, states] of TRAPS) {
  const expected = [...new Set(states)].join(", ");
  test(`a signature ${what}: ${expected}`, async () => {
    assert.deepEqual(await statesOf(signature), states);
    assert.deepEqual(await statesOf(Buffer.from(armored("SIGNATURE", signature))), states);
  });
}

test("a critical part that is not known does not hide that the signature is bad", async () => {
  const critical = withHashed(subpacket(100, Buffer.from("x"), { critical: true }));
  assert.equal((await judgeOne(Buffer.from("other"), file("s", critical), TRUST)).state, "invalid");
});

test("no signature file, or an empty one, is not a good one", async () => {
  assert.deepEqual(await signersOf(DOCUMENT, [], TRUST), []);
  assert.deepEqual(await statesOf(Buffer.alloc(0)), ["malformed"]);
  assert.deepEqual(await statesOf(Buffer.from("-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n")), [
    "malformed",
  ]);
});

test("text around an armored signature is remarked on", async () => {
  const reader = createSignatureReader(TRUST);
  const rules = async (content: string): Promise<readonly string[]> => {
    const found = await reader.open(file("s", Buffer.from(content)));
    return (found?.opened.remarks ?? []).map(({ rule }) => rule);
  };
  const block = armored("SIGNATURE", good);
  assert.deepEqual(await rules(`\n \n${block}\r\n\t\n`), []);
  for (const content of [`x\n${block}`, `${block}x`, `${block}x\n${block}`]) {
    assert.deepEqual(await rules(content), ["signature-surrounded"], content);
  }
});

test("the forged keys have the fingerprints that RFC 9580 section 5.5.4 gives them", () => {
  assert.equal(
    A.fingerprint,
    createHash("sha1")
      .update(Buffer.from([0x99]))
      .update(u16(A.body.length))
      .update(A.body)
      .digest("hex"),
  );
  assert.equal(V6.fingerprint.length, 64);
});
