// Keys of npm registries: how they are named, in which files they come, until when they count, and what the keys of the
// public registry, which come with the program, are worth.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "../src/verify/npm.ts";
import type { Trust } from "../src/verify/scheme.ts";
import { createKeys, json, judgeOne, keyEntry, keysFile, NAME, packageFile } from "./support/npm-registry.ts";
import { pemFile, pinned, registrySignature, tufEntry, trust, VERSION } from "./support/npm-registry.ts";
import { ROOT } from "./support/project.ts";
import { createInstance, trustedRoot } from "./support/sigstore-instance.ts";

const keys = createKeys();
const signature = registrySignature(keys);
const root = trustedRoot(createInstance());

/** What comes with the program, with our key as that of the public registry. */
function program(validFor: object, usage = "npm:signatures"): Pick<Trust, "trustedRoot"> {
  const registryKeys = { keys: [tufEntry(keys, usage, validFor)] };
  const form = { form: "boltseal-trust-roots-1", date: "2026-01-01T00:00:00Z", dateOf: "a test", trustedRoot: root };
  return { trustedRoot: json({ ...form, registryKeys }, "the keys that came with boltseal") };
}

const START = { start: "2025-01-01T00:00:00.000Z" };
const ENDED = { ...START, end: "2026-03-01T00:00:00.000Z" };
const published = (publishedAt: string): object => ({
  name: NAME,
  version: VERSION,
  signatures: [signature],
  publishedAt,
});

test("an id is what ssh-keygen prints for the key", async () => {
  const folder = join(ROOT, "fixtures/verify/npm");
  const file = (name: string): { source: string; bytes: Buffer } => ({
    source: name,
    bytes: readFileSync(join(folder, name)),
  });
  const tarball = file("acme-server-1.2.3.tgz").bytes;
  for (const name of ["keys.json", "test-only-registry.pem"]) {
    for (const document of ["signature.json", "bare.json"]) {
      const by = trust({ keys: [file(name)] });
      const judgement = await judgeOne(npm, file(document), by, packageFile(), tarball);
      assert.equal(judgement.state, "verified", `${name} ${document} ${judgement.reason}`);
    }
  }
});

test("the public registry's keys are known to everybody, and trusted by who asks", async () => {
  const known = await judgeOne(npm, json(signature), trust(program(START)));
  assert.equal(known.state, "untrusted-signer");
  assert.equal(known.signer, `npm ${keys.id}`);
  assert.match(known.hint ?? "", /--npm-signature/);
  const asked = await judgeOne(npm, json(signature), trust({ ...program(START), registryKeys: "trusted" }));
  assert.deepEqual([asked.state, asked.flagged], ["verified", undefined]);
  const named = await judgeOne(npm, json(signature), pinned({ identity: keys.id }, program(START)));
  assert.deepEqual([named.state, named.flagged, named.name], ["verified", undefined, "acme"]);
});

test("what is trusted by asking is narrowed by a fingerprint", async () => {
  const asked = trust({ ...program(START), registryKeys: "trusted" });
  const other = { ...asked, fingerprints: ["00".repeat(32)] };
  assert.equal((await judgeOne(npm, json(signature), other)).state, "untrusted-signer");
  assert.equal((await judgeOne(npm, json(signature), { ...asked, fingerprints: [keys.spki] })).state, "verified");
  const id = Buffer.from(keys.id.slice("SHA256:".length), "base64").toString("hex");
  assert.equal((await judgeOne(npm, json(signature), { ...asked, fingerprints: [id] })).state, "verified");
});

test("trust in the public registry is no trust in keys that lie about", async () => {
  const by = trust({ registryKeys: "trusted", foundKeys: [keysFile(keyEntry(keys))], policyKeys: [pemFile(keys)] });
  assert.equal((await judgeOne(npm, json(signature), by)).state, "untrusted-signer");
});

test("a trusted root that the user named brings no key of a registry", async () => {
  const by = trust({ registryKeys: "trusted", trustedRoot: json(root) });
  assert.equal((await judgeOne(npm, json(signature), by)).state, "untrusted-signer");
});

test("a key for attestations signs no packages", async () => {
  const by = trust({ ...program(START, "npm:attestations"), registryKeys: "trusted" });
  const judgement = await judgeOne(npm, json(signature), by);
  assert.deepEqual(
    [judgement.state, judgement.reason],
    ["untrusted-signer", "its key is not one for signatures over packages"],
  );
});

const later = keysFile(keyEntry(keys, { expires: "2027-01-01T00:00:00Z" }));
const expired = keysFile(keyEntry(keys, { expires: ENDED.end }));
const EXPIRY: readonly (readonly [sentence: string, by: Trust, document: unknown, state: string])[] = [
  ["expired by the earlier of two words", trust({ keys: [later, expired] }), signature, "expired"],
  ["expired, and nobody says when it signed", trust({ keys: [expired] }), signature, "expired"],
  ["expired before the publication", trust({ keys: [expired] }), published("2026-04-01T00:00:00Z"), "expired"],
  ["expired after the publication", trust({ keys: [expired] }), published("2026-02-01T00:00:00Z"), "verified"],
  [
    "expired in the second of the publication",
    trust({ keys: [expired] }),
    published("2026-03-01T00:00:00Z"),
    "verified",
  ],
  [
    "not yet expired as of --at",
    trust({ keys: [expired], at: new Date("2026-02-01T00:00:00Z") }),
    signature,
    "verified",
  ],
  ["expired by the program's word alone", trust({ keys: [pemFile(keys)], ...program(ENDED) }), signature, "expired"],
  [
    "expired by the word of one of two files",
    trust({ keys: [keysFile(keyEntry(keys)), expired] }),
    signature,
    "expired",
  ],
  [
    "expired by the word of somebody unnamed",
    trust({ keys: [pemFile(keys)], foundKeys: [expired] }),
    signature,
    "verified",
  ],
  ["expired, pinned and found beside", pinned({ identity: keys.id }, { foundKeys: [expired] }), signature, "expired"],
  ["expired and trusted by nobody", trust({ foundKeys: [expired] }), signature, "untrusted-signer"],
];

