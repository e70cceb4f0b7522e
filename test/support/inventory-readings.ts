// Sources that a test writes and a reader of the inventory reads, and what an answer must hold whatever the source is.

import { after } from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../src/core/errors.ts";
import type { Component, Inventory } from "../../src/core/inventory.ts";
import { createDiskTree } from "../../src/inventory/disk-tree.ts";
import { createMemoryTree } from "../../src/inventory/memory-tree.ts";
import type { ReadSource } from "../../src/inventory/source.ts";

const folder = mkdtempSync(join(tmpdir(), "boltseal-inventory-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** Reads a file of these bytes from the disk. */
export async function readBytes(read: ReadSource, bytes: Uint8Array): Promise<Inventory> {
  const path = `source-${files++}`;
  writeFileSync(join(folder, path), bytes);
  return checked(await read({ tree: createDiskTree(folder, ""), path }));
}

/** Reads the first of these texts, with the others beside it. */
export async function readTexts(read: ReadSource, texts: Readonly<Record<string, string>>): Promise<Inventory> {
  const tree = createMemoryTree(new Map(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)])), "");
  const shownTree = { ...tree, shown: (path: string) => (path === "" ? "." : path) };
  return checked(await read({ tree: shownTree, path: Object.keys(texts)[0] ?? "" }));
}

/** The code of the error that reading ends in, or undefined when it answers; anything else that is thrown fails. */
export async function codeOf(reading: Promise<Inventory>): Promise<string | undefined> {
  try {
    await reading;
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
}

/** Keys are unique, edges lead to components, what has no digest says why, and what is incomplete says so. */
export function checked(inventory: Inventory): Inventory {
  const { root, components, remarks, completeness } = inventory;
  const keys = new Set(["", ...components.map(({ key }) => key)]);
  assert.equal(root.key, "");
  assert.equal(keys.size, components.length + 1, "a key is there twice");
  for (const component of [root, ...components]) {
    for (const key of component.dependsOn ?? []) assert.ok(keys.has(key), `an edge leads to ${key}`);
    const digests = [...component.digests, ...(component.distributions ?? []).flatMap((each) => each.digests)];
    assert.equal(
      digests.length === 0,
      component.undigested !== undefined,
      `${component.name}: ${component.undigested}`,
    );
  }
  if (remarks.some(({ rule }) => rule === "inventory-incomplete")) assert.equal(completeness, "incomplete");
  return inventory;
}

/** Rule, subject and message of each remark. */
export function remarksOf({ remarks }: Inventory): readonly string[] {
  return remarks.map(({ rule, subject, message }) => `${rule}: ${subject}: ${message}`);
}

/** `name@version scope`. */
export function listOf({ components }: Inventory): readonly string[] {
  return components.map(({ name, version, scope }) => `${name}@${version ?? ""} ${scope}`);
}

export function componentNamed({ components }: Inventory, name: string): Component {
  const found = components.find((component) => component.name === name);
  assert.ok(found !== undefined, `there is no ${name}`);
  return found;
}
