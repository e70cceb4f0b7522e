import assert from "node:assert/strict";
import { test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Component, Inventory } from "../src/core/inventory.ts";
import { readSpdx } from "../src/inventory/spdx.ts";
import { codeOf, componentNamed, listOf, readTexts, remarksOf } from "./support/inventory-readings.ts";
import { ROOT } from "./support/project.ts";

type Members = Record<string, unknown>;

const HEX = "ab".repeat(32);

function packageOf(name: string, members: Members = {}): Members {
  return { SPDXID: `SPDXRef-${name}`, name, versionInfo: "1", downloadLocation: "NOASSERTION", ...members };
}

/** `a DEPENDS_ON b`. */
function relations(...lines: readonly string[]): Members[] {
  return lines.map((line) => {
    const [one, type, other = ""] = line.split(" ");
    const id = (name = ""): string => (/^[A-Z]+$/.test(name) && name !== "DOCUMENT" ? name : `SPDXRef-${name}`);
    return { spdxElementId: id(one), relationshipType: type, relatedSpdxElement: id(other) };
  });
}

async function read(members: Members): Promise<Inventory> {
  const document = {
    spdxVersion: "SPDX-2.3",
    dataLicense: "CC0-1.0",
    SPDXID: "SPDXRef-DOCUMENT",
    name: "host",
    documentNamespace: "https://h.example/host",
    creationInfo: { created: "2025-01-01T00:00:00Z", creators: ["Tool: maker-1", "Person: Jo (jo@h.example)"] },
    ...members,
  };
  return await readTexts(readSpdx, { "bom.spdx.json": JSON.stringify(document, null, 2) });
}

test("what npm writes is read: edges against their direction, times that SPDX does not allow", async () => {
  const text = readFileSync(join(ROOT, "fixtures/sbom/spdx-npm/npm.spdx.json"), "utf8");
  const inventory = await readTexts(readSpdx, { "npm.spdx.json": text });
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
  assert.equal(inventory.root.dependsOn?.length, 4);
  assert.equal(componentNamed(inventory, "ms").location, "node_modules/short");
  assert.equal(componentNamed(inventory, "JSONStream").statements?.license, "(MIT OR Apache-2.0)");
  assert.deepEqual(remarksOf(inventory), [
    "sbom-invalid: npm.spdx.json: /creationInfo/created: created is not as it must be (SPDX 2.3, 6.9)",
  ]);
  assert.deepEqual(inventory.document?.tools, ["npm/cli-11.19.1"]);
});

test("relationships are edges with reasons, whatever their direction", async () => {
  const inventory = await read({
    packages: ["host", "run", "dev", "deep", "both", "opt", "part", "none"].map((name) => packageOf(name)),
    files: [
      { SPDXID: "SPDXRef-file", fileName: "./lib/a.so", checksums: [{ algorithm: "SHA256", checksumValue: HEX }] },
    ],
    relationships: relations(
      "DOCUMENT DESCRIBES host",
      "host DEPENDS_ON run",
      "dev DEV_DEPENDENCY_OF host",
      "dev DEPENDS_ON deep",
      "dev DEPENDS_ON both",
      "run DEPENDS_ON both",
      "opt OPTIONAL_DEPENDENCY_OF run",
      "run CONTAINS part",
      "file CONTAINED_BY run",
      "host CONTAINS none",
      "both DEPENDS_ON NONE",
      "opt DEPENDS_ON NOASSERTION",
    ),
  });
  assert.deepEqual(listOf(inventory), [
    "run@1 runtime",
    "dev@1 development",
    "deep@1 development",
    "both@1 runtime",
    "opt@1 optional",
    "part@1 runtime",
    "none@1 runtime",
    "lib/a.so@ runtime",
  ]);
  assert.deepEqual(
    ["run", "dev", "both", "opt", "part"].map((name) => componentNamed(inventory, name).dependsOn),
    [["SPDXRef-both", "SPDXRef-opt"], ["SPDXRef-deep", "SPDXRef-both"], [], undefined, undefined],
  );
  assert.deepEqual(componentNamed(inventory, "part").origin, { kind: "bundled", within: "run@1" });
  assert.deepEqual(componentNamed(inventory, "none").origin, { kind: "unknown" });
  const file = componentNamed(inventory, "lib/a.so");
  assert.deepEqual([file.kind, file.location, file.origin], ["file", "lib/a.so", { kind: "bundled", within: "run@1" }]);
  assert.deepEqual(inventory.remarks, []);
  assert.deepEqual(inventory.document, {
    format: "SPDX-2.3",
    timestamp: "2025-01-01T00:00:00Z",
    authors: ["Jo <jo@h.example>"],
    tools: ["maker-1"],
  });
});

