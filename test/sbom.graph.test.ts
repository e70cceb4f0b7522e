// Which components become one node of an SBOM, what the nodes are called, and what they depend on.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Component, Inventory } from "../src/core/inventory.ts";
import { graphOf } from "../src/sbom/graph.ts";
import { digest, inventoryOf, npmComponent } from "./support/bom.ts";

const A = npmComponent("a", "1.0.0");
const NESTED = { key: "node_modules/b/node_modules/a", location: "node_modules/b/node_modules/a" };

const COPIES: readonly (readonly [sentence: string, copy: Component, nodes: number])[] = [
  ["everything agrees", { ...A, ...NESTED }, 1],
  [
    "the members have another order",
    { ...NESTED, ...Object.fromEntries(Object.entries(A).toReversed()), ...NESTED } as Component,
    1,
  ],
  ["another digest", { ...A, ...NESTED, digests: [digest("sha512", "b")] }, 2],
  ["one digest more", { ...A, ...NESTED, digests: [digest("sha1", "b"), ...A.digests] }, 2],
  ["no digest", { ...A, ...NESTED, digests: [], undigested: "the lockfile states none" }, 2],
  ["another host", { ...A, ...NESTED, origin: { kind: "registry", host: "mirror.example" } }, 2],
  ["from git", { ...A, ...NESTED, origin: { kind: "git", commit: "a".repeat(40) } }, 2],
  ["another scope", { ...A, ...NESTED, scope: "development" }, 2],
  ["an install script", { ...A, ...NESTED, facts: { installScripts: [{}] } }, 2],
  ["bundled", { ...A, ...NESTED, facts: { bundled: true } }, 2],
  ["another licence", { ...A, ...NESTED, statements: { license: "MIT" } }, 2],
  ["another name for the same purl", { ...A, ...NESTED, name: "A" }, 2],
  [
    "computed, not declared",
    { ...A, ...NESTED, digests: A.digests.map((item) => ({ ...item, from: "computed" as const })) },
    2,
  ],
];

for (const [sentence, copy, nodes] of COPIES) {
  test(`a second copy, ${sentence}: ${nodes === 1 ? "one node" : "two nodes"}`, () => {
    const graph = graphOf([inventoryOf([A, copy])]);
    assert.equal(graph.nodes.length, nodes);
    assert.deepEqual(graph.nodes.flatMap(({ occurrences }) => occurrences).toSorted(), [
      "node_modules/a",
      "node_modules/b/node_modules/a",
    ]);
    assert.equal(new Set(graph.nodes.map(({ ref }) => ref)).size, nodes);
  });
}

test("places that an SBOM has put together stay together", () => {
  const { nodes } = graphOf([
    inventoryOf([
      { ...A, otherLocations: ["z", "b"] },
      { ...A, ...NESTED },
    ]),
  ]);
  assert.deepEqual(
    nodes.map(({ occurrences }) => occurrences),
    [["b", A.location, NESTED.location, "z"]],
  );
});

test("two copies without any digest are two nodes, however alike: nobody knows whether they are", () => {
  const bare = { ...A, digests: [], undigested: "bundled inside b" };
  assert.equal(graphOf([inventoryOf([bare, { ...bare, ...NESTED }])]).nodes.length, 2);
});

test("digests of distributions count as digests", () => {
  const wheels = { ...A, digests: [], distributions: [{ fileName: "a.whl", digests: [digest("sha256", "a")] }] };
  const others = { ...wheels, distributions: [{ fileName: "a.whl", digests: [digest("sha256", "b")] }] };
  assert.equal(graphOf([inventoryOf([wheels, { ...wheels, ...NESTED }])]).nodes.length, 1);
  assert.equal(graphOf([inventoryOf([wheels, { ...others, ...NESTED }])]).nodes.length, 2);
});

test("one node has the needs of all its copies, and never itself", () => {
  const [b, c] = [npmComponent("b", "1.0.0"), npmComponent("c", "1.0.0")];
  const first = { ...A, dependsOn: [b.key, NESTED.key] };
  const second = { ...A, ...NESTED, dependsOn: [c.key] };
  const [node] = graphOf([inventoryOf([first, second, b, c])]).nodes;
  assert.equal(node?.ref, "pkg:npm/a@1.0.0");
  assert.deepEqual(node.dependsOn, ["pkg:npm/b@1.0.0", "pkg:npm/c@1.0.0"]);
});

test("needs that are not known stay unknown, and none stay none", () => {
  const { dependsOn, ...silent } = A;
  assert.deepEqual(dependsOn, []);
  assert.ok(!("dependsOn" in (graphOf([inventoryOf([silent])]).nodes[0] ?? {})));
  assert.deepEqual(graphOf([inventoryOf([A])]).nodes[0]?.dependsOn, []);
});

test("of several with one purl the first by place keeps it, whatever the order of the source", () => {
  const copies = ["z", "m", "a"].map((place, index) => ({
    ...A,
    key: place,
    location: place,
    digests: [digest("sha512", String(index))],
  }));
  const expected = ["pkg:npm/a@1.0.0", "pkg:npm/a@1.0.0#m", "pkg:npm/a@1.0.0#z"];
  for (const order of [copies, copies.toReversed()]) {
    const { nodes } = graphOf([inventoryOf(order)]);
    assert.deepEqual(
      nodes.map(({ ref }) => ref),
      expected,
    );
    assert.deepEqual(
      nodes.map(({ occurrences }) => occurrences[0]),
      ["a", "m", "z"],
    );
  }
});

