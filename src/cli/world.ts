// The only file that touches `process`: arguments, environment, streams, signals, exit status.

import { fstatSync, statSync, writeSync } from "node:fs";
import type { Stats } from "node:fs";
import { homedir, userInfo } from "node:os";
import { isAbsolute, join } from "node:path";
import { UserError } from "../core/errors.ts";

/** Everything a command may know about where it runs. */
export interface World {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The running node. */
  readonly execPath: string;
  /** Where the machine's and the user's policy lie. */
  readonly machineDir: string;
  readonly userDir: string;
  readonly stdoutIsTerminal: boolean;
  /** And it has a width: one of no columns, as a program without a screen makes it, has no room for a progress line. */
  readonly stderrIsTerminal: boolean;
  now(): Date;
  /** @throws ClosedPipe when the reader has gone, UserError `output-failed` when the disk is full */
  writeOut(text: string): void;
  writeErr(text: string): void;
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

/**
 * HOME, or the account's folder where HOME is no absolute path: an empty or relative one would make the working
 * directory, which others fill, the place of the user's own policy.
 */
function homeDirectory(): string {
  const home = homedir();
  return isAbsolute(home) ? home : userInfo().homedir;
}

/** @throws UserError `input-missing` when the folder was removed meanwhile */
function workingDirectory(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new UserError("input-missing", "the working directory is gone", { cause: error });
  }
}

function machineDirectory(env: NodeJS.ProcessEnv): string {
  if (process.platform === "win32") return join(env["ProgramData"] ?? "C:\\ProgramData", "boltseal");
  return "/etc/boltseal";
}

/** The reader of our output has gone, as `head` does. There is nobody left to tell. */
export class ClosedPipe extends Error {}

const STDOUT = 1;
const STDERR = 2;

/** Sleeps; there is nothing else to do while a reader is slow. */
function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** UTF-16 units that are encoded at a time, so that a text of a hundred megabytes is not there twice. */
const PIECE = 65_536;

/**
 * Writes all of it, without Node's streams: they cost 2 ms at each start.
 * @throws ClosedPipe when the reader has gone, UserError `output-failed` for anything else
 */
function write(fd: number, text: string): void {
  for (let at = 0; at < text.length;) {
    const end = at + PIECE;
    // Not between the two halves of a character.
    const half = end < text.length && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800;
    writeBytes(fd, Buffer.from(text.slice(at, half ? end + 1 : end)));
    at = half ? end + 1 : end;
  }
}

function writeBytes(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
      if (code === undefined) throw error;
      if (code === "EPIPE") throw new ClosedPipe();
      // A pipe that somebody else made non-blocking is full.
      if (code !== "EAGAIN")
        throw new UserError("output-failed", `the output cannot be written (${code})`, { cause: error });
      pause(5);
    }
  }
}

/** True for the null device: a character device, and the one that is often there in place of a terminal. */
function isNullDevice(stats: Stats): boolean {
  if (process.platform === "win32") return false;
  return stats.rdev === statSync("/dev/null", { throwIfNoEntry: false })?.rdev;
}

/** node:tty and the streams are loaded only for what may be a terminal; a closed descriptor is none. */
function isTerminal(fd: number): boolean {
  try {
    const stats = fstatSync(fd);
    if (!stats.isCharacterDevice() || isNullDevice(stats)) return false;
    return (fd === STDOUT ? process.stdout : process.stderr).isTTY;
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}

/** True when the program was given one argument, and it is one of these. */
export function isOnlyArgument(...words: readonly string[]): boolean {
  const [only, ...rest] = process.argv.slice(2);
  return only !== undefined && rest.length === 0 && words.includes(only);
}

/** True when the word is among the arguments. */
export function isArgument(word: string): boolean {
  return process.argv.slice(2).includes(word);
}

/** Writes to standard error before there is a world, or when it could not be made. */
export function complain(text: string): void {
  write(STDERR, text);
}

/** Writes an answer; the exit status is success once it is written. */
export function answer(text: string): void {
  write(STDOUT, text);
  process.exitCode = 0;
}

export function systemWorld(): World {
  const { env } = process;
  const home = homeDirectory();
  return {
    argv: process.argv.slice(2),
    cwd: workingDirectory(),
    env,
    home,
    execPath: process.execPath,
    machineDir: machineDirectory(env),
    userDir: userDirectory(env, home),
    stdoutIsTerminal: isTerminal(STDOUT),
    stderrIsTerminal: isTerminal(STDERR) && process.stderr.columns > 0,
    now: () => new Date(),
    writeOut: (text) => write(STDOUT, text),
    writeErr: (text) => write(STDERR, text),
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
