// The table of sources: each is told by its names and contents, and the page of sbom has a line for each.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../src/core/errors.ts";
import { SOURCES } from "../src/inventory/sources.ts";
import type { SourceKind } from "../src/inventory/sources.ts";
import type { Source } from "../src/inventory/source.ts";
import { readInventories } from "../src/inventory/read.ts";
import { ROOT } from "./support/project.ts";

/** One name that each kind of file has, and one of another kind that is nearly it. */
const NAMES: Partial<Record<SourceKind, readonly [is: string, isNot: string]>> = {
  "npm-lock": ["npm-shrinkwrap.json", "package.json"],
  "pnpm-lock": ["pnpm-lock.yaml", "pnpm-workspace.yaml"],
  "yarn-lock": ["yarn.lock", ".yarnrc.yml"],
  "bun-lock": ["bun.lock", "bunfig.toml"],
  "uv-lock": ["uv.lock", "uv.toml"],
  "poetry-lock": ["poetry.lock", "poetry.toml"],
  "pdm-lock": ["pdm.lock", "pdm.toml"],
  "pipfile-lock": ["Pipfile.lock", "Pipfile"],
  pylock: ["pylock.dev.toml", "pyproject.toml"],
  requirements: ["requirements-dev.txt", "README.txt"],
  "cargo-lock": ["Cargo.lock", "Cargo.toml"],
  "go-mod": ["go.sum", "go.work"],
  cyclonedx: ["server.cdx.json", "server.json"],
  spdx: ["server.spdx.json", "spdx.ts"],
  "npm-package": ["acme-server-1.0.0.tgz", "acme.zip"],
  wheel: ["acme-1.0-py3-none-any.whl", "wheel.txt"],
  sdist: ["acme-1.0.tar.gz", "acme.tar"],
  mcpb: ["server.mcpb", "manifest.json"],
};

for (const [kind, [is, isNot]] of Object.entries(NAMES)) {
  const source: Source = SOURCES[kind as SourceKind];
  test(`sources: ${is} is ${kind} by its name, ${isNot} is not`, () => {
    assert.equal(source.names?.test(is), true);
    assert.equal(source.names?.test(isNot), false);
    const first = Object.entries<Source>(SOURCES).find(([, { names }]) => names?.test(is));
    assert.equal(first?.[0], kind);
  });
}

test("sources: every kind can be told, and only a plain file by nothing", () => {
  const untold = Object.entries<Source>(SOURCES).filter(
    ([, { names, content, head, folder }]) => (names ?? content ?? head ?? folder) === undefined,
  );
  assert.deepEqual(
    untold.map(([kind]) => kind),
    ["file"],
  );
});

test("sources: docs/sbom.md has a line for each kind, in the order of the table", () => {
  const page = readFileSync(join(ROOT, "docs/sbom.md"), "utf8");
  const lines = [...page.matchAll(/^\| `([a-z-]+)` /gm)].map((match) => match[1]);
  assert.deepEqual(lines, Object.keys(SOURCES));
});

type Action = (top: string) => void;

const WHEEL = "acme_tools-1.4.0-py3-none-any.whl";
const story = (name: string): string => join(ROOT, "fixtures/sbom/story", name);

