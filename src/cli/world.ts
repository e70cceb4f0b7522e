// The only file that touches `process`: arguments, environment, streams, signals, exit status.

import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Everything a command may know about where it runs. */
export interface World {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Where the machine's and the user's policy lie. */
  readonly machineDir: string;
  readonly userDir: string;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  now(): Date;
  /** Resolves when the text is written; rejects when the reader has gone. */
  writeOut(text: string): Promise<void>;
  writeErr(text: string): Promise<void>;
  setExitCode(code: number): void;
  /** Runs before a signal ends the process. */
  onInterrupt(action: () => void): void;
}

/** XDG Base Directory Specification: a relative path in the variable is ignored. */
function userDirectory(env: NodeJS.ProcessEnv, home: string): string {
  if (process.platform === "win32") return join(env["APPDATA"] ?? join(home, "AppData", "Roaming"), "boltseal");
  const xdg = env["XDG_CONFIG_HOME"];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, ".config"), "boltseal");
}

function machineDirectory(env: NodeJS.ProcessEnv): string {
  if (process.platform === "win32") return join(env["ProgramData"] ?? "C:\\ProgramData", "boltseal");
  return "/etc/boltseal";
}

function write(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error === null || error === undefined ? resolve() : reject(error)));
  });
}

export function systemWorld(): World {
  const { env } = process;
  const home = homedir();
  // A reader that has gone is reported by the write itself; without a listener it would be an uncaught error.
  process.stdout.on("error", () => undefined);
  process.stderr.on("error", () => undefined);
  return {
    argv: process.argv.slice(2),
    cwd: process.cwd(),
    env,
    home,
    machineDir: machineDirectory(env),
    userDir: userDirectory(env, home),
    stdoutIsTerminal: process.stdout.isTTY,
    stderrIsTerminal: process.stderr.isTTY,
    now: () => new Date(),
    writeOut: (text) => write(process.stdout, text),
    writeErr: (text) => write(process.stderr, text),
    setExitCode(code) {
      process.exitCode = code;
    },
    onInterrupt(action) {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.once(signal, () => {
          action();
          process.kill(process.pid, signal);
        });
      }
    },
  };
}
