// A progress line on standard error: on a terminal only, and only for work that takes over a second.

import { printableShort } from "../core/printable.ts";
import type { Spinner } from "./spinner.ts";
import type { World } from "./world.ts";

const DELAY = 1000;
const WIDTH = 24;

export interface Progress {
  /** `done` and `total` in bytes. */
  update(path: string, done: number, total: number): void;
  stop(): void;
}

function amount(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, bytes === 0 ? 0 : Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power === 0 ? 0 : 1)} ${units[power] ?? ""}`;
}

function line(path: string, done: number, total: number): string {
  const part = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(part * WIDTH);
  const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
  return `${bar} ${Math.floor(part * 100)}%  ${amount(done)} of ${amount(total)}  ${printableShort(path, 60)}`;
}

/** What draws the line is loaded when the second is over. */
export function createProgress(world: World): Progress {
  if (!world.stderrIsTerminal) return { update: () => undefined, stop: () => undefined };
  const started = performance.now();
  let spinner: Spinner | undefined;
  let loading = false;
  let stopped = false;
  const show = async (text: string): Promise<void> => {
    loading = true;
    const { startSpinner } = await import("./spinner.ts");
    if (!stopped) spinner = startSpinner(text);
  };
  return {
    update(path, done, total) {
      if (spinner !== undefined) spinner.text = line(path, done, total);
      else if (!loading && performance.now() - started > DELAY) void show(line(path, done, total));
    },
    stop() {
      stopped = true;
      spinner?.stop();
    },
  };
}
