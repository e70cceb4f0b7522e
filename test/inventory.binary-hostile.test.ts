// Programs that lie about themselves: each is answered, within bounds, and none is ever called complete.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import fc from "fast-check";
import type { Inventory } from "../src/core/inventory.ts";
import { readBinary } from "../src/inventory/binary.ts";
import { forgeElf, forgePointedBuildInfo } from "./support/elf-forge.ts";
import { codeOf, listOf, readBytes, remarksOf } from "./support/inventory-readings.ts";
import { FIRST_ADDRESS, forgeFat, forgeMachO, forgePe } from "./support/program-forge.ts";
import { ROOT } from "./support/project.ts";

const blob = readFileSync(join(ROOT, "fixtures/sbom/binary-go/amd64.buildinfo"));
const crates = readFileSync(join(ROOT, "fixtures/sbom/binary-rust/acme-server.dep-v0"));
const FAR = 2n ** 63n;

const read = (bytes: Uint8Array): Promise<Inventory> => readBytes(readBinary, bytes);
const elf = (name: string, bytes: Uint8Array): Buffer => forgeElf({ sections: [{ name, bytes }] });

/** The blob with its strings replaced; lengths as varints. */
function inline(version: string, lines: string, framed = true): Buffer {
  const frame = Buffer.alloc(16, 7);
  const modules = framed ? Buffer.concat([frame, Buffer.from(lines), frame]) : Buffer.from(lines);
  const varint = (value: number): number[] =>
    value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
  return Buffer.concat([
    blob.subarray(0, 32),
    Buffer.from(varint(version.length)),
    Buffer.from(version),
    Buffer.from(varint(modules.length)),
    modules,
  ]);
}

/** Varint of a length that no text has. */
const HUGE = Buffer.concat([blob.subarray(0, 32), Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]), Buffer.alloc(64, 0x41)]);
const MANY_ARCHITECTURES = Buffer.concat([
  Buffer.from([0xca, 0xfe, 0xba, 0xbf, 0xff, 0xff, 0xff, 0xff]),
  Buffer.alloc(4096),
]);

