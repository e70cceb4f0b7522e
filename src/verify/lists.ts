// A checksum list as evidence about one artifact: who answers for the list, and what it says.

import { formatDigest } from "../core/digest.ts";
import type { Digest } from "../core/digest.ts";
import type { Evidence, State } from "../core/report.ts";
import type { RuleId } from "../core/rules.ts";
import { findByDigest } from "./checksum-lookup.ts";
import type { Lookup } from "./checksum-lookup.ts";
import type { ChecksumList, ListEntry } from "./checksums.ts";
import { signatureClaim } from "./claim.ts";
import type { Claim, SignatureSource } from "./claim.ts";
import type { Computed } from "./pins.ts";
import type { Judgement, Remark } from "./scheme.ts";

/** A list with the judged signatures over it. */
export interface JudgedList {
  readonly source: string;
  readonly named: boolean;
  /** It speaks of one artifact alone, so a digest without a name is that artifact's. */
  readonly forOne: boolean;
  readonly list: ChecksumList;
  readonly signatures: readonly (SignatureSource & { readonly judgement: Judgement })[];
}

export interface ListAllowances {
  readonly integrityOnly: boolean;
  readonly renamed: boolean;
}

const LOOKUP_RULES = {
  "not-listed": "checksum-not-listed",
  ambiguous: "checksum-ambiguous",
  weak: "checksum-weak",
  unsupported: "checksum-unsupported",
} as const satisfies Record<Exclude<Lookup["state"], "listed">, RuleId>;

/** Everything that a list says about an artifact: its bad signatures, and its entry once per good signer. */
export function listClaims(
  judged: JudgedList,
  lookup: Lookup,
  computed: Computed,
  allow: ListAllowances,
): readonly Claim[] {
  const good = judged.signatures.filter(({ judgement }) => judgement.state === "verified");
  const bad = judged.signatures.filter(({ judgement }) => judgement.state !== "verified");
  const remarks = [
    ...listRemarks(judged, good.length > 0),
    ...good.flatMap(({ judgement }) => judgement.remarks ?? []),
  ];
  const entries = entryClaims(judged, lookup, computed, allow, good);
  return [
    ...bad.map((signature) => signatureClaim(signature, signature.judgement, judged.source)),
    ...entries.map((claim, index) => ({
      ...claim,
      remarks: index === 0 ? [...claim.remarks, ...remarks] : claim.remarks,
      ...(good.length > 0 ? { signed: true as const } : {}),
    })),
  ];
}

function listRemarks({ list, source }: JudgedList, signed: boolean): readonly Remark[] {
  const junk: Remark[] =
    signed || list.junk.length === 0
      ? []
      : [{ rule: "checksum-junk", message: `${source}: ${lineCount(list.junk)} could not be read` }];
  return [...list.remarks.map(({ rule, message }) => ({ rule, message: `${source}: ${message}` })), ...junk];
}

function lineCount(lines: readonly number[]): string {
  const shown = lines.slice(0, 5).join(", ");
  return lines.length === 1 ? `line ${shown}` : `${lines.length} lines (${shown}${lines.length > 5 ? ", …" : ""})`;
}

type GoodSignature = SignatureSource & { readonly judgement: Judgement };

function entryClaims(
  judged: JudgedList,
  lookup: Lookup,
  computed: Computed,
  allow: ListAllowances,
  good: readonly GoodSignature[],
): readonly Claim[] {
  const { source, list } = judged;
  if (list.malformed !== undefined) {
    return [badClaim(judged, "malformed", "checksum-malformed", `${source} is no checksum list: ${list.malformed}`)];
  }
  if (good.length > 0 && list.junk.length > 0) {
    return [
      badClaim(
        judged,
        "malformed",
        "checksum-malformed",
        `${source} is signed, yet ${lineCount(list.junk)} could not be read`,
      ),
    ];
  }
  if (lookup.state === "listed") return compare(judged, lookup.entries, computed, allow, good);
  const renamed = good.length > 0 && lookup.state === "not-listed" ? renamedEntry(list, computed) : undefined;
  if (renamed !== undefined && allow.renamed) {
    const message = `${source} lists these bytes as ${renamed.name ?? "a bare digest"}`;
    const waived = {
      rule: "renamed",
      message,
      waiver: { by: "--allow-renamed", reason: "the user accepts another name" },
    } as const;
    return compare(judged, [renamed], computed, allow, good).map((claim) => ({ ...claim, waived }));
  }
  return [
    badClaim(
      judged,
      lookup.state,
      LOOKUP_RULES[lookup.state],
      lookupMessage(judged, lookup),
      lookupHint(lookup, renamed),
    ),
  ];
}

