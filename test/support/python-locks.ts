// Lockfiles of Python for tests: in memory or from the fixtures, read by the readers themselves; and what must hold of
// every inventory, whatever it was made from.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { formatDigest } from "../../src/core/digest.ts";
import { UserError } from "../../src/core/errors.ts";
import type { Component, Inventory } from "../../src/core/inventory.ts";
import { createDiskTree } from "../../src/inventory/disk-tree.ts";
import { createMemoryTree } from "../../src/inventory/memory-tree.ts";
import { SOURCES } from "../../src/inventory/sources.ts";
import { ROOT } from "./project.ts";

export type PythonKind = "uv-lock" | "poetry-lock" | "pdm-lock" | "pipfile-lock" | "pylock" | "requirements";

/** The name under which a kind of lockfile usually lies. */
export const FILE_NAMES: Readonly<Record<PythonKind, string>> = {
  "uv-lock": "uv.lock",
  "poetry-lock": "poetry.lock",
  "pdm-lock": "pdm.lock",
  "pipfile-lock": "Pipfile.lock",
  pylock: "pylock.toml",
  requirements: "requirements.txt",
};

/** An inventory of texts in memory: the lockfile, and what lies beside it. */
export async function readTexts(
  kind: PythonKind,
  lock: string | Uint8Array,
  others: Readonly<Record<string, string>> = {},
): Promise<Inventory> {
  const files = new Map<string, Uint8Array>([[FILE_NAMES[kind], Buffer.from(lock)]]);
  for (const [name, text] of Object.entries(others)) files.set(name, Buffer.from(text));
  const tree = createMemoryTree(files, "project");
  const read = await SOURCES[kind].load();
  return read({ tree: { ...tree, shown: (path) => path }, path: FILE_NAMES[kind] });
}

/** An inventory of a file of fixtures/sbom. */
export async function readFixture(kind: PythonKind, folder: string, file = FILE_NAMES[kind]): Promise<Inventory> {
  const read = await SOURCES[kind].load();
  return read({ tree: createDiskTree(join(ROOT, "fixtures/sbom", folder), ""), path: file });
}

export function fixtureText(path: string): string {
  return readFileSync(join(ROOT, "fixtures/sbom", path), "utf8");
}

/** A component by its key. */
export function componentAt({ components }: Inventory, key: string): Component {
  const found = components.find((component) => component.key === key);
  assert.ok(found, `no component ${key} among ${components.map((component) => component.key).join(", ")}`);
  return found;
}

/** All digests of a component and its files, in the notation that people compare. */
export function digestTexts({ digests, distributions }: Component): readonly string[] {
  const all = [...digests, ...(distributions ?? []).flatMap((file) => file.digests)];
  return [...new Set(all.map(formatDigest))].toSorted();
}

/** `name@version` to all its digests; of several entries the union. */
export function pinsOf({ components }: Inventory): ReadonlyMap<string, readonly string[]> {
  const pins = new Map<string, readonly string[]>();
  for (const component of components) {
    const name = `${component.name.toLowerCase().replaceAll(/[-_.]+/g, "-")}@${component.version ?? ""}`;
    pins.set(name, [...new Set([...(pins.get(name) ?? []), ...digestTexts(component)])].toSorted());
  }
  return pins;
}

export function rulesOf({ remarks }: Inventory): readonly string[] {
  return remarks.map(({ rule }) => rule).toSorted();
}

/** What the model promises of every inventory. */
export function assertSane(inventory: Inventory): void {
  const { root, components, completeness, remarks } = inventory;
  const keys = new Set(components.map(({ key }) => key));
  assert.equal(keys.size, components.length, "keys are unique");
  assert.ok(!keys.has(""), "the root's key is its own");
  assert.equal(root.key, "");
  for (const component of [root, ...components]) {
    assert.notEqual(component.name, "");
    for (const key of component.dependsOn ?? []) assert.ok(key === "" || keys.has(key), `${key} is a component`);
    assert.equal(component.undigested === undefined, digestTexts(component).length > 0, `${component.key}: undigested`);
  }
  const gaps = remarks.filter(({ rule }) => rule === "inventory-incomplete");
  if (completeness === "complete") assert.deepEqual(gaps, []);
}

/** Reads hostile text: it gives a sane inventory, or an error that is meant for a person. */
export async function survive(kind: PythonKind, text: string | Uint8Array): Promise<"read" | "refused"> {
  try {
    assertSane(await readTexts(kind, text));
    return "read";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    assert.match(error.code, /^(?:source-|input-)/);
    return "refused";
  }
}

/** A text cut off, with bytes changed, and with values of other types, at places spread over it. */
export function* mangled(text: string): Generator<string> {
  const step = Math.max(1, Math.floor(text.length / 40));
  for (let at = 0; at < text.length; at += step) {
    yield text.slice(0, at);
    yield `${text.slice(0, at)}\u0000${text.slice(at + 1)}`;
    yield `${text.slice(0, at)}"${text.slice(at)}`;
    yield text.slice(0, at) + text.slice(at + step);
  }
  const values = [...text.matchAll(/(?<=[=:] )(?:"[^"\n]*"|\[[^\]\n]*\]|\{[^}\n]*\}|true|false|\d+)(?=,?\n)/g)];
  for (const { 0: value, index } of values.slice(0, 30)) {
    for (const other of ["1", '"text"', "[]", "[1]", "{}", '[["a"]]', "true"]) {
      yield text.slice(0, index) + other + text.slice(index + value.length);
    }
  }
}
