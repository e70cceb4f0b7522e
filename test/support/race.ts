// Times whole processes against one another: A B C A B C …, so that a busy machine slows all of them alike.

import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";

export interface Runner {
  readonly name: string;
  readonly command: readonly [program: string, ...args: string[]];
  /** File for standard input. */
  readonly input?: string;
}

export interface RaceResult {
  readonly name: string;
  /** Median wall-clock time of the whole process, milliseconds. */
  readonly median: number;
  readonly fastest: number;
  readonly slowest: number;
}

export interface Track {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

let running: ChildProcess | undefined;

/** Ends the process that runs now, if any. */
export function stopRace(): void {
  running?.kill("SIGKILL");
}

/** Runs each once to warm caches, then all of them in turn, `rounds` times. @throws Error when one does not exit with 0 */
export async function race(runners: readonly Runner[], rounds: number, track: Track): Promise<readonly RaceResult[]> {
  const times = new Map<string, number[]>(runners.map(({ name }) => [name, []]));
  for (const runner of runners) await timed(runner, track);
  for (let round = 0; round < rounds; round++) {
    for (const runner of runners) times.get(runner.name)?.push(await timed(runner, track));
  }
  return [...times].map(([name, unsorted]) => {
    const sorted = unsorted.toSorted((a, b) => a - b);
    const at = (index: number): number => sorted[index] ?? Number.NaN;
    return { name, median: at(Math.floor(sorted.length / 2)), fastest: at(0), slowest: at(sorted.length - 1) };
  });
}

/** Milliseconds from start to exit. */
export async function timed({ name, command, input }: Runner, track: Track): Promise<number> {
  const [program, ...args] = command;
  const stderr: Buffer[] = [];
  const start = process.hrtime.bigint();
  const stdin = input === undefined ? undefined : openSync(input, "r");
  const child = spawn(program, args, { ...track, stdio: [stdin ?? "ignore", "ignore", "pipe"] });
  if (stdin !== undefined) closeSync(stdin);
  running = child;
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  const elapsed = await new Promise<bigint>((resolve, reject) => {
    let end = start;
    child.on("error", reject);
    child.on("exit", () => (end = process.hrtime.bigint()));
    child.on("close", (code, signal) => {
      const said = Buffer.concat(stderr).toString("utf8").trimEnd();
      if (code === 0) resolve(end - start);
      else reject(new Error(`${name}: exit ${code ?? signal}: ${command.join(" ")}\n${said}`));
    });
  });
  running = undefined;
  return Number(elapsed) / 1e6;
}
