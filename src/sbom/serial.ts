// The serial number of an SBOM, derived from its content: the same content has the same number, on any machine and day.

import { createHash } from "node:crypto";

/** Items of a list that are hashed together. */
const BATCH = 1000;

/** SHA-256 (lower-case hex) of a document. Long lists of its top are hashed in parts, so that no text of all is made. */
export function contentDigest(document: Readonly<Record<string, unknown>>): string {
  const hash = createHash("sha256");
  for (const [name, value] of Object.entries(document)) {
    hash.update(`${JSON.stringify(name)}:`);
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (let at = 0; at < list.length; at += BATCH) hash.update(JSON.stringify(list.slice(at, at + BATCH)));
  }
  return hash.digest("hex");
}

/** Stands in a document until its text is there, from which the number is made. Of the right form, so that it validates. */
export const UNNUMBERED = "00000000-0000-8000-8000-000000000000";

/** A UUID of version 8, for which RFC 9562 (section 5.8) leaves open how the bits are made, of the first bits of a digest. */
export function uuidOf(sha256: string): string {
  const variant = ((Number.parseInt(sha256.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  const [a, b, c, d] = [sha256.slice(0, 8), sha256.slice(8, 12), sha256.slice(13, 16), sha256.slice(17, 20)];
  return `${a}-${b}-8${c}-${variant}${d}-${sha256.slice(20, 32)}`;
}
