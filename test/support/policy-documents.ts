// Policy documents for the tests of reading: short ways to write them, and the check that the reader and
// the published schema say the same about each.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { Json } from "../../src/core/json.ts";
import type { Pin } from "../../src/core/signer.ts";
import { readPolicy } from "../../src/policy/read.ts";
import type { PolicyDocument } from "../../src/policy/types.ts";
import { ROOT } from "./project.ts";

export const NOW = new Date("2026-06-01T00:00:00Z");
export const V4 = "0123456789abcdef0123456789abcdef01234567";
export const OTHER = V4.replaceAll("0", "f");
export const V6 = `${V4}0123456789abcdef01234567`;
export const SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

export function read(text: string | Uint8Array): PolicyDocument {
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  return readPolicy(bytes, { source: "boltseal.json", directory: "/project", now: NOW });
}

export function readJson(value: object): PolicyDocument {
  return read(JSON.stringify(value));
}

/** A document with one signer, whose pin is given. */
export function withPin(...openpgp: readonly unknown[]): object {
  return { version: 1, signers: { acme: { openpgp } } };
}

/** A document with one signer, whose pins of a scheme are given. */
export function withPins(scheme: string, ...pins: readonly unknown[]): object {
  return { version: 1, signers: { acme: { [scheme]: pins } } };
}

export function pinsOf(document: object): readonly Pin[] {
  return readJson(document).signers.flatMap(({ pins }) => pins);
}

export function withSigner(name: string, members: object): object {
  return { version: 1, signers: { [name]: { openpgp: [V4], ...members } } };
}

export function withRule(rule: unknown, match = "acme-*.tgz"): object {
  return { version: 1, artifacts: { [match]: rule } };
}

export const WAIVER = {
  rule: "checksum-weak",
  subject: "acme-0.9.tgz",
  reason: "no newer release",
  expires: "2027-01-01",
};

export function withWaiver(changes: Readonly<Record<string, unknown>>): object {
  return { version: 1, waivers: [{ ...WAIVER, ...changes }] };
}

export interface Row {
  readonly name: string;
  readonly document: unknown;
  /** The message that refuses it; absent where it is read. */
  readonly refused?: RegExp;
  /** The schema language cannot say it, so only the reader refuses. */
  readonly readerOnly?: true;
}

export const SCHEMA_PATH = join(ROOT, "schemas/policy.schema.json");

export function readSchema(): Record<string, Json> {
  return JSON.parse(readFileSync(SCHEMA_PATH, "utf8")) as Record<string, Json>;
}

function compileSchema(): (document: unknown) => boolean {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: false });
  addFormats.default(ajv);
  return ajv.compile(readSchema());
}

export const matchesSchema = compileSchema();

/** One test a row: read or refused, and the schema agrees. */
export function testDocuments(rows: readonly Row[]): void {
  for (const { name, document, refused, readerOnly } of rows) {
    test(`policy: ${name} is ${refused === undefined ? "read" : "refused"}, by the schema too`, () => {
      const text = JSON.stringify(document, null, 2);
      if (refused === undefined) assert.equal(read(text).source, "boltseal.json");
      else assert.throws(() => read(text), { code: "policy-malformed", message: refused });
      assert.equal(matchesSchema(JSON.parse(text)), refused === undefined || readerOnly === true);
    });
  }
}
