// SSH signatures by hardware tokens, made by a token of software: presence, verification, application, and the form
// that browsers make.

import { test } from "node:test";
import assert from "node:assert/strict";
import { file, judgeOne, trusting } from "./support/openpgp-judging.ts";
import { askSshKeygen } from "./support/ssh-programs.ts";
import { armored, publicLine, sshsig, token } from "./support/ssh-signer.ts";
import type { TokenAnswer } from "./support/ssh-signer.ts";
import { skipWithout } from "./support/tools.ts";

const document = Buffer.from("a document\n");
const WEBAUTHN = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com";
const ORIGIN = "https://acme.example";

type Row = readonly [row: string, answer: TokenAnswer, options: string, expected: RegExp, keygen?: "accepts"];

const CASES: readonly Row[] = [
  ["touched", {}, "", /^verified/],
  ["not touched", { flags: 0 }, "", /^invalid: nobody touched/, "accepts"],
  ["not touched, which its line allows", { flags: 0 }, "no-touch-required", /^verified/],
  ["touched, and asked for a PIN", { flags: 5 }, "verify-required", /^verified/],
  ["touched, and should have asked for a PIN", {}, "verify-required", /^invalid: .*neither PIN nor finger/, "accepts"],
  ["not touched, and asked for a PIN", { flags: 4 }, "verify-required", /^invalid: nobody touched/, "accepts"],
  ["for a part of ssh", { application: "ssh:release" }, "", /^verified/],
  ["for another application", { application: "https://acme.example" }, "", /^unsupported: .*not for ssh:/, "accepts"],
  ["used four billion times", { counter: 0xffffffff }, "", /^verified/],
];

const right = (challenge: string): string => `{"type":"webauthn.get","challenge":"${challenge}","origin":"${ORIGIN}"}`;
const EXTENSIONS = Buffer.from([0xa0]);

const BROWSER: readonly Row[] = [
  ["in a browser", { browser: {} }, "", /^verified/],
  ["in a browser, for a web site", { application: "acme.example", browser: {} }, "", /^verified/],
  ["in a browser that says little", { browser: { clientData: right } }, "", /^verified/],
  ["in a browser, not touched", { flags: 0, browser: {} }, "", /^invalid: nobody/, "accepts"],
  ["for another challenge", { browser: { clientData: () => right("AAAA") } }, "", /^invalid: it is not valid/],
  ["for another origin", { browser: { clientData: (c) => right(c).replace("acme", "evil") } }, "", /^invalid/],
  ["to make a key", { browser: { clientData: (c) => right(c).replace(".get", ".create") } }, "", /^invalid/],
  ["with blanks", { browser: { clientData: (c) => right(c).replace(",", ", ") } }, "", /^invalid/],
  ["with a quote in its origin", { browser: { origin: 'https://a","x":"' } }, "", /^invalid/],
  ["with extensions that it says nothing of", { browser: { extensions: EXTENSIONS } }, "", /^invalid/],
  ["with extensions", { flags: 0x81, browser: { extensions: EXTENSIONS } }, "", /^verified/],
  ["without the extensions that it speaks of", { flags: 0x81, browser: {} }, "", /^invalid/],
  ["with an attested key", { flags: 0x41, browser: {} }, "", /^invalid/],
];

const KINDS = [
  ["Ed25519", "ed25519", "sk-ssh-ed25519@openssh.com", CASES],
  ["P-256", "nistp256", "sk-ecdsa-sha2-nistp256@openssh.com", CASES],
  ["P-256", "nistp256", WEBAUTHN, BROWSER],
] as const;

for (const [shown, kind, algorithm, rows] of KINDS) {
  const made = rows.map(([row, answer, options, expected, keygen]) => {
    const key = token(kind, answer);
    return { row, key, options, expected, keygen, signature: armored(sshsig(key, document, { algorithm })) };
  });
  for (const { row, key, options, expected, signature } of made) {
    test(`a token with ${shown}, ${row}: ${expected.source.slice(1, 12)}`, async () => {
      const line = options === "" ? publicLine(key) : `acme ${options} ${publicLine(key)}`;
      const trust = trusting({ keys: [file("keys", Buffer.from(line))] });
      const { state, reason } = await judgeOne(document, file("signature", signature), trust);
      assert.match(`${state}: ${reason}`, expected);
    });
  }

  const skip = skipWithout("ssh-keygen");
  test(`ssh-keygen and we agree on tokens with ${algorithm}, but for touch and application`, { skip }, async () => {
    for (const { row, expected, keygen, signature } of made) {
      const accepts = await askSshKeygen(signature, document, "file");
      assert.equal(accepts, keygen === "accepts" || expected.test("verified"), row);
    }
  });
}

test("a pin says nothing of touch, so it is demanded", async () => {
  const [touched, untouched] = [token("ed25519"), token("ed25519", { flags: 0 })];
  const pins = [touched, untouched].map((key) => ({ scheme: "ssh" as const, identity: publicLine(key) }));
  const trust = trusting({ signers: [{ name: "acme", pins, keyFiles: [], definedIn: "boltseal.json" }] });
  const states = [];
  for (const key of [touched, untouched])
    states.push((await judgeOne(document, file("signature", armored(sshsig(key, document))), trust)).state);
  assert.deepEqual(states, ["verified", "invalid"]);
});

test("what is signed for the browser's form is not good in the other, and the other way round", async () => {
  const pairs = [
    [token("nistp256", { browser: {} }), "sk-ecdsa-sha2-nistp256@openssh.com"],
    [token("nistp256"), WEBAUTHN],
  ] as const;
  for (const [key, algorithm] of pairs) {
    const trust = trusting({ keys: [file("keys", Buffer.from(publicLine(key)))] });
    const signature = file("signature", armored(sshsig(key, document, { algorithm })));
    assert.equal((await judgeOne(document, signature, trust)).state, "malformed");
  }
});
