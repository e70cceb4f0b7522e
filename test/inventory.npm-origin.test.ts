// The small grammars of npm's lockfiles: addresses, places, requests, and which folders are workspaces.

import { test } from "node:test";
import assert from "node:assert/strict";
import { publicRequest, workspacePlaces } from "../src/inventory/npm-lock-root.ts";
import { archiveOf, parseAddress } from "../src/inventory/npm-origin.ts";
import { parsePlace, placeAbove, placeOfPath } from "../src/inventory/npm-place.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

const ADDRESSES: readonly (readonly [address: string, kind: string, rest: string])[] = [
  ["https://registry.npm.example/a/-/a-1.0.0.tgz", "registry", "https://registry.npm.example/a/-/a-1.0.0.tgz"],
  [
    "https://host.example/npm/repo/@acme/a/-/a-1.0.0.tgz",
    "registry",
    "https://host.example/npm/repo/@acme/a/-/a-1.0.0.tgz",
  ],
  [
    "http://mirror.example/a/download/a-1.0.0.tgz?cache=0",
    "registry",
    "http://mirror.example/a/download/a-1.0.0.tgz redacted",
  ],
  [
    `https://npm.host.example/download/@acme/a/1.0.0/${COMMIT}`,
    "registry",
    `https://npm.host.example/download/@acme/a/1.0.0/${COMMIT}`,
  ],
  [`https://codeload.example/acme/a/tar.gz/${COMMIT}`, "url", `https://codeload.example/acme/a/tar.gz/${COMMIT}`],
  ["https://files.example/a-1.0.0.tgz", "url", "https://files.example/a-1.0.0.tgz"],
  [
    `git+ssh://git@host.example/acme/a.git#${COMMIT.toUpperCase()}`,
    "git",
    `git+ssh://host.example/acme/a.git commit ${COMMIT}`,
  ],
  [
    `git+https://host.example/acme/a.git#${COMMIT}::path:packages/a`,
    "git",
    `git+https://host.example/acme/a.git commit ${COMMIT}`,
  ],
  [
    "git+https://host.example/acme/a.git#semver:^1.0.0",
    "git",
    "git+https://host.example/acme/a.git reference semver:^1.0.0",
  ],
  ["git+https://host.example/acme/a.git#0123456", "git", "git+https://host.example/acme/a.git reference 0123456"],
  ["git://host.example/acme/a.git", "git", "git://host.example/acme/a.git"],
  ["git@host.example:acme/a.git#main", "git", "ssh://host.example/acme/a.git reference main"],
  // npm gets such an archive by its address, and compares it: a repository at known services only.
  ["https://host.example/acme/a.git#main", "url", "https://host.example/acme/a.git"],
  ["https://github.com/acme/a.git#main", "git", "https://github.com/acme/a.git reference main"],
  ["https://www.github.com/acme/a?x", "git", "https://www.github.com/acme/a redacted"],
  ["https://gitlab.com/acme/group/a", "git", "https://gitlab.com/acme/group/a"],
  ["https://gitlab.com/acme/a/-/archive/a.tgz", "url", "https://gitlab.com/acme/a/-/archive/a.tgz"],
  ["https://bitbucket.org/acme/a/get/a.tgz", "url", "https://bitbucket.org/acme/a/get/a.tgz"],
  ["https://github.com/acme/a/archive/a.tar.gz", "url", "https://github.com/acme/a/archive/a.tar.gz"],
  // The path names what npm gets, and the commit behind it does not count.
  [
    `git+https://github.com/acme/a/tree/main#${COMMIT}`,
    "git",
    "git+https://github.com/acme/a/tree/main reference main",
  ],
  [`github:acme/a#${COMMIT}`, "git", `git+https://github.com/acme/a.git commit ${COMMIT}`],
  [`acme/a#${COMMIT}`, "git", `git+https://github.com/acme/a.git commit ${COMMIT}`],
  [`git+file:///home/joe/a#${COMMIT}`, "git", `commit ${COMMIT}`],
  ["git+https://host.example/a.git#\u001b[2J", "git", "git+https://host.example/a.git"],
  ["file:vendor/a-1.0.0.tgz", "file", "vendor/a-1.0.0.tgz"],
  ["file:./lib", "directory", "lib"],
  ["file:../a.tgz", "file", ""],
  ["file:/home/joe/a.tgz", "file", ""],
  ["packages/a", "unknown", "problem"],
  ["", "unknown", "problem"],
];

for (const [address, kind, rest] of ADDRESSES) {
  test(`npm-origin: ${JSON.stringify(address)} is ${kind}`, () => {
    const { origin, redacted, problem } = parseAddress(address);
    assert.equal(origin.kind, kind);
    const words = [
      "url" in origin ? origin.url : undefined,
      "path" in origin ? origin.path : undefined,
      ...("commit" in origin ? ["commit", origin.commit] : []),
      ...("reference" in origin ? ["reference", origin.reference] : []),
      redacted ? "redacted" : undefined,
      problem === undefined ? undefined : "problem",
    ];
    assert.equal(words.filter((word) => word !== undefined).join(" "), rest);
  });
}

