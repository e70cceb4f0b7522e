// Tables of dependencies as Poetry writes them, in its manifest and in its lockfile.
//
//   name = "^1.0"                                                  any constraint
//   name = {version = "…", optional = true, extras = […], markers = "…", python = "…"}
//   name = [{version = "…", markers = "…"}, …]                     one of several, by marker

import type { Json } from "../core/json.ts";
import { isJsonObject, member, textMember } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";
import { normalExtras } from "./python-requirement.ts";
import type { Requirement } from "./python-requirement.ts";

export interface PoetryRequirement extends Requirement {
  /** Asked for by an extra only. */
  readonly optional?: true;
}

/** All requirements of a table; `python` is no package. */
export function poetryRequirements(table: JsonObject): readonly PoetryRequirement[] {
  return Object.entries(table).flatMap(([name, value]) => {
    if (name.toLowerCase() === "python") return [];
    const items = Array.isArray(value) ? (value as readonly Json[]) : [value];
    return items.map((item) => requirementOf(name, item));
  });
}

function requirementOf(name: string, value: Json): PoetryRequirement {
  if (typeof value === "string") return { name, extras: [], specifier: value };
  if (!isJsonObject(value)) return { name, extras: [] };
  const extras = member(value, "extras");
  const texts = Array.isArray(extras) ? (extras as readonly Json[]) : [];
  const specifier = textMember(value, "version");
  const python = textMember(value, "python");
  const marker = textMember(value, "markers") ?? (python === undefined ? undefined : `python_version: ${python}`);
  return {
    name,
    extras: normalExtras(texts.filter((text) => typeof text === "string")),
    ...(specifier === undefined ? {} : { specifier }),
    ...(marker === undefined ? {} : { marker }),
    ...(member(value, "optional") === true ? { optional: true } : {}),
  };
}
