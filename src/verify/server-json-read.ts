// The MCP registry's description of a server, server.json, read strictly: the dialect of 2025-12-11 (camelCase), and
// the one before September 2025 (snake_case, `version_detail`). Only what says which artifact is meant is read; the
// rest (arguments, icons, remotes) is for the program that starts the server. Attacker-controlled.

import { UserError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import type { Json } from "../core/json.ts";
import { ANYTHING, listOf, oneOf, openRecord, problemsOf, TEXT, textThat } from "../core/json-shape.ts";
import type { Problem, Shape } from "../core/json-shape.ts";
import { isUri } from "../core/json-shape-formats.ts";
import { isJsonObject } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { PackageRefusal, textOf } from "../core/package-reading.ts";
import { isServerName } from "../core/package-server-name.ts";
import { isNpmName, isPythonName, isSemver, pythonNameKey, pythonVersionKey } from "../core/package-version.ts";
import type { EvidenceFile } from "./scheme.ts";

/** One package that the server is distributed as. */
export interface ServerPackage {
  /** `npm`, `pypi`, `mcpb`, `oci`, …: any text. */
  readonly type: string;
  /** A package's name, or a URL. */
  readonly identifier: string;
  /** One exact version. */
  readonly version?: string;
  /** Of the file, 64 lower-case hex digits. */
  readonly sha256?: string;
}

export interface ServerJson {
  /** `namespace/name`. */
  readonly name: string;
  readonly repositoryUrl?: string;
  /** Without repetitions. No SHA-256 stands for two different packages. */
  readonly packages: readonly ServerPackage[];
  /** Its own registry says that nobody must install it any more. */
  readonly deleted: boolean;
}

/** The same member in the two dialects: camelCase, snake_case. */
const SPELLINGS = [
  ["registryType", "registry_type"],
  ["registryBaseUrl", "registry_base_url"],
  ["fileSha256", "file_sha256"],
  ["runtimeHint", "runtime_hint"],
  ["runtimeArguments", "runtime_arguments"],
  ["packageArguments", "package_arguments"],
  ["environmentVariables", "environment_variables"],
] as const;

type Dialect = 0 | 1;

/** Larger documents describe no server (bytes). */
const MAX_SIZE = 2 ** 20;
const OFFICIAL = "io.modelcontextprotocol.registry/official";

/** What the document says, or what is wrong with it. Never throws for what the bytes say. */
export function readServerJson(
  file: EvidenceFile,
): { readonly server: ServerJson } | { readonly problems: readonly Problem[] } {
  const value = parse(file);
  if ("message" in value) return { problems: [{ pointer: "", message: value.message }] };
  const dialect = dialectOf(value.json);
  if (dialect === undefined) return { problems: [{ pointer: "", message: "mixes two dialects of server.json" }] };
  const detailed = isJsonObject(value.json) && Object.hasOwn(value.json, "version_detail");
  const shaped = problemsOf(value.json, serverShape(dialect, detailed));
  if (shaped.length > 0) return { problems: shaped };
  const document = value.json as unknown as Document;
  const packages = (document.packages ?? []).map((entry) => packageIn(entry, dialect));
  const problems = [...packages.flatMap(packageProblems), ...hashProblems(packages)].slice(0, MAX_PROBLEMS);
  if (problems.length > 0) return { problems };
  const url = document.repository?.["url"];
  return {
    server: {
      name: document.name,
      packages: distinct(packages),
      deleted: isDeleted(document),
      ...(typeof url === "string" && url !== "" ? { repositoryUrl: url } : {}),
    },
  };
}

/** The members that are read, of a document that has its shape. */
interface Document extends JsonObject {
  readonly name: string;
  readonly repository?: JsonObject;
  readonly packages?: readonly JsonObject[];
}

const MAX_PROBLEMS = 10;

function parse({ source, bytes }: EvidenceFile): { readonly json: Json } | { readonly message: string } {
  if (bytes.length > MAX_SIZE) return { message: `is larger than ${MAX_SIZE} bytes` };
  try {
    return { json: withoutEnvelope(parseJson(textOf(bytes, source), { source }).value) };
  } catch (error) {
    // Begins with the source, which whoever shows the problem names himself.
    if (error instanceof UserError) return { message: `cannot be read at ${error.message.slice(source.length + 1)}` };
    if (error instanceof PackageRefusal) return { message: "is not valid UTF-8" };
    throw error;
  }
}

/** Which spelling the document uses; camelCase where nothing tells; undefined for both. */
function dialectOf(value: Json): Dialect | undefined {
  if (!isJsonObject(value)) return 0;
  const packages = Array.isArray(value["packages"]) ? (value["packages"] as readonly Json[]) : [];
  const uses = (dialect: Dialect): boolean =>
    packages.some((one) => isJsonObject(one) && SPELLINGS.some((names) => Object.hasOwn(one, names[dialect])));
  const detailed = Object.hasOwn(value, "version_detail");
  const [camel, snake] = [uses(0) || (detailed && Object.hasOwn(value, "version")), uses(1) || detailed];
  if (camel && snake) return undefined;
  return snake ? 1 : 0;
}

const NAME = textThat("a server name such as io.github.owner/server", isServerName);
const SHA256 = textThat(
  "the SHA-256 of a file: 64 lower-case hex digits, not all zero",
  (text) => /^[0-9a-f]{64}$/.test(text) && !/^0+$/.test(text),
);
const VERSION = textThat("one exact version, not a range or a tag", isExactVersion);
const IDENTIFIER = textThat("a name or URL without white space", (text) => /^[\x21-\x7e]{1,2000}$/.test(text));
const TYPE = textThat("a type of registry", (text) => /^[\x21-\x7e]{1,100}$/.test(text));
const OBJECT = openRecord({});
/** An empty text stands for none. */
const URL_OR_NONE = textThat("a URI", (text) => text === "" || isUri(text));

function serverShape(dialect: Dialect, detailed: boolean): Shape {
  const [type, base, hash] = SPELLINGS.map((names) => names[dialect]) as [string, string, string];
  const transport = openRecord({ type: oneOf(["stdio", "streamable-http", "sse"]) });
  const entry = openRecord(
    { [type]: TYPE, identifier: IDENTIFIER, ...(dialect === 0 ? { transport } : {}) },
    { version: VERSION, [base]: URL_OR_NONE, [hash]: SHA256, ...(dialect === 0 ? {} : { transport }) },
  );
  return openRecord(
    {
      name: NAME,
      description: TEXT,
      ...(detailed ? { version_detail: openRecord({ version: VERSION }) } : { version: VERSION }),
    },
    {
      repository: openRecord({}, { url: URL_OR_NONE, source: TEXT, id: TEXT, subfolder: TEXT }),
      packages: listOf(entry),
      remotes: listOf(ANYTHING),
      status: TEXT,
      _meta: openRecord({}, { [OFFICIAL]: OBJECT }),
    },
  );
}

/** Without ranges (`^1`, `1.x`, `>=1 <2`, `1 || 2`) and `latest`. Which texts are versions is the ecosystem's to say. */
function isExactVersion(text: string): boolean {
  if (!/^[0-9A-Za-z][0-9A-Za-z.+!_-]{0,254}$/.test(text) || text.toLowerCase() === "latest") return false;
  return !text.split(/[.+-]/).some((part) => part === "x" || part === "X");
}

function packageIn(entry: JsonObject, dialect: Dialect): ServerPackage {
  const [type, , hash] = SPELLINGS.map((names) => names[dialect]) as [string, string, string];
  const text = (member: string): string | undefined => {
    const value = Object.hasOwn(entry, member) ? entry[member] : undefined;
    return typeof value === "string" ? value : undefined;
  };
  const [version, sha256] = [text("version"), text(hash)];
  return {
    type: text(type) ?? "",
    identifier: text("identifier") ?? "",
    ...(version === undefined ? {} : { version }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}

/** What is wrong with a package by the rules of its type. */
function packageProblems({ type, identifier, version, sha256 }: ServerPackage, index: number): readonly Problem[] {
  const at = `/packages/${index}`;
  const wrong = (member: string, message: string): Problem => ({ pointer: `${at}/${member}`, message });
  switch (type) {
    case "npm":
      return [
        ...(isNpmName(identifier) ? [] : [wrong("identifier", "must be the name of an npm package")]),
        ...(version !== undefined && isSemver(version) ? [] : [wrong("version", "must be one exact version")]),
      ];
    case "pypi":
      return [
        ...(isPythonName(identifier) ? [] : [wrong("identifier", "must be the name of a Python package")]),
        ...(version !== undefined && pythonVersionKey(version) !== undefined
          ? []
          : [wrong("version", "must be one exact version")]),
      ];
    case "mcpb":
      return [
        ...(identifier.startsWith("https://") && isUri(identifier)
          ? []
          : [wrong("identifier", "must be an https URL of the bundle")]),
        ...(sha256 === undefined ? [wrong("fileSha256", "is missing, and a bundle must have it")] : []),
      ];
    default:
      return [];
  }
}

/** One hash under two different packages: which of them the file is cannot be told. */
function hashProblems(packages: readonly ServerPackage[]): readonly Problem[] {
  const owners = new Map<string, string>();
  return packages.flatMap((one, index) => {
    if (one.sha256 === undefined) return [];
    const first = owners.get(one.sha256);
    owners.set(one.sha256, first ?? identityOf(one));
    if (first === undefined || first === identityOf(one)) return [];
    return [{ pointer: `/packages/${index}/fileSha256`, message: "is also the hash of another package" }];
  });
}

/** Equal for entries that mean the same package, whatever they say about starting it. */
function identityOf({ type, identifier, version = "" }: ServerPackage): string {
  if (type !== "pypi") return JSON.stringify([type, identifier, version]);
  return JSON.stringify([type, pythonNameKey(identifier), pythonVersionKey(version) ?? version]);
}

/** The registry's answer to a question about a server holds the document and, beside it, what the registry says of it. */
function withoutEnvelope(value: Json): Json {
  if (!isJsonObject(value) || !Object.hasOwn(value, "server") || Object.hasOwn(value, "name")) return value;
  const { server, _meta: meta, ...others } = value;
  if (!isJsonObject(server) || Object.keys(others).length > 0) return value;
  return meta === undefined ? server : { ...server, _meta: meta };
}

function distinct(packages: readonly ServerPackage[]): readonly ServerPackage[] {
  const byIdentity = new Map(packages.map((one) => [`${one.sha256 ?? ""} ${identityOf(one)}`, one]));
  return [...byIdentity.values()];
}

/** `status` stood in the document before September 2025, and stands in the registry's own part of it since. */
function isDeleted(document: JsonObject): boolean {
  const meta = document["_meta"];
  const official = isJsonObject(meta) && Object.hasOwn(meta, OFFICIAL) ? meta[OFFICIAL] : undefined;
  return document["status"] === "deleted" || (isJsonObject(official) && official["status"] === "deleted");
}
