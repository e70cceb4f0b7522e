// CycloneDX as it is written: valid by the schemas of the specification (as the library of the CycloneDX project checks
// them), complete, the same each time, and without anything that a version does not have.

import { test } from "node:test";
import assert from "node:assert/strict";
import type * as Enums from "@cyclonedx/cyclonedx-library/Enums";
import * as Spec from "@cyclonedx/cyclonedx-library/Spec";
import type { Version } from "@cyclonedx/cyclonedx-library/Spec";
import { JsonStrictValidator } from "@cyclonedx/cyclonedx-library/Validation";
import fc from "fast-check";
import { COMPONENT_KINDS } from "../src/core/bom-properties.ts";
import type { BomProperty } from "../src/core/bom-properties.ts";
import { readProperties } from "../src/core/bom-properties-read.ts";
import { ALGORITHMS } from "../src/core/digest.ts";
import type { Algorithm } from "../src/core/digest.ts";
import type { Component, ComponentKind, Inventory } from "../src/core/inventory.ts";
import type { BomOptions } from "../src/sbom/bom-formats.ts";
import { cycloneDxDocument } from "../src/sbom/cyclonedx.ts";
import type { CdxComponent } from "../src/sbom/cyclonedx-component.ts";
import { featuresOf } from "../src/sbom/cyclonedx-version.ts";
import type { WrittenVersion } from "../src/sbom/cyclonedx-version.ts";
import { graphOf } from "../src/sbom/graph.ts";
import { bomText } from "../src/sbom/text.ts";
import { digest, inventoryOf, npmComponent } from "./support/bom.ts";
import { RICH } from "./support/rich-bom.ts";

const VERSIONS = ["1.4", "1.5", "1.6", "1.7"] as const;
const NOBODY: BomOptions = { authors: [], toolVersion: "1.2.3" };
const FULL: BomOptions = {
  bsi: true,
  toolVersion: "1.2.3",
  timestamp: new Date("2026-01-02T03:04:05Z"),
  authors: [
    { name: "Jane", email: "jane@acme.example" },
    { name: "Joe", url: "https://joe.example" },
    { name: "Jim", email: "jim@x" },
  ],
  manufacturer: { name: "Acme", url: "https://acme.example" },
};

interface Written {
  readonly serialNumber: string;
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly component: CdxComponent;
    readonly properties?: readonly BomProperty[];
  };
  readonly components: readonly CdxComponent[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly compositions: readonly object[];
}

async function textOf(inventories: readonly Inventory[], version: WrittenVersion, options = NOBODY): Promise<string> {
  return bomText(await cycloneDxDocument(graphOf(inventories), { ...options, specVersion: version }));
}

async function written(inventory: Inventory, version: WrittenVersion = "1.6", options = NOBODY): Promise<Written> {
  return JSON.parse(await textOf([inventory], version, options)) as Written;
}

async function onlyComponent(component: Component, version: WrittenVersion = "1.6"): Promise<CdxComponent> {
  const [only] = (await written(inventoryOf([component]), version)).components;
  assert.ok(only !== undefined);
  return only;
}

for (const version of VERSIONS) {
  test(`CycloneDX ${version} is valid by its schema, whatever is in it`, async () => {
    const validator = new JsonStrictValidator(version as Version);
    const check = async (inventory: Inventory, options: BomOptions): Promise<void> =>
      assert.equal(await validator.validate(await textOf([inventory], version, options)), null);
    await check(RICH, FULL);
    await check(RICH, NOBODY);
    await check(inventoryOf([]), NOBODY);
    const text = fc.string({ unit: "binary", maxLength: 20 });
    const statements = fc.record({ author: text, supplier: text, license: text, homepage: text, description: text });
    const hostile = fc.record({ name: text, version: text, location: text, alias: text, statements, fileName: text });
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { minLength: 1, maxLength: 3 }), async (items) => {
        const components = items.map(({ alias, fileName, ...item }, index) => ({
          ...npmComponent("a", "1.0.0"),
          ...item,
          key: `${index}`,
          facts: { alias },
          distributions: [{ fileName, digests: [digest("sha256", "a")] }],
        }));
        await check(inventoryOf(components), NOBODY);
      }),
      { numRuns: 20 },
    );
  });

  test(`CycloneDX ${version}: every fact that has no field is a property`, async () => {
    const { components } = await written(RICH, version);
    for (const component of RICH.components) {
      const read = readProperties(components.find((item) => item.purl === component.purl)?.properties ?? []);
      assert.deepEqual(read.malformed, []);
      assert.deepEqual(read.facts, component.facts);
      assert.deepEqual(read.origin, component.origin);
      assert.equal(read.scope, component.scope);
      assert.equal(read.undigested, component.undigested);
    }
  });
}

