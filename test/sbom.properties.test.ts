// Our properties in SBOMs: what is written is read back the same, the page names each of them, and a hostile SBOM
// gives facts of the right types or nothing.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { propertiesComment, readPropertiesComment } from "../src/core/bom-annotation.ts";
import {
  COMPLETENESS_PROPERTY,
  FACT_PROPERTIES,
  INPUT_PROPERTY,
  MCP_PROPERTIES,
  OTHER_PROPERTIES,
} from "../src/core/bom-properties.ts";
import type { BomProperty } from "../src/core/bom-properties.ts";
import { readProperties } from "../src/core/bom-properties-read.ts";
import { writeProperties } from "../src/core/bom-properties-write.ts";
import type { Facts, Origin } from "../src/core/inventory.ts";
import { byCodeUnits } from "../src/core/order.ts";
import { digest } from "./support/bom.ts";
import { ROOT } from "./support/project.ts";

const NAMES: readonly string[] = [
  ...Object.values(FACT_PROPERTIES).map(({ name }) => name),
  ...Object.values(MCP_PROPERTIES).map(({ name }) => name),
  ...Object.values(OTHER_PROPERTIES),
  INPUT_PROPERTY,
  COMPLETENESS_PROPERTY,
];

test("every property has a name of its own", () => {
  assert.equal(new Set(NAMES).size, NAMES.length);
  for (const name of NAMES) assert.match(name, /^boltseal:[a-z-]+(?::[a-z-]+)?$/);
});

