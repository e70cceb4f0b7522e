// Runs every transcript of test/transcripts/ with the built program, in a copy of its fixture, and compares
// what was printed with what the file says. `UPDATE=1 npm test` writes the files anew. The form of a
// transcript is in support/transcript.ts, its commands are in support/verbs.ts.

import { test } from "node:test";
import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { lineDiff } from "./support/line-diff.ts";
import { ROOT } from "./support/project.ts";
import { bareEnvironment, runBoltseal } from "./support/run.ts";
import { formatTranscript, parseTranscript, type Outcome, type Transcript } from "./support/transcript.ts";
import { runVerb, type Workplace } from "./support/verbs.ts";
import { parseCommandLine } from "./support/words.ts";

const FOLDER = join(ROOT, "test/transcripts");
const UPDATE = process.env["UPDATE"] === "1";

const files = readdirSync(FOLDER).filter((name) => name.endsWith(".txt"));

test("there are transcripts", () => {
  assert.notEqual(files.length, 0);
  assert.ok(!existsSync("/etc/boltseal"), "this machine has /etc/boltseal: its policy would change every transcript");
});

test("transcripts", { concurrency: availableParallelism() }, async (t) => {
  await Promise.all(files.map(async (file) => await t.test(file, async () => await check(file))));
});

async function check(file: string): Promise<void> {
  const path = join(FOLDER, file);
  const recorded = readFileSync(path, "utf8");
  const transcript = parseTranscript(recorded);
  const actual = formatTranscript(transcript, await replay(transcript));
  if (actual === recorded) return;
  if (UPDATE) writeFileSync(path, actual);
  else assert.fail(`${file} (- recorded, + now; UPDATE=1 npm test records)\n${lineDiff(recorded, actual)}`);
}

/** Runs all steps of a transcript, in a folder of its own. */
async function replay(transcript: Transcript): Promise<readonly Outcome[]> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "boltseal-transcript-")));
  const place: Workplace = { top, home: join(top, "home"), cwd: join(top, "work") };
  try {
    mkdirSync(place.home);
    prepare(transcript.fixture, place.cwd);
    const outcomes: Outcome[] = [];
    for (const step of transcript.steps) outcomes.push(await runStep(step.command, place));
    return outcomes;
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
