// SPDX 2.3 as it is written: by the clauses of the specification, with every digest and edge, and the same each time.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { readPropertiesComment } from "../src/core/bom-annotation.ts";
import { readProperties } from "../src/core/bom-properties-read.ts";
import type { Inventory } from "../src/core/inventory.ts";
import { spdxBreaches } from "../src/core/spdx-rules.ts";
import type { BomOptions } from "../src/sbom/bom-formats.ts";
import { graphOf } from "../src/sbom/graph.ts";
import { spdxDocument } from "../src/sbom/spdx.ts";
import { bomText } from "../src/sbom/text.ts";
import { inventoryOf, npmComponent } from "./support/bom.ts";
import { RICH } from "./support/rich-bom.ts";

const NOBODY: BomOptions = { authors: [], toolVersion: "1.2.3" };

interface Written {
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string; readonly creators: readonly string[] };
  readonly packages: readonly (Readonly<Record<string, unknown>> & {
    readonly SPDXID: string;
    readonly name: string;
    readonly annotations: readonly { readonly comment: string }[];
  })[];
  readonly relationships: readonly {
    readonly spdxElementId: string;
    readonly relationshipType: string;
    readonly relatedSpdxElement: string;
  }[];
  readonly hasExtractedLicensingInfos?: readonly { readonly licenseId: string; readonly extractedText: string }[];
}

function textOf(inventory: Inventory, options = NOBODY): string {
  return bomText(spdxDocument(graphOf([inventory]), options));
}

function written(inventory: Inventory, options = NOBODY): Written {
  return JSON.parse(textOf(inventory, options)) as Written;
}

test("SPDX is valid by the clauses of its specification, whatever is in it", () => {
  const check = (inventory: Inventory): void =>
    assert.deepEqual(spdxBreaches(written(inventory)), { form: [], checksums: [] });
  check(RICH);
  check(inventoryOf([]));
  const text = fc.string({ unit: "binary", maxLength: 20 });
  const statements = fc.record({ author: text, supplier: text, license: text, homepage: text, description: text });
  const hostile = fc.record({ name: text, version: text, location: text, statements });
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 3 }), (items) => {
      check(inventoryOf(items.map((item, index) => ({ ...npmComponent("a", "1.0.0"), ...item, key: `${index}` }))));
    }),
  );
});

test("each component is a package with all its digests, and what SPDX has no field for is an annotation", () => {
  const { packages } = written(RICH);
  assert.equal(packages.length, RICH.components.length + 1);
  const a = packages.find(({ name }) => name === "@acme/a");
  assert.deepEqual(a?.["checksums"], [
    { algorithm: "SHA1", checksumValue: "b".repeat(40) },
    { algorithm: "SHA512", checksumValue: "a".repeat(128) },
    { algorithm: "SHA512", checksumValue: "c".repeat(128) },
    { algorithm: "SHA224", checksumValue: "d".repeat(56) },
  ]);
  assert.equal(a["downloadLocation"], "https://registry.npm.example/@acme/a/-/a-1.0.0.tgz");
  assert.equal(a["supplier"], "Organization: Acme Inc.");
  assert.equal(a["originator"], "Person: Jane Doe (jane@acme.example) (https://acme.example)");
  for (const component of RICH.components) {
    const name = component.name === "" ? "NOASSERTION" : component.name;
    const [annotation] = packages.find((item) => item.name === name)?.annotations ?? [];
    const read = readProperties(readPropertiesComment(annotation?.comment ?? "") ?? []);
    assert.deepEqual(read.malformed, []);
    assert.deepEqual(read.facts, component.facts);
    assert.deepEqual(read.origin, component.origin);
    assert.deepEqual(read.distributions, component.distributions ?? []);
    assert.deepEqual(read.locations, component.location === undefined ? [] : [component.location]);
  }
});

test("what a package says of itself and SPDX has no field for is not lost", () => {
  const a = written(RICH).packages.find(({ name }) => name === "@acme/a");
  const read = readProperties(readPropertiesComment(a?.annotations[0]?.comment ?? "") ?? []);
  assert.deepEqual(read.statements, {
    publisher: "Acme",
    repository: "git+https://git.example/acme/a",
    issues: "https://git.example/acme/a/issues",
  });
});

