// What the benchmark reads: large files, a throw-away OpenPGP key and signatures by it, a checksum list.

import { execFileSync } from "node:child_process";
import { createCipheriv, createHash } from "node:crypto";
import { closeSync, ftruncateSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { tool } from "./tools.ts";

const CHUNK = 1 << 20;

/** Writes `size` bytes that look random and are always the same; returns their SHA-256 as hex. */
export function writeRandomFile(path: string, size: number): string {
  const stream = createCipheriv("aes-128-ctr", Buffer.alloc(16, "boltseal"), Buffer.alloc(16));
  const zeros = Buffer.alloc(CHUNK);
  const hash = createHash("sha256");
  const fd = openSync(path, "w");
  try {
    for (let left = size; left > 0; left -= CHUNK) {
      const chunk = stream.update(left < CHUNK ? zeros.subarray(0, left) : zeros);
      hash.update(chunk);
      writeSync(fd, chunk);
    }
  } finally {
    closeSync(fd);
  }
  return hash.digest("hex");
}

/** A file of zeros that takes no room on disk; returns its SHA-256 as hex. */
export function writeSparseFile(path: string, size: number): string {
  const zeros = Buffer.alloc(CHUNK);
  const hash = createHash("sha256");
  for (let left = size; left > 0; left -= CHUNK) hash.update(left < CHUNK ? zeros.subarray(0, left) : zeros);
  const fd = openSync(path, "w");
  try {
    ftruncateSync(fd, size);
  } finally {
    closeSync(fd);
  }
  return hash.digest("hex");
}

/** A list in the form of sha256sum. */
export function writeList(path: string, entries: Readonly<Record<string, string>>): void {
  const lines = Object.entries(entries).map(([name, hex]) => `${hex}  ${name}\n`);
  writeFileSync(path, lines.join(""));
}

export interface Signing {
  /** The public key, for gpgv, sqv and boltseal alike. */
  readonly keyFile: string;
  /** Signs a file; `digest` is gpg's name of a hash. Returns the path of the detached signature. */
  sign(file: string, digest: "SHA256" | "SHA512"): string;
  /** Ends the agent that gpg started. */
  stop(): void;
}

/** A new Ed25519 key in a home folder of its own. */
export function createSigning(gpg: string, folder: string): Signing {
  const home = join(folder, "gnupg");
  mkdirSync(home, { mode: 0o700 });
  const run = (...args: readonly string[]): void => {
    execFileSync(gpg, ["--homedir", home, "--batch", "--quiet", "--passphrase", "", ...args], { stdio: "pipe" });
  };
  const keyFile = join(folder, "key.gpg");
  run("--quick-generate-key", "test-only benchmark <bench@test-only.example>", "ed25519", "sign", "0");
  run("--output", keyFile, "--export");
  return {
    keyFile,
    sign(file, digest) {
      const signature = `${file}.${digest.toLowerCase()}.sig`;
      run("--digest-algo", digest, "--output", signature, "--detach-sign", file);
      return signature;
    },
    stop() {
      execFileSync(tool("gpgconf").path, ["--homedir", home, "--kill", "all"], { stdio: "ignore" });
    },
  };
}
