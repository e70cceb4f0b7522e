import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { examine } from "../src/inventory/examine.ts";
import { readCycloneDx } from "../src/inventory/cyclonedx.ts";
import type { Component, Inventory } from "../src/core/inventory.ts";
import { codeOf, componentNamed, listOf, readTexts, remarksOf } from "./support/inventory-readings.ts";
import { ROOT } from "./support/project.ts";

type Members = Record<string, unknown>;

const HEX = "ab".repeat(32);
const OTHER = "cd".repeat(32);

async function read(members: Members, version = "1.6"): Promise<Inventory> {
  const document = { bomFormat: "CycloneDX", specVersion: version, version: 1, ...members };
  return await readTexts(readCycloneDx, { "bom.json": JSON.stringify(document, null, 2) });
}

/** The one component of a document that has these members. */
async function readOne(members: Members, version?: string): Promise<Component> {
  const [component] = (
    await read({ components: [{ type: "library", name: "a", version: "1.0.0", ...members }] }, version)
  ).components;
  assert.ok(component !== undefined);
  return component;
}

async function fixture(path: string): Promise<Inventory> {
  return await readTexts(readCycloneDx, { "bom.json": readFileSync(join(ROOT, "fixtures/sbom", path), "utf8") });
}

test("what npm writes is read, with its known faults mended and said", async () => {
  const inventory = await fixture("cyclonedx-npm/npm.cdx.json");
  assert.deepEqual(listOf(inventory), [
    "@types/ms@2.1.0 development",
    "is-number@6.0.0 runtime",
    "is-odd@3.0.1 runtime",
    "jsonparse@1.3.1 runtime",
    "JSONStream@1.3.5 runtime",
    "ms@2.1.3 runtime",
    "through@2.3.8 runtime",
  ]);
  assert.equal(inventory.root.name, "@acme/sbom-host");
  assert.equal(componentNamed(inventory, "ms").facts.alias, "short");
  assert.deepEqual(
    inventory.remarks.map(({ rule, level, expected, actual }) => [rule, level, expected, actual]),
    [
      ["purl-mismatch", "warn", "work", "@acme/sbom-host"],
      ["purl-mismatch", "warn", "short", "ms"],
    ],
  );
  assert.ok(inventory.components.every(({ digests }) => digests[0]?.algorithm === "sha512"));
  assert.deepEqual(inventory.document?.tools, ["npm/cli@11.19.1"]);
});

test("what cyclonedx-npm writes is read: digests at references, names in lower case", async () => {
  const inventory = await fixture("cyclonedx-npm/cyclonedx-npm.cdx.json");
  const stream = componentNamed(inventory, "JSONStream");
  assert.equal(stream.location, "node_modules/JSONStream");
  assert.deepEqual(stream.origin, {
    kind: "registry",
    url: "https://registry.npm.example/JSONStream/-/JSONStream-1.3.5.tgz",
    host: "registry.npm.example",
  });
  assert.equal(stream.digests[0]?.algorithm, "sha512");
  assert.deepEqual(remarksOf(inventory), ["purl-mismatch: JSONStream@1.3.5: its purl has another name"]);
  assert.equal(inventory.remarks[0]?.level, "warn");
  assert.deepEqual(inventory.root.dependsOn?.length, 4);
  assert.deepEqual(componentNamed(inventory, "is-odd").facts.engines, ["node >=4"]);
});

test("several hashes at one reference are alternatives, and no conflict", async () => {
  const inventory = await fixture("cyclonedx-py/requirements.cdx.json");
  const idna = componentNamed(inventory, "idna");
  assert.deepEqual([idna.digests.length, idna.distributions?.map(({ digests }) => digests.length)], [0, [1, 1]]);
  assert.deepEqual(idna.origin, { kind: "registry", url: "https://pypi.example/simple/idna/", host: "pypi.example" });
  assert.deepEqual(
    examine([inventory]).map(({ rule }) => rule),
    ["integrity-missing"],
  );
});

