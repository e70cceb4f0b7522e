// `npm run bench`: how fast boltseal is, and beside what. It measures and asserts nothing; the targets are
// printed next to the figures. `--quick` uses 64 MB in place of 1 GB, `--sbom` measures SBOMs alone. Needs gpg, gpgv, minisign
// and ssh-keygen, and sqv for its ratio.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { benchSbom } from "./bench-sbom.ts";
import { createSigning, writeList, writeRandomFile, writeSparseFile, type Signing } from "./support/bench-files.ts";
import { BOLTSEAL, ROOT } from "./support/project.ts";
import { milliseconds, peakMemory, report } from "./support/race-report.ts";
import { race, stopRace, type Runner, type Track } from "./support/race.ts";
import { skipWithout, tool } from "./support/tools.ts";

const MEGABYTE = 1e6;
const QUICK = process.argv.includes("--quick");
const SIZE = QUICK ? 64 * MEGABYTE : 1000 * MEGABYTE;
const ROUNDS = QUICK ? 5 : 7;
const NODE = process.execPath;

const folder = mkdtempSync(join(tmpdir(), "boltseal-bench-"));
// Reading certificates costs Node 20 about 50 ms at every start; it is the machine's, not ours.
const { NODE_EXTRA_CA_CERTS: _unset, ...env } = process.env;
const track: Track = { cwd: folder, env };
let signing: Signing | undefined;

function cleanUp(): void {
  stopRace();
  signing?.stop();
  signing = undefined;
  rmSync(folder, { recursive: true, force: true });
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    cleanUp();
    process.kill(process.pid, signal);
  });
}

function boltseal(name: string, ...args: readonly string[]): Runner {
  return { name, command: [NODE, BOLTSEAL, ...args] };
}

async function largeFile(): Promise<void> {
  const missing = skipWithout("gpg", "gpgv");
  if (missing !== false) return console.log(`\nskipped: comparison on a large file: ${missing}`);
  const sqv = tool("sqv");
  if (sqv.skip !== false) console.log(`\nskipped: ratio to sqv: ${sqv.skip}`);
  const file = join(folder, "large.bin");
  writeList(join(folder, "SHA256SUMS"), { "large.bin": writeRandomFile(file, SIZE) });
  signing = createSigning(tool("gpg").path, folder);
  const key = signing.keyFile;
  const size = `${SIZE / MEGABYTE} MB`;
  for (const [digest, ratios] of [
    ["SHA256", { gpgv: "0.45", sqv: "1.5" }],
    ["SHA512", { gpgv: "0.6" }],
  ] as const) {
    const signature = signing.sign(file, digest);
    const own = boltseal(
      "boltseal verify",
      "verify",
      "large.bin",
      "--signature",
      signature,
      "--checksums",
      "SHA256SUMS",
      "--key",
      key,
    );
    const runners: readonly Runner[] = [
      { name: "gpgv", command: [tool("gpgv").path, "--keyring", key, signature, file] },
      ...(sqv.skip === false ? [{ name: "sqv", command: [sqv.path, "--keyring", key, signature, file] } as const] : []),
      own,
    ];
    report(`${size}, ${digest} signature; boltseal also a SHA-256 list`, await race(runners, ROUNDS, track), ratios);
    console.log(`  peak memory of boltseal: ${peakMemory(own, track).toFixed(0)} MB (target: below 150)`);
  }
}

/** One Sigstore bundle with its certificate, log entry and inclusion proof, over a small file. */
async function sigstoreBundle(node: Runner): Promise<void> {
  cpSync(join(ROOT, "fixtures/verify/sigstore"), join(folder, "sigstore"), { recursive: true });
  const identity = [
    ...["--certificate-identity", "https://forge.example/acme/server/.github/workflows/release.yml@refs/tags/v1.0.0"],
    ...["--certificate-oidc-issuer", "https://token.forge.example"],
  ];
  const files = ["sigstore/installer.sh", "--bundle", "sigstore/installer.sh.sigstore.json"];
  const root = ["--trusted-root", "sigstore/trusted_root.json"];
  const own = boltseal("boltseal verify --bundle", "verify", ...files, ...root, ...identity);
  const results = await race([node, own], QUICK ? 11 : 31, track);
  report("one Sigstore bundle", results, {});
  const [start, bundle] = results.map(({ median }) => median);
  if (start !== undefined && bundle !== undefined)
    console.log(
      `  ${milliseconds(bundle)} ms (target: below ${milliseconds(3 * start + 150)}, 3 times node -e 0 and 150 ms)`,
    );
}

