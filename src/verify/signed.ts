// Who signed some bytes: the one entry for everything that must check a signature, in `verify` and
// elsewhere (a signed list, a policy, a registry entry, a manifest).

import { UserError } from "../core/errors.ts";
import { judgeOver } from "./evidence.ts";
import { looksLike } from "./looks.ts";
import { schemeOf, schemeOfKey } from "./schemes.ts";
import type { EvidenceFile, Judgement, OpenedFile, Remark, Scheme, Trust, Verifier } from "./scheme.ts";

/** Trust in nobody, as of a time: the start of every other. */
export function trustNobody(at: Date, now: Date): Trust {
  return {
    ...{ at, now, keys: [], fingerprints: [], identities: [], authorities: [], trustedRoot: undefined },
    ...{ registryKeys: "known", namespace: "file", policyKeys: [], foundKeys: [], signers: [] },
  };
}

/** A scheme whose verifier can do more than open files. */
export interface SchemeOf<V extends Verifier> extends Scheme {
  verifier(trust: Trust): Promise<V>;
}

/** Opens signature files of any scheme; the keys of a scheme are read once, when it is first met. */
export interface SignatureReader {
  /** Undefined when no scheme recognises the content. @throws UserError `key-malformed` */
  open(file: EvidenceFile): Promise<{ readonly scheme: string; readonly opened: OpenedFile } | undefined>;
  /** What a scheme has made of the keys, for signatures that are no files of their own. */
  verifierFor<V extends Verifier>(scheme: SchemeOf<V>): Promise<V>;
  /** Remarks about keys so far. */
  remarks(): readonly Remark[];
}

/** @throws UserError `key-malformed` for a key file that the user named and no scheme can read */
export function createSignatureReader(trust: Trust): SignatureReader {
  for (const { source, bytes } of trust.keys) {
    if (schemeOfKey(bytes) !== undefined) continue;
    const hint = looksLike(bytes);
    throw new UserError(
      "key-malformed",
      `${source}: holds no public key of a known kind`,
      hint === undefined ? {} : { hint },
    );
  }
  const unusable = [...trust.policyKeys, ...trust.foundKeys].filter(({ bytes }) => schemeOfKey(bytes) === undefined);
  const verifiers = new Map<Scheme, Promise<Verifier>>();
  const ready = new Set<Verifier>();
  const verifierFor = async <V extends Verifier>(scheme: SchemeOf<V>): Promise<V> => {
    // Several artifacts are read side by side: the keys are still read once.
    const known = verifiers.get(scheme) as Promise<V> | undefined;
    const pending = known ?? scheme.verifier(trustFor(scheme, trust));
    verifiers.set(scheme, pending);
    const verifier = await pending;
    ready.add(verifier);
    return verifier;
  };
  return {
    verifierFor,
    async open(file) {
      const scheme = schemeOf(file.bytes);
      if (scheme === undefined) return undefined;
      return { scheme: scheme.name, opened: await (await verifierFor(scheme)).open(file) };
    },
    remarks: () => [
      ...unusable.map(({ source }) => ({
        rule: "key-unusable" as const,
        message: "holds no public key of a known kind",
        file: source,
      })),
      ...[...ready].flatMap((verifier) => verifier.remarks),
    ],
  };
}

/** What a scheme is told: of the keys those of its own kind. */
function trustFor(scheme: Scheme, trust: Trust): Trust {
  const own = (files: readonly EvidenceFile[]): readonly EvidenceFile[] =>
    files.filter(({ bytes }) => scheme.recognisesKey(bytes));
  return { ...trust, keys: own(trust.keys), policyKeys: own(trust.policyKeys), foundKeys: own(trust.foundKeys) };
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
      judgements.push(await judgeOver(signature, bytes));
    }
  }
  return judgements;
}