test("every digest is written, in both places; what CycloneDX does not have, as a property", async () => {
  const { hashes, externalReferences, properties } = await onlyComponent(RICH.components[0] as Component);
  const expected = [
    { alg: "SHA-1", content: "b".repeat(40) },
    { alg: "SHA-512", content: "a".repeat(128) },
    { alg: "SHA-512", content: "c".repeat(128) },
  ];
  assert.deepEqual(hashes, expected);
  assert.deepEqual(externalReferences?.find(({ type }) => type === "distribution")?.hashes, expected);
  assert.deepEqual(
    properties?.filter(({ name }) => name === "boltseal:digest").map(({ value }) => value),
    [`sha224:${"d".repeat(56)}`],
  );
});

test("distributions are references; one that none can hold is a property", async () => {
  const { externalReferences, properties, hashes } = await onlyComponent(RICH.components[3] as Component);
  const hash = (character: string) => [{ alg: "SHA-256", content: character.repeat(64) }];
  assert.equal(hashes, undefined);
  assert.deepEqual(externalReferences, [
    {
      url: "https://files.pypi.example/some_wheel-2.0-py3-none-any.whl",
      type: "distribution",
      comment: "9 bytes",
      hashes: hash("a"),
    },
    { url: "some%20wheel%3A%20%C3%A9-2.0.tar.gz", type: "distribution", hashes: hash("b") },
    { url: "https://files.pypi.example/x", type: "distribution" },
  ]);
  const { distributions } = readProperties(properties ?? []);
  assert.deepEqual(distributions, RICH.components[3]?.distributions?.slice(2));
});

test("URLs keep what they say: an address in brackets, an apostrophe; what is no IRI is encoded", async () => {
  const [reference] = (await onlyComponent(RICH.components[2] as Component)).externalReferences ?? [];
  assert.equal(reference?.url, "https://[::1]:8080/c'%25.tgz");
});

const NAMES: readonly (readonly [name: string, purl: string | undefined, group: string | undefined, own: string])[] = [
  ["@acme/a", "pkg:npm/%40acme/a@1.0.0", "@acme", "a"],
  ["a", "pkg:npm/a@1.0.0", undefined, "a"],
  ["github.com/acme/mod/v2", "pkg:golang/github.com/acme/mod/v2@1.0.0", "github.com/acme/mod", "v2"],
  ["mod", "pkg:golang/mod@1.0.0", undefined, "mod"],
  ["Some_Wheel", "pkg:pypi/some-wheel@1.0.0", undefined, "Some_Wheel"],
  ["bin/tool", undefined, undefined, "bin/tool"],
];

for (const [name, purl, group, own] of NAMES) {
  test(`${name} has the group ${group ?? "of none"}`, async () => {
    const { purl: _, ...rest } = npmComponent(name, "1.0.0");
    const component = await onlyComponent({ ...rest, ...(purl === undefined ? {} : { purl }) });
    assert.deepEqual([component.group, component.name, component.purl], [group, own, purl]);
  });
}

