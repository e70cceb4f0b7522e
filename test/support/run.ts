// Starts a program and waits for it. What is not an ordinary end (a signal, a timeout, output that is not
// text) is an error here, so that no test can record it as expected.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { BOLTSEAL, ROOT } from "./project.ts";

export interface RunOptions {
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds; a program that needs longer hangs. Default 60,000. */
  readonly timeout?: number;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

/** Runs a program without a terminal and with an empty standard input. @throws Error unless it exits by itself */
export async function run(program: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  const { cwd, env, timeout = 60_000 } = options;
  const child = spawn(program, args, { cwd, env, timeout, killSignal: "SIGKILL", stdio: ["ignore", "pipe", "pipe"] });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  const exit = await new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code !== null) resolve(code);
      else
        reject(new Error(`${[program, ...args].join(" ")}: ended by ${signal ?? "nothing"}, or after ${timeout} ms`));
    });
  });
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return { stdout: text.decode(Buffer.concat(stdout)), stderr: text.decode(Buffer.concat(stderr)), exit };
}

/** Stops the program's clock; see there. */
const FIXED_CLOCK = join(ROOT, "test/support/fixed-clock.cjs");

/** Ends the program that tries to open a socket; see there. */
const NO_SOCKETS = join(ROOT, "test/support/no-sockets.cjs");
/** The status in which it does so. */
export const SOCKET_OPENED = 97;

/** Arguments of node for the built program, on a day that never ends. */
export function boltsealWords(args: readonly string[], options: { readonly sockets: boolean }): readonly string[] {
  const before = ["--require", FIXED_CLOCK, ...(options.sockets ? [] : ["--require", NO_SOCKETS])];
  return [...before, BOLTSEAL, ...args];
}

/**
 * Runs the built program on the Node that runs the tests, without a network.
 * @throws Error as `run`, and when it tried to open a socket or broke down
 */
export async function runBoltseal(args: readonly string[], options: RunOptions): Promise<RunResult> {
  const result = await run(process.execPath, boltsealWords(args, { sockets: false }), options);
  // Also what is seen while somebody builds the program anew.
  const broken = /^boltseal: (?:internal error:|the program is not built:)/m.test(result.stderr);
  if (result.exit === SOCKET_OPENED || broken) throw new Error(`boltseal ${args.join(" ")}: ${result.stderr}`);
  return result;
}

/**
 * The environment of a user who has set nothing: the search path and a home folder. The time zone is far
 * from UTC, so that local time would show in any output.
 */
export function bareEnvironment(home: string): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: home, LANG: "C", TZ: "Asia/Kathmandu" };
}
