// Every signature of fixtures/verify: which state it gets, with which remarks, under which keys, pins and clock.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Trust } from "../src/verify/scheme.ts";
import { signersOf } from "../src/verify/signed.ts";
import { AT, file, fingerprintsOf, fixture, judgeOne, signer, stateOf, trusting } from "./support/openpgp-judging.ts";
import { ROOT } from "./support/project.ts";

const ALL = [fixture("signatures/keys.gpg")];

interface Row {
  /** Below fixtures/verify/signatures/. */
  readonly signature: string;
  readonly over?: string;
  readonly is: string;
  /** Of each signature, `state +remark`. */
  readonly states: readonly string[];
  readonly at?: string;
  readonly keys?: string;
}

const GOOD = ["verified"];

const ROWS: readonly Row[] = [
  { signature: "acme.sig", is: "Ed25519 by a subkey, SHA-512", states: GOOD },
  { signature: "sha256.sig", is: "the same with SHA-256", states: GOOD },
  { signature: "bob.sig", is: "RSA of 3072 bits", states: GOOD },
  { signature: "p256.sig", is: "ECDSA over NIST P-256", states: GOOD },
  { signature: "brainpool.sig", is: "ECDSA over Brainpool", states: GOOD },
  { signature: "mallory.sig", is: "by a key that is not there", states: ["untrusted-signer"] },
  { signature: "other-file.sig", is: "good, but over another file", states: ["invalid"] },

  { signature: "acme.asc", is: "armored", states: GOOD },
  { signature: "bob.asc", is: "armored, RSA", states: GOOD },
  { signature: "crlf.asc", is: "armored with CR LF", states: GOOD },
  { signature: "byte-order-mark.asc", is: "armored behind a byte order mark", states: GOOD },
  { signature: "text-around.asc", is: "armored below other text", states: GOOD },
  { signature: "trailing-bytes.sig", is: "followed by bytes of no packet", states: ["malformed"] },
  { signature: "inline.gpg", is: "a message with its data inside", over: "notes.txt", states: ["malformed"] },
  { signature: "tool.tgz", is: "no signature at all", states: ["malformed"] },
  { signature: "keys.gpg", is: "a key file", states: ["malformed"] },
  { signature: "acme.gpg", is: "the signer's own key", states: ["malformed"] },

  { signature: "two-blocks.asc", is: "two armor blocks: both are read", states: ["verified", "verified"] },
  { signature: "acme-and-bob.sig", is: "two signatures", states: ["verified", "verified"] },
  { signature: "good-and-bad.sig", is: "one good, one over another file", states: ["verified", "invalid"] },
  { signature: "good-and-unknown.sig", is: "one good, one unknown", states: ["verified", "untrusted-signer"] },
  { signature: "good-and-revoked.sig", is: "one good, one by a revoked key", states: ["verified", "revoked"] },
  { signature: "weak-and-good.sig", is: "one with SHA-1, one good", states: ["weak", "verified"] },

  { signature: "sha1.sig", is: "Ed25519 over SHA-1, which OpenPGP forbids", states: ["weak"] },
  { signature: "short.sig", is: "RSA of 1024 bits", states: ["weak"] },
  { signature: "dsa.sig", is: "DSA", states: ["weak"] },
  { signature: "text-mode.sig", is: "in text mode over an archive", states: ["weak"] },
  {
    signature: "notes.txt.sig",
    over: "notes.txt",
    is: "in text mode over text",
    states: ["verified +signature-text-mode"],
  },

  { signature: "revoked.sig", is: "by a key that was revoked", states: ["revoked"] },
  { signature: "retired.sig", is: "by a key that was superseded later", states: ["revoked"] },
  { signature: "subkey-revoked.sig", is: "by a subkey that was revoked", states: ["revoked"] },
  {
    signature: "revoked.sig",
    keys: "before-revocation.gpg",
    is: "by a key that was revoked, under a copy from before",
    states: GOOD,
  },

  { signature: "expired.sig", is: "by a key that expired afterwards", states: ["verified +key-expired"] },
  { signature: "expired.sig", is: "by a key, before it expired", at: "2026-02-20", states: GOOD },
  { signature: "renewed.sig", is: "by a key that was renewed afterwards", states: ["verified +key-refreshed"] },
  {
    signature: "renewed.sig",
    is: "by a renewed key that has expired since: nothing shows that it was valid when it signed",
    at: "2030-01-01",
    states: ["expired"],
  },
  { signature: "expired-signature.sig", is: "to be believed until March, in February", at: "2026-02-28", states: GOOD },
  {
    signature: "expired-signature.sig",
    is: "to be believed until March, on the first instant of March",
    at: "2026-03-01",
    states: ["expired"],
  },

  { signature: "acme.sig", is: "five minutes from the future", at: "2026-02-01T11:55:00Z", states: GOOD },
  {
    signature: "acme.sig",
    is: "five minutes and a second from the future",
    at: "2026-02-01T11:54:59Z",
    states: ["invalid"],
  },
];

