// SSH signatures and keys that ssh-keygen would not make: every rule of the format, broken one at a time. ssh-keygen
// is asked, too: what it refuses never verifies here.

import { test } from "node:test";
import assert from "node:assert/strict";
import { skipWithout } from "./support/tools.ts";
import { judgeOne, file, trusting } from "./support/openpgp-judging.ts";
import { askSshKeygen } from "./support/ssh-programs.ts";
import { armored, ecdsa, ed25519, mpint, publicLine, rsa, sshsig, string, uint32 } from "./support/ssh-signer.ts";
import type { Oddities, SshTestKey } from "./support/ssh-signer.ts";

const document = Buffer.from("a document\n");
const keys = { ed: ed25519(), p256: ecdsa("nistp256"), p521: ecdsa("nistp521"), rsa: rsa(2048), short: rsa(1024) };
const named = Buffer.from(Object.values(keys).map(publicLine).join("\n"));
const skip = skipWithout("ssh-keygen");

async function judge(signature: Buffer, given: Buffer = named, namespace = "file"): Promise<string> {
  const trust = trusting({ keys: [file("keys", given)], namespace });
  const { state, reason } = await judgeOne(document, file("signature", armored(signature)), trust);
  return `${state}: ${reason}`;
}

/** A string field in an odd form. */
const number = (bytes: readonly number[]): Buffer => string(Uint8Array.from(bytes));
const one = mpint(Uint8Array.of(1));
const rsaBlob = (exponent: Buffer, modulus: Buffer): Buffer => Buffer.concat([string("ssh-rsa"), exponent, modulus]);
const ecBlob = (point: Buffer, curve = "nistp256", type = "ecdsa-sha2-nistp256"): Buffer =>
  Buffer.concat([string(type), string(curve), string(point)]);
const edBlob = (raw: Buffer): Buffer => Buffer.concat([string("ssh-ed25519"), string(raw)]);

const CASES: readonly (readonly [row: string, key: SshTestKey, odd: Oddities, expected: RegExp])[] = [
  ["as it should be", keys.ed, {}, /^verified/],
  ["RSA over SHA-256", keys.rsa, { algorithm: "rsa-sha2-256" }, /^verified/],
  ["RSA over SHA-512", keys.rsa, { algorithm: "rsa-sha2-512" }, /^verified/],
  ["RSA over SHA-1", keys.rsa, { algorithm: "ssh-rsa" }, /^weak: it uses SHA-1/],
  ["an RSA algorithm that nobody knows", keys.rsa, { algorithm: "rsa-sha3-256" }, /^unsupported/],
  [
    "an algorithm of another key",
    keys.rsa,
    { algorithm: "ssh-ed25519" },
    /^malformed: it is a signature of the type ssh-ed/,
  ],
  ["an algorithm of another curve", keys.p256, { algorithm: "ecdsa-sha2-nistp521" }, /^malformed/],
  ["the algorithm of a token", keys.p256, { algorithm: "sk-ecdsa-sha2-nistp256@openssh.com" }, /^malformed/],
  ["another start", keys.ed, { magic: "SSHSIX" }, /^malformed: it does not start with SSHSIG/],
  ["a later version", keys.ed, { version: 2 }, /^unsupported: it is an SSH signature of version 2/],
  ["version 0", keys.ed, { version: 0 }, /^unsupported/],
  ["another hash", keys.ed, { hash: "sha384" }, /^unsupported: it uses the hash sha384/],
  ["no namespace", keys.ed, { namespace: "" }, /^malformed: its namespace is empty/],
  ["a NUL in the namespace", keys.ed, { namespace: "file\0" }, /^malformed/],
  ["reserved bytes that are signed", keys.ed, { reserved: "x" }, /^verified/],
  ["reserved bytes that are not", keys.ed, { reservedLater: "x" }, /^invalid/],
  ["bytes behind the signature", keys.ed, { afterSignature: "x" }, /^malformed: something follows/],
  ["bytes behind everything", keys.ed, { after: "x" }, /^malformed: something follows/],
  ["a short signature", keys.ed, { value: (v) => v.subarray(1) }, /^malformed/],
  ["a signature of zeros", keys.ed, { value: () => Buffer.alloc(64) }, /^invalid/],
  [
    "ECDSA with zeros in front",
    keys.p256,
    { value: (v) => Buffer.concat([number([0, 0, 1]), v.subarray(-36)]) },
    /^malformed/,
  ],
  ["ECDSA of zero", keys.p256, { value: () => Buffer.concat([number([]), number([])]) }, /^malformed/],
  ["ECDSA of a negative number", keys.p256, { value: () => Buffer.concat([number([0x80]), one]) }, /^malformed/],
  ["ECDSA of ones", keys.p256, { value: () => Buffer.concat([one, one]) }, /^invalid/],
  [
    "ECDSA larger than its curve",
    keys.p256,
    { value: () => Buffer.concat([mpint(Buffer.alloc(33, 1)), one]) },
    /^malformed/,
  ],
  ["ECDSA with a third number", keys.p256, { value: (v) => Buffer.concat([v, one]) }, /^malformed/],
  ["an empty RSA signature", keys.rsa, { algorithm: "rsa-sha2-512", value: () => Buffer.alloc(0) }, /^malformed/],
  [
    "an RSA signature longer than its key",
    keys.rsa,
    { algorithm: "rsa-sha2-512", value: (v) => Buffer.concat([Buffer.alloc(1), v]) },
    /^malformed/,
  ],
  ["another key in it", keys.ed, { blob: ed25519().blob }, /^invalid/],
  [
    "a key with bytes behind it",
    keys.ed,
    { blob: Buffer.concat([keys.ed.blob, uint32(0)]) },
    /^malformed: something follows the public key/,
  ],
  ["a key of no type", keys.ed, { blob: Buffer.alloc(0) }, /^malformed/],
  [
    "a key of small order",
    keys.ed,
    { blob: edBlob(Buffer.alloc(32)) },
    /^malformed: the public key is one that anybody/,
  ],
  [
    "a point that is not on its curve",
    keys.p256,
    { blob: ecBlob(Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)])) },
    /^malformed: its public key cannot be used/,
  ],
  [
    "a compressed point",
    keys.p256,
    { blob: ecBlob(Buffer.concat([Buffer.of(2), keys.p256.blob.subarray(-64, -32)])) },
    /^malformed/,
  ],
  [
    "two curves in one key",
    keys.p256,
    { blob: ecBlob(keys.p256.blob.subarray(-65), "nistp384") },
    /^malformed: the public key names two/,
  ],
  [
    "RSA with the exponent 1",
    keys.rsa,
    { algorithm: "rsa-sha2-512", blob: rsaBlob(one, mpint(Buffer.alloc(256, 0xff))) },
    /^malformed: the exponent/,
  ],
  [
    "an even exponent",
    keys.rsa,
    { algorithm: "rsa-sha2-512", blob: rsaBlob(mpint(Uint8Array.of(2)), mpint(Buffer.alloc(256, 0xff))) },
    /^malformed/,
  ],
  [
    "RSA of 16,392 bits",
    keys.rsa,
    { algorithm: "rsa-sha2-512", blob: rsaBlob(mpint(Uint8Array.of(1, 0, 1)), mpint(Buffer.alloc(2049, 0xff))) },
    /^malformed: its RSA key is larger/,
  ],
  [
    "a modulus with zeros in front",
    keys.rsa,
    { algorithm: "rsa-sha2-512", blob: rsaBlob(mpint(Uint8Array.of(3)), number([0, 0, 9])) },
    /^malformed/,
  ],
];

