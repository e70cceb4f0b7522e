// Keys: what a key must be to sign files, and what revokes it.

import { test } from "node:test";
import assert from "node:assert/strict";
import { boundSubkey, certificate, FLAGS, revocation } from "./support/openpgp-certificate.ts";
import { BORN, created, forgeKey, forgeSignature, issuerFingerprint, packet, SIGNED } from "./support/openpgp-forge.ts";
import { file, fingerprintsOf, fixture, judgeOne, signer, stateOf, trusting } from "./support/openpgp-judging.ts";

const DOCUMENT = fixture("keys/document.txt").bytes;

// --- Keys that real programs made -------------------------------------------------------------------

const REAL = [
  ["sha1-self", "its self-signature is by SHA-1", "weak"],
  ["sha1-subkey", "its subkey is bound by SHA-1", "weak"],
  ["sha1-revoked", "its revocation is by SHA-1", "revoked"],
  ["designated", "another key, which it had named for that, revoked it", "revoked"],
  ["two-subkeys", "nothing is the matter with it", "verified"],
] as const;

for (const [name, what, state] of REAL) {
  test(`key ${name}: ${what}: ${state}`, async () => {
    const trust = trusting({ keys: [fixture(`keys/${name}.gpg`)] });
    assert.equal(stateOf(await judgeOne(DOCUMENT, fixture(`keys/${name}.sig`), trust)), state);
  });
}

for (const kind of ["sha1-self", "sha1-subkey"] as const) {
  test(`key ${kind}: a pin with allowWeak lets it pass`, async () => {
    const key = fixture(`keys/${kind}.gpg`);
    const [[identity = ""] = []] = await fingerprintsOf(key);
    const pin = { identity, allowWeak: { reason: "old", expires: "2027-01-01" } };
    const trust = trusting({ foundKeys: [key], signers: [signer("old", pin)] });
    const { state, allowedWeak } = await judgeOne(DOCUMENT, fixture(`keys/${kind}.sig`), trust);
    // A key that is weak in its self-signatures alone is let pass by the same exception, and must say so too.
    assert.deepEqual([state, allowedWeak?.reason], ["verified", "old"]);
  });
}

// --- Keys that no program makes: the flaw makes the difference --------------------------------------

const A = forgeKey(1);
const B = forgeKey(2);
const MALLORY = forgeKey(3);
const YEAR = 365 * 86400;

interface Forged {
  readonly what: string;
  /** The key, without and with the flaw. */
  readonly key: (flawed: boolean) => Buffer;
  readonly signature?: (flawed: boolean) => Buffer;
  readonly state: string;
}

const bySubkey = (): Buffer => forgeSignature(B, DOCUMENT);
const over = (...subkeys: readonly Buffer[]): Buffer => certificate(A, { flags: FLAGS.certify, subkeys });

