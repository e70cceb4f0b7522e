// Reports for the tests of the output formats: one for every way a run can end, and arbitrary ones with
// hostile text in every field that holds text.

import fc from "fast-check";
import { ALGORITHMS, type Digest } from "../../src/core/digest.ts";
import type {
  Evidence,
  EvidenceKind,
  Finding,
  Level,
  PolicySource,
  Report,
  State,
  Subject,
  SubjectKind,
  Verdict,
} from "../../src/core/report.ts";
import { RULES, type RuleId } from "../../src/core/rules.ts";
import type { Paint } from "../../src/output/format.ts";

/** Every member of a union; the compiler demands that none is missing. */
function membersOf<T extends string>(members: Readonly<Record<T, true>>): readonly T[] {
  return Object.keys(members) as T[];
}

export const STATES = membersOf<State>({
  verified: true,
  "integrity-only": true,
  unsigned: true,
  "not-listed": true,
  ambiguous: true,
  mismatch: true,
  invalid: true,
  "untrusted-signer": true,
  revoked: true,
  expired: true,
  weak: true,
  unsupported: true,
  malformed: true,
});
export const LEVELS = membersOf<Level>({ reject: true, unknown: true, warn: true, note: true });
export const VERDICTS = membersOf<Verdict>({ verified: true, complete: true, rejected: true, unknown: true });
export const EVIDENCE_KINDS = membersOf<EvidenceKind>({ signature: true, provenance: true, checksum: true, pin: true });
export const SUBJECT_KINDS = membersOf<SubjectKind>({ file: true, digest: true, source: true });
export const POLICY_LEVELS = membersOf<PolicySource["level"]>({ flag: true, machine: true, user: true, project: true });
export const RULE_IDS = Object.keys(RULES) as readonly RuleId[];

/** Paint of a terminal without colour. */
export const plain: Paint = (_style, text) => text;

export const SHA256: Digest = { algorithm: "sha256", hex: "ab".repeat(32), from: "computed" };
export const FINGERPRINT = "5f3c9d0e1b2a49586776a5b4c3d2e1f00918a7a1";

export const SIGNED: Evidence = {
  kind: "signature",
  scheme: "openpgp",
  state: "verified",
  proves: "signed by a trusted signer",
  source: "tool.tar.gz.asc",
  signer: `openpgp ${FINGERPRINT}`,
  name: "acme-release",
  time: "2026-03-01T09:00:00Z",
};

export const LISTED: Evidence = {
  kind: "checksum",
  scheme: "checksum-list",
  state: "verified",
  proves: "listed in a signed list",
  source: "SHA256SUMS",
  digest: { algorithm: "sha256", hex: SHA256.hex, from: "declared" },
};

export const POLICY: PolicySource = {
  path: "boltseal.json",
  sha256: "cd".repeat(32),
  level: "project",
  ignored: ["signers.acme-release", "waivers"],
};

export function reportOf(parts: Partial<Report>): Report {
  const demands = ["signature", "checksum", "pin"] as const;
  return { command: "verify", demands, subjects: [], findings: [], skipped: [], policy: [], ...parts };
}

export function subjectOf(id: string, ...evidence: readonly Evidence[]): Subject {
  return { id, kind: "file", size: 1234, digests: [SHA256], evidence };
}

export function findingOf(rule: RuleId, subject: string, parts: Partial<Finding> = {}): Finding {
  return { rule, level: RULES[rule].level, subject, message: RULES[rule].title, ...parts };
}

export interface Ending {
  readonly name: string;
  readonly report: Report;
  readonly verdict: Verdict;
  readonly exit: 0 | 1 | 2;
  /** Last line of the human format. */
  readonly summary: string;
}

const good = subjectOf("good.tar.gz", SIGNED);
const tool = subjectOf("tool.tar.gz");
const waived = { by: "boltseal.json", reason: "the key is being replaced", expires: "2027-01-01T00:00:00Z" };

