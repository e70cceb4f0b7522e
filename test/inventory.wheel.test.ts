// Wheels and source distributions as inventories: files held against RECORD, what runs, what is vendored and asked for.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { UserError } from "../src/core/errors.ts";
import {
  answers,
  componentAt,
  readBytes,
  readFixture,
  recordRow,
  remarkLines,
  sha256,
  tarballOf,
  zipOf,
} from "./support/package-sources.ts";
import type { Files } from "./support/package-sources.ts";

const NAME = "acme_tools-1.4.0-py3-none-any.whl";
const METADATA = "Metadata-Version: 2.1\nName: acme-tools\nVersion: 1.4.0\n";
const WHEEL = "Wheel-Version: 1.0\nTag: py3-none-any\n";
const INFO = "acme_tools-1.4.0.dist-info";

/** A wheel of these files with a true RECORD, but for the rows that are given. */
function wheelOf(files: Files, rows: Readonly<Record<string, string | undefined>> = {}, metadata = METADATA): Buffer {
  const all: Files = { ...files, [`${INFO}/METADATA`]: metadata, [`${INFO}/WHEEL`]: WHEEL };
  const lines = Object.entries(all).map(([path, content]) =>
    Object.hasOwn(rows, path) ? rows[path] : recordRow(path, content),
  );
  const added = Object.entries(rows).flatMap(([path, row]) => (Object.hasOwn(all, path) ? [] : [row]));
  const record = [...lines, ...added, `${INFO}/RECORD,,`].filter((line) => line !== undefined).join("\n");
  return zipOf({ ...all, [`${INFO}/RECORD`]: `${record}\n` });
}

const readWheelOf = (...parts: Parameters<typeof wheelOf>) => readBytes("wheel", wheelOf(...parts), NAME);

test("a wheel of a real tool: commands, what runs at start, native files, vendored packages, its SBOM", async () => {
  const inventory = await readFixture("wheel", "wheel-acme", NAME);
  const { root } = inventory;
  assert.equal(root.purl, "pkg:pypi/acme-tools@1.4.0");
  assert.deepEqual(
    root.digests.map(({ algorithm }) => algorithm),
    ["sha256", "sha512"],
  );
  assert.deepEqual(root.facts.commands, ["acme-tools", "acme-check"]);
  assert.deepEqual(root.facts.installScripts, []);
  assert.deepEqual(root.facts.os, ["py3-none-any"]);
  assert.deepEqual(
    root.facts.nativeFiles?.map(({ path }) => path),
    ["acme_tools/fast.so"],
  );
  assert.deepEqual(
    root.facts.executables?.map(({ path }) => path),
    ["acme-tools.pth", "acme_tools-1.4.0.data/scripts/acme-check"],
  );
  assert.deepEqual(root.facts.mcp?.serverNames, ["io.github.acme/tools"]);
  const tiny = componentAt(inventory, "acme_tools/_vendor/tiny-0.4.dist-info");
  assert.deepEqual([tiny.purl, tiny.undigested], ["pkg:pypi/tiny@0.4", "bundled inside Acme.Tools@1.4.0"]);
  assert.deepEqual(inventory.skipped.length, 1);
  assert.equal(inventory.completeness, "unknown");
});

test("what a wheel asks for keeps range, extras and marker, and extras are optional", async () => {
  const inventory = await readFixture("wheel", "wheel-acme", NAME);
  const asked = inventory.components.filter(({ key }) => key.startsWith("declared:"));
  assert.deepEqual(
    asked.map(({ name, scope, facts }) => [name, scope, facts.requested, facts.marker]),
    [
      ["anyio", "runtime", ">=4.5", undefined],
      ["httpx", "runtime", "[socks]>=0.27", 'python_version < "3.13"'],
      ["uvloop", "optional", ">=0.20", 'extra == "fast"'],
    ],
  );
});

test("a token in a project URL is not copied, and said to have been there", async () => {
  const inventory = await readFixture("wheel", "wheel-acme", NAME);
  assert.equal(inventory.root.statements?.repository, "https://git.acme.example/tools");
  assert.deepEqual(remarkLines(inventory), [
    "secret-removed Acme.Tools@1.4.0: an address in its metadata holds what may be a secret",
  ]);
  assert.doesNotMatch(JSON.stringify(inventory), /secret-of-a-fixture/);
});

test("a wheel whose RECORD is true has nothing said of it, whatever algorithm it uses", async () => {
  for (const algorithm of ["sha256", "sha384", "sha512"]) {
    const rows = { "a.py": recordRow("a.py", "a = 1\n", algorithm) };
    const inventory = await readWheelOf({ "a.py": "a = 1\n" }, rows);
    assert.deepEqual(remarkLines(inventory), [], algorithm);
    assert.equal(inventory.completeness, "complete");
  }
});

