// The order of versions, as far as it is sure.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { compare, parse } from "semver";
import { versionOrder } from "../src/verify/lock-version.ts";
import type { VersionOrder } from "../src/verify/lock-version.ts";

const ORDERS: readonly (readonly [string, string, semver: VersionOrder, others: VersionOrder])[] = [
  ["1.2.3", "1.2.3", "same", "same"],
  ["1.2.4", "1.2.3", "higher", "higher"],
  ["1.2.3", "1.10.0", "lower", "lower"],
  ["2", "1.99.99", "higher", "higher"],
  ["1.2", "1.2.0", "same", "same"],
  ["v1.2.4", "1.2.3", "higher", "higher"],
  ["1.02", "1.2", "same", "same"],
  ["99999999999999999999.0.0", "99999999999999999998.0.0", "higher", "higher"],
  ["1.0.0", "1.0.0-rc.1", "higher", "unknown"],
  ["1.0.0-rc.1", "1.0.0", "lower", "unknown"],
  ["1.0.0-rc.10", "1.0.0-rc.9", "higher", "unknown"],
  ["1.0.0-rc.1", "1.0.0-rc.1.1", "lower", "unknown"],
  ["1.0.0-alpha", "1.0.0-1", "higher", "unknown"],
  ["1.0.0+build.1", "1.0.0+build.2", "same", "unknown"],
  ["1.0.0-RC1", "1.0.0-rc1", "same", "same"],
  ["1.0.post1", "1.0", "unknown", "unknown"],
  ["1.1.dev1", "1.0", "higher", "higher"],
  ["1.0rc1", "0.9", "higher", "higher"],
  ["1!1.0", "2.0", "unknown", "unknown"],
  ["2.0", "1!1.0", "unknown", "unknown"],
  ["latest", "1.0", "unknown", "unknown"],
  ["", "1.0", "unknown", "unknown"],
  ["", "", "same", "same"],
  ["1.0.0-", "1.0.0", "unknown", "unknown"],
  ["１.0", "0.9", "unknown", "unknown"],
];

for (const [version, other, semver, others] of ORDERS) {
  test(`lock: version ${JSON.stringify(version)} is ${semver} to ${JSON.stringify(other)}, ${others} outside Semantic Versioning`, () => {
    assert.equal(versionOrder(version, other, true), semver);
    assert.equal(versionOrder(version, other, false), others);
  });
}

const number = fc.integer({ min: 0, max: 11 });
const identifier = fc.oneof(number.map(String), fc.constantFrom("a", "b", "rc", "rc1", "-"));
const version = fc
  .tuple(number, number, number, fc.option(fc.array(identifier, { minLength: 1, maxLength: 3 })))
  .map(([a, b, c, pre]) => `${a}.${b}.${c}${pre === null ? "" : `-${pre.join(".")}`}`);

test("lock: whatever the versions, the order is that of Semantic Versioning", () => {
  const names = { "1": "higher", "-1": "lower", "0": "same" } as const;
  fc.assert(
    fc.property(version, version, (a, b) => {
      assert.ok(parse(a) !== null && parse(b) !== null);
      assert.equal(versionOrder(a, b, true), names[`${compare(a, b)}`]);
    }),
    { numRuns: 1000 },
  );
});

test("lock: whatever the texts, turning them round turns the order round", () => {
  const turned = { higher: "lower", lower: "higher", same: "same", unknown: "unknown" } as const;
  const text = fc.oneof(
    version,
    fc.string(),
    version.map((a) => a.replaceAll("-", "")),
    fc.constantFrom("1.0", "1", "v1"),
  );
  fc.assert(
    fc.property(text, text, fc.boolean(), (a, b, semver) => {
      assert.equal(versionOrder(b, a, semver), turned[versionOrder(a, b, semver)]);
    }),
    { numRuns: 1000 },
  );
});

test("lock: a version of many digits is compared in a moment", () => {
  const long = `${"1.".repeat(90)}1`;
  assert.equal(versionOrder(long, `${long}.1`, true), "lower");
  assert.equal(versionOrder("1".repeat(100_000), "1", true), "unknown");
});
