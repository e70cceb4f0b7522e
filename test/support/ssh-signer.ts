// Makes SSH keys and signatures of every form, right and wrong, with node:crypto alone: what ssh-keygen would not
// make, and what needs a hardware token. Written from PROTOCOL.sshsig and PROTOCOL.u2f without our own reader.

import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { JsonWebKey, KeyObject } from "node:crypto";

export const sha256 = (data: Uint8Array | string): Buffer => createHash("sha256").update(data).digest();

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function string(value: Uint8Array | string): Buffer {
  return Buffer.concat([uint32(Buffer.byteLength(value)), Buffer.from(value)]);
}

/** A positive number as RFC 4251 has it. */
export function mpint(magnitude: Uint8Array): Buffer {
  let start = 0;
  while (magnitude[start] === 0) start++;
  const digits = magnitude.subarray(start);
  return string((digits[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), digits]) : digits);
}

/** A key pair: what the public half looks like, and how it signs. */
export interface SshTestKey {
  readonly type: string;
  /** Serialised public key. */
  readonly blob: Buffer;
  /** The signature proper, and what the format has behind it. */
  sign(data: Buffer, algorithm: string): { readonly value: Buffer; readonly behind?: Buffer };
}

const decode = (text: string | undefined): Buffer => Buffer.from(text ?? "", "base64url");

function point({ x, y }: JsonWebKey): Buffer {
  return Buffer.concat([Buffer.from([4]), decode(x), decode(y)]);
}

/** P1363 to the two numbers of RFC 5656. */
function twoNumbers(value: Buffer): Buffer {
  return Buffer.concat([mpint(value.subarray(0, value.length / 2)), mpint(value.subarray(value.length / 2))]);
}

const ecSign = (hash: string, data: Buffer, key: KeyObject): Buffer =>
  twoNumbers(sign(hash, data, { key, dsaEncoding: "ieee-p1363" }));

export function ed25519(): SshTestKey {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = decode(publicKey.export({ format: "jwk" }).x);
  const type = "ssh-ed25519";
  return {
    type,
    blob: Buffer.concat([string(type), string(raw)]),
    sign: (data) => ({ value: sign(null, data, privateKey) }),
  };
}

export function ecdsa(curve: "nistp256" | "nistp384" | "nistp521"): SshTestKey {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: `P-${curve.slice(5)}` });
  const type = `ecdsa-sha2-${curve}`;
  const hash = { nistp256: "sha256", nistp384: "sha384", nistp521: "sha512" }[curve];
  return {
    type,
    blob: Buffer.concat([string(type), string(curve), string(point(publicKey.export({ format: "jwk" })))]),
    sign: (data) => ({ value: ecSign(hash, data, privateKey) }),
  };
}

export function rsa(bits: number): SshTestKey {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: bits });
  const { n, e } = publicKey.export({ format: "jwk" });
  const hashes: Readonly<Record<string, string>> = { "rsa-sha2-256": "sha256", "rsa-sha2-512": "sha512" };
  return {
    type: "ssh-rsa",
    blob: Buffer.concat([string("ssh-rsa"), mpint(decode(e)), mpint(decode(n))]),
    sign: (data, algorithm) => ({ value: sign(hashes[algorithm] ?? "sha1", data, privateKey) }),
  };
}

/** How a software token answers. */
export interface TokenAnswer {
  readonly application?: string;
  readonly flags?: number;
  readonly counter?: number;
  /** Set: the browser's form. Texts that the browser writes into what it has signed. */
  readonly browser?: {
    readonly origin?: string;
    /** Instead of the right one. */
    readonly clientData?: (challenge: string) => string;
    readonly extensions?: Buffer;
  };
}

/** A key that lives in a hardware token, as a few lines of software. */
export function token(kind: "ed25519" | "nistp256", answer: TokenAnswer = {}): SshTestKey {
  const { application = "ssh:", flags = 1, counter = 7, browser } = answer;
  const ed = generateKeyPairSync("ed25519");
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const type = kind === "ed25519" ? "sk-ssh-ed25519@openssh.com" : "sk-ecdsa-sha2-nistp256@openssh.com";
  const fields =
    kind === "ed25519"
      ? [string(decode(ed.publicKey.export({ format: "jwk" }).x))]
      : [string("nistp256"), string(point(ec.publicKey.export({ format: "jwk" })))];
  const head = Buffer.concat([Buffer.from([flags]), uint32(counter)]);
  return {
    type,
    blob: Buffer.concat([string(type), ...fields, string(application)]),
    sign(data) {
      const { origin = "https://acme.example", extensions = Buffer.alloc(0) } = browser ?? {};
      const challenge = data.toString("base64url");
      const usual = `{"type":"webauthn.get","challenge":"${challenge}","origin":"${origin}","crossOrigin":false}`;
      const clientData = browser?.clientData?.(challenge) ?? usual;
      const covered = browser === undefined ? data : clientData;
      const record = Buffer.concat([sha256(application), head, extensions, sha256(covered)]);
      const value = kind === "ed25519" ? sign(null, record, ed.privateKey) : ecSign("sha256", record, ec.privateKey);
      const behind = browser === undefined ? [] : [string(origin), string(clientData), string(extensions)];
      return { value, behind: Buffer.concat([head, ...behind]) };
    },
  };
}

/** What of a signature is out of the ordinary. Functions change what was made right. */
export interface Oddities {
  readonly magic?: string;
  readonly version?: number;
  /** Written in place of the key's own. */
  readonly blob?: Buffer;
  readonly namespace?: string;
  readonly reserved?: string;
  /** Written after signing. */
  readonly reservedLater?: string;
  readonly hash?: string;
  readonly algorithm?: string;
  readonly value?: (value: Buffer) => Buffer;
  /** Behind the fields of the signature proper, and behind everything. */
  readonly afterSignature?: string;
  readonly after?: string;
}

/** The bytes inside the armor. */
export function sshsig(key: SshTestKey, message: Uint8Array, odd: Oddities = {}): Buffer {
  const { namespace = "file", reserved = "", hash = "sha512", algorithm = key.type } = odd;
  const digest = createHash(hash).update(message).digest();
  const signed = [Buffer.from("SSHSIG"), string(namespace), string(reserved), string(hash), string(digest)];
  const { value, behind = Buffer.alloc(0) } = key.sign(Buffer.concat(signed), algorithm);
  const inner = [string(algorithm), string(odd.value?.(value) ?? value), behind, Buffer.from(odd.afterSignature ?? "")];
  return Buffer.concat([
    Buffer.from(odd.magic ?? "SSHSIG"),
    uint32(odd.version ?? 1),
    string(odd.blob ?? key.blob),
    string(namespace),
    string(odd.reservedLater ?? reserved),
    string(hash),
    string(Buffer.concat(inner)),
    Buffer.from(odd.after ?? ""),
  ]);
}

export function armored(blob: Uint8Array): Buffer {
  const lines =
    Buffer.from(blob)
      .toString("base64")
      .match(/.{1,70}/g) ?? [];
  return Buffer.from(["-----BEGIN SSH SIGNATURE-----", ...lines, "-----END SSH SIGNATURE-----", ""].join("\n"));
}

/** The bytes inside an armored file. Checks nothing. */
export function unarmored(text: Uint8Array): Buffer {
  return Buffer.from(Buffer.from(text).toString("latin1").split("\n").slice(1, -2).join(""), "base64");
}

/** A line of a `.pub` file, without comment. */
export function publicLine(key: SshTestKey): string {
  return `${key.type} ${key.blob.toString("base64")}`;
}
