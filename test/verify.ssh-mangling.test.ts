// SSH signatures damaged in every small way: nothing verifies but what differs only where nobody signs, in the lines
// of the base64 and after the block. And at random, with ssh-keygen as the second judge.

import { test } from "node:test";
import assert from "node:assert/strict";
import { judgeOver } from "../src/verify/evidence.ts";
import { createSignatureReader } from "../src/verify/signed.ts";
import { file, fixture, trusting } from "./support/openpgp-judging.ts";
import { changes, fewValues, insertions, truncations } from "./support/openpgp-mangling.ts";
import { createDice, createRandom, mutate } from "./support/openpgp-mutations.ts";
import { askSshKeygen } from "./support/ssh-programs.ts";
import { armored, unarmored } from "./support/ssh-signer.ts";
import { skipWithout } from "./support/tools.ts";

const document = fixture("ssh/document.txt").bytes;
const NAMES = ["ed25519", "p256", "p521", "rsa"] as const;
const keys = [fixture("ssh/allowed_signers"), ...["p384", "p521"].map((name) => fixture(`ssh/test-only-${name}.pub`))];

const reader = createSignatureReader(trusting({ keys }));

async function verifies(signature: Uint8Array, over: Uint8Array = document): Promise<boolean> {
  const found = await reader.open(file("signature", signature));
  const [pending] = found?.opened.signatures ?? [];
  return pending !== undefined && (await judgeOver(pending, over)).state === "verified";
}

for (const name of NAMES.filter((each) => each !== "p521")) {
  const { bytes } = fixture(`ssh/${name}.sig`);
  const blob = unarmored(bytes);

  test(`${name}.sig: no changed byte, beginning or longer form of what is in its armor verifies`, async () => {
    assert.ok(await verifies(armored(blob)));
    for (const { at, value, bytes: changed } of changes(blob, name === "ed25519" ? fewValues : (b) => [b ^ 1]))
      assert.ok(!(await verifies(armored(changed))), `byte ${at} set to ${value}`);
    for (const cut of truncations(blob)) assert.ok(!(await verifies(armored(cut))), `${cut.length} bytes`);
    for (const more of [Buffer.alloc(1), blob]) assert.ok(!(await verifies(armored(Buffer.concat([blob, more])))));
  });
}

const { bytes: text } = fixture("ssh/ed25519.sig");

test("a beginning of the armored file verifies only without its last line feed", async () => {
  const good = [];
  for (const cut of truncations(text)) if (await verifies(cut)) good.push(cut.length - text.length);
  assert.deepEqual(good, [-1]);
});

test("no changed byte of the armored file verifies", async () => {
  for (const { at, value, bytes: changed } of changes(text, fewValues)) {
    // Base64 can be broken into lines anywhere: that is the next test.
    if (changed.length === text.length) assert.ok(!(await verifies(changed)), `byte ${at} set to ${value}`);
  }
});

test("what is put into the armored file breaks it, but for lines of another length and text at the end", async () => {
  const begin = text.indexOf(0x0a) + 1;
  const end = text.lastIndexOf("\n-----END".charCodeAt(0), text.length - 2);
  for (const piece of ["\n", "\r", " ", "=", "A", "\0", "-----BEGIN SSH SIGNATURE-----\n"]) {
    for (const { at, bytes: changed } of insertions(text, Buffer.from(piece))) {
      const breaksLine = piece === "\n" && at > begin && at < end && text[at] !== 0x0a && text[at - 1] !== 0x0a;
      const trails =
        (at === text.length && !piece.startsWith("-")) ||
        ((piece === "\n" || piece === "\r") && at === text.length - 1);
      if (!breaksLine && !trails) assert.ok(!(await verifies(changed)), `${JSON.stringify(piece)} at ${at}`);
    }
  }
});

test("over a changed document nothing verifies", async () => {
  for (const { at, bytes: changed } of changes(document, (byte) => [byte ^ 1]))
    assert.ok(!(await verifies(text, changed)), `byte ${at}`);
});

const skip = skipWithout("ssh-keygen");

test("of 100 damaged signatures, none verifies that ssh-keygen refuses", { skip }, async (t) => {
  const dice = createDice(createRandom(20260201));
  const originals = NAMES.map((name) => Buffer.from(fixture(`ssh/${name}.sig`).bytes));
  const tally = new Map<string, number>();
  const contradictions: string[] = [];
  const damage = (): readonly [string, Uint8Array] => {
    const [original, other] = [dice.pick(originals), dice.pick(originals)];
    const inside = dice.below(2) === 0;
    const { what, bytes } = inside
      ? mutate(unarmored(original), dice, unarmored(other))
      : mutate(original, dice, other);
    return [what, inside ? armored(bytes) : bytes];
  };
  const waiting = [
    ...originals.map((bytes) => ["nothing", bytes] as const),
    ...Array.from({ length: 100 }, damage),
  ].values();
  const lane = async (): Promise<void> => {
    for (const [what, bytes] of waiting) {
      const [ours, theirs] = [await verifies(bytes), await askSshKeygen(bytes, document, "file")];
      const line = `here ${ours ? "good" : "bad"}, ssh-keygen ${theirs ? "good" : "bad"}`;
      tally.set(line, (tally.get(line) ?? 0) + 1);
      if (ours && !theirs) contradictions.push(what);
    }
  };
  await Promise.all([lane(), lane()]);
  for (const [line, times] of tally) t.diagnostic(`${line}: ${times}`);
  assert.deepEqual(contradictions, []);
  assert.ok((tally.get("here good, ssh-keygen good") ?? 0) >= NAMES.length, "too few that verify");
});
