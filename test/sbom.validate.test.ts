import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_PROBLEMS } from "../src/core/bom-problem.ts";
import { schemaProblem } from "../src/core/cyclonedx-schema.ts";
import { validateCycloneDx, validateSpdx } from "../src/sbom/validate.ts";

type Members = Record<string, unknown>;

const HEX = "ab".repeat(32);

function bom(members: Members, version = "1.6"): Members {
  return { bomFormat: "CycloneDX", specVersion: version, version: 1, ...members };
}

function component(members: Members): Members {
  return { type: "library", name: "a", version: "1.0.0", ...members };
}

const GOOD = bom({
  metadata: { component: component({ "bom-ref": "root", name: "root" }) },
  components: [
    component({ "bom-ref": "a", purl: "pkg:npm/a@1.0.0", hashes: [{ alg: "SHA-256", content: HEX }] }),
    component({ "bom-ref": "b", group: "@acme", name: "b", purl: "pkg:npm/%40acme/b@1.0.0" }),
  ],
  dependencies: [{ ref: "root", dependsOn: ["a", "b"] }, { ref: "a" }],
  compositions: [{ aggregate: "complete", assemblies: ["root"] }],
});

test("a sound document passes in each version", async () => {
  for (const version of ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"] as const) {
    const { compositions, ...older } = GOOD;
    const document = { ...older, ...(version === "1.2" ? {} : { compositions }), specVersion: version };
    assert.deepEqual(await validateCycloneDx(document, version), [], version);
  }
});

test("what no schema can say is found", async () => {
  const hash = (alg: string, content: string): Members =>
    bom({ components: [component({ hashes: [{ alg, content }] })] });
  const purl = (members: Members): Members => bom({ components: [component(members)] });
  const rows: readonly [sentence: string, document: Members, pointer: string, message: RegExp][] = [
    [
      "a bom-ref twice, one of them nested",
      bom({ components: [component({ "bom-ref": "a", components: [component({ "bom-ref": "a" })] })] }),
      "/components/0/components/0",
      /used twice/,
    ],
    ["a dependency that is nowhere", bom({ dependencies: [{ ref: "x" }] }), "/dependencies/0/ref", /nothing has/],
    [
      "what it depends on is nowhere",
      bom({ components: [component({ "bom-ref": "a" })], dependencies: [{ ref: "a", dependsOn: ["y"] }] }),
      "/dependencies/0/dependsOn/0",
      /nothing has the bom-ref y/,
    ],
    [
      "dependencies stated twice",
      bom({ components: [component({ "bom-ref": "a" })], dependencies: [{ ref: "a" }, { ref: "a", dependsOn: [] }] }),
      "/dependencies/1/ref",
      /stated twice/,
    ],
    [
      "a composition of nothing",
      bom({ compositions: [{ aggregate: "complete", assemblies: ["z"] }] }),
      "/compositions/0/assemblies/0",
      /nothing has/,
    ],
    ["SHA-256 of the length of SHA-1", hash("SHA-256", "ab".repeat(20)), "/components/0/hashes/0", /64 digits/],
    ["a purl of another name", purl({ purl: "pkg:npm/b@1.0.0" }), "/components/0", /the purl has the name b/],
    ["a purl of another version", purl({ purl: "pkg:npm/a@2.0.0" }), "/components/0", /the version 2.0.0/],
    [
      "a type that is none",
      bom({ components: [component({ type: "virus" })] }),
      "/components/0/type",
      /allowed values/,
    ],
    ["equal components", bom({ components: [component({}), component({})] }), "/components", /duplicate/],
    [
      "a reference that is no IRI",
      purl({ externalReferences: [{ type: "vcs", url: "git@h.example:a" }] }),
      "/components/0/externalReferences/0/url",
      /iri-reference/,
    ],
    [
      "a date that no month has",
      bom({ metadata: { timestamp: "2025-02-30T00:00:00Z" } }),
      "/metadata/timestamp",
      /date-time/,
    ],
    [
      "an address of nobody",
      bom({ metadata: { authors: [{ email: "nobody" }] } }),
      "/metadata/authors/0/email",
      /idn-email/,
    ],
    [
      "a member that is not known",
      bom({ components: [component({ bom_ref: "x" })] }),
      "/components/0",
      /additional.*bom_ref/,
    ],
  ];
  for (const [sentence, document, pointer, message] of rows) {
    const problems = await validateCycloneDx(document, "1.6");
    assert.equal(problems[0]?.pointer, pointer, `${sentence}: ${JSON.stringify(problems)}`);
    assert.match(problems[0]?.message ?? "", message, sentence);
  }
});

test("names that generators write otherwise are no contradiction", async () => {
  const rows: readonly [sentence: string, members: Members][] = [
    ["a scope in the name", { name: "@acme/b", purl: "pkg:npm/%40acme/b@1.0.0" }],
    ["a scope without its sign", { group: "acme", name: "b", purl: "pkg:npm/%40acme/b@1.0.0" }],
    ["a module's path in the name", { name: "github.com/Acme/b", purl: "pkg:golang/github.com/acme/b@1.0.0" }],
    [
      "a module's path in the group",
      { group: "github.com/acme", name: "b", purl: "pkg:golang/github.com/acme/b@1.0.0" },
    ],
    ["a module's last part", { name: "b", purl: "pkg:golang/github.com/acme/b@1.0.0" }],
    ["a Python name as it is written", { name: "Zope.Interface", purl: "pkg:pypi/zope-interface@1.0.0" }],
    ["a distribution that no group repeats", { name: "dpkg", purl: "pkg:deb/debian/dpkg@1.0.0" }],
    ["an epoch", { name: "attr", version: "1:2.4", purl: "pkg:deb/debian/attr@2.4?epoch=1" }],
    ["an image by its tag", { name: "nginx", version: "latest", purl: "pkg:oci/nginx@sha256%3Aab" }],
    ["a v before the version", { name: "b", version: "v1.0.0", purl: "pkg:golang/h.example/b@1.0.0" }],
    ["no version", { version: undefined, purl: "pkg:npm/a" }],
  ];
  for (const [sentence, members] of rows) {
    assert.deepEqual(await validateCycloneDx(bom({ components: [component(members)] }), "1.6"), [], sentence);
  }
});

