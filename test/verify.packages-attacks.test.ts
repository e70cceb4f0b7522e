// Packages that are built to harm whoever reads them: what several together cost, and what a name hides.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { BOLTSEAL, ROOT } from "./support/project.ts";
import { bareEnvironment, run, runBoltseal } from "./support/run.ts";
import { forgeTar } from "./support/tar-forge.ts";

const MIB = 2 ** 20;
/** Loaded before the program: its last line of standard error is the most memory that it took (kB). */
const PEAK = `data:text/javascript,${encodeURIComponent(`
  import { existsSync, readFileSync } from "node:fs";
  // getrusage(2) also counts the process that it was started from.
  const status = () => (existsSync("/proc/self/status") ? readFileSync("/proc/self/status", "utf8") : "");
  process.on("exit", () => console.error(/VmHWM:\\s*(\\d+)/.exec(status())?.[1] ?? process.resourceUsage().maxRSS));
`)}`;

/** As large as a package may be unpacked beside its size, in files that could each be the one that counts. */
function fullPackage(): Buffer {
  const blank = Buffer.alloc(4 * MIB, " ");
  const folders = Array.from({ length: 15 }, (_, index) => ({ name: `d${index}/package.json`, content: blank }));
  return gzipSync(forgeTar([...folders, { name: "d0/noise", content: randomBytes(MIB / 2) }]), { level: 6 });
}

test("several packages that are full of what is kept take no more memory than one", async () => {
  const top = mkdtempSync(join(tmpdir(), "boltseal-packages-"));
  try {
    const cwd = join(top, "work");
    mkdirSync(cwd);
    const [bytes, names] = [fullPackage(), Array.from({ length: 6 }, (_, index) => `${index}.tgz`)];
    for (const name of names) writeFileSync(join(cwd, name), bytes);
    writeFileSync(join(cwd, "signature.json"), JSON.stringify({ keyid: "x", sig: "AAAA" }));
    const words = ["--import", PEAK, BOLTSEAL, "verify", "--signature", "signature.json", "--", ...names];
    const env = bareEnvironment(join(top, "home"));
    const { exit, stdout, stderr } = await run(process.execPath, words, { cwd, env });
    assert.equal(exit, 2);
    assert.equal(stdout.match(/its files lie in several folders/g)?.length, names.length);
    const peak = Number(stderr.trim().split("\n").at(-1));
    assert.ok(peak > 0 && peak < 300_000, `${peak} kB`);
  } finally {
    rmSync(top, { recursive: true });
  }
});

test("a bundle that can be read in two ways is refused, whatever --as calls it", async () => {
  const top = mkdtempSync(join(tmpdir(), "boltseal-packages-"));
  try {
    const one = readFileSync(join(ROOT, "fixtures/verify/mcpb/unsigned.mcpb"));
    const two = Buffer.concat([one, one]);
    writeFileSync(join(top, "two.mcpb"), two);
    const digest = `sha256:${createHash("sha256").update(two).digest("hex")}`;
    for (const as of [[], ["--as", "two.zip"], ["--as", "two"], ["--as", "TWO.DXT"]]) {
      const words = ["verify", "two.mcpb", "--digest", digest, ...as];
      const { exit, stdout } = await runBoltseal(words, { cwd: top, env: bareEnvironment(join(top, "home")) });
      assert.deepEqual([exit, /\[[a-z-]+\]/.exec(stdout)?.[0]], [1, "[bundle-malformed]"]);
    }
  } finally {
    rmSync(top, { recursive: true });
  }
});
