// pylock.toml (PEP 751): files and hashes, places, edges, and why a package is there by its marker.

import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { mayHold } from "../src/inventory/python-marker.ts";
import {
  assertSane,
  componentAt,
  digestTexts,
  fixtureText,
  mangled,
  readFixture,
  readTexts,
  rulesOf,
  survive,
} from "./support/python-locks.ts";

const HEAD = 'lock-version = "1.0"\ncreated-by = "test"\n';
const SHA256 = "34".repeat(32);
const SHA512 = "56".repeat(64);

function locked(name: string, more = ""): string {
  return `[[packages]]\nname = "${name}"\nversion = "1.0"\n${more}\n`;
}

test("real lockfiles of uv and PDM give every package, and scopes where they have them", async () => {
  const uv = await readFixture("pylock", "pylock-fetch");
  assertSane(uv);
  assert.equal(uv.components.length, 51);
  assert.equal(uv.completeness, "unknown");
  assert.equal(uv.components[0]?.dependsOn, undefined);
  assert.deepEqual(uv.root.dependsOn, ["mcp-server-fetch@2025.4.7", "cachetools@8.0.1", "iniconfig@2.3.1"]);
  const pdm = await readFixture("pylock", "pylock-fetch", "pylock.pdm.toml");
  assertSane(pdm);
  assert.equal(pdm.components.length, 50);
  assert.equal(pdm.completeness, "unknown");
  assert.equal(componentAt(pdm, "cachetools@8.0.1").scope, "optional");
  assert.equal(componentAt(pdm, "iniconfig@2.3.1").scope, "development");
  assert.equal(pdm.components.filter(({ scope }) => scope === "runtime").length, 48);
  assert.deepEqual([...uv.remarks, ...pdm.remarks], []);
});

test("hashes of several algorithms are all kept, and what is none is told", async () => {
  const text = `${HEAD}${locked("a", `[[packages.wheels]]\nname = "a-1.0-py3-none-any.whl"\nsize = 7\nhashes = {sha512 = "${SHA512}", sha256 = "${SHA256}", crc32 = "00"}`)}`;
  const inventory = await readTexts("pylock", text);
  assertSane(inventory);
  assert.deepEqual(componentAt(inventory, "a@1.0").distributions, [
    {
      fileName: "a-1.0-py3-none-any.whl",
      digests: [
        { algorithm: "sha256", hex: SHA256, from: "declared" },
        { algorithm: "sha512", hex: SHA512, from: "declared" },
      ],
      size: 7,
    },
  ]);
  assert.deepEqual(
    inventory.remarks.map(({ rule, actual }) => [rule, actual]),
    [["integrity-malformed", "crc32:00"]],
  );
});

test("edges name an entry by what tells it from the others", async () => {
  const text = [
    HEAD,
    locked("top", 'dependencies = [{name = "Fork_ed", version = "1.0"}, {name = "gone"}]'),
    '[[packages]]\nname = "fork-ed"\nversion = "2.0"\ndependencies = []\n',
    locked("fork-ed", "dependencies = []"),
  ].join("\n");
  const inventory = await readTexts("pylock", text, {
    "pyproject.toml": '[project]\nname = "host"\ndependencies = ["top"]',
  });
  assertSane(inventory);
  assert.deepEqual(componentAt(inventory, "top@1.0").dependsOn, ["fork-ed@1.0"]);
  assert.deepEqual(rulesOf(inventory), ["inventory-incomplete"]);
  const whole = await readTexts("pylock", text.replace(', {name = "gone"}', ""), {
    "pyproject.toml": '[project]\nname = "host"\ndependencies = ["top"]',
  });
  assert.equal(whole.completeness, "complete");
});

