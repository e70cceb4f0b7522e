// Whose signatures count: keys that flags name, fingerprints, pins of policies with their conditions. The key
// has two signing subkeys, of which the older one made the signature.

import { test } from "node:test";
import assert from "node:assert/strict";
import type { Pin } from "../src/core/signer.ts";
import type { Trust } from "../src/verify/scheme.ts";
import { AT, fingerprintsOf, fixture, judgeOne, signer, stateOf, trusting } from "./support/openpgp-judging.ts";

const DOCUMENT = fixture("keys/document.txt").bytes;
const KEY = fixture("keys/two-subkeys.gpg");
const SIGNATURE = fixture("keys/two-subkeys.sig");
const STRANGER = fixture("signatures/acme.gpg");
const [[PRIMARY = "", SIGNING = "", OTHER = ""] = []] = await fingerprintsOf(KEY);
const [[FOREIGN = ""] = []] = await fingerprintsOf(STRANGER);

/** The one pin of a signer called "acme", on the primary key. */
function pinned(fields: Omit<Pin, "scheme" | "identity">): Partial<Trust> {
  return { foundKeys: [KEY], signers: [signer("acme", { identity: PRIMARY, ...fields })] };
}

const TRUST: readonly (readonly [what: string, trust: Partial<Trust>, state: string])[] = [
  ["a key that a flag names", { keys: [KEY] }, "verified"],
  ["a key that was only found", { foundKeys: [KEY] }, "untrusted-signer"],
  ["a found key beside a named one of somebody else", { keys: [STRANGER], foundKeys: [KEY] }, "untrusted-signer"],
  ["a found key whose primary fingerprint a flag names", { foundKeys: [KEY], fingerprints: [PRIMARY] }, "verified"],
  ["a found key whose signing subkey a flag names", { foundKeys: [KEY], fingerprints: [SIGNING] }, "verified"],
  ["a found key of which a flag names another subkey", { foundKeys: [KEY], fingerprints: [OTHER] }, "untrusted-signer"],
  ["a found key, a flag naming somebody else's", { foundKeys: [KEY], fingerprints: [FOREIGN] }, "untrusted-signer"],
  ["a fingerprint without a key", { fingerprints: [PRIMARY] }, "untrusted-signer"],
  ["a named key that a fingerprint confirms", { keys: [KEY], fingerprints: [PRIMARY] }, "verified"],
  ["a named key that a fingerprint leaves out", { keys: [KEY], fingerprints: [FOREIGN] }, "untrusted-signer"],
  ["a named key of which another subkey is named", { keys: [KEY], fingerprints: [OTHER] }, "untrusted-signer"],
  ["several fingerprints, one of them right", { keys: [KEY], fingerprints: [FOREIGN, SIGNING] }, "verified"],
  ["a short key id for a fingerprint", { keys: [KEY], fingerprints: [PRIMARY.slice(-16)] }, "untrusted-signer"],
  ["a pin on the primary key", pinned({}), "verified"],
  ["a pin on the signing subkey", { foundKeys: [KEY], signers: [signer("acme", { identity: SIGNING })] }, "verified"],
  ["a pin on another subkey", { foundKeys: [KEY], signers: [signer("acme", { identity: OTHER })] }, "untrusted-signer"],
  ["a pin without a key", { signers: [signer("acme", { identity: PRIMARY })] }, "untrusted-signer"],
  ["a pin beside a flag that names somebody else", { ...pinned({}), fingerprints: [FOREIGN] }, "verified"],
  ["a revoked pin", pinned({ revoked: "stolen" }), "revoked"],
  ["a revoked pin, although a flag names the key", { ...pinned({ revoked: "stolen" }), keys: [KEY] }, "revoked"],
  [
    "a pin on the primary key, and one that revokes the signing subkey",
    {
      foundKeys: [KEY],
      signers: [signer("acme", { identity: PRIMARY }, { identity: SIGNING, revoked: "stolen" })],
    },
    "revoked",
  ],
  [
    "a pin of one signer, and another's that revokes the key",
    {
      foundKeys: [KEY],
      signers: [signer("acme", { identity: SIGNING }), signer("old", { identity: PRIMARY, revoked: "stolen" })],
    },
    "revoked",
  ],
  [
    "a pin on the primary key, and one that revokes another subkey",
    {
      foundKeys: [KEY],
      signers: [signer("acme", { identity: PRIMARY }, { identity: OTHER, revoked: "stolen" })],
    },
    "verified",
  ],
  [
    "a pin on the primary key, and one that ends the signing subkey before it signed",
    {
      foundKeys: [KEY],
      signers: [signer("acme", { identity: PRIMARY }, { identity: SIGNING, notAfter: "2026-01-15" })],
    },
    "untrusted-signer",
  ],
  ["notBefore at the signing time", pinned({ notBefore: "2026-02-01T12:00:00Z" }), "verified"],
  ["notBefore a second later", pinned({ notBefore: "2026-02-01T12:00:01Z" }), "untrusted-signer"],
  ["notAfter at the signing time", pinned({ notAfter: "2026-02-01T12:00:00Z" }), "verified"],
  ["notAfter a second earlier", pinned({ notAfter: "2026-02-01T11:59:59Z" }), "untrusted-signer"],
  ["allowWeak for a key that is not weak", pinned({ allowWeak: { reason: "x", expires: "2027-01-01" } }), "verified"],
];

