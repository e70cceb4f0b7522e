// Sigstore bundles as signatures over a file: the entry to all that needs Sigstore's library, in a chunk of its own.
// Other schemes that carry bundles (npm's and PyPI's attestations) use `openBundle` too; load it by `import()`.

import { createPublicKey } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import type { Bundle } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toTrustMaterial } from "@sigstore/verify";
import type { HashResult } from "../core/hash-set.ts";
import type { Pin } from "../core/signer.ts";
import type { EvidenceFile, Judgement, PendingSignature, SignedFile, Trust } from "./scheme.ts";
import { readLeaf } from "./sigstore-certificate.ts";
import type { CertificateFacts } from "./sigstore-certificate.ts";
import { contentOf } from "./sigstore-content.ts";
import type { Content } from "./sigstore-content.ts";
import { fingerprintOf, keyProblem, spkiOf } from "./sigstore-key.ts";
import type { ManagedKey } from "./sigstore-keys.ts";
import { judgeCryptography } from "./sigstore-judge.ts";
import type { Material, SigningKey, TrustedTime } from "./sigstore-judge.ts";
import { loggedKeyOf } from "./sigstore-log.ts";
import { readTrustRoots } from "./sigstore-roots.ts";
import { checkShape, MalformedBundleError, UnsupportedBundleError } from "./sigstore-shape.ts";
import { answersForFile, isProvenance, subjectOf } from "./sigstore-statement.ts";
import type { Statement, StatementSubject } from "./sigstore-statement.ts";
import { provenBy } from "./sigstore-wording.ts";
import { iso, judgeSigner } from "./standing.ts";
import type { GoodSignature } from "./standing.ts";

export type { CertificateFacts } from "./sigstore-certificate.ts";
export type { Statement, StatementSubject } from "./sigstore-statement.ts";

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

export interface BundleRequest {
  /** Parsed JSON, by core/json.ts. Attacker-controlled. */
  readonly bundle: unknown;
  readonly trust: Trust;
  /**
   * Keys by the bundle's hint. Where this is given, a bundle with a public key is checked with the key that its hint
   * names and with no other; where it is absent, with `managedKeys`.
   */
  readonly publicKeys?: ReadonlyMap<string, HintedKey>;
  /** Keys that the user or a policy gave (sigstore-keys.ts); the log entry says which one is meant. */
  readonly managedKeys?: readonly ManagedKey[];
  /** Predicate types that a statement may have; else it is `unsupported`. Default: provenance, release and publication of a file. */
  readonly predicateTypes?: readonly string[];
  /**
   * Further demands on a statement whose signature is good and of which `subject` has the digest of the file. An answer
   * says why it is not what was asked for. `certificate` is what the authority vouches for; absent where a key signed.
   */
  readonly accepts?: (
    statement: Statement,
    file: SignedFile,
    subject: StatementSubject,
    certificate: CertificateFacts | undefined,
  ) => Promise<{ readonly state: Judgement["state"]; readonly reason: string } | undefined>;
}

/**
 * One bundle. Its subjects are compared with the file by digest alone: at least one of SHA-256, SHA-384 and SHA-512 is
 * equal, and none of them differs. Nothing here throws on a hostile bundle; the answer is then a signature without
 * needs that says `malformed`, `unsupported` or `untrusted-signer`.
 */
export async function openBundle(request: BundleRequest): Promise<PendingSignature> {
  try {
    const material = materialOf(request.trust.trustedRoot);
    if (typeof material === "string") return settled("unsupported", material);
    checkShape(request.bundle);
    const bundle = bundleOf(request.bundle);
    if (bundle.verificationMaterial.tlogEntries.length === 0)
      return settled("unsupported", "it is in no transparency log, so nobody could see that it was made");
    const found = signerOf(request, bundle);
    if ("state" in found) return { needs: [], judge: async () => found };
    const content = contentOf(bundle, keyOf(found.key));
    const problem = keyProblem(keyOf(found.key));
    if (problem !== undefined) return settled(problem.state, problem.reason);
    const opened: OpenedBundle = { request, bundle, material, signer: found, content };
    return { needs: content.needs, judge: (hashes, file) => judgeBundle(opened, hashes, file) };
  } catch (error) {
    return refusal(error);
  }
}

interface OpenedBundle {
  readonly request: BundleRequest;
  readonly bundle: Bundle;
  readonly material: Material;
  readonly signer: Signer;
  readonly content: Content;
}

type Naming = Pick<GoodSignature, "signer" | "names" | "flagged" | "hint" | "key">;

interface Signer {
  readonly key: SigningKey;
  readonly naming: Naming;
}

function settled(state: Judgement["state"], reason: string): PendingSignature {
  return { needs: [], judge: async () => ({ state, reason }) };
}

