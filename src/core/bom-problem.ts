// Where an SBOM breaks its specification: what the checks of both formats answer with.

/** One breach. */
export interface BomProblem {
  /** JSON Pointer (RFC 6901); empty for the document itself. */
  readonly pointer: string;
  /** A clause in lower case. */
  readonly message: string;
}

/** A document may have a million; these are enough to see what is wrong with it. */
export const MAX_PROBLEMS = 20;

/** A JSON Pointer one step further. */
export function pointTo(pointer: string, step: string | number): string {
  return `${pointer}/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** How a message calls an identifier of the document: not where it is long, or could hold somebody's address and token. */
export function shownIdentifier(text: string): string {
  return text.length > 200 || /:\/\/|%3a%2f|@.*@/i.test(text) ? `of ${text.length} characters` : text;
}
