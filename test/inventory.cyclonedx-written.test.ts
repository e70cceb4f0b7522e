// What is written here is read back as it was: components, digests, origins, facts, edges.

import assert from "node:assert/strict";
import { test } from "node:test";
import { join } from "node:path";
import type { Component, Inventory } from "../src/core/inventory.ts";
import { readCycloneDx } from "../src/inventory/cyclonedx.ts";
import { createDiskTree } from "../src/inventory/disk-tree.ts";
import { readNpmLock } from "../src/inventory/npm-lock.ts";
import { readSpdx } from "../src/inventory/spdx.ts";
import { readUvLock } from "../src/inventory/uv-lock.ts";
import { BOM_FORMATS } from "../src/sbom/bom-formats.ts";
import { graphOf } from "../src/sbom/graph.ts";
import { bomText } from "../src/sbom/text.ts";
import { readTexts } from "./support/inventory-readings.ts";
import { ROOT } from "./support/project.ts";

/** What must survive; keys and lines are those of the other file. */
function kept(component: Component, names: ReadonlyMap<string, string>): unknown {
  const { key: _key, file: _file, line: _line, dependsOn, ...rest } = component;
  const needs = dependsOn?.map((key) => names.get(key) ?? `nothing is ${key}`).toSorted();
  return { ...rest, dependsOn: needs };
}

function all({ root, components }: Pick<Inventory, "root" | "components">): readonly unknown[] {
  const listed = [root, ...components];
  // Of several copies the SBOM does not say which one is needed.
  const names = new Map(listed.map(({ key, name, version }) => [key, JSON.stringify([name, version])]));
  const places = listed.map((component) => ({
    place: JSON.stringify([component.name, component.version, component.location]),
    component: kept(component, names),
  }));
  return places.toSorted((a, b) => (a.place < b.place ? -1 : 1));
}

const SOURCES = [
  ["real-npm/remote/package-lock.json", readNpmLock],
  ["uv-fetch/uv.lock", readUvLock],
] as const;

test("what a package states is the same after it was written and read", async () => {
  const statements = {
    ...{ author: "Ada <ada@acme.example>", supplier: "Acme", publisher: "Acme Press", license: "MIT" },
    ...{ description: "serves files", homepage: "https://acme.example/" },
    ...{ repository: "git+https://git.example/acme/files.git", issues: "https://git.example/acme/files/issues" },
  };
  const [path, read] = SOURCES[1];
  const folder = join(ROOT, "fixtures/sbom", path, "..");
  const inventory = await read({ tree: createDiskTree(folder, ""), path: "uv.lock" });
  const graph = graphOf([{ ...inventory, components: inventory.components.map((one) => ({ ...one, statements })) }]);
  for (const [name, format] of Object.entries(BOM_FORMATS)) {
    const document = await format.write(graph, { toolVersion: "0.0.0", authors: [] });
    const reader = name.startsWith("spdx") ? readSpdx : readCycloneDx;
    const { components } = await readTexts(reader, { "bom.json": bomText(document) });
    assert.ok(components.length > 0);
    for (const component of components) assert.deepEqual({ ...component.statements }, statements, name);
  }
});

test("an inventory is the same after it was written and read", async () => {
  for (const [path, read] of SOURCES) {
    const folder = join(ROOT, "fixtures/sbom", path, "..");
    const inventory = await read({ tree: createDiskTree(folder, ""), path: path.slice(path.lastIndexOf("/") + 1) });
    const graph = graphOf([inventory]);
    for (const [name, format] of Object.entries(BOM_FORMATS)) {
      const document = await format.write(graph, { toolVersion: "0.0.0", authors: [] });
      assert.deepEqual(await format.check(document), [], `${path} as ${name}`);
      const reader = name.startsWith("spdx") ? readSpdx : readCycloneDx;
      const again = await readTexts(reader, { "bom.json": bomText(document) });
      assert.deepEqual(again.remarks, [], `${path} as ${name}`);
      assert.equal(again.completeness, inventory.completeness, `${path} as ${name}`);
      assert.deepEqual(all(again), all(inventory), `${path} as ${name}`);
    }
  }
});
