// Signatures, keys and documents, whole and damaged at random, judged by minisign or signify and here: what verifies
// here, they accept. Where we are stricter is counted and printed.

import { after, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../src/core/errors.ts";
import { signersOf } from "../src/verify/signed.ts";
import { askMinisign, askSignify, SIGNIFY } from "./support/minisign-programs.ts";
import { file, fixture, trusting } from "./support/openpgp-judging.ts";
import { createDice, createRandom, mutate } from "./support/openpgp-mutations.ts";
import { ROOT } from "./support/project.ts";
import { skipWithout } from "./support/tools.ts";

type Files = readonly [signature: Uint8Array, key: Uint8Array, document: Uint8Array];

const SCHEMES = [
  ["minisign", "minisign", askMinisign, ".minisig", ["prehashed", "legacy", "comment"]],
  ["signify", SIGNIFY, askSignify, ".sig", ["good"]],
] as const;

const folder = mkdtempSync(join(tmpdir(), "boltseal-minisign-"));
after(() => rmSync(folder, { recursive: true, force: true }));

async function askOurselves([signature, key, document]: Files): Promise<string> {
  const now = new Date("2200-01-01T00:00:00Z");
  try {
    const trust = trusting({ keys: [file("key", key)], at: now, now });
    return (await signersOf(document, [file("signature", signature)], trust)).map(({ state }) => state).join(" and ");
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
}

let count = 0;

for (const [scheme, program, askProgram, suffix, good] of SCHEMES) {
  const skip = skipWithout(program);
  const read = (name: string): Uint8Array => fixture(`${scheme}/${name}`).bytes;
  const files = (name: string): Files => [read(name + suffix), read("test-only-acme.pub"), read("document.txt")];

  const ask = async (given: Files): Promise<readonly [ours: string, theirs: boolean]> => {
    const cwd = join(folder, `${count++}`);
    mkdirSync(cwd);
    ["signature", "key", "document"].forEach((name, index) => writeFileSync(join(cwd, name), given[index] ?? ""));
    const answers = [
      await askOurselves(given),
      await askProgram({ signature: "signature", key: "key", document: "document" }, cwd),
    ] as const;
    rmSync(cwd, { recursive: true });
    return answers;
  };

  /** What minisign lets pass and we do not: its fixtures are named for that. */
  const STRICTER = new Set(["two-blocks", "blank-line", "escape"]);

  test(`${program} and we agree on every signature of the fixtures`, { skip }, async () => {
    const names = readdirSync(join(ROOT, "fixtures/verify", scheme)).filter((name) => name.endsWith(suffix));
    assert.ok(names.length > 5);
    for (const name of names) {
      const [ours, theirs] = await ask(files(name.slice(0, -suffix.length)));
      const stricter = STRICTER.has(name.slice(0, -suffix.length)) && ours === "malformed";
      assert.equal(ours === "verified", stricter ? false : theirs, `${name}: ${ours}`);
    }
  });

  test(`of 160 damaged signatures, none verifies that ${program} refuses`, { skip }, async (t) => {
    const dice = createDice(createRandom(20260201));
    const tally = new Map<string, number>();
    const contradictions: string[] = [];
    const damage = (): readonly [string, Files] => {
      const original = files(dice.pick(good));
      const which = dice.pick([0, 0, 0, 0, 1, 1, 2]);
      const { what, bytes } = mutate(Buffer.from(original[which] ?? []), dice, Buffer.from(read(`mallory${suffix}`)));
      return [`${which} ${what}`, original.map((old, index) => (index === which ? bytes : old)) as unknown as Files];
    };
    const waiting = Array.from({ length: 160 }, damage).values();
    const lane = async (): Promise<void> => {
      for (const [what, given] of waiting) {
        const [ours, theirs] = await ask(given);
        const line = `here ${ours}, ${program} ${theirs ? "good" : "bad"}`;
        tally.set(line, (tally.get(line) ?? 0) + 1);
        if (ours === "verified" && !theirs) contradictions.push(what);
      }
    };
    await Promise.all([lane(), lane()]);
    for (const [line, times] of tally) t.diagnostic(`${line}: ${times}`);
    assert.deepEqual(contradictions, []);
    assert.ok((tally.get(`here verified, ${program} good`) ?? 0) >= 2, "too few that verify");
  });
}
