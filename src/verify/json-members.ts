// Reading of what registries write as JSON: members that may be absent, and times.

import type { Json } from "../core/json.ts";

/** An own member of what may be an object; undefined when it is absent or null. */
export function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value) || !Object.hasOwn(value, name))
    return undefined;
  return (value as Readonly<Record<string, Json>>)[name] ?? undefined;
}

/** RFC 3339, as registries write it. Null for anything else. */
export function timeOf(value: Json): Date | null {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(value))
    return null;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? null : time;
}
