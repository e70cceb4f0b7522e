// go.mod and go.sum: what the go command selects, and what is wrong with them.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Inventory } from "../src/core/inventory.ts";
import { createDiskTree } from "../src/inventory/disk-tree.ts";
import { readGoMod } from "../src/inventory/go-mod.ts";
import { checked, codeOf, componentNamed, listOf, readTexts, remarksOf } from "./support/inventory-readings.ts";
import { ROOT } from "./support/project.ts";

const FIXTURE = join(ROOT, "fixtures/sbom/go-server");
const tree = createDiskTree(FIXTURE, "server");

const H1 = "h1:NIvaJDMOsjHA8n1jAhLSgzrAzy1Hgr+hNrb57e+94F0=";
const OTHER = "h1:TIyPZe4MgqvfeYDBFedMoGGpEw/LqOeaOT+nhxU+yHo=";

const mod = (text: string, sum?: string): Promise<Inventory> =>
  readTexts(readGoMod, { "go.mod": text, ...(sum === undefined ? {} : { "go.sum": sum }) });
const sumAlone = (text: string): Promise<Inventory> => readTexts(readGoMod, { "go.sum": text });

test("a project has what the go command selects for it, and what go.sum pins beside", async () => {
  const inventory = checked(await readGoMod({ tree, path: "go.mod" }));
  assert.deepEqual(remarksOf(inventory), []);
  assert.equal(inventory.completeness, "unknown");
  assert.equal(inventory.path, "server/go.mod");
  const { root } = inventory;
  assert.equal(root.purl, "pkg:golang/github.com/acme/server");
  assert.deepEqual(root.dependsOn, [
    "github.com/acme/local@v0.1.0",
    "github.com/google/uuid@v1.6.0",
    "rsc.io/quote@v1.5.2",
  ]);
  assert.deepEqual(root.facts.engines, ["go >=1.24"]);
  assert.deepEqual(listOf(inventory), [
    "github.com/acme/local@ runtime",
    "github.com/google/uuid@v1.6.0 runtime",
    "rsc.io/quote@v1.5.2 runtime",
    "golang.org/x/mod@v0.27.0 runtime",
    "golang.org/x/sync@v0.16.0 runtime",
    "golang.org/x/text@v0.0.0-20170915032832-14c0d48ead0c runtime",
    "golang.org/x/tools@v0.36.0 runtime",
    "rsc.io/sampler@v1.3.1 runtime",
    "github.com/google/go-cmp@v0.6.0 optional",
  ]);
  const selected = readFileSync(join(FIXTURE, "expected-list.txt"), "utf8").split("\n");
  for (const { name, version, facts } of inventory.components) {
    const line =
      facts.alias === undefined ? `${name} ${version ?? "v0.1.0 ./local"}` : `${name} v1.3.0 ${name} ${version ?? ""}`;
    assert.ok(
      selected.some((each) => each.startsWith(line)),
      line,
    );
  }
});

test("hashes of go.sum are facts and no digests, and what is replaced says so", async () => {
  const inventory = await readGoMod({ tree, path: "go.mod" });
  const uuid = componentNamed(inventory, "github.com/google/uuid");
  assert.deepEqual(uuid.digests, []);
  assert.deepEqual(uuid.facts, { goSum: H1, goModSum: OTHER });
  assert.match(uuid.undigested ?? "", /hash of its list of files/);
  assert.equal(uuid.line, 7);
  const sampler = componentNamed(inventory, "rsc.io/sampler");
  assert.equal(sampler.facts.patched, "stands in place of rsc.io/sampler@v1.3.0");
  assert.equal(sampler.facts.goSum, "h1:F0c3J2nQCdk9ODsNhU3sElnvPIxM/xV1c/qZuAeZmac=");
  const local = componentNamed(inventory, "github.com/acme/local");
  assert.deepEqual(local.origin, { kind: "directory", path: "local" });
  assert.equal(local.purl, undefined);
  assert.deepEqual(componentNamed(inventory, "golang.org/x/tools").facts.commands, ["stringer"]);
});