test("places, the project itself, publishers and secrets", async () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const inventory = await readTexts(
    "pylock",
    [
      HEAD,
      '[[packages]]\nname = "self"\ndirectory = { path = ".", editable = true }\n',
      locked(
        "pinned",
        `vcs = { type = "git", url = "https://t0ken@git.example/o/r", requested-revision = "v1", commit-id = "${commit}" }`,
      ),
      locked("old", 'vcs = { type = "hg", url = "https://hg.example/r", commit-id = "abc" }'),
      locked("address", `archive = { url = "https://u.example/a-1.0.zip", hashes = { sha256 = "${SHA256}" } }`),
      locked("archive", `archive = { path = "a-1.0.zip", hashes = { sha256 = "${SHA256}" } }`),
      locked("folder", 'directory = { path = "lib", editable = true }'),
      locked(
        "known",
        'index = "https://i.example/simple"\nattestation-identities = [{ kind = "GitHub", repository = "acme/known", workflow = "release.yml" }]',
      ),
    ].join("\n"),
  );
  assertSane(inventory);
  assert.equal(inventory.root.name, "self");
  assert.deepEqual(
    inventory.components.map(({ name, origin }) => `${name} ${origin.kind}`),
    ["pinned git", "old unknown", "address url", "archive file", "folder directory", "known registry"],
  );
  assert.deepEqual(digestTexts(componentAt(inventory, "address@1.0")), [`sha256:${SHA256}`]);
  assert.equal(componentAt(inventory, "known@1.0").statements?.publisher, "GitHub acme/known (release.yml)");
  assert.deepEqual(rulesOf(inventory), ["secret-removed"]);
  assert.doesNotMatch(JSON.stringify(inventory), /t0ken/);
});

test("a marker decides by extras and groups alone, and whatever is no marker may hold", () => {
  const none = { extras: new Set<string>(), groups: new Set(["default"]) };
  const rows: readonly (readonly [string, boolean])[] = [
    ["'dev' in dependency_groups", false],
    ['"Default" in dependency_groups', true],
    ["'x' in extras", false],
    ["'x' not in extras", true],
    ["sys_platform == 'win32'", true],
    ["sys_platform == 'win32' and 'x' in extras", false],
    ["sys_platform == 'win32' or 'x' in extras", true],
    ["('x' in extras or 'y' in extras) and python_version >= '3'", false],
    ["'x' in extras and 'y' in extras or 'default' in dependency_groups", true],
    ["'x' in extras or", true],
    ["'x' in extras)", true],
    ["'x in extras", true],
    ["'lin' in sys_platform", true],
    ["not a marker", true],
    ["", true],
    [`${"(".repeat(100)}'x' in extras${")".repeat(100)}`, true],
  ];
  for (const [marker, expected] of rows) assert.equal(mayHold(marker, none), expected, marker);
  const all = { extras: "all", groups: none.groups } as const;
  assert.equal(mayHold("'x' in extras", all), true);
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(..."'x in and or not ( ) extras ==".split(" "), " ", "'"), maxLength: 30 }),
      (text) => {
        assert.equal(typeof mayHold(text, none), "boolean");
        // Who takes everything has at least what others have.
        if (!text.includes("not") && mayHold(text, none)) assert.equal(mayHold(text, all), true);
      },
    ),
    { numRuns: 200 },
  );
});

test("other versions of the format are refused", async () => {
  await assert.rejects(readTexts("pylock", 'lock-version = "2.0"\n'), { code: "source-unsupported" });
  await assert.rejects(readTexts("pylock", "lock-version = 1.0\n"), { code: "source-malformed" });
  await assert.rejects(readTexts("pylock", "packages = ["), { code: "source-malformed" });
  const inventory = await readTexts("pylock", `${HEAD}packages = [1, {name = "a"}]`);
  assert.deepEqual(rulesOf(inventory), ["inventory-incomplete"]);
});

test("mangled lockfiles are read or refused", async () => {
  const text = fixtureText("pylock-fetch/pylock.pdm.toml").slice(0, 6000);
  const seen = new Set<string>();
  for (const other of mangled(text.slice(0, text.lastIndexOf("[[packages]]"))))
    seen.add(await survive("pylock", other));
  assert.deepEqual([...seen].toSorted(), ["read", "refused"]);
});