const FORGED: readonly Forged[] = [
  {
    what: "its key may certify, but not sign",
    key: (flawed) => certificate(A, { flags: flawed ? FLAGS.certify : FLAGS.certify | FLAGS.sign }),
    state: "invalid",
  },
  {
    what: "its key has no key flags",
    key: (flawed) => certificate(A, { flags: flawed ? undefined : FLAGS.sign }),
    state: "invalid",
  },
  {
    what: "its key's self-signature is by another key",
    key: (flawed) => certificate(A, flawed ? { certifier: MALLORY } : {}),
    state: "invalid",
  },
  {
    what: "its key has no self-signature",
    key: (flawed) => (flawed ? packet(6, A.body) : certificate(A)),
    state: "invalid",
  },
  {
    what: "its subkey may encrypt, but not sign",
    key: (flawed) => over(boundSubkey(A, B, { flags: flawed ? FLAGS.encrypt : FLAGS.sign })),
    signature: bySubkey,
    state: "invalid",
  },
  {
    what: "its subkey has no back-signature",
    key: (flawed) => over(boundSubkey(A, B, flawed ? { back: undefined } : {})),
    signature: bySubkey,
    state: "invalid",
  },
  {
    what: "its subkey's back-signature is by the primary key",
    key: (flawed) => over(boundSubkey(A, B, flawed ? { back: A } : {})),
    signature: bySubkey,
    state: "invalid",
  },
  {
    what: "its subkey's back-signature is for another primary key",
    key: (flawed) => over(boundSubkey(A, B, flawed ? { backOver: MALLORY } : {})),
    signature: bySubkey,
    state: "invalid",
  },
  {
    what: "a stranger's subkey was added to its key without a binding",
    key: (flawed) => over(flawed ? packet(14, B.body) : boundSubkey(A, B)),
    signature: bySubkey,
    state: "invalid",
  },
  {
    what: "a stranger's subkey was added, bound by the stranger",
    key: (flawed) => over(boundSubkey(A, B, flawed ? { binder: MALLORY } : {})),
    signature: bySubkey,
    state: "invalid",
  },
  {
    what: "a stranger's subkey was added, bound by itself",
    key: (flawed) => over(boundSubkey(A, B, flawed ? { binder: B } : {})),
    signature: bySubkey,
    state: "invalid",
  },
  {
    what: "the binding that its subkey shows is that of another subkey",
    key: (flawed) => {
      const binding = boundSubkey(A, flawed ? MALLORY : B).subarray(packet(14, B.body).length);
      return over(Buffer.concat([packet(14, B.body), binding]));
    },
    signature: bySubkey,
    state: "invalid",
  },
  {
    what: "its subkey stands there twice, once without a binding",
    key: (flawed) => over(...(flawed ? [packet(14, B.body)] : []), boundSubkey(A, B)),
    signature: bySubkey,
    state: "invalid",
  },
  {
    what: "its subkey is bound to another primary key",
    key: (flawed) => {
      const owner = flawed ? MALLORY : A;
      return certificate(A, { flags: FLAGS.certify, subkeys: [boundSubkey(owner, B, { backOver: owner })] });
    },
    signature: bySubkey,
    state: "invalid",
  },
  {
    what: "its key was born after it",
    key: (flawed) => certificate(forgeKey(1, { born: flawed ? SIGNED + 1 : SIGNED }), { certified: SIGNED + 1 }),
    signature: (flawed) => forgeSignature(forgeKey(1, { born: flawed ? SIGNED + 1 : SIGNED }), DOCUMENT),
    state: "invalid",
  },
  {
    what: "its key had expired when it was made",
    key: (flawed) => certificate(A, { expires: SIGNED - BORN + (flawed ? 0 : YEAR) }),
    state: "expired",
  },
  {
    what: "its key is revoked as compromised",
    key: (flawed) => certificate(A, flawed ? { direct: [revocation(A)] } : {}),
    state: "revoked",
  },
  ...[1, 2, 3].map((reason) => ({
    what: `its key is revoked after it was made, for reason ${reason}`,
    key: (flawed: boolean) =>
      certificate(A, flawed ? { direct: [revocation(A, undefined, { reason, time: SIGNED + YEAR })] } : {}),
    state: "revoked",
  })),
  {
    what: "its subkey is revoked",
    key: (flawed) => over(boundSubkey(A, B), ...(flawed ? [revocation(A, B)] : [])),
    signature: bySubkey,
    state: "revoked",
  },
  {
    what: "the primary key above its subkey is revoked",
    key: (flawed) => certificate(A, { subkeys: [boundSubkey(A, B)], direct: flawed ? [revocation(A)] : [] }),
    signature: bySubkey,
    state: "revoked",
  },
  {
    what: "its key carries a revocation by a key that is not there",
    key: (flawed) => certificate(A, flawed ? { direct: [revocation(A, undefined, { by: MALLORY })] } : {}),
    state: "revoked",
  },
  {
    what: "its key carries a revocation by a hash that is not known here",
    key: (flawed) => certificate(A, flawed ? { direct: [revocation(A, undefined, { hash: 99 })] } : {}),
    state: "revoked",
  },
  {
    what: "its Ed25519 key is revoked by SHA-1",
    key: (flawed) =>
      certificate(A, flawed ? { direct: [revocation(A, undefined, { hash: 2, hashName: "sha1" })] } : {}),
    state: "revoked",
  },
  {
    what: "its version 6 key is revoked",
    key: (flawed) =>
      certificate(forgeKey(4, { version: 6 }), flawed ? { direct: [revocation(forgeKey(4, { version: 6 }))] } : {}),
    signature: () => forgeSignature(forgeKey(4, { version: 6 }), DOCUMENT),
    state: "revoked",
  },
];

