// From claims to findings: which state is how bad, beside what other evidence, under which demands.
//
//   mismatch, malformed, ambiguous                 always reject
//   invalid, revoked, expired, weak signature      reject; beside enough good signatures warn
//   untrusted signer                               reject where a flag or policy names signers, else unknown; beside enough good ones warn
//   unsupported                                    unknown; beside enough good ones warn
//   unsigned bundle                                unknown; beside good evidence note
//   not listed                                     reject where a flag named the list, else unknown; beside good evidence note
//   integrity only                                 unknown; beside good evidence note
//   a weak or unsupported digest                   reject, unknown; beside good evidence warn
// With --all no signature is let off.

import type { EvidenceKind, Finding, Level } from "../core/report.ts";
import { RULES } from "../core/rules.ts";
import type { RuleId } from "../core/rules.ts";
import type { Claim } from "./claim.ts";

/** What one demand asks: so many different people, of these names. */
export interface Demand {
  /** 0: no signature is demanded. */
  readonly threshold: number;
  /** Names of signers that count; empty: every trusted signer, within what the two below say. */
  readonly signers: readonly string[];
  readonly evidence: readonly Exclude<EvidenceKind, "pin">[];
  /** Only signers that flags chose count: a policy's signers add nothing to what a flag asks for. */
  readonly flaggedOnly: boolean;
  /** Only signers of a policy count: a key that a flag names meets no policy's demand for people. */
  readonly policyOnly?: boolean;
  /** Only certificates of the named identity count, and no key, whoever named it. */
  readonly identityOnly?: boolean;
  /** Flag or policy that demands it. */
  readonly by: string;
}

export interface Demands {
  readonly all: boolean;
  /** A flag or policy names signers, so somebody else's signature is refused. */
  readonly namesSigners: boolean;
  readonly each: readonly Demand[];
  /** Named evidence could not be read, so that something is missing is not known. */
  readonly incomplete: boolean;
}

/** True when the demand counts whoever stands behind the claim. */
function counts({ evidence, flagged }: Claim, { signers, flaggedOnly, policyOnly, identityOnly }: Demand): boolean {
  if (identityOnly === true && !/^sigstore (?!key )/.test(evidence.signer ?? "")) return false;
  if (flaggedOnly && flagged !== true) return false;
  if (policyOnly === true && evidence.name === undefined) return false;
  return signers.length === 0 || (evidence.name !== undefined && signers.includes(evidence.name));
}

/**
 * The different people who answer for the artifact, of those that the demand counts. Two names that share a key, in
 * whatever schemes, are one person.
 */
function people(claims: readonly Claim[], demand?: Demand): ReadonlySet<string> {
  const good = claims.filter(({ evidence }) => evidence.state === "verified");
  const counted = demand === undefined ? good : good.filter((claim) => counts(claim, demand));
  const found: { readonly name: string; readonly marks: Set<string> }[] = [];
  for (const { person, key } of counted) {
    if (person === undefined) continue;
    const marks = new Set([`person ${person}`, ...(key === undefined ? [] : [`key ${key}`])]);
    const same = found.filter((other) => [...marks].some((mark) => other.marks.has(mark)));
    const [first] = same;
    for (const other of same.slice(1)) {
      for (const mark of other.marks) marks.add(mark);
      found.splice(found.indexOf(other), 1);
    }
    if (first === undefined) found.push({ name: person, marks });
    else for (const mark of marks) first.marks.add(mark);
  }
  return new Set(found.map(({ name }) => name));
}

/** Somebody signed, whatever came of it. */
function isSigned({ evidence, signed }: Claim): boolean {
  return signed === true || (evidence.kind !== "checksum" && evidence.kind !== "pin" && evidence.state !== "unsigned");
}

function levelOf(claim: Claim, context: { demands: Demands; enough: boolean; satisfied: boolean }): Level {
  const { rule } = claim;
  if (rule === undefined) return "note";
  const { demands, enough, satisfied } = context;
  switch (rule) {
    case "signature-invalid":
    case "signature-revoked":
    case "signature-expired":
    case "signature-weak":
    case "signature-unsupported":
    case "signature-untrusted":
      if (demands.all) return "reject";
      if (enough) return "warn";
      return rule === "signature-untrusted" && demands.namesSigners ? "reject" : RULES[rule].level;
    case "checksum-not-listed":
      if (claim.named) return "reject";
      return satisfied ? "note" : RULES[rule].level;
    case "bundle-unsigned":
    case "integrity-only":
      return satisfied ? "note" : RULES[rule].level;
    case "checksum-weak":
    case "checksum-unsupported":
      return satisfied && !(claim.named && claim.evidence.kind === "pin") ? "warn" : RULES[rule].level;
    default:
      return RULES[rule].level;
  }
}

