// What evidence files hold: signatures that wait for a hash, and checksum lists. Pure: the bytes were
// read by the job, and nothing here trusts a file's name.

import type { HashRequest, HashResult } from "../core/hash-set.ts";
import { hashBytes } from "../core/hash-set.ts";
import { parseChecksumList } from "./checksums.ts";
import type { ChecksumList } from "./checksums.ts";
import { EVIDENCE_FLAGS } from "./flags.ts";
import { looksLike } from "./looks.ts";
import { schemeOf, schemeOfKey } from "./schemes.ts";
import type { SignatureSource } from "./claim.ts";
import type { JudgedList } from "./lists.ts";
import type { EvidenceFile, Judgement, PendingSignature, Remark, SignedFile } from "./scheme.ts";
import type { SignatureReader } from "./signed.ts";
import { settled } from "./settled.ts";

/** One signature, and where it came from. */
export interface Signature extends SignatureSource {
  readonly pending: PendingSignature;
  /** Remarks about the file, carried by its first signature. */
  readonly remarks: readonly Remark[];
}

/** A checksum list, and the signatures that are known to be meant for it. */
export interface List {
  readonly source: string;
  readonly named: boolean;
  /** It speaks of one artifact alone, so a digest without a name is that artifact's. */
  readonly forOne: boolean;
  /** The bytes that detached signatures cover. */
  readonly bytes: Uint8Array;
  readonly list: ChecksumList;
  /** Over `bytes`: the list's own sidecars; an embedded signature is judged already. */
  readonly signatures: readonly Signature[];
  readonly embedded: readonly (SignatureSource & { readonly judgement: Judgement })[];
}

/** A signature whose judgement does not depend on any bytes. */
function ofNoScheme(source: string, named: boolean, judgement: Judgement): Signature {
  return { scheme: "unknown", source, named, pending: settled(judgement), remarks: [] };
}

function refused(file: EvidenceFile, named: boolean, reason: string, hint: string | undefined): readonly Signature[] {
  return [ofNoScheme(file.source, named, { state: "malformed", reason, ...(hint === undefined ? {} : { hint }) })];
}

/** A file that has the name of a signature and none inside that can be told: it cannot be checked, and is not passed over. */
export function unknownSignature(source: string, reason: string): Signature {
  return ofNoScheme(source, false, { state: "unsupported", reason });
}

/** All signatures of a file; undefined when no scheme knows its content. */
export async function readSignatures(
  reader: SignatureReader,
  file: EvidenceFile,
  named: boolean,
): Promise<readonly Signature[] | undefined> {
  const found = await reader.open(file);
  if (found === undefined) return undefined;
  const { scheme, opened } = found;
  if (opened.signedText !== undefined) {
    return refused(
      file,
      named,
      "it is a signed text, not a detached signature",
      "pass a signed checksum list with --checksums",
    );
  }
  return opened.signatures.map((pending, index) => ({
    scheme,
    source: file.source,
    named,
    pending,
    remarks: index === 0 ? opened.remarks : [],
  }));
}

/** As `readSignatures`, for a file that the user named as a signature: unknown content is malformed. */
export async function readNamedSignatures(
  reader: SignatureReader,
  file: EvidenceFile,
  flag: keyof typeof EVIDENCE_FLAGS = "signature",
): Promise<readonly Signature[]> {
  const schemes: readonly string[] | undefined = EVIDENCE_FLAGS[flag];
  const scheme = schemeOf(file.bytes)?.name ?? "";
  if (schemes !== undefined && !schemes.includes(scheme)) {
    const hint = scheme === "" ? looksLike(file.bytes) : `it holds ${scheme}: --signature takes every kind`;
    return refused(file, true, `it is not what --${flag} is for`, hint);
  }
  const signatures = await readSignatures(reader, file, true);
  return signatures ?? refused(file, true, "it is not a signature of any known scheme", looksLike(file.bytes));
}

/**
 * A checksum list, plain or cleartext-signed. Of a signed text only the returned text is parsed.
 * @param own detached signatures that are meant for it
 */
