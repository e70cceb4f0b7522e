// Sigstore bundles that are wrong in what logs say, and right in all else. Each row is a check that nothing else makes.

import { test } from "node:test";
import assert from "node:assert/strict";
import { sign } from "node:crypto";
import type { Trust } from "../src/verify/scheme.ts";
import { curveKey, sha256, SIGNED_AT, trustedRoot } from "./support/sigstore-instance.ts";
import { forgeBundle, forgeLeaf, generalName, signNote } from "./support/sigstore-forge.ts";
import type { BundleJson } from "./support/sigstore-forge.ts";
import { ARTIFACT, judge, trustIn } from "./support/sigstore-judging.ts";
import {
  at,
  entryOf,
  flip,
  instance,
  promiseOf,
  proofOf,
  rekor2,
  runRows,
  statement,
  stranger,
  withRoot,
} from "./support/sigstore-rows.ts";
import type { Rows } from "./support/sigstore-rows.ts";

const keys = curveKey();

/** A checkpoint over the same tree that somebody else has signed. */
function resign(bundle: BundleJson, change: (lines: readonly string[]) => readonly string[]): void {
  const { checkpoint } = proofOf(bundle);
  const [note = "", signatures = ""] = checkpoint.envelope.split("\n\n");
  checkpoint.envelope = `${note}\n\n${change(signatures.trimEnd().split("\n")).join("\n")}\n`;
}

const LOGS: Rows = {
  "a bundle that is in no log": {
    spoil: (b) => (b.verificationMaterial.tlogEntries = []),
    state: "unsupported",
    reason: /no transparency log/,
  },
  "a log that nobody knows": {
    trust: withRoot((root) => root.tlogs.splice(0, 1)),
    state: "untrusted-signer",
    reason: /in the log .* not among the trusted/,
  },
  "an entry of a kind that is not known": {
    spoil: (b) => (entryOf(b).kindVersion = { kind: "rekord", version: "0.0.1" }),
    state: "unsupported",
    reason: /kind rekord 0\.0\.1/,
  },
  "an entry whose kind is not that of its body": {
    spoil: (b) => (entryOf(b).kindVersion = { kind: "hashedrekord", version: "0.0.2" }),
    state: "malformed",
    reason: /does not say with which key/,
  },
  "an entry about another certificate of the same key": {
    options: {
      leaf: { keys },
      logged: { key: forgeLeaf(instance, { keys, names: [generalName(6, "https://x.example/")] }) },
    },
    state: "invalid",
    reason: /about another key/,
  },
  "an entry about another signature": {
    options: { logged: { signature: sign("sha256", ARTIFACT, keys.privateKey) } },
    state: "invalid",
    reason: /signature mismatch/,
  },
  "an entry about other bytes": {
    options: { logged: { digest: sha256("other") } },
    state: "invalid",
    reason: /digest mismatch/,
  },
  "a statement whose entry is about another payload": {
    options: { ...statement({}), logged: { digest: sha256("other") } },
    state: "invalid",
    reason: /payload hash mismatch/,
  },
  "a promise by somebody else": {
    spoil: (b) => (promiseOf(b).signedEntryTimestamp = flip(promiseOf(b).signedEntryTimestamp)),
    state: "invalid",
    reason: /promise to include it/,
  },
  "a time that the promise does not cover": {
    spoil: (b) => (entryOf(b).integratedTime = String(at(1).getTime() / 1000)),
    state: "invalid",
    reason: /promise to include it/,
  },
  "a time that nobody has signed": {
    spoil: (b) => delete entryOf(b).inclusionPromise,
    state: "invalid",
    reason: /nobody that is trusted says when/,
  },
  "a version that needs a proof, without one": {
    spoil: (b) => delete entryOf(b).inclusionProof,
    state: "malformed",
    reason: /no bundle/,
  },
  "a version 0.1 without a promise": {
    options: { version: "0.1", timestamps: [SIGNED_AT] },
    spoil: (b) => delete entryOf(b).inclusionPromise,
    state: "malformed",
    reason: /no bundle/,
  },
  "a proof of another tree": {
    spoil: (b) => (proofOf(b).hashes[0] = flip(proofOf(b).hashes[0] ?? "")),
    state: "invalid",
    reason: /proof that it is in the log/,
  },
  "a proof of another place": {
    spoil: (b) => (proofOf(b).logIndex = "0"),
    state: "invalid",
    reason: /proof that it is in the log/,
  },
  "a checkpoint that somebody else signed": {
    options: rekor2,
    spoil: (b) => {
      const [note = ""] = proofOf(b).checkpoint.envelope.split("\n\n");
      const signature = Buffer.concat([instance.rekor2.id.subarray(0, 4), signNote(stranger.rekor2, `${note}\n`)]);
      resign(b, () => [`\u{2014} ${instance.rekor2.origin} ${signature.toString("base64")}`]);
    },
    state: "invalid",
    reason: /invalid checkpoint signature/,
  },
  "a checkpoint with nothing but patterns for names": {
    spoil: (b) => resign(b, ([own = ""]) => [own.replace("rekor.example", "(.|.)*(.|.)*(.|.)*(.|.)*(.|.)*!")]),
    state: "invalid",
    reason: /no signatures found in checkpoint/,
  },
  "a checkpoint with a line that is no signature": {
    spoil: (b) => resign(b, (lines) => [...lines, "and more"]),
    state: "malformed",
    reason: /checkpoint cannot be read/,
  },
  "a checkpoint without its last line feed": {
    spoil: (b) => (proofOf(b).checkpoint.envelope = proofOf(b).checkpoint.envelope.trimEnd()),
    state: "malformed",
    reason: /no signed note/,
  },
  "a log whose key was no longer in use": {
    trust: withRoot(({ tlogs }) => Object.assign(tlogs[0]?.publicKey.validFor ?? {}, { end: at(-1).toISOString() })),
    state: "invalid",
    reason: /promise to include it/,
  },
  "a log of the second kind whose key was no longer in use": {
    options: rekor2,
    trust: withRoot(({ tlogs }) => Object.assign(tlogs[1]?.publicKey.validFor ?? {}, { end: at(-1).toISOString() })),
    state: "invalid",
    reason: /invalid checkpoint signature/,
  },
  "two entries of kinds that record different things": {
    options: { ...statement({}), kind: "hashedrekord 0.0.2" },
    spoil: (b) => {
      const other = forgeBundle(instance, { artifact: ARTIFACT, ...statement({}) });
      b.verificationMaterial.tlogEntries.push(entryOf(other));
    },
    state: "unsupported",
    reason: /different kinds/,
  },
};

test("whatever is wrong in a log is found", (t) => runRows(t, LOGS));

test("a bundle by keys that are newer than those at hand is nobody's fault", async () => {
  const root = trustedRoot(stranger);
  const roots = (date: Date): Partial<Trust> => {
    const form = { form: "boltseal-trust-roots-1", date: date.toISOString(), dateOf: "x", trustedRoot: root };
    return {
      trustedRoot: { source: "roots", bytes: Buffer.from(JSON.stringify({ ...form, registryKeys: { keys: [] } })) },
    };
  };
  const bundle = forgeBundle(instance, { artifact: ARTIFACT });
  const older = await judge(bundle, trustIn(instance, roots(at(-1))));
  assert.deepEqual([older.state, older.hint], ["unsupported", "fetch newer ones: --refresh-trust"]);
  const newer = await judge(bundle, trustIn(instance, roots(at(1))));
  assert.equal(newer.state, "untrusted-signer");
  const none = await judge(bundle, trustIn(instance, { trustedRoot: undefined }));
  assert.equal(none.state, "unsupported");
});