test("a package says what it is and where it comes from", async () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const purl = (referenceLocator: string): Members => ({
    externalRefs: [
      { referenceCategory: "SECURITY", referenceType: "cpe23Type", referenceLocator: "cpe:2.3:a:b" },
      { referenceCategory: "PACKAGE_MANAGER", referenceType: "purl", referenceLocator },
    ],
  });
  const rows: readonly [sentence: string, members: Members, expected: Partial<Component>][] = [
    ["a purl", purl("pkg:npm/a@1"), { purl: "pkg:npm/a@1", origin: { kind: "registry" } }],
    [
      "an archive",
      { ...purl("pkg:npm/a@1"), downloadLocation: "https://registry.npm.example/a.tgz" },
      { origin: { kind: "registry", url: "https://registry.npm.example/a.tgz", host: "registry.npm.example" } },
    ],
    [
      "a repository at a commit",
      { downloadLocation: `git+https://h.example/x/a.git@${commit}#lib` },
      { origin: { kind: "git", url: "git+https://h.example/x/a.git", host: "h.example", commit } },
    ],
    ["a purpose", { primaryPackagePurpose: "OPERATING-SYSTEM" }, { kind: "operating-system" }],
    [
      "a supplier",
      { supplier: "Organization: Acme (mail@acme.example)", originator: "Person: Jo" },
      { statements: { author: "Jo", supplier: "Acme <mail@acme.example>" } },
    ],
    [
      "what is asserted by nobody",
      { supplier: "NOASSERTION", homepage: "NONE", licenseDeclared: "NOASSERTION" },
      { statements: undefined } as unknown as Partial<Component>,
    ],
    [
      "what is concluded where nothing is declared",
      { licenseDeclared: "NOASSERTION", licenseConcluded: "ISC" },
      { statements: { license: "ISC" } },
    ],
    ["a licence of no list", { licenseDeclared: "LicenseRef-own" }, { statements: { license: "Own terms" } }],
    [
      "a hash over its files",
      { packageVerificationCode: { packageVerificationCodeValue: "ab".repeat(20) } },
      { facts: { otherChecksums: [`spdx-verification:${"ab".repeat(20)}`] } },
    ],
    [
      "all its digests",
      {
        checksums: [
          { algorithm: "SHA256", checksumValue: HEX },
          { algorithm: "MD5", checksumValue: "ab".repeat(16) },
          { algorithm: "ADLER32", checksumValue: "abababab" },
        ],
      },
      {
        digests: [
          { algorithm: "md5", hex: "ab".repeat(16), from: "declared" },
          { algorithm: "sha256", hex: HEX, from: "declared" },
        ],
        facts: { otherChecksums: ["ADLER32:abababab"] },
      },
    ],
  ];
  const hasExtractedLicensingInfos = [{ licenseId: "LicenseRef-own", name: "Own terms", extractedText: "…" }];
  for (const [sentence, members, expected] of rows) {
    const inventory = await read({ packages: [packageOf("a", members)], hasExtractedLicensingInfos });
    const component = componentNamed(inventory, "a");
    const actual = Object.fromEntries(Object.keys(expected).map((name) => [name, component[name as keyof Component]]));
    assert.deepEqual(actual, expected, sentence);
  }
});

