// Large files, bundles and packages that are made to fill memory: one, and several in a run.

import { deflateRawSync } from "node:zlib";
import type { Hostile } from "./hostile-bytes.ts";
import { MIB, bomb, emptyFiles, gzipOf, many, mcpb, nestedDer, numbered, write, zeros } from "./hostile-bytes.ts";
import { fixture } from "./machine.ts";
import { bareKey } from "./minisign-keys.ts";
import { forgeMember, forgeTarball } from "./tar-forge.ts";
import { forgeZip } from "./zip-forge.ts";
import type { Fields } from "./zip-forge.ts";

const GIB5 = 5 * 2 ** 30;
const manifest = (entry: { data?: Uint8Array; both?: Fields }): Buffer =>
  forgeZip([{ name: "manifest.json", content: "{}", ...entry }]);

/** A package with the registry's signature, which is over the name inside. */
function tarball(name: string, content: () => Uint8Array): Hostile {
  return {
    name,
    make(folder) {
      for (const file of ["bare.json", "keys.json"]) write(folder, file, fixture(`npm/${file}`));
      const words = ["--npm-signature", "bare.json", "--key", "keys.json"];
      return [write(folder, "acme-server-1.2.3.tgz", content()), ...words, ...lockOf(folder)];
    },
  };
}

export function bundle(name: string, content: () => Uint8Array): Hostile {
  return {
    name,
    make: (folder) => [write(folder, "server.mcpb", content()), "--digest", `sha256:${"0".repeat(64)}`],
  };
}

/** A lock asks for what is inside. */
function lockOf(folder: string): readonly string[] {
  return ["--lock-file", write(folder, "test.lock", '{"version":1,"accepted":{}}')];
}

export const SIGNED_BYTES: readonly Hostile[] = [
  {
    name: "199 MB under an unhashed minisign signature",
    make(folder) {
      write(folder, "large.bin.minisig", fixture("minisign/legacy.minisig"));
      return [
        zeros(folder, "large.bin", 199_000_000),
        "--key",
        write(folder, "key.pub", fixture("minisign/test-only-acme.pub")),
      ];
    },
  },
  {
    name: "199 MB under unhashed signatures of minisign and signify, and an SSH signature",
    make(folder) {
      write(folder, "large.bin.minisig", fixture("minisign/legacy.minisig"));
      write(folder, "large.bin.sig", fixture("ssh/ed25519.sig"));
      write(folder, "large.bin.sign", fixture("minisign/mallory.minisig"));
      const key = write(folder, "key.pub", fixture("minisign/test-only-acme.pub"));
      return [
        zeros(folder, "large.bin", 199_000_000),
        "--key",
        key,
        "--key",
        bareKey({ source: "", bytes: fixture("minisign/both.pub") }),
      ];
    },
  },
  {
    name: "four files of 199 MB, each under an unhashed minisign signature",
    make(folder) {
      const files = ["a", "b", "c", "d"].map((name) => {
        write(folder, `${name}.minisig`, fixture("minisign/legacy.minisig"));
        return zeros(folder, name, 199_000_000);
      });
      return ["--key", write(folder, "key.pub", fixture("minisign/test-only-acme.pub")), "--", ...files];
    },
  },
  {
    name: "30 files of 15 MB, each under an unhashed minisign signature",
    make(folder) {
      const files = Array.from({ length: 30 }, (_, index) => {
        write(folder, `f${index}.minisig`, fixture("minisign/legacy.minisig"));
        return zeros(folder, `f${index}`, 15_000_000);
      });
      return ["--key", write(folder, "key.pub", fixture("minisign/test-only-acme.pub")), "--", ...files];
    },
  },
  {
    name: "201 MB under an unhashed minisign signature",
    make(folder) {
      write(folder, "large.bin.minisig", fixture("minisign/legacy.minisig"));
      return [
        zeros(folder, "large.bin", 201_000_000),
        "--key",
        write(folder, "key.pub", fixture("minisign/test-only-acme.pub")),
      ];
    },
  },
];

