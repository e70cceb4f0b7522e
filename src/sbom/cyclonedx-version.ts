// What the versions of CycloneDX can hold, as far as it is written here. A test holds it against the tables of the
// library of the CycloneDX project. That library's models do not write our SBOMs: they keep one digest for each algorithm,
// rewrite URLs (`https://[::1]/` among them), leave out components of unknown types, and know half of our fields.

import type { Algorithm, Digest } from "../core/digest.ts";
import type { ComponentKind } from "../core/inventory.ts";

export type WrittenVersion = "1.4" | "1.5" | "1.6" | "1.7";

/** Types of components that are younger than 1.4, and the version that has them first. */
const FIRST: Readonly<Partial<Record<ComponentKind, WrittenVersion>>> = {
  platform: "1.5",
  "device-driver": "1.5",
  "machine-learning-model": "1.5",
  data: "1.5",
  "cryptographic-asset": "1.6",
};

/** CycloneDX `hash-alg`, the same in all these versions. Those that it does not have are written as properties. */
const HASH_NAMES: Readonly<Partial<Record<Algorithm, string>>> = {
  md5: "MD5",
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
  "sha3-256": "SHA3-256",
  "sha3-384": "SHA3-384",
  "sha3-512": "SHA3-512",
  blake2b256: "BLAKE2b-256",
  blake2b512: "BLAKE2b-512",
  blake3: "BLAKE3",
};

export interface CdxHash {
  readonly alg: string;
  readonly content: string;
}

export interface VersionFeatures {
  readonly version: WrittenVersion;
  /** Whether a component may be of this type. */
  hasKind(kind: ComponentKind): boolean;
  /** `metadata.tools` with components, in place of a list of tools. */
  readonly toolComponents: boolean;
  /** `evidence.occurrences` and `evidence.identity`; the latter is one object in 1.5, a list since 1.6. */
  readonly occurrences: boolean;
  readonly identities: boolean;
  /** `component.authors` and `metadata.manufacturer`, in place of `author` and `manufacture`. */
  readonly authors: boolean;
  readonly acknowledgement: boolean;
  /** BSI TR-03183-2 allows these versions. */
  readonly bsi: boolean;
  hashName(algorithm: Algorithm): string | undefined;
}

export function featuresOf(version: WrittenVersion): VersionFeatures {
  const [since5, since6] = [version >= "1.5", version >= "1.6"];
  return {
    version,
    hasKind: (kind) => version >= (FIRST[kind] ?? version),
    toolComponents: since5,
    occurrences: since5,
    identities: since6,
    authors: since6,
    bsi: since6,
    acknowledgement: since6,
    hashName: (algorithm) => HASH_NAMES[algorithm],
  };
}

export interface HashSplit {
  /** Each once: the schema demands it. */
  readonly hashes: readonly CdxHash[];
  /** By algorithms that the version does not have. */
  readonly rest: readonly Digest[];
}

export function splitDigests(digests: readonly Digest[], features: VersionFeatures): HashSplit {
  const hashes: CdxHash[] = [];
  const rest: Digest[] = [];
  for (const digest of digests) {
    const alg = features.hashName(digest.algorithm);
    if (alg === undefined) rest.push(digest);
    else if (!hashes.some((hash) => hash.alg === alg && hash.content === digest.hex)) {
      hashes.push({ alg, content: digest.hex });
    }
  }
  return { hashes, rest };
}
