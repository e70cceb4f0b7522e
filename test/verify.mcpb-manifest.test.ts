// The manifest of a bundle: every member of every format, each in the wrong type, missing or unknown; the choice of the
// format; the files that a manifest names; and manifests that are built to be read in two ways.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json } from "../src/core/json.ts";
import { problemsOf } from "../src/core/json-shape.ts";
import { checkManifest } from "../src/inventory/mcpb-manifest.ts";
import type { ManifestAnswer } from "../src/inventory/mcpb-manifest.ts";
import { MANIFEST_VERSIONS, manifestShape } from "../src/inventory/mcpb-manifest-shape.ts";
import { changed, completeManifest, damagedManifests, placesIn, pointerOf } from "./support/manifests.ts";
import { PACKED, readingOf, readPacked } from "./support/package-readings.ts";

const FILES = { "server/index.js": "", "icon.png": "" };
/** The members that the schemas require, by pointer; `*` is any name or number. */
const REQUIRED = [
  ...["/name", "/version", "/description", "/author", "/server", "/author/name", "/repository/type", "/repository/url"],
  ...["/server/type", "/server/entry_point", "/server/mcp_config", "/server/mcp_config/command", "/tools/*/name"],
  ...["/prompts/*/name", "/prompts/*/text", "/icons/*/src", "/icons/*/size", "/localization/resources"],
  ...["/localization/default_locale", "/user_config/*/type", "/user_config/*/title", "/user_config/*/description"],
];
/** Members that may hold several types. */
const MIXED = ["/user_config/*/default", "/user_config/*/default/*", "/_meta/*/*", "/_meta/*/*/*"];

function check(manifest: unknown, files: Readonly<Record<string, unknown>> = FILES): ManifestAnswer {
  return checkManifest(readingOf({ "manifest.json": manifest, ...files }));
}

/** `valid 0.3`, `unsupported`, or the problems as `/pointer message`. */
function say(answer: ManifestAnswer): string {
  if (answer.state === "valid") return `valid ${answer.version}`;
  if (answer.state === "unsupported") return `unsupported: ${answer.reason}`;
  return answer.problems.map(({ pointer, message }) => `${pointer} ${message}`).join("; ");
}

function isListed(list: readonly string[], pointer: string): boolean {
  return list.some((entry) => new RegExp(`^${entry.replaceAll("*", "[^/]+")}$`).test(pointer));
}

test("the manifest of a real bundle is valid", async () => {
  assert.equal(say(checkManifest((await readPacked(PACKED.mcpb)).reading)), "valid 0.3");
});

for (const version of MANIFEST_VERSIONS) {
  const complete = completeManifest(version);
  const shape = manifestShape(version);

  test(`format ${version}: the complete manifest is valid, and not in an older format`, () => {
    assert.equal(say(check(complete)), `valid ${version}`);
    for (const older of MANIFEST_VERSIONS.filter((one) => one < version)) {
      assert.notDeepEqual(
        problemsOf({ ...complete, manifest_version: older, dxt_version: older }, manifestShape(older)),
        [],
      );
    }
  });

  test(`format ${version}: a member may be left out unless it is required`, () => {
    for (const path of placesIn(complete)) {
      if (typeof path.at(-1) === "number") continue;
      const pointer = pointerOf(path);
      const problems = problemsOf(changed(complete, path, undefined), shape);
      const expected = isListed(REQUIRED, pointer) ? [{ pointer, message: "is missing" }] : [];
      assert.deepEqual(problems, expected, pointer);
    }
  });

  test(`format ${version}: every member has its type, and the problem is where it is`, () => {
    const values: readonly Json[] = [null, true, 1, "\u0000", [[]], { "\u0000": { "\u0000": 1 } }];
    for (const path of placesIn(complete)) {
      const pointer = pointerOf(path);
      if (isListed(MIXED, pointer)) continue;
      const refused = values.filter((value) => {
        const problems = problemsOf(changed(complete, path, value), shape);
        assert.ok(
          problems.every((problem) => problem.pointer.startsWith(pointer)),
          pointer,
        );
        return problems.length > 0;
      });
      // A text may hold anything where the schema asks for no form; every other type is refused.
      assert.ok(refused.length >= values.length - 1, `${pointer} takes ${values.length - refused.length} types`);
    }
  });

  test(`format ${version}: an object has no member that is not known, but for those that are named freely`, () => {
    const free = ["/server/mcp_config/env", "/server/mcp_config/platform_overrides/win32/env", "/_meta/example.acme"];
    for (const path of [[], ...placesIn(complete)]) {
      const value = path.reduce<Json>(
        (at, step) => (at as Readonly<Record<string | number, Json>>)[step] ?? null,
        complete,
      );
      if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
      for (const name of ["unknown", "constructor", "toString"]) {
        const problems = problemsOf(changed(complete, [...path, name], "x"), shape);
        assert.equal(problems.length === 0, free.includes(pointerOf(path)), `${pointerOf(path)} ${name}`);
      }
    }
  });

  test(`format ${version}: a damaged manifest is judged without an error, and twice the same`, () => {
    fc.assert(
      fc.property(damagedManifests(version), (manifest) => {
        assert.deepEqual(check(manifest), check(manifest));
      }),
      { numRuns: 200 },
    );
  });
}

const MANIFEST = completeManifest("0.3");
const { manifest_version: _new, dxt_version: _old, ...UNMARKED } = MANIFEST;

