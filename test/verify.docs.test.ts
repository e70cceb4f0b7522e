// The tables of docs/verify.md against the code: states and their levels, names that are looked for, exit statuses.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { EvidenceKind, Report, State } from "../src/core/report.ts";
import { isRuleId, RULES } from "../src/core/rules.ts";
import { discover, findKeys } from "../src/verify/discovery.ts";
import { findingsAbout } from "../src/verify/levels.ts";
import type { Demands } from "../src/verify/levels.ts";
import type { Claim } from "../src/verify/claim.ts";
import { sidecarsOf } from "../src/verify/origin-sidecars.ts";
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

/** A row of the table, taken apart: what a cell lists stands for several rows. */
interface StateRow {
  readonly state: State;
  readonly kinds: readonly EvidenceKind[];
  readonly rule: string | undefined;
  readonly levels: readonly string[];
  readonly schemes: readonly string[];
}

const STATES: readonly StateRow[] = tableBelow(page, "States").map((row) => {
  const [state = "", kinds = "", , rule, ...rest] = row;
  return {
    state: state as State,
    kinds: kinds.split(", ") as EvidenceKind[],
    rule: spansIn(rule)[0],
    levels: rest.slice(0, COLUMNS.length),
    schemes: spansIn(rest[COLUMNS.length]),
  };
});

test("the table of states says what levels.ts decides", () => {
  assert.ok(STATES.length > 15, "the table was not found");
  for (const { state, kinds, rule, levels } of STATES) {
    if (state === "verified") {
      assert.deepEqual([rule, ...levels], [undefined, "", "", "", ""]);
      continue;
    }
    for (const kind of kinds) {
      const weighed = COLUMNS.map(([named, good, demands]) => {
        const claim = claimOf(kind, state, rule ?? "", named || kind === "pin");
        const context: Demands = { all: false, namesSigners: false, each: [], incomplete: false, ...demands };
        const [finding] = findingsAbout("x", good ? [claim, GOOD] : [claim], context);
        return finding?.level;
      });
      assert.deepEqual(levels, weighed, `${state} of ${kind}`);
    }
  }
});

/** What the table says can occur, as `state kind scheme`. */
const SHOWN = new Set(
  STATES.flatMap(({ state, kinds, schemes }) =>
    kinds.flatMap((kind) => schemes.map((scheme) => `${state} ${kind} ${scheme}`)),
  ),
);

/** Fixtures whose evidence is tried: folder, artifact, and what is trusted. */
const TRIED: readonly (readonly [folder: string, artifact: string, trusted: readonly string[]])[] = [
  ["signatures", "tool.tgz", ["--key", "keys.gpg"]],
  ["minisign", "document.txt", ["--key", "test-only-acme.pub"]],
  ["signify", "document.txt", ["--key", "test-only-acme.pub"]],
  ["ssh", "document.txt", ["--key", "allowed_signers"]],
  ["cms", "document.txt", ["--ca-file", "root.pem"]],
  ["npm", "acme-server-1.2.3.tgz", ["--key", "keys-expired.json"]],
  ["npm", "acme-server-1.2.3.tgz", ["--key", "keys.json"]],
  ["attestations", "acme-server-1.2.3.tgz", ["--trusted-root", "npm-trusted_root.json", "--key", "npm-keys.json"]],
  ["sigstore", "installer.sh", ["--trusted-root", "trusted_root.json", "--key", "test-only-acme.pub"]],
];
const NO_SIGNATURE =
  /^README\.md$|\.(?:pub|pem|gpg|asc|txt|sh|tgz|whl|key|sec|tst)$|^keys|-keys\.json$|^stranger\.json$|^allowed|_root|^SHA256/;

for (const [folder, artifact, trusted] of TRIED) {
  test(`the table of states has what fixtures/verify/${folder} shows (${trusted.join(" ")})`, async () => {
    const cwd = join(ROOT, "fixtures/verify", folder);
    const files = readdirSync(cwd).filter((name) => !NO_SIGNATURE.test(name));
    const named = files.flatMap((file) => ["--signature", file]);
    const words = ["verify", artifact, "--json", ...named, ...trusted];
    const ended = await runBoltseal(words, { cwd, env: bareEnvironment(join(ROOT, "build")) });
    const { subjects } = JSON.parse(ended.stdout) as Pick<Report, "subjects">;
    const seen = subjects.flatMap((subject) => subject.evidence);
    assert.ok(new Set(seen.map(({ state }) => state)).size > 1, ended.stdout);
    const missing = seen
      .map(({ state, kind, scheme }) => `${state} ${kind} ${scheme}`)
      .filter((row) => !SHOWN.has(row));
    assert.deepEqual([...new Set(missing)], []);
  });
}

test("the table of what is wrong with the artifact itself says the levels of the rules", () => {
  const rows = tableBelow(page, "What is wrong with the artifact itself");
  assert.ok(rows.length > 10, "the table was not found");
  for (const [rule, levels = ""] of rows) {
    const [id = ""] = spansIn(rule);
    assert.ok(isRuleId(id), id);
    assert.equal(levels.split(", ")[0], RULES[id].level, id);
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

test("the names that --from asks for are those that the page lists", () => {
  const url = new URL("https://downloads.example/tool.tgz");
  const asked = sidecarsOf({ url, name: "tool.tgz" }).map(({ name }) => name);
  const [text = ""] = /^A folder on a server cannot be listed[^]*?\n\n/m.exec(page) ?? [];
  const names = spansIn(text).filter((span) => span !== "NAME" && !span.startsWith("--"));
  assert.deepEqual(
    names.map((name) => (name.startsWith(".") ? `tool.tgz${name}` : name)),
    asked,
  );
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