/** All findings about one artifact, those about its evidence and those about what is missing. */
export function findingsAbout(subject: string, claims: readonly Claim[], demands: Demands): readonly Finding[] {
  const needed = Math.max(1, ...demands.each.map((demand) => demand.threshold));
  const context = {
    demands,
    enough:
      people(claims).size >= needed && demands.each.every((demand) => people(claims, demand).size >= demand.threshold),
    satisfied: claims.some((claim) => claim.evidence.state === "verified"),
  };
  const levels = claims.map((claim) => levelOf(claim, context));
  return [
    ...claims.flatMap((claim, index) => claimFindings(subject, claim, levels[index] ?? "reject")),
    ...missing(subject, claims, demands),
  ];
}

/** Where better evidence is there, nothing is left to be done about these. */
const SETTLED: readonly RuleId[] = ["bundle-unsigned", "integrity-only"];

function claimFindings(subject: string, claim: Claim, level: Level): Finding[] {
  const { rule, message, expected, actual, hint, file, line, waived, remarks } = claim;
  const findings: Finding[] = [];
  if (rule !== undefined) {
    findings.push({
      rule,
      level,
      subject,
      message,
      ...(expected === undefined ? {} : { expected }),
      ...(actual === undefined ? {} : { actual }),
      ...(hint === undefined || (level === "note" && SETTLED.includes(rule)) ? {} : { hint }),
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
    });
  }
  if (waived !== undefined) {
    findings.push({
      rule: waived.rule,
      level: RULES[waived.rule].level,
      subject,
      message: waived.message,
      waived: waived.waiver,
    });
  }
  for (const remark of remarks)
    findings.push({ rule: remark.rule, level: RULES[remark.rule].level, subject, message: remark.message });
  return findings;
}

/** What is demanded and not there. Where named evidence could not be read, whether it is there is unknown. */
function missing(subject: string, claims: readonly Claim[], demands: Demands): readonly Finding[] {
  const findings = demands.each.flatMap((demand) => [
    ...missingSigners(subject, claims, demand),
    ...missingKinds(subject, claims, demand),
  ]);
  if (claims.length === 0) {
    const level = demands.each.length > 0 ? "reject" : RULES["evidence-missing"].level;
    const message = demands.incomplete
      ? "the evidence that was named could not be read"
      : "no signature, checksum list or digest was named or found";
    findings.push({ rule: "evidence-missing", level, subject, message });
  }
  return demands.incomplete ? findings.map((finding) => ({ ...finding, level: "unknown" })) : findings;
}

/** The finding about this claim says already why there is no good signer, and nothing can waive it. */
function explains({ evidence, rule, signed }: Claim): boolean {
  if (rule === undefined || RULES[rule].waivable || RULES[rule].level !== "reject") return false;
  return evidence.kind === "signature" || evidence.kind === "provenance" || signed === true;
}

function whoCounts({ signers, flaggedOnly, policyOnly, identityOnly }: Demand): string {
  if (identityOnly === true) return "the identity that is named";
  if (flaggedOnly) return "the signers that flags name";
  if (signers.length > 0) return signers.join(", ");
  return policyOnly === true ? "the signers of trusted policies" : "any trusted signers";
}

function missingSigners(subject: string, claims: readonly Claim[], demand: Demand): readonly Finding[] {
  const { threshold, by } = demand;
  const have = people(claims, demand);
  if (have.size >= threshold) return [];
  const signatures = claims.filter(isSigned);
  if (signatures.length === 0) {
    const message = `${by} demands a signature, and there is none`;
    return [{ rule: "signature-missing", level: "reject", subject, message }];
  }
  if (threshold === 1 && claims.some(explains)) return [];
  // Where a signature could not be checked, whether it would have been enough is not known.
  const level = signatures.some(({ rule }) => rule === "signature-unsupported") ? "unknown" : "reject";
  return [
    {
      rule: "threshold-unmet",
      level,
      subject,
      message: `${by} demands ${threshold === 1 ? "a trusted signer" : `${threshold} different trusted signers`}`,
      expected: `${threshold} of ${whoCounts(demand)}`,
      actual: have.size === 0 ? "none" : [...have].join(", "),
    },
  ];
}

function missingKinds(subject: string, claims: readonly Claim[], demand: Demand): readonly Finding[] {
  const good = claims.filter((claim) => claim.evidence.state === "verified" && counts(claim, demand));
  const absent = demand.evidence.filter((kind) => !good.some(({ evidence }) => evidence.kind === kind));
  return absent.map((kind) => ({
    rule: kind === "checksum" ? "evidence-missing" : "signature-missing",
    level: "reject",
    subject,
    message: `${demand.by} demands ${KINDS[kind]}, and there is none`,
  }));
}

const KINDS = {
  signature: "a good signature over the file",
  provenance: "a good signed statement of how the file was built",
  checksum: "a good entry in a checksum list",
} as const;
