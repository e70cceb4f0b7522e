// minisign and signify signatures and keys, damaged in every small way: nothing verifies but what differs only where
// nobody signs, in the untrusted comment and in the ends of lines.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../src/core/errors.ts";
import type { EvidenceFile } from "../src/verify/scheme.ts";
import { signersOf } from "../src/verify/signed.ts";
import { bareKey } from "./support/minisign-keys.ts";
import { file, fixture, trusting } from "./support/openpgp-judging.ts";
import { changes, fewValues, insertions, textValues, truncations } from "./support/openpgp-mangling.ts";

const SIGNATURES = [
  ["minisign/prehashed.minisig", "minisign/test-only-acme.pub", "minisign"],
  ["minisign/legacy.minisig", "minisign/test-only-acme.pub", "minisign"],
  ["signify/good.sig", "signify/test-only-acme.pub", "signify"],
] as const;

/** `untrusted comment: `, which must stand there; what follows up to the end of the line is free text. */
const PREFIX = 19;

/** Scheme of the signer whose signature verifies, or undefined. */
async function verifies(signature: Uint8Array, keys: readonly EvidenceFile[], document: Uint8Array) {
  const judgements = await signersOf(document, [file("signature", signature)], trusting({ keys }));
  const [good] = judgements.filter(({ state }) => state === "verified");
  return good?.signer?.split(" ")[0];
}

for (const [name, keyName, scheme] of SIGNATURES) {
  const { bytes } = fixture(name);
  const keys = [fixture(keyName)];
  const document = fixture(`${scheme}/document.txt`).bytes;
  const comment = bytes.indexOf(0x0a);
  const twoLines = bytes.indexOf(0x0a, comment + 1) + 1;
  const isFree = (at: number): boolean => at >= PREFIX && at < comment;

  test(`${name}: a beginning of it verifies only without its last line feed, or as one of signify`, async () => {
    const good = [];
    for (const cut of truncations(bytes)) {
      const by = await verifies(cut, keys, document);
      if (by !== undefined) good.push([cut.length, by]);
    }
    const expected = [];
    if (name === "minisign/legacy.minisig") expected.push([twoLines, "signify"]);
    if (scheme === "minisign") expected.push([bytes.length - 1, "minisign"]);
    assert.deepEqual(good, expected);
  });

  test(`${name}: with a changed byte it verifies only where that is in the untrusted comment`, async () => {
    let free = 0;
    for (const { at, value, bytes: changed } of changes(bytes, scheme === "minisign" ? fewValues : textValues)) {
      const by = await verifies(changed, keys, document);
      if (isFree(at)) free += by === scheme ? 1 : 0;
      else assert.equal(by, undefined, `byte ${at} set to ${value}`);
    }
    assert.ok(free > 20, `${free}`);
  });

  test(`${name}: with something put in it verifies only in the untrusted comment, or before a line feed`, async () => {
    for (const piece of ["\r", "\n", "\0", "=", "A", bareKey(keys[0] as EvidenceFile)]) {
      for (const { at, bytes: changed } of insertions(bytes, Buffer.from(piece))) {
        const by = await verifies(changed, keys, document);
        const allowed = (at >= PREFIX - 1 && at <= comment) || (piece === "\r" && bytes[at] === 0x0a);
        if (!allowed) assert.equal(by, undefined, `${JSON.stringify(piece)} at ${at}`);
      }
    }
  });

  test(`${name}: with something appended it does not verify`, async () => {
    const other = fixture("signify/mallory.sig").bytes;
    for (const more of [Buffer.from("\n"), Buffer.from("x"), Buffer.alloc(1), bytes, other, Buffer.alloc(20_000, 65)]) {
      const by = await verifies(Buffer.concat([bytes, more]), keys, document);
      assert.equal(by, undefined, `${more.length} bytes`);
    }
  });

  test(`${name}: over a changed document it does not verify`, async () => {
    for (const { at, bytes: changed } of changes(document, (byte) => [byte ^ 1]))
      assert.equal(await verifies(bytes, keys, changed), undefined, `byte ${at}`);
    for (const cut of truncations(document)) assert.equal(await verifies(bytes, keys, cut), undefined);
  });

  test(`${keyName}: of damaged keys none checks ${name}, but for its comment`, async () => {
    const [{ bytes: key } = { bytes: new Uint8Array() }] = keys;
    const keyComment = key.indexOf(0x0a);
    for (const { at, value, bytes: changed } of changes(key, fewValues)) {
      if (at >= PREFIX && at < keyComment) continue;
      assert.equal(await withKey(bytes, changed, document), undefined, `byte ${at} set to ${value}`);
    }
    for (const cut of truncations(key)) {
      const by = await withKey(bytes, cut, document);
      // The last line feed says nothing.
      assert.equal(by, cut.length === key.length - 1 ? scheme : undefined, `${cut.length} bytes`);
    }
  });
}

async function withKey(signature: Uint8Array, key: Uint8Array, document: Uint8Array): Promise<string | undefined> {
  try {
    return await verifies(signature, [file("key", key)], document);
  } catch (error) {
    if (error instanceof UserError && error.code === "key-malformed") return undefined;
    throw error;
  }
}

test("whatever lines are given, a signature is judged and nothing is thrown", async () => {
  const good = SIGNATURES.flatMap(([name]) => Buffer.from(fixture(name).bytes).toString().split("\n"));
  const line = fc.oneof(fc.constantFrom(...good), fc.string(), fc.base64String({ maxLength: 120 }));
  const keys = [fixture("minisign/test-only-acme.pub"), fixture("signify/test-only-acme.pub")];
  const document = fixture("minisign/document.txt").bytes;
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 6 }), fc.constantFrom("\n", "\r\n"), async (lines, end) => {
      const bytes = Buffer.from(["untrusted comment: x", ...lines].join(end));
      const [judgement] = await signersOf(document, [file("signature", bytes)], trusting({ keys }));
      assert.ok(judgement !== undefined && judgement.reason !== "");
    }),
    { numRuns: 300 },
  );
});
