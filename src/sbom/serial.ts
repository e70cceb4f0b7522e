// The serial number of an SBOM, derived from its content: the same content has the same number, on any machine and day.

import { createHash } from "node:crypto";

/** SHA-256 (lower-case hex) of a document. Lists of its top are hashed item by item, so that no text of all is made. */
export function contentDigest(document: Readonly<Record<string, unknown>>): string {
  const hash = createHash("sha256");
  for (const [name, value] of Object.entries(document)) {
    hash.update(`${JSON.stringify(name)}:`);
    for (const item of Array.isArray(value) ? value : [value]) hash.update(`${JSON.stringify(item)}\n`);
  }
  return hash.digest("hex");
}

/** A UUID of version 8, for which RFC 9562 (section 5.8) leaves open how the bits are made, of the first bits of a digest. */
export function uuidOf(sha256: string): string {
  const variant = ((Number.parseInt(sha256.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  const [a, b, c, d] = [sha256.slice(0, 8), sha256.slice(8, 12), sha256.slice(13, 16), sha256.slice(17, 20)];
  return `${a}-${b}-8${c}-${variant}${d}-${sha256.slice(20, 32)}`;
}
