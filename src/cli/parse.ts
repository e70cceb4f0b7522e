// From words to arguments, by commander, with the traps of a shell's `*` closed: a file whose name
// looks like an option must neither switch something on nor end a check in success.

import { lstatSync } from "node:fs";
import { join } from "node:path";
import { Command as Parser, CommanderError, Option } from "commander";
import { UserError } from "../core/errors.ts";
import type { Arguments, CommandSpec } from "./command.ts";
import { COMMON_OPTIONS } from "./commands.ts";

/** Words before `--`: those that can be options. */
function beforeDashes(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return end === -1 ? words : words.slice(0, end);
}

/**
 * A word that starts with a dash and is also the name of a file here came from a glob, or might have.
 * @throws UserError `usage`
 */
export function refuseOptionLikeFiles(words: readonly string[], cwd: string): void {
  for (const word of beforeDashes(words)) {
    if (!word.startsWith("-") || word === "-") continue;
    if (lstatSync(join(cwd, word), { throwIfNoEntry: false }) === undefined) continue;
    throw new UserError("usage", `${word} is both an option and a file in this folder`, {
      hint: `write -- before the file names, or ./${word}`,
    });
  }
}

function parserOf(name: string, spec: CommandSpec): Parser {
  const parser = new Parser(`boltseal ${name}`)
    .helpOption(false)
    .exitOverride()
    .configureOutput({
      writeOut: () => undefined,
      writeErr: () => undefined,
    });
  parser.description(spec.summary);
  for (const operand of spec.operands.split(" ").filter((word) => word !== "")) parser.argument(operand);
  for (const { flags, description } of [...spec.options, ...COMMON_OPTIONS]) {
    const option = new Option(flags, description);
    if (option.required)
      option.argParser((value: string, previous: readonly string[] | undefined) => [...(previous ?? []), value]);
    // `--no-x` is a flag of its own here, not the negation of `--x`.
    if (option.negate) parser.option(flags, description);
    else parser.addOption(option);
  }
  return parser;
}

function message(error: CommanderError): UserError {
  const [first = "", ...rest] = error.message.split("\n");
  const hint = rest
    .join(" ")
    .replace(/^\((.*)\)$/, "$1")
    .replace(/^Did you mean/, "did you mean");
  return new UserError("usage", first.replace(/^error: /, ""), hint === "" ? {} : { hint });
}

/**
 * Parses the words after the command.
 * @throws UserError `usage`
 */
export function parseArguments(name: string, spec: CommandSpec, words: readonly string[], cwd: string): Arguments {
  for (const word of beforeDashes(words)) {
    if (["--help", "-h", "--version", "-V"].includes(word)) {
      throw new UserError("usage", `${word} must stand alone`, {
        hint: `boltseal ${name} --help; a file of that name is written ./${word}`,
      });
    }
  }
  refuseOptionLikeFiles(words, cwd);
  const parser = parserOf(name, spec);
  try {
    parser.parse([...words], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) throw message(error);
    throw error;
  }
  const given = parser.opts<Record<string, unknown>>();
  const key = (option: string): string =>
    option.replace(/^no-/, "").replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const values = (option: string): readonly string[] => (given[key(option)] as readonly string[] | undefined) ?? [];
  const repeatable = new Set(
    spec.options.filter((option) => option.repeatable).map((option) => new Option(option.flags).name()),
  );
  for (const option of parser.options) {
    if (option.required && !repeatable.has(option.name()) && values(option.name()).length > 1) {
      throw new UserError("usage", `option '--${option.name()}' was given twice`);
    }
  }
  return {
    operands: parser.args,
    flag: (option) => given[key(option)] === !option.startsWith("no-"),
    value: (option) => values(option)[0],
    values,
  };
}

/** The help text of a command. */
export function commandHelp(name: string, spec: CommandSpec): string {
  const parser = parserOf(name, spec);
  parser.usage(`${spec.operands === "" ? "" : `${spec.operands} `}[options]`);
  const examples = spec.examples.map((line) => `  ${line}\n`).join("");
  return `${parser.helpInformation()}\nExamples:\n${examples}`;
}