export async function readList(
  reader: SignatureReader,
  file: EvidenceFile,
  own: readonly Signature[],
  { named, forOne }: Pick<List, "named" | "forOne">,
): Promise<List> {
  const found = schemeOf(file.bytes) === undefined ? undefined : await reader.open(file);
  const { source, bytes } = file;
  if (found === undefined) {
    return { source, named, forOne, bytes, list: parseChecksumList(bytes, source), signatures: own, embedded: [] };
  }
  const { signedText, signatures: inside } = found.opened;
  const embedded = await Promise.all(
    inside.map(async (pending) => ({
      scheme: found.scheme,
      source: file.source,
      named,
      judgement:
        signedText === undefined
          ? notAList(found.scheme)
          : textOnly(await judgeOver(pending, signedText, textFile(source))),
    })),
  );
  // The signed form has CR LF ends by definition; as a list they mean nothing.
  const text = Buffer.from(
    Buffer.from(signedText ?? [])
      .toString("latin1")
      .replaceAll("\r\n", "\n"),
    "latin1",
  );
  return { source, named, forOne, bytes, list: parseChecksumList(text, source), signatures: own, embedded };
}

/** That a signature covers text is what a cleartext-signed list is about: only that text is used. */
function textOnly(judgement: Judgement): Judgement {
  return { ...judgement, remarks: (judgement.remarks ?? []).filter(({ rule }) => rule !== "signature-text-mode") };
}

function notAList(scheme: string): Judgement {
  return {
    state: "malformed",
    reason: `it is a signature or key of ${scheme}, not a checksum list`,
    hint: "pass a signature with --signature, and a public key with --key",
  };
}

/** Judges a signature over bytes that are in memory. */
export async function judgeOver(pending: PendingSignature, bytes: Uint8Array, file = textFile("")): Promise<Judgement> {
  return pending.judge(hashBytes(bytes, pending.needs), file);
}

/** A file that is text, such as a list: no package. */
export function textFile(source: string): SignedFile {
  const name = source.slice(source.lastIndexOf("/") + 1);
  return { name, package: async () => ({ reason: "it is no package" }) };
}

/** The judgement, with what there was to say about the signature's file. */
function withRemarks({ remarks }: Signature, judgement: Judgement): Judgement {
  return { ...judgement, remarks: [...remarks, ...(judgement.remarks ?? [])] };
}

/** The verdicts of signatures over bytes that are in memory, in their order: the bytes are hashed once. */
export async function judgeAllOver(
  signatures: readonly Signature[],
  bytes: Uint8Array,
  file: SignedFile,
): Promise<readonly Judgement[]> {
  const { requests, judge } = requestsOf(signatures);
  return judge(requests.length === 0 ? [] : hashBytes(bytes, requests), file);
}

/** A list with the verdicts of all signatures over it: embedded, its own, and those that turned out to be for it. */
export async function judgeList(list: List, others: JudgedList["signatures"]): Promise<JudgedList> {
  const judgements = await judgeAllOver(list.signatures, list.bytes, textFile(list.source));
  const own = list.signatures.flatMap(({ scheme, source, named }, index) => {
    const judgement = judgements[index];
    return judgement === undefined ? [] : [{ scheme, source, named, judgement }];
  });
  const { source, named, forOne } = list;
  return { source, named, forOne, list: list.list, signatures: [...list.embedded, ...own, ...others] };
}

/** Hash requests of signatures, with the way back from results to judgements. */
export function requestsOf(signatures: readonly Signature[]): {
  readonly requests: readonly HashRequest[];
  /** `undefined` stands for a hash that only the bytes can give, where there is but a digest. */
  judge(results: readonly (HashResult | undefined)[], file: SignedFile): Promise<readonly Judgement[]>;
} {
  const requests: HashRequest[] = [];
  const ranges = signatures.map(({ pending }) => [requests.length, requests.push(...pending.needs)] as const);
  return {
    requests,
    judge: (results, file) =>
      Promise.all(
        signatures.map(async (signature, index) => {
          const [from, to] = ranges[index] ?? [0, 0];
          const hashes = results.slice(from, to);
          const complete = hashes.filter((hash) => hash !== undefined);
          return withRemarks(
            signature,
            complete.length === to - from ? await signature.pending.judge(complete, file) : NEEDS_BYTES,
          );
        }),
      ),
  };
}

const NEEDS_BYTES: Judgement = {
  state: "unsupported",
  reason: "it cannot be checked against a digest alone",
  hint: "name the file itself",
};

/**
 * Whether the content of a file is evidence or a key, so that it is no artifact itself. A list must be one throughout:
 * any script can hold a line that looks like a checksum.
 */
export function isEvidence(bytes: Uint8Array): boolean {
  if (schemeOf(bytes) !== undefined || schemeOfKey(bytes) !== undefined) return true;
  const { entries, junk } = parseChecksumList(bytes, "");
  return entries.length > 0 && junk.length === 0;
}
