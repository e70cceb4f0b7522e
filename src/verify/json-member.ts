// One member of a JSON value that may be anything. Separate so that who needs no more than this loads no more.

/** A member, or undefined when it is absent or null. Own members only; of a list an index is one. */
export function member(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name] ?? undefined;
}