test("edges, nesting and scopes are those of the document", async () => {
  const inventory = await read({
    metadata: { component: { type: "application", name: "host", "bom-ref": "host" } },
    components: [
      {
        type: "library",
        name: "outer",
        version: "1",
        "bom-ref": "o",
        scope: "optional",
        components: [{ type: "library", name: "inner", version: "2", scope: "excluded" }],
      },
      { type: "library", name: "leaf", version: "3", "bom-ref": "l" },
    ],
    dependencies: [
      { ref: "host", dependsOn: ["o"] },
      { ref: "o", dependsOn: ["l", "l"] },
    ],
  });
  assert.deepEqual(listOf(inventory), ["outer@1 optional", "inner@2 development", "leaf@3 runtime"]);
  assert.deepEqual(
    [inventory.root, ...inventory.components].map(({ key, dependsOn }) => [key, dependsOn]),
    [
      ["", ["o"]],
      ["o", ["l"]],
      ["components/0/components/0", undefined],
      ["l", undefined],
    ],
  );
  assert.deepEqual(componentNamed(inventory, "inner").origin, { kind: "bundled", within: "outer@1" });
  assert.equal(inventory.completeness, "unknown");
});

test("a component says what it is, where it comes from and under which licence", async () => {
  const url = "https://registry.npm.example/a/-/a-1.0.0.tgz";
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const license = (...licenses: readonly Members[]): Members => ({ licenses });
  const rows: readonly [sentence: string, members: Members, expected: Partial<Component>][] = [
    ["a scope in the group", { group: "@acme", purl: "pkg:npm/%40acme/a@1.0.0" }, { name: "@acme/a" }],
    ["a group without its sign", { group: "acme", purl: "pkg:npm/%40acme/a@1.0.0" }, { name: "@acme/a" }],
    [
      "a module's path in the group",
      { group: "h.example/x", purl: "pkg:golang/h.example/x/a@1.0.0" },
      { name: "h.example/x/a" },
    ],
    ["Maven's two parts", { group: "org.acme", purl: "pkg:maven/org.acme/a@1.0.0" }, { name: "org.acme:a" }],
    ["a version that the purl need not repeat", { purl: "pkg:npm/a" }, { version: "1.0.0", purl: "pkg:npm/a" }],
    [
      "an archive of a registry",
      { purl: "pkg:npm/a@1.0.0", externalReferences: [{ type: "distribution", url }] },
      { origin: { kind: "registry", url, host: "registry.npm.example" } },
    ],
    [
      "another registry",
      { purl: "pkg:npm/a@1.0.0?repository_url=npm.acme.example" },
      { origin: { kind: "registry", host: "npm.acme.example" } },
    ],
    [
      "an archive of no registry",
      { externalReferences: [{ type: "distribution", url }] },
      { origin: { kind: "url", url, host: "registry.npm.example" } },
    ],
    [
      "a repository at a commit",
      { purl: `pkg:npm/a@1.0.0?vcs_url=git%2Bssh://git%40h.example/x/a.git%23${commit}` },
      { origin: { kind: "git", url: "git+ssh://h.example/x/a.git", host: "h.example", commit } },
    ],
    [
      "a repository at a branch",
      { purl: "pkg:npm/a@1.0.0?vcs_url=git%2Bhttps://h.example/x/a.git%40main" },
      { origin: { kind: "git", url: "git+https://h.example/x/a.git", host: "h.example", reference: "main" } },
    ],
    ["no origin", {}, { origin: { kind: "unknown" } }],
    ["one licence", license({ license: { id: "MIT" } }), { statements: { license: "MIT" } }],
    [
      "two licences",
      license({ license: { id: "MIT" } }, { expression: "A OR B" }),
      { statements: { license: "MIT AND (A OR B)" } },
    ],
    [
      "a licence of no list",
      license({ license: { id: "MIT" } }, { license: { name: "Own terms" } }),
      { statements: { license: "MIT, Own terms" } },
    ],
    [
      "what is declared before what is concluded",
      license(
        { license: { id: "MIT", acknowledgement: "concluded" } },
        { license: { id: "ISC", acknowledgement: "declared" } },
      ),
      { statements: { license: "ISC" } },
    ],
    [
      "an author of 1.6",
      { authors: [{ name: "Jo", email: "jo@h.example" }] },
      { statements: { author: "Jo <jo@h.example>" } },
    ],
    ["a place", { evidence: { occurrences: [{ location: "node_modules/a" }] } }, { location: "node_modules/a" }],
    ["a place on somebody's machine", { evidence: { occurrences: [{ location: "/home/jo/a" }] } }, {}],
    [
      "flags of npm's taxonomy",
      {
        properties: [
          { name: "cdx:npm:package:bundled", value: "true" },
          { name: "cdx:npm:hasInstallScript", value: "true" },
        ],
      },
      { facts: { bundled: true, installScripts: [{}] } },
    ],
    [
      "Syft's integrity",
      {
        properties: [
          { name: "syft:metadata:integrity", value: `sha256-${Buffer.from(HEX, "hex").toString("base64")}` },
        ],
      },
      { digests: [{ algorithm: "sha256", hex: HEX, from: "declared" }] },
    ],
    [
      "a digest in capitals",
      { hashes: [{ alg: "SHA-256", content: HEX.toUpperCase() }] },
      { digests: [{ algorithm: "sha256", hex: HEX, from: "declared" }] },
    ],
    [
      "an algorithm that is not computed here",
      { hashes: [{ alg: "BLAKE2b-384", content: "ab".repeat(48) }] },
      { facts: { otherChecksums: [`BLAKE2b-384:${"ab".repeat(48)}`] } },
    ],
    ["a kind", { type: "machine-learning-model" }, { kind: "machine-learning-model" }],
    ["no kind that is known", { type: "virus" }, { kind: "library" }],
    [
      "several archives",
      {
        purl: "pkg:pypi/a@1.0.0",
        externalReferences: [
          {
            type: "distribution",
            url: "https://files.pypi.example/a-1.0.0.tar.gz",
            hashes: [{ alg: "SHA-256", content: HEX }],
          },
          { type: "distribution", url: "a-1.0.0-py3-none-any.whl", hashes: [{ alg: "SHA-256", content: OTHER }] },
        ],
      },
      {
        distributions: [
          {
            url: "https://files.pypi.example/a-1.0.0.tar.gz",
            fileName: "a-1.0.0.tar.gz",
            digests: [{ algorithm: "sha256", hex: HEX, from: "declared" }],
          },
          { fileName: "a-1.0.0-py3-none-any.whl", digests: [{ algorithm: "sha256", hex: OTHER, from: "declared" }] },
        ],
        digests: [],
      },
    ],
  ];
  for (const [sentence, members, expected] of rows) {
    const component = await readOne(members);
    const actual = Object.fromEntries(Object.keys(expected).map((name) => [name, component[name as keyof Component]]));
    assert.deepEqual(actual, expected, sentence);
    if (expected.location === undefined) assert.equal(component.location, undefined, sentence);
  }
});

