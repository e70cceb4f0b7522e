// Packages, bundles and folders of installed packages that a test makes and reads as inventories.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createHash } from "node:crypto";
import { after } from "node:test";
import { UserError } from "../../src/core/errors.ts";
import type { Component, Inventory } from "../../src/core/inventory.ts";
import { createDiskTree } from "../../src/inventory/disk-tree.ts";
import { SOURCES } from "../../src/inventory/sources.ts";
import type { SourceKind } from "../../src/inventory/sources.ts";
import { ROOT } from "./project.ts";
import { forgeTarball } from "./tar-forge.ts";
import type { ForgedMember } from "./tar-forge.ts";
import { forgeZip } from "./zip-forge.ts";

/** Contents by path. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export const FIXTURES = join(ROOT, "fixtures/sbom");

const scratch = mkdtempSync(join(tmpdir(), "boltseal-packages-"));
after(() => rmSync(scratch, { recursive: true, force: true }));
let folders = 0;

/** A new empty folder that is gone when the tests of the file are done. */
export function newFolder(): string {
  const path = join(scratch, String(folders++));
  mkdirSync(path);
  return path;
}

/** Reads with the reader of the kind. `path` is the file in the folder, or empty for the folder itself. */
export async function readAt(kind: SourceKind, folder: string, path = ""): Promise<Inventory> {
  const read = await SOURCES[kind].load();
  return checked(await read({ tree: createDiskTree(folder, "shown"), path }));
}

export function readFixture(kind: SourceKind, folder: string, path = ""): Promise<Inventory> {
  return readAt(kind, join(FIXTURES, folder), path);
}

/** Writes the bytes under this name, and reads them. */
export function readBytes(kind: SourceKind, bytes: Uint8Array, name: string): Promise<Inventory> {
  const folder = newFolder();
  writeFileSync(join(folder, name), bytes);
  return readAt(kind, folder, name);
}

/** A new folder with these files. */
export function folderOf(files: Files): string {
  const folder = newFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** A copy of a folder of fixtures/sbom/, to be changed. */
export function copyOfFixture(name: string): string {
  const folder = newFolder();
  cpSync(join(FIXTURES, name), folder, { recursive: true });
  return folder;
}

export function tarballOf(files: Files, more: readonly ForgedMember[] = []): Buffer {
  return forgeTarball([...Object.entries(files).map(([name, content]) => ({ name, content })), ...more]);
}

export function zipOf(files: Files): Buffer {
  return forgeZip(Object.entries(files).map(([name, content]) => ({ name, content })));
}

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** A row of RECORD with the true hash. */
export function recordRow(path: string, content: string | Uint8Array, algorithm = "sha256"): string {
  return `${path},${algorithm}=${createHash(algorithm).update(content).digest("base64url")},${Buffer.byteLength(content)}`;
}

/** What holds for every inventory: keys are unique, edges lead to components, and what has no digest says why. */
function checked(inventory: Inventory): Inventory {
  const { root, components, remarks, completeness } = inventory;
  const keys = new Set(components.map(({ key }) => key));
  assert.equal(keys.size, components.length, "two components have one key");
  assert.equal(root.key, "");
  assert.ok(!keys.has(""), "a component has the key of the root");
  for (const component of [root, ...components]) {
    for (const key of component.dependsOn ?? []) assert.ok(keys.has(key), `${component.key} leads to ${key}`);
    if (component.digests.length === 0) assert.ok(component.undigested, `${component.key} does not say why`);
  }
  const lacks = remarks.some(({ rule }) => rule === "inventory-incomplete");
  assert.equal(completeness === "incomplete", lacks, "incomplete, and no remark says so, or the other way round");
  assert.ok(!JSON.stringify(inventory).includes(scratch), "an absolute path got into the inventory");
  return inventory;
}

/** One component by its key. */
export function componentAt({ components }: Inventory, key: string): Component {
  const found = components.find((one) => one.key === key);
  assert.ok(found, `no ${key} among ${components.map((one) => one.key).join(", ")}`);
  return found;
}

/** Rules and messages of all remarks, each as one line. */
export function remarkLines({ remarks }: Inventory): readonly string[] {
  return remarks.map(({ rule, subject, message }) => `${rule} ${subject}: ${message}`);
}

/** True for an inventory or a UserError; anything else that is thrown is thrown on. */
export async function answers(read: () => Promise<Inventory>): Promise<Inventory | UserError> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
