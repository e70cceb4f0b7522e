// The text of minisign's and signify's files (jedisct1.github.io/minisign, "Signature format"; signify(1)).
//
//   minisign   = untrusted sigline trusted globalline
//   signify    = untrusted sigline [message]          message: signify -e, and its signed checksum lists
//   keys       = 1*( [untrusted] keyline )            the bare line is what projects publish
//   untrusted  = "untrusted comment: " text EOL       nobody signs it
//   trusted    = "trusted comment: " text EOL
//   sigline    = base64( ("Ed" / "ED") number signature ) EOL    number: 8 bytes, signature: 64 bytes
//   globalline = base64( signature ) [EOL]            over the first signature and the trusted text
//   keyline    = base64( "Ed" number key ) EOL        key: 32 bytes
//   EOL        = LF / CR LF
//
// Text is UTF-8 without control characters but tabs. Whatever else there is makes a file malformed.

import { strictBase64 } from "../core/digest.ts";

/** The algorithm, the number of the key, and the signature proper. */
export interface EdSignature {
  /** `Ed` is over the bytes themselves, `ED` over their BLAKE2b-512. */
  readonly algorithm: "Ed" | "ED";
  /** Chosen at random when the key is made: 16 hex digits, in the order of the bytes. */
  readonly keyNumber: string;
  readonly signature: Uint8Array;
}

export interface MinisignSignature extends EdSignature {
  readonly trustedComment: string;
  /** Over signature and trusted comment. */
  readonly global: Uint8Array;
}

export interface SignifySignature extends EdSignature {
  /** What stands behind the signature in the same file, and is what it covers. */
  readonly message?: Uint8Array;
}

export interface EdPublicKey {
  /** The key as it is published: 56 characters. */
  readonly text: string;
  readonly keyNumber: string;
  /** 32 bytes. */
  readonly raw: Uint8Array;
}

/** Why a file is malformed, as a clause. */
export interface Refusal {
  readonly refused: string;
}

/** As minisign 0.12 reads them, in bytes without the line's end. */
const MAX_UNTRUSTED = 1022;
export const MAX_TRUSTED = 8190;
const MAX_FILE = 16 * 1024;
/** Of one file: each that has the number of a signature is tried. */
const MAX_KEYS = 1000;

const UNTRUSTED = "untrusted comment: ";
const TRUSTED = "trusted comment: ";
const LF = 0x0a;

const refuse = (refused: string): Refusal => ({ refused });

/** Lines without their ends; the last is what follows the last line feed. */
function linesOf(bytes: Uint8Array): readonly string[] | Refusal {
  if (Buffer.from(bytes.subarray(0, 3)).equals(Buffer.from("\u{feff}")))
    return refuse("it starts with a byte order mark");
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return refuse("it is not UTF-8 text");
  }
  const lines = text.split("\n").map((line, index, all) => (index < all.length - 1 ? line.replace(/\r$/, "") : line));
  if (lines.some((line) => /[\0-\x08\x0b-\x1f\x7f-\x9f]/.test(line))) return refuse("it holds control characters");
  return lines;
}

function isRefusal(value: object): value is Refusal {
  return "refused" in value;
}

/** The signature line. `ED` is minisign's alone. */
function readSignatureLine(line: string): EdSignature | Refusal {
  const bytes = strictBase64(line);
  if (bytes?.length !== 74) return refuse("its second line is not the base64 of a signature");
  const algorithm = bytes.toString("latin1", 0, 2);
  if (algorithm !== "Ed" && algorithm !== "ED") return refuse("its second line names no known algorithm");
  return { algorithm, keyNumber: bytes.toString("hex", 2, 10), signature: bytes.subarray(10) };
}

/** What is wrong with an untrusted comment, or undefined. */
function badComment(line: string): Refusal | undefined {
  if (!line.startsWith(UNTRUSTED)) return refuse('its first line does not start with "untrusted comment: "');
  if (Buffer.byteLength(line) > MAX_UNTRUSTED) return refuse("its untrusted comment is too long");
  return undefined;
}

