// SSH signatures made by ssh-keygen: which verify, by whom, for what purpose, and why the others do not.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Pin } from "../src/core/signer.ts";
import type { Judgement, Trust } from "../src/verify/scheme.ts";
import { createSignatureReader } from "../src/verify/signed.ts";
import { pinned } from "./support/minisign-keys.ts";
import { fixture, judgeOne, stateOf, trusting } from "./support/openpgp-judging.ts";

const document = fixture("ssh/document.txt").bytes;
const key = (name: string) => fixture(`ssh/test-only-${name}.pub`);
const ALL = ["ed25519", "rsa", "rsa1024", "p256", "p384", "p521", "dsa"].map(key);
const byKeys: Partial<Trust> = { keys: ALL };

/** Type and base64 of a `.pub` file. */
const identity = (name: string): string => Buffer.from(key(name).bytes).toString().split(" ").slice(0, 2).join(" ");
/** SHA-256 of the serialised key. */
const print = (name: string, encoding: "hex" | "base64"): string =>
  createHash("sha256")
    .update(Buffer.from(identity(name).split(" ")[1] ?? "", "base64"))
    .digest(encoding);

async function judge(name: string, trust: Partial<Trust> = byKeys): Promise<Judgement> {
  return judgeOne(document, fixture(`ssh/${name}.sig`), trusting(trust));
}

const CASES: readonly (readonly [row: string, file: string, state: string, reason: RegExp])[] = [
  ["by Ed25519", "ed25519", "verified", /^the signer answers for exactly these bytes$/],
  ["over SHA-256", "sha256", "verified", /these bytes/],
  ["by RSA", "rsa", "verified", /these bytes/],
  ["by P-256", "p256", "verified", /these bytes/],
  ["by P-384", "p384", "verified", /these bytes/],
  ["by P-521", "p521", "verified", /these bytes/],
  ["by short RSA", "rsa1024", "weak", /only 1024 bits/],
  ["by DSA", "dsa", "unsupported", /type ssh-dss, which cannot be checked/],
  ["by a certificate", "certificate", "unsupported", /ssh-ed25519-cert-v01@openssh\.com, which cannot/],
  ["by a key that nobody gave", "mallory", "untrusted-signer", /neither a flag nor a policy names/],
  ["for another purpose", "namespace-git", "invalid", /for the namespace "git", not for "file"/],
  ["over another file", "other-file", "invalid", /not valid for these bytes/],
  ["with CR LF", "crlf", "malformed", /CR LF/],
  ["with a byte order mark", "byte-order-mark", "malformed", /byte order mark/],
  ["and another signature", "two-blocks", "malformed", /two signatures/],
];

for (const [row, name, state, reason] of CASES) {
  test(`an SSH signature ${row} is ${state}`, async () => {
    const judgement = await judge(name);
    assert.equal(judgement.state, state, judgement.reason);
    assert.match(judgement.reason, reason);
  });
}

test("text before the block makes it no signature, text after it is remarked on", async () => {
  assert.equal((await judge("text-before")).state, "malformed");
  const found = await createSignatureReader(trusting(byKeys)).open(fixture("ssh/text-after.sig"));
  assert.deepEqual(found?.opened.remarks, [
    { rule: "signature-surrounded", message: "ssh/text-after.sig holds text after its signature block" },
  ]);
  assert.equal((await judge("text-after")).state, "verified");
});

test("a judgement names the key as ssh-keygen does, and the key that it is in every scheme", async () => {
  const { signer, key: spki, fits, time } = await judge("ed25519");
  const raw = Buffer.from(identity("ed25519").split(" ")[1] ?? "", "base64").subarray(-32);
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]);
  assert.equal(signer, `ssh SHA256:${print("ed25519", "base64").replaceAll("=", "")}`);
  assert.equal(spki, createHash("sha256").update(der).digest("hex"));
  assert.deepEqual([fits, time], [true, undefined]);
});

test("what is for another purpose says how to ask for that", async () => {
  const { hint, fits } = await judge("namespace-git");
  assert.match(hint ?? "", /--namespace/);
  assert.equal(fits, true);
  assert.equal((await judge("namespace-git", { ...byKeys, namespace: "git" })).state, "verified");
  assert.equal((await judge("ed25519", { ...byKeys, namespace: "git" })).state, "invalid");
});

const pin = (more: Partial<Pin> = {}, name = "ed25519"): Partial<Trust> => ({
  signers: [pinned("acme-release", { scheme: "ssh", identity: identity(name), ...more })],
});
const spki = (await judge("ed25519")).key ?? "";

const TRUST: readonly (readonly [row: string, trust: Partial<Trust>, state: string, more?: Partial<Judgement>])[] = [
  ["nobody named", {}, "untrusted-signer"],
  ["a key that lies beside the file", { foundKeys: [key("ed25519")] }, "untrusted-signer"],
  ["a key of a policy that pins it not", { policyKeys: [key("ed25519")] }, "untrusted-signer"],
  ["a pin alone", pin(), "verified", { name: "acme-release", person: "acme-release" }],
  ["a pin on another key", pin({}, "mallory"), "untrusted-signer"],
  ["a pin for another purpose", pin({ namespace: "git" }), "invalid"],
  ["a pin for the purpose, and a flag for another", { ...pin({ namespace: "file" }), namespace: "git" }, "verified"],
  ["a pin without a purpose, and a flag for another", { ...pin(), namespace: "git" }, "invalid"],
  ["a pin for another purpose, and the key by a flag", { ...byKeys, ...pin({ namespace: "git" }) }, "verified"],
  ["its fingerprint", { fingerprints: [print("ed25519", "hex")] }, "verified", { flagged: true }],
  ["its fingerprint, as of every scheme", { fingerprints: [spki] }, "verified", { flagged: true }],
  ["another fingerprint", { fingerprints: [print("mallory", "hex")] }, "untrusted-signer"],
  ["the key, and another fingerprint", { ...byKeys, fingerprints: [print("mallory", "hex")] }, "untrusted-signer"],
  ["a revoked pin", pin({ revoked: "stolen" }), "revoked"],
  [
    "the key, and its revoked pin for another purpose",
    { ...byKeys, ...pin({ revoked: "stolen", namespace: "git" }) },
    "revoked",
  ],
  ["a pin that ended", pin({ notAfter: "2026-09-30T00:00:00Z" }), "untrusted-signer"],
  ["a pin that has not begun", pin({ notBefore: "2026-10-02T00:00:00Z" }), "untrusted-signer"],
];

for (const [row, trust, state, more = {}] of TRUST) {
  test(`an SSH signature with ${row}: ${state}`, async () => {
    const judgement = await judge("ed25519", trust);
    assert.equal(judgement.state, state, judgement.reason);
    for (const [member, value] of Object.entries(more)) assert.equal(judgement[member as keyof Judgement], value);
  });
}

test("only a pin excuses a short RSA key, and only for a while", async () => {
  const allowWeak = { reason: "old builder", expires: "2026-12-31T00:00:00Z" };
  const allowed = await judge("rsa1024", pin({ allowWeak }, "rsa1024"));
  assert.deepEqual([allowed.state, allowed.allowedWeak], ["verified", allowWeak]);
  const over = { ...allowWeak, expires: "2026-09-30T00:00:00Z" };
  assert.equal(stateOf(await judge("rsa1024", pin({ allowWeak: over }, "rsa1024"))), "weak");
});
