// Npm projects for tests: folders made of texts and links, and what the readers of npm say of them.

import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Component, Inventory } from "../../src/core/inventory.ts";
import { createDiskTree } from "../../src/inventory/disk-tree.ts";
import { readNodeModules } from "../../src/inventory/node-modules.ts";
import { readNpmLock } from "../../src/inventory/npm-lock.ts";

/** The content of a file, what becomes JSON, or where a link leads. */
export type Content =
  string | Uint8Array | { readonly json: unknown } | { readonly link: string } | { readonly program: string };
export type Files = Readonly<Record<string, Content>>;

/** Calls `use` with a new folder that holds the files, and removes it. */
export async function withFiles<T>(files: Files, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "boltseal-npm-")));
  try {
    for (const [path, content] of Object.entries(files)) {
      const full = join(folder, path);
      mkdirSync(dirname(full), { recursive: true });
      if (typeof content === "string" || content instanceof Uint8Array) writeFileSync(full, content);
      else if ("link" in content) symlinkSync(content.link, full);
      else if ("json" in content) writeFileSync(full, JSON.stringify(content.json, null, 2));
      else {
        writeFileSync(full, content.program);
        chmodSync(full, 0o755);
      }
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is read from a lockfile of this content, with other files beside it. */
export function lockInventory(lock: unknown, beside: Files = {}): Promise<Inventory> {
  const content = typeof lock === "string" ? lock : JSON.stringify(lock, null, 2);
  return withFiles({ ...beside, "package-lock.json": content }, (folder) =>
    readNpmLock({ tree: createDiskTree(folder, ""), path: "package-lock.json" }),
  );
}

/** The same of the entries of version 3. */
export function packagesInventory(packages: Readonly<Record<string, unknown>>, beside: Files = {}): Promise<Inventory> {
  return lockInventory({ name: "root", version: "1.0.0", lockfileVersion: 3, packages }, beside);
}

export function installedInventory(files: Files, path = ""): Promise<Inventory> {
  return withFiles(files, (folder) => readNodeModules({ tree: createDiskTree(folder, ""), path }));
}

export function componentAt({ components }: Inventory, key: string): Component {
  const found = components.find((component) => component.key === key);
  if (found === undefined)
    throw new Error(`no component ${key}; there are: ${components.map((each) => each.key).join(", ")}`);
  return found;
}

/** The remarks as `rule subject: message`. */
export function remarkTexts({ remarks }: Inventory): readonly string[] {
  return remarks.map(({ rule, subject, message }) => `${rule} ${subject}: ${message}`);
}

export const SHA512 = `sha512-${Buffer.alloc(64, 7).toString("base64")}`;
export const OTHER_SHA512 = `sha512-${Buffer.alloc(64, 8).toString("base64")}`;

/** An entry of a package from a registry. */
export function entryOf(
  name: string,
  version: string,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const base = name.slice(name.lastIndexOf("/") + 1);
  return {
    version,
    resolved: `https://registry.npm.example/${name}/-/${base}-${version}.tgz`,
    integrity: SHA512,
    ...more,
  };
}
