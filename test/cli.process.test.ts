// The program as a process: signals, pipes, closed and full outputs. What a shell sees must never be success
// where there was no verdict.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { BOLTSEAL, ROOT } from "./support/project.ts";
import { bareEnvironment } from "./support/run.ts";

/** A copy of a release in a folder that goes with the test. */
function releaseOf(t: TestContext): { cwd: string; env: Record<string, string> } {
  const folder = mkdtempSync(join(tmpdir(), "boltseal-process-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const cwd = join(folder, "release");
  cpSync(join(ROOT, "fixtures/verify/good"), cwd, { recursive: true });
  mkdirSync(join(folder, "home"));
  return { cwd, env: bareEnvironment(join(folder, "home")) };
}

/** How a program ended, when all that it wrote was read. */
function ended(child: ChildProcess): Promise<{ readonly code: number | null; readonly signal: string | null }> {
  return new Promise((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

const GOOD = ["verify", "installer.sh", "--signature", "installer.sh.asc", "--key", "acme.asc"];

test("a word that is too long for a file's name is no internal error", async (t) => {
  for (const word of [`-${"a".repeat(5000)}`, `https://${"a".repeat(5000)}`]) {
    const child = spawn(process.execPath, [BOLTSEAL, ...GOOD, word], {
      ...releaseOf(t),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.resume();
    const { code } = await ended(child);
    assert.equal(code, 2);
    assert.match(stderr, /^boltseal: (?:unknown option|https:)/);
  }
});

test("a reader that has gone is not a success", async (t) => {
  const child = spawn(process.execPath, [BOLTSEAL, ...GOOD], { ...releaseOf(t), stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  const { code } = await ended(child);
  assert.equal(code, 2);
});

test(
  "a full disk is told as such, and is not a success",
  { skip: !existsSync("/dev/full") && "there is no /dev/full" },
  async (t) => {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [BOLTSEAL, ...GOOD], { ...releaseOf(t), stdio: ["ignore", full, "pipe"] });
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const { code } = await ended(child);
    closeSync(full);
    assert.equal(code, 2);
    assert.equal(stderr, "boltseal: the output cannot be written (ENOSPC)\n");
  },
);

test("a slow reader gets the whole report", async (t) => {
  const names = Array.from({ length: 3000 }, (_, i) => `missing-${i}`);
  const child = spawn(process.execPath, [BOLTSEAL, "verify", "--json", "--", ...names], {
    ...releaseOf(t),
    stdio: ["ignore", "pipe", "ignore"],
  });
  child.stdout.pause();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stdout.resume();
  const { code } = await ended(child);
  assert.equal(code, 2);
  const report = JSON.parse(Buffer.concat(chunks).toString()) as { verdict: string; findings: unknown[] };
  assert.equal(report.verdict, "unknown");
  assert.ok(report.findings.length >= names.length);
});

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${signal} ends the program by that signal, and leaves no unverified copy behind`, async (t) => {
    const { cwd, env } = releaseOf(t);
    const large = openSync(join(cwd, "large.bin"), "w");
    ftruncateSync(large, 8e9);
    closeSync(large);
    const words = ["verify", "large.bin", "--digest", `sha512:${"0".repeat(128)}`, "--output", "copy.bin"];
    const child = spawn(process.execPath, [BOLTSEAL, ...words], { cwd, env, stdio: "ignore" });
    while (!readdirSync(cwd).some((name) => name.endsWith(".part")))
      await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill(signal);
    const { code, signal: by } = await ended(child);
    assert.deepEqual([code, by], [null, signal]);
    assert.deepEqual(
      readdirSync(cwd).filter((name) => name.includes("copy.bin")),
      [],
    );
  });
}

test(
  "a terminal of no width gets no progress line, which would never end",
  { skip: !existsSync("/usr/bin/script") && "there is no script(1)" },
  async (t) => {
    const { cwd, env } = releaseOf(t);
    const large = openSync(join(cwd, "large.bin"), "w");
    ftruncateSync(large, 2e9);
    closeSync(large);
    const program = `timeout -s KILL 30 '${process.execPath}' '${BOLTSEAL}' verify large.bin --digest sha256:${"0".repeat(64)}`;
    // script(1) gives its terminal the size of its own standard input, which has none.
    const child = spawn("/usr/bin/script", ["-qec", program, "/dev/null"], {
      cwd,
      env,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let output = "";
    child.stdout?.on("data", (chunk: Buffer) => (output += chunk.subarray(0, 10_000).toString()));
    const { code } = await ended(child);
    assert.equal(code, 1);
    assert.match(output, /1 artifact rejected/);
  },
);

test("a crash of the program is exit 2, never Node's own 1", async (t) => {
  const { cwd, env } = releaseOf(t);
  writeFileSync(join(cwd, "crash.cjs"), "setTimeout(() => { throw new Error('crash \\u001b[31m'); }, 0);");
  const child = spawn(process.execPath, ["--require", "./crash.cjs", BOLTSEAL, "verify", "missing"], {
    cwd,
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const { code } = await ended(child);
  assert.equal(code, 2);
  assert.match(stderr, /internal error: crash \\u001b\[31m\n/);
});

test(
  "an output folder that cannot be written to is an error before anything is read",
  { skip: process.getuid?.() === 0 && "root may write everywhere" },
  async (t) => {
    const { cwd, env } = releaseOf(t);
    chmodSync(cwd, 0o555);
    const child = spawn(process.execPath, [BOLTSEAL, ...GOOD, "--output", "copy.sh"], { cwd, env, stdio: "ignore" });
    const { code } = await ended(child);
    chmodSync(cwd, 0o755);
    assert.equal(code, 2);
  },
);

test(
  "a name that is not UTF-8 is refused, since Node would open another file",
  { skip: process.platform !== "linux" },
  async (t) => {
    const { cwd, env } = releaseOf(t);
    cpSync(join(cwd, "installer.sh"), join(cwd, "tool\u{fffd}.sh"));
    const child = spawn(
      "sh",
      ["-c", 'exec "$0" "$1" verify --key acme.asc "$(printf \'tool\\377.sh\')"', process.execPath, BOLTSEAL],
      {
        cwd,
        env,
        stdio: ["ignore", "ignore", "pipe"],
      },
    );
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const { code } = await ended(child);
    assert.equal(code, 2);
    assert.match(stderr, /not a name in UTF-8/);
  },
);

test(
  "a working directory that is gone is told as such, also where nobody can be told",
  { skip: !existsSync("/dev/full") },
  async (t) => {
    const { cwd, env } = releaseOf(t);
    for (const stderr of ["&1", "/dev/full"]) {
      const words = [
        "-c",
        `mkdir gone && cd gone && rmdir ../gone && exec "$0" "$1" verify x 2>${stderr}`,
        process.execPath,
        BOLTSEAL,
      ];
      const child = spawn("sh", words, { cwd, env, stdio: ["ignore", "pipe", "ignore"], timeout: 20_000 });
      let stdout = "";
      child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
      const { code } = await ended(child);
      assert.equal(code, 2);
      assert.equal(stdout, stderr === "&1" ? "boltseal: the working directory is gone\n" : "");
    }
  },
);

test("a found signature of a million empty packets is refused in little memory", async (t) => {
  const { cwd, env } = releaseOf(t);
  writeFileSync(join(cwd, "installer.sh.sig"), Buffer.alloc(1 << 20, Buffer.from([0xca, 0])));
  const peak = `process.on("exit", () => require("node:fs").writeSync(2, String(process.resourceUsage().maxRSS)))`;
  writeFileSync(join(cwd, "peak.cjs"), peak);
  const words = ["--require", "./peak.cjs", BOLTSEAL, "verify", "installer.sh", "--key", "acme.asc"];
  const child = spawn(process.execPath, words, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const { code } = await ended(child);
  assert.equal(code, 1);
  assert.ok(Number(stderr) < 150_000, `${stderr} kB`);
});