test("lies and gaps are said, and the component is listed all the same", async () => {
  const one = (members: Members): Members => ({
    components: [{ type: "library", name: "a", version: "1.0.0", "bom-ref": "a", ...members }],
  });
  const rows: readonly [sentence: string, document: Members, expected: RegExp][] = [
    [
      "a digest that is too short",
      one({ hashes: [{ alg: "SHA-512", content: HEX }] }),
      /^integrity-malformed: a@1.0.0: .*128 digits/m,
    ],
    [
      "an algorithm that is none",
      one({ hashes: [{ alg: "ROT13", content: HEX }] }),
      /^integrity-malformed: a@1.0.0: .*ROT13/m,
    ],
    ["hashes that are no list", one({ hashes: HEX }), /^integrity-malformed: a@1.0.0: its hashes are no list/m],
    [
      "a purl of another package",
      one({ purl: "pkg:npm/b@1.0.0" }),
      /^purl-mismatch: a@1.0.0: its purl has another name/m,
    ],
    [
      "a purl of another version",
      one({ purl: "pkg:npm/a@1.0.1" }),
      /^purl-mismatch: a@1.0.0: its purl has another version/m,
    ],
    ["a purl that is none", one({ purl: "npm:a" }), /^sbom-invalid: a@1.0.0: its purl is none/m],
    ["no name", { components: [{ type: "library", purl: "pkg:npm/b@1" }] }, /^sbom-invalid: b@1: it has no name/m],
    ["a component that is a text", { components: ["a"] }, /^inventory-incomplete: \/components\/0: is no component/m],
    [
      "a dependency that is not there",
      { ...one({}), dependencies: [{ ref: "a", dependsOn: ["b"] }] },
      /^inventory-incomplete: a@1.0.0: depends on b/m,
    ],
    [
      "a dependency of no type",
      { ...one({}), dependencies: [{ ref: "a", dependsOn: [{}] }] },
      /^inventory-incomplete: a@1.0.0: depends on \{\}/m,
    ],
    [
      "a reference twice",
      {
        components: [
          { type: "library", name: "a", "bom-ref": "a" },
          { type: "library", name: "b", "bom-ref": "a" },
        ],
      },
      /^sbom-invalid: bom.json: .*used twice/m,
    ],
    [
      "a property of ours that is none",
      one({ properties: [{ name: "boltseal:scope", value: "never" }] }),
      /^sbom-invalid: a@1.0.0: its property boltseal:scope/m,
    ],
    [
      "a token in the address of its archive",
      one({ externalReferences: [{ type: "distribution", url: "https://jo:TOKEN@h.example/a.tgz" }] }),
      /^secret-removed: a@1.0.0/m,
    ],
    [
      "a token in its purl",
      one({ purl: "pkg:npm/a@1.0.0?download_url=https://h.example/a.tgz%3Ftoken%3DTOKEN" }),
      /^secret-removed: a@1.0.0/m,
    ],
    [
      "a token in a registry's name",
      one({ purl: "pkg:npm/a@1.0.0?repository_url=jo:TOKEN%40h.example" }),
      /^secret-removed: a@1.0.0/m,
    ],
    ["a token in its version", one({ version: "https://jo:TOKEN@h.example/a.tgz" }), /^secret-removed: a@/m],
    [
      "a token in its repository",
      one({ externalReferences: [{ type: "vcs", url: "https://jo:TOKEN@h.example/a" }] }),
      /^secret-removed: a@1.0.0/m,
    ],
    [
      "a token in what it is called",
      {
        components: [{ type: "library", name: "a", "bom-ref": "https://jo:TOKEN@h.example/" }],
        dependencies: [{ ref: "https://jo:TOKEN@h.example/", dependsOn: ["https://jo:TOKEN@h.example/2"] }],
      },
      /^inventory-incomplete: a: depends on \(\d+ characters\)/m,
    ],
    [
      "an address as a name in its purl",
      one({ purl: "pkg:npm/https:%2F%2Fjo:TOKEN%40h.example%2Fa" }),
      /its purl is none/,
    ],
    [
      "a path of a machine where it was found",
      one({
        evidence: { occurrences: [{ location: "file:///home/TOKEN/a" }, { location: "https:/h.example/TOKEN" }] },
      }),
      /^$/,
    ],
    [
      "an address as an algorithm",
      one({ hashes: [{ alg: "https://jo:TOKEN@h.example/", content: HEX }] }),
      /^integrity-malformed: a@1.0.0: .*characters/m,
    ],
    [
      "tokens in what people wrote of it",
      one({
        description: "see https://jo:TOKEN@h.example/?page=1&access_token=TOKEN for it",
        author: "Jo (https://TOKEN@h.example)",
        licenses: [{ license: { name: "https://jo:TOKEN@h.example/l" } }],
        properties: [{ name: "boltseal:requested", value: "git+https://jo:TOKEN@h.example/a.git" }],
      }),
      /^$/,
    ],
    ["an address as its group", one({ group: "https://jo:TOKEN@h.example/a" }), /^$/],
    [
      "it says that it is incomplete",
      { ...one({}), compositions: [{ aggregate: "incomplete_first_party_only" }] },
      /^inventory-incomplete: bom.json: it says of itself/m,
    ],
  ];
  for (const [sentence, document, expected] of rows) {
    const inventory = await read(document);
    const remarks = remarksOf(inventory).join("\n");
    assert.match(remarks, expected, sentence);
    assert.ok(!JSON.stringify(inventory).includes("TOKEN"), `${sentence}: a token is left`);
    assert.equal(
      inventory.components.length,
      Array.isArray(document["components"]) && document["components"][0] === "a"
        ? 0
        : (document["components"] as unknown[]).length,
      sentence,
    );
  }
});

