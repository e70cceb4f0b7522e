// OpenPGP signatures (RFC 9580): detached, binary or armored, several in a file, versions 4 and 6,
// and cleartext-signed text. Framing is ours (openpgp-packets.ts), the cryptography and the rules of
// keys are the library's; the hash of the signed bytes is computed by the one read of the file and
// handed to the library, which then checks everything else as usual.

import { getHashes } from "node:crypto";
import type { Config, SignaturePacket } from "openpgp";
import type { HashRequest, HashResult } from "../core/hash-set.ts";
import {
  checkSubpacketAreas,
  isArmored,
  isCleartext,
  MalformedError,
  readArmor,
  readCleartext,
  readPackets,
  TAG,
  withoutBom,
} from "./openpgp-packets.ts";
import { readKeyRing } from "./openpgp-keys.ts";
import type { KeyRing, OpenPgp } from "./openpgp-keys.ts";
import { HASHES, isWeakHash, SALT_BYTES, SIGNING_ALGORITHMS } from "./openpgp-algorithms.ts";
import { judgeSignature } from "./openpgp-judge.ts";
import type { ReadySignature } from "./openpgp-case.ts";
import type { EvidenceFile, OpenedFile, PendingSignature, Remark, Scheme, Trust, Verifier } from "./scheme.ts";
import { settledAs } from "./settled.ts";

/** A file with more signatures than this is an attempt to keep us busy. */
const MAX_SIGNATURES = 64;
/** Markers and padding count too. */
const MAX_PACKETS = 1000;

/** What cannot be a signature over a document here, told from the fixed fields of the packet body. */
function refusal(body: Uint8Array): PendingSignature | undefined {
  const [version, type, algorithm, hash] = body;
  if (version !== 4 && version !== 6)
    return settledAs("unsupported", `it is an OpenPGP signature of version ${version}, only 4 and 6 are checked`);
  if (type !== 0 && type !== 1)
    return settledAs(
      "malformed",
      `it is an OpenPGP signature of type 0x${(type ?? 0).toString(16).padStart(2, "0")}, not one over a file`,
    );
  if (!SIGNING_ALGORITHMS.includes(algorithm ?? -1))
    return settledAs("unsupported", `it uses the OpenPGP public-key algorithm ${algorithm}, which is not known here`);
  const name = HASHES[hash ?? -1];
  if (name === undefined)
    return settledAs("unsupported", `it uses the OpenPGP hash algorithm ${hash}, which is not known here`);
  if (!getHashes().includes(name))
    return settledAs(isWeakHash(hash ?? 0) ? "weak" : "unsupported", `it uses the hash ${name}`);
  return undefined;
}

/** RFC 9580 section 5.2.4: what is hashed before and after the signed bytes. */
function hashRequest(packet: SignaturePacket, text: boolean): HashRequest {
  const data = packet.signatureData ?? new Uint8Array();
  const trailer = Buffer.alloc(6);
  trailer.writeUInt8(packet.version, 0);
  trailer.writeUInt8(0xff, 1);
  trailer.writeUInt32BE(data.length, 2);
  const salt = packet.version === 6 ? (packet as unknown as { salt: Uint8Array }).salt : undefined;
  return {
    algorithm: HASHES[packet.hashAlgorithm ?? -1] ?? "",
    suffix: Buffer.concat([data, trailer]),
    ...(salt === undefined ? {} : { prefix: salt }),
    ...(text ? { text } : {}),
  };
}

