// Who may import whom (docs/architecture.md). The table stands here and, in the linter's terms, in
// .oxlintrc.json. The graph that esbuild resolves is held against this table; the linter, which also sees
// types, is shown statements that it must refuse and others that it must let pass.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./support/project.ts";

interface Row {
  /** Folders of src/ besides its own that a file may import. */
  readonly folders: readonly string[];
  /** Single files of other folders. */
  readonly files?: readonly string[];
  readonly builtins: readonly string[];
  readonly packages?: readonly string[];
}

const PURE = ["buffer", "crypto", "path", "string_decoder", "util"];
const DISK = [...PURE, "fs", "fs/promises", "os"];
const FILES = [...DISK, "events", "stream", "timers", "url", "worker_threads", "zlib"];
const COMMANDS = ["verify", "sbom", "diff", "registry", "audit", "mcp"];
const SIGNED = "verify/signed.ts";
const SIGSTORE = ["bundle", "core", "protobuf-specs", "verify"].map((name) => `@sigstore/${name}`);
/** Compiled schemas, files of dist/ (package.json, `imports`). */
const VALIDATORS = ["1.2", "1.3", "1.4", "1.5", "1.6", "1.7"].map((version) => `#cyclonedx/${version}`);

/** By folder, or by file where a file may do more than its folder. */
const TABLE: Readonly<Record<string, Row>> = {
  core: { folders: [], builtins: PURE, packages: ["jsonc-parser"] },
  "core/cyclonedx-schema.ts": { folders: [], builtins: [], packages: VALIDATORS },
  io: { folders: ["core"], builtins: FILES },
  "io/child.ts": { folders: ["core"], builtins: [...FILES, "child_process"], packages: ["execa"] },
  "io/net.ts": { folders: ["core"], builtins: [...FILES, "net", "tls", "http", "https", "dns"] },
  output: { folders: ["core"], builtins: PURE },
  policy: { folders: ["core", "io"], files: [SIGNED], builtins: DISK },
  inventory: {
    folders: ["core", "io"],
    builtins: DISK,
    packages: ["yaml", "smol-toml", "semver", "@renovatebot/pep440"],
  },
  ...Object.fromEntries(COMMANDS.map((command) => [command, { folders: ["core"], builtins: PURE }])),
  sbom: { folders: ["core"], builtins: PURE, packages: ["spdx-expression-parse"] },
  verify: { folders: ["core"], builtins: PURE, packages: ["openpgp", "eckey-utils", ...SIGSTORE] },
  ...Object.fromEntries(
    COMMANDS.map((command) => [
      `${command}/job.ts`,
      { folders: ["core", "io", "policy", "inventory"], files: [SIGNED], builtins: DISK },
    ]),
  ),
  // Parts of verify's job: what reads flags' files, folders, artifacts and their insides, and what downloads.
  ...Object.fromEntries(
    ["setting", "operands", "reading", "inspection", "locking", "obtain", "download"].map((part) => [
      `verify/${part}.ts`,
      { folders: ["core", "io", "policy", "inventory"], builtins: DISK },
    ]),
  ),
  cli: {
    folders: ["core", "io", "policy", "inventory", "output", ...COMMANDS],
    builtins: DISK,
    packages: ["chalk", "ora", "tuf-js", "tuf-js/dist/error.js"],
  },
  "cli/world.ts": { folders: ["core"], builtins: [...DISK, "process", "tty", "url"] },
};

/** Whether a file of src/ may import a file of src/, a `node:` module or a package. Paths are below src/. */
function mayImport(from: string, to: string): boolean {
  const folder = folderOf(from);
  const row = TABLE[from] ?? TABLE[folder];
  if (row === undefined) return false;
  if (to.startsWith("node:")) return row.builtins.includes(to.slice("node:".length));
  if (!to.endsWith(".ts")) return row.packages?.includes(to) === true;
  return folderOf(to) === folder || row.folders.includes(folderOf(to)) || row.files?.includes(to) === true;
}