test("pages with a query are no secrets", async () => {
  const inventory = await read({
    components: [
      { type: "library", name: "a", externalReferences: [{ type: "vcs", url: "https://h.example/asf?p=a.git" }] },
    ],
  });
  assert.deepEqual(inventory.remarks, []);
  assert.equal(inventory.components[0]?.statements?.repository, "https://h.example/asf");
});

test("completeness is what a composition says of the whole", async () => {
  const rows: readonly [sentence: string, compositions: unknown, expected: Inventory["completeness"]][] = [
    ["nothing said", undefined, "unknown"],
    ["complete, and of everything", [{ aggregate: "complete" }], "complete"],
    ["complete, of what it is about", [{ aggregate: "complete", assemblies: ["host"] }], "complete"],
    ["complete, of a part", [{ aggregate: "complete", assemblies: ["a"] }], "unknown"],
    ["not specified", [{ aggregate: "not_specified" }], "unknown"],
    ["one part incomplete", [{ aggregate: "complete" }, { aggregate: "incomplete", assemblies: ["a"] }], "incomplete"],
    ["no list", "complete", "unknown"],
  ];
  for (const [sentence, compositions, expected] of rows) {
    const inventory = await read({
      metadata: { component: { type: "application", name: "host", "bom-ref": "host" } },
      components: [{ type: "library", name: "a", "bom-ref": "a" }],
      compositions,
    });
    assert.equal(inventory.completeness, expected, sentence);
  }
});

