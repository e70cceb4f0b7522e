// Who signed some bytes: the one entry for everything that must check a signature, in `verify` and
// elsewhere (a signed list, a policy, a registry entry, a manifest).

import { hashBytes } from "../core/hash-set.ts";
import { schemeOf } from "./schemes.ts";
import type { EvidenceFile, Judgement, OpenedFile, Remark, Scheme, Trust, Verifier } from "./scheme.ts";

/** Opens signature files of any scheme; the keys of a scheme are read once, when it is first met. */
export interface SignatureReader {
  /** Undefined when no scheme recognises the content. @throws UserError `key-malformed` */
  open(file: EvidenceFile): Promise<{ readonly scheme: string; readonly opened: OpenedFile } | undefined>;
  /** Remarks about keys so far. */
  remarks(): readonly Remark[];
}

export function createSignatureReader(trust: Trust): SignatureReader {
  const verifiers = new Map<Scheme, Verifier>();
  return {
    async open(file) {
      const scheme = schemeOf(file.bytes);
      if (scheme === undefined) return undefined;
      const verifier = verifiers.get(scheme) ?? (await scheme.verifier(trust));
      verifiers.set(scheme, verifier);
      return { scheme: scheme.name, opened: await verifier.open(file) };
    },
    remarks: () => [...verifiers.values()].flatMap((verifier) => verifier.remarks),
  };
}

/**
 * Judges every signature of the given files over `bytes`. A file that no scheme recognises is malformed.
 * An empty answer means that there was no signature: the caller must not take it for a good one.
 * @throws UserError `key-malformed` for a key file that was named and holds no public key
 */
export async function signersOf(
  bytes: Uint8Array,
  signatures: readonly EvidenceFile[],
  trust: Trust,
): Promise<readonly Judgement[]> {
  const reader = createSignatureReader(trust);
  const judgements: Judgement[] = [];
  for (const file of signatures) {
    const found = await reader.open(file);
    if (found === undefined)
      judgements.push({ state: "malformed", reason: "it is not a signature of any known scheme" });
    for (const signature of found?.opened.signatures ?? []) {
      const [hash] = signature.needs === undefined ? [] : hashBytes(bytes, [signature.needs]);
      judgements.push(await signature.judge(hash));
    }
  }
  return judgements;
}
