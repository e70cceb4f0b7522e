// How times are written.

/** ISO 8601 in UTC, without milliseconds where there are none. */
export function iso(date: Date): string {
  return date.toISOString().replace(".000Z", "Z");
}
