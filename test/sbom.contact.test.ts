// Who made an SBOM, as it is written on the command line.

import { test } from "node:test";
import assert from "node:assert/strict";
import { parseContact } from "../src/sbom/contact.ts";

const CASES: readonly (readonly [text: string, contact: ReturnType<typeof parseContact>])[] = [
  ["Acme", { name: "Acme" }],
  ["Acme Inc. <security@acme.example>", { name: "Acme Inc.", email: "security@acme.example" }],
  ["Acme <https://acme.example/x>", { name: "Acme", url: "https://acme.example/x" }],
  [" Acme ", { name: "Acme" }],
  ["<security@acme.example>", undefined],
  ["Acme <nothing>", undefined],
  ["Acme <a@b", undefined],
  ["Acme <https://user@acme.example/>", undefined],
  ["Acme <https://user:secret@acme.example/>", undefined],
  ["Acme <https://acme.example/?token=secret>", undefined],
  ["", undefined],
  [" ", undefined],
];

for (const [text, contact] of CASES)
  test(`contact: ${JSON.stringify(text)}`, () => assert.deepEqual(parseContact(text), contact));
