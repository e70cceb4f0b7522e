// Sigstore's own keys: the file that comes with the program, a trusted root that the user names, newer ones that were
// fetched through TUF, and how old they are.

import { test } from "node:test";
import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fetchTargets } from "../src/cli/tuf-client.ts";
import type { FetchBytes, TufTargets } from "../src/cli/tuf-client.ts";
import { ageOf, loadTrustRoots, readTrustRoots } from "../src/verify/sigstore-roots.ts";
import { sigstore } from "../src/verify/sigstore.ts";
import type { EvidenceFile } from "../src/verify/scheme.ts";
import { ROOT } from "./support/project.ts";
import { createInstance, curveKey, spki, trustedRoot } from "./support/sigstore-instance.ts";
import { CHECKED_AT, trustIn } from "./support/sigstore-judging.ts";
import { createKey, createRepository, REPOSITORY, rootOf, TARGETS } from "./support/tuf-repository.ts";
import type { RepositoryOptions } from "./support/tuf-repository.ts";

const instance = createInstance();
const asFile = (value: unknown, source = "roots"): EvidenceFile => ({
  source,
  bytes: Buffer.from(JSON.stringify(value)),
});
const registryKey = (more: object = {}): object => {
  const rawBytes = spki(curveKey().publicKey).toString("base64");
  const publicKey = { rawBytes, keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor: { start: "2026-01-01T00:00:00Z" } };
  return { keyId: "SHA256:x", keyUsage: "npm:signatures", publicKey, ...more };
};
const form = (more: object = {}): object => ({
  form: "boltseal-trust-roots-1",
  date: "2026-05-01T00:00:00.000Z",
  dateOf: "they were fetched",
  trustedRoot: trustedRoot(instance),
  registryKeys: { keys: [registryKey()] },
  ...more,
});

test("what comes with the program can be read, with a date and the registry's keys", async () => {
  const bytes = readFileSync(join(ROOT, "dist/trust-roots.json"));
  const roots = readTrustRoots({ source: "own", bytes });
  assert.ok((roots.date?.getTime() ?? 0) > Date.parse("2025-01-01"));
  assert.match(roots.dateOf, /^TUF root \d+ was signed$/);
  assert.deepEqual(
    new Set(roots.registryKeys.map(({ usage }) => usage)),
    new Set(["npm:signatures", "npm:attestations"]),
  );
  for (const { pem, keyId } of roots.registryKeys) {
    assert.equal(createPublicKey(pem).asymmetricKeyType, "ec");
    assert.match(keyId, /^SHA256:/);
  }
  const { remarks } = await sigstore.verifier(trustIn(instance, { trustedRoot: { source: "own", bytes } }));
  assert.deepEqual(
    remarks.filter(({ rule }) => rule !== "trust-root-old"),
    [],
  );
});

test("the newer of two files counts", () => {
  const own = asFile(form(), "own");
  const dated = (date: string): EvidenceFile => asFile(form({ date }), date);
  assert.equal(loadTrustRoots(own, undefined), own);
  const newer = dated("2026-05-01T00:00:00.001Z");
  assert.equal(loadTrustRoots(own, newer), newer);
  assert.equal(loadTrustRoots(own, dated("2026-04-30T00:00:00Z")), own);
  assert.equal(loadTrustRoots(own, dated("2026-05-01T00:00:00Z")), own);
  for (const bad of [asFile(trustedRoot(instance)), asFile({}), asFile("x"), { source: "x", bytes: Buffer.from("{") }])
    assert.throws(() => loadTrustRoots(own, bad), { code: "key-malformed" });
});

test("keys older than 180 days are said to be old, and by how much", async () => {
  const trust = (days: number): ReturnType<typeof trustIn> => {
    const date = new Date(CHECKED_AT.getTime() - days * 86_400_000).toISOString();
    return trustIn(instance, { trustedRoot: asFile(form({ date })), at: new Date("2020-01-01") });
  };
  const remarks = async (days: number): Promise<readonly string[]> =>
    (await sigstore.verifier(trust(days))).remarks.map(({ rule }) => rule);
  assert.deepEqual(await remarks(180), []);
  assert.deepEqual(await remarks(181), ["trust-root-old"]);
  const date = new Date("2026-01-01T00:00:00Z");
  assert.equal(
    ageOf({ date, dateOf: "TUF root 1 was signed" }, new Date("2026-12-01T00:00:00Z")),
    "Sigstore's keys are 334 days old (TUF root 1 was signed on 2026-01-01)",
  );
  assert.equal(ageOf({ date: undefined, dateOf: "" }, date), undefined);
});

/** A root that nothing is wrong with but what `change` does. */
function changed(change: (root: ReturnType<typeof trustedRoot>) => void): object {
  const root = trustedRoot(instance);
  change(root);
  return root;
}