test("either of the two files may be named", async () => {
  const byMod = await readGoMod({ tree, path: "go.mod" });
  const bySum = checked(await readGoMod({ tree, path: "go.sum" }));
  assert.deepEqual(bySum.components, byMod.components);
  assert.notDeepEqual(bySum.digest, byMod.digest);
  const alone = await sumAlone(readFileSync(join(FIXTURE, "go.sum"), "utf8"));
  assert.equal(alone.components.length, 8);
  assert.equal(alone.root.name, "go.sum");
  assert.equal(alone.root.dependsOn, undefined);
});

const SYNTAX: readonly (readonly [sentence: string, text: string, listed: readonly string[]])[] = [
  ["one statement on a line", "module a.example/x\nrequire b.example/y v1.0.0\n", ["b.example/y@v1.0.0 runtime"]],
  [
    "blocks, comments, blank lines and Windows line ends",
    "// hello\r\nmodule a.example/x // it\r\n\r\nrequire (\r\n\t// one\r\n\tb.example/y v1.0.0 // indirect; why\r\n\tc.example/z v0.2.0-rc.1\r\n)\r\n",
    ["b.example/y@v1.0.0 runtime", "c.example/z@v0.2.0-rc.1 runtime"],
  ],
  [
    "quoted texts",
    'module "a.example/x"\nrequire (\n"b.example/y" `v1.0.0`\n)\nrequire ()\n',
    ["b.example/y@v1.0.0 runtime"],
  ],
  [
    "a comment right behind a version",
    "module a.example/x\nrequire b.example/y v1.0.0// indirect\n",
    ["b.example/y@v1.0.0 runtime"],
  ],
  [
    "verbs that bring nothing in",
    "module a.example/x\ngodebug default=go1.21\nignore ./node_modules\nretract [v1.0.0, v1.2.0] // oh\nretract (\n\tv1.3.0\n)\ngo 1.24\ntoolchain go1.24.1\n",
    [],
  ],
  [
    "versions with +incompatible, majors in paths and of gopkg.in",
    "module a.example/x\nrequire (\nb.example/y v2.0.0+incompatible\nb.example/y/v3 v3.1.0\ngopkg.in/yaml.v3 v3.0.1\ngopkg.in/check.v1 v0.0.0-20161208181325-20d25e280405\n)\n",
    [
      "b.example/y@v2.0.0+incompatible runtime",
      "b.example/y/v3@v3.1.0 runtime",
      "gopkg.in/yaml.v3@v3.0.1 runtime",
      "gopkg.in/check.v1@v0.0.0-20161208181325-20d25e280405 runtime",
    ],
  ],
  [
    "a replacement for every version, by another module",
    "module a.example/x\nrequire b.example/y v1.0.0\nreplace b.example/y => c.example/fork v1.1.0\n",
    ["c.example/fork@v1.1.0 runtime"],
  ],
  [
    "a replacement that nothing asks for",
    "module a.example/x\ngo 1.22\nreplace b.example/y => ../y\n",
    ["b.example/y@ optional"],
  ],
];

for (const [sentence, text, listed] of SYNTAX) {
  test(`go.mod with ${sentence} is read as the go command reads it`, async () => {
    const inventory = await mod(text);
    assert.deepEqual(remarksOf(inventory), []);
    assert.deepEqual(listOf(inventory), listed);
    assert.equal(inventory.root.name, "a.example/x");
  });
}

test("direct requirements are the root's, indirect ones nobody's", async () => {
  const { root } = await mod(
    "module a.example/x\nrequire (\nb.example/y v1.0.0 // indirect\nc.example/z v1.0.0 // indirectly\n)\n",
  );
  assert.deepEqual(root.dependsOn, ["c.example/z@v1.0.0"]);
});

test("before Go 1.17 the highest version of what only go.sum knows is built, later none is", async () => {
  const sum = `b.example/y v1.9.0 ${H1}\nb.example/y v1.10.0 ${H1}\nc.example/z v1.0.0/go.mod ${H1}\nd.example/w v1.0.0 ${H1}\n`;
  const text = "module a.example/x\nrequire d.example/w v1.1.0\n";
  for (const [go, scope] of [
    ["", "runtime"],
    ["go 1.16\n", "runtime"],
    ["go 1.17\n", "optional"],
    ["go 2.0\n", "optional"],
  ]) {
    assert.deepEqual(listOf(await mod(text + go, sum)), [
      "d.example/w@v1.1.0 runtime",
      "b.example/y@v1.9.0 optional",
      `b.example/y@v1.10.0 ${scope}`,
      "d.example/w@v1.0.0 optional",
    ]);
  }
});

