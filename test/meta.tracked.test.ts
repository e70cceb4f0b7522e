// What no tracked file may hold: registry hosts, folders of the machine it was written on, private keys that
// are not test keys, swallowed errors. Each check is shown something bad first.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { homedir } from "node:os";
import { dirname } from "node:path";
import { ROOT } from "./support/project.ts";
import { SKIP_WITHOUT_GIT, trackedFiles, type TrackedFile } from "./support/tracked.ts";

/** What is wrong with a file, in words, or undefined. */
type Check = (file: TrackedFile) => string | undefined;

/** Written so that the pattern does not match itself. Hosts of registries come from the user's configuration. */
const REGISTRY_HOST = new RegExp(
  [
    String.raw`registry\.(?:npmjs|yarnpkg)\.`,
    String.raw`\b(?:files\.pythonhosted|(?:test\.)?pypi)\.org\b`,
    String.raw`\b(?:static\.|index\.)?crates\.io\b`,
    String.raw`\b(?:proxy|sum)\.golang\.org\b`,
    String.raw`\b(?:repo1?|central)\.(?:maven|sonatype)\.`,
    String.raw`\b(?:deb|security|snapshot)\.debian\.org\b`,
    String.raw`\bapi\.nuget\.org\b`,
    String.raw`\brubygems\.org\b`,
  ].join("|"),
);

const registryHost: Check = ({ text }) => REGISTRY_HOST.exec(text)?.[0];

/** A pattern for any of these folders at the start of a path, and the registry that this machine uses. */
function machineCheck(folders: readonly string[], registry: string): Check {
  const named = folders.filter((folder) => folder.split("/").length > 2 || /^\/(?:work|root)$/.test(folder));
  const escaped = named.map((folder) => folder.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const path = escaped.length === 0 ? undefined : new RegExp(`(?<![\\w.])(?:${escaped.join("|")})(?:/|$)`, "m");
  return ({ text }) => path?.exec(text)?.[0] ?? (registry !== "" && text.includes(registry) ? registry : undefined);
}

const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY|^untrusted comment: [^\n]*(?<!signature from [a-z]+ )secret key\n/m;

const privateKey: Check = ({ path, text }) => {
  const binary = /\.(?:gpg|pgp|key|asc)$/.test(path) && /^[\x94-\x97\x9c-\x9f\xc5\xc7]/.test(text);
  if (!binary && !PRIVATE_KEY.test(text)) return undefined;
  return path.includes("test-only") ? undefined : "a private key in a file that is not called test-only-…";
};

/** `promise.catch(() => undefined);` as a statement swallows nothing: whoever awaits `promise` still gets the error. */
const HANDLED_LATER = /^\s*\w+\.catch\(\(\) => undefined\);$/gm;

/** Where an error may be dropped, and why nothing better can be done with it. */
const DROPPED_ON_PURPOSE: Readonly<Record<string, string>> = {
  "src/cli/main.ts: .catch(() => undefined)": "standard error is gone too, and the exit status says failure already",
};

/** The linter lets a catch pass that holds a comment alone, and does not know `.catch(() => {})`. */
const swallowedError: Check = ({ path, text }) => {
  if (!/\.(?:ts|mjs|cjs)$/.test(path) || /meta\.(?:tracked|imports)\.test\.ts$/.test(path)) return undefined;
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "").replaceAll(HANDLED_LATER, "");
  const EMPTY = /catch\s*(?:\([^)]*\)\s*)?\{\s*\}|\.catch\(\s*(?:\(\w*\)|\w+)\s*=>\s*(?:\{\s*\}|undefined|null)\s*\)/;
  return EMPTY.exec(code)?.[0];
};

function bareHost(registry: string): string {
  return URL.canParse(registry) ? new URL(registry).host : "";
}

const registry = execFileSync("npm", ["config", "get", "registry"], { cwd: ROOT, encoding: "utf8" }).trim();

/** Each check, and texts that it must complain about. */
const CHECKS: readonly (readonly [name: string, check: Check, path: string, bad: readonly string[]])[] = [
  [
    "no host of a package registry",
    registryHost,
    "docs/x.md",
    ["registry.npm" + "js.org", "https://py" + "pi.org/simple", "crates" + ".io"],
  ],
  [
    "no folder of this machine, no registry of its own",
    machineCheck([ROOT, dirname(ROOT), homedir()], bareHost(registry)),
    "docs/x.md",
    [`cd ${ROOT}/src`, ROOT],
  ],
  [
    "no private key that is not a test key",
    privateKey,
    "fixtures/x.key",
    [
      "-----BEGIN PGP " + "PRIVATE KEY BLOCK-----",
      "-----BEGIN " + "PRIVATE KEY-----",
      "untrusted comment: minisign encrypted secret key\nRW",
      "\u{94}x",
    ],
  ],
  [
    "no error is swallowed",
    swallowedError,
    "src/x.ts",
    [
      "try {} catch {}",
      "try {} catch (error) { }",
      "try {} catch {\n  // never mind\n}",
      "x.catch(() => {})",
      "x.catch((e) => undefined)",
    ],
  ],
];

for (const [name, check, path, bad] of CHECKS) {
  test(`${name}: the check bites`, () => {
    for (const text of bad) assert.notEqual(check({ path, text }), undefined, text);
    assert.equal(check({ path, text: "see https://registry.example/ and /usr/share\n" }), undefined);
  });
  test(name, { skip: SKIP_WITHOUT_GIT }, () => {
    const files = trackedFiles();
    assert.ok(files.length > 10, "git lists no files: nothing was checked");
    const found = files.flatMap((file) => {
      const what = check(file);
      return what === undefined ? [] : [`${file.path}: ${what}`];
    });
    assert.deepEqual(
      found.filter((line) => DROPPED_ON_PURPOSE[line] === undefined),
      [],
    );
  });
}
