// Times as a policy may write them. Separate from Date.parse, which takes many notations that differ
// between engines, reads some in the local time zone, and turns 30 February into 2 March.

import { iso } from "../core/time.ts";

//   time  = date / date "T" HH:MM:SS [ "." 1*3DIGIT ] ( "Z" / ( "+" / "-" ) HH:MM )
//   date  = YYYY-MM-DD            its first instant, UTC
// The second form is RFC 3339 section 5.6 in upper case, without leap seconds.
const TIME =
  /^(\d{4}-\d\d-\d\d)(?:T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/;

/** `2027-01-01T00:00:00Z` for a date or time that is written in full and exists; otherwise undefined. */
export function parseTime(text: string): string | undefined {
  const date = TIME.exec(text)?.[1];
  if (date === undefined) return undefined;
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== date) return undefined;
  return iso(new Date(text));
}