test("lies and gaps are said", async () => {
  const purl = (referenceLocator: string): Members => ({
    externalRefs: [{ referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator }],
  });
  const rows: readonly [sentence: string, document: Members, expected: RegExp][] = [
    [
      "a checksum that is too short",
      { packages: [packageOf("a", { checksums: [{ algorithm: "SHA512", checksumValue: HEX }] })] },
      /^integrity-malformed: a@1/m,
    ],
    ["a purl of another package", { packages: [packageOf("a", purl("pkg:npm/b@1"))] }, /^purl-mismatch: a@1/m],
    [
      "a dependency that is not there",
      { packages: [packageOf("a")], relationships: relations("a DEPENDS_ON b") },
      /^inventory-incomplete: a@1: depends on SPDXRef-b/m,
    ],
    [
      "a dependency in another document",
      {
        packages: [packageOf("a")],
        relationships: [
          { spdxElementId: "SPDXRef-a", relationshipType: "DEPENDS_ON", relatedSpdxElement: "DocumentRef-x:SPDXRef-b" },
        ],
      },
      /^inventory-incomplete: a@1/m,
    ],
    [
      "an identifier twice",
      { packages: [packageOf("a"), packageOf("a")] },
      /^sbom-invalid: bom.spdx.json: \/packages\/1\/SPDXID: .*twice/m,
    ],
    [
      "a part that is not there",
      { packages: [packageOf("a")], relationships: relations("a CONTAINS b", "DOCUMENT DESCRIBES a") },
      /^inventory-incomplete: a@1: contains SPDXRef-b/m,
    ],
    [
      "a described package that is not there",
      { packages: [packageOf("a")], relationships: relations("DOCUMENT DESCRIBES b") },
      /^inventory-incomplete: bom.spdx.json: describes SPDXRef-b/m,
    ],
    [
      "a further purl of another package",
      {
        packages: [
          packageOf("a", {
            externalRefs: [purl("pkg:npm/a@1"), purl("pkg:npm/b@1")].flatMap((each) => each["externalRefs"]),
          }),
        ],
      },
      /^purl-mismatch: a@1: a further purl of it has another name/m,
    ],
    ["packages that are no list", { packages: { 0: packageOf("a") } }, /^inventory-incomplete: \/packages: /m],
    ["files that are no list", { packages: [packageOf("a")], files: {} }, /^inventory-incomplete: \/files: /m],
    [
      "relationships that are no list",
      { packages: [], relationships: {} },
      /^inventory-incomplete: \/relationships: /m,
    ],
    [
      "a relationship that is a text",
      { packages: [packageOf("a")], relationships: ["a DEPENDS_ON b"] },
      /^inventory-incomplete: \/relationships\/0: /m,
    ],
    [
      "references that are no list",
      { packages: [packageOf("a", { externalRefs: {} })] },
      /^sbom-invalid: bom.spdx.json: \/packages\/0\/externalRefs: .*no list/m,
    ],
    ["a package that is a number", { packages: [7] }, /^inventory-incomplete: \/packages\/0/m],
    [
      "a token in its address",
      { packages: [packageOf("a", { downloadLocation: "https://jo:TOKEN@h.example/a.tgz" })] },
      /^secret-removed: a@1/m,
    ],
    [
      "a token in its purl",
      { packages: [packageOf("a", purl("pkg:npm/a@1?vcs_url=git%2Bhttps://jo:TOKEN%40h.example/a.git"))] },
      /^secret-removed: a@1/m,
    ],
    [
      "another document that describes it",
      { packages: [packageOf("a")], documentDescribes: ["SPDXRef-z"] },
      /^sbom-invalid: bom.spdx.json: \/documentDescribes\/0/m,
    ],
  ];
  for (const [sentence, document, expected] of rows) {
    const inventory = await read(document);
    assert.match(remarksOf(inventory).join("\n"), expected, sentence);
    assert.ok(!JSON.stringify(inventory).includes("TOKEN"), `${sentence}: a token is left`);
  }
});

test("a version that only the purl states is the package's", async () => {
  const externalRefs = [
    { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: "pkg:npm/a@1" },
  ];
  const inventory = await read({ packages: [{ ...packageOf("a"), versionInfo: "", externalRefs }] });
  assert.equal(inventory.components[0]?.version, "1");
  assert.deepEqual(remarksOf(inventory), []);
});

test("a dangling dependency is said once", async () => {
  const { remarks } = await read({ packages: [packageOf("a")], relationships: relations("a DEPENDS_ON b") });
  assert.deepEqual(
    remarks.map(({ rule }) => rule),
    ["inventory-incomplete"],
  );
});

test("other forms of SPDX are refused, with what to do", async () => {
  const rows: readonly [sentence: string, text: string, code: string | undefined][] = [
    ["tag-value", "# made by hand\nSPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n", "source-unsupported"],
    ["RDF", '<?xml version="1.0"?>\n<rdf:RDF xmlns:spdx="http://spdx.org/rdf/terms#"/>', "source-unsupported"],
    ["YAML", 'SPDXID: "SPDXRef-DOCUMENT"\nspdxVersion: "SPDX-2.3"\n', "source-unsupported"],
    ["SPDX 3", '{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}', "source-unsupported"],
    ["a version of the past", '{"spdxVersion":"SPDX-2.1"}', "source-unsupported"],
    ["no version", "{}", "source-malformed"],
    ["a list", "[]", "source-malformed"],
    ["half a document", '{"spdxVersion":"SPDX-2.3"', "source-malformed"],
    ["a document that says nothing", '{"spdxVersion":"SPDX-2.2"}', undefined],
  ];
  for (const [sentence, text, code] of rows) {
    assert.equal(await codeOf(readTexts(readSpdx, { "bom.spdx.json": text })), code, sentence);
  }
});
