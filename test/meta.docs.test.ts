// The documentation against the program: sessions are run again, links lead somewhere, and what a page names
// (commands, flags, variables, files) is there.

import { test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { CommandSpec } from "../src/cli/command.ts";
import { COMMANDS, COMMON_OPTIONS } from "../src/cli/commands.ts";
import { lineDiff } from "./support/line-diff.ts";
import { anchorsOf, blocksOf, codeSpansOf, linksOf, pages } from "./support/pages.ts";
import type { Block, Page } from "./support/pages.ts";
import { ROOT } from "./support/project.ts";
import { inCopyOf, replay } from "./support/replay.ts";
import { bareEnvironment, run } from "./support/run.ts";
import { skipWithout } from "./support/tools.ts";
import { formatTranscript, parseTranscript } from "./support/transcript.ts";

const UPDATE = process.env["UPDATE"] === "1";
const PAGES = pages();

// --- Sessions --------------------------------------------------------------------------------------------

interface Session {
  readonly block: Block;
  /** Folder below fixtures/, or `none`. */
  readonly fixture: string;
  /** Files of the page that lie in it too. */
  readonly files: ReadonlyMap<string, string>;
}

function sessionsOf(text: string): readonly Session[] {
  const shown = new Map<string, string>();
  const sessions: Session[] = [];
  for (const block of blocksOf(text)) {
    if (block.marker?.kind === "file") shown.set(block.marker.value, block.text);
    if (block.marker?.kind !== "fixture") continue;
    const [fixture = "", ...names] = block.marker.value.split(" + ");
    const files = names.map((name) => {
      const file = shown.get(name);
      assert.ok(file !== undefined, `line ${block.line}: the page shows no file ${name} before this session`);
      return [name, file] as const;
    });
    sessions.push({ block, fixture, files: new Map(files) });
  }
  return sessions;
}

/** What the block should say. The form is that of a transcript, without its first line. */
async function sessionNow({ block, fixture, files }: Session): Promise<string> {
  const first = `# fixture: ${fixture}\n`;
  const transcript = parseTranscript(first + block.text);
  return formatTranscript(transcript, await replay(transcript, files)).slice(first.length);
}

/** A session that boltseal takes part in has the form of a transcript, the others are run by a shell. */
function isOurs({ block }: Session): boolean {
  return /^\$ boltseal /m.test(block.text);
}

for (const page of PAGES) {
  test(`${page.path}: every session with boltseal prints what it shows`, async () => {
    let { text } = page;
    const differences: string[] = [];
    for (const session of sessionsOf(page.text).filter(isOurs)) {
      const { block } = session;
      const now = await sessionNow(session);
      if (now === block.text) continue;
      text = text.replace(
        `\`\`\`${block.language}\n${block.text}\`\`\``,
        () => `\`\`\`${block.language}\n${now}\`\`\``,
      );
      differences.push(`line ${block.line}\n${lineDiff(block.text, now)}`);
    }
    if (UPDATE && differences.length > 0) writeFileSync(join(ROOT, page.path), text);
    else assert.equal(differences.join("\n"), "", "- shown, + now; UPDATE=1 npm test records");
  });
}

/** Each command of a block that other programs run, with the exit status that the block shows. */
function foreignSteps(text: string): readonly { readonly command: string; readonly exit: number }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((step) => ({
      command: step.slice(0, step.indexOf("\n")),
      exit: Number(/^\[exit (\d+)\]$/m.exec(step)?.[1] ?? 0),
    }));
}