test("the document says who made it, in each version's way", async () => {
  const rows: readonly [version: string, metadata: Members, expected: Inventory["document"]][] = [
    [
      "1.2",
      {
        timestamp: "2025-01-01T00:00:00Z",
        tools: [{ vendor: "acme", name: "t", version: "1" }],
        authors: [{ name: "Jo", email: "jo@h.example" }],
        manufacture: { name: "Acme" },
      },
      {
        format: "CycloneDX 1.2",
        timestamp: "2025-01-01T00:00:00Z",
        authors: ["Jo <jo@h.example>"],
        manufacturer: "Acme",
        tools: ["acme/t@1"],
      },
    ],
    [
      "1.6",
      {
        tools: { components: [{ type: "application", group: "acme", name: "t" }], services: [{ name: "s" }] },
        supplier: { name: "Sup" },
        manufacturer: { contact: [{ email: "m@h.example" }] },
      },
      { format: "CycloneDX 1.6", authors: [], supplier: "Sup", manufacturer: "m@h.example", tools: ["acme/t", "s"] },
    ],
    ["1.7", {}, { format: "CycloneDX 1.7", authors: [], tools: [] }],
  ];
  for (const [version, metadata, expected] of rows) {
    assert.deepEqual((await read({ metadata }, version)).document, expected, version);
  }
});