test("docs/sbom-properties.md has a row for every property, and for no other", () => {
  const page = readFileSync(join(ROOT, "docs/sbom-properties.md"), "utf8");
  const rows = [...page.matchAll(/^\| `(boltseal:[^`]+)`/gm)].map((match) => match[1] ?? "");
  assert.deepEqual(rows.toSorted(byCodeUnits), NAMES.toSorted(byCodeUnits));
});

const SHA = "ab".repeat(32);

const WRITTEN: readonly (readonly [sentence: string, facts: Facts, properties: readonly string[]])[] = [
  ["a script of which only the being there is known", { installScripts: [{}] }, ["install-script=present"]],
  [
    "scripts with and without text",
    { installScripts: [{ name: "postinstall", sha256: SHA }, { name: "install" }] },
    [`install-script:postinstall=sha256:${SHA}`, "install-script:install=present"],
  ],
  ["no script", { installScripts: [] }, ["install-script=none"]],
  ["flags", { bundled: true, extraneous: true }, ["bundled=true", "extraneous=true"]],
  ["a deprecation without a reason", { deprecated: "" }, ["deprecated="]],
  ["lists", { os: ["linux", "!win32"], engines: ["node >=20"] }, ["os=linux", "os=!win32", "engine=node >=20"]],
  [
    "files with blanks in their names",
    { nativeFiles: [{ path: "a b.node", sha256: SHA, size: 3 }], executables: [{ path: "run" }] },
    [`native-file=sha256:${SHA} 3 a b.node`, "executable=- - run"],
  ],
  ["no native file", { nativeFiles: [] }, ["native-file=none"]],
  [
    "an MCP bundle",
    { mcp: { launch: '["node","x"]', tools: [{ name: "add", descriptionSha256: SHA }], prompts: [], signed: false } },
    ['mcp:launch=["node","x"]', `mcp:tool=sha256:${SHA} add`, "mcp:prompt=none", "mcp:signed=false"],
  ],
];

for (const [sentence, facts, expected] of WRITTEN) {
  test(`properties: ${sentence}`, () => {
    const properties = writeProperties({ facts });
    assert.deepEqual(
      properties.map(({ name, value }) => `${name.slice("boltseal:".length)}=${value}`),
      expected,
    );
    assert.deepEqual(readProperties(properties).facts, facts);
  });
}

const text = fc.string({ unit: "binary", maxLength: 12 });
const sha256 = fc.constantFrom(SHA, "0".repeat(64));
const optional = { requiredKeys: [] as [], noNullPrototype: true };
const file = fc.record(
  { path: fc.string({ minLength: 1, maxLength: 12 }), sha256, size: fc.nat() },
  { requiredKeys: ["path"], noNullPrototype: true },
);
const described = fc.record(
  { name: fc.string({ minLength: 1, maxLength: 8 }), descriptionSha256: sha256 },
  { requiredKeys: ["name"], noNullPrototype: true },
);
const some = fc.array(text, { minLength: 1, maxLength: 3 });
const anyFacts = fc.record(
  {
    installScripts: fc.array(fc.record({ name: fc.string({ minLength: 1, maxLength: 8 }), sha256 }, optional)),
    alias: text,
    bundled: fc.constant(true as const),
    private: fc.constant(true as const),
    deprecated: text,
    patched: text,
    commands: some,
    nativeFiles: fc.array(file, { maxLength: 3 }),
    executables: fc.array(file, { maxLength: 3 }),
    libc: some,
    marker: text,
    goSum: text,
    otherChecksums: some,
    mcp: fc
      .record({ launch: text, environment: some, tools: fc.array(described), signed: fc.boolean() }, optional)
      .filter((mcp) => Object.keys(mcp).length > 0),
  },
  optional,
);
const anyOrigin: fc.Arbitrary<Origin> = fc.oneof(
  fc.constant({ kind: "unknown" } as const),
  fc.record({ kind: fc.constant("bundled" as const), within: text }, { noNullPrototype: true }),
  fc.record(
    {
      kind: fc.constantFrom("registry" as const, "url" as const),
      url: fc.constant("https://registry.npm.example/a/-/a-1.0.0.tgz"),
      host: fc.constant("registry.npm.example"),
    },
    { noNullPrototype: true },
  ),
  fc.record(
    { kind: fc.constant("git" as const), commit: fc.constant("a".repeat(40)), reference: text },
    { requiredKeys: ["kind"], noNullPrototype: true },
  ),
  fc.record(
    { kind: fc.constantFrom("file" as const, "workspace" as const), path: fc.constantFrom("a/b", "a b") },
    { noNullPrototype: true },
  ),
);

test("what is written is read back the same", () => {
  const written = fc.record({ facts: anyFacts, origin: anyOrigin, scope: fc.constantFrom("peer", "runtime") });
  fc.assert(
    fc.property(written, fc.boolean(), (of, viaSpdx) => {
      const all = {
        ...of,
        undigested: "pinned by git",
        digests: [digest("sha224", "a")],
        distributions: [{ digests: [digest("sha256", "b")], fileName: "a.whl", size: 7 }],
        locations: ["node_modules/a"],
        statements: { publisher: "Acme", repository: "git+https://git.example/a" },
      };
      const properties = writeProperties(all);
      const read = viaSpdx ? (readPropertiesComment(propertiesComment(properties)) ?? []) : properties;
      assert.deepEqual(readProperties(read), { ...all, malformed: [] });
    }),
    { numRuns: 200 },
  );
});

const MALFORMED: readonly (readonly [sentence: string, name: string, value: string])[] = [
  ["a flag that is not true", "boltseal:bundled", "yes"],
  ["a name that is not ours", "boltseal:something", "x"],
  ["a digest that is none", "boltseal:digest", "sha256:ab"],
  ["a script with a short digest", "boltseal:install-script:install", "sha256:ab"],
  ["a file without a path", "boltseal:native-file", `sha256:${SHA} 3 `],
  ["a scope that there is not", "boltseal:scope", "production"],
  ["a source that there is not", "boltseal:source", "__proto__"],
  ["a kind that there is not", "boltseal:kind", "constructor"],
  ["a short commit", "boltseal:source:commit", "abcdef0"],
  ["a path that leads outside", "boltseal:source:path", "../../etc/passwd"],
  ["a URL that is none", "boltseal:source:url", "file:///etc/passwd"],
  ["a distribution that is no JSON", "boltseal:distribution", "{"],
  ["a distribution of a wrong digest", "boltseal:distribution", '{"digests":["sha256:ab"]}'],
  ["a distribution that is a list", "boltseal:distribution", "[]"],
];

for (const [sentence, name, value] of MALFORMED) {
  test(`a property that is not as it must be is handed out: ${sentence}`, () => {
    const read = readProperties([{ name, value }]);
    assert.deepEqual(read.malformed, [{ name, value }]);
    assert.deepEqual(read.facts, {});
  });
}

test("a fact that is stated twice is malformed the second time", () => {
  const twice = ["a", "b"].map((value) => ({ name: "boltseal:alias", value }));
  assert.deepEqual(readProperties(twice), { ...readProperties(twice.slice(0, 1)), malformed: twice.slice(1) });
});

test("a credential in a URL of a property is not read", () => {
  const properties: readonly BomProperty[] = [
    { name: "boltseal:source", value: "registry" },
    { name: "boltseal:source:url", value: "https://user:SECRET@registry.npm.example/a.tgz?token=SECRET" },
    { name: "boltseal:distribution", value: '{"url":"https://SECRET@x.example/a?SECRET","digests":[]}' },
  ];
  assert.doesNotMatch(JSON.stringify(readProperties(properties)), /SECRET/);
});

test("any list of properties is read without an error", () => {
  const names = fc.oneof(fc.constantFrom(...NAMES), text, fc.constant("boltseal:install-script:x"));
  const values = fc.oneof(text, fc.constantFrom("none", "true", "present", `sha256:${SHA}`, "{}", "null", "[1]"));
  fc.assert(
    fc.property(fc.array(fc.record({ name: names, value: values }), { maxLength: 20 }), (properties) => {
      const { malformed } = readProperties(properties);
      for (const item of malformed) assert.ok(properties.includes(item));
    }),
    { numRuns: 300 },
  );
});

const COMMENTS: readonly string[] = [
  "",
  "boltseal properties",
  "boltseal properties {}",
  "boltseal properties [1]",
  'boltseal properties [{"name":"a"}]',
  'boltseal properties [{"name":"a","value":1}]',
  "boltseal properties [",
];

for (const comment of COMMENTS) {
  test(`no comment of ours: ${JSON.stringify(comment)}`, () => assert.equal(readPropertiesComment(comment), undefined));
}