for (const [sentence, by, document, state] of EXPIRY) {
  test(`a key that is ${sentence}: ${state}`, async () => {
    const judgement = await judgeOne(npm, json(document), by);
    assert.equal(judgement.state, state, judgement.reason);
    const isExcused = state === "verified" && by.at > new Date(ENDED.end) && by.foundKeys.length === 0;
    const rules = (judgement.remarks ?? []).map(({ rule }) => rule);
    assert.deepEqual(rules, isExcused ? ["key-expired"] : []);
  });
}

const other = createKeys();
/** With its padding filled up, so that something stands behind the key. */
const SPKI = keys.publicKey.export({ type: "spki", format: "der" }).toString("base64").replaceAll("=", "A");
const REFUSED: readonly (readonly [sentence: string, document: unknown, message: RegExp])[] = [
  ["an id that is another key's", { keys: [keyEntry(keys, { keyid: other.id })] }, /content with another id: SHA256:/],
  [
    "one good key beside one with another's id",
    { keys: [keyEntry(other), keyEntry(keys, { keyid: other.id })] },
    /another id/,
  ],
  ["a key without an id", { keys: [keyEntry(keys, { keyid: null })] }, /without an id/],
  ["a key of another kind", { keys: [keyEntry(keys, { keytype: "ssh-rsa" })] }, /kind that is not known/],
  ["a key for another scheme", { keys: [keyEntry(keys, { scheme: "ecdsa-sha2-nistp384" })] }, /kind that is not known/],
  ["a key that is cut off", { keys: [keyEntry(keys, { key: "AAAA" })] }, /cannot be used/],
  ["a key with bytes behind it", { keys: [keyEntry(keys, { key: `${SPKI}AAAA` })] }, /cannot be used/],
  ["a key that is no base64", { keys: [keyEntry(keys, { key: "?" })] }, /no base64/],
  ["a date that is none", { keys: [keyEntry(keys, { expires: "soon" })] }, /a date that is none/],
  ["no key", { keys: [] }, /holds no key/],
  ["more bytes than are read", { keys: [keyEntry(keys)], more: " ".repeat(1 << 20) }, /bytes, at most/],
  ["keys that are no list", { keys: {} }, /no list of keys/],
  ["more keys than any registry has", { keys: Array.from({ length: 65 }, () => keyEntry(keys)) }, /65 keys/],
  ["a use that is not known", { keys: [tufEntry(keys, "npm:everything", START)] }, /not known here/],
];

for (const [sentence, document, message] of REFUSED) {
  test(`a named file is refused that holds ${sentence}`, async () => {
    await assert.rejects(npm.verifier(trust({ keys: [json(document, "keys.json")] })), {
      code: "key-malformed",
      message,
    });
    const by = trust({ foundKeys: [json(document, "found.json")], keys: [keysFile(keyEntry(keys))] });
    const { remarks } = await npm.verifier(by);
    assert.deepEqual(
      remarks.map(({ rule, file }) => [rule, file]),
      [["key-unusable", "found.json"]],
    );
    assert.equal(
      (await judgeOne(npm, json(signature), by)).state,
      "verified",
      "a file that nobody named spoils nothing",
    );
  });
}

test("a good key counts beside one of a kind that is not known, which is told", async () => {
  const by = trust({ keys: [keysFile(keyEntry(keys), keyEntry(other, { keytype: "ssh-ed25519" }))] });
  const { remarks } = await npm.verifier(by);
  assert.deepEqual(
    remarks.map(({ rule, file }) => [rule, file]),
    [["key-unusable", "keys.json"]],
  );
  assert.equal((await judgeOne(npm, json(signature), by)).state, "verified");
});

test("a list of keys as TUF hands it out is one, too", async () => {
  const by = trust({
    keys: [keysFile(tufEntry(keys, "npm:signatures", ENDED), tufEntry(keys, "npm:attestations", START))],
  });
  assert.equal((await judgeOne(npm, json(published("2026-02-01T00:00:00Z")), by)).state, "verified");
  assert.equal((await judgeOne(npm, json(signature), by)).state, "expired");
});

test("keys of the program that are not what they say are refused", async () => {
  const { trustedRoot: file } = program(START);
  const bytes = Buffer.from(
    Buffer.from(file?.bytes ?? [])
      .toString()
      .replace(keys.id, other.id),
  );
  await assert.rejects(npm.verifier(trust({ trustedRoot: { source: "roots", bytes } })), { code: "key-malformed" });
});