for (const [row, key, odd, expected] of CASES) {
  test(`an SSH signature with ${row}: ${expected.source.slice(1, 12)}`, async () => {
    assert.match(await judge(sshsig(key, document, odd)), expected);
  });
}

/** What ssh-keygen accepts and we do not, and one that the protocol allows and it refuses. */
const DIFFERENT: Readonly<Record<string, string>> = {
  "version 0": "stricter",
  "reserved bytes that are not": "stricter",
  "reserved bytes that are signed": "by the protocol",
};

test("ssh-keygen and we agree on each of them", { skip }, async () => {
  const differences: string[] = [];
  for (const [row, key, odd] of CASES) {
    const signature = sshsig(key, document, odd);
    const ours = (await judge(signature)).startsWith("verified");
    const theirs = await askSshKeygen(armored(signature), document, odd.namespace ?? "file");
    if (ours !== theirs && DIFFERENT[row] !== (ours ? "by the protocol" : "stricter")) differences.push(row);
  }
  assert.deepEqual(differences, []);
});

test("an RSA signature may lack its leading zeros", async () => {
  for (let salt = 0; ; salt++) {
    const signature = sshsig(keys.short, document, { algorithm: "rsa-sha2-512", reserved: `${salt}` });
    const whole = sshsig(keys.short, document, {
      algorithm: "rsa-sha2-512",
      reserved: `${salt}`,
      value: (v) => (v[0] === 0 ? v.subarray(1) : v),
    });
    if (whole.length === signature.length) continue;
    assert.match(await judge(signature), /^weak/);
    assert.match(await judge(whole), /^weak/);
    return;
  }
});

test("a key that is its own namespace's does not name megabytes in a message", async () => {
  const type = "x".repeat(100_000);
  const reason = await judge(sshsig({ ...keys.ed, blob: string(type) }, document));
  assert.match(reason, /^unsupported/);
  assert.ok(reason.length < 300);
});
