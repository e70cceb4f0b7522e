// CycloneDX documents against the JSON schemas of the specification, compiled when the program is built
// (.config/validators.mjs): only the version that is met is loaded.

import type { BomProblem } from "./bom-problem.ts";

const VALIDATORS = {
  "1.2": async () => (await import("#cyclonedx/1.2")).default,
  "1.3": async () => (await import("#cyclonedx/1.3")).default,
  "1.4": async () => (await import("#cyclonedx/1.4")).default,
  "1.5": async () => (await import("#cyclonedx/1.5")).default,
  "1.6": async () => (await import("#cyclonedx/1.6")).default,
  "1.7": async () => (await import("#cyclonedx/1.7")).default,
};

/** A version with a JSON form that is known here. */
export type CycloneDxVersion = keyof typeof VALIDATORS;

export function isCycloneDxVersion(text: string): text is CycloneDxVersion {
  return Object.hasOwn(VALIDATORS, text);
}

type SchemaError = NonNullable<Awaited<ReturnType<(typeof VALIDATORS)["1.6"]>>["errors"]>[number];

/** Keywords that only say that none of several ways fits; why not is said by the errors below them. */
const COMBINING: ReadonlySet<string> = new Set(["oneOf", "anyOf", "if"]);

/** The first breach of the schema, or undefined. Linear in the size of the document. */
export async function schemaProblem(document: unknown, version: CycloneDxVersion): Promise<BomProblem | undefined> {
  const validate = await VALIDATORS[version]();
  if (validate(document)) return undefined;
  const errors = validate.errors ?? [];
  // Where several ways were tried, the one that came furthest into the document was meant.
  const [told] = errors
    .filter(({ keyword }) => !COMBINING.has(keyword))
    .toSorted((a, b) => depthOf(b.instancePath) - depthOf(a.instancePath));
  const error = told ?? errors[0];
  if (error === undefined) return { pointer: "", message: "does not follow the schema" };
  return { pointer: error.instancePath, message: messageOf(error) };
}

function depthOf(pointer: string): number {
  return pointer.split("/").length;
}

function messageOf({ keyword, message, params }: SchemaError): string {
  // A pattern says nothing to people, and is as long as they come.
  if (keyword === "pattern") return "has not the form that the schema demands";
  const extra = params["additionalProperty"];
  const text = (message ?? "does not follow the schema").replace("must NOT", "must not");
  return typeof extra === "string" ? `${text}: ${JSON.stringify(extra.slice(0, 100))}` : text;
}
