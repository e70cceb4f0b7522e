// Files put together at random from what OpenPGP files are made of. Nobody signed them: whatever they look like, they
// are judged without an error, never verified, and a key file is read or refused.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../src/core/errors.ts";
import { signersOf } from "../src/verify/signed.ts";
import { armored, boundSubkey, certificate, revocation } from "./support/openpgp-certificate.ts";
import {
  created,
  forgeKey,
  forgeSignature,
  issuerFingerprint,
  packet,
  SIGNED,
  subpacket,
  u16,
  u32,
} from "./support/openpgp-forge.ts";
import { file, judgeCleartext, trusting } from "./support/openpgp-judging.ts";

const DOCUMENT = Buffer.from("what nobody signed\n");
const A = forgeKey(1);
const B = forgeKey(2);
const KEY = certificate(A, { subkeys: [boundSubkey(A, B)] });

const bytes = (maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const octet = (...likely: number[]): fc.Arbitrary<number> => fc.oneof(fc.constantFrom(...likely), fc.nat(255));

const area = (size: 2 | 4): fc.Arbitrary<Buffer> =>
  fc
    .array(
      fc.oneof(
        fc
          .tuple(octet(2, 3, 16, 20, 27, 32, 33, 0x82, 0xa0), bytes(40))
          .map(([type, body]) => subpacket(type & 127, body, { critical: type > 127 })),
        bytes(6),
      ),
      { maxLength: 4 },
    )
    .chain((parts) => {
      const body = Buffer.concat(parts);
      const length = fc.oneof(
        { weight: 5, arbitrary: fc.constant(body.length) },
        { weight: 1, arbitrary: fc.nat(300) },
      );
      return length.map((stated) => Buffer.concat([size === 2 ? u16(stated) : u32(stated), body]));
    });

/** The body of a signature packet: the fields in their order, each likely or anything. */
const signatureBody = fc
  .constantFrom<2 | 4>(2, 4)
  .chain((size) =>
    fc
      .tuple(
        octet(size === 2 ? 4 : 6, 3),
        octet(0, 1),
        octet(22, 1, 19, 27, 16, 17),
        octet(8, 10, 2),
        area(size),
        area(size),
        bytes(90),
      )
      .map(([version, type, algorithm, hash, signed, unsigned, rest]) =>
        Buffer.concat([Buffer.from([version, type, algorithm, hash]), signed, unsigned, rest]),
      ),
  );

const anyPacket = fc.oneof(
  signatureBody.map((body) => packet(2, body)),
  fc.constantFrom(
    forgeSignature(A, Buffer.from("x")),
    packet(6, A.body),
    packet(14, B.body),
    packet(13, Buffer.from("u")),
    revocation(A),
    KEY,
  ),
  fc.tuple(octet(2, 5, 6, 8, 10, 11, 13, 14, 18, 21, 60), bytes(60)).map(([tag, body]) => packet(tag & 63, body)),
  bytes(20),
);

const binary = fc.array(anyPacket, { maxLength: 4 }).map((parts) => Buffer.concat(parts));

const line = fc.oneof(
  fc.constantFrom(
    "-----BEGIN PGP SIGNED MESSAGE-----",
    "-----BEGIN PGP SIGNATURE-----",
    "-----END PGP SIGNATURE-----",
    "-----BEGIN PGP PUBLIC KEY BLOCK-----",
    "-----END PGP PUBLIC KEY BLOCK-----",
    "Hash: SHA256",
    "Version: 1",
    "",
    "- text",
    "=abcd",
    " ",
  ),
  bytes(48).map((body) => body.toString("base64")),
  binary.map((body) => armored("SIGNATURE", body)),
  binary.map((body) => armored("PUBLIC KEY BLOCK", body)),
);

const anyFile = fc.oneof(
  binary,
  fc
    .tuple(fc.array(line, { maxLength: 10 }), fc.constantFrom("\n", "\r\n"))
    .map(([lines, end]) => Buffer.from(lines.join(end))),
  fc
    .array(line, { maxLength: 6 })
    .map((lines) => Buffer.from(`-----BEGIN PGP SIGNED MESSAGE-----\n\n${lines.join("\n")}`)),
);

test("a signature file that nobody made is judged without an error, and is never verified", async () => {
  const trust = trusting({ keys: [file("key", KEY)] });
  await fc.assert(
    fc.asyncProperty(anyFile, async (content) => {
      const judgements = await signersOf(DOCUMENT, [file("signature", content)], trust);
      assert.ok(judgements.length > 0, "a file without any judgement could be taken for a good one");
      for (const { state } of judgements) assert.notEqual(state, "verified");
      const { states } = await judgeCleartext(file("signed text", content), trust);
      assert.ok(states.every((state) => !state.startsWith("verified")));
    }),
    { numRuns: 1500, seed: 20260201 },
  );
});

const anySubpacket = fc
  .tuple(octet(2, 3, 7, 9, 12, 16, 20, 21, 24, 26, 27, 28, 29, 31, 32, 33, 35), bytes(30), fc.boolean())
  .map(([type, body, critical]) => subpacket(type & 127, body, { critical }));

test("a signature with any subpackets is judged without an error, and is verified for no other bytes", async () => {
  const trust = trusting({ keys: [file("key", KEY)] });
  const some = fc.array(anySubpacket, { maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(some, some, some, async (before, behind, unhashed) => {
      const hashed = [...before, created(SIGNED), issuerFingerprint(A), ...behind];
      const signature = file("signature", forgeSignature(A, DOCUMENT, { hashed, unhashed }));
      const [own, other] = [DOCUMENT, Buffer.from("other")].map((document) => signersOf(document, [signature], trust));
      assert.equal((await own)?.length, 1);
      assert.notEqual((await other)?.[0]?.state, "verified");
    }),
    { numRuns: 1000, seed: 20260201 },
  );
});

test("a key file that nobody made is read or refused, and makes no signature good but that of its own key", async () => {
  const good = file("signature", forgeSignature(A, DOCUMENT));
  await fc.assert(
    fc.asyncProperty(anyFile, async (content) => {
      try {
        const [judgement] = await signersOf(DOCUMENT, [good], trusting({ keys: [file("key", content)] }));
        if (judgement?.state === "verified") assert.ok(content.includes(KEY) || content.includes("PUBLIC KEY"));
        const other = await signersOf(Buffer.from("x"), [good], trusting({ keys: [file("key", content)] }));
        assert.notEqual(other[0]?.state, "verified");
      } catch (error) {
        if (!(error instanceof UserError) || error.code !== "key-malformed") throw error;
      }
    }),
    { numRuns: 800, seed: 20260201 },
  );
});