const WRONG: readonly (readonly [sentence: string, text: string, sum: string | undefined, remark: string])[] = [
  [
    "two hashes of one module",
    "module a.example/x\nrequire b.example/y v1.0.0\n",
    `b.example/y v1.0.0 ${H1}\nb.example/y v1.0.0 ${OTHER}\n`,
    "integrity-conflict: b.example/y@v1.0.0: go.sum has two values for its hash",
  ],
  [
    "two hashes of one go.mod",
    "module a.example/x\n",
    `b.example/y v1.0.0/go.mod ${H1}\nb.example/y v1.0.0/go.mod ${OTHER}\n`,
    "integrity-conflict: b.example/y@v1.0.0: go.sum has two values for the hash of its go.mod",
  ],
  [
    "a hash that is too short",
    "module a.example/x\n",
    `b.example/y v1.0.0 ${H1.slice(0, -4)}\n`,
    "integrity-malformed: b.example/y@v1.0.0: its hash in go.sum is none: h1: and the base64 of 32 bytes is expected",
  ],
  [
    "a hash with stray bits",
    "module a.example/x\n",
    `b.example/y v1.0.0 ${H1.replace("F0=", "F1=")}\n`,
    "integrity-malformed: b.example/y@v1.0.0: its hash in go.sum is none: h1: and the base64 of 32 bytes is expected",
  ],
  [
    "a line of go.sum with two words",
    "module a.example/x\n",
    `b.example/y v1.0.0\nc.example/z v1.0.0/go.mod ${H1}\n`,
    "component-malformed: go.sum: line 1 is not a module, a version and a hash",
  ],
  [
    "a branch in place of a version",
    "module a.example/x\nrequire b.example/y main\n",
    undefined,
    "inventory-incomplete: b.example/y@main: main is no version: go looks up at each build what it stands for",
  ],
  [
    "an impossible path",
    "module a.example/x\nrequire b.example//y v1.0.0\nrequire c.example/../z v1.0.0\n",
    undefined,
    "inventory-incomplete: go.mod: line 2 cannot be read",
  ],
  [
    "a path that leads outside",
    "module a.example/x\nrequire c.example/../z v1.0.0\n",
    undefined,
    "component-malformed: c.example/../z@v1.0.0: its path is none that a Go module can have",
  ],
  [
    "a major version that contradicts the path",
    "module a.example/x\nrequire c.example/z/v2 v3.0.0\n",
    undefined,
    "component-malformed: c.example/z/v2@v3.0.0: its path says major version 2, its version 3",
  ],
  [
    "a major version without a path",
    "module a.example/x\nrequire c.example/z v3.0.0\n",
    undefined,
    "component-malformed: c.example/z@v3.0.0: its path has no major version, its version 3 needs one",
  ],
  [
    "what is required and excluded",
    "module a.example/x\nrequire c.example/z v1.0.0\nexclude c.example/z v1.0.0\n",
    undefined,
    "inventory-incomplete: c.example/z@v1.0.0: it is required and excluded: go takes a higher version",
  ],
  [
    "one module required twice",
    "module a.example/x\nrequire c.example/z v1.0.0\nrequire c.example/z v1.1.0\n",
    undefined,
    "inventory-incomplete: c.example/z@v1.1.0: it is required as v1.0.0 too: go takes the higher version",
  ],
  [
    "one module replaced twice",
    "module a.example/x\nreplace c.example/z => ./z\nreplace c.example/z => ./other\n",
    undefined,
    "component-malformed: c.example/z: it is replaced twice, by different modules",
  ],
  [
    "an unknown verb",
    "module a.example/x\nembed c.example/z v1.0.0\n",
    undefined,
    "inventory-incomplete: go.mod: line 2 cannot be read",
  ],
  [
    "an open quote",
    'module a.example/x\nrequire "c.example/z v1.0.0\n',
    undefined,
    "inventory-incomplete: go.mod: line 2 cannot be read",
  ],
  [
    "a replacement by a folder with a version",
    "module a.example/x\nreplace c.example/z => ./z v1.0.0\n",
    undefined,
    "inventory-incomplete: go.mod: line 2 cannot be read",
  ],
  ["no module", "require c.example/z v1.0.0\n", undefined, "component-malformed: go.mod: it has no module statement"],
  [
    "a tool that no module holds",
    "module a.example/x\ntool c.example/z/cmd/t\n",
    undefined,
    "inventory-incomplete: c.example/z/cmd/t: no module that is required holds this tool",
  ],
];

