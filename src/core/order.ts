// The one order of texts: by UTF-16 code units, which no locale, machine or version of Unicode changes.

/** For `toSorted`: negative when `a` comes first. */
export function byCodeUnits(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
