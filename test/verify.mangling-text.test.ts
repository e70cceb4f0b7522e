// Armored signatures, cleartext-signed lists, and lists with detached signatures, damaged in every place. Where a
// damaged file still verifies, the place is listed here, with the reason why no signature covers it.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ALGORITHMS } from "../src/core/digest.ts";
import type { Algorithm, Digest } from "../src/core/digest.ts";
import { lookUp } from "../src/verify/checksum-lookup.ts";
import { judgeList, judgeOver, readList, readSignatures } from "../src/verify/evidence.ts";
import { listClaims } from "../src/verify/lists.ts";
import { createSignatureReader } from "../src/verify/signed.ts";
import { armored, certificate } from "./support/openpgp-certificate.ts";
import { forgeKey, forgeSignature, issuerKeyId } from "./support/openpgp-forge.ts";
import { file, fixture, trusting } from "./support/openpgp-judging.ts";
import {
  changes,
  fewValues,
  insertions,
  partsOf,
  ranges,
  textValues,
  truncations,
  unarmored,
} from "./support/openpgp-mangling.ts";

const TRUST = trusting({ keys: [fixture("good/acme.asc")] });
const INSTALLER = fixture("good/installer.sh").bytes;

/** What a file is found to say, as text that can be compared; undefined when it does not verify. */
type Reading = (bytes: Uint8Array) => Promise<string | undefined>;

/** A detached signature over the document: who signed, when, with which remarks. Text around it is remarked on, so noticed. */
function detached(document: Uint8Array, trust = TRUST): Reading {
  const reader = createSignatureReader(trust);
  return async (bytes) => {
    const found = await reader.open(file("mangled", bytes));
    const judgements = await Promise.all((found?.opened.signatures ?? []).map((one) => judgeOver(one, document)));
    const good = judgements.filter(({ state }) => state === "verified");
    const surrounded = found?.opened.remarks.some(({ rule }) => rule === "signature-surrounded") === true;
    return good.length === 0 || surrounded ? undefined : JSON.stringify(good);
  };
}

/** A checksum list with its signatures: what it is found to prove about an artifact. The keys are read once. */
function listed(
  signature: Uint8Array | undefined,
): (bytes: Uint8Array, artifact?: Uint8Array) => Promise<string | undefined> {
  const reader = createSignatureReader(TRUST);
  return async (bytes, artifact = INSTALLER) => {
    const own = signature === undefined ? [] : await readSignatures(reader, file("SHA256SUMS.asc", signature), true);
    const list = await readList(reader, file("SHA256SUMS", bytes), own ?? [], { named: true, forOne: false });
    const lookup = lookUp(list.list, { path: "installer.sh", name: "installer.sh", alone: true });
    const computed = (algorithm: Algorithm): Digest | undefined => {
      const { node } = ALGORITHMS[algorithm];
      const hex = node === null ? undefined : createHash(node).update(artifact).digest("hex");
      return hex === undefined ? undefined : { algorithm, hex, from: "computed" };
    };
    const claims = listClaims(await judgeList(list, []), lookup, computed, { integrityOnly: false, renamed: false });
    const good = claims.filter(({ evidence }) => evidence.state === "verified");
    return good.length === 0 ? undefined : JSON.stringify(good.map(({ evidence, person }) => [evidence, person]));
  };
}

/** Positions at which a change of one byte goes unnoticed, as `position: values`. What verifies says what the whole file says. */
async function unnoticed(bytes: Uint8Array, read: Reading): Promise<readonly string[]> {
  const original = await read(bytes);
  assert.ok(original !== undefined);
  const values = new Map<number, number[]>();
  for (const mutant of changes(bytes, textValues)) {
    const reading = await read(mutant.bytes);
    if (reading === undefined) continue;
    assert.equal(reading, original, `byte ${mutant.at} changed to ${mutant.value}`);
    values.set(mutant.at, [...(values.get(mutant.at) ?? []), mutant.value]);
  }
  return [...values].map(([at, list]) => `${at}: ${ranges(list)}`);
}

/** Positions at which the inserted piece goes unnoticed. */
async function unnoticedInsertions(bytes: Uint8Array, piece: string, read: Reading): Promise<string> {
  const original = await read(bytes);
  const positions: number[] = [];
  for (const mutant of insertions(bytes, Buffer.from(piece))) {
    const reading = await read(mutant.bytes);
    if (reading === undefined) continue;
    assert.equal(reading, original, `${JSON.stringify(piece)} at ${mutant.at}`);
    positions.push(mutant.at);
  }
  return ranges(positions);
}

