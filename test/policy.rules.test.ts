// Raised rules, waivers and policy signers: which are read, and which refused and in which words.

import { withWaiver, testDocuments } from "./support/policy-documents.ts";

testDocuments([
  { name: "a raised rule", document: { version: 1, rules: { "signature-surrounded": "reject", "clock-set": "warn" } } },
  { name: "a rule at its own level", document: { version: 1, rules: { "signature-missing": "unknown" } } },
  {
    name: "a lowered rule",
    document: { version: 1, rules: { "digest-mismatch": "warn" } },
    refused: /rules\.digest-mismatch: warn is lower than reject/,
  },
  {
    name: "a rule switched off",
    document: { version: 1, rules: { "signature-missing": "off" } },
    refused: /"off" is not known/,
  },
  {
    name: "a rule that does not exist",
    document: { version: 1, rules: { "signature-suround": "reject" } },
    refused: /"signature-suround" is not a rule/,
  },
  {
    name: "a rule called like a method of all objects",
    document: { version: 1, rules: { toString: "reject" } },
    refused: /is not a rule/,
  },

  { name: "a waiver", document: withWaiver({}) },
  { name: "a waiver that has expired", document: withWaiver({ expires: "2020-01-01" }) },
  { name: "a waiver for as long as it gets", document: withWaiver({ expires: "2027-06-02" }) },
  {
    name: "a waiver for a second more",
    document: withWaiver({ expires: "2027-06-02T00:00:01Z" }),
    refused: /expires: a waiver lasts at most 366 days/,
    readerOnly: true,
  },
  {
    name: "a waiver of an attack",
    document: withWaiver({ rule: "digest-mismatch" }),
    refused: /waivers\[0\]\.rule: digest-mismatch cannot be waived/,
  },
  {
    name: "a waiver of a rule that does not exist",
    document: withWaiver({ rule: "checksum-week" }),
    refused: /"checksum-week" is not a rule/,
  },
  {
    name: "a waiver for everything",
    document: withWaiver({ subject: "**/*" }),
    refused: /"\*\*\/\*" matches everything/,
  },
  { name: "a waiver for nothing", document: withWaiver({ subject: "" }), refused: /subject: must not be empty/ },
  { name: "a waiver without a reason", document: withWaiver({ reason: " \t" }), refused: /reason: must not be empty/ },
  {
    name: "a waiver without an end",
    document: withWaiver({ expires: undefined }),
    refused: /waivers\[0\]: "expires" is missing/,
  },
  { name: "a waiver until a word", document: withWaiver({ expires: "never" }), refused: /not a time/ },
  {
    name: "a waiver with an unknown member",
    document: withWaiver({ until: "2027-01-01" }),
    refused: /until: unknown key/,
  },

  { name: "policy signers", document: { version: 1, policySigners: ["platform-team"] } },
  {
    name: "a policy signer twice",
    document: { version: 1, policySigners: ["a", "a"] },
    refused: /policySigners\[1\]: "a" appears twice/,
  },
  {
    name: "a policy signer that is no name",
    document: { version: 1, policySigners: ["*"] },
    refused: /cannot be a signer's name/,
  },
]);