/** One report for every way a run can end. */
export const ENDINGS: readonly Ending[] = [
  {
    name: "one subject with good evidence",
    report: reportOf({ subjects: [good] }),
    verdict: "verified",
    exit: 0,
    summary: "1 artifact verified",
  },
  {
    name: "two subjects with good evidence and warnings about them",
    report: reportOf({
      subjects: [good, subjectOf("other.zip", LISTED)],
      findings: [findingOf("key-expired", "good.tar.gz"), findingOf("checksum-junk", "other.zip")],
    }),
    verdict: "verified",
    exit: 0,
    summary: "2 artifacts verified, 2 warnings",
  },
  {
    name: "one of three rejected",
    report: reportOf({
      subjects: [good, tool, subjectOf("other.zip", LISTED)],
      findings: [findingOf("digest-mismatch", "tool.tar.gz")],
    }),
    verdict: "rejected",
    exit: 1,
    summary: "1 of 3 artifacts rejected",
  },
  {
    name: "rejected beside one that could not be judged",
    report: reportOf({
      subjects: [good, tool, subjectOf("other.zip")],
      findings: [findingOf("evidence-missing", "other.zip"), findingOf("digest-mismatch", "tool.tar.gz")],
    }),
    verdict: "rejected",
    exit: 1,
    summary: "1 of 3 artifacts rejected, 1 could not be judged",
  },
  {
    name: "a rejecting finding outweighs good evidence",
    report: reportOf({ subjects: [good], findings: [findingOf("checksum-ambiguous", "good.tar.gz")] }),
    verdict: "rejected",
    exit: 1,
    summary: "1 artifact rejected",
  },
  {
    name: "two of three that could not be judged",
    report: reportOf({
      subjects: [good, tool, subjectOf("other.zip")],
      findings: [findingOf("evidence-missing", "other.zip"), findingOf("integrity-only", "tool.tar.gz")],
    }),
    verdict: "unknown",
    exit: 2,
    summary: "2 of 3 artifacts could not be judged",
  },
  { name: "no subject at all", report: reportOf({}), verdict: "unknown", exit: 2, summary: "nothing was checked" },
  {
    name: "no subject, and a rejecting finding",
    report: reportOf({ findings: [findingOf("checksum-malformed", "SHA256SUMS")] }),
    verdict: "rejected",
    exit: 1,
    summary: "rejected: 1 finding, and nothing was checked",
  },
  {
    name: "no subject of a command that judges nothing",
    report: reportOf({ command: "sbom", demands: [] }),
    verdict: "unknown",
    exit: 2,
    summary: "nothing was checked",
  },
  {
    name: "a rejecting finding that is waived, with other good evidence",
    report: reportOf({ subjects: [good], findings: [findingOf("signature-expired", "good.tar.gz", { waived })] }),
    verdict: "verified",
    exit: 0,
    summary: "1 artifact verified, 1 finding waived",
  },
  {
    name: "a rejecting finding that is waived, without good evidence",
    report: reportOf({ subjects: [tool], findings: [findingOf("signature-expired", "tool.tar.gz", { waived })] }),
    verdict: "unknown",
    exit: 2,
    summary: "1 artifact could not be judged",
  },
  {
    name: "a warning alone does not verify",
    report: reportOf({ subjects: [tool], findings: [findingOf("key-expired", "tool.tar.gz")] }),
    verdict: "unknown",
    exit: 2,
    summary: "1 artifact could not be judged",
  },
  {
    name: "a subject without evidence and without findings",
    report: reportOf({ subjects: [good, tool] }),
    verdict: "unknown",
    exit: 2,
    summary: "1 of 2 artifacts could not be judged",
  },
  {
    name: "good evidence of a kind that nobody demands",
    report: reportOf({ demands: ["signature"], subjects: [subjectOf("tool.tar.gz", LISTED)] }),
    verdict: "unknown",
    exit: 2,
    summary: "1 artifact could not be judged",
  },
  {
    name: "complete",
    report: reportOf({ command: "sbom", demands: [], subjects: [tool] }),
    verdict: "complete",
    exit: 0,
    summary: "1 artifact complete",
  },
  {
    name: "a rejecting finding about a file that is no subject",
    report: reportOf({ subjects: [good], findings: [findingOf("checksum-malformed", "SHA256SUMS")] }),
    verdict: "rejected",
    exit: 1,
    summary: "rejected: 1 finding about something other than the artifacts",
  },
  {
    name: "an unknown finding about a file that is no subject",
    report: reportOf({ subjects: [good], findings: [findingOf("signer-undefined", "boltseal.json")] }),
    verdict: "unknown",
    exit: 2,
    summary: "could not be judged: 1 finding about something other than the artifacts",
  },
];

