// Programs: what real tools wrote, in every format that holds it.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import type { Inventory } from "../src/core/inventory.ts";
import { readBinary } from "../src/inventory/binary.ts";
import { forgeElf, forgePointedBuildInfo } from "./support/elf-forge.ts";
import { codeOf, componentNamed, listOf, readBytes, remarksOf } from "./support/inventory-readings.ts";
import { FIRST_ADDRESS, forgeFat, forgeMachO, forgePe } from "./support/program-forge.ts";
import { ROOT } from "./support/project.ts";

const GO = join(ROOT, "fixtures/sbom/binary-go");
const blob = readFileSync(join(GO, "amd64.buildinfo"));
const arm = readFileSync(join(GO, "arm64.buildinfo"));
const crates = readFileSync(join(ROOT, "fixtures/sbom/binary-rust/acme-server.dep-v0"));

/** The framed module lines of a blob in the format of Go 1.18 and later. */
function modulesIn(bytes: Buffer): Buffer {
  const start = bytes.indexOf("0w\xaf\x0c\x92t\x08\x02A\xe1\xc1\x07\xe6\xd6\x18\xe6", 0, "latin1");
  const end = bytes.indexOf("\xf92C1\x86\x18 r\x00\x82B\x10A\x16\xd8\xf2", 0, "latin1");
  assert.ok(start > 0 && end > start);
  return bytes.subarray(start, end + 16);
}

function pointed(wide: boolean, little: boolean): Buffer {
  return forgePointedBuildInfo("go1.17.13", modulesIn(blob), { address: FIRST_ADDRESS, wide, little });
}

const read = (bytes: Uint8Array): Promise<Inventory> => readBytes(readBinary, bytes);

const MODULES = [
  "github.com/acme/server@v0.0.0-20260101000000-75c201c96a55 runtime",
  "github.com/acme/local@ runtime",
  "github.com/google/uuid@v1.6.0 runtime",
  "golang.org/x/text@v0.0.0-20170915032832-14c0d48ead0c runtime",
  "rsc.io/quote@v1.5.2 runtime",
  "rsc.io/sampler@v1.3.1 runtime",
];

const CONTAINERS: readonly (readonly [sentence: string, program: Buffer, go: string, cpu: string, os: string])[] = [
  ["ELF of 64 bit", forgeElf({ sections: [{ name: ".go.buildinfo", bytes: blob }] }), "1.26.8", "x64", "linux"],
  [
    "ELF of 32 bit",
    forgeElf({ wide: false, machine: 40, sections: [{ name: ".go.buildinfo", bytes: blob }] }),
    "1.26.8",
    "arm",
    "linux",
  ],
  [
    "ELF of 64 bit, big-endian",
    forgeElf({ little: false, machine: 22, sections: [{ name: ".go.buildinfo", bytes: blob }] }),
    "1.26.8",
    "s390x",
    "linux",
  ],
  [
    "ELF of 32 bit, big-endian",
    forgeElf({ wide: false, little: false, machine: 8, sections: [{ name: ".go.buildinfo", bytes: blob }] }),
    "1.26.8",
    "mips",
    "linux",
  ],
  [
    "ELF without a table of sections, with other data before it",
    forgeElf({
      stripped: true,
      sections: [
        { name: "", bytes: Buffer.alloc(3 << 20, "\xff Go buildinf") },
        { name: "", bytes: blob },
      ],
    }),
    "1.26.8",
    "x64",
    "linux",
  ],
  [
    "ELF of before Go 1.18",
    forgeElf({ sections: [{ name: ".go.buildinfo", bytes: pointed(true, true) }] }),
    "1.17.13",
    "x64",
    "linux",
  ],
  [
    "ELF of 32 bit of before Go 1.18, big-endian",
    forgeElf({
      wide: false,
      little: false,
      machine: 8,
      sections: [{ name: ".go.buildinfo", bytes: pointed(false, false) }],
    }),
    "1.17.13",
    "mips",
    "linux",
  ],
  ["PE32+", forgePe({ sections: [{ name: ".data", bytes: blob }] }), "1.26.8", "x64", "linux"],
  [
    "PE32",
    forgePe({ plus: false, machine: 0x14c, sections: [{ name: ".data", bytes: blob }] }),
    "1.26.8",
    "ia32",
    "linux",
  ],
  [
    "PE32 of before Go 1.18",
    forgePe({ plus: false, machine: 0x14c, sections: [{ name: ".data", bytes: pointed(false, true) }] }),
    "1.17.13",
    "ia32",
    "linux",
  ],
  ["Mach-O", forgeMachO({ sections: [{ name: "__go_buildinfo", bytes: blob }] }), "1.26.8", "arm64", "linux"],
  [
    "Mach-O without a section for it",
    forgeMachO({ sections: [{ name: "__data", bytes: blob }] }),
    "1.26.8",
    "arm64",
    "linux",
  ],
  [
    "Mach-O of 32 bit, big-endian, of before Go 1.18",
    forgeMachO({ wide: false, little: false, cpu: 18, sections: [{ name: "__data", bytes: pointed(false, false) }] }),
    "1.17.13",
    "ppc",
    "linux",
  ],
  [
    "a fat Mach-O whose parts are of the same code",
    forgeFat([
      forgeMachO({ cpu: 0x0100_0007, sections: [{ name: "__go_buildinfo", bytes: blob }] }),
      forgeMachO({ cpu: 0x0100_000c, sections: [{ name: "__go_buildinfo", bytes: blob }] }),
    ]),
    "1.26.8",
    "x64 arm64",
    "linux",
  ],
];

