// The strict reading of YAML: what is refused, with the line of it, and that the two readers agree.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { UserError } from "../src/core/errors.ts";
import { yamlList, yamlMap, yamlText } from "../src/inventory/yaml-node.ts";
import type { YamlNode } from "../src/inventory/yaml-node.ts";
import { readRegularYaml } from "../src/inventory/yaml-regular.ts";
import { readWholeYaml } from "../src/inventory/yaml-whole.ts";
import { parseYaml } from "../src/inventory/yaml.ts";
import { damaged } from "./support/lock-trees.ts";

type Plain = string | readonly Plain[] | { readonly [key: string]: Plain };

function plainOf(node: YamlNode): Plain {
  const members = yamlMap(node);
  if (members !== undefined) return Object.fromEntries(Array.from(members, ([key, inner]) => [key, plainOf(inner)]));
  return yamlText(node) ?? (yamlList(node) ?? []).map(plainOf);
}

/** With the lines of all nodes. */
function linedOf(node: YamlNode): unknown {
  const members = yamlMap(node);
  const inside = members === undefined ? undefined : Array.from(members, ([key, inner]) => [key, linedOf(inner)]);
  return [node.line, inside ?? yamlText(node) ?? (yamlList(node) ?? []).map(linedOf)];
}

async function documentsOf(text: string): Promise<readonly Plain[]> {
  return (await parseYaml(text, { source: "f.yaml" })).map(plainOf);
}

const READ: readonly (readonly [name: string, text: string, expected: readonly Plain[]])[] = [
  ["values are texts as written", "a: true\nb: 5.40\nc: ~\nd:\n", [{ a: "true", b: "5.40", c: "~", d: "" }]],
  ["lists stand under their key or deeper", "a:\n- x\nb:\n  - y\n", [{ a: ["x"], b: ["y"] }]],
  ["mappings in lists", "a:\n  - b: c\n    d: [e, 'f']\n", [{ a: [{ b: "c", d: ["e", "f"] }] }]],
  ["flow collections", "a: {b: '>=1', c: [d], e: {}}\n", [{ a: { b: ">=1", c: ["d"], e: {} } }]],
  ["a flow collection over several lines", "a: {b: c,\n  d: e}\n", [{ a: { b: "c", d: "e" } }]],
  ["literal texts", "a: |-\n  x\n    y\n\n  z\nb: c\n", [{ a: "x\n  y\n\nz", b: "c" }]],
  ["folded texts", "a: >-\n  x\n  y\n", [{ a: "x y" }]],
  ["quoted texts over several lines", 'a: "x\n  y"\n', [{ a: "x y" }]],
  ["escapes", String.raw`a: "\u0041\x42\n"`, [{ a: "AB\n" }]],
  ["long keys behind a question mark", `? ${"k".repeat(1100)}\n: v\n`, [{ ["k".repeat(1100)]: "v" }]],
  ["keys with addresses", "a@https://h/x.tgz#b:\n  c: d\n", [{ "a@https://h/x.tgz#b": { c: "d" } }]],
  ["two documents", "---\na: b\n---\nc: d\n", [{ a: "b" }, { c: "d" }]],
  ["a byte order mark", "\u{feff}a: b\n", [{ a: "b" }]],
  ["CRLF", "a: b\r\nc: d\r\n", [{ a: "b", c: "d" }]],
  ["nothing but comments", "# a\n\n", []],
  [
    "names of every object's members",
    "__proto__: a\nconstructor: b\n",
    [JSON.parse('{"__proto__":"a","constructor":"b"}') as Plain],
  ],
];

for (const [name, text, expected] of READ) {
  test(`YAML: ${name}`, async () => assert.deepEqual(await documentsOf(text), expected));
}

