// One OpenPGP signature over known bytes: which key made it, is the cryptography good, is the key ours. The
// library answers with English sentences, so each question is asked on its own and the state never depends on
// a text; `verified` is given only when the library's own full check agrees (openpgp-validity.ts).

import type { Config, PublicKey, SignaturePacket, Subkey } from "openpgp";
import type { HashResult } from "../core/hash-set.ts";
import { HASHES, isTooShort } from "./openpgp-algorithms.ts";
import { lenientConfig, withHash } from "./openpgp-case.ts";
import type { Case, ReadySignature } from "./openpgp-case.ts";
import { KEY_ORIGINS, keyIdOf, personOf, standingOf } from "./openpgp-keys.ts";
import type { KeyCopy, KeyRing, OpenPgp } from "./openpgp-keys.ts";
import { spkiOf } from "./openpgp-spki.ts";
import { judgeKey } from "./openpgp-validity.ts";
import type { Judgement, Trust } from "./scheme.ts";
import { iso } from "../core/time.ts";
import { revocationOf } from "./standing.ts";

/** Keys whose id the signature names, and whose fingerprint, where it names that too. */
function candidates(ring: KeyRing, packet: SignaturePacket): readonly (readonly [KeyCopy, string])[] {
  const id = packet.issuerKeyID.toHex();
  const issuer = packet.issuerFingerprint === null ? undefined : Buffer.from(packet.issuerFingerprint).toString("hex");
  return ring.copies.flatMap((copy) => {
    const match = copy.fingerprints.find(
      (f) => f !== "" && keyIdOf(f) === id && (issuer === undefined || issuer === f),
    );
    return match === undefined ? [] : [[copy, match] as const];
  });
}

/** The copies of each key that may have signed, of the best origin only: a stale copy from elsewhere cannot overrule it. */
function keysOf(
  ring: KeyRing,
  packet: SignaturePacket,
): readonly (readonly [readonly [KeyCopy, ...KeyCopy[]], string])[] {
  const keys = new Map<string, { copies: [KeyCopy, ...KeyCopy[]]; fingerprint: string }>();
  for (const [copy, fingerprint] of candidates(ring, packet)) {
    const primary = copy.fingerprints[0] ?? "";
    const known = keys.get(primary);
    const rank = known === undefined ? 0 : KEY_ORIGINS.indexOf(copy.from) - KEY_ORIGINS.indexOf(known.copies[0].from);
    if (known === undefined || rank < 0) keys.set(primary, { copies: [copy], fingerprint });
    else if (rank === 0) known.copies.push(copy);
  }
  return [...keys.values()].map(({ copies, fingerprint }) => [copies, fingerprint]);
}

/** Judges with each key that may have signed. A revocation that any copy of it knows of counts. */
export async function judgeSignature(
  openpgp: OpenPgp,
  config: Config,
  ring: KeyRing,
  trust: Trust,
  signature: ReadySignature,
  hash: HashResult,
): Promise<Judgement> {
  const { packet } = signature;
  const time = packet.created === null ? {} : { time: iso(packet.created) };
  const judgements: Judgement[] = [];
  for (const [copies, fingerprint] of keysOf(ring, packet)) {
    const [copy] = copies;
    const judgement = await judgeWith({ openpgp, config, ring, trust, signature, hash, copies, copy, fingerprint });
    judgements.push({ ...time, signer: nameKey(copy, fingerprint), ...judgement });
  }
  const best = ["revoked", "verified"]
    .map((state) => judgements.find((j) => j.state === state))
    .find((j) => j !== undefined);
  return best ?? judgements[0] ?? { ...time, ...unknownSigner(packet) };
}

/** The primary key's fingerprint, which publishers publish, and the subkey's where one signed. */
function nameKey(copy: KeyCopy, fingerprint: string): string {
  const primary = `openpgp ${(copy.fingerprints[0] ?? "").toUpperCase()}`;
  return copy.fingerprints[0] === fingerprint ? primary : `${primary} subkey ${fingerprint.toUpperCase()}`;
}

