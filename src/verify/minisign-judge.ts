// Judges minisign and signify signatures: both are Ed25519 signatures that name their key by a number.

import { getHashes, verify } from "node:crypto";
import { UserError } from "../core/errors.ts";
import type { HashResult } from "../core/hash-set.ts";
import { MAX_WHOLE_BYTES } from "../core/hash-set.ts";
import type { Pin } from "../core/signer.ts";
import { ed25519Key, isSmallOrder } from "../core/ed25519.ts";
import type { VerifyingKey } from "../core/ed25519.ts";
import { MAX_TRUSTED, readKeyFile, readKeyLine, readMinisign, readSignify } from "./minisign-format.ts";
import type { EdPublicKey, EdSignature } from "./minisign-format.ts";
import type { EvidenceFile, Judgement, OpenedFile, PendingSignature, Remark, Trust } from "./scheme.ts";
import { judgeSigner } from "./standing.ts";
import { settled, settledFile } from "./settled.ts";

type Name = "minisign" | "signify";

/** The keys that signatures of one scheme may be checked with. */
export interface EdKeys {
  readonly scheme: Name;
  readonly keys: readonly (EdPublicKey & { readonly flagged: boolean })[];
  readonly remarks: readonly Remark[];
}

/** A key that may have made the signature. */
interface Candidate extends EdPublicKey, VerifyingKey {
  readonly flagged: boolean;
}

/** The keys of one file, all of them usable. @throws UserError `key-malformed` */
function keysOf(file: EvidenceFile): readonly EdPublicKey[] {
  const keys = readKeyFile(file.bytes);
  if ("refused" in keys) {
    throw new UserError("key-malformed", `${file.source}: not a minisign or signify public key: ${keys.refused}`, {
      hint: "give the public key: its second line, or the whole file, as minisign -G wrote it",
    });
  }
  if (keys.some(({ raw }) => isSmallOrder(raw)))
    throw new UserError("key-malformed", `${file.source}: holds a key that anybody can sign for`);
  return keys;
}

/**
 * All keys of the flags, the policies and the folder; pins are whole keys, too.
 * @throws UserError `key-malformed` for a file that the user named
 */
export function readEdKeys(scheme: Name, trust: Trust): EdKeys {
  const remarks: Remark[] = [];
  const others = [...trust.policyKeys, ...trust.foundKeys].flatMap((file) => {
    try {
      return keysOf(file);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      remarks.push({ rule: "key-unusable", message: error.message.replace(`${file.source}: `, ""), file: file.source });
      return [];
    }
  });
  const pinned = trust.signers.flatMap(({ pins }) => pins.flatMap((pin) => keyOfPin(scheme, pin) ?? []));
  const keys = new Map<string, EdKeys["keys"][number]>();
  for (const key of [...pinned, ...others]) keys.set(key.text, { ...key, flagged: false });
  for (const key of trust.keys.flatMap(keysOf)) keys.set(key.text, { ...key, flagged: true });
  return { scheme, keys: [...keys.values()], remarks };
}

/** The key that a pin names, where it is one of the scheme; undefined also for what is no key. */
function keyOfPin(scheme: Name, pin: Pin): EdPublicKey | undefined {
  if (pin.scheme !== scheme) return undefined;
  const key = readKeyLine(pin.identity);
  return "refused" in key || isSmallOrder(key.raw) ? undefined : key;
}

/** The same 32 bytes, whatever number stands before them and whatever scheme they are for. */
function isSameKey(pin: Pin, raw: Uint8Array): boolean {
  const key = pin.scheme === "minisign" || pin.scheme === "signify" ? readKeyLine(pin.identity) : undefined;
  return key !== undefined && "raw" in key && Buffer.from(key.raw).equals(raw);
}

/**
 * Numbers are drawn at random, so that honest keys do not share one, and each try goes over the whole file: those that
 * flags chose come first, then those that policies pin.
 */
const MAX_TRIED = 8;

function candidatesFor({ keys }: EdKeys, { fingerprints }: Trust, keyNumber: string): readonly Candidate[] {
  return keys
    .filter((key) => key.keyNumber === keyNumber)
    .map((key) => ({ ...key, ...ed25519Key(key.raw) }))
    .map((key) => ({ ...key, flagged: fingerprints.length > 0 ? fingerprints.includes(key.spki) : key.flagged }))
    .toSorted((one, other) => Number(other.flagged) - Number(one.flagged))
    .slice(0, MAX_TRIED);
}

/** As minisign prints the number: the eight bytes are a little-endian integer. */
function shownNumber(keyNumber: string): string {
  return Buffer.from(Buffer.from(keyNumber, "hex").toReversed()).toString("hex").toUpperCase();
}

const HINT = "obtain the publisher's public key over another channel, and pass it with --key";

const BAD_COMMENT: Judgement = { state: "invalid", reason: "its trusted comment is not one that its key signed" };
const BAD_BYTES: Judgement = { state: "invalid", reason: "it is not valid for these bytes" };

/** The signer that a bad signature names. */
function named(scheme: Name, [first]: readonly Candidate[]): Pick<Judgement, "signer"> {
  return first === undefined ? {} : { signer: `${scheme} ${first.text}` };
}

function unknownSigner({ scheme }: EdKeys, { keyNumber }: EdSignature): Judgement {
  return {
    state: "untrusted-signer",
    reason: "it is by a key that was not given",
    signer: `${scheme} key id ${shownNumber(keyNumber)}`,
    hint: HINT,
  };
}