const REFUSED: readonly (readonly [name: string, text: string, message: RegExp])[] = [
  ["a key that appears twice", "a:\n  b: 1\n  c: 2\n  b: 3\n", /^f\.yaml:4: the key "b" appears twice$/],
  ["a key that appears twice in a flow mapping", "x: y\na: {b: 1, b: 2}\n", /^f\.yaml:2: the key "b" appears twice$/],
  ["an anchor", "a: b\nc: &x d\n", /^f\.yaml:2: anchors are not allowed$/],
  ["an alias", "a: *x\n", /^f\.yaml:1: /],
  ["a bomb of aliases", "a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", /^f\.yaml:1: anchors are not allowed$/],
  ["a tag", "a: !!str 3\n", /^f\.yaml:1: tags are not allowed$/],
  ["a tag of its own", "a: !x 3\n", /^f\.yaml:1: not valid YAML: unresolved tag/],
  ["a merge key", "a: b\n<<: {c: d}\n", /^f\.yaml:2: merge keys are not allowed$/],
  ["a directive", "%YAML 1.1\n---\na: b\n", /^f\.yaml:1: directives are not allowed$/],
  ["a key that is a list", "? [a]\n: b\n", /^f\.yaml:1: a key is not a text$/],
  ["a bracket that does not close", "a: b\nc: [d\n", /^f\.yaml:\d: not valid YAML: /],
  [
    "a carriage return, behind which a comment ends for some",
    "a: b\n# c\rd: e\n",
    /^f\.yaml:2: a carriage return without a line feed$/,
  ],
  ["tabs as indentation", "a:\n\tb: c\n", /^f\.yaml:2: not valid YAML: /],
  ["lists in lists in one line", `${"- ".repeat(2000)}a\n`, /^f\.yaml:1: too many lists and mappings in one line$/],
  ["brackets in brackets", `a: ${"[".repeat(300)}${"]".repeat(300)}\n`, /^f\.yaml:1: nested deeper than 100 levels$/],
  [
    "mappings in mappings",
    Array.from({ length: 300 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
    /nested deeper than 100/,
  ],
  ["more lines than any lockfile has", "a\n".repeat(300_001), /has more than 300000 lines and parts of lines$/],
];

for (const [name, text, message] of REFUSED) {
  test(`YAML: refused is ${name}`, async () => {
    await assert.rejects(documentsOf(text), (error) => error instanceof UserError && message.test(error.message));
  });
}

/** Pieces of which YAML is made, regular and not. */
const PIECES = [
  "a:", "a: b", "  b: c", "  - d", "    - e: f", "- g", "---", "# x", "", "  ", "  'q r': \"s\"", "a: {b: c, d: [e]}",
  "  x: |-", "    text", "x: >", "a: &b c", "a: *b", "a: !t c", "? k", ": v", "a: 'b", "a: b #c", "a: b: c", "a:\tb", "<<: a",
  "  a:b: c", "c: [", "d: ]", "a: ^1 || >=2", "a: '>=1'", "%YAML 1.2", "...", "  - - h", "a@b:c#d:", "b: -", "b: ?", "a: \"\\u0041\"",
  "  n: {o: 'p, q', \"r\": s}", "t: [u, [v]]", "a: b\r", "a: \u00e9", "\u{feff}a: b", "=: a", "~: b", "a: 0x1", "w: {}", "y: []",
]; // prettier-ignore

test("YAML: what is read as regular is read in the same way by the reader of the whole language", () => {
  let regular = 0;
  const check = (text: string): void => {
    const found = readRegularYaml(text);
    if (found === undefined) return;
    regular += 1;
    const fail = (what: string, line: number): never => {
      throw new Error(`only the reader of the whole language refuses line ${line}: ${what}\n${text}`);
    };
    assert.deepEqual(found.map(linedOf), readWholeYaml(text, fail).map(linedOf), text);
  };
  const lines = fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 7 });
  fc.assert(
    fc.property(lines, (chosen) => check(chosen.join("\n"))),
    { numRuns: 3000, seed: 1 },
  );
  const scalar = fc.string({ maxLength: 12, unit: fc.constantFrom(..."ab1 :#-'\"{}[],|>&*!%@`?~^=<\\./()é") });
  fc.assert(
    fc.property(scalar, scalar, (key, value) => check(`x:\n  ${key}: ${value}\ny: [${value}]\n`)),
    {
      numRuns: 3000,
      seed: 2,
    },
  );
  const lockfile = readFileSync("fixtures/sbom/pnpm-mixed/pnpm-lock.yaml", "utf8").split("\n").slice(0, 90).join("\n");
  for (const text of damaged(lockfile, 600)) check(text);
  assert.ok(regular > 500, `${regular} texts were regular`);
});
