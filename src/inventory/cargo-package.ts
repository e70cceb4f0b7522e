// One `[[package]]` of Cargo.lock: what it states, and the component that it is. Separate from the lockfile as a whole.

import type { Digest } from "../core/digest.ts";
import type { Json } from "../core/json.ts";
import { isJsonObject, member, textMember } from "../core/json-value.ts";
import { cargoPurl } from "../core/purl.ts";
import type { CargoProject } from "./cargo-manifest.ts";
import { cargoProblem } from "./cargo-names.ts";
import { readCargoSource } from "./cargo-source.ts";
import type { CargoSource } from "./cargo-source.ts";
import type { LockNode } from "./lock-node.ts";
import type { TomlDocument } from "./toml.ts";

export interface CargoContext {
  readonly shown: string;
  /** References in sources are URL-encoded. */
  readonly encoded: boolean;
  /** Of version 1: by `NAME VERSION (SOURCE)`. */
  readonly checksums: ReadonlyMap<string, Json>;
  readonly lineOf: TomlDocument["lineOf"];
}

export interface CargoPackage {
  readonly name: string;
  readonly version?: string;
  /** As written: may hold a secret. */
  readonly sourceText?: string;
  readonly source?: CargoSource;
  readonly digest?: Digest;
  /** A checksum that is none, as written. */
  readonly badChecksum?: string;
  readonly needs: readonly string[];
  /** Of the old `[replace]`: what is built in its place. */
  readonly replacedBy?: string;
  /** What is impossible about it, as clauses. */
  readonly problems: readonly string[];
  readonly line: number;
}

/** @param table name of the table in the lockfile, for the line */
export function readPackage(entry: Json, table: string, index: number, context: CargoContext): CargoPackage {
  const object = isJsonObject(entry) ? entry : {};
  const [name = "", version, sourceText] = ["name", "version", "source"].map((key) => textMember(object, key));
  const source = sourceText === undefined ? undefined : readCargoSource(sourceText, context.encoded);
  const stated = member(object, "checksum") ?? context.checksums.get(`${name} ${version ?? ""} (${sourceText ?? ""})`);
  const digest = typeof stated === "string" ? digestOf(stated) : undefined;
  const dependencies = member(object, "dependencies") ?? [];
  const needs = Array.isArray(dependencies) ? dependencies.filter((need) => typeof need === "string") : [];
  const isWhole = Array.isArray(dependencies) && needs.length === dependencies.length;
  const problem = version === undefined ? "it has no version" : cargoProblem(name, version);
  const replacedBy = textMember(object, "replace");
  return {
    name,
    ...(version === undefined ? {} : { version }),
    ...(sourceText === undefined ? {} : { sourceText }),
    ...(source === undefined ? {} : { source }),
    ...(digest === undefined ? {} : { digest }),
    ...(stated === undefined || digest !== undefined
      ? {}
      : { badChecksum: (typeof stated === "string" ? stated : JSON.stringify(stated)).slice(0, 200) }),
    needs,
    ...(replacedBy === undefined ? {} : { replacedBy }),
    problems: [
      ...(problem === undefined ? [] : [problem]),
      ...(source?.problem === undefined ? [] : [source.problem]),
      ...(member(object, "source") === undefined || sourceText !== undefined ? [] : ["its source is no text"]),
      ...(isWhole ? [] : ["its dependencies are no list of texts"]),
    ],
    line: context.lineOf(table, index),
  };
}

/** SHA-256 in hex, which is all that cargo writes. */
function digestOf(text: string): Digest | undefined {
  return /^[0-9a-f]{64}$/i.test(text) ? { algorithm: "sha256", hex: text.toLowerCase(), from: "declared" } : undefined;
}

/** The component of a package that is not the root. */
export function packageNode(
  entry: CargoPackage,
  { packages }: CargoProject,
  { shown }: CargoContext,
): LockNode["component"] {
  const { name, version, source, digest, line, replacedBy } = entry;
  const manifest = source === undefined ? packages.get(name) : undefined;
  const folder = manifest?.folder;
  const isNamed = cargoProblem(name, version ?? "") === undefined;
  const stated = version === undefined ? name : `${name} ${version}`;
  return {
    key: source === undefined || source.text === "registry" ? stated : `${stated} (${source.text})`,
    kind: "library",
    name,
    ...(version === undefined ? {} : { version }),
    ...(isNamed && source?.problem === undefined ? { purl: cargoPurl(name, version, source?.qualifiers) } : {}),
    digests: digest === undefined ? [] : [digest],
    ...(digest === undefined ? { undigested: whyUndigested(source) } : {}),
    origin: source?.origin ?? { kind: "workspace", ...(folder === undefined ? {} : { path: folder }) },
    facts: replacedBy === undefined ? {} : { patched: "another package is built in its place" },
    ...(folder === undefined ? {} : { location: folder }),
    file: shown,
    line,
  };
}

function whyUndigested(source: CargoSource | undefined): string {
  if (source === undefined) return "a folder of the project";
  const { origin } = source;
  if (origin.kind !== "git") return "the lockfile states no checksum";
  return origin.commit === undefined
    ? "from a git repository, at no fixed commit"
    : `pinned by git commit ${origin.commit}`;
}
