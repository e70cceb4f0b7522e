// One signature to be judged with one key: what is known, and what every question about it needs.

import type { Config, Signature, SignaturePacket } from "openpgp";
import type { HashResult } from "../core/hash-set.ts";
import type { KeyCopy, KeyRing, OpenPgp } from "./openpgp-keys.ts";
import type { Trust } from "./scheme.ts";

/** A signature packet that can be judged once the hash is there. */
export interface ReadySignature {
  readonly raw: Uint8Array;
  readonly packet: SignaturePacket;
  readonly text: boolean;
}

export interface Case {
  readonly openpgp: OpenPgp;
  readonly config: Config;
  readonly ring: KeyRing;
  readonly trust: Trust;
  readonly signature: ReadySignature;
  readonly hash: HashResult;
  /** Copies of one key, of the most trusted origin that has any: together they are the key. */
  readonly copies: readonly [KeyCopy, ...KeyCopy[]];
  readonly copy: KeyCopy;
  readonly fingerprint: string;
}

/** A fresh signature that carries the hash; the library then hashes nothing itself (and fails if it tried). */
export async function withHash(c: Case): Promise<{ signature: Signature; packet: SignaturePacket }> {
  const signature = await c.openpgp.readSignature({ binarySignature: c.signature.raw, config: c.config });
  const [packet] = signature.packets;
  if (packet === undefined) throw new Error("the signature packet is gone");
  Object.assign(packet, { hashed: Promise.resolve(new Uint8Array(c.hash.digest)) });
  return { signature, packet };
}

/** The settings without any rule about algorithms: for asking one thing at a time. */
export function lenientConfig(c: Case): Config {
  const none = {
    rejectHashAlgorithms: new Set<never>(),
    rejectMessageHashAlgorithms: new Set<never>(),
    rejectPublicKeyAlgorithms: new Set<never>(),
    rejectCurves: new Set<never>(),
  };
  return { ...c.config, ...none, minRSABits: 0 };
}
