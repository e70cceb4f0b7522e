// What is an SPDX identifier, what an expression, and what neither; hostile texts are names, and quickly.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { createLicenseReader, readLicense } from "../src/sbom/license.ts";

const LICENSES: readonly (readonly [text: string, kind: "id" | "expression" | "name"])[] = [
  ["MIT", "id"],
  ["GPL-2.0", "id"],
  ["BSD-3-Clause-No-Nuclear-License-2014", "id"],
  ["mit", "name"],
  ["MIT OR Apache-2.0", "expression"],
  ["(MIT)", "expression"],
  ["(MIT OR Apache-2.0) AND BSD-3-Clause", "expression"],
  ["GPL-2.0-or-later WITH Classpath-exception-2.0", "expression"],
  ["GPL-2.0+", "expression"],
  ["LicenseRef-ours", "expression"],
  ["MIT or Apache-2.0", "name"],
  ["MIT/Apache-2.0", "name"],
  ["MIT AND", "name"],
  ["AND MIT", "name"],
  ["Classpath-exception-2.0", "name"],
  ["SEE LICENSE IN LICENSE.md", "name"],
  ["UNLICENSED", "name"],
  ["Copyright (c) 2020 Acme", "name"],
  ["MIT\u0000", "name"],
  ["MIT\nOR Apache-2.0", "name"],
  ["", "name"],
  ["__proto__", "name"],
  [`${"(".repeat(2000)}MIT${")".repeat(2000)}`, "name"],
  [`MIT${" AND MIT".repeat(400)}`, "expression"],
  [`MIT${" AND MIT".repeat(600)}`, "name"],
];

for (const [text, kind] of LICENSES) {
  test(`${kind}: ${JSON.stringify(text.slice(0, 60))}`, () => assert.deepEqual(readLicense(text), { kind, text }));
}

test("no text is an error, and none is lost", () => {
  const words = fc.constantFrom(
    "MIT",
    "AND",
    "OR",
    "WITH",
    "(",
    ")",
    "+",
    ":",
    "LicenseRef-x",
    "DocumentRef-",
    " ",
    "é",
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(words).map((list) => list.join(" ")),
  );
  const read = createLicenseReader();
  fc.assert(
    fc.property(texts, (text) => {
      const license = read(text);
      assert.equal(license.text, license.kind === "name" ? text : text.trim());
    }),
    { numRuns: 500 },
  );
});
