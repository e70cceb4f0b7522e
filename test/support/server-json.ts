// Documents of the MCP registry for tests, and what is said of an artifact in one line.

import { checkServerJson } from "../../src/verify/server-json.ts";
import type { ArtifactFacts, NamedPackage } from "../../src/verify/server-json-facts.ts";

export const SERVER = "io.github.acme/weather";
const transport = { type: "stdio" };

export const NPM = { registryType: "npm", identifier: "@acme/weather", version: "1.2.0", transport };
export const WHEEL = { registryType: "pypi", identifier: "acme-weather", version: "1.2.0", transport };
export const BUNDLE = {
  registryType: "mcpb",
  identifier: "https://github.com/acme/weather/releases/download/v1.2.0/weather.mcpb",
  fileSha256: "a".repeat(64),
  transport,
};

/** A document with these packages; what has no `registryType` replaces members of the document. */
export function serverJson(...parts: readonly Readonly<Record<string, unknown>>[]): Readonly<Record<string, unknown>> {
  const others = parts.filter((part) => !("registryType" in part)).flatMap((part) => Object.entries(part));
  return {
    name: SERVER,
    description: "Weather",
    version: "1.2.0",
    packages: parts.filter((part) => "registryType" in part),
    ...Object.fromEntries(others),
  };
}

/** What is inside the artifact, or why that cannot be read; the kind of its first bytes; its hash and name. */
export function factsOf(
  inside: NamedPackage | string,
  kind: string | undefined,
  sha256: string = "c".repeat(64),
  name = "file",
): ArtifactFacts {
  return { name, kind, sha256, package: typeof inside === "string" ? { reason: inside } : { package: inside } };
}

/** The package that `NPM` describes. */
export const NPM_INSIDE: NamedPackage = {
  ecosystem: "npm",
  name: "@acme/weather",
  version: "1.2.0",
  serverName: SERVER,
};

/** Bytes stay, texts are taken as they are, and anything else is written as JSON. */
export function documentBytes(document: unknown): Uint8Array {
  if (document instanceof Uint8Array) return document;
  return Buffer.from(typeof document === "string" ? document : JSON.stringify(document));
}

/** The digest that is asked for or `no digest`, then each rule; with `?` where nothing is wrong but something unknown. */
export function answerTo(document: unknown, facts: ArtifactFacts): string {
  const { digest, findings } = checkServerJson({ source: "server.json", bytes: documentBytes(document) }, facts);
  const rules = findings.map(({ rule, level }) => `${rule}${level === "unknown" ? "?" : ""}`);
  return [digest?.hex ?? "no digest", ...rules].join(" ");
}

/** What is said, as `answerTo` says it. */
export type Row = readonly [sentence: string, document: unknown, artifact: ArtifactFacts, expected: string];
