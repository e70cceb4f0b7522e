// The table of inventory sources. Add one here: one line, one file beside it. The first line that fits decides what a
// path is; `--source KIND` decides otherwise.

import type { Source } from "./source.ts";

/** A JSON document whose first bytes show this member with this value. */
function jsonWith(pattern: RegExp): (head: string) => boolean {
  return (head) => /^\u{feff}?\s*\{/u.test(head) && pattern.test(head);
}

export const SOURCES = {
  "npm-lock": {
    title: "npm lockfile",
    names: /^(?:package-lock|npm-shrinkwrap)\.json$|^\.package-lock\.json$/,
    head: jsonWith(/"lockfileVersion"\s*:\s*[123]\b(?![\s\S]*"workspaces"\s*:\s*\{\s*""\s*:)/),
    load: async () => (await import("./npm-lock.ts")).readNpmLock,
  },
  "node-modules": {
    title: "installed node_modules",
    folder: (names) => names.has("node_modules") || names.has(".package-lock.json"),
    load: async () => (await import("./node-modules.ts")).readNodeModules,
  },
  "pnpm-lock": {
    title: "pnpm lockfile",
    names: /^pnpm-lock(?:\.[\w.-]+)?\.yaml$/,
    load: async () => (await import("./pnpm-lock.ts")).readPnpmLock,
  },
  "yarn-lock": {
    title: "yarn lockfile",
    names: /^yarn\.lock$/,
    head: (head) => /^(?:#.*\n)*\s*(?:# yarn lockfile v1|__metadata:)/.test(head),
    load: async () => (await import("./yarn-lock.ts")).readYarnLock,
  },
  "bun-lock": {
    title: "bun lockfile",
    names: /^bun\.lockb?$/,
    load: async () => (await import("./bun-lock.ts")).readBunLock,
  },
  "uv-lock": {
    title: "uv lockfile",
    names: /^uv\.lock$/,
    load: async () => (await import("./uv-lock.ts")).readUvLock,
  },
  "poetry-lock": {
    title: "Poetry lockfile",
    names: /^poetry\.lock$/,
    load: async () => (await import("./poetry-lock.ts")).readPoetryLock,
  },
  "pdm-lock": {
    title: "PDM lockfile",
    names: /^pdm(?:\.[\w.-]+)?\.lock$/,
    load: async () => (await import("./pdm-lock.ts")).readPdmLock,
  },
  "pipfile-lock": {
    title: "Pipfile.lock",
    names: /^Pipfile\.lock$/,
    load: async () => (await import("./pipfile-lock.ts")).readPipfileLock,
  },
  pylock: {
    title: "pylock.toml (PEP 751)",
    names: /^pylock(?:\.[^.]+)?\.toml$/,
    load: async () => (await import("./pylock.ts")).readPylock,
  },
  requirements: {
    title: "pip requirements",
    names: /^(?:[\w.-]*requirements[\w.-]*|constraints)\.(?:txt|in)$/,
    load: async () => (await import("./requirements.ts")).readRequirements,
  },
  "site-packages": {
    title: "installed Python packages",
    folder: (names) => names.has("pyvenv.cfg") || [...names].some((name) => name.endsWith(".dist-info")),
    load: async () => (await import("./site-packages.ts")).readSitePackages,
  },
  "cargo-lock": {
    title: "Cargo.lock",
    names: /^Cargo\.lock$/,
    load: async () => (await import("./cargo-lock.ts")).readCargoLock,
  },
  "go-mod": {
    title: "Go modules",
    names: /^go\.(?:mod|sum)$/,
    load: async () => (await import("./go-mod.ts")).readGoMod,
  },
  cyclonedx: {
    title: "CycloneDX SBOM",
    names: /^(?:bom|.*\.cdx)\.(?:json|xml)$/,
    head: (head) => /"bomFormat"\s*:\s*"CycloneDX"|cyclonedx\.org\/schema\/bom/.test(head),
    load: async () => (await import("./cyclonedx.ts")).readCycloneDx,
  },
  spdx: {
    title: "SPDX SBOM",
    names: /\.spdx(?:\.(?:json|xml|yaml|yml|rdf|rdf\.xml))?$/,
    head: (head) => /"spdxVersion"\s*:|^SPDXVersion:|spdx\.org\/rdf/.test(head),
    load: async () => (await import("./spdx.ts")).readSpdx,
  },
  "npm-package": {
    title: "npm package",
    names: /\.tgz$/i,
    load: async () => (await import("./npm-package.ts")).readNpmPackage,
  },
  wheel: {
    title: "Python wheel",
    names: /\.whl$/i,
    load: async () => (await import("./wheel.ts")).readWheel,
  },
  sdist: {
    title: "Python source distribution",
    names: /\.tar\.gz$/i,
    load: async () => (await import("./sdist.ts")).readSdist,
  },
  mcpb: {
    title: "MCP bundle",
    names: /\.(?:mcpb|dxt)$/i,
    load: async () => (await import("./mcpb.ts")).readMcpb,
  },
  binary: {
    title: "program",
    content: ["elf", "pe", "mach-o"],
    load: async () => (await import("./binary.ts")).readBinary,
  },
  file: {
    title: "file",
    load: async () => (await import("./file.ts")).readFile,
  },
} as const satisfies Record<string, Source>;

export type SourceKind = keyof typeof SOURCES;

export function isSourceKind(text: string): text is SourceKind {
  return Object.hasOwn(SOURCES, text);
}
