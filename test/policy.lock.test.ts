// Locks as text: which are read, which refused, and that the same entries give the same bytes.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { UserError } from "../src/core/errors.ts";
import { lockedIdentity } from "../src/core/lock.ts";
import { formatLock, readLock } from "../src/policy/lock-read.ts";
import { ALICE, BOB, ONE, T1, TWO, by, entryOf, fileOf, lockOf, lockText } from "./support/locks.ts";
import { ROOT } from "./support/project.ts";

const ajv = new Ajv2020({ strict: true, strictRequired: false });
addFormats.default(ajv);
const matchesSchema = ajv.compile(JSON.parse(readFileSync(join(ROOT, "schemas/lock.schema.json"), "utf8")) as object);

const NPM = "pkg:npm/%40acme/server";
const FILE = fileOf(ONE, by(ALICE, T1));
const FILES = { "acme.tgz": FILE };

function withKey(key: string): object {
  return { version: 1, accepted: { [key]: entryOf(FILES) } };
}

function withFile(members: object, name = "acme.tgz"): object {
  return { version: 1, accepted: { [NPM]: entryOf({ [name]: { sha256: ONE, signers: [], ...members } }) } };
}

interface Row {
  readonly name: string;
  readonly document: unknown;
  readonly refused?: RegExp;
  /** The schema language cannot say it. */
  readonly readerOnly?: true;
}

const ROWS: readonly Row[] = [
  { name: "a lock of nothing", document: { version: 1, accepted: {} } },
  { name: "a package", document: { version: 1, accepted: { [NPM]: entryOf(FILES, "1.2.0") } } },
  { name: "an artifact rule", document: withKey("rule:acme-*.tgz") },
  { name: "several files", document: { version: 1, accepted: { [NPM]: entryOf({ a: FILE, b: FILE }) } } },
  { name: "a file without signers", document: withFile({}) },
  { name: "a file with a source", document: withFile({ source: "npm:@acme/server@1.2.0" }) },
  { name: "another version", document: { version: 2, accepted: {} }, refused: /version: must be 1/ },
  { name: "no version", document: { accepted: {} }, refused: /"version" is missing/ },
  { name: "no entries", document: { version: 1 }, refused: /"accepted" is missing/ },
  { name: "an unknown member", document: { version: 1, accepted: {}, registry: {} }, refused: /registry: unknown key/ },
  { name: "a list of entries", document: { version: 1, accepted: [] }, refused: /accepted: must be an object/ },
  { name: "a file name as key", document: withKey("acme.tgz"), refused: /is no key of a lock/ },
  { name: "a purl with a version", document: withKey("pkg:npm/acme@1.2.0"), refused: /is no key of a lock/ },
  { name: "a purl with qualifiers", document: withKey("pkg:npm/acme?os=linux"), refused: /is no key of a lock/ },
  { name: "a purl without a name", document: withKey("pkg:npm/"), refused: /is no key of a lock/ },
  { name: "a rule with a folder", document: withKey("rule:a/b"), refused: /is no key of a lock/ },
  { name: "a key of 1001 characters", document: withKey(`rule:${"a".repeat(996)}`), refused: /is no key of a lock/ },
  { name: "an entry without files", document: { version: 1, accepted: { [NPM]: {} } }, refused: /"files" is missing/ },
  {
    name: "an entry with no file",
    document: { version: 1, accepted: { [NPM]: entryOf({}) } },
    refused: /files: is empty/,
  },
  {
    name: "a version that is a number",
    document: { version: 1, accepted: { [NPM]: { version: 1, files: FILES } } },
    refused: /must be a string/,
  },
  { name: "a file in a folder", document: withFile({}, "a/b"), refused: /is no file name/ },
  { name: "a file without a name", document: withFile({}, ""), refused: /is no file name/ },
  { name: "a file name of 256 characters", document: withFile({}, "a".repeat(256)), refused: /is no file name/ },
  {
    name: "a digest in capitals",
    document: withFile({ sha256: "A".repeat(64) }),
    refused: /must be 64 lower-case hex digits/,
  },
  {
    name: "a digest with its algorithm",
    document: withFile({ sha256: `sha256:${ONE}` }),
    refused: /must be 64 lower-case/,
  },
  { name: "signers as an object", document: withFile({ signers: {} }), refused: /signers: must be a list/ },
  { name: "a signer as text", document: withFile({ signers: [ALICE] }), refused: /must be an object/ },
  {
    name: "a signer without scheme",
    document: withFile({ signers: [{ signer: ALICE }] }),
    refused: /"scheme" is missing/,
  },
  {
    name: "a signer without identity",
    document: withFile({ signers: [{ scheme: "openpgp" }] }),
    refused: /"signer" is missing/,
  },
  { name: "a time that is none", document: withFile({ signers: [by(ALICE, "yesterday")] }), refused: /not a time/ },
  {
    name: "a time without a zone",
    document: withFile({ signers: [by(ALICE, "2026-01-01T00:00:00")] }),
    refused: /not a time/,
  },
  {
    name: "a signer twice",
    document: withFile({ signers: [by(ALICE), by(ALICE, T1)] }),
    refused: /appears twice/,
    readerOnly: true,
  },
  {
    name: "a signer twice, with two subkeys",
    document: withFile({ signers: [by(`${ALICE} subkey A`), by(`${ALICE} subkey B`)] }),
    refused: /appears twice/,
    readerOnly: true,
  },
  {
    name: "more signers than anybody has",
    document: withFile({ signers: Array.from({ length: 101 }, (_, i) => by(`ssh ${i}`)) }),
    refused: /more than 100 signers/,
  },
];

