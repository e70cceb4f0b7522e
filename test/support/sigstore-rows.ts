// Tables of bundles that are wrong in one thing, and the one way to run them.

import type { TestContext } from "node:test";
import assert from "node:assert/strict";
import type { State } from "../../src/core/report.ts";
import type { Trust } from "../../src/verify/scheme.ts";
import { forgeBundle, forgeStatement } from "./sigstore-forge.ts";
import type { BundleJson, EntryJson, ForgeOptions, LeafOptions, ProofJson } from "./sigstore-forge.ts";
import { createInstance, SIGNED_AT, trustedRoot } from "./sigstore-instance.ts";
import type { TrustedRootJson } from "./sigstore-instance.ts";
import { ARTIFACT, judge, trustIn } from "./sigstore-judging.ts";

export interface Row {
  readonly options?: Partial<ForgeOptions>;
  readonly spoil?: (bundle: BundleJson) => void;
  readonly trust?: Partial<Trust>;
  readonly artifact?: Uint8Array;
  readonly state: State;
  readonly reason: RegExp;
}

/** Rows by a sentence that says what is wrong. */
export type Rows = Readonly<Record<string, Row>>;

export const instance = createInstance();
/** Another Sigstore with the same names. */
export const stranger = createInstance();

export const at = (minutes: number): Date => new Date(SIGNED_AT.getTime() + minutes * 60_000);
/** A member that is there. */
export function the<T>(value: T | undefined): T {
  assert.ok(value !== undefined, "a bundle lacks what a test wants to spoil");
  return value;
}
export const entryOf = (bundle: BundleJson): EntryJson => the(bundle.verificationMaterial.tlogEntries[0]);
export const promiseOf = (bundle: BundleJson): { signedEntryTimestamp: string } =>
  the(entryOf(bundle).inclusionPromise);
export const proofOf = (bundle: BundleJson): ProofJson => the(entryOf(bundle).inclusionProof);
/** What the log has written down, as far as tests look into it. */
export const specOf = (bundle: BundleJson): EntrySpec => {
  const body = Buffer.from(entryOf(bundle).canonicalizedBody, "base64").toString();
  return (JSON.parse(body) as { spec: EntrySpec }).spec;
};
interface EntrySpec {
  readonly signature: { readonly content: string };
  readonly signatures: readonly [{ readonly signature: string }];
}
export const flip = (base64: string): string => {
  const bytes = Buffer.from(base64, "base64");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString("base64");
};
export const leaf = (options: LeafOptions): Partial<ForgeOptions> => ({ leaf: options });
export const statement = (more: object): Partial<ForgeOptions> => ({ statement: forgeStatement(ARTIFACT, more) });
export const rekor2: Partial<ForgeOptions> = { kind: "hashedrekord 0.0.2" };

/** The instance's own keys, changed. */
export function withRoot(change: (root: TrustedRootJson) => void): Partial<Trust> {
  const root = trustedRoot(instance);
  change(root);
  return { trustedRoot: { source: "trusted_root.json", bytes: Buffer.from(JSON.stringify(root)) } };
}

/** One subtest a row. */
export async function runRows(t: TestContext, rows: Rows): Promise<void> {
  for (const [sentence, { options, spoil, trust, artifact, state, reason }] of Object.entries(rows)) {
    await t.test(sentence, async () => {
      const bundle = forgeBundle(instance, { artifact: ARTIFACT, ...options });
      spoil?.(bundle);
      const judgement = await judge(bundle, trustIn(instance, trust), artifact);
      assert.equal(judgement.state, state, judgement.reason);
      assert.match(judgement.reason, reason);
    });
  }
}
