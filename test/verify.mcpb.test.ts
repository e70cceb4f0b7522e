// The signature block of MCP bundles: where it may stand, and that a bundle that had one is never read as unsigned.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { hashBytes } from "../src/core/hash-set.ts";
import { cms } from "../src/verify/cms.ts";
import { textFile } from "../src/verify/evidence.ts";
import { readSignatureBlock } from "../src/core/mcpb-block.ts";
import type { SignatureBlock } from "../src/core/mcpb-block.ts";
import { openMcpb } from "../src/verify/mcpb.ts";
import type { Judgement } from "../src/verify/scheme.ts";
import { attribute, octets, withUnsigned } from "./support/cms-forge.ts";
import { fingerprint, trusting } from "./support/cms-judging.ts";
import {
  block,
  bundle,
  emptyZip,
  FOOTER,
  HEADER,
  moved,
  SIGNATURE,
  uint32,
  withCommentLength,
  ZIP,
} from "./support/mcpb-forge.ts";
import { changes, truncations } from "./support/openpgp-mangling.ts";

const VERIFIER = await cms.verifier(trusting({ fingerprints: [fingerprint(bundle("publisher.pem"))] }));
const SIGNED = bundle("signed.mcpb");
const BLOCK = SIGNED.subarray(ZIP.length);

function blockOf(bytes: Uint8Array): SignatureBlock {
  return readSignatureBlock(bytes.length, (offset, length) => bytes.subarray(offset, offset + length));
}

async function judge(bytes: Uint8Array): Promise<Partial<Judgement>> {
  const found = blockOf(bytes);
  if (found.kind === "none") return { state: "unsigned" };
  if (found.kind === "malformed") return { state: "malformed", reason: found.reason };
  const [pending, ...others] = openMcpb(found, VERIFIER, "x.mcpb");
  assert.deepEqual(others, []);
  return (await pending?.judge(hashBytes(bytes, pending.needs), textFile(""))) ?? {};
}

const join = (...parts: readonly (Uint8Array | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)));

/** Whoever passes a bundle on can add what the signer does not answer for. */
const carrying = (bytes: Uint8Array): Buffer => block(withUnsigned(SIGNATURE, attribute("1.2.3.4", octets(bytes))));

type Row = readonly [what: string, bytes: Uint8Array, state: string, reason?: RegExp];

const ROWS: readonly Row[] = [
  ["comment length 0", SIGNED, "verified"],
  ["the block counted as comment after signing", bundle("counted-after.mcpb"), "verified"],
  ["the block counted as comment before signing", bundle("counted-before.mcpb"), "verified"],
  ["another byte of the bundle", bundle("tampered.mcpb"), "invalid"],
  ["no block", ZIP, "unsigned"],
  ["something else in the signature", join(ZIP, carrying(Buffer.from("note"))), "verified"],
  ["an empty signature", join(ZIP, block(Buffer.alloc(0))), "malformed"],
  ["a signature with bytes behind it", join(ZIP, block(join(SIGNATURE, "\0\0\0"))), "malformed"],
  ["the signature of another bundle", join(emptyZip(), BLOCK), "invalid"],

  ["a byte behind the block", join(SIGNED, "\0"), "malformed", /behind the end/],
  ["100,000 bytes behind the block", join(SIGNED, Buffer.alloc(100_000)), "malformed", /behind the end/],
  ["an archive behind the block", join(SIGNED, ZIP), "malformed", /another archive/],
  [
    "an archive behind the block, its offsets set right",
    join(SIGNED, moved(ZIP, SIGNED.length)),
    "malformed",
    /another archive/,
  ],
  ["an archive behind the block and a gap", join(SIGNED, Buffer.alloc(1000), ZIP), "malformed", /another archive/],
  [
    "an empty archive behind the block, its offset set right",
    join(SIGNED, emptyZip(SIGNED.length)),
    "malformed",
    /another archive/,
  ],
  [
    "a large archive behind the block",
    join(SIGNED, Buffer.alloc(2 << 20), emptyZip(2 << 20)),
    "malformed",
    /another archive/,
  ],
  [
    "the block in the comment of a zip, something behind it",
    join(withCommentLength(ZIP, BLOCK.length + 1), BLOCK, "\0"),
    "malformed",
    /behind the end/,
  ],
  ["the block without its end", SIGNED.subarray(0, -1), "malformed", /beginning of a signature block/],
  [
    "the block without its end, counted as comment",
    join(withCommentLength(ZIP, BLOCK.length - 12), BLOCK.subarray(0, -12)),
    "malformed",
    /beginning of/,
  ],
  ["the header alone", join(ZIP, HEADER), "malformed", /beginning of/],
  ["the footer alone", join(ZIP, FOOTER), "malformed", /an end and no beginning/],
  ["the footer alone, in the comment", join(withCommentLength(ZIP, FOOTER.length + 1), FOOTER, " "), "malformed"],
  ["another header", join(ZIP, "MCPB_SIG_V2", BLOCK.subarray(HEADER.length)), "malformed", /no beginning/],
  ["two blocks", join(SIGNED, BLOCK), "malformed", /two signature blocks/],
  ["two blocks, the second for the first", join(SIGNED, block(SIGNATURE)), "malformed", /two signature blocks/],
  ["two blocks with something between", join(SIGNED, " ", BLOCK), "malformed", /directly behind the end record/],
  ["a block in a block", join(ZIP, block(BLOCK)), "malformed"],
  ["two headers", join(ZIP, HEADER, uint32(BLOCK.length), BLOCK), "malformed"],
  [
    "two lengths that both fit",
    join(ZIP, HEADER, uint32(BLOCK.length - FOOTER.length), BLOCK),
    "malformed",
    /two ways/,
  ],
  ["two footers", join(SIGNED, FOOTER), "malformed", /length in its signature block|two ends/],
  ["a footer inside", join(ZIP, carrying(FOOTER)), "malformed", /two ends/],
  ["a header inside", join(ZIP, carrying(HEADER)), "malformed", /length in its signature block/],
  ["a length that is too long", join(ZIP, block(SIGNATURE, SIGNATURE.length + 1)), "malformed", /length/],
  ["a length that is too short", join(ZIP, block(SIGNATURE, SIGNATURE.length - 1)), "malformed", /length/],
  ["a length of 4 GiB", join(ZIP, block(SIGNATURE, 0xffff_ffff)), "malformed", /length/],
  ["a block that is larger than any", join(ZIP, block(Buffer.alloc((1 << 20) + 200_000))), "malformed", /no beginning/],
  ["an archive inside the block", join(ZIP, carrying(ZIP)), "malformed", /end of another archive/],
  ["the end of an archive inside the block", join(ZIP, carrying(emptyZip())), "malformed", /end of another archive/],
  [
    "the end of a 64-bit archive inside the block",
    join(ZIP, carrying(Buffer.from("PK\x06\x07", "latin1"))),
    "malformed",
    /end of another archive/,
  ],
  ["something between the zip and the block", join(ZIP, "\0", BLOCK), "malformed", /directly behind the end record/],
  ["no zip before the block", BLOCK, "malformed", /directly behind the end record/],
  [
    "a comment before the block",
    join(withCommentLength(ZIP, 3), "abc", BLOCK),
    "malformed",
    /directly behind the end record/,
  ],
  ["another comment length", join(withCommentLength(ZIP, BLOCK.length - 1), BLOCK), "malformed", /comment length/],
  ["a comment length of all ones", join(withCommentLength(ZIP, 0xffff), BLOCK), "malformed", /comment length/],
  ["nothing", Buffer.alloc(0), "unsigned"],
  ["11 bytes", FOOTER.subarray(1), "unsigned"],
  ["the footer and nothing else", FOOTER, "malformed"],
  ["the empty block and nothing else", block(Buffer.alloc(0)), "malformed"],
];

