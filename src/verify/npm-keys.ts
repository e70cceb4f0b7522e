// The public keys that npm registries sign with, gathered from flags, policies, folders and from what comes with the
// program: until when each may be believed, and who stands behind it.

import { createPublicKey } from "node:crypto";
import { UserError } from "../core/errors.ts";
import { keyOf, readKeyFile, sameId } from "./npm-key-files.ts";
import type { BareKey, FoundKey, KeyTerms, KeyUsage } from "./npm-key-files.ts";
import type { EvidenceFile, Remark, Trust } from "./scheme.ts";
import type { GoodSignature } from "./standing.ts";

/** Who brought a copy of a key. */
type KeyOrigin = "flag" | "program" | "policy" | "found";

interface KeyCopy extends KeyTerms {
  readonly origin: KeyOrigin;
}

/** One key of a registry, whatever number of files it came in. */
export interface RegistryKey extends BareKey {
  readonly copies: readonly KeyCopy[];
}

export interface RegistryKeys {
  readonly keys: readonly RegistryKey[];
  readonly remarks: readonly Remark[];
}

/** Copies of one key in one place, by what the key is. */
function gather(found: readonly (readonly [KeyOrigin, FoundKey])[]): readonly RegistryKey[] {
  const keys = new Map<string, BareKey & { copies: KeyCopy[] }>();
  for (const [origin, { ids, object, spki, ...about }] of found) {
    const key = keys.get(spki) ?? { ids, object, spki, copies: [] };
    keys.set(spki, key);
    key.copies.push({ origin, ...about });
  }
  return [...keys.values()];
}

/** The keys of the public registry that come with the program. @throws UserError `key-malformed` */
async function keysOfProgram({ trustedRoot }: Trust): Promise<readonly FoundKey[]> {
  if (trustedRoot === undefined) return [];
  const { readTrustRoots } = await import("./sigstore-roots.ts");
  return readTrustRoots(trustedRoot).registryKeys.map(({ keyId, usage, pem, notBefore, notAfter }) => {
    const key = keyOf(createPublicKey(pem));
    if (typeof key === "string" || !sameId(keyId, key))
      throw new UserError("key-malformed", `${trustedRoot.source}: the registry key ${keyId} is not what it says`);
    return { ...key, usage, notBefore, ...(notAfter === undefined ? {} : { notAfter }) };
  });
}

/**
 * All keys that a registry's signature may be checked with; whether one counts is asked later.
 * @throws UserError `key-malformed` for a file that the user named
 */
export async function readRegistryKeys(trust: Trust): Promise<RegistryKeys> {
  const found: (readonly [KeyOrigin, FoundKey])[] = [];
  const remarks: Remark[] = [];
  const add = (origin: KeyOrigin, file: EvidenceFile): void => {
    const { keys, unusable } = readKeyFile(file);
    found.push(...keys.map((key) => [origin, key] as const));
    remarks.push(...unusable.map((message) => ({ rule: "key-unusable" as const, message, file: file.source })));
  };
  for (const file of trust.keys) add("flag", file);
  found.push(...(await keysOfProgram(trust)).map((key) => ["program", key] as const));
  for (const [origin, files] of [["policy", trust.policyKeys] as const, ["found", trust.foundKeys] as const]) {
    for (const file of files) {
      try {
        add(origin, file);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        const message = error.message.replace(`${file.source}: `, "");
        remarks.push({ rule: "key-unusable", message, file: file.source });
      }
    }
  }
  return { keys: gather(found), remarks };
}

/** Since when and until when a key may sign. */
export interface Validity {
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/**
 * The narrowest period that any copy states, or undefined when no copy is for this use. Copies that nobody named count
 * only where there is no other.
 */
export function validityOf({ copies }: RegistryKey, usage: KeyUsage): Validity | undefined {
  const named = copies.filter(({ origin }) => origin !== "found");
  const asked = (named.length > 0 ? named : copies).filter((copy) => copy.usage === undefined || copy.usage === usage);
  if (asked.length === 0) return undefined;
  const starts = asked.flatMap(({ notBefore }) => notBefore?.getTime() ?? []);
  const ends = asked.flatMap(({ notAfter }) => notAfter?.getTime() ?? []);
  return {
    ...(starts.length === 0 ? {} : { notBefore: new Date(Math.max(...starts)) }),
    ...(ends.length === 0 ? {} : { notAfter: new Date(Math.min(...ends)) }),
  };
}

/** How messages, flags and policies name the key. */
export function namingOf(
  trust: Pick<Trust, "fingerprints" | "registryKeys">,
  key: RegistryKey,
): Pick<GoodSignature, "signer" | "names" | "flagged" | "asked"> & { readonly key: string } {
  const came = (origin: KeyOrigin): boolean => key.copies.some((copy) => copy.origin === origin);
  // A fingerprint is an id in hex, in either notation of ids: one of them is over the SubjectPublicKeyInfo.
  const prints = key.ids.map((id) => Buffer.from(id.slice("SHA256:".length), "base64").toString("hex"));
  const narrowed = trust.fingerprints.length > 0;
  return {
    signer: `npm ${key.ids[0]}`,
    key: key.spki,
    flagged: narrowed ? trust.fingerprints.some((print) => prints.includes(print)) : came("flag"),
    asked: !narrowed && came("program") && trust.registryKeys === "trusted",
    names: ({ scheme, identity }) =>
      (scheme === "npm" && sameId(identity, key)) || (scheme === "x509" && identity === key.spki),
  };
}
