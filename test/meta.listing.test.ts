// Tests of the comparison with other tools: what it must call a difference.

import { test } from "node:test";
import assert from "node:assert/strict";
import { bomListing, type Bom } from "./support/bom-listing.ts";
import { differences, withoutPlaces, type Listed, type Listing } from "./support/listing.ts";

const A: Listed = { name: "a", version: "1.0.0", digests: ["sha512:00"] };
const B: Listed = { name: "b", version: "2.0.0", digests: [] };

function listing(packages: Readonly<Record<string, Listed>>, ...edges: readonly string[]): Listing {
  return { packages: new Map(Object.entries(packages)), edges: new Set(edges) };
}

const EXPECTED = listing({ "node_modules/a": A, "node_modules/b": B }, " -> node_modules/a");
const EDGE = " -> node_modules/a";

const CASES: readonly (readonly [sentence: string, actual: Listing, first: RegExp | undefined])[] = [
  ["the same is the same", listing({ "node_modules/b": B, "node_modules/a": A }, EDGE), undefined],
  ["a package that is missing", listing({ "node_modules/a": A }, EDGE), /^1 packages missing: node_modules\/b$/],
  [
    "a package that nobody else has",
    listing({ "node_modules/a": A, "node_modules/b": B, c: B }, EDGE),
    /^1 packages too many: c$/,
  ],
  [
    "another digest",
    listing({ "node_modules/a": { ...A, digests: ["sha512:01"] }, "node_modules/b": B }, EDGE),
    /sha512:00[\s\S]*sha512:01/,
  ],
  [
    "a digest too many",
    listing({ "node_modules/a": A, "node_modules/b": { ...B, digests: ["sha512:01"] } }, EDGE),
    /^node_modules\/b/,
  ],
  [
    "another version",
    listing({ "node_modules/a": { ...A, version: "1.0.1" }, "node_modules/b": B }, EDGE),
    /^node_modules\/a/,
  ],
  ["an edge that is missing", listing({ "node_modules/a": A, "node_modules/b": B }), /^1 edges missing/],
  [
    "an edge that nobody else has",
    listing({ "node_modules/a": A, "node_modules/b": B }, EDGE, "a -> b"),
    /^1 edges too many: a -> b$/,
  ],
];

for (const [sentence, actual, first] of CASES) {
  test(`comparison of listings: ${sentence}`, () => {
    const [line] = differences(EXPECTED, actual);
    if (first === undefined) assert.equal(line, undefined);
    else assert.match(line ?? "", first);
  });
}

test("comparison of listings: without their places, copies keep the digests of all", () => {
  const copy = { ...A, digests: ["sha512:01"] };
  assert.deepEqual([...withoutPlaces([A, copy, B]).values()], [{ ...A, digests: ["sha512:00", "sha512:01"] }, B]);
});

test("comparison of listings: an SBOM with two components at one place is refused", () => {
  const component = (ref: string): NonNullable<Bom["components"]>[number] => ({
    "bom-ref": ref,
    name: "a",
    evidence: { occurrences: [{ location: "node_modules/a" }] },
  });
  const bom = { metadata: { component: component("root") }, components: [component("1"), component("2")] };
  assert.throws(() => bomListing(bom), /two components at node_modules\/a/);
});
