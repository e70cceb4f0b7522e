// From words to arguments, by node:util's parseArgs, with the traps of a shell's `*` closed: a file
// whose name looks like an option must neither switch something on nor end a check in success.

import { lstatSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../core/errors.ts";
import { nearestName } from "../core/nearest.ts";
import { systemErrorCode } from "../io/files.ts";
import type { Arguments, CommandSpec, OptionSpec } from "./command.ts";
import { COMMON_OPTIONS } from "./commands.ts";

interface ParsedOption extends OptionSpec {
  readonly name: string;
  readonly short?: string;
  readonly takesValue: boolean;
}

/** `-o, --report <file>` taken apart. */
function readOption(option: OptionSpec): ParsedOption {
  const match = /^(?:-(\w), )?--([a-z-]+)(?: (<[a-z]+>))?$/.exec(option.flags);
  if (match?.[2] === undefined) throw new Error(`flags that cannot be read: ${option.flags}`);
  const [, short, name, value] = match;
  return { ...option, name, takesValue: value !== undefined, ...(short === undefined ? {} : { short }) };
}

function optionsOf(spec: CommandSpec): readonly ParsedOption[] {
  return [...spec.options, ...COMMON_OPTIONS].map(readOption);
}

/** Words before `--`: those that can be options. */
function beforeDashes(words: readonly string[]): readonly string[] {
  const end = words.indexOf("--");
  return end === -1 ? words : words.slice(0, end);
}

/** Whether there is a file of this name; a word that is too long for one is none. @throws UserError `input-unreadable` */
export function isFileHere(word: string, cwd: string): boolean {
  try {
    return lstatSync(join(cwd, word), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    if (code === "ENAMETOOLONG") return false;
    throw new UserError("input-unreadable", `the working directory cannot be searched (${code})`, { cause: error });
  }
}

/** A word that starts with a dash and is also the name of a file here came from a glob, or might have. */
function refuseOptionLikeFiles(words: readonly string[], cwd: string): void {
  for (const word of beforeDashes(words)) {
    if (!word.startsWith("-") || word === "-") continue;
    if (!isFileHere(word, cwd)) continue;
    throw new UserError("usage", `${word} is both an option and a file in this folder`, {
      hint: `write -- before the file names, or ./${word}`,
    });
  }
}

/** --help and --version end in success, so they count only where nothing stands beside them. */
function refuseInformation(name: string, words: readonly string[]): void {
  const word = beforeDashes(words).find((candidate) => ["--help", "-h", "--version", "-V"].includes(candidate));
  if (word === undefined) return;
  throw new UserError("usage", `${word} must stand alone`, {
    hint: `boltseal ${name} --help; a file of that name is written ./${word}`,
  });
}

/**
 * Node reads arguments as UTF-8 and puts U+FFFD for what is none, which then names another file.
 * An empty word is a variable that was not set.
 */
function refuseUnreadable(words: readonly string[]): void {
  for (const word of words) {
    if (word === "") throw new UserError("usage", "an argument is empty");
    if (word.includes("\u{fffd}")) {
      throw new UserError("usage", `${word}: not a name in UTF-8, so it cannot be told which file is meant`, {
        hint: "rename the file",
      });
    }
  }
}

function usageError(
  name: string,
  error: unknown,
  words: readonly string[],
  options: readonly ParsedOption[],
): UserError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (!(error instanceof Error) || !code.startsWith("ERR_PARSE_ARGS_")) throw error;
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const known = options.flatMap(({ name: long, short }) => [
      `--${long}`,
      ...(short === undefined ? [] : [`-${short}`]),
    ]);
    const unknown = beforeDashes(words)
      .map((word) => word.replace(/=.*$/s, ""))
      .find((word) => isUnknown(word, known));
    const near = unknown === undefined ? undefined : nearestName(unknown, known);
    return new UserError("usage", `unknown option: ${unknown ?? "?"}`, {
      hint: near === undefined ? `boltseal ${name} --help lists the options` : `did you mean ${near}?`,
    });
  }
  // "Option '--key <value>' argument missing" and the like, in our manner.
  const [first = ""] = error.message.split("\n");
  return new UserError("usage", first.charAt(0).toLowerCase() + first.slice(1).replace(/\.$/, ""));
}

function isUnknown(word: string, known: readonly string[]): boolean {
  if (word.startsWith("--")) return !known.includes(word);
  return /^-./.test(word) && !known.includes(word.slice(0, 2));
}

/**
 * Parses the words after the command.
 * @throws UserError `usage`
 */
export function parseArguments(name: string, spec: CommandSpec, words: readonly string[], cwd: string): Arguments {
  refuseInformation(name, words);
  refuseUnreadable(words);
  refuseOptionLikeFiles(words, cwd);
  const options = optionsOf(spec);
  const given = parseWords(name, words, options);
  refuseWrongCount(name, spec, given.positionals);
  const values = (option: string): readonly string[] => {
    const found = given.values[option];
    return Array.isArray(found) ? found.filter((value) => typeof value === "string") : [];
  };
  for (const option of options) {
    if (option.repeatable !== true && values(option.name).length > 1) {
      throw new UserError("usage", `--${option.name} was given twice`);
    }
  }
  return {
    operands: given.positionals,
    flag: (option) => given.values[option] !== undefined,
    value: (option) => values(option)[0],
    values,
  };
}

function parseWords(
  name: string,
  words: readonly string[],
  options: readonly ParsedOption[],
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  const table = options.map(({ name: long, short, takesValue }) => {
    const type: "string" | "boolean" = takesValue ? "string" : "boolean";
    return [long, { type, multiple: true, ...(short === undefined ? {} : { short }) }] as const;
  });
  try {
    return parseArgs({ args: [...words], options: Object.fromEntries(table), allowPositionals: true, strict: true });
  } catch (error) {
    throw usageError(name, error, words, options);
  }
}

/** `<name>` one, `[name]` one or none, `<name...>` at least one, `[name...]` any number. */
function refuseWrongCount(name: string, { operands }: CommandSpec, given: readonly string[]): void {
  const required = operands.startsWith("<");
  const most = operands === "" ? 0 : operands.includes("...") ? Infinity : 1;
  if (required && given.length === 0)
    throw new UserError("usage", `missing argument: ${operands}`, { hint: `boltseal ${name} --help shows how` });
  if (given.length > most) throw new UserError("usage", `one argument too many: ${given[most] ?? ""}`);
}

/** The help text of a command. */
export function commandHelp(name: string, spec: CommandSpec): string {
  const rows = [...spec.options, ...COMMON_OPTIONS].map(({ flags, description, repeatable }) => {
    const left = flags.startsWith("--") ? `    ${flags}` : flags;
    return [left, repeatable === true ? `${description} (repeatable)` : description] as const;
  });
  const width = Math.max(...rows.map(([left]) => left.length));
  const options = rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("");
  const examples = spec.examples.map((line) => `  ${line}\n`).join("");
  const operands = spec.operands === "" ? "" : ` ${spec.operands}`;
  return `boltseal ${name}: ${spec.summary}\n\nUsage: boltseal ${name}${operands} [options]\n\nOptions:\n${options}\nExamples:\n${examples}`;
}
