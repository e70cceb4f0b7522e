// Packages for tests: archives in memory, and the real ones of fixtures/verify/package through the real readers.

import { test } from "node:test";
import assert from "node:assert/strict";
import { closeSync, readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { openRegularFile } from "../../src/io/files.ts";
import { readTarball } from "../../src/io/tar.ts";
import { readZip } from "../../src/io/zip.ts";
import { packageOf, wantedOf } from "../../src/inventory/package.ts";
import type { PackageAnswer } from "../../src/inventory/package.ts";
import type { PackageKind } from "../../src/inventory/package-kind.ts";
import { packageKindOf } from "../../src/inventory/package-kind.ts";
import type { ArchiveReading } from "../../src/core/package-reading.ts";
import { ROOT } from "./project.ts";

const FOLDER = join(ROOT, "fixtures/verify/package");

/** The four packages of the fixture: all of them say the same. */
export const PACKED = {
  npm: "acme-weather-server-1.2.0.tgz",
  wheel: "acme_weather_server-1.2.0-py3-none-any.whl",
  sdist: "acme_weather_server-1.2.0.tar.gz",
  mcpb: "acme-weather-1.2.0.mcpb",
} as const;

/** An archive of these files; an object is written as JSON, and `null` stands for a file that was too large to keep. */
export function readingOf(files: Readonly<Record<string, unknown>>): ArchiveReading {
  return readingOfList(Object.entries(files));
}

/** As `readingOf`, for names that occur more than once. */
export function readingOfList(files: readonly (readonly [name: string, content: unknown])[]): ArchiveReading {
  const kept = files.filter(([, content]) => content !== null);
  return {
    entries: files.map(([name]) => ({ name, type: "file" })),
    contents: new Map(kept.map(([name, content]) => [name, bytesOf(content)])),
  };
}

function bytesOf(content: unknown): Uint8Array {
  if (content instanceof Uint8Array) return content;
  return Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
}

export interface PackedFile {
  readonly reading: ArchiveReading;
  readonly package: PackageAnswer;
  readonly sha256: string;
}

/** A package of the fixture, as the program reads it; `as` gives it another name. */
export async function readPacked(fixture: string, as: string = fixture): Promise<PackedFile> {
  const path = join(FOLDER, fixture);
  const kind = packageKindOf(as);
  assert.ok(kind !== undefined, as);
  const file = openRegularFile(path);
  try {
    const read = kind === "npm" || kind === "sdist" ? readTarball : readZip;
    const answer = await read(file, { path, wanted: wantedOf(kind) });
    assert.ok(answer.ok, fixture);
    const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
    return { reading: answer, package: packageOf(kind, answer, as), sha256 };
  } finally {
    closeSync(file.fd);
  }
}

/** `NAME VERSION SERVER…`, as the package says, or `refused: REASON`. */
export function say(kind: PackageKind, reading: ArchiveReading, fileName: string): string {
  const answer = packageOf(kind, reading, fileName);
  if ("reason" in answer) return `refused: ${answer.reason}`;
  const { name, version, serverNames } = answer.package;
  return [name, version, ...serverNames].join(" ");
}

/** A text is what an archive of these files says; an expression is why it is refused. */
export type Row = readonly [sentence: string, files: Readonly<Record<string, unknown>>, expected: string | RegExp];

export function testRow(kind: PackageKind, fileName: string, [sentence, files, expected]: Row): void {
  test(`${kind}: ${sentence}`, () => {
    const said = say(kind, readingOf(files), fileName);
    if (typeof expected === "string") assert.equal(said, expected);
    else assert.match(said, new RegExp(`^refused: .*(?:${expected.source})`, "s"));
  });
}
