// Whether to colour, and how. chalk does not know NO_COLOR, so the decision is ours and it gets a level.

import type { Paint, Style } from "../output/format.ts";
import type { World } from "./world.ts";

/** True when colour is wanted on a stream. --no-color, NO_COLOR, FORCE_COLOR, then the terminal decide. */
export function wantsColor(world: Pick<World, "env">, isTerminal: boolean, refused: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = world.env;
  if (refused || (NO_COLOR !== undefined && NO_COLOR !== "")) return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
  return isTerminal && TERM !== "dumb";
}

/** A painter; chalk is loaded only when there is something to colour. */
export async function createPaint(color: boolean): Promise<Paint> {
  if (!color) return (_style, text) => text;
  const { Chalk } = await import("chalk");
  const chalk = new Chalk({ level: 1 });
  const styles: Readonly<Record<Style, (text: string) => string>> = {
    good: chalk.green.bold,
    bad: chalk.red.bold,
    unsure: chalk.yellow.bold,
    quiet: chalk.dim,
    strong: chalk.bold,
  };
  return (style, text) => styles[style](text);
}
