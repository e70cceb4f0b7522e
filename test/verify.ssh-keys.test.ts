// Files of SSH keys: .pub files and allowed signers, with their options, judged at one time. ssh-keygen is asked, too.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { listNames, readKeyLines } from "../src/verify/ssh-allowed.ts";
import { createSignatureReader } from "../src/verify/signed.ts";
import type { Judgement, Trust } from "../src/verify/scheme.ts";
import { file, fixture, judgeOne, trusting } from "./support/openpgp-judging.ts";
import { askSshKeygen } from "./support/ssh-programs.ts";
import { armored, ed25519, publicLine, sshsig } from "./support/ssh-signer.ts";
import { skipWithout } from "./support/tools.ts";

const document = fixture("ssh/document.txt").bytes;
const allowed = fixture("ssh/allowed_signers");
const skip = skipWithout("ssh-keygen");

async function judge(name: string, more: Partial<Trust> = {}): Promise<Judgement> {
  return judgeOne(document, fixture(`ssh/${name}.sig`), trusting({ keys: [allowed], ...more }));
}

const FIXTURE: readonly (readonly [name: string, state: string, reason: RegExp, signer?: RegExp])[] = [
  ["ed25519", "verified", /these bytes/, /^ssh SHA256:\S{43} \(acme@boltseal\.example,release@boltseal\.example\)$/],
  ["rsa", "verified", /these bytes/, / \(acme builder\)$/],
  ["p256", "verified", /these bytes/, / \(acme@boltseal\.example\)$/],
  ["p384", "expired", /line 6 of ssh\/allowed_signers believed its key until 2026-01-01T00:00:00Z/],
  ["p521", "untrusted-signer", /line 7 .* from 2027-01-01T12:00:00Z on/],
  ["rsa1024", "untrusted-signer", /line 10 .* only for the namespaces "git"/],
  ["mallory", "untrusted-signer", /neither a flag nor a policy/],
  ["namespace-git", "invalid", /for the namespace "git", not for "file"/],
];

for (const [name, state, reason, signer] of FIXTURE) {
  test(`with allowed signers, ${name}.sig is ${state}`, async () => {
    const judgement = await judge(name);
    assert.equal(judgement.state, state);
    assert.match(judgement.reason, reason);
    if (signer !== undefined) assert.match(judgement.signer ?? "", signer);
  });
}

test("lines that no signature can count for are remarked on", async () => {
  const reader = createSignatureReader(trusting({ keys: [allowed] }));
  await reader.open(fixture("ssh/ed25519.sig"));
  assert.deepEqual(
    reader.remarks().map(({ message }) => message),
    [
      "line 8: it names an authority, and certificates are not checked here",
      "line 9: keys of the type ssh-dss are not checked here",
    ],
  );
});

test("what the policy's own file says of a key binds its pin, too", async () => {
  const text = Buffer.from(allowed.bytes).toString().split("\n");
  const identity = /ecdsa-sha2-nistp384 \S+/.exec(text[5] ?? "")?.[0] ?? "";
  const signers = [
    { name: "acme", pins: [{ scheme: "ssh" as const, identity }], keyFiles: [], definedIn: "boltseal.json" },
  ];
  assert.equal((await judge("p384", { keys: [], signers })).state, "verified");
  assert.equal((await judge("p384", { keys: [], signers, policyKeys: [allowed] })).state, "expired");
  assert.equal((await judge("p384", { keys: [], signers, foundKeys: [allowed] })).state, "verified");
});

const key = ed25519();
const line = publicLine(key);
const signature = file("signature", armored(sshsig(key, document)));

type Row = readonly [row: string, text: string, expected: string, theirs?: boolean];
const LINES: readonly Row[] = [
  ["a principal", `acme ${line}`, "verified"],
  ["a comment behind the key", `acme ${line} who signs "what`, "verified"],
  ["tabs and blanks", ` \tacme \t ${line.replace(" ", "\t ")}`, "verified"],
  ["CR LF", `acme ${line}\r\n`, "verified"],
  ["comments and blank lines", `# acme\n\n  # x\nacme ${line}`, "verified"],
  ["its namespace", `acme namespaces="file" ${line}`, "verified"],
  ["its namespace among others", `acme namespaces="git,fi*" ${line}`, "verified"],
  ["another namespace", `acme namespaces="git" ${line}`, "untrusted-signer"],
  ["its namespace excluded", `acme namespaces="*,!file" ${line}`, "untrusted-signer"],
  ["an option in capitals", `acme NAMESPACES="file" ${line}`, "verified"],
  ["the last second", `acme valid-before="20261001000000Z" ${line}`, "verified"],
  ["the second before", `acme valid-before="20260930235959Z" ${line}`, "expired"],
  ["the first second", `acme valid-after="20261001Z" ${line}`, "verified"],
  ["the second after", `acme valid-after="20261001000001Z" ${line}`, "untrusted-signer"],
  ["minutes", `acme valid-after="202609302359Z",valid-before="202610010001Z" ${line}`, "verified"],
  ["a time without a zone", `acme valid-after="20261001" ${line}`, "verified"],
  ["two lines, one of them over", `acme valid-before="20260101Z" ${line}\nacme ${line}`, "verified"],
  ["two lines, both over", `acme valid-before="20260101Z" ${line}\nacme valid-before="20260201Z" ${line}`, "expired"],
  ["an authority", `acme cert-authority ${line}`, "untrusted-signer"],
  ["an unknown option", `acme namespace="file" ${line}`, "key-malformed"],
  ["an option of authorized_keys", `acme no-pty ${line}`, "key-malformed"],
  ["the touch of a token", `acme no-touch-required ${line}`, "verified", false],
  ["an option twice", `acme namespaces="file",namespaces="git" ${line}`, "key-malformed"],
  ["no quotes", `acme namespaces=file ${line}`, "key-malformed"],
  ["an open quote", `acme namespaces="file ${line}`, "key-malformed"],
  ["an empty option", `acme ,namespaces="file" ${line}`, "key-malformed", true],
  ["a comma at the end of the options", `acme namespaces="file", ${line}`, "key-malformed"],
  ["a day that is none", `acme valid-after="20260230Z" ${line}`, "key-malformed", true],
  ["a month that is none", `acme valid-after="20261301Z" ${line}`, "key-malformed"],
  ["a short time", `acme valid-after="2026100100" ${line}`, "key-malformed"],
  ["an end before its start", `acme valid-after="20270101Z",valid-before="20260101Z" ${line}`, "key-malformed"],
  ["principals that are empty", `acme,,x ${line}`, "key-malformed", true],
  ["options of authorized_keys in front", `command="x",no-pty ${line}`, "key-malformed"],
  ["an authority of authorized_keys", `cert-authority ${line}`, "key-malformed"],
  ["another type in front of the base64", `acme ${line.replace("ssh-ed25519", "ssh-rsa")}`, "key-malformed"],
  ["base64 that was cut off", `acme ${line.slice(0, -4)}`, "key-malformed"],
  ["a bad line among good ones", `acme ${line}\nacme ssh-ed25519`, "key-malformed", true],
];

