// What a bundle's signature is over, in the two forms that there are, as the library wants to be told: a message (the
// file itself, whose hash and signature come out of the one read of the file) and a DSSE envelope (a statement that
// names the file by digest).

import { createHash } from "node:crypto";
import type { KeyObject } from "node:crypto";
import type { Bundle } from "@sigstore/bundle";
import type { SignedEntity } from "@sigstore/verify";
import type { HashRequest, HashResult } from "../core/hash-set.ts";
import { pemOf, spkiOf, verifyBytes } from "./sigstore-key.ts";
import { MalformedBundleError, UnsupportedBundleError } from "./sigstore-shape.ts";
import { readStatement, subjectAlgorithms } from "./sigstore-statement.ts";
import type { Statement, SubjectAlgorithm } from "./sigstore-statement.ts";

type SignatureContent = SignedEntity["signature"];

/** What the file's hashes say about a bundle, before any key or log is looked at. */
export interface Answer {
  readonly content: SignatureContent;
  /** By algorithm, lower-case hex. */
  readonly digests: ReadonlyMap<SubjectAlgorithm, string>;
  /** Why the bytes cannot be the signed ones. */
  readonly mismatch?: string;
  /** Why they cannot be checked. */
  readonly unsupported?: string;
}

export interface Content {
  readonly statement: Statement | undefined;
  readonly needs: readonly HashRequest[];
  answer(hashes: readonly HashResult[]): Answer;
}

/** HashAlgorithm of sigstore_common.proto, by number, as the library hands it out. */
const MESSAGE_ALGORITHMS: Readonly<Record<number, SubjectAlgorithm>> = { 1: "sha256", 2: "sha384", 3: "sha512" };

/** @throws MalformedBundleError, UnsupportedBundleError */
export function contentOf(bundle: Bundle, key: KeyObject): Content {
  const { content } = bundle;
  if (content.$case === "dsseEnvelope") return envelopeContent(bundle, content.dsseEnvelope);
  return messageContent(content.messageSignature, key);
}

type Message = Extract<Bundle["content"], { $case: "messageSignature" }>["messageSignature"];
type Envelope = Extract<Bundle["content"], { $case: "dsseEnvelope" }>["dsseEnvelope"];

function messageContent(message: Message, key: KeyObject): Content {
  const algorithm = MESSAGE_ALGORITHMS[message.messageDigest.algorithm];
  if (algorithm === undefined)
    throw new UnsupportedBundleError(`it uses the hash ${message.messageDigest.algorithm}, which is not known here`);
  const { signature } = message;
  // Ed25519 signs the bytes themselves, which only memory can hold; the others can be checked as the bytes pass by.
  const whole = key.asymmetricKeyType === "ed25519";
  const needs: readonly HashRequest[] = whole
    ? [{ algorithm }, { algorithm: "identity" }]
    : [{ algorithm, verify: { key: pemOf(key), signature } }];
  return {
    statement: undefined,
    needs,
    answer([hash, bytes]) {
      if (hash === undefined) throw new Error("a bundle was judged without the hashes that it asked for");
      const digest = Buffer.from(hash.digest);
      const same = digest.equals(message.messageDigest.digest);
      // The whole file is not gone through again for a bundle that is for another one.
      const good = whole
        ? same && bytes !== undefined && verifyBytes(bytes.digest, key, signature)
        : hash.verified === true;
      const answer: Answer = {
        digests: new Map([[algorithm, digest.toString("hex")]]),
        content: {
          signature,
          compareSignature: (other) => other.equals(signature),
          compareDigest: (other) => other.equals(digest),
          // What was checked in the one read was checked with `key`, and counts for no other.
          verifySignature: (other) => good && spkiOf(other).equals(spkiOf(key)),
        },
      };
      if (!same) return { ...answer, mismatch: `it is for other bytes, whose ${algorithm} it states` };
      if (bytes?.tooLarge === true) return { ...answer, unsupported: "the file is too large for an Ed25519 signature" };
      // Logs take Ed25519 over a hash (Ed25519ph) only, which node:crypto does not have.
      if (whole && !good) return { ...answer, unsupported: "it is no plain Ed25519 signature of these bytes" };
      return answer;
    },
  };
}

/** DSSE protocol: what is signed is the type and the payload, each behind its length. */
function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, "utf8");
  const head = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `)]);
  return Buffer.concat([head, payload]);
}

function envelopeContent(bundle: Bundle, { payloadType, payload, signatures }: Envelope): Content {
  const signature = signatures[0]?.sig;
  if (signature === undefined) throw new MalformedBundleError("it holds no signature");
  const statement = readStatement(payloadType, payload);
  const algorithms = subjectAlgorithms(statement);
  if (algorithms.length === 0)
    throw new UnsupportedBundleError("its statement names files by digests that prove nothing here");
  const encoded = preAuthEncoding(payloadType, payload);
  // An entry of the kind hashedrekord records what was signed, others record the payload.
  const kinds = new Set(bundle.verificationMaterial.tlogEntries.map(({ kindVersion }) => kindVersion?.kind));
  if (kinds.has("hashedrekord") && kinds.size > 1)
    throw new UnsupportedBundleError("its log entries are of different kinds");
  const logged = createHash("sha256")
    .update(kinds.has("hashedrekord") ? encoded : payload)
    .digest();
  return {
    statement,
    needs: algorithms.map((algorithm) => ({ algorithm })),
    answer: (hashes) => ({
      digests: new Map(
        algorithms.map((algorithm, index) => {
          const hash = hashes[index];
          if (hash === undefined) throw new Error("a bundle was judged without the hashes that it asked for");
          return [algorithm, Buffer.from(hash.digest).toString("hex")];
        }),
      ),
      content: {
        signature,
        compareSignature: (other) => other.equals(signature),
        compareDigest: (other) => other.equals(logged),
        verifySignature: (key) => verifyBytes(encoded, key, signature),
      },
    }),
  };
}
