// Tarballs that other programs make, and a small one with every byte changed: what passes is what npm's own
// reader and bsdtar read.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { filesOf, folder, readTarballBytes, readTarballFile, writeArchive } from "./support/archive-files.ts";
import { nodeTarFiles } from "./support/archive-readers.ts";
import { changes, fewValues, insertions, truncations } from "./support/openpgp-mangling.ts";
import { skipWithout, tool } from "./support/tools.ts";
import { extended, forgeTar, forgeTarball, record } from "./support/tar-forge.ts";

const tree = join(folder, "package");
mkdirSync(join(tree, "bin", "deep".repeat(20), "deep".repeat(20)), { recursive: true });
writeFileSync(join(tree, "package.json"), '{"name":"acme","version":"1.0.0"}');
writeFileSync(join(tree, "bin", "deep".repeat(20), "deep".repeat(20), "é.js"), "x");
writeFileSync(join(tree, "bin/run"), "#!/bin/sh\n".repeat(50));
chmodSync(join(tree, "bin/run"), 0o755);

const EXPECTED = {
  "package/package.json": '{"name":"acme","version":"1.0.0"}',
  [`package/bin/${"deep".repeat(20)}/${"deep".repeat(20)}/é.js`]: "x",
  "package/bin/run": "#!/bin/sh\n".repeat(50),
};

for (const [program, args] of [
  ["bsdtar", ["--format", "ustar"]],
  ["bsdtar", ["--format", "pax"]],
  ["bsdtar", ["--format", "gnutar"]],
  ["tar", ["--format", "ustar"]],
  ["tar", ["--format", "posix"]],
  ["tar", ["--format", "gnu"]],
] as const) {
  test(
    `tarballs that ${program} ${args.join(" ")} makes are read`,
    { skip: skipWithout(program, "gzip") },
    async () => {
      const path = join(folder, "made.tgz");
      execFileSync(tool(program).path, [...args, "-czf", path, "-C", folder, "package"]);
      const answer = await readTarballFile(path, { onlyFiles: true });
      assert.deepEqual(filesOf(answer), { ...EXPECTED });
      assert.equal(
        answer.ok && (answer.entries.find(({ name }) => name === "package/bin/run")?.mode ?? 0) & 0o777,
        0o755,
      );
    },
  );
}

test("tarballs that npm makes are read", { skip: tool("npm").skip }, async () => {
  execFileSync(tool("npm").path, ["pack", "--offline", "--ignore-scripts", "--pack-destination", folder], {
    cwd: tree,
    stdio: "pipe",
  });
  const answer = await readTarballFile(join(folder, "acme-1.0.0.tgz"), { onlyFiles: true });
  assert.deepEqual(filesOf(answer), EXPECTED);
});

const MEMBERS = [
  { name: "package.json", prefix: "package", content: '{"name":"acme"}' },
  extended(record("path", "package/run"), record("comment", "x")),
  { name: "package/r", content: "#!/bin/sh" },
];
const PLAIN = forgeTar(MEMBERS);
/** Where headers begin: the extended one has a block of records. */
const HEADERS = [0, 1024, 2048];

/** The archive with the checksum of the header that holds the position put right. */
function withChecksum(tar: Uint8Array, at: number): Uint8Array {
  const start = HEADERS.find((header) => at >= header && at < header + 512);
  if (start === undefined || (at - start >= 148 && at - start < 156)) return tar;
  const fixed = Buffer.from(tar);
  fixed.fill(" ", start + 148, start + 156);
  const sum = fixed.subarray(start, start + 512).reduce((total, byte) => total + byte, 0);
  fixed.write(`${sum.toString(8).padStart(6, "0")}\0 `, start + 148, "latin1");
  return fixed;
}

/** What bsdtar reads: the names, without those of folders, and the content of all files in their order. */
async function foreignFiles(tarball: Uint8Array): Promise<readonly [names: readonly string[], content: string]> {
  const { stdout, stderr } = await promisify(execFile)(tool("bsdtar").path, ["-xvOf", writeArchive(tarball)]);
  const names = stderr.split("\n").flatMap((line) => (/^x .*[^/]$/.test(line) ? [line.slice(2)] : []));
  return [names, stdout];
}

test("no changed byte passes that other programs read differently", { skip: tool("bsdtar").skip }, async () => {
  const passed = new Map<number, readonly [Uint8Array, Readonly<Record<string, string>>]>();
  // Most of it is padding, of which a quarter shows enough.
  const values = (byte: number, at: number): readonly number[] =>
    byte === 0 ? [1].slice(0, at % 4 === 0 ? 1 : 0) : [byte ^ 1, byte ^ 0x80, 0];
  for (const { at, bytes, value } of changes(PLAIN, values)) {
    const tarball = gzipSync(withChecksum(bytes, at), { level: 0 });
    const answer = await readTarballBytes(tarball, { onlyFiles: true });
    if (!answer.ok) continue;
    assert.deepEqual(nodeTarFiles(writeArchive(tarball)), filesOf(answer), `byte ${at} as ${value}`);
    passed.set(at, [tarball, filesOf(answer)]);
  }
  assert.ok(passed.size > 50);
  // To ask bsdtar about one takes longer than all the rest: every third.
  const some = [...passed].filter((_, index) => index % 3 === 0);
  for (let i = 0; i < some.length; i += 8) {
    const batch = some.slice(i, i + 8);
    const found = await Promise.all(batch.map(([, [tarball]]) => foreignFiles(tarball)));
    batch.forEach(([at, [, files]], j) => {
      assert.deepEqual(found[j], [Object.keys(files), Object.values(files).join("")], `byte ${at}`);
    });
  }
});

test("no changed byte of the compressed file changes what is read", async () => {
  const tarball = forgeTarball(MEMBERS);
  const truth = filesOf(await readTarballBytes(tarball));
  const passed = new Set<number>();
  for (const { at, bytes } of changes(tarball, fewValues)) {
    const answer = await readTarballBytes(bytes);
    if (!answer.ok) continue;
    passed.add(at);
    assert.deepEqual(filesOf(answer), truth, `byte ${at}`);
  }
  // Of the header: the flag of text, the time, what the compressor was, and on which system.
  assert.deepEqual(
    [...passed].filter((at) => at < 10),
    [3, 4, 5, 6, 7, 8, 9],
  );
});

test("no truncation and no insertion passes", async () => {
  const tarball = forgeTarball(MEMBERS);
  for (const bytes of truncations(tarball)) assert.ok(!(await readTarballBytes(bytes)).ok, `${bytes.length} bytes`);
  for (const { at, bytes } of insertions(tarball, Buffer.of(0)))
    assert.ok(!(await readTarballBytes(bytes)).ok, `${at}`);
  const last = PLAIN.length - 1024;
  for (let length = 0; length < PLAIN.length; length += 64) {
    const answer = await readTarballBytes(gzipSync(PLAIN.subarray(0, length)));
    assert.ok(!answer.ok, `${length} of ${last} bytes before the end`);
  }
});
