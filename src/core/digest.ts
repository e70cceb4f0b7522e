// Digests: the algorithms we know, and every notation in which people write them.
//
//   hex                      87428fc5…            algorithm by length
//   tagged hex               sha256:87428fc5…     OCI, GitHub API; also sha256=…
//   SRI                      sha512-z4PhNX7v…==   W3C Subresource Integrity; several, separated by spaces
//   base64                   h0KPxSKA…=           algorithm by length
//   h1:                      h1:…=                Go dirhash of a module zip: not a digest of a file
//
// Text of hex digits alone is always hex, never base64, whatever its length. Base64 without a tag must
// end in padding: without it 64 hex digits with one typing error would be SHA-384.

import { UserError } from "./errors.ts";

export type Algorithm = keyof typeof ALGORITHMS;

interface AlgorithmFacts {
  /** Digest size in bytes. */
  readonly bytes: number;
  /** Name for node:crypto, or null where it has none. */
  readonly node: string | null;
  /** Higher is stronger; 0 is broken and never proves anything. */
  readonly strength: number;
}

/** Every algorithm that a list or a pin may name. Add one here. */
export const ALGORITHMS = {
  md5: { bytes: 16, node: "md5", strength: 0 },
  sha1: { bytes: 20, node: "sha1", strength: 0 },
  sha224: { bytes: 28, node: "sha224", strength: 1 },
  sha256: { bytes: 32, node: "sha256", strength: 2 },
  "sha3-256": { bytes: 32, node: "sha3-256", strength: 2 },
  "sha512-256": { bytes: 32, node: "sha512-256", strength: 2 },
  blake2s256: { bytes: 32, node: "blake2s256", strength: 2 },
  blake2b256: { bytes: 32, node: null, strength: 2 },
  blake3: { bytes: 32, node: null, strength: 2 },
  /** Go's `h1:`, a hash of file names and hashes: known so that a list's `h1:` is told from junk. No notation here names it. */
  "go-h1": { bytes: 32, node: null, strength: 2 },
  sha384: { bytes: 48, node: "sha384", strength: 3 },
  "sha3-384": { bytes: 48, node: "sha3-384", strength: 3 },
  sha512: { bytes: 64, node: "sha512", strength: 4 },
  "sha3-512": { bytes: 64, node: "sha3-512", strength: 4 },
  blake2b512: { bytes: 64, node: "blake2b512", strength: 4 },
} as const satisfies Record<string, AlgorithmFacts>;

export interface Digest {
  readonly algorithm: Algorithm;
  /** Lower case, exactly twice the algorithm's byte length. */
  readonly hex: string;
  /** `computed` from bytes that were read here, or `declared` by somebody. */
  readonly from: "computed" | "declared";
}

/** Other spellings that are in use, in lower case and with `-` for `_`. OpenSSL 3 writes SHA2-256, SHA2-512/256, BLAKE2S-256. */
const ALIASES: Readonly<Record<string, Algorithm>> = {
  sha2224: "sha224",
  "sha2-224": "sha224",
  "sha2-256": "sha256",
  "sha2-384": "sha384",
  "sha2-512": "sha512",
  "sha-1": "sha1",
  "sha-224": "sha224",
  "sha-256": "sha256",
  "sha-384": "sha384",
  "sha-512": "sha512",
  "sha512/256": "sha512-256",
  "sha-512/256": "sha512-256",
  "sha2-512/256": "sha512-256",
  blake2b: "blake2b512",
  "blake2b-512": "blake2b512",
  blake2: "blake2b512",
  "blake2b-256": "blake2b256",
  "blake2s-256": "blake2s256",
  blake2s: "blake2s256",
};

/** The algorithm that a tag names, in any usual spelling, or undefined. Never `go-h1`, which has a notation of its own. */
export function algorithmNamed(tag: string): Algorithm | undefined {
  // ASCII only: toLowerCase would also fold the Kelvin sign to k.
  if (!/^[A-Za-z0-9_/-]+$/.test(tag)) return undefined;
  const name = tag.toLowerCase().replaceAll("_", "-");
  if (name === "go-h1") return undefined;
  if (Object.hasOwn(ALGORITHMS, name)) return name as Algorithm;
  return Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
}

