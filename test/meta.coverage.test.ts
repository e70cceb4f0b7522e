// Every rule and every flag is shown by a transcript: what no transcript shows, nobody has seen work.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandSpec } from "../src/cli/command.ts";
import { COMMANDS, COMMON_OPTIONS } from "../src/cli/commands.ts";
import { RULES } from "../src/core/rules.ts";
import { ROOT } from "./support/project.ts";
import { parseTranscript } from "./support/transcript.ts";
import { parseCommandLine } from "./support/words.ts";

const folder = join(ROOT, "test/transcripts");
const transcripts = readdirSync(folder)
  .filter((name) => name.endsWith(".txt"))
  .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));

/** Rules that no transcript can bring about, and why. */
const NOT_IN_A_TRANSCRIPT: Readonly<Record<string, string>> = {
  "input-changed": "the file has to change while it is read",
};

/** What commands printed, comments and commands left out. */
const printed = transcripts
  .flatMap(({ text }) => text.split("\n"))
  .filter((line) => !line.startsWith("# ") && !line.startsWith("$ "))
  .join("\n");

// As the human report marks a finding. That `explain` prints a rule shows nothing about when it is found.
test("every rule is shown by a transcript", () => {
  const rules = Object.keys(RULES).filter((rule) => NOT_IN_A_TRANSCRIPT[rule] === undefined);
  assert.deepEqual(
    rules.filter((rule) => !printed.includes(`[${rule}]`)),
    [],
  );
});

/** Every `boltseal` command line of a transcript, as words after the program's name. */
function commandLines(text: string): readonly (readonly string[])[] {
  const lines = parseTranscript(text).steps.map((step) => parseCommandLine(step.command).words);
  return lines.filter(([program]) => program === "boltseal").map((words) => words.slice(1));
}

const runs = transcripts.flatMap(({ text }) => commandLines(text));

/** Whether a command line uses an option, in its short or its long form. */
function uses(words: readonly string[], flags: string): boolean {
  const forms = flags
    .replaceAll(/[<[].*/g, "")
    .split(/[ ,]+/)
    .filter((form) => form !== "");
  const options = words.slice(0, words.includes("--") ? words.indexOf("--") : words.length);
  return options.some((word) => forms.some((form) => word === form || word.startsWith(`${form}=`)));
}

test("the search for a flag bites", () => {
  assert.ok(uses(["verify", "-o", "x"], "-o, --report <file>"));
  assert.ok(uses(["verify", "--report=x"], "-o, --report <file>"));
  assert.ok(!uses(["verify", "--reports"], "-o, --report <file>"));
  assert.ok(!uses(["verify", "--", "--all"], "--all"));
});

test("every command, and every flag of each, is used by a transcript", () => {
  const missing = Object.entries<CommandSpec>(COMMANDS).flatMap(([command, { options }]) => {
    const own = runs.filter(([name]) => name === command);
    if (own.length === 0) return [command];
    return options
      .filter(({ flags }) => !own.some((words) => uses(words, flags)))
      .map(({ flags }) => `${command} ${flags}`);
  });
  const common = COMMON_OPTIONS.filter(({ flags }) => !runs.some((words) => uses(words, flags)));
  assert.deepEqual([...missing, ...common.map(({ flags }) => flags)], []);
});

test("each transcript is named for a command that it runs", () => {
  const wrong = transcripts.filter(
    ({ name, text }) => !commandLines(text).some(([command]) => name.startsWith(`${command}-`)),
  );
  assert.deepEqual(
    wrong.map(({ name }) => name),
    [],
  );
});