for (const [what, bytes, state, reason] of ROWS) {
  test(`${what}: ${state}`, async () => {
    const judgement = await judge(bytes);
    assert.equal(judgement.state, state, judgement.reason);
    if (reason !== undefined) assert.match(judgement.reason ?? "", reason);
  });
}

test("a block says where it begins, where the zip ends and how long its comment is", () => {
  const expected = { kind: "signed", end: ZIP.length, endRecord: ZIP.length - 22, der: new Uint8Array(SIGNATURE) };
  assert.deepEqual(blockOf(SIGNED), { ...expected, commentLength: 0 });
  assert.deepEqual(blockOf(bundle("counted-after.mcpb")), { ...expected, commentLength: BLOCK.length });
});

test("the comment length that was set back is said, and only then", async () => {
  const rules = async (name: string): Promise<unknown> => (await judge(bundle(name))).remarks?.map(({ rule }) => rule);
  assert.equal(await rules("signed.mcpb"), undefined);
  assert.equal(await rules("counted-before.mcpb"), undefined);
  assert.deepEqual(await rules("counted-after.mcpb"), ["signature-comment-restored"]);
});

test("a block as large as is read is found", () => {
  const found = blockOf(join(ZIP, block(Buffer.alloc(1 << 20))));
  assert.equal(found.kind === "signed" && found.der.length, 1 << 20);
});

test("no beginning of a signed bundle is signed, and none with a whole marker is unsigned", async () => {
  for (const cut of truncations(SIGNED)) {
    const { state } = await judge(cut);
    assert.equal(state, cut.length < ZIP.length + HEADER.length ? "unsigned" : "malformed", `${cut.length} bytes`);
  }
});

for (const name of ["signed.mcpb", "counted-after.mcpb"]) {
  test(`${name}: any other byte, and it is not verified`, async () => {
    const original = bundle(name);
    for (const { at, bytes } of changes(original, (byte) => [byte ^ 1])) {
      const { state } = await judge(bytes);
      assert.notEqual(state, "verified", `byte ${at}`);
      // Without its last marker or its first it is malformed and never unsigned.
      assert.notEqual(state, "unsigned", `byte ${at}`);
    }
  });
}

test("anything in any order is read without an exception, and verified only as it was signed", async () => {
  const pieces = [ZIP, BLOCK, HEADER, FOOTER, SIGNATURE, emptyZip(), uint32(SIGNATURE.length), Buffer.from("x")];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...pieces), { maxLength: 8 }), async (parts) => {
      const bytes = Buffer.concat(parts);
      const { state } = await judge(bytes);
      assert.ok(state !== "verified" || bytes.equals(SIGNED));
      if (bytes.subarray(-FOOTER.length).equals(FOOTER)) assert.notEqual(state, "unsigned");
    }),
    { numRuns: 500 },
  );
});