/** What is in a folder, what is asked for, and which sources are read. */
const CASES: readonly (readonly [sentence: string, prepare: Action, path: string, read: readonly string[]])[] = [
  [
    "a lockfile by its name",
    (top) => cpSync(story("package-lock.json"), join(top, "package-lock.json")),
    "package-lock.json",
    ["package-lock.json"],
  ],
  [
    "a lockfile of another name by its content",
    (top) => cpSync(story("package-lock.json"), join(top, "x")),
    "x",
    ["x"],
  ],
  [
    "the lockfile of a folder",
    (top) => cpSync(story("package-lock.json"), join(top, "package-lock.json")),
    ".",
    ["package-lock.json"],
  ],
  [
    "npm's own choice of two",
    (top) => {
      cpSync(story("package-lock.json"), join(top, "package-lock.json"));
      cpSync(story("package-lock.json"), join(top, "npm-shrinkwrap.json"));
    },
    ".",
    ["npm-shrinkwrap.json"],
  ],
  [
    "lockfiles of two ecosystems, both",
    (top) => {
      cpSync(story("package-lock.json"), join(top, "package-lock.json"));
      cpSync(join(ROOT, "fixtures/sbom/uv-forks/uv.lock"), join(top, "uv.lock"));
    },
    ".",
    ["package-lock.json", "uv.lock"],
  ],
  [
    "a lockfile, and not the requirements that were exported from it",
    (top) => {
      cpSync(join(ROOT, "fixtures/sbom/uv-forks/uv.lock"), join(top, "uv.lock"));
      writeFileSync(join(top, "requirements.txt"), "acme==1.0\n");
    },
    ".",
    ["uv.lock"],
  ],
  ["a file that is nothing else", (top) => writeFileSync(join(top, "x.bin"), "x"), "x.bin", ["x.bin"]],
  [
    "a tarball that is no package as a plain file",
    (top) => {
      writeFileSync(join(top, "x"), "content");
      execFileSync("tar", ["-czf", "release.tgz", "x"], { cwd: top });
    },
    "release.tgz",
    ["release.tgz"],
  ],
  [
    "what a link leads to, by the name of the link",
    (top) => {
      mkdirSync(join(top, "real"));
      cpSync(story("package-lock.json"), join(top, "real/package-lock.json"));
      symlinkSync("real/package-lock.json", join(top, "lock"));
    },
    "lock",
    ["lock"],
  ],
  [
    "a wheel behind a link, whose name is that of the link",
    (top) => {
      cpSync(join(ROOT, "fixtures/sbom/wheel-acme", WHEEL), join(top, "blob"));
      symlinkSync("blob", join(top, WHEEL));
    },
    WHEEL,
    [WHEEL],
  ],
];

for (const [sentence, prepare, path, read] of CASES) {
  test(`sources: reads ${sentence}`, async () => {
    const top = realpathSync(mkdtempSync(join(tmpdir(), "boltseal-sources-")));
    try {
      prepare(top);
      const { inventories, remarks } = await readInventories({ path, cwd: top });
      assert.ok(remarks.every(({ rule }) => rule !== "component-malformed"));
      assert.deepEqual(
        inventories.map((one) => one.path),
        read,
      );
    } finally {
      rmSync(top, { recursive: true });
    }
  });
}

/** A folder that holds one file. @returns what is read of it, or what the error says */
async function answerTo(name: string, text: string): Promise<unknown> {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "boltseal-sources-")));
  try {
    writeFileSync(join(top, name), text);
    const { skipped } = await readInventories({ path: name, cwd: top });
    return skipped.map(({ path }) => path);
  } catch (error) {
    assert.ok(error instanceof UserError);
    return [error.code, error.hint?.includes("--source file")];
  } finally {
    rmSync(top, { recursive: true });
  }
}

test("sources: a manifest is no lockfile, and a list that is not known is said to be a plain file", async () => {
  const refused = ["source-unknown", true];
  assert.deepEqual(await answerTo("package.json", "{}"), refused);
  assert.deepEqual(await answerTo("pyproject.toml", "[project]"), refused);
  assert.deepEqual(await answerTo("prod.txt", "acme==1.0"), ["prod.txt"]);
  assert.deepEqual(await answerTo("server.js", "run()"), []);
});

test("sources: a link is told by the name of what it leads to, too", async () => {
  const top = realpathSync(mkdtempSync(join(tmpdir(), "boltseal-sources-")));
  try {
    symlinkSync(join(ROOT, "fixtures/sbom/uv-fetch/uv.lock"), join(top, "current"));
    const { inventories } = await readInventories({ path: "current", cwd: top });
    assert.deepEqual(
      inventories.map(({ path, components }) => [path, components.length > 10]),
      [["current", true]],
    );
  } finally {
    rmSync(top, { recursive: true });
  }
});
