// What is published, and what is depended on.

import { test } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./support/project.ts";

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Manifest;

/** Files of the package, as npm lists them; the scripts stay off, or packing would build under the other tests. */
function packed(): readonly string[] {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const output = execFileSync("npm", args, { cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const [pack] = JSON.parse(output) as readonly { readonly files: readonly { readonly path: string }[] }[];
  return (pack?.files ?? []).map((file) => file.path);
}

test("the package holds the program, its schemas and its docs, and nothing else", () => {
  const files = packed();
  const allowed =
    /^(?:bin\/[\w.-]+\.cjs|dist\/[\w.-]+\.cjs|dist\/THIRD-PARTY-LICENSES\.txt|dist\/(?:trust-roots|tuf-start)\.json|schemas\/[\w./-]+\.json|docs\/[\w./-]+\.md|README\.md|LICENSE|package\.json)$/;
  assert.deepEqual(
    files.filter((file) => !allowed.test(file)),
    [],
  );
  for (const needed of [
    "bin/boltseal.cjs",
    "dist/boltseal.cjs",
    "dist/hash-worker.cjs",
    "README.md",
    "LICENSE",
    "docs/verify.md",
  ]) {
    assert.ok(files.includes(needed), `${needed} is missing`);
  }
  assert.ok(
    files.some((file) => file.startsWith("schemas/")),
    "no schema",
  );
});

test("every version is exact", () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  assert.deepEqual(
    versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  );
});

interface LockEntry {
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

test("the lock is complete: npm ci works on every platform, and every package is pinned by its digest", () => {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    readonly packages: Readonly<Record<string, LockEntry>>;
  };
  const entries = Object.entries(lock.packages).filter(([path]) => path !== "");
  assert.deepEqual(
    entries.filter(([, entry]) => entry.integrity === undefined).map(([path]) => path),
    [],
  );
  const locked = new Set(
    entries.map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)),
  );
  const named = entries.flatMap(([, entry]) => Object.keys(entry.optionalDependencies ?? {}));
  assert.deepEqual(
    named.filter((name) => !locked.has(name)),
    [],
  );
});

test("installing runs no script of ours on a user's machine", () => {
  for (const name of ["preinstall", "install", "postinstall"]) assert.ok(!(name in manifest.scripts), name);
});

test("check is its static part and the tests, as .ci/run relies on", () => {
  assert.equal(manifest.scripts["check"], "npm run check:static && npm test");
});