test("what cannot be read is refused, with what to do", async () => {
  const rows: readonly [sentence: string, text: string, code: string | undefined][] = [
    ["XML", '<?xml version="1.0"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>', "source-unsupported"],
    ["a version of the future", '{"bomFormat":"CycloneDX","specVersion":"2.0"}', "source-unsupported"],
    ["a version of the prototype", '{"bomFormat":"CycloneDX","specVersion":"toString"}', "source-unsupported"],
    ["no version", '{"bomFormat":"CycloneDX"}', "source-malformed"],
    ["another format", '{"bomFormat":"Cyclone","specVersion":"1.6"}', "source-malformed"],
    ["a list", "[]", "source-malformed"],
    ["nothing", "", "source-malformed"],
    ["a key twice", '{"bomFormat":"CycloneDX","bomFormat":"CycloneDX"}', "source-malformed"],
    ["the prototype as a key", '{"bomFormat":"CycloneDX","specVersion":"1.6","__proto__":{}}', "source-malformed"],
    ["an empty SBOM", '{"bomFormat":"CycloneDX","specVersion":"1.6"}', undefined],
    ["a byte order mark", '\u{feff}{"bomFormat":"CycloneDX","specVersion":"1.6"}', undefined],
  ];
  for (const [sentence, text, code] of rows) {
    assert.equal(await codeOf(readTexts(readCycloneDx, { "bom.json": text })), code, sentence);
  }
});

test("services are no components, and that is said", async () => {
  const services = [{ name: "s", "bom-ref": "s", services: [{ name: "t", "bom-ref": "t" }] }];
  const components = [{ type: "library", name: "a", version: "1", "bom-ref": "a" }];
  const dependencies = [{ ref: "a", dependsOn: ["s", "t"] }];
  const inventory = await read({ services, components, dependencies });
  assert.match(inventory.skipped[0]?.reason ?? "", /services \(1\)/);
  assert.deepEqual(remarksOf(inventory), []);
  assert.deepEqual(inventory.components[0]?.dependsOn, []);
});

test("what cannot be a list of components or edges leaves no document complete", async () => {
  const a = { type: "library", name: "a", version: "1", "bom-ref": "a" };
  const metadata = { component: { type: "application", name: "r", "bom-ref": "r" } };
  const compositions = [{ aggregate: "complete", assemblies: ["r"] }];
  const rows: readonly [document: Members, expected: RegExp][] = [
    [{ components: { 0: a } }, /^inventory-incomplete: \/components: is no list/m],
    [
      { components: [{ ...a, components: { 0: a } }] },
      /^inventory-incomplete: \/components\/0\/components: is no list/m,
    ],
    [{ components: [a], dependencies: { ref: "a" } }, /^inventory-incomplete: \/dependencies: is no list/m],
    [{ components: [a], dependencies: [{ ref: "a", dependsOn: "r" }] }, /\/dependencies\/0\/dependsOn: is no list/],
    [{ components: [a], metadata: { component: [a] } }, /^inventory-incomplete: \/metadata\/component: is no object/m],
    [{ components: [a], metadata: [metadata] }, /^inventory-incomplete: \/metadata: is no object/m],
  ];
  for (const [document, expected] of rows) {
    const inventory = await read({ metadata, compositions, ...document });
    assert.match(remarksOf(inventory).join("\n"), expected);
    assert.equal(inventory.completeness, "incomplete");
  }
});

test("a version that only the purl states is the component's", async () => {
  for (const version of [{}, { version: "" }]) {
    const inventory = await read({ components: [{ type: "library", name: "a", purl: "pkg:npm/a@1", ...version }] });
    assert.equal(inventory.components[0]?.version, "1");
    assert.deepEqual(remarksOf(inventory), []);
  }
});