function refusal(error: unknown): PendingSignature {
  if (error instanceof UnsupportedBundleError) return settled("unsupported", error.message);
  const text = error instanceof Error ? error.message : String(error);
  return settled("malformed", error instanceof MalformedBundleError ? text : `it cannot be read: ${text}`);
}

/** By the bytes of the file, which are read once. */
const materials = new WeakMap<Uint8Array, Material | string>();

/** Sigstore's keys of a file, or why there are none. */
function materialOf(file: EvidenceFile | undefined): Material | string {
  if (file === undefined) return "Sigstore's own keys are not at hand";
  const known = materials.get(file.bytes);
  if (known !== undefined) return known;
  const material = readMaterial(file);
  materials.set(file.bytes, material);
  return material;
}

function readMaterial(file: EvidenceFile): Material | string {
  try {
    const { trustedRoot, date } = readTrustRoots(file);
    const trust = toTrustMaterial(TrustedRoot.fromJSON(trustedRoot), () => {
      throw new MalformedBundleError("it asks for a key that nobody chose");
    });
    return { trust, date };
  } catch (error) {
    return `Sigstore's own keys cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Why the file cannot be used as a trusted root, or undefined. Said as data: errors of this chunk are not known outside. */
export function problemOfTrustedRoot(file: EvidenceFile): string | undefined {
  const material = materialOf(file);
  return typeof material === "string" ? material : undefined;
}

/** @throws MalformedBundleError */
function bundleOf(value: unknown): Bundle {
  try {
    return bundleFromJSON(value);
  } catch (error) {
    throw new MalformedBundleError(`it is no bundle: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function keyOf(key: SigningKey): ReturnType<typeof createPublicKey> {
  return key.kind === "certificate" ? key.leaf.key : key.key;
}

/** Who signed, by the bundle's own account; the judgement when that is nobody who could count. */
function signerOf(request: BundleRequest, bundle: Bundle): Signer | Judgement {
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
function managedSigner({ managedKeys = [], trust }: BundleRequest, bundle: Bundle): Signer | Judgement {
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

/** Clocks differ (milliseconds). */
const CLOCK_SKEW = 5 * 60_000;

async function judgeBundle(opened: OpenedBundle, hashes: readonly HashResult[], file: SignedFile): Promise<Judgement> {
  const { request, bundle, material, signer, content } = opened;
  const answer = content.answer(hashes);
  const outcome = judgeCryptography(bundle, signer.key, material, answer);
  const named = { signer: signer.naming.signer };
  if ("wrong" in outcome) return { ...named, ...outcome.wrong };
  const late = outcome.times.find(({ time }) => time.getTime() > request.trust.at.getTime() + CLOCK_SKEW);
  if (late !== undefined) {
    const reason = `${late.by} saw it at ${iso(late.time)}, after the time of this check (${iso(request.trust.at)})`;
    return { ...named, state: "invalid", reason, hint: "check this computer's clock, and --at" };
  }
  const { statement } = content;
  if (statement !== undefined) {
    const refused = await judgeStatement(opened, statement, answer.digests, file);
    if (refused !== undefined) return { ...named, ...refused };
  }
  return judgeNamed(opened, outcome.times[0], statement);
}

/** Why the statement does not count for the file, or undefined. */
async function judgeStatement(
  { request, signer }: OpenedBundle,
  statement: Statement,
  digests: Parameters<typeof subjectOf>[1],
  file: SignedFile,
): Promise<Judgement | undefined> {
  const subject = subjectOf(statement, digests, file.name);
  if (typeof subject === "string") return { state: "invalid", reason: subject };
  // A report of a failed test is a statement about the file, too, and no reason to run it.
  const { predicateType } = statement;
  if (!(request.predicateTypes?.includes(predicateType) ?? answersForFile(predicateType))) {
    const reason = `it states ${predicateType} of these bytes, which does not say that the signer answers for them`;
    return { state: "unsupported", reason, fits: true };
  }
  const refused = await request.accepts?.(statement, file, subject, factsOf(signer));
  return refused === undefined ? undefined : { ...refused, fits: true };
}

function factsOf({ key }: Signer): CertificateFacts | undefined {
  return key.kind === "certificate" ? key.leaf.facts : undefined;
}

/** The cryptography is good, and the bundle speaks of the file: is the signer one that counts. */
function judgeNamed(
  { request, signer }: OpenedBundle,
  { time, by }: TrustedTime,
  statement: Statement | undefined,
): Judgement {
  const facts = factsOf(signer);
  const judgement = judgeSigner(request.trust, {
    ...signer.naming,
    time,
    timeBy: by,
    proves: provenBy(statement, facts),
  });
  return statement !== undefined && isProvenance(statement) ? { ...judgement, kind: "provenance" } : judgement;
}
