// Signatures of real keys, damaged at random, and judged by gpgv, by sqv and here: nothing verifies here that both
// of them refuse, and where they name a signer it is ours. Where we are stricter is counted and printed.

import { after, test } from "node:test";
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../src/core/errors.ts";
import { signersOf } from "../src/verify/signed.ts";
import { file, fixture, trusting } from "./support/openpgp-judging.ts";
import { partsOf } from "./support/openpgp-mangling.ts";
import { createDice, createRandom, mutate, packets } from "./support/openpgp-mutations.ts";
import { askGpgv, askSqv } from "./support/openpgp-programs.ts";
import type { Verdict } from "./support/openpgp-programs.ts";
import { skipWithout } from "./support/tools.ts";

/** Signature, key and document; gpgv reads binary keys only. */
const GOOD = [
  ["algorithms/ed25519.sig", "algorithms/ed25519.gpg", "algorithms/document.txt"],
  ["algorithms/rsa2048.sig", "algorithms/rsa2048.gpg", "algorithms/document.txt"],
  ["algorithms/nistp256.sig", "algorithms/nistp256.gpg", "algorithms/document.txt"],
  ["keys/two-subkeys.sig", "keys/two-subkeys.gpg", "keys/document.txt"],
  ["good/installer.sh.asc", "signatures/acme.gpg", "good/installer.sh"],
  ["signatures/notes.txt.sig", "signatures/acme.gpg", "signatures/notes.txt"],
] as const;

/** What gpgv accepts and we, and mostly sqv too, do not. Undamaged and damaged. */
const QUESTIONABLE = [
  ["keys/sha1-self.sig", "keys/sha1-self.gpg", "keys/document.txt"],
  ["keys/sha1-subkey.sig", "keys/sha1-subkey.gpg", "keys/document.txt"],
  ["keys/sha1-revoked.sig", "keys/sha1-revoked.gpg", "keys/document.txt"],
  ["keys/designated.sig", "keys/designated.gpg", "keys/document.txt"],
] as const;

type Files = readonly [signature: Uint8Array, key: Uint8Array, document: Uint8Array];

function read(paths: readonly [string, string, string]): Files {
  const [signature, key, document] = paths;
  return [fixture(signature).bytes, fixture(key).bytes, fixture(document).bytes];
}