for (const [what, rows, line] of [
  ["a file with other bytes", { "a.py": recordRow("a.py", "a = 2\n") }, /^digest-mismatch .*a file is not the one/],
  [
    "a file with other bytes under SHA-512",
    { "a.py": recordRow("a.py", "a = 2\n", "sha512") },
    /^digest-mismatch .*a file is not the one/,
  ],
  [
    "a file of another size",
    { "a.py": recordRow("a.py", "a = 1\n").replace(/,6$/, ",7") },
    /^digest-mismatch .*a file has another size/,
  ],
  ["a file that no row names", { "a.py": undefined }, /^component-malformed .*1 file is not in its RECORD: a\.py/],
  ["a row without a file", { "b.py": recordRow("b.py", "b") }, /^inventory-incomplete .*is not there: b\.py/],
  ["a module without a source and a hash", { "b.pyc": "b.pyc,," }, /^integrity-missing .*without a hash in it: b\.pyc/],
  ["a row without a hash", { "a.py": "a.py,," }, /^integrity-missing .*without a hash in it: a\.py/],
  [
    "a broken hash",
    { "a.py": "a.py,md5=1B2M2Y8AsgTpgAmY7PhCfg,6" },
    /^integrity-malformed .*a\.py: its hash is of no kind/,
  ],
  ["a hash of another length", { "a.py": "a.py,sha256=AAAA,6" }, /^integrity-malformed .*a\.py: its hash is no sha256/],
  [
    "a size that is none",
    { "a.py": recordRow("a.py", "a = 1\n").replace(/,6$/, ",-6") },
    /^integrity-malformed .*no number/,
  ],
  ["a row of two fields", { x: "a" }, /^component-malformed .*a row is not a path, a hash and a size/],
  ["a row that leads outside", { x: recordRow("../../etc/x", "x") }, /^component-malformed .*names 1 file outside/],
] as readonly (readonly [string, Readonly<Record<string, string | undefined>>, RegExp])[]) {
  test(`a wheel with ${what} is listed, and it is said`, async () => {
    const inventory = await readWheelOf({ "a.py": "a = 1\n", ...("b.pyc" in rows ? { "b.pyc": "b" } : {}) }, rows);
    const lines = remarkLines(inventory);
    assert.ok(
      lines.some((one) => line.test(one)),
      lines.join("\n"),
    );
    assert.equal(inventory.root.purl, "pkg:pypi/acme-tools@1.4.0");
  });
}

test("what a wheel puts where Python runs it at each start is told, by whatever way it gets there", async () => {
  const data = "acme_tools-1.4.0.data";
  const started = [
    "a.pth",
    `${data}/data/lib/python3.12/site-packages/b.pth`,
    `${data}/purelib/c.pth`,
    "sitecustomize.pyc",
    "usercustomize/__init__.py",
  ];
  const others = ["acme/a.pth", "acme/sitecustomize.py", `${data}/data/share/b.pth`];
  const files = Object.fromEntries([...started, ...others].map((path) => [path, "x"]));
  const { root } = await readWheelOf(files);
  assert.deepEqual(
    root.facts.executables?.map(({ path }) => path),
    started.toSorted(),
  );
});

test("a mismatch names the row, both digests and the file", async () => {
  const inventory = await readWheelOf({ "a.py": "a = 1\n" }, { "a.py": recordRow("a.py", "a = 2\n") });
  const [remark] = inventory.remarks;
  assert.equal(remark?.expected, `sha256:${sha256("a = 2\n")}`);
  assert.equal(remark?.actual, `sha256:${sha256("a = 1\n")}`);
  assert.equal(remark?.line, 1);
  assert.deepEqual(remark?.path, ["a.py"]);
});

for (const [what, metadata, purl, line] of [
  [
    "another name",
    METADATA.replace("acme-tools", "evil"),
    undefined,
    /^component-malformed evil@1\.4\.0: its file name is/,
  ],
  [
    "another version",
    METADATA.replace("1.4.0", "1.4.1"),
    undefined,
    /^component-malformed acme-tools@1\.4\.1: its file name/,
  ],
  ["two names", `${METADATA}Name: evil\n`, undefined, /^component-malformed acme-tools@1\.4\.0: .*more than one way/],
  [
    "no requirement, with a secret",
    `${METADATA}Requires-Dist: a https://u:hunter2@h.example\n`,
    "pkg:pypi/acme-tools@1.4.0",
    /^component-malformed .*no requirement: a…$/,
  ],
  [
    "a range that is none, with a secret",
    `${METADATA}Requires-Dist: a (>=https://u:hunter2@h.example)\n`,
    "pkg:pypi/acme-tools@1.4.0",
    /^component-malformed .*no requirement: a…$/,
  ],
  [
    "no requirement",
    `${METADATA}Requires-Dist: !!\n`,
    "pkg:pypi/acme-tools@1.4.0",
    /^component-malformed .*no requirement: !!/,
  ],
] as const) {
  test(`a wheel whose metadata states ${what} is listed, and it is said`, async () => {
    const inventory = await readWheelOf({}, {}, metadata);
    assert.equal(inventory.root.purl, purl);
    assert.match(remarkLines(inventory).join("\n"), line);
  });
}