const FORMATS: readonly (readonly [sentence: string, manifest: unknown, expected: RegExp])[] = [
  ["the new member decides", { ...UNMARKED, manifest_version: "0.3" }, /^valid 0\.3$/],
  ["the old member decides where the new one is absent", { ...UNMARKED, dxt_version: "0.3" }, /^valid 0\.3$/],
  ["both must agree", { ...UNMARKED, manifest_version: "0.3", dxt_version: "0.1" }, /^\/dxt_version must be "0\.3"$/],
  ["none of them", UNMARKED, /^\/manifest_version is missing$/],
  [
    "a format of the future",
    { ...UNMARKED, manifest_version: "0.5" },
    /^unsupported: its manifest has format 0\.5, only 0\.1 to 0\.4/,
  ],
  [
    "an old format that does not know some members",
    { ...UNMARKED, manifest_version: "0.1" },
    /^\/privacy_policies is not known; .*\/_meta is not known/,
  ],
  ["a number", { ...UNMARKED, manifest_version: 0.3 }, /^\/manifest_version must be the version/],
  [
    "a version with more behind it",
    { ...UNMARKED, manifest_version: "0.3\n" },
    /^\/manifest_version must be the version/,
  ],
  ["a name that every object has", { ...UNMARKED, manifest_version: "constructor" }, /^\/manifest_version must be/],
  ["not an object", [MANIFEST], /^ must be an object$/],
  ["null", null, /^ cannot be used: its manifest\.json is too large$/],
  ["not JSON", "{", /^ cannot be used: it cannot be read: manifest\.json:1:/],
  ["comments", `/* */${JSON.stringify(MANIFEST)}`, /^ cannot be used: it cannot be read/],
  ["a member that stands there twice", `{"name":"a",${JSON.stringify(MANIFEST).slice(1)}`, /"name" appears twice/],
  ["a hidden prototype", `{"__proto__":{},${JSON.stringify(MANIFEST).slice(1)}`, /"__proto__" is not allowed/],
  ["a nest of lists", `${"[".repeat(5000)}${"]".repeat(5000)}`, /nested deeper than/],
];

for (const [sentence, manifest, expected] of FORMATS) {
  test(`the format of a manifest: ${sentence}`, () => assert.match(say(check(manifest)), expected));
}

const PATHS: readonly (readonly [path: string, expected: "inside" | "absent" | "outside"])[] = [
  ["server/index.js", "inside"],
  ["./server/index.js", "inside"],
  ["server/./index.js", "inside"],
  ["server/other.js", "absent"],
  ["server/INDEX.js", "absent"],
  ["server", "absent"],
  ["${__dirname}/server/index.js", "absent"],
  ["", "outside"],
  [".", "outside"],
  ["/server/index.js", "outside"],
  ["../server/index.js", "outside"],
  ["server/../server/index.js", "outside"],
  ["server/.. /index.js", "outside"],
  ["server//index.js", "outside"],
  ["server/index.js/", "outside"],
  ["server\\index.js", "outside"],
  ["C:server/index.js", "outside"],
  ["file:///server/index.js", "outside"],
  ["server/index.js\u0000", "outside"],
  ["server/index.js\n", "outside"],
];

for (const [path, expected] of PATHS) {
  test(`a named file is in the bundle: ${JSON.stringify(path)} is ${expected}`, () => {
    const messages = { inside: "", absent: "names a file that is not in the bundle", outside: "must be a path inside" };
    const files = { "server/index.js": "", "server/a.png": "", "icon.png": "" };
    for (const [pointer, manifest] of [
      ["/server/entry_point", changed(MANIFEST, ["server", "entry_point"], path)],
      ["/icon", { ...MANIFEST, icon: path }],
      ["/icons/0/src", { ...MANIFEST, icons: [{ src: path, size: "48x48" }] }],
    ] as const) {
      const said = say(check(manifest, files));
      if (expected === "inside") assert.equal(said, "valid 0.3");
      else assert.ok(said.startsWith(`${pointer} ${messages[expected]}`), said);
    }
  });
}

test("an icon may be on the web, an entry point may not", () => {
  const url = "https://acme.example/icon.png";
  assert.equal(say(check({ ...MANIFEST, icon: url, icons: [{ src: url, size: "1x1" }] })), "valid 0.3");
  assert.match(say(check({ ...MANIFEST, icon: url.replace("https", "http") })), /^\/icon must be a path inside/);
  assert.match(
    say(check(changed(MANIFEST, ["server", "entry_point"], url))),
    /^\/server\/entry_point must be a path inside/,
  );
});

test("an entry point that is a folder or a link is not there", () => {
  for (const type of ["directory", "symlink"]) {
    const { entries, contents } = readingOf({ "manifest.json": MANIFEST, ...FILES });
    const other = entries.map((entry) => (entry.name === "server/index.js" ? { ...entry, type } : entry));
    assert.match(
      say(checkManifest({ entries: other, contents })),
      /entry_point names a file that is not in the bundle/,
    );
  }
});

test("of a manifest with very many problems the first ones are told, in bounded space", () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `x${index}`);
  const many: Readonly<Record<string, number>> = Object.fromEntries(names.map((name) => [name, 1]));
  const flat = check({ ...MANIFEST, ...many });
  const long = check({ ...MANIFEST, user_config: { ["k".repeat(500_000)]: many } });
  const icons = check({ ...MANIFEST, icons: names.map(() => ({ src: "absent.png", size: "1x1" })) });
  for (const answer of [flat, long, icons]) {
    assert.equal(answer.state, "malformed");
    const said = say(answer);
    assert.ok(answer.problems.length <= 120 && said.length < 5_000_000, `${answer.problems.length} ${said.length}`);
  }
});
