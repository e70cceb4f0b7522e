// A finished report on its way out: rendered in the format that was asked for, written, and turned
// into the exit status. The format never changes the verdict.

import { UserError } from "../core/errors.ts";
import { exitCode, verdict } from "../core/report.ts";
import type { Report } from "../core/report.ts";
import { writeFileAtomically } from "../io/files.ts";
import { FORMATS } from "../output/formats.ts";
import type { FormatName } from "../output/formats.ts";
import { createPaint, wantsColor } from "./color.ts";
import type { Arguments } from "./command.ts";
import type { World } from "./world.ts";

function isFormatName(text: string): text is FormatName {
  return Object.hasOwn(FORMATS, text);
}

/**
 * The format that the flags ask for. Called before the work too, so that a typing error costs nothing.
 * @throws UserError `usage`
 */
export function formatOf(args: Arguments): FormatName {
  const named = args.value("format");
  if (args.flag("json") && named !== undefined && named !== "json") {
    throw new UserError("usage", `--json and --format ${named} contradict each other`);
  }
  const name = args.flag("json") ? "json" : (named ?? "human");
  if (isFormatName(name)) return name;
  throw new UserError("usage", `unknown format: ${name}`, { hint: `one of ${Object.keys(FORMATS).join(", ")}` });
}

interface DeliveryOptions {
  /** Version of boltseal. */
  readonly version: string;
  /** Standard output holds something else already. */
  readonly aside: boolean;
}

/** Writes the report. @returns the exit status */
export async function deliver(
  report: Report,
  args: Arguments,
  world: World,
  { version, aside }: DeliveryOptions,
): Promise<number> {
  const format = await FORMATS[formatOf(args)]();
  const path = args.value("report");
  const isTerminal = aside ? world.stderrIsTerminal : world.stdoutIsTerminal;
  const color = wantsColor(world, path === undefined && isTerminal, args.flag("no-color"));
  const text = format.render(report, { version, paint: await createPaint(color) });
  if (path !== undefined) writeFileAtomically(path, text, 0o644);
  else if (aside) world.writeErr(text);
  else world.writeOut(text);
  return args.flag("exit-zero") ? 0 : exitCode(verdict(report));
}