/** The usual algorithm of a digest of this many bytes, or undefined. */
export function algorithmOfLength(bytes: number): Algorithm | undefined {
  const usual: readonly Algorithm[] = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];
  return usual.find((name) => ALGORITHMS[name].bytes === bytes);
}

/** True for algorithms with practical collisions (MD5, SHA-1). */
export function isWeak(algorithm: Algorithm): boolean {
  return ALGORITHMS[algorithm].strength === 0;
}

const HEX = /^(?:[0-9a-f]{2})+$/i;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Bytes of canonical base64 (RFC 4648 section 4, padded, no stray bits), or undefined. */
export function strictBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || !BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

/** Twice the longest notation; a longer text is not looked at, and not decoded, however many megabytes it has. */
const MAX_TEXT = 300;

/** `tag:digest` and `tag=digest`, cut at the first separator. The end of padded base64 looks like a separator too. */
const TAGGED = /^([A-Za-z0-9_/-]+)[:=](.+)$/;
/** SRI, `sha512-digest`, without options. */
const INTEGRITY = /^((?:sha|md)\d+)-(.+)$/i;
/** An SRI hash with options, which have no meaning yet (Subresource Integrity, `option-expression`). */
const OPTIONS = /^((?:sha|md)\d+-[^?]+)\?/i;

/**
 * One digest, without white space around it, or undefined when it is none.
 * `preferred` decides between algorithms of the same length when the text names none.
 */
export function parseDigest(text: string, preferred?: Algorithm): Digest | undefined {
  if (text.length > MAX_TEXT) return undefined;
  for (const notation of [TAGGED, INTEGRITY]) {
    const [, tag, rest] = notation.exec(text) ?? [];
    const algorithm = tag === undefined ? undefined : algorithmNamed(tag);
    if (algorithm !== undefined && rest !== undefined) return digestOf(algorithm, rest);
  }
  const bytes = HEX.test(text) ? text.length / 2 : text.endsWith("=") ? strictBase64(text)?.length : undefined;
  if (bytes === undefined) return undefined;
  if (preferred !== undefined && ALGORITHMS[preferred].bytes === bytes) return digestOf(preferred, text);
  const algorithm = algorithmOfLength(bytes);
  return algorithm === undefined ? undefined : digestOf(algorithm, text);
}

function digestOf(algorithm: Algorithm, text: string): Digest | undefined {
  const { bytes } = ALGORITHMS[algorithm];
  if (HEX.test(text)) {
    return text.length === bytes * 2 ? { algorithm, hex: text.toLowerCase(), from: "declared" } : undefined;
  }
  const decoded = strictBase64(text);
  return decoded?.length === bytes ? { algorithm, hex: decoded.toString("hex"), from: "declared" } : undefined;
}

/**
 * All digests that a user's or policy's text states; SRI may state several.
 * @throws UserError `digest-malformed`
 */
export function parseDigests(text: string): readonly Digest[] {
  const parts = text.trim().split(/\s+/);
  return parts.map((part) => {
    const digest = parseDigest(OPTIONS.exec(part.slice(0, MAX_TEXT))?.[1] ?? part);
    if (digest !== undefined) return digest;
    const hint = part.startsWith("h1:")
      ? "h1: is the hash of a Go module's file list, not of one file; give the SHA-256 of the file"
      : "write sha256:HEX, plain hex, base64, or an SRI string such as sha512-…";
    const shown = part.length > MAX_TEXT ? `${part.slice(0, MAX_TEXT)}…` : part;
    throw new UserError("digest-malformed", `not a digest: ${shown === "" ? "empty text" : shown}`, { hint });
  });
}

/** `sha256:…`, the one notation that we print. */
export function formatDigest(digest: Digest): string {
  return `${digest.algorithm}:${digest.hex}`;
}