const PROBLEMS: readonly (readonly [sentence: string, program: Buffer, remark: RegExp])[] = [
  [
    "an ELF header without a class",
    Buffer.concat([Buffer.from("\x7fELF"), Buffer.alloc(90)]),
    /no class or byte order/,
  ],
  ["an ELF header that ends early", forgeElf().subarray(0, 30), /header is cut off/],
  [
    "a table of sections outside of the file",
    forgeElf({ sections: [{ name: ".dep-v0", bytes: crates }], header: { shoff: FAR } }),
    /table of sections lies outside|names of its sections/,
  ],
  ["65,000 sections that are not there", forgeElf({ header: { shnum: 65_000 } }), /table of sections lies outside/],
  [
    "4,000,000,000 sections, stated in the first",
    forgeElf({ sections: [{ name: "x", bytes: blob }], header: { shnum: 0, shoff: 0x200n } }),
    /table of sections lies outside/,
  ],
  [
    "names of sections in no section",
    forgeElf({ header: { shstrndx: 900 } }),
    /names of its sections are in no section/,
  ],
  ["headers of sections of another size", forgeElf({ header: { shentsize: 1 } }), /headers of a size that none has/],
  ["program headers outside of the file", forgeElf({ header: { phnum: 60_000 } }), /program headers lie outside/],
  [
    "a section behind 2^53",
    forgeElf({ sections: [{ name: ".dep-v0", bytes: crates, stated: { at: FAR } }] }),
    /section \.dep-v0 lies outside/,
  ],
  [
    "a section longer than the file",
    forgeElf({ sections: [{ name: ".go.buildinfo", bytes: blob, stated: { size: FAR } }] }),
    /section \.go\.buildinfo lies outside/,
  ],
  [
    "a section that ELF compresses",
    forgeElf({ sections: [{ name: ".dep-v0", bytes: crates, stated: { flags: 0x800 } }] }),
    /compressed in a way/,
  ],
  ["a PE header that ends early", forgePe().subarray(0, 0x50), /COFF header is cut off/],
  ["60,000 sections of PE that are not there", forgePe({ count: 60_000 }), /table of sections lies outside/],
  [
    "a section of PE outside of the file",
    forgePe({ sections: [{ name: ".dep-v0", bytes: crates, stated: { at: 0xffff_fff0n } }] }),
    /sections lies outside/,
  ],
  ["a load command without a size", forgeMachO({ header: { cmdsize: 0 } }), /impossible size/],
  ["a load command longer than all", forgeMachO({ header: { cmdsize: 0x7fff_ffff } }), /impossible size/],
  ["load commands of 4 GB", forgeMachO({ header: { sizeofcmds: 0xffff_ffff } }), /load commands lie outside/],
  ["4,000,000,000 sections of Mach-O", forgeMachO({ header: { nsects: 0xffff_ffff } }), /more sections than fit/],
  [
    "a section of Mach-O outside of the file",
    forgeMachO({ sections: [{ name: ".dep-v0", bytes: crates, stated: { size: FAR } }] }),
    /section \.dep-v0 lies outside/,
  ],
  ["4,000,000,000 architectures", MANY_ARCHITECTURES, /holds 4294967295 architectures, of which 16 are read/],
  [
    "a fat file whose table is cut off",
    Buffer.from([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2]),
    /table of architectures is cut off/,
  ],
  ["a fat file in a fat file", forgeFat([forgeFat([forgeMachO()])]), /no Mach-O program/],
  ["a text of 4 GB in Go's information", elf(".go.buildinfo", HUGE), /Go build information cannot be read/],
  [
    "a number without end in it",
    elf(".go.buildinfo", Buffer.concat([blob.subarray(0, 32), Buffer.alloc(40, 0xff)])),
    /cannot be read/,
  ],
  ["Go's information without anything behind its header", elf(".go.buildinfo", blob.subarray(0, 32)), /cannot be read/],
  ["no version of Go", elf(".go.buildinfo", inline("", "path\tx\n")), /states no version of Go/],
  ["modules without a frame", elf(".go.buildinfo", inline("go1.26.8", "dep\tx\tv1.0.0\n", false)), /no frame/],
  [
    "pointers of three bytes",
    elf(".go.buildinfo", Buffer.concat([blob.subarray(0, 14), Buffer.from([3, 0]), blob.subarray(16)])),
    /pointers have 3 bytes/,
  ],
  [
    "pointers that lead nowhere",
    elf(
      ".go.buildinfo",
      forgePointedBuildInfo("go1.17", Buffer.alloc(0), { address: 0x7000_0000, wide: true, little: true }),
    ),
    /lies outside of the program/,
  ],
  [
    "two main modules",
    elf(".go.buildinfo", inline("go1.26.8", "mod\ta.example/x\tv1.0.0\nmod\tb.example/x\tv1.0.0\n")),
    /two main modules/,
  ],
  ["a module without a version", elf(".go.buildinfo", inline("go1.26.8", "dep\ta.example/x\n")), /names no module/],
  [
    "a replacement of nothing",
    elf(".go.buildinfo", inline("go1.26.8", "=>\ta.example/x\tv1.0.0\t\n")),
    /replaces nothing/,
  ],
  ["a list of crates that is no zlib stream", elf(".dep-v0", Buffer.alloc(100, 1)), /compressed data is broken/],
  ["an empty list of crates", elf(".dep-v0", Buffer.alloc(4)), /cannot be read/],
  [
    "a list of crates of 9 MB in 9 kB",
    elf(".dep-v0", deflateSync(Buffer.alloc(9 << 20, 0x20))),
    /too large when it is inflated/,
  ],
  [
    "something behind a list of crates",
    elf(".dep-v0", Buffer.concat([crates, Buffer.from("x")])),
    /more behind the end/,
  ],
  ["a list of crates that is no JSON", elf(".dep-v0", deflateSync("{")), /not valid JSON/],
  ["a list of crates with a key twice", elf(".dep-v0", deflateSync('{"packages":[],"packages":[]}')), /appears twice/],
  ["a list of crates with __proto__", elf(".dep-v0", deflateSync('{"__proto__":{},"packages":[]}')), /__proto__/],
  ["a list of crates that is none", elf(".dep-v0", deflateSync('{"packages":{"a":1}}')), /no list of packages/],
  [
    "a list of crates that is not UTF-8",
    elf(".dep-v0", deflateSync(Buffer.from('{"packages":["\xff"]}', "latin1"))),
    /not UTF-8/,
  ],
  ["a list of crates without a root", elf(".dep-v0", deflateSync('{"packages":[]}')), /none of the crates/],
  [
    "thousands of lists of crates",
    forgeElf({ sections: Array.from({ length: 3000 }, () => ({ name: ".dep-v0", bytes: crates })) }),
    /only the first are read/,
  ],
];

