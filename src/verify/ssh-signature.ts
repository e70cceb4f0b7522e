// The form of an SSH signature (OpenSSH, PROTOCOL.sshsig).
//
//   file      = "-----BEGIN SSH SIGNATURE-----" LF 1*( base64 LF ) "-----END SSH SIGNATURE-----" [LF] [text]
//   blob      = "SSHSIG" uint32(1) string(key) string(namespace) string(reserved) string(hash) string(signature)
//   signature = string(algorithm) string(value) [token]
//   token     = byte(flags) uint32(counter)               of hardware tokens (PROTOCOL.u2f)
//             / byte(flags) uint32(counter) string(origin) string(client data) string(extensions)    in a browser
//   signed    = "SSHSIG" string(namespace) string(reserved) string(hash) string(H(file))
//
// ssh-keygen takes any text after the block, and nothing before it. Here a second block is malformed, too. Reserved
// bytes mean nothing yet and are passed over, as the protocol asks, but what was signed must hold them as well.

import { strictBase64 } from "../core/digest.ts";
import { CURVES, readSshKey } from "./ssh-key.ts";
import type { Curve, SshKey } from "./ssh-key.ts";
import { readWire, WireError, writeString } from "./ssh-wire.ts";
import type { WireReader } from "./ssh-wire.ts";

const BEGIN = "-----BEGIN SSH SIGNATURE-----";
const END = "-----END SSH SIGNATURE-----";
const MAGIC = "SSHSIG";

/** Signature algorithms, and the type of key that each belongs to. */
const ALGORITHMS: Readonly<Record<string, string>> = {
  "rsa-sha2-256": "ssh-rsa",
  "rsa-sha2-512": "ssh-rsa",
  "ssh-rsa": "ssh-rsa",
  "ssh-ed25519": "ssh-ed25519",
  "ecdsa-sha2-nistp256": "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384": "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521": "ecdsa-sha2-nistp521",
  "sk-ssh-ed25519@openssh.com": "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com": "sk-ecdsa-sha2-nistp256@openssh.com",
  "webauthn-sk-ecdsa-sha2-nistp256@openssh.com": "sk-ecdsa-sha2-nistp256@openssh.com",
};

/** What a hardware token says of the signature that it made. */
export interface TokenFields {
  readonly flags: number;
  readonly counter: number;
  readonly browser?: { readonly origin: string; readonly clientData: Buffer; readonly extensions: Buffer };
}

export interface SshSignature {
  readonly key: SshKey;
  readonly namespace: string;
  readonly hash: "sha256" | "sha512";
  readonly algorithm: string;
  /** As node:crypto takes it: of ECDSA the two numbers in full length (IEEE P1363). */
  readonly value: Buffer;
  readonly token?: TokenFields;
  /** What is signed, given the hash of the file. */
  signedData(digest: Uint8Array): Buffer;
}

/** The bytes of the armored block, and whether text follows it. @throws WireError */
export function readArmor(file: Uint8Array): { readonly blob: Buffer; readonly surrounded: boolean } {
  const text = Buffer.from(file).toString("latin1");
  if (text.startsWith("\xef\xbb\xbf")) throw new WireError("it starts with a byte order mark");
  if (text.startsWith(`${BEGIN}\r\n`)) throw new WireError("its lines end in CR LF, which OpenSSH refuses");
  if (!text.startsWith(`${BEGIN}\n`)) throw new WireError("it does not start with the line of an SSH signature");
  const footer = text.indexOf(`\n${END}`, BEGIN.length);
  if (footer === -1) throw new WireError("its last line is missing");
  const rest = text.slice(footer + 1 + END.length);
  if (!/^(?:\r?\n|$)/.test(rest)) throw new WireError("something follows on its last line");
  if (rest.includes("-----BEGIN SSH SIG")) throw new WireError("it holds two signatures");
  const lines = text.slice(BEGIN.length + 1, footer).split("\n");
  const blob = lines.includes("") ? undefined : strictBase64(lines.join(""));
  if (blob === undefined) throw new WireError("its base64 is malformed");
  return { blob, surrounded: rest.trim() !== "" };
}

/**
 * The fields of the block.
 * @returns a text for what is well-formed and cannot be checked here
 * @throws WireError
 */
export function readSshSignature(blob: Uint8Array): SshSignature | string {
  if (Buffer.from(blob.subarray(0, MAGIC.length)).toString("latin1") !== MAGIC)
    throw new WireError("it does not start with SSHSIG");
  const wire = readWire(blob.subarray(MAGIC.length), "the signature");
  const version = wire.uint32();
  if (version !== 1) return `it is an SSH signature of version ${version}, only 1 is checked`;
  const key = readSshKey(wire.string());
  const namespace = wire.text();
  if (namespace === "") throw new WireError("its namespace is empty");
  const reserved = wire.string();
  const hash = wire.text();
  const inner = readWire(wire.string(), "the signature");
  wire.end();
  const algorithm = inner.text();
  if (key.material === undefined) return `it is by a key of the type ${shown(key.type)}, which cannot be checked here`;
  if (hash !== "sha256" && hash !== "sha512")
    return `it uses the hash ${shown(hash)}, which SSH signatures must not use`;
  if (!Object.hasOwn(ALGORITHMS, algorithm))
    return `it uses the signature algorithm ${shown(algorithm)}, which is not known here`;
  if (ALGORITHMS[algorithm] !== key.type)
    throw new WireError(`it is a signature of the type ${algorithm} by a key of the type ${key.type}`);
  const value = readValue(inner, key);
  const token = key.application === undefined ? undefined : readToken(inner, algorithm.startsWith("webauthn-"));
  inner.end();
  const named = [writeString(namespace), writeString(reserved), writeString(hash)];
  return {
    ...{ key, namespace, hash, algorithm, value },
    ...(token === undefined ? {} : { token }),
    signedData: (digest) => Buffer.concat([Buffer.from(MAGIC), ...named, writeString(digest)]),
  };
}

/** For messages: names are chosen by whoever made the file, and may be megabytes. */
export function shown(name: string): string {
  return name.length > 100 ? `${name.slice(0, 100)}…` : name;
}

function readValue(wire: WireReader, { material }: SshKey): Buffer {
  const value = wire.string();
  switch (material?.kind) {
    case "ed25519":
      if (value.length !== 64) throw new WireError("the signature has the wrong size");
      return value;
    case "ecdsa":
      return readEcdsa(value, material.curve);
    case "rsa": {
      // RFC 8332 section 3: some signers leave out leading zeros.
      const missing = material.modulus.length - value.length;
      if (missing < 0 || value.length === 0) throw new WireError("the signature has the wrong size");
      return Buffer.concat([Buffer.alloc(missing), value]);
    }
    default:
      throw new Error("a key of an unknown type has no signatures");
  }
}

/** RFC 5656 section 3.1.2. */
function readEcdsa(value: Buffer, curve: Curve): Buffer {
  const wire = readWire(value, "the signature");
  const { bytes } = CURVES[curve];
  const numbers = [wire.positive(), wire.positive()].map((number) => {
    if (number.length > bytes) throw new WireError("the signature has the wrong size");
    return Buffer.concat([Buffer.alloc(bytes - number.length), number]);
  });
  wire.end();
  return Buffer.concat(numbers);
}

function readToken(wire: WireReader, browser: boolean): TokenFields {
  const [flags, counter] = [wire.byte(), wire.uint32()];
  if (!browser) return { flags, counter };
  return { flags, counter, browser: { origin: wire.text(), clientData: wire.string(), extensions: wire.string() } };
}