export function openMinisign(trust: Trust, keys: EdKeys, file: EvidenceFile): OpenedFile {
  const read = readMinisign(file.bytes);
  if ("refused" in read) return settledFile({ state: "malformed", reason: read.refused });
  const candidates = candidatesFor(keys, trust, read.keyNumber);
  if (candidates.length === 0) return settledFile(unknownSigner(keys, read));
  const covered = Buffer.concat([read.signature, Buffer.from(read.trustedComment)]);
  const authors = candidates.filter(({ object }) => verify(null, covered, object, read.global));
  if (authors.length === 0) return settledFile({ ...named(keys.scheme, candidates), ...BAD_COMMENT });
  const time = timeOf(read.trustedComment);
  // Tabs part its fields, and would be shown as escapes.
  const said = read.trustedComment === "" ? "" : `; trusted comment: ${read.trustedComment.replaceAll("\t", " ")}`;
  const about = {
    proves: `the signer answers for exactly these bytes${said}`,
    ...(time === undefined ? {} : { time }),
  };
  return { signatures: [pendingFor(trust, keys.scheme, authors, read, about)], remarks: [] };
}

/** The field that minisign writes when nobody gives a comment; tabs part the fields. Two of them say nothing. */
function timeOf(trustedComment: string): Date | undefined {
  const times = trustedComment.split("\t").flatMap((field) => /^timestamp:([0-9]{1,20})$/.exec(field)?.[1] ?? []);
  return times.length === 1 ? new Date(Number(times[0]) * 1000) : undefined;
}

export function openSignify(trust: Trust, keys: EdKeys, file: EvidenceFile): OpenedFile {
  const read = readSignify(file.bytes);
  if ("refused" in read) return settledFile({ state: "malformed", reason: read.refused });
  const candidates = candidatesFor(keys, trust, read.keyNumber);
  const signature =
    candidates.length === 0 ? settled(unknownSigner(keys, read)) : pendingFor(trust, keys.scheme, candidates, read);
  const { message } = read;
  if (message === undefined) return { signatures: [signature], remarks: [] };
  return { signatures: [onlyOver(message, signature)], remarks: [], signedText: message };
}

/** Of a file that carries what it signs, the signature is for that alone, and not a detached one with text behind it. */
function onlyOver(message: Uint8Array, { needs, judge }: PendingSignature): PendingSignature {
  return {
    needs,
    judge: async (hashes, file) =>
      hashes.every(({ digest }) => Buffer.from(message).equals(digest))
        ? judge(hashes, file)
        : { state: "malformed", reason: "something follows its two lines, and it is not what was to be checked" },
  };
}

const NO_FILE: Judgement = {
  state: "unsupported",
  reason: "it is over what minisign itself signs beside a file, so that somebody meant it as a file is not known",
  hint: "ask the publisher for a prehashed signature (minisign 0.12)",
};

/**
 * Whether the bytes may be what a signature over another file is made of: 64 bytes of BLAKE2b, or 64 bytes of a
 * signature and its trusted comment. minisign signs both with the same key as whole files (`Ed`), so whoever has one
 * of its signatures has good ones over these, too. Neither hash nor signature looks like text.
 */
function isMadeBySigning(bytes: Uint8Array): boolean {
  if (bytes.length < 64 || bytes.length > 64 + MAX_TRUSTED) return false;
  if (bytes.subarray(0, 64).every((byte) => (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d)))
    return false;
  // A comment has no line feed, and as minisign of any age wrote it need not be UTF-8.
  return bytes.indexOf(0x0a, 64) === -1 && bytes.indexOf(0, 64) === -1;
}

/** @param candidates not empty */
function pendingFor(
  trust: Trust,
  scheme: Name,
  candidates: readonly Candidate[],
  { algorithm, signature }: EdSignature,
  about: { readonly proves?: string; readonly time?: Date } = {},
): PendingSignature {
  const hash = algorithm === "Ed" ? "identity" : "blake2b512";
  if (hash !== "identity" && !getHashes().includes(hash))
    return settled({
      state: "unsupported",
      reason: `it uses the hash ${hash}, which this build of Node does not have`,
    });
  return {
    needs: [{ algorithm: hash }],
    judge: async ([result]: readonly HashResult[]) => {
      if (result === undefined) throw new Error("a signature was judged without the hash that it asked for");
      if (result.tooLarge === true) {
        const reason = `it is over the bytes themselves, of which at most ${MAX_WHOLE_BYTES} can be kept to check it`;
        return { state: "unsupported", reason, hint: "ask the publisher for a prehashed signature (minisign 0.12)" };
      }
      const key = candidates.find(({ object }) => verify(null, result.digest, object, signature));
      if (key === undefined) return { ...named(scheme, candidates), ...BAD_BYTES };
      if (algorithm === "Ed" && isMadeBySigning(result.digest)) return { ...named(scheme, [key]), ...NO_FILE };
      return judgeSigner(trust, {
        ...about,
        signer: `${scheme} ${key.text}`,
        key: key.spki,
        flagged: key.flagged,
        // A revoked key is revoked under every number and in both schemes.
        names: (pin) =>
          (pin.scheme === scheme && pin.identity === key.text) ||
          (pin.revoked !== undefined && isSameKey(pin, key.raw)),
        hint: HINT,
      });
    },
  };
}
