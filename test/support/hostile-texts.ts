// Texts and DER for each flag that names evidence or keys, of the most bytes that are read of such a file.

import type { Hostile } from "./hostile-bytes.ts";
import { MAX_EVIDENCE, MIB, derOfMany, list, many, nestedDer, pem, unarmor, write } from "./hostile-bytes.ts";
import { fixture } from "./machine.ts";
import { ed25519, publicLine } from "./ssh-signer.ts";

/** A file of evidence beside a good document, named by a flag. */
export function evidence(name: string, content: () => string | Uint8Array, flag = "--signature"): Hostile {
  return {
    name: `${flag} ${name}`,
    make(folder) {
      write(folder, "document.txt", fixture("minisign/document.txt"));
      return ["document.txt", flag, write(folder, "evidence", content())];
    },
  };
}

/** Keys beside a good document and its good signature. */
export function keys(name: string, content: () => string | Uint8Array, flag = "--key"): Hostile {
  return {
    name: `${flag} ${name}`,
    make(folder) {
      const files = {
        "document.txt": "ssh/document.txt",
        "document.txt.sig": "ssh/mallory.sig",
        "document.txt.minisig": "minisign/mallory.minisig",
      };
      for (const [to, from] of Object.entries(files)) write(folder, to, fixture(from));
      return ["document.txt", flag, write(folder, "keys", content())];
    },
  };
}

const MARK = '{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json"';
const LINE = `${publicLine(ed25519())}\n`;

/** What each flag for evidence is given. */
export const TEXTS: readonly (readonly [name: string, content: () => string | Uint8Array])[] = [
  ["[[[[", () => many("[")],
  ["{[[[[ that says it is a bundle", () => `${MARK},"a":${"[".repeat(MAX_EVIDENCE - 100)}`],
  ['{"a":{"a":', () => many('{"a":')],
  ["a bundle with an array of numbers", () => list(`${MARK},"a":[`, "1", "]}")],
  ["a bundle with an array of arrays", () => list(`${MARK},"a":[`, "[]", "]}")],
  ["a bundle with an array of objects", () => list(`${MARK},"a":[`, "{}", "]}")],
  ["a bundle with a string", () => `${MARK},"a":"${"x".repeat(MAX_EVIDENCE - 100)}"}`],
  ["a bundle with a string of escapes", () => `${MARK},"a":"${"\\n".repeat(MAX_EVIDENCE / 2 - 100)}"}`],
  ["a bundle with a name of escapes", () => `${MARK},"${"\\u0041".repeat(MAX_EVIDENCE / 6 - 100)}":1}`],
  ["base64", () => many("QUJD")],
  ["base64 in lines", () => many(`${"QUJD".repeat(16)}\n`)],
  ["line feeds", () => many("\n")],
  ["blanks", () => many(" ")],
  ["NUL bytes", () => many("\0")],
  ["100,000 bundles, a line each", () => `${MARK},"content":{"a":"${"x".repeat(80)}"}}\n`.repeat(100_000)],
  ["many more bundles, a line each", () => many(`${MARK}}\n`)],
  ["attestations of numbers", () => list('{"attestations":[', "1", "]}")],
  ["attestations of objects", () => list('{"attestations":[', "{}", "]}", 4 * MIB)],
  ["signatures of numbers", () => list('{"name":"a","version":"1.0.0","signatures":[', "1", "]}")],
  ["signatures of objects", () => list('{"name":"a","version":"1.0.0","signatures":[', "{}", "]}")],
  [
    "keys of an object",
    () => `{"keyid":"a","sig":"b"${Array.from({ length: 900_000 }, (_, index) => `,"k${index}":1`).join("")}}`,
  ],
  ["DER nested 100,000 deep", () => nestedDer(100_000)],
  ["DER nested 3,000,000 deep", () => nestedDer(3_000_000)],
  ["DER nested 100,000 deep, in PEM", () => pem("PKCS7", nestedDer(100_000))],
  ["DER of many empty values", () => derOfMany()],
  ["PEM with many blanks", () => `-----BEGIN CMS-----\n${" ".repeat(MAX_EVIDENCE - 100)}x\n`],
  ["PEM of many blocks", () => many(pem("CERTIFICATE", nestedDer(3)))],
  ["an OpenPGP armor with many blanks", () => `-----BEGIN PGP SIGNATURE-----\n${" ".repeat(MAX_EVIDENCE - 100)}x\n`],
  ["a text that OpenPGP signed, with many blanks", () => signedTextOf(`${" ".repeat(7_000_000)}x\n`)],
  ["an SSH signature with many blanks", () => `-----BEGIN SSH SIGNATURE-----\n${" ".repeat(MAX_EVIDENCE - 100)}x\n`],
  ["a bundle with many blanks", () => `${MARK}${" ".repeat(MAX_EVIDENCE - 200)}x\n${MARK}}`],
  [
    "an OpenPGP armor that does not end",
    () => `-----BEGIN PGP SIGNATURE-----\n\n${"QUJD".repeat(16).concat("\n").repeat(250_000)}`,
  ],
  ["OpenPGP packets without content", () => many(Uint8Array.of(0xca, 0))],
  ["OpenPGP signatures, broken", () => many(Uint8Array.of(0xc2, 0x05, 4, 0, 1, 8, 0))],
  ["an OpenPGP signature, often", () => many(fixture("signatures/bob.sig"))],
  [
    "a text that OpenPGP signed, of short lines",
    () => `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${"a\n".repeat(8_000_000)}`,
  ],
  [
    "an SSH signature that does not end",
    () => `-----BEGIN SSH SIGNATURE-----\n${"U1NI".repeat(17).concat("\n").repeat(240_000)}`,
  ],
  ["SSH signatures", () => many(fixture("ssh/ed25519.sig"))],
  ["minisign signatures", () => many(fixture("minisign/prehashed.minisig"))],
  [
    "a long comment of minisign",
    () => `untrusted comment: ${"x".repeat(MAX_EVIDENCE - 400)}\n${fixture("minisign/prehashed.minisig").toString()}`,
  ],
  ["a checksum list", () => many(`${"0".repeat(64)}  a\n`)],
];