function unknownSigner(packet: SignaturePacket): Judgement {
  const known = packet.issuerFingerprint;
  const signer =
    known === null
      ? `openpgp key id ${packet.issuerKeyID.toHex().toUpperCase()}`
      : `openpgp ${Buffer.from(known).toString("hex").toUpperCase()}`;
  return {
    state: "untrusted-signer",
    reason: "it is by a key that was not given",
    signer,
    hint: "obtain the publisher's key over another channel, compare its full fingerprint, and pass it with --key",
  };
}

/** The key with all that its copies know: the newest self-signatures count. */
async function mergedKey(c: Case): Promise<PublicKey> {
  const copies = await Promise.all(
    c.copies.map(({ bytes }) => c.openpgp.readKey({ binaryKey: bytes, config: c.config })),
  );
  let [key] = copies;
  if (key === undefined) throw new Error("a key without copies");
  // Without a date: otherwise the library leaves out what is of no use by the real clock.
  const noDate = null as unknown as Date;
  for (const other of copies.slice(1)) key = await key.update(other, noDate, c.config);
  return key.toPublic();
}

async function judgeWith(c: Case): Promise<Judgement> {
  let key: PublicKey;
  try {
    key = await mergedKey(c);
  } catch (error) {
    return { state: "unsupported", reason: `its key in ${c.copy.source} cannot be read: ${text(error)}` };
  }
  const issuer = [key, ...key.subkeys].find((candidate) => candidate.getFingerprint() === c.fingerprint);
  // Fingerprints are over the very bytes of the file. The library writes a key anew to hash it, and so takes one whose
  // numbers are written in an odd way for the key that it resembles.
  if (issuer === undefined || key.getFingerprint() !== c.copy.fingerprints[0])
    return { state: "unsupported", reason: `its key in ${c.copy.source} cannot be used` };
  const bad = await badCryptography(c, issuer);
  if (bad !== undefined) return bad;
  const standing = c.copies
    .map((copy) => standingOf(copy, c.fingerprint, c.trust))
    .find((found) => found !== undefined);
  if (standing === undefined) {
    const reason = "it is by a key that neither a flag nor a policy names";
    return { ...unknownSigner(c.signature.packet), reason, fits: true };
  }
  const judgement = await judgeKey(c, key, issuer, standing);
  const name = standing.signer?.name;
  const material = spkiOf(issuer.keyPacket);
  return {
    fits: true,
    person: personOf(c.copy, c.trust),
    ...(material === undefined ? {} : { key: material }),
    ...(standing.flagged ? { flagged: true as const } : {}),
    ...(name === undefined ? {} : { name }),
    ...(revocationOf(c.trust, material) ?? judgement),
  };
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Asks only whether the signature is cryptographically right: no dates, no algorithm rules, every part known. */
async function badCryptography(c: Case, issuer: PublicKey | Subkey): Promise<Judgement | undefined> {
  const { packet } = await withHash(c);
  const hash = packet.hashAlgorithm ?? 0;
  if (isTooShort(packet.publicKeyAlgorithm ?? 0, hash))
    return { state: "weak", reason: `it uses the hash ${HASHES[hash] ?? ""}, which must not be used with EdDSA` };
  const unknown =
    [...packet.unknownSubpackets, ...packet.rawNotations].some((part) => part.critical) ||
    packet.revocationKeyClass !== null;
  Object.assign(packet, { unknownSubpackets: [], rawNotations: [], revocationKeyClass: null });
  const noDate = null as unknown as Date;
  try {
    await packet.verify(
      issuer.keyPacket,
      packet.signatureType ?? c.openpgp.enums.signature.binary,
      {},
      noDate,
      true,
      lenientConfig(c),
    );
  } catch {
    // Whatever the reason, the signature is not known to be good: the strictest state.
    return { state: "invalid", reason: "it is not valid for these bytes" };
  }
  return unknown ? { state: "unsupported", reason: "it holds a critical part that is not known here" } : undefined;
}