for (const [sentence, program, go, cpu, os] of CONTAINERS) {
  test(`the modules of a Go program are read from ${sentence}`, async () => {
    const inventory = await read(program);
    assert.deepEqual(remarksOf(inventory), []);
    assert.deepEqual(listOf(inventory), [...MODULES, `stdlib@${go} runtime`]);
    assert.equal(inventory.completeness, "unknown");
    const { root } = inventory;
    assert.equal(root.kind, "application");
    assert.equal(root.name, "github.com/acme/server");
    assert.equal(root.purl, undefined);
    assert.deepEqual(root.facts.commands, ["server"]);
    assert.equal(root.facts.cpu?.join(" "), cpu);
    assert.equal(root.facts.os?.join(" "), os);
    assert.equal(root.dependsOn?.length, 7);
    const hex = createHash("sha256").update(program).digest("hex");
    assert.deepEqual(root.digests[0], { algorithm: "sha256", hex, from: "computed" });
    assert.equal(root.digests[1]?.algorithm, "sha512");
  });
}

test("a Go program's modules come with hashes, replacements and the commit, and never with its linker flags", async () => {
  const inventory = await read(forgeElf({ sections: [{ name: ".go.buildinfo", bytes: blob }] }));
  const server = componentNamed(inventory, "github.com/acme/server");
  assert.deepEqual(server.origin, { kind: "git", commit: "75c201c96a55105c32caef37d7a4906ce6d16581" });
  assert.equal(server.facts.patched, undefined);
  const local = componentNamed(inventory, "github.com/acme/local");
  assert.deepEqual(local.origin, { kind: "directory", path: "local" });
  assert.equal(local.facts.patched, "replaced by the folder ./local");
  assert.equal(local.facts.requested, "v0.1.0");
  const sampler = componentNamed(inventory, "rsc.io/sampler");
  assert.equal(sampler.purl, "pkg:golang/rsc.io/sampler@v1.3.1");
  assert.equal(sampler.facts.goSum, "h1:F0c3J2nQCdk9ODsNhU3sElnvPIxM/xV1c/qZuAeZmac=");
  assert.equal(sampler.facts.patched, "stands in place of rsc.io/sampler@v1.3.0");
  assert.equal(componentNamed(inventory, "stdlib").purl, "pkg:golang/stdlib@1.26.8");
  assert.ok(blob.includes("SECRET"));
  assert.ok(!JSON.stringify(inventory).includes("SECRET"));
});

test("what go version says of the whole program is what is read, line by line", async () => {
  for (const name of ["amd64", "arm64"]) {
    const inventory = await read(
      forgeElf({ sections: [{ name: ".go.buildinfo", bytes: readFileSync(join(GO, `${name}.buildinfo`)) }] }),
    );
    const said = readFileSync(join(GO, `expected-${name}.txt`), "utf8");
    const expected = [
      ...said.matchAll(/^\t(?:mod|dep)\t(\S+)\t(\S+)(?:\t(\S*))?\n(?:\t=>\t(\S+)\t(\S+)\t(\S*)\n)?/gm),
    ].map(([, path, version, sum, target, targetVersion, targetSum]) =>
      target === undefined
        ? [path, version, sum === "" ? undefined : sum]
        : target.startsWith("./")
          ? [path, undefined, undefined]
          : [target, targetVersion, targetSum],
    );
    const actual = inventory.components.slice(0, -1).map((each) => [each.name, each.version, each.facts.goSum]);
    assert.deepEqual(actual, expected);
  }
});

test("architectures that were built from different code are both kept, and a remark says so", async () => {
  const fat = forgeFat(
    [
      forgeMachO({ cpu: 0x0100_0007, sections: [{ name: "__go_buildinfo", bytes: blob }] }),
      forgeMachO({ cpu: 0x0100_000c, sections: [{ name: "__go_buildinfo", bytes: arm }] }),
    ],
    { wide: true },
  );
  const inventory = await read(fat);
  assert.equal(inventory.components.length, 14);
  assert.equal(inventory.completeness, "incomplete");
  assert.match(remarksOf(inventory).join(), /its architectures were not built from the same code: x64, arm64/);
  const texts = inventory.components.filter(({ name }) => name === "golang.org/x/text");
  assert.deepEqual(
    texts.map(({ version, location }) => [version, location]),
    [
      ["v0.0.0-20170915032832-14c0d48ead0c", "x64"],
      ["v0.14.0", "arm64"],
    ],
  );
  assert.equal(inventory.root.dependsOn?.length, 14);
  const [, changed] = inventory.components.filter(({ name }) => name === "github.com/acme/server");
  assert.match(changed?.facts.patched ?? "", /not committed/);
});

