// What a standard asks for, and whether it is there: of what is written, and of what was read.

import { test } from "node:test";
import assert from "node:assert/strict";
import type { Component, Inventory } from "../src/core/inventory.ts";
import type { BomOptions } from "../src/sbom/bom-formats.ts";
import { graphOf } from "../src/sbom/graph.ts";
import { assess, qualityJson, qualityText } from "../src/sbom/quality.ts";
import type { QualityStandard } from "../src/sbom/quality.ts";
import { digest, inventoryOf, npmComponent } from "./support/bom.ts";

const NOBODY: BomOptions = { authors: [], toolVersion: "1" };

/** `present/total` of one field. */
function share(standard: QualityStandard, name: string, inventory: Inventory, options = NOBODY): string | undefined {
  const field = assess(standard, graphOf([inventory]), options).fields.find((item) => item.name === name);
  return field === undefined ? undefined : `${field.present}/${field.total}`;
}

function one(more: Partial<Component>): Inventory {
  return inventoryOf([npmComponent("a", "1.0.0", more)]);
}

const { purl: _purl, version: _version, ...BARE } = npmComponent("a", "1.0.0");
const read = (more: object): Inventory => ({
  ...one({}),
  document: { format: "SPDX-2.3", authors: [], tools: [], ...more },
});
const WHEEL = { url: "https://files.pypi.example/a-1.whl", digests: [digest("sha256", "a")] };

type Row = readonly [standard: QualityStandard, field: string, sentence: string, inventory: Inventory, share: string];

// The root of `one` has a purl, a version and edges, and neither digest nor statements.
const ROWS: readonly Row[] = [
  ["ntia", "supplier name", "nobody", one({}), "0/2"],
  ["ntia", "supplier name", "an author", one({ statements: { author: "Jane" } }), "1/2"],
  ["ntia", "supplier name", "a blank", one({ statements: { supplier: " " } }), "0/2"],
  ["ntia", "component name", "a name", one({}), "2/2"],
  ["ntia", "component name", "an empty name", one({ name: "" }), "1/2"],
  ["ntia", "version", "a version", one({}), "2/2"],
  ["ntia", "version", "none", inventoryOf([BARE]), "1/2"],
  ["ntia", "unique identifier", "digests only", inventoryOf([BARE]), "2/2"],
  ["ntia", "unique identifier", "neither purl nor digest", inventoryOf([{ ...BARE, digests: [] }]), "1/2"],
  ["ntia", "dependency relationship", "the root needs it", one({}), "2/2"],
  ["ntia", "author of SBOM data", "nobody", one({}), "0/1"],
  ["ntia", "author of SBOM data", "the author of an SBOM that was read", read({ authors: ["Jane"] }), "1/1"],
  ["ntia", "timestamp", "none", one({}), "0/1"],
  ["ntia", "timestamp", "of an SBOM that was read", read({ timestamp: "2026-01-01T00:00:00Z" }), "1/1"],
  ["bsi", "SBOM format", "CycloneDX 1.6", one({}), "1/1"],
  ["bsi", "SBOM format", "SPDX 2.3, read", read({}), "0/1"],
  ["bsi", "SBOM format", "CycloneDX 1.5, read", read({ format: "CycloneDX 1.5" }), "0/1"],
  ["bsi", "SBOM format", "CycloneDX 1.7, read", read({ format: "CycloneDX 1.7" }), "1/1"],
  ["bsi", "SBOM creator (mail address or URL)", "a name alone", read({ authors: ["Jane"] }), "0/1"],
  ["bsi", "SBOM creator (mail address or URL)", "a mail", read({ authors: ["Jane (j@acme.example)"] }), "1/1"],
  ["bsi", "component creator (mail address or URL)", "a name", one({ statements: { author: "Jane" } }), "0/2"],
  [
    "bsi",
    "component creator (mail address or URL)",
    "a page",
    one({ statements: { homepage: "https://a.example" } }),
    "1/2",
  ],
  ["bsi", "file name", "a tarball", one({}), "1/2"],
  ["bsi", "file name", "two wheels", one({ distributions: [WHEEL, { ...WHEEL, url: `${WHEEL.url}x` }] }), "0/2"],
  ["bsi", "archive property", "a tarball", one({}), "1/2"],
  ["bsi", "archive property", "a file", one({ kind: "file", name: "bin/server", origin: { kind: "unknown" } }), "0/2"],
  ["bsi", "executable property", "nothing is known", one({}), "0/2"],
  ["bsi", "executable property", "a command", one({ facts: { commands: ["a"] } }), "1/2"],
  ["bsi", "licence (SPDX)", "an expression", one({ statements: { license: "MIT OR ISC" } }), "1/2"],
  ["bsi", "licence (SPDX)", "free text", one({ statements: { license: "see LICENSE" } }), "0/2"],
  ["bsi", "SHA-512 of the deployable file", "SHA-512", one({}), "1/2"],
  ["bsi", "SHA-512 of the deployable file", "SHA-256", one({ digests: [digest("sha256", "a")] }), "0/2"],
];

for (const [standard, field, sentence, inventory, expected] of ROWS) {
  test(`${standard}, ${field}: ${sentence}`, () => assert.equal(share(standard, field, inventory), expected));
}

test("the command line fills in what no lockfile knows", () => {
  const options = { ...NOBODY, timestamp: new Date(0), authors: [{ name: "Jane", email: "jane@acme.example" }] };
  assert.equal(share("ntia", "timestamp", one({}), options), "1/1");
  assert.equal(share("ntia", "author of SBOM data", one({}), options), "1/1");
  assert.equal(share("bsi", "SBOM creator (mail address or URL)", one({}), options), "1/1");
  const named = { ...NOBODY, authors: [{ name: "Jane" }] };
  assert.equal(share("bsi", "SBOM creator (mail address or URL)", one({}), named), "0/1");
});

test("the text is a table, and names from outside are escaped in it", () => {
  const components = Array.from({ length: 5 }, (_, index) => npmComponent(`a${index}\u001b[2J`, "1.0.0"));
  const text = qualityText(assess("ntia", graphOf([inventoryOf(components)]), NOBODY));
  assert.equal(
    text,
    [
      "NTIA minimum elements",
      "  supplier name            present 0 of 6   lacking: demo@1.0.0, a0\\u{1b}[2J@1.0.0, a1\\u{1b}[2J@1.0.0, …",
      "  component name           present 6 of 6",
      "  version                  present 6 of 6",
      "  unique identifier        present 6 of 6",
      "  dependency relationship  present 6 of 6",
      "  author of SBOM data      absent",
      "  timestamp                absent",
      "",
      "4 of 7 fields are there everywhere",
      "",
    ].join("\n"),
  );
});

test("the JSON has what each component lacks", () => {
  const report = JSON.parse(qualityJson(assess("bsi", graphOf([one({})]), NOBODY))) as {
    components: readonly { ref: string; lacks: readonly string[] }[];
  };
  assert.deepEqual(report.components[1], {
    ref: "pkg:npm/a@1.0.0",
    name: "a@1.0.0",
    lacks: ["component creator (mail address or URL)", "licence (SPDX)", "executable property"],
  });
});
