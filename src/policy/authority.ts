// The order of authority: what each policy may add to the whole. Pure; load.ts finds and reads the files.
//
//   flag      --policy FILE                          demands and grants
//   machine   <machine folder>/boltseal.json         demands and grants
//   user      <user folder>/boltseal.json            demands and grants
//   project   nearest boltseal.json, going upward    demands; grants only when somebody vouched for it
//
// A demand counts from wherever it comes, the strictest wins. A grant (a signer, its keys, a pinned
// digest, a waiver) counts from trusted policies alone, and of two signers with one name the higher wins.

import { UserError } from "../core/errors.ts";
import type { Finding, Level, PolicySource } from "../core/report.ts";
import { RULES, stricter } from "../core/rules.ts";
import type { RuleId } from "../core/rules.ts";
import type { Pin, Signer } from "../core/signer.ts";
import { materialOf } from "./signers.ts";
import type { ArtifactRule, Policy, PolicyDocument } from "./types.ts";

const AUTHORITY: readonly PolicySource["level"][] = ["flag", "machine", "user", "project"];

/** Why a project policy's grants do not count. */
interface Distrust {
  /** Clause for the finding. */
  readonly because: string;
  readonly expected?: string;
  readonly actual?: string;
}

/** Somebody answers for the file, or nobody does. */
export type Vouching = { readonly by: string } | { readonly distrust: Distrust };

/** A policy that was read, and whether its grants count. */
export interface WeighedFile {
  readonly document: PolicyDocument;
  readonly level: PolicySource["level"];
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256: string;
  readonly vouching: Vouching;
}

/** One policy out of all that were found. Only files that somebody vouched for grant anything. */
export function weigh(files: readonly WeighedFile[]): Policy {
  const ordered = files.toSorted((a, b) => AUTHORITY.indexOf(a.level) - AUTHORITY.indexOf(b.level));
  const trusted = ordered.filter((file) => "by" in file.vouching).map((file) => file.document);
  const { signers, findings } = mergeSigners(trusted);
  return {
    signers,
    artifacts: ordered.flatMap((file) => ("by" in file.vouching ? file.document.artifacts : demandsOf(file.document))),
    rules: strictestRules(ordered.map((file) => file.document)),
    waivers: trusted.flatMap((document) => document.waivers),
    keyNames: new Map(trusted.toReversed().flatMap((document) => [...document.keyNames])),
    sources: ordered.map(sourceOf),
    findings: [...ordered.flatMap(untrustedFinding), ...findings],
  };
}

function strictestRules(documents: readonly PolicyDocument[]): ReadonlyMap<RuleId, Level> {
  const rules = new Map<RuleId, Level>();
  for (const [rule, level] of documents.flatMap((document) => [...document.rules])) {
    rules.set(rule, stricter(level, rules.get(rule) ?? level));
  }
  return rules;
}

/** The first definition of each name. A revocation is a demand, so it holds whoever wins. */
function mergeSigners(documents: readonly PolicyDocument[]): Pick<Policy, "signers" | "findings"> {
  const signers = new Map<string, Signer>();
  const findings: Finding[] = [];
  for (const document of documents) {
    for (const signer of document.signers) {
      const first = signers.get(signer.name);
      if (first === undefined) signers.set(signer.name, signer);
      else findings.push(shadowed(document, signer, first));
    }
  }
  const revoked = revokedPins(documents);
  const merged = [...signers.values()].map((signer) => ({
    ...signer,
    pins: signer.pins.map((pin) => revoke(pin, revoked)),
  }));
  const shadowedPins = unstated(revoked, merged);
  return {
    signers: merged.map((signer) => ({ ...signer, pins: [...signer.pins, ...(shadowedPins.get(signer.name) ?? [])] })),
    findings,
  };
}

interface RevokedPin {
  readonly pin: Pin;
  /** Of the signer. */
  readonly name: string;
}

/** By key: one that is revoked in one scheme is revoked in all. */
function revokedPins(documents: readonly PolicyDocument[]): ReadonlyMap<string, readonly RevokedPin[]> {
  const revoked = new Map<string, RevokedPin[]>();
  for (const { name, pins } of documents.flatMap((document) => document.signers)) {
    for (const pin of pins) {
      if (pin.revoked === undefined) continue;
      const known = revoked.get(materialOf(pin));
      if (known === undefined) revoked.set(materialOf(pin), [{ pin, name }]);
      else known.push({ pin, name });
    }
  }
  return revoked;
}

function revoke(pin: Pin, revoked: ReadonlyMap<string, readonly RevokedPin[]>): Pin {
  const why = pin.revoked ?? revoked.get(materialOf(pin))?.find((other) => covers(other.pin, pin))?.pin.revoked;
  return why === undefined ? pin : { ...pin, revoked: why };
}

