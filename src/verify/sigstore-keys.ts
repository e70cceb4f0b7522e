// Public keys that the user, a policy or a folder gives for bundles that carry no certificate: PEM blocks, as
// `cosign generate-key-pair` and `openssl pkey -pubout` write them (RFC 7468 section 13).

import type { KeyObject } from "node:crypto";
import { UserError } from "../core/errors.ts";
import type { EvidenceFile, Remark, Trust } from "./scheme.ts";
import { fingerprintOf, publicKeyOf } from "./sigstore-key.ts";

export interface ManagedKey {
  readonly key: KeyObject;
  /** SHA-256 of its SubjectPublicKeyInfo, lower-case hex. */
  readonly fingerprint: string;
  /** The user named the file that it is in, by flag. */
  readonly named: boolean;
}

const BLOCK = /-----BEGIN PUBLIC KEY-----[A-Za-z0-9+/=\s]{1,8192}-----END PUBLIC KEY-----/g;
/** A file with more keys is no key file. */
const MAX_KEYS = 64;

/** Whether a file begins with a PEM public key. */
export function isPublicKeyPem(bytes: Uint8Array): boolean {
  return /^\s*-----BEGIN PUBLIC KEY-----/.test(Buffer.from(bytes.subarray(0, 200)).toString("latin1"));
}

function keysIn({ bytes }: EvidenceFile, named: boolean): readonly ManagedKey[] {
  const blocks = Buffer.from(bytes).toString("latin1").match(BLOCK) ?? [];
  return blocks.slice(0, MAX_KEYS).flatMap((pem) => {
    const key = publicKeyOf(pem);
    return key === undefined ? [] : [{ key, fingerprint: fingerprintOf(key), named }];
  });
}

/** All keys that a bundle may be checked with; whether one of them counts is asked when it fits. @throws UserError `key-malformed` */
export function readManagedKeys(trust: Pick<Trust, "keys" | "policyKeys" | "foundKeys">): {
  readonly keys: readonly ManagedKey[];
  readonly remarks: readonly Remark[];
} {
  const named = trust.keys.filter(({ bytes }) => isPublicKeyPem(bytes));
  const others = [...trust.policyKeys, ...trust.foundKeys].filter(({ bytes }) => isPublicKeyPem(bytes));
  const keys = named.flatMap((file) => {
    const found = keysIn(file, true);
    if (found.length > 0) return found;
    throw new UserError("key-malformed", `${file.source}: holds no public key that can be read`, {
      hint: "a PEM public key is made with: openssl pkey -in KEY -pubout",
    });
  });
  const remarks: Remark[] = [];
  for (const file of others) {
    const found = keysIn(file, false);
    if (found.length === 0)
      remarks.push({ rule: "key-unusable", message: "holds no public key that can be read", file: file.source });
    keys.push(...found);
  }
  return { keys, remarks };
}
