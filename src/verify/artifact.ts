// One artifact that was read: everything that the evidence says about it. Pure; the bytes are gone,
// their digests and the verdicts of the signatures over them are here.

import type { Algorithm, Digest } from "../core/digest.ts";
import type { HashResult } from "../core/hash-set.ts";
import type { Lookup } from "./checksum-lookup.ts";
import { signatureClaim } from "./claim.ts";
import type { Claim } from "./claim.ts";
import { fits, judgeList, judgeOver, withRemarks } from "./evidence.ts";
import type { List, Signature } from "./evidence.ts";
import { listClaims } from "./lists.ts";
import type { JudgedList, ListAllowances } from "./lists.ts";
import { algorithmsOf, pinClaim } from "./pins.ts";
import type { DigestPin } from "./pins.ts";
import type { Judgement } from "./scheme.ts";

export interface ReadArtifact {
  /** As the user wrote it. */
  readonly path: string;
  /** What lists and policies know it by. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly digests: readonly Digest[];
  /** Verdicts over this artifact of the signatures that flags named, in their order. */
  readonly judgements: readonly Judgement[];
  /** Signatures that were found beside it, or inside it. */
  readonly own: readonly { readonly signature: Signature; readonly judgement: Judgement }[];
  readonly lists: readonly { readonly list: List; readonly lookup: Lookup }[];
  readonly pins: readonly DigestPin[];
}

/** Evidence that flags named, for all artifacts. */
export interface NamedEvidence {
  readonly signatures: readonly Signature[];
  readonly lists: readonly List[];
}

/** Algorithms by which the list names the artifact; all of the list when it may have another name there. */
export function algorithmsFor(list: List, lookup: Lookup): readonly Algorithm[] {
  if (lookup.state === "listed") return algorithmsOf(lookup.entries.map((entry) => entry.digest));
  return lookup.state === "not-listed" ? algorithmsOf(list.list.entries.map((entry) => entry.digest)) : [];
}

export function computedDigest(algorithm: Algorithm, result: HashResult | undefined): Digest {
  return { algorithm, hex: Buffer.from(present(result).digest).toString("hex"), from: "computed" };
}

/** @throws Error for a bug: something that was asked for is not there */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a result is missing");
  return value;
}

/** @param all every artifact of the run, this one included: a signature may be meant for another */
export async function claimsAbout(
  artifact: ReadArtifact,
  all: readonly ReadArtifact[],
  named: NamedEvidence,
  allow: ListAllowances,
): Promise<readonly Claim[]> {
  const computed = (algorithm: Algorithm): Digest | undefined =>
    artifact.digests.find((d) => d.algorithm === algorithm);
  const listed: Claim[] = [];
  for (const { list, lookup } of artifact.lists) {
    const judged = await judgeList(list, list.named ? await signaturesOver(list, named.signatures) : []);
    listed.push(...listClaims(judged, lookup, computed, allow));
  }
  return [
    ...(await namedSignatureClaims(artifact, all, named)),
    ...artifact.own.map(({ signature, judgement }) => signatureClaim(signature, judgement)),
    ...listed,
    ...artifact.pins.map((pin) => pinClaim(pin, computed)),
  ];
}

/**
 * Signatures that a flag named, as far as they speak of this artifact: those that fit it, and those
 * that fit nothing at all, since the user counted on them.
 */
async function namedSignatureClaims(
  artifact: ReadArtifact,
  all: readonly ReadArtifact[],
  { signatures, lists }: NamedEvidence,
): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  for (const [index, signature] of signatures.entries()) {
    const judgement = present(artifact.judgements[index]);
    const others = all.filter((other) => other !== artifact).map((other) => present(other.judgements[index]));
    const overLists = await Promise.all(lists.map((list) => judgeOver(signature.pending, list.bytes)));
    if (fits(judgement)) claims.push(signatureClaim(signature, judgement));
    else if (![...others, ...overLists].some(fits))
      claims.push(signatureClaim(signature, fitsNothing(judgement, lists)));
  }
  return claims;
}

/** The judgement, saying that the lists were tried too. */
function fitsNothing(judgement: Judgement, lists: readonly List[]): Judgement {
  if (judgement.state !== "invalid" || lists.length === 0) return judgement;
  return {
    ...judgement,
    reason: `it is valid neither for this file nor for ${lists.map((list) => list.source).join(", ")}`,
  };
}

/** Of the signatures that flags named, those that turn out to be over the list. */
async function signaturesOver(list: List, signatures: readonly Signature[]): Promise<JudgedList["signatures"]> {
  const over: JudgedList["signatures"][number][] = [];
  for (const signature of signatures) {
    const judgement = await judgeOver(signature.pending, list.bytes);
    const { scheme, source, named } = signature;
    if (fits(judgement)) over.push({ scheme, source, named, judgement: withRemarks(signature, judgement) });
  }
  return over;
}