for (const [sentence, text, sum, remark] of WRONG) {
  test(`${sentence}: is said, and nothing is left out`, async () => {
    const inventory = await mod(text, sum);
    assert.ok(remarksOf(inventory).includes(remark), remarksOf(inventory).join("\n"));
    const required = text.match(/^require /gm)?.length ?? 0;
    const unread = inventory.remarks.filter(({ message }) => message.endsWith("cannot be read")).length;
    assert.ok(inventory.components.length + unread >= required);
  });
}

const REFUSED: readonly (readonly [sentence: string, files: Readonly<Record<string, string>>, code: string])[] = [
  ["a block that does not end", { "go.mod": "module a.example/x\nrequire (\n" }, "source-malformed"],
  ["a block inside a block", { "go.mod": "require (\nreplace (\n)\n)\n" }, "source-malformed"],
  ["more lines than anybody writes", { "go.mod": "\n".repeat(2_000_001) }, "source-malformed"],
  ["two modules", { "go.mod": "module a.example/x\nmodule b.example/y\n" }, "source-malformed"],
  ["a go.sum of which no line can be read", { "go.sum": "PNG\n\0\0\n" }, "source-malformed"],
];

for (const [sentence, files, code] of REFUSED) {
  test(`${sentence}: is refused`, async () => {
    assert.equal(await codeOf(readTexts(readGoMod, files)), code);
  });
}

test("what go builds from in place of go.mod's modules is said", async () => {
  const files = { "go.mod": "module a.example/x\n", "go.work": "", "vendor/modules.txt": "" };
  assert.deepEqual(remarksOf(await readTexts(readGoMod, files)), [
    "inventory-incomplete: go.mod: go builds from the copies in vendor/, which go.sum does not check",
    "inventory-incomplete: go.mod: go.work beside it may put other modules in their place",
  ]);
});

test("no folder of somebody's machine is told", async () => {
  const inventory = await mod(
    "module a.example/x\nrequire (\nb.example/y v1.0.0\nc.example/z v1.0.0\n)\nreplace b.example/y => /home/joe/secret\nreplace c.example/z => C:\\Users\\joe\\secret\nreplace d.example/w => ../secret\n",
  );
  assert.equal(inventory.components.length, 3);
  assert.ok(!JSON.stringify(inventory).includes("secret"));
});

test("a million wrong lines are counted, and few are told", async () => {
  const inventory = await mod(
    "module a.example/x\n" + "x\n".repeat(200_000),
    "y\n".repeat(200_000) + `b.example/y v1.0.0 ${H1}\n`,
  );
  assert.equal(inventory.remarks.length, 1001);
  assert.match(remarksOf(inventory).at(-1) ?? "", /there are 399000 more remarks/);
  assert.equal(inventory.components.length, 1);
});

test("versions with numbers that nobody can count are read", async () => {
  const [high, higher] = ["v1.99999999999999999999.0", "v1.99999999999999999999999.0"];
  const inventory = await mod("module a.example/x\n", `b.example/y ${high} ${H1}\nb.example/y ${higher} ${H1}\n`);
  assert.equal(inventory.components.length, 2);
});

test("whatever the two files hold, they are read or refused", async () => {
  const word = fc.constantFrom(
    "module",
    "require",
    "replace",
    "exclude",
    "retract",
    "tool",
    "go",
    "=>",
    "(",
    ")",
    '"',
    "`",
    "\\",
    "//",
    ",",
    "[",
    "a.example/x",
    "b.example/y",
    "v1.0.0",
    "v1.0.0/go.mod",
    "./z",
    H1,
    "__proto__",
    "\0",
    "é",
  );
  const text = fc
    .array(fc.tuple(word, fc.constantFrom(" ", "\n", "\t", "")), { maxLength: 40 })
    .map((parts) => parts.flat().join(""));
  await fc.assert(
    fc.asyncProperty(text, text, async (modText, sum) => {
      const code = await codeOf(mod(modText, sum));
      assert.ok(code === undefined || code === "source-malformed", code);
    }),
    { numRuns: 400 },
  );
});
