// What gpgv and sqv say of a signature. gpgv is read by its status lines: it exits 0 for revoked keys too.

import { execFile } from "node:child_process";
import { tool } from "./tools.ts";

/** Paths of the three files. */
export interface Case {
  readonly signature: string;
  readonly key: string;
  readonly document: string;
  /** An empty folder. */
  readonly home: string;
}

export interface Verdict {
  readonly good: boolean;
  /** Upper-case fingerprints of the primary keys whose signatures are good. */
  readonly signers: readonly string[];
  /** One word of why it is not good, as the program has it. */
  readonly why: string;
}

/** Runs a program whose output may hold the bytes of a damaged user id. @throws Error unless it exits by itself */
async function start(name: string, args: readonly string[], cwd: string): Promise<{ stdout: string; exit: number }> {
  const options = { cwd, env: { LC_ALL: "C" }, encoding: "latin1", timeout: 20_000 } as const;
  return await new Promise((resolve, reject) => {
    execFile(tool(name).path, args, options, (error, stdout) => {
      if (error === null) resolve({ stdout, exit: 0 });
      else if (typeof error.code === "number") resolve({ stdout, exit: error.code });
      else reject(new Error(`${name} ${args.join(" ")}: ended by ${error.signal ?? "nothing"}`, { cause: error }));
    });
  });
}

const GOOD = /^\[GNUPG:\] (?:GOODSIG|EXPKEYSIG) /m;
/** doc/DETAILS of GnuPG: VALIDSIG, with the primary key's fingerprint at its end. */
const VALID = /^\[GNUPG:\] VALIDSIG .* ([0-9A-F]{40,64})$/gm;
const BAD = /^\[GNUPG:\] (BADSIG|ERRSIG|REVKEYSIG|EXPSIG|NODATA|UNEXPECTED|ERROR) /m;

export async function askGpgv({ signature, key, document, home }: Case): Promise<Verdict> {
  const args = ["--homedir", home, "--status-fd", "1", "--keyring", key, signature, document];
  const { stdout, exit } = await start("gpgv", args, home);
  const good = exit === 0 && GOOD.test(stdout) && !BAD.test(stdout);
  return {
    good,
    signers: good ? [...stdout.matchAll(VALID)].flatMap(([, fingerprint]) => fingerprint ?? []) : [],
    why: BAD.exec(stdout)?.[1] ?? "nothing",
  };
}

export async function askSqv({ signature, key, document, home }: Case): Promise<Verdict> {
  const args = ["--keyring", key, signature, document];
  const { stdout, exit } = await start("sqv", args, home);
  return { good: exit === 0, signers: exit === 0 ? stdout.trim().split("\n") : [], why: "refused" };
}
