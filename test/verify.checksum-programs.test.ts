// Checksum lists of sha256sum, b2sum and openssl for files with nasty names, where these are installed: what
// they write we read, and what sha256sum accepts we list with the same digest.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Algorithm } from "../src/core/digest.ts";
import { skipWithout, tool } from "./support/tools.ts";
import { ask, escaped, OTHER, parse } from "./support/checksum-lists.ts";

const NASTY = [
  "a.txt",
  "b c.txt",
  " leading",
  "trailing ",
  "  ",
  "*star",
  "back\\slash",
  "new\nline",
  "car\rriage",
  "end\r",
  "\\n",
  "\n",
  "\\",
  "#comment",
  ";semicolon",
  "(",
  ")",
  ") = ",
  "x) = ",
  `x) = ${OTHER}`,
  "-",
  "--tag",
  "\u{feff}bom",
  "e\u0301",
  "\u00e9",
  "日本😀",
  OTHER,
  `${OTHER}  a.txt`,
  `x\n${OTHER}  a.txt`,
  "SHA256 (a.txt) = ",
  "__proto__",
  "line\u2028separator",
  "..a",
];

/** Runs `job` in a folder with one file for each nasty name; the bytes of a file are its name. */
function amongNastyFiles(job: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "boltseal-checksums-"));
  try {
    for (const name of NASTY) writeFileSync(join(folder, name), name);
    job(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Program {
  readonly name: string;
  readonly args: readonly string[];
  readonly hash: string;
  readonly algorithm: Algorithm;
  readonly source?: string;
  /** The program checks its own list with `-c`. */
  readonly checks: boolean;
  /** It escapes line ends in names. */
  readonly escapes: boolean;
}

const PROGRAMS: readonly Program[] = [
  { name: "sha256sum", args: [], hash: "sha256", algorithm: "sha256", checks: true, escapes: true },
  { name: "sha256sum", args: ["-b"], hash: "sha256", algorithm: "sha256", checks: true, escapes: true },
  { name: "sha256sum", args: ["--tag"], hash: "sha256", algorithm: "sha256", checks: true, escapes: true },
  { name: "sha512sum", args: [], hash: "sha512", algorithm: "sha512", checks: true, escapes: true },
  { name: "b2sum", args: ["--tag"], hash: "blake2b512", algorithm: "blake2b512", checks: true, escapes: true },
  {
    name: "b2sum",
    args: [],
    hash: "blake2b512",
    algorithm: "blake2b512",
    source: "B2SUMS",
    checks: true,
    escapes: true,
  },
  { name: "openssl", args: ["dgst", "-sha256"], hash: "sha256", algorithm: "sha256", checks: false, escapes: false },
  {
    name: "openssl",
    args: ["dgst", "-sha512-256"],
    hash: "sha512-256",
    algorithm: "sha512-256",
    checks: false,
    escapes: false,
  },
  {
    name: "openssl",
    args: ["dgst", "-sha256", "-r"],
    hash: "sha256",
    algorithm: "sha256",
    checks: false,
    escapes: false,
  },
];

for (const { name, args, hash, algorithm, source, checks, escapes } of PROGRAMS) {
  const command = [name, ...args].join(" ");
  test(
    `${command} on nasty names: the list says of each file what the file has`,
    { skip: checks ? skipWithoutCoreutils(name) : skipWithout(name) },
    () => {
      amongNastyFiles((folder) => {
        for (const file of NASTY) {
          const output = execFileSync(tool(name).path, [...args, `./${file}`], { cwd: folder });
          const lookup = ask(parse(output, source), file, undefined, false);
          const hex = createHash(hash).update(file).digest("hex");
          if (!escapes && /[\n\r]/.test(file)) {
            // Without escapes the program's own line is broken; what is left of it names no such file.
            if (lookup.state === "listed") assert.deepEqual(lookup.entries[0]?.digest.hex, hex);
            continue;
          }
          assert.equal(lookup.state, "listed", JSON.stringify(file));
          assert.deepEqual(lookup.state === "listed" && lookup.entries.map((entry) => entry.digest), [
            { algorithm, hex, from: "declared" },
          ]);
          if (checks) assert.equal(accepts(name, folder, output), true, JSON.stringify(file));
        }
      });
    },
  );
}

/** Other programs of these names know other flags, and coreutils before 9 do not escape CR. */
function skipWithoutCoreutils(name: string): string | false {
  const absent = skipWithout(name);
  if (absent !== false) return absent;
  const version = spawnSync(tool(name).path, ["--version"], { encoding: "utf8" }).stdout;
  return / \(GNU coreutils\) (?:9|[1-9]\d)\./.test(version) ? false : `${name} is not of GNU coreutils 9 or later`;
}

/** Whether the program itself finds the list in order. */
function accepts(program: string, folder: string, list: Uint8Array): boolean {
  return spawnSync(tool(program).path, ["--strict", "--status", "-c"], { cwd: folder, input: list }).status === 0;
}

/** Spellings of one line, of which sha256sum accepts some. */
const spellings = fc.record({
  indent: fc.constantFrom("", "", " ", "\t", "  \t"),
  upper: fc.boolean(),
  folder: fc.constantFrom("", "", "./", ".//./"),
  around: fc.constantFrom<readonly [string, string]>(
    ...[" ", "  ", " *", "\t", "\t*", "   ", "**", ""].map((gap) => ["HEX" + gap, ""] as const),
    ...["SHA256 (", "SHA256(", "SHA256  (", "sha256 ("].flatMap((tag) =>
      [") = HEX", ")= HEX", ")=HEX", ")\t=\tHEX", ") HEX"].map((value) => [tag, value] as const),
    ),
  ),
  tail: fc.constantFrom("", "", "\r", " ", "\t", "\r\r", ")"),
  end: fc.constantFrom("", "\n", "\n\n", "\n# comment\n"),
});

test("what sha256sum -c accepts, we list with the same digest", { skip: skipWithoutCoreutils("sha256sum") }, () => {
  let accepted = 0;
  amongNastyFiles((folder) => {
    const files = fc.constantFrom("a.txt", "b c.txt", "back\\slash", "new\nline", "*star", " leading", "x) = ");
    fc.assert(
      fc.property(files, spellings, (file, { indent, upper, folder: at, around, tail, end }) => {
        const hex = createHash("sha256").update(file).digest("hex");
        const [front, back] = around.map((part) => part.replace("HEX", upper ? hex.toUpperCase() : hex));
        const list = `${indent}${escaped(at + file, (text) => `${front}${text}${back}`)}${tail}${end}`;
        if (!accepts("sha256sum", folder, Buffer.from(list))) return;
        accepted++;
        const lookup = ask(parse(list), file, undefined, false);
        assert.equal(lookup.state === "listed" && lookup.entries[0]?.digest.hex, hex, JSON.stringify(list));
      }),
      { numRuns: 400 },
    );
  });
  assert.ok(accepted >= 20, `sha256sum accepted ${accepted} lists: too few to say anything`);
});
