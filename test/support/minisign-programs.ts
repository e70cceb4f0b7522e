// What minisign, signify and other programs say of a signature: only whether they exit with 0 counts.

import { execFile } from "node:child_process";
import { tool } from "./tools.ts";

interface Run {
  readonly cwd: string;
  /** Standard input. */
  readonly input?: Uint8Array;
}

/** Whether the program exits with 0. @throws Error unless it exits by itself */
export async function succeeds(name: string, args: readonly string[], { cwd, input }: Run): Promise<boolean> {
  const options = { cwd, env: { LC_ALL: "C", TZ: "UTC" }, encoding: "latin1", timeout: 20_000 } as const;
  return await new Promise((resolve, reject) => {
    const child = execFile(tool(name).path, args, options, (error) => {
      if (error === null || typeof error.code === "number") resolve(error === null);
      else reject(new Error(`${name} ${args.join(" ")}: ended by ${error.signal ?? error.code}`, { cause: error }));
    });
    // A program that refuses before it has read everything closes its end.
    child.stdin?.on("error", () => child.stdin?.destroy());
    child.stdin?.end(input);
  });
}

/** Names of files in `cwd`. */
export interface Names {
  readonly signature: string;
  readonly key: string;
  readonly document: string;
}

export async function askMinisign({ signature, key, document }: Names, cwd: string): Promise<boolean> {
  return succeeds("minisign", ["-V", "-q", "-x", signature, "-p", key, "-m", document], { cwd });
}

/** Debian calls OpenBSD's program so, because another had the name. */
export const SIGNIFY = "signify-openbsd";

export async function askSignify({ signature, key, document }: Names, cwd: string): Promise<boolean> {
  return succeeds(SIGNIFY, ["-V", "-q", "-x", signature, "-p", key, "-m", document], { cwd });
}
