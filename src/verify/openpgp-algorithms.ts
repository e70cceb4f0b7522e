// OpenPGP algorithms by their numbers (RFC 9580 section 9), and which of them are too weak.

/** Section 9.5: hash algorithms, as node:crypto names them. */
export const HASHES: Readonly<Record<number, string>> = {
  1: "md5",
  2: "sha1",
  3: "ripemd160",
  8: "sha256",
  9: "sha384",
  10: "sha512",
  11: "sha224",
  12: "sha3-256",
  14: "sha3-512",
};

/** MD5, SHA-1, RIPEMD-160. */
export function isWeakHash(hash: number): boolean {
  return hash < 8;
}

/** Digest size in bytes, by hash. */
const DIGEST_BYTES: Readonly<Record<number, number>> = {
  1: 16,
  2: 20,
  3: 20,
  8: 32,
  9: 48,
  10: 64,
  11: 28,
  12: 32,
  14: 64,
};
/** Sections 5.2.3.3 to 5.2.3.5: the least digest size in bytes that an EdDSA signature may be over. */
const MIN_DIGEST_BYTES: Readonly<Record<number, number>> = { 22: 32, 27: 32, 28: 64 };

/** True where the algorithm must not sign such a digest, whoever did it. */
export function isTooShort(algorithm: number, hash: number): boolean {
  return (DIGEST_BYTES[hash] ?? 0) < (MIN_DIGEST_BYTES[algorithm] ?? 0);
}

/** Table 23: salt size of version 6 signatures in bytes, by hash. */
export const SALT_BYTES: Readonly<Record<number, number>> = { 8: 16, 9: 24, 10: 32, 11: 16, 12: 16, 14: 32 };

/** Section 9.1: public-key algorithms that sign. DSA and ElGamal are known, and refused as weak. */
export const SIGNING_ALGORITHMS: readonly number[] = [1, 3, 16, 17, 19, 20, 22, 27, 28];

const WEAK_KEYS: Readonly<Record<number, string>> = { 16: "ElGamal", 17: "DSA", 20: "ElGamal" };
const MIN_RSA_BITS = 2048;

/** Why a key is too weak to be believed, as a clause, or undefined. */
export function weakness(algorithm: number, info: { bits?: number; curve?: string }): string | undefined {
  const named = WEAK_KEYS[algorithm];
  if (named !== undefined) return `the key uses ${named}`;
  if (info.bits !== undefined && info.bits < MIN_RSA_BITS)
    return `the key is RSA with ${info.bits} bits, ${MIN_RSA_BITS} are needed`;
  return info.curve === "secp256k1" ? "the key uses the curve secp256k1" : undefined;
}
