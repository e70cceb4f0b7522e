// From the command line to the exit status. What a command needs is evaluated when it is run.

import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import type { Arguments, CommandSpec } from "./command.ts";
import { COMMANDS, isCommandName } from "./commands.ts";
import type { World } from "./world.ts";
import { ClosedPipe, complain, isArgument, systemWorld } from "./world.ts";

/** Set by the build from package.json. */
declare const BOLTSEAL_VERSION: string;

function overview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `boltseal ${BOLTSEAL_VERSION}: proves that MCP components are what was approved, before they run

Usage: boltseal <command> [arguments]

${lines.join("\n")}

boltseal <command> --help shows a command's options.
Exit status: 0 verified, 1 rejected, 2 could not tell.
`;
}

/** Help, which ends in 0: only when nothing stands beside it. */
async function information(words: readonly string[]): Promise<string | undefined> {
  const [first, second] = words;
  const isHelp = (word: string | undefined): boolean => word === "--help" || word === "-h";
  if (words.length === 1 && (isHelp(first) || first === "help")) return overview();
  const name = first === "help" ? second : first;
  const asked = words.length === 2 && (first === "help" || isHelp(second));
  if (!asked || name === undefined || !isCommandName(name)) return undefined;
  const { commandHelp } = await import("./parse.ts");
  return commandHelp(name, COMMANDS[name]);
}

async function execute(world: World): Promise<number> {
  const [name, ...words] = world.argv;
  const text = await information(world.argv);
  if (text !== undefined) {
    world.writeOut(text);
    return 0;
  }
  if (name === undefined) throw new UserError("usage", "no command was given", { hint: "boltseal --help" });
  if (!isCommandName(name)) throw unknownCommand(name, await import("../core/nearest.ts"));
  const spec: CommandSpec = COMMANDS[name];
  const { parseArguments } = await import("./parse.ts");
  const args = parseArguments(name, spec, words, world.cwd);
  return runCommand(spec, args, world);
}

function unknownCommand(name: string, { nearestName }: typeof import("../core/nearest.ts")): UserError {
  const near = nearestName(name, Object.keys(COMMANDS));
  return new UserError("usage", `unknown command: ${name}`, {
    hint: near === undefined ? "boltseal --help lists the commands" : `did you mean ${near}?`,
  });
}

async function runCommand(spec: CommandSpec, args: Arguments, world: World): Promise<number> {
  const command = await spec.load();
  const outcome = await command(args, world);
  if (outcome.text !== undefined) world.writeOut(outcome.text);
  if (!("report" in outcome)) return 0;
  const { deliver } = await import("./deliver.ts");
  return deliver(outcome.report, args, world, { version: BOLTSEAL_VERSION, aside: outcome.text !== undefined });
}

function describe(error: unknown, debug: boolean): string {
  if (error instanceof UserError) {
    const hint = error.hint === undefined ? "" : `\nhint: ${printable(error.hint)}`;
    return `boltseal: ${printable(error.message)}${hint}\n`;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const detail = debug ? stack.split("\n").map(printable).join("\n") : printable(stack.split("\n")[0] ?? "");
  return `boltseal: internal error: ${detail}\n${debug ? "" : "hint: run it again with --debug, and report it\n"}`;
}

/**
 * Runs the program. Never rejects. The shim has set the exit status to failure, and it is set anew only
 * when all is done.
 */
export async function run(): Promise<void> {
  try {
    const world = systemWorld();
    world.setExitCode(await execute(world));
  } catch (error) {
    tell(error);
  }
}

/** Tells about an error; what cannot be told ends in the same exit status. */
function tell(error: unknown): void {
  if (error instanceof ClosedPipe) return;
  try {
    complain(describe(error, isArgument("--debug")));
  } catch (failure) {
    if (!(failure instanceof ClosedPipe || failure instanceof UserError)) throw failure;
  }
}