function folderOf(path: string): string {
  return path.split("/")[0] ?? "";
}

interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Every import of src/ that survives compiling: `import`, `export from`, `import()` and `require()`. */
async function imports(): Promise<readonly Edge[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: sources().map((file) => `src/${file}`),
    bundle: true,
    write: false,
    outdir: "unused",
    format: "esm",
    platform: "node",
    packages: "external",
    external: ["#*"],
    metafile: true,
    logLevel: "silent",
  });
  return Object.entries(metafile.inputs).flatMap(([from, input]) =>
    input.imports.map(({ path }) => ({ from: belowSrc(from), to: belowSrc(path) })),
  );
}

function belowSrc(path: string): string {
  return path.replace(/^src\//, "");
}

function sources(): readonly string[] {
  const all = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
  return all.filter((path) => path.endsWith(".ts")).toSorted();
}

test("every import of src/ is one that the table allows", async () => {
  const edges = await imports();
  assert.ok(edges.length > 10, "the graph is empty: nothing was checked");
  const forbidden = edges.filter(({ from, to }) => !mayImport(from, to));
  assert.deepEqual(
    forbidden.map(({ from, to }) => `${from} imports ${to}`),
    [],
  );
});

test("every folder of src/ has a row", () => {
  const missing = [...new Set(sources().map(folderOf))].filter((folder) => TABLE[folder] === undefined);
  assert.deepEqual(missing, []);
});

/** Who writes what, and the rule that must refuse it (or none). A line each in one file, so names are `NAME`. */
const IMPORTS = "no-restricted-imports";
const STATEMENTS: readonly (readonly [sentence: string, from: string, statement: string, rule?: string])[] = [
  ["core imports nothing of ours", "core/x.ts", 'import { NAME } from "../io/files.ts";', IMPORTS],
  ["io does not know commands", "io/x.ts", 'import { NAME } from "../verify/job.ts";', IMPORTS],
  ["a type is an import too", "output/x.ts", 'import type { NAME } from "../policy/types.ts";', IMPORTS],
  ["so is a re-export", "output/x.ts", 'export { NAME } from "../io/files.ts";', IMPORTS],
  ["so is a re-export of everything", "output/x.ts", 'export * from "../io/files.ts";', IMPORTS],
  ["so is import()", "verify/x.ts", 'export const NAME = import("../io/files.ts");', IMPORTS],
  ["so is an import for its effect", "verify/x.ts", 'import "../io/files.ts";', IMPORTS],
  ["a detour through the own folder", "verify/x.ts", 'import { NAME } from "./../io/files.ts";', IMPORTS],
  ["a detour through an allowed folder", "verify/x.ts", 'import { NAME } from "../core/../io/files.ts";', IMPORTS],
  ["a detour through another folder", "verify/x.ts", 'import { NAME } from "../verify/../io/files.ts";', IMPORTS],
  ["a command's files leave io to the job", "verify/x.ts", 'import { NAME } from "../io/files.ts";', IMPORTS],
  ["a command's files do not know the policy", "sbom/x.ts", 'import { NAME } from "../policy/read.ts";', IMPORTS],
  ["nothing below cli imports cli", "verify/job.ts", 'import { NAME } from "../cli/world.ts";', IMPORTS],
  ["a job does not print", "verify/job.ts", 'import { NAME } from "../output/human.ts";', IMPORTS],
  ["what downloads does not print", "verify/obtain.ts", 'import { NAME } from "../output/human.ts";', IMPORTS],
  ["nor does it open sockets itself", "verify/obtain.ts", 'import { get as NAME } from "node:https";', IMPORTS],
  ["jobs do not import one another", "sbom/job.ts", 'import { NAME } from "../verify/job.ts";', IMPORTS],
  ["nor one another's files", "sbom/job.ts", 'import { NAME } from "../verify/openpgp.ts";', IMPORTS],
  [
    "policy verifies through the one entry alone",
    "policy/x.ts",
    'import { NAME } from "../verify/openpgp.ts";',
    IMPORTS,
  ],
  ["a folder without a row may do nothing", "news/x.ts", 'import { NAME } from "../core/report.ts";', IMPORTS],
  ["a scheme reads no files", "verify/x.ts", 'import { readFileSync as NAME } from "node:fs";', IMPORTS],
  ["under every name", "core/x.ts", 'import { readFile as NAME } from "node:fs/promises";', IMPORTS],
  ["without its prefix too", "verify/x.ts", 'import { readFileSync as NAME } from "fs";', "prefer-node-protocol"],
  ["a format reads no files", "output/x.ts", 'import { statSync as NAME } from "node:fs";', IMPORTS],
  ["threads are io's", "verify/job.ts", 'import { Worker as NAME } from "node:worker_threads";', IMPORTS],
  ["programs are io/child's", "io/files.ts", 'import { spawn as NAME } from "node:child_process";', IMPORTS],
  ["with execa too", "io/files.ts", 'import { execa as NAME } from "execa";', IMPORTS],
  ["sockets are io/net's", "io/files.ts", 'import { connect as NAME } from "node:net";', IMPORTS],
  ["over http too", "cli/x.ts", 'import { get as NAME } from "node:https";', IMPORTS],
  ["and for names", "io/files.ts", 'import { lookup as NAME } from "node:dns/promises";', IMPORTS],
  ["and with fetch", "verify/x.ts", 'export const NAME = fetch("https://a.example/");', "no-restricted-globals"],
  ["the process is cli/world's", "cli/x.ts", "export const NAME = process.argv;", "no-restricted-globals"],
  ["as a property too", "cli/x.ts", "export const NAME = globalThis.process;", "no-restricted-globals"],
  ["as a module too", "cli/x.ts", 'import { argv as NAME } from "node:process";', IMPORTS],
  ["code is not loaded by name", "core/x.ts", 'import { createRequire as NAME } from "node:module";', IMPORTS],
  ["nor by a computed name", "cli/x.ts", "export const NAME = (n: string) => import(n);", "no-dynamic-require"],
  ["nor by require", "cli/x.ts", 'export const NAME = require("../core/report.ts");', "no-require-imports"],
  ["nor made from text", "core/x.ts", 'export const NAME = new Function("return 1");', "no-new-func"],
  ["nor evaluated", "core/x.ts", 'export const NAME = eval("1");', "no-restricted-globals"],
  ["the terminal is cli's", "verify/job.ts", 'import NAME from "ora";', IMPORTS],
  ["colour too", "output/x.ts", 'import { Chalk as NAME } from "chalk";', IMPORTS],
  ["OpenPGP is verify's", "policy/x.ts", 'import { readKey as NAME } from "openpgp";', IMPORTS],
  ["under every entry", "io/x.ts", 'import { readKey as NAME } from "openpgp/lightweight";', IMPORTS],
  ["nothing writes to the console", "cli/x.ts", 'console.log("x");', "no-console"],
  ["nothing exports a default", "core/x.ts", "export default 1;", "no-default-export"],
  ["no error is swallowed", "core/x.ts", 'try { JSON.parse(""); } catch {}', "no-empty"],
  ["a promise is not forgotten", "core/x.ts", "Promise.resolve(1);", "no-floating-promises"],
  ["no type is left out", "core/x.ts", "export const NAME = (y: any): unknown => y;", "no-explicit-any"],
  ["a test run is not narrowed", "../test/x.ts", 'test.only("x", () => undefined);', "no-restricted-properties"],

  ["core reads core", "core/x.ts", 'export { NAME } from "./report.ts";'],
  ["core computes digests", "core/x.ts", 'export { createHash as NAME } from "node:crypto";'],
  ["io reads core", "io/x.ts", 'export { NAME } from "../core/report.ts";'],
  ["io reads files", "io/x.ts", 'export { readFileSync as NAME } from "node:fs";'],
  ["a scheme reads core", "verify/x.ts", 'export { NAME } from "../core/report.ts";'],
  ["a scheme reads OpenPGP", "verify/x.ts", 'export { readKey as NAME } from "openpgp";'],
  ["a job reads io", "sbom/job.ts", 'export { NAME } from "../io/files.ts";'],
  ["a job reads the policy", "sbom/job.ts", 'export { NAME } from "../policy/read.ts";'],
  ["a job reads the inventory", "sbom/job.ts", 'export { NAME } from "../inventory/sources.ts";'],
  ["a job reads files", "sbom/job.ts", 'export { readFileSync as NAME } from "node:fs";'],
  ["a job verifies through the one entry", "registry/job.ts", 'export { NAME } from "../verify/signed.ts";'],
  ["policy verifies through the one entry", "policy/x.ts", 'export { NAME } from "../verify/signed.ts";'],
  ["what downloads uses io", "verify/obtain.ts", 'export { NAME } from "../io/net.ts";'],
  ["what downloads reads npm's configuration", "verify/obtain.ts", 'export { NAME } from "../policy/npm-config.ts";'],
  ["cli reads jobs", "cli/x.ts", 'export { NAME } from "../verify/job.ts";'],
  ["cli reads chalk", "cli/x.ts", 'export { Chalk as NAME } from "chalk";'],
  ["the world is the process", "cli/world.ts", "export const NAME = process.argv;"],
  ["tests may start programs", "../test/x.ts", 'export { spawn as NAME } from "node:child_process";'],
];

test("the linter refuses what the table forbids, and lets the rest pass", async (t) => {
  const complaints = await lint();
  const ours = new Set(STATEMENTS.map(([, , , rule]) => rule));
  for (const [index, [sentence, from, statement, rule]] of STATEMENTS.entries()) {
    await t.test(sentence, () => {
      const rules = (complaints.get(index) ?? []).filter((name) => ours.has(name));
      if (rule === undefined) assert.deepEqual(rules, [], `${from}: ${statement}`);
      else assert.ok(rules.includes(rule), `${from}: ${statement}: ${rules.join(", ") || "no complaint"}`);
    });
  }
});

interface Diagnostic {
  readonly code: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
}

/** Lints all statements with the project's own configuration; names of rules, by index of the statement. */
async function lint(): Promise<ReadonlyMap<number, readonly string[]>> {
  const folder = mkdtempSync(join(tmpdir(), "boltseal-lint-"));
  try {
    cpSync(join(ROOT, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
    // Without the types of Node, which are not to be found from there.
    writeFileSync(
      join(folder, "tsconfig.json"),
      '{"compilerOptions": {"strict": true, "types": []}, "include": ["."]}',
    );
    const byFile = new Map<string, number[]>();
    for (const [index, [, from, statement]] of STATEMENTS.entries()) {
      const file = join("src", from);
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      appendFileSync(join(folder, file), `${statement.replaceAll("NAME", `name${index}`)}\n`);
      byFile.set(file, [...(byFile.get(file) ?? []), index]);
    }
    const complaints = new Map<number, string[]>();
    for (const { code, filename, labels } of await oxlint(folder)) {
      const index = byFile.get(filename)?.[(labels[0]?.span.line ?? 0) - 1];
      const rule = /\((.*)\)$/.exec(code)?.[1] ?? code;
      if (index !== undefined) complaints.set(index, [...(complaints.get(index) ?? []), rule]);
    }
    return complaints;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function oxlint(folder: string): Promise<readonly Diagnostic[]> {
  const programs = join(ROOT, "node_modules/.bin");
  const env = { ...process.env, OXLINT_TSGOLINT_PATH: join(programs, "tsgolint") };
  const options = { cwd: folder, env, maxBuffer: 1e8 };
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(join(programs, "oxlint"), ["--format", "json", "src", "test"], options, (error, text, stderr) => {
      if (error !== null && error.code !== 1) reject(new Error(`oxlint: ${stderr}`, { cause: error }));
      else resolve(text);
    });
  });
  return (JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] }).diagnostics;
}
