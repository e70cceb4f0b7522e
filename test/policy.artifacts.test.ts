// The artifact rules of a policy: which are read, and which refused and in which words.

import { SHA256, withRule, testDocuments } from "./support/policy-documents.ts";

testDocuments([
  {
    name: "a rule with all its members",
    document: withRule({
      signers: ["a", "b"],
      threshold: 2,
      evidence: ["signature", "checksum"],
      digests: [`sha256:${SHA256}`],
    }),
  },
  { name: "a threshold without signers", document: withRule({ threshold: 5 }) },
  { name: "a rule for a signer that another policy may define", document: withRule({ signers: ["elsewhere"] }) },
  { name: "a rule for every file", document: withRule({ threshold: 1 }, "*") },
  {
    name: "a rule that demands nothing",
    document: withRule({}),
    refused: /artifacts\["acme-\*\.tgz"\]: demands nothing/,
  },
  {
    name: "a rule for a path",
    document: withRule({ threshold: 1 }, "dist/*"),
    refused: /must be a pattern over file names/,
  },
  {
    name: "a rule for no name",
    document: withRule({ threshold: 1 }, ""),
    refused: /must be a pattern over file names/,
  },
  {
    name: "a threshold of none",
    document: withRule({ threshold: 0 }),
    refused: /threshold: must be a whole number of at least 1/,
  },
  {
    name: "a threshold of none beside signers",
    document: withRule({ signers: ["a"], threshold: 0 }),
    refused: /at least 1/,
  },
  { name: "half a threshold", document: withRule({ threshold: 1.5 }), refused: /must be a whole number/ },
  { name: "a threshold as text", document: withRule({ threshold: "1" }), refused: /must be a whole number/ },
  {
    name: "a threshold that is no exact number",
    document: withRule({ threshold: 2 ** 53 }),
    refused: /must be a whole number/,
  },
  {
    name: "more signatures than signers",
    document: withRule({ signers: ["a"], threshold: 2 }),
    refused: /threshold: 2 of 1 can never be met/,
    readerOnly: true,
  },
  {
    name: "a signer twice in one rule",
    document: withRule({ signers: ["a", "a"], threshold: 2 }),
    refused: /signers\[1\]: "a" appears twice/,
  },
  { name: "no signers, in a list", document: withRule({ signers: [] }), refused: /signers: is an empty list/ },
  {
    name: "unknown evidence",
    document: withRule({ evidence: ["signatures"] }),
    refused: /evidence\[0\]: "signatures" is not known/,
  },
  { name: "no evidence, in a list", document: withRule({ evidence: [] }), refused: /evidence: is an empty list/ },
  { name: "a digest as SRI", document: withRule({ digests: ["sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="] }) },
  { name: "no digests, in a list", document: withRule({ digests: [] }), refused: /digests: is an empty list/ },
  {
    name: "two digests in one text",
    document: withRule({ digests: [`sha256:${SHA256} sha256:${SHA256}`] }),
    refused: /one digest without white space/,
  },
  {
    name: "text that is no digest",
    document: withRule({ digests: ["latest"] }),
    refused: /digests\[0\]: not a digest/,
    readerOnly: true,
  },
  {
    name: "a digest that is broken",
    document: withRule({ digests: ["md5:d41d8cd98f00b204e9800998ecf8427e"] }),
    refused: /md5 pins nothing/,
    readerOnly: true,
  },
  {
    name: "a digest that is broken, known by its length",
    document: withRule({ digests: ["da39a3ee5e6b4b0d3255bfef95601890afd80709"] }),
    refused: /sha1 pins nothing/,
    readerOnly: true,
  },
]);