/**
 * Revoked pins, by signer, that no signer states because its definition is shadowed: they still speak against keys
 * that flags name.
 */
function unstated(
  revoked: ReadonlyMap<string, readonly RevokedPin[]>,
  signers: readonly Signer[],
): ReadonlyMap<string, readonly Pin[]> {
  const textOf = ({ scheme, identity, issuer }: Pin): string => `${scheme} ${identity} ${issuer ?? ""}`;
  const stated = new Map<string, Pin[]>();
  const state = (pin: Pin): void => {
    const known = stated.get(textOf(pin));
    if (known === undefined) stated.set(textOf(pin), [pin]);
    else known.push(pin);
  };
  for (const pin of signers.flatMap(({ pins }) => pins)) if (pin.revoked !== undefined) state(pin);
  const pins = new Map<string, Pin[]>();
  for (const { pin, name } of [...revoked.values()].flat()) {
    if (stated.get(textOf(pin))?.some((other) => covers(other, pin)) === true) continue;
    state(pin);
    pins.set(name, [...(pins.get(name) ?? []), pin]);
  }
  return pins;
}

/** Both are of one key or identity: whether all that the second names is named by the first. An id that is left out means any. */
function covers(first: Pin, second: Pin): boolean {
  return (["repositoryId", "ownerId"] as const).every((id) => first[id] === undefined || first[id] === second[id]);
}

function shadowed(document: PolicyDocument, signer: Signer, first: Signer): Finding {
  return {
    rule: "policy-shadowed",
    level: RULES["policy-shadowed"].level,
    subject: document.source,
    message: `the signer ${JSON.stringify(signer.name)} is already defined in ${first.definedIn}, and that definition counts`,
    file: document.source,
    line: document.lines.get(`/signers/${signer.name}`) ?? 1,
  };
}

/** What anybody may ask: more signatures, and by whom. A pinned digest verifies, so it is a grant. */
function demandsOf(document: PolicyDocument): readonly ArtifactRule[] {
  return document.artifacts
    .map((rule) => ({ ...rule, digests: [] }))
    .filter((rule) => rule.signers.length > 0 || rule.threshold > 0 || rule.evidence.length > 0);
}

/** Everything in a policy that would grant something, in words. */
function grantsOf(document: PolicyDocument): readonly string[] {
  return [
    ...document.signers.map((signer) => `signer ${signer.name}`),
    ...[...document.keyNames.values()].map((name) => `key file ${name}`),
    ...document.artifacts.filter((rule) => rule.digests.length > 0).map((rule) => `digests of ${rule.match}`),
    ...document.waivers.map((waiver) => `waiver of ${waiver.rule} for ${waiver.subject}`),
    ...document.policySigners.map((name) => `policy signer ${name}`),
  ];
}

function sourceOf({ document, level, sha256, vouching }: WeighedFile): PolicySource {
  const source = { path: document.source, sha256, level };
  return "by" in vouching
    ? { ...source, vouched: vouching.by, ignored: [] }
    : { ...source, ignored: grantsOf(document) };
}

function untrustedFinding({ document, vouching }: WeighedFile): readonly Finding[] {
  if ("by" in vouching) return [];
  const { because, ...values } = vouching.distrust;
  const ignored = grantsOf(document);
  if (ignored.length === 0 && values.expected === undefined) return [];
  return [
    {
      rule: "policy-untrusted",
      level: RULES["policy-untrusted"].level,
      subject: document.source,
      message: `${because}; ignored: ${ignored.length === 0 ? "nothing" : ignored.join(", ")}`,
      ...values,
      hint: `boltseal trust ${document.source}`,
      file: document.source,
    },
  ];
}

/**
 * The signers who may vouch for project policies: `policySigners` of the machine's and the user's policy.
 * @throws UserError `policy-malformed` for a name that neither of the two defines
 */
export function policySignersOf(files: readonly WeighedFile[]): Pick<Policy, "signers" | "keyNames"> {
  const lords = files.filter(({ level, vouching }) => (level === "machine" || level === "user") && "by" in vouching);
  const { signers, keyNames } = weigh(lords);
  const named = new Set<string>();
  for (const { document } of lords) {
    document.policySigners.forEach((name, index) => {
      named.add(name);
      if (signers.some((signer) => signer.name === name)) return;
      const line = document.lines.get(`/policySigners/${index}`) ?? 1;
      throw new UserError(
        "policy-malformed",
        `${document.source}:${line}: policySigners[${index}]: no policy of the machine or the user defines the signer ${JSON.stringify(name)}`,
        { hint: "define it under signers" },
      );
    });
  }
  return { signers: signers.filter((signer) => named.has(signer.name)), keyNames };
}
