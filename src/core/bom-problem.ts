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

/** True for an identifier in which somebody's address, and a token in it, or a path of a machine could stand. */
export function mayHoldAddress(text: string): boolean {
  return /:\/\/|%3a(?:%2f|\/){2}|:%2f%2f|(?:^|[@=|])(?:(?:file|link)(?::|%3a)|\/|~|%2f|[a-z]:[\\/])/i.test(text);
}

/** The steps of a JSON Pointer: names, and indexes as numbers. */
export function stepsOf(pointer: string): readonly (string | number)[] {
  const steps = pointer === "" ? [] : pointer.slice(1).split("/");
  return steps.map((step) =>
    /^\d{1,9}$/.test(step) ? Number(step) : step.replaceAll("~1", "/").replaceAll("~0", "~"),
  );
}

/** How a message calls an identifier of the document: not by itself where it is long, or could hold an address. */
export function shownIdentifier(text: string): string {
  return text.length > 200 || mayHoldAddress(text) ? `(${text.length} characters)` : text;
}
