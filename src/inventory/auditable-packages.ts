// The list of crates that cargo-auditable writes into a Rust program: a section `.dep-v0` with JSON in a zlib stream
// (github.com/rust-secure-code/cargo-auditable, cargo-auditable.schema.json and PARSING.md).
//
//   { "packages": [ { "name", "version", "source": "local" | "git" | "registry" | …, "kind"?: "build" | "runtime",
//                     "dependencies"?: [ index … ], "root"?: true } … ], "format"?: 0 | 1 | 8 }
//
// `dependencies` are positions in the list. Nothing states a digest: the crates are in the program.

import { isUtf8 } from "node:buffer";
import type { Component, Origin, Remark } from "../core/inventory.ts";
import type { Json } from "../core/json.ts";
import { isJsonObject, member, objectMember, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { parseLargeJson } from "../core/large-json.ts";
import { cargoPurl } from "../core/purl.ts";
import { UserError } from "../core/errors.ts";
import { inflateZlib } from "../io/zlib.ts";
import type { BinaryImage, Mapping } from "./binary-image.ts";
import type { BuiltParts } from "./binary-parts.ts";
import { cargoProblem } from "./cargo-names.ts";
import { createKeys } from "./component-key.ts";

/** What the format's authors call enough, compressed and not (bytes). */
const MAX_BYTES = 8 << 20;
const MAX_PACKAGES = 50_000;

/** The crates of one section, or a clause that says why it cannot be read. */
export function readAuditable({ bytes }: BinaryImage, { at, size }: Mapping, shown: string): BuiltParts | string {
  if (size > MAX_BYTES) return "its section .dep-v0 is too large";
  const inflated = inflateZlib(bytes.read(at, size), MAX_BYTES);
  if (typeof inflated === "string") return `its section .dep-v0 cannot be read: ${inflated}`;
  if (!isUtf8(inflated)) return "its section .dep-v0 is not UTF-8 text";
  let value: Json;
  try {
    ({ value } = parseLargeJson(inflated.toString("utf8"), { source: ".dep-v0", code: "source-malformed" }));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `its section .dep-v0 cannot be read: ${error.message}`;
  }
  const packages = isJsonObject(value) ? member(value, "packages") : undefined;
  if (!Array.isArray(packages)) return "its section .dep-v0 holds no list of packages";
  if (packages.length > MAX_PACKAGES) return `its section .dep-v0 names more than ${MAX_PACKAGES} packages`;
  return partsOf(packages, shown);
}

function partsOf(packages: readonly Json[], shown: string): BuiltParts {
  const remarks: Remark[] = [];
  const keyOf = createKeys();
  const keys = packages.map((entry) => {
    const name = isJsonObject(entry) ? textMember(entry, "name") : undefined;
    const version = isJsonObject(entry) ? textMember(entry, "version") : undefined;
    return name === undefined ? undefined : keyOf(version === undefined ? name : `${name} ${version}`);
  });
  const nameless = keys.filter((key) => key === undefined).length;
  if (nameless > 0) {
    const message = `${nameless} of the crates that it lists have no name`;
    remarks.push({ rule: "inventory-incomplete", subject: shown, message, file: shown });
  }
  const components = packages.flatMap((entry, index) => {
    const key = keys[index];
    return key === undefined || !isJsonObject(entry) ? [] : [crateOf(entry, key, keys, { shown, remarks })];
  });
  const roots = packages.flatMap((entry, index) =>
    isJsonObject(entry) && member(entry, "root") === true ? [index] : [],
  );
  return { components, ...rootOf(packages, keys, components, roots, { shown, remarks }), remarks };
}

interface Reporting {
  readonly shown: string;
  readonly remarks: Remark[];
}

type Keys = readonly (string | undefined)[];

function rootOf(
  packages: readonly Json[],
  keys: Keys,
  components: readonly Component[],
  roots: readonly number[],
  { shown, remarks }: Reporting,
): Pick<BuiltParts, "needed" | "name" | "version"> {
  if (roots.length !== 1) {
    const message =
      roots.length === 0
        ? "none of the crates that it lists is the one that was built"
        : `${roots.length} of the crates that it lists say that they are the one that was built`;
    remarks.push({ rule: "inventory-incomplete", subject: shown, message, file: shown });
    const needed = roots.length === 0 ? components.map(({ key }) => key) : roots.flatMap((index) => keys[index] ?? []);
    return { needed };
  }
  const [index = 0] = roots;
  const entry = packages[index];
  const name = isJsonObject(entry) ? textMember(entry, "name") : undefined;
  const version = isJsonObject(entry) ? textMember(entry, "version") : undefined;
  const key = keys[index];
  return {
    needed: key === undefined ? [] : [key],
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
  };
}

function crateOf(entry: JsonObject, key: string, keys: Keys, { shown, remarks }: Reporting): Component {
  const name = textMember(entry, "name") ?? "";
  const version = textMember(entry, "version");
  const subject = version === undefined ? name : `${name}@${version}`;
  const problem = version === undefined ? "it has no version" : cargoProblem(name, version);
  if (problem !== undefined) {
    remarks.push({ rule: "component-malformed", subject, message: problem, file: shown });
  }
  const { dependsOn, missing } = dependenciesOf(entry, keys);
  if (missing > 0) {
    const message = `it needs ${missing} ${missing === 1 ? "crate that is" : "crates that are"} not listed`;
    remarks.push({ rule: "inventory-incomplete", subject, message, file: shown });
  }
  const source = sourceOf(entry);
  const isPublic = source !== undefined && /^(?:crates\.io|CratesIo)$/.test(source);
  return {
    key,
    kind: "library",
    name,
    ...(version === undefined ? {} : { version }),
    ...(problem === undefined && isPublic ? { purl: cargoPurl(name, version) } : {}),
    digests: [],
    undigested: "compiled into the program",
    scope: textMember(entry, "kind") === "build" ? "development" : "runtime",
    origin: originOf(source, isPublic),
    dependsOn,
    facts: { bundled: true },
    file: shown,
  };
}

/** Other sources are written as `{ "Other": name }` by old versions. */
function sourceOf(entry: JsonObject): string | undefined {
  const other = objectMember(entry, "source");
  return textMember(entry, "source") ?? (other === undefined ? undefined : textMember(other, "Other"));
}

function originOf(source: string | undefined, isPublic: boolean): Origin {
  const kind = source?.toLowerCase();
  if (isPublic || kind === "registry") return { kind: "registry" };
  if (kind === "git") return { kind: "git" };
  return kind === "local" ? { kind: "workspace" } : { kind: "unknown" };
}

interface Dependencies {
  readonly dependsOn: readonly string[];
  /** How many are not in the list. */
  readonly missing: number;
}

function dependenciesOf(entry: JsonObject, keys: Keys): Dependencies {
  const stated = member(entry, "dependencies") ?? [];
  if (!Array.isArray(stated)) return { dependsOn: [], missing: 1 };
  const found = stated.map((index) => (typeof index === "number" ? keys[index] : undefined));
  const dependsOn = [...new Set(found.filter((key) => key !== undefined))];
  return { dependsOn, missing: found.filter((key) => key === undefined).length };
}
