// The cryptography of SSH signatures. Hardware tokens do not sign the data but a short record of their own about it
// (OpenSSH, PROTOCOL.u2f; Web Authentication level 2, sections 5.8.1, 6.1 and 6.3.3).

import { constants, createHash, verify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { CURVES } from "./ssh-key.ts";
import type { SshSignature, TokenFields } from "./ssh-signature.ts";

/** Flags of the record: somebody touched the token; and proved who it is; attested data, extensions follow. */
export const TOUCHED = 0x01;
export const VERIFIED = 0x04;
const ATTESTED = 0x40;
const EXTENDED = 0x80;

const sha256 = (data: Uint8Array | string): Buffer => createHash("sha256").update(data).digest();

/** Whether the key made the signature over a file with this hash. */
export function isSignedBy(object: KeyObject, signature: SshSignature, digest: Uint8Array): boolean {
  try {
    return isGood(object, signature, digest);
  } catch {
    // OpenSSL may be set up to refuse SHA-1 or short keys. Whatever the reason, the signature is not known to be good.
    return false;
  }
}

function isGood(object: KeyObject, signature: SshSignature, digest: Uint8Array): boolean {
  const data = signature.signedData(digest);
  const covered =
    signature.token === undefined ? data : tokenRecord(signature.key.application ?? "", signature.token, data);
  if (covered === undefined) return false;
  const { value, algorithm, key } = signature;
  switch (key.material?.kind) {
    case "ed25519":
      return verify(null, covered, object, value);
    case "ecdsa":
      return verify(CURVES[key.material.curve].hash, covered, { key: object, dsaEncoding: "ieee-p1363" }, value);
    case "rsa":
      return verify(rsaHash(algorithm), covered, { key: object, padding: constants.RSA_PKCS1_PADDING }, value);
    default:
      throw new Error("a key of an unknown type has no signatures");
  }
}

/** RFC 8332 section 3; `ssh-rsa` is SHA-1 (RFC 4253 section 6.6). */
function rsaHash(algorithm: string): string {
  if (algorithm === "ssh-rsa") return "sha1";
  return algorithm === "rsa-sha2-256" ? "sha256" : "sha512";
}

/** What the token signed over the data; undefined where what it says of itself contradicts that. */
function tokenRecord(application: string, token: TokenFields, data: Buffer): Buffer | undefined {
  const { flags, counter, browser } = token;
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(counter, 1);
  if (browser === undefined) return Buffer.concat([sha256(application), head, sha256(data)]);
  const { origin, clientData, extensions } = browser;
  const hasExtensions = (flags & EXTENDED) !== 0;
  if ((flags & ATTESTED) !== 0 || hasExtensions !== extensions.length > 0 || origin.includes('"')) return undefined;
  // Section 5.8.1.1: the browser writes these members first, in this order and without blanks.
  const start = `{"type":"webauthn.get","challenge":"${data.toString("base64url")}","origin":"${origin}"`;
  if (!clientData.subarray(0, Buffer.byteLength(start)).equals(Buffer.from(start))) return undefined;
  return Buffer.concat([sha256(application), head, extensions, sha256(clientData)]);
}
