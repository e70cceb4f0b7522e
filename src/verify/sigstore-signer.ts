// Who signed a bundle, by its own account, and whether flags or policies name that identity or key. Separate from
// judging: all of it is the bundle's word until the cryptography was found good.

import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Bundle } from "@sigstore/bundle";
import type { Pin } from "../core/signer.ts";
import type { Judgement, Trust } from "./scheme.ts";
import { readLeaf } from "./sigstore-certificate.ts";
import type { CertificateFacts } from "./sigstore-certificate.ts";
import type { SigningKey } from "./sigstore-judge.ts";
import { fingerprintOf, spkiOf } from "./sigstore-key.ts";
import type { ManagedKey } from "./sigstore-keys.ts";
import { loggedKeyOf } from "./sigstore-log.ts";
import { MalformedBundleError } from "./sigstore-shape.ts";
import type { GoodSignature } from "./standing.ts";

/** A public key that the caller trusts already, for bundles that name a key instead of a certificate. */
export interface HintedKey {
  /** SubjectPublicKeyInfo. */
  readonly pem: string;
  /** The trusted time of the signature must lie in between. */
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** How the signer is named, and whether flags or policies name it (`judgeSigner`). */
  readonly signer: Pick<GoodSignature, "signer" | "names" | "flagged" | "hint">;
}

/** Whose signatures may count. */
export interface SignerRequest {
  readonly trust: Trust;
  /**
   * Keys by the bundle's hint. Where this is given, a bundle with a public key is checked with the key that its hint
   * names and with no other; where it is absent, with `managedKeys`.
   */
  readonly publicKeys?: ReadonlyMap<string, HintedKey>;
  /** Keys that the user or a policy gave (sigstore-keys.ts); the log entry says which one is meant. */
  readonly managedKeys?: readonly ManagedKey[];
}

type Naming = Pick<GoodSignature, "signer" | "names" | "flagged" | "hint" | "key">;

/** Who signed, by the bundle's own account: nothing of it is verified yet. */
export interface Signer {
  readonly key: SigningKey;
  readonly naming: Naming;
}

export function keyOf(key: SigningKey): KeyObject {
  return key.kind === "certificate" ? key.leaf.key : key.key;
}

/** Who signed, by the bundle's own account; the judgement when that is nobody who could count. */
export function signerOf(request: SignerRequest, bundle: Bundle): Signer | Judgement {
  const { content } = bundle.verificationMaterial;
  if (content.$case === "publicKey") {
    const { publicKeys } = request;
    if (publicKeys === undefined) return managedSigner(request, bundle);
    const { hint } = content.publicKey;
    const hinted = publicKeys.get(hint);
    if (hinted === undefined)
      return { state: "untrusted-signer", reason: `it is by the key ${hint}, which is not known` };
    const { pem, signer, ...period } = hinted;
    const key = createPublicKey(pem);
    return { key: { kind: "key", key, ...period }, naming: { ...signer, key: fingerprintOf(key) } };
  }
  const chain = content.$case === "certificate" ? [content.certificate] : content.x509CertificateChain.certificates;
  const ders = chain.map(({ rawBytes }) => Buffer.from(rawBytes));
  const leaf = readLeaf(ders);
  const { san, issuer, repositoryId, ownerId } = leaf.facts;
  return {
    key: { kind: "certificate", leaf, der: ders[0] ?? Buffer.alloc(0) },
    naming: {
      signer: `sigstore ${san} (issuer ${issuer})`,
      names: (pin) =>
        pin.scheme === "sigstore" &&
        pin.identity === san &&
        pin.issuer === issuer &&
        (pin.repositoryId === undefined || pin.repositoryId === repositoryId) &&
        (pin.ownerId === undefined || pin.ownerId === ownerId),
      flagged: request.trust.identities.some((identity) => identity.san === san && identity.issuer === issuer),
      hint: "if this is the publisher, name it with --certificate-identity and --certificate-oidc-issuer",
    },
  };
}

/** The key that the log recorded, when it is one of those that were given. */
function managedSigner({ managedKeys = [], trust }: SignerRequest, bundle: Bundle): Signer | Judgement {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const logged = entry === undefined ? undefined : loggedKeyOf(entry);
  if (logged?.kind !== "key") throw new MalformedBundleError("it is by a key, and its log entry is not");
  const given = managedKeys.filter(({ key }) => spkiOf(key).equals(logged.der));
  const [found] = given;
  const hint = "obtain the publisher's public key over another channel and pass it with --key";
  if (found === undefined) return { state: "untrusted-signer", reason: "it is by a key that was not given", hint };
  const { key, fingerprint } = found;
  const chosen = trust.fingerprints.includes(fingerprint);
  return {
    key: { kind: "key", key },
    naming: {
      signer: `sigstore key sha256:${fingerprint}`,
      names: (pin: Pin) => pin.scheme === "x509" && pin.identity === fingerprint,
      flagged: chosen || (trust.fingerprints.length === 0 && given.some(({ named }) => named)),
      key: fingerprint,
      hint,
    },
  };
}

export function factsOf({ key }: Signer): CertificateFacts | undefined {
  return key.kind === "certificate" ? key.leaf.facts : undefined;
}
