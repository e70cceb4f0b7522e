// Sigstore bundles over something else than the file that they are given for. Each row is a check that nothing else
// makes.

import { test } from "node:test";
import { sign } from "node:crypto";
import { curveKey, edwardsKey, sha256 } from "./support/sigstore-instance.ts";
import { ARTIFACT } from "./support/sigstore-judging.ts";
import { runRows, specOf, statement, the } from "./support/sigstore-rows.ts";
import type { Rows } from "./support/sigstore-rows.ts";

const keys = curveKey();

const CONTENTS: Rows = {
  "other bytes": { artifact: Buffer.from("evil"), state: "invalid", reason: /for other bytes, whose sha256/ },
  "other bytes, whose digest was written into the bundle": {
    artifact: Buffer.from("evil"),
    spoil: (b) => (the(b.messageSignature).messageDigest.digest = sha256("evil").toString("base64")),
    state: "invalid",
    reason: /digest mismatch/,
  },
  "a signature by another key, which the log took": {
    options: { logged: { signature: sign("sha256", ARTIFACT, keys.privateKey) } },
    spoil: (b) => {
      the(b.messageSignature).signature = specOf(b).signature.content;
    },
    state: "invalid",
    reason: /not valid for these bytes/,
  },
  "a signature by another key, over a statement": {
    options: { ...statement({}), logged: { signature: sign("sha256", ARTIFACT, keys.privateKey) } },
    spoil: (b) => {
      the(the(b.dsseEnvelope).signatures[0]).sig = specOf(b).signatures[0].signature;
    },
    state: "invalid",
    reason: /not valid for these bytes/,
  },
  "an Ed25519 signature over other bytes with the right digest": {
    options: {
      leaf: { keys: edwardsKey() },
      hash: null,
      artifact: Buffer.from("evil"),
      logged: { digest: sha256(ARTIFACT) },
    },
    spoil: (b) => (the(b.messageSignature).messageDigest.digest = sha256(ARTIFACT).toString("base64")),
    state: "unsupported",
    reason: /no plain Ed25519 signature/,
  },
  "a hash that is not known": {
    spoil: (b) => (the(b.messageSignature).messageDigest.algorithm = "SHA3_256"),
    state: "unsupported",
    reason: /hash 4, which is not known/,
  },
  "a payload that is no statement": {
    options: { statement: { subject: "x" }, payloadType: "application/json" },
    state: "unsupported",
    reason: /document of the type application\/json/,
  },
  "a statement of a type that is not known": {
    options: statement({ _type: "https://x.example/v9" }),
    state: "unsupported",
    reason: /v9, which is not known/,
  },
  "a statement with a key twice": {
    options: {
      statement: Buffer.from('{"_type":"https://in-toto.io/Statement/v1","_type":"https://in-toto.io/Statement/v1"}'),
    },
    state: "malformed",
    reason: /appears twice/,
  },
  "a statement about nothing": { options: statement({ subject: [] }), state: "malformed", reason: /speaks of no file/ },
  "a statement about another file": {
    options: statement({ subject: [{ name: "other.sh", digest: { sha256: sha256("x").toString("hex") } }] }),
    state: "invalid",
    reason: /does not speak of these bytes, but of other\.sh/,
  },
  "a statement about a file of the same name": {
    options: statement({ subject: [{ name: "dist/install.sh", digest: { sha256: sha256("x").toString("hex") } }] }),
    state: "invalid",
    reason: /dist\/install\.sh with another digest/,
  },
  "a subject with a right and a wrong digest": {
    options: statement({
      subject: [{ digest: { sha256: sha256(ARTIFACT).toString("hex"), sha512: "0".repeat(128) } }],
    }),
    state: "invalid",
    reason: /one digest is that of these bytes and another is not/,
  },
  "a subject with a digest that is none": {
    options: statement({ subject: [{ name: "install.sh", digest: { sha256: "00" } }] }),
    state: "malformed",
    reason: /a sha256 that is none/,
  },
  "subjects with weak digests alone": {
    options: statement({ subject: [{ name: "install.sh", digest: { sha1: "0".repeat(40) } }] }),
    state: "unsupported",
    reason: /digests that prove nothing/,
  },
  "a statement that does not answer for the file": {
    options: statement({ predicateType: "https://in-toto.io/attestation/test-result/v0.1" }),
    state: "unsupported",
    reason: /does not say that the signer answers/,
  },
};

test("whatever the signature is over is told", (t) => runRows(t, CONTENTS));
