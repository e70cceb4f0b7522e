// Timestamps (RFC 3161) that signatures carry: when they keep a signature alive whose certificate has expired.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readSignedData } from "../src/verify/cms-read.ts";
import { timestampOf } from "../src/verify/cms-timestamp.ts";
import type { Trust } from "../src/verify/scheme.ts";
import { readTrustStore } from "../src/verify/x509.ts";
import { DerError, readDer } from "../src/verify/x509-der.ts";
import { attribute, NULL, OID, octets, withUnsigned } from "./support/cms-forge.ts";
import { DOCUMENT, fingerprint, fixture, judgeOne, trusting } from "./support/cms-judging.ts";
import { changes } from "./support/openpgp-mangling.ts";

const SIGNATURE = fixture("expired-later.p7s").bytes;
const TOKEN = fixture("timestamp.tst").bytes;
const STAMPED = withUnsigned(SIGNATURE, attribute(OID.timestamp, TOKEN));
const ROOT_FILE: Partial<Trust> = { authorities: [fixture("root.pem")] };
const PINNED: Partial<Trust> = { fingerprints: [fingerprint(fixture("expired-later.pem").bytes)] };
/** The certificate expired on 2026-04-01, the timestamp is of 2026-03-01. */
const at = (day: string): Partial<Trust> => ({ at: new Date(`${day}T00:00:00Z`) });

const ROWS: readonly (readonly [what: string, signature: Uint8Array, trust: Partial<Trust>, state: string])[] = [
  ["by authority, expired", STAMPED, { ...ROOT_FILE, ...at("2027-01-01") }, "verified"],
  [
    "pinned, expired, the timestamp by authority",
    STAMPED,
    { ...PINNED, ...ROOT_FILE, ...at("2027-01-01") },
    "verified",
  ],
  ["pinned, expired, nobody for the timestamp", STAMPED, { ...PINNED, ...at("2027-01-01") }, "expired"],
  [
    "by its own authority alone, expired",
    STAMPED,
    { authorities: [fixture("issuer.pem")], ...at("2027-01-01") },
    "expired",
  ],
  ["the timestamp's authority has expired, too", STAMPED, { ...ROOT_FILE, ...at("2050-01-01") }, "expired"],
  ["before the timestamp", STAMPED, { ...ROOT_FILE, ...at("2026-02-15") }, "verified"],
  ["without the timestamp, expired", SIGNATURE, { ...ROOT_FILE, ...at("2027-01-01") }, "expired"],
  ["nobody trusted", STAMPED, at("2027-01-01"), "untrusted-signer"],
  [
    "a timestamp of another signature",
    withUnsigned(fixture("no-purpose.p7s").bytes, attribute(OID.timestamp, TOKEN)),
    { fingerprints: [fingerprint(fixture("no-purpose.pem").bytes)], ...ROOT_FILE, ...at("2046-06-01") },
    "expired",
  ],
  [
    "a timestamp that is none",
    withUnsigned(SIGNATURE, attribute(OID.timestamp, NULL)),
    { ...ROOT_FILE, ...at("2027-01-01") },
    "expired",
  ],
  [
    "a timestamp that is none, not expired",
    withUnsigned(SIGNATURE, attribute(OID.timestamp, octets(TOKEN))),
    ROOT_FILE,
    "verified",
  ],
  ["a timestamp attribute without value", withUnsigned(SIGNATURE, attribute(OID.timestamp)), ROOT_FILE, "verified"],
  [
    "a signature in place of a timestamp",
    withUnsigned(SIGNATURE, attribute(OID.timestamp, SIGNATURE)),
    { ...ROOT_FILE, ...at("2027-01-01") },
    "expired",
  ],
];

for (const [what, signature, trust, state] of ROWS) {
  test(`${what}: ${state}`, async () => {
    const judgement = await judgeOne(DOCUMENT, signature, trust);
    assert.equal(judgement.state, state, judgement.reason);
  });
}

test("the time of a timestamp is the authority's, and else the signer's claim", async () => {
  const stamped = await judgeOne(DOCUMENT, STAMPED, { ...ROOT_FILE, ...at("2027-01-01") });
  const stamper = `x509 ${fingerprint(fixture("stamper.pem").bytes)} (O=Boltseal, CN=test-only-stamper)`;
  assert.match(stamped.time ?? "", /^2026-03-01T00:00:0\dZ$/);
  assert.equal(stamped.timeBy, stamper);
  const claimed = await judgeOne(DOCUMENT, STAMPED, PINNED);
  assert.deepEqual([claimed.time, claimed.timeBy], ["2026-02-01T12:00:00Z", undefined]);
});

test("no byte of a timestamp can be changed", () => {
  const trust = trusting({ ...ROOT_FILE, ...at("2027-01-01") });
  const store = readTrustStore(trust);
  const timeOf = (token: Uint8Array): Date | undefined => {
    const signed = readSignedData(readDer(withUnsigned(SIGNATURE, attribute(OID.timestamp, token))));
    return timestampOf(signed, trust, store)?.time;
  };
  assert.notEqual(timeOf(TOKEN), undefined);
  // A change that makes the whole message malformed is another test.
  const readable = [...changes(TOKEN, (byte) => [byte ^ 1])].filter(({ bytes }) => isDer(bytes));
  assert.ok(readable.length > TOKEN.length / 2);
  for (const { at: offset, bytes } of readable) assert.equal(timeOf(bytes), undefined, `byte ${offset}`);
});

function isDer(bytes: Uint8Array): boolean {
  try {
    return readDer(bytes).raw.length === bytes.length;
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}
