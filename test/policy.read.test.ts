// A policy file as a whole: its sections, its text, its hints, and what it looks like after reading.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../src/core/errors.ts";
import { starterPolicy } from "../src/policy/starter.ts";
import {
  V4,
  SHA256,
  read,
  readJson,
  withPin,
  WAIVER,
  withWaiver,
  testDocuments,
  readSchema,
} from "./support/policy-documents.ts";
import { ROOT } from "./support/project.ts";

testDocuments([
  { name: "a policy with its version alone", document: { version: 1 } },
  { name: "a policy that names its schema", document: { $schema: "./policy.schema.json", version: 1 } },
  { name: "a schema that is no text", document: { $schema: 1, version: 1 }, refused: /\$schema: must be a string/ },
  { name: "no version", document: { rules: {} }, refused: /:1: the document: "version" is missing/ },
  { name: "a later version", document: { version: 2, future: true }, refused: /version: must be 1/ },
  { name: "a version as text", document: { version: "1" }, refused: /version: must be 1/ },
  { name: "a list instead of a policy", document: [], refused: /the document: must be an object/ },
  { name: "null instead of a policy", document: null, refused: /the document: must be an object/ },
  { name: "a mistyped section", document: { version: 1, signer: {} }, refused: /signer: unknown key/ },
  { name: "a section of a later command", document: { version: 1, registry: {} }, refused: /registry: unknown key/ },
  { name: "a section that is null", document: { version: 1, rules: null }, refused: /rules: must be an object/ },
]);

const MALFORMED_TEXTS = [
  { name: "an empty text", text: "", refused: /^boltseal\.json:1:1: / },
  {
    name: "a key twice",
    text: '{"version": 1,\n "version": 1}',
    refused: /^boltseal\.json:2:2: the key "version" appears twice/,
  },
  {
    name: "a section twice",
    text: '{"version":1,"rules":{"clock-set":"reject"},"rules":{}}',
    refused: /"rules" appears twice/,
  },
  { name: "the key __proto__", text: '{"version":1,"signers":{"__proto__":{}}}', refused: /__proto__/ },
  { name: "text after the end", text: '{"version":1} {"version":1}', refused: /end of file expected/ },
  { name: "an unfinished comment", text: '{"version":1} /*', refused: /comment/ },
];

for (const { name, text, refused } of MALFORMED_TEXTS) {
  test(`policy: ${name} is refused`, () => {
    assert.throws(() => read(text), { code: "json-malformed", message: refused });
  });
}

test("policy: bytes that are not UTF-8 are refused", () => {
  const bytes = Buffer.concat([Buffer.from('{"version":1} //'), Buffer.from([0xff])]);
  assert.throws(() => read(bytes), { code: "policy-malformed", message: "boltseal.json: the file is not UTF-8 text" });
});

const HINTS = [
  { document: { version: 1, signer: {} }, hint: 'did you mean "signers"?' },
  { document: { version: 1, rules: { "signature-suround": "reject" } }, hint: 'did you mean "signature-surrounded"?' },
  {
    document: { version: 1, rules: { "signature-surounded": "reject" } },
    hint: 'did you mean "signature-surrounded"?',
  },
  { document: withPin("89ABCDEF"), hint: /gpg --show-keys --with-fingerprint FILE/ },
  { document: withWaiver({ rule: "checksum-waek" }), hint: 'did you mean "checksum-weak"?' },
  { document: { version: 1, zzzzzzzz: {} }, hint: /^known here: "\$schema", "version"/ },
];

test("policy: a refusal says what to write instead", () => {
  for (const { document, hint } of HINTS) {
    assert.throws(
      () => readJson(document),
      (error: unknown) => {
        assert.ok(error instanceof UserError);
        if (typeof hint === "string") assert.equal(error.hint, hint);
        else assert.match(error.hint ?? "", hint);
        return true;
      },
    );
  }
});

test("policy: what is read is normal: lower-case fingerprints, times in UTC, paths that open, lines", () => {
  const document = read(`// comment
{
  "version": 1,
  "signers": {
    "acme": { "openpgp": [{ "fingerprint": "${V4.toUpperCase()}", "notAfter": "2026-01-01T12:30:00+02:00" }],
              "keys": ["keys/acme.asc"], },
  },
  "artifacts": {
    "a-*": { "signers": ["acme"], "digests": ["SHA256:${SHA256.toUpperCase()}"] },
    "b-*": { "evidence": ["checksum"] },
  },
  "waivers": [
    ${JSON.stringify(WAIVER)},
  ],
}`);
  assert.deepEqual(document.signers, [
    {
      name: "acme",
      pins: [{ scheme: "openpgp", identity: V4, notAfter: "2026-01-01T10:30:00Z" }],
      keyFiles: ["/project/keys/acme.asc"],
      definedIn: "boltseal.json",
    },
  ]);
  assert.deepEqual([...document.keyNames], [["/project/keys/acme.asc", "keys/acme.asc"]]);
  const digest = { algorithm: "sha256", hex: SHA256, from: "declared" };
  const rule = { signers: [], threshold: 0, evidence: [], digests: [], definedIn: "boltseal.json" };
  assert.deepEqual(document.artifacts, [
    { ...rule, match: "a-*", signers: ["acme"], threshold: 1, digests: [digest], line: 9 },
    { ...rule, match: "b-*", evidence: ["checksum"], line: 10 },
  ]);
  const waiver = { ...WAIVER, expires: "2027-01-01T00:00:00Z", definedIn: "boltseal.json", line: 13 };
  assert.deepEqual(document.waivers, [waiver]);
});

test("policy: the starter is valid, grants and demands nothing, and its examples are valid as a whole", () => {
  const empty = read(starterPolicy());
  assert.deepEqual(
    [empty.signers, empty.artifacts, [...empty.rules], empty.waivers, empty.policySigners],
    [[], [], [], [], []],
  );
  const examples = read(starterPolicy().replaceAll(/^( *)\/\/ (?=[\s"{}\]])/gm, "$1"));
  assert.deepEqual(
    [
      examples.signers.length,
      examples.artifacts.length,
      examples.rules.size,
      examples.waivers.length,
      examples.policySigners.length,
    ],
    [1, 1, 1, 1, 1],
  );
});

test("policy: docs/policy.md has a heading for every key, and its first example is valid", () => {
  const page = readFileSync(join(ROOT, "docs/policy.md"), "utf8");
  const example = read(/```jsonc\n(.*?)```/s.exec(page)?.[1] ?? "");
  assert.deepEqual([example.signers.length, example.artifacts.length, example.waivers.length], [3, 2, 1]);
  for (const key of Object.keys(readSchema()["properties"] ?? {})) assert.ok(page.includes(`\n### \`${key}\`\n`), key);
});