test("scopes are those of CycloneDX, and the root has none", async () => {
  const { components, metadata } = await written(RICH);
  const scopes = Object.fromEntries(components.map(({ purl, scope }) => [purl ?? "", scope]));
  assert.deepEqual(scopes, {
    "": "required",
    "pkg:npm/%40acme/a@1.0.0": "required",
    "pkg:npm/b@1.0.0": "excluded",
    "pkg:npm/c@1.0.0": "optional",
    "pkg:pypi/some-wheel@2.0": "optional",
    "pkg:golang/github.com/acme/mod/v2@v2.0.0": "required",
  });
  assert.ok(!("scope" in metadata.component));
});

test("licences are identifiers, expressions or names", async () => {
  const { components } = await written(RICH);
  const licenses = components.flatMap((component) => component.licenses ?? []);
  assert.deepEqual(licenses, [
    { license: { id: "MIT", acknowledgement: "declared" } },
    { expression: "MIT OR Apache-2.0", acknowledgement: "declared" },
    { license: { name: "SEE LICENSE IN x", acknowledgement: "declared" } },
  ]);
  const before = (await written(RICH, "1.5")).components.flatMap((component) => component.licenses ?? []);
  assert.deepEqual(before[0], { license: { id: "MIT" } });
});

test("dependencies and compositions tell what is needed, what needs nothing, and what is not known", async () => {
  const { components, dependencies, compositions } = await written(RICH);
  const entry = (ref: string) => dependencies.find((item) => item.ref === ref)?.dependsOn;
  assert.deepEqual(entry("pkg:npm/%40acme/a@1.0.0"), ["pkg:npm/b@1.0.0", "pkg:pypi/some-wheel@2.0"]);
  assert.deepEqual(entry("pkg:npm/b@1.0.0"), []);
  assert.equal(entry("pkg:pypi/some-wheel@2.0"), undefined);
  const known = dependencies.map(({ ref }) => ref);
  assert.deepEqual(compositions, [
    { aggregate: "incomplete", assemblies: ["pkg:npm/demo@1.0.0"], dependencies: known },
    { aggregate: "unknown", dependencies: ["pkg:pypi/some-wheel@2.0", components.at(-1)?.["bom-ref"]] },
  ]);
});

test("what was hashed here is evidence, what was declared is none", async () => {
  const { components } = await written(RICH);
  const identities = new Map(components.map(({ name, evidence }) => [name, evidence?.identity]));
  const methods = [{ technique: "hash-comparison", confidence: 1 }];
  assert.deepEqual(identities.get(""), [{ field: "hash", confidence: 1, methods }]);
  assert.equal(identities.get("b"), undefined);
});

const LACKED: readonly (readonly [version: WrittenVersion, has: readonly string[], lacks: readonly string[]])[] = [
  ["1.4", ['"author":', '"manufacture":', "boltseal:location"], ["occurrences", '"identity"', "manufacturer"]],
  ["1.5", ['"author":', '"manufacture":', '"occurrences"'], ["acknowledgement", "boltseal:location", "bsi:"]],
  ["1.6", ['"manufacturer":', "acknowledgement", "bsi:component:archive"], ['"author":', "boltseal:location"]],
  ["1.7", ['"manufacturer":', "acknowledgement", "bsi:component:filename"], ['"author":', '"manufacture":']],
];

for (const [version, has, lacks] of LACKED) {
  test(`CycloneDX ${version} has its own fields, and not those of others`, async () => {
    const text = await textOf([RICH], version, FULL);
    for (const part of has) assert.ok(text.includes(part), part);
    for (const part of lacks) assert.ok(!text.includes(part), part);
  });
}

test("mail addresses that a validator could refuse, and URLs of people, stay with the name", async () => {
  const { metadata } = await written(RICH, "1.6", FULL);
  assert.deepEqual(metadata["authors"], [
    { name: "Jane", email: "jane@acme.example" },
    { name: "Joe <https://joe.example>" },
    { name: "Jim <jim@x>" },
  ]);
  assert.deepEqual(metadata["manufacturer"], { name: "Acme", url: ["https://acme.example/"] });
});

