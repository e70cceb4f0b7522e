// SBOMs that somebody made to break their reader: each is answered or refused, and costs what its size costs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { readCycloneDx } from "../src/inventory/cyclonedx.ts";
import { readSpdx } from "../src/inventory/spdx.ts";
import type { ReadSource } from "../src/inventory/source.ts";
import { codeOf, readTexts } from "./support/inventory-readings.ts";
import { ROOT } from "./support/project.ts";

const FILES: readonly [name: string, read: ReadSource][] = [
  ["cyclonedx-npm/npm.cdx.json", readCycloneDx],
  ["spdx-npm/npm.spdx.json", readSpdx],
];

const READABLE: ReadonlySet<string | undefined> = new Set([undefined, "source-malformed", "source-unsupported"]);

async function outcome(read: ReadSource, text: string): Promise<void> {
  const code = await codeOf(readTexts(read, { "bom.json": text }));
  assert.ok(READABLE.has(code), code);
}

test("truncated and changed documents are answered or refused", async () => {
  for (const [name, read] of FILES) {
    const text = readFileSync(join(ROOT, "fixtures/sbom", name), "utf8");
    for (let end = 0; end < text.length; end += 2411) await outcome(read, text.slice(0, end));
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.string({ unit: "binary", maxLength: 3 }), (at, insertion) =>
        outcome(read, text.slice(0, at) + insertion + text.slice(at + 1)),
      ),
      { numRuns: 10 },
    );
  }
});

/** Every value of a document, replaced by one of another type. */
function* replacements(value: unknown, set: (changed: unknown) => unknown): Generator {
  for (const other of [null, 7, "x", [], {}, [null], [[]], { x: [] }]) yield set(other);
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    const members = value as Record<string, unknown>;
    yield* replacements(members[key], (changed) =>
      set(
        Array.isArray(value)
          ? value.map((item: unknown, index) => (String(index) === key ? changed : item))
          : { ...members, [key]: changed },
      ),
    );
  }
}

test("values of wrong types, wherever they stand, are answered or refused", async () => {
  const cycloneDx = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    metadata: {
      authors: [{ name: "a" }],
      tools: { components: [{ name: "t" }] },
      component: { name: "r", "bom-ref": "r" },
    },
    components: [
      {
        name: "a",
        group: "g",
        version: "1",
        purl: "pkg:npm/a@1",
        "bom-ref": "a",
        hashes: [{ alg: "MD5", content: "ab" }],
        licenses: [{ license: { id: "MIT" } }],
        externalReferences: [
          { type: "distribution", url: "https://h.example/", hashes: [{ alg: "MD5", content: "ab" }] },
        ],
        evidence: { occurrences: [{ location: "a" }] },
        properties: [{ name: "boltseal:os", value: "linux" }],
      },
    ],
    dependencies: [{ ref: "r", dependsOn: ["a"] }],
    compositions: [{ aggregate: "complete", assemblies: ["r"], dependencies: ["a"] }],
  };
  const spdx = {
    spdxVersion: "SPDX-2.3",
    creationInfo: { creators: ["Tool: x"], created: "x" },
    packages: [
      {
        SPDXID: "SPDXRef-a",
        name: "a",
        checksums: [{ algorithm: "MD5", checksumValue: "ab" }],
        externalRefs: [{ referenceType: "purl", referenceLocator: "pkg:npm/a" }],
        annotations: [{ comment: 'boltseal properties [{"name":"boltseal:os","value":"linux"}]' }],
        hasFiles: ["SPDXRef-f"],
        packageVerificationCode: { packageVerificationCodeValue: "x" },
      },
    ],
    files: [{ SPDXID: "SPDXRef-f", fileName: "./f" }],
    hasExtractedLicensingInfos: [{ licenseId: "LicenseRef-x", extractedText: "x" }],
    relationships: [
      { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-a" },
    ],
    documentDescribes: ["SPDXRef-a"],
  };
  for (const [document, read] of [
    [cycloneDx, readCycloneDx],
    [spdx, readSpdx],
  ] as const) {
    for (const changed of replacements(document, (value) => value)) await outcome(read, JSON.stringify(changed));
  }
});

test("cycles, deep nesting and many equal references end", async () => {
  const nest = (depth: number): unknown =>
    depth === 0 ? [] : [{ type: "library", name: "a", "bom-ref": "a", components: nest(depth - 1) }];
  const base = { bomFormat: "CycloneDX", specVersion: "1.6", version: 1 };
  const many = Array.from({ length: 5000 }, (_, index) => ({
    type: "library",
    name: `a${index}`,
    "bom-ref": "same",
  }));
  const rows: readonly [sentence: string, document: unknown, count: number | "refused"][] = [
    ["nested ninety deep", { ...base, components: nest(90) }, 90],
    ["nested deeper than any", { ...base, components: nest(150) }, "refused"],
    [
      "a reference of 5,000",
      { ...base, components: many, dependencies: many.map(() => ({ ref: "same", dependsOn: ["same"] })) },
      5000,
    ],
    [
      "keys that others could get",
      {
        ...base,
        components: [
          { name: "a" },
          { name: "b", "bom-ref": "components/0" },
          { name: "c", "bom-ref": "components/0#2" },
        ],
      },
      3,
    ],
  ];
  for (const [sentence, document, count] of rows) {
    const reading = readTexts(readCycloneDx, { "bom.json": JSON.stringify(document) });
    if (count === "refused") assert.equal(await codeOf(reading), "source-malformed", sentence);
    else assert.equal((await reading).components.length, count, sentence);
  }
});

test("names with controls and of the prototype are kept as data", async () => {
  const names = ["\u{1b}[2J", "__proto__", "constructor", "a\nb", "\u{202e}gpj", ""];
  const components = names.map((name) => ({ type: "library", name, "bom-ref": name, version: name }));
  const dependencies = names.map((name) => ({ ref: name, dependsOn: ["constructor", "hasOwnProperty"] }));
  const text = JSON.stringify({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1, components, dependencies });
  const inventory = await readTexts(readCycloneDx, { "bom.json": text });
  assert.deepEqual(
    inventory.components.map(({ name }) => name),
    names,
  );
  assert.equal(inventory.remarks.filter(({ message }) => message.includes("hasOwnProperty")).length, names.length);
});