export const KEYS: readonly (readonly [name: string, content: () => string | Uint8Array])[] = [
  ["allowed signers, 16 MB", () => many(`alice@acme.example ${LINE}`)],
  ["allowed signers with a long list of names", () => `${"a,".repeat(MAX_EVIDENCE / 2 - 200)}a ${LINE}`],
  ["allowed signers with many options", () => `a ${'namespaces="x",'.repeat(1_000_000)}cert-authority ${LINE}`],
  ["a key among short lines", () => LINE + many("a\n", MAX_EVIDENCE - 200).toString()],
  ["a key among empty lines", () => LINE + many("\n", MAX_EVIDENCE - 200).toString()],
  ["a key and one long line", () => LINE + many("a ", MAX_EVIDENCE - 200).toString()],
  ["a key and one long line of quotes", () => `${LINE}a namespaces="${many("\\", MAX_EVIDENCE - 300).toString()}`],
  ["minisign keys", () => many(fixture("minisign/test-only-acme.pub"))],
  ["OpenPGP keys", () => many(fixture("good/acme.asc"))],
  ["OpenPGP keys, binary", () => many(unarmor(fixture("good/acme.asc")))],
  ["OpenPGP packets without content", () => many(Uint8Array.of(0xc6, 0))],
  ["keys of a registry, [[[[", () => `{"keys":${"[".repeat(MAX_EVIDENCE - 10)}`],
  ["keys of a registry, of numbers", () => list('{"keys":[', "1", "]}")],
  ["keys of a registry, of objects", () => list('{"keys":[', "{}", "]}")],
  ["public keys in PEM", () => many(fixture("npm/test-only-registry.pem"))],
  ["a public key in PEM, nested 100,000 deep", () => pem("PUBLIC KEY", nestedDer(100_000))],
  ["a certificate with many blanks", () => `-----BEGIN CERTIFICATE-----\n${" ".repeat(MAX_EVIDENCE - 100)}x\n`],
  ["an SSH key behind many blanks", () => `${LINE}a${" ".repeat(MAX_EVIDENCE - 400)}x ${LINE}`],
  [
    "an OpenPGP key with many blanks",
    () => `-----BEGIN PGP PUBLIC KEY BLOCK-----\n${" ".repeat(MAX_EVIDENCE - 100)}x\n`,
  ],
  ["a minisign key with many blanks", () => `untrusted comment: ${" ".repeat(MAX_EVIDENCE - 200)}x\nRWQ\n`],
  ["certificates", () => many(fixture("mcpb/publisher.pem"))],
  ["a certificate nested 100,000 deep", () => pem("CERTIFICATE", nestedDer(100_000))],
  ["[[[[", () => many("[")],
];

export function listOf(width: number, count: number): string {
  const line = (index: number): string => `${"0".repeat(64)}  ${String(index).padEnd(width - 67, "x")}\n`;
  return Array.from({ length: count }, (_, index) => line(index)).join("");
}

const signedList = (width: number, count: number): string => signedTextOf(listOf(width, count));

const signedTextOf = (text: string): string =>
  fixture("good/SHA256SUMS.signed").toString().replace("\n\n", `\n\n${text}`);

/** Files of the user that somebody else wrote. */
export const NAMED: readonly Hostile[] = [
  ...(["--server-json", "--policy", "--lock-file"] as const).flatMap((flag) =>
    (
      [
        ["[[[[", () => many("[", MIB)],
        ["an array of objects", () => list('{"version":1,"artifacts":[', "{}", "]}", MIB)],
        ["line feeds", () => many("\n", MIB)],
        [
          "rules",
          () =>
            `{"version":1,"artifacts":{${Array.from({ length: 30_000 }, (_, index) => `"f${index}*":{"digests":[]}`).join(",")}}}`,
        ],
      ] as const
    ).map(([name, content]) => evidence(name, content, flag)),
  ),
  evidence(
    "8 MB of entries",
    () =>
      `{"version":1,"subjects":{${Array.from({ length: 80_000 }, (_, index) => `"f${index}":{"sha256":"${"0".repeat(64)}"}`).join(",")}}}`,
    "--lock-file",
  ),
  evidence("a list of 16 MB", () => many(`${"0".repeat(64)}  a\n`, 15 * MIB), "--checksums"),
  evidence(
    "24 MB of a text that OpenPGP signed, of short lines",
    () => `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${"a\n".repeat(12_000_000)}`,
    "--checksums",
  ),
  evidence(
    "24 MB of a text that OpenPGP signed, of one line",
    () =>
      `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${"a".repeat(24_000_000)}\n-----BEGIN PGP SIGNATURE-----\n`,
    "--checksums",
  ),
  evidence("8 MB of a signed text, of short lines", () => signedTextOf("a\n".repeat(98_000)), "--checksums"),
  evidence("8 MB of a signed text, of long lines", () => signedList(85, 98_000), "--checksums"),
  evidence("a list of 16 MB, of long lines", () => listOf(130, 125_000), "--checksums"),
];

export const FLAGS = ["--signature", "--bundle", "--attestations", "--npm-signature", "--checksums"] as const;