const folder = mkdtempSync(join(tmpdir(), "boltseal-differential-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Ours: good when any signature verifies, as sqv has it. The programs go by the real clock, and so do we here. */
async function askOurselves([signature, key, document]: Files): Promise<Verdict> {
  const now = new Date();
  try {
    const trust = trusting({ keys: [file("key", key)], at: now, now });
    const judgements = await signersOf(document, [file("signature", signature)], trust);
    const good = judgements.filter(({ state }) => state === "verified");
    const signers = good.map(({ signer = "" }) => /^openpgp ([0-9A-F]+)/.exec(signer)?.[1] ?? "");
    return { good: good.length > 0, signers, why: judgements.map(({ state }) => state).join(" and ") };
  } catch (error) {
    if (error instanceof UserError && error.code === "key-malformed")
      return { good: false, signers: [], why: error.code };
    throw error;
  }
}

interface Answers {
  readonly ours: Verdict;
  readonly gpgv: Verdict;
  readonly sqv: Verdict;
}

let count = 0;

async function ask(files: Files): Promise<Answers> {
  const home = join(folder, `${count++}`);
  mkdirSync(home, { mode: 0o700 });
  const paths = {
    signature: join(home, "signature"),
    key: join(home, "key.gpg"),
    document: join(home, "document"),
    home,
  };
  writeFileSync(paths.signature, files[0]);
  writeFileSync(paths.key, files[1]);
  writeFileSync(paths.document, files[2]);
  const [ours, gpgv, sqv] = await Promise.all([askOurselves(files), askGpgv(paths), askSqv(paths)]);
  rmSync(home, { recursive: true });
  return { ours, gpgv, sqv };
}

/** What the answers contradict, or undefined. */
function contradiction({ ours, gpgv, sqv }: Answers): string | undefined {
  if (!ours.good) return undefined;
  if (!gpgv.good && !sqv.good) return "verified here, refused by gpgv and sqv";
  const named = [...gpgv.signers, ...sqv.signers];
  return ours.signers.some((signer) => named.includes(signer)) ? undefined : "another signer than gpgv and sqv name";
}

/**
 * A file of packets without the unsigned subpackets of its signatures, as hex. Whatever stands there, no signature
 * covers it: a program may take offence at it, and need not.
 */
function coveredPart(bytes: Uint8Array): string {
  const kept = packets(Buffer.from(bytes)).map((packet) => {
    const tag = (packet[0] ?? 0) >> 2;
    if (tag !== 34) return packet;
    const parts = partsOf(packet);
    return packet.filter((_, at) => parts[at]?.includes("unsigned") !== true);
  });
  return Buffer.concat(kept).toString("hex");
}

function sameButForUnsigned(a: Files, b: Files): boolean {
  try {
    return a.every((bytes, index) => {
      const other = b[index] ?? Buffer.alloc(0);
      return Buffer.from(bytes).equals(other) || (index < 2 && coveredPart(bytes) === coveredPart(other));
    });
  } catch (error) {
    if (error instanceof RangeError) return false; // The packets cannot be followed.
    throw error;
  }
}

const word = (good: boolean): string => (good ? "good" : "bad");
const skip = skipWithout("gpgv", "sqv");

test("differential: undamaged signatures are good for gpgv, sqv and us, by the same signer", { skip }, async () => {
  for (const paths of GOOD) {
    const { ours, gpgv, sqv } = await ask(read(paths));
    assert.deepEqual([ours.good, gpgv.good, sqv.good], [true, true, true], paths[0]);
    assert.deepEqual([ours.signers, sqv.signers], [gpgv.signers, gpgv.signers], paths[0]);
  }
});

test("differential: what gpgv lets pass of revoked keys and of SHA-1, we do not", { skip }, async () => {
  for (const paths of QUESTIONABLE) assert.equal((await ask(read(paths))).ours.good, false, paths[0]);
});

const MUTATIONS = 600;
const SEED = 20260201;

test(
  `differential: of ${MUTATIONS} damaged signatures, none verifies that gpgv and sqv refuse`,
  { skip },
  async (t) => {
    const dice = createDice(createRandom(SEED));
    const originals = [...GOOD, ...QUESTIONABLE].map(read);
    const cases = Array.from({ length: MUTATIONS }, () => {
      const [files, other] = [dice.pick(originals), dice.pick(originals)];
      const which = dice.pick([0, 0, 0, 1, 1, 2]);
      const { what, bytes } = mutate(files[which] ?? Buffer.alloc(0), dice, other[which] ?? Buffer.alloc(0));
      const changed = files.map((bytesOf, index) => (index === which ? bytes : bytesOf)) as unknown as Files;
      return { what: `${["signature", "key", "document"][which]}: ${what}`, original: files, files: changed };
    });
    const tally = new Map<string, number>();
    const stricter = new Map<string, number>();
    const add = (to: Map<string, number>, key: string): void => void to.set(key, (to.get(key) ?? 0) + 1);
    const contradictions: string[] = [];
    const waiting = cases.entries();
    const lane = async (): Promise<void> => {
      for (const [index, { what, original, files }] of waiting) {
        const answers = await ask(files);
        const { ours, gpgv, sqv } = answers;
        add(tally, `here ${word(ours.good)}, gpgv ${word(gpgv.good)}, sqv ${word(sqv.good)}`);
        if (!ours.good && gpgv.good) add(stricter, `${ours.why} here, good for gpgv${sqv.good ? " and sqv" : ""}`);
        const found = contradiction(answers);
        if (found === undefined) continue;
        if (sameButForUnsigned(original, files)) add(tally, "of these, refused by both for an unsigned part alone");
        else contradictions.push(`${index} (${what}): ${found}`);
      }
    };
    await Promise.all([lane(), lane()]);
    const lines = (map: ReadonlyMap<string, number>): readonly string[] =>
      [...map].map(([key, times]) => `${key}: ${times}`).toSorted();
    for (const line of lines(tally)) t.diagnostic(line);
    for (const line of lines(stricter)) t.diagnostic(`stricter: ${line}`);
    assert.deepEqual(contradictions, []);
    // A run in which nothing is good, or nothing bad, compares nothing.
    const seen = (pattern: RegExp): number =>
      [...tally].reduce((sum, [answers, times]) => sum + (pattern.test(answers) ? times : 0), 0);
    assert.ok(seen(/^here good/) >= 20, "too few that verify");
    assert.ok(seen(/^here bad, gpgv bad, sqv bad/) >= MUTATIONS / 2, "too few that do not");
  },
);
