// What a package says of itself: npm tarballs, Python wheels and source distributions, MCP bundles. One place that
// decides which file inside is the one that counts, so that a signature, an attestation and a server.json are
// compared with the same name and version that an installer would use.

import { isJsonObject } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import type { PackageName } from "../core/package-name.ts";
import { jsonOf, onlyFile, PackageRefusal, textOf, topFolder } from "../core/package-reading.ts";
import type { ArchiveReading } from "../core/package-reading.ts";
import { claimedServerNames } from "../core/package-server-name.ts";
import { isNpmName, isSemver } from "../core/package-version.ts";
import { MANIFEST } from "./mcpb-manifest.ts";
import type { PackageKind } from "./package-kind.ts";
import { checkSdistName, checkWheelNames, parseCoreMetadata } from "./package-python.ts";

/** A package's own statements. `serverName` is set when it claims exactly one. */
export interface StatedPackage extends PackageName {
  /** All MCP servers that it claims to be: a description may name several. */
  readonly serverNames: readonly string[];
}

/** `reason` says why a package cannot be read, as a clause. */
export type PackageAnswer =
  { readonly package: StatedPackage } | { readonly reason: string; readonly malformed?: true };

interface KindFacts {
  /** Which entries hold the statements, and how many bytes they have at most. */
  readonly wanted: RegExp;
  readonly limit: number;
  readonly read: (reading: ArchiveReading, fileName: string) => StatedPackage;
}

const MIB = 2 ** 20;

const KINDS: Readonly<Record<PackageKind, KindFacts>> = {
  npm: { wanted: /^[^/]+\/package\.json$/, limit: 4 * MIB, read: readNpm },
  wheel: { wanted: /^[^/]+\.dist-info\/METADATA$/, limit: 8 * MIB, read: readWheel },
  sdist: { wanted: /^[^/]+\/PKG-INFO$/, limit: 8 * MIB, read: readSdist },
  mcpb: { wanted: new RegExp(`^${MANIFEST.replace(".", "\\.")}$`), limit: 4 * MIB, read: readBundle },
};

/** The `wanted` of an archive reader for this kind: how many bytes of an entry to keep at most, or undefined. */
export function wantedOf(kind: PackageKind): (name: string) => number | undefined {
  const { wanted, limit } = KINDS[kind];
  return (name) => (wanted.test(name) ? limit : undefined);
}

/** What the package says of itself. `fileName` is the last part of its path. Never throws for what the archive holds. */
export function packageOf(kind: PackageKind, reading: ArchiveReading, fileName: string): PackageAnswer {
  try {
    return { package: KINDS[kind].read(reading, fileName) };
  } catch (error) {
    if (!(error instanceof PackageRefusal)) throw error;
    return { reason: error.message };
  }
}

/** npm drops the first part of every path, whatever it is; more than one folder would be laid over one another. */
function readNpm(reading: ArchiveReading): StatedPackage {
  const path = `${topFolder(reading)}/package.json`;
  const document = objectOf(reading, path);
  const name = stringIn(document, "name", path);
  const version = stringIn(document, "version", path);
  if (!isNpmName(name)) throw new PackageRefusal(`its ${path} states a name that no npm package can have`);
  if (!isSemver(version)) throw new PackageRefusal(`its ${path} states a version that is not an exact one`);
  if (!Object.hasOwn(document, "mcpName")) return stated("npm", name, version, []);
  return stated("npm", name, version, [stringIn(document, "mcpName", path)]);
}

function readWheel(reading: ArchiveReading, fileName: string): StatedPackage {
  const folders = new Set<string>();
  for (const { name } of reading.entries) {
    const [, folder] = /^([^/]+\.dist-info)(?:\/|$)/i.exec(name) ?? [];
    if (folder !== undefined) folders.add(folder);
    if (folders.size > 1) throw new PackageRefusal(`it has several folders of metadata: ${[...folders].join(", ")}`);
  }
  const [folder] = folders;
  if (folder === undefined) throw new PackageRefusal("it has no folder of metadata (.dist-info)");
  const path = `${folder}/METADATA`;
  const metadata = parseCoreMetadata(textOf(onlyFile(reading, path), path), path);
  checkWheelNames(metadata, fileName, folder);
  return stated("pypi", metadata.name, metadata.version, claimedServerNames(metadata.description));
}

function readSdist(reading: ArchiveReading, fileName: string): StatedPackage {
  const path = `${topFolder(reading)}/PKG-INFO`;
  const metadata = parseCoreMetadata(textOf(onlyFile(reading, path), path), path);
  checkSdistName(metadata, fileName);
  return stated("pypi", metadata.name, metadata.version, claimedServerNames(metadata.description));
}

function readBundle(reading: ArchiveReading): StatedPackage {
  const document = objectOf(reading, MANIFEST);
  return stated("mcpb", stringIn(document, "name", MANIFEST), stringIn(document, "version", MANIFEST), []);
}

function stated(
  ecosystem: PackageName["ecosystem"],
  name: string,
  version: string,
  serverNames: readonly string[],
): StatedPackage {
  const [serverName] = serverNames;
  const only = serverNames.length === 1 && serverName !== undefined ? { serverName } : {};
  return { ecosystem, name, version, ...only, serverNames };
}

function objectOf(reading: ArchiveReading, path: string): JsonObject {
  const value = jsonOf(onlyFile(reading, path), path);
  if (!isJsonObject(value)) throw new PackageRefusal(`its ${path} is not an object`);
  return value;
}

/** Longer names and versions are attacks on whoever shows them. */
const MAX_TEXT = 500;

/** A member that must be a text of a sane length, without characters that are not seen. @throws PackageRefusal */
function stringIn(document: JsonObject, member: string, path: string): string {
  const value = Object.hasOwn(document, member) ? document[member] : undefined;
  if (value === undefined) throw new PackageRefusal(`its ${path} states no ${member}`);
  if (typeof value !== "string" || value.trim() === "") {
    throw new PackageRefusal(`its ${path} states a ${member} that is not a text`);
  }
  if (value.length > MAX_TEXT) throw new PackageRefusal(`its ${path} states a ${member} that is too long`);
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(value)) {
    throw new PackageRefusal(`its ${path} states a ${member} with characters that are not seen`);
  }
  return value;
}