test("components without purl are called by kind, name and version; halves of characters are mended", () => {
  const bare = { ...A, digests: [], undigested: "x" };
  const { purl, version, ...nameless } = { ...bare, key: "2", name: "b\ud800" };
  assert.ok(purl !== undefined && version !== undefined);
  const refs = graphOf([inventoryOf([nameless, { ...nameless, key: "3" }])]).nodes.map(({ ref }) => ref);
  assert.deepEqual(refs, ["library:b\ufffd", "library:b\ufffd#node_modules/a"]);
});

test("a ref that is somebody's purl is not given out", () => {
  const impostor = { ...A, key: "x", purl: "pkg:npm/a@1.0.0#place", digests: [digest("sha512", "c")] };
  const copies = [A, { ...A, key: "y", location: "place", digests: [digest("sha512", "d")] }];
  const refs = graphOf([inventoryOf([...copies, impostor])]).nodes.map(({ ref }) => ref);
  assert.deepEqual(refs, ["pkg:npm/a@1.0.0", "pkg:npm/a@1.0.0#place", "pkg:npm/a@1.0.0#place#2"]);
});

function withoutPurl(inventory: Inventory): Inventory {
  const { purl, ...root } = inventory.root;
  assert.ok(purl !== undefined);
  return { ...inventory, root: { ...root, name: "requirements.txt" } };
}

test("of several inventories the first root with a purl is the root, and the others are components", () => {
  const graph = graphOf([withoutPurl(inventoryOf([A])), inventoryOf([npmComponent("b", "1.0.0")])]);
  assert.equal(graph.root.ref, "pkg:npm/demo@1.0.0");
  assert.deepEqual(graph.root.dependsOn, ["pkg:npm/b@1.0.0"]);
  assert.deepEqual(
    graph.nodes.map(({ ref }) => ref),
    ["application:requirements.txt@1.0.0", "pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0"],
  );
});

test("two lockfiles of one project have one root, with the needs of both", () => {
  const graph = graphOf([inventoryOf([A]), inventoryOf([npmComponent("b", "1.0.0")])]);
  assert.deepEqual(graph.root.dependsOn, ["pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0"]);
  assert.equal(graph.nodes.length, 2);
});

test("keys are those of their own inventory", () => {
  const other = { ...npmComponent("b", "1.0.0"), key: A.key };
  const { root } = graphOf([inventoryOf([A]), inventoryOf([other])]);
  assert.deepEqual(root.dependsOn, ["pkg:npm/a@1.0.0", "pkg:npm/b@1.0.0"]);
});

const AGGREGATES = [
  [["complete", "complete"], "complete"],
  [["complete", "unknown"], "unknown"],
  [["unknown", "incomplete"], "incomplete"],
] as const;

for (const [found, expected] of AGGREGATES) {
  test(`${found.join(" and ")}: ${expected}`, () => {
    assert.equal(graphOf(found.map((completeness) => inventoryOf([A], { completeness }))).aggregate, expected);
  });
}

test("the order of components does not count", () => {
  const components = ["a", "b", "c"].flatMap((name) =>
    ["x", "y", "z"].map((place, index) => ({
      ...npmComponent(name, "1.0.0"),
      key: `${place}/${name}`,
      location: `${place}/${name}`,
      digests: [digest("sha512", index === 2 ? "b" : "a")],
      dependsOn: [`${place}/a`, "y/b"],
    })),
  );
  const plain = (inventory: Inventory): unknown =>
    graphOf([inventory]).nodes.map(({ ref, occurrences, dependsOn }) => ({ ref, occurrences, dependsOn }));
  const expected = plain(inventoryOf(components));
  fc.assert(
    fc.property(fc.shuffledSubarray(components, { minLength: components.length }), (shuffled) => {
      assert.deepEqual(plain(inventoryOf(shuffled)), expected);
    }),
    { numRuns: 50 },
  );
});

test("a ref is short, however long names are: each edge repeats it", () => {
  const long = { ...A, name: "x".repeat(1_000_000), purl: `pkg:npm/${"x".repeat(1_000_000)}@1.0.0` };
  const refs = graphOf([inventoryOf([long, { ...long, purl: `${long.purl}0` }])]).nodes.map(({ ref }) => ref);
  assert.equal(new Set(refs).size, 2);
  for (const ref of refs) assert.ok(ref.length < 300 && ref.startsWith("pkg:npm/xxx"));
});

test("twenty thousand copies that differ, or have one place, take no square of time", () => {
  const copies = Array.from({ length: 20_000 }, (_, index) => ({
    ...A,
    key: String(index),
    location: "one",
    facts: { alias: String(index) },
  }));
  const refs = graphOf([inventoryOf(copies)]).nodes.map(({ ref }) => ref);
  assert.equal(new Set(refs).size, 20_000);
});
