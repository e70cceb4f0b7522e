// Small questions to the tables of lockfiles: lists of texts, lists of tables, sizes. Separate because each reader of a
// TOML lockfile asks them.

import type { Json } from "../core/json.ts";
import { isJsonObject, member } from "../core/json-value.ts";
import type { JsonObject } from "../core/json-value.ts";

/** The texts of a list; what is no list has none. */
export function textList(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? (value as readonly Json[]).filter((item) => typeof item === "string") : [];
}

/** The tables of a list, in order. `wrong` is told the index of each item that is none, and -1 when there is no list. */
export function tableList(object: JsonObject, name: string, wrong?: (index: number) => void): readonly JsonObject[] {
  const value = member(object, name);
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    wrong?.(-1);
    return [];
  }
  return (value as readonly Json[]).flatMap((item, index) => {
    if (isJsonObject(item)) return [item];
    wrong?.(index);
    return [];
  });
}

/** Bytes, or undefined for what is no size. */
export function fileSize(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
