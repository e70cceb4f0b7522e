// How benchmarks print what they measured, and the memory that one run takes.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./project.ts";
import type { RaceResult, Runner, Track } from "./race.ts";

const MEGABYTE = 1e6;

export function milliseconds(time: number): string {
  return time.toFixed(time < 100 ? 1 : 0);
}

/** One line a runner: median, range, and the ratio of the last one to each of the others that is asked for. */
export function report(title: string, results: readonly RaceResult[], ratios: Readonly<Record<string, string>>): void {
  console.log(`\n${title}`);
  for (const { name, median, fastest, slowest } of results) {
    const times = `${milliseconds(median)} ms (${milliseconds(fastest)} to ${milliseconds(slowest)})`;
    console.log(`  ${name.padEnd(40)} ${times}`);
  }
  const own = results.at(-1);
  for (const [name, target] of Object.entries(ratios)) {
    const other = results.find((result) => result.name === name);
    if (own === undefined || other === undefined) continue;
    console.log(`  ${own.name} / ${name}: ${(own.median / other.median).toFixed(2)} (target: at most ${target})`);
  }
}

/** Says at its end how much memory the process took at most. */
const PEAK = join(ROOT, "test/support/peak.cjs");

/** Peak resident memory of one run of Node, megabytes, as the process itself reports it at its end. */
export function peakMemory({ name, command }: Runner, { cwd, env }: Track): number {
  const [program, ...args] = command;
  const stdio = ["ignore", "ignore", "pipe"] as const;
  const { status, stderr } = spawnSync(program, ["--require", PEAK, ...args], { cwd, env, stdio: [...stdio] });
  const [, kilobytes] = /^peak (\d+)$/m.exec(stderr.toString()) ?? [];
  if (status !== 0 || kilobytes === undefined) throw new Error(`${name}: exit ${status}\n${stderr.toString()}`);
  return (Number(kilobytes) * 1024) / MEGABYTE;
}
