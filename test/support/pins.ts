// Keys as policies pin them, made of bytes: whether anybody holds them does not matter to a reader.

import { createHash } from "node:crypto";

export const RAW = Buffer.alloc(32, 7);
export const OTHER_RAW = Buffer.alloc(32, 9);

/** A key of minisign or signify. */
export function edKey(raw: Uint8Array = RAW, number = "0011223344556677"): string {
  return Buffer.concat([Buffer.from("Ed"), Buffer.from(number, "hex"), raw]).toString("base64");
}

/** Length-prefixed strings, as SSH writes them. */
export function wire(...fields: readonly (Uint8Array | string)[]): Buffer {
  const parts = fields.flatMap((field) => {
    const bytes = Buffer.from(field);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat(parts);
}

export function sshKey(type: string, ...fields: readonly (Uint8Array | string)[]): string {
  return `${type} ${wire(type, ...fields).toString("base64")}`;
}

export function sshEd25519Key(raw: Uint8Array = RAW): string {
  return sshKey("ssh-ed25519", raw);
}

/** SHA-256 of the SubjectPublicKeyInfo of an Ed25519 key. */
export function spkiOf(raw: Uint8Array = RAW): Buffer {
  return createHash("sha256").update(Buffer.from("302a300506032b6570032100", "hex")).update(raw).digest();
}

export function keyId(hash: Uint8Array = spkiOf()): string {
  return `SHA256:${Buffer.from(hash).toString("base64").replace("=", "")}`;
}

export const SAN = "https://forge.example/acme/server/.github/workflows/release.yml@refs/heads/main";
export const ISSUER = "https://token.forge.example";

/** One good pin of each scheme, as short as it can be written. */
export const GOOD_PINS = {
  openpgp: "0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567",
  minisign: edKey(),
  signify: edKey(),
  ssh: sshEd25519Key(),
  sigstore: { issuer: ISSUER, identity: SAN },
  x509: "ab".repeat(32),
  npm: keyId(),
} as const;

/** An identity for one repository. */
export function identityIn(repositoryId: string): object {
  return { issuer: ISSUER, identity: SAN, repositoryId };
}

export const RSA = sshKey("ssh-rsa", Buffer.from([1, 0, 1]), Buffer.alloc(257, 1));
export const P256 = sshKey("ecdsa-sha2-nistp256", "nistp256", Buffer.alloc(65, 4));