const RUST: readonly (readonly [sentence: string, program: Buffer])[] = [
  ["ELF", forgeElf({ sections: [{ name: ".dep-v0", bytes: crates }] })],
  [
    "PE, where sections are padded",
    forgePe({ sections: [{ name: ".dep-v0", bytes: Buffer.concat([crates, Buffer.alloc(50)]) }] }),
  ],
  ["Mach-O", forgeMachO({ sections: [{ name: ".dep-v0", bytes: crates }] })],
];

for (const [sentence, program] of RUST) {
  test(`the crates of a Rust program are read from ${sentence}`, async () => {
    const inventory = await read(program);
    assert.deepEqual(remarksOf(inventory), []);
    assert.deepEqual(listOf(inventory), [
      "acme-server@0.3.1 runtime",
      "itoa@1.0.15 runtime",
      "semver@1.0.27 runtime",
      "serde_core@1.0.229 runtime",
      "version_check@0.9.5 development",
    ]);
    assert.equal(inventory.root.name, "acme-server");
    assert.equal(inventory.root.version, "0.3.1");
    assert.deepEqual(inventory.root.dependsOn, ["acme-server 0.3.1"]);
    assert.deepEqual(componentNamed(inventory, "semver").dependsOn, ["serde_core 1.0.229"]);
    assert.equal(componentNamed(inventory, "semver").purl, "pkg:cargo/semver@1.0.27");
    assert.equal(componentNamed(inventory, "acme-server").purl, undefined);
    assert.equal(inventory.completeness, "unknown");
  });
}

test("a program with code of Go and of Rust has the components of both", async () => {
  const sections = [
    { name: ".go.buildinfo", bytes: blob },
    { name: ".dep-v0", bytes: crates },
  ];
  const inventory = await read(forgeElf({ sections }));
  assert.equal(inventory.components.length, 12);
  assert.equal(inventory.root.name, "github.com/acme/server");
  assert.deepEqual(inventory.root.dependsOn?.slice(-2), ["go: stdlib", "rust: acme-server 0.3.1"]);
});

test("a program that says nothing of itself is a file of unknown contents", async () => {
  for (const program of [forgeElf(), forgePe(), forgeMachO(), Buffer.from("MZ is how this text begins")]) {
    const inventory = await read(program);
    assert.equal(inventory.root.kind, "file");
    assert.equal(inventory.root.digests.length, 2);
    assert.equal(inventory.completeness, "unknown");
    assert.deepEqual(inventory.components, []);
    assert.deepEqual(remarksOf(inventory), []);
  }
});

test("a file that is no program is not read as one", async () => {
  assert.equal(await codeOf(read(Buffer.from("#!/bin/sh\n"))), "source-unsupported");
  assert.equal(await codeOf(read(Buffer.alloc(0))), "source-unsupported");
});

test("sources of crates other than the public registry are told apart, and what is odd about a list is said", async () => {
  const list = (value: unknown): Buffer =>
    forgeElf({ sections: [{ name: ".dep-v0", bytes: deflateSync(JSON.stringify(value)) }] });
  const inventory = await read(
    list({
      packages: [
        { name: "a", version: "1.0.0", source: "git", root: true, dependencies: [1, 1, 9, "x"] },
        { name: "b", version: "1.0.0", source: { Other: "Registry" } },
        { name: "b", version: "1.0.0", source: "CratesIo", kind: "build" },
        { name: "../c", version: "1", source: "moon" },
        { version: "1.0.0" },
        "text",
      ],
    }),
  );
  assert.deepEqual(
    inventory.components.map(({ key, origin, purl }) => [key, origin.kind, purl]),
    [
      ["a 1.0.0", "git", undefined],
      ["b 1.0.0", "registry", undefined],
      ["b 1.0.0#2", "registry", "pkg:cargo/b@1.0.0"],
      ["../c 1", "unknown", undefined],
    ],
  );
  assert.deepEqual(inventory.components[0]?.dependsOn, ["b 1.0.0"]);
  assert.deepEqual(
    remarksOf(inventory).map((text) => text.replace(/source-\d+/, "FILE")),
    [
      "inventory-incomplete: FILE: 2 of the crates that it lists have no name",
      "inventory-incomplete: a@1.0.0: it needs 2 crates that are not listed",
      "component-malformed: ../c@1: its name is none that a crate can have",
    ],
  );
  for (const roots of [0, 2]) {
    const packages = ["a", "b"].map((name, index) => ({
      name,
      version: "1.0.0",
      source: "local",
      root: index < roots,
    }));
    const answer = await read(list({ packages }));
    assert.match(remarksOf(answer).join(), /the one that was built/);
    assert.equal(answer.root.dependsOn?.length, 2);
  }
});