const ARCHIVES: readonly (readonly [url: string, archive: object | undefined])[] = [
  ["https://r.example/a/-/a-1.0.0.tgz", { name: "a", version: "1.0.0" }],
  ["https://r.example/@acme/a/-/a-1.0.0-rc.1.tgz", { name: "@acme/a", version: "1.0.0-rc.1" }],
  ["https://r.example/@acme%2fa/-/a-1.0.0.tgz", { name: "@acme/a", version: "1.0.0" }],
  ["https://r.example/%40acme%2Fa/-/a-1.0.0%2B5.tgz", { name: "@acme/a", version: "1.0.0+5" }],
  ["https://r.example/@acme/a/-/@acme/a-1.0.0.tgz", { name: "@acme/a", version: "1.0.0" }],
  ["https://r.example/@acme/a/-/@evil/a-1.0.0.tgz", { name: "@acme/a" }],
  ["https://r.example/a/-/b-1.0.0.tgz", { name: "a" }],
  ["https://r.example/a-1.0.0.tgz", undefined],
  ["https://r.example/a/-/a-1.0.0.zip", undefined],
];

for (const [url, archive] of ARCHIVES) {
  test(`npm-origin: the archive of ${url}`, () => assert.deepEqual(archiveOf(url), archive));
}

const PLACES: readonly (readonly [key: string, place: string])[] = [
  ["node_modules/a", "package  a"],
  ["node_modules/@acme/a", "package  @acme/a"],
  ["node_modules/a/node_modules/@acme/b", "package node_modules/a @acme/b"],
  ["packages/a/node_modules/b", "package packages/a b"],
  ["../x/node_modules/b", "package ../x b"],
  ["packages/a", "folder"],
  ["../x", "folder"],
  ["../..", "folder"],
  ["my_node_modules/a", "folder"],
  ["node_modules/.pnpm/a/1.0.0", "folder"],
  ["node_modules/.store/a@1.0.0/node_modules/a", "package node_modules/.store/a@1.0.0 a"],
  ["a/../b", "malformed"],
  ["./a", "malformed"],
  ["a/", "malformed"],
  ["/a", "malformed"],
  ["d:/a", "malformed"],
  ["..//a", "malformed"],
  ["a/node_modules", "malformed"],
];

for (const [key, expected] of PLACES) {
  test(`npm-place: ${key}`, () => {
    const place = parsePlace(key);
    assert.equal(place.kind === "package" ? `package ${place.host} ${place.name}` : place.kind, expected);
  });
}

test("npm-place: the way up ends at the project, and beside it", () => {
  const above = ["node_modules/@x/a", "node_modules/@x", "a", "", "../a", "..", "../.."].map(placeAbove);
  assert.deepEqual(above, ["node_modules/@x", "node_modules", "", undefined, "..", undefined, undefined]);
});

test("npm-place: paths of links become places", () => {
  const places = [
    "./a/",
    "a//b",
    "a/../b",
    "../a",
    "a/../../b",
    ".",
    "packages\\a",
    "/a",
    "~/a",
    "C:\\a",
    "a".repeat(3000),
  ].map(placeOfPath);
  assert.deepEqual(places, [
    "a",
    "a/b",
    "b",
    "../a",
    "../b",
    "",
    "packages/a",
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

const REQUESTS: readonly (readonly [spec: string, shown: string | undefined])[] = [
  ["^1.0.0 || >=2 <3", "^1.0.0 || >=2 <3"],
  ["latest", "latest"],
  ["", ""],
  ["npm:@acme/a@^1", "npm:@acme/a@^1"],
  ["github:acme/a#main", "github:acme/a#main"],
  ["acme/a", "acme/a"],
  ["file:vendor/a.tgz", "file:vendor/a.tgz"],
  ["file:../a", undefined],
  ["file:///home/joe/a", undefined],
  ["workspace:^", "workspace:^"],
  ["git+https://joe:secret@git.example/a.git#v1", "git+https://git.example/a.git#v1"],
  ["https://files.example/a.tgz?token=secret", "https://files.example/a.tgz"],
  ["/home/joe/a", undefined],
  ["x".repeat(600), undefined],
];

for (const [spec, shown] of REQUESTS) {
  test(`npm-lock: the request ${JSON.stringify(spec.slice(0, 50))} is shown as ${shown}`, () =>
    assert.equal(publicRequest(spec), shown));
}

test("npm-lock: workspaces are the folders that the patterns name", () => {
  const folders = ["packages/a", "packages/b", "packages/c/d", "tools", "../x"];
  const rows: readonly (readonly [workspaces: unknown, expected: readonly string[]])[] = [
    [["packages/*"], ["packages/a", "packages/b"]],
    [
      ["./packages/**", "!packages/b"],
      ["packages/a", "packages/c/d"],
    ],
    [{ packages: ["tools/"] }, ["tools"]],
    [["packages/*", "!packages/**", "packages/a"], ["packages/a"]],
    ["packages/*", []],
    [[5, ""], []],
  ];
  for (const [workspaces, expected] of rows) {
    assert.deepEqual(
      [...workspacePlaces(JSON.parse(JSON.stringify({ workspaces })) as object as never, folders)],
      expected,
    );
  }
});