for (const { name, document, refused, readerOnly } of ROWS) {
  test(`lock: ${name} is ${refused === undefined ? "read" : "refused"}, by the schema too`, () => {
    const bytes = Buffer.from(JSON.stringify(document, null, 1));
    if (refused === undefined) assert.ok(readLock(bytes, "boltseal.lock").size <= 1);
    else assert.throws(() => readLock(bytes, "boltseal.lock"), { code: "policy-malformed", message: refused });
    assert.equal(matchesSchema(document), refused === undefined || readerOnly === true);
  });
}

const TEXTS: readonly (readonly [string, string])[] = [
  ["comments", '{ "version": 1, /* mine */ "accepted": {} }'],
  ["a trailing comma", '{ "version": 1, "accepted": {}, }'],
  ["a key twice", `{ "version": 1, "accepted": { "rule:a": {}, "rule:a": {} } }`],
  ["the key __proto__", '{ "version": 1, "accepted": { "__proto__": {} } }'],
  ["a merge conflict", '<<<<<<< ours\n{ "version": 1, "accepted": {} }\n'],
  ["nothing", ""],
];

for (const [name, text] of TEXTS) {
  test(`lock: text with ${name} is refused`, () => {
    assert.throws(() => readLock(Buffer.from(text), "boltseal.lock"), {
      code: "json-malformed",
      message: /^boltseal\.lock:\d+:\d+: /,
    });
  });
}

test("lock: a refusal names file, line and member", () => {
  assert.throws(
    () => readLock(Buffer.from(lockText({ [NPM]: entryOf({ a: { sha256: "x", signers: [] } }) })), "ci/boltseal.lock"),
    {
      message: `ci/boltseal.lock:7: accepted["${NPM}"].files.a.sha256: must be 64 lower-case hex digits`,
    },
  );
});

test("lock: every truncation is refused, and a changed byte is refused or changes what it stands in", () => {
  const original = Buffer.from(
    lockText({ [NPM]: entryOf(FILES, "1.2.0"), "rule:acme-*": entryOf({ b: fileOf(TWO, by(BOB)) }) }),
  );
  // All but the line feed at the end.
  for (let length = 0; length < original.length - 1; length++)
    assert.throws(() => readLock(original.subarray(0, length), "boltseal.lock"), UserError);
  const before = formatLock(readLock(original, "boltseal.lock"));
  for (let at = 0; at < original.length; at++) {
    for (const flip of [0x01, 0x20, 0x80]) {
      const bytes = Buffer.from(original);
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      try {
        const entries = readLock(bytes, "boltseal.lock");
        // White space and the case of \u escapes are no part of it; there are none here.
        if (/\S/.test(String.fromCharCode(original[at] ?? 0))) assert.notEqual(formatLock(entries), before);
        assert.equal(entries.size, 2);
      } catch (error) {
        assert.ok(error instanceof UserError, `byte ${at}: ${String(error)}`);
      }
    }
  }
});

const name = fc.constantFrom("a", "b.tgz", "1", "2", "ü", "\u202e", "constructor");
const text = fc.constantFrom("x", "y z", "a\u2028b", "##[x]");
const anyFile = fc.record(
  {
    sha256: fc.constantFrom(ONE, TWO),
    signers: fc.uniqueArray(
      fc.record(
        { scheme: fc.constantFrom("openpgp", "ssh"), signer: text, time: fc.constant(T1) },
        { requiredKeys: ["scheme", "signer"] },
      ),
      { selector: lockedIdentity, maxLength: 3 },
    ),
    source: text,
  },
  { requiredKeys: ["sha256", "signers"] },
);
const anyLock = fc.dictionary(
  fc.constantFrom(NPM, "pkg:pypi/acme", "rule:b", "rule:a*"),
  fc.record(
    { version: text, files: fc.dictionary(name, anyFile, { minKeys: 1, maxKeys: 3, noNullPrototype: true }) },
    { requiredKeys: ["files"] },
  ),
  { noNullPrototype: true },
);

test("lock: what is written is read again as the same, in one order, with nothing hidden", () => {
  fc.assert(
    fc.property(anyLock, (accepted) => {
      const written = formatLock(lockOf(accepted));
      assert.ok(matchesSchema(JSON.parse(written)));
      assert.equal(formatLock(readLock(Buffer.from(written), "boltseal.lock")), written);
      const reversed = Object.fromEntries(Object.entries(accepted).toReversed());
      assert.equal(formatLock(lockOf(reversed)), written);
      assert.match(written, /^[\n -~\u00a0-\u00ff]+\n$/);
      const plain = (value: string): unknown => JSON.parse(value);
      assert.deepEqual(
        plain(JSON.stringify(sortedSigners(accepted))),
        sortedSigners((plain(written) as { accepted: object }).accepted),
      );
    }),
  );
});

/** The order of signers says nothing. */
function sortedSigners(accepted: object): object {
  return JSON.parse(JSON.stringify(accepted), (_key, value: unknown) =>
    Array.isArray(value) ? value.map((item) => JSON.stringify(item, ["scheme", "signer", "time"])).toSorted() : value,
  ) as object;
}
