// One inventory in which every member of the model occurs, for the tests of the writers.

import type { Component, Facts, Inventory } from "../../src/core/inventory.ts";
import { digest, inventoryOf, npmComponent } from "./bom.ts";

const SHA = "ab".repeat(32);

const FACTS: Facts = {
  installScripts: [{ name: "postinstall", sha256: SHA }, { name: "node-gyp" }],
  alias: "other",
  bundled: true,
  extraneous: true,
  linked: true,
  private: true,
  deprecated: "use b",
  yanked: "",
  patched: "patched by patches/a.patch",
  commands: ["a"],
  nativeFiles: [{ path: "build/a.node", sha256: SHA, size: 4 }],
  executables: [],
  os: ["linux"],
  cpu: ["x64"],
  libc: ["musl"],
  engines: ["node >=20"],
  marker: "python_version >= '3.10'",
  requested: "^1.0.0",
  goSum: "h1:abc=",
  goModSum: "h1:def=",
  otherChecksums: ["yarn:10c0/ab"],
  mcp: {
    serverType: "node",
    entryPoint: "server/index.js",
    launch: '["node","server/index.js"]',
    platformLaunches: [{ platform: "win32", launch: '["node.exe","x"]' }],
    environment: ["API_KEY"],
    tools: [{ name: "add", descriptionSha256: SHA }],
    prompts: [],
    sensitiveConfig: ["api_key"],
    serverNames: ["io.github.acme/server"],
    signed: true,
  },
};

const STATEMENTS = {
  description: "d".repeat(2000),
  author: "Jane Doe <jane@acme.example> (https://acme.example)",
  publisher: "Acme",
  supplier: "Acme Inc.",
  homepage: "https://acme.example/a|b",
  repository: "git+https://git.example/acme/a",
  issues: "https://git.example/acme/a/issues",
  license: "MIT",
};

const COMPONENTS: readonly Component[] = [
  npmComponent("@acme/a", "1.0.0", {
    digests: [digest("sha1", "b"), digest("sha512", "a"), digest("sha512", "c"), digest("sha224", "d")],
    facts: FACTS,
    statements: STATEMENTS,
    dependsOn: ["node_modules/b", "wheel"],
  }),
  npmComponent("b", "1.0.0", {
    scope: "development",
    origin: { kind: "git", url: "git+ssh://git.example/b", host: "git.example", commit: "a".repeat(40) },
    digests: [],
    undigested: `pinned by git commit ${"a".repeat(40)}`,
    statements: { license: "MIT OR Apache-2.0" },
  }),
  npmComponent("c", "1.0.0", {
    scope: "optional",
    origin: { kind: "url", url: "https://[::1]:8080/c'%.tgz", host: "[::1]:8080" },
    statements: { license: "SEE LICENSE IN x", author: "<not@mail> x" },
  }),
  {
    key: "wheel",
    kind: "library",
    name: "Some_Wheel",
    version: "2.0",
    purl: "pkg:pypi/some-wheel@2.0",
    digests: [],
    distributions: [
      { url: "https://files.pypi.example/some_wheel-2.0-py3-none-any.whl", digests: [digest("sha256", "a")], size: 9 },
      { fileName: "some wheel: é-2.0.tar.gz", digests: [digest("sha256", "b")] },
      { digests: [digest("sha256", "c")] },
      { url: "https://files.pypi.example/x", fileName: "y.whl", digests: [digest("sha224", "c")] },
    ],
    scope: "peer",
    origin: { kind: "registry", url: "https://pypi.example/simple", host: "pypi.example" },
    facts: {},
    location: "some_wheel",
  },
  {
    key: "go",
    kind: "library",
    name: "github.com/acme/mod/v2",
    version: "v2.0.0",
    purl: "pkg:golang/github.com/acme/mod/v2@v2.0.0",
    digests: [],
    undigested: "Go's own hash speaks of its files",
    scope: "runtime",
    origin: { kind: "unknown" },
    dependsOn: [],
    facts: { goSum: "h1:x=" },
  },
  {
    key: "platform",
    kind: "platform",
    name: "",
    version: "1".repeat(2000),
    digests: [{ ...digest("sha256", "e"), from: "computed" }, digest("sha256", "e")],
    scope: "runtime",
    origin: { kind: "bundled", within: "a" },
    facts: {},
  },
];

export const RICH: Inventory = inventoryOf(COMPONENTS, {
  path: "/home/somebody/project/package-lock.json",
  digest: { ...digest("sha256", "f"), from: "computed" },
  size: 1234,
  completeness: "incomplete",
});
