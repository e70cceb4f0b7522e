// Sigstore bundles that are good: every version of the format, every kind of log entry, and what is said of them.

import { test } from "node:test";
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { edwardsKey, curveKey, createInstance, SIGNED_AT } from "./support/sigstore-instance.ts";
import { FACTS, forgeBundle, forgeStatement, generalName, ISSUER, SAN } from "./support/sigstore-forge.ts";
import type { ForgeOptions } from "./support/sigstore-forge.ts";
import { ARTIFACT, judge, judgeFile, trustIn } from "./support/sigstore-judging.ts";
import { context, oid, utf8 } from "./support/sigstore-der.ts";

const instance = createInstance();
const trust = trustIn(instance);
const statement = (more: object = {}): object => forgeStatement(ARTIFACT, more);

const signer = `sigstore ${SAN} (issuer ${ISSUER})`;
const message: Partial<ForgeOptions> = {};
const dsse: Partial<ForgeOptions> = { statement: statement() };

const GOOD: readonly (readonly [sentence: string, options: Partial<ForgeOptions>])[] = [
  ["a message in version 0.1", { ...message, version: "0.1" }],
  ["a message in version 0.2", { ...message, version: "0.2" }],
  ["a message in version 0.3, as it was written first", { ...message, version: "0.3" }],
  ["a message in version 0.3", message],
  ["a message in Rekor 2", { kind: "hashedrekord 0.0.2" }],
  ["a message whose time a log and an authority give", { timestamps: [SIGNED_AT] }],
  ["a statement in a dsse entry", dsse],
  ["a statement in an intoto entry", { ...dsse, kind: "intoto 0.0.2", version: "0.2" }],
  ["a statement in a dsse entry of Rekor 2", { ...dsse, kind: "dsse 0.0.2" }],
  ["a statement in a hashedrekord entry of Rekor 2", { ...dsse, kind: "hashedrekord 0.0.2" }],
  ["a statement of version 0.1", { statement: statement({ _type: "https://in-toto.io/Statement/v0.1" }) }],
  ["a checkpoint that others have signed too", { cosignatures: ["\u{2014} witness.example/a.+(b AAAAAAAAAAA="] }],
  ["a certificate on P-384 with SHA-384", { ...dsse, leaf: { keys: curveKey("P-384") }, hash: "sha384" }],
  ["a certificate on P-521 with SHA-512", { ...dsse, leaf: { keys: curveKey("P-521") }, hash: "sha512" }],
  ["a certificate with an RSA key", { leaf: { keys: generateKeyPairSync("rsa", { modulusLength: 2048 }) } }],
  ["a statement by an Ed25519 key", { ...dsse, leaf: { keys: edwardsKey() }, hash: null }],
  ["a message by an Ed25519 key", { leaf: { keys: edwardsKey() }, hash: null }],
];

for (const [sentence, options] of GOOD) {
  test(`verified: ${sentence}`, async () => {
    const judgement = await judge(forgeBundle(instance, { artifact: ARTIFACT, ...options }), trust);
    assert.equal(judgement.state, "verified", judgement.reason);
    assert.equal(judgement.fits, true);
    assert.equal(judgement.signer, signer);
    assert.equal(judgement.time, "2026-03-01T12:00:00Z");
    assert.equal(judgement.key, undefined, "a key that lives for one signature names nobody");
    assert.equal(judgement.kind, options.statement === undefined ? undefined : "provenance");
  });
}

test("the time is said to be by whoever gave the earliest", async () => {
  const early = new Date(SIGNED_AT.getTime() - 30_000);
  const [log, authority, both] = await Promise.all(
    [{}, { kind: "hashedrekord 0.0.2" as const }, { timestamps: [early] }].map((options) =>
      judge(forgeBundle(instance, { artifact: ARTIFACT, ...options }), trust),
    ),
  );
  assert.equal(log?.timeBy, "a transparency log");
  assert.equal(authority?.timeBy, "a timestamp authority");
  assert.deepEqual([both?.time, both?.timeBy], ["2026-03-01T11:59:30Z", "a timestamp authority"]);
});

test("several bundles, one a line, are signatures of their own", async () => {
  const good = JSON.stringify(forgeBundle(instance, { artifact: ARTIFACT }));
  const other = JSON.stringify(forgeBundle(instance, { artifact: Buffer.from("other") }));
  const states = async (text: string): Promise<readonly string[]> =>
    (await judgeFile(text, trust)).map(({ state }) => state);
  assert.deepEqual(await states(`${good}\n${other}\n\n\n`), ["verified", "invalid"]);
  assert.deepEqual(await states(`${good}\r\n${good}\r\n`), ["verified", "verified"]);
  assert.deepEqual(await states(`\n${good}\n`), ["verified"]);
  assert.deepEqual(await states(`${good}\n{"mediaType": 1}\n`), ["verified", "malformed"]);
  assert.deepEqual(await states(JSON.stringify(JSON.parse(good), null, 2)), ["verified"]);
  assert.deepEqual(await states(Array.from({ length: 33 }, () => good).join("\n")), ["malformed"]);
});

test("provenance tells what the certificate states from what the signer claims", async () => {
  const { reason } = await judge(forgeBundle(instance, { artifact: ARTIFACT, statement: statement() }), trust);
  assert.equal(
    reason,
    `exactly these bytes were signed by ${SAN} from ${FACTS[12]} at ${FACTS[13]}, as the certificate states; the signer claims the builder https://builder.example/hosted`,
  );
  const bare = { facts: { 8: ISSUER } };
  const v02 = statement({ predicateType: "https://slsa.dev/provenance/v0.2", predicate: { builder: { id: "b" } } });
  const older = await judge(forgeBundle(instance, { artifact: ARTIFACT, statement: v02, leaf: bare }), trust);
  assert.equal(older.reason, "the signer says how exactly these bytes were built; the signer claims the builder b");
});

test("names of every kind that Fulcio gives out are read exactly", async () => {
  const names = [
    ["dev@acme.example", generalName(1, "dev@acme.example")],
    ["acme!example", context(0, oid("1.3.6.1.4.1.57264.1.7"), context(0, utf8("acme!example")))],
  ] as const;
  for (const [san, name] of names) {
    const bundle = forgeBundle(instance, { artifact: ARTIFACT, leaf: { names: [name] } });
    const judgement = await judge(bundle, trustIn(instance, { identities: [{ san, issuer: ISSUER }] }));
    assert.equal(judgement.state, "verified", `${san}: ${judgement.reason}`);
  }
});

test("an issuer that only the older extension names counts", async () => {
  const leaf = { facts: {}, more: [{ oid: "1.3.6.1.4.1.57264.1.1", value: Buffer.from(ISSUER) }] };
  const judgement = await judge(forgeBundle(instance, { artifact: ARTIFACT, leaf }), trust);
  assert.equal(judgement.state, "verified", judgement.reason);
});
