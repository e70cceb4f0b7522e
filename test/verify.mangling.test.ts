// Binary signatures and key files, damaged in every place. A damaged file is never verified for other bytes, another
// signer, another time or as more than the whole one; and where it still verifies, it is listed here, with the reason
// why no signature covers that place.

import { test } from "node:test";
import assert from "node:assert/strict";
import { UserError } from "../src/core/errors.ts";
import type { EvidenceFile, Judgement, Trust } from "../src/verify/scheme.ts";
import { createSignatureReader, signersOf } from "../src/verify/signed.ts";
import { judgeOver } from "../src/verify/evidence.ts";
import { certificate, revocation } from "./support/openpgp-certificate.ts";
import { forgeKey, forgeSignature, packet } from "./support/openpgp-forge.ts";
import { file, fixture, trusting } from "./support/openpgp-judging.ts";
import { allValues, changes, fewValues, insertions, partsOf, ranges, truncations } from "./support/openpgp-mangling.ts";
import type { Part } from "./support/openpgp-mangling.ts";

type Judge = (signature: Uint8Array, document?: Uint8Array) => Promise<readonly Judgement[]>;

/** What verifies of a signature file over the document. The keys are read once. */
function judging(document: Uint8Array, trust: Trust): Judge {
  const reader = createSignatureReader(trust);
  return async (signature, over = document) => {
    const opened = await reader.open(file("mangled", signature));
    const pending = opened?.opened.signatures ?? [];
    const judgements = await Promise.all(pending.map((one) => judgeOver(one, over)));
    return judgements.filter(({ state }) => state === "verified");
  };
}

/**
 * Why a change of one byte goes unnoticed, by the part of the packet that the byte belongs to. `to` gives the values
 * that may stand in its place; what is not listed is noticed, whatever the value.
 */
const TOLERATED: Readonly<
  Partial<Record<Part, { readonly why: string; to(byte: number, at: number): readonly number[] }>>
> = {
  "packet header": {
    why: "the first octet says in which of two formats a length follows, and one octet is the same in both",
    to: (byte, at) => (at !== 0 ? [] : byte === 0x88 ? [0xc2] : byte === 0xc2 ? [0x88] : []),
  },
  "type of an unsigned subpacket": {
    why: "the unsigned key id is a hint; the fingerprint is signed. Other types are passed over, but for those that hold a signature or an issuer",
    to: (byte) => allValues(byte).filter((value) => ![32, 33].includes(value & 0x7f)),
  },
  "bit count": {
    why: "it says how many bytes of number follow, and they and the number stay the same",
    to: (byte, at) =>
      at === 0 ? [] : allValues(byte).filter((value) => Math.ceil(value / 8) === Math.ceil(byte / 8) && value > 0),
  },
};

/** Each position where the file may change, with the values. `tried` are those that the test tries. */
function tolerated(signature: Uint8Array, tried: (byte: number, at: number) => readonly number[]): readonly string[] {
  const parts = partsOf(signature);
  return [...signature].flatMap((byte, at) => {
    const part = parts[at];
    // Position within a part of two octets: of a count, a change of the upper one is a change of the length.
    const within = part === "packet header" ? at : parts[at - 1] === part ? 1 : 0;
    const values = (part === undefined ? undefined : TOLERATED[part])?.to(byte, within) ?? [];
    const both = tried(byte, at).filter((value) => values.includes(value));
    return both.length === 0 ? [] : [`${at} ${part}: ${ranges(both)}`];
  });
}

/** The same list, found by trying. */
async function found(
  signature: Uint8Array,
  judge: Judge,
  tried: (byte: number, at: number) => readonly number[],
): Promise<readonly string[]> {
  const original = await judge(signature);
  assert.equal(original.length, 1);
  const parts = partsOf(signature);
  const values = new Map<number, number[]>();
  for (const { at, value, bytes } of changes(signature, tried)) {
    const judgements = await judge(bytes);
    if (judgements.length === 0) continue;
    assert.deepEqual(judgements, original, `byte ${at} changed to ${value}`);
    values.set(at, [...(values.get(at) ?? []), value]);
  }
  return [...values].map(([at, list]) => `${at} ${parts[at]}: ${ranges(list)}`);
}

const DOCUMENT = fixture("algorithms/document.txt").bytes;

test("every change of one byte of a short binary signature is noticed, but for those that no signature covers", async () => {
  const { bytes } = fixture("keys/two-subkeys.sig");
  const judge = judging(fixture("keys/document.txt").bytes, trusting({ keys: [fixture("keys/two-subkeys.gpg")] }));
  const parts = partsOf(bytes);
  // Each of the 255 other values; of the two numbers each bit and the extremes, since each costs a verification.
  const tried = (byte: number, at: number): readonly number[] =>
    parts[at] === "number"
      ? [...new Set([0, 255, ...[0, 1, 2, 3, 4, 5, 6, 7].map((bit) => byte ^ (1 << bit))])].filter((v) => v !== byte)
      : allValues(byte);
  const places = await found(bytes, judge, tried);
  assert.deepEqual(places, tolerated(bytes, tried));
  // One place of each kind, and both bit counts: the list above is not empty by accident.
  assert.deepEqual(
    places.map((place) => place.replace(/^\d+ |: .*$/g, "")),
    ["packet header", "type of an unsigned subpacket", "bit count", "bit count"],
  );
});

