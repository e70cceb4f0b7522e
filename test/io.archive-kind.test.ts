// What a file is by its first bytes.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { kindOf } from "../src/io/archive-kind.ts";
import { forgeTar, forgeTarball } from "./support/tar-forge.ts";
import { forgeZip } from "./support/zip-forge.ts";

const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

/** Of programs of the system that the tests run on. */
const OWN: Readonly<Record<string, string>> = { linux: "elf", darwin: "mach-o", win32: "pe" };

const KINDS: readonly (readonly [what: string, head: Uint8Array, kind: string | undefined])[] = [
  ["a zip archive", forgeZip([{ name: "a" }]), "zip"],
  ["a zip archive without entries", forgeZip([]), "zip"],
  ["a tarball", forgeTarball([{ name: "a" }]), "gzip"],
  ["a tar archive", forgeTar([{ name: "a" }]), "tar"],
  ["a tar archive of GNU tar", forgeTar([{ name: "a", magic: "ustar  \0" }]), "tar"],
  ["the program that runs this test", readFileSync(process.execPath).subarray(0, 512), OWN[process.platform]],
  ["an ELF file", latin1("\x7fELF\x02\x01\x01"), "elf"],
  ["a PE file", latin1("MZ\x90\0"), "pe"],
  ["a Mach-O file of 32 bits", latin1("\xce\xfa\xed\xfe\x07\0\0\0"), "mach-o"],
  ["a Mach-O file of 64 bits", latin1("\xcf\xfa\xed\xfe\x07\0\0\x01"), "mach-o"],
  ["a fat Mach-O file", latin1("\xca\xfe\xba\xbe\0\0\0\x02"), "mach-o"],
  ["a fat Mach-O file of 64 bits", latin1("\xca\xfe\xba\xbf\0\0\0\x02"), "mach-o"],
  ["a Java class", latin1("\xca\xfe\xba\xbe\0\0\0\x41"), "java-class"],
  ["a Java class of a preview", latin1("\xca\xfe\xba\xbe\xff\xff\0\x41"), "java-class"],
  ["either, cut", latin1("\xca\xfe\xba\xbe\0\0\0"), undefined],
  ["a shell script", latin1("#!/bin/sh\n"), "script"],
  ["a script behind a byte order mark", latin1("\xef\xbb\xbf#!/bin/sh\n"), undefined],
  ["WebAssembly", latin1("\0asm\x01\0\0\0"), "wasm"],
  ["a Debian package", latin1("!<arch>\ndebian-binary"), "ar"],
  ["an installer of Windows", latin1("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "compound-file"],
  ["a bzip2 file", latin1("BZh91AY&SY"), "bzip2"],
  ["an xz file", latin1("\xfd7zXZ\0\0"), "xz"],
  ["a Zstandard file", latin1("\x28\xb5\x2f\xfd\0"), "zstd"],
  ["JSON", latin1('{"name":"acme"}'), undefined],
  ["the end of a zip archive", latin1("PK\x01\x02"), undefined],
  ["an empty file", Buffer.alloc(0), undefined],
];

for (const [what, head, kind] of KINDS) {
  test(`the kind of ${what} is ${kind ?? "not known"}`, () => assert.equal(kindOf(head), kind));
}

test("what fewer bytes tell, more bytes do not change", () => {
  const head = fc.oneof(fc.constantFrom(...KINDS.map(([, bytes]) => bytes)), fc.uint8Array({ maxLength: 600 }));
  fc.assert(
    fc.property(head, fc.nat(600), (bytes, length) => {
      const short = kindOf(bytes.subarray(0, length));
      if (short !== undefined) assert.equal(kindOf(bytes), short);
    }),
  );
});
