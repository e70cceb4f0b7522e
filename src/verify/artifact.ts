// One artifact that was read: everything that the evidence says about it. Pure; the bytes are gone,
// their digests and the verdicts of the signatures over them are here.

import type { Algorithm, Digest } from "../core/digest.ts";
import type { SubjectKind } from "../core/report.ts";
import type { HashResult } from "../core/hash-set.ts";
import type { PackageName } from "../core/package-name.ts";
import type { Lookup } from "./checksum-lookup.ts";
import { signatureClaim } from "./claim.ts";
import type { Claim, Problem } from "./claim.ts";
import { judgeAllOver, judgeList, textFile } from "./evidence.ts";
import type { List, Signature } from "./evidence.ts";
import { listClaims } from "./lists.ts";
import type { JudgedList, ListAllowances } from "./lists.ts";
import { algorithmsOf, among, pinClaim } from "./pins.ts";
import type { DigestPin } from "./pins.ts";
import type { Judgement } from "./scheme.ts";

export interface ReadArtifact {
  /** As the user wrote it. */
  readonly path: string;
  readonly kind: SubjectKind;
  /** Bytes; absent when only a digest was given. */
  readonly size?: number;
  readonly digests: readonly Digest[];
  /** Verdicts over this artifact of the signatures that flags named, in their order. */
  readonly judgements: readonly Judgement[];
  /** Signatures that were found beside it, or inside. */
  readonly own: readonly { readonly signature: Signature; readonly judgement: Judgement }[];
  readonly lists: readonly { readonly list: JudgedList; readonly lookup: Lookup }[];
  readonly pins: readonly DigestPin[];
  /** What else there is to say of its signatures. */
  readonly claims: readonly Claim[];
  /** What it says it is; absent when nobody asked, or when it is no package. */
  readonly package?: PackageName;
  /** What is wrong with the artifact itself. */
  readonly problems: readonly Problem[];
}

/** Evidence that flags named, for all artifacts. */
export interface NamedEvidence {
  readonly signatures: readonly Signature[];
  readonly lists: readonly JudgedList[];
  /** By position in `signatures`: it turned out to be over one of the lists. */
  readonly overLists: readonly boolean[];
}

/** Judges the lists that flags named, and the signatures that flags named over each of them. */
export async function judgeNamed(signatures: readonly Signature[], lists: readonly List[]): Promise<NamedEvidence> {
  const overLists = signatures.map(() => false);
  const judged: JudgedList[] = [];
  for (const list of lists) {
    const judgements = await judgeAllOver(signatures, list.bytes, textFile(list.source));
    const over = signatures.flatMap(({ scheme, source, named }, index) => {
      const judgement = present(judgements[index]);
      if (judgement.fits !== true) return [];
      overLists[index] = true;
      return [{ scheme, source, named, judgement }];
    });
    judged.push(await judgeList(list, over));
  }
  return { signatures, lists: judged, overLists };
}

/** Algorithms by which the list names the artifact; all of the list when it may have another name there. */
export function algorithmsFor({ list }: JudgedList, lookup: Lookup): readonly Algorithm[] {
  if (lookup.state === "listed") return algorithmsOf(lookup.entries.map((entry) => entry.digest));
  return lookup.state === "not-listed" ? algorithmsOf(list.entries.map((entry) => entry.digest)) : [];
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
export function claimsAbout(
  artifact: ReadArtifact,
  all: readonly ReadArtifact[],
  named: NamedEvidence,
  allow: ListAllowances,
): readonly Claim[] {
  const computed = among(artifact.digests);
  return [
    ...namedSignatureClaims(artifact, all, named),
    ...artifact.own.map(({ signature, judgement }) => signatureClaim(signature, judgement)),
    ...artifact.lists.flatMap(({ list, lookup }) => listClaims(list, lookup, computed, allow)),
    ...artifact.pins.map((pin) => pinClaim(pin, computed)),
    ...artifact.claims,
  ];
}

/**
 * Signatures that a flag named, as far as they speak of this artifact: those that fit it, and those
 * that fit nothing at all, since the user counted on them.
 */
function namedSignatureClaims(
  artifact: ReadArtifact,
  all: readonly ReadArtifact[],
  { signatures, lists, overLists }: NamedEvidence,
): readonly Claim[] {
  return signatures.flatMap((signature, index) => {
    const judgement = present(artifact.judgements[index]);
    if (judgement.fits === true) return [signatureClaim(signature, judgement)];
    const fitsAnother = overLists[index] === true || all.some((other) => other.judgements[index]?.fits === true);
    return fitsAnother ? [] : [signatureClaim(signature, fitsNothing(judgement, lists))];
  });
}

/** The judgement, saying that the lists were tried too. */
function fitsNothing(judgement: Judgement, lists: readonly JudgedList[]): Judgement {
  if (judgement.state !== "invalid" || lists.length === 0) return judgement;
  const names = lists.map((list) => list.source).join(", ");
  return { ...judgement, reason: `it is valid neither for this file nor for ${names}` };
}
