// One policy file: text in, demands and grants out. Pure. What it holds may still be an attacker's;
// authority.ts decides what of it counts.

import { matchesEverything } from "../core/glob.ts";
import type { Level } from "../core/report.ts";
import { isRuleId, RULES, stricter } from "../core/rules.ts";
import type { Rule, RuleId } from "../core/rules.ts";
import { readArtifacts } from "./artifacts.ts";
import { choiceOf, itemsOf, lineOf, malformed, membersOf, refuseTwice, requiredMember } from "./place.ts";
import { parseDocument, suggestionFor, textOf, timeOf } from "./place.ts";
import type { Place } from "./place.ts";
import { readSigners, signerNameOf } from "./signers.ts";
import type { PolicyDocument, PolicyWaiver } from "./types.ts";

/** The only version of the format there is. */
const VERSION = 1;

/** A key that is not here is refused: it may be a demand of a later version. */
const SECTIONS = ["$schema", "version", "signers", "artifacts", "rules", "waivers", "policySigners"] as const;

const LEVELS: readonly Level[] = ["note", "warn", "unknown", "reject"];

/** A year, and the day more that a leap year has. */
const LONGEST_WAIVER_DAYS = 366;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface ReadingContext {
  /** Path as the report shows it. */
  readonly source: string;
  /** Absolute directory of the file; key files are named relative to it. */
  readonly directory: string;
  /** The clock that the longest allowed waiver is measured from. */
  readonly now: Date;
}

/**
 * Reads the bytes of a policy file (JSON with comments and trailing commas, UTF-8; docs/policy.md and
 * schemas/policy.schema.json describe it).
 * @throws UserError `json-malformed` or `policy-malformed`, with file, line and member
 */
export function readPolicy(bytes: Uint8Array, context: ReadingContext): PolicyDocument {
  const { source } = context;
  const root = parseDocument(bytes, source, true);
  const version = requiredMember(root, membersOf(root), "version");
  if (version.value !== VERSION)
    throw malformed(version, `must be ${VERSION}`, "a newer boltseal may know this version");
  const sections = membersOf(root, SECTIONS);
  const schema = sections.get("$schema");
  if (schema !== undefined && typeof schema.value !== "string") throw malformed(schema, "must be a string");

  const read = <Content>(
    name: (typeof SECTIONS)[number],
    reader: (place: Place) => Content,
    absent: Content,
  ): Content => {
    const place = sections.get(name);
    return place === undefined ? absent : reader(place);
  };
  return {
    source,
    ...read("signers", (place) => readSigners(place, context.directory), { signers: [], keyNames: new Map() }),
    artifacts: read("artifacts", readArtifacts, []),
    rules: read("rules", readRaisedRules, new Map<RuleId, Level>()),
    waivers: read("waivers", (place) => itemsOf(place).map((item) => readWaiver(item, context.now)), []),
    policySigners: read("policySigners", readPolicySigners, []),
    lines: root.document.lines,
  };
}

function ruleOf(place: Place, id: string): RuleId {
  if (isRuleId(id)) return id;
  throw malformed(place, `${JSON.stringify(id)} is not a rule`, suggestionFor(id, Object.keys(RULES)));
}

function readRaisedRules(section: Place): ReadonlyMap<RuleId, Level> {
  const raised = new Map<RuleId, Level>();
  for (const [id, place] of membersOf(section)) {
    const rule = ruleOf(place, id);
    const level = choiceOf(place, LEVELS);
    const standard = RULES[rule].level;
    if (stricter(level, standard) !== level) {
      throw malformed(
        place,
        `${level} is lower than ${standard}, and a policy can only raise a rule`,
        "a waiver names what to live with",
      );
    }
    raised.set(rule, level);
  }
  return raised;
}

function readWaiver(place: Place, now: Date): PolicyWaiver {
  const members = membersOf(place, ["rule", "subject", "reason", "expires"]);
  const rulePlace = requiredMember(place, members, "rule");
  const rule = ruleOf(rulePlace, textOf(rulePlace));
  const facts: Rule = RULES[rule];
  if (!facts.waivable) throw malformed(rulePlace, `${rule} cannot be waived`, `boltseal explain ${rule} says why`);
  const subjectPlace = requiredMember(place, members, "subject");
  const subject = textOf(subjectPlace);
  if (matchesEverything(subject)) {
    throw malformed(subjectPlace, `${JSON.stringify(subject)} matches everything`, "name what the waiver is for");
  }
  const reason = textOf(requiredMember(place, members, "reason"));
  const expiresPlace = requiredMember(place, members, "expires");
  const expires = timeOf(expiresPlace);
  // Written so that a clock that is no time refuses the waiver.
  if (!(Date.parse(expires) <= now.getTime() + LONGEST_WAIVER_DAYS * DAY_MS)) {
    throw malformed(
      expiresPlace,
      `a waiver lasts at most ${LONGEST_WAIVER_DAYS} days`,
      "choose an earlier date, and renew it with a reason",
    );
  }
  return { rule, subject, reason, expires, definedIn: place.document.source, line: lineOf(place) };
}

function readPolicySigners(section: Place): readonly string[] {
  const names = itemsOf(section).map((item) => [item, signerNameOf(item)] as const);
  refuseTwice(names);
  return names.map(([, name]) => name);
}