test("a document of problems is told in a few, and holds no token of somebody", async () => {
  const refs = Array.from({ length: 5000 }, (_, index) => `https://user:TOKEN@h.example/${index}`);
  const problems = await validateCycloneDx(bom({ dependencies: [{ ref: "x", dependsOn: refs }] }), "1.6");
  assert.equal(problems.length, MAX_PROBLEMS);
  assert.ok(!JSON.stringify(problems).includes("TOKEN"));
});

test("20,000 components are as unique as two", async () => {
  const components = Array.from({ length: 20_000 }, (_, index) =>
    component({ name: `a${index}`, "bom-ref": `r${index}` }),
  );
  assert.equal(await schemaProblem(bom({ components }), "1.6"), undefined);
  assert.match(
    (await schemaProblem(bom({ components: [...components, components[0]] }), "1.6"))?.message ?? "",
    /duplicate/,
  );
});

const SPDX = {
  spdxVersion: "SPDX-2.3",
  dataLicense: "CC0-1.0",
  SPDXID: "SPDXRef-DOCUMENT",
  name: "a",
  documentNamespace: "https://h.example/a",
  creationInfo: { created: "2025-01-01T00:00:00Z", creators: ["Tool: x"] },
  packages: [
    {
      name: "a",
      SPDXID: "SPDXRef-a",
      downloadLocation: "NOASSERTION",
      checksums: [{ algorithm: "SHA256", checksumValue: HEX }],
      supplier: "NOASSERTION",
      externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: "pkg:npm/a@1" }],
    },
  ],
  relationships: [
    { spdxElementId: "SPDXRef-DOCUMENT", relationshipType: "DESCRIBES", relatedSpdxElement: "SPDXRef-a" },
  ],
};

test("SPDX documents follow the clauses of their specification", async () => {
  assert.deepEqual(await validateSpdx(SPDX), []);
  const [original] = SPDX.packages;
  const packages = (members: Members): Members => ({ ...SPDX, packages: [{ ...original, ...members }] });
  const related = (members: Members): Members => ({
    ...SPDX,
    relationships: [{ ...SPDX.relationships[0], ...members }],
  });
  const rows: readonly [sentence: string, document: unknown, pointer: string][] = [
    ["no object", [], ""],
    ["another version", { ...SPDX, spdxVersion: "SPDX-3.0" }, "/spdxVersion"],
    ["another licence of the data", { ...SPDX, dataLicense: "MIT" }, "/dataLicense"],
    ["a namespace with a fragment", { ...SPDX, documentNamespace: "https://h.example/#a" }, "/documentNamespace"],
    ["no creation", { ...SPDX, creationInfo: undefined }, ""],
    [
      "a time that is not UTC",
      { ...SPDX, creationInfo: { created: "2025-01-01T00:00:00+01:00", creators: ["Tool: x"] } },
      "/creationInfo/created",
    ],
    [
      "a creator of no kind",
      { ...SPDX, creationInfo: { created: "2025-01-01T00:00:00Z", creators: ["x"] } },
      "/creationInfo/creators/0",
    ],
    [
      "an identifier with an underscore",
      { ...packages({ SPDXID: "SPDXRef-a_b" }), relationships: [] },
      "/packages/0/SPDXID",
    ],
    ["an identifier twice", { ...SPDX, packages: [original, original] }, "/packages/1/SPDXID"],
    ["no place to download it", packages({ downloadLocation: undefined }), "/packages/0"],
    [
      "a checksum in capitals",
      packages({ checksums: [{ algorithm: "SHA256", checksumValue: HEX.toUpperCase() }] }),
      "/packages/0/checksums/0",
    ],
    [
      "a checksum that is too short",
      packages({ checksums: [{ algorithm: "SHA512", checksumValue: HEX }] }),
      "/packages/0/checksums/0",
    ],
    [
      "an algorithm that is none",
      packages({ checksums: [{ algorithm: "sha-256", checksumValue: HEX }] }),
      "/packages/0/checksums/0",
    ],
    ["a supplier of no kind", packages({ supplier: "Acme" }), "/packages/0/supplier"],
    ["a relationship to nothing", related({ relatedSpdxElement: "SPDXRef-b" }), "/relationships/0/relatedSpdxElement"],
    ["a relationship of no kind", related({ relationshipType: "LIKES" }), "/relationships/0/relationshipType"],
    ["a document that describes nothing", { ...SPDX, documentDescribes: ["SPDXRef-x"] }, "/documentDescribes/0"],
  ];
  for (const [sentence, document, pointer] of rows) {
    const problems = await validateSpdx(document);
    assert.equal(problems[0]?.pointer, pointer, `${sentence}: ${JSON.stringify(problems)}`);
  }
});

test("any JSON value has problems, and no check falls over it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 4 }), async (value) => {
      for (const document of [value, { ...GOOD, components: value, dependencies: value, compositions: value }]) {
        assert.ok((await validateCycloneDx(document, "1.6")).length <= MAX_PROBLEMS);
      }
      for (const document of [value, { ...SPDX, packages: value, relationships: value, creationInfo: value }]) {
        assert.ok((await validateSpdx(document)).length <= MAX_PROBLEMS);
      }
    }),
    { numRuns: 150 },
  );
});
