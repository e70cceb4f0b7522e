// The contract of a command: what it is called, what it takes, and how it runs.

import type { Report } from "../core/report.ts";
import type { World } from "./world.ts";

export interface OptionSpec {
  /** `-o, --report <file>`, `--all`: a short form, the long form, the value. */
  readonly flags: string;
  readonly description: string;
  /** May be given several times. A value that may not is refused when it is given twice. */
  readonly repeatable?: true;
}

export interface CommandSpec {
  readonly summary: string;
  /** `<artifact...>` at least one, `[artifact...]` any number, `<file>` one, `[rule]` one or none, empty for none. */
  readonly operands: string;
  readonly options: readonly OptionSpec[];
  /** Lines for the end of the help text. */
  readonly examples: readonly string[];
  /** Loads the command when it is run. */
  load(): Promise<Command>;
}

/** Parsed arguments. */
export interface Arguments {
  readonly operands: readonly string[];
  /** True when the flag was given. */
  flag(name: string): boolean;
  /** The one value of an option. */
  value(name: string): string | undefined;
  /** All values of a repeatable option. */
  values(name: string): readonly string[];
}

/**
 * A report is rendered and decides the exit status. Text is printed; beside a report it is what was asked for, and the
 * report goes to standard error. Text alone ends in 0.
 */
export type Outcome = { readonly report: Report; readonly text?: string } | { readonly text: string };

export type Command = (args: Arguments, world: World) => Promise<Outcome>;
