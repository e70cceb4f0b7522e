// A server.json against an artifact: the real packages of the fixtures, and documents and artifacts that lie to one
// another.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkServerJson } from "../src/verify/server-json.ts";
import type { ArtifactFacts, NamedPackage } from "../src/verify/server-json-facts.ts";
import { PACKED, readPacked } from "./support/package-readings.ts";
import { ROOT } from "./support/project.ts";
import { answerTo, BUNDLE, factsOf, NPM, NPM_INSIDE as npm, serverJson, SERVER, WHEEL } from "./support/server-json.ts";
import type { Row } from "./support/server-json.ts";

for (const document of ["server.json", "old.json"]) {
  const file = { source: document, bytes: readFileSync(join(ROOT, "fixtures/verify/server-json", document)) };
  for (const [kind, fixture] of Object.entries(PACKED)) {
    test(`${document} and the real package agree: ${kind}`, async () => {
      const { package: inside, sha256 } = await readPacked(fixture);
      const fileKind = fixture.endsWith("gz") ? "gzip" : "zip";
      const facts: ArtifactFacts = { name: fixture, kind: fileKind, package: inside, sha256 };
      const answer = checkServerJson(file, facts);
      assert.deepEqual(answer.findings, []);
      assert.equal(answer.serverName, SERVER);
      // The source distribution is the wheel's package, and not the wheel's bytes.
      const expected = { npm: undefined, wheel: sha256, sdist: answer.selected?.sha256, mcpb: sha256 }[kind];
      assert.equal(answer.digest?.hex, expected);
      assert.equal(answer.digest?.hex === sha256, kind === "wheel" || kind === "mcpb");
    });
  }
}

const python: NamedPackage = { ...npm, ecosystem: "pypi", name: "Acme_Weather" };
const bundle: NamedPackage = { ecosystem: "mcpb", name: "Weather", version: "1.2.0" };
const [A, B, C] = ["a".repeat(64), "b".repeat(64), "c".repeat(64)] as const;

const asNpm = factsOf(npm, "gzip");
const asWheel = factsOf(python, "zip");
const asBundle = factsOf(bundle, "zip", A);
const MIRROR = { ...BUNDLE, identifier: "https://mirror.example/mcp/weather-linux.mcpb", fileSha256: B };

const AGREEING: readonly Row[] = [
  ["an npm package by its name", serverJson(NPM), asNpm, "no digest"],
  ["an npm package with a hash", serverJson({ ...NPM, fileSha256: A }), asNpm, A],
  [
    "a wheel by another spelling of its name and version",
    serverJson({ ...WHEEL, version: "1.2" }),
    asWheel,
    "no digest",
  ],
  ["a source distribution", serverJson(WHEEL), factsOf(python, "gzip"), "no digest"],
  ["a bundle by its hash", serverJson(BUNDLE), asBundle, A],
  ["a bundle that was changed, and is compared with the hash", serverJson(BUNDLE), factsOf(bundle, "zip", C), A],
  ["a bundle with its version", serverJson({ ...BUNDLE, version: "1.2.0" }), asBundle, A],
  ["the bundle of several that has the hash", serverJson(MIRROR, BUNDLE, NPM), asBundle, A],
  [
    "the bundle of several that has the name",
    serverJson(MIRROR, BUNDLE),
    factsOf(bundle, "zip", C, "weather-linux.mcpb"),
    B,
  ],
  ["the package of several that has the name", serverJson(BUNDLE, WHEEL, NPM), asNpm, "no digest"],
  ["the version of several", serverJson({ ...NPM, version: "1.1.0", fileSha256: B }, NPM), asNpm, "no digest"],
  [
    "one package that is started in two ways",
    serverJson(NPM, { ...NPM, transport: { type: "sse" } }),
    asNpm,
    "no digest",
  ],
  ["one hash that is stated twice for one package", serverJson(BUNDLE, { ...BUNDLE, runtimeHint: "x" }), asBundle, A],
  ["one wheel of several", serverJson({ ...WHEEL, fileSha256: A }, { ...WHEEL, fileSha256: C }), asWheel, C],
  [
    "a package that is several servers",
    serverJson(NPM),
    factsOf({ ...npm, serverNames: ["x/y", SERVER] }, "gzip"),
    "no digest",
  ],
  [
    "a server outside of GitHub",
    serverJson(NPM, { name: "com.acme/w" }),
    factsOf({ ...npm, serverName: "com.acme/w" }, "gzip"),
    "no digest",
  ],
];

