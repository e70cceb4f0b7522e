// How bad each state is, beside what other evidence and under which demands (docs/verify.md, states).

import assert from "node:assert/strict";
import { test } from "node:test";
import type { State } from "../src/core/report.ts";
import type { RuleId } from "../src/core/rules.ts";
import { signatureRule } from "../src/verify/claim.ts";
import type { Claim } from "../src/verify/claim.ts";
import { findingsAbout } from "../src/verify/levels.ts";
import type { Demand, Demands } from "../src/verify/levels.ts";

const NOTHING: Demands = { all: false, namesSigners: false, each: [], incomplete: false };
const KEY: Demands = { ...NOTHING, namesSigners: true, each: [demand(1)] };

function demand(threshold: number, signers: readonly string[] = [], evidence: Demand["evidence"] = []): Demand {
  return { threshold, signers, evidence, flaggedOnly: false, by: "--threshold" };
}

function signature(state: State, person?: string): Claim {
  const rule = signatureRule(state);
  return {
    evidence: {
      kind: "signature",
      scheme: "openpgp",
      state,
      proves: "nothing",
      ...(person === undefined ? {} : { name: person }),
    },
    message: "",
    named: true,
    remarks: [],
    ...(rule === undefined ? {} : { rule }),
    ...(person === undefined ? {} : { person }),
  };
}

function listed(state: State, rule?: RuleId, rest: Partial<Claim> = {}): Claim {
  const evidence = { kind: "checksum", scheme: "checksum-list", state, proves: "nothing" } as const;
  return { evidence, message: "", named: false, remarks: [], ...(rule === undefined ? {} : { rule }), ...rest };
}

const PIN: Claim = {
  evidence: { kind: "pin", scheme: "digest", state: "verified", proves: "nothing" },
  message: "",
  named: true,
  remarks: [],
};
const GOOD = signature("verified", "acme");

