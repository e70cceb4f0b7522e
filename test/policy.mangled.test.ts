// Damaged and invented policy files: refused, or harmless; and never anything but a refusal is thrown.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../src/core/errors.ts";
import type { PolicyDocument } from "../src/policy/types.ts";
import { V4, OTHER, WAIVER, matchesSchema, read, readJson, withPin, withRule } from "./support/policy-documents.ts";

test("policy: every truncation is refused", () => {
  const text = JSON.stringify(
    { ...withPin(V4, { fingerprint: OTHER }), ...withRule({ signers: ["acme"] }), waivers: [WAIVER] },
    null,
    1,
  );
  const bytes = Buffer.from(text);
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => read(bytes.subarray(0, length)), UserError, `the first ${length} bytes`);
  }
  assert.equal(read(bytes).signers.length, 1);
});

test("policy: a changed byte is refused, or changes nothing but what it stands in", () => {
  const original = Buffer.from(
    JSON.stringify({ ...withPin(V4), ...withRule({ signers: ["acme"], threshold: 1 }), waivers: [WAIVER] }),
  );
  for (let at = 0; at < original.length; at++) {
    for (const flip of [0x01, 0x20, 0x80]) {
      const bytes = Buffer.from(original);
      bytes[at] = (bytes[at] ?? 0) ^ flip;
      let document: PolicyDocument;
      try {
        document = read(bytes);
      } catch (error) {
        assert.ok(error instanceof UserError, `byte ${at}: ${String(error)}`);
        continue;
      }
      assert.equal(document.signers.length, 1);
      assert.equal(document.signers[0]?.pins.length, 1);
      assert.equal(document.artifacts.length, 1);
      assert.equal(document.artifacts[0]?.threshold, 1);
      assert.equal(document.artifacts[0]?.signers.length, 1);
      assert.equal(document.waivers.length, 1);
    }
  }
});

test("policy: whatever JSON it gets, the reader agrees with the schema or is stricter, and throws nothing else", () => {
  const key = fc.constantFrom(
    "version",
    "signers",
    "artifacts",
    "rules",
    "waivers",
    "policySigners",
    "openpgp",
    "acme",
    "a*",
    "clock-set",
    "threshold",
  );
  const leaf = fc.constantFrom<unknown>(1, 0, null, "", "reject", V4, "acme", "2026-01-01", true, 1.5);
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.dictionary(key, tie("value"), { maxKeys: 3 }),
      fc.array(tie("value"), { maxLength: 2 }),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, value, { maxKeys: 4 }), (members) => {
      const document = { ...members, version: 1 };
      try {
        readJson(document);
      } catch (error) {
        assert.ok(error instanceof UserError);
        return;
      }
      assert.ok(matchesSchema(document));
    }),
    { numRuns: 500 },
  );
});