async function openPacket(
  openpgp: OpenPgp,
  config: Config,
  ring: KeyRing,
  trust: Trust,
  raw: Uint8Array,
  body: Uint8Array,
): Promise<PendingSignature> {
  const refused = refusal(body);
  if (refused !== undefined) return refused;
  let packet: SignaturePacket;
  try {
    checkSubpacketAreas(body);
    const { packets } = await openpgp.readSignature({ binarySignature: raw, config });
    const [only] = packets;
    if (packets.length !== 1 || only === undefined) return settledAs("malformed", "its packet cannot be read");
    // What the library takes for a packet of the future comes as another class, without any of its fields.
    if (!(only instanceof openpgp.SignaturePacket))
      return settledAs("unsupported", "it is an OpenPGP signature of a form that is not known here");
    packet = only;
  } catch (error) {
    return settledAs(
      "malformed",
      `its packet cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const salt = (packet as unknown as { salt: Uint8Array | null }).salt;
  if (packet.version === 6 && salt?.length !== SALT_BYTES[packet.hashAlgorithm ?? -1]) {
    return settledAs("malformed", "its salt has the wrong size");
  }
  // Section 5.2.3.35: the version of a signature is bound to the version of its key.
  if (packet.issuerKeyVersion !== null && packet.issuerKeyVersion !== packet.version) {
    return settledAs("malformed", `it is of version ${packet.version}, and names a key of another version`);
  }
  const text = packet.signatureType === openpgp.enums.signature.text;
  const ready: ReadySignature = { raw, packet, text };
  return {
    needs: [hashRequest(packet, text)],
    judge: async ([hash]: readonly HashResult[]) => {
      if (hash === undefined) throw new Error("a signature was judged without the hash that it asked for");
      return judgeSignature(openpgp, config, ring, trust, ready, hash);
    },
  };
}

/** The signature packets of a file, and whether text stands around its armor. @throws MalformedError */
function signaturePackets(bytes: Uint8Array): {
  packets: { raw: Uint8Array; body: Uint8Array }[];
  surrounded: boolean;
} {
  const armored = isArmored(bytes) ? readArmor(bytes) : undefined;
  const foreign = armored?.blocks.find((block) => block.type !== "SIGNATURE");
  if (foreign !== undefined)
    throw new MalformedError(`it holds a PGP ${foreign.type.toLowerCase()}, not a detached signature`);
  const parts = armored === undefined ? [bytes] : armored.blocks.map((block) => block.bytes);
  const packets = parts
    .flatMap((part) => readPackets(part, MAX_PACKETS))
    .filter((packet) => packet.tag !== TAG.marker && packet.tag !== TAG.padding);
  if (packets.some((packet) => packet.tag !== TAG.signature))
    throw new MalformedError("it is a message with its data inside, not a detached signature");
  if (packets.length === 0) throw new MalformedError("it holds no signature");
  if (packets.length > MAX_SIGNATURES)
    throw new MalformedError(`it holds ${packets.length} signatures, at most ${MAX_SIGNATURES} are read`);
  return { packets, surrounded: armored?.surrounded ?? false };
}

async function openFile(
  openpgp: OpenPgp,
  config: Config,
  ring: KeyRing,
  trust: Trust,
  file: EvidenceFile,
): Promise<OpenedFile> {
  try {
    const cleartext = isCleartext(file.bytes) ? readCleartext(file.bytes) : undefined;
    const { packets, surrounded } = signaturePackets(cleartext?.signature ?? file.bytes);
    const signatures = await Promise.all(
      packets.map(({ raw, body }) => openPacket(openpgp, config, ring, trust, raw, body)),
    );
    const remarks: Remark[] = surrounded
      ? [{ rule: "signature-surrounded", message: `${file.source} holds text outside its signature block` }]
      : [];
    return { signatures, remarks, ...(cleartext === undefined ? {} : { signedText: cleartext.signedText }) };
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    const hint = "obtain the detached signature again (it is made with gpg --detach-sign)";
    return {
      signatures: [settledAs("malformed", error.message, hint)],
      remarks: [],
      ...(isCleartext(file.bytes) ? { signedText: new Uint8Array() } : {}),
    };
  }
}

/** The settings of the library: nothing weak, nothing lenient, nothing that is not a plain signature. */
function strictConfig(openpgp: OpenPgp): Config {
  const { hash, publicKey, curve } = openpgp.enums;
  const weak = new Set([hash.md5, hash.sha1, hash.ripemd]);
  return {
    ...openpgp.config,
    minRSABits: 2048,
    rejectHashAlgorithms: weak,
    rejectMessageHashAlgorithms: weak,
    rejectPublicKeyAlgorithms: new Set([publicKey.elgamal, publicKey.dsa]),
    rejectCurves: new Set([curve.secp256k1]),
    allowInsecureVerificationWithReformattedKeys: false,
    allowMissingKeyFlags: false,
    ignoreUnsupportedPackets: true,
    ignoreMalformedPackets: false,
    enforceGrammar: true,
    additionalAllowedPackets: [],
    knownNotations: [],
    enableParsingV5Entities: false,
    maxDecompressedMessageSize: 1,
  };
}

export const openpgp: Scheme = {
  name: "openpgp",
  recognises(bytes) {
    if (isCleartext(bytes) || isArmored(bytes)) return true;
    const body = withoutBom(bytes);
    const first = body[0] ?? 0;
    const tag = (first & 0x40) === 0 ? (first >> 2) & 15 : first & 63;
    // Signature, and what stands first in messages that are given in place of one: marker, one-pass
    // signature, literal, compressed or encrypted data, keys.
    return (first & 0x80) !== 0 && body === bytes && [1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 18].includes(tag);
  },
  recognisesKey(bytes) {
    if (isArmored(bytes)) return true;
    const first = bytes[0] ?? 0;
    const tag = (first & 0x40) === 0 ? (first >> 2) & 15 : first & 63;
    // A key, or the marker and secret key that get a message of their own.
    return (first & 0x80) !== 0 && (tag === TAG.publicKey || tag === TAG.secretKey || tag === TAG.marker);
  },
  async verifier(trust): Promise<Verifier> {
    const ring = readKeyRing(trust);
    const library = await import("openpgp");
    const config = strictConfig(library);
    return { remarks: ring.remarks, open: (file) => openFile(library, config, ring, trust, file) };
  },
};