function renamedEntry(list: ChecksumList, computed: Computed): ListEntry | undefined {
  const algorithms = new Set(list.entries.map((entry) => entry.digest.algorithm));
  const digests = [...algorithms].flatMap((algorithm) => computed(algorithm) ?? []);
  return findByDigest(list, digests)[0];
}

function lookupMessage({ source, list }: JudgedList, lookup: Exclude<Lookup, { state: "listed" }>): string {
  if (lookup.state === "not-listed")
    return list.entries.length === 0 ? `${source} lists nothing` : `${source} does not list this file`;
  const algorithms = [...new Set(lookup.entries.map((entry) => entry.digest.algorithm))].join(", ");
  const lines = lookup.entries.map((entry) => entry.line).join(", ");
  if (lookup.state === "ambiguous") return `${source} lists this file with different digests (lines ${lines})`;
  return lookup.state === "weak"
    ? `${source} lists this file by ${algorithms} only, which proves nothing`
    : `${source} lists this file by ${algorithms} only, which cannot be computed here`;
}

function lookupHint(lookup: Lookup, renamed: ListEntry | undefined): string | undefined {
  if (lookup.state !== "not-listed") return undefined;
  if (renamed?.name !== undefined)
    return `the list has these bytes as "${renamed.name}": --as or --allow-renamed accepts that name`;
  return lookup.nearest === undefined
    ? undefined
    : `did you mean "${lookup.nearest}"? --as NAME looks a file up under another name`;
}

function badClaim(judged: JudgedList, state: State, rule: RuleId, message: string, hint?: string): Claim {
  const evidence: Evidence = {
    kind: "checksum",
    scheme: "checksum-list",
    state,
    proves: "nothing",
    source: judged.source,
  };
  return {
    evidence,
    rule,
    message,
    file: judged.source,
    named: judged.named,
    remarks: [],
    ...(hint === undefined ? {} : { hint }),
  };
}

/** All entries must agree, whatever their algorithm; then the claim is as good as whoever signed the list. */
function compare(
  judged: JudgedList,
  entries: readonly ListEntry[],
  computed: Computed,
  allow: ListAllowances,
  good: readonly GoodSignature[],
): readonly Claim[] {
  const compared = entries.map((entry) => ({ entry, actual: computed(entry.digest.algorithm) }));
  const differing = compared.find(({ entry, actual }) => actual !== undefined && actual.hex !== entry.digest.hex);
  if (differing?.actual !== undefined) {
    return [
      {
        ...badClaim(judged, "mismatch", "digest-mismatch", `the bytes are not those that ${judged.source} lists`),
        expected: formatDigest(differing.entry.digest),
        actual: formatDigest(differing.actual),
        line: differing.entry.line,
      },
    ];
  }
  const [first] = compared;
  const other = compared.find(({ actual }) => actual === undefined);
  if (first === undefined || other !== undefined) {
    // There is but a digest by another algorithm.
    const message = `${judged.source} lists this file by ${other?.entry.digest.algorithm ?? "nothing"}, which cannot be compared`;
    return [badClaim(judged, "unsupported", "checksum-unsupported", message)];
  }
  return good.length > 0
    ? good.map((signature) => signedClaim(judged, first.entry.digest, signature))
    : [unsignedClaim(judged, first.entry.digest, allow)];
}

function signedClaim(judged: JudgedList, digest: Digest, { judgement, source, scheme, named }: GoodSignature): Claim {
  const claim = signatureClaim({ source, scheme, named }, judgement);
  const evidence: Evidence = {
    ...claim.evidence,
    kind: "checksum",
    scheme: "checksum-list",
    proves: `the digest stands in a list that the signer answers for (${scheme} signature ${source})`,
    source: judged.source,
    digest,
  };
  // Remarks about the list and its signatures are given once, by the caller.
  return { ...claim, evidence, named: judged.named, remarks: [] };
}

function unsignedClaim(judged: JudgedList, digest: Digest, allow: ListAllowances): Claim {
  const message = `the digest agrees with ${judged.source}, which no trusted signer answers for`;
  const evidence = { kind: "checksum", scheme: "checksum-list", source: judged.source, digest } as const;
  if (!allow.integrityOnly || !judged.named) {
    const hint =
      "pass the list's signature with --signature, or accept the list as it is with --checksums and --allow-integrity-only";
    return {
      evidence: {
        ...evidence,
        state: "integrity-only",
        proves: "the file agrees with the list; nobody answers for the list",
      },
      rule: "integrity-only",
      message,
      hint,
      file: judged.source,
      named: judged.named,
      remarks: [],
    };
  }
  const waiver = { by: "--allow-integrity-only", reason: "the user trusts the channel that the list came over" };
  return {
    evidence: { ...evidence, state: "verified", proves: "the digest stands in a list that the user chose to trust" },
    message,
    named: true,
    waived: { rule: "integrity-only", message, waiver },
    remarks: [],
  };
}