export function readMinisign(bytes: Uint8Array): MinisignSignature | Refusal {
  if (bytes.length > MAX_FILE) return refuse("it is too long");
  const lines = linesOf(bytes);
  if (isRefusal(lines)) return lines;
  const [untrusted = "", signatureLine = "", trusted, globalLine, ...rest] = lines;
  const bad = badComment(untrusted);
  if (bad !== undefined) return bad;
  const signature = readSignatureLine(signatureLine);
  if (isRefusal(signature)) return signature;
  if (trusted?.startsWith(TRUSTED) !== true) return refuse('its third line does not start with "trusted comment: "');
  if (Buffer.byteLength(trusted) > MAX_TRUSTED) return refuse("its trusted comment is too long");
  const global = strictBase64(globalLine ?? "");
  if (global?.length !== 64) return refuse("its fourth line is not the base64 of a signature");
  if (rest.length > 1 || (rest[0] ?? "") !== "") return refuse("something follows its four lines");
  return { ...signature, trustedComment: trusted.slice(TRUSTED.length), global };
}

export function readSignify(bytes: Uint8Array): SignifySignature | Refusal {
  const end = bytes.indexOf(LF, bytes.indexOf(LF) + 1) + 1;
  if (end === 0 || !bytes.subarray(0, end - 1).includes(LF)) return refuse("it has not two whole lines");
  if (end > MAX_FILE) return refuse("it is too long");
  const lines = linesOf(bytes.subarray(0, end));
  if (isRefusal(lines)) return lines;
  const [untrusted = "", signatureLine = ""] = lines;
  const bad = untrusted === UNTRUSTED ? refuse("its untrusted comment is empty") : badComment(untrusted);
  if (bad !== undefined) return bad;
  const signature = readSignatureLine(signatureLine);
  if (isRefusal(signature)) return signature;
  if (signature.algorithm !== "Ed") return refuse("its second line names no known algorithm");
  return end === bytes.length ? signature : { ...signature, message: bytes.subarray(end) };
}

/** One key in the notation of a file's line, or of a pin. */
export function readKeyLine(text: string): EdPublicKey | Refusal {
  const bytes = strictBase64(text);
  // minisign: 158 bytes; signify: 104.
  if (bytes !== undefined && bytes.length > 42 && bytes.toString("latin1", 0, 2) === "Ed")
    return refuse(bytes.length === 74 ? "it is a signature, not a key" : "it is a secret key: nothing here needs one");
  if (bytes?.length !== 42 || bytes.toString("latin1", 0, 2) !== "Ed") return refuse("it is not a public key");
  return { text, keyNumber: bytes.toString("hex", 2, 10), raw: bytes.subarray(10) };
}

/** The keys of a file, one after another; the refusal names the line. */
export function readKeyFile(bytes: Uint8Array): readonly EdPublicKey[] | Refusal {
  const lines = linesOf(bytes);
  if (isRefusal(lines)) return lines;
  const keys: EdPublicKey[] = [];
  let commented = false;
  for (const [index, line] of lines.entries()) {
    const isComment = line.startsWith(UNTRUSTED) || line === UNTRUSTED.trimEnd();
    if (isComment && commented) return refuse(`line ${index + 1}: a comment follows a comment`);
    if (line === "" && commented) break;
    if (!isComment && line !== "") {
      const key = readKeyLine(line);
      if (isRefusal(key)) return refuse(`line ${index + 1}: ${key.refused}`);
      keys.push(key);
    }
    commented = isComment;
  }
  if (commented) return refuse("it holds a comment without a key");
  if (keys.length > MAX_KEYS) return refuse(`it holds ${keys.length} keys, at most ${MAX_KEYS} are read`);
  return keys.length === 0 ? refuse("it holds no public key") : keys;
}