const LYING: readonly Row[] = [
  [
    "another name inside",
    serverJson(NPM),
    factsOf({ ...npm, name: "@acme-evil/weather" }, "gzip"),
    "no digest package-mismatch",
  ],
  [
    "a name that differs in case",
    serverJson(NPM),
    factsOf({ ...npm, name: "@acme/Weather" }, "gzip"),
    "no digest package-mismatch",
  ],
  [
    "another version inside",
    serverJson(NPM),
    factsOf({ ...npm, version: "1.2.1" }, "gzip"),
    "no digest package-mismatch",
  ],
  [
    "a build of the version inside",
    serverJson(NPM),
    factsOf({ ...npm, version: "1.2.0+x" }, "gzip"),
    "no digest package-mismatch",
  ],
  [
    "another wheel inside",
    serverJson(WHEEL),
    factsOf({ ...python, name: "weather" }, "zip"),
    "no digest package-mismatch",
  ],
  ["another version of a bundle", serverJson({ ...BUNDLE, version: "1.2.1" }), asBundle, `${A} package-mismatch`],
  [
    "the right hash and another package inside",
    serverJson({ ...NPM, fileSha256: C }),
    factsOf({ ...npm, name: "x" }, "gzip"),
    `${C} package-mismatch`,
  ],
  [
    "the package is another server",
    serverJson(NPM),
    factsOf({ ...npm, serverName: "io.github.acme/other" }, "gzip"),
    "no digest server-name-mismatch",
  ],
  [
    "a server whose name is the start of the claimed one",
    serverJson(NPM),
    factsOf({ ...npm, serverName: `${SERVER}-evil` }, "gzip"),
    "no digest server-name-mismatch",
  ],
  [
    "a server name in another case",
    serverJson(NPM),
    factsOf({ ...npm, serverName: SERVER.toUpperCase() }, "gzip"),
    "no digest server-name-mismatch",
  ],
  [
    "a package that claims no server",
    serverJson(NPM),
    factsOf({ ...npm, serverNames: [] }, "gzip"),
    "no digest server-name-mismatch?",
  ],
  [
    "a program that is called a bundle",
    serverJson(BUNDLE),
    factsOf("it is no archive", "elf", A),
    `${A} server-type-mismatch package-mismatch?`,
  ],
  [
    "a zip that is called an npm package",
    serverJson(NPM),
    factsOf("it is no tarball", "zip"),
    "no digest server-type-mismatch package-mismatch?",
  ],
  [
    "a script that is called a wheel",
    serverJson(WHEEL),
    factsOf("it is no archive", "script"),
    "no digest server-type-mismatch package-mismatch?",
  ],
  ["a bundle that is called a wheel", serverJson(WHEEL), asBundle, "no digest server-type-mismatch"],
  ["a wheel that is called a bundle", serverJson(BUNDLE), factsOf(python, "zip", A), `${A} server-type-mismatch`],
  ["an npm package that is called a source distribution", serverJson(WHEEL), asNpm, "no digest server-type-mismatch"],
  ["a file of no known kind", serverJson(BUNDLE), factsOf(bundle, undefined, A), `${A} server-type-mismatch`],
  [
    "a container image is no file",
    serverJson({ ...NPM, registryType: "oci" }),
    asNpm,
    "no digest server-type-mismatch",
  ],
  [
    "a type that nobody knows",
    serverJson({ ...NPM, registryType: "constructor" }),
    asNpm,
    "no digest server-type-mismatch?",
  ],
  ["a type in another case", serverJson({ ...NPM, registryType: "NPM" }), asNpm, "no digest server-type-mismatch?"],
  [
    "a package that cannot be read",
    serverJson(NPM),
    factsOf("two package.json", "gzip"),
    "no digest package-mismatch?",
  ],
  [
    "a NuGet package, which is not read",
    serverJson({ ...NPM, registryType: "nuget" }),
    factsOf("not read", "zip"),
    "no digest package-mismatch?",
  ],
];

const DOUBTFUL: readonly Row[] = [
  ["no packages", serverJson(), asNpm, "no digest package-mismatch"],
  [
    "several packages of other names",
    serverJson(NPM, { ...NPM, identifier: "other" }),
    factsOf({ ...npm, name: "x" }, "gzip"),
    "no digest package-mismatch",
  ],
  [
    "several bundles, and the hash of none",
    serverJson(BUNDLE, MIRROR),
    factsOf(bundle, "zip", C),
    "no digest package-mismatch",
  ],
  [
    "several wheels, and the hash of none",
    serverJson({ ...WHEEL, fileSha256: A }, { ...WHEEL, fileSha256: B }),
    asWheel,
    "no digest package-mismatch",
  ],
  [
    "a wheel with a hash and one without",
    serverJson({ ...WHEEL, fileSha256: A }, WHEEL),
    asWheel,
    "no digest package-mismatch",
  ],
  [
    "something that cannot be read and may be two of them",
    serverJson(BUNDLE, WHEEL),
    factsOf("unreadable", "zip"),
    "no digest package-mismatch",
  ],
  [
    "a hash that decides, though nothing can be read",
    serverJson(BUNDLE, WHEEL),
    factsOf("unreadable", "zip", A),
    `${A} package-mismatch?`,
  ],
];

for (const [sentence, document, artifact, expected] of [...AGREEING, ...LYING, ...DOUBTFUL]) {
  test(`server.json: ${sentence}`, () => assert.equal(answerTo(document, artifact), expected));
}