const ROWS: readonly (readonly [string, readonly Claim[], Demands, readonly string[]])[] = [
  ["a good signature raises nothing", [GOOD], KEY, []],
  ["nothing at all is unknown", [], NOTHING, ["unknown evidence-missing"]],
  [
    "nothing where a signature is demanded is refused",
    [],
    KEY,
    ["reject signature-missing", "reject evidence-missing"],
  ],
  [
    "nothing because named evidence could not be read is unknown",
    [],
    { ...KEY, incomplete: true },
    ["unknown signature-missing", "unknown evidence-missing"],
  ],
  [
    "an unknown signer is unknown while nobody was named",
    [signature("untrusted-signer")],
    NOTHING,
    ["unknown signature-untrusted"],
  ],
  [
    "an unknown signer is refused where signers were named",
    [signature("untrusted-signer")],
    KEY,
    ["reject signature-untrusted", "reject threshold-unmet"],
  ],
  [
    "a scheme that cannot be checked is unknown",
    [signature("unsupported")],
    KEY,
    ["unknown signature-unsupported", "unknown threshold-unmet"],
  ],
  ...(["invalid", "revoked", "expired", "weak"] as const).flatMap(
    (state) =>
      [
        [`${state} alone is refused`, [signature(state)], NOTHING, [`reject signature-${state}`]],
        [`${state} beside a good one is a warning`, [GOOD, signature(state)], KEY, [`warn signature-${state}`]],
        [
          `${state} beside a good one is refused with --all`,
          [GOOD, signature(state)],
          { ...KEY, all: true },
          [`reject signature-${state}`],
        ],
        [`${state} beside a pin alone is refused`, [PIN, signature(state)], NOTHING, [`reject signature-${state}`]],
        [
          `${state} beside too few good ones is refused`,
          [GOOD, signature(state)],
          { ...NOTHING, each: [demand(2)] },
          [`reject signature-${state}`, "reject threshold-unmet"],
        ],
      ] as const,
  ),
  ["malformed is refused beside a good one too", [GOOD, signature("malformed")], KEY, ["reject signature-malformed"]],
  [
    "an unknown signer beside a good one is refused with --all",
    [GOOD, signature("untrusted-signer")],
    { ...KEY, all: true },
    ["reject signature-untrusted"],
  ],
  [
    "two signatures of one person are one person",
    [GOOD, GOOD],
    { ...NOTHING, each: [demand(2)] },
    ["reject threshold-unmet"],
  ],
  ["two people are two", [GOOD, signature("verified", "bob")], { ...NOTHING, each: [demand(2)] }, []],
  [
    "a signed list counts its signer",
    [GOOD, listed("verified", undefined, { person: "bob", signed: true })],
    { ...NOTHING, each: [demand(2)] },
    [],
  ],
  [
    "a good signature by somebody else does not meet a rule",
    [GOOD],
    { ...NOTHING, each: [demand(1, ["bob"])] },
    ["reject threshold-unmet"],
  ],
  [
    "every demand has to be met",
    [GOOD],
    { ...NOTHING, each: [demand(1, ["acme"]), demand(1, ["bob"])] },
    ["reject threshold-unmet"],
  ],
  [
    "a signed list of weak digests, and an unsigned list that a flag trusts, are no signer",
    [listed("weak", "checksum-weak", { signed: true }), listed("verified")],
    KEY,
    ["warn checksum-weak", "reject threshold-unmet"],
  ],
  [
    "a policy's signer does not meet what a key of a flag asks for",
    [GOOD],
    { ...NOTHING, namesSigners: true, each: [{ ...demand(1), flaggedOnly: true }] },
    ["reject threshold-unmet"],
  ],
  [
    "a key of a flag does",
    [{ ...GOOD, flagged: true }],
    { ...NOTHING, namesSigners: true, each: [{ ...demand(1), flaggedOnly: true }] },
    [],
  ],
  [
    "a demanded signature by named signers is not met by another",
    [GOOD],
    { ...NOTHING, each: [demand(0, ["bob"], ["signature"])] },
    ["reject signature-missing"],
  ],
  [
    "a demanded signature is not replaced by a list",
    [listed("verified", undefined, { person: "acme", signed: true })],
    { ...NOTHING, each: [demand(0, [], ["signature"])] },
    ["reject signature-missing"],
  ],
  [
    "a demanded list is not replaced by a signature",
    [GOOD],
    { ...NOTHING, each: [demand(0, [], ["checksum"])] },
    ["reject evidence-missing"],
  ],
  [
    "another digest is refused beside a good signature",
    [GOOD, listed("mismatch", "digest-mismatch")],
    KEY,
    ["reject digest-mismatch"],
  ],
  [
    "an ambiguous list is refused beside a good signature",
    [GOOD, listed("ambiguous", "checksum-ambiguous")],
    KEY,
    ["reject checksum-ambiguous"],
  ],
  [
    "a malformed list is refused beside a good signature",
    [GOOD, listed("malformed", "checksum-malformed")],
    KEY,
    ["reject checksum-malformed"],
  ],
  [
    "a found list without the file is unknown",
    [listed("not-listed", "checksum-not-listed")],
    NOTHING,
    ["unknown checksum-not-listed"],
  ],
  [
    "a found list without the file is a note beside a good signature",
    [GOOD, listed("not-listed", "checksum-not-listed")],
    KEY,
    ["note checksum-not-listed"],
  ],
  [
    "a named list without the file is refused",
    [GOOD, listed("not-listed", "checksum-not-listed", { named: true })],
    KEY,
    ["reject checksum-not-listed"],
  ],
  ["integrity alone is unknown", [listed("integrity-only", "integrity-only")], NOTHING, ["unknown integrity-only"]],
  [
    "integrity alone is a note beside a good signature",
    [GOOD, listed("integrity-only", "integrity-only")],
    KEY,
    ["note integrity-only"],
  ],
  [
    "integrity alone does not meet a demanded signature",
    [listed("integrity-only", "integrity-only")],
    KEY,
    ["unknown integrity-only", "reject signature-missing"],
  ],
  ["a weak digest is refused", [listed("weak", "checksum-weak")], NOTHING, ["reject checksum-weak"]],
  [
    "a weak digest is a warning beside a good signature",
    [GOOD, listed("weak", "checksum-weak")],
    KEY,
    ["warn checksum-weak"],
  ],
  [
    "a pin does not meet a demanded signature, whatever signed list lies beside it",
    [PIN, listed("not-listed", "checksum-not-listed", { signed: true })],
    KEY,
    ["note checksum-not-listed", "reject threshold-unmet"],
  ],
];

for (const [name, claims, demands, expected] of ROWS) {
  test(`levels: ${name}`, () => {
    const findings = findingsAbout("file", claims, demands).map(({ level, rule }) => `${level} ${rule}`);
    assert.deepEqual(findings, expected);
  });
}