for (const { what, key, signature = () => forgeSignature(A, DOCUMENT), state } of FORGED) {
  test(`forged key: ${what}: ${state}; without that flaw: verified`, async () => {
    const judge = async (flawed: boolean): Promise<string> => {
      const trust = trusting({ keys: [file("key", key(flawed))] });
      return (await judgeOne(DOCUMENT, file("signature", signature(flawed)), trust)).state;
    };
    assert.deepEqual([await judge(false), await judge(true)], ["verified", state]);
  });
}

test("revocation: another subkey's does not count", async () => {
  const key = over(boundSubkey(A, B), boundSubkey(A, MALLORY), revocation(A, MALLORY));
  const { state } = await judgeOne(DOCUMENT, file("s", bySubkey()), trusting({ keys: [file("k", key)] }));
  assert.equal(state, "verified");
});

test("revocation: one in a copy of the key that lacks the signing subkey counts", async () => {
  const whole = file("whole", over(boundSubkey(A, B)));
  const bare = file("bare", certificate(A, { direct: [revocation(A)] }));
  for (const keys of [
    [whole, bare],
    [bare, whole],
  ]) {
    const { state } = await judgeOne(DOCUMENT, file("s", bySubkey()), trusting({ keys }));
    assert.equal(state, "revoked");
  }
});

test("revocation: one of somebody else's key in the same file does not count", async () => {
  const keys = Buffer.concat([certificate(A), certificate(MALLORY, { direct: [revocation(MALLORY)] })]);
  const trust = trusting({ keys: [file("keys", keys)] });
  assert.equal((await judgeOne(DOCUMENT, file("s", forgeSignature(A, DOCUMENT)), trust)).state, "verified");
});

const COPIES = [
  ["an expiry that a newer copy takes back", 30, BORN + 60, 100 * YEAR, "verified"],
  ["an expiry that a newer copy sets", 100 * YEAR, SIGNED - 60, SIGNED - BORN, "expired"],
  // Newer by the time that is judged, which the real clock has nothing to do with.
  ["an expiry that a copy of 2090 sets", 100 * YEAR, Date.UTC(2090) / 1000, SIGNED - BORN, "expired"],
] as const;

for (const [what, oldExpiry, certified, newExpiry, state] of COPIES) {
  test(`copies of a key are one key: ${what}: ${state}`, async () => {
    const old = file("old", certificate(A, { expires: oldExpiry }));
    const newer = file("newer", certificate(A, { certified, expires: newExpiry }));
    for (const keys of [
      [old, newer],
      [newer, old],
    ]) {
      const trust = trusting({ keys, at: new Date("2095-01-01") });
      const judgement = await judgeOne(DOCUMENT, file("s", forgeSignature(A, DOCUMENT)), trust);
      assert.equal(stateOf(judgement), state);
    }
  });
}

test("a primary key that was added to another key as a subkey lends that key no trust", async () => {
  // The pinned key A hangs below Mallory's own key, and Mallory signs.
  const key = certificate(MALLORY, { subkeys: [packet(14, A.body)] });
  const trust = trusting({ foundKeys: [file("k", key)], fingerprints: [A.fingerprint] });
  const { state } = await judgeOne(DOCUMENT, file("s", forgeSignature(MALLORY, DOCUMENT)), trust);
  assert.equal(state, "untrusted-signer");
});

test("an issuer fingerprint that is not the key's is not accepted, although the key id is", async () => {
  const fingerprint = Buffer.from(A.fingerprint, "hex");
  const issuer = (changed: number): Buffer => {
    const bytes = issuerFingerprint(A);
    // The subpacket ends with the fingerprint, of which the last eight bytes are the key id.
    bytes[bytes.length - fingerprint.length + 3] = (fingerprint[3] ?? 0) ^ changed;
    return forgeSignature(A, DOCUMENT, { hashed: [created(SIGNED), bytes] });
  };
  const trust = trusting({ keys: [file("k", certificate(A))] });
  assert.equal((await judgeOne(DOCUMENT, file("s", issuer(0)), trust)).state, "verified");
  assert.equal((await judgeOne(DOCUMENT, file("s", issuer(1)), trust)).state, "untrusted-signer");
});
