// Damage to CMS signatures at every byte, and OpenSSL's opinion of whatever still verifies.

import { test } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { hashBytes } from "../src/core/hash-set.ts";
import { cms } from "../src/verify/cms.ts";
import type { CmsVerifier } from "../src/verify/cms.ts";
import { textFile } from "../src/verify/evidence.ts";
import { AT, CMS_FIXTURES, DOCUMENT, fingerprint, fixture, trusting } from "./support/cms-judging.ts";
import { opensslVerifies } from "./support/cms-programs.ts";
import { changes, insertions, truncations } from "./support/openpgp-mangling.ts";
import { tool } from "./support/tools.ts";

const OPENSSL = tool("openssl");
const GOOD = fixture("p256.p7s").bytes;
const DOCUMENT_PATH = join(CMS_FIXTURES, "document.txt");
const ROOT_PATH = join(CMS_FIXTURES, "root.pem");
const PINNED = await cms.verifier(trusting({ fingerprints: [fingerprint(fixture("p256.pem").bytes)] }));
const CHAINED = await cms.verifier(trusting({ authorities: [fixture("root.pem")] }));
const ANY_NAMED = [
  "rsa",
  "p256",
  "p384",
  "p521",
  "weak-key",
  "weak-link",
  "self",
  "brainpool",
  "mallory",
  "no-purpose",
];
const ALL = await cms.verifier(
  trusting({ fingerprints: ANY_NAMED.map((name) => fingerprint(fixture(`${name}.pem`).bytes)) }),
);

async function stateOf(verifier: CmsVerifier, bytes: Uint8Array, document: Uint8Array = DOCUMENT): Promise<string> {
  const { signatures } = await verifier.open({ source: "x.p7s", bytes });
  const states = await Promise.all(
    signatures.map(async (one) => (await one.judge(hashBytes(document, one.needs), textFile(""))).state),
  );
  return states.join(" ");
}

/** Where the issuer's certificate, for which the signer does not answer, stands in the message: first and last byte. */
function issuersPlace(): readonly [number, number] {
  const raw = Buffer.from(
    fixture("issuer.pem")
      .bytes.toString()
      .replaceAll(/-----.*-----|\n/g, ""),
    "base64",
  );
  const at = Buffer.from(GOOD).indexOf(raw);
  assert.ok(at > 0);
  return [at, at + raw.length - 1];
}

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "boltseal-cms-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("no byte can be changed when the signer is found by its authority", async () => {
  for (const { at, bytes } of changes(GOOD, (byte) => [byte ^ 1])) {
    assert.notEqual(await stateOf(CHAINED, bytes), "verified", `byte ${at}`);
  }
});

test("only the issuer's certificate can be changed when the signer is pinned, and OpenSSL agrees", async () => {
  const [first, last] = issuersPlace();
  await withFolder(async (folder) => {
    const signature = join(folder, "changed.p7s");
    for (const { at, bytes } of changes(GOOD, (byte) => [byte ^ 1])) {
      if ((await stateOf(PINNED, bytes)) !== "verified") continue;
      assert.ok(at >= first && at <= last, `byte ${at}`);
      if (OPENSSL.skip !== false || at % 40 !== 0) continue;
      writeFileSync(signature, bytes);
      assert.ok(await opensslVerifies({ signature, document: DOCUMENT_PATH }), `byte ${at}`);
    }
  });
});

test("no beginning of a signature, and none with a byte more, is a signature", async () => {
  for (const cut of truncations(GOOD)) assert.equal(await stateOf(PINNED, cut), "malformed", `${cut.length} bytes`);
  for (const { at, bytes } of insertions(GOOD, Buffer.from([0]))) {
    assert.notEqual(await stateOf(PINNED, bytes), "verified", `at ${at}`);
  }
});

test("no beginning of a PEM signature but for its last line break is a signature, nor one with text around it", async () => {
  const text = fixture("text.p7s").bytes;
  assert.equal(await stateOf(PINNED, text), "verified");
  for (const cut of truncations(text.subarray(0, -1))) assert.notEqual(await stateOf(PINNED, cut), "verified");
  const surrounded = [
    ["x\n", ""],
    ["", "x\n"],
    ["", text.toString()],
    [fixture("issuer.pem").bytes.toString(), ""],
  ] as const;
  for (const [before, behind] of surrounded) {
    const bytes = Buffer.concat([Buffer.from(before), text, Buffer.from(behind)]);
    assert.equal(await stateOf(PINNED, bytes), "malformed");
  }
  const crlf = Buffer.from(text.toString().replaceAll("\n", "\r\n"));
  assert.equal(await stateOf(PINNED, Buffer.concat([Buffer.from("\n"), crlf, Buffer.from("\n\n")])), "verified");
});

test("any bytes are judged without an exception, and never verified", async () => {
  const parts = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(GOOD.length - 1).map((at) => GOOD.subarray(at, at + 60)),
    ),
    { maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(parts, async (pieces) => {
      const bytes = Buffer.concat([Buffer.from([0x30]), ...pieces]);
      assert.notEqual(await stateOf(ALL, bytes), "verified");
    }),
    { numRuns: 300 },
  );
});

const FIXTURES: readonly (readonly [name: string, agrees: boolean, form?: "PEM"])[] = [
  ...["rsa", "rsa-pss", "pss-sha512", "p256", "p384", "p521", "key-identifier", "cades"].map(
    (name) => [name, true] as const,
  ),
  ["text", true, "PEM"],
  ...["smime", "other-file", "mallory", "too-deep", "in-limits", "weak-key", "weak-link", "self", "brainpool"].map(
    (name) => [name, false] as const,
  ),
];

for (const [name, verifies, form = "DER"] of FIXTURES) {
  test(`${name}: ${verifies ? "OpenSSL verifies it, too" : "not verified"}`, { skip: OPENSSL.skip }, async () => {
    const signature = join(CMS_FIXTURES, `${name}.p7s`);
    const at = AT.getTime() / 1000;
    const theirs = await opensslVerifies({ signature, document: DOCUMENT_PATH, authorities: ROOT_PATH, at, form });
    const ours = (await stateOf(CHAINED, fixture(`${name}.p7s`).bytes)) === "verified";
    assert.equal(ours, verifies);
    assert.ok(theirs || !ours);
  });
}