for (const kind of ["rsa2048", "nistp256", "brainpoolP256r1", "ed25519", "new-ed25519", "v6"]) {
  const { bytes } = fixture(`algorithms/${kind}.sig`);
  const judge = judging(DOCUMENT, trusting({ keys: [fixture(`algorithms/${kind}.gpg`)] }));

  test(`${kind}: every change of one byte is noticed, but for those that no signature covers`, async () => {
    assert.deepEqual(await found(bytes, judge, fewValues), tolerated(bytes, fewValues));
  });

  test(`${kind}: no truncation verifies`, async () => {
    for (const cut of truncations(bytes)) assert.deepEqual(await judge(cut), [], `${cut.length} bytes`);
  });

  test(`${kind}: no inserted or appended byte goes unnoticed`, async () => {
    for (const piece of [0x00, 0x0a, 0x20, 0x88, 0xff]) {
      for (const mutant of insertions(bytes, Buffer.from([piece])))
        assert.deepEqual(await judge(mutant.bytes), [], `${piece} at ${mutant.at}`);
    }
    for (const piece of ["\u{feff}", "\r\n", "PGP"]) {
      assert.deepEqual(await judge(Buffer.concat([Buffer.from(piece), bytes])), []);
      assert.deepEqual(await judge(Buffer.concat([bytes, Buffer.from(piece)])), []);
    }
  });

  test(`${kind}: no change of one byte of the file that was signed goes unnoticed`, async () => {
    for (const { at, bytes: changed } of changes(DOCUMENT, fewValues))
      assert.deepEqual(await judge(bytes, changed), [], `byte ${at}`);
    for (const cut of truncations(DOCUMENT)) assert.deepEqual(await judge(bytes, cut), []);
  });
}

test("a signature repeated or put beside another gives no more than each of them alone", async () => {
  const keys = [fixture("signatures/keys.gpg")];
  const judge = judging(fixture("signatures/tool.tgz").bytes, trusting({ keys }));
  const [acme, bob, other] = ["acme.sig", "bob.sig", "other-file.sig"].map(
    (name) => fixture(`signatures/${name}`).bytes,
  );
  assert.ok(acme !== undefined && bob !== undefined && other !== undefined);
  const people = async (...parts: readonly Uint8Array[]): Promise<readonly unknown[]> => [
    ...new Set((await judge(Buffer.concat(parts))).map(({ person }) => person)),
  ];
  const [one, two] = [await people(acme), await people(bob)];
  assert.deepEqual(await people(acme, acme, acme), one);
  assert.deepEqual(await people(acme, bob), [...one, ...two]);
  assert.deepEqual(await people(other, acme), one);
  assert.deepEqual(await people(other), []);
  assert.deepEqual(await people(acme, packet(63, Buffer.alloc(0))), []);
});

// --- Key files --------------------------------------------------------------------------------------

/** What a key file makes of signatures over the document: judgements, or none where the file is refused. */
async function under(
  key: Uint8Array,
  document: Uint8Array,
  ...signatures: EvidenceFile[]
): Promise<readonly Judgement[]> {
  try {
    return await signersOf(document, signatures, trusting({ keys: [file("key", key)] }));
  } catch (error) {
    if (error instanceof UserError && error.code === "key-malformed") return [];
    throw error;
  }
}

const KEYS = [
  [
    "a primary key with a signing subkey",
    "signatures/acme.gpg",
    "good/installer.sh",
    "good/installer.sh.asc",
    "good/SHA256SUMS.asc",
  ],
  [
    "a primary key that signs",
    "algorithms/ed25519.gpg",
    "algorithms/document.txt",
    "algorithms/ed25519.sig",
    "algorithms/ed25519.empty.sig",
  ],
  ["a version 6 key", "algorithms/v6.gpg", "algorithms/document.txt", "algorithms/v6.sig", "algorithms/v6.empty.sig"],
] as const;

for (const [what, keyPath, documentPath, goodPath, badPath] of KEYS) {
  test(`${what}: no damage to the key file names another signer, or makes a bad signature good`, async () => {
    const [key, document, good, bad] = [
      fixture(keyPath).bytes,
      fixture(documentPath).bytes,
      fixture(goodPath),
      fixture(badPath),
    ];
    const [original, refused] = await under(key, document, good, bad);
    assert.deepEqual([original?.state, refused?.state], ["verified", "invalid"]);
    const damaged = [...changes(key, (byte) => [byte ^ 1, byte ^ 0x80])].map(({ bytes }) => bytes);
    for (const mutant of [...damaged, ...truncations(key)]) {
      for (const judgement of await under(mutant, document, good, bad))
        if (judgement.state === "verified") assert.deepEqual(judgement, original);
    }
  });
}

test("a damaged revocation still revokes, unless it can no longer be told for one", async () => {
  const key = forgeKey(1);
  const signature = file("signature", forgeSignature(key, DOCUMENT));
  const revoked = certificate(key, { direct: [revocation(key)] });
  const start = packet(6, key.body).length;
  const end = start + revocation(key).length;
  const mended: number[] = [];
  for (const { at, bytes } of changes(revoked, fewValues)) {
    const [judgement] = await under(bytes, DOCUMENT, signature);
    if (judgement?.state === "verified") mended.push(at);
  }
  // The packet's tag, the version and the type of the signature.
  assert.deepEqual([...new Set(mended)], [start, start + 2, start + 3]);
  assert.ok(end - start > 100);
});