for (const [sentence, program, remark] of PROBLEMS) {
  test(`${sentence}: is said, and the file is listed all the same`, async () => {
    const inventory = await read(program);
    assert.match(remarksOf(inventory).join("\n"), remark);
    assert.equal(inventory.completeness, "incomplete");
    assert.equal(inventory.root.digests.length, 2);
  });
}

const MODULES: readonly (readonly [sentence: string, lines: string, rule: string, listed: string])[] = [
  [
    "a path with control characters",
    "dep\ta.example/\x1b[31m\tv1.0.0\t\n",
    "component-malformed",
    "a.example/\x1b[31m@v1.0.0 runtime",
  ],
  [
    "a path that leads outside",
    "dep\ta.example/../b\tv1.0.0\t\n",
    "component-malformed",
    "a.example/../b@v1.0.0 runtime",
  ],
  ["a version that is none", "dep\ta.example/x\tlatest\t\n", "component-malformed", "a.example/x@latest runtime"],
  [
    "a version of another major",
    "dep\ta.example/x/v3\tv2.0.0\t\n",
    "component-malformed",
    "a.example/x/v3@v2.0.0 runtime",
  ],
  ["a hash that is none", "dep\ta.example/x\tv1.0.0\th1:AAAA\n", "integrity-malformed", "a.example/x@v1.0.0 runtime"],
  ["__proto__ as a path", "dep\t__proto__\tv1.0.0\t\n", "", "__proto__@v1.0.0 runtime"],
];

for (const [sentence, lines, rule, listed] of MODULES) {
  test(`a module of a program with ${sentence} is listed, and what is wrong is said`, async () => {
    const inventory = await read(elf(".go.buildinfo", inline("go1.26.8", lines)));
    assert.deepEqual(listOf(inventory), [listed, "stdlib@1.26.8 runtime"]);
    assert.deepEqual(inventory.remarks.map((each) => each.rule).join(), rule);
  });
}

test("the same module many times, and one that is called like the standard library, have keys of their own", async () => {
  const lines = "mod\ta.example/x\tv1.0.0\t\n".concat(
    "dep\ta.example/x\tv1.0.0\t\n".repeat(3),
    "dep\tstdlib\tv1.0.0\t\n",
  );
  const inventory = await read(elf(".go.buildinfo", inline("devel go1.27-abcdef", lines)));
  assert.equal(inventory.components.length, 6);
  assert.equal(inventory.components.at(-1)?.version, "devel go1.27-abcdef");
  assert.equal(inventory.components.at(-1)?.purl, undefined);
});

const WHOLE: readonly (readonly [sentence: string, program: Buffer])[] = [
  [
    "ELF",
    forgeElf({
      sections: [
        { name: ".go.buildinfo", bytes: blob },
        { name: ".dep-v0", bytes: crates },
      ],
    }),
  ],
  [
    "ELF of 32 bit with pointers",
    forgeElf({
      wide: false,
      sections: [
        {
          name: ".go.buildinfo",
          bytes: forgePointedBuildInfo("go1.17", blob.subarray(49), {
            address: FIRST_ADDRESS,
            wide: false,
            little: true,
          }),
        },
      ],
    }),
  ],
  [
    "PE",
    forgePe({
      sections: [
        { name: ".data", bytes: blob },
        { name: ".dep-v0", bytes: crates },
      ],
    }),
  ],
  [
    "fat Mach-O",
    forgeFat([
      forgeMachO({ sections: [{ name: "__go_buildinfo", bytes: blob }] }),
      forgeMachO({ wide: false, little: false, sections: [{ name: ".dep-v0", bytes: crates }] }),
    ]),
  ],
];

for (const [sentence, program] of WHOLE) {
  test(`${sentence}: whatever is cut off or changed, it is answered and never complete`, async () => {
    const change = fc.record({
      end: fc.oneof(fc.constant(program.length), fc.nat(program.length)),
      bytes: fc.array(
        fc.tuple(fc.oneof(fc.nat(0x400), fc.nat(program.length - 1)), fc.oneof(fc.nat(255), fc.constantFrom(0, 0xff))),
        {
          maxLength: 6,
        },
      ),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ end, bytes }) => {
        const mangled = Buffer.from(program.subarray(0, end));
        for (const [at, value] of bytes) if (at < mangled.length) mangled[at] = value;
        const code = await codeOf(
          read(mangled).then((inventory) => {
            assert.notEqual(inventory.completeness, "complete");
            return inventory;
          }),
        );
        assert.ok(code === undefined || code === "source-unsupported", code);
      }),
      { numRuns: 80 },
    );
  });
}