/** Pieces that mean something to a terminal, a CI runner, XML, Markdown, SARIF, a URI or a JavaScript object. */
const PIECES = [
  ...Array.from(
    "\u0000\u0007\b\t\n\v\f\r\u001b\u007f\u0085\u009b\u00ad\u034f\u061c\u180e\u200b\u200d\u200e\u2028\u2029",
  ),
  ...Array.from("\u202e\u2060\u2066\u3164\ufe0f\ufeff\ufff9\ufffe\uffff\u{1d173}\u{e0041}\u{e0100}\u{1fffe}"),
  ...["\ud800", "\udc00", "\u001b[2J", "\u001b]8;;https://evil.example\u0007"],
  ...["::error::", ":", "::", "##", "#", "[", "##[group]", "##vso[task.complete]", " ", "\u00a0", "\u3000"],
  ...["`", "``", "```", "|", "<img src=x>", "<!--", "-->", "&lt;", "]]>", '"', "'", "&", ">", "=", "$", "$`"],
  ...[
    "[x](https://evil.example)",
    "![x](y)",
    "](",
    ")",
    "@everyone",
    "#1",
    "GH-1",
    "https://evil.example",
    "*",
    "_",
    "~~",
  ],
  ...["{0}", "{", "}", "\\", "\\[", "%", "%2e%2e", "/", "..", "../", "./", "C:\\", "\\\\", "?", "//"],
  ...["__proto__", "constructor", "a", "installer.sh", "é", "日本", "😀"],
];

/** Text that an attacker might choose. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((pieces) => pieces.join("")) },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc.array(fc.nat(0xffff), { maxLength: 6 }).map((units) => String.fromCharCode(...units)),
  },
);

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((array) => Buffer.from(array).toString("hex"));

const digest: fc.Arbitrary<Digest> = fc
  .constantFrom(...(Object.keys(ALGORITHMS) as (keyof typeof ALGORITHMS)[]))
  .chain((algorithm) =>
    fc.record({
      algorithm: fc.constant(algorithm),
      hex: hex(ALGORITHMS[algorithm].bytes),
      from: fc.constantFrom("computed", "declared"),
    }),
  );

const wellFormedTime = fc
  .date({ min: new Date(0), max: new Date("2100-01-01T00:00:00Z"), noInvalidDate: true })
  .map((date) => date.toISOString());

/**
 * Reports with hostile text in every field. With `times: "well-formed"` the fields that jobs fill with
 * RFC 3339 times hold such times, as the published schema demands.
 */
export function hostileReport(times: "hostile" | "well-formed" = "hostile"): fc.Arbitrary<Report> {
  const time = times === "hostile" ? hostileText : wellFormedTime;
  const optional = { requiredKeys: [] as [] };
  const evidence = fc
    .tuple(
      fc.record({
        kind: fc.constantFrom(...EVIDENCE_KINDS),
        scheme: hostileText,
        state: fc.constantFrom(...STATES),
        proves: hostileText,
      }),
      fc.record({ source: hostileText, signer: hostileText, name: hostileText, digest, time }, optional),
    )
    .map(([must, may]): Evidence => ({ ...must, ...may }));
  const subject = fc
    .tuple(
      fc.record({
        id: hostileText,
        kind: fc.constantFrom(...SUBJECT_KINDS),
        digests: fc.array(digest, { maxLength: 2 }),
        evidence: fc.array(evidence, { maxLength: 2 }),
      }),
      fc.record({ size: fc.maxSafeNat() }, optional),
    )
    .map(([must, may]): Subject => ({ ...must, ...may }));
  const waiver = fc
    .tuple(fc.record({ by: hostileText, reason: hostileText }), fc.record({ expires: time }, optional))
    .map(([must, may]) => ({ ...must, ...may }));
  const finding = (subjects: readonly Subject[]) =>
    fc
      .tuple(
        fc.record({
          rule: fc.constantFrom(...RULE_IDS),
          level: fc.constantFrom(...LEVELS),
          subject: fc.oneof(hostileText, ...subjects.map(({ id }) => fc.constant(id))),
          message: hostileText,
        }),
        fc.record(
          {
            expected: hostileText,
            actual: hostileText,
            hint: hostileText,
            file: hostileText,
            line: fc.integer({ min: 1, max: 1_000_000 }),
            path: fc.array(hostileText, { maxLength: 3 }),
            waived: waiver,
          },
          optional,
        ),
      )
      .map(([must, may]): Finding => ({ ...must, ...may }));
  const policy = fc
    .tuple(
      fc.record({
        path: hostileText,
        sha256: hex(32),
        level: fc.constantFrom(...POLICY_LEVELS),
        ignored: fc.array(hostileText, { maxLength: 2 }),
      }),
      fc.record({ vouched: hostileText }, optional),
    )
    .map(([must, may]): PolicySource => ({ ...must, ...may }));
  return fc.array(subject, { maxLength: 3 }).chain((subjects) =>
    fc.record({
      command: hostileText,
      demands: fc.subarray([...EVIDENCE_KINDS]),
      subjects: fc.constant(subjects),
      findings: fc.array(finding(subjects), { maxLength: 4 }),
      skipped: fc.array(fc.record({ path: hostileText, reason: hostileText }), { maxLength: 2 }),
      policy: fc.array(policy, { maxLength: 2 }),
    }),
  );
}