async function stateWith(text: string): Promise<string> {
  try {
    const trust = trusting({ keys: [file("keys", Buffer.from(text))] });
    return (await judgeOne(document, signature, trust)).state;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

for (const [row, text, expected] of LINES) {
  test(`an SSH key file with ${row}: ${expected}`, async () => {
    assert.equal(await stateWith(text), expected);
  });
}

test("ssh-keygen and we agree on each of these files", { skip }, async () => {
  for (const [row, text, expected, theirs = expected === "verified"] of LINES) {
    const who = { file: Buffer.from(text), principal: "acme", at: "20261001000000Z" };
    assert.equal(await askSshKeygen(signature.bytes, document, "file", who), theirs, row);
  }
});

test("a bad line of a named file is told by its number, and of a policy's file is left out", async () => {
  const text = Buffer.from(`# x\nacme ${line}\nacme\n`);
  await assert.rejects(judgeOne(document, signature, trusting({ keys: [file("allowed", text)] })), {
    code: "key-malformed",
    message: "allowed:3: it has not the form: principals, options, key",
  });
  const reader = createSignatureReader(trusting({ policyKeys: [file("allowed", text)] }));
  await reader.open(signature);
  assert.deepEqual(reader.remarks(), [
    { rule: "key-unusable", message: "line 3: it has not the form: principals, options, key", file: "allowed" },
  ]);
});

test("a file of more lines than people is refused whole, and as many as that are read", () => {
  const full = `${"#\n".repeat(19_999)}acme ${line}\n`;
  assert.deepEqual(
    readKeyLines(Buffer.from(full)).map((read) => read.line),
    [20_000],
  );
  for (const tail of ["\n", "acme\n", "#\n".repeat(8_000_000)]) {
    const read = readKeyLines(Buffer.from(`${full}${tail}`));
    assert.deepEqual(read, [{ line: 20_001, reason: "the file has more than 20000 lines" }]);
  }
});

test("a private key given as key is refused", async () => {
  const text = Buffer.from("-----BEGIN OPENSSH " + "PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n");
  await assert.rejects(judgeOne(document, signature, trusting({ keys: [file("key", text)] })), {
    code: "key-malformed",
    hint: "it is a private key: nothing here needs one",
  });
});

const PATTERNS: readonly (readonly [list: string, namespace: string, names: boolean])[] = [
  ["file", "file", true],
  ["File", "file", false],
  ["f?le", "file", true],
  ["*", "file@boltseal.example", true],
  ["a*z", "a/b/z", true],
  ["git,file", "file", true],
  ["!file,*", "file", false],
  ["!git", "file", false],
  ["", "file", false],
];

for (const [list, namespace, names] of PATTERNS) {
  test(`the namespaces "${list}" ${names ? "hold" : "do not hold"} ${namespace}`, () => {
    assert.equal(listNames(list, namespace), names);
  });
}

test("whatever a key file holds, each line is read or has a reason, and keys are those that are written there", () => {
  const word = fc.oneof(
    fc.constantFrom(
      "acme",
      "ssh-ed25519",
      line,
      'namespaces="file"',
      "cert-authority",
      '"',
      ",",
      "#",
      'valid-after="20260101"',
    ),
    fc.string({ maxLength: 12 }),
  );
  const text = fc.array(
    fc.array(word, { maxLength: 6 }).map((words) => words.join(" ")),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(text, (lines) => {
      for (const read of readKeyLines(Buffer.from(lines.join("\n")))) {
        if ("reason" in read) assert.notEqual(read.reason, "");
        else assert.ok(lines.join("\n").split("\n")[read.line - 1]?.includes(line));
      }
    }),
    { numRuns: 500 },
  );
});