test("a wheel without RECORD is listed, and it is said", async () => {
  const inventory = await readBytes("wheel", zipOf({ [`${INFO}/METADATA`]: METADATA }), NAME);
  assert.deepEqual(remarkLines(inventory), ["component-malformed acme-tools@1.4.0: it has no RECORD that can be read"]);
});

for (const [what, files] of [
  ["no folder of metadata", { "a.py": "" }],
  ["two folders of metadata", { [`${INFO}/METADATA`]: METADATA, "b-1.dist-info/METADATA": METADATA }],
  ["no METADATA", { [`${INFO}/RECORD`]: "" }],
] as const) {
  test(`a wheel with ${what} cannot be read`, async () => {
    const found = await answers(() => readBytes("wheel", zipOf(files), NAME));
    assert.ok(found instanceof UserError && found.code === "source-malformed");
  });
}

test("a source distribution says what its build runs, and what it needs for that", async () => {
  const inventory = await readFixture("sdist", "wheel-acme", "acme_tools-1.4.0.tar.gz");
  assert.deepEqual(
    inventory.root.facts.installScripts?.map(({ name, sha256: hash }) => [name, hash !== undefined]),
    [
      ["setup.py", true],
      ["build-backend setuptools.build_meta", false],
    ],
  );
  assert.equal(componentAt(inventory, "build:setuptools").scope, "development");
  assert.equal(componentAt(inventory, "src/acme_tools/_vendor/tiny-0.4.dist-info").name, "tiny");
  assert.equal(inventory.completeness, "unknown");
});

const PKG_INFO = "Metadata-Version: 2.1\nName: a\nVersion: 1\n";
const readSdistOf = (files: Files) =>
  readBytes(
    "sdist",
    tarballOf(Object.fromEntries(Object.entries(files).map(([p, c]) => [`a-1/${p}`, c]))),
    "a-1.tar.gz",
  );

for (const [what, files, scripts] of [
  ["nothing at all", {}, []],
  ["setup.py alone", { "setup.py": "x" }, [{ name: "setup.py", sha256: sha256("x") }]],
  [
    "a backend of its own",
    {
      "pyproject.toml":
        '[build-system]\nrequires = []\nbuild-backend = "own.build:backend"\nbackend-path = ["tools"]\n',
      "tools/own/build.py": "y",
    },
    [{ name: "build-backend own.build:backend", sha256: sha256("y") }],
  ],
  [
    "a backend path that leads outside",
    {
      "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "own"\nbackend-path = ["../.."]\n',
      "own.py": "y",
    },
    [{ name: "build-backend own" }],
  ],
] as readonly (readonly [string, Files, readonly object[]])[]) {
  test(`the build of a source distribution with ${what}`, async () => {
    const inventory = await readSdistOf({ "PKG-INFO": PKG_INFO, ...files });
    assert.deepEqual(inventory.root.facts.installScripts, scripts);
    assert.deepEqual(remarkLines(inventory), []);
  });
}

test("a pyproject.toml that cannot be read is said to be so, and the package is listed", async () => {
  const inventory = await readSdistOf({ "PKG-INFO": PKG_INFO, "pyproject.toml": "[build-system" });
  assert.match(remarkLines(inventory).join("\n"), /^component-malformed a@1: its pyproject\.toml cannot be read/);
});

test("a pyproject.toml that is too large to be read is not taken for none", async () => {
  const project = `[build-system]\nbuild-backend = "evil"\n#${"x".repeat(4 << 20)}`;
  const found = await answers(() => readSdistOf({ "PKG-INFO": PKG_INFO, "pyproject.toml": project }));
  assert.ok(found instanceof UserError && found.code === "source-unsupported");
});

test("a tarball without PKG-INFO is no source distribution", async () => {
  const found = await answers(() => readSdistOf({ "setup.py": "" }));
  assert.ok(found instanceof UserError && found.code === "source-unknown");
});

test("metadata, RECORD and entry points of any bytes are answered, and never crash", async () => {
  const text = fc.oneof(
    fc.string(),
    fc
      .array(
        fc.constantFrom(
          "Name: a",
          "Version: 1",
          "Requires-Dist: a[b]; extra == 'c'",
          "[console_scripts]",
          'a="',
          ",",
          "",
        ),
      )
      .map((lines) => lines.join("\n")),
  );
  await fc.assert(
    fc.asyncProperty(text, text, text, async (metadata, record, points) => {
      const files = { METADATA: metadata, RECORD: record, "entry_points.txt": points };
      const named = Object.fromEntries(Object.entries(files).map(([name, content]) => [`${INFO}/${name}`, content]));
      await answers(() => readBytes("wheel", zipOf(named), NAME));
    }),
    { numRuns: 80 },
  );
});
