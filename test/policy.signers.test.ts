// The signers of a policy: which pins and key files are read, and which refused and in which words.

import { V4, V6, withPin, withSigner, testDocuments } from "./support/policy-documents.ts";

testDocuments([
  { name: "a version 4 fingerprint", document: withPin(V4) },
  { name: "a version 6 fingerprint", document: withPin(V6) },
  {
    name: "a fingerprint in groups and capitals",
    document: withPin("0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567 "),
  },
  { name: "a short key id", document: withPin("89ABCDEF"), refused: /openpgp\[0\]: "89ABCDEF" is a short key id/ },
  { name: "a long key id", document: withPin("0x0123456789ABCDEF"), refused: /is a short key id/ },
  { name: "a fingerprint with one digit too few", document: withPin(V4.slice(1)), refused: /is a short key id/ },
  { name: "a fingerprint with one digit too many", document: withPin(`${V4}0`), refused: /not a fingerprint/ },
  {
    name: "a fingerprint with a letter that is no digit",
    document: withPin(V4.replace("a", "g")),
    refused: /not a fingerprint/,
  },
  {
    name: "a fingerprint with colons",
    document: withPin(V4.replaceAll(/(..)(?=.)/g, "$1:")),
    refused: /not a fingerprint/,
  },
  { name: "a fingerprint as a number", document: withPin(12345678), refused: /must be an object/ },
  {
    name: "a signer without pins",
    document: { version: 1, signers: { acme: {} } },
    refused: /signers\.acme: pins no key/,
  },
  { name: "a signer with an empty list of pins", document: withPin(), refused: /openpgp: is an empty list/ },
  {
    name: "a signer with keys of an unknown scheme",
    document: withSigner("acme", { pgp: ["x"] }),
    refused: /pgp: unknown key/,
  },
  {
    name: "a pin with all its members",
    document: withPin({
      fingerprint: V4,
      notBefore: "2025-01-01T00:00:00Z",
      notAfter: "2026-01-01T12:30:00.5+02:00",
      revoked: "lost laptop",
      allowWeak: { reason: "old release", expires: "2028-02-29" },
    }),
  },
  { name: "a pin without a fingerprint", document: withPin({ revoked: "why" }), refused: /"fingerprint" is missing/ },
  {
    name: "a pin with an unknown member",
    document: withPin({ fingerprint: V4, notafter: "2026-01-01" }),
    refused: /notafter: unknown key/,
  },
  {
    name: "a pin revoked without a reason",
    document: withPin({ fingerprint: V4, revoked: " " }),
    refused: /revoked: must not be empty/,
  },
  {
    name: "a pin revoked by a boolean",
    document: withPin({ fingerprint: V4, revoked: false }),
    refused: /revoked: must be a string/,
  },
  {
    name: "weak cryptography allowed without an end",
    document: withPin({ fingerprint: V4, allowWeak: { reason: "x" } }),
    refused: /"expires" is missing/,
  },
  {
    name: "a date that does not exist",
    document: withPin({ fingerprint: V4, notAfter: "2026-02-30" }),
    refused: /not a time/,
  },
  {
    name: "a time without a zone",
    document: withPin({ fingerprint: V4, notAfter: "2026-02-03T00:00:00" }),
    refused: /not a time/,
  },
  {
    name: "a time in another notation",
    document: withPin({ fingerprint: V4, notAfter: "1 Feb 2026" }),
    refused: /not a time/,
  },
  {
    name: "a time at the twenty-fifth hour",
    document: withPin({ fingerprint: V4, notAfter: "2026-02-03T25:00:00Z" }),
    refused: /not a time/,
  },
  {
    name: "a pin that ends before it begins",
    document: withPin({ fingerprint: V4, notBefore: "2026-02-01", notAfter: "2026-01-01" }),
    refused: /notAfter is earlier than notBefore/,
    readerOnly: true,
  },
  { name: "a fingerprint twice", document: withPin(V4, V4), refused: /openpgp\[1\]: "0123.*" appears twice/ },
  {
    name: "a fingerprint twice in two notations",
    document: withPin(V4, V4.toUpperCase()),
    refused: /appears twice/,
    readerOnly: true,
  },
  {
    name: "one key under two names",
    document: { version: 1, signers: { acme: { openpgp: [V4] }, also: { openpgp: [{ fingerprint: V4 }] } } },
    refused: /signers\.also\.openpgp\[0\]: "0123.*" appears twice/,
    readerOnly: true,
  },
  { name: "key files", document: withSigner("acme", { keys: ["keys/acme.asc", "../acme.asc"] }) },
  {
    name: "a key file twice",
    document: withSigner("acme", { keys: ["a", "a"] }),
    refused: /keys\[1\]: "a" appears twice/,
  },
  { name: "a key file with a NUL", document: withSigner("acme", { keys: ["a\0b"] }), refused: /NUL/ },
  {
    name: "a key file without a name",
    document: withSigner("acme", { keys: [""] }),
    refused: /keys\[0\]: must not be empty/,
  },
  { name: "a signer called like a person", document: withSigner("jane.doe@acme.example", {}) },
  { name: "a signer called like a method of all objects", document: withSigner("constructor", {}) },
  {
    name: "a signer with an empty name",
    document: withSigner("", {}),
    refused: /signers\[""\]: cannot be a signer's name/,
  },
  {
    name: "a signer with a hyphen that only looks like one",
    document: withSigner("acme\u2010release", {}),
    refused: /cannot be a signer's name/,
  },
]);
