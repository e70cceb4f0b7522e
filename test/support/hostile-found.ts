// Evidence that nobody named, in a folder that somebody else filled.

import type { Hostile } from "./hostile-bytes.ts";
import { MIB, write } from "./hostile-bytes.ts";
import { TEXTS, listOf } from "./hostile-texts.ts";
import { fixture } from "./machine.ts";

const SIDECARS = [
  ".asc",
  ".sig",
  ".sign",
  ".gpg",
  ".pgp",
  ".minisig",
  ".p7s",
  ".sigstore",
  ".sigstore.json",
  ".intoto.jsonl",
  ".sha256",
  ".sha512",
];

/** Evidence that nobody named. */
export const FOUND: readonly Hostile[] = [
  ...[
    "a bundle with an array of objects",
    "a checksum list",
    "100,000 bundles, a line each",
    "an OpenPGP signature, often",
    "a text that OpenPGP signed, of short lines",
    "line feeds",
  ].map((kind): Hostile => ({
    name: `found beside two files, wherever that is looked for: ${kind}`,
    make(folder) {
      const content = Buffer.from(TEXTS.find(([name]) => name === kind)?.[1]() ?? "");
      for (const name of ["a.bin", "b.bin"]) {
        write(folder, name, "a file");
        for (const suffix of SIDECARS) write(folder, name + suffix, content.subarray(0, MIB));
      }
      for (const name of [
        "SHA256SUMS",
        "SHA512SUMS",
        "checksums.txt",
        "sha256sums",
        "sha256sums.txt",
        "SHASUMS",
        "x_checksums.txt",
        "y_SHA256SUMS",
      ]) {
        write(folder, name, content.subarray(0, 4 * MIB));
        for (const suffix of [".asc", ".sig", ".minisig"]) write(folder, name + suffix, content.subarray(0, MIB));
      }
      write(folder, "key.asc", fixture("good/acme.asc"));
      return ["--key", "key.asc", "--", "a.bin", "b.bin"];
    },
  })),
  {
    name: "found in a folder of 5,000 files, each with a name that says it is a list",
    make(folder) {
      for (let index = 0; index < 2500; index++) {
        write(folder, `f${index}.bin`, "a file");
        write(folder, `f${index}_SHA256SUMS`, "no list");
      }
      return ["."];
    },
  },
  {
    name: "found in a folder of 1,000 files that eight long lists do not name",
    make(folder) {
      for (let index = 0; index < 1000; index++) write(folder, `f${index}.bin`, "a file");
      for (let index = 0; index < 8; index++) write(folder, `${index}_SHA256SUMS`, listOf(80, 13_000));
      return ["."];
    },
  },
];
