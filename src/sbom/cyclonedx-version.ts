// What the versions of CycloneDX can hold. Most of it is known to the library of the CycloneDX project, whose tables are
// used. Its models and its normaliser are not: they keep one digest for each algorithm, rewrite URLs (`https://[::1]/`
// among them), leave out components of unknown types, and do not know half of the fields that are written here.

import { Spec1dot4, Spec1dot5, Spec1dot6, Spec1dot7 } from "@cyclonedx/cyclonedx-library/Spec";
import type { Algorithm, Digest } from "../core/digest.ts";
import type { ComponentKind } from "../core/inventory.ts";

export type WrittenVersion = "1.4" | "1.5" | "1.6" | "1.7";

/** Enumerations of the library, by their values. */
type LibraryKind = Parameters<typeof Spec1dot7.supportsComponentType>[0];
type LibraryAlgorithm = Parameters<typeof Spec1dot7.supportsHashAlgorithm>[0];

const SPECS = { "1.4": Spec1dot4, "1.5": Spec1dot5, "1.6": Spec1dot6, "1.7": Spec1dot7 };

/** CycloneDX `hash-alg`. Those that it does not have are written as properties. */
const NAMES: Readonly<Partial<Record<Algorithm, string>>> = {
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
  const spec = SPECS[version];
  const names = new Map(
    Object.entries(NAMES).filter(([, name]) => spec.supportsHashAlgorithm(name as LibraryAlgorithm)),
  );
  const since6 = version === "1.6" || version === "1.7";
  return {
    version,
    hasKind: (kind) => spec.supportsComponentType(kind as LibraryKind),
    toolComponents: spec.supportsToolsComponentsServices,
    occurrences: version !== "1.4",
    identities: since6,
    authors: since6,
    bsi: since6,
    acknowledgement: spec.supportsLicenseAcknowledgement,
    hashName: (algorithm) => names.get(algorithm),
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
