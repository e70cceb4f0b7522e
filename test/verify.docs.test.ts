// The tables of docs/verify.md against the code: states and their levels, names that are looked for, exit statuses.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EvidenceKind, State } from "../src/core/report.ts";
import { isRuleId } from "../src/core/rules.ts";
import { discover, findKeys } from "../src/verify/discovery.ts";
import { findingsAbout } from "../src/verify/levels.ts";
import type { Demands } from "../src/verify/levels.ts";
import type { Claim } from "../src/verify/claim.ts";
import { createSignatureReader, trustNobody } from "../src/verify/signed.ts";
import { tableBelow } from "./support/pages.ts";
import { ROOT } from "./support/project.ts";
import { bareEnvironment, runBoltseal } from "./support/run.ts";

const page = readFileSync(join(ROOT, "docs/verify.md"), "utf8");

/** Code spans of a table cell. */
function spansIn(cell: string | undefined): readonly string[] {
  return [...(cell ?? "").matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? "");
}

function claimOf(kind: EvidenceKind, state: State, rule: string, named: boolean): Claim {
  assert.ok(isRuleId(rule), rule);
  const evidence = { kind, scheme: "x", state, proves: "nothing" };
  return { evidence, rule, message: "", named, remarks: [] };
}

/** A good signature by somebody who is trusted. */
const GOOD: Claim = {
  evidence: { kind: "signature", scheme: "x", state: "verified", proves: "" },
  message: "",
  named: true,
  person: "ann",
  remarks: [],
};

/** The columns of the table, as what levels.ts is given. */
const COLUMNS: readonly (readonly [named: boolean, good: boolean, demands: Partial<Demands>])[] = [
  [false, false, {}],
  [true, false, { namesSigners: true }],
  [false, true, {}],
  [false, true, { all: true }],
];

test("the table of states says what levels.ts decides", () => {
  const rows = tableBelow(page, "States");
  assert.ok(rows.length > 15, "the table was not found");
  for (const [state = "", kind = "", rule, ...levels] of rows) {
    const weighed = COLUMNS.map(([named, good, demands]) => {
      const claim = claimOf(kind as EvidenceKind, state as State, spansIn(rule)[0] ?? "", named || kind === "pin");
      const context: Demands = { all: false, namesSigners: false, each: [], incomplete: false, ...demands };
      const [finding] = findingsAbout("x", good ? [claim, GOOD] : [claim], context);
      return finding?.level;
    });
    assert.deepEqual(levels, weighed, `${state} of ${kind}`);
  }
});

const beside = tableBelow(page, "What is looked for beside the file");

/** Of these names in the folder of `tool.tgz`, those that are opened; each holds a list that names nothing of ours. */
async function opened(names: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  const bytes = Buffer.from(`${"0".repeat(64)}  another.tgz\n`);
  const read = (source: string): { source: string; bytes: Uint8Array } => {
    found.push(source);
    return { source, bytes };
  };
  const start = new Date(0);
  const reader = createSignatureReader(trustNobody(start, start));
  // A few at a time: of many lists only the first are looked at.
  for (let at = 0; at < names.length; at += 8) {
    const some = names.slice(at, at + 8);
    const path = (name: string): string => name;
    const folder = { names: ["tool.tgz", ...some], lists: new Map(), path, read, skip: () => undefined };
    await discover("tool.tgz", folder, reader);
  }
  return found;
}

test("the names of sidecars are those that are looked for", async () => {
  const suffixes = spansIn(beside[0]?.[1]);
  assert.ok(suffixes.length > 10);
  const names = suffixes.map((suffix) => `tool.tgz${suffix}`);
  assert.deepEqual((await opened(["other.asc", "tool.tgz.exe", ...names])).toSorted(), names.toSorted());
});

test("the names of lists are those that are looked for", async () => {
  const lists = spansIn(beside[1]?.[1]).filter((name) => name !== ".txt");
  assert.ok(lists.length > 5);
  for (const name of lists.flatMap((list) => [list, list.toLowerCase()]))
    assert.deepEqual(await opened([name]), [name]);
});

test("the names of signatures over lists are those that are looked for", async () => {
  const names = spansIn(beside[2]?.[1]).map((suffix) => `SHA256SUMS${suffix}`);
  assert.ok(names.length > 3);
  assert.deepEqual(await opened(["SHA256SUMS", "SHA256SUMS.exe", ...names]), ["SHA256SUMS", ...names]);
});

test("the names of keys are those that are looked for", () => {
  const [names, endings] = [spansIn(beside[3]?.[1]), [".txt", ".asc", ".gpg", ".pgp", ""]];
  const stems = names.filter((name) => !name.startsWith("."));
  assert.deepEqual(
    names.filter((name) => name.startsWith(".")),
    endings.slice(0, 4),
  );
  const files = stems.flatMap((stem) => endings.map((ending) => stem + ending));
  assert.ok(files.length > 10);
  assert.deepEqual(findKeys(files), files.toSorted());
});

test("the tables beside gpgv and sqv show the exit status of boltseal", async () => {
  const rows = tableBelow(page, "Beside gpgv and sqv").filter((row) => /^\d$/.test(row[4] ?? ""));
  assert.ok(rows.length > 15, "the tables were not found");
  const cwd = join(ROOT, "fixtures/verify/signatures");
  for (const [what = "", file, , , exit] of rows) {
    const signature = spansIn(file)[0] ?? "";
    const words = ["verify", "tool.tgz", "--signature", signature, "--key", "keys.gpg", "--at", "2026-10-01"];
    const ended = await runBoltseal(words, { cwd, env: bareEnvironment(join(ROOT, "build")) });
    assert.equal(ended.exit, Number(exit), `${what}\n${ended.stdout}${ended.stderr}`);
  }
});
