// What archive readers say of each file's content, when they are asked: the same for tarballs and zips.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { examineContent } from "../src/io/archive-examine.ts";
import { readTarballBytes, readZipBytes } from "./support/archive-files.ts";
import { forgeTarball } from "./support/tar-forge.ts";
import { forgeZip } from "./support/zip-forge.ts";

const ELF = Buffer.concat([Buffer.from("\x7fELF", "latin1"), Buffer.alloc(3 << 20, 7)]);
const FILES = [
  { name: "a/native", content: ELF },
  { name: "a/text", content: "text" },
  { name: "a/empty", content: "" },
];
const hex = (algorithm: string, content: Uint8Array | string): string =>
  createHash(algorithm).update(content).digest("hex");

for (const [format, read] of [
  ["tarball", () => readTarballBytes(forgeTarball([{ name: "a/" }, ...FILES]), { examined: ["sha256", "sha512"] })],
  ["zip", () => readZipBytes(forgeZip([{ name: "a/" }, ...FILES]), { examined: ["sha256", "sha512"] })],
] as const) {
  test(`every file of a ${format} has its hashes and kind, whatever its size, and folders have none`, async () => {
    const answer = await read();
    assert.ok(answer.ok);
    assert.deepEqual(
      answer.entries.map(({ name, content }) => [name, content?.kind, content?.digests.map((digest) => digest.hex)]),
      [
        ["a", undefined, undefined],
        ...FILES.map(({ name, content }) => [
          name,
          name === "a/native" ? "elf" : undefined,
          [hex("sha256", content), hex("sha512", content)],
        ]),
      ],
    );
  });

  test(`nothing is said of the files of a ${format} when it was not asked`, async () => {
    const answer = await (format === "zip" ? readZipBytes(forgeZip(FILES)) : readTarballBytes(forgeTarball(FILES)));
    assert.ok(answer.ok);
    assert.ok(answer.entries.every((entry) => entry.content === undefined));
  });
}

test("the kind is told from the first bytes, however they are cut into chunks", () => {
  const whole = Buffer.concat([Buffer.alloc(257), Buffer.from("ustar"), Buffer.alloc(600)]);
  const examination = examineContent(["sha384"]);
  for (let at = 0; at < whole.length; at += 100) examination.update(whole.subarray(at, at + 100));
  assert.deepEqual(examination.finish(), {
    digests: [{ algorithm: "sha384", hex: hex("sha384", whole), from: "computed" }],
    kind: "tar",
  });
});
