// Runs the commands of a transcript with the built program, in a new copy of its fixture: for the transcripts
// of test/transcripts/ and for the sessions that the documentation shows.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./project.ts";
import { bareEnvironment, runBoltseal } from "./run.ts";
import type { Outcome, Transcript } from "./transcript.ts";
import { runVerb } from "./verbs.ts";
import type { Workplace } from "./verbs.ts";
import { parseCommandLine } from "./words.ts";

/** Text of files that are written into the working directory first, by name. */
export type ExtraFiles = ReadonlyMap<string, string>;

/** Runs all steps of a transcript, in a folder of its own. */
export async function replay(transcript: Transcript, extra: ExtraFiles = new Map()): Promise<readonly Outcome[]> {
  return await inCopyOf(transcript.fixture, extra, async (place) => {
    const outcomes: Outcome[] = [];
    for (const step of transcript.steps) outcomes.push(await runStep(step.command, place));
    return outcomes;
  });
}

/**
 * Does something in a temporary copy of a fixture, which is removed afterwards.
 * @param fixture folder below fixtures/, or undefined for an empty working directory
 */
export async function inCopyOf<Result>(
  fixture: string | undefined,
  extra: ExtraFiles,
  action: (place: Workplace) => Promise<Result>,
): Promise<Result> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "boltseal-transcript-")));
  const place: Workplace = { top, home: join(top, "home"), cwd: join(top, "work") };
  try {
    mkdirSync(place.home);
    prepare(fixture, place.cwd);
    for (const [name, text] of extra) writeFileSync(join(place.cwd, name), text);
    return await action(place);
  } finally {
    rmSync(top, { recursive: true });
  }
}

function prepare(fixture: string | undefined, cwd: string): void {
  if (fixture === undefined) {
    mkdirSync(cwd);
    return;
  }
  const source = join(ROOT, "fixtures", fixture);
  assert.ok(statSync(source, { throwIfNoEntry: false })?.isDirectory(), `no folder fixtures/${fixture}`);
  cpSync(source, cwd, { recursive: true, verbatimSymlinks: true });
}

async function runStep(command: string, place: Workplace): Promise<Outcome> {
  const { env, words } = parseCommandLine(command);
  if (words[0] !== "boltseal") return { stdout: runVerb(place, words), stderr: "", exit: 0 };
  const outcome = await runBoltseal(words.slice(1), {
    cwd: place.cwd,
    env: { ...bareEnvironment(place.home), ...env },
  });
  return {
    stdout: withoutPlace(outcome.stdout, place),
    stderr: withoutPlace(outcome.stderr, place),
    exit: outcome.exit,
  };
}

/** The folder's name differs from run to run. It stays visible that an absolute path was printed. */
function withoutPlace(text: string, place: Workplace): string {
  return text
    .replaceAll(place.home, "<home>")
    .replaceAll(join(place.top, "work"), "<work>")
    .replaceAll(place.top, "<top>");
}