const BAD: readonly (readonly [sentence: string, value: unknown])[] = [
  ["no object", []],
  ["another kind of document", changed((root) => (root.mediaType = "application/json"))],
  ["a log without a start", changed(({ tlogs }) => delete tlogs[0]?.publicKey.validFor)],
  ["a certificate log without a start", changed(({ ctlogs }) => delete ctlogs[0]?.publicKey.validFor?.start)],
  ["an authority without a start", changed(({ certificateAuthorities: [ca] }) => delete ca?.validFor)],
  ["a timestamp authority without a start", changed(({ timestampAuthorities: [tsa] }) => delete tsa?.validFor?.start)],
  [
    "an end that is no time",
    changed(({ tlogs }) => Object.assign(tlogs[0]?.publicKey.validFor ?? {}, { end: "soon" })),
  ],
  [
    "an authority without certificates",
    changed(({ certificateAuthorities: [ca] }) => ca?.certChain.certificates.splice(0)),
  ],
  ["logs that are no list", { ...changed(() => undefined), tlogs: {} }],
  ["a key that is none", changed(({ tlogs: [log] }) => Object.assign(log?.publicKey ?? {}, { rawBytes: "AAAA" }))],
  ["our form without a date", form({ date: undefined })],
  ["our form with a date that is none", form({ date: "soon" })],
  ["our form without a root", form({ trustedRoot: undefined })],
  [
    "a registry key without a start",
    form({ registryKeys: { keys: [registryKey({ publicKey: { rawBytes: "AAAA" } })] } }),
  ],
  ["a registry key for another use", form({ registryKeys: { keys: [registryKey({ keyUsage: "x" })] } })],
];

for (const [sentence, value] of BAD) {
  test(`a trusted root with ${sentence} is an error`, async () => {
    await assert.rejects(sigstore.verifier(trustIn(instance, { trustedRoot: asFile(value) })), {
      code: "key-malformed",
    });
  });
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "boltseal-tuf-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const key = createKey();
const content = { trustedRoot: Buffer.from('{"a":1}'), registryKeys: Buffer.from('{"keys":[]}') };

async function refresh(
  folder: string,
  options: Partial<RepositoryOptions>,
  change?: (files: Map<string, Buffer>) => void,
): Promise<TufTargets> {
  const files = createRepository({ key, ...content, ...options });
  change?.(files);
  const fetchBytes: FetchBytes = async (url, limit) => {
    const bytes = files.get(url);
    assert.ok(limit > 0 && (bytes?.length ?? 0) <= limit);
    return bytes;
  };
  const start = { repository: REPOSITORY, root: rootOf({ key }, 1).toString("base64"), targets: TARGETS };
  return fetchTargets(start, folder, fetchBytes);
}

test("targets are fetched through newer roots and a delegation, and again when nothing has changed", async (t) => {
  const folder = folderFor(t);
  assert.deepEqual(await refresh(folder, { rootVersion: 3 }), content);
  assert.deepEqual(await refresh(folder, { rootVersion: 3 }), content);
  const newer = { trustedRoot: Buffer.from('{"a":2}'), registryKeys: content.registryKeys };
  assert.deepEqual(await refresh(folder, { ...newer, rootVersion: 3, version: 2 }), newer);
});

test("what TUF does not accept is refused", async (t) => {
  const stranger = createKey();
  const target = /trusted_root\.json$/;
  const replaceTarget = (files: Map<string, Buffer>): void => {
    for (const url of files.keys()) if (target.test(url)) files.set(url, Buffer.from('{"a":9}'));
  };
  await assert.rejects(refresh(folderFor(t), { signer: stranger }), /./, "metadata by another key");
  await assert.rejects(refresh(folderFor(t), { expires: "2020-01-01T00:00:00Z" }), /expired/i, "old metadata");
  await assert.rejects(refresh(folderFor(t), {}, replaceTarget), /./, "a target that was replaced");
  await assert.rejects(
    refresh(folderFor(t), {}, (files) => files.set(`${REPOSITORY}/2.root.json`, rootOf({ key: stranger }, 2))),
    /./,
    "a root that the one before has not signed",
  );
  await assert.rejects(
    refresh(folderFor(t), {}, (files) => files.clear()),
    /./,
    "an empty repository",
  );
});

test("an older state than the one seen last is refused, also when the kept root was damaged", async (t) => {
  const folder = folderFor(t);
  await refresh(folder, { version: 5 });
  await assert.rejects(refresh(folder, { version: 4 }), /version/i);
  writeFileSync(join(folder, "root.json"), "damaged");
  assert.deepEqual(await refresh(folder, { version: 6 }), content);
});
