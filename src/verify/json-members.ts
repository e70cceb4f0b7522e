// Reading of what registries write as JSON: members that may be absent, and times.

import type { Json } from "../core/json.ts";
import { member } from "./json-member.ts";

/** An own member of what may be an object, and is no list; undefined when it is absent or null. */
export function memberOf(value: Json | undefined, name: string): Json | undefined {
  return Array.isArray(value) ? undefined : (member(value, name) as Json | undefined);
}

/** RFC 3339, as registries write it. Null for anything else. */
export function timeOf(value: Json): Date | null {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(value))
    return null;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? null : time;
}