/** Against the programs that made the signatures. Needs minisign and ssh-keygen. */
async function otherSchemes(): Promise<void> {
  const missing = skipWithout("minisign", "ssh-keygen");
  if (missing !== false) return console.log(`\nskipped: minisign and SSH signatures on a large file: ${missing}`);
  const [minisign, ssh] = [tool("minisign").path, tool("ssh-keygen").path];
  const file = join(folder, "signed.bin");
  writeRandomFile(file, SIZE);
  const make = (program: string, ...args: readonly string[]): void =>
    void execFileSync(program, args, { cwd: folder, env, stdio: "ignore" });
  make(minisign, "-G", "-W", "-p", "minisign.pub", "-s", "minisign.key");
  make(minisign, "-S", "-H", "-s", "minisign.key", "-m", file, "-x", "signed.minisig");
  make(ssh, "-q", "-t", "ed25519", "-N", "", "-f", "ssh.key");
  make(ssh, "-q", "-Y", "sign", "-n", "file", "-f", "ssh.key", file);
  writeFileSync(join(folder, "allowed"), `release ${readFileSync(join(folder, "ssh.key.pub"), "utf8")}`);
  const size = `${SIZE / MEGABYTE} MB`;
  const stock: readonly Runner[] = [
    { name: "minisign", command: [minisign, "-V", "-q", "-p", "minisign.pub", "-m", file, "-x", "signed.minisig"] },
    {
      name: "ssh-keygen",
      command: [ssh, "-Y", "verify", "-f", "allowed", "-I", "release", "-n", "file", "-s", `${file}.sig`],
      input: file,
    },
  ];
  const keys = { minisign: ["signed.minisig", "minisign.pub"], "ssh-keygen": [`${file}.sig`, "allowed"] } as const;
  for (const runner of stock) {
    const [signature, key] = keys[runner.name as keyof typeof keys];
    const own = boltseal("boltseal verify", "verify", file, "--signature", signature, "--key", key);
    report(`${size}, signature of ${runner.name}`, await race([runner, own], ROUNDS, track), {
      [runner.name]: "1.25",
    });
    console.log(`  peak memory of boltseal: ${peakMemory(own, track).toFixed(0)} MB (target: below 150)`);
  }
}

async function hugeFile(): Promise<void> {
  const size = 4000 * MEGABYTE;
  writeList(join(folder, "huge.sums"), { "huge.bin": writeSparseFile(join(folder, "huge.bin"), size) });
  const own = boltseal("4 GB", "verify", "huge.bin", "--checksums", "huge.sums", "--allow-integrity-only");
  console.log(`\n4 GB file with a SHA-256 list`);
  console.log(`  peak memory of boltseal: ${peakMemory(own, track).toFixed(0)} MB (target: below 150)`);
}

async function startUp(): Promise<void> {
  writeList(join(folder, "small.sums"), { "small.bin": writeRandomFile(join(folder, "small.bin"), MEGABYTE) });
  const node: Runner = { name: "node -e 0", command: [NODE, "-e", "0"] };
  const version = boltseal("boltseal --version", "--version");
  const small = boltseal(
    "boltseal verify, 1 MB and a list",
    "verify",
    "small.bin",
    "--checksums",
    "small.sums",
    "--allow-integrity-only",
  );
  const results = await race([node, version, small], QUICK ? 11 : 31, track);
  report("start-up", results.slice(0, 2), { "node -e 0": "1.6" });
  report("small file", [...results.slice(0, 1), ...results.slice(2)], { "node -e 0": "2.0" });
  await sigstoreBundle(node);
}

try {
  console.log(`${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} threads; Node ${process.version}`);
  console.log("medians of whole processes that ran in turn, fastest and slowest; compare within a table only");
  if (!process.argv.includes("--sbom")) {
    await startUp();
    await largeFile();
    await otherSchemes();
    await hugeFile();
  }
  await benchSbom(track, QUICK);
} finally {
  cleanUp();
}