test("relationships tell what is needed, for what, what needs nothing, and what is not known", () => {
  const { packages, relationships } = written(RICH);
  const names = new Map(packages.map(({ SPDXID, name }) => [SPDXID, name]));
  const called = (id: string): string => names.get(id) ?? id;
  const lines = relationships.map(
    (item) => `${called(item.spdxElementId)} ${item.relationshipType} ${called(item.relatedSpdxElement)}`,
  );
  assert.deepEqual(lines.toSorted(), [
    "@acme/a DEPENDS_ON Some_Wheel",
    "NOASSERTION DEPENDS_ON NOASSERTION",
    "SPDXRef-DOCUMENT DESCRIBES demo",
    "Some_Wheel DEPENDS_ON NOASSERTION",
    "b DEPENDS_ON NONE",
    "b DEV_DEPENDENCY_OF @acme/a",
    "b DEV_DEPENDENCY_OF demo",
    "c DEPENDS_ON NONE",
    "c OPTIONAL_DEPENDENCY_OF demo",
    "demo DEPENDS_ON @acme/a",
    "demo DEPENDS_ON NOASSERTION",
    "demo DEPENDS_ON Some_Wheel",
    "demo DEPENDS_ON github.com/acme/mod/v2",
    "github.com/acme/mod/v2 DEPENDS_ON NONE",
  ]);
});

const LICENSES: readonly (readonly [license: string | undefined, declared: RegExp, extracted: readonly string[]])[] = [
  [undefined, /^NOASSERTION$/, []],
  [" ", /^NOASSERTION$/, []],
  ["MIT", /^MIT$/, []],
  ["MIT OR LicenseRef-ours", /^MIT OR LicenseRef-ours$/, ["NOASSERTION"]],
  ["UNLICENSED", /^LicenseRef-boltseal-[0-9a-f]{32}$/, ["UNLICENSED"]],
  ["DocumentRef-x:LicenseRef-y", /^LicenseRef-boltseal-[0-9a-f]{32}$/, ["DocumentRef-x:LicenseRef-y"]],
];

for (const [license, declared, extracted] of LICENSES) {
  test(`the licence ${JSON.stringify(license)} is not lost`, () => {
    const statements = license === undefined ? {} : { statements: { license } };
    const document = written(inventoryOf([npmComponent("a", "1.0.0", statements)]));
    assert.match(String(document.packages[1]?.["licenseDeclared"]), declared);
    assert.deepEqual(
      (document.hasExtractedLicensingInfos ?? []).map((item) => item.extractedText),
      extracted,
    );
  });
}

test("people, organisations and the tool are its creators, and the time is to the second", () => {
  const { creationInfo } = written(RICH, {
    toolVersion: "1.2.3",
    timestamp: new Date("2026-01-02T03:04:05.678Z"),
    authors: [{ name: "Jane", email: "jane@acme.example" }],
    manufacturer: { name: "Acme", url: "https://acme.example" },
  });
  assert.deepEqual(creationInfo, {
    created: "2026-01-02T03:04:05Z",
    creators: ["Tool: boltseal-1.2.3", "Person: Jane (jane@acme.example)", "Organization: Acme (https://acme.example)"],
  });
});

test("who made an SBOM that was read, and with what, is handed on", () => {
  const document = { format: "SPDX-2.3", authors: ["Ann <ann@acme.example>"], supplier: "Acme", tools: ["gen-2.0"] };
  assert.deepEqual(written({ ...inventoryOf([]), document }).creationInfo.creators, [
    "Tool: boltseal-1.2.3",
    "Tool: gen-2.0",
    "Person: Ann (ann@acme.example)",
    "Organization: Acme",
  ]);
});

test("without a time it is that of 1970, and the same input has the same bytes", () => {
  assert.equal(textOf(RICH), textOf(structuredClone(RICH)));
  assert.equal(written(RICH).creationInfo.created, "1970-01-01T00:00:00Z");
  const other = inventoryOf([npmComponent("a", "1.0.0")]);
  assert.notEqual(written(RICH).documentNamespace, written(other).documentNamespace);
});