export const ARCHIVES: readonly Hostile[] = [
  bundle("a bundle whose manifest claims 4 GB", () => manifest({ both: { size: 0xffff_fffe } })),
  bundle("a bundle whose manifest claims 5 GB in zip64", () => {
    const extra = Buffer.alloc(20);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(16, 2);
    extra.writeBigUInt64LE(BigInt(GIB5), 4);
    extra.writeBigUInt64LE(BigInt(10), 12);
    return manifest({ both: { size: 0xffff_ffff, compressedSize: 0xffff_ffff, extra } });
  }),
  bundle("a bundle whose manifest inflates to 5 GB, and claims 1 kB", () =>
    manifest({ data: bomb(GIB5), both: { method: 8, size: 1024 } }),
  ),
  bundle("a bundle whose manifest inflates to 512 MB, and says so", () =>
    manifest({ data: bomb(512 * MIB), both: { method: 8, size: 512 * MIB } }),
  ),
  bundle("a bundle of 65,000 files", () =>
    forgeZip(Array.from({ length: 65_000 }, (_, index) => ({ name: `f/${index}` }))),
  ),
  bundle("a bundle of 60,000 long names", () =>
    forgeZip(Array.from({ length: 60_000 }, (_, index) => ({ name: `${"d".repeat(200)}/${index}` }))),
  ),
  bundle("a bundle of the largest directory", () =>
    forgeZip(Array.from({ length: 65_000 }, (_, index) => ({ name: `${`${"d".repeat(200)}/`.repeat(2)}${index}` }))),
  ),
  bundle("a bundle of deep folders", () =>
    forgeZip(Array.from({ length: 65_000 }, (_, index) => ({ name: `${index}/${"d/".repeat(200)}a` }))),
  ),
  bundle("a bundle signed by DER nested 100,000 deep", () => mcpb(manifest({}), nestedDer(100_000))),
  bundle("a bundle with a manifest of [[[[", () => forgeZip([{ name: "manifest.json", content: many("[", MIB) }])),
  tarball("a package that inflates to 5 GB of zeros", () => gzipOf(bomb(GIB5))),
  tarball("a package of one file of 5 GB", () => {
    const header = forgeMember({ name: "package/a", size: `${GIB5.toString(8).padStart(11, "0")}\0` });
    return gzipOf(Buffer.concat([deflateRawSync(header.subarray(0, 512), { finishFlush: 3 }), bomb(GIB5)]));
  }),
  tarball("a package whose package.json is [[[[", () =>
    forgeTarball([{ name: "package/package.json", content: many("[", MIB) }]),
  ),
];

/** Several archives in one run. */
export const SEVERAL: readonly Hostile[] = [
  {
    name: "eight bundles of 60,000 long names each",
    make(folder) {
      const zip = forgeZip(Array.from({ length: 60_000 }, (_, index) => ({ name: `${"d".repeat(200)}/${index}` })));
      return Array.from({ length: 8 }, (_, index) => write(folder, `${index}.mcpb`, zip));
    },
  },
  {
    name: "eight packages of 100,000 files each",
    make(folder) {
      const tgz = emptyFiles(numbered(100_000, "package/"));
      const files = Array.from({ length: 8 }, (_, index) => write(folder, `${index}.tgz`, tgz));
      return [...lockOf(folder), ...files];
    },
  },
  {
    name: "a package of 100,000 long names",
    make: (folder) => [
      write(folder, "a.tgz", emptyFiles(numbered(100_000, `package/${"d".repeat(80)}/`))),
      ...lockOf(folder),
    ],
  },
  {
    name: "a package of 100,001 files",
    make: (folder) => [write(folder, "a.tgz", emptyFiles(numbered(100_001, "package/"))), ...lockOf(folder)],
  },
  {
    name: "eight bundles with a manifest of [[[[",
    make: (folder) =>
      Array.from({ length: 8 }, (_, index) =>
        write(
          folder,
          `${index}.mcpb`,
          forgeZip([
            { name: "manifest.json", content: many("[", MIB) },
            { name: "filler", content: many("x", 4 * MIB) },
          ]),
        ),
      ),
  },
];
