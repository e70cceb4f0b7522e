// One project in the formats of five tools: names, versions and hashes agree with one another, and with what uv exports
// of its own lockfile.

import { test } from "node:test";
import assert from "node:assert/strict";
import { fixtureText, pinsOf, readFixture } from "./support/python-locks.ts";

type Pins = ReadonlyMap<string, readonly string[]>;

/** Hashes of everything that both state; where one tool keeps more wheels than the other, those of the smaller list. */
function assertAgree(left: Pins, right: Pins, atLeast: number): void {
  const both = [...left.keys()].filter((name) => right.has(name));
  assert.ok(both.length >= atLeast, `${both.length} in both`);
  for (const name of both) {
    const [less = [], more = []] = [left.get(name) ?? [], right.get(name) ?? []].toSorted(
      (a, b) => a.length - b.length,
    );
    assert.ok(less.length > 0, name);
    assert.deepEqual(
      less.filter((digest) => !more.includes(digest)),
      [],
      name,
    );
  }
}

interface Exported {
  readonly metadata: { readonly component: { readonly "bom-ref": string; readonly name: string } };
  readonly components: readonly {
    readonly "bom-ref": string;
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly externalReferences?: readonly { readonly hashes?: readonly { readonly content: string }[] }[];
  }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

test("uv's own SBOM of the lockfile has the same packages, hashes, purls and edges", async () => {
  const inventory = await readFixture("uv-lock", "uv-fetch");
  const exported = JSON.parse(fixtureText("uv-fetch/uv-export.cdx.json")) as Exported;
  const expected = exported.components.map(({ name, version, externalReferences }) => {
    const hashes = (externalReferences ?? []).flatMap((reference) =>
      (reference.hashes ?? []).map(({ content }) => `sha256:${content}`),
    );
    return [`${name}@${version}`, [...new Set(hashes)].toSorted()] as const;
  });
  assert.deepEqual(pinsOf(inventory), new Map(expected));
  assert.deepEqual(
    new Set(inventory.components.map(({ purl }) => purl)),
    new Set(exported.components.map(({ purl }) => purl)),
  );
  const root = exported.metadata.component;
  const names = new Map(
    exported.components.map((component) => [component["bom-ref"], `${component.name}@${component.version}`]),
  );
  names.set(root["bom-ref"], "");
  const theirs = exported.dependencies.flatMap(({ ref, dependsOn }) =>
    (dependsOn ?? []).map((to) => `${names.get(ref)} > ${names.get(to)}`),
  );
  const ours = [inventory.root, ...inventory.components].flatMap(({ key, dependsOn }) =>
    (dependsOn ?? []).map((to) => `${key} > ${to}`),
  );
  assert.deepEqual(ours.toSorted(), theirs.toSorted());
});

test("uv's requirements file and pylock.toml have just the hashes of its lockfile", async () => {
  const lock = pinsOf(await readFixture("uv-lock", "uv-fetch"));
  const pylock = pinsOf(await readFixture("pylock", "pylock-fetch"));
  assert.deepEqual(pylock, lock);
  const requirements = pinsOf(await readFixture("requirements", "uv-fetch", "uv-export.txt"));
  assert.deepEqual(requirements, lock);
});

test("Poetry, PDM, pipenv and pip-compile state the same hashes of the same packages", async () => {
  const lock = pinsOf(await readFixture("uv-lock", "uv-fetch"));
  assertAgree(lock, pinsOf(await readFixture("poetry-lock", "poetry-fetch")), 50);
  assertAgree(lock, pinsOf(await readFixture("pdm-lock", "pdm-fetch")), 50);
  assertAgree(lock, pinsOf(await readFixture("pipfile-lock", "pipfile-fetch")), 45);
  assertAgree(lock, pinsOf(await readFixture("pylock", "pylock-fetch", "pylock.pdm.toml")), 50);
  const compiled = await readFixture("requirements", "requirements-fetch", "pip-compile-requirements.txt");
  assertAgree(lock, pinsOf(compiled), 45);
});

test("the edges of Poetry and PDM are those of uv, where both lock the same packages", async () => {
  const edges = async (kind: "uv-lock" | "poetry-lock", folder: string): Promise<ReadonlySet<string>> => {
    const { root, components } = await readFixture(kind, folder);
    return new Set(
      [root, ...components].flatMap(({ key, dependsOn }) => (dependsOn ?? []).map((to) => `${key} > ${to}`)),
    );
  };
  const [uv, poetry] = [await edges("uv-lock", "uv-fetch"), await edges("poetry-lock", "poetry-fetch")];
  const differ = [...uv].filter((edge) => !poetry.has(edge)).concat([...poetry].filter((edge) => !uv.has(edge)));
  // uv locks a second soupsieve for later Pythons.
  assert.deepEqual(differ, ["beautifulsoup4@4.15.0 > soupsieve@4.1.2"]);
});