for (const { signature, over = "tool.tgz", is, states, at, keys } of ROWS) {
  test(`${signature}: ${is}: ${states.join(", ")}`, async () => {
    const trust = trusting({
      keys: keys === undefined ? ALL : [fixture(`signatures/${keys}`)],
      ...(at === undefined ? {} : { at: new Date(at) }),
    });
    const { bytes } = fixture(`signatures/${over}`);
    const judgements = await signersOf(bytes, [fixture(`signatures/${signature}`)], trust);
    assert.deepEqual(judgements.map(stateOf), states);
  });
}

test("every signature among the fixtures has a row", () => {
  const tested = new Set(
    ROWS.flatMap(({ signature, over = "tool.tgz", keys = "keys.gpg" }) => [signature, over, keys]),
  );
  const files = readdirSync(join(ROOT, "fixtures/verify/signatures"));
  assert.deepEqual(
    files.filter((name) => !tested.has(name)),
    [],
  );
});

test("a judgement names the signer in full, the time that it claims, and one person for each primary key", async () => {
  const [acme, bob] = await signersOf(
    fixture("signatures/tool.tgz").bytes,
    [fixture("signatures/acme-and-bob.sig")],
    trusting({ keys: ALL }),
  );
  const [[primary = "", subkey = ""] = []] = await fingerprintsOf(fixture("signatures/acme.gpg"));
  assert.equal(acme?.signer, `openpgp ${primary.toUpperCase()} subkey ${subkey.toUpperCase()}`);
  assert.equal(acme.person, `openpgp ${primary.toUpperCase()}`);
  assert.equal(acme.time, "2026-02-01T12:00:00Z");
  assert.notEqual(bob?.person, acme.person);
});

test("a signature from the future says that the clock, or --at, is to be looked at", async () => {
  const trust = trusting({ keys: ALL, at: new Date("2026-01-15") });
  const judgement = await judgeOne(fixture("signatures/tool.tgz").bytes, fixture("signatures/acme.sig"), trust);
  assert.equal(judgement.state, "invalid");
  assert.match(judgement.hint ?? "", /--at\b/);
});

for (const [first, second] of [
  ["before-revocation.gpg", "keys.gpg"],
  ["keys.gpg", "before-revocation.gpg"],
] as const) {
  test(`a revocation that one copy of the key knows of counts: ${first}, then ${second}`, async () => {
    const [a, b] = [fixture(`signatures/${first}`), fixture(`signatures/${second}`)];
    const { bytes } = fixture("signatures/tool.tgz");
    const [[fingerprint = ""] = []] = await fingerprintsOf(fixture("signatures/before-revocation.gpg"));
    const both: readonly Partial<Trust>[] = [
      { keys: [a, b] },
      { keys: [a], foundKeys: [b] },
      { foundKeys: [a, b], fingerprints: [fingerprint] },
      { foundKeys: [a, b], signers: [signer("acme", { identity: fingerprint })] },
    ];
    for (const trust of both) {
      const { state } = await judgeOne(bytes, fixture("signatures/revoked.sig"), trusting(trust));
      assert.equal(state, "revoked");
    }
  });
}

test("the same signature twice is one person, whatever copies of the key there are", async () => {
  const twice = Buffer.concat([fixture("signatures/acme.sig").bytes, fixture("signatures/acme.sig").bytes]);
  const judgements = await signersOf(
    fixture("signatures/tool.tgz").bytes,
    [file("twice.sig", twice), fixture("signatures/acme.asc")],
    trusting({ keys: [...ALL, fixture("signatures/acme.gpg")] }),
  );
  assert.deepEqual(judgements.map(stateOf), ["verified", "verified", "verified"]);
  assert.equal(new Set(judgements.map(({ person }) => person)).size, 1);
});

test("without keys no signature counts, and nothing is thrown", async () => {
  for (const { signature, over = "tool.tgz" } of ROWS) {
    const { bytes } = fixture(`signatures/${over}`);
    for (const { state } of await signersOf(bytes, [fixture(`signatures/${signature}`)], trusting({ at: AT }))) {
      assert.ok(state === "untrusted-signer" || state === "malformed", `${signature}: ${state}`);
    }
  }
});
