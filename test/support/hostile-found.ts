// Evidence that nobody named, in a folder that somebody else filled.

import type { Hostile } from "./hostile-bytes.ts";
import { MIB, write } from "./hostile-bytes.ts";
import { TEXTS } from "./hostile-texts.ts";
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
];