test("who made an SBOM that was read, and with what, is handed on", async () => {
  const document = {
    format: "CycloneDX 1.6",
    authors: ["Ann <ann@acme.example>", "Bob", "Bob"],
    supplier: "Acme",
    manufacturer: "Acme Inc.",
    tools: ["acme/gen@2.0", "boltseal@0.0.1", "x"],
  };
  const { metadata } = await written({ ...inventoryOf([]), document });
  assert.deepEqual(metadata["authors"], [{ name: "Ann", email: "ann@acme.example" }, { name: "Bob" }]);
  assert.deepEqual(metadata["manufacturer"], { name: "Acme Inc." });
  assert.deepEqual(metadata["supplier"], { name: "Acme" });
  assert.deepEqual(metadata["tools"], {
    components: [
      { type: "application", name: "boltseal", version: "1.2.3" },
      { type: "application", name: "acme/gen", version: "2.0" },
      { type: "application", name: "x" },
    ],
  });
});

test("the same input has the same bytes; only the time tells them apart", async () => {
  const [first, second, timed] = [
    await textOf([RICH], "1.6"),
    await textOf([structuredClone(RICH)], "1.6"),
    await textOf([RICH], "1.6", { ...NOBODY, timestamp: new Date(0) }),
  ];
  assert.equal(first, second);
  assert.doesNotMatch(first, /timestamp/);
  assert.match(first, /cdx:reproducible/);
  assert.match(timed, /"timestamp": "1970-01-01T00:00:00.000Z"/);
  assert.doesNotMatch(timed, /cdx:reproducible/);
});

test("the serial number is that of the content: anything that changes, changes it", async () => {
  const serial = async (more: Partial<Component>): Promise<string> =>
    (await written(inventoryOf([npmComponent("a", "1.0.0", more)]))).serialNumber;
  assert.equal(await serial({}), await serial({}));
  assert.notEqual(await serial({}), await serial({ digests: [digest("sha512", "b")] }));
  assert.match(await serial({}), /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("no folder of the machine is written, and the file that it was made from is", async () => {
  const text = await textOf([RICH], "1.6");
  assert.doesNotMatch(text, /somebody/);
  assert.ok(text.includes(`"value": "sha256:${"f".repeat(64)} 1234 package-lock.json"`));
});

test("a purl that contradicts its component is not written as one", async () => {
  const read = { document: { format: "CycloneDX 1.6", authors: [], tools: [] } };
  const liar = npmComponent("left-pad", "1.0.0", { purl: "pkg:npm/lodash@1.0.0" });
  const [component] = (await written(inventoryOf([liar], read))).components;
  assert.equal(component?.purl, undefined);
  assert.deepEqual(readProperties(component?.properties ?? []).contradictingPurl, "pkg:npm/lodash@1.0.0");
});

test("what a version has is what the library of the CycloneDX project knows of it", () => {
  const specs = { "1.4": Spec.Spec1dot4, "1.5": Spec.Spec1dot5, "1.6": Spec.Spec1dot6, "1.7": Spec.Spec1dot7 } as const;
  for (const version of VERSIONS) {
    const [features, spec] = [featuresOf(version), specs[version]];
    for (const kind of COMPONENT_KINDS as ReadonlySet<ComponentKind>)
      assert.equal(
        features.hasKind(kind),
        spec.supportsComponentType(kind as Enums.ComponentType),
        `${version} ${kind}`,
      );
    for (const algorithm of Object.keys(ALGORITHMS) as Algorithm[]) {
      const name = features.hashName(algorithm);
      if (name !== undefined) assert.ok(spec.supportsHashAlgorithm(name), `${version} ${name}`);
    }
    assert.equal(features.toolComponents, spec.supportsToolsComponentsServices);
    assert.equal(features.acknowledgement, spec.supportsLicenseAcknowledgement);
  }
});
