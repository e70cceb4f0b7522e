// Signatures of fixtures and forgeries, judged as the program judges them: in process, at a given time.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readKeys } from "openpgp";
import type { Pin, Signer } from "../../src/core/signer.ts";
import type { EvidenceFile, Judgement, Trust } from "../../src/verify/scheme.ts";
import { createSignatureReader, signersOf, trustNobody } from "../../src/verify/signed.ts";
import { ROOT } from "./project.ts";

/** After everything that the fixtures sign, revoke and expire in 2026. */
export const AT = new Date("2026-10-01T00:00:00Z");

/** A file below fixtures/verify/. */
export function fixture(path: string): EvidenceFile {
  return { source: path, bytes: readFileSync(join(ROOT, "fixtures/verify", path)) };
}

export function file(source: string, bytes: Uint8Array): EvidenceFile {
  return { source, bytes };
}

/** Trust in nobody, as of `AT`, with what the case adds. */
export function trusting(parts: Partial<Trust>): Trust {
  return { ...trustNobody(AT, AT), ...parts };
}

/** A policy's signer with these pins. */
export function signer(name: string, ...pins: readonly Omit<Pin, "scheme">[]): Signer {
  return {
    name,
    pins: pins.map((pin) => ({ scheme: "openpgp", ...pin })),
    keyFiles: [],
    definedIn: "boltseal.json",
  };
}

/** Fingerprints of each key in a binary key file: the primary key's, then its subkeys'. Lower-case hex, by the library. */
export async function fingerprintsOf(keys: EvidenceFile): Promise<readonly (readonly string[])[]> {
  const read = await readKeys({ binaryKeys: new Uint8Array(keys.bytes) });
  return read.map((key) => [key, ...key.subkeys].map((part) => part.getFingerprint()));
}

/** The one judgement of a file with one signature. @throws Error for any other number of signatures */
export async function judgeOne(bytes: Uint8Array, signature: EvidenceFile, trust: Trust): Promise<Judgement> {
  const judgements = await signersOf(bytes, [signature], trust);
  const [only] = judgements;
  if (only === undefined || judgements.length !== 1) throw new Error(`${judgements.length} signatures`);
  return only;
}

/** A cleartext-signed message: the text that it may be used for (latin1), or undefined, and its signatures over that. */
export async function judgeCleartext(
  message: EvidenceFile,
  trust: Trust,
): Promise<{ readonly text: string | undefined; readonly states: readonly string[] }> {
  const found = await createSignatureReader(trust).open(message);
  const text = found?.opened.signedText;
  const judgements = await signersOf(text ?? new Uint8Array(), [message], trust);
  return { text: text && Buffer.from(text).toString("latin1"), states: judgements.map(stateOf) };
}

/** The state, and after a `+` each remark's rule, for tables. */
export function stateOf({ state, remarks = [] }: Judgement): string {
  return [state, ...remarks.map(({ rule }) => rule)].join(" +");
}