for (const [what, trust, state] of TRUST) {
  test(`trust: ${what}: ${state}`, async () => {
    assert.equal(stateOf(await judgeOne(DOCUMENT, SIGNATURE, trusting(trust))), state);
  });
}

test("trust: a pin gives its signer's name, and all keys of a signer are one person", async () => {
  const trust = trusting({ foundKeys: [KEY], signers: [signer("acme", { identity: FOREIGN }, { identity: SIGNING })] });
  const judgement = await judgeOne(DOCUMENT, SIGNATURE, trust);
  assert.deepEqual([judgement.name, judgement.person], ["acme", "acme"]);
});

test("trust: a key whose parts two signers pin is one person", async () => {
  const [sub, main] = [signer("sub", { identity: SIGNING }), signer("main", { identity: PRIMARY })];
  for (const signers of [
    [sub, main],
    [main, sub],
  ]) {
    const judgement = await judgeOne(DOCUMENT, SIGNATURE, trusting({ foundKeys: [KEY], signers }));
    assert.equal(judgement.person, signers[0]?.name);
  }
});

test("trust: allowWeak ends by the real clock, whatever time is judged", async () => {
  const { bytes } = fixture("signatures/tool.tgz");
  const short = fixture("signatures/short.sig");
  const refused = await judgeOne(bytes, short, trusting({ keys: [WEAK_KEYS] }));
  const identity = /openpgp ([0-9A-F]{40})/.exec(refused.signer ?? "")?.[1]?.toLowerCase() ?? "";
  const signers = [signer("old", { identity, allowWeak: { reason: "old releases", expires: "2026-06-01" } })];
  const trust = { policyKeys: [WEAK_KEYS], signers, at: new Date("2026-05-01") };
  assert.equal((await judgeOne(bytes, short, trusting({ ...trust, now: new Date("2026-05-01") }))).state, "verified");
  assert.equal((await judgeOne(bytes, short, trusting({ ...trust, now: AT }))).state, "weak");
});

const WEAK_KEYS = fixture("signatures/keys.gpg");

for (const signature of ["short.sig", "dsa.sig"]) {
  test(`allowWeak: ${signature} verifies while the exception lasts, and says so`, async () => {
    const { bytes } = fixture("signatures/tool.tgz");
    const refused = await judgeOne(bytes, fixture(`signatures/${signature}`), trusting({ keys: [WEAK_KEYS] }));
    const identity = /openpgp ([0-9A-F]{40})/.exec(refused.signer ?? "")?.[1]?.toLowerCase() ?? "";
    const judge = async (expires: string): Promise<readonly [string, string | undefined]> => {
      const pin = { identity, allowWeak: { reason: "old releases", expires } };
      const trust = trusting({ foundKeys: [WEAK_KEYS], signers: [signer("old", pin)] });
      const { state, allowedWeak } = await judgeOne(bytes, fixture(`signatures/${signature}`), trust);
      return [state, allowedWeak?.reason];
    };
    assert.equal(refused.state, "weak");
    assert.deepEqual(await judge("2026-10-01T00:00:01Z"), ["verified", "old releases"]);
    assert.deepEqual(await judge(AT.toISOString()), ["weak", undefined]);
    assert.deepEqual(await judge("2026-01-01"), ["weak", undefined]);
  });
}
