// Runs every transcript of test/transcripts/ with the built program, in a copy of its fixture, and compares
// what was printed with what the file says. `UPDATE=1 npm test` writes the files anew. The form of a
// transcript is in support/transcript.ts, its commands are in support/verbs.ts, support/replay.ts runs them.

import { test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { lineDiff } from "./support/line-diff.ts";
import { ROOT } from "./support/project.ts";
import { replay } from "./support/replay.ts";
import { formatTranscript, parseTranscript } from "./support/transcript.ts";

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