async function unnoticedTruncations(bytes: Uint8Array, read: Reading): Promise<string> {
  const original = await read(bytes);
  const lengths: number[] = [];
  for (const cut of truncations(bytes)) {
    const reading = await read(cut);
    if (reading === undefined) continue;
    assert.equal(reading, original, `${cut.length} bytes`);
    lengths.push(cut.length);
  }
  return ranges(lengths);
}

/** Offsets of what matters in an armored file or signed text; each is where the text begins. */
function landmarks(bytes: Uint8Array): { lineEnds: readonly number[]; at(text: string): number; length: number } {
  const text = Buffer.from(bytes).toString("latin1");
  return {
    lineEnds: [...text.matchAll(/\n/g)].map(({ index }) => index),
    at: (wanted) => {
      assert.ok(text.includes(wanted), wanted);
      return text.lastIndexOf(wanted);
    },
    length: text.length,
  };
}

function span(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

// --- Armor ------------------------------------------------------------------------------------------

const ARMORED = fixture("good/installer.sh.asc").bytes;

test("armor: every change of one byte is noticed, but that of the last line end into other white space", async () => {
  // The checksum of gpg's armor notices what would change only what no signature covers in the packet.
  const last = ARMORED.length - 1;
  assert.deepEqual(await unnoticed(ARMORED, detached(INSTALLER)), [`${last}: 9 13 32`]);
});

test("armor: every truncation is noticed, but that of the last line end", async () => {
  assert.equal(await unnoticedTruncations(ARMORED, detached(INSTALLER)), `${ARMORED.length - 1}`);
});

test("armor: what is inserted is noticed, but white space at the ends of lines and line ends within the base64", async () => {
  const { lineEnds, at, length } = landmarks(ARMORED);
  const read = detached(INSTALLER);
  for (const blank of [" ", "\t", "\r"])
    assert.equal(await unnoticedInsertions(ARMORED, blank, read), ranges([...lineEnds, length]), JSON.stringify(blank));
  // Above the block; from the end of its first line to its checksum; around its last line, and below the block.
  const [first = 0] = lineEnds;
  const [checksum, end] = [at("\n=") + 1, at("-----END")];
  const places = [0, ...span(first, checksum), end - 1, end, length - 1, length];
  assert.equal(await unnoticedInsertions(ARMORED, "\n", read), ranges(places));
  assert.equal(await unnoticedInsertions(ARMORED, "\u{feff}", read), "0");
  for (const piece of ["\0", "=", "-", "A", "\f", "-----END PGP SIGNATURE-----\n"])
    assert.equal(await unnoticedInsertions(ARMORED, piece, read), "", JSON.stringify(piece));
  // An armor header stands between the block's first line and the blank one.
  assert.equal(await unnoticedInsertions(ARMORED, "Comment: x\n", read), `${first + 1}`);
  assert.equal(await unnoticedInsertions(ARMORED, "Comment-x: x\n", read), "");
});

test("armor without a checksum: what verifies is the same but for what no signature covers in the packet", async () => {
  const [key, document] = [forgeKey(1), Buffer.from("what was signed\n")];
  const packet = forgeSignature(key, document, { unhashed: [issuerKeyId(key)] });
  const text = Buffer.from(armored("SIGNATURE", packet));
  const read = detached(document, trusting({ keys: [file("key", certificate(key))] }));
  const parts = partsOf(packet);
  const covered = (bytes: Uint8Array): string => [...bytes].filter((_, at) => !UNCOVERED.has(parts[at] ?? "")).join();
  const differing = new Set<string>();
  for (const { at, bytes } of changes(text, (byte) => [byte ^ 1, byte ^ 2, byte ^ 4, byte ^ 8, byte ^ 16])) {
    const reading = await read(bytes);
    if (reading === undefined) continue;
    assert.equal(reading, await read(text));
    const changed = unarmored(bytes);
    assert.equal(covered(changed), covered(packet), `byte ${at}`);
    for (const [offset, byte] of changed.entries()) if (byte !== packet[offset]) differing.add(parts[offset] ?? "");
  }
  assert.deepEqual([...differing].toSorted(), [...UNCOVERED].toSorted());
});

/** Parts that a change of a base64 character reaches without being noticed; verify.mangling.test.ts says why. */
const UNCOVERED: ReadonlySet<string> = new Set(["type of an unsigned subpacket", "unsigned subpacket", "bit count"]);

// --- Signed texts and lists -------------------------------------------------------------------------

const SIGNED_LIST = fixture("good/SHA256SUMS.signed").bytes;
const LIST = fixture("good/SHA256SUMS").bytes;
const LIST_SIGNATURE = fixture("good/SHA256SUMS.asc").bytes;

test("signed list: every change of one byte is noticed, but in the hash header and at the last line end", async () => {
  const { at, length } = landmarks(SIGNED_LIST);
  const value = at("Hash:") + "Hash:".length;
  const end = at(`\n\n${Buffer.from(LIST).toString("latin1", 0, 64)}`);
  const header = span(value, end - 1).map((position) => {
    // RFC 9580 section 7: the header says nothing any more. Letters, digits, commas, blanks and dashes may stand there.
    const may = textValues(SIGNED_LIST[position] ?? 0).filter((byte) =>
      /[A-Za-z0-9, -]/.test(String.fromCharCode(byte)),
    );
    return `${position}: ${ranges(position === end - 1 ? [...may, 9, 13] : may)}`;
  });
  const places = await unnoticed(SIGNED_LIST, listed(undefined));
  assert.deepEqual(places, [...header, `${length - 1}: 9 13 32`]);
});

test("signed list: every truncation is noticed, but that of the last line end", async () => {
  assert.equal(await unnoticedTruncations(SIGNED_LIST, listed(undefined)), `${SIGNED_LIST.length - 1}`);
});

test("signed list: what is inserted is noticed, but blanks at the ends of lines and in the hash header", async () => {
  const { at, lineEnds, length } = landmarks(SIGNED_LIST);
  const read = listed(undefined);
  const header = at("Hash:") + "Hash:".length;
  const headerEnd = lineEnds.find((position) => position > header) ?? 0;
  const [begin, checksum, end] = [at("-----BEGIN PGP SIGNATURE"), at("\n=") + 1, at("-----END")];
  const signature = lineEnds.find((position) => position > begin) ?? 0;
  assert.equal(
    await unnoticedInsertions(SIGNED_LIST, " ", read),
    ranges([...lineEnds, ...span(header, headerEnd - 1), length]),
  );
  for (const blank of ["\t", "\r"])
    assert.equal(await unnoticedInsertions(SIGNED_LIST, blank, read), ranges([...lineEnds, length]));
  const places = [...span(signature, checksum), end - 1, end, length - 1, length];
  assert.equal(await unnoticedInsertions(SIGNED_LIST, "\n", read), ranges(places));
  assert.equal(await unnoticedInsertions(SIGNED_LIST, "A", read), ranges(span(header, headerEnd)));
  for (const piece of ["\0", "=", "\f", "\u00a0"])
    assert.equal(await unnoticedInsertions(SIGNED_LIST, piece, read), "", piece);
});

test("signed list: joined with itself or with another, above or below, it says nothing", async () => {
  const read = listed(undefined);
  const line = Buffer.from(`${"0".repeat(64)}  other.sh\n`);
  for (const parts of [
    [SIGNED_LIST, SIGNED_LIST],
    [LIST, SIGNED_LIST],
    [SIGNED_LIST, LIST],
    [line, SIGNED_LIST],
    [SIGNED_LIST, line],
  ])
    assert.equal(await read(Buffer.concat(parts)), undefined);
});

test("list with a detached signature: no change, truncation, insertion or addition goes unnoticed", async () => {
  const read = listed(LIST_SIGNATURE);
  assert.deepEqual(await unnoticed(LIST, read), []);
  assert.equal(await unnoticedTruncations(LIST, read), "");
  for (const piece of [" ", "\n", "\r", "\t", "\0", "\u{feff}", "#", "a"])
    assert.equal(await unnoticedInsertions(LIST, piece, read), "", JSON.stringify(piece));
  assert.equal(await read(Buffer.concat([LIST, LIST])), undefined);
});

test("list with a detached signature: damage to the signature is noticed as it is in a signature over a file", async () => {
  const original = await listed(LIST_SIGNATURE)(LIST);
  assert.ok(original !== undefined);
  const last = LIST_SIGNATURE.length - 1;
  for (const { at, value, bytes } of changes(LIST_SIGNATURE, textValues)) {
    const reading = await listed(bytes)(LIST);
    const expected: string | undefined = at === last && [9, 13, 32].includes(value) ? original : undefined;
    assert.equal(reading, expected, `byte ${at} changed to ${value}`);
  }
});

for (const [what, bytes, signature] of [
  ["signed list", SIGNED_LIST, undefined],
  ["list with a detached signature", LIST, LIST_SIGNATURE],
] as const) {
  test(`${what}: no change and no truncation of the file that it lists goes unnoticed`, async () => {
    const read = listed(signature);
    assert.ok((await read(bytes)) !== undefined);
    for (const { at, bytes: changed } of changes(INSTALLER, fewValues))
      assert.equal(await read(bytes, changed), undefined, `byte ${at}`);
    for (const cut of truncations(INSTALLER)) assert.equal(await read(bytes, cut), undefined);
    assert.equal(await read(bytes, Buffer.concat([INSTALLER, Buffer.from("\n")])), undefined);
  });
}