/** The programs of a command line: each first word, also behind a pipe. Quoted text holds none. */
function programsOf(command: string): readonly string[] {
  const plain = command.replaceAll(/'[^']*'|"[^"$]*"/g, "_");
  return [...plain.matchAll(/(?:^|[|(]) *([a-z][\w-]*)/g)].map((match) => match[1] ?? "");
}

test("the programs of a command line are found", () => {
  assert.deepEqual(programsOf("jq -r '.a | b' x | openssl base64 -d > \"y\""), ["jq", "openssl"]);
  assert.deepEqual(programsOf('printf "%s" "$(openssl dgst x)" | sha256sum'), ["printf", "openssl", "sha256sum"]);
});

// Other versions of these programs word their output differently; what they decide is what the page is about.
for (const page of PAGES) {
  const foreign = sessionsOf(page.text).filter((session) => !isOurs(session));
  if (foreign.length === 0) continue;
  const programs = foreign.flatMap(({ block }) =>
    foreignSteps(block.text).flatMap(({ command }) => programsOf(command)),
  );
  const skip = skipWithout("sh", ...new Set(programs));
  test(`${page.path}: every session with other programs ends as it shows`, { skip }, async () => {
    for (const { block, fixture, files } of foreign) {
      await inCopyOf(fixture === "none" ? undefined : fixture, files, async ({ cwd, home }) => {
        for (const { command, exit } of foreignSteps(block.text)) {
          const ended = await run("sh", ["-c", command], { cwd, env: { ...bareEnvironment(home), TZ: "UTC" } });
          assert.equal(ended.exit, exit, `line ${block.line}: ${command}\n${ended.stdout}${ended.stderr}`);
        }
      });
    }
  });
}

test("every console block is run by one of these tests", () => {
  const unmarked = PAGES.flatMap(({ path, text }) =>
    blocksOf(text)
      .filter((block) => (block.language === "console") !== (block.marker?.kind === "fixture"))
      .map((block) => `${path}:${block.line}`),
  );
  assert.deepEqual(unmarked, []);
  const sessions = PAGES.flatMap(({ text }) => sessionsOf(text));
  assert.ok(sessions.filter(isOurs).length > 10, "hardly any session was found");
  assert.ok(sessions.every(({ block }) => block.text.startsWith("$ ")));
});

test("a session that prints something else is noticed", async () => {
  const [session] = sessionsOf(
    "<!-- fixture: verify/good -->\n\n```console\n$ boltseal explain renamed\nrenamed\n```\n",
  );
  assert.ok(session !== undefined);
  assert.notEqual(await sessionNow(session), session.block.text);
});

// --- Links -----------------------------------------------------------------------------------------------

/** What is wrong with the target of a link on a page, or undefined. */
function brokenLink(page: Page, target: string): string | undefined {
  if (/^[a-z]+:/.test(target)) return undefined;
  const [file = "", anchor] = target.split("#");
  const path = file === "" ? page.path : relative(ROOT, join(ROOT, dirname(page.path), file));
  if (path.startsWith("..") || !existsSync(join(ROOT, path))) return `${page.path}: ${target} leads nowhere`;
  if (anchor === undefined) return undefined;
  const anchors = anchorsOf(readFileSync(join(ROOT, path), "utf8"));
  return anchors.includes(anchor) ? undefined : `${page.path}: ${target}: no such heading`;
}

test("every relative link resolves, with its heading", () => {
  assert.ok(PAGES.flatMap(({ text }) => linksOf(text)).length > 10);
  const [page] = PAGES;
  assert.ok(page !== undefined);
  for (const bad of ["docs/nothing.md", "docs/rules.md#nothing", "#nothing", "../x"])
    assert.notEqual(brokenLink(page, bad), undefined, bad);
  assert.deepEqual(
    PAGES.flatMap((each) => linksOf(each.text).flatMap((target) => brokenLink(each, target) ?? [])),
    [],
  );
});

// --- Names -----------------------------------------------------------------------------------------------

test("every command is shown in docs/", () => {
  const text = PAGES.filter(({ path }) => path !== "README.md")
    .map((page) => page.text)
    .join("\n");
  const absent = Object.keys(COMMANDS).filter((name) => !new RegExp(`^\\$ boltseal ${name}\\b`, "m").test(text));
  assert.deepEqual(absent, []);
});

/** Flags in command lines of boltseal that the command does not have. */
function unknownFlags(code: string): readonly string[] {
  return [...code.matchAll(/\bboltseal ([a-z]+)\b([^\n|;&]*)/g)].flatMap(([line, name = "", rest = ""]) => {
    const spec: CommandSpec | undefined = Object.entries<CommandSpec>(COMMANDS).find(([known]) => known === name)?.[1];
    const flags = (rest.split(" -- ")[0] ?? "").match(/(?<=^|\s)--?[a-z][a-z-]*/g) ?? [];
    const known = [
      "--help",
      ...[...(spec?.options ?? []), ...COMMON_OPTIONS].flatMap(({ flags: f }) => f.split(/[ ,]+/)),
    ];
    return spec === undefined && flags.length === 0
      ? []
      : flags.filter((flag) => !known.includes(flag)).map((flag) => `${flag} in: ${line}`);
  });
}

test("every flag that a page gives to a command of boltseal exists", () => {
  assert.deepEqual(unknownFlags("boltseal verify x --kay y -o z"), ["--kay in: boltseal verify x --kay y -o z"]);
  const code = PAGES.flatMap(({ path, text }) =>
    [...codeSpansOf(text), ...blocksOf(text).map((block) => block.text.replaceAll(/^!.*$/gm, ""))].flatMap((each) =>
      unknownFlags(each).map((problem) => `${path}: ${problem}`),
    ),
  );
  assert.deepEqual(code, []);
});

/** Every file of the project that people write, and the built ones, below the root. */
function projectFiles(): readonly string[] {
  const folders = ["src", "test", "docs", "schemas", "fixtures", "bin", "dist", ".config", ".ci"];
  const nested = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`),
  );
  return [...readdirSync(ROOT), ...folders, ...nested];
}

const FILES = projectFiles();
const CODE = FILES.filter((path) => /^(?:src|test|\.config|\.ci|bin)\/.*|^package\.json$/.test(path))
  .filter((path) => /\.(?:ts|mjs|cjs|json)$|\.ci\/run$/.test(path) && path !== "test/meta.docs.test.ts")
  .map((path) => readFileSync(join(ROOT, path), "utf8"))
  .join("\n");

/** Variables that Node or another program reads, not we. */
const FOREIGN_VARIABLES = ["NODE_OPTIONS", "NODE_EXTRA_CA_CERTS", "LD_PRELOAD"];
const VARIABLE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^(?:PATH|HOME|TERM|TZ|LANG|APPDATA|ProgramData)$/;

test("every environment variable that a page names is read or set by the code", () => {
  const named = new Set(PAGES.flatMap(({ text }) => codeSpansOf(text).map((span) => span.split("=")[0] ?? "")));
  const variables = [...named].filter((name) => VARIABLE.test(name));
  assert.ok(variables.includes("NO_COLOR") && variables.includes("XDG_CONFIG_HOME"), "no variable was found");
  const known = (name: string): boolean => FOREIGN_VARIABLES.includes(name) || new RegExp(`\\b${name}\\b`).test(CODE);
  assert.deepEqual(
    variables.filter((name) => !known(name)),
    [],
  );
});

/** `fixtures/<command>/<case>`, `test/transcripts/*.txt`: what such a name stands for. */
function namesAFile(path: string): boolean {
  const literal = path.replace(/\/$/, "").split(/(<[a-z]+>|\*)/);
  const pattern = literal.map((part, i) => (i % 2 === 1 ? "[^/]*" : part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&")));
  return FILES.some((file) => new RegExp(`^${pattern.join("")}$`).test(file));
}

/** A path in the project, or the bare name of a source file. */
const PROJECT_PATH = /^(?:(?:src|test|docs|schemas|fixtures|bin|dist|\.config|\.ci)\/[\w.<>*/-]*|\.oxlintrc\.json)$/;
const SOURCE_NAME = /^[\w-]+(?:\/[\w-]+)*\.ts$/;
/** Paths on the user's machine: each part must stand in the code that makes them. */
const MACHINE_PATH = /^(?:\/etc|~)\/[\w./-]+$/;

function missingPath(span: string): boolean {
  if (PROJECT_PATH.test(span)) return !namesAFile(span);
  if (SOURCE_NAME.test(span)) return !FILES.some((file) => file.endsWith(`/${span}`));
  if (!MACHINE_PATH.test(span)) return false;
  return span.split("/").some((part) => part !== "~" && !CODE.includes(part));
}

test("every file and folder that a page names is there", () => {
  for (const bad of ["src/nothing.ts", "nothing.ts", "~/.config/nothing-of-ours", "test/*.nothing"])
    assert.ok(missingPath(bad), bad);
  const missing = PAGES.flatMap(({ path, text }) =>
    [...codeSpansOf(text), ...linksOf(text)].filter((span) => missingPath(span)).map((span) => `${path}: ${span}`),
  );
  assert.deepEqual(missing, []);
});
